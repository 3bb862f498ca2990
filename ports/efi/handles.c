/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The firmware's handles: which there are, and who drives them. */
#include "port.h"

static uint64_t handles(enum efi_search search,
			const struct efi_guid *protocol, efi_handle_t **found)
{
	uint64_t count;

	*found = NULL;
	return boot->locate_handles(search, protocol, NULL, &count, found) ?
		       0 : count;
}

uint64_t handles_with(struct efi_guid protocol, efi_handle_t **found)
{
	return handles(EFI_BY_PROTOCOL, &protocol, found);
}

/* Drivers are no controllers, but most handles of a firmware are theirs, and
 * each driver would have to say of each that it knows nothing of it. A path is
 * no sign of a controller: the hosts that EDK2's MmcDxe drives have none
 * (EmbeddedPkg/Universal/MmcDxe/Mmc.c, MmcDriverBindingSupported). */
static bool is_driver(efi_handle_t handle)
{
	return protocol_of(handle, EFI_LOADED_IMAGE) ||
	       protocol_of(handle, EFI_DRIVER_BINDING);
}

void connect_all(void)
{
	efi_handle_t *all;
	uint64_t count = handles(EFI_ALL_HANDLES, NULL, &all);

	for (uint64_t i = 0; i < count; i++)
		if (!is_driver(all[i]))
			boot->connect(all[i], NULL, NULL, true);
	pool_give(all);
}
