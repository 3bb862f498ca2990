/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The next kernel's device tree: the firmware's, or an empty one where ACPI
 * describes the machine; and in it where EFI is, as the kernel's own stub would
 * have said (Documentation/arch/arm/uefi.rst). A kernel without it has no
 * runtime services, and with ACPI no machine.
 */
#include <libfdt.h>

#include "port.h"
#include "tree.h"

#define ROOM 16384
#define CPU_TO_FDT32(value) __builtin_bswap32((uint32_t)(value))

/* A tree of nothing but its root (Devicetree Specification, 5). libfdt would
 * write one, too, but nothing else here needs that part of it. */
static const struct {
	struct fdt_header header;
	struct fdt_reserve_entry end_of_reserved;
	fdt32_t root[4];
} no_tree = {
	.header = {
		.magic = CPU_TO_FDT32(FDT_MAGIC),
		.totalsize = CPU_TO_FDT32(sizeof(no_tree)),
		.off_dt_struct = CPU_TO_FDT32(
			sizeof(struct fdt_header) +
			sizeof(struct fdt_reserve_entry)),
		.off_dt_strings = CPU_TO_FDT32(sizeof(no_tree)),
		.off_mem_rsvmap = CPU_TO_FDT32(sizeof(struct fdt_header)),
		.version = CPU_TO_FDT32(17),
		.last_comp_version = CPU_TO_FDT32(16),
		.size_dt_struct = CPU_TO_FDT32(4 * sizeof(fdt32_t)),
	},
	/* Its name, of no letters, takes four bytes. */
	.root = { CPU_TO_FDT32(FDT_BEGIN_NODE), 0,
		  CPU_TO_FDT32(FDT_END_NODE), CPU_TO_FDT32(FDT_END) },
};

static int empty_or_copy(void *to, size_t room)
{
	return fdt_open_into(machine.fdt ? machine.fdt : &no_tree, to,
			     (int)room);
}

static int chosen_of(void *fdt)
{
	int at = fdt_subnode_offset(fdt, 0, "chosen");

	return at == -FDT_ERR_NOTFOUND ? fdt_add_subnode(fdt, 0, "chosen") :
					 at;
}

/* Debian's kernels ask for the last one: 1 unset, 2 off, 3 on
 * (include/linux/efi.h, enum efi_secureboot_mode). */
static int say_efi(void *fdt, int at, const struct memory_map *map)
{
	int ret = fdt_setprop_u64(fdt, at, "linux,uefi-system-table",
				  (uintptr_t)firmware);

	if (!ret)
		ret = fdt_setprop_u64(fdt, at, "linux,uefi-mmap-start",
				      (uintptr_t)map->data);
	if (!ret)
		ret = fdt_setprop_u32(fdt, at, "linux,uefi-mmap-size",
				      (uint32_t)tree_map_len(map));
	if (!ret)
		ret = fdt_setprop_u32(fdt, at, "linux,uefi-mmap-desc-size",
				      (uint32_t)map->stride);
	if (!ret)
		ret = fdt_setprop_u32(fdt, at, "linux,uefi-mmap-desc-ver",
				      map->version);
	return ret ? ret : fdt_setprop_u32(fdt, at, "linux,uefi-secure-boot",
					   secure_boot() ? 3 : 2);
}

int tree_make(void **fdt, size_t *len, const struct memory_map *map,
	      struct trans_error *err)
{
	size_t room = machine.fdt_len + ROOM;
	int at;

	*fdt = pages_take(room);
	*len = room;
	if (!*fdt)
		return port_error(err, TRANS_ENOMEM, "device tree", 0, room);
	if (empty_or_copy(*fdt, room))
		return port_error(err, TRANS_EFDT, "device tree", 0, 0);
	at = chosen_of(*fdt);
	if (at < 0 || say_efi(*fdt, at, map))
		return port_error(err, TRANS_EFDT, "device tree: /chosen", 0,
				  0);
	return 0;
}

/* ---- what a kernel reserves for those behind it ---- */

/*
 * A list to which a kernel adds what its successor must leave alone: LPI tables
 * that stay in use. Its stub makes an empty one (include/linux/efi.h, struct
 * linux_efi_memreserve: size, count, next); without it the driver of the ITS
 * warns.
 */
struct memreserve {
	uint32_t size, count;
	uint64_t next;
};
static struct memreserve *reserve_list;

void tree_begin(void)
{
	if (config_table(LINUX_MEMRESERVE_TABLE))
		return;
	reserve_list = pool_take(sizeof(*reserve_list));
	if (!reserve_list)
		return;
	*reserve_list = (struct memreserve){ 0 };
	if (boot->install_table(&LINUX_MEMRESERVE_TABLE, reserve_list))
		tree_end();
}

void tree_end(void)
{
	if (reserve_list)
		boot->install_table(&LINUX_MEMRESERVE_TABLE, NULL);
	pool_give(reserve_list);
	reserve_list = NULL;
}

/* ---- the map ---- */

/* The whole place: how long the map will be is known when nothing can be
 * changed any more, so it is filled up. */
uint64_t tree_map_len(const struct memory_map *map)
{
	return map->room / map->stride * map->stride;
}

/*
 * What ExitBootServices left is final: services are called where they are
 * (VA is PA), and behind the last entry there are some of no pages, which say
 * nothing.
 */
void tree_finish_map(struct memory_map *map)
{
	uint8_t *at = map->data;

	for (uint64_t i = 0; i < map->len; i += map->stride) {
		struct efi_region *region = (void *)&at[i];

		if (region->attributes & EFI_MEMORY_RUNTIME)
			region->virtual_start = region->start;
	}
	memset(&at[map->len], 0, map->room - map->len);
	trans_cpu_clean(NULL, map->data, map->room);
}
