/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A machine that is not here: its CPU as it is said, a tree that is made, trees
 * that are none, and its memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <trans_table/fdt.h>

#include "tools/trans/machine.h"
#include "tools/trans/ram.h"

static struct machine machine;

static int begin(void **state)
{
	(void)state;
	machine_init(&machine);
	return 0;
}

static int end(void **state)
{
	(void)state;
	machine_drop(&machine);
	return 0;
}

static void known_cpus(void **state)
{
	(void)state;
	assert_int_equal(machine_cpu(&machine, "0x411fd070", 2), 0);
	assert_int_equal(machine.cpu.midr, 0x411fd070);
	assert_int_equal(machine.cpu.el, 2);
	assert_int_equal(trans_cpu_granules(&machine.cpu), 1 << 12 | 1 << 16);
	assert_int_equal(trans_cpu_pa_bits(&machine.cpu), 44);
	assert_int_equal(machine_cpu(&machine, "0x410fd034", 1), 0);
	assert_int_equal(trans_cpu_pa_bits(&machine.cpu), 40);
	assert_int_equal(machine_cpu(&machine, "0x410fd0c1", 1), 0);
	assert_int_equal(trans_cpu_pa_bits(&machine.cpu), 48);
	assert_int_equal(trans_cpu_granules(&machine.cpu),
			 1 << 12 | 1 << 14 | 1 << 16);
}

static void said_cpus(void **state)
{
	static const char *const bad[] = {
		"", "x", "0x000f0510", "0x411fd070,", "0x411fd070,mmfr0",
		"0x411fd070,mmfr9=1", "0x411fd070,mmfr0=", "0x411fd070,=1",
	};

	(void)state;
	assert_int_equal(machine_cpu(&machine, "0x000f0510,mmfr0=0x10200126,"
				     "mmfr1=0x100,mpidr=0x80000003", 1), 0);
	assert_int_equal(machine.cpu.mmfr0, 0x10200126);
	assert_int_equal(machine.cpu.mpidr, 0x80000003);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		machine_init(&machine);
		assert_int_equal(machine_cpu(&machine, bad[i], 1), 2);
	}
}

static void tree_of_ram(void **state)
{
	struct trans_ranges ram, reserved;
	struct trans_range slots[2][4];

	(void)state;
	trans_ranges_init(&ram, slots[0], 4);
	trans_ranges_init(&reserved, slots[1], 4);
	assert_int_equal(trans_ranges_add(&machine.ram, 1 << 30, 1 << 20), 0);
	assert_int_equal(trans_ranges_add(&machine.ram, 1ULL << 40, 4096), 0);
	assert_true(machine_make_tree(&machine));
	assert_int_equal(trans_fdt_memory(machine.fdt, machine.fdt_len, &ram,
					  &reserved, NULL), 0);
	assert_int_equal(ram.count, 2);
	assert_memory_equal(ram.range, machine.ram.range,
			    2 * sizeof(*ram.range));
	assert_int_equal(reserved.count, 0);
}

static void no_trees(void **state)
{
	char path[] = "/tmp/trans-tree-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(machine_tree(&machine, "/nowhere"), 3);
	assert_int_equal(machine_tree(&machine, path), 3);
	machine_drop(&machine);
	assert_int_equal(write(fd, "\xd0\x0d\xfe\xed\0\0\x10\0", 8), 8);
	assert_int_equal(machine_tree(&machine, path), 1);
	machine_drop(&machine);
	assert_int_equal(ftruncate(fd, TRANS_FDT_MAX_LEN + 1), 0);
	assert_int_equal(machine_tree(&machine, path), 3);
	close(fd);
	unlink(path);
}

/* Two banks, with something kept in one. */
static void memory(void **state)
{
	static struct ram ram;
	struct trans_range slots[2][4];
	struct trans_ranges banks, kept;
	trans_pa_t pa;

	(void)state;
	trans_ranges_init(&banks, slots[0], 4);
	trans_ranges_init(&kept, slots[1], 4);
	assert_int_equal(trans_ranges_add(&banks, 1 << 30, 1 << 20), 0);
	assert_int_equal(trans_ranges_add(&banks, 1ULL << 42, 1ULL << 40), 0);
	assert_int_equal(trans_ranges_add(&kept, (5ULL << 40) - 4096, 4096), 0);
	assert_int_equal(ram_make(&ram, &banks, &kept), 0);
	assert_non_null(ram_at(&ram, 1 << 30, 1 << 20));
	assert_null(ram_at(&ram, 1 << 30, (1 << 20) + 1));
	assert_null(ram_at(&ram, (1 << 30) - 1, 1));
	assert_null(ram_at(&ram, (1 << 30) + (1 << 20), 1));
	assert_int_equal(ram.ops.alloc(&ram, 12, 2, &pa), 0);
	assert_int_equal(pa, (5ULL << 40) - 3 * 4096);
	*(char *)ram.ops.phys_to_virt(&ram, pa, 1) = 1;
	ram.ops.free(&ram, 12, 2, pa);
	assert_int_equal(trans_ranges_total(&ram.free),
			 (1ULL << 40) + (1 << 20) - 4096);
	ram_drop(&ram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(known_cpus, begin, end),
		cmocka_unit_test_setup_teardown(said_cpus, begin, end),
		cmocka_unit_test_setup_teardown(tree_of_ram, begin, end),
		cmocka_unit_test_setup_teardown(no_trees, begin, end),
		cmocka_unit_test_setup_teardown(memory, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
