/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Neighbours in a plan are joined: executed, what has become one move does what
 * the two did, one after the other, if the second reads nothing that the first
 * overwrote. A small memory, at either end of all addresses: only how the moves
 * lie to each other counts.
 */
#include "lib/moves.c"
#include "lib/moves_cycle.c"

#include "tests/proofs/proof.h"

#define UNIT 16u

static uint64_t base;
static uint8_t two[UNITS], one[UNITS];

static struct trans_move any_move(void)
{
	uint8_t src = nondet_u8(), dst = nondet_u8(), len = nondet_u8();
	bool zero = nondet_bool();

	ASSUME(len && len <= MOST && dst <= UNITS - len && src <= UNITS - len);
	return (struct trans_move){ zero ? TRANS_ZERO : base + src * UNIT,
				    base + dst * UNIT, len * UNIT };
}

/* As memmove does. */
static void execute(const struct trans_move *move, uint8_t *memory)
{
	uint64_t from = (move->src - base) / UNIT;
	uint64_t to = (move->dst - base) / UNIT, len = move->len / UNIT;
	uint8_t held[UNITS];

	for (size_t i = 0; i < UNITS; i++)
		held[i] = memory[i];
	for (size_t i = 0; i < UNITS; i++)
		if (i - to < len)
			memory[i] = moves_is_zero_fill(move) ?
					    0 : held[(from + i - to) % UNITS];
}

static bool overlap(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len)
{
	return a <= b + (b_len - 1) && b <= a + (a_len - 1);
}

void prove_emit(void)
{
	struct trans_move room[2], a, b;
	struct trans_moves plan = { room, 1, 2 };
	struct moves_planner planner = { .plan = &plan, .unit = UNIT };

	base = nondet_bool() ? 0 : 0 - (uint64_t)UNITS * UNIT;
	a = any_move();
	b = any_move();
	ASSUME(!overlap(a.dst, a.len, b.dst, b.len));
	ASSUME(moves_is_zero_fill(&b) ||
	       !overlap(b.src, b.len, a.dst, a.len));
	for (size_t i = 0; i < UNITS; i++)
		one[i] = two[i] = (uint8_t)(i + 1);
	execute(&a, two);
	execute(&b, two);
	room[0] = a;
	PROVE(!emit(&planner, b.src, b.dst, b.len), "there is room");
	execute(&room[0], one);
	if (plan.count == 2)
		execute(&room[1], one);
	for (size_t i = 0; i < UNITS; i++)
		PROVE(one[i] == two[i], "the same");
}
