/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Is there an image, and what does it say of itself? Header and info page are
 * bounded here, once; what reads the image relies on it.
 */
#include <trans_table/sha256.h>

#include "hibernate/snapshot_header.h"
#include "hibernate/swsusp.h"
#include "lib/text.h"

static const unsigned int page_shifts[] = { 12, 14, 16 };

/* What can stand where the signature does (libblkid and the programs named). In
 * place: pointers would be relocations where the host is linked so. */
enum mark { NOTHING, SWAP, IMAGE, USWSUSP, LINHIB, TUXONICE };

static const struct {
	char text[SWSUSP_SIG_LEN + 1];
	uint8_t len, mark;
} signatures[] = {
	{ SWSUSP_MAGIC, 10, IMAGE },
	{ "SWAPSPACE2", 10, SWAP },
	{ "SWAP-SPACE", 10, SWAP },
	{ "ULSUSPEND", 9, USWSUSP },
	{ "S2SUSPEND", 9, USWSUSP },
	{ "LINHIB0001", 10, LINHIB },
	{ "\xed\xc3\x02\xe9\x98\x56\xe5\x0c", 8, TUXONICE },
};

static enum mark mark_at(const uint8_t *sig)
{
	const size_t count = sizeof(signatures) / sizeof(signatures[0]);

	for (size_t i = 0; i < count; i++)
		if (!memcmp(sig, signatures[i].text, signatures[i].len))
			return (enum mark)signatures[i].mark;
	return NOTHING;
}

bool trans_swsusp_is_swap_(const uint8_t *sig)
{
	return mark_at(sig) == SWAP;
}

/* Arguments */

static int check_disk(const struct trans_block *disk, struct trans_error *err)
{
	if (!disk || !disk->read)
		return trans_fail(err, TRANS_EINVAL, "no disk to read");
	if (disk->sector_shift < 9 || disk->sector_shift > 16)
		return trans_fail(err, TRANS_EINVAL, "sector size of the disk");
	if (disk->write && !disk->flush)
		return trans_fail(err, TRANS_EINVAL, "write without flush");
	if (!disk->read_start != !disk->read_wait)
		return trans_fail(err, TRANS_EINVAL, "half of an early read");
	return 0;
}

static int check_args(const struct trans_swsusp_args *args,
		      struct trans_error *err)
{
	if (!args->buffer || (uintptr_t)args->buffer % 4096)
		return trans_fail(err, TRANS_EINVAL,
				  "buffer missing or not aligned to 4 KiB");
	if (args->buffer_len < TRANS_SWSUSP_BUFFER(12))
		return trans_fail(err, TRANS_ENOSPC, "buffer of the reader");
	return check_disk(args->disk, err);
}

/* Header */

/* The page is on the disk, and whole sectors are pages of this size. */
static bool can_have_header(const struct trans_swsusp_args *args,
			    unsigned int shift)
{
	return args->disk->sector_shift <= shift &&
	       args->offset < args->disk->len >> shift;
}

/* Read the sector in which the header is for pages of this size. Returns where
 * in the buffer the page ends; NULL: the disk cannot be read. */
static const uint8_t *read_header(struct trans_swsusp *image,
				  unsigned int shift, struct trans_error *err)
{
	const struct trans_block *disk = image->args.disk;
	size_t len = (size_t)1 << disk->sector_shift;
	uint64_t offset = ((image->args.offset + 1) << shift) - len;

	if (disk->read(disk->ctx, offset, image->args.buffer, len)) {
		trans_fail_pa(err, TRANS_EHOST, "disk read", offset, len);
		return NULL;
	}
	image->info.page_shift = shift;
	return (const uint8_t *)image->args.buffer + len;
}

/* The smallest page size that has a signature: its header, in the buffer.
 * TRANS_ERANGE: there is no place for one, so that nothing was read. */
static int probe(struct trans_swsusp *image, const uint8_t **end,
		 enum mark *found, struct trans_error *err)
{
	*found = NOTHING;
	*end = NULL;
	for (size_t i = 0; i < 3 && *found == NOTHING; i++) {
		if (!can_have_header(&image->args, page_shifts[i]))
			continue;
		*end = read_header(image, page_shifts[i], err);
		if (!*end)
			return TRANS_EHOST;
		*found = mark_at(*end - SWSUSP_SIG);
	}
	if (!*end)
		return trans_fail(err, TRANS_ERANGE,
				  "the swap header is beyond the disk");
	return 0;
}

static int parse_flags(struct trans_swsusp_info *info, uint32_t flags,
		       struct trans_error *err)
{
	const uint32_t packed_only = SWSUSP_CRC32 | SWSUSP_LZ4;

	if (flags & ~(SWSUSP_PLATFORM | SWSUSP_NOCOMPRESS | SWSUSP_CRC32 |
		      SWSUSP_HW_SIG | SWSUSP_LZ4))
		return trans_fail(err, TRANS_EIMAGE,
				  "unknown flags in the image's header");
	if (flags & SWSUSP_NOCOMPRESS && flags & packed_only)
		return trans_fail(err, TRANS_EIMAGE,
				  "flags of a packed image and of a raw one");
	info->packing = flags & SWSUSP_NOCOMPRESS ? TRANS_SWSUSP_RAW :
			flags & SWSUSP_LZ4 ? TRANS_SWSUSP_LZ4 :
					     TRANS_SWSUSP_LZO;
	info->has_crc = flags & SWSUSP_CRC32;
	info->has_hardware = flags & SWSUSP_HW_SIG;
	return 0;
}

static int parse_header(struct trans_swsusp *image, const uint8_t *end,
			struct trans_error *err)
{
	struct trans_swsusp_info *info = &image->info;
	int ret;

	if (image->args.buffer_len < TRANS_SWSUSP_BUFFER(info->page_shift))
		return trans_fail(err, TRANS_ENOSPC, "buffer of the reader");
	if (!trans_swsusp_is_swap_(end - SWSUSP_ORIG_SIG))
		return trans_fail(err, TRANS_EIMAGE,
				  "the signature to put back is none of swap");
	ret = parse_flags(info, (uint32_t)trans_le(end - SWSUSP_FLAGS, 4), err);
	if (ret)
		return ret;
	if (info->has_crc)
		info->crc = (uint32_t)trans_le(end - SWSUSP_CRC, 4);
	if (info->has_hardware)
		info->hardware = (uint32_t)trans_le(end - SWSUSP_HARDWARE, 4);
	return 0;
}

static const char *others_image(enum mark mark)
{
	switch (mark) {
	case USWSUSP:
		return "an image of uswsusp, which has its own format";
	case TUXONICE:
		return "an image of TuxOnIce, which has its own format";
	default:
		return "an image of another program (LINHIB0001)";
	}
}

static int find_header(struct trans_swsusp *image, const uint8_t **end,
		       struct trans_error *err)
{
	enum mark found;
	int ret = probe(image, end, &found, err);

	if (ret)
		return ret;
	switch (found) {
	case IMAGE:
		return 0;
	case NOTHING:
		image->info.page_shift = 0; /* not the one tried last */
		return trans_fail(err, TRANS_ENOIMAGE, "not a swap space");
	case SWAP:
		return trans_fail(err, TRANS_ENOIMAGE,
				  "swap space without an image");
	default:
		return trans_fail(err, TRANS_EIMAGE, others_image(found));
	}
}

/* Its id */

/* A page that goes into the id, if it is on the disk. */
static int read_part(const struct trans_swsusp *image, uint64_t page,
		     unsigned int at, struct trans_sha256 *sha,
		     struct trans_error *err)
{
	uint8_t *to = swsusp_buffer(image, at);
	int ret;

	/* Nor what an earlier read left there. */
	memset(to, 0, swsusp_bytes(image, 1));
	if (!page || page >= swsusp_disk_pages(image))
		return 0;
	ret = trans_swsusp_read_pages_(image, page, 1, to, err);
	if (!ret)
		trans_sha256_update(sha, to, swsusp_bytes(image, 1));
	return ret;
}

/* The parts are those that the rest of the open looks at, not the same read
 * once more. They fit into the smallest buffer that is taken. */
static int read_parts(struct trans_swsusp *image, const uint8_t *end,
		      struct trans_sha256 *sha, struct trans_error *err)
{
	size_t sector = (size_t)1 << image->args.disk->sector_shift;
	int ret;

	_Static_assert((SWSUSP_AT_HELD + 1) << 16 <= TRANS_SWSUSP_BUFFER(12),
		       "an info page of 64K");
	trans_sha256_update(sha, end - sector, sector);
	ret = read_part(image, image->first_map, 0, sha, err);
	if (ret)
		return ret;
	return read_part(image, trans_le(swsusp_buffer(image, 0), 8),
			 SWSUSP_AT_HELD, sha, err);
}

int trans_swsusp_identify_(struct trans_swsusp *image,
			   const struct trans_swsusp_args *args,
			   uint8_t header[SWSUSP_HEADER_LEN],
			   struct trans_error *err)
{
	uint8_t digest[TRANS_SHA256_LEN];
	struct trans_sha256 sha;
	const uint8_t *end;
	int ret = check_args(args, err);

	memset(image, 0, sizeof(*image));
	if (ret)
		return ret;
	image->args = *args;
	ret = find_header(image, &end, err);
	if (ret)
		return ret;
	memcpy(header, end - SWSUSP_HEADER_LEN, SWSUSP_HEADER_LEN);
	image->first_map = trans_le(end - SWSUSP_IMAGE, 8);
	image->header_crc = swsusp_sector_crc(image, end);
	trans_sha256_init(&sha);
	ret = read_parts(image, end, &sha, err);
	if (ret)
		return ret;
	trans_sha256_final(&sha, digest);
	image->id.offset = args->offset << image->info.page_shift;
	image->id.page_len = 1u << image->info.page_shift;
	memcpy(image->id.sha256, digest, sizeof(image->id.sha256));
	return 0;
}

/* Info page */

/* The pages of the stream could be on this disk: each raw one needs a slot, 32
 * packed ones a page. Where data is not fewer than pages, meta_pages is no
 * number at all; where there is none, it is too small for any data. */
static bool counts_fit(const struct trans_swsusp *image)
{
	const struct trans_swsusp_info *info = &image->info;
	uint64_t most = swsusp_disk_pages(image);
	uint64_t pfns_per_page = (1ULL << info->page_shift) / 8;

	if (info->packing != TRANS_SWSUSP_RAW)
		most *= SWSUSP_CHUNK_PAGES;
	return info->pages <= most && info->data_pages &&
	       info->data_pages < info->pages &&
	       (info->data_pages - 1) / pfns_per_page < info->meta_pages;
}

static int parse_counts(struct trans_swsusp *image, const uint8_t *page,
			struct trans_error *err)
{
	struct trans_swsusp_info *info = &image->info;

	info->ram_pages = trans_le(page + SWSUSP_RAM_PAGES, 8);
	info->data_pages = trans_le(page + SWSUSP_DATA_PAGES, 8);
	info->pages = trans_le(page + SWSUSP_PAGES, 8);
	info->meta_pages = info->pages - info->data_pages - 1;
	if (trans_le(page + SWSUSP_VERSION_CODE, 4))
		return trans_fail(err, TRANS_EIMAGE,
				  "a version code: not saved by arm64");
	if (!counts_fit(image) || trans_le(page + SWSUSP_SIZE, 8) !=
				  info->pages << info->page_shift)
		return trans_fail(err, TRANS_ECORRUPT,
				  "page counts of the image");
	return 0;
}

static bool is_pa(uint64_t value, uint64_t align)
{
	return value < 1ULL << 52 && !(value & (align - 1));
}

/* No kernel's: nothing of a kernel's header is in it. */
static int parse_own(struct trans_swsusp_info *info, const uint8_t *page,
		     struct trans_error *err)
{
	uint64_t level = trans_le(page + OWN_LEVEL_AT, 8);

	info->own = true;
	info->entry = trans_le(page + OWN_ENTRY_AT, 8);
	info->context = trans_le(page + OWN_CONTEXT_AT, 8);
	info->level = (unsigned int)level;
	if (!is_pa(info->entry, 16) || !is_pa(info->context, 16))
		return trans_fail(err, TRANS_ECORRUPT,
				  "way back of a snapshot");
	if (level != 1 && level != 2)
		return trans_fail(err, TRANS_ECORRUPT,
				  "exception level of a snapshot");
	return 0;
}

static bool is_own(const uint8_t *page)
{
	return !memcmp(page + SWSUSP_VERSION, OWN_VERSION,
		       sizeof(OWN_VERSION)) &&
	       trans_le(page + OWN_MAGIC_AT, 8) == OWN_MAGIC;
}

static int parse_arm64(struct trans_swsusp_info *info, const uint8_t *page,
		       struct trans_error *err)
{
	memcpy(info->version, page + SWSUSP_VERSION, SWSUSP_VERSION_LEN);
	info->mpidr = trans_le(page + SWSUSP_MPIDR, 8) & TRANS_MPIDR_AFFINITY;
	if (is_own(page))
		return TRANS_ASSUME_NO_SNAPSHOT ?
			       trans_fail(err, TRANS_EIMAGE,
					  "a snapshot (TRANS_ASSUME_NO_SNAPSHOT)") :
			       parse_own(info, page, err);
	info->ttbr1 = trans_le(page + SWSUSP_TTBR1, 8);
	info->reenter = trans_le(page + SWSUSP_REENTER, 8);
	info->stub = trans_le(page + SWSUSP_STUB, 8);
	if (info->version[SWSUSP_VERSION_LEN - 1])
		return trans_fail(err, TRANS_ECORRUPT,
				  "version of the saved kernel");
	if (!info->ttbr1 || !is_pa(info->ttbr1, 1ULL << info->page_shift))
		return trans_fail(err, TRANS_ECORRUPT,
				  "root table of the saved kernel");
	if (info->reenter >> 52 != 0xfff || info->reenter % 4)
		return trans_fail(err, TRANS_ECORRUPT,
				  "entry address of the saved kernel");
	if (!is_pa(info->stub, 2048))
		return trans_fail(err, TRANS_ECORRUPT,
				  "EL2 vectors of the saved kernel");
	trans_text_printable_(info->version, sizeof(info->version));
	return 0;
}

static int read_info(struct trans_swsusp *image, struct trans_error *err)
{
	uint8_t *page = swsusp_buffer(image, SWSUSP_AT_HELD);
	struct swsusp_run run = { 0, 0 };
	int ret = trans_swsusp_first_map_(image, err);

	if (!ret)
		ret = trans_swsusp_next_run_(image, 1, &run, err);
	if (ret)
		return ret;
	swsusp_used(image, 1);
	ret = parse_counts(image, page, err);
	return ret ? ret : parse_arm64(&image->info, page, err);
}

int trans_swsusp_open(struct trans_swsusp *image,
		      const struct trans_swsusp_args *args,
		      struct trans_error *err)
{
	uint8_t header[SWSUSP_HEADER_LEN];
	struct trans_image_id id;
	unsigned int swap_shift;
	int ret = trans_swsusp_identify_(image, args, header, err);

	if (!ret)
		ret = parse_header(image, header + SWSUSP_HEADER_LEN, err);
	if (!ret)
		ret = read_info(image, err);
	if (!ret)
		return 0;
	id = image->id;
	swap_shift = ret == TRANS_ENOIMAGE ? image->info.page_shift : 0;
	memset(image, 0, sizeof(*image));
	image->id = id;
	image->info.page_shift = swap_shift;
	return ret;
}
