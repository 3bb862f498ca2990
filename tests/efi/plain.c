/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What transtable.efi is measured against where there is no image: an
 * application that only connects all controllers and starts what is next.
 */
#include "ports/efi/port.h"

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table);

/* All handles, as a firmware's own boot manager does it. */
static void connect_each(void)
{
	efi_handle_t *all;
	uint64_t count;

	if (boot->locate_handles(EFI_ALL_HANDLES, NULL, NULL, &count, &all))
		return;
	for (uint64_t i = 0; i < count; i++)
		boot->connect(all[i], NULL, NULL, true);
	pool_give(all);
}

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table)
{
	static struct options options = { .next = "\\meter.efi" };

	if (!firmware_begin(handle, table))
		return EFI_UNSUPPORTED;
	connect_each();
	return job_next(&options);
}
