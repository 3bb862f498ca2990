/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How many instructions an application takes from where it is started to where
 * what it starts next begins. This is both: started first, it has the CPU count
 * and starts \subject.efi; started by that, it says the count and powers off.
 * (Arm ARM, D17: event 8, INST_RETIRED; QEMU counts it with -icount only.)
 */
#include "ports/efi/port.h"

#define ENABLE 1u
#define INST_RETIRED 8ULL
#define COUNTER 1ULL /* of the event counters, the first */

static bool counts(void)
{
	uint64_t control;

	__asm__ volatile("mrs %0, pmcr_el0" : "=r"(control));
	return control & ENABLE;
}

static void begin(void)
{
	uint64_t control;

	__asm__ volatile("mrs %0, pmcr_el0" : "=r"(control));
	__asm__ volatile("msr pmevtyper0_el0, %0\n\t"
			 "msr pmevcntr0_el0, xzr\n\t"
			 "msr pmcntenset_el0, %1\n\t"
			 "msr pmcr_el0, %2\n\t"
			 "isb"
			 :: "r"(INST_RETIRED), "r"(COUNTER),
			    "r"(control | ENABLE));
}

static uint64_t counted(void)
{
	uint64_t count;

	__asm__ volatile("isb\n\tmrs %0, pmevcntr0_el0" : "=r"(count));
	return count;
}

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table);

static efi_status_t measure(void)
{
	static uint8_t path[PATH_MAX];
	efi_handle_t image;
	efi_status_t status = EFI_NOT_FOUND;

	if (path_of_file(path, self->device, "\\subject.efi"))
		status = boot->load_image(false, self_handle,
					  (const struct efi_device_path *)path,
					  NULL, 0, &image);
	if (status)
		return status;
	begin();
	return boot->start_image(image, NULL, NULL);
}

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table)
{
	if (!firmware_begin(handle, table))
		return EFI_UNSUPPORTED;
	if (!counts())
		return measure();
	print("meter: %llu instructions\n", (unsigned long long)counted());
	table->runtime->reset(EFI_RESET_SHUTDOWN, EFI_SUCCESS, 0, NULL);
	return EFI_SUCCESS;
}
