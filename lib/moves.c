/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The list of moves, and how it is searched: by destination.
 */
#include "lib/moves_private.h"

void trans_moves_init(struct trans_moves *list, struct trans_move *storage,
		      size_t capacity)
{
	list->move = storage;
	list->count = 0;
	list->capacity = capacity;
}

/* Compares against wrapping to 0, too. */
bool trans_moves_continue_(const struct trans_move *a,
			   const struct trans_move *b)
{
	if (b->dst != a->dst + a->len || b->dst < a->dst ||
	    a->len > UINT64_MAX - b->len)
		return false;
	if (moves_is_zero_fill(a) || moves_is_zero_fill(b))
		return moves_is_zero_fill(a) && moves_is_zero_fill(b);
	return b->src == a->src + a->len && b->src > a->src;
}

int trans_moves_append_(struct trans_moves *list, const struct trans_move *move)
{
	if (list->count == list->capacity)
		return TRANS_ENOSPC;
	list->move[list->count++] = *move;
	return 0;
}

int trans_moves_add(struct trans_moves *list, trans_pa_t src, trans_pa_t dst,
		    uint64_t len)
{
	struct trans_move move = { src, dst, len };
	struct trans_move *last;

	if (!len)
		return 0;
	if (trans_passes_top(dst, len) ||
	    (!moves_is_zero_fill(&move) && trans_passes_top(src, len)))
		return TRANS_ERANGE;
	if (!list->count)
		return trans_moves_append_(list, &move);
	last = &list->move[list->count - 1];
	if (!trans_moves_continue_(last, &move))
		return trans_moves_append_(list, &move);
	last->len += len;
	return 0;
}

int trans_moves_in_place(const struct trans_moves *want,
			 struct trans_ranges *stays)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < want->count; i++) {
		const struct trans_move *move = &want->move[i];

		if (move->src == move->dst)
			ret = trans_ranges_add(stays, move->dst, move->len);
	}
	return ret;
}

uint64_t trans_moves_bytes(const struct trans_moves *list)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < list->count; i++) {
		uint64_t len = list->move[i].len;

		bytes = len > UINT64_MAX - bytes ? UINT64_MAX : bytes + len;
	}
	return bytes;
}

static void sift_down(struct trans_move *run, size_t count, size_t parent)
{
	for (;;) {
		size_t child = 2 * parent + 1;

		if (child >= count)
			return;
		if (child + 1 < count && run[child].dst < run[child + 1].dst)
			child++;
		if (run[parent].dst >= run[child].dst)
			return;
		moves_swap(&run[parent], &run[child]);
		parent = child;
	}
}

static bool is_sorted(const struct trans_move *run, size_t count)
{
	size_t i;

	for (i = 1; i < count; i++)
		if (run[i - 1].dst > run[i].dst)
			return false;
	return true;
}

/* Heap sort: no recursion, no memory, no bad case. */
void trans_moves_sort_(struct trans_move *run, size_t count)
{
	size_t i;

	if (is_sorted(run, count))
		return;
	for (i = count / 2; i-- > 0;)
		sift_down(run, count, i);
	for (i = count; i-- > 1;) {
		moves_swap(&run[0], &run[i]);
		sift_down(run, i, 0);
	}
}

size_t trans_moves_first_from_(const struct trans_move *run, size_t count,
			       uint64_t addr)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (moves_dst_last(&run[mid]) < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}
