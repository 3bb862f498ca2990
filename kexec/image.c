/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A loader must know before it moves a byte whether a file is a kernel that
 * this CPU can start, and how much memory that kernel takes beyond its file.
 * Both stand in the 64-byte header of the arm64 `Image` (booting.rst, section
 * "Call the kernel image"). All fields are little-endian since v3.17.
 */
#include <trans_table/image.h>

#include "lib/bytes.h"
#include "lib/fail.h"

#define IMAGE_MAGIC		0x644d5241u /* "ARM\x64" */
#define IMAGE_BASE_ALIGN	(2ull << 20)
#define IMAGE_LEGACY_OFFSET	0x80000ull
#define IMAGE_LEGACY_BSS	(16ull << 20)

/* IMAGE_LEGACY_OFFSET as a big-endian kernel of before v3.17 stores it. */
#define IMAGE_LEGACY_OFFSET_BE	0x0000080000000000ull

#define FLAG_BIG_ENDIAN		(1ull << 0)
#define FLAG_PAGE_SHIFT		1
#define FLAG_PAGE_MASK		3ull
#define FLAG_ANYWHERE		(1ull << 3)

struct image_header {
	uint64_t text_offset;
	uint64_t image_size;
	uint64_t flags;
	uint32_t magic;
};

static struct image_header header_read(const uint8_t *bytes)
{
	return (struct image_header){
		.text_offset = trans_le(bytes + 8, 8),
		.image_size = trans_le(bytes + 16, 8),
		.flags = trans_le(bytes + 24, 8),
		.magic = (uint32_t)trans_le(bytes + 56, 4),
	};
}

/* 12, 14, 16; 0 where the header does not say. */
static unsigned int page_shift(const struct image_header *header)
{
	unsigned int size = header->flags >> FLAG_PAGE_SHIFT & FLAG_PAGE_MASK;

	return size ? 10 + 2 * size : 0;
}

/* "Where image_size is zero, text_offset can be assumed to be 0x80000." */
static bool is_legacy(const struct image_header *header)
{
	return header->image_size == 0;
}

static bool is_big_endian(const struct image_header *header)
{
	/* The flag came with image_size; before, only the byte order of
	 * text_offset told. */
	if (is_legacy(header) &&
	    header->text_offset == IMAGE_LEGACY_OFFSET_BE)
		return true;
	return header->flags & FLAG_BIG_ENDIAN;
}

/* What keeps this CPU from starting the kernel; NULL for nothing. */
static const char *kernel_fault(const struct image_header *header,
				uint64_t granules)
{
	unsigned int shift = page_shift(header);

	if (header->magic != IMAGE_MAGIC)
		return trans_why("no arm64 Image: magic");
	if (is_big_endian(header))
		return trans_why("big-endian kernel");
	if (shift && !(granules & 1ull << shift))
		return trans_why("kernel page size not supported by this CPU");
	return NULL;
}

/* What keeps the header's sizes from being true; NULL for nothing. */
static const char *size_fault(const struct image_header *header,
			      uint64_t file_len)
{
	if (is_legacy(header))
		return file_len > UINT64_MAX - IMAGE_LEGACY_BSS ?
			trans_why("file too long") : NULL;
	if (header->text_offset >= IMAGE_BASE_ALIGN)
		return trans_why("text_offset not below 2 MiB");
	if (file_len > header->image_size)
		return trans_why("file longer than image_size");
	return NULL;
}

#define PE_OFFSET	60 /* in the Image header: where the PE header is */
#define PE_MAGIC	0x00004550u /* "PE\0\0" */
#define PE_SECTIONS	6  /* u16: number of sections */
#define PE_OPTIONAL	20 /* u16: length of the optional header */
#define PE_HEADERS	24 /* length of what precedes the optional header */
#define SECTION_LEN	40
#define SECTION_SIZE	16 /* u32: SizeOfRawData */
#define SECTION_START	20 /* u32: PointerToRawData */

/*
 * Where a kernel with an EFI stub says that its file ends: the end of the last
 * section's bytes (PE/COFF specification, "Section Table"). 0 where there is no
 * PE header, or the table is not wholly in @head, or does not lie in that file.
 */
static uint64_t pe_end(const uint8_t *head, size_t len)
{
	uint64_t at = trans_le(head + PE_OFFSET, 4), count, end = 0;

	if (at > len || len - at < PE_HEADERS ||
	    trans_le(head + at, 4) != PE_MAGIC)
		return 0;
	count = trans_le(head + at + PE_SECTIONS, 2);
	at += PE_HEADERS + trans_le(head + at + PE_OPTIONAL, 2);
	if (at > len || count > (len - at) / SECTION_LEN)
		return 0;
	for (; count; count--, at += SECTION_LEN) {
		uint64_t section = trans_le(head + at + SECTION_START, 4) +
				   trans_le(head + at + SECTION_SIZE, 4);

		if (section > end)
			end = section;
	}
	return end < at ? 0 : end;
}

uint64_t trans_image_len(const void *head, size_t head_len)
{
	struct image_header header;
	uint64_t end;

	if (head_len < TRANS_IMAGE_HEADER_LEN)
		return 0;
	header = header_read(head);
	if (header.magic != IMAGE_MAGIC)
		return 0;
	end = pe_end(head, head_len);
	return !is_legacy(&header) && end > header.image_size ? 0 : end;
}

static struct trans_image describe(const struct image_header *header,
				   uint64_t file_len)
{
	struct trans_image image = {
		.text_offset = header->text_offset,
		.memory_len = header->image_size,
		.file_len = file_len,
		.page_shift = page_shift(header),
		.anywhere = header->flags & FLAG_ANYWHERE,
	};

	if (is_legacy(header)) {
		image.text_offset = IMAGE_LEGACY_OFFSET;
		image.memory_len = file_len + IMAGE_LEGACY_BSS;
	}
	return image;
}

int trans_image_parse(const void *head, size_t head_len, uint64_t file_len,
		      uint64_t granules, struct trans_image *image,
		      struct trans_error *err)
{
	struct image_header raw;
	const char *why;

	if (file_len < TRANS_IMAGE_HEADER_LEN)
		return trans_fail(err, TRANS_ETRUNC, "Image header");
	if (head_len < TRANS_IMAGE_HEADER_LEN)
		return trans_fail(err, TRANS_EINVAL,
				  "less than the Image header given");
	raw = header_read(head);
	why = kernel_fault(&raw, granules);
	if (!why)
		why = size_fault(&raw, file_len);
	if (why)
		return trans_fail(err, TRANS_EIMAGE, why);
	if (pe_end(head, head_len) > file_len)
		return trans_fail(err, TRANS_ETRUNC,
				  "file ends before its last PE section");
	*image = describe(&raw, file_len);
	return 0;
}
