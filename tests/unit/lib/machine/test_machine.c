/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a device tree says of the machine: the GIC and its ITS through the buses
 * above them, PSCI, the console; and none of what is disabled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include <trans_table/machine.h>

#include "tests/unit/support/trees.h"

static struct tree tree;
static struct trans_fdt_gic found;
static struct trans_error err;

static void add_cells(int at, const char *name, const uint32_t *cell,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(fdt_appendprop_u32(tree.fdt, at, name,
						    cell[i]), 0);
}

#define CELLS(at, name, ...) \
	add_cells(at, name, (const uint32_t[]){ __VA_ARGS__ }, \
		  sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

static int set_up(void **state)
{
	(void)state;
	tree_empty(&tree);
	tree_cells(&tree, 0, 2, 2);
	return 0;
}

static int device(int parent, const char *name, const char *compatible,
		  uint64_t start, uint64_t len)
{
	int at = tree_node(&tree, parent, name);

	tree_text(&tree, at, "compatible", compatible);
	tree_append(&tree, at, 2, start);
	tree_append(&tree, at, 2, len);
	return at;
}

static int gic_v3(int parent)
{
	int at = device(parent, "gic@8000000", "arm,gic-v3", 0x8000000,
			0x10000);

	tree_append(&tree, at, 2, 0x80a0000);
	tree_append(&tree, at, 2, 0xf60000);
	return at;
}

static int find(void)
{
	memset(&err, 0, sizeof(err));
	return trans_fdt_gic(tree.fdt, TREE_LEN, &found, &err);
}

static void refused(int status, const char *why)
{
	assert_int_equal(find(), status);
	assert_int_equal(err.status, status);
	if (why)
		assert_string_equal(err.why, why);
}

/* ---- the GIC ---- */

static void v3(void **state)
{
	int gic;

	(void)state;
	device(0, "its@1", "arm,gic-v3-its", 0x8080000, 0x20000);
	gic = gic_v3(0);
	device(0, "its@2", "arm,gic-v3-its", 0x8180000, 0x20000);
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.version, 3);
	assert_int_equal(found.gic.dist, 0x8000000);
	assert_int_equal(found.gic.redist_count, 1);
	assert_int_equal(found.gic.redist_stride, 0);
	assert_int_equal(found.gic.redist[0].start, 0x80a0000);
	assert_int_equal(found.gic.redist[0].len, 0xf60000);
	assert_int_equal(found.gic.its_count, 2);
	assert_true((found.gic.its[0] == 0x8080000 &&
		     found.gic.its[1] == 0x8180000) ||
		    (found.gic.its[1] == 0x8080000 &&
		     found.gic.its[0] == 0x8180000));
	assert_null(found.gic.spis);
	gic = tree_path(&tree, "/gic@8000000");
	tree_append(&tree, gic, 2, 0x90a0000);
	tree_append(&tree, gic, 2, 0x100000);
	tree_u32(&tree, gic, "#redistributor-regions", 2);
	tree_u64(&tree, gic, "redistributor-stride", 0x40000);
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.redist_count, 2);
	assert_int_equal(found.gic.redist[1].start, 0x90a0000);
	assert_int_equal(found.gic.redist_stride, 0x40000);
	tree_u64(&tree, tree_path(&tree, "/gic@8000000"),
		 "redistributor-stride", 0x40001);
	refused(TRANS_EFDT, "GIC: redistributor-stride");
}

static void v2(void **state)
{
	int at = device(0, "gic", "arm,gic-400", 0x8000000, 0x1000);

	(void)state;
	tree_append(&tree, at, 2, 0x8010000);
	tree_append(&tree, at, 2, 0x2000);
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.version, 2);
	assert_int_equal(found.gic.dist, 0x8000000);
	assert_int_equal(found.gic.cpu, 0x8010000);
	assert_int_equal(found.gic.redist_count + found.gic.its_count, 0);
}

static void none(void **state)
{
	(void)state;
	refused(TRANS_ENOENT, "no GIC in the device tree");
	tree_text(&tree, gic_v3(0), "status", "disabled");
	refused(TRANS_ENOENT, "no GIC in the device tree");
}

static void disabled(void **state)
{
	static const char *const other[] = { "disabled", "fail", "reserved",
					     "", "okay " };
	int its;

	(void)state;
	gic_v3(0);
	device(0, "its", "arm,gic-v3-its", 0x8080000, 0x20000);
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		its = tree_path(&tree, "/its");
		tree_text(&tree, its, "status", other[i]);
		assert_int_equal(find(), 0);
		assert_int_equal(found.gic.its_count, 0);
	}
	tree_text(&tree, its, "status", "ok");
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.its_count, 1);
}

/* As on armada-37xx, whose `ranges` are no identity. */
static int bus(uint32_t from, uint64_t to, uint32_t len)
{
	int at = tree_node(&tree, 0, "internal-regs@d0000000");

	tree_cells(&tree, at, 1, 1);
	CELLS(at, "ranges", from, (uint32_t)(to >> 32), (uint32_t)to, len);
	return at;
}

static int gic_on_bus(int parent)
{
	int at = tree_node(&tree, parent, "interrupt-controller@1d00000");

	tree_text(&tree, at, "compatible", "arm,gic-v3");
	CELLS(at, "reg", 0x1d00000, 0x10000, 0x1d40000, 0x40000);
	return at;
}

static void translated(void **state)
{
	(void)state;
	gic_on_bus(bus(0, 0xd0000000, 0x2000000));
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.dist, 0xd1d00000);
	assert_int_equal(found.gic.redist[0].start, 0xd1d40000);
	assert_int_equal(found.gic.redist[0].len, 0x40000);
	/* The second of two windows; then one that ends in the region. */
	set_up(NULL);
	gic_on_bus(bus(0x2000000, 0xe0000000, 0x1000));
	CELLS(tree_path(&tree, "/internal-regs@d0000000"), "ranges",
	      0x1000000, 0x10, 0x1000, 0x2000000);
	assert_int_equal(find(), 0);
	assert_true(found.gic.dist == 0x1000d01000ULL);
	set_up(NULL);
	gic_on_bus(bus(0, 0xd0000000, 0x1d50000));
	refused(TRANS_EFDT,
		"GIC: an address is missing, or no bus leads there");
}

static void buses(void **state)
{
	int at;

	(void)state;
	at = gic_on_bus(bus(0, 0xd0000000, 0x2000000));
	tree_text(&tree, fdt_parent_offset(tree.fdt, at), "status",
		  "disabled");
	refused(TRANS_ENOENT, NULL); /* an ancestor */
	set_up(NULL);
	at = tree_node(&tree, 0, "soc"); /* no ranges: nobody sees it */
	tree_cells(&tree, at, 2, 2);
	gic_v3(at);
	refused(TRANS_EFDT, NULL);
	at = tree_path(&tree, "/soc");
	assert_int_equal(fdt_setprop_empty(tree.fdt, at, "ranges"), 0);
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.dist, 0x8000000);
	tree_u32(&tree, tree_path(&tree, "/soc"), "#address-cells", 3);
	refused(TRANS_EFDT, NULL);
}

static void too_many(void **state)
{
	char name[16] = "its@a";
	int gic;

	(void)state;
	gic = gic_v3(0);
	tree_u32(&tree, gic, "#redistributor-regions", 17);
	refused(TRANS_ENOSPC, "GIC: too many regions of redistributors");
	tree_u32(&tree, gic, "#redistributor-regions", 2);
	refused(TRANS_EFDT, NULL); /* there is one */
	tree_u32(&tree, gic, "#redistributor-regions", 1);
	for (unsigned int i = 0; i < TRANS_FDT_ITS; i++, name[4]++)
		device(0, name, "arm,gic-v3-its", i << 20, 0x20000);
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.its_count, TRANS_FDT_ITS);
	device(0, name, "arm,gic-v3-its", 1 << 30, 0x20000);
	refused(TRANS_ENOSPC, "GIC: too many ITS");
}

/* ---- PSCI ---- */

static int conduit(enum trans_conduit *is)
{
	memset(&err, 0, sizeof(err));
	*is = TRANS_CONDUIT_SMC;
	return trans_fdt_conduit(tree.fdt, TREE_LEN, is, &err);
}

static void psci(void **state)
{
	enum trans_conduit is;
	int at;

	(void)state;
	assert_int_equal(conduit(&is), 0);
	assert_int_equal(is, TRANS_CONDUIT_NONE);
	at = tree_node(&tree, tree_node(&tree, 0, "firmware"), "psci");
	tree_text(&tree, at, "compatible", "arm,psci");
	tree_text(&tree, at, "method", "smc");
	assert_int_equal(conduit(&is), TRANS_ESTATE);
	assert_int_equal(is, TRANS_CONDUIT_NONE);
	assert_string_equal(err.why, "PSCI 0.1 only");
	assert_int_equal(fdt_setprop(tree.fdt, at, "compatible",
				     "arm,psci-1.0\0arm,psci-0.2", 26), 0);
	assert_int_equal(conduit(&is), 0);
	assert_int_equal(is, TRANS_CONDUIT_SMC);
	tree_text(&tree, at, "compatible", "arm,psci-0.2");
	tree_text(&tree, at, "method", "hvc");
	assert_int_equal(conduit(&is), 0);
	assert_int_equal(is, TRANS_CONDUIT_HVC);
	tree_text(&tree, at, "method", "hv");
	assert_int_equal(conduit(&is), TRANS_EFDT);
	assert_int_equal(is, TRANS_CONDUIT_NONE);
	tree_text(&tree, at, "status", "disabled");
	assert_int_equal(conduit(&is), 0);
	assert_int_equal(is, TRANS_CONDUIT_NONE);
}

/* ---- CPUs ---- */

static uint64_t cpu[4];
static size_t cpu_count;

static int cpus(size_t max)
{
	memset(&err, 0, sizeof(err));
	cpu_count = 99;
	return trans_fdt_cpus(tree.fdt, TREE_LEN, cpu, max, &cpu_count, &err);
}

static void cpus_of_the_tree(void **state)
{
	static const char two[] = "\0\0\0\x01\x80\0\x03\x02";
	int at, one;

	(void)state;
	assert_int_equal(cpus(4), 0);
	assert_int_equal(cpu_count, 0);
	at = tree_node(&tree, 0, "cpus");
	tree_u32(&tree, at, "#address-cells", 1);
	at = fdt_path_offset(tree.fdt, "/cpus");
	one = tree_node(&tree, at, "cpu-map"); /* none of these is one */
	tree_u32(&tree, one, "#address-cells", 1);
	one = fdt_path_offset(tree.fdt, "/cpus/cpu-map");
	tree_u32(&tree, tree_node(&tree, one, "cpu@5"), "reg", 5);
	tree_u32(&tree, tree_node(&tree, at, "l2-cache@6"), "reg", 6);
	(void)tree_node(&tree, at, "cpu@7");
	one = tree_node(&tree, at, "cpu@8");
	assert_int_equal(fdt_setprop(tree.fdt, one, "reg", two, 3), 0);
	one = tree_node(&tree, 0, "cpu");
	tree_u32(&tree, one, "#address-cells", 1);
	one = tree_node(&tree, fdt_path_offset(tree.fdt, "/cpu"), "cpu");
	tree_u32(&tree, one, "reg", 9);
	assert_int_equal(cpus(4), 0);
	assert_int_equal(cpu_count, 0);
	at = fdt_path_offset(tree.fdt, "/cpus");
	one = tree_node(&tree, at, "cpu@0");
	tree_u32(&tree, one, "reg", 0x102);
	tree_text(&tree, one, "status", "disabled");
	at = fdt_path_offset(tree.fdt, "/cpus");
	one = tree_node(&tree, at, "cpu@1");
	assert_int_equal(fdt_setprop(tree.fdt, one, "reg", two + 4, 4), 0);
	at = fdt_path_offset(tree.fdt, "/cpus");
	one = tree_node(&tree, at, "cpu@2");
	tree_u32(&tree, one, "reg", 2);
	tree_text(&tree, one, "status", "fail-parity");
	assert_int_equal(cpus(4), 0);
	assert_int_equal(cpu_count, 2);
	/* of 0x80000302 the flags are not affinity */
	assert_int_equal(cpu[0] + cpu[1], 0x102 + 0x302);
	at = (int)(cpu[0] == 0x102);
	assert_int_equal(cpus(1), TRANS_ENOSPC);
	assert_int_equal(cpu_count, 1);
	assert_int_equal(cpu[0], at ? 0x102 : 0x302);
	assert_int_equal(trans_fdt_cpus(tree.fdt, 20, cpu, 4, &cpu_count, &err),
			 TRANS_EFDT);
	assert_int_equal(cpu_count, 0);
}

/* Affinity 3 is in the first cell; more numbers are of more threads. */
static void cpus_of_two_cells(void **state)
{
	static const char three[] = "\0\0\0\x01\x80\0\x03\x02\0\0\0\x07";
	int at, one;

	(void)state;
	at = tree_node(&tree, 0, "cpus");
	one = tree_node(&tree, at, "cpu@0");
	assert_int_equal(fdt_setprop(tree.fdt, one, "reg", three, 4), 0);
	assert_int_equal(cpus(4), 0);
	assert_int_equal(cpu_count, 0);
	one = fdt_path_offset(tree.fdt, "/cpus/cpu@0");
	assert_int_equal(fdt_setprop(tree.fdt, one, "reg", three, 12), 0);
	assert_int_equal(cpus(4), 0);
	assert_int_equal(cpu_count, 1);
	assert_int_equal(cpu[0], 0x100000302);
	at = fdt_path_offset(tree.fdt, "/cpus");
	tree_u32(&tree, at, "#address-cells", 1);
	assert_int_equal(cpus(4), 0);
	assert_int_equal(cpu[0], 1);
}

/* ---- the console ---- */

static struct trans_uart uart;

static int console(void)
{
	memset(&err, 0, sizeof(err));
	return trans_fdt_uart(tree.fdt, TREE_LEN, NULL, &uart, &err);
}

static void no_console(const char *why)
{
	assert_int_equal(console(), TRANS_ENOENT);
	assert_string_equal(err.why, why);
	assert_false(trans_uart_exists(&uart));
}

static void say_console(const char *path)
{
	int at = fdt_path_offset(tree.fdt, "/chosen");

	if (at < 0)
		at = tree_node(&tree, 0, "chosen");
	tree_text(&tree, at, "stdout-path", path);
}

static void named(void **state)
{
	int at;

	(void)state;
	no_console("no console in the device tree");
	device(0, "pl011@8000000", "arm,sbsa-uart", 0x8000000, 0x1000);
	device(0, "pl011@9000000", "arm,pl011", 0x9000000, 0x1000);
	say_console("/pl011@9000000:115200n8");
	assert_int_equal(console(), 0);
	assert_int_equal(uart.pa, 0x9000000);
	assert_int_equal(uart.status, 0x18);
	assert_int_equal(uart.width, 4);
	assert_int_equal(trans_fdt_uart(tree.fdt, TREE_LEN, "/pl011@8000000",
					&uart, &err), 0);
	assert_int_equal(uart.pa, 0x8000000);
	assert_int_equal(trans_fdt_uart(tree.fdt, TREE_LEN, "serial9", &uart,
					&err), TRANS_ENOENT);
	say_console("/pl011@7000000");
	no_console("no console in the device tree");
	say_console("/pl011"); /* any unit: the first */
	assert_int_equal(console(), 0);
	say_console("serial1");
	no_console("no console in the device tree");
	at = tree_node(&tree, 0, "aliases");
	tree_text(&tree, at, "serial1", "/pl011@9000000");
	assert_int_equal(console(), 0);
	assert_int_equal(uart.pa, 0x9000000);
	tree_text(&tree, at, "serial0", "/pl011@8000000");
	at = tree_path(&tree, "/chosen");
	assert_int_equal(fdt_delprop(tree.fdt, at, "stdout-path"), 0);
	assert_int_equal(console(), 0);
	assert_int_equal(uart.pa, 0x8000000);
	tree_text(&tree, at, "linux,stdout-path", "/pl011@9000000/x");
	no_console("no console in the device tree");
	tree_text(&tree, at, "linux,stdout-path", "/");
	no_console("no console in the device tree");
	at = tree_path(&tree, "/pl011@9000000");
	tree_text(&tree, at, "status", "disabled");
	say_console("/pl011@9000000");
	no_console("the console is disabled");
}

static struct trans_uart described(const char *compatible, int shift,
				   int width)
{
	int at;

	set_up(NULL);
	say_console("/soc/serial@1");
	at = tree_node(&tree, 0, "soc");
	tree_cells(&tree, at, 1, 1);
	CELLS(at, "ranges", 0x7e000000, 0, 0xfe000000, 0x1800000);
	at = tree_node(&tree, at, "serial@1");
	tree_text(&tree, at, "compatible", compatible);
	CELLS(at, "reg", 0x7e215040, 0x40);
	if (shift >= 0)
		tree_u32(&tree, at, "reg-shift", (uint32_t)shift);
	if (width >= 0)
		tree_u32(&tree, at, "reg-io-width", (uint32_t)width);
	if (console())
		assert_false(trans_uart_exists(&uart));
	else
		assert_int_equal(uart.pa, 0xfe215040);
	return uart;
}

static void kinds(void **state)
{
	struct trans_uart is = described("brcm,bcm2835-aux-uart", -1, -1);

	(void)state;
	assert_int_equal(is.status, 0x14);
	assert_int_equal(is.width, 4);
	is = described("snps,dw-apb-uart", 2, 4);
	assert_int_equal(is.status, 0x14);
	assert_int_equal(is.width, 4);
	is = described("snps,dw-apb-uart", 2, 1); /* takes bytes */
	assert_int_equal(is.status, 0x14);
	assert_int_equal(is.width, 1);
	is = described("ns16550a", -1, -1);
	assert_int_equal(is.status, 5);
	assert_int_equal(is.width, 1);
	assert_int_equal(described("ns16550a", 3, 1).width, 0);
	assert_int_equal(described("ns16550a", 2, 3).width, 0);
	assert_int_equal(described("ns16550a", 0, 4).width, 0);
	is = described("fsl,imx21-uart", -1, -1);
	assert_int_equal(is.data, 0x40);
	assert_int_equal(is.status, 0xb4);
	assert_int_equal(is.ready_mask, 0x10);
	assert_int_equal(is.ready, 0);
	assert_int_equal(is.idle, 0x40);
	assert_int_equal(described("qcom,geni-debug-uart", -1, -1).width, 0);
	assert_string_equal(err.why, "a console of an unknown kind");
}

/* ---- trees that nobody wrote by hand ---- */

/* Each cut is refused or read within its bytes (the sanitizer looks); so is
 * each byte changed. */
static void hostile(void **state)
{
	static const uint8_t bytes[] = { 0, 1, 2, 3, 4, 9, 0x7f, 0xff };
	static _Alignas(8) char copy[TREE_LEN];
	static struct trans_spi spi[64];
	enum trans_conduit is;
	size_t len, count;

	(void)state;
	gic_on_bus(bus(0, 0xd0000000, 0x2000000));
	device(0, "its", "arm,gic-v3-its", 0x8080000, 0x20000);
	device(0, "uart@9", "arm,pl011", 9 << 20, 0x1000);
	tree_text(&tree, tree_node(&tree, 0, "aliases"), "serial0", "/uart@9");
	say_console("serial0:1");
	assert_int_equal(fdt_pack(tree.fdt), 0);
	len = fdt_totalsize(tree.fdt);
	for (size_t i = 0; i < len * sizeof(bytes); i++) {
		char *exact = malloc(len);

		memcpy(exact, tree.fdt, len);
		exact[i / sizeof(bytes)] = (char)bytes[i % sizeof(bytes)];
		(void)trans_fdt_gic(exact, len, &found, &err);
		(void)trans_fdt_conduit(exact, len, &is, &err);
		(void)trans_fdt_cpus(exact, len, cpu, 4, &count, &err);
		(void)trans_fdt_uart(exact, len, NULL, &uart, &err);
		(void)trans_fdt_interrupts(exact, len, spi, 64, &count, &err);
		free(exact);
	}
	memcpy(copy, tree.fdt, len);
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(trans_fdt_gic(copy, cut, &found, &err),
				 TRANS_EFDT);
}

static void deep(void **state)
{
	int at = 0;

	(void)state;
	for (unsigned int i = 1; i < 16; i++)
		at = tree_node(&tree, at, "x");
	refused(TRANS_ENOENT, NULL);
	tree_node(&tree, at, "x");
	refused(TRANS_EFDT, "nodes nested too deeply");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		T(v3), T(v2), T(none), T(disabled), T(translated), T(buses),
		T(too_many), T(psci), T(cpus_of_the_tree), T(named), T(kinds),
		T(too_many), T(psci), T(cpus_of_two_cells), T(named), T(kinds),
		T(hostile), T(deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
