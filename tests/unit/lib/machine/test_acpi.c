/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What ACPI's tables say of the machine: the GIC and its ITS, PSCI, the
 * console; and what is damaged is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <trans_table/acpi.h>

#include "lib/bytes.h"

/* Memory with tables in it, at its own address. */
#define ROOM (192u << 10)
#define BASE 0x80000000u
#define XSDT 0x100
#define FIRST 0x400

static uint8_t mem[ROOM];
static size_t used, count;
static struct trans_fdt_gic found;
static struct trans_error err;

static void *look(void *ctx, trans_pa_t pa, size_t len)
{
	(void)ctx;
	if (pa < BASE || pa - BASE > ROOM || len > ROOM - (pa - BASE))
		return NULL;
	return &mem[pa - BASE];
}

static const struct trans_ops ops = { .phys_to_virt = look };
static struct trans_acpi acpi = { &ops, NULL, BASE };

static void seal(uint8_t *at, size_t len, size_t where)
{
	uint8_t sum = 0;

	at[where] = 0;
	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + at[i]);
	at[where] = (uint8_t)-sum;
}

static void seal_table(uint8_t *at)
{
	seal(at, trans_le(at + 4, 4), 9);
}

static void seal_root(void)
{
	seal(mem, 20, 8);
	seal(mem, 36, 32);
}

static uint8_t *begin_table(uint8_t *at, const char *signature, size_t len)
{
	memset(at, 0, len);
	memcpy(at, signature, 4);
	trans_put_le(at + 4, len, 4);
	return at;
}

static int set_up(void **state)
{
	(void)state;
	memset(mem, 0, sizeof(mem));
	memset(&err, 0, sizeof(err));
	acpi.rsdp = BASE;
	used = FIRST;
	count = 0;
	memcpy(mem, "RSD PTR ", 8);
	mem[15] = 2;
	trans_put_le(mem + 20, 36, 4);
	trans_put_le(mem + 24, BASE + XSDT, 8);
	seal_root();
	seal_table(begin_table(mem + XSDT, "XSDT", 36));
	return 0;
}

/* One more table, which is in the list. */
static uint8_t *add_table(const char *signature, size_t len)
{
	uint8_t *at = begin_table(&mem[used], signature, len);

	trans_put_le(mem + XSDT + 36 + 8 * count, BASE + used, 8);
	count++;
	trans_put_le(mem + XSDT + 4, 36 + 8 * count, 4);
	seal_table(mem + XSDT);
	seal_table(at);
	used += (len + 15) & ~(size_t)15;
	return at;
}

/* ---- the MADT ---- */

static uint8_t *madt;

static uint8_t *add(unsigned int kind, size_t len)
{
	uint8_t *at;

	if (!madt)
		madt = add_table("APIC", 44);
	at = &mem[used = (size_t)(madt - mem) + trans_le(madt + 4, 4)];
	memset(at, 0, len);
	at[0] = (uint8_t)kind;
	at[1] = (uint8_t)len;
	used += len;
	trans_put_le(madt + 4, used - (size_t)(madt - mem), 4);
	return at;
}

static void add_dist(uint64_t pa, unsigned int version)
{
	uint8_t *at = add(12, 24);

	trans_put_le(at + 8, pa, 8);
	at[20] = (uint8_t)version;
}

static void add_cpu(uint32_t flags, uint64_t cpu, uint64_t redist)
{
	uint8_t *at = add(11, 80);

	trans_put_le(at + 12, flags, 4);
	trans_put_le(at + 32, cpu, 8);
	trans_put_le(at + 60, redist, 8);
}

static void add_region(uint64_t start, uint32_t len)
{
	uint8_t *at = add(14, 16);

	trans_put_le(at + 4, start, 8);
	trans_put_le(at + 12, len, 4);
}

static void add_its(uint64_t pa)
{
	trans_put_le(add(15, 20) + 8, pa, 8);
}

static int find(void)
{
	if (madt)
		seal_table(madt);
	memset(&err, 0, sizeof(err));
	return trans_acpi_gic(&acpi, &found, &err);
}

static int set_up_madt(void **state)
{
	madt = NULL;
	return set_up(state);
}

static void test_gic_v3_has_regions_and_its(void **state)
{
	(void)state;
	add_table("FACP", 276);
	add_dist(0x8000000, 3);
	add_cpu(1, 0, 0);
	add_region(0x80a0000, 0xf60000);
	add_region(0x4000000000, 0x20000);
	add_its(0x8080000);
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.version, 3);
	assert_int_equal(found.gic.dist, 0x8000000);
	assert_int_equal(found.gic.redist_count, 2);
	assert_int_equal(found.redist[0].start, 0x80a0000);
	assert_int_equal(found.redist[0].len, 0xf60000);
	assert_int_equal(found.redist[1].start, 0x4000000000);
	assert_ptr_equal(found.gic.redist, found.redist);
	assert_int_equal(found.gic.its_count, 1);
	assert_int_equal(found.its[0], 0x8080000);
	assert_ptr_equal(found.gic.its, found.its);
	assert_null(found.gic.spis);
}

/* Those of neighbours become one region; who is switched off has none, and
 * one that may be switched on later need not answer. */
static void test_redistributors_come_with_cpus(void **state)
{
	(void)state;
	add_dist(0x8000000, 4);
	add_cpu(1, 0, 0x100000);
	add_cpu(9, 0, 0x120000);
	add_cpu(8, 0, 0x140000);
	add_cpu(0, 0, 0x160000);
	add_cpu(1, 0, 0x200000);
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.version, 3);
	assert_int_equal(found.gic.redist_count, 2);
	assert_int_equal(found.redist[0].start, 0x100000);
	assert_int_equal(found.redist[0].len, 0x40000);
	assert_int_equal(found.redist[1].start, 0x200000);
	assert_int_equal(found.redist[1].len, 0x20000);
}

/* More of them than there is room for regions, in any order; a v4's are twice
 * as far apart. */
static void with_many(uint64_t each, unsigned int skip)
{
	set_up_madt(NULL);
	add_dist(0x8000000, 4);
	for (uint64_t i = 0; i < 40; i++)
		if (i * 7 % 40 != skip)
			add_cpu(1, 0, 0x100000 + i * 7 % 40 * each);
	assert_int_equal(find(), 0);
}

static void test_redistributors_in_any_order(void **state)
{
	(void)state;
	with_many(0x20000, 40);
	assert_int_equal(found.gic.redist_count, 1);
	assert_int_equal(found.gic.redist_stride, 0);
	assert_int_equal(found.redist[0].start, 0x100000);
	assert_int_equal(found.redist[0].len, 40 * 0x20000);
	with_many(0x40000, 40);
	assert_int_equal(found.gic.redist_count, 1);
	assert_int_equal(found.gic.redist_stride, 0x40000);
	assert_int_equal(found.redist[0].start, 0x100000);
	assert_int_equal(found.redist[0].len, 40 * 0x40000);
	/* A hole is no v4, and is left out. */
	with_many(0x20000, 20);
	assert_int_equal(found.gic.redist_count, 2);
	assert_int_equal(found.gic.redist_stride, 0);
	assert_int_equal(found.redist[0].len, 20 * 0x20000);
	assert_int_equal(found.redist[1].start, 0x100000 + 21 * 0x20000);
	assert_int_equal(found.redist[1].len, 19 * 0x20000);
}

/* Of each CPU all structures are looked at: there is an end. */
static void test_cpus_without_end(void **state)
{
	(void)state;
	add_dist(0x8000000, 4);
	for (uint64_t i = 1; i < 2048; i++)
		add_cpu(1, 0, (2048 - i) * 0x20000);
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.redist_count, 1);
	assert_int_equal(found.redist[0].len, 2047 * 0x20000);
	add_cpu(1, 0, 2048 * 0x20000);
	assert_int_equal(find(), TRANS_ENOSPC);
}

static void test_regions_are_better_than_cpus(void **state)
{
	(void)state;
	add_cpu(1, 0, 0x100000);
	add_region(0x80a0000, 0x40000);
	add_cpu(1, 0, 0x200000);
	add_dist(0x8000000, 3);
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.redist_count, 1);
	assert_int_equal(found.redist[0].start, 0x80a0000);
}

static void test_gic_v2_has_a_cpu_interface(void **state)
{
	(void)state;
	add_cpu(0, 0x7010000, 0);
	add_cpu(1, 0x8010000, 0);
	add_cpu(1, 0x9010000, 0);
	add_dist(0x8000000, 2);
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.version, 2);
	assert_int_equal(found.gic.dist, 0x8000000);
	assert_int_equal(found.gic.cpu, 0x8010000);
	assert_int_equal(found.gic.redist_count, 0);
}

/* Version 0: nobody says; redistributors tell. */
static void test_the_version_may_be_missing(void **state)
{
	(void)state;
	add_cpu(1, 0x8010000, 0);
	add_dist(0x8000000, 0);
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.version, 2);
	add_region(0x80a0000, 0x20000);
	assert_int_equal(find(), 0);
	assert_int_equal(found.gic.version, 3);
}

static void test_half_a_gic_is_none(void **state)
{
	(void)state;
	assert_int_equal(find(), TRANS_ENOENT);
	assert_string_equal(err.why, "ACPI: there is no such table");
	add_cpu(1, 0x8010000, 0);
	assert_int_equal(find(), TRANS_ENOENT);
	add_dist(0x8000000, 3);
	assert_int_equal(find(), TRANS_ENOENT);
	assert_string_equal(err.why, "ACPI: the MADT describes no whole GIC");
}

static void test_lists_have_an_end(void **state)
{
	(void)state;
	add_dist(0x8000000, 3);
	for (uint64_t i = 0; i < TRANS_FDT_REDISTS; i++)
		add_region(0x1000000 * (i + 1), 0x20000);
	assert_int_equal(find(), 0);
	add_region(0x100000000, 0x20000);
	assert_int_equal(find(), TRANS_ENOSPC);
	set_up_madt(NULL);
	add_dist(0x8000000, 3);
	add_region(0x1000000, 0x20000);
	for (uint64_t i = 0; i < TRANS_FDT_ITS; i++)
		add_its(0x10000 * i);
	assert_int_equal(find(), 0);
	add_its(0);
	assert_int_equal(find(), TRANS_ENOSPC);
}

/* A structure that is shorter than what is looked at in it is not looked at;
 * one that does not end, or never begins, is refused. */
static void test_structures_are_bounded(void **state)
{
	(void)state;
	add_dist(0x8000000, 3);
	add(14, 15);
	assert_int_equal(find(), TRANS_ENOENT);
	add_region(0x80a0000, 0x20000);
	assert_int_equal(find(), 0);
	add(99, 8)[1] = 9;
	assert_int_equal(find(), TRANS_ECORRUPT);
	set_up_madt(NULL);
	add(99, 8)[1] = 1;
	assert_int_equal(find(), TRANS_ECORRUPT);
	assert_string_equal(err.why, "ACPI: a structure of the MADT");
}

/* ---- the list of tables ---- */

static enum trans_conduit conduit;

static int ask_conduit(void)
{
	conduit = (enum trans_conduit)99;
	return trans_acpi_conduit(&acpi, &conduit, &err);
}

static void damaged(const char *why)
{
	assert_int_equal(ask_conduit(), TRANS_ECORRUPT);
	assert_string_equal(err.why, why);
	assert_int_equal(conduit, TRANS_CONDUIT_NONE);
}

static void test_a_damaged_root_is_refused(void **state)
{
	(void)state;
	add_table("FACP", 276);
	assert_int_equal(ask_conduit(), 0);
	for (size_t i = 0; i < 36; i++) {
		mem[i] ^= 0x40;
		damaged("ACPI: root pointer");
		mem[i] ^= 0x40;
	}
	mem[15] = 1;
	seal_root();
	damaged("ACPI: root pointer");
}

static void test_damaged_tables_are_refused(void **state)
{
	uint8_t *fadt;

	(void)state;
	fadt = add_table("FACP", 276);
	fadt[100] ^= 1;
	damaged("ACPI: checksum of a table");
	fadt[100] ^= 1;
	mem[XSDT + 40] ^= 1;
	damaged("ACPI: checksum of a table");
	mem[XSDT + 40] ^= 1;
	trans_put_le(fadt + 4, 35, 4);
	damaged("ACPI: length of a table");
	trans_put_le(fadt + 4, TRANS_ACPI_TABLE_MAX + 1, 4);
	damaged("ACPI: length of a table");
	mem[XSDT] = 'R';
	seal_table(mem + XSDT);
	damaged("ACPI: list of tables");
}

/* Firmware leaves places in the list empty, and has tables that are longer than
 * any that is looked for. */
static void test_what_is_not_looked_for_is_passed_by(void **state)
{
	uint8_t *fadt, *other;

	(void)state;
	add_table("SSDT", 36);
	other = add_table("SSDT", 36);
	fadt = add_table("FACP", 276);
	trans_put_le(mem + XSDT + 36, 0, 8);
	seal_table(mem + XSDT);
	assert_int_equal(ask_conduit(), 0);
	trans_put_le(other + 4, TRANS_ACPI_TABLE_MAX + 1, 4);
	assert_int_equal(ask_conduit(), 0);
	trans_put_le(fadt + 4, TRANS_ACPI_TABLE_MAX + 1, 4);
	damaged("ACPI: length of a table");
	assert_int_equal(err.pa, BASE + (uint64_t)(fadt - mem));
}

static void test_memory_that_nobody_shows_is_an_error(void **state)
{
	(void)state;
	acpi.rsdp = 0;
	assert_int_equal(ask_conduit(), TRANS_EFAULT);
	acpi.rsdp = UINT64_MAX - 8;
	assert_int_equal(ask_conduit(), TRANS_EFAULT);
	acpi.rsdp = BASE;
	add_table("SSDT", 36);
	trans_put_le(mem + XSDT + 36, BASE + ROOM - 35, 8);
	seal_table(mem + XSDT);
	assert_int_equal(ask_conduit(), TRANS_EFAULT);
	assert_int_equal(err.pa, BASE + ROOM - 35);
	trans_put_le(mem + 24, 0, 8);
	seal_root();
	assert_int_equal(ask_conduit(), TRANS_EFAULT);
}

/* ---- PSCI ---- */

static void test_psci_is_a_flag(void **state)
{
	uint8_t *fadt;

	(void)state;
	assert_int_equal(ask_conduit(), TRANS_ENOENT);
	add_table("XXXX", 36);
	fadt = add_table("FACP", 131);
	assert_int_equal(ask_conduit(), 0);
	assert_int_equal(conduit, TRANS_CONDUIT_NONE);
	fadt[129] = 1;
	seal_table(fadt);
	assert_int_equal(ask_conduit(), 0);
	assert_int_equal(conduit, TRANS_CONDUIT_SMC);
	fadt[129] = 3;
	seal_table(fadt);
	assert_int_equal(ask_conduit(), 0);
	assert_int_equal(conduit, TRANS_CONDUIT_HVC);
	fadt[129] = 2;
	seal_table(fadt);
	assert_int_equal(ask_conduit(), 0);
	assert_int_equal(conduit, TRANS_CONDUIT_NONE);
}

/* One of before there were flags for Arm. */
static void test_an_old_fadt_names_no_psci(void **state)
{
	uint8_t *fadt;

	(void)state;
	fadt = add_table("FACP", 130);
	fadt[129] = 1;
	seal_table(fadt);
	assert_int_equal(ask_conduit(), 0);
	assert_int_equal(conduit, TRANS_CONDUIT_NONE);
}

/* ---- the console ---- */

static struct trans_uart uart;

static int ask_uart(unsigned int kind, unsigned int width,
		    unsigned int access)
{
	uint8_t *spcr;

	set_up(NULL);
	spcr = add_table("SPCR", 80);
	spcr[36] = (uint8_t)kind;
	spcr[41] = (uint8_t)width;
	spcr[43] = (uint8_t)access;
	trans_put_le(spcr + 44, 0x9000000, 8);
	seal_table(spcr);
	memset(&uart, 0, sizeof(uart));
	return trans_acpi_uart(&acpi, &uart, &err);
}

static void is(struct trans_uart want)
{
	assert_int_equal(uart.pa, want.pa);
	assert_int_equal(uart.data, want.data);
	assert_int_equal(uart.status, want.status);
	assert_int_equal(uart.width, want.width);
	assert_int_equal(uart.ready_mask, want.ready_mask);
	assert_int_equal(uart.ready, want.ready);
}

static void test_consoles_are_known(void **state)
{
	(void)state;
	assert_int_equal(ask_uart(3, 8, 1), 0);
	is(trans_uart_pl011(0x9000000));
	assert_int_equal(ask_uart(0xe, 32, 3), 0);
	is(trans_uart_pl011(0x9000000));
	assert_int_equal(ask_uart(0, 8, 0), 0);
	is(trans_uart_8250(0x9000000, 0, 1));
	assert_int_equal(ask_uart(0x12, 32, 3), 0);
	is(trans_uart_8250(0x9000000, 2, 4));
	assert_int_equal(ask_uart(0x12, 32, 1), 0);
	is(trans_uart_8250(0x9000000, 2, 1));
	assert_int_equal(ask_uart(0, 32, 3), 0);
	is(trans_uart_8250(0x9000000, 2, 4));
	assert_int_equal(ask_uart(0x12, 8, 3), TRANS_ENOENT);
	assert_int_equal(ask_uart(4, 8, 1), TRANS_ENOENT);
}

static void test_a_console_is_in_memory(void **state)
{
	uint8_t *spcr;

	(void)state;
	assert_int_equal(ask_uart(3, 32, 3), 0);
	spcr = &mem[FIRST];
	spcr[40] = 1;
	seal_table(spcr);
	assert_int_equal(trans_acpi_uart(&acpi, &uart, &err), TRANS_ENOENT);
	spcr[40] = 0;
	trans_put_le(spcr + 44, 0, 8);
	seal_table(spcr);
	assert_int_equal(trans_acpi_uart(&acpi, &uart, &err), TRANS_ENOENT);
	set_up(NULL);
	spcr = add_table("SPCR", 51);
	trans_put_le(spcr + 44, 0x90, 1);
	seal_table(spcr);
	assert_int_equal(trans_acpi_uart(&acpi, &uart, &err), TRANS_ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_gic_v3_has_regions_and_its,
				       set_up_madt),
		cmocka_unit_test_setup(test_redistributors_come_with_cpus,
				       set_up_madt),
		cmocka_unit_test_setup(test_cpus_without_end, set_up_madt),
		cmocka_unit_test_setup(test_redistributors_in_any_order,
				       set_up_madt),
		cmocka_unit_test_setup(test_regions_are_better_than_cpus,
				       set_up_madt),
		cmocka_unit_test_setup(test_gic_v2_has_a_cpu_interface,
				       set_up_madt),
		cmocka_unit_test_setup(test_the_version_may_be_missing,
				       set_up_madt),
		cmocka_unit_test_setup(test_half_a_gic_is_none, set_up_madt),
		cmocka_unit_test_setup(test_lists_have_an_end, set_up_madt),
		cmocka_unit_test_setup(test_structures_are_bounded,
				       set_up_madt),
		cmocka_unit_test_setup(test_a_damaged_root_is_refused,
				       set_up),
		cmocka_unit_test_setup(test_damaged_tables_are_refused,
				       set_up),
		cmocka_unit_test_setup(
			test_what_is_not_looked_for_is_passed_by, set_up),
		cmocka_unit_test_setup(
			test_memory_that_nobody_shows_is_an_error, set_up),
		cmocka_unit_test_setup(test_psci_is_a_flag, set_up),
		cmocka_unit_test_setup(test_an_old_fadt_names_no_psci, set_up),
		cmocka_unit_test_setup(test_consoles_are_known, set_up),
		cmocka_unit_test_setup(test_a_console_is_in_memory, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
