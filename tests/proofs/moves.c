/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Moves: sorting. (The order itself is not here: a solver has a hard time with
 * it. tests/unit/lib/test_moves.c takes all that can be wanted of a few pages.)
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
