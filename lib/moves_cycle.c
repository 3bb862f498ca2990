/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * From ordered components to executable moves. A component of one run is simply
 * emitted. The runs of a larger one block each other: they are cut until every
 * piece maps onto whole pieces. Destinations are disjoint, so over pieces the
 * relation is a functional graph: its components are single pieces and simple
 * cycles, and a cycle goes through the spare.
 */
#include "lib/moves_private.h"

#include "lib/fail.h"

/* Cut at @addr if it lies inside, not at the start, of one of @count sorted
 * runs: appends the part from @addr on, marked, and leaves the run as it is. */
static int cut_at(struct trans_moves *list, const struct trans_move *run,
		  size_t count, uint64_t addr, bool *cut)
{
	size_t at = trans_moves_first_from_(run, count, addr);
	struct trans_move tail;

	*cut = at < count && run[at].dst < addr;
	if (!*cut)
		return 0;
	tail.src = run[at].src + (addr - run[at].dst);
	tail.dst = addr;
	tail.len = (moves_run_len(&run[at]) - (addr - run[at].dst)) |
		   MOVES_FRESH;
	return trans_moves_append_(list, &tail);
}

/* Cut where the sources of @count runs end. A source that ends at 2^64 ends in
 * no run: 0, which it wraps to, is inside of none. */
static int cut_at_source_ends(struct trans_moves *list, size_t start)
{
	const size_t count = list->count - start;
	const struct trans_move *run = &list->move[start];
	size_t i;

	for (i = 0; i < count; i++) {
		bool cut;
		int ret = cut_at(list, run, count, moves_src_last(&run[i]) + 1,
				 &cut);

		if (ret)
			return ret;
	}
	return 0;
}

/* Carry the fresh cut at @from on to its source, to the source of that, and so
 * on for at most @steps. The mark stays where the way is to be continued. */
static int carry_cut(struct trans_moves *list, struct trans_move *from,
		     const struct trans_move *run, size_t count, size_t steps)
{
	struct trans_move *at = from;

	while (steps--) {
		bool cut;
		int ret = cut_at(list, run, count, at->src, &cut);

		if (ret)
			return ret;
		at->len &= ~MOVES_FRESH;
		if (!cut)
			return 0;
		at = &list->move[list->count - 1];
	}
	return 0;
}

static int carry_cuts(struct trans_moves *list, size_t start, size_t steps)
{
	const size_t count = list->count - start;
	struct trans_move *run = &list->move[start];
	size_t i;

	for (i = 0; i < count; i++) {
		int ret = 0;

		if (run[i].len & MOVES_FRESH)
			ret = carry_cut(list, &run[i], run, count, steps);
		if (ret)
			return ret;
	}
	return 0;
}

/* Sort the cuts in, once each, and end each piece where the next one starts.
 * Returns whether any of them is fresh. */
static bool settle_cuts(struct trans_moves *list, size_t start)
{
	struct trans_move *run = &list->move[start];
	size_t i, kept = 0;
	bool fresh;

	trans_moves_sort_(run, list->count - start);
	fresh = run[0].len & MOVES_FRESH;
	for (i = 1; i < list->count - start; i++) {
		uint64_t gap = run[i].dst - run[kept].dst;

		fresh |= run[i].len & MOVES_FRESH;
		if (!gap) {
			run[kept].len |= run[i].len & MOVES_FRESH;
			continue;
		}
		if (moves_run_len(&run[kept]) > gap)
			run[kept].len = gap | (run[kept].len & MOVES_FRESH);
		run[++kept] = run[i];
	}
	list->count = start + kept + 1;
	return fresh;
}

/*
 * Cut the runs from @start on, sorted by destination, at each boundary of a
 * source, at what these cuts map to, and so on. Then a piece either has exactly
 * one piece as its source, or (partly) others that are shorter or nobody's; so
 * along a cycle all are of one length and match.
 *
 * Ways to follow can be long, can meet, and can run in circles: they are
 * followed in rounds of doubling length, with what is known sorted after each.
 * Ways that are still open at the end of a round had nothing in common in it,
 * so the next one finds at most twice as many cuts as there are.
 */
static int cut_to_pieces(struct trans_moves *list, size_t start)
{
	size_t i, steps = 1;
	int ret;

	for (i = start; i < list->count; i++)
		list->move[i].len |= MOVES_FRESH;
	ret = cut_at_source_ends(list, start);
	if (ret)
		return ret;
	while (settle_cuts(list, start)) {
		/* Out of room may have meant: with cuts found twice. */
		if (ret && list->count == list->capacity)
			return ret;
		ret = carry_cuts(list, start, steps);
		if (steps <= SIZE_MAX / 2)
			steps *= 2;
	}
	return ret;
}

/*
 * Append an executable move, joined with the last one if it continues it in
 * either direction. Joining is safe: each move of a plan reads what was there
 * before the last one, which is what a memmove over both does. (Only what comes
 * back from the spare is not; to continue a move that includes its save, the
 * cycle would have to end both above and below the spare.)
 */
static int emit(struct moves_planner *p, uint64_t src, uint64_t dst,
		uint64_t len)
{
	struct trans_move move = { src, dst, len };
	struct trans_moves *plan = p->plan;
	struct trans_move *last;

	last = plan->count ? &plan->move[plan->count - 1] : NULL;
	if (last && trans_moves_continue_(&move, last)) {
		move.len += last->len;
		*last = move;
		return 0;
	}
	if (trans_moves_add(plan, src, dst, len))
		return trans_fail_pa(p->err, TRANS_ENOSPC,
				     "the plan has too little room", dst, len);
	return 0;
}

static const struct trans_move *find_dst(const struct trans_move *run,
					 size_t count, uint64_t dst)
{
	return &run[trans_moves_first_from_(run, count, dst)];
}

/* Turn @len bytes at @offset of each piece of the cycle of @count pieces. */
static int turn(struct moves_planner *p, const struct trans_move *run,
		size_t count, uint64_t offset, uint64_t len)
{
	const struct trans_move *at = &run[0];
	int ret = emit(p, run[0].dst + offset, p->spare.start, len);

	while (!ret && at->src != run[0].dst) {
		ret = emit(p, at->src + offset, at->dst + offset, len);
		at = find_dst(run, count, at->src);
	}
	if (ret)
		return ret;
	return emit(p, p->spare.start, at->dst + offset, len);
}

static int break_cycle(struct moves_planner *p, struct trans_move *run,
		       size_t count)
{
	uint64_t offset, len, whole = run[0].len;

	trans_moves_sort_(run, count);
	if (!p->spare.len)
		return trans_fail_pa(p->err, TRANS_ENOENT,
				     "a cycle of moves and no spare memory",
				     run[0].dst, whole);
	for (offset = 0; offset < whole; offset += len) {
		int ret;

		len = whole - offset;
		if (len > p->spare.len)
			len = p->spare.len;
		ret = turn(p, run, count, offset, len);
		if (ret)
			return ret;
	}
	return 0;
}

/* Emit the last component of pieces, and drop it. */
static int emit_pieces(struct moves_planner *p)
{
	size_t start = trans_moves_last_component_(p->want);
	struct trans_move *run = &p->want->move[start];
	size_t count = p->want->count - start;

	p->want->count = start;
	if (count == 1)
		return emit(p, run->src, run->dst, run->len);
	return break_cycle(p, run, count);
}

/* Emit runs, from @start on, that block each other in a circle. */
static int untangle(struct moves_planner *p, size_t start)
{
	struct trans_move *run = &p->want->move[start];
	int ret;

	trans_moves_sort_(run, p->want->count - start);
	ret = cut_to_pieces(p->want, start);
	if (!ret)
		ret = trans_moves_order_(run, p->want->count - start, p->plan);
	if (ret)
		return trans_fail(p->err, ret, "too little room for splits");
	while (!ret && p->want->count > start)
		ret = emit_pieces(p);
	return ret;
}

int trans_moves_emit_all_(struct moves_planner *p)
{
	int ret = 0;

	while (!ret && p->want->count) {
		size_t start = trans_moves_last_component_(p->want);

		if (start == p->want->count - 1)
			ret = emit_pieces(p);
		else
			ret = untangle(p, start);
	}
	return ret;
}
