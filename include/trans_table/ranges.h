/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Range sets over physical memory.
 *
 * A set is a sorted array of ranges, disjoint and not adjacent, in storage that
 * the caller gives and owns. All numbers are bytes, of any alignment. A range
 * may end at 2^64. An operation that needs more storage than there is leaves
 * the set as it was.
 */
#ifndef TRANS_TABLE_RANGES_H
#define TRANS_TABLE_RANGES_H

#include <trans_table/env.h>

TRANS_BEGIN_DECLS

struct trans_range {
	uint64_t start;
	uint64_t len; /* bytes, never 0 in a set */
};

struct trans_ranges {
	struct trans_range *range;
	size_t count;
	size_t capacity;
};

/* Make @set empty, in @storage of @capacity elements, which must live as long
 * as the set. */
void trans_ranges_init(struct trans_ranges *set, struct trans_range *storage,
		       size_t capacity);

/*
 * Add or remove [@start, @start + @len). A @len of 0 does nothing.
 *
 *   call     TRANS_ERANGE    the range passes 2^64, or all 2^64 bytes would be
 *                            in the set (no len can say that)
 *   memory   TRANS_ENOSPC    no storage is left; removing from the middle of a
 *                            range takes one element, too
 */
int trans_ranges_add(struct trans_ranges *set, uint64_t start, uint64_t len);
int trans_ranges_remove(struct trans_ranges *set, uint64_t start, uint64_t len);

/* Add or remove each range of @other, with the same errors. On failure @set may
 * hold a part of it. */
int trans_ranges_add_all(struct trans_ranges *set,
			 const struct trans_ranges *other);
int trans_ranges_remove_all(struct trans_ranges *set,
			    const struct trans_ranges *other);

/* contain: is every byte of [@start, @start + @len) in the set? Not if it
 * passes 2^64. touch: is any byte in it? Up to 2^64. A @len of 0 is contained,
 * and touches nothing. */
bool trans_ranges_contain(const struct trans_ranges *set, uint64_t start,
			  uint64_t len);
bool trans_ranges_touch(const struct trans_ranges *set, uint64_t start,
			uint64_t len);

/* The first range of the set that shares a byte with [@start, @start + @len),
 * or NULL. Valid until the set changes. */
const struct trans_range *trans_ranges_first_touched(
	const struct trans_ranges *set, uint64_t start, uint64_t len);

/* Make @set, whatever it held, the largest ranges of @from, which is another
 * set: as many as there is storage for, of equally long ones the lower. For a
 * host whose memory lies in more pieces than a function takes. */
void trans_ranges_largest(struct trans_ranges *set,
			  const struct trans_ranges *from);

/* The bytes in the set; UINT64_MAX where the sum would pass 2^64 - 1. */
uint64_t trans_ranges_total(const struct trans_ranges *set);

/*
 * Where do @len bytes fit? *@start is the lowest (or highest) address such that
 * all of [*@start, *@start + @len) lies in the set and in @window, and *@start
 * - @offset is a multiple of @align, a power of two. @offset < @align.
 *
 *   answer   TRANS_ENOHOLE   nowhere
 *   call     TRANS_EINVAL    @align, @offset, or a @len of 0
 */
enum trans_fit { TRANS_FIT_LOWEST, TRANS_FIT_HIGHEST };
int trans_ranges_fit(const struct trans_ranges *set,
		     const struct trans_range *window, uint64_t len,
		     uint64_t align, uint64_t offset, enum trans_fit which,
		     uint64_t *start);

TRANS_END_DECLS

#endif
