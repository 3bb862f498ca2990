/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The core's first line of tests: each operation, each flag, each error, by
 * hand-made cases whose right answer is written down.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <trans_table/table.h>

#include "tests/unit/support/memory.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)
#define LINEAR 0xffff000000000000ULL

static const struct trans_attr rw = { TRANS_MEM_NORMAL, TRANS_WRITE };
static const struct trans_attr rx = { TRANS_MEM_NORMAL, TRANS_EXEC };
static const struct trans_attr ro = { TRANS_MEM_NORMAL, 0 };

struct fixture {
	struct memory m;
	struct trans_geometry low, high;
	struct trans_report r;
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	memory_init(&f.m, 0x40000000, 16 * MIB, 12);
	assert_int_equal(trans_geometry_init(&f.low, TRANS_EL1_0, TRANS_4K, 48,
					     48, 0, NULL), 0);
	assert_int_equal(trans_geometry_init(&f.high, TRANS_EL1_0, TRANS_4K, 48,
					     48, TRANS_GEO_UPPER, NULL), 0);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	long balance = f->m.balance, acquired = f->m.acquired;

	memory_free(&f->m);
	return balance || acquired;
}

static void make(struct fixture *f, struct trans_table *t,
		 const struct trans_geometry *geo)
{
	assert_int_equal(trans_table_create(t, geo, 0, &f->m.ops, &f->m, NULL),
			 0);
}

/* A read-only view of @t as the kernel's own TTBR would show it. */
static void view(struct fixture *f, struct trans_table *t,
		 struct trans_table *out, trans_present_fn present)
{
	struct trans_regs regs;
	struct trans_table copy = *t;

	assert_int_equal(trans_table_finish(&copy, &regs, NULL), 0);
	assert_int_equal(trans_table_attach(out, &t->geo, &regs, present,
					    &f->m.ops, &f->m, NULL), 0);
}

static void expect_leaf(struct trans_table *t, trans_va_t va, trans_pa_t pa,
			int level, bool writable)
{
	struct trans_leaf leaf;

	assert_int_equal(trans_table_query(t, va, &leaf, NULL), 0);
	assert_int_equal(leaf.pa, pa);
	assert_int_equal(leaf.level, level);
	assert_int_equal(leaf.writable, writable);
}

static void expect_hole(struct trans_table *t, trans_va_t va)
{
	struct trans_leaf leaf;

	assert_int_equal(trans_table_query(t, va, &leaf, NULL), TRANS_ENOENT);
}

/* The slot of the last-level entry for @va, for tests that play the host. */
static uint64_t *slot(struct fixture *f, struct trans_table *t, trans_va_t va,
		      int level)
{
	uint64_t *page = memory_at(&f->m, t->root);

	for (int at = t->geo.start_level; at < level; at++)
		page = memory_at(&f->m,
				 page[(va >> (12 + 9 * (3 - at))) & 511] &
					 0xfffffffff000ULL);
	return &page[(va >> (12 + 9 * (3 - level))) & 511];
}

static void test_map_uses_largest_blocks(void **state)
{
	struct fixture *f = *state;
	struct trans_table t;

	make(f, &t, &f->low);
	/* 4K + 2M - 4K + 1G - 2M ... : one of each level at both ends */
	assert_int_equal(trans_table_idmap(&t, GIB - 2 * MIB - 4096,
					   GIB + 4 * MIB + 8192, &rw, 0, &f->r),
			 0);
	expect_hole(&t, GIB - 2 * MIB - 8192);
	expect_leaf(&t, GIB - 2 * MIB - 4096, GIB - 2 * MIB - 4096, 3, true);
	expect_leaf(&t, GIB - 1, GIB - 1, 2, true);
	expect_leaf(&t, GIB + 12345, GIB + 12345, 1, true);
	expect_leaf(&t, 2 * GIB, 2 * GIB, 2, true);
	expect_leaf(&t, 2 * GIB + 2 * MIB + 4095, 2 * GIB + 2 * MIB + 4095, 3,
		    true);
	expect_hole(&t, 2 * GIB + 2 * MIB + 4096);
	assert_int_equal(f->r.stats.leaves[1], 1);
	assert_int_equal(f->r.stats.leaves[2], 2);
	assert_int_equal(f->r.stats.leaves[3], 2);
	assert_int_equal(f->r.stats.tables, t.pages - 1);
	trans_table_destroy(&t);
}

static void test_noblock_and_fold(void **state)
{
	struct fixture *f = *state;
	struct trans_table pages, copy, v;

	make(f, &pages, &f->high);
	assert_int_equal(trans_table_map(&pages, LINEAR, 0, 8 * MIB, &ro,
					 TRANS_NOBLOCK, &f->r), 0);
	assert_int_equal(f->r.stats.leaves[3], 2048);
	view(f, &pages, &v, NULL);
	make(f, &copy, &f->high);
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 8 * MIB,
					  TRANS_FOLD | TRANS_MKWRITE, &f->r),
			 0);
	assert_int_equal(f->r.stats.tables, 2);
	assert_int_equal(f->r.stats.leaves[2], 4);
	assert_int_equal(f->r.stats.leaves[3], 0);
	assert_int_equal(f->r.stats.folded, 4);
	assert_int_equal(f->r.stats.mkwrite, 2048);
	expect_leaf(&copy, LINEAR + 8 * MIB - 1, 8 * MIB - 1, 2, true);
	trans_table_destroy(&copy);
	trans_table_destroy(&pages);
}

static void test_fold_stops_at_differences(void **state)
{
	struct fixture *f = *state;
	struct trans_table t, copy, v;

	make(f, &t, &f->high);
	assert_int_equal(trans_table_map(&t, LINEAR, 0, 4 * MIB, &rw,
					 TRANS_NOBLOCK, NULL), 0);
	assert_int_equal(trans_table_map(&t, LINEAR + 5 * 4096, 5 * 4096, 4096,
					 &ro, TRANS_REPLACE, NULL), 0);
	assert_int_equal(trans_table_unmap(&t, LINEAR + 3 * MIB, 4096, 0, NULL),
			 0);
	view(f, &t, &v, NULL);
	make(f, &copy, &f->high);
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 4 * MIB,
					  TRANS_FOLD, &f->r), 0);
	assert_int_equal(f->r.stats.leaves[2], 0);
	assert_int_equal(f->r.stats.leaves[3], 1023);
	expect_leaf(&copy, LINEAR + 4 * 4096, 4 * 4096, 3, true);
	expect_leaf(&copy, LINEAR + 5 * 4096, 5 * 4096, 3, false);
	expect_hole(&copy, LINEAR + 3 * MIB);
	trans_table_destroy(&copy);
	trans_table_destroy(&t);
}

static void test_collisions(void **state)
{
	struct fixture *f = *state;
	struct trans_table t;
	unsigned long before;

	make(f, &t, &f->low);
	assert_int_equal(trans_table_idmap(&t, 4 * MIB, 2 * MIB, &rw, 0, NULL),
			 0);
	before = t.pages;
	assert_int_equal(trans_table_idmap(&t, 2 * MIB, 8 * MIB, &ro, 0, &f->r),
			 TRANS_EEXIST);
	assert_int_equal(f->r.error.va, 4 * MIB);
	assert_int_equal(f->r.error.level, 2);
	assert_int_equal(t.pages, before);
	expect_hole(&t, 2 * MIB);
	assert_int_equal(trans_table_idmap(&t, 2 * MIB, 8 * MIB, &ro,
					   TRANS_KEEP, NULL), 0);
	expect_leaf(&t, 2 * MIB, 2 * MIB, 2, false);
	expect_leaf(&t, 4 * MIB, 4 * MIB, 2, true);
	expect_leaf(&t, 6 * MIB, 6 * MIB, 2, false);
	/* one page out of a block: the block is split, the rest kept */
	assert_int_equal(trans_table_idmap(&t, 4 * MIB + 4096, 4096, &rx,
					   TRANS_REPLACE, NULL), 0);
	expect_leaf(&t, 4 * MIB, 4 * MIB, 3, true);
	expect_leaf(&t, 4 * MIB + 4096, 4 * MIB + 4096, 3, false);
	expect_leaf(&t, 6 * MIB - 1, 6 * MIB - 1, 3, true);
	/* and a block over the pages: the table goes back */
	before = t.pages;
	assert_int_equal(trans_table_idmap(&t, 4 * MIB, 2 * MIB, &rw,
					   TRANS_REPLACE, &f->r), 0);
	expect_leaf(&t, 4 * MIB, 4 * MIB, 2, true);
	assert_int_equal(t.pages, before - 1);
	assert_int_equal(trans_table_unmap(&t, 0, GIB, 0, NULL), 0);
	expect_hole(&t, 4 * MIB);
	trans_table_destroy(&t);
}

static void test_mkvalid(void **state)
{
	struct fixture *f = *state;
	unsigned int all = TRANS_MKVALID | TRANS_CHECKPFN;
	struct trans_table t, copy, v;
	uint64_t *page;

	make(f, &t, &f->high);
	make(f, &copy, &f->high);
	assert_int_equal(trans_table_map(&t, LINEAR, 0, 2 * MIB, &rw,
					 TRANS_NOBLOCK, NULL), 0);
	assert_int_equal(trans_table_map(&t, LINEAR + 2 * MIB, 2 * MIB, 2 * MIB,
					 &ro, 0, NULL), 0);
	page = slot(f, &t, LINEAR + 7 * 4096, 3);
	*page &= ~1ULL;
	*slot(f, &t, LINEAR + 2 * MIB, 2) &= ~1ULL;
	view(f, &t, &v, trans_present_linux);
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 4 * MIB, 0,
					  NULL), 0);
	expect_hole(&copy, LINEAR + 7 * 4096);
	expect_hole(&copy, LINEAR + 2 * MIB);
	assert_int_equal(trans_table_unmap(&copy, LINEAR, 4 * MIB, 0, NULL), 0);
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 4 * MIB,
					  TRANS_MKVALID, &f->r), TRANS_EINVAL);
	f->m.bad_pfn = 7 * 4096 + 1;
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 4 * MIB,
					  all, &f->r), TRANS_EPFN);
	assert_int_equal(f->r.error.va, LINEAR + 7 * 4096);
	assert_int_equal(f->r.error.pa, 7 * 4096);
	assert_int_equal(f->r.error.level, 3);
	/* the whole length of a block counts, not its first page */
	f->m.bad_pfn = 4 * MIB - 1;
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 4 * MIB,
					  all, &f->r), TRANS_EPFN);
	f->m.bad_pfn = 0;
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 4 * MIB,
					  all, &f->r), 0);
	assert_int_equal(f->r.stats.mkvalid, 2);
	expect_leaf(&copy, LINEAR + 7 * 4096, 7 * 4096, 3, true);
	expect_leaf(&copy, LINEAR + 2 * MIB, 2 * MIB, 2, false);
	/* a table pointer left behind is never followed */
	assert_int_equal(trans_table_unmap(&copy, LINEAR, 4 * MIB, 0, NULL), 0);
	*slot(f, &t, LINEAR, 2) &= ~1ULL;
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 4 * MIB,
					  all, &f->r), TRANS_ECORRUPT);
	*slot(f, &t, LINEAR, 2) |= 1ULL;
	*page = 0x1234; /* software payload */
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 4 * MIB,
					  all, &f->r), TRANS_ECORRUPT);
	*page = 0;
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 4 * MIB,
					  all, &f->r), 0);
	expect_hole(&copy, LINEAR + 7 * 4096);
	trans_table_destroy(&copy);
	trans_table_destroy(&t);
}

static void test_mkwrite_and_hierarchy(void **state)
{
	struct fixture *f = *state;
	struct trans_table t, copy, v;
	struct trans_leaf leaf;

	make(f, &t, &f->high);
	make(f, &copy, &f->high);
	assert_int_equal(trans_table_map(&t, LINEAR, 0, 2 * MIB, &rx,
					 TRANS_NOBLOCK, NULL), 0);
	*slot(f, &t, LINEAR, 1) |= 1ULL << 62 | 1ULL << 59; /* RO, PXN */
	view(f, &t, &v, NULL);
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 2 * MIB, 0,
					  &f->r), 0);
	assert_int_equal(trans_table_query(&copy, LINEAR, &leaf, NULL), 0);
	assert_false(leaf.writable);
	assert_false(leaf.executable);
	assert_int_equal(trans_table_unmap(&copy, LINEAR, 2 * MIB, 0, NULL), 0);
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 2 * MIB,
					  TRANS_MKWRITE, &f->r), 0);
	assert_int_equal(trans_table_query(&copy, LINEAR, &leaf, NULL), 0);
	assert_true(leaf.writable);
	assert_true(leaf.desc >> 51 & 1);
	assert_int_equal(f->r.stats.mkwrite, 512);
	trans_table_destroy(&copy);
	trans_table_destroy(&t);
}

static void test_copy_to_other_half_and_regime(void **state)
{
	struct fixture *f = *state;
	struct trans_geometry el2, small;
	struct trans_table t, copy, v;
	struct trans_leaf leaf;

	assert_int_equal(trans_geometry_init(&el2, TRANS_EL2, TRANS_4K, 48, 48,
					     0, NULL), 0);
	assert_int_equal(trans_geometry_init(&small, TRANS_EL1_0, TRANS_4K, 39,
					     40, 0, NULL), 0);
	make(f, &t, &f->high);
	assert_int_equal(trans_table_map(&t, LINEAR + GIB, GIB, 4 * MIB, &rx, 0,
					 NULL), 0);
	view(f, &t, &v, NULL);
	make(f, &copy, &el2);
	assert_int_equal(trans_table_copy(&copy, GIB, &v, LINEAR + GIB, 4 * MIB,
					  0, &f->r), 0);
	assert_int_equal(trans_table_query(&copy, GIB + 5, &leaf, NULL), 0);
	assert_int_equal(leaf.pa, GIB + 5);
	assert_true(leaf.executable);
	assert_true(leaf.desc >> 6 & 1);
	assert_false(leaf.desc >> 53 & 1);
	trans_table_destroy(&copy);
	/* 39 bits: another start level; odd distance of 1 GiB slots */
	make(f, &copy, &small);
	assert_int_equal(trans_table_copy(&copy, 3 * GIB, &v, LINEAR + GIB,
					  4 * MIB, 0, &f->r), 0);
	expect_leaf(&copy, 3 * GIB + 7, GIB + 7, 2, false);
	assert_int_equal(trans_table_copy(&copy, 3 * GIB + 4 * MIB, &v,
					  LINEAR + GIB, 4 * MIB, 0, &f->r),
			 TRANS_EALIGN);
	trans_table_destroy(&copy);
	trans_table_destroy(&t);
}

/* Everything that can fail, failed at every place: nothing changes. */
static void test_every_failure_is_undone(void **state)
{
	struct fixture *f = *state;
	unsigned long *counters[] = { &f->m.allocs, &f->m.maps, &f->m.acquires };
	unsigned long *triggers[] = { &f->m.fail_at, &f->m.refuse_map_at,
				      &f->m.refuse_acquire_at };
	static const int status[] = { TRANS_ENOMEM, TRANS_EFAULT, TRANS_EHOST };
	struct trans_table t, copy, v;

	make(f, &t, &f->high);
	assert_int_equal(trans_table_map(&t, LINEAR + 4096, 4096, GIB + 4 * MIB,
					 &rw, 0, NULL), 0);
	view(f, &t, &v, NULL);
	make(f, &copy, &f->high);
	assert_int_equal(trans_table_map(&copy, LINEAR + 2 * MIB, 2 * MIB,
					 8 * MIB, &ro, 0, NULL), 0);
	for (int kind = 0; kind < 3; kind++) {
		for (unsigned long n = 1;; n++) {
			long balance = f->m.balance;
			uint32_t pages = copy.pages;
			int ret;

			*counters[kind] = 0;
			*triggers[kind] = n;
			ret = trans_table_copy(&copy, LINEAR, &v, LINEAR,
					       2 * GIB, TRANS_REPLACE, &f->r);
			*triggers[kind] = 0;
			if (!ret)
				break;
			assert_int_equal(ret, status[kind]);
			assert_int_equal(f->m.balance, balance);
			assert_int_equal(copy.pages, pages);
			expect_hole(&copy, LINEAR + 4096);
			expect_leaf(&copy, LINEAR + 2 * MIB, 2 * MIB, 2, false);
		}
		expect_leaf(&copy, LINEAR + 4096, 4096, 3, true);
		expect_leaf(&copy, LINEAR + 2 * MIB, 2 * MIB, 2, true);
		assert_int_equal(trans_table_unmap(&copy, LINEAR, 2 * GIB, 0,
						   NULL), 0);
		assert_int_equal(trans_table_map(&copy, LINEAR + 2 * MIB,
						 2 * MIB, 8 * MIB, &ro, 0,
						 NULL), 0);
	}
	trans_table_destroy(&copy);
	trans_table_destroy(&t);
}

/* Random maps, copies and unmaps against a model of one entry per page, with
 * the estimate compared each time. */
#define MODEL_PAGES 4096
static void test_random_operations(void **state)
{
	static int model[MODEL_PAGES];
	struct fixture *f = *state;
	struct trans_table t;
	uint64_t seed = 42;

	make(f, &t, &f->low);
	memset(model, 0, sizeof(model));
	for (int round = 0; round < 3000; round++) {
		uint64_t first = rnd(&seed) % MODEL_PAGES;
		uint64_t most = rnd(&seed) & 1 ? 16 : MODEL_PAGES;
		uint64_t count = 1 + rnd(&seed) % most;
		uint64_t shift = rnd(&seed) & 1 ? 0 : rnd(&seed) % 1024;
		unsigned int flags = 0, what = rnd(&seed) % 4;
		struct trans_report est;
		bool hit = false, fails = rnd(&seed) % 8 == 0;
		long balance = f->m.balance;
		int ret;

		if (count > MODEL_PAGES - first)
			count = MODEL_PAGES - first;
		if (what == 1)
			flags = TRANS_KEEP;
		if (what == 2)
			flags = TRANS_REPLACE;
		for (uint64_t i = first; i < first + count; i++)
			hit |= model[i];
		f->m.allocs = 0;
		f->m.fail_at = fails ? 1 + rnd(&seed) % 4 : 0;
		if (what == 3) {
			ret = trans_table_unmap(&t, first << 12, count << 12, 0,
						&f->r);
		} else {
			int e = trans_table_map(
				&t, first << 12, (first + shift) << 12,
				count << 12, &rw,
				flags | TRANS_ESTIMATE, &est);

			ret = trans_table_map(&t, first << 12,
					      (first + shift) << 12,
					      count << 12, &rw, flags, &f->r);
			if (ret != TRANS_ENOMEM)
				assert_int_equal(e, ret);
			if (!ret)
				assert_int_equal(est.stats.tables,
						 f->r.stats.tables);
			if (!ret && flags == 0)
				assert_false(hit);
		}
		f->m.fail_at = 0;
		if (ret) {
			assert_int_equal(f->m.balance, balance);
		} else {
			assert_int_equal(f->m.balance,
					 balance + (long)f->r.stats.tables -
						 (long)f->r.stats.tables_freed);
			for (uint64_t i = first; i < first + count; i++) {
				if (what == 3)
					model[i] = 0;
				else if (what != 1 || !model[i])
					model[i] = (int)(i + shift) + 1;
			}
		}
		if (round % 16)
			continue;
		for (uint64_t i = 0; i < MODEL_PAGES; i++) {
			struct trans_leaf leaf;

			ret = trans_table_query(&t, i << 12, &leaf, NULL);
			assert_int_equal(ret, model[i] ? 0 : TRANS_ENOENT);
			if (model[i])
				assert_int_equal(leaf.pa >> 12, model[i] - 1);
		}
	}
	assert_int_equal(trans_table_unmap(&t, 0, MODEL_PAGES << 12, 0, NULL), 0);
	assert_int_equal(t.pages, 1); /* tables that become empty go */
	trans_table_destroy(&t);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_map_uses_largest_blocks),
		TEST(test_noblock_and_fold),
		TEST(test_fold_stops_at_differences),
		TEST(test_collisions),
		TEST(test_mkvalid),
		TEST(test_mkwrite_and_hierarchy),
		TEST(test_copy_to_other_half_and_regime),
		TEST(test_every_failure_is_undone),
		TEST(test_random_operations),
	};

	int failed = cmocka_run_group_tests_name("table", tests, NULL, NULL);

	memory_watches_stores = false;
	return failed | cmocka_run_group_tests_name("table, stores unwatched",
						    tests, NULL, NULL);
}
