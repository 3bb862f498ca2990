/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A cycle of moves: executed as they come, no piece is read after it was
 * overwritten, and each gets what its source held. Only which addresses are the
 * same counts, so the destinations are any ones: those of a small memory, where
 * each unit holds its own number at first. What else a plan is made with is
 * others' (sorting, searching), or stays out (neighbours are not joined).
 */
#include "lib/moves_cycle.c"

#include "tests/proofs/proof.h"

#define UNIT 16u
#define MOST 2u /* units of a piece, and of the spare */
#define SPARE (RUNS * MOST)

static struct trans_move piece[RUNS];
static uint8_t memory[SPARE + MOST];

void trans_moves_sort_(struct trans_move *run, size_t count)
{
	for (size_t i = 1; i < count; i++)
		PROVE(run[i - 1].dst < run[i].dst, "sorted already");
}

/* Of pieces, and asked for where one of them begins. */
size_t trans_moves_first_from_(const struct trans_move *run, size_t count,
			       uint64_t addr)
{
	size_t found = count;

	(void)run;
	for (size_t i = 0; i < count; i++)
		if (piece[i].dst == addr)
			found = i;
	PROVE(found < count, "there is one");
	return found;
}

bool trans_moves_continue_(const struct trans_move *a,
			   const struct trans_move *b)
{
	(void)a;
	(void)b;
	return false;
}

/* Executes it. */
int trans_moves_add(struct trans_moves *list, trans_pa_t src, trans_pa_t dst,
		    uint64_t len)
{
	uint64_t from = src / UNIT, to = dst / UNIT;

	(void)list;
	PROVE(len && len <= MOST * UNIT && !((src | dst | len) % UNIT) &&
	      from <= SPARE + MOST - len / UNIT &&
	      to <= SPARE + MOST - len / UNIT, "in the memory");
	for (uint64_t i = 0; i < MOST; i++) {
		if (i >= len / UNIT)
			continue;
		PROVE(from >= SPARE || memory[from + i] == from + i,
		      "nothing is read that was overwritten");
		memory[to + i] = memory[from + i];
	}
	return 0;
}

/* Any one cycle of all of them. */
static void any_cycle(size_t count, uint64_t len)
{
	size_t at = 0, next[RUNS];

	for (size_t i = 0; i < count; i++) {
		next[i] = nondet_size();
		ASSUME(next[i] < count);
		piece[i] = (struct trans_move){ next[i] * MOST * UNIT,
						i * MOST * UNIT, len };
	}
	for (size_t i = 1; i <= count; i++) {
		at = next[at];
		ASSUME((at == 0) == (i == count));
	}
}

static void prove_one(size_t count, uint64_t spare)
{
	struct trans_moves plan = { 0 };
	struct moves_planner planner = {
		.plan = &plan, .unit = UNIT,
		.spare = { SPARE * UNIT, spare * UNIT } };

	for (size_t i = 0; i < SPARE + MOST; i++)
		memory[i] = (uint8_t)i;
	any_cycle(count, MOST * UNIT);
	PROVE(!break_cycle(&planner, piece, count), "it works");
	for (size_t i = 0; i < count * MOST; i++)
		PROVE(memory[i] == piece[i / MOST].src / UNIT + i % MOST,
		      "what the source held");
}

/* Through a spare as long as a piece, or shorter. */
void prove_turn(void)
{
	for (size_t count = 2; count <= RUNS; count++)
		for (uint64_t spare = 1; spare <= MOST; spare++)
			prove_one(count, spare);
}
