/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Move lists: from "what must be where" to an order in which nothing is lost.
 *
 * A run (one struct trans_move) must be executed before another one if it reads
 * what the other one writes. The strongly connected components of that relation
 * over whole runs, in topological order (moves_order.c), are the plan. A
 * component of one run is simply emitted (overlap with itself is what memmove
 * is for), a larger one is cut and turned (moves_cycle.c).
 *
 * The only memory is that of the two lists. Runs live in the wanted list; the
 * unused end of the plan holds the search's nodes, which are done with before
 * the plan grows over them.
 */
#include "lib/moves_private.h"

#include "lib/fail.h"

static int check_spare(struct moves_planner *p)
{
	const struct trans_range *spare = &p->spare;

	if (!spare->len)
		return 0;
	if ((spare->start | spare->len) & (p->unit - 1))
		return trans_fail_pa(p->err, TRANS_EALIGN, "spare memory",
				     spare->start, spare->len);
	if (trans_passes_top(spare->start, spare->len))
		return trans_fail_pa(p->err, TRANS_ERANGE, "spare memory",
				     spare->start, spare->len);
	return 0;
}

static int check_clear_of_spare(const struct moves_planner *p, uint64_t start,
				uint64_t last)
{
	if (!trans_overlap(start, last - start + 1, p->spare.start,
			   p->spare.len))
		return 0;
	return trans_fail_pa(p->err, TRANS_EOVERLAP,
			     "a move touches the spare memory", start,
			     last - start + 1);
}

/* @move is not empty. */
static int check_move(const struct moves_planner *p,
		      const struct trans_move *move)
{
	uint64_t src = moves_is_zero_fill(move) ? 0 : move->src;
	int ret;

	if ((src | move->dst | move->len) & (p->unit - 1))
		return trans_fail_pa(p->err, TRANS_EALIGN,
				     "a move is no multiple of the unit",
				     move->dst, move->len);
	if (trans_passes_top(move->dst, move->len) ||
	    trans_passes_top(src, move->len))
		return trans_fail_pa(p->err, TRANS_ERANGE,
				     "a move passes 2^64", move->dst,
				     move->len);
	ret = check_clear_of_spare(p, move->dst, moves_dst_last(move));
	if (!ret && !moves_is_zero_fill(move))
		ret = check_clear_of_spare(p, move->src, moves_src_last(move));
	return ret;
}

/* Check each move for itself, and drop the empty ones. */
static int check_moves(struct moves_planner *p)
{
	struct trans_moves *want = p->want;
	size_t i, kept = 0;

	for (i = 0; i < want->count; i++) {
		int ret;

		if (!want->move[i].len)
			continue;
		ret = check_move(p, &want->move[i]);
		if (ret)
			return ret;
		want->move[kept++] = want->move[i];
	}
	want->count = kept;
	return 0;
}

static int check_destinations(const struct moves_planner *p)
{
	size_t i;

	for (i = 1; i < p->want->count; i++) {
		const struct trans_move *a = &p->want->move[i - 1];
		const struct trans_move *b = a + 1;
		uint64_t last = moves_dst_last(a);

		if (last > moves_dst_last(b))
			last = moves_dst_last(b);
		if (b->dst <= last)
			return trans_fail_pa(p->err, TRANS_EOVERLAP,
					     "two destinations overlap", b->dst,
					     last - b->dst + 1);
	}
	return 0;
}

/* Drop what is in place, and join neighbours. The list only gets shorter. */
static void join_neighbours(struct trans_moves *want)
{
	size_t i, count = want->count;

	want->count = 0;
	for (i = 0; i < count; i++) {
		struct trans_move move = want->move[i];

		if (move.src != move.dst)
			(void)trans_moves_add(want, move.src, move.dst,
					      move.len);
	}
}

static int normalise(struct moves_planner *p)
{
	int ret;

	if (p->unit < MOVES_MARKS + 1 || (p->unit & (p->unit - 1)))
		return trans_fail(p->err, TRANS_EINVAL,
				  "unit is no power of two >= 16");
	ret = check_spare(p);
	if (!ret)
		ret = check_moves(p);
	if (ret)
		return ret;
	trans_moves_sort_(p->want->move, p->want->count);
	ret = check_destinations(p);
	if (!ret)
		join_neighbours(p->want);
	return ret;
}

int trans_moves_plan(struct trans_moves *want, struct trans_moves *plan,
		     uint64_t unit, const struct trans_range *spare,
		     struct trans_error *err)
{
	struct moves_planner p = { .want = want, .plan = plan, .unit = unit,
				   .err = err };
	int ret;

	if (spare)
		p.spare = *spare;
	plan->count = 0;
	ret = normalise(&p);
	if (ret)
		return ret;
	ret = trans_moves_order_(want->move, want->count, plan);
	if (ret)
		return trans_fail(err, ret, "the plan has too little room");
	ret = trans_moves_emit_all_(&p);
	if (ret)
		plan->count = 0;
	return ret;
}
