/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A kernel that EFI booted goes on calling the firmware's runtime services, at
 * the addresses at which they were. Woken where they are not, it dies in the
 * first such call, and the image is gone. So they must be there now.
 *
 * What is compared: the system table, which leads to all else, and each region
 * of the firmware's map that the kernel was told to leave to the runtime. The
 * map is the stub's, as the firmware gave it at ExitBootServices; arm64 never
 * moves or changes it (Linux, drivers/firmware/efi/efi-init.c, arm-runtime.c).
 */
#include "hibernate/resume/efi_tree.h"
#include "hibernate/resume/private.h"
#include "hibernate/swsusp.h"
#include "lib/assume.h"
#include "lib/fail.h"

#define ATTRIBUTE_RUNTIME (1ULL << 63)
#define PAGE_SHIFT 12

struct comparison {
	const struct tr_load *load;
	const struct trans_saved_memory *memory;
	const struct tr_efi *efi;
};

static int refuse(const struct comparison *c, const char *why, trans_pa_t pa,
		  uint64_t len)
{
	return trans_fail_pa(c->load->err, TRANS_ESTATE, why, pa, len);
}

static bool is_runtime(const struct comparison *c, trans_pa_t pa, uint64_t len)
{
	const struct trans_ranges *now = c->load->args->efi_runtime;

	return now && trans_ranges_contain(now, pa, len);
}

/* Where SetVirtualAddressMap moved the services, they are not at these
 * addresses before it is called again. Linux from 6.1 does not call it, and
 * those before it said so by 0 or all ones where it failed. */
static bool is_moved(trans_pa_t pa, trans_va_t va)
{
	return va != pa && va && va != UINT64_MAX;
}

static int compare_entry(const struct comparison *c,
			 const struct tr_efi_entry *entry)
{
	uint64_t len = entry->pages << PAGE_SHIFT;

	if (!(entry->attribute & ATTRIBUTE_RUNTIME))
		return 0;
	if (len >> PAGE_SHIFT != entry->pages || !is_runtime(c, entry->pa, len))
		return refuse(c, "EFI's runtime services are not where they "
			      "were", entry->pa, len);
	if (is_moved(entry->pa, entry->va))
		return refuse(c, "EFI's runtime services were moved by "
			      "SetVirtualAddressMap", entry->pa, len);
	return 0;
}

static int compare_map(const struct comparison *c)
{
	const struct tr_efi *efi = c->efi;
	int ret = 0;

	if (!trans_find_known_map_(efi))
		return refuse(c, "EFI's map of memory is of an unknown kind",
			      efi->map, efi->map_len);
	for (uint64_t at = 0; !ret && at < efi->map_len;
	     at += efi->entry_len) {
		struct tr_efi_entry entry;

		if (!trans_find_entry_(c->memory, efi, at, &entry))
			return refuse(c, "EFI's map of memory is not in the "
				      "image", efi->map, efi->map_len);
		ret = compare_entry(c, &entry);
	}
	return ret;
}

/* What is at the right place must also be there still after the moves. */
static int check_spared(const struct comparison *c)
{
	const struct trans_ranges *now = c->load->args->efi_runtime;
	const struct trans_resume_map *map = &c->load->resume->map;
	trans_pa_t page;

	for (size_t i = 0; now && i < now->count; i++)
		if (trans_resume_first_marked_(map, map->image, NULL,
					       now->range[i].start,
					       now->range[i].len, &page))
			return refuse(c, "a page of the image lies over EFI's "
				      "runtime services", page,
				      1ULL << map->shift);
	return 0;
}

static int compare_table(const struct comparison *c)
{
	const struct tr_load *load = c->load;

	if (load->args->efi_system_table == c->efi->system_table)
		return 0;
	refuse(c, "another EFI booted the saved kernel: its system table is "
	       "elsewhere", c->efi->system_table, 0);
	if (load->err)
		load->err->desc = load->args->efi_system_table;
	return TRANS_ESTATE;
}

static int compare(const struct comparison *c)
{
	int ret;

	if (TRANS_ASSUME_NO_EFI || !c->load->args->efi_system_table)
		return refuse(c, "EFI booted the saved kernel, and this host "
			      "has none", c->efi->system_table, 0);
	ret = compare_table(c);
	if (!ret)
		ret = compare_map(c);
	return ret ? ret : check_spared(c);
}

/* Of each tree no word is looked at twice, and values are not looked at; a map
 * has some hundred entries. So a quarter of the image's words is enough, if no
 * tree lies in another one. */
static uint64_t effort_for(const struct trans_resume *resume)
{
	const struct trans_swsusp_info *info = &resume->image.info;

	return (info->data_pages << info->page_shift) / 16 + (1u << 16);
}

int trans_resume_check_efi_(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	const struct trans_saved_memory memory = trans_resume_memory_of_(load);
	struct tr_efi efi;
	struct comparison c = { load, &memory, &efi };
	int ret;

	if (load->args->efi_anyway || swsusp_own(&resume->image))
		return 0;
	ret = trans_find_efi_(&memory, effort_for(resume), &efi, load->err);
	if (ret || !efi.system_table)
		return ret;
	resume->efi_system_table = efi.system_table;
	return compare(&c);
}
