/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Device trees: what is read from them, memory and the old initrd, and the
 * error of each tree that says it wrongly.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libfdt.h>

#include "tests/unit/support/trees.h"

/* ---- memory ---- */

static void test_memory_usual(void **state)
{
	struct tree tree;
	struct sets sets;

	(void)state;
	tree_usual(&tree);
	assert_int_equal(tree_read_memory(&tree, &sets, NULL), 0);
	assert_int_equal(sets.ram.count, 3);
	expect_range(&sets.ram, 0, GIB, GIB / 2);
	expect_range(&sets.ram, 1, 3 * GIB, GIB);
	expect_range(&sets.ram, 2, 64 * GIB, 2 * GIB);
	assert_int_equal(sets.reserved.count, 3);
	expect_range(&sets.reserved, 0, 0x48000000, 0x100000);
	expect_range(&sets.reserved, 1, 0x49000000, 0x1234);
	expect_range(&sets.reserved, 2, 0x50000000, 0x3000);
}

static void test_memory_adds(void **state)
{
	struct tree tree;
	struct sets sets;

	(void)state;
	tree_usual(&tree);
	sets_init(&sets, SLOTS, SLOTS);
	assert_int_equal(trans_ranges_add(&sets.ram, 0, 4096), 0);
	assert_int_equal(trans_ranges_add(&sets.reserved, 0, 4096), 0);
	assert_int_equal(trans_fdt_memory(tree.fdt, TREE_LEN, &sets.ram,
					  &sets.reserved, NULL), 0);
	assert_int_equal(sets.ram.count, 4);
	assert_int_equal(sets.reserved.count, 4);
}

static void one_cell_shape(int address, int size)
{
	struct tree tree;
	struct sets sets;
	int at;

	tree_empty(&tree);
	tree_cells(&tree, 0, (uint32_t)address, (uint32_t)size);
	at = tree_node(&tree, 0, "memory");
	tree_text(&tree, at, "device_type", "memory");
	tree_append(&tree, at, address, 0x80000000);
	tree_append(&tree, at, size, 0x90000000);
	at = tree_node(&tree, 0, "reserved-memory");
	/* The other way round, so that the root's cells cannot be taken. */
	tree_cells(&tree, at, (uint32_t)(3 - address), (uint32_t)(3 - size));
	at = tree_node(&tree, at, "a");
	tree_append(&tree, at, 3 - address, 0xa0000000);
	tree_append(&tree, at, 3 - size, 0x1000);
	assert_int_equal(tree_read_memory(&tree, &sets, NULL), 0);
	expect_range(&sets.ram, 0, 0x80000000, 0x90000000);
	expect_range(&sets.reserved, 0, 0xa0000000, 0x1000);
}

static void test_memory_cells(void **state)
{
	int address, size;

	(void)state;
	for (address = 1; address <= 2; address++)
		for (size = 1; size <= 2; size++)
			one_cell_shape(address, size);
}

/* Devicetree specification 2.3.5: two and one, when nothing is said. */
static void test_memory_default_cells(void **state)
{
	struct tree tree;
	struct sets sets;
	int at;

	(void)state;
	tree_empty(&tree);
	at = tree_node(&tree, 0, "memory");
	tree_text(&tree, at, "device_type", "memory");
	tree_append(&tree, at, 2, 4 * GIB);
	tree_append(&tree, at, 1, GIB);
	assert_int_equal(tree_read_memory(&tree, &sets, NULL), 0);
	expect_range(&sets.ram, 0, 4 * GIB, GIB);
}

static void test_memory_bad_cells(void **state)
{
	static const uint32_t bad[][2] = {
		{ 0, 1 }, { 3, 1 }, { 4, 2 }, { 5, 1 }, { 1, 0 }, { 2, 3 },
		{ 2, 5 }, { UINT32_MAX, 1 }, { 1, UINT32_MAX },
	};
	struct tree tree;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		tree_usual(&tree);
		tree_cells(&tree, 0, bad[i][0], bad[i][1]);
		memory_refused(&tree, -FDT_ERR_BADNCELLS);
		tree_usual(&tree);
		tree_cells(&tree, tree_path(&tree, "/reserved-memory"),
			   bad[i][0],
			   bad[i][1]);
		memory_refused(&tree, -FDT_ERR_BADNCELLS);
	}
}

static size_t ram_with_status(const char *status)
{
	struct tree tree;
	struct sets sets;

	tree_usual(&tree);
	tree_text(&tree, tree_path(&tree, "/memory@c0000000"), "status",
		  status);
	tree_text(&tree, tree_path(&tree, "/reserved-memory/secure@48000000"),
		  "status",
		  status);
	assert_int_equal(tree_read_memory(&tree, &sets, NULL), 0);
	assert_int_equal(sets.reserved.count, 3);
	return sets.ram.count;
}

static void test_memory_status(void **state)
{
	(void)state;
	assert_int_equal(ram_with_status("okay"), 3);
	assert_int_equal(ram_with_status("ok"), 3);
	assert_int_equal(ram_with_status("disabled"), 2);
	assert_int_equal(ram_with_status("fail"), 2);
	assert_int_equal(ram_with_status("reserved"), 2);
	assert_int_equal(ram_with_status("okay!"), 2);
}

/* Neither a name nor a longer type makes memory; nor does a missing reg. */
static void test_memory_not(void **state)
{
	struct tree tree;
	struct sets sets;
	int at;

	(void)state;
	tree_empty(&tree);
	tree_cells(&tree, 0, 2, 2);
	at = tree_memory(&tree, "memory@0", 0, GIB);
	tree_text(&tree, at, "device_type", "memory-controller");
	at = tree_memory(&tree, "memory@1", 0, GIB);
	assert_int_equal(fdt_delprop(tree.fdt, at, "device_type"), 0);
	at = tree_memory(&tree, "memory@3", 0,
			 GIB); /* its NUL is only padding */
	assert_int_equal(fdt_setprop(tree.fdt, at, "device_type", "memory", 6),
			 0);
	at = tree_memory(&tree, "memory@2", 0, GIB);
	assert_int_equal(fdt_delprop(tree.fdt, at, "reg"), 0);
	assert_int_equal(tree_read_memory(&tree, &sets, NULL), 0);
	assert_int_equal(sets.ram.count, 0);
	assert_int_equal(sets.reserved.count, 0);
}

static void test_memory_zero_size(void **state)
{
	struct tree tree;
	struct sets sets;
	int at;

	(void)state;
	tree_empty(&tree);
	tree_cells(&tree, 0, 2, 2);
	at = tree_memory(&tree, "memory@0", UINT64_MAX, 0);
	tree_append(&tree, at, 2, GIB);
	tree_append(&tree, at, 2, GIB);
	assert_int_equal(fdt_add_mem_rsv(tree.fdt, GIB, 0x1000), 0);
	assert_int_equal(tree_read_memory(&tree, &sets, NULL), 0);
	assert_int_equal(sets.ram.count, 1);
	expect_range(&sets.ram, 0, GIB, GIB);
	assert_int_equal(sets.reserved.count, 1);
}

static void test_memory_reg_length(void **state)
{
	struct tree tree;
	int len;

	(void)state;
	for (len = 1; len < 40; len++) {
		static const char zeros[40];
		struct sets sets;

		tree_usual(&tree);
		assert_int_equal(fdt_setprop(tree.fdt,
					     tree_path(&tree,
						       "/memory@c0000000"),
					     "reg", zeros, len), 0);
		if (len % 16)
			memory_refused(&tree, -FDT_ERR_BADVALUE);
		else
			assert_int_equal(tree_read_memory(&tree, &sets, NULL),
					 0);
	}
}

static void range_refused(const struct tree *tree, uint64_t start)
{
	struct trans_error err = { 0 };
	struct sets sets;

	assert_int_equal(tree_read_memory(tree, &sets, &err), TRANS_ERANGE);
	assert_int_equal(err.status, TRANS_ERANGE);
	assert_int_equal(err.pa, start);
	assert_int_equal(err.len, GIB);
	assert_string_equal(err.why, "memory range");
}

static void test_memory_past_the_top(void **state)
{
	struct tree tree;
	int at;

	(void)state;
	tree_usual(&tree);
	tree_memory(&tree, "memory@f", UINT64_MAX - 5, GIB);
	range_refused(&tree, UINT64_MAX - 5);
	tree_usual(&tree);
	at = tree_node(&tree, tree_path(&tree, "/reserved-memory"), "top");
	tree_append(&tree, at, 2, UINT64_MAX - 6);
	tree_append(&tree, at, 2, GIB);
	range_refused(&tree, UINT64_MAX - 6);
	tree_usual(&tree);
	assert_int_equal(fdt_add_mem_rsv(tree.fdt, UINT64_MAX - 7, GIB), 0);
	range_refused(&tree, UINT64_MAX - 7);
}

static void test_memory_small_sets(void **state)
{
	struct tree tree;
	size_t ram, reserved;

	(void)state;
	tree_usual(&tree);
	for (ram = 0; ram <= 4; ram++)
		for (reserved = 0; reserved <= 4; reserved++) {
			bool fits = ram >= 3 && reserved >= 3;
			struct trans_error err = { 0 };
			struct sets sets;

			sets_init(&sets, ram, reserved);
			assert_int_equal(
				trans_fdt_memory(tree.fdt, TREE_LEN, &sets.ram,
						 &sets.reserved, &err),
				fits ? 0 : TRANS_ENOSPC);
			assert_int_equal(err.status, fits ? 0 : TRANS_ENOSPC);
		}
}

/* ---- the old initrd ---- */

static int read_initrd(const struct tree *tree, struct trans_range *initrd,
		       struct trans_error *err)
{
	return trans_fdt_initrd(tree->fdt, TREE_LEN, initrd, err);
}

static void initrd_absent(const struct tree *tree)
{
	struct trans_range initrd = { 7, 8 };
	struct trans_error err = { 0 };

	assert_int_equal(read_initrd(tree, &initrd, &err), TRANS_ENOENT);
	assert_int_equal(err.status, TRANS_ENOENT);
	assert_string_equal(err.why, "initrd in /chosen");
	assert_int_equal(initrd.start, 7);
	assert_int_equal(initrd.len, 8);
}

static void initrd_refused(const struct tree *tree)
{
	struct trans_range initrd;
	struct trans_error err = { 0 };

	assert_int_equal(read_initrd(tree, &initrd, &err), TRANS_EFDT);
	expect_fdt_error(&err, -FDT_ERR_BADVALUE);
}

static void test_initrd_cells(void **state)
{
	struct trans_range initrd;
	struct tree tree;
	int chosen;

	(void)state;
	tree_usual(&tree);
	assert_int_equal(read_initrd(&tree, &initrd, NULL), 0);
	assert_int_equal(initrd.start, 0x49000000);
	assert_int_equal(initrd.len, 0x1234);
	chosen = tree_path(&tree, "/chosen");
	tree_u64(&tree, chosen, "linux,initrd-end", 0x149001235);
	assert_int_equal(read_initrd(&tree, &initrd, NULL), 0);
	assert_int_equal(initrd.start, 0x49000000);
	assert_int_equal(initrd.len, 0x100001235);
	tree_u64(&tree, chosen, "linux,initrd-start", 0x149000000);
	assert_int_equal(read_initrd(&tree, &initrd, NULL), 0);
	assert_int_equal(initrd.start, 0x149000000);
	assert_int_equal(initrd.len, 0x1235);
}

static void test_initrd_absent(void **state)
{
	struct tree tree;

	(void)state;
	tree_empty(&tree);
	initrd_absent(&tree);
	tree_node(&tree, 0, "chosen");
	initrd_absent(&tree);
	tree_u32(&tree, tree_path(&tree, "/chosen"), "linux,initrd-start", 5);
	initrd_absent(&tree);
	tree_u32(&tree, tree_path(&tree, "/chosen"), "linux,initrd-end", 5);
	initrd_absent(&tree);
	tree_usual(&tree);
	assert_int_equal(fdt_delprop(tree.fdt, tree_path(&tree, "/chosen"),
				     "linux,initrd-start"), 0);
	initrd_absent(&tree);
}

static void test_initrd_malformed(void **state)
{
	static const char *const names[] = { "linux,initrd-start",
					     "linux,initrd-end" };
	static const char zeros[16];
	struct tree tree;
	int i, len;

	(void)state;
	tree_usual(&tree);
	tree_u32(&tree, tree_path(&tree, "/chosen"), "linux,initrd-end",
		 0x48ffffff);
	initrd_refused(&tree);
	for (i = 0; i < 2; i++)
		for (len = 0; len <= 16; len++) {
			if (len == 4 || len == 8)
				continue;
			tree_usual(&tree);
			assert_int_equal(fdt_setprop(tree.fdt,
						     tree_path(&tree,
							       "/chosen"),
						     names[i], zeros, len), 0);
			initrd_refused(&tree);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_usual),
		cmocka_unit_test(test_memory_adds),
		cmocka_unit_test(test_memory_cells),
		cmocka_unit_test(test_memory_default_cells),
		cmocka_unit_test(test_memory_bad_cells),
		cmocka_unit_test(test_memory_status),
		cmocka_unit_test(test_memory_not),
		cmocka_unit_test(test_memory_zero_size),
		cmocka_unit_test(test_memory_reg_length),
		cmocka_unit_test(test_memory_past_the_top),
		cmocka_unit_test(test_memory_small_sets),
		cmocka_unit_test(test_initrd_cells),
		cmocka_unit_test(test_initrd_absent),
		cmocka_unit_test(test_initrd_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
