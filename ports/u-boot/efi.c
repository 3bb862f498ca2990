// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * U-Boot as EFI firmware. A kernel that bootefi started goes on calling the
 * runtime services in U-Boot's memory, so a resume must leave them as
 * ExitBootServices does, and nothing may be put where they are.
 */
#include "port.h"

#include <efi_loader.h>

typedef int (*region_fn)(struct trans_ranges *set, u64 start, u64 len);

/* Do @what with each region of which @is is true. */
static int each_region(bool (*is)(const struct efi_mem_desc *),
		       region_fn what, struct trans_ranges *set)
{
	struct efi_mem_desc *map;
	efi_uintn_t len;
	int ret = 0;

	if (efi_get_memory_map_alloc(&len, &map) != EFI_SUCCESS)
		return TRANS_ENOMEM;
	for (size_t i = 0; !ret && i < len / sizeof(*map); i++)
		if (is(&map[i]))
			ret = what(set, map[i].physical_start,
				   map[i].num_pages << EFI_PAGE_SHIFT);
	efi_free_pool(map);
	return ret;
}

static bool is_used(const struct efi_mem_desc *region)
{
	return region->type != EFI_CONVENTIONAL_MEMORY;
}

static bool is_runtime(const struct efi_mem_desc *region)
{
	return region->attribute & EFI_MEMORY_RUNTIME;
}

/* With the newer lmb it is EFI's too that holds it there, and whatever else is
 * in that map, as a file that was loaded, is in use here. */
int port_efi_take(struct port_memory *memory)
{
	int ret = each_region(is_used, trans_ranges_remove, &memory->free);

#if COMPAT_GLOBAL_LMB
	return ret;
#else
	if (ret)
		return ret;
	return each_region(is_used, port_memory_hold, &memory->held);
#endif
}

/*
 * Not if the last step of that list launches the capsules that lie on the EFI
 * system partition (lib/efi_loader/efi_setup.c): firmware would be updated by a
 * command that resumes, files be deleted and variables written on a file system
 * that the saved system has mounted. With _EARLY U-Boot's main loop launches
 * them, whatever is typed.
 */
static bool may_set_up(void)
{
	return !IS_ENABLED(CONFIG_EFI_CAPSULE_ON_DISK) ||
	       IS_ENABLED(CONFIG_EFI_CAPSULE_ON_DISK_EARLY);
}

/* The services have their memory once the list of objects is made: by bootefi,
 * or here. Where it is depends on what U-Boot allocated from EFI before, as any
 * load of a kernel does. So this is the first that trans resume does, with an
 * image or without: then it is the same in the boot that starts a kernel and in
 * the one that brings it back. */
static bool exists(bool wanted)
{
	if (wanted && may_set_up())
		return efi_init_obj_list() == EFI_SUCCESS;
	return systab.boottime;
}

int port_efi_begin(struct port_efi *efi, bool wanted,
		   struct trans_error *err)
{
	int ret;

	trans_ranges_init(&efi->runtime, efi->storage,
			  ARRAY_SIZE(efi->storage));
	if (!exists(wanted))
		return 0;
	efi->system_table = (uintptr_t)&systab;
	ret = each_region(is_runtime, trans_ranges_add, &efi->runtime);
	return ret ? port_error(err, ret, "EFI's map of memory", 0, 0) : 0;
}

/* Their functions become those that need no driver of U-Boot's. */
void port_efi_leave(const struct port_efi *efi)
{
	if (!efi->system_table)
		return;
	efi_variables_boot_exit_notify();
	efi_runtime_detach();
}
