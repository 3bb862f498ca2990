/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Short ways to the firmware's services, which all others use. */
#include "port.h"

struct efi_system_table *firmware;
struct efi_boot_services *boot;
efi_handle_t self_handle;
const struct efi_loaded_image *self;

bool firmware_begin(efi_handle_t handle, struct efi_system_table *table)
{
	firmware = table;
	boot = table->boot;
	self_handle = handle;
	self = protocol_of(handle, EFI_LOADED_IMAGE);
	return self;
}

/* ---- memory ---- */

void *pool_take(uint64_t len)
{
	void *at;

	return boot->allocate_pool(EFI_LOADER_DATA, len, &at) ? NULL : at;
}

void pool_give(void *at)
{
	if (at)
		boot->free_pool(at);
}

static uint64_t pages_of(uint64_t len)
{
	return (len + EFI_PAGE - 1) >> EFI_PAGE_SHIFT;
}

void *pages_take(uint64_t len)
{
	uint64_t pa;

	if (boot->allocate_pages(EFI_ANY_PAGES, EFI_LOADER_CODE, pages_of(len),
				 &pa))
		return NULL;
	return (void *)(uintptr_t)pa;
}

void pages_give(void *at, uint64_t len)
{
	if (at)
		boot->free_pages((uintptr_t)at, pages_of(len));
}

/* ---- protocols, tables and variables ---- */

void *protocol_of(efi_handle_t handle, struct efi_guid protocol)
{
	void *interface;

	if (boot->handle_protocol(handle, &protocol, &interface))
		return NULL;
	return interface;
}

void *protocol_first(struct efi_guid protocol)
{
	void *interface;

	if (boot->locate_protocol(&protocol, NULL, &interface))
		return NULL;
	return interface;
}

const void *config_table(struct efi_guid guid)
{
	for (uint64_t i = 0; i < firmware->tables; i++)
		if (!memcmp(&firmware->table[i].guid, &guid, sizeof(guid)))
			return firmware->table[i].data;
	return NULL;
}

uint64_t variable_read(const efi_char_t *name, struct efi_guid vendor,
		       void *to, uint64_t len)
{
	if (firmware->runtime->get_variable(name, &vendor, NULL, &len, to))
		return 0;
	return len;
}

efi_status_t variable_delete(const efi_char_t *name, struct efi_guid vendor)
{
	return firmware->runtime->set_variable(name, &vendor, 0, 0, NULL);
}

/* 3.3: 1 where the firmware verifies what it starts. */
bool secure_boot(void)
{
	uint8_t on = 0;

	return variable_read(L"SecureBoot", EFI_GLOBAL_VARIABLE, &on, 1) &&
	       on == 1;
}

/* ---- keys and time ---- */

bool key_pressed(struct efi_key *key)
{
	return firmware->input &&
	       !firmware->input->read_key(firmware->input, key);
}

uint64_t ticks_now(void)
{
	uint64_t ticks;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
}

uint64_t ticks_of_second(void)
{
	uint64_t ticks;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(ticks));
	return ticks ? ticks : 1;
}

/* ---- errors ---- */

int port_error(struct trans_error *err, int status, const char *why,
	       uint64_t pa, uint64_t len)
{
	*err = (struct trans_error){ .status = status, .why = why, .pa = pa,
				     .len = len, .level = TRANS_NO_LEVEL };
	return status;
}

efi_status_t status_of(int ret)
{
	switch (ret) {
	case 0:
		return EFI_SUCCESS;
	case TRANS_ENOMEM:
	case TRANS_ENOSPC:
	case TRANS_ENOHOLE:
		return EFI_OUT_OF_RESOURCES;
	case TRANS_ENOENT:
	case TRANS_ENOIMAGE:
		return EFI_NOT_FOUND;
	case TRANS_EHOST:
		return EFI_DEVICE_ERROR;
	case TRANS_ESTOPPED:
		return EFI_ABORTED;
	case TRANS_EINVAL:
		return EFI_INVALID_PARAMETER;
	case TRANS_ESTATE:
	case TRANS_EGEOM:
		return EFI_UNSUPPORTED;
	default:
		return EFI_LOAD_ERROR;
	}
}
