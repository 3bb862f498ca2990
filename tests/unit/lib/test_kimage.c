/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Linux's kimage list as input: what it means, and what a broken or a hostile
 * one comes to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <trans_table/kimage.h>

#include "tests/unit/support/memory.h"

#define BASE 0x40000000ULL
#define PAGES 32
#define MOVES 64
#define MOST 100000
#define DST(pa) ((pa) | 1)
#define IND(pa) ((pa) | 2)
#define DONE 4ULL
#define SRC(pa) ((pa) | 8)

static struct memory m;
static struct trans_move storage[MOVES];
static struct trans_moves want;
static struct trans_error err;
static unsigned int shift;

static int setup(void **state)
{
	(void)state;
	shift = 12;
	memory_init(&m, BASE, PAGES * 65536, 12);
	memset(&err, 0, sizeof(err));
	trans_moves_init(&want, storage, MOVES);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	memory_free(&m);
	return 0;
}

static uint64_t page(unsigned int n)
{
	return BASE + ((uint64_t)n << shift);
}

static uint64_t *entries(unsigned int n)
{
	return memory_at(&m, page(n));
}

static int parse(uint64_t head)
{
	trans_moves_init(&want, storage, MOVES);
	return trans_kimage_moves(&want, head, shift, &m.ops, &m, MOST, &err);
}

static void corrupt(uint64_t head, uint64_t pa, uint64_t desc)
{
	assert_int_equal(parse(head), TRANS_ECORRUPT);
	assert_int_equal(err.status, TRANS_ECORRUPT);
	assert_int_equal(err.pa, pa);
	assert_int_equal(err.desc, desc);
	assert_non_null(err.why);
}

static void is_move(size_t n, uint64_t src, uint64_t dst, uint64_t len)
{
	assert_true(n < want.count);
	assert_int_equal(want.move[n].src, src);
	assert_int_equal(want.move[n].dst, dst);
	assert_int_equal(want.move[n].len, len);
}

static void empty(void **state)
{
	(void)state;
	assert_int_equal(parse(DONE), 0);
	assert_int_equal(want.count, 0);
}

static void one_page(void **state)
{
	uint64_t *e = entries(1);

	(void)state;
	e[0] = DST(0x80000000);
	e[1] = SRC(0x90000000);
	e[2] = SRC(0x90001000); /* continues: one move */
	e[3] = SRC(0x95000000);
	e[4] = DST(0x88000000);
	e[5] = DST(0x89000000); /* a segment without a page */
	e[6] = SRC(0x89000000); /* in place already */
	e[7] = DONE;
	assert_int_equal(parse(IND(page(1))), 0);
	assert_int_equal(want.count, 3);
	is_move(0, 0x90000000, 0x80000000, 0x2000);
	is_move(1, 0x95000000, 0x80002000, 0x1000);
	is_move(2, 0x89000000, 0x89000000, 0x1000);
}

/* As Linux writes it: each page full, the link in its last slot. */
static void full_pages(void **state)
{
	static const unsigned int shifts[] = { 12, 14, 16 };

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		uint64_t slots = (1ULL << shifts[i]) / 8, n = 0;

		shift = shifts[i];
		for (unsigned int p = 0; p < 3; p++) {
			uint64_t *e = entries(p);

			for (uint64_t s = 0; s < slots - 1; s++, n++)
				e[s] = n ? SRC(0x90000000 + (n << shift)) :
					   DST(0x80000000);
			e[slots - 1] = p < 2 ? IND(page(p + 1)) : DONE;
		}
		assert_int_equal(parse(IND(page(0))), 0);
		assert_int_equal(want.count, 1);
		is_move(0, 0x90000000 + (1ULL << shift), 0x80000000,
			(3 * (slots - 1) - 1) << shift);
	}
}

static void bad_flags(void **state)
{
	static const uint64_t bad[] = { 0, 1 | 2, 1 | 4, 8 | 4, 2 | 8, 16,
					1 | 16, 8 | 0x800, 15 };
	uint64_t *e = entries(1);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		corrupt(0x80000000 | bad[i], 0, 0x80000000 | bad[i]);
		e[0] = DST(0x80000000);
		e[1] = 0x80000000 | bad[i];
		corrupt(IND(page(1)), page(1) + 8, e[1]);
	}
}

static void bad_order(void **state)
{
	uint64_t *e = entries(1);

	(void)state;
	corrupt(SRC(0x80000000), 0, SRC(0x80000000));
	corrupt(DST(0x80000000), 0, DST(0x80000000)); /* the head is one word */
	e[0] = SRC(0x90000000);
	e[1] = DONE;
	corrupt(IND(page(1)), page(1), e[0]);
}

static void no_end(void **state)
{
	uint64_t *e = entries(1);

	(void)state;
	for (unsigned int i = 0; i < 512; i++)
		e[i] = DST(0x80000000);
	assert_int_equal(parse(IND(page(1))), TRANS_ECORRUPT);
}

/* Cycles of every length, after a tail of every length. */
static void cycles(void **state)
{
	(void)state;
	for (unsigned int tail = 0; tail < 8; tail++)
		for (unsigned int len = 1; len < 20; len++) {
			for (unsigned int p = 0; p + 1 < tail + len; p++)
				entries(p)[0] = IND(page(p + 1));
			entries(tail + len - 1)[0] = IND(page(tail));
			assert_int_equal(parse(IND(page(0))), TRANS_ECORRUPT);
			assert_string_equal(err.why, "the list goes round");
		}
}

/* A cycle that moves the same pages for ever. */
static void cycle_of_sources(void **state)
{
	uint64_t *e = entries(0);

	(void)state;
	e[0] = DST(0x80000000);
	e[1] = SRC(0x90000000);
	e[2] = IND(page(0));
	assert_int_equal(parse(IND(page(0))), TRANS_ECORRUPT);
}

static void bounded(void **state)
{
	uint64_t *e = entries(1);

	(void)state;
	e[0] = DST(0x80000000);
	e[1] = SRC(0x90000000);
	e[2] = DONE;
	assert_int_equal(trans_kimage_moves(&want, IND(page(1)), 12, &m.ops, &m,
					    2, &err), TRANS_ENOSPC);
	trans_moves_init(&want, storage, MOVES);
	assert_int_equal(trans_kimage_moves(&want, IND(page(1)), 12, &m.ops, &m,
					    3, &err), 0);
	for (unsigned int i = 0; i <= MOVES; i++)
		e[i + 1] = SRC(0x90000000 + i * 0x2000ULL);
	e[MOVES + 2] = DONE;
	assert_int_equal(parse(IND(page(1))), TRANS_ENOSPC);
	assert_int_equal(want.count, MOVES);
}

/* A page that was allocated where it goes is no move, but must be cleaned. */
static void in_place(void **state)
{
	struct trans_move room[MOVES];
	struct trans_range slot[2], spare = { 0, 0 };
	struct trans_ranges stays;
	struct trans_moves plan;
	uint64_t *e = entries(1);

	(void)state;
	trans_moves_init(&plan, room, MOVES);
	trans_ranges_init(&stays, slot, 2);
	e[0] = DST(0x80000000);
	e[1] = SRC(0x90000000);
	e[2] = SRC(0x80001000);
	e[3] = SRC(0x80002000);
	e[4] = DONE;
	assert_int_equal(parse(IND(page(1))), 0);
	assert_int_equal(trans_moves_in_place(&want, &stays), 0);
	assert_int_equal(stays.count, 1);
	assert_int_equal(stays.range[0].start, 0x80001000);
	assert_int_equal(stays.range[0].len, 0x2000);
	assert_int_equal(trans_moves_plan(&want, &plan, 4096, &spare, &err), 0);
	assert_int_equal(plan.count, 1);
	stays.capacity = stays.count = 0;
	trans_moves_init(&want, storage, MOVES);
	assert_int_equal(trans_moves_add(&want, 0x1000, 0x1000, 0x1000), 0);
	assert_int_equal(trans_moves_in_place(&want, &stays), TRANS_ENOSPC);
}

static void outside_of_memory(void **state)
{
	uint64_t *e = entries(1);

	(void)state;
	assert_int_equal(parse(IND(0x1000ULL)), TRANS_EFAULT);
	assert_int_equal(err.desc, IND(0x1000ULL));
	e[0] = IND(0xfffffffffffff000ULL);
	assert_int_equal(parse(IND(page(1))), TRANS_EFAULT);
}

static void top_of_memory(void **state)
{
	uint64_t *e = entries(1);

	(void)state;
	e[0] = DST(0xfffffffffffff000ULL);
	e[1] = SRC(0x90000000);
	e[2] = DONE;
	assert_int_equal(parse(IND(page(1))), 0);
	is_move(0, 0x90000000, 0xfffffffffffff000ULL, 0x1000);
	e[2] = SRC(0x90001000);
	e[3] = DONE;
	assert_int_equal(parse(IND(page(1))), TRANS_ECORRUPT);
}

static void bad_arguments(void **state)
{
	static const struct trans_ops none;

	(void)state;
	assert_int_equal(trans_kimage_moves(&want, DONE, 13, &m.ops, &m, MOST,
					    &err), TRANS_EINVAL);
	assert_int_equal(trans_kimage_moves(&want, DONE, 12, &none, &m, MOST,
					    &err), TRANS_EINVAL);
	assert_int_equal(trans_kimage_moves(&want, DONE, 12, NULL, &m, MOST,
					    NULL), TRANS_EINVAL);
}

/* Random words over a few pages: it ends, and says something known. */
static void random_lists(void **state)
{
	uint64_t seed = 4;

	(void)state;
	for (unsigned int round = 0; round < 20000; round++) {
		int ret;

		for (unsigned int p = 0; p < 4; p++)
			for (unsigned int s = 0; s < 512; s++) {
				uint64_t r = rnd(&seed);
				uint64_t flag = 1ULL << (r & 3);

				if (r % 97 == 0)
					flag = r >> 40 & 0xfff;
				entries(p)[s] = page((r >> 8) % 5) | flag;
				if (r % 3)
					break;
			}
		ret = parse(IND(page((unsigned int)(seed % 4))));
		assert_true(ret == 0 || ret == TRANS_ECORRUPT ||
			    ret == TRANS_ENOSPC);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(empty),
		TEST(one_page),
		TEST(full_pages),
		TEST(bad_flags),
		TEST(bad_order),
		TEST(no_end),
		TEST(cycles),
		TEST(cycle_of_sources),
		TEST(bounded),
		TEST(in_place),
		TEST(outside_of_memory),
		TEST(top_of_memory),
		TEST(bad_arguments),
		TEST(random_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
