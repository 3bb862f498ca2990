/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Loads \subject.efi, waits for a key, and starts it: who tests may break
 * something of the machine meanwhile. (Without its TPM the firmware would load
 * nothing any more.)
 */
#include "subject.h"

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table);

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table)
{
	efi_handle_t subject;
	efi_status_t status;
	struct efi_key key;

	if (!firmware_begin(handle, table))
		return EFI_UNSUPPORTED;
	status = subject_load(&subject);
	if (status)
		return status;
	print("pause: press a key\n");
	while (!key_pressed(&key))
		;
	return boot->start_image(subject, NULL, NULL);
}
