/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Copy, rule by rule: allocations, attributes, MKWRITE and MKVALID at every
 * level, present rules, groups, zeroed pages. docs/ancestors.md has who broke
 * which.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/support/scenes.h"

#define GIB B(30)

/* ---- bugs that shipped, by number (docs/ancestors.md) ---- */

static const struct shape lpa2_4k = { 12, 52, 52, true };

static const struct trans_attr ro = { TRANS_MEM_NORMAL, 0 };

/* 1: four NULL checks of the wrong variable; 6: pages lost on -ENOMEM. */
static void test_each_allocation_is_checked(void **state)
{
	struct trans_table t;
	struct scene c;

	(void)state;
	scene_path_open(&c, &lpa2_4k, 0, 3, 0, 0);
	t = c.dst;
	for (unsigned int n = 1; n <= 4; n++) {
		c.w.m.allocs = 0;
		c.w.m.fail_at = n;
		assert_int_equal(trans_table_map(&t, c.dst_va, 0, 4096, &ro, 0,
						 NULL), TRANS_ENOMEM);
		assert_int_equal(t.pages, 1);
	}
	c.w.m.fail_at = 0;
	assert_int_equal(trans_table_map(&t, c.dst_va, 0, 4096, &ro, 0, NULL),
			 0);
	assert_int_equal(t.pages, 5);
	c.dst = t;
	scene_path_close(&c);
}

/* Table descriptors of the tree, but those of the last level. */
static int no_table_attributes(void *arg, trans_pa_t pa, uint64_t len)
{
	struct scene *c = arg;
	const uint64_t *page = memory_at(&c->w.m, pa);

	for (uint64_t i = 0; i < len / 8; i++)
		if ((page[i] & 3) == 3 && page[i] & B(59))
			assert_int_equal(page[i], 0);
	return 0;
}

/* 2: PXNTable by accident of a NULL argument: nothing below is executable. */
static void test_tables_carry_no_attributes(void **state)
{
	struct scene c;

	(void)state;
	scene_path_open(&c, &linux_4k, 0, 2, 0x401 | B(54), 0);
	assert_true(scene_seen(&c, c.dst_va).fault == WALK_TRANSLATION);
	assert_int_equal(scene_copy_range(&c, &c.dst, 0, c.len, 0), 0);
	assert_true(scene_seen(&c, c.dst_va).px);
	assert_int_equal(scene_seen(&c, c.dst_va).tables >> 51, 0);
	scene_path_close(&c);
	scene_path_open(&c, &linux_4k, 0, 2, 0x401, B(59));
	assert_int_equal(scene_copy_range(&c, &c.dst, 0, c.len, 0), 0);
	assert_false(scene_seen(&c, c.dst_va).px); /* folded into the leaf */
	assert_int_equal(trans_table_pages(&c.dst, no_table_attributes, &c,
					   NULL), 0);
	scene_path_close(&c);
}

/* 3: mkwrite that clears RDONLY only if dirty, or sets DBM only; and APTable[1]
 * that makes both void. At every leaf level, with every state of the bits. */
static void test_mkwrite(void **state)
{
	struct scene c;

	(void)state;
	for (int level = 0; level <= 3; level++)
		for (unsigned int n = 0; n < 16; n++) {
			uint64_t leaf = (level == 3 ? 0x403 : 0x401);

			leaf |= (n & 1 ? B(7) : 0) | (n & 2 ? B(51) : 0) |
				(n & 4 ? B(55) : 0);
			scene_path_open(&c, &lpa2_4k, 0, level, leaf,
					n & 8 ? B(62) : 0);
			assert_int_equal(scene_copy_range(&c, &c.dst, 0, c.len,
							  TRANS_MKWRITE), 0);
			assert_true(scene_seen(&c, c.dst_va).pw);
			assert_true(scene_seen(&c, c.dst_va).desc & B(51));
			assert_false(scene_seen(&c, c.dst_va).desc & B(7));
			assert_int_equal(scene_seen(&c, c.dst_va).level, level);
			scene_path_close(&c);
		}
}

/* 4: MKVALID at level 3 only; 5: pfn_valid, over the length of the leaf. */
static void test_mkvalid_at_every_level(void **state)
{
	struct scene c;

	(void)state;
	for (int level = 0; level <= 3; level++) {
		uint64_t leaf = B(40) | (level == 3 ? 0x402 : 0x400);
		unsigned int flags = TRANS_MKVALID | TRANS_CHECKPFN;

		scene_path_open(&c, &lpa2_4k, 0, level, leaf, 0);
		c.w.m.bad_pfn = B(40) + c.len - 1;
		assert_int_equal(scene_copy_range(&c, &c.dst, 0, c.len, flags),
				 TRANS_EPFN);
		assert_int_equal(c.r.error.level, level);
		assert_true(c.r.error.pa == B(40));
		c.w.m.bad_pfn = B(40) + c.len;
		assert_int_equal(scene_copy_range(&c, &c.dst, 0, c.len, flags),
				 0);
		assert_true(scene_seen(&c, c.dst_va + c.len - 1).pa ==
			    B(40) + c.len - 1);
		assert_int_equal(scene_seen(&c, c.dst_va).level, level);
		scene_path_close(&c);
	}
}

/* 4: an invalid entry with the table bit is never followed. */
static void test_stale_table_pointers(void **state)
{
	struct scene c;

	(void)state;
	for (int level = -1; level < 3; level++) {
		scene_path_open(&c, &lpa2_4k, 0, level, 0, 0);
		*world_path(&c.w, 0, level, 0, 0) =
			0x402 | world_address(&c.w.cpu, c.w.m.base);
		world_attach(&c.w, &c.w.geo, &c.w.cpu, trans_present_linux,
			     &c.view);
		assert_int_equal(scene_copy_range(&c, &c.dst, 0, c.len, 0), 0);
		assert_int_equal(c.dst.pages, 1);
		assert_int_equal(scene_copy_range(&c, &c.dst, 0, c.len,
						  TRANS_MKVALID |
						  TRANS_TRUSTPFN),
				 TRANS_ECORRUPT);
		scene_path_close(&c);
	}
}

static enum trans_presence always(uint64_t desc, int level)
{
	(void)desc;
	(void)level;
	return TRANS_PRESENT;
}

static enum trans_presence always_ng(uint64_t desc, int level)
{
	(void)desc;
	(void)level;
	return TRANS_PRESENT_NG;
}

/* The same when the host's rule calls everything a mapping; and nG by rule. */
static void test_mkvalid_with_a_careless_rule(void **state)
{
	unsigned int flags = TRANS_MKVALID | TRANS_TRUSTPFN;
	struct scene c;

	(void)state;
	scene_path_open(&c, &linux_4k, 0, 2, 0x402, 0);
	world_attach(&c.w, &c.w.geo, &c.w.cpu, always, &c.view);
	assert_int_equal(scene_copy_range(&c, &c.dst, 0, c.len, flags),
			 TRANS_ECORRUPT);
	scene_path_close(&c);
	scene_path_open(&c, &linux_4k, 0, 2, 0x400, 0);
	world_attach(&c.w, &c.w.geo, &c.w.cpu, always_ng, &c.view);
	assert_int_equal(scene_copy_range(&c, &c.dst, 0, c.len, flags), 0);
	assert_true(scene_seen(&c, c.dst_va).desc & B(11));
	scene_path_close(&c);
}

static void test_present_rules(void **state)
{
	enum { NO = TRANS_ABSENT, YES = TRANS_PRESENT, WHO = TRANS_AMBIGUOUS,
	       GL = TRANS_PRESENT_GLOBAL, NG = TRANS_PRESENT_NG };
	static const struct {
		uint64_t desc;
		int level;
		int linux_old, linux_7_1, ng;
	} cases[] = {
		{ 0, 3, NO, NO, NO },
		{ 0x402, 3, YES, WHO, WHO },   /* VALID lost */
		{ 0xc02, 3, YES, GL, NG },     /* with bit 11 */
		{ 0x400, 2, YES, WHO, WHO },
		{ 0xc00, 1, YES, GL, NG },
		{ 0x002, 3, WHO, WHO, WHO },   /* no AF: swap, payload */
		{ 0x802, 3, WHO, WHO, WHO },
		{ 0x400, 3, WHO, WHO, WHO },   /* block type at level 3 */
		{ 0xc00, 3, WHO, WHO, WHO },
		{ 0xc02, 2, WHO, WHO, WHO },   /* table type above it */
		{ 0x1000, 2, WHO, WHO, WHO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t d = cases[i].desc;
		int level = cases[i].level;

		assert_int_equal(trans_present_linux(d, level),
				 cases[i].linux_old);
		assert_int_equal(trans_present_linux_7_1(d, level),
				 cases[i].linux_7_1);
		assert_int_equal(trans_present_linux_7_1_ng(d, level),
				 cases[i].ng);
	}
}

/* 7: an identity map above 48 bits needs level -1. */
static void test_idmap_above_48_bits(void **state)
{
	struct trans_geometry geo = world_geometry(&lpa2_4k, 0);
	uint64_t pa = 0xdULL << 48 | 5 * GIB | 0x7000;
	struct trans_table t;
	struct walk_params cpu;
	struct world w;

	(void)state;
	world_open(&w, &lpa2_4k, 0, 0, 16, 0);
	assert_int_equal(trans_table_create(&t, &geo, 0, &w.m.ops, &w.m, NULL),
			 0);
	assert_int_equal(t.geo.start_level, -1);
	assert_int_equal(trans_table_idmap(&t, pa, 4096, &ro, 0, NULL), 0);
	cpu = world_finished(&w, &t);
	assert_true(walker(&cpu, pa + 9).pa == pa + 9);
	assert_int_equal(t.pages, 5);
	trans_table_destroy(&t);
	world_close(&w);
}

/* 8: the contiguous bit, where the range cuts a group. */
static void test_cut_contiguous_group(void **state)
{
	static const unsigned int flags[] = { 0, TRANS_KEEPCONT };
	uint64_t *slot;
	struct scene c;

	(void)state;
	for (int f = 0; f < 2; f++) {
		scene_path_open(&c, &linux_4k, 0, 3, 0, 0);
		slot = world_path(&c.w, 0, 3, 0, 0);
		for (unsigned int i = 0; i < 48; i++)
			slot[i] = B(52) | 0x403 | (uint64_t)i << 12;
		world_attach(&c.w, &c.w.geo, &c.w.cpu, NULL, &c.view);
		c.src_va += 8 * 4096;
		c.dst_va += 8 * 4096;
		assert_int_equal(scene_copy_range(&c, &c.dst, 0, 39 * 4096,
						  flags[f]),
				 0);
		for (unsigned int i = 8; i < 47; i++) {
			bool group = i >= 16 && i < 32;
			struct walk w = scene_seen(&c,
						   c.dst_va + (i - 8) * 4096);

			assert_int_equal(w.pa, i * 4096);
			assert_int_equal(w.desc >> 52 & 1, group && f);
		}
		scene_path_close(&c);
	}
}

static int count_entries(void *arg, trans_pa_t pa, uint64_t len)
{
	struct scene *c = arg;
	const uint64_t *page = memory_at(&c->w.m, pa);

	for (uint64_t i = 0; i < len / 8; i++)
		c->len += page[i] != 0;
	return 0;
}

/* 9: pages come dirty (the arena fills them with 0xa5); the library zeroes. */
static void test_pages_are_zeroed(void **state)
{
	struct scene c;

	(void)state;
	scene_path_open(&c, &linux_4k, 0, 3, 0x403, 0);
	assert_int_equal(scene_copy_range(&c, &c.dst, 0, 4096, 0), 0);
	c.len = 0;
	assert_int_equal(trans_table_pages(&c.dst, count_entries, &c, NULL), 0);
	assert_int_equal(c.len, 4);
	scene_path_close(&c);
}

/* Linux 6.12 with five levels never allocates below an empty root entry. */
static void test_five_levels_and_an_empty_root_entry(void **state)
{
	uint64_t far = 3ULL << 48 | 7 * GIB;
	struct scene c;

	(void)state;
	scene_path_open(&c, &lpa2_4k, far, 3, 0x403 | B(30), 0);
	assert_int_equal(c.w.geo.start_level, -1);
	c.src_va = c.dst_va = half_first(&c.w.cpu);
	c.len = 1ULL << 52;
	assert_int_equal(scene_copy(&c, &c.dst, 0), 0);
	assert_int_equal(c.dst.pages, 5);
	assert_true(scene_seen(&c, c.dst_va | far).pa == B(30));
	assert_true(scene_seen(&c, c.dst_va).fault == WALK_TRANSLATION);
	scene_path_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_allocation_is_checked),
		cmocka_unit_test(test_tables_carry_no_attributes),
		cmocka_unit_test(test_mkwrite),
		cmocka_unit_test(test_mkvalid_at_every_level),
		cmocka_unit_test(test_stale_table_pointers),
		cmocka_unit_test(test_mkvalid_with_a_careless_rule),
		cmocka_unit_test(test_present_rules),
		cmocka_unit_test(test_idmap_above_48_bits),
		cmocka_unit_test(test_cut_contiguous_group),
		cmocka_unit_test(test_pages_are_zeroed),
		cmocka_unit_test(
			test_five_levels_and_an_empty_root_entry),
	};

	int failed = cmocka_run_group_tests_name("copy bugs", tests, NULL,
						 NULL);

	memory_watches_stores = false;
	return failed | cmocka_run_group_tests_name("copy bugs, unwatched",
						    tests, NULL, NULL);
}
