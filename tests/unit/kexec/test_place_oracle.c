/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Placement: small random maps against an oracle that tries every place, with
 * wishes and without.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/support/boards.h"

/* ---- the oracle ---- */

/*
 * Every multiple of a granule in the map is a place to try. All lengths and
 * holes are of the order of a hundred granules, so that trying is cheap.
 */
struct answer {
	bool any;
	uint64_t kernel; /* the lowest with any legal rest */
	bool above;	 /* that kernel has a legal initrd above */
	bool whole;	 /* a device tree in one block, on that side */
};

static uint32_t rnd(uint32_t below)
{
	static uint64_t seed = 2026;

	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

/* Granule multiples of the map, ascending. */
static size_t candidates(uint64_t *at, size_t room)
{
	uint64_t granule = board.request.granule;
	size_t i, count = 0;

	for (i = 0; i < board.usable.count; i++) {
		const struct trans_range *range = &board.usable.range[i];
		uint64_t pa = align_up(range->start, granule);

		for (; pa < range->start + range->len; pa += granule) {
			assert_true(count < room);
			at[count++] = pa;
		}
	}
	return count;
}

/* 0 none, 1 crossing only, 2 whole. */
static int fdt_with(uint64_t kernel, uint64_t initrd, const uint64_t *at,
		    size_t count)
{
	int best = 0;
	size_t i;

	for (i = 0; i < count && best < 2; i++) {
		if (!legal_fdt(kernel, at[i]) ||
		    (board.request.initrd_len &&
		     share_granule(initrd, board.request.initrd_len, at[i],
				   board.request.fdt_len)))
			continue;
		best = crosses(at[i]) ? 1 : 2;
	}
	return best;
}

static void oracle_kernel(uint64_t kernel, const uint64_t *at, size_t count,
			  struct answer *answer)
{
	int side[2] = { 0, 0 };
	size_t i;

	for (i = 0; i < count && side[1] < 2; i++) {
		int above = at[i] > kernel, got;

		if (side[above] == 2 || !legal_initrd(kernel, at[i]))
			continue;
		got = fdt_with(kernel, at[i], at, count);
		if (got > side[above])
			side[above] = got;
	}
	if (!board.request.initrd_len)
		side[0] = fdt_with(kernel, 0, at, count);
	if (!side[0] && !side[1])
		return;
	*answer = (struct answer){ true, kernel, side[1] > 0,
				   side[side[1] > 0] == 2 };
}

static struct answer oracle(void)
{
	static uint64_t at[4096];
	size_t i, count = candidates(at, 4096);
	struct answer answer = { 0 };

	for (i = 0; i < board.usable.count && !answer.any; i++) {
		const struct trans_range *range = &board.usable.range[i];
		uint64_t pa = align_down(range->start, BASE_ALIGN) +
			      board.image.text_offset;

		for (; pa < range->start + range->len && !answer.any;
		     pa += BASE_ALIGN)
			if (legal_kernel(pa))
				oracle_kernel(pa, at, count, &answer);
	}
	return answer;
}

static void compare(void)
{
	struct answer answer = oracle();
	struct trans_placement at;

	if (!answer.any) {
		assert_int_equal(trans_place(&board.request, &at, NULL),
				 TRANS_ENOHOLE);
		return;
	}
	at = board_place();
	assert_int_equal(at.kernel, answer.kernel);
	assert_int_equal(!crosses(at.fdt), answer.whole);
	if (board.request.initrd_len)
		assert_int_equal(at.initrd > at.kernel, answer.above);
}

/* Lengths, and holes whose ends are granules as a rule and odd at times. */
static void random_request(uint32_t granules)
{
	board_init(rnd(2) ? 0 : rnd(32) * 0x10000 + rnd(2) * 0x800,
		   1 + rnd(granules) * 65536 + rnd(2) * 12345,
		   rnd(5) ? 1 + rnd(granules) * 65536 + rnd(2) * 777 : 0,
		   (1 + rnd(32)) * 65536 - rnd(2) * 4097, 65536);
}

static void random_hole(uint64_t from, uint32_t granules)
{
	board_usable(from + rnd(granules) * 65536 + rnd(4) / 3 * rnd(65536),
		     1 + rnd(granules) * 65536 + rnd(4) / 3 * rnd(65536));
}

static void test_oracle_near(void **state)
{
	int round, hole;

	(void)state;
	for (round = 0; round < 1000; round++) {
		random_request(64);
		for (hole = rnd(4); hole >= 0; hole--)
			random_hole(GIB + rnd(4) * 4 * MIB, 96);
		compare();
	}
}

/* One hole with room for all three or a little more: their order counts. */
static void test_oracle_tight(void **state)
{
	int round;

	(void)state;
	for (round = 0; round < 1000; round++) {
		random_request(48);
		board_usable(GIB + rnd(64) * 65536,
			     align_up(board.image.memory_len, 65536) +
			     align_up(board.request.initrd_len, 65536) +
			     align_up(board.request.fdt_len,
				      65536) + rnd(48) * 65536);
		compare();
	}
}

/* Holes in GiB of a 40 GiB map, at their starts and ends: the window rule. */
static void test_oracle_far(void **state)
{
	int round, hole;

	(void)state;
	for (round = 0; round < 1000; round++) {
		random_request(48);
		for (hole = rnd(5); hole >= 0; hole--)
			random_hole(GIB + rnd(40) * GIB - rnd(2) * 5 * MIB, 64);
		compare();
	}
}

/* ---- wishes ---- */

/* A wish never makes a place illegal or impossible, and is granted exactly
 * where the kernel alone may be and leaves room for the rest. */
static void test_random_wishes(void **state)
{
	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct trans_placement at, only;
		uint64_t kernel;
		int possible, alone;

		random_request(96);
		for (uint32_t hole = rnd(4); hole; hole--)
			random_hole(rnd(4) * BASE_ALIGN, 700);
		board.image.anywhere = rnd(4) != 0;
		possible = trans_place(&board.request, &at, NULL);
		kernel = rnd(8) * BASE_ALIGN + board.image.text_offset +
			 (rnd(8) ? 0 : 4096);
		board_wish(TRANS_WISH_STAY, kernel,
			   rnd(1600) * board.request.granule);
		assert_int_equal(trans_place(&board.request, &at, NULL),
				 possible);
		if (possible)
			continue;
		expect_legal(&at);
		board.request.kernel_wish.kind = TRANS_WISH_ONLY;
		alone = trans_place(&board.request, &only, NULL);
		if (board.image.anywhere && legal_kernel(kernel) && !alone)
			assert_int_equal(at.kernel, kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_oracle_near),
		cmocka_unit_test(test_oracle_tight),
		cmocka_unit_test(test_oracle_far),
		cmocka_unit_test(test_random_wishes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
