/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The swsusp format on the disk, for who reads it and who writes it, and what
 * the reader's files share. docs/hibernate.md explains the format.
 */
#ifndef TRANS_HIBERNATE_SWSUSP_H
#define TRANS_HIBERNATE_SWSUSP_H

#include <trans_table/cpu.h>
#include <trans_table/swsusp.h>

#include "lib/assume.h"
#include "lib/bytes.h"
#include "lib/fail.h"

/* Header: bytes before the end of its page (Linux, kernel/power/swap.c,
 * struct swsusp_header). */
#define SWSUSP_HARDWARE 40 /* u32 */
#define SWSUSP_CRC 36      /* u32 */
#define SWSUSP_IMAGE 32    /* u64: page of the first swap map */
#define SWSUSP_FLAGS 24    /* u32 */
#define SWSUSP_ORIG_SIG 20 /* SWSUSP_SIG_LEN bytes */
#define SWSUSP_SIG 10      /* likewise */
#define SWSUSP_HEADER_LEN 40
#define SWSUSP_SIG_LEN 10
#define SWSUSP_MAGIC "S1SUSPEND" /* and its NUL */

/* Flags (kernel/power/power.h, SF_*; the last from 6.9 on). */
#define SWSUSP_PLATFORM 1u /* how the machine was turned off: of no interest */
#define SWSUSP_NOCOMPRESS 2u
#define SWSUSP_CRC32 4u
#define SWSUSP_HW_SIG 8u
#define SWSUSP_LZ4 16u

/* Info page (struct swsusp_info); arm64 puts its own header over the names
 * that uname gives (arch/arm64/kernel/hibernate.c, arch_hibernate_hdr). */
#define SWSUSP_VERSION 0 /* SWSUSP_VERSION_LEN bytes, with the NUL */
#define SWSUSP_VERSION_LEN 65
#define SWSUSP_TTBR1 72
#define SWSUSP_REENTER 80
#define SWSUSP_STUB 88
#define SWSUSP_MPIDR 96
#define SWSUSP_VERSION_CODE 392 /* u32, 0 on arm64 */
#define SWSUSP_RAM_PAGES 400
#define SWSUSP_DATA_PAGES 416
#define SWSUSP_PAGES 424
#define SWSUSP_SIZE 432 /* bytes */

/* A chunk: its length in 8 bytes, that many packed bytes, up to the end of a
 * page. The most that 32 pages of noise become by LZO, or LZ4, which needs
 * less. */
#define SWSUSP_CHUNK_PAGES 32u
#define SWSUSP_CHUNK_HEADER 8u
#define SWSUSP_PACKED_MAX(page_shift)                               \
	((34ULL << (page_shift)) + 69)

/* The buffer, in pages: map, page numbers of maps, packed pages, unpacked; and
 * for each worker room for a chunk more of both, and a page for its job. */
#define SWSUSP_AT_SEEN 1u
#define SWSUSP_SEEN_PAGES 4u
#define SWSUSP_AT_HELD (SWSUSP_AT_SEEN + SWSUSP_SEEN_PAGES)
#define SWSUSP_HELD_PAGES 67u
#define SWSUSP_PACKED_PAGES 35u

static inline size_t swsusp_bytes(const struct trans_swsusp *image,
				  uint64_t pages)
{
	return (size_t)(pages << image->info.page_shift);
}

static inline uint8_t *swsusp_buffer(const struct trans_swsusp *image,
				     unsigned int page)
{
	return (uint8_t *)image->args.buffer + swsusp_bytes(image, page);
}

/* How many workers there are, and room for in the buffer. */
static inline unsigned int swsusp_workers(const struct trans_swsusp *image)
{
	const struct trans_workers *workers = image->args.workers;
	unsigned int shift = image->info.page_shift, count = 0;

	if (TRANS_ASSUME_NO_WORKERS || !workers)
		return 0;
	while (count < workers->count && count < TRANS_WORKERS_MAX &&
	       TRANS_SWSUSP_BUFFER_FOR(shift, count + 1) <=
		       image->args.buffer_len)
		count++;
	return count;
}

static inline unsigned int swsusp_held_pages(const struct trans_swsusp *image)
{
	return SWSUSP_HELD_PAGES + SWSUSP_PACKED_PAGES * swsusp_workers(image);
}

static inline uint8_t *swsusp_unpacked(const struct trans_swsusp *image)
{
	return swsusp_buffer(image, SWSUSP_AT_HELD + swsusp_held_pages(image));
}

/* What the @i-th CPU works on; the caller is number 0, and has its own. It
 * stays readable whatever becomes of the load. */
static inline void *swsusp_job(const struct trans_swsusp *image, unsigned int i)
{
	return swsusp_unpacked(image) +
	       swsusp_bytes(image, SWSUSP_CHUNK_PAGES *
					   (1 + swsusp_workers(image)) + i - 1);
}

/* Call @fn with @own here, and with the @count - 1 jobs of workers there; all
 * are done then. TRANS_ELOST: one is not. */
int trans_swsusp_divide_(const struct trans_swsusp *image,
			 void (*fn)(void *job), void *own, unsigned int count,
			 struct trans_error *err);
static inline int swsusp_divide(const struct trans_swsusp *image,
				void (*fn)(void *job), void *own,
				unsigned int count, struct trans_error *err)
{
	if (!TRANS_ASSUME_NO_WORKERS)
		return trans_swsusp_divide_(image, fn, own, count, err);
	fn(own);
	return 0;
}

/* The CRC of what lies behind each other, from both CRCs: @after is
 * trans_crc32_after_ of the bytes of the second, whose CRC began with 0. */
uint32_t trans_crc32_after_(uint64_t len);
uint32_t trans_crc32_join_(uint32_t crc, uint32_t after, uint32_t behind);

static inline uint64_t swsusp_disk_pages(const struct trans_swsusp *image)
{
	return image->args.disk->len >> image->info.page_shift;
}

/* Entries of a swap map; one more word names the next map. */
static inline unsigned int swsusp_slots(const struct trans_swsusp *image)
{
	return (1u << image->info.page_shift) / 8 - 1;
}

/* By which the sector that ends at @end is known again. */
static inline uint32_t swsusp_sector_crc(const struct trans_swsusp *image,
					 const uint8_t *end)
{
	size_t len = (size_t)1 << image->args.disk->sector_shift;

	return trans_crc32(~0u, end - len, len);
}

static inline bool swsusp_same_id(const struct trans_image_id *a,
				  const struct trans_image_id *b)
{
	return a->page_len == b->page_len && a->offset == b->offset &&
	       !memcmp(a->sha256, b->sha256, sizeof(a->sha256));
}

/* Is it a snapshot of the library's own? */
static inline bool swsusp_own(const struct trans_swsusp *image)
{
	return !TRANS_ASSUME_NO_SNAPSHOT && image->info.own;
}

/* Is it what stands in the signature's place on swap space without an image? */
bool trans_swsusp_is_swap_(const uint8_t *sig);

/*
 * The first part of an open: whose image it is. Finds the header and leaves in
 * the buffer, as far as they are on the disk, the first map and (at
 * SWSUSP_AT_HELD) the info page. @header: the end of the header's page. Errors
 * of trans_swsusp_open.
 */
int trans_swsusp_identify_(struct trans_swsusp *image,
			   const struct trans_swsusp_args *args,
			   uint8_t header[SWSUSP_HEADER_LEN],
			   struct trans_error *err);

/* Take an identified image off the disk: trans_swsusp_clear. TRANS_EIMAGE: no
 * swap signature is there to be put back. */
int trans_swsusp_take_off_(struct trans_swsusp *image, struct trans_error *err);

/* Fail, with the page of the disk that is concerned. */
static inline int swsusp_fail(const struct trans_swsusp *image, int status,
			      const char *why, uint64_t page,
			      struct trans_error *err)
{
	return trans_fail_pa(err, status, why,
			     page << image->info.page_shift,
			     1ULL << image->info.page_shift);
}

/* What the disk answered, for these pages of it. TRANS_EHOST, TRANS_ELOST. */
int trans_swsusp_disk_failed_(const struct trans_swsusp *image, int status,
			      uint64_t page, unsigned int count,
			      struct trans_error *err);
/* TRANS_EHOST: the disk. @page and @count are in bounds. */
int trans_swsusp_read_pages_(const struct trans_swsusp *image, uint64_t page,
			     unsigned int count, void *to,
			     struct trans_error *err);

/*
 * The slots that come next in the stream, 1 to @most of them side by side on
 * the disk, in bounds; they stay next until swsusp_used says so. May read the
 * next map. TRANS_ETRUNC, TRANS_ECORRUPT, TRANS_EHOST.
 */
struct swsusp_run {
	uint64_t page;
	unsigned int count;
};
/* The first map is in the buffer: trans_swsusp_identify_ read it. */
int trans_swsusp_first_map_(struct trans_swsusp *image,
			    struct trans_error *err);
int trans_swsusp_next_run_(struct trans_swsusp *image, unsigned int most,
			   struct swsusp_run *run, struct trans_error *err);
static inline void swsusp_used(struct trans_swsusp *image, unsigned int count)
{
	image->slot += count;
}

#endif
