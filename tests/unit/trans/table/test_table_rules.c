/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Rules that hold for every operation and are easily lost where two meet: what
 * is one table, one format, one group, one reading of an entry, one record of
 * an error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <trans_table/inspect.h>
#include <trans_table/table_extra.h>

#include "tests/unit/support/memory.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)
#define CONT (1ULL << 52)
#define DBM (1ULL << 51)

static const struct trans_attr rw = { TRANS_MEM_NORMAL, TRANS_WRITE };

static struct memory m;
static struct trans_geometry geo;
static struct trans_table a, b;
static struct trans_report r;

static int setup(void **state)
{
	(void)state;
	memset(&r, 0x5a, sizeof(r));
	memory_init(&m, 0x40000000, 4 * MIB, 12);
	assert_int_equal(trans_geometry_init(&geo, TRANS_EL1_0, TRANS_4K, 48,
					     48, 0, NULL), 0);
	assert_int_equal(trans_table_create(&a, &geo, 0, &m.ops, &m, &r), 0);
	assert_int_equal(r.stats.tables, 1);
	assert_int_equal(trans_table_create(&b, &geo, 0, &m.ops, &m, NULL), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	trans_table_destroy(&a);
	trans_table_destroy(&b);
	memory_free(&m);
	return m.balance != 0;
}

static uint64_t *slot(struct trans_table *t, trans_va_t va, int level)
{
	uint64_t *page = memory_at(&m, t->root);

	for (int at = t->geo.start_level; at < level; at++)
		page = memory_at(&m, page[va >> (12 + 9 * (3 - at)) & 511] &
					     0xfffffffff000ULL);
	return &page[va >> (12 + 9 * (3 - level)) & 511];
}

/* A view of @t with more bits in TCR. */
static void view(struct trans_table *t, struct trans_table *out, uint64_t tcr,
		 trans_present_fn present)
{
	struct trans_table copy = *t;
	struct trans_regs regs;

	assert_int_equal(trans_table_finish(&copy, &regs, NULL), 0);
	regs.tcr |= tcr;
	assert_int_equal(trans_table_attach(out, &t->geo, &regs, present,
					    &m.ops, &m, NULL), 0);
}

static void map_pages(struct trans_table *t, trans_va_t va, trans_pa_t pa,
		      uint64_t len)
{
	assert_int_equal(trans_table_map(t, va, pa, len, &rw, TRANS_NOBLOCK,
					 NULL), 0);
}

static void test_share_wants_the_same_format(void **state)
{
	struct trans_geometry narrow;
	struct trans_table t, v;

	(void)state;
	map_pages(&a, 0, 0, 4 * MIB);
	assert_int_equal(trans_geometry_init(&narrow, TRANS_EL1_0, TRANS_4K, 48,
					     40, 0, NULL), 0);
	assert_int_equal(trans_table_create(&t, &narrow, 0, &m.ops, &m, NULL),
			 0);
	assert_int_equal(trans_table_share(&t, 0, &a, 0, 2 * MIB, 0, &r),
			 TRANS_EINVAL);
	trans_table_destroy(&t);
	view(&a, &v, 3ULL << 39, NULL); /* HA, HD */
	assert_int_equal(trans_table_share(&b, 0, &v, 0, 2 * MIB, 0, &r),
			 TRANS_EINVAL);
	assert_int_equal(trans_table_share(&b, 0, &a, 0, 2 * MIB, 0, &r), 0);
}

static void test_one_table_is_not_two(void **state)
{
	struct trans_table v;

	(void)state;
	map_pages(&a, 0, 0, 4 * MIB);
	assert_int_equal(trans_table_copy(&a, GIB, &a, 0, MIB, 0, &r),
			 TRANS_EINVAL);
	view(&a, &v, 0, NULL);
	assert_int_equal(trans_table_share(&a, GIB, &v, 0, 2 * MIB, 0, &r),
			 TRANS_EINVAL);
}

static unsigned int groups(struct trans_table *t, trans_va_t va, uint64_t len)
{
	unsigned int with = 0;

	for (uint64_t at = 0; at < len; at += 4096)
		with += *slot(t, va + at, 3) >> 52 & 1;
	return with;
}

static void test_keepcont_beside_other_mappings(void **state)
{
	struct trans_table v;

	(void)state;
	map_pages(&a, 0, 0, MIB);
	for (int i = 16; i < 32; i++)
		*slot(&a, i * 4096ULL, 3) |= CONT;
	view(&a, &v, 0, NULL);
	map_pages(&b, 2 * MIB - 4096, 0, 4096);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(trans_table_copy(&b, 0, &v, 0, MIB,
						  TRANS_REPLACE |
							  TRANS_KEEPCONT,
						  &r), 0);
		assert_int_equal(groups(&b, 0, MIB), 16);
	}
	assert_int_equal(trans_table_unmap(&b, 0, MIB, 0, NULL), 0);
	assert_int_equal(trans_table_copy(&b, 0, &v, 0, MIB,
					  TRANS_KEEP | TRANS_KEEPCONT, &r), 0);
	assert_int_equal(groups(&b, 0, MIB), 16);
}

static void test_fold_looks_through_groups(void **state)
{
	struct trans_leaf leaf;

	(void)state;
	map_pages(&a, 0, 0, 4 * MIB);
	for (int i = 16; i < 32; i++)
		*slot(&a, i * 4096ULL, 3) |= CONT;
	for (int i = 512; i < 528; i++)
		*slot(&a, i * 4096ULL, 3) |= CONT;
	assert_int_equal(trans_table_unmap(&a, 3 * MIB, 4096, 0, NULL), 0);
	assert_int_equal(trans_table_fold(&a, 0, 4 * MIB, 0, &r), 0);
	assert_int_equal(r.stats.folded, 1);
	assert_int_equal(trans_table_query(&a, 0, &leaf, NULL), 0);
	assert_int_equal(leaf.level, 2);
	assert_int_equal(leaf.desc & CONT, 0);
	/* what does not fold keeps its groups */
	assert_int_equal(groups(&a, 2 * MIB, MIB), 16);
}

static unsigned int asked;
static enum trans_presence count_asked(uint64_t desc, int level)
{
	asked++;
	return trans_present_linux(desc, level);
}

static void test_each_entry_is_acted_on_once(void **state)
{
	struct trans_geometry small;
	struct trans_table t, v;

	(void)state;
	assert_int_equal(trans_geometry_init(&small, TRANS_EL1_0, TRANS_4K, 39,
					     48, 0, NULL), 0);
	assert_int_equal(trans_table_map(&a, 0, 0, 1024 * GIB, &rw, 0, NULL),
			 0);
	*slot(&a, 513 * GIB, 1) &= ~1ULL;
	view(&a, &v, 0, count_asked);
	assert_int_equal(trans_table_create(&t, &small, 0, &m.ops, &m, NULL),
			 0);
	asked = 0;
	/* over the 512 GiB boundary of the source; the block half covered */
	assert_int_equal(trans_table_copy(&t, 0, &v, 511 * GIB,
					  2 * GIB + 512 * MIB,
					  TRANS_MKVALID | TRANS_TRUSTPFN, &r),
			 0);
	assert_int_equal(asked, 1);
	assert_int_equal(r.stats.mkvalid, 1);
	trans_table_destroy(&t);
}

static void test_upgrade_ignores_dbm(void **state)
{
	struct trans_table v;
	struct trans_leaf leaf;

	(void)state;
	map_pages(&a, 0, 0, 2 * MIB);
	view(&a, &v, 0, NULL);
	assert_int_equal(trans_table_copy(&b, 0, &v, 0, 2 * MIB, TRANS_MKWRITE,
					  NULL), 0);
	assert_int_equal(trans_table_map(&b, 0, 0, 2 * MIB, &rw, TRANS_UPGRADE,
					 &r), 0);
	assert_int_equal(trans_table_query(&b, 0, &leaf, NULL), 0);
	assert_int_equal(leaf.level, 2);
}

static void test_hardware_access_flag(void **state)
{
	struct trans_table v;
	struct trans_leaf leaf;

	(void)state;
	map_pages(&a, 0, 0, 8192);
	*slot(&a, 0, 3) &= ~(1ULL << 10);
	view(&a, &v, 0, NULL);
	assert_int_equal(trans_table_query(&v, 0, &leaf, NULL), TRANS_ENOENT);
	view(&a, &v, 1ULL << 39, NULL);
	assert_int_equal(trans_table_query(&v, 0, &leaf, NULL), 0);
	assert_int_equal(trans_table_copy(&b, 0, &v, 0, 8192, 0, NULL), 0);
	assert_int_equal(trans_table_query(&b, 0, &leaf, NULL), 0);
}

static int no_run(void *arg, const struct trans_run *run)
{
	(void)arg;
	(void)run;
	return 1;
}

static void test_records_are_whole(void **state)
{
	struct trans_window window = { 7, 7 };
	struct trans_table v;
	uint64_t desc;

	(void)state;
	assert_int_equal(trans_table_runs(&a, 0x1001, 4096, no_run, NULL, &r),
			 TRANS_EALIGN);
	assert_int_equal(r.error.va, 0x1001);
	map_pages(&a, 0, 4 * MIB, 4096);
	desc = *slot(&a, 0, 3) &= ~1ULL;
	view(&a, &v, 0, trans_present_linux);
	m.bad_pfn = 4 * MIB;
	assert_int_equal(trans_table_copy(&b, 0, &v, 0, 4096,
					  TRANS_MKVALID | TRANS_CHECKPFN, &r),
			 TRANS_EPFN);
	assert_int_equal(r.error.desc, desc);
	assert_int_equal(trans_table_window(&a, GIB, 4096, TRANS_ESTIMATE,
					    &window, &r), 0);
	assert_int_equal(window.entries, 7);
	m.acquires = 0;
	m.refuse_acquire_at = 1;
	m.fail_at = m.ops.acquire ? 0 : m.allocs + 1;
	assert_int_equal(trans_table_window(&a, GIB, 4096, 0, &window, &r),
			 m.ops.acquire ? TRANS_EHOST : TRANS_ENOMEM);
	assert_int_equal(window.entries, 7);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_share_wants_the_same_format),
		TEST(test_one_table_is_not_two),
		TEST(test_keepcont_beside_other_mappings),
		TEST(test_fold_looks_through_groups),
		TEST(test_each_entry_is_acted_on_once),
		TEST(test_upgrade_ignores_dbm),
		TEST(test_hardware_access_flag),
		TEST(test_records_are_whole),
	};

	int failed = cmocka_run_group_tests_name("review", tests, NULL, NULL);

	memory_watches_stores = false;
	return failed | cmocka_run_group_tests_name("review, stores unwatched",
						    tests, NULL, NULL);
}
