/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Common to the parts of move planning: moves.c is the list, moves_order.c says
 * which run before which, moves_cycle.c makes moves of that, also where runs
 * block each other in a circle, and moves_plan.c is the planner. A run is one
 * move that is wanted, a piece what cuts leave of it.
 */
#ifndef TRANS_LIB_MOVES_PRIVATE_H
#define TRANS_LIB_MOVES_PRIVATE_H

#include <trans_table/moves.h>

#include "lib/numbers.h"

/*
 * Marks in the low bits of len, which are free because a unit is >= 16:
 * MOVES_JOINED: in the same component as the run before it.
 * MOVES_FRESH:  cut here, and the cut is not carried on to the source yet.
 */
#define MOVES_JOINED ((uint64_t)1)
#define MOVES_FRESH ((uint64_t)2)
#define MOVES_MARKS ((uint64_t)15)

struct moves_planner {
	struct trans_moves *want;
	struct trans_moves *plan;
	uint64_t unit;
	struct trans_range spare;
	struct trans_error *err;
};

static inline bool moves_is_zero_fill(const struct trans_move *move)
{
	return move->src == TRANS_ZERO;
}

static inline uint64_t moves_run_len(const struct trans_move *run)
{
	return run->len & ~MOVES_MARKS;
}

static inline uint64_t moves_dst_last(const struct trans_move *run)
{
	return run->dst + (moves_run_len(run) - 1);
}

static inline uint64_t moves_src_last(const struct trans_move *run)
{
	return run->src + (moves_run_len(run) - 1);
}

static inline void moves_swap(struct trans_move *a, struct trans_move *b)
{
	struct trans_move old = *a;

	*a = *b;
	*b = old;
}

/* Is @b what follows @a at both ends? */
bool trans_moves_continue_(const struct trans_move *a,
			   const struct trans_move *b);

/* TRANS_ENOSPC: the list is full. */
int trans_moves_append_(struct trans_moves *list,
			const struct trans_move *move);

/* By rising destination. */
void trans_moves_sort_(struct trans_move *run, size_t count);

/* Index of the first of the sorted runs whose destination ends at or after
 * @addr; @count if there is none. */
size_t trans_moves_first_from_(const struct trans_move *run, size_t count,
			       uint64_t addr);

/*
 * Bring runs, sorted by destination and without marks, into the order in which
 * components are to be executed, *last one first*, so that the list can be
 * consumed (and the first group be split) at its end. The unused end of @plan
 * is room for the search: TRANS_ENOSPC if that is less than @count.
 */
int trans_moves_order_(struct trans_move *run, size_t count,
		       struct trans_moves *plan);

/* Unmark the last component of an ordered list; returns where it starts. */
size_t trans_moves_last_component_(struct trans_moves *list);

/* Turn the wanted list, ordered, into executable moves of the plan; empties it.
 * TRANS_ENOSPC, and TRANS_ENOENT: a cycle and no spare. */
int trans_moves_emit_all_(struct moves_planner *p);

#endif
