/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What an image says of the EFI firmware that booted its kernel. Like
 * saved_kernel.h, it knows nothing of how the image came into memory.
 */
#ifndef TRANS_HIBERNATE_RESUME_EFI_TREE_H
#define TRANS_HIBERNATE_RESUME_EFI_TREE_H

#include "hibernate/resume/saved_kernel.h"

/*
 * From /chosen of the device tree that an EFI stub hands to its kernel; 0:
 * it does not say.
 * @tree:         where that tree is
 * @system_table: linux,uefi-system-table
 * @map, @map_len, @entry_len, @version: linux,uefi-mmap-start, -size,
 *                -desc-size, -desc-ver: the firmware's map of memory
 */
struct tr_efi {
	trans_pa_t tree;
	uint64_t system_table;
	uint64_t map, map_len, entry_len, version;
};

/* What an entry of the map says; @pages are of 4 KiB. */
struct tr_efi_entry {
	trans_pa_t pa;
	trans_va_t va;
	uint64_t pages, attribute;
};

/* Is the map of a kind that the next one can read? */
bool trans_find_known_map_(const struct tr_efi *efi);

/* The entry @at bytes behind the map's start; false: it is not in @memory. */
bool trans_find_entry_(const struct trans_saved_memory *memory,
		       const struct tr_efi *efi, uint64_t at,
		       struct tr_efi_entry *entry);

/*
 * The only such tree in @memory that is in its own map, as a virtual machine's
 * is not; else the only one whose map cannot be read; system_table is 0 if
 * there is none.
 * @effort: how many words (of four bytes) of trees may be looked at
 *
 * TRANS_EIMAGE: two that disagree; TRANS_ECORRUPT: @effort was too little.
 */
int trans_find_efi_(const struct trans_saved_memory *memory, uint64_t effort,
		    struct tr_efi *efi, struct trans_error *err);

/* Copy @len bytes at @pa, wherever its pages are; false: not all is there. */
bool trans_find_read_(const struct trans_saved_memory *memory, trans_pa_t pa,
		      void *to, size_t len);

#endif
