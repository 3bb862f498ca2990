/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Range sets over physical memory.
 *
 * A set is a sorted array of disjoint, non-adjacent ranges in storage that the
 * caller gives and owns. (start, len) outside, [first, last] inside, so that a
 * range may end at 2^64. An operation that would need more storage than there
 * is fails with TRANS_ENOSPC and leaves the set as it was.
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

/* Make @set empty over @storage of @capacity elements, owned by the caller and
 * living at least as long as the set. */
void trans_ranges_init(struct trans_ranges *set, struct trans_range *storage,
		       size_t capacity);

/* Add or remove [@start, @start + @len). A @len of 0 does nothing.
 * TRANS_ERANGE if the range passes 2^64, or if all 2^64 bytes would be in the
 * set (no len says that); TRANS_ENOSPC. */
int trans_ranges_add(struct trans_ranges *set, uint64_t start, uint64_t len);
int trans_ranges_remove(struct trans_ranges *set, uint64_t start, uint64_t len);

/* Add or remove each range of @other. On failure @set may hold a part of it. */
int trans_ranges_add_all(struct trans_ranges *set,
			 const struct trans_ranges *other);
int trans_ranges_remove_all(struct trans_ranges *set,
			    const struct trans_ranges *other);

/* Is every byte / any byte of [@start, @start + @len) in the set? A range that
 * passes 2^64 is never contained, and is cut at 2^64 for the second. A @len
 * of 0 is contained and touches nothing. */
bool trans_ranges_contain(const struct trans_ranges *set, uint64_t start,
			  uint64_t len);
bool trans_ranges_touch(const struct trans_ranges *set, uint64_t start,
			uint64_t len);

/* The first range of the set that shares a byte with [@start, @start + @len),
 * or NULL. Valid until the set changes. */
const struct trans_range *trans_ranges_first_touched(
	const struct trans_ranges *set, uint64_t start, uint64_t len);

/* Make @set the largest ranges of @from, another one: as many as it has storage
 * for, of equal ones the lowest. For a host whose memory is in more pieces than
 * somebody takes. */
void trans_ranges_largest(struct trans_ranges *set,
			  const struct trans_ranges *from);

/* The bytes in the set; UINT64_MAX where the sum would pass 2^64 - 1. */
uint64_t trans_ranges_total(const struct trans_ranges *set);

/*
 * Where @len bytes fit: the lowest (or highest) start >= @window->start with
 * start + len inside the window, start - @offset a multiple of @align (a power
 * of two), all of it in the set. @offset < @align.
 * 0 and *@start, or TRANS_ENOHOLE, or TRANS_EINVAL (align, offset, len 0).
 */
enum trans_fit { TRANS_FIT_LOWEST, TRANS_FIT_HIGHEST };
int trans_ranges_fit(const struct trans_ranges *set,
		     const struct trans_range *window, uint64_t len,
		     uint64_t align, uint64_t offset, enum trans_fit which,
		     uint64_t *start);

TRANS_END_DECLS

#endif
