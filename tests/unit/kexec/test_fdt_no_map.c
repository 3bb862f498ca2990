/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Of all that a tree reserves, what a kernel never maps: the only reservations
 * in which no page of a hibernation image can lie.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libfdt.h>

#include <trans_table/errors.h>
#include <trans_table/fdt.h>

#define TREE_LEN 4096
#define SLOTS 4

static char tree[TREE_LEN];
static struct trans_range storage[SLOTS];
static struct trans_ranges set;

static int reservation(int parent, const char *name, uint64_t start,
		       const char *property)
{
	int at = fdt_add_subnode(tree, parent, name);

	assert_true(at > 0);
	assert_int_equal(fdt_appendprop_u64(tree, at, "reg", start), 0);
	assert_int_equal(fdt_appendprop_u64(tree, at, "reg", 0x1000), 0);
	if (property)
		assert_int_equal(fdt_setprop_empty(tree, at, property), 0);
	return at;
}

static int set_up(void **state)
{
	int at;

	(void)state;
	trans_ranges_init(&set, storage, SLOTS);
	assert_int_equal(fdt_create_empty_tree(tree, TREE_LEN), 0);
	assert_int_equal(fdt_add_mem_rsv(tree, 0x50000000, 0x3000), 0);
	at = fdt_add_subnode(tree, 0, "reserved-memory");
	assert_int_equal(fdt_setprop_u32(tree, at, "#address-cells", 2), 0);
	assert_int_equal(fdt_setprop_u32(tree, at, "#size-cells", 2), 0);
	reservation(at, "ramoops", 0x41000000, NULL);
	reservation(at, "cma", 0x42000000, "reusable");
	reservation(at, "secure", 0x43000000, "no-map");
	return 0;
}

static void only_no_map(void **state)
{
	(void)state;
	assert_int_equal(trans_fdt_no_map(tree, TREE_LEN, &set, NULL), 0);
	assert_int_equal(set.count, 1);
	assert_int_equal(set.range[0].start, 0x43000000);
	assert_int_equal(set.range[0].len, 0x1000);
}

static void nothing_reserved(void **state)
{
	(void)state;
	assert_int_equal(fdt_create_empty_tree(tree, TREE_LEN), 0);
	assert_int_equal(trans_fdt_no_map(tree, TREE_LEN, &set, NULL), 0);
	assert_int_equal(set.count, 0);
}

static void refusals(void **state)
{
	struct trans_error err = { 0 };
	int at = fdt_path_offset(tree, "/reserved-memory/secure");

	(void)state;
	assert_int_equal(trans_fdt_no_map(tree, 8, &set, &err), TRANS_EFDT);
	trans_ranges_init(&set, storage, 0);
	assert_int_equal(trans_fdt_no_map(tree, TREE_LEN, &set, &err),
			 TRANS_ENOSPC);
	trans_ranges_init(&set, storage, SLOTS);
	assert_int_equal(fdt_setprop_u32(tree, at, "reg", 1), 0);
	assert_int_equal(trans_fdt_no_map(tree, TREE_LEN, &set, &err),
			 TRANS_EFDT);
	assert_string_equal(err.why, fdt_strerror(-FDT_ERR_BADVALUE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(only_no_map, set_up),
		cmocka_unit_test_setup(nothing_reserved, set_up),
		cmocka_unit_test_setup(refusals, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
