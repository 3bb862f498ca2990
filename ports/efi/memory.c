/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Memory as the firmware's map has it. Its own (boot services) is no
 * reservation: it is a destination, since the firmware has left by then.
 */
#include <trans_table/hibernate.h>

#include "port.h"

#define MAX_RANGES 192
#define MAX_MAPPED 1024 /* code of each driver is read-only, and so a hole */

/* What the firmware goes on allocating while memory is lent: at the end of the
 * largest piece, as EDK2 allocates from the top; and below 4 GiB, where it
 * bounces what a device reads that reaches no further. */
#define LEAVE_IT (16ULL << 20)
#define FAR (4ULL << 30)
/* A table that a kernel reads, and that lies in memory which the firmware does
 * not keep for good (EDK2's memory attributes): no longer than that. */
#define TABLE_MAX (64ULL << 10)
/* More entries than there are now: each allocation may split one. */
#define MAP_SPARE (4 * EFI_PAGE)

static struct trans_range storage[5][MAX_RANGES];
static struct trans_range mapped_storage[MAX_MAPPED];
static struct trans_range lent_storage[TRANS_RESUME_RANGES];
struct memory memory;

/* ---- the map ---- */

/* Bytes of the map as it is now. */
static uint64_t map_len(void)
{
	uint64_t len = 0, key, stride;
	uint32_t version;

	boot->get_memory_map(&len, NULL, &key, &stride, &version);
	return len;
}

bool memory_map_fits(const struct memory_map *map)
{
	return map->data && map->room >= map_len() + MAP_SPARE / 2;
}

int memory_map_room(struct memory_map *map, struct trans_error *err)
{
	if (memory_map_fits(map))
		return 0;
	pages_give(map->data, map->room);
	map->room = map_len() + MAP_SPARE;
	map->data = pages_take(map->room);
	if (!map->data)
		return port_error(err, TRANS_ENOMEM, "map of memory", 0,
				  map->room);
	return 0;
}

efi_status_t memory_map_get(struct memory_map *map)
{
	map->len = map->room;
	return boot->get_memory_map(&map->len, map->data, &map->key,
				    &map->stride, &map->version);
}

static struct efi_region *region_at(const struct memory_map *map, uint64_t at)
{
	return (void *)((uint8_t *)map->data + at);
}

/* ---- what is what ---- */

typedef bool (*kind_fn)(const struct efi_region *region);

static bool is_ram(const struct efi_region *region)
{
	return region->type != EFI_MMIO && region->type != EFI_MMIO_PORT &&
	       region->attributes &
		       (EFI_MEMORY_WB | EFI_MEMORY_WT | EFI_MEMORY_WC);
}

/* Nobody's when the firmware has left. */
static bool is_usable(const struct efi_region *region)
{
	return region->attributes & EFI_MEMORY_WB &&
	       ((region->type >= EFI_LOADER_CODE &&
		 region->type <= EFI_BOOT_SERVICES_DATA) ||
		region->type == EFI_CONVENTIONAL);
}

/* Linux has it as its own, whatever it does about ACPI's tables in it
 * (drivers/firmware/efi/efi-init.c, is_usable_memory). */
static bool is_linux(const struct efi_region *region)
{
	return is_usable(region) || (region->type == EFI_ACPI_RECLAIM &&
				     region->attributes & EFI_MEMORY_WB);
}

static bool is_runtime(const struct efi_region *region)
{
	return region->attributes & EFI_MEMORY_RUNTIME;
}

static bool is_free(const struct efi_region *region)
{
	return region->type == EFI_CONVENTIONAL && is_usable(region);
}

static int add_kind(struct trans_ranges *set, const struct memory_map *map,
		    kind_fn kind)
{
	int ret = 0;

	for (uint64_t at = 0; !ret && at < map->len; at += map->stride) {
		const struct efi_region *region = region_at(map, at);

		if (kind(region))
			ret = trans_ranges_add(set, region->start,
					       region->pages <<
						       EFI_PAGE_SHIFT);
	}
	return ret;
}

/* @set becomes all RAM but what is of that kind. */
static int all_but(struct trans_ranges *set, const struct memory_map *map,
		   kind_fn kind)
{
	struct trans_ranges other;
	int ret;

	trans_ranges_init(&other, storage[4], MAX_RANGES);
	ret = add_kind(&other, map, kind);
	if (!ret)
		ret = trans_ranges_add_all(set, &memory.ram);
	return ret ? ret : trans_ranges_remove_all(set, &other);
}

/* Tables in memory that is nobody's later: to the end of their page run. */
static int keep_tables(const struct memory_map *map)
{
	int ret = 0;

	for (uint64_t at = 0; !ret && at < map->len; at += map->stride) {
		const struct efi_region *region = region_at(map, at);
		uint64_t len = region->pages << EFI_PAGE_SHIFT;

		for (uint64_t i = 0; !ret && i < firmware->tables; i++) {
			uint64_t pa = (uintptr_t)firmware->table[i].data;
			uint64_t off = (pa - region->start) & ~(EFI_PAGE - 1);

			if (!is_usable(region) || pa - region->start >= len)
				continue;
			ret = trans_ranges_add(
				&memory.keep, region->start + off,
				len - off < TABLE_MAX ? len - off : TABLE_MAX);
		}
	}
	return ret;
}

static void begin(void)
{
	struct memory *m = &memory;

	trans_ranges_init(&m->ram, storage[0], MAX_RANGES);
	trans_ranges_init(&m->no_linux, storage[1], MAX_RANGES);
	trans_ranges_init(&m->keep, storage[2], MAX_RANGES);
	trans_ranges_init(&m->runtime, storage[3], MAX_RANGES);
	trans_ranges_init(&m->mapped, mapped_storage, MAX_MAPPED);
	trans_ranges_init(&m->lent, lent_storage, TRANS_RESUME_RANGES);
}

static int read_map(const struct memory_map *map, struct trans_error *err)
{
	struct memory *m = &memory;
	int ret = add_kind(&m->ram, map, is_ram);

	if (!ret)
		ret = add_kind(&m->runtime, map, is_runtime);
	if (!ret)
		ret = all_but(&m->no_linux, map, is_linux);
	if (!ret)
		ret = all_but(&m->keep, map, is_usable);
	if (!ret)
		ret = keep_tables(map);
	return ret ? port_error(err, ret, "map of memory", 0, 0) : 0;
}

/* Kept, so that reading it changes nothing. */
static struct memory_map now;

int memory_read(struct trans_error *err)
{
	int ret = memory_map_room(&now, err);

	begin();
	if (!ret && memory_map_get(&now))
		ret = port_error(err, TRANS_EHOST, "GetMemoryMap", 0, 0);
	if (!ret)
		ret = read_map(&now, err);
	return ret ? ret :
		     trans_identity_memory(&memory.ram, &memory.mapped, err);
}

uint64_t memory_runtime_total(void)
{
	struct trans_error err;
	uint64_t pages = 0;

	if (memory_map_room(&now, &err) || memory_map_get(&now))
		return 0;
	for (uint64_t at = 0; at < now.len; at += now.stride)
		if (is_runtime(region_at(&now, at)))
			pages += region_at(&now, at)->pages;
	return pages << EFI_PAGE_SHIFT;
}

bool memory_over_firmware(trans_pa_t pa, uint64_t len)
{
	for (uint64_t at = 0; at < now.len; at += now.stride) {
		const struct efi_region *region = region_at(&now, at);
		uint64_t size = region->pages << EFI_PAGE_SHIFT;

		if ((region->type == EFI_BOOT_SERVICES_CODE ||
		     region->type == EFI_BOOT_SERVICES_DATA) &&
		    pa < region->start + size && region->start < pa + len)
			return true;
	}
	return false;
}

/* ---- lending ---- */

/* Of the largest piece that begins below @end the end, or the start if it goes
 * on behind; false: there is none that large. */
static bool leave_some(struct trans_ranges *set, trans_pa_t end)
{
	struct trans_range *big = NULL;

	for (size_t i = 0; i < set->count; i++)
		if (set->range[i].start <= end - LEAVE_IT &&
		    (!big || set->range[i].len > big->len))
			big = &set->range[i];
	if (!big || big->len < 2 * LEAVE_IT)
		return false;
	if (big->len > end - big->start)
		big->start += LEAVE_IT;
	big->len -= LEAVE_IT;
	return true;
}

/* Those that the firmware gives, of the ranges in the set. */
static void take(struct trans_ranges *set)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++) {
		uint64_t pa = set->range[i].start;

		if (!boot->allocate_pages(EFI_AT_ADDRESS, EFI_LOADER_CODE,
					  set->range[i].len >> EFI_PAGE_SHIFT,
					  &pa))
			set->range[kept++] = set->range[i];
	}
	set->count = kept;
}

int memory_lend(struct trans_error *err)
{
	struct trans_ranges all;
	int ret;

	trans_ranges_init(&all, storage[4], MAX_RANGES);
	ret = add_kind(&all, &now, is_free);
	if (ret || !leave_some(&all, UINT64_MAX))
		return port_error(err, ret ? ret : TRANS_ENOMEM,
				  "free memory of the firmware", 0, 0);
	(void)leave_some(&all, FAR);
	trans_ranges_largest(&memory.lent, &all);
	take(&memory.lent);
	return 0;
}

void memory_take_back(void)
{
	for (size_t i = 0; i < memory.lent.count; i++)
		boot->free_pages(memory.lent.range[i].start,
				 memory.lent.range[i].len >> EFI_PAGE_SHIFT);
	memory.lent.count = 0;
}

/* ---- the library's environment ---- */

static int host_alloc(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t *pa)
{
	void *at = shift == EFI_PAGE_SHIFT ?
			   pages_take((uint64_t)count << shift) : NULL;

	(void)ctx;
	*pa = (uintptr_t)at;
	return at ? 0 : TRANS_ENOMEM;
}

static void host_free(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t pa)
{
	(void)ctx;
	pages_give((void *)(uintptr_t)pa, (uint64_t)count << shift);
}

static void *host_phys_to_virt(void *ctx, trans_pa_t pa, size_t len)
{
	(void)ctx;
	if (!trans_ranges_contain(&memory.mapped, pa, len))
		return NULL;
	return (void *)(uintptr_t)pa;
}

static bool host_pfn_valid(void *ctx, trans_pa_t pa, uint64_t len)
{
	(void)ctx;
	return trans_ranges_contain(&memory.ram, pa, len);
}

const struct trans_ops memory_ops = {
	.alloc = host_alloc,
	.free = host_free,
	.phys_to_virt = host_phys_to_virt,
	.pfn_valid = host_pfn_valid,
	.clean = trans_cpu_clean,
};
