/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * From the root pointer through the list of tables to one of them (ACPI 6.5,
 * 5.2.5 to 5.2.8). The old list of 32-bit addresses (RSDT) is not looked at:
 * on Arm there is always the new one.
 */
#include "lib/machine/acpi/tables.h"

#include "lib/bytes.h"
#include "lib/fail.h"

#define RSDP_OLD 20 /* bytes that the first checksum is over */
#define RSDP_LEN 36
#define RSDP_REVISION_AT 15
#define RSDP_XSDT_AT 24
#define LENGTH_AT 4 /* of a table's header */

static bool sums_up(const uint8_t *at, uint64_t len)
{
	uint8_t sum = 0;

	while (len--)
		sum = (uint8_t)(sum + *at++);
	return !sum;
}

static const uint8_t *map(const struct trans_acpi *acpi, trans_pa_t pa,
			  uint64_t len, struct trans_error *err)
{
	const uint8_t *at = NULL;

	if (pa && len - 1 <= UINT64_MAX - pa)
		at = acpi->ops->phys_to_virt(acpi->ctx, pa, len);
	if (!at)
		trans_fail_pa(err, TRANS_EFAULT, "ACPI: a table", pa, len);
	return at;
}

static int damaged(struct trans_error *err, const char *why, trans_pa_t pa)
{
	return trans_fail_pa(err, TRANS_ECORRUPT, why, pa, 0);
}

/* The header alone: most tables are not the one that is looked for. */
static int open_header(const struct trans_acpi *acpi, trans_pa_t pa,
		       struct acpi_table *table, struct trans_error *err)
{
	table->at = map(acpi, pa, ACPI_HEADER, err);
	if (!table->at)
		return TRANS_EFAULT;
	table->len = trans_le(table->at + LENGTH_AT, 4);
	return 0;
}

static int open_whole(const struct trans_acpi *acpi, trans_pa_t pa,
		      struct acpi_table *table, struct trans_error *err)
{
	if (table->len < ACPI_HEADER || table->len > TRANS_ACPI_TABLE_MAX)
		return damaged(err, "ACPI: length of a table", pa);
	table->at = map(acpi, pa, table->len, err);
	if (!table->at)
		return TRANS_EFAULT;
	if (!sums_up(table->at, table->len))
		return damaged(err, "ACPI: checksum of a table", pa);
	return 0;
}

static bool is(const struct acpi_table *table, const char *signature)
{
	return !memcmp(table->at, signature, 4);
}

static int open_list(const struct trans_acpi *acpi, struct acpi_table *list,
		     struct trans_error *err)
{
	const uint8_t *root = map(acpi, acpi->rsdp, RSDP_LEN, err);
	trans_pa_t pa;
	int ret;

	if (!root)
		return TRANS_EFAULT;
	if (memcmp(root, "RSD PTR ", 8) || root[RSDP_REVISION_AT] < 2 ||
	    !sums_up(root, RSDP_OLD) || !sums_up(root, RSDP_LEN))
		return damaged(err, "ACPI: root pointer", acpi->rsdp);
	pa = trans_le(root + RSDP_XSDT_AT, 8);
	ret = open_header(acpi, pa, list, err);
	if (!ret && !is(list, "XSDT"))
		ret = damaged(err, "ACPI: list of tables", pa);
	return ret ? ret : open_whole(acpi, pa, list, err);
}

int trans_acpi_find_(const struct trans_acpi *acpi, const char signature[4],
		     struct acpi_table *table, struct trans_error *err)
{
	struct acpi_table list;
	int ret = open_list(acpi, &list, err);

	for (uint64_t at = ACPI_HEADER; !ret && at + 8 <= list.len; at += 8) {
		trans_pa_t pa = trans_le(list.at + at, 8);

		/* Firmware leaves places empty. */
		if (!pa)
			continue;
		ret = open_header(acpi, pa, table, err);
		if (!ret && is(table, signature))
			return open_whole(acpi, pa, table, err);
	}
	return ret ? ret : trans_fail(err, TRANS_ENOENT,
				      "ACPI: there is no such table");
}
