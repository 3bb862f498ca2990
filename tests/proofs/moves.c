/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The list of moves: sorting it, and searching in it. What is made of it is in
 * order.c and cycle.c.
 */
#include "lib/moves.c"

#include "tests/proofs/proof.h"

static struct trans_move wanted[MOVES];

static uint64_t any_below(uint64_t end)
{
	uint64_t value = nondet_u8();

	ASSUME(value < end);
	return value;
}

/* Only how destinations compare counts: few values are as good as all. */
static void sort_some(size_t count)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < count; i++)
		wanted[i] = (struct trans_move){ 1u << i, any_below(count), 0 };
	trans_moves_sort_(wanted, count);
	for (size_t i = 0; i < count; i++) {
		seen |= (unsigned int)wanted[i].src;
		PROVE(!i || wanted[i - 1].dst <= wanted[i].dst, "ascending");
	}
	PROVE(seen == (1u << count) - 1, "each is there once");
}

void prove_sort(void)
{
	for (size_t count = 1; count <= MOVES; count++)
		sort_some(count);
}

/* Of any sorted runs of any lengths, with or without marks. */
void prove_search(size_t count, uint64_t addr)
{
	size_t found, first = MOVES;

	ASSUME(count <= MOVES);
	for (size_t i = MOVES; i-- > 0;) {
		struct trans_move *run = &wanted[i];

		*run = (struct trans_move){ 0, nondet_u64(), nondet_u64() };
		ASSUME(moves_run_len(run) &&
		       moves_run_len(run) - 1 <= UINT64_MAX - run->dst);
		ASSUME(i + 1 >= MOVES || moves_dst_last(run) < run[1].dst);
		if (i >= count || moves_dst_last(run) >= addr)
			first = i;
	}
	found = trans_moves_first_from_(wanted, count, addr);
	PROVE(found == (first < count ? first : count), "the first");
}
