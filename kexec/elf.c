/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * ELF64 executables: vmlinux, and programs for the bare machine. Only the
 * program headers count. The caller gets segments that are sorted, disjoint
 * and inside the file, and need not look at the file's own words again.
 */
#include <trans_table/format.h>

#include "lib/bytes.h"
#include "lib/fail.h"

/* System V ABI, "ELF Header" and "Program Header", ELFCLASS64; the machine's
 * number is from the ELF for the Arm 64-bit Architecture (AAELF64). */
#define EHDR_LEN	64
#define E_CLASS		4
#define E_DATA		5
#define E_TYPE		16
#define E_MACHINE	18
#define E_ENTRY		24
#define E_PHOFF		32
#define E_PHENTSIZE	54
#define E_PHNUM		56
#define PHDR_LEN	56
#define P_TYPE		0
#define P_OFFSET	8
#define P_VADDR		16
#define P_PADDR		24
#define P_FILESZ	32
#define P_MEMSZ		40
#define P_ALIGN		48

#define ELFCLASS64	2
#define ELFDATA2LSB	1
#define ET_EXEC		2
#define ET_DYN		3
#define EM_AARCH64	183
#define PT_LOAD		1

struct reader {
	const uint8_t *file;
	uint64_t len;
	uint64_t entry; /* virtual */
	bool entered;   /* a segment has it */
	struct trans_elf *elf;
	struct trans_error *err;
};

/* What is wrong with the first 64 bytes; NULL for nothing. */
static const char *header_fault(const uint8_t *head)
{
	uint64_t type = trans_le(head + E_TYPE, 2);

	if (head[E_CLASS] != ELFCLASS64 || head[E_DATA] != ELFDATA2LSB)
		return "ELF: not 64-bit little-endian";
	if (trans_le(head + E_MACHINE, 2) != EM_AARCH64)
		return "ELF: not for AArch64";
	if (type != ET_EXEC && type != ET_DYN)
		return "ELF: neither ET_EXEC nor ET_DYN";
	if (trans_le(head + E_PHENTSIZE, 2) != PHDR_LEN)
		return "ELF: e_phentsize";
	return NULL;
}

/* A range of @len bytes that ends at 2^64 at most, less one byte. */
static bool is_range(uint64_t start, uint64_t len)
{
	return start <= UINT64_MAX - len;
}

static const char *segment_fault(const struct reader *reader,
				 const struct trans_elf_segment *segment,
				 uint64_t va)
{
	if (segment->file_len > segment->memory_len)
		return "ELF: p_filesz above p_memsz";
	if (!is_range(segment->pa, segment->memory_len) ||
	    !is_range(va, segment->memory_len))
		return "ELF: segment passes 2^64";
	if (segment->memory_len && reader->elf->count == TRANS_ELF_SEGMENTS)
		return "ELF: too many segments";
	return NULL;
}

/* Insertion keeps them ascending: they nearly always are. */
static void insert(struct trans_elf *elf,
		   const struct trans_elf_segment *segment)
{
	unsigned int at = elf->count++;

	for (; at && elf->segment[at - 1].pa > segment->pa; at--)
		elf->segment[at] = elf->segment[at - 1];
	elf->segment[at] = *segment;
}

static void look_for_entry(struct reader *reader, uint64_t va,
			   const struct trans_elf_segment *segment)
{
	uint64_t inside = reader->entry - va;

	if (reader->entered || reader->entry < va ||
	    inside >= segment->file_len)
		return;
	reader->elf->entry = segment->pa + inside;
	reader->entered = true;
}

static int add_segment(struct reader *reader, const uint8_t *phdr)
{
	struct trans_elf_segment segment = {
		.offset = trans_le(phdr + P_OFFSET, 8),
		.file_len = trans_le(phdr + P_FILESZ, 8),
		.pa = trans_le(phdr + P_PADDR, 8),
		.memory_len = trans_le(phdr + P_MEMSZ, 8),
	};
	uint64_t va = trans_le(phdr + P_VADDR, 8);
	uint64_t align = trans_le(phdr + P_ALIGN, 8);
	const char *why = segment_fault(reader, &segment, va);

	if (why)
		return trans_fail(reader->err, TRANS_EIMAGE, why);
	if (!segment.memory_len)
		return 0;
	if (segment.offset > reader->len ||
	    segment.file_len > reader->len - segment.offset)
		return trans_fail(reader->err, TRANS_ETRUNC, "ELF segment");
	if (align > reader->elf->align)
		reader->elf->align = align;
	look_for_entry(reader, va, &segment);
	insert(reader->elf, &segment);
	return 0;
}

static int read_segments(struct reader *reader)
{
	uint64_t at = trans_le(reader->file + E_PHOFF, 8);
	uint64_t count = trans_le(reader->file + E_PHNUM, 2);
	int ret = 0;

	if (at > reader->len || count > (reader->len - at) / PHDR_LEN)
		return trans_fail(reader->err, TRANS_ETRUNC,
				  "ELF program headers");
	for (; !ret && count; count--, at += PHDR_LEN)
		if (trans_le(reader->file + at + P_TYPE, 4) == PT_LOAD)
			ret = add_segment(reader, reader->file + at);
	return ret;
}

/* What is wrong with all of them together. */
static const char *layout_fault(const struct reader *reader)
{
	const struct trans_elf *elf = reader->elf;

	if (!elf->count)
		return "ELF: no PT_LOAD";
	for (unsigned int i = 1; i < elf->count; i++)
		if (elf->segment[i - 1].pa + elf->segment[i - 1].memory_len >
		    elf->segment[i].pa)
			return "ELF: segments overlap";
	return reader->entered ? NULL : "ELF: entry in no segment";
}

/* The whole file behind a header that is good. */
static int read_file(struct reader *reader)
{
	struct trans_elf *elf = reader->elf;
	const struct trans_elf_segment *last;
	const char *why;
	int ret = read_segments(reader);

	if (ret)
		return ret;
	why = layout_fault(reader);
	if (why)
		return trans_fail(reader->err, TRANS_EIMAGE, why);
	last = &elf->segment[elf->count - 1];
	elf->start = elf->segment[0].pa;
	elf->len = last->pa + last->memory_len - elf->start;
	return 0;
}

int trans_elf_parse(const void *file, size_t len, struct trans_elf *elf,
		    struct trans_error *err)
{
	struct reader reader = { .file = file, .len = len, .elf = elf,
				 .err = err };
	const char *why;

	memset(elf, 0, sizeof(*elf));
	if (len < EHDR_LEN)
		return trans_fail(err, TRANS_ETRUNC, "ELF header");
	if (trans_format_of(file, len) != TRANS_FORMAT_ELF)
		return trans_fail(err, TRANS_EIMAGE, "not an ELF file");
	why = header_fault(file);
	if (why)
		return trans_fail(err, TRANS_EIMAGE, why);
	elf->fixed = trans_le(reader.file + E_TYPE, 2) == ET_EXEC;
	reader.entry = trans_le(reader.file + E_ENTRY, 8);
	return read_file(&reader);
}
