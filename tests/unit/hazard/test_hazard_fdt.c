/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What the checker reads of a device tree, from trees that libfdt wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libfdt.h>

#include "tests/hazard/fdt.h"

static char tree[1024];

static void write_tree(bool initrd, bool wide)
{
	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_property_string(tree, "model", "a name");
	fdt_begin_node(tree, "chosen");
	if (initrd && wide) {
		fdt_property_u64(tree, "linux,initrd-start", 0x148000000);
		fdt_property_u64(tree, "linux,initrd-end", 0x148001234);
	} else if (initrd) {
		fdt_property_u32(tree, "linux,initrd-start", 0x48000000);
		fdt_property_u32(tree, "linux,initrd-end", 0x48001234);
	}
	fdt_end_node(tree);
	fdt_end_node(tree);
	assert_int_equal(fdt_finish(tree), 0);
}

static void initrd(void **state)
{
	uint64_t start, len;

	(void)state;
	write_tree(true, false);
	assert_int_equal(fdt_len(tree), fdt_totalsize(tree));
	assert_true(fdt_initrd(tree, fdt_len(tree), &start, &len));
	assert_int_equal(start, 0x48000000);
	assert_int_equal(len, 0x1234);
	write_tree(true, true);
	assert_true(fdt_initrd(tree, fdt_len(tree), &start, &len));
	assert_int_equal(start, 0x148000000);
	write_tree(false, false);
	assert_false(fdt_initrd(tree, fdt_len(tree), &start, &len));
}

static void no_tree(void **state)
{
	uint64_t start, len;

	(void)state;
	tree[0] = 0;
	assert_int_equal(fdt_len(tree), 0);
	assert_int_equal(fdt_len(NULL), 0);
	assert_false(fdt_initrd(NULL, 0, &start, &len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(initrd),
		cmocka_unit_test(no_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
