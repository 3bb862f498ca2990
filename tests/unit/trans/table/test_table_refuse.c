/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The edges of the core: refusals that the other tests do not meet, and hosts
 * without the optional callbacks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/support/views.h"

/* ---- refusals ---- */

static void test_create_refusals(void **state)
{
	struct trans_geometry odd = ed.geo;
	struct trans_ops ops = ed.m.ops;
	struct trans_table t;

	(void)state;
	edge_refused(trans_table_create(&t, &ed.geo, 0, NULL, &ed.m, &ed.r),
		     TRANS_EINVAL, "missing");
	ops.alloc = NULL;
	edge_refused(trans_table_create(&t, &ed.geo, 0, &ops, &ed.m, &ed.r),
		     TRANS_EINVAL, "missing");
	ops = ed.m.ops;
	ops.free = NULL;
	assert_int_equal(trans_table_create(&t, &ed.geo, 0, &ops, &ed.m, NULL),
			 TRANS_EINVAL);
	ops = ed.m.ops;
	ops.phys_to_virt = NULL;
	edge_refused(trans_table_create(&t, &ed.geo, 0, &ops, &ed.m, &ed.r),
		     TRANS_EINVAL, "missing");
	odd.root_bits++;
	edge_refused(trans_table_create(&t, &odd, 0, &ed.m.ops, &ed.m, &ed.r),
		     TRANS_EINVAL, "geometry");
	odd = ed.geo;
	odd.start_level++;
	edge_refused(trans_table_create(&t, &odd, 0, &ed.m.ops, &ed.m, &ed.r),
		     TRANS_EINVAL, "geometry");
	odd = ed.geo;
	odd.va_bits = 60;
	edge_refused(trans_table_create(&t, &odd, 0, &ed.m.ops, &ed.m, &ed.r),
		     TRANS_EINVAL, "geometry");
	trans_table_destroy(&t); /* what create refused may be destroyed */
}

static void test_attach_refusals(void **state)
{
	struct trans_geometry other = edge_geometry(TRANS_EL1_0, TRANS_4K, 39,
						    48, 0);
	struct trans_table finished = ed.t, v;
	struct trans_ops ops = ed.m.ops;
	struct trans_regs regs;

	(void)state;
	assert_int_equal(trans_table_finish(&finished, &regs, NULL), 0);
	edge_refused(trans_table_attach(&v, &ed.geo, &regs, NULL, NULL, &ed.m,
					&ed.r),
		     TRANS_EINVAL, "missing");
	ops.phys_to_virt = NULL;
	edge_refused(trans_table_attach(&v, &ed.geo, &regs, NULL, &ops, &ed.m,
					&ed.r),
		     TRANS_EINVAL, "missing");
	edge_refused(trans_table_attach(&v, &other, &regs, NULL, &ed.m.ops,
					&ed.m,
					&ed.r), TRANS_EINVAL, "contradicts");
	other = edge_geometry(TRANS_EL1_0, TRANS_16K, 48, 48, 0);
	edge_refused(trans_table_attach(&v, &other, &regs, NULL, &ed.m.ops,
					&ed.m,
					&ed.r), TRANS_EINVAL, "contradicts");
	other = edge_geometry(TRANS_EL1_0, TRANS_4K, 48, 48, TRANS_GEO_DS);
	edge_refused(trans_table_attach(&v, &other, &regs, NULL, &ed.m.ops,
					&ed.m,
					&ed.r), TRANS_EINVAL, "contradicts");
	other.root_bits = 1;
	edge_refused(trans_table_attach(&v, &other, &regs, NULL, &ed.m.ops,
					&ed.m,
					&ed.r), TRANS_EINVAL, "geometry");
	for (unsigned int bit = 3; bit <= 5; bit++) {
		regs.tcr2 = 1ULL << bit;
		edge_refused(trans_table_attach(&v, &ed.geo, &regs, NULL,
						&ed.m.ops,
						&ed.m, &ed.r), TRANS_EINVAL,
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
		assert_int_equal(edge_map(0, 0, 4096, &bad[i], 0),
				 TRANS_EINVAL);
	edge_refused(edge_map(0, 0, 4096, &edge_rw, 0x8000), TRANS_EINVAL,
		     "unknown flag");
	edge_refused(edge_map(0, 0, 4096, &edge_rw, TRANS_MKWRITE),
		     TRANS_EINVAL, "unknown");
	edge_refused(edge_map(0, 0, 4096, &edge_rw, TRANS_KEEP | TRANS_UPGRADE),
		     TRANS_EINVAL, "exclude");
	edge_refused(edge_map(0, 0, 0, &edge_rw, 0), TRANS_EINVAL, "zero");
	edge_refused(edge_map(0, 0x800, 4096, &edge_rw, 0), TRANS_EALIGN,
		     "granule");
	edge_refused(edge_map(0x800, 0, 4096, &edge_rw, 0), TRANS_EALIGN,
		     "granule");
	edge_refused(edge_map(0, 0, 0x800, &edge_rw, 0), TRANS_EALIGN,
		     "granule");
	edge_refused(edge_map(0, 1ULL << 48, 4096, &edge_rw, 0), TRANS_ERANGE,
		     "output");
	edge_refused(edge_map(0, (1ULL << 48) - 4096, 8192, &edge_rw, 0),
		     TRANS_ERANGE,
		     "output");
	edge_refused(edge_map(0, ~0xfffULL, 8192, &edge_rw, 0), TRANS_ERANGE,
		     "output");
	edge_refused(edge_map((1ULL << 48) - 4096, 0, 8192, &edge_rw, 0),
		     TRANS_ERANGE,
		     "half");
	assert_int_equal(trans_table_map(&ed.t, 0, 0, 0, &edge_rw, 0, NULL),
			 TRANS_EINVAL);
	assert_int_equal(trans_table_protect(&ed.t, 0, 4096, 4, 0, &ed.r),
			 TRANS_EINVAL);
	assert_int_equal(trans_table_protect(&ed.t, 0, 0, 0, 0, &ed.r),
			 TRANS_EINVAL);
	assert_int_equal(trans_table_fold(&ed.t, 0, 4096, TRANS_FOLD, &ed.r),
			 TRANS_EINVAL);
	assert_int_equal(ed.t.pages, 1);
}

static void test_copy_refusals(void **state)
{
	struct trans_geometry big = edge_geometry(TRANS_EL1_0, TRANS_64K, 48,
						  48, 0);
	struct trans_ops ops = ed.m.ops;
	uint64_t page = 4096;

	(void)state;
	edge_create(&ed.copy, &ed.geo);
	edge_attach(&ed.t, 0, 0);
	edge_refused(trans_table_copy(&ed.copy, 0, &ed.view, 0, page,
				      TRANS_KEEPCONT | TRANS_FOLD, &ed.r),
		     TRANS_EINVAL, "KEEPCONT");
	edge_refused(trans_table_copy(&ed.copy, 0, &ed.view, 0, page,
				      TRANS_CHECKPFN | TRANS_TRUSTPFN, &ed.r),
		     TRANS_EINVAL, "exclude");
	edge_refused(trans_table_copy(&ed.view, 0, &ed.t, 0, page, 0, &ed.r),
		     TRANS_ELIVE, "view");
	edge_refused(trans_table_copy(&ed.copy, page, &ed.view, 0, page, 0,
				      &ed.r),
		     TRANS_EALIGN, "unevenly");
	edge_refused(trans_table_copy(&ed.copy, 0, &ed.view, 1ULL << 48, page,
				      0,
				      &ed.r), TRANS_ERANGE, "half");
	ed.view.geo = big;
	edge_refused(trans_table_copy(&ed.copy, 0, &ed.view, 0, 65536, 0,
				      &ed.r),
		     TRANS_EINVAL, "granules");
	ed.view.geo = ed.geo;
	ops.pfn_valid = NULL;
	ed.copy.ops = &ops;
	edge_refused(trans_table_copy(&ed.copy, 0, &ed.view, 0, page,
				      TRANS_MKVALID | TRANS_CHECKPFN, &ed.r),
		     TRANS_EINVAL, "pfn_valid");
	ed.copy.ops = &ed.m.ops;
	ed.view.hierarchical = false;
	edge_refused(trans_table_share(&ed.copy, 0, &ed.view, 0, page, 0,
				       &ed.r),
		     TRANS_EINVAL, "shared");
	ed.view.hierarchical = true;
	ed.view.mair = 0x44;
	edge_refused(trans_table_share(&ed.copy, 0, &ed.view, 0, page, 0,
				       &ed.r),
		     TRANS_EINVAL, "shared");
}

static int attr_refused(void *arg, trans_va_t va, trans_pa_t pa,
			struct trans_attr *attr, uint64_t *len)
{
	const int *what = arg;

	(void)va, (void)pa;
	*attr = *what == 1 ? (struct trans_attr){ 0, 0 } : edge_rw;
	*len = *what == 2 ? 0 : 4096;
	return *what == 0;
}

static void test_attribute_callback_refusals(void **state)
{
	int what = 0;

	(void)state;
	assert_int_equal(trans_table_map_by(&ed.t, 0, 0, 8192, attr_refused,
					    &what, 0, &ed.r), TRANS_EHOST);
	what = 1;
	assert_int_equal(trans_table_map_by(&ed.t, 0, 0, 8192, attr_refused,
					    &what, 0, &ed.r), TRANS_EINVAL);
	assert_int_equal(trans_table_map_by(&ed.t, 0, 1, 8192, attr_refused,
					    &what, 0, &ed.r), TRANS_EALIGN);
	assert_int_equal(ed.t.pages, 1);
}

static void test_window_needs_a_level_2(void **state)
{
	struct trans_geometry one = edge_geometry(TRANS_EL1_0, TRANS_64K, 29,
						  48, 0);
	struct trans_window window;
	struct trans_table t;
	struct memory m;

	(void)state;
	memory_init(&m, 0x40000000, MIB, 16);
	assert_int_equal(one.start_level, 3);
	assert_int_equal(trans_table_create(&t, &one, 0, &m.ops, &m, NULL), 0);
	edge_refused(trans_table_window(&t, 0, 65536, 0, &window, &ed.r),
		     TRANS_EINVAL, "only table");
	edge_refused(trans_table_window(&t, 0, 0, 0, &window, &ed.r),
		     TRANS_EINVAL,
		     "zero");
	trans_table_destroy(&t);
	assert_int_equal(m.balance, 0);
	memory_free(&m);
}

/* A host that gives a table page which descriptors cannot name. */
static void test_page_beyond_the_output_size(void **state)
{
	struct trans_geometry small = edge_geometry(TRANS_EL1_0, TRANS_4K, 39,
						    32, 0);
	struct trans_table t;
	struct memory m;

	(void)state;
	memory_init(&m, 1ULL << 40, MIB, 12);
	assert_int_equal(trans_table_create(&t, &small, 0, &m.ops, &m, &ed.r),
			 TRANS_ERANGE);
	assert_int_equal(m.balance, 0);
	memory_free(&m);
}

/* ---- without the optional callbacks ---- */

static void test_least_environment(void **state)
{
	struct trans_ops ops = { .alloc = ed.m.ops.alloc, .free = ed.m.ops.free,
				 .phys_to_virt = ed.m.ops.phys_to_virt };
	struct trans_regs regs;
	struct trans_table t;

	(void)state;
	assert_int_equal(trans_table_create(&t, &ed.geo, 0, &ops, &ed.m, NULL),
			 0);
	assert_int_equal(trans_table_map(&t, 0, 0, 3 * MIB, &edge_rw, 0, NULL),
			 0);
	assert_int_equal(edge_query(&t, 2 * MIB + 4096).pa, 2 * MIB + 4096);
	assert_int_equal(trans_table_unmap(&t, 0, MIB, 0, NULL), 0);
	assert_int_equal(trans_table_finish(&t, &regs, NULL), 0);
	assert_int_equal(ed.m.written, 0);
	trans_table_destroy(&t);
	assert_int_equal(ed.m.balance, 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, edge_setup, edge_teardown)

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
