/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The checker's walker: halves, granules, and where each part of a descriptor
 * ends up, in tables written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/hazard/walk.h"

static uint64_t memory[8][512]; /* at 0x1000, 0x2000, ... */

static bool read_at(void *arg, uint64_t pa, uint64_t *desc)
{
	(void)arg;
	if (pa < 0x1000 || pa >= 0x9000)
		return false;
	*desc = memory[pa / 0x1000 - 1][pa % 0x1000 / 8];
	return true;
}

/* As a Linux's: 4K, T0SZ 25, T1SZ 16, walks through the cache. */
#define TCR_4K (25ULL | 16ULL << 16 | 1ULL << 8 | 1ULL << 10 | \
		1ULL << 24 | 1ULL << 26 | 2ULL << 30 | 5ULL << 32)

static struct regime el1(uint64_t tcr)
{
	memset(memory, 0, sizeof(memory));
	return (struct regime){ .sctlr = 5, .tcr = tcr, .ttbr = { 0x1000,
				0x5000 }, .mair = 0x44ff00, .el = 1,
				.two = true };
}

static void halves(void **state)
{
	struct regime regime = el1(TCR_4K);
	struct tree tree;

	(void)state;
	assert_true(walk_tree(&regime, false, &tree));
	assert_int_equal(tree.bits, 39);
	assert_int_equal(tree.start, 1);
	assert_int_equal(tree.root, 0x1000);
	assert_true(tree.cached);
	assert_true(walk_tree(&regime, true, &tree));
	assert_int_equal(tree.start, 0);
	assert_int_equal(tree.base, 0xffff000000000000ULL);
	assert_true(walk_is_high(&regime, 0xffff000000000000ULL));
	assert_false(walk_is_high(&regime, 0x7fffffffffffULL));
	regime = el1(TCR_4K | 1 << 7); /* EPD0 */
	assert_false(walk_tree(&regime, false, &tree));
	regime = el1(TCR_4K & ~(3ULL << 8)); /* IRGN0: non-cacheable */
	assert_true(walk_tree(&regime, false, &tree));
	assert_false(tree.cached);
	regime = el1(TCR_4K);
	regime.sctlr = 1; /* and so by SCTLR.C */
	assert_true(walk_tree(&regime, false, &tree));
	assert_false(tree.cached);
}

static void el2_has_one(void **state)
{
	struct regime regime = el1(16 | 1 << 14); /* 64K */
	struct tree tree;

	(void)state;
	regime.two = false;
	regime.el = 2;
	assert_true(walk_tree(&regime, false, &tree));
	assert_int_equal(tree.shift, 16);
	assert_int_equal(tree.start, 1);
	assert_false(walk_tree(&regime, true, &tree));
}

static void pages_and_blocks(void **state)
{
	struct regime regime = el1(TCR_4K);
	struct tree tree;
	struct leaf leaf;

	(void)state;
	memory[0][1] = 0x2003;                /* 0x40000000: level 2 */
	memory[1][0] = 0x40000701 | 2 << 2;   /* 2 MiB, attribute 2 */
	memory[1][1] = 0x3003 | 1ULL << 62;   /* level 3, read-only */
	memory[2][5] = 0x48005703 | 1 << 2 | 1ULL << 53;
	assert_true(walk_tree(&regime, false, &tree));
	assert_true(walk(&tree, 0x40012345, read_at, NULL, &leaf));
	assert_int_equal(leaf.pa, 0x40012345);
	assert_int_equal(leaf.level, 2);
	assert_int_equal(walk_memory(&tree, leaf.desc), 0x44);
	assert_true(walk_writable(&tree, &leaf));
	assert_true(walk_executable(&tree, &leaf));
	assert_true(walk(&tree, 0x40205678, read_at, NULL, &leaf));
	assert_int_equal(leaf.pa, 0x48005678);
	assert_int_equal(leaf.table, 0x3028);
	assert_int_equal(walk_memory(&tree, leaf.desc), 0xff);
	assert_false(walk_writable(&tree, &leaf));
	assert_false(walk_executable(&tree, &leaf));
	assert_false(walk(&tree, 0x40206000, read_at, NULL, &leaf));
	assert_false(walk(&tree, 0x80000000, read_at, NULL, &leaf));
}

static void permissions(void **state)
{
	struct regime regime = el1(TCR_4K | 1ULL << 41); /* HPD0 */
	struct leaf leaf = { .desc = 1ULL << 54, .level = 3 };
	struct tree tree;

	(void)state;
	assert_true(walk_tree(&regime, false, &tree));
	assert_false(walk_table_reads_only(&tree, ~0ULL));
	assert_false(walk_table_never_runs(&tree, ~0ULL));
	assert_true(walk_tree(&regime, true, &tree));
	assert_true(walk_table_reads_only(&tree, 1ULL << 62));
	assert_true(walk_table_never_runs(&tree, 1ULL << 59));
	assert_false(walk_table_never_runs(&tree, 1ULL << 60));
	assert_true(walk_executable(&tree, &leaf));
	leaf.desc |= 1 << 6; /* EL0 writes it */
	assert_false(walk_executable(&tree, &leaf));
	assert_false(walk_anybody_runs(&tree, &leaf));
	leaf.desc = 1ULL << 53;
	assert_true(walk_anybody_runs(&tree, &leaf));
	tree.wxn = true;
	leaf.desc = 1ULL << 54;
	assert_false(walk_executable(&tree, &leaf));
	leaf.desc |= 1 << 7;
	assert_true(walk_executable(&tree, &leaf));
}

static void wide_addresses(void **state)
{
	struct regime regime = el1((TCR_4K & ~(7ULL << 32)) | 6ULL << 32 |
				   1ULL << 59);
	struct tree tree;

	(void)state;
	assert_true(walk_tree(&regime, true, &tree));
	assert_true(tree.ds);
	/* [9:8] are [51:50] */
	assert_int_equal(walk_output(&tree, 0x300 | 3ULL << 48 | 0x5003, 3),
			 0xf000000005000ULL);
	assert_int_equal(walk_share(&tree, 0), 0);
	regime = el1(16 | 1 << 14 | 3 << 12 | 6ULL << 32 | 1ULL << 59);
	assert_true(walk_tree(&regime, false, &tree));
	assert_false(tree.ds); /* none with 64K */
	assert_int_equal(walk_share(&tree, 2 << 8), 2);
	assert_int_equal(walk_output(&tree, 0x40000000 | 0xf000 | 3, 3),
			 0xf000040000000ULL);
}

static void memory_types(void **state)
{
	(void)state;
	assert_true(walk_is_device(0x04));
	assert_false(walk_is_cached(0x04));
	assert_false(walk_is_device(0x44));
	assert_false(walk_is_cached(0x44));
	assert_true(walk_is_cached(0xff));
	assert_true(walk_is_cached(0xbb));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(halves),
		cmocka_unit_test(el2_has_one),
		cmocka_unit_test(pages_and_blocks),
		cmocka_unit_test(permissions),
		cmocka_unit_test(wide_addresses),
		cmocka_unit_test(memory_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
