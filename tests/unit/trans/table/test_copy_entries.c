/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What becomes of an entry that is copied or shared: formats that differ, kinds
 * of entries, groups, permission indirection, hidden runs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <trans_table/moves.h>
#include <trans_table/table_extra.h>

#include "tests/unit/support/views.h"

#define GIB (1ULL << 30)

/* ---- what a copy makes of formats ---- */

static void test_access_flag(void **state)
{
	struct trans_leaf leaf;

	(void)state;
	assert_int_equal(views_map(0, 0, 2 * MIB + 4096, &views_rw, 0), 0);
	*views_slot(&vw.t, 0, 2) &= ~(1ULL << 10);
	*views_slot(&vw.t, 2 * MIB, 3) &= ~(1ULL << 10);
	views_refused(trans_table_query(&vw.t, 4096, &leaf, &vw.r),
		      TRANS_ENOENT, "access flag");
	views_refused(trans_table_query(&vw.t, 2 * MIB, &leaf, &vw.r),
		      TRANS_ENOENT,
		      "access flag");
	assert_int_equal(vw.r.error.level, 3);
}

/* SH is where DS has address bits: it must go one way, and come back. */
static void test_copy_between_ds_and_not(void **state)
{
	struct trans_geometry ds = views_geometry(TRANS_EL1_0, TRANS_4K, 48, 52,
						  TRANS_GEO_DS);
	struct trans_table back;

	(void)state;
	assert_int_equal(views_map(0, GIB, 2 * MIB, &views_rw, TRANS_NOBLOCK),
			 0);
	views_attach(&vw.t, 0, 0);
	views_create(&vw.copy, &ds);
	assert_int_equal(trans_table_copy(&vw.copy, 0, &vw.view, 0, 2 * MIB, 0,
					  &vw.r), 0);
	for (uint64_t va = 0; va < 2 * MIB; va += 4096)
		assert_int_equal(views_query(&vw.copy, va).pa, GIB + va);
	assert_int_equal(views_query(&vw.copy, 0).desc >> 8 & 3, 0);
	views_attach(&vw.copy, 0, 0);
	views_create(&back, &vw.geo);
	assert_int_equal(trans_table_copy(&back, 0, &vw.view, 0, 2 * MIB, 0,
					  &vw.r), 0);
	assert_int_equal(views_query(&back, 4096).desc,
			 views_query(&vw.t, 4096).desc);
	trans_table_destroy(&back);
	/* and an address that only DS can say is refused on the way back */
	assert_int_equal(trans_table_map(&vw.copy, GIB, 1ULL << 50, 4096,
					 &views_rw,
					 0, NULL), 0);
	views_create(&back, &vw.geo);
	views_attach(&vw.copy, 0, 0);
	assert_int_equal(trans_table_copy(&back, GIB, &vw.view, GIB, 4096, 0,
					  &vw.r), TRANS_EUNREPR);
	trans_table_destroy(&back);
}

/* EL2 knows one XN and no EL0; what comes from there gets both XN bits
 * right. */
static void test_copy_from_one_range(void **state)
{
	struct trans_geometry el2 = views_geometry(TRANS_EL2, TRANS_4K, 48, 48,
						   0);
	struct trans_table from;

	(void)state;
	views_create(&from, &el2);
	assert_int_equal(trans_table_map(&from, 0, 0, 4096, &views_rx, 0, NULL),
			 0);
	assert_int_equal(trans_table_map(&from, 4096, 4096, 4096, &views_rw, 0,
					 NULL), 0);
	views_attach(&from, 0, 0);
	views_create(&vw.copy, &vw.geo);
	assert_int_equal(trans_table_copy(&vw.copy, 0, &vw.view, 0, 8192, 0,
					  &vw.r), 0);
	for (trans_va_t va = 0; va < 8192; va += 4096) {
		struct trans_leaf leaf = views_query(&vw.copy, va);

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
	struct trans_geometry el2 = views_geometry(TRANS_EL2, TRANS_4K, 48, 48,
						   0);

	(void)state;
	assert_int_equal(views_map(0, 0, 4096, &views_rx, 0), 0);
	*views_slot(&vw.t, 0, 3) &= ~(1ULL << 7);
	*views_slot(&vw.t, 0, 3) |= 1ULL << 6;
	views_attach(&vw.t, 0, 0);
	views_create(&vw.copy, &el2);
	assert_int_equal(trans_table_copy(&vw.copy, 0, &vw.view, 0, 4096, 0,
					  &vw.r), 0);
	assert_true(views_query(&vw.copy, 0).writable);
	assert_false(views_query(&vw.copy, 0).executable);
}

static enum trans_presence nothing(uint64_t desc, int level)
{
	(void)desc, (void)level;
	return TRANS_ABSENT;
}

static int views_copy_page(unsigned int flags)
{
	return trans_table_copy(&vw.copy, 0, &vw.view, 0, 4096, flags, &vw.r);
}

static void test_copy_of_corrupt_entries(void **state)
{
	uint64_t *page;

	(void)state;
	views_create(&vw.copy, &vw.geo);
	assert_int_equal(views_map(0, 0, 8192, &views_rw, 0), 0);
	views_attach(&vw.t, 0, 0);
	page = views_slot(&vw.t, 0, 3);
	page[0] &= ~2ULL;
	views_refused(views_copy_page(0), TRANS_ECORRUPT, "reserved");
	assert_int_equal(vw.r.error.level, 3);
	page[0] = 0x1230;
	vw.view.present = NULL;
	views_refused(views_copy_page(TRANS_MKVALID | TRANS_TRUSTPFN),
		      TRANS_ECORRUPT,
		      "may or may not");
	vw.view.present = nothing;
	assert_int_equal(views_copy_page(TRANS_MKVALID | TRANS_TRUSTPFN), 0);
	assert_int_equal(vw.copy.pages, 1);
	page[0] = 0x403 | 1ULL << 40;
	vw.view.geo.pa_bits = 40;
	views_refused(views_copy_page(0), TRANS_ECORRUPT, "PA size");
	vw.view.geo = vw.geo;
	vw.view.root = MIB; /* no such memory */
	views_refused(views_copy_page(0), TRANS_EFAULT, "root");
}

/* Contiguous groups are kept as a whole whatever is beside them. */
static void test_group_after_loose_pages(void **state)
{
	uint64_t *page;

	(void)state;
	views_create(&vw.copy, &vw.geo);
	assert_int_equal(views_map(0, 0, MIB, &views_rw, 0), 0);
	page = views_slot(&vw.t, 0, 3);
	for (int i = 16; i < 32; i++)
		page[i] |= 1ULL << 52;
	views_attach(&vw.t, 0, 0);
	assert_int_equal(trans_table_copy(&vw.copy, 0, &vw.view, 0, MIB,
					  TRANS_KEEPCONT, &vw.r), 0);
	for (int i = 0; i < 256; i++)
		assert_int_equal(views_query(&vw.copy,
					     i * 4096ULL).desc >> 52 & 1,
				 i >= 16 && i < 32);
	assert_int_equal(vw.r.stats.cont_dropped, 0);
}

/* A group that the range cuts, alone: no run before it that swallows it. */
static void test_cut_group_alone(void **state)
{
	struct trans_leaf leaf;
	uint64_t *page;

	(void)state;
	views_create(&vw.copy, &vw.geo);
	assert_int_equal(views_map(0, 0, 16 * 4096, &views_rw, 0), 0);
	page = views_slot(&vw.t, 0, 3);
	for (int i = 0; i < 16; i++)
		page[i] |= 1ULL << 52;
	views_attach(&vw.t, 0, 0);
	assert_int_equal(trans_table_copy(&vw.copy, 0, &vw.view, 0, 8 * 4096,
					  TRANS_KEEPCONT, &vw.r), 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(views_query(&vw.copy,
					     i * 4096ULL).desc >> 52 & 1, 0);
	assert_int_equal(trans_table_query(&vw.copy, 8 * 4096, &leaf, NULL),
			 TRANS_ENOENT);
}

/* ---- permission indirection ---- */

/* One page whose PIIndex is 0; what PIRE0 and PIR say of it, copied. */
static int copy_indirect(unsigned int user, unsigned int own,
			 struct trans_leaf *leaf)
{
	int ret;

	views_attach(&vw.t, user, own | 1ULL << 60);
	ret = trans_table_copy(&vw.copy, 0, &vw.view, 0, 4096, TRANS_REPLACE,
			       &vw.r);
	*leaf = (struct trans_leaf){ 0 };
	if (!ret)
		*leaf = views_query(&vw.copy, 0);
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
	views_create(&vw.copy, &vw.geo);
	assert_int_equal(views_map(0, 0, 4096, &views_rw, 0), 0);
	*views_slot(&vw.t, 0, 3) &= ~(3ULL << 53 | 1ULL << 51 | 1ULL << 6 |
				1 << 7);
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

/* ---- share ---- */

/* REPLACE overwrites what the source maps; what it does not map stays, exactly
 * as with copy, though whole tables could be linked. */
static void test_share_replace_keeps_what_the_source_lacks(void **state)
{
	(void)state;
	views_create(&vw.copy, &vw.geo);
	assert_int_equal(views_map(0, 0, 4096, &views_ro, 0), 0);
	assert_int_equal(trans_table_map(&vw.copy, 0, 0, 8192, &views_rw, 0,
					 NULL),
			 0);
	assert_int_equal(trans_table_share(&vw.copy, 0, &vw.t, 0, 2 * MIB,
					   TRANS_REPLACE, &vw.r), 0);
	assert_false(views_query(&vw.copy, 0).writable);
	assert_true(views_query(&vw.copy, 4096).writable);
}

/* A table with hierarchical attributes above is not what is below it alone. */
static void test_share_below_hierarchical_attributes(void **state)
{
	(void)state;
	assert_int_equal(views_map(0, 0, 4096, &views_rw, 0), 0);
	*views_slot(&vw.t, 0, 1) |= 1ULL << 62;
	views_create(&vw.copy, &vw.geo);
	assert_int_equal(trans_table_share(&vw.copy, 0, &vw.t, 0, 2 * MIB, 0,
					   &vw.r), 0);
	assert_int_equal(vw.r.stats.tables, 3);
	assert_false(views_query(&vw.copy, 0).writable);
}

/* What the link to a shared table forbids holds for what is copied from below
 * it when that changes: pages, a block, and tables that stay shared. */
static void test_share_keeps_what_a_link_forbids(void **state)
{
	static const trans_va_t left[] = { 4096, 3 * MIB, 4 * MIB,
					   4 * MIB + 4096 };

	(void)state;
	assert_int_equal(views_map(0, 0, 8192, &views_rw, 0), 0);
	assert_int_equal(views_map(2 * MIB, 2 * MIB, 2 * MIB + 8192, &views_rw,
				   0), 0);
	*views_slot(&vw.t, 0, 1) |= 1ULL << 62; /* APTable[1]: read-only */
	views_create(&vw.copy, &vw.geo);
	assert_int_equal(trans_table_share(&vw.copy, 0, &vw.t, 0, GIB, 0,
					   &vw.r), 0);
	assert_int_equal(vw.r.stats.tables, 1);
	assert_int_equal(trans_table_unmap(&vw.copy, 0, 4096, 0, &vw.r), 0);
	for (unsigned int i = 0; i < 4; i++)
		assert_false(views_query(&vw.copy, left[i]).writable);
	assert_int_equal(trans_table_unmap(&vw.copy, 4 * MIB, 4096, 0, &vw.r),
			 0);
	assert_int_equal(vw.r.stats.tables - vw.r.stats.tables_freed, 1);
	assert_false(views_query(&vw.copy, 4 * MIB + 4096).writable);
}

/* ---- lib ---- */

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

/* ---- pages that are hidden among others ---- */

#define HIDDEN_VA 0x200000ULL
#define HIDDEN_PA 0x80000000ULL

/* 64 pages, [4, 8) and [20, 28) of them invalid, 24 and 25 read-only; [40, 44)
 * are a hole. Copied in the loop that nobody watches. */
static void hide_pages(void)
{
	vw.m.ops.write_entry = NULL;
	vw.m.ops.acquire = NULL;
	vw.m.ops.release = NULL;
	vw.m.acquired = 0;
	views_create(&vw.copy, &vw.geo);
	assert_int_equal(trans_table_map(&vw.t, HIDDEN_VA, HIDDEN_PA, 64 << 12,
					 &views_rw, TRANS_NOBLOCK, NULL), 0);
	assert_int_equal(trans_table_protect(&vw.t, HIDDEN_VA + (24 << 12),
					     2 << 12, 0, 0, NULL), 0);
	assert_int_equal(trans_table_unmap(&vw.t, HIDDEN_VA + (40 << 12),
					   4 << 12, 0, NULL), 0);
	views_attach(&vw.t, 0, 0);
	for (unsigned int i = 0; i < 28; i++)
		if ((i >= 4 && i < 8) || i >= 20)
			*views_slot(&vw.t, HIDDEN_VA + (i << 12), 3) &= ~1ULL;
}

static void copy_hidden(unsigned int flags)
{
	hide_pages();
	assert_int_equal(trans_table_copy(&vw.copy, HIDDEN_VA, &vw.view,
					  HIDDEN_VA, 64 << 12,
					  TRANS_MKVALID | TRANS_CHECKPFN |
					  flags,
					  &vw.r), 0);
	assert_int_equal(vw.r.stats.leaves[3], 60);
	assert_int_equal(vw.r.stats.mkvalid, 12);
	for (unsigned int i = 0; i < 64; i++) {
		trans_va_t va = HIDDEN_VA + (i << 12);
		struct trans_leaf leaf;

		if (i >= 40 && i < 44) {
			assert_int_equal(trans_table_query(&vw.copy, va, &leaf,
							   NULL), TRANS_ENOENT);
			continue;
		}
		leaf = views_query(&vw.copy, va);
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
	assert_int_equal(vw.r.stats.mkwrite, 60);
}

static void test_hidden_pfns_are_all_checked(void **state)
{
	(void)state;
	hide_pages();
	for (unsigned int i = 0; i < 28; i++) {
		bool hidden = (i >= 4 && i < 8) || i >= 20;

		vw.m.bad_pfn = HIDDEN_PA + (i << 12) + 8;
		assert_int_equal(trans_table_copy(
				&vw.copy, HIDDEN_VA, &vw.view, HIDDEN_VA,
				64 << 12, TRANS_MKVALID | TRANS_CHECKPFN,
				&vw.r),
				 hidden ? TRANS_EPFN : 0);
		if (hidden)
			assert_true(vw.r.error.va == HIDDEN_VA + (i << 12));
		else
			assert_int_equal(trans_table_unmap(
				&vw.copy, HIDDEN_VA, 64 << 12, 0, NULL), 0);
	}
}

static unsigned int rule_asked;

static enum trans_presence count_rule(uint64_t desc, int level)
{
	rule_asked++;
	return trans_present_linux(desc, level);
}

/* Not of all twelve: of 4 for those that look like it, and of 24 and 26 twice,
 * for whether they go on like that and then for what they are. */
static void test_the_rule_is_asked_of_looks(void **state)
{
	(void)state;
	hide_pages();
	vw.view.present = count_rule;
	rule_asked = 0;
	assert_int_equal(trans_table_copy(&vw.copy, HIDDEN_VA, &vw.view,
					  HIDDEN_VA, 64 << 12,
					  TRANS_MKVALID | TRANS_TRUSTPFN,
					  &vw.r), 0);
	assert_int_equal(vw.r.stats.mkvalid, 12);
	assert_int_equal(rule_asked, 5);
}

/* ---- how far RAM goes ---- */

static struct trans_range bank[2]; /* valid_len knows these */

static uint64_t bank_len(void *ctx, trans_pa_t pa)
{
	struct memory *m = ctx;

	m->asked++;
	for (unsigned int i = 0; i < 2; i++)
		if (pa - bank[i].start < bank[i].len)
			return bank[i].len - (pa - bank[i].start);
	return 0;
}

/* Where pages are hidden, the host is asked for a bank at a time. */
static int copy_banks(uint64_t first, uint64_t second, unsigned int flags)
{
	vw.m.asked = 0;
	vw.m.ops.valid_len = bank_len;
	vw.m.ops.pfn_valid = NULL;
	bank[0] = (struct trans_range){ HIDDEN_PA, first };
	bank[1] = (struct trans_range){ HIDDEN_PA + first, second };
	return trans_table_copy(&vw.copy, HIDDEN_VA, &vw.view, HIDDEN_VA,
				64 << 12,
				TRANS_MKVALID | TRANS_CHECKPFN | flags, &vw.r);
}

static void copy_banks_again(uint64_t first, uint64_t second)
{
	assert_int_equal(trans_table_unmap(&vw.copy, HIDDEN_VA, 64 << 12, 0,
					   NULL), 0);
	assert_int_equal(copy_banks(first, second, 0), 0);
	assert_int_equal(vw.r.stats.mkvalid, 12);
}

static void test_banks_are_asked_for_once(void **state)
{
	(void)state;
	hide_pages();
	copy_banks_again(64 << 12, 0);
	assert_int_equal(vw.m.asked, 1);
	copy_banks_again(22 << 12, 42 << 12);
	assert_int_equal(vw.m.asked, 2);
	/* From the first hidden page on more than 32 bits of pages. */
	copy_banks_again((1ULL << 44) + (4 << 12), 0);
	assert_int_equal(vw.m.asked, 1);
	assert_int_equal(copy_banks(64 << 12, 0, TRANS_REPLACE | TRANS_FOLD),
			 0);
	assert_int_equal(vw.m.asked, 1);
}

/* The end of a bank is in force, also within a page, and what lies below one is
 * not in it. */
static void test_banks_end(void **state)
{
	(void)state;
	hide_pages();
	for (unsigned int end = 0; end < 30; end++) {
		bool enough = end >= 28;
		unsigned int bad = end;

		while (bad < 4 || (bad >= 8 && bad < 20))
			bad++;
		assert_int_equal(copy_banks((uint64_t)end << 12, 0, 0),
				 enough ? 0 : TRANS_EPFN);
		if (!enough)
			assert_true(vw.r.error.va ==
				    HIDDEN_VA + ((trans_va_t)bad << 12));
		else
			assert_int_equal(trans_table_unmap(
				&vw.copy, HIDDEN_VA, 64 << 12, 0, NULL), 0);
	}
	assert_int_equal(copy_banks((28ULL << 12) - 8, 0, 0), TRANS_EPFN);
	assert_true(vw.r.error.va == HIDDEN_VA + (27 << 12));
	/* Hidden again, at an address below the bank. */
	*views_slot(&vw.t, HIDDEN_VA + (22 << 12), 3) -= 1ULL << 31;
	assert_int_equal(copy_banks(64 << 12, 0, 0), TRANS_EPFN);
	assert_true(vw.r.error.va == HIDDEN_VA + (22 << 12));
}

/* A block wants RAM over its whole length, from two banks too. */
static void test_banks_and_blocks(void **state)
{
	(void)state;
	hide_pages();
	assert_int_equal(trans_table_map(&vw.t, HIDDEN_VA, HIDDEN_PA, 2 * MIB,
					 &views_rw, TRANS_REPLACE, NULL), 0);
	*views_slot(&vw.t, HIDDEN_VA, 2) &= ~1ULL;
	assert_int_equal(copy_banks(2 * MIB, 0, 0), 0);
	assert_int_equal(vw.r.stats.mkvalid, 1);
	assert_int_equal(copy_banks(2 * MIB - 4096, 0, TRANS_REPLACE),
			 TRANS_EPFN);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, views_setup, views_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
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
		TEST(test_share_keeps_what_a_link_forbids),
		TEST(test_move_inside_the_spare),
		TEST(test_hidden_runs_are_copied),
		TEST(test_hidden_runs_are_made_writable),
		TEST(test_hidden_pfns_are_all_checked),
		TEST(test_the_rule_is_asked_of_looks),
		TEST(test_banks_are_asked_for_once),
		TEST(test_banks_end),
		TEST(test_banks_and_blocks),
	};

	return cmocka_run_group_tests_name("edges", tests, NULL, NULL);
}
