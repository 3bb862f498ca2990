/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A table page whose entries all name itself: 2^36 mappings made of one page,
 * or as many holes made of four. visit ends whatever goes through them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <trans_table/inspect.h>

#include "tests/unit/support/memory.h"

#define BASE 0x40000000ULL
#define ROOT BASE
#define ALL (1ULL << 48)
#define ENOUGH 5000u

static struct fixture {
	struct memory m;
	struct trans_geometry geo;
	struct trans_table view, dst;
	struct trans_ops ops;
	unsigned long visits, most;
	struct trans_report report;
} f;

static int visit(void *ctx, trans_pa_t pa)
{
	(void)ctx;
	assert_true(pa >= BASE && pa < BASE + f.m.len);
	return ++f.visits > f.most;
}

/* @levels pages, each full of entries that name the next one; the last one is
 * full of @last. */
static void view_of(unsigned int levels, uint64_t last)
{
	struct trans_regs regs = { .ttbr = ROOT, .mair = 0xff,
				   .tcr = 16 | 5ULL << 32 };

	for (unsigned int page = 0; page < levels; page++) {
		uint64_t *at = memory_at(&f.m, ROOT + 4096 * page);
		bool end = page == levels - 1;

		for (size_t i = 0; i < 512; i++)
			at[i] = end ? last : ROOT + 4096 * (page + 1) + 3;
	}
	memset(&f.report, 0, sizeof(f.report));
	f.visits = 0;
	assert_int_equal(trans_table_attach(&f.view, &f.geo, &regs, NULL,
					    &f.ops, &f.m, NULL), 0);
}

static int setup(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	memory_init(&f.m, BASE, 1 << 20, 12);
	memset(f.m.used, 1, 8);
	f.ops = f.m.ops;
	f.ops.visit = visit;
	f.most = ENOUGH;
	return trans_geometry_init(&f.geo, TRANS_EL1_0, TRANS_4K, 48, 48, 0,
				   NULL);
}

static int teardown(void **state)
{
	long balance;

	(void)state;
	trans_table_destroy(&f.dst);
	balance = f.m.balance;
	memory_free(&f.m);
	return balance != 0;
}

static void was_stopped(int ret)
{
	assert_int_equal(ret, TRANS_ESTOPPED);
	assert_int_equal(f.visits, f.most + 1);
	f.visits = 0;
}

static void was_said(int ret)
{
	was_stopped(ret);
	assert_int_equal(f.report.error.status, TRANS_ESTOPPED);
	assert_non_null(f.report.error.why);
	memset(&f.report, 0, sizeof(f.report));
}

static int any_run(void *arg, const struct trans_run *run)
{
	(void)arg;
	assert_int_equal(run->status, 0);
	return 0;
}

static int any_difference(void *arg, const struct trans_diff *diff)
{
	(void)arg;
	(void)diff;
	return 0;
}

static int any_page(void *arg, trans_pa_t pa, uint64_t len)
{
	(void)arg;
	(void)pa;
	(void)len;
	return 0;
}

static int any_text(void *arg, const char *text, size_t len)
{
	(void)arg;
	(void)text;
	(void)len;
	return 0;
}

static void readers_stop(void)
{
	const struct trans_table *view = &f.view;

	was_said(trans_table_runs(view, 0, ALL, any_run, NULL, &f.report));
	was_said(trans_table_diff(&f.dst, view, 0, ALL, any_difference, NULL,
				  &f.report));
	was_said(trans_table_pages(view, any_page, NULL, &f.report));
	was_stopped(trans_table_dump(view, any_text, NULL));
}

/* ... a page of itself: each level's table, and at level 3 a page. AF is set,
 * or it would map nothing. */
static void names_itself(void **state)
{
	(void)state;
	assert_int_equal(trans_table_create(&f.dst, &f.geo, 0xff, &f.m.ops,
					    &f.m, NULL), 0);
	view_of(1, ROOT + 0x703);
	readers_stop();
	was_said(trans_table_copy(&f.dst, 0, &f.view, 0, ALL, TRANS_ESTIMATE,
				  &f.report));
	was_said(trans_table_copy(&f.dst, 0, &f.view, 0, ALL,
				  TRANS_ESTIMATE | TRANS_FOLD, &f.report));
}

/* Nothing but holes, of which no callback hears. */
static void names_nothing(void **state)
{
	(void)state;
	assert_int_equal(trans_table_create(&f.dst, &f.geo, 0xff, &f.m.ops,
					    &f.m, NULL), 0);
	view_of(4, 0);
	readers_stop();
	was_said(trans_table_copy(&f.dst, 0, &f.view, 0, ALL, TRANS_ESTIMATE,
				  &f.report));
}

/* A real copy gives back what it had when it was stopped. */
static void copy_gives_back(void **state)
{
	long before;

	(void)state;
	assert_int_equal(trans_table_create(&f.dst, &f.geo, 0xff, &f.m.ops,
					    &f.m, NULL), 0);
	before = f.m.balance;
	view_of(1, ROOT + 0x703);
	f.most = 40;
	was_said(trans_table_copy(&f.dst, 0, &f.view, 0, ALL, 0, &f.report));
	assert_int_equal(f.m.balance, before);
	assert_int_equal(f.dst.pages, 1);
}

/* Each look-up of one address is four pages. */
static void look_ups_stop(void **state)
{
	struct trans_step steps[TRANS_STEPS];
	struct trans_leaf leaf;
	unsigned int count;

	(void)state;
	view_of(1, ROOT + 0x703);
	assert_int_equal(trans_table_query(&f.view, 0, &leaf, NULL), 0);
	assert_int_equal(f.visits, 4);
	for (f.most = 0; f.most < 4; f.most++) {
		f.visits = 0;
		was_said(trans_table_query(&f.view, 0, &leaf, &f.report));
		was_said(trans_table_walk(&f.view, 0, steps, &count,
					  &f.report));
		assert_int_equal(count, f.most);
		was_said(trans_table_verify(&f.view, 0, ROOT, 4096, 0,
					    &f.report));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_itself),
		TEST(names_nothing),
		TEST(copy_gives_back),
		TEST(look_ups_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
