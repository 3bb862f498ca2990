/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Copy between a source and a destination that differ: memory types, output
 * sizes, dirty state that hardware keeps, address sizes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/support/scenes.h"

static void test_mair_is_remapped_or_refused(void **state)
{
	struct scene c;

	(void)state;
	scene_path_open(&c, &linux_4k, 0, 3, 0x403 | 1 << 2 | 3 << 8, 0);
	c.w.cpu.mair = 0x4400;
	world_attach(&c.w, &c.w.geo, &c.w.cpu, NULL, &c.view);
	trans_table_destroy(&c.dst);
	assert_int_equal(trans_table_create(&c.dst, &c.geo, 0x4404ff00ff,
					    &c.w.m.ops, &c.w.m, NULL), 0);
	assert_int_equal(scene_copy_range(&c, &c.dst, 0, 4096, 0), 0);
	assert_int_equal(scene_seen(&c, c.dst_va).attr, 0x44);
	assert_int_equal(scene_seen(&c, c.dst_va).desc >> 2 & 7, 4);
	trans_table_destroy(&c.dst);
	assert_int_equal(trans_table_create(&c.dst, &c.geo, 0xff04, &c.w.m.ops,
					    &c.w.m, NULL), 0);
	assert_int_equal(scene_copy_range(&c, &c.dst, 0, 4096, 0),
			 TRANS_EUNREPR);
	assert_int_equal(c.dst.pages, 1);
	scene_path_close(&c);
}

/* Arena pages must be within the destination's size too: they are low here. */
static void test_output_too_wide_is_refused(void **state)
{
	static const struct shape wide = { 12, 39, 32, false };
	struct trans_geometry source;
	struct trans_regs regs;
	struct scene c;

	(void)state;
	for (int level = 1; level <= 3; level++) {
		scene_path_open(&c, &wide, 0, level,
				B(36) | (level == 3 ? 0x403 : 0x401), 0);
		c.w.cpu.oasize = 40;
		assert_int_equal(walker(&c.w.cpu, c.src_va).pa, B(36));
		assert_int_equal(trans_geometry_init(&source, TRANS_EL1_0,
						     TRANS_4K, 39, 40,
						     TRANS_GEO_UPPER, NULL), 0);
		regs = (struct trans_regs){ .ttbr = c.w.cpu.ttbr,
					    .tcr = world_tcr(&c.w.cpu),
					    .mair = c.w.cpu.mair };
		assert_int_equal(trans_table_attach(&c.view, &source, &regs,
						    NULL, &c.w.m.ops, &c.w.m,
						    NULL), 0);
		assert_int_equal(scene_copy_range(&c, &c.dst, 0, c.len, 0),
				 TRANS_EUNREPR);
		assert_int_equal(c.dst.pages, 1);
		scene_path_close(&c);
	}
}

/* Hardware dirty state is part of what a source means: a clean writable page
 * (DBM, AP[2]) is writable, and EL1 cannot execute what EL0 can so write. The
 * copy is walked without HD. */
static void test_hardware_dirty_state_is_resolved(void **state)
{
	static const struct shape shape = { 12, 48, 48, false };
	struct trans_geometry el2 = world_geometry(&shape, 2);
	struct walk before, after;
	struct scene c;

	(void)state;
	scene_path_open(&c, &linux_4k, 0, 3, 0x403 | B(51) | B(7) | B(6), 0);
	c.w.cpu.ha = c.w.cpu.hd = true;
	world_attach(&c.w, &c.w.geo, &c.w.cpu, NULL, &c.view);
	before = walker(&c.w.cpu, c.src_va);
	assert_true(before.pw && before.uw && !before.px);
	assert_int_equal(scene_copy_range(&c, &c.dst, 0, 4096, 0), 0);
	after = scene_seen(&c, c.dst_va);
	assert_true(after.pw && after.uw && !after.px);
	trans_table_destroy(&c.dst);
	c.geo = el2;
	scene_make_dst(&c, &c.dst);
	c.dst_va = 0;
	assert_int_equal(scene_copy_range(&c, &c.dst, 0, 4096, 0), 0);
	after = scene_seen(&c, 0);
	assert_true(after.pw && !after.px);
	scene_path_close(&c);
}

/* Each leaf is held against the source's own address size, also within a run
 * of alike ones. */
static void test_run_past_the_source_address_size(void **state)
{
	static const struct shape narrow = { 12, 48, 40, false };
	struct scene c;
	uint64_t *slot;

	(void)state;
	scene_path_open(&c, &narrow, 0, 3, 0, 0);
	slot = world_path(&c.w, 0, 3, 0, 0);
	slot[0] = 0x403 | (B(40) - 4096);
	slot[1] = 0x403 | B(40);
	world_attach(&c.w, &c.w.geo, &c.w.cpu, NULL, &c.view);
	assert_int_equal(walker(&c.w.cpu, c.src_va + 4096).fault,
			 WALK_ADDRESS_SIZE);
	trans_table_destroy(&c.dst);
	c.geo = world_geometry(&linux_4k, 1);
	scene_make_dst(&c, &c.dst);
	assert_int_equal(scene_copy_range(&c, &c.dst, 0, 2 * 4096, 0),
			 TRANS_ECORRUPT);
	scene_path_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mair_is_remapped_or_refused),
		cmocka_unit_test(test_output_too_wide_is_refused),
		cmocka_unit_test(test_hardware_dirty_state_is_resolved),
		cmocka_unit_test(test_run_past_the_source_address_size),
	};

	int failed = cmocka_run_group_tests_name("copy formats", tests, NULL,
						 NULL);

	memory_watches_stores = false;
	return failed | cmocka_run_group_tests_name("copy formats, unwatched",
						    tests, NULL, NULL);
}
