/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What ACPI's tables say of the machine, asked of tables from nowhere: the
 * root pointer, the list and what it names lie in memory that ends where the
 * input ends. The first byte chooses whether lengths and checksums are made
 * true. Each answer must be one that the header allows.
 */
#include <stdlib.h>
#include <string.h>

#include <trans_table/acpi.h>

#include "fuzz.h"

#include "lib/bytes.h"

#define BASE 0x1000u
#define RSDP 36
#define HEADER 36
#define TABLES 3
#define LIST (HEADER + 8 * TABLES)
#define FIRST (RSDP + LIST)

static uint8_t *mem;
static size_t room;

static void *look(void *ctx, trans_pa_t pa, size_t len)
{
	(void)ctx;
	if (pa < BASE || pa - BASE > room || len > room - (pa - BASE))
		return NULL;
	return &mem[pa - BASE];
}

static void seal(uint8_t *at, size_t len, size_t where)
{
	uint8_t sum = 0;

	at[where] = 0;
	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + at[i]);
	at[where] = (uint8_t)-sum;
}

/* A table from there to the end of its own length, or of what is left. */
static size_t repair_table(size_t at, const char *signature)
{
	size_t len = (size_t)trans_le(&mem[at + 4], 2);

	if (len < HEADER || len > room - at)
		len = room - at;
	memcpy(&mem[at], signature, 4);
	trans_put_le(&mem[at + 4], len, 4);
	seal(&mem[at], len, 9);
	return len;
}

static void repair(void)
{
	static const char *const names[TABLES] = { "APIC", "FACP", "SPCR" };
	size_t at = FIRST, n = 0;

	memcpy(mem, "RSD PTR ", 8);
	mem[15] = 2;
	trans_put_le(mem + 24, BASE + RSDP, 8);
	seal(mem, 20, 8);
	seal(mem, RSDP, 32);
	for (; n < TABLES && room - at >= HEADER; n++) {
		trans_put_le(&mem[RSDP + HEADER + 8 * n], BASE + at, 8);
		at += repair_table(at, names[n]);
	}
	trans_put_le(&mem[RSDP + 4], HEADER + 8 * n, 4);
	memcpy(&mem[RSDP], "XSDT", 4);
	seal(&mem[RSDP], HEADER + 8 * n, 9);
}

static void check_error(int ret, const struct trans_error *err)
{
	CHECK(!ret || ret == TRANS_ENOENT || ret == TRANS_ECORRUPT ||
	      ret == TRANS_EFAULT || ret == TRANS_ENOSPC);
	CHECK(!ret || (err->status == ret && err->why));
}

static void ask_gic(const struct trans_acpi *acpi)
{
	struct trans_fdt_gic found;
	struct trans_error err = { 0 };
	int ret = trans_acpi_gic(acpi, &found, &err);
	const struct trans_gic *gic = &found.gic;

	check_error(ret, &err);
	if (ret)
		return;
	CHECK(gic->version == 2 || gic->version == 3);
	CHECK(!gic->spis && !gic->spi_count && !gic->mmio.read32);
	CHECK(gic->redist_count <= TRANS_FDT_REDISTS);
	CHECK(gic->its_count <= TRANS_FDT_ITS);
	CHECK(gic->version == 3 ? gic->redist_count && !gic->cpu :
				  gic->cpu && !gic->its_count);
}

static void ask_others(const struct trans_acpi *acpi)
{
	enum trans_conduit conduit = (enum trans_conduit)99;
	struct trans_uart uart = { 0 };
	struct trans_error err = { 0 };
	int ret = trans_acpi_conduit(acpi, &conduit, &err);

	check_error(ret, &err);
	CHECK(conduit <= TRANS_CONDUIT_SMC);
	CHECK(!ret || conduit == TRANS_CONDUIT_NONE);
	ret = trans_acpi_uart(acpi, &uart, &err);
	check_error(ret, &err);
	CHECK(ret ? !uart.width : uart.pa && trans_uart_exists(&uart));
	CHECK(ret || !(uart.status % uart.width));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct trans_ops ops = { .phys_to_virt = look };
	const struct trans_acpi acpi = { &ops, NULL, BASE };

	if (len < 1 + FIRST + HEADER)
		return 0;
	room = len - 1;
	mem = malloc(room);
	CHECK(mem);
	memcpy(mem, data + 1, room);
	if (data[0] % 8)
		repair();
	ask_gic(&acpi);
	ask_others(&acpi);
	free(mem);
	return 0;
}
