/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Which handles of the firmware the EFI application has its drivers asked
 * about: any but drivers' own, also such as have no device path.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define print_error print_trans_error /* cmocka has one, too */
#include "ports/efi/handles.c"

struct efi_boot_services *boot;

/* ---- a firmware of five handles ---- */

enum { PCI_DISK, SD_HOST, DRIVER, BINDING, NOTHING_ELSE, HANDLES };

static const struct efi_guid protocols[HANDLES][2] = {
	[PCI_DISK] = { EFI_DEVICE_PATH, EFI_BLOCK_IO },
	[SD_HOST] = { EFI_RNG },
	[DRIVER] = { EFI_LOADED_IMAGE, EFI_DEVICE_PATH },
	[BINDING] = { EFI_DRIVER_BINDING },
};
static unsigned int connected[HANDLES], pools;
static efi_handle_t listed[HANDLES];
static efi_status_t says;

static unsigned int index_of(efi_handle_t handle)
{
	return (unsigned int)((uintptr_t)handle - 1);
}

void *protocol_of(efi_handle_t handle, struct efi_guid protocol)
{
	const struct efi_guid *has = protocols[index_of(handle)];

	return memcmp(&has[0], &protocol, sizeof(protocol)) &&
			       memcmp(&has[1], &protocol, sizeof(protocol)) ?
		       NULL : (void *)(uintptr_t)has;
}

static efi_status_t locate_handles(enum efi_search search,
				   const struct efi_guid *protocol, void *key,
				   uint64_t *count, efi_handle_t **handles)
{
	(void)protocol;
	(void)key;
	assert_int_equal(search, EFI_ALL_HANDLES);
	if (says)
		return says;
	for (unsigned int i = 0; i < HANDLES; i++)
		listed[i] = (efi_handle_t)(uintptr_t)(i + 1);
	*handles = listed;
	*count = HANDLES;
	pools++;
	return EFI_SUCCESS;
}

static efi_status_t connect(efi_handle_t controller, efi_handle_t *drivers,
			    const struct efi_device_path *remaining,
			    uint8_t recursive)
{
	assert_null(drivers);
	assert_null(remaining);
	assert_true(recursive);
	connected[index_of(controller)]++;
	return EFI_SUCCESS;
}

void pool_give(void *at)
{
	if (!at)
		return;
	assert_ptr_equal(at, listed);
	pools--;
}

static struct efi_boot_services services = {
	.locate_handles = locate_handles,
	.connect = connect,
};

static int begin(void **state)
{
	(void)state;
	boot = &services;
	memset(connected, 0, sizeof(connected));
	says = EFI_SUCCESS;
	return 0;
}

/* ---- the tests ---- */

static void all_but_drivers(void **state)
{
	(void)state;
	connect_all();
	assert_int_equal(connected[PCI_DISK], 1);
	assert_int_equal(connected[SD_HOST], 1);
	assert_int_equal(connected[NOTHING_ELSE], 1);
	assert_int_equal(connected[DRIVER], 0);
	assert_int_equal(connected[BINDING], 0);
	assert_int_equal(pools, 0);
}

static void no_list(void **state)
{
	static const unsigned int none[HANDLES];

	(void)state;
	says = EFI_NOT_FOUND;
	connect_all();
	assert_memory_equal(connected, none, sizeof(none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_but_drivers, begin),
		cmocka_unit_test_setup(no_list, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
