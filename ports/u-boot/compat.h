/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Everything that differs between versions of U-Boot, 2023.01 to 2026.10 (but
 * not 2024.10, whose lmb is global and cannot be asked yet): common.h went
 * away, the device tree fix-ups lost arguments, lmb became global, the banks of
 * RAM moved. Built and run are 2023.01, 2025.01 and 2026.10-rc2; the others are
 * by their headers. What all files of the port want of U-Boot is here, too:
 * make uboot-series makes it a part of port.h, with one side of each condition,
 * as the version has it that the series is for.
 */
#ifndef TRANS_U_BOOT_COMPAT_H
#define TRANS_U_BOOT_COMPAT_H

#if __has_include(<common.h>)
#include <common.h>
#endif
#if __has_include(<alist.h>)
#include <alist.h>
#endif
#include <abuf.h>
#include <bootm.h>
#include <dm/ofnode.h>
#include <linux/libfdt.h>
#include <image.h>
#include <lmb.h>
#include <version.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <asm/global_data.h>
#include <asm/u-boot.h>
#if __has_include(<u-boot/schedule.h>)
#include <u-boot/schedule.h>
#else
#include <cyclic.h>
#endif

DECLARE_GLOBAL_DATA_PTR;

/* Until 2023.10. */
#ifndef U_BOOT_LONGHELP
#define U_BOOT_LONGHELP(name, text) \
	static __maybe_unused char name##_help_text[] = text
#endif

#define COMPAT_VERSION (U_BOOT_VERSION_NUM * 100 + U_BOOT_VERSION_NUM_PATCH)
#define COMPAT_FIX_LESS (COMPAT_VERSION >= 202404)
#define COMPAT_GLOBAL_LMB (COMPAT_VERSION >= 202501)
#define COMPAT_TREE_TO_FDT (COMPAT_VERSION >= 202401)
#define COMPAT_PART_UUID (COMPAT_VERSION >= 202501)
#define COMPAT_REMOVE_ACTIVE (COMPAT_VERSION >= 202501)
#define COMPAT_TOP_OPTION (COMPAT_VERSION >= 202607)
#define COMPAT_GLOBAL_DRAM (COMPAT_VERSION >= 202610)

/*
 * Who uses a piece of memory, by U-Boot's own map: perhaps a file it loaded;
 * U-Boot, or EFI, until the end (or nobody, see port_memory_hold); somebody for
 * good; somebody whose memory no kernel may map.
 */
enum port_use { PORT_FOR_NOW, PORT_HELD, PORT_FOR_GOOD, PORT_NO_MAP };

/* Called for each piece. Nonzero stops. */
typedef int (*port_used_fn)(void *arg, u64 start, u64 len,
			      enum port_use use);

#if COMPAT_GLOBAL_LMB

static inline enum port_use port_use_of(unsigned int lmb_flags)
{
	if (lmb_flags & LMB_NOMAP)
		return PORT_NO_MAP;
	return lmb_flags & LMB_NOOVERWRITE ? PORT_HELD : PORT_FOR_NOW;
}

static inline int port_used_memory(void *fdt, port_used_fn used, void *arg)
{
	const struct alist *list = &lmb_get()->used_mem;
	const struct lmb_region *region = list->data;
	int ret = 0;

	for (int i = 0; !ret && i < list->count; i++)
		ret = used(arg, region[i].base, region[i].size,
			   port_use_of(region[i].flags));
	return ret;
}

#else

/* Files are not in this map. */
static inline enum port_use port_use_of(unsigned int lmb_flags)
{
	return lmb_flags & LMB_NOMAP ? PORT_NO_MAP : PORT_HELD;
}

/* A set of the board's reservations alone tells those that are for good. Each
 * map is made anew; 1 KiB with the default of 8 regions. */
static inline int port_used_memory(void *fdt, port_used_fn used, void *arg)
{
	struct lmb board, all;
	int ret = 0;

	lmb_init(&board);
	lmb_add(&board, gd->ram_base, gd->ram_size);
	board_lmb_reserve(&board);
	lmb_init_and_reserve(&all, gd->bd, fdt);
	for (unsigned long i = 0; !ret && i < board.reserved.cnt; i++)
		ret = used(arg, board.reserved.region[i].base,
			   board.reserved.region[i].size, PORT_FOR_GOOD);
	for (unsigned long i = 0; !ret && i < all.reserved.cnt; i++)
		ret = used(arg, all.reserved.region[i].base,
			   all.reserved.region[i].size,
			   port_use_of(all.reserved.region[i].flags));
	return ret;
}

#endif

/* Of lmb, nothing. */
#if COMPAT_FIX_LESS

static inline int port_fix_tree(struct bootm_headers *images, void *fdt)
{
	return image_setup_libfdt(images, fdt, 0);
}

#else

static inline int port_fix_tree(struct bootm_headers *images, void *fdt)
{
	return image_setup_libfdt(images, fdt, fdt_totalsize(fdt), NULL);
}

#endif

/* U-Boot's own device tree, flat; its end is abuf_uninit. */
#if COMPAT_TREE_TO_FDT

static inline int port_own_tree(struct abuf *tree)
{
	return oftree_to_fdt(oftree_default(), tree);
}

#else

static inline int port_own_tree(struct abuf *tree)
{
	abuf_init_set(tree, (void *)gd->fdt_blob, fdt_totalsize(gd->fdt_blob));
	return 0;
}

#endif

#endif
