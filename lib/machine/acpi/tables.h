/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* How one of ACPI's tables is found. */
#ifndef LIB_ACPI_TABLES_H
#define LIB_ACPI_TABLES_H

#include <trans_table/acpi.h>

#define ACPI_HEADER 36 /* of each table but the root pointer (5.2.6) */

/* The first table with that signature, whole and verified: at least
 * ACPI_HEADER bytes. */
struct acpi_table {
	const uint8_t *at;
	uint64_t len;
};
int trans_acpi_find_(const struct trans_acpi *acpi, const char signature[4],
		     struct acpi_table *table, struct trans_error *err);

#endif
