/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The builder where what is there, what is wanted and the range do not match:
 * borrowed tables and what their links forbid, contiguous groups that lose a
 * member, pages over blocks and blocks over pages, the end of the address
 * space.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <trans_table/table_extra.h>

#include "tests/unit/support/memory.h"

#define PAGE 4096ULL
#define MIB (1ULL << 20)
#define BLOCK (2 * MIB)
#define TABLE_BITS(n) (1ULL << (n))

static const struct trans_attr rw = { TRANS_MEM_NORMAL, TRANS_WRITE };

static struct {
	struct memory m;
	struct trans_ops ops;
	struct trans_table a, b;
	unsigned long visits, stop_at;
} w;

static int visit(void *ctx, trans_pa_t pa)
{
	(void)ctx;
	(void)pa;
	return ++w.visits == w.stop_at;
}

static void create(struct trans_table *t, enum trans_regime regime,
		   unsigned int va_bits, unsigned int flags)
{
	struct trans_geometry geo;

	assert_int_equal(trans_geometry_init(&geo, regime, TRANS_4K, va_bits,
					     48, flags, NULL), 0);
	assert_int_equal(trans_table_create(t, &geo, 0, &w.ops, &w.m, NULL),
			 0);
}

static int setup(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	memory_init(&w.m, 0x40000000, 8 * MIB, 12);
	w.ops = w.m.ops;
	w.ops.visit = visit;
	create(&w.a, TRANS_EL1_0, 48, 0);
	create(&w.b, TRANS_EL1_0, 48, 0);
	return 0;
}

/* @b may borrow from @a. */
static int teardown(void **state)
{
	long balance;

	(void)state;
	trans_table_destroy(&w.b);
	trans_table_destroy(&w.a);
	balance = w.m.balance;
	memory_free(&w.m);
	return balance != 0;
}

/* The entry for @va on @level, from the table that @t has there. */
static uint64_t *entry(const struct trans_table *t, trans_va_t va, int level)
{
	uint64_t *page = memory_at(&w.m, t->root);

	for (int at = t->geo.start_level; at < level; at++)
		page = memory_at(&w.m, page[va >> (12 + 9 * (3 - at)) & 511] &
					       0xfffffffff000ULL);
	return &page[va >> (12 + 9 * (3 - level)) & 511];
}

static struct trans_leaf leaf_at(const struct trans_table *t, trans_va_t va)
{
	struct trans_leaf leaf;

	assert_int_equal(trans_table_query(t, va, &leaf, NULL), 0);
	return leaf;
}

static void map(struct trans_table *t, trans_va_t va, uint64_t len,
		unsigned int flags)
{
	assert_int_equal(trans_table_map(t, va, va, len, &rw, flags, NULL), 0);
}

/* ---- tables that cannot be read ------------------------------------------ */

/* Whether a table goes as a whole depends on what else it has. Where that
 * cannot be read nothing is done, rather than something else than was
 * estimated. */
static void test_what_cannot_be_read_is_not_guessed(void **state)
{
	struct trans_report planned, done;
	int ret;

	(void)state;
	map(&w.a, 0, MIB, 0);
	map(&w.b, 2 * BLOCK, PAGE, 0); /* no table of its own goes */
	assert_int_equal(trans_table_share(&w.b, 0, &w.a, 0, BLOCK, 0, NULL),
			 0);
	assert_int_equal(trans_table_unmap(&w.b, 0, MIB, TRANS_ESTIMATE,
					   &planned), 0);
	for (w.m.refuse_map_at = 1; ; w.m.refuse_map_at++) {
		w.m.maps = 0;
		ret = trans_table_unmap(&w.b, 0, MIB, 0, &done);
		if (!ret)
			break;
		assert_int_equal(ret, TRANS_EFAULT);
		assert_non_null(done.error.why);
		w.m.maps = w.m.refuse_map_at; /* not again */
		leaf_at(&w.b, 0);
	}
	assert_true(w.m.maps < w.m.refuse_map_at);
	w.m.refuse_map_at = 0;
	assert_int_equal(done.stats.tables, planned.stats.tables);
}

/* ---- the end of the address space ---------------------------------------- */

/* The hole of the source spans more than is left above the destination. */
static void test_source_ends_beyond_2_64(void **state)
{
	struct trans_table top;
	trans_va_t va = 0 - BLOCK;

	(void)state;
	create(&top, TRANS_EL1_0, 25, TRANS_GEO_UPPER);
	map(&w.a, 0, PAGE, 0);
	for (unsigned int flags = 0; flags <= TRANS_FOLD; flags += TRANS_FOLD) {
		assert_int_equal(trans_table_copy(&top, va, &w.a, 64 * BLOCK,
						  BLOCK, flags, NULL), 0);
		assert_int_equal(trans_table_copy(&top, va, &w.a, 0, BLOCK,
						  flags | TRANS_REPLACE, NULL),
				 0);
		assert_int_equal(leaf_at(&top, va).pa, 0);
		assert_int_equal(top.pages, 2);
		assert_int_equal(trans_table_unmap(&top, va, BLOCK, 0, NULL),
				 0);
	}
	trans_table_destroy(&top);
}

/* ---- blocks and pages ---------------------------------------------------- */

static void test_noblock_splits_a_block_of_the_same(void **state)
{
	struct trans_report r;

	(void)state;
	map(&w.a, BLOCK, BLOCK, 0);
	map(&w.b, BLOCK, BLOCK, 0);
	assert_int_equal(leaf_at(&w.a, BLOCK).level, 2);
	map(&w.a, BLOCK + 7 * PAGE, PAGE, TRANS_NOBLOCK | TRANS_REPLACE);
	assert_int_equal(leaf_at(&w.a, BLOCK).level, 3);
	assert_int_equal(trans_table_copy(&w.b, BLOCK, &w.a, BLOCK, BLOCK,
					  TRANS_NOBLOCK | TRANS_REPLACE, &r),
			 0);
	assert_int_equal(r.stats.leaves[3], 512);
	assert_int_equal(leaf_at(&w.b, BLOCK).level, 3);
	assert_int_equal(leaf_at(&w.b, BLOCK + PAGE).pa, BLOCK + PAGE);
}

/* A block of the source over pages of the same memory. */
static void test_copy_upgrades_to_the_blocks_of_the_source(void **state)
{
	struct trans_report r;
	uint32_t pages;

	(void)state;
	map(&w.a, BLOCK, 2 * BLOCK, 0);
	map(&w.b, BLOCK, BLOCK, TRANS_NOBLOCK);
	pages = w.b.pages;
	assert_int_equal(trans_table_copy(&w.b, BLOCK, &w.a, BLOCK, 2 * BLOCK,
					  TRANS_UPGRADE, &r), 0);
	assert_int_equal(leaf_at(&w.b, BLOCK).level, 2);
	assert_int_equal(leaf_at(&w.b, 2 * BLOCK).level, 2);
	assert_int_equal(w.b.pages, pages - 1);
	/* and pages of the source make none */
	assert_int_equal(trans_table_unmap(&w.a, BLOCK, 2 * BLOCK, 0, NULL), 0);
	map(&w.a, BLOCK, BLOCK, TRANS_NOBLOCK);
	assert_int_equal(trans_table_unmap(&w.b, BLOCK, PAGE, 0, NULL), 0);
	assert_int_equal(trans_table_copy(&w.b, BLOCK, &w.a, BLOCK, BLOCK,
					  TRANS_UPGRADE, &r), 0);
	assert_int_equal(leaf_at(&w.b, BLOCK).level, 3);
}

/* ---- contiguous groups --------------------------------------------------- */

static void make_group(struct trans_table *t, trans_va_t va, uint64_t size,
		       int level)
{
	for (unsigned int i = 0; i < 16; i++)
		*entry(t, va + i * size, level) |= TABLE_BITS(52);
}

static unsigned int members(const struct trans_table *t, trans_va_t va,
			    uint64_t size)
{
	unsigned int with = 0;

	for (unsigned int i = 0; i < 16; i++)
		with += leaf_at(t, va + i * size).desc >> 52 & 1;
	return with;
}

/* What one leaf of a group lacks is no matter of the groups beside it. */
static void test_a_broken_group_costs_no_other(void **state)
{
	(void)state;
	map(&w.a, 0, MIB, 0);
	for (unsigned int i = 0; i < 4; i++)
		make_group(&w.a, i * 16 * PAGE, PAGE, 3);
	*entry(&w.a, 25 * PAGE, 3) &= ~TABLE_BITS(52);
	assert_int_equal(trans_table_copy(&w.b, 0, &w.a, 0, MIB,
					  TRANS_KEEPCONT, NULL), 0);
	assert_int_equal(members(&w.b, 0, PAGE), 16);
	assert_int_equal(members(&w.b, 16 * PAGE, PAGE), 0);
	assert_int_equal(members(&w.b, 32 * PAGE, PAGE), 16);
	assert_int_equal(members(&w.b, 48 * PAGE, PAGE), 16);
}

/* Only a copy, or who shares or writes through a window, brings groups in. */
static void copy_groups(trans_va_t va, uint64_t len)
{
	assert_int_equal(trans_table_copy(&w.b, va, &w.a, va, len,
					  TRANS_KEEPCONT, NULL), 0);
}

/* The leaves are there already, each by itself: now they are groups. */
static void test_a_group_over_the_same_leaves(void **state)
{
	(void)state;
	map(&w.a, 0, MIB, 0);
	make_group(&w.a, 0, PAGE, 3);
	make_group(&w.a, 32 * PAGE, PAGE, 3);
	assert_int_equal(trans_table_copy(&w.b, 0, &w.a, 0, MIB, 0, NULL), 0);
	assert_int_equal(members(&w.b, 0, PAGE), 0);
	assert_int_equal(trans_table_copy(&w.b, 0, &w.a, 0, MIB,
					  TRANS_KEEPCONT | TRANS_REPLACE, NULL),
			 0);
	assert_int_equal(members(&w.b, 0, PAGE), 16);
	assert_int_equal(members(&w.b, 16 * PAGE, PAGE), 0);
	assert_int_equal(members(&w.b, 32 * PAGE, PAGE), 16);
}

/* One block of a group is split: the other fifteen are none any more. */
static void test_a_split_takes_the_bit_from_the_whole_group(void **state)
{
	trans_va_t va = 16 * BLOCK;

	(void)state;
	map(&w.a, va, 32 * BLOCK, 0);
	make_group(&w.a, va, BLOCK, 2);
	make_group(&w.a, va + 16 * BLOCK, BLOCK, 2);
	copy_groups(va, 32 * BLOCK);
	assert_int_equal(trans_table_protect(&w.b, va + 5 * BLOCK + PAGE, PAGE,
					     0, 0, NULL), 0);
	assert_int_equal(members(&w.b, va, BLOCK), 0);
	assert_int_equal(members(&w.b, va + 16 * BLOCK, BLOCK), 16);
	/* nothing changes, nothing is lost */
	assert_int_equal(trans_table_protect(&w.b, va + 20 * BLOCK, BLOCK,
					     TRANS_WRITE, 0, NULL), 0);
	assert_int_equal(members(&w.b, va + 16 * BLOCK, BLOCK), 16);
}

/* New leaves that begin in one group and end in another break both. */
static void test_leaves_across_two_groups_break_both(void **state)
{
	static const struct trans_attr ro = { TRANS_MEM_NORMAL, 0 };

	(void)state;
	map(&w.a, 0, MIB, 0);
	for (unsigned int i = 0; i < 4; i++)
		make_group(&w.a, i * 16 * PAGE, PAGE, 3);
	copy_groups(0, MIB);
	assert_int_equal(trans_table_map(&w.b, 4 * PAGE, 4 * PAGE, 32 * PAGE,
					 &ro, TRANS_REPLACE, NULL), 0);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(members(&w.b, i * 16 * PAGE, PAGE), 0);
	assert_int_equal(members(&w.b, 48 * PAGE, PAGE), 16);
}

/* ---- what tables forbid -------------------------------------------------- */

/* The same leaves in the next table are others if that forbids writing. */
static void test_leaves_alike_in_tables_that_differ(void **state)
{
	(void)state;
	map(&w.a, 0, 2 * BLOCK, TRANS_NOBLOCK);
	*entry(&w.a, BLOCK, 2) |= TABLE_BITS(62);
	assert_int_equal(trans_table_copy(&w.b, 0, &w.a, 0, 2 * BLOCK, 0,
					  NULL), 0);
	assert_true(leaf_at(&w.b, BLOCK - PAGE).writable);
	assert_false(leaf_at(&w.b, BLOCK).writable);
	assert_false(leaf_at(&w.b, 2 * BLOCK - PAGE).writable);
}

/* ---- borrowed tables ----------------------------------------------------- */

static void share(trans_va_t va, uint64_t len)
{
	struct trans_report r;

	assert_int_equal(trans_table_share(&w.b, va, &w.a, va, len, 0, &r), 0);
	assert_true(*entry(&w.b, va, 0) & TABLE_BITS(55));
}

/* What the link to a table forbids, the copies of its entries must. */
static void test_what_a_link_forbids_outlives_the_link(void **state)
{
	struct trans_leaf leaf;

	(void)state;
	map(&w.a, 0, 4 * BLOCK, 0);
	map(&w.a, 4 * BLOCK, MIB, 0);
	*entry(&w.a, 0, 0) |= TABLE_BITS(62); /* read-only */
	share(0, 1ULL << 39);
	assert_false(leaf_at(&w.b, BLOCK).writable);
	assert_int_equal(trans_table_unmap(&w.b, BLOCK, PAGE, 0, NULL), 0);
	assert_int_equal(trans_table_unmap(&w.b, 4 * BLOCK, PAGE, 0, NULL), 0);
	for (unsigned int i = 0; i < 4; i++) {
		leaf = leaf_at(&w.b, i * BLOCK + PAGE);
		assert_int_equal(leaf.pa, i * BLOCK + PAGE);
		assert_false(leaf.writable);
	}
	assert_false(leaf_at(&w.b, 4 * BLOCK + PAGE).writable);
	/* until somebody allows it */
	assert_int_equal(trans_table_protect(&w.b, 4 * BLOCK + PAGE, PAGE,
					     TRANS_WRITE, 0, NULL), 0);
	assert_true(leaf_at(&w.b, 4 * BLOCK + PAGE).writable);
	assert_false(leaf_at(&w.b, 4 * BLOCK + 2 * PAGE).writable);
}

/* Bits of a link that mean nothing in a regime without EL0 change no leaf. */
static void test_a_link_forbids_what_its_regime_knows(void **state)
{
	uint64_t desc;

	(void)state;
	trans_table_destroy(&w.a);
	trans_table_destroy(&w.b);
	create(&w.a, TRANS_EL2, 48, 0);
	create(&w.b, TRANS_EL2, 48, 0);
	map(&w.a, 0, 2 * BLOCK, 0);
	desc = leaf_at(&w.a, BLOCK).desc;
	*entry(&w.a, 0, 0) |= TABLE_BITS(59) | TABLE_BITS(61);
	share(0, 1ULL << 39);
	assert_int_equal(trans_table_unmap(&w.b, 0, PAGE, 0, NULL), 0);
	assert_int_equal(leaf_at(&w.b, BLOCK).desc, desc);
}

/* Whose tables they are may have written anything into them. */
static void test_what_cannot_be_in_a_borrowed_table(void **state)
{
	struct trans_report r;
	struct trans_leaf leaf;

	(void)state;
	map(&w.a, 0, 64 * PAGE, 0);
	share(0, 1ULL << 39);
	*entry(&w.a, 8 * PAGE, 3) = 1; /* reserved */
	assert_int_equal(trans_table_unmap(&w.b, 7 * PAGE, 2 * PAGE, 0, &r),
			 TRANS_ECORRUPT);
	assert_int_equal(r.error.va, 8 * PAGE);
	assert_int_equal(r.error.level, 3);
	assert_int_equal(trans_table_protect(&w.b, 0, 64 * PAGE, 0, 0, &r),
			 TRANS_ECORRUPT);
	assert_int_equal(trans_table_fold(&w.b, 0, 64 * PAGE, 0, &r),
			 TRANS_ECORRUPT);
	assert_int_equal(trans_table_map(&w.b, 8 * PAGE, 0, PAGE, &rw,
					 TRANS_KEEP, &r), TRANS_ECORRUPT);
	/* beside it all is well, and so is doing without the table */
	assert_int_equal(trans_table_unmap(&w.b, 0, PAGE, 0, &r), 0);
	assert_int_equal(trans_table_unmap(&w.b, 0, BLOCK, 0, &r), 0);
	assert_int_equal(trans_table_query(&w.b, 9 * PAGE, &leaf, NULL),
			 TRANS_ENOENT);
}

/* ---- stopping ------------------------------------------------------------ */

/* A host that stops the look at a table stops the operation. */
static void test_visit_stops_each_look(void **state)
{
	uint32_t pages;
	int ret;

	(void)state;
	map(&w.a, 0, 8 * PAGE, 0);
	pages = w.a.pages;
	for (w.stop_at = 1;; w.stop_at++) {
		w.visits = 0;
		ret = trans_table_unmap(&w.a, 0, 8 * PAGE, 0, NULL);
		if (w.visits < w.stop_at)
			break;
		assert_int_equal(ret, TRANS_ESTOPPED);
		assert_int_equal(w.a.pages, pages);
		assert_int_equal(leaf_at(&w.a, PAGE).pa, PAGE);
	}
	assert_true(w.stop_at > 1);
	assert_int_equal(ret, 0);
	assert_int_equal(w.a.pages, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_cannot_be_read_is_not_guessed),
		TEST(test_source_ends_beyond_2_64),
		TEST(test_noblock_splits_a_block_of_the_same),
		TEST(test_copy_upgrades_to_the_blocks_of_the_source),
		TEST(test_a_broken_group_costs_no_other),
		TEST(test_a_group_over_the_same_leaves),
		TEST(test_a_split_takes_the_bit_from_the_whole_group),
		TEST(test_leaves_across_two_groups_break_both),
		TEST(test_leaves_alike_in_tables_that_differ),
		TEST(test_what_a_link_forbids_outlives_the_link),
		TEST(test_a_link_forbids_what_its_regime_knows),
		TEST(test_what_cannot_be_in_a_borrowed_table),
		TEST(test_visit_stops_each_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
