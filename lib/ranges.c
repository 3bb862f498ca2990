/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Range sets: which memory is free, forbidden, a destination, reserved.
 *
 * Each question is answered by a binary search and each change is one splice
 * that replaces neighbours by at most two pieces, so that a change either fits
 * or has not begun.
 */
#include <trans_table/errors.h>
#include <trans_table/ranges.h>

#include "lib/numbers.h"

struct span {
	uint64_t first;
	uint64_t last;
};

static uint64_t range_last(const struct trans_range *range)
{
	return range->start + (range->len - 1);
}

static struct trans_range range_of(uint64_t first, uint64_t last)
{
	return (struct trans_range){ .start = first, .len = last - first + 1 };
}

static uint64_t last_cut_at_top(uint64_t start, uint64_t len)
{
	return trans_passes_top(start, len) ? UINT64_MAX : start + (len - 1);
}

/* Index of the first range that ends at or after @addr. */
static size_t first_ending_from(const struct trans_ranges *set, uint64_t addr)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (range_last(&set->range[mid]) < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Index of the first range that starts after @addr. */
static size_t first_starting_after(const struct trans_ranges *set,
				   uint64_t addr)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (set->range[mid].start <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Put @count @pieces where the ranges [@from, @to) are. */
static int splice(struct trans_ranges *set, size_t from, size_t to,
		  const struct trans_range *pieces, size_t count)
{
	size_t tail = set->count - to;

	if (count > to - from &&
	    count - (to - from) > set->capacity - set->count)
		return TRANS_ENOSPC;
	if (tail && to != from + count)
		memmove(&set->range[from + count], &set->range[to],
			tail * sizeof(*set->range));
	if (count)
		memcpy(&set->range[from], pieces, count * sizeof(*pieces));
	set->count = from + count + tail;
	return 0;
}

void trans_ranges_init(struct trans_ranges *set, struct trans_range *storage,
		       size_t capacity)
{
	set->range = storage;
	set->count = 0;
	set->capacity = capacity;
}

int trans_ranges_add(struct trans_ranges *set, uint64_t start, uint64_t len)
{
	struct span span = { start, start + (len - 1) };
	struct trans_range merged;
	size_t from, to;

	if (!len)
		return 0;
	if (trans_passes_top(start, len))
		return TRANS_ERANGE;
	/* One byte further on each side: what only touches merges too. */
	from = first_ending_from(set, start ? start - 1 : 0);
	to = first_starting_after(set, span.last < UINT64_MAX ? span.last + 1 :
								UINT64_MAX);
	if (from < to) {
		struct trans_range *left = &set->range[from];
		uint64_t last = range_last(&set->range[to - 1]);

		span.first = left->start < start ? left->start : start;
		span.last = last > span.last ? last : span.last;
	}
	merged = range_of(span.first, span.last);
	if (!merged.len)
		return TRANS_ERANGE; /* 2^64 bytes are no uint64_t */
	return splice(set, from, to, &merged, 1);
}

int trans_ranges_remove(struct trans_ranges *set, uint64_t start, uint64_t len)
{
	uint64_t last = start + (len - 1);
	struct trans_range left[2];
	size_t from, to, count = 0;

	if (!len)
		return 0;
	if (trans_passes_top(start, len))
		return TRANS_ERANGE;
	from = first_ending_from(set, start);
	to = first_starting_after(set, last);
	if (from >= to)
		return 0;
	if (set->range[from].start < start)
		left[count++] = range_of(set->range[from].start, start - 1);
	if (range_last(&set->range[to - 1]) > last)
		left[count++] = range_of(last + 1,
					 range_last(&set->range[to - 1]));
	return splice(set, from, to, left, count);
}

int trans_ranges_add_all(struct trans_ranges *set,
			 const struct trans_ranges *other)
{
	size_t i;

	for (i = 0; i < other->count; i++) {
		int ret = trans_ranges_add(set, other->range[i].start,
					   other->range[i].len);

		if (ret)
			return ret;
	}
	return 0;
}

/* From the end, so that a set can be removed from itself. */
int trans_ranges_remove_all(struct trans_ranges *set,
			    const struct trans_ranges *other)
{
	size_t i;

	for (i = other->count; i-- > 0;) {
		int ret = trans_ranges_remove(set, other->range[i].start,
					      other->range[i].len);

		if (ret)
			return ret;
	}
	return 0;
}

bool trans_ranges_contain(const struct trans_ranges *set, uint64_t start,
			  uint64_t len)
{
	size_t at;

	if (!len)
		return true;
	if (trans_passes_top(start, len))
		return false;
	at = first_ending_from(set, start + (len - 1));
	return at < set->count && set->range[at].start <= start;
}

const struct trans_range *trans_ranges_first_touched(
	const struct trans_ranges *set, uint64_t start, uint64_t len)
{
	size_t at;

	if (!len)
		return NULL;
	at = first_ending_from(set, start);
	if (at == set->count ||
	    set->range[at].start > last_cut_at_top(start, len))
		return NULL;
	return &set->range[at];
}

bool trans_ranges_touch(const struct trans_ranges *set, uint64_t start,
			uint64_t len)
{
	return trans_ranges_first_touched(set, start, len) != NULL;
}

/* Make room for one that is longer than the shortest, of which the last
 * goes. */
static bool drop_shorter(struct trans_ranges *set, uint64_t len)
{
	struct trans_range *range = set->range;
	size_t least = 0;

	for (size_t i = 1; i < set->count; i++)
		if (range[i].len <= range[least].len)
			least = i;
	if (!set->count || range[least].len >= len)
		return false;
	set->count--;
	memmove(&range[least], &range[least + 1],
		(set->count - least) * sizeof(*range));
	return true;
}

void trans_ranges_largest(struct trans_ranges *set,
			  const struct trans_ranges *from)
{
	set->count = 0;
	for (size_t i = 0; i < from->count; i++)
		if (set->count < set->capacity ||
		    drop_shorter(set, from->range[i].len))
			set->range[set->count++] = from->range[i];
}

uint64_t trans_ranges_total(const struct trans_ranges *set)
{
	uint64_t total = 0;
	size_t i;

	/* Disjoint and never 2^64 in all (see add), so this cannot wrap. */
	for (i = 0; i < set->count; i++)
		total += set->range[i].len;
	return total;
}

static bool is_power_of_two(uint64_t value)
{
	return value && !(value & (value - 1));
}

struct fit {
	uint64_t len;
	uint64_t align;
	uint64_t offset;
	enum trans_fit which;
};

static bool fit_lowest(const struct span *hole, const struct fit *fit,
		       uint64_t *start)
{
	uint64_t up = (fit->offset - hole->first) & (fit->align - 1);

	if (up > hole->last - hole->first)
		return false;
	*start = hole->first + up;
	return hole->last - *start >= fit->len - 1;
}

static bool fit_highest(const struct span *hole, const struct fit *fit,
			uint64_t *start)
{
	uint64_t top, down;

	if (hole->last - hole->first < fit->len - 1)
		return false;
	top = hole->last - (fit->len - 1);
	down = (top - fit->offset) & (fit->align - 1);
	*start = top - down;
	return down <= top - hole->first;
}

static bool fit_in_range(const struct trans_range *range,
			 const struct span *window, const struct fit *fit,
			 uint64_t *start)
{
	struct span hole = { range->start, range_last(range) };

	if (hole.first < window->first)
		hole.first = window->first;
	if (hole.last > window->last)
		hole.last = window->last;
	if (hole.first > hole.last)
		return false;
	return fit->which == TRANS_FIT_LOWEST ? fit_lowest(&hole, fit, start) :
						fit_highest(&hole, fit, start);
}

int trans_ranges_fit(const struct trans_ranges *set,
		     const struct trans_range *window, uint64_t len,
		     uint64_t align, uint64_t offset, enum trans_fit which,
		     uint64_t *start)
{
	const struct fit fit = { len, align, offset, which };
	struct span inside;
	size_t i;

	if (!len || !is_power_of_two(align) || offset >= align)
		return TRANS_EINVAL;
	if (!window->len)
		return TRANS_ENOHOLE;
	inside.first = window->start;
	inside.last = last_cut_at_top(window->start, window->len);
	for (i = 0; i < set->count; i++) {
		size_t at = which == TRANS_FIT_LOWEST ? i : set->count - 1 - i;
		uint64_t found;

		if (fit_in_range(&set->range[at], &inside, &fit, &found)) {
			*start = found;
			return 0;
		}
	}
	return TRANS_ENOHOLE;
}
