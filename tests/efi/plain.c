/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What transtable.efi is measured against where there is no image: an
 * application that only connects all controllers and starts what is next.
 */
#include "ports/efi/port.h"

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table);

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table)
{
	static struct options options = { .next = "\\meter.efi" };

	if (!firmware_begin(handle, table))
		return EFI_UNSUPPORTED;
	connect_all();
	return job_next(&options);
}
