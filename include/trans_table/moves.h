/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Move lists: what goes where, in an order in which nothing is lost.
 *
 * The input says what the result must be, as if all moves happened at once:
 * every destination gets what its source held before the first move. The plan
 * is a list to be executed in order, each move like memmove (ascending when
 * dst < src, descending when dst > src).
 */
#ifndef TRANS_TABLE_MOVES_H
#define TRANS_TABLE_MOVES_H

#include <trans_table/errors.h>
#include <trans_table/ranges.h>

TRANS_BEGIN_DECLS

/* Copy @len bytes from physical @src to physical @dst. A @src of TRANS_ZERO
 * fills with zeroes. All three are multiples of the unit given to plan. */
#define TRANS_ZERO UINT64_MAX
struct trans_move {
	trans_pa_t src;
	trans_pa_t dst;
	uint64_t len;
};

struct trans_moves {
	struct trans_move *move;
	size_t count;
	size_t capacity;
};

void trans_moves_init(struct trans_moves *list, struct trans_move *storage,
		      size_t capacity);

/* Append; joined with the last move when it continues it. A @len of 0 does
 * nothing. TRANS_ENOSPC, TRANS_ERANGE (either range passes 2^64). */
int trans_moves_add(struct trans_moves *list, trans_pa_t src, trans_pa_t dst,
		    uint64_t len);

/*
 * Turn the wanted moves @want into the executable @plan.
 *
 * @want:  the wanted result; consumed (its contents are undefined afterwards,
 *         its storage is used as working space and must have room for splits)
 * @plan:  list that receives the plan; what it held is dropped. Its storage is
 *         working space too: it needs an entry for each run of @want
 * @unit:  page size of the moves in bytes, a power of two >= 16; all addresses
 *         and lengths of @want must be multiples of it
 * @spare: memory outside every source and destination, a multiple of @unit
 *         long, for breaking cycles; NULL, or len 0: there is none, and moves
 *         that block each other in a cycle cannot be done (TRANS_ENOENT)
 *
 * Moves in place (src == dst) are dropped, neighbours merged into runs,
 * overlap of any kind resolved. A byte is moved once, except that each cycle
 * moves at most one unit more (through the spare). With no conflict the cost
 * is O(n log n).
 *
 * Room for splits: nothing is split unless runs block each other in a circle.
 * Then they are cut so that pieces map onto pieces, in the worst case (one of
 * them overlaps itself, shifted by one unit) one piece per unit.
 *
 * After a failure @plan is empty.
 * TRANS_EINVAL: @unit; TRANS_EALIGN; TRANS_ERANGE; TRANS_EOVERLAP: two
 * destinations overlap, or the spare touches a source or destination (pa, len:
 * the place); TRANS_ENOSPC: @want or @plan has too little room; TRANS_ENOENT: a
 * cycle and no spare.
 */
int trans_moves_plan(struct trans_moves *want, struct trans_moves *plan,
		     uint64_t unit, const struct trans_range *spare,
		     struct trans_error *err);

/*
 * Add to @stays the destinations of @want that are their own sources. A plan has
 * no moves for them, so nobody cleans them, unless the transition is told
 * (trans_transition_args.stays): call this before the plan consumes @want.
 * Errors as trans_ranges_add's.
 */
int trans_moves_in_place(const struct trans_moves *want,
			 struct trans_ranges *stays);

/* Bytes that executing @list writes. */
uint64_t trans_moves_bytes(const struct trans_moves *list);

TRANS_END_DECLS

#endif
