/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * One call of trans_swsusp_read, and what its parts promise each other: read.c
 * has raw pages; packed.c chunks, one at a time or one for each CPU; stream.c
 * what both go through.
 */
#ifndef TRANS_HIBERNATE_SWSUSP_READING_H
#define TRANS_HIBERNATE_SWSUSP_READING_H

#include "hibernate/swsusp.h"
#include "lib/numbers.h"

/*
 * @left: pages of this call
 * @told: pages of the stream that progress was last asked about
 * @to, @room_pages: the rest of the room in use
 */
struct reading {
	struct trans_swsusp *image;
	uint64_t left, told;
	trans_swsusp_room_fn room;
	void *ctx;
	uint8_t *to;
	unsigned int room_pages;
	struct trans_error *err;
};

/* Of pages, which are few. */
static inline unsigned int swsusp_least(uint64_t a, uint64_t b)
{
	return (unsigned int)trans_least(a, b);
}

static inline uint64_t swsusp_stream_pages(const struct trans_swsusp *image)
{
	return image->info.pages - 1;
}

/* Pages read ahead, and not used yet. */
static inline uint8_t *swsusp_held(const struct trans_swsusp *image)
{
	return swsusp_buffer(image, SWSUSP_AT_HELD + image->held_at);
}

static inline void swsusp_drop_held(struct trans_swsusp *image,
				    unsigned int count)
{
	image->held_at += count;
	image->held -= count;
}

/* Is there an early read whose pages are not held yet? */
static inline bool swsusp_reads_early(const struct trans_swsusp *image)
{
	return !TRANS_ASSUME_NO_EARLY && image->ahead.count;
}

/* In pages, of what may be read at once. */
static inline unsigned int swsusp_read_limit(const struct trans_swsusp *image)
{
	return TRANS_BLOCK_MAX >> image->info.page_shift;
}

/* What is held moves to the front, and what lies side by side on the disk with
 * the page that comes next is read behind it, @most pages of it. Errors of
 * trans_swsusp_next_run_ and of the disk. */
int trans_swsusp_read_ahead_(struct trans_swsusp *image, unsigned int most,
			     struct trans_error *err);
/* If the disk can, and it is worth it: what is held moves to the front, and
 * pages behind it are asked for. What is wrong with them is told to whoever
 * needs them. */
void trans_swsusp_start_ahead_(struct trans_swsusp *image);
/* They are there, and held; TRANS_EHOST, TRANS_ELOST: or they are not, now and
 * whenever it is asked again. */
int trans_swsusp_end_ahead_(struct trans_swsusp *image,
			    struct trans_error *err);
/* At least @pages of them. Errors of trans_swsusp_next_run_ and of the disk. */
int trans_swsusp_hold_(struct trans_swsusp *image, unsigned int pages,
		       struct trans_error *err);

/* Room for at least one page, @wish if it is to be had: TRANS_EFAULT. */
int trans_swsusp_room_(struct reading *r, uint64_t wish);
/* @count pages have reached their room. */
void trans_swsusp_filled_(struct reading *r, unsigned int count);
/* Copy up to @most pages to a room; *@count: how many they were. */
int trans_swsusp_copy_out_(struct reading *r, const uint8_t *from,
			   unsigned int most, unsigned int *count);
/* Ask progress, if enough was read since. TRANS_ESTOPPED. */
int trans_swsusp_tell_(struct reading *r);

/* Get on by a chunk, or as many as there are CPUs, or by pages of what was
 * unpacked. */
int trans_swsusp_read_packed_(struct reading *r);

#endif
