/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the parts of the snapshot writer share: the job, which lies in lent
 * memory and is gone after a resume.
 */
#ifndef TRANS_HIBERNATE_SNAPSHOT_PRIVATE_H
#define TRANS_HIBERNATE_SNAPSHOT_PRIVATE_H

#include <trans_table/snapshot.h>

#include "hibernate/snapshot_header.h"

/* What a full chunk becomes at most: LZ4 adds a 255th and 16 bytes to noise. */
#define PACKED_PAGES 33u

/* In a page of @page_len bytes: entries of a swap map beside the link to the
 * next one; PFNs. */
#define MAP_ENTRIES(page_len) ((page_len) / 8 - 1)
#define META_ENTRIES(page_len) ((page_len) / 8)

/*
 * @err:     the caller's, may be NULL
 * @shift:   of the image's page
 * @image:   what is saved; @pages of it, @stored of them not all zero
 * @copies:  where the copies go, in the order of the image
 * @zero:    a bit for each page of the image: all zero
 * @map, @unpacked, @packed: a page, a chunk, PACKED_PAGES
 * @limit:   pages of the swap area, or the device
 * @meta:    pages of metadata
 * @map_slot, @map_used: where the swap map being filled goes, and its entries;
 *           @first_map: the first one
 * @slots:   used so far
 * @held:    pages in @unpacked
 * @done:    pages of the stream written, the info page left out
 */
struct snapshot {
	const struct trans_snapshot_args *args;
	struct trans_error *err;
	unsigned int shift;
	uint64_t lent, pages, stored, meta;
	uint8_t *zero;
	uint64_t *map;
	uint8_t *unpacked, *packed;
	uint64_t buffers;
	uint64_t limit;
	uint64_t first_map, map_slot, map_used;
	uint64_t slots, done;
	unsigned int held;
	uint32_t crc;
	struct snapshot_own own;
	struct trans_ranges image, copies;
	struct trans_range image_storage[TRANS_SNAPSHOT_RANGES];
	struct trans_range copies_storage[TRANS_SNAPSHOT_RANGES];
};

static inline uint64_t snapshot_page(const struct snapshot *job)
{
	return 1ULL << job->shift;
}

/* The pages of a set, one after the other; begin with @set and zeroes. */
struct snapshot_walk {
	const struct trans_ranges *set;
	size_t range;
	uint64_t at; /* bytes into the range */
};
bool trans_snapshot_walk_next_(struct snapshot_walk *walk, uint64_t page_len,
			       trans_pa_t *pa);

/* A page (or more) of memory, or NULL and TRANS_EFAULT in the job's error. */
void *trans_snapshot_at_(const struct snapshot *job, trans_pa_t pa,
			 uint64_t len);

/*
 * Check the arguments, make the job in the first piece of args->free that holds
 * it, and count. The estimate's errors.
 */
int trans_snapshot_plan_(const struct trans_snapshot_args *args,
			 struct snapshot **job, struct trans_error *err);
void trans_snapshot_needs_(const struct snapshot *job,
			   struct trans_snapshot_needs *needs);

/* Buffers, or TRANS_ENOMEM, TRANS_ENOSPC. */
int trans_snapshot_carve_(struct snapshot *job);

/* Is there a swap area to write to? TRANS_EIMAGE, TRANS_ENOSPC, TRANS_EHOST. */
int trans_snapshot_check_disk_(struct snapshot *job);

/* Write the image, without a signature; and then the signature. */
int trans_snapshot_write_(struct snapshot *job);
int trans_snapshot_commit_(struct snapshot *job);

#endif
