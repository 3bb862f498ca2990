/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* PSCI, by the FADT's ARM boot flags (ACPI 6.5, 5.2.9.4). */
#include "lib/machine/acpi/tables.h"

#include "lib/bytes.h"

#define FLAGS_AT 129
#define FLAGS_LEN 2
#define HAS_PSCI 1u
#define BY_HVC 2u

int trans_acpi_conduit(const struct trans_acpi *acpi,
		       enum trans_conduit *conduit, struct trans_error *err)
{
	struct acpi_table fadt;
	uint64_t flags;
	int ret;

	*conduit = TRANS_CONDUIT_NONE;
	ret = trans_acpi_find_(acpi, "FACP", &fadt, err);
	if (ret || fadt.len < FLAGS_AT + FLAGS_LEN)
		return ret;
	flags = trans_le(fadt.at + FLAGS_AT, FLAGS_LEN);
	if (flags & HAS_PSCI)
		*conduit = flags & BY_HVC ? TRANS_CONDUIT_HVC :
					    TRANS_CONDUIT_SMC;
	return 0;
}
