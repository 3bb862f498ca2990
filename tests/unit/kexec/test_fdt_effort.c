/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Device trees made to take time: masses of equal reservations come out right,
 * what libfdt would go through again and again is refused. What they cost is in
 * tests/bench/hostile.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <trans_table/fdt.h>

#include "tests/unit/support/raw_tree.h"

#define GIB (1ULL << 30)

static struct raw_tree tree;
static _Alignas(8) char out[RAW_LEN];

static int edit(void)
{
	struct trans_range keep = { 7 * GIB, 4096 };
	struct trans_fdt_edit how = { .initrd = { 2 * GIB, 4096 },
				      .reserve = &keep, .reserve_count = 1 };

	return trans_fdt_edit(tree.fdt, tree.at, out, sizeof(out), &how, NULL);
}

/* 100,000 times the old initrd, and one entry that is not, in the middle. */
static void equal_reservations(void **state)
{
	static const char names[] = "linux,initrd-start\0linux,initrd-end";
	const fdt64_t start = cpu_to_fdt64(GIB), end = cpu_to_fdt64(GIB + 64);
	const fdt64_t other = cpu_to_fdt64(5 * GIB);
	uint64_t at, len;

	(void)state;
	raw_begin(&tree, 100000, GIB, 64);
	memcpy(tree.fdt + 40 + 16 * 50000, &other, 8);
	raw_node(&tree, "");
	raw_node(&tree, "chosen");
	raw_prop(&tree, 0, &start, 8);
	raw_prop(&tree, 19, &end, 8);
	raw_word(&tree, FDT_END_NODE);
	raw_word(&tree, FDT_END_NODE);
	raw_end(&tree, names, sizeof(names));
	assert_int_equal(edit(), 0);
	assert_int_equal(fdt_check_full(out, sizeof(out)), 0);
	assert_in_range(fdt_totalsize(out), 1, 1024);
	assert_int_equal(fdt_num_mem_rsv(out), 3);
	assert_int_equal(fdt_get_mem_rsv(out, 0, &at, &len), 0);
	assert_int_equal(at, 5 * GIB);
	assert_int_equal(fdt_get_mem_rsv(out, 1, &at, &len), 0);
	assert_int_equal(at, 7 * GIB);
	assert_int_equal(fdt_get_mem_rsv(out, 2, &at, &len), 0);
	assert_int_equal(at, 2 * GIB);
}

/* @props properties of one node that share the name at @name of @strings. */
static void put_props(const char *node, unsigned int props, uint32_t name,
		      const char *strings, uint32_t len)
{
	raw_begin(&tree, 0, 0, 0);
	raw_node(&tree, "");
	raw_node(&tree, node);
	for (; props; props--)
		raw_prop(&tree, name, "", 0);
	raw_word(&tree, FDT_END_NODE);
	raw_word(&tree, FDT_END_NODE);
	raw_end(&tree, strings, len);
}

static void long_names(void **state)
{
	static char strings[300];
	struct trans_range storage[4];
	struct trans_ranges ram, reserved;
	struct trans_error err;

	(void)state;
	memset(strings, 'x', 127);
	put_props("node", 10, 0, strings, 128);
	assert_int_equal(fdt_check_full(tree.fdt, tree.at), 0);
	assert_int_equal(edit(), 0);
	memset(strings, 'x', 128);
	put_props("node", 10, 0, strings, 129);
	assert_int_equal(edit(), TRANS_EFDT);
	/* Behind a short one, and whoever asks. */
	strings[10] = '\0';
	put_props("node", 10, 0, strings, 129);
	assert_int_equal(edit(), 0);
	memset(strings + 11, 'x', 128);
	put_props("node", 10, 0, strings, 140);
	trans_ranges_init(&ram, storage, 2);
	trans_ranges_init(&reserved, storage + 2, 2);
	assert_int_equal(trans_fdt_memory(tree.fdt, tree.at, &ram, &reserved,
					  &err), TRANS_EFDT);
	assert_string_equal(err.why, fdt_strerror(-FDT_ERR_BADSTRUCTURE));
	assert_int_equal(trans_fdt_used(tree.fdt, tree.at), 0);
}

static void many_strings(void **state)
{
	static char strings[200000];

	(void)state;
	for (size_t i = 0; i < sizeof(strings); i++)
		strings[i] = i % 8 == 7 ? '\0' : 'x';
	put_props("node", 1, 0, strings, 32u << 10);
	assert_int_equal(edit(), 0);
	put_props("node", 1, 0, strings, (32u << 10) + 8);
	assert_int_equal(edit(), TRANS_EFDT);
	put_props("node", 40000, 0, strings, 200000);
	assert_int_equal(edit(), 0); /* less than a third */
}

static void many_properties(void **state)
{
	(void)state;
	put_props("chosen", 256, 0, "x", 2);
	assert_int_equal(edit(), 0);
	put_props("chosen", 257, 0, "x", 2);
	assert_int_equal(edit(), TRANS_EFDT);
	put_props("node", 100000, 0, "x", 2);
	assert_int_equal(edit(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_reservations),
		cmocka_unit_test(long_names),
		cmocka_unit_test(many_strings),
		cmocka_unit_test(many_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
