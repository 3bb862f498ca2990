/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Move lists: what goes where, in an order in which nothing is lost.
 *
 * What goes in says what the result must be, as if all moves happened at once:
 * every destination gets what its source held before the first move. What comes
 * out, the plan, is a list to be executed in its order, each move like memmove
 * (ascending where dst < src, descending where dst > src).
 */
#ifndef TRANS_TABLE_MOVES_H
#define TRANS_TABLE_MOVES_H

#include <trans_table/errors.h>
#include <trans_table/ranges.h>

TRANS_BEGIN_DECLS

/* Copy @len bytes from physical @src to physical @dst. A @src of TRANS_ZERO
 * fills with zeroes. All three are multiples of trans_moves_plan's @unit. */
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

/* Make @list empty, in @storage of @capacity elements, which stays the caller's
 * and must live as long as the list. */
void trans_moves_init(struct trans_moves *list, struct trans_move *storage,
		      size_t capacity);

/*
 * Append a move; one that continues the last one is joined with it. A @len of 0
 * does nothing.
 *
 *   call     TRANS_ERANGE    source or destination passes 2^64
 *   memory   TRANS_ENOSPC    the list is full
 */
int trans_moves_add(struct trans_moves *list, trans_pa_t src, trans_pa_t dst,
		    uint64_t len);

/*
 * Turn the wanted moves @want into the executable @plan.
 *
 * @want:  the wanted result. Consumed: its storage is used as working space,
 *         and its contents are undefined afterwards
 * @plan:  gets the plan; what it held is dropped. Its storage is working space
 *         too: it needs an element for each run of @want
 * @unit:  page size of the moves in bytes, a power of two >= 16; all addresses
 *         and lengths of @want must be multiples of it
 * @spare: memory outside of every source and destination, a multiple of @unit
 *         long, through which cycles are broken; NULL, or len 0: there is none
 *
 * Moves in place (src == dst) are dropped, neighbours merged into runs, and
 * overlap of any kind is resolved. A byte is moved once, except that each cycle
 * moves at most one unit more, through the spare. Where no move is in another
 * one's way the cost is O(n log n).
 *
 * Only runs that block each other in a cycle are split, so that pieces map onto
 * pieces. In the worst case, where a run overlaps itself and is shifted by one
 * unit, that makes one piece per unit. @want needs room for the pieces.
 *
 * After a failure @plan is empty.
 *
 *   call     TRANS_EINVAL    @unit
 *   call     TRANS_EALIGN    a move or the spare is no multiple of @unit
 *   call     TRANS_ERANGE    a move or the spare passes 2^64
 *   call     TRANS_EOVERLAP  two destinations overlap, or the spare touches a
 *                            source or destination (pa, len: where)
 *   memory   TRANS_ENOSPC    @want or @plan has too little room
 *   memory   TRANS_ENOENT    a cycle, and there is no spare
 */
int trans_moves_plan(struct trans_moves *want, struct trans_moves *plan,
		     uint64_t unit, const struct trans_range *spare,
		     struct trans_error *err);

/*
 * Add to @stays the destinations of @want that are their own sources. The plan
 * has no moves for them, so they are cleaned only if the transition is told
 * (trans_transition_args.stays). Call this before the plan consumes @want.
 * Errors: those of trans_ranges_add.
 */
int trans_moves_in_place(const struct trans_moves *want,
			 struct trans_ranges *stays);

/* Bytes that executing @list writes. */
uint64_t trans_moves_bytes(const struct trans_moves *list);

TRANS_END_DECLS

#endif
