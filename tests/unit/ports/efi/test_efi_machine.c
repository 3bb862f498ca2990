/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Which of two accounts of the machine the EFI application takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define print_error print_trans_error /* cmocka has one, too */
#include "ports/efi/machine.c"

#include "lib/machine/arch/fake/fake.h"

static char tree[1024];
static bool has_tree, has_acpi;
static int acpi_status;

struct memory memory;
const struct trans_ops memory_ops;

const void *config_table(struct efi_guid guid)
{
	static const struct efi_guid dtb = EFI_DTB_TABLE;

	if (!memcmp(&guid, &dtb, sizeof(dtb)))
		return has_tree ? tree : NULL;
	return has_acpi ? "RSD PTR " : NULL;
}

int port_error(struct trans_error *err, int status, const char *why,
	       uint64_t pa, uint64_t len)
{
	*err = (struct trans_error){ .status = status, .why = why, .pa = pa,
				     .len = len };
	return status;
}

int trans_acpi_gic(const struct trans_acpi *acpi, struct trans_fdt_gic *gic,
		   struct trans_error *err)
{
	(void)acpi;
	memset(gic, 0, sizeof(*gic));
	gic->gic.version = 2;
	err->status = acpi_status;
	return acpi_status;
}

int trans_acpi_conduit(const struct trans_acpi *acpi,
		       enum trans_conduit *conduit, struct trans_error *err)
{
	(void)acpi;
	(void)err;
	*conduit = TRANS_CONDUIT_SMC;
	return 0;
}

int trans_acpi_uart(const struct trans_acpi *acpi, struct trans_uart *uart,
		    struct trans_error *err)
{
	(void)acpi;
	(void)uart;
	(void)err;
	return TRANS_ENOENT;
}

static int setup(void **state)
{
	(void)state;
	fake_arch_reset();
	fake_arch.reg[TRANS_CURRENTEL] = 1 << 2;
	assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
	has_tree = has_acpi = true;
	acpi_status = 0;
	return 0;
}

static void add_gic_v2(void)
{
	static const uint32_t where[] = { 0, 0x8000000, 0, 0x10000,
					  0, 0x8010000, 0, 0x10000 };
	int node = fdt_add_subnode(tree, 0, "intc");
	fdt32_t reg[8];

	for (size_t i = 0; i < 8; i++)
		reg[i] = cpu_to_fdt32(where[i]);
	assert_true(node > 0);
	assert_int_equal(fdt_setprop_u32(tree, 0, "#address-cells", 2), 0);
	assert_int_equal(fdt_setprop_u32(tree, 0, "#size-cells", 2), 0);
	node = fdt_path_offset(tree, "/intc");
	assert_int_equal(fdt_setprop_string(tree, node, "compatible",
					    "arm,cortex-a15-gic"), 0);
	assert_int_equal(fdt_setprop_u32(tree, node, "#interrupt-cells", 3), 0);
	assert_int_equal(fdt_setprop_empty(tree, node, "interrupt-controller"),
			 0);
	assert_int_equal(fdt_setprop(tree, node, "reg", reg, sizeof(reg)), 0);
}

static void test_a_tree_that_says_it(void **state)
{
	struct trans_error err;

	(void)state;
	add_gic_v2();
	assert_int_equal(machine_read(&err), 0);
	assert_int_equal(machine.gic.version, 2);
	assert_int_equal(machine.gic.dist, 0x8000000);
	assert_int_equal(machine.conduit, TRANS_CONDUIT_NONE);
}

/* Only /chosen, or not even that. */
static void test_a_stub_beside_acpi(void **state)
{
	struct trans_error err;

	(void)state;
	assert_int_equal(machine_read(&err), 0);
	assert_int_equal(machine.gic.version, 2);
	assert_int_equal(machine.gic.dist, 0);
	assert_int_equal(machine.conduit, TRANS_CONDUIT_SMC);
}

static void test_nobody_says_it(void **state)
{
	struct trans_error err;

	(void)state;
	has_acpi = false;
	assert_int_equal(machine_read(&err), 0);
	assert_int_equal(machine.gic.version, 0);
	has_tree = false;
	assert_int_equal(machine_read(&err), 0);
	assert_int_equal(machine.gic.version, 0);
	has_acpi = true;
	acpi_status = TRANS_ECORRUPT;
	assert_int_equal(machine_read(&err), TRANS_ECORRUPT);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_tree_that_says_it),
		TEST(test_a_stub_beside_acpi),
		TEST(test_nobody_says_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
