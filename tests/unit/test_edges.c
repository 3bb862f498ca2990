/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The edges of the core: refusals, formats and combinations that the other
 * tests do not meet; each found by looking for branches that nothing took
 * (make coverage) or for known bugs that nothing noticed (make mutants).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <trans_table/inspect.h>
#include <trans_table/moves.h>

#include "memory.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

static const struct trans_attr rw = { TRANS_MEM_NORMAL, TRANS_WRITE };
static const struct trans_attr ro = { TRANS_MEM_NORMAL, 0 };
static const struct trans_attr rx = { TRANS_MEM_NORMAL, TRANS_EXEC };

static struct {
	struct memory m;
	struct trans_geometry geo; /* EL1&0, 4K, 48 bits */
	struct trans_table t, copy, view;
	struct trans_report r;
} f;

static struct trans_geometry geometry(enum trans_regime regime,
				      enum trans_granule granule,
				      unsigned int va, unsigned int pa,
				      unsigned int flags)
{
	struct trans_geometry geo;

	assert_int_equal(trans_geometry_init(&geo, regime, granule, va, pa,
					     flags, NULL), 0);
	return geo;
}

static void create(struct trans_table *t, const struct trans_geometry *geo)
{
	assert_int_equal(trans_table_create(t, geo, 0, &f.m.ops, &f.m, NULL),
			 0);
}

static int setup(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	memory_init(&f.m, 0x40000000, 4 * MIB, 12);
	f.geo = geometry(TRANS_EL1_0, TRANS_4K, 48, 48, 0);
	create(&f.t, &f.geo);
	return 0;
}

static int teardown(void **state)
{
	long left;

	(void)state;
	trans_table_destroy(&f.copy);
	trans_table_destroy(&f.t);
	left = f.m.balance | f.m.acquired;
	memory_free(&f.m);
	return left != 0;
}

/* A view of @t; @pie0, @pie1: PIRE0 and PIR, both 0 for no indirection. */
static void attach(const struct trans_table *t, uint64_t pire0, uint64_t pir)
{
	struct trans_table finished = *t;
	struct trans_regs regs;

	assert_int_equal(trans_table_finish(&finished, &regs, NULL), 0);
	regs.tcr2 = pir ? 2 : 0;
	regs.pir = pir;
	regs.pire0 = pire0;
	assert_int_equal(trans_table_attach(&f.view, &t->geo, &regs,
					    trans_present_linux, &f.m.ops,
					    &f.m, NULL), 0);
}

static uint64_t *slot(struct trans_table *t, trans_va_t va, int level)
{
	struct trans_step steps[TRANS_STEPS];
	unsigned int count;

	trans_table_walk(t, va, steps, &count, NULL);
	assert_true(count > (unsigned int)(level - t->geo.start_level));
	return memory_at(&f.m, steps[level - t->geo.start_level].entry);
}

static struct trans_leaf query(const struct trans_table *t, trans_va_t va)
{
	struct trans_leaf leaf = { 0 };

	assert_int_equal(trans_table_query(t, va, &leaf, NULL), 0);
	return leaf;
}

static void refused(int ret, int status, const char *why)
{
	assert_int_equal(ret, status);
	assert_int_equal(f.r.error.status, status);
	assert_non_null(strstr(f.r.error.why, why));
}

/* ---- refusals ------------------------------------------------------------ */

static void test_create_refusals(void **state)
{
	struct trans_geometry odd = f.geo;
	struct trans_ops ops = f.m.ops;
	struct trans_table t;

	(void)state;
	refused(trans_table_create(&t, &f.geo, 0, NULL, &f.m, &f.r),
		TRANS_EINVAL, "missing");
	ops.alloc = NULL;
	refused(trans_table_create(&t, &f.geo, 0, &ops, &f.m, &f.r),
		TRANS_EINVAL, "missing");
	ops = f.m.ops;
	ops.free = NULL;
	assert_int_equal(trans_table_create(&t, &f.geo, 0, &ops, &f.m, NULL),
			 TRANS_EINVAL);
	ops = f.m.ops;
	ops.phys_to_virt = NULL;
	refused(trans_table_create(&t, &f.geo, 0, &ops, &f.m, &f.r),
		TRANS_EINVAL, "missing");
	odd.root_bits++;
	refused(trans_table_create(&t, &odd, 0, &f.m.ops, &f.m, &f.r),
		TRANS_EINVAL, "geometry");
	odd = f.geo;
	odd.start_level++;
	refused(trans_table_create(&t, &odd, 0, &f.m.ops, &f.m, &f.r),
		TRANS_EINVAL, "geometry");
	odd = f.geo;
	odd.va_bits = 60;
	refused(trans_table_create(&t, &odd, 0, &f.m.ops, &f.m, &f.r),
		TRANS_EINVAL, "geometry");
	trans_table_destroy(&t); /* what create refused may be destroyed */
}

static void test_attach_refusals(void **state)
{
	struct trans_geometry other = geometry(TRANS_EL1_0, TRANS_4K, 39, 48, 0);
	struct trans_table finished = f.t, v;
	struct trans_ops ops = f.m.ops;
	struct trans_regs regs;

	(void)state;
	assert_int_equal(trans_table_finish(&finished, &regs, NULL), 0);
	refused(trans_table_attach(&v, &f.geo, &regs, NULL, NULL, &f.m, &f.r),
		TRANS_EINVAL, "missing");
	ops.phys_to_virt = NULL;
	refused(trans_table_attach(&v, &f.geo, &regs, NULL, &ops, &f.m, &f.r),
		TRANS_EINVAL, "missing");
	refused(trans_table_attach(&v, &other, &regs, NULL, &f.m.ops, &f.m,
				   &f.r), TRANS_EINVAL, "contradicts");
	other = geometry(TRANS_EL1_0, TRANS_16K, 48, 48, 0);
	refused(trans_table_attach(&v, &other, &regs, NULL, &f.m.ops, &f.m,
				   &f.r), TRANS_EINVAL, "contradicts");
	other = geometry(TRANS_EL1_0, TRANS_4K, 48, 48, TRANS_GEO_DS);
	refused(trans_table_attach(&v, &other, &regs, NULL, &f.m.ops, &f.m,
				   &f.r), TRANS_EINVAL, "contradicts");
	other.root_bits = 1;
	refused(trans_table_attach(&v, &other, &regs, NULL, &f.m.ops, &f.m,
				   &f.r), TRANS_EINVAL, "geometry");
	for (unsigned int bit = 2; bit <= 5; bit++) {
		regs.tcr2 = 1ULL << bit;
		refused(trans_table_attach(&v, &f.geo, &regs, NULL, &f.m.ops,
					   &f.m, &f.r), TRANS_EINVAL, "TCR2");
	}
}

static int map(trans_va_t va, trans_pa_t pa, uint64_t len,
	       const struct trans_attr *attr, unsigned int flags)
{
	return trans_table_map(&f.t, va, pa, len, attr, flags, &f.r);
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
		assert_int_equal(map(0, 0, 4096, &bad[i], 0), TRANS_EINVAL);
	refused(map(0, 0, 4096, &rw, 0x8000), TRANS_EINVAL, "unknown flag");
	refused(map(0, 0, 4096, &rw, TRANS_MKWRITE), TRANS_EINVAL, "unknown");
	refused(map(0, 0, 4096, &rw, TRANS_KEEP | TRANS_UPGRADE),
		TRANS_EINVAL, "exclude");
	refused(map(0, 0, 0, &rw, 0), TRANS_EINVAL, "zero");
	refused(map(0, 0x800, 4096, &rw, 0), TRANS_EALIGN, "granule");
	refused(map(0x800, 0, 4096, &rw, 0), TRANS_EALIGN, "granule");
	refused(map(0, 0, 0x800, &rw, 0), TRANS_EALIGN, "granule");
	refused(map(0, 1ULL << 48, 4096, &rw, 0), TRANS_ERANGE, "output");
	refused(map(0, (1ULL << 48) - 4096, 8192, &rw, 0), TRANS_ERANGE,
		"output");
	refused(map(0, ~0xfffULL, 8192, &rw, 0), TRANS_ERANGE, "output");
	refused(map((1ULL << 48) - 4096, 0, 8192, &rw, 0), TRANS_ERANGE,
		"half");
	assert_int_equal(trans_table_map(&f.t, 0, 0, 0, &rw, 0, NULL),
			 TRANS_EINVAL);
	assert_int_equal(trans_table_protect(&f.t, 0, 4096, 4, 0, &f.r),
			 TRANS_EINVAL);
	assert_int_equal(trans_table_protect(&f.t, 0, 0, 0, 0, &f.r),
			 TRANS_EINVAL);
	assert_int_equal(trans_table_fold(&f.t, 0, 4096, TRANS_FOLD, &f.r),
			 TRANS_EINVAL);
	assert_int_equal(f.t.pages, 1);
}

static void test_copy_refusals(void **state)
{
	struct trans_geometry big = geometry(TRANS_EL1_0, TRANS_64K, 48, 48, 0);
	struct trans_ops ops = f.m.ops;
	uint64_t page = 4096;

	(void)state;
	create(&f.copy, &f.geo);
	attach(&f.t, 0, 0);
	refused(trans_table_copy(&f.copy, 0, &f.view, 0, page,
				 TRANS_KEEPCONT | TRANS_FOLD, &f.r),
		TRANS_EINVAL, "KEEPCONT");
	refused(trans_table_copy(&f.copy, 0, &f.view, 0, page,
				 TRANS_CHECKPFN | TRANS_TRUSTPFN, &f.r),
		TRANS_EINVAL, "exclude");
	refused(trans_table_copy(&f.view, 0, &f.t, 0, page, 0, &f.r),
		TRANS_ELIVE, "view");
	refused(trans_table_copy(&f.copy, page, &f.view, 0, page, 0, &f.r),
		TRANS_EALIGN, "unevenly");
	refused(trans_table_copy(&f.copy, 0, &f.view, 1ULL << 48, page, 0,
				 &f.r), TRANS_ERANGE, "half");
	f.view.geo = big;
	refused(trans_table_copy(&f.copy, 0, &f.view, 0, 65536, 0, &f.r),
		TRANS_EINVAL, "granules");
	f.view.geo = f.geo;
	ops.pfn_valid = NULL;
	f.copy.ops = &ops;
	refused(trans_table_copy(&f.copy, 0, &f.view, 0, page,
				 TRANS_MKVALID | TRANS_CHECKPFN, &f.r),
		TRANS_EINVAL, "pfn_valid");
	f.copy.ops = &f.m.ops;
	f.view.hierarchical = false;
	refused(trans_table_share(&f.copy, 0, &f.view, 0, page, 0, &f.r),
		TRANS_EINVAL, "shared");
	f.view.hierarchical = true;
	f.view.mair = 0x44;
	refused(trans_table_share(&f.copy, 0, &f.view, 0, page, 0, &f.r),
		TRANS_EINVAL, "shared");
}

static int attr_refused(void *arg, trans_va_t va, trans_pa_t pa,
			struct trans_attr *attr, uint64_t *len)
{
	const int *what = arg;

	(void)va, (void)pa;
	*attr = *what == 1 ? (struct trans_attr){ 0, 0 } : rw;
	*len = *what == 2 ? 0 : 4096;
	return *what == 0;
}

static void test_attribute_callback_refusals(void **state)
{
	int what = 0;

	(void)state;
	assert_int_equal(trans_table_map_by(&f.t, 0, 0, 8192, attr_refused,
					    &what, 0, &f.r), TRANS_EHOST);
	what = 1;
	assert_int_equal(trans_table_map_by(&f.t, 0, 0, 8192, attr_refused,
					    &what, 0, &f.r), TRANS_EINVAL);
	assert_int_equal(trans_table_map_by(&f.t, 0, 1, 8192, attr_refused,
					    &what, 0, &f.r), TRANS_EALIGN);
	assert_int_equal(f.t.pages, 1);
}

static void test_window_needs_a_level_2(void **state)
{
	struct trans_geometry one = geometry(TRANS_EL1_0, TRANS_64K, 29, 48, 0);
	struct trans_window window;
	struct trans_table t;
	struct memory m;

	(void)state;
	memory_init(&m, 0x40000000, MIB, 16);
	assert_int_equal(one.start_level, 3);
	assert_int_equal(trans_table_create(&t, &one, 0, &m.ops, &m, NULL), 0);
	refused(trans_table_window(&t, 0, 65536, 0, &window, &f.r),
		TRANS_EINVAL, "only table");
	refused(trans_table_window(&t, 0, 0, 0, &window, &f.r), TRANS_EINVAL,
		"zero");
	trans_table_destroy(&t);
	assert_int_equal(m.balance, 0);
	memory_free(&m);
}

/* A host that gives a table page which descriptors cannot name. */
static void test_page_beyond_the_output_size(void **state)
{
	struct trans_geometry small = geometry(TRANS_EL1_0, TRANS_4K, 39, 32, 0);
	struct trans_table t;
	struct memory m;

	(void)state;
	memory_init(&m, 1ULL << 40, MIB, 12);
	assert_int_equal(trans_table_create(&t, &small, 0, &m.ops, &m, &f.r),
			 TRANS_ERANGE);
	assert_int_equal(m.balance, 0);
	memory_free(&m);
}

/* ---- without the optional callbacks --------------------------------------- */

static void test_least_environment(void **state)
{
	struct trans_ops ops = { .alloc = f.m.ops.alloc, .free = f.m.ops.free,
				 .phys_to_virt = f.m.ops.phys_to_virt };
	struct trans_regs regs;
	struct trans_table t;

	(void)state;
	assert_int_equal(trans_table_create(&t, &f.geo, 0, &ops, &f.m, NULL),
			 0);
	assert_int_equal(trans_table_map(&t, 0, 0, 3 * MIB, &rw, 0, NULL), 0);
	assert_int_equal(query(&t, 2 * MIB + 4096).pa, 2 * MIB + 4096);
	assert_int_equal(trans_table_unmap(&t, 0, MIB, 0, NULL), 0);
	assert_int_equal(trans_table_finish(&t, &regs, NULL), 0);
	assert_int_equal(f.m.written, 0);
	trans_table_destroy(&t);
	assert_int_equal(f.m.balance, 1);
}

/* ---- what a copy makes of formats ----------------------------------------- */

static void test_access_flag(void **state)
{
	struct trans_leaf leaf;

	(void)state;
	assert_int_equal(map(0, 0, 2 * MIB + 4096, &rw, 0), 0);
	*slot(&f.t, 0, 2) &= ~(1ULL << 10);
	*slot(&f.t, 2 * MIB, 3) &= ~(1ULL << 10);
	refused(trans_table_query(&f.t, 4096, &leaf, &f.r), TRANS_ENOENT,
		"access flag");
	refused(trans_table_query(&f.t, 2 * MIB, &leaf, &f.r), TRANS_ENOENT,
		"access flag");
	assert_int_equal(f.r.error.level, 3);
}

/* SH is where DS has address bits: it must go one way, and come back. */
static void test_copy_between_ds_and_not(void **state)
{
	struct trans_geometry ds = geometry(TRANS_EL1_0, TRANS_4K, 48, 52,
					    TRANS_GEO_DS);
	struct trans_table back;

	(void)state;
	assert_int_equal(map(0, GIB, 2 * MIB, &rw, TRANS_NOBLOCK), 0);
	attach(&f.t, 0, 0);
	create(&f.copy, &ds);
	assert_int_equal(trans_table_copy(&f.copy, 0, &f.view, 0, 2 * MIB, 0,
					  &f.r), 0);
	for (uint64_t va = 0; va < 2 * MIB; va += 4096)
		assert_int_equal(query(&f.copy, va).pa, GIB + va);
	assert_int_equal(query(&f.copy, 0).desc >> 8 & 3, 0);
	attach(&f.copy, 0, 0);
	create(&back, &f.geo);
	assert_int_equal(trans_table_copy(&back, 0, &f.view, 0, 2 * MIB, 0,
					  &f.r), 0);
	assert_int_equal(query(&back, 4096).desc, query(&f.t, 4096).desc);
	trans_table_destroy(&back);
	/* and an address that only DS can say is refused on the way back */
	assert_int_equal(trans_table_map(&f.copy, GIB, 1ULL << 50, 4096, &rw,
					 0, NULL), 0);
	create(&back, &f.geo);
	attach(&f.copy, 0, 0);
	assert_int_equal(trans_table_copy(&back, GIB, &f.view, GIB, 4096, 0,
					  &f.r), TRANS_EUNREPR);
	trans_table_destroy(&back);
}

/* EL2 knows one XN and no EL0; what comes from there gets both XN bits right. */
static void test_copy_from_one_range(void **state)
{
	struct trans_geometry el2 = geometry(TRANS_EL2, TRANS_4K, 48, 48, 0);
	struct trans_table from;

	(void)state;
	create(&from, &el2);
	assert_int_equal(trans_table_map(&from, 0, 0, 4096, &rx, 0, NULL), 0);
	assert_int_equal(trans_table_map(&from, 4096, 4096, 4096, &rw, 0,
					 NULL), 0);
	attach(&from, 0, 0);
	create(&f.copy, &f.geo);
	assert_int_equal(trans_table_copy(&f.copy, 0, &f.view, 0, 8192, 0,
					  &f.r), 0);
	for (trans_va_t va = 0; va < 8192; va += 4096) {
		struct trans_leaf leaf = query(&f.copy, va);

		assert_int_equal(leaf.executable, va == 0);
		assert_int_equal(leaf.writable, va != 0);
		assert_false(leaf.user_readable || leaf.user_executable);
	}
	trans_table_destroy(&from);
}

/* What EL0 may write, EL1 never executes: that must not be lost at EL2, where
 * nothing says so. */
static void test_user_writable_is_not_executable_at_el2(void **state)
{
	struct trans_geometry el2 = geometry(TRANS_EL2, TRANS_4K, 48, 48, 0);

	(void)state;
	assert_int_equal(map(0, 0, 4096, &rx, 0), 0);
	*slot(&f.t, 0, 3) &= ~(1ULL << 7);
	*slot(&f.t, 0, 3) |= 1ULL << 6;
	attach(&f.t, 0, 0);
	create(&f.copy, &el2);
	assert_int_equal(trans_table_copy(&f.copy, 0, &f.view, 0, 4096, 0,
					  &f.r), 0);
	assert_true(query(&f.copy, 0).writable);
	assert_false(query(&f.copy, 0).executable);
}

static enum trans_presence nothing(uint64_t desc, int level)
{
	(void)desc, (void)level;
	return TRANS_ABSENT;
}

static int copy_page(unsigned int flags)
{
	return trans_table_copy(&f.copy, 0, &f.view, 0, 4096, flags, &f.r);
}

static void test_copy_of_corrupt_entries(void **state)
{
	uint64_t *page;

	(void)state;
	create(&f.copy, &f.geo);
	assert_int_equal(map(0, 0, 8192, &rw, 0), 0);
	attach(&f.t, 0, 0);
	page = slot(&f.t, 0, 3);
	page[0] &= ~2ULL;
	refused(copy_page(0), TRANS_ECORRUPT, "reserved");
	assert_int_equal(f.r.error.level, 3);
	page[0] = 0x1230;
	f.view.present = NULL;
	refused(copy_page(TRANS_MKVALID | TRANS_TRUSTPFN), TRANS_ECORRUPT,
		"may or may not");
	f.view.present = nothing;
	assert_int_equal(copy_page(TRANS_MKVALID | TRANS_TRUSTPFN), 0);
	assert_int_equal(f.copy.pages, 1);
	page[0] = 0x403 | 1ULL << 40;
	f.view.geo.pa_bits = 40;
	refused(copy_page(0), TRANS_ECORRUPT, "address size");
	f.view.geo = f.geo;
	f.view.root = MIB; /* no such memory */
	refused(copy_page(0), TRANS_EFAULT, "root");
}

/* Contiguous groups are kept as a whole whatever is beside them. */
static void test_group_after_loose_pages(void **state)
{
	uint64_t *page;

	(void)state;
	create(&f.copy, &f.geo);
	assert_int_equal(map(0, 0, MIB, &rw, 0), 0);
	page = slot(&f.t, 0, 3);
	for (int i = 16; i < 32; i++)
		page[i] |= 1ULL << 52;
	attach(&f.t, 0, 0);
	assert_int_equal(trans_table_copy(&f.copy, 0, &f.view, 0, MIB,
					  TRANS_KEEPCONT, &f.r), 0);
	for (int i = 0; i < 256; i++)
		assert_int_equal(query(&f.copy, i * 4096ULL).desc >> 52 & 1,
				 i >= 16 && i < 32);
	assert_int_equal(f.r.stats.cont_dropped, 0);
}

/* A group that the range cuts, alone: no run before it that swallows it. */
static void test_cut_group_alone(void **state)
{
	struct trans_leaf leaf;
	uint64_t *page;

	(void)state;
	create(&f.copy, &f.geo);
	assert_int_equal(map(0, 0, 16 * 4096, &rw, 0), 0);
	page = slot(&f.t, 0, 3);
	for (int i = 0; i < 16; i++)
		page[i] |= 1ULL << 52;
	attach(&f.t, 0, 0);
	assert_int_equal(trans_table_copy(&f.copy, 0, &f.view, 0, 8 * 4096,
					  TRANS_KEEPCONT, &f.r), 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(query(&f.copy, i * 4096ULL).desc >> 52 & 1, 0);
	assert_int_equal(trans_table_query(&f.copy, 8 * 4096, &leaf, NULL),
			 TRANS_ENOENT);
}

/* ---- permission indirection ------------------------------------------------ */

/* One page whose PIIndex is 0; what PIRE0 and PIR say of it, copied. */
static int copy_indirect(unsigned int user, unsigned int own,
			 struct trans_leaf *leaf)
{
	int ret;

	attach(&f.t, user, own | 1ULL << 60);
	ret = trans_table_copy(&f.copy, 0, &f.view, 0, 4096, TRANS_REPLACE,
			       &f.r);
	*leaf = (struct trans_leaf){ 0 };
	if (!ret)
		*leaf = query(&f.copy, 0);
	return ret;
}

static void test_indirection_is_resolved_or_refused(void **state)
{
	/* PIRE0, PIR, can it be said, writable, executable, user r, w, x */
	static const uint8_t cases[][8] = {
		{ 0x0, 0x5, 1, 1, 0, 0, 0, 0 }, { 0x0, 0x3, 1, 0, 1, 0, 0, 0 },
		{ 0x1, 0x1, 1, 0, 0, 1, 0, 0 }, { 0x5, 0x5, 1, 1, 0, 1, 1, 0 },
		{ 0x3, 0x1, 1, 0, 0, 1, 0, 1 }, { 0x2, 0x3, 1, 0, 1, 0, 0, 1 },
		{ 0x1, 0x5, 0 }, { 0x5, 0x1, 0 }, { 0x0, 0x0, 0 },
		{ 0x0, 0x2, 0 }, { 0x0, 0x4, 0 }, { 0x9, 0x5, 0 },
		{ 0x0, 0xb, 0 },
	};
	struct trans_leaf leaf;

	(void)state;
	create(&f.copy, &f.geo);
	assert_int_equal(map(0, 0, 4096, &rw, 0), 0);
	*slot(&f.t, 0, 3) &= ~(3ULL << 53 | 1ULL << 51 | 1ULL << 6 | 1 << 7);
	for (unsigned int i = 0; i < sizeof(cases) / 8; i++) {
		const uint8_t *c = cases[i];
		int ret = copy_indirect(c[0], c[1], &leaf);

		assert_int_equal(ret, c[2] ? 0 : TRANS_EUNREPR);
		assert_int_equal(leaf.writable, c[3]);
		assert_int_equal(leaf.executable, c[4]);
		assert_int_equal(leaf.user_readable, c[5]);
		assert_int_equal(leaf.user_writable, c[6]);
		assert_int_equal(leaf.user_executable, c[7]);
	}
}

/* ---- share ----------------------------------------------------------------- */

/* REPLACE overwrites what the source maps; what it does not map stays, exactly
 * as with copy, though whole tables could be linked. */
static void test_share_replace_keeps_what_the_source_lacks(void **state)
{
	(void)state;
	create(&f.copy, &f.geo);
	assert_int_equal(map(0, 0, 4096, &ro, 0), 0);
	assert_int_equal(trans_table_map(&f.copy, 0, 0, 8192, &rw, 0, NULL),
			 0);
	assert_int_equal(trans_table_share(&f.copy, 0, &f.t, 0, 2 * MIB,
					   TRANS_REPLACE, &f.r), 0);
	assert_false(query(&f.copy, 0).writable);
	assert_true(query(&f.copy, 4096).writable);
}

/* A table with hierarchical attributes above is not what is below it alone. */
static void test_share_below_hierarchical_attributes(void **state)
{
	(void)state;
	assert_int_equal(map(0, 0, 4096, &rw, 0), 0);
	*slot(&f.t, 0, 1) |= 1ULL << 62;
	create(&f.copy, &f.geo);
	assert_int_equal(trans_table_share(&f.copy, 0, &f.t, 0, 2 * MIB, 0,
					   &f.r), 0);
	assert_int_equal(f.r.stats.tables, 3);
	assert_false(query(&f.copy, 0).writable);
}

/* ---- lib --------------------------------------------------------------------- */

/* Memory in the middle or at the end of the spare is spare as well. */
static void test_move_inside_the_spare(void **state)
{
	struct trans_range spare = { 8 * 4096, 4 * 4096 };
	struct trans_move want_room[4], plan_room[4];
	struct trans_moves want, plan;

	(void)state;
	for (uint64_t page = 7; page <= 12; page++) {
		bool inside = page >= 8 && page < 12;

		trans_moves_init(&want, want_room, 4);
		trans_moves_init(&plan, plan_room, 4);
		assert_int_equal(trans_moves_add(&want, 0, page * 4096, 4096),
				 0);
		assert_int_equal(trans_moves_plan(&want, &plan, 4096, &spare,
						  NULL),
				 inside ? TRANS_EOVERLAP : 0);
	}
}

/* ---- reading ---------------------------------------------------------------- */

static void test_verify_says_what_is_wrong(void **state)
{
	(void)state;
	assert_int_equal(map(0, MIB, 8192, &ro, 0), 0);
	assert_int_equal(trans_table_verify(&f.t, 0, MIB, 8192, 0, &f.r), 0);
	refused(trans_table_verify(&f.t, 0, 0, 8192, 0, &f.r), TRANS_ENOENT,
		"another address");
	refused(trans_table_verify(&f.t, 0, MIB, 8192, TRANS_WRITE, &f.r),
		TRANS_ENOENT, "read-only");
	refused(trans_table_verify(&f.t, 0, MIB, 8192, TRANS_EXEC, &f.r),
		TRANS_ENOENT, "execute-never");
	refused(trans_table_verify(&f.t, 0, MIB, 12288, 0, &f.r), TRANS_ENOENT,
		"not mapped");
	assert_int_equal(f.r.error.va, 8192);
	attach(&f.t, 0, 2 | 1ULL << 60); /* PIIndex 0: execute only */
	*slot(&f.t, 0, 3) &= ~(3ULL << 53 | 1ULL << 51 | 1ULL << 6);
	refused(trans_table_verify(&f.view, 0, MIB, 4096, 0, &f.r),
		TRANS_ENOENT, "unreadable");
}

struct text {
	char bytes[8192];
	size_t len, most;
};

static int collect(void *arg, const char *text, size_t len)
{
	struct text *t = arg;

	if (t->len + len > t->most)
		return 7;
	memcpy(t->bytes + t->len, text, len);
	t->len += len;
	t->bytes[t->len] = 0;
	return 0;
}

static const char *dump(const struct trans_table *t)
{
	static struct text text;

	text = (struct text){ .most = sizeof(text.bytes) - 1 };
	assert_int_equal(trans_table_dump(t, collect, &text), 0);
	return text.bytes;
}

/* Each memory type that Linux uses, whatever the words: no two alike. */
static void test_dump_tells_types_apart(void **state)
{
	static const uint8_t types[] = { 0xff, 0x44, 0x04, 0x00, 0x08, 0x0c,
					 0xf0, 0x12 };
	char last[8192] = "";

	(void)state;
	assert_int_equal(map(0, 0, 4096, &rx, 0), 0);
	for (unsigned int i = 0; i < sizeof(types); i++) {
		f.t.mair = types[i];
		assert_string_not_equal(dump(&f.t), last);
		strcpy(last, dump(&f.t));
	}
	*slot(&f.t, 0, 3) |= 1ULL << 11 | 1ULL << 52 | 1ULL << 6;
	assert_string_not_equal(dump(&f.t), last);
}

static void test_dump_of_other_tables(void **state)
{
	static const enum trans_regime regimes[] = { TRANS_EL2, TRANS_EL2_0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct trans_geometry geo = geometry(regimes[i], TRANS_4K, 52,
						     52, TRANS_GEO_DS);

		create(&f.copy, &geo);
		assert_int_equal(trans_table_map(&f.copy, 0, 0, 1ULL << 39,
						 &rw, 0, NULL), 0);
		assert_non_null(strstr(dump(&f.copy), "EL2"));
		trans_table_destroy(&f.copy);
	}
}

/* The receiver has enough: the text ends there, and so does the call. */
static void test_dump_stops_when_told(void **state)
{
	struct text text = { .most = 0 };
	size_t whole;

	(void)state;
	assert_int_equal(map(0, 0, 4096, &rx, 0), 0);
	assert_int_equal(map(8192, 0, 4096, &rw, 0), 0);
	*slot(&f.t, 8192, 3) &= ~2ULL; /* reserved: a line that says so */
	whole = strlen(dump(&f.t));
	for (text.most = 0; text.most < whole; text.most++) {
		text.len = 0;
		assert_int_equal(trans_table_dump(&f.t, collect, &text), 7);
	}
	for (text.most = 0; text.most < 60; text.most += 7) {
		text.len = 0;
		assert_int_equal(trans_table_trace(&f.t, 0, collect, &text),
				 7);
	}
}

static int count_runs(void *arg, const struct trans_run *run)
{
	int *left = arg;

	(void)run;
	return --*left ? 0 : 5;
}

static int count_diffs(void *arg, const struct trans_diff *diff)
{
	int *left = arg;

	(void)diff;
	return --*left ? 0 : 5;
}

static void test_runs_and_diff_edges(void **state)
{
	int left = 1;

	(void)state;
	create(&f.copy, &f.geo);
	for (int i = 0; i < 6; i++)
		assert_int_equal(map(i * 8192ULL, 0, 4096, &ro, 0), 0);
	refused(trans_table_runs(&f.t, 0, 0, count_runs, &left, &f.r),
		TRANS_EINVAL, "zero");
	assert_int_equal(trans_table_runs(&f.t, 1, 4096, count_runs, &left,
					  NULL), TRANS_EALIGN);
	assert_int_equal(trans_table_runs(&f.t, 0, 2 * MIB, count_runs, &left,
					  NULL), 5);
	left = 3;
	assert_int_equal(trans_table_runs(&f.t, 0, 2 * MIB, count_runs, &left,
					  NULL), 5);
	left = 2;
	assert_int_equal(trans_table_diff(&f.t, &f.copy, 0, 2 * MIB,
					  count_diffs, &left, NULL), 5);
	left = 100; /* stretches of one kind with a gap are two */
	assert_int_equal(trans_table_diff(&f.t, &f.copy, 0, 2 * MIB,
					  count_diffs, &left, NULL), 0);
	assert_int_equal(left, 94);
	*slot(&f.t, 8192, 3) &= ~2ULL;
	refused(trans_table_diff(&f.t, &f.copy, 0, 2 * MIB, count_diffs, &left,
				 &f.r), TRANS_ECORRUPT, "cannot be read");
	refused(trans_table_diff(&f.copy, &f.t, 0, 2 * MIB, count_diffs, &left,
				 &f.r), TRANS_ECORRUPT, "cannot be read");
	left = 100; /* the reserved entry is a run of its own */
	assert_int_equal(trans_table_runs(&f.t, 0, 2 * MIB, count_runs, &left,
					  NULL), 0);
	assert_int_equal(left, 94);
}

/* ---- pages that are hidden among others ----------------------------------- */

#define HIDDEN_VA 0x200000ULL
#define HIDDEN_PA 0x80000000ULL

/* 64 pages, [4, 8) and [20, 28) of them invalid, 24 and 25 read-only; [40, 44)
 * are a hole. Copied in the loop that nobody watches. */
static void hide_pages(void)
{
	f.m.ops.write_entry = NULL;
	f.m.ops.acquire = NULL;
	f.m.ops.release = NULL;
	f.m.acquired = 0;
	create(&f.copy, &f.geo);
	assert_int_equal(trans_table_map(&f.t, HIDDEN_VA, HIDDEN_PA, 64 << 12,
					 &rw, TRANS_NOBLOCK, NULL), 0);
	assert_int_equal(trans_table_protect(&f.t, HIDDEN_VA + (24 << 12),
					     2 << 12, 0, 0, NULL), 0);
	assert_int_equal(trans_table_unmap(&f.t, HIDDEN_VA + (40 << 12),
					   4 << 12, 0, NULL), 0);
	attach(&f.t, 0, 0);
	for (unsigned int i = 0; i < 28; i++)
		if ((i >= 4 && i < 8) || i >= 20)
			*slot(&f.t, HIDDEN_VA + (i << 12), 3) &= ~1ULL;
}

static void copy_hidden(unsigned int flags)
{
	hide_pages();
	assert_int_equal(trans_table_copy(&f.copy, HIDDEN_VA, &f.view,
					  HIDDEN_VA, 64 << 12,
					  TRANS_MKVALID | TRANS_CHECKPFN | flags,
					  &f.r), 0);
	assert_int_equal(f.r.stats.leaves[3], 60);
	assert_int_equal(f.r.stats.mkvalid, 12);
	for (unsigned int i = 0; i < 64; i++) {
		trans_va_t va = HIDDEN_VA + (i << 12);
		struct trans_leaf leaf;

		if (i >= 40 && i < 44) {
			assert_int_equal(trans_table_query(&f.copy, va, &leaf,
							   NULL), TRANS_ENOENT);
			continue;
		}
		leaf = query(&f.copy, va);
		assert_true(leaf.pa == HIDDEN_PA + (i << 12));
		assert_int_equal(leaf.writable, flags || (i != 24 && i != 25));
	}
}

static void test_hidden_runs_are_copied(void **state)
{
	(void)state;
	copy_hidden(0);
}

static void test_hidden_runs_are_made_writable(void **state)
{
	(void)state;
	copy_hidden(TRANS_MKWRITE);
	assert_int_equal(f.r.stats.mkwrite, 60);
}

static void test_hidden_pfns_are_all_checked(void **state)
{
	(void)state;
	hide_pages();
	for (unsigned int i = 0; i < 28; i++) {
		bool hidden = (i >= 4 && i < 8) || i >= 20;

		f.m.bad_pfn = HIDDEN_PA + (i << 12) + 8;
		assert_int_equal(trans_table_copy(
				&f.copy, HIDDEN_VA, &f.view, HIDDEN_VA,
				64 << 12, TRANS_MKVALID | TRANS_CHECKPFN, &f.r),
				 hidden ? TRANS_EPFN : 0);
		if (hidden)
			assert_true(f.r.error.va == HIDDEN_VA + (i << 12));
		else
			assert_int_equal(trans_table_unmap(
				&f.copy, HIDDEN_VA, 64 << 12, 0, NULL), 0);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_create_refusals),
		TEST(test_attach_refusals),
		TEST(test_map_refusals),
		TEST(test_copy_refusals),
		TEST(test_attribute_callback_refusals),
		TEST(test_window_needs_a_level_2),
		TEST(test_page_beyond_the_output_size),
		TEST(test_least_environment),
		TEST(test_access_flag),
		TEST(test_copy_between_ds_and_not),
		TEST(test_copy_from_one_range),
		TEST(test_user_writable_is_not_executable_at_el2),
		TEST(test_copy_of_corrupt_entries),
		TEST(test_group_after_loose_pages),
		TEST(test_cut_group_alone),
		TEST(test_indirection_is_resolved_or_refused),
		TEST(test_share_replace_keeps_what_the_source_lacks),
		TEST(test_share_below_hierarchical_attributes),
		TEST(test_move_inside_the_spare),
		TEST(test_verify_says_what_is_wrong),
		TEST(test_dump_tells_types_apart),
		TEST(test_dump_of_other_tables),
		TEST(test_dump_stops_when_told),
		TEST(test_runs_and_diff_edges),
		TEST(test_hidden_runs_are_copied),
		TEST(test_hidden_runs_are_made_writable),
		TEST(test_hidden_pfns_are_all_checked),
	};

	return cmocka_run_group_tests_name("edges", tests, NULL, NULL);
}
