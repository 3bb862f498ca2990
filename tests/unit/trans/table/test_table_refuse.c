/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the operations refuse, each for its own reason; and hosts without the
 * optional callbacks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <trans_table/table_extra.h>

#include "tests/unit/support/views.h"

/* ---- refusals ---- */

static void test_create_refusals(void **state)
{
	struct trans_geometry odd = vw.geo;
	struct trans_ops ops = vw.m.ops;
	struct trans_table t;

	(void)state;
	views_refused(trans_table_create(&t, &vw.geo, 0, NULL, &vw.m, &vw.r),
		      TRANS_EINVAL, "missing");
	ops.alloc = NULL;
	views_refused(trans_table_create(&t, &vw.geo, 0, &ops, &vw.m, &vw.r),
		      TRANS_EINVAL, "missing");
	ops = vw.m.ops;
	ops.free = NULL;
	assert_int_equal(trans_table_create(&t, &vw.geo, 0, &ops, &vw.m, NULL),
			 TRANS_EINVAL);
	ops = vw.m.ops;
	ops.phys_to_virt = NULL;
	views_refused(trans_table_create(&t, &vw.geo, 0, &ops, &vw.m, &vw.r),
		      TRANS_EINVAL, "missing");
	odd.root_bits++;
	views_refused(trans_table_create(&t, &odd, 0, &vw.m.ops, &vw.m, &vw.r),
		      TRANS_EINVAL, "geometry");
	odd = vw.geo;
	odd.start_level++;
	views_refused(trans_table_create(&t, &odd, 0, &vw.m.ops, &vw.m, &vw.r),
		      TRANS_EINVAL, "geometry");
	odd = vw.geo;
	odd.va_bits = 60;
	views_refused(trans_table_create(&t, &odd, 0, &vw.m.ops, &vw.m, &vw.r),
		      TRANS_EINVAL, "geometry");
	trans_table_destroy(&t); /* what create refused may be destroyed */
}

static void test_attach_refusals(void **state)
{
	struct trans_geometry other = views_geometry(TRANS_EL1_0, TRANS_4K, 39,
						     48, 0);
	struct trans_table finished = vw.t, v;
	struct trans_ops ops = vw.m.ops;
	struct trans_regs regs;

	(void)state;
	assert_int_equal(trans_table_finish(&finished, &regs, NULL), 0);
	views_refused(trans_table_attach(&v, &vw.geo, &regs, NULL, NULL, &vw.m,
					 &vw.r),
		      TRANS_EINVAL, "missing");
	ops.phys_to_virt = NULL;
	views_refused(trans_table_attach(&v, &vw.geo, &regs, NULL, &ops, &vw.m,
					 &vw.r),
		      TRANS_EINVAL, "missing");
	views_refused(trans_table_attach(&v, &other, &regs, NULL, &vw.m.ops,
					 &vw.m,
					 &vw.r), TRANS_EINVAL, "contradicts");
	other = views_geometry(TRANS_EL1_0, TRANS_16K, 48, 48, 0);
	views_refused(trans_table_attach(&v, &other, &regs, NULL, &vw.m.ops,
					 &vw.m,
					 &vw.r), TRANS_EINVAL, "contradicts");
	other = views_geometry(TRANS_EL1_0, TRANS_4K, 48, 48, TRANS_GEO_DS);
	views_refused(trans_table_attach(&v, &other, &regs, NULL, &vw.m.ops,
					 &vw.m,
					 &vw.r), TRANS_EINVAL, "contradicts");
	other.root_bits = 1;
	views_refused(trans_table_attach(&v, &other, &regs, NULL, &vw.m.ops,
					 &vw.m,
					 &vw.r), TRANS_EINVAL, "geometry");
	for (unsigned int bit = 3; bit <= 5; bit++) {
		regs.tcr2 = 1ULL << bit;
		views_refused(trans_table_attach(&v, &vw.geo, &regs, NULL,
						 &vw.m.ops,
						 &vw.m, &vw.r), TRANS_EINVAL,
						"TCR2");
	}
}

static void test_map_refusals(void **state)
{
	static const struct trans_attr bad[] = {
		{ 0, 0 }, { 5, 0 }, { TRANS_MEM_NORMAL, 4 },
		{ TRANS_MEM_DEVICE, TRANS_EXEC },
		{ TRANS_MEM_STRONG, TRANS_EXEC },
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(views_map(0, 0, 4096, &bad[i], 0),
				 TRANS_EINVAL);
	views_refused(views_map(0, 0, 4096, &views_rw, 0x8000), TRANS_EINVAL,
		      "unknown flag");
	views_refused(views_map(0, 0, 4096, &views_rw, TRANS_MKWRITE),
		      TRANS_EINVAL, "unknown");
	views_refused(views_map(0, 0, 4096, &views_rw,
				TRANS_KEEP | TRANS_UPGRADE),
		      TRANS_EINVAL, "exclude");
	views_refused(views_map(0, 0, 0, &views_rw, 0), TRANS_EINVAL, "zero");
	views_refused(views_map(0, 0x800, 4096, &views_rw, 0), TRANS_EALIGN,
		      "aligned");
	views_refused(views_map(0x800, 0, 4096, &views_rw, 0), TRANS_EALIGN,
		      "aligned");
	views_refused(views_map(0, 0, 0x800, &views_rw, 0), TRANS_EALIGN,
		      "aligned");
	views_refused(views_map(0, 1ULL << 48, 4096, &views_rw, 0),
		      TRANS_ERANGE, "output");
	views_refused(views_map(0, (1ULL << 48) - 4096, 8192, &views_rw, 0),
		      TRANS_ERANGE,
		      "output");
	views_refused(views_map(0, ~0xfffULL, 8192, &views_rw, 0), TRANS_ERANGE,
		      "output");
	views_refused(views_map((1ULL << 48) - 4096, 0, 8192, &views_rw, 0),
		      TRANS_ERANGE,
		      "half");
	assert_int_equal(trans_table_map(&vw.t, 0, 0, 0, &views_rw, 0, NULL),
			 TRANS_EINVAL);
	assert_int_equal(trans_table_protect(&vw.t, 0, 4096, 4, 0, &vw.r),
			 TRANS_EINVAL);
	assert_int_equal(trans_table_protect(&vw.t, 0, 0, 0, 0, &vw.r),
			 TRANS_EINVAL);
	assert_int_equal(trans_table_fold(&vw.t, 0, 4096, TRANS_FOLD, &vw.r),
			 TRANS_EINVAL);
	assert_int_equal(vw.t.pages, 1);
}

static void test_copy_refusals(void **state)
{
	struct trans_geometry big = views_geometry(TRANS_EL1_0, TRANS_64K, 48,
						   48, 0);
	struct trans_ops ops = vw.m.ops;
	uint64_t page = 4096;

	(void)state;
	views_create(&vw.copy, &vw.geo);
	views_attach(&vw.t, 0, 0);
	views_refused(trans_table_copy(&vw.copy, 0, &vw.view, 0, page,
				       TRANS_KEEPCONT | TRANS_FOLD, &vw.r),
		      TRANS_EINVAL, "KEEPCONT");
	views_refused(trans_table_copy(&vw.copy, 0, &vw.view, 0, page,
				       TRANS_CHECKPFN | TRANS_TRUSTPFN, &vw.r),
		      TRANS_EINVAL, "exclude");
	views_refused(trans_table_copy(&vw.view, 0, &vw.t, 0, page, 0, &vw.r),
		      TRANS_ELIVE, "view");
	views_refused(trans_table_copy(&vw.copy, page, &vw.view, 0, page, 0,
				       &vw.r),
		      TRANS_EALIGN, "unevenly");
	views_refused(trans_table_copy(&vw.copy, 0, &vw.view, 1ULL << 48, page,
				       0,
				       &vw.r), TRANS_ERANGE, "half");
	vw.view.geo = big;
	views_refused(trans_table_copy(&vw.copy, 0, &vw.view, 0, 65536, 0,
				       &vw.r),
		      TRANS_EINVAL, "granules");
	vw.view.geo = vw.geo;
	ops.pfn_valid = NULL;
	vw.copy.ops = &ops;
	views_refused(trans_table_copy(&vw.copy, 0, &vw.view, 0, page,
				       TRANS_MKVALID | TRANS_CHECKPFN, &vw.r),
		      TRANS_EINVAL, "pfn_valid");
	vw.copy.ops = &vw.m.ops;
	vw.view.hierarchical = false;
	views_refused(trans_table_share(&vw.copy, 0, &vw.view, 0, page, 0,
					&vw.r),
		      TRANS_EINVAL, "shared");
	vw.view.hierarchical = true;
	vw.view.mair = 0x44;
	views_refused(trans_table_share(&vw.copy, 0, &vw.view, 0, page, 0,
					&vw.r),
		      TRANS_EINVAL, "shared");
}

static int attr_refused(void *arg, trans_va_t va, trans_pa_t pa,
			struct trans_attr *attr, uint64_t *len)
{
	const int *what = arg;

	(void)va, (void)pa;
	*attr = *what == 1 ? (struct trans_attr){ 0, 0 } : views_rw;
	*len = *what == 2 ? 0 : 4096;
	return *what == 0;
}

static void test_attribute_callback_refusals(void **state)
{
	int what = 0;

	(void)state;
	assert_int_equal(trans_table_map_by(&vw.t, 0, 0, 8192, attr_refused,
					    &what, 0, &vw.r), TRANS_EHOST);
	what = 1;
	assert_int_equal(trans_table_map_by(&vw.t, 0, 0, 8192, attr_refused,
					    &what, 0, &vw.r), TRANS_EINVAL);
	assert_int_equal(trans_table_map_by(&vw.t, 0, 1, 8192, attr_refused,
					    &what, 0, &vw.r), TRANS_EALIGN);
	assert_int_equal(vw.t.pages, 1);
}

static void test_window_needs_a_level_2(void **state)
{
	struct trans_geometry one = views_geometry(TRANS_EL1_0, TRANS_64K, 29,
						   48, 0);
	struct trans_window window;
	struct trans_table t;
	struct memory m;

	(void)state;
	memory_init(&m, 0x40000000, MIB, 16);
	assert_int_equal(one.start_level, 3);
	assert_int_equal(trans_table_create(&t, &one, 0, &m.ops, &m, NULL), 0);
	views_refused(trans_table_window(&t, 0, 65536, 0, &window, &vw.r),
		      TRANS_EINVAL, "only table");
	views_refused(trans_table_window(&t, 0, 0, 0, &window, &vw.r),
		      TRANS_EINVAL,
		      "zero");
	trans_table_destroy(&t);
	assert_int_equal(m.balance, 0);
	memory_free(&m);
}

/* A host that gives a table page which descriptors cannot name. */
static void test_page_beyond_the_output_size(void **state)
{
	struct trans_geometry small = views_geometry(TRANS_EL1_0, TRANS_4K, 39,
						     32, 0);
	struct trans_table t;
	struct memory m;

	(void)state;
	memory_init(&m, 1ULL << 40, MIB, 12);
	assert_int_equal(trans_table_create(&t, &small, 0, &m.ops, &m, &vw.r),
			 TRANS_ERANGE);
	assert_int_equal(m.balance, 0);
	memory_free(&m);
}

/* ---- without the optional callbacks ---- */

static void test_least_environment(void **state)
{
	struct trans_ops ops = { .alloc = vw.m.ops.alloc, .free = vw.m.ops.free,
				 .phys_to_virt = vw.m.ops.phys_to_virt };
	struct trans_regs regs;
	struct trans_table t;

	(void)state;
	assert_int_equal(trans_table_create(&t, &vw.geo, 0, &ops, &vw.m, NULL),
			 0);
	assert_int_equal(trans_table_map(&t, 0, 0, 3 * MIB, &views_rw, 0, NULL),
			 0);
	assert_int_equal(views_query(&t, 2 * MIB + 4096).pa, 2 * MIB + 4096);
	assert_int_equal(trans_table_unmap(&t, 0, MIB, 0, NULL), 0);
	views_refused(trans_table_finish(&t, &regs, &vw.r), TRANS_EINVAL,
		      "barrier");
	ops.barrier = vw.m.ops.barrier;
	assert_int_equal(trans_table_finish(&t, &regs, NULL), 0);
	assert_int_equal(vw.m.written, 0);
	trans_table_destroy(&t);
	assert_int_equal(vw.m.balance, 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, views_setup, views_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_create_refusals),
		TEST(test_attach_refusals),
		TEST(test_map_refusals),
		TEST(test_copy_refusals),
		TEST(test_attribute_callback_refusals),
		TEST(test_window_needs_a_level_2),
		TEST(test_page_beyond_the_output_size),
		TEST(test_least_environment),
	};

	return cmocka_run_group_tests_name("edges, refusals", tests, NULL,
					   NULL);
}
