/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What is tested, from the file system that its predecessor came from. */
#include "subject.h"

static subject_leaves_fn *leave_firmware;

efi_status_t subject_start(efi_handle_t subject, subject_leaves_fn *leaves)
{
	leave_firmware = boot->exit_boot_services;
	boot->exit_boot_services = leaves;
	return boot->start_image(subject, NULL, NULL);
}

efi_status_t subject_leaves(efi_handle_t image, uint64_t key)
{
	boot->exit_boot_services = leave_firmware;
	return leave_firmware(image, key);
}

efi_status_t subject_load(efi_handle_t *subject)
{
	static uint8_t path[PATH_MAX];

	if (!path_of_file(path, self->device, "\\subject.efi"))
		return EFI_NOT_FOUND;
	return boot->load_image(false, self_handle,
				(const struct efi_device_path *)path, NULL, 0,
				subject);
}
