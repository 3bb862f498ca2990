/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * trans_fdt_interrupts: which shared interrupts a tree says are in use, by an
 * edge or a level, through every way there is to say so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include <trans_table/machine.h>

#include "tests/unit/support/trees.h"

#define GIC 1
#define GPIO 2
#define MAX 16

static struct tree tree;
static struct trans_spi spi[MAX + 1];
static struct trans_error err;
static size_t count;

static void add_cells(int at, const char *name, const uint32_t *cell,
		      size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(fdt_appendprop_u32(tree.fdt, at, name,
						    cell[i]), 0);
}

#define CELLS(at, name, ...) \
	add_cells(at, name, (const uint32_t[]){ __VA_ARGS__ }, \
		  sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

/* The root's interrupts go to the GIC, whose map addresses have two cells; a
 * GPIO bank takes two cells each. */
static int set_up(void **state)
{
	int at;

	(void)state;
	tree_empty(&tree);
	tree_cells(&tree, 0, 2, 2);
	tree_u32(&tree, 0, "interrupt-parent", GIC);
	at = tree_node(&tree, 0, "gic");
	tree_text(&tree, at, "compatible", "arm,gic-v3");
	tree_u32(&tree, at, "#interrupt-cells", 3);
	tree_u32(&tree, at, "#address-cells", 2);
	tree_u32(&tree, at, "phandle", GIC);
	at = tree_node(&tree, 0, "gpio");
	tree_u32(&tree, at, "#interrupt-cells", 2);
	tree_u32(&tree, at, "phandle", GPIO);
	CELLS(at, "interrupts", 1, 7, 4);
	return 0;
}

static int find(size_t max)
{
	memset(&err, 0, sizeof(err));
	memset(spi, 0xee, sizeof(spi));
	count = 77;
	return trans_fdt_interrupts(tree.fdt, TREE_LEN, spi, max, &count,
				    &err);
}

static void found(size_t expected)
{
	assert_int_equal(find(MAX), 0);
	assert_int_equal(count, expected);
}

static bool has(uint32_t intid, bool edge)
{
	for (size_t i = 0; i < count; i++)
		if (spi[i].intid == intid)
			return spi[i].edge == edge;
	return false;
}

static void refused(int status)
{
	assert_int_equal(find(MAX), status);
	assert_int_equal(count, 0);
	assert_int_equal(err.status, status);
}

static void plain(void **state)
{
	int at;

	(void)state;
	found(0);
	at = tree_node(&tree, 0, "a");
	CELLS(at, "interrupts", 0, 5, 4, 0, 6, 1, 1, 9, 4, 0, 7, 2);
	at = tree_node(&tree, tree_node(&tree, 0, "soc"), "b");
	CELLS(at, "interrupts", 0, 987, 8, 0, 988, 4, 0, 6, 1, 3, 1, 4);
	at = tree_node(&tree, 0, "c");
	CELLS(at, "interrupts", 2, 0, 1, 2, 1023, 4, 2, 1024, 4);
	found(6);
	assert_true(has(37, false) && has(38, true) && has(39, true));
	assert_true(has(1019, false));
	assert_true(has(4096, true) && has(5119, false));
	assert_int_equal(find(6), 0);
	assert_int_equal(find(5), TRANS_ENOSPC);
	assert_int_equal(count, 0);
	assert_int_equal(spi[5].intid, 0xeeeeeeee);
}

static void not_in_use(void **state)
{
	int at = tree_node(&tree, 0, "soc"), child;

	(void)state;
	child = tree_node(&tree, at, "device");
	CELLS(child, "interrupts", 0, 5, 4);
	found(1);
	tree_text(&tree, child, "status", "disabled");
	found(0);
	assert_int_equal(fdt_delprop(tree.fdt, child, "status"), 0);
	tree_text(&tree, tree_path(&tree, "/soc"), "status", "disabled");
	found(0);
}

/* Who takes them: whoever is named nearest, or the controller one sits in. */
static void others(void **state)
{
	int at;

	(void)state;
	at = tree_node(&tree, tree_path(&tree, "/gpio"), "hog");
	CELLS(at, "interrupts", 3, 1);
	at = tree_node(&tree, 0, "key");
	tree_u32(&tree, at, "interrupt-parent", GPIO);
	CELLS(at, "interrupts", 0, 9);
	at = tree_node(&tree, at, "below");
	CELLS(at, "interrupts", 0, 9);
	found(0);
	CELLS(tree_path(&tree, "/gpio"), "interrupts", 0, 10, 4);
	found(1); /* its own */
	assert_true(has(42, false));
}

static void extended(void **state)
{
	int at = tree_node(&tree, 0, "a");

	(void)state;
	CELLS(at, "interrupts-extended", GPIO, 0, 1, GIC, 0, 5, 1, 0, GIC, 1,
	      7, 4, GIC, 0, 6, 4);
	CELLS(at, "interrupts", 0, 99, 4); /* does not count beside it */
	found(2);
	assert_true(has(37, true) && has(38, false));
	CELLS(at, "interrupts-extended", GIC, 0, 8);
	refused(TRANS_EFDT);
	assert_int_equal(fdt_delprop(tree.fdt, at, "interrupts-extended"), 0);
	CELLS(at, "interrupts-extended", 3, 0, 8, 4);
	refused(TRANS_EFDT);
}

/* A PCI host: three cells of address and one of interrupt; the GIC wants two of
 * address. */
static void map(void **state)
{
	int at = tree_node(&tree, 0, "pcie");

	(void)state;
	tree_cells(&tree, at, 3, 2);
	tree_u32(&tree, at, "#interrupt-cells", 1);
	CELLS(at, "interrupt-map", 0, 0, 0, 1, GIC, 0, 0, 0, 3, 4,
	      0x800, 0, 0, 1, GPIO, 1, 2, 0, 0, 0, 2, GIC, 0, 0, 0, 4, 1);
	at = tree_node(&tree, at, "device");
	CELLS(at, "interrupts", 1);
	found(2);
	assert_true(has(35, false) && has(36, true));
	CELLS(tree_path(&tree, "/pcie"), "interrupt-map", 0, 0, 0, 3, GIC, 0,
	      0, 0, 5);
	refused(TRANS_EFDT);
	tree_text(&tree, tree_path(&tree, "/pcie"), "status", "disabled");
	found(0);
}

static void messages(void **state)
{
	(void)state;
	CELLS(tree_path(&tree, "/gic"), "mbi-ranges", 40, 2, 1018, 9, 3, 8,
	      5000, UINT32_MAX);
	found(4);
	assert_true(has(40, true) && has(41, true));
	assert_true(has(1018, true) && has(1019, true));
}

/* Qualcomm's PDC: its lines are SPIs by ranges of its own. */
static int pdc(void)
{
	int at = tree_node(&tree, 0, "pdc");

	CELLS(at, "qcom,pdc-ranges", 0, 480, 94);
	tree_u32(&tree, at, "#interrupt-cells", 2);
	assert_int_equal(fdt_setprop(tree.fdt, at, "interrupt-controller",
				     NULL, 0), 0);
	tree_u32(&tree, at, "phandle", 3);
	return at;
}

/* Who takes interrupts in front of the GIC, and no list says as which. */
static void untold(void **state)
{
	int at = pdc();

	(void)state;
	refused(TRANS_EFDT);
	assert_string_equal(err.why,
			    "interrupts: a controller's in front of the GIC");
	tree_text(&tree, at, "status", "disabled");
	found(0);
	set_up(NULL);
	assert_int_equal(fdt_delprop(tree.fdt, pdc(), "#interrupt-cells"), 0);
	refused(TRANS_EFDT);
	tree_u32(&tree, tree_path(&tree, "/pdc"), "interrupt-parent", GPIO);
	found(0);
	set_up(NULL);
	CELLS(pdc(), "interrupts-extended", GIC, 0, 5, 4);
	found(1);
	set_up(NULL);
	CELLS(pdc(), "interrupts", 0, 87, 4);
	found(1);
	tree_text(&tree, tree_path(&tree, "/pdc"), "compatible",
		  "fsl,imx8mq-gpc"); /* that one is its own only */
	refused(TRANS_EFDT);
}

/* SPIs made of messages; an ITS makes LPIs. */
static void frames(void **state)
{
	int at = tree_node(&tree, tree_path(&tree, "/gic"), "msi");

	(void)state;
	assert_int_equal(fdt_setprop(tree.fdt, at, "msi-controller", NULL, 0),
			 0);
	tree_text(&tree, at, "compatible", "arm,gic-v3-its");
	found(0);
	tree_text(&tree, at, "compatible", "arm,gic-v2m-frame");
	refused(TRANS_EFDT);
	tree_text(&tree, at, "status", "disabled");
	found(0);
}

static void without(void **state)
{
	(void)state;
	assert_int_equal(fdt_delprop(tree.fdt, tree_path(&tree, "/gic"),
				     "phandle"), 0);
	refused(TRANS_EFDT);
	tree_text(&tree, tree_path(&tree, "/gic"), "status", "disabled");
	refused(TRANS_ENOENT);
	set_up(NULL);
	CELLS(tree_node(&tree, 0, "a"), "interrupts", 0, 5, 4, 0);
	refused(TRANS_EFDT);
	set_up(NULL);
	tree_u32(&tree, tree_path(&tree, "/gic"), "#interrupt-cells", 1);
	CELLS(tree_node(&tree, 0, "a"), "interrupts", 5);
	refused(TRANS_EFDT);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		T(plain), T(not_in_use), T(others), T(extended), T(map),
		T(messages), T(untold), T(frames), T(without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
