// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * The device tree that is named, or U-Boot's own, as bootefi takes it, with the
 * fix-ups of booti (memory nodes, bootargs, board), in a buffer of its own: the
 * next kernel's is edited from it by the library.
 */
#include "port.h"

#include <dm.h>
#include <env.h>
#include <fdt_support.h>
#include <malloc.h>
#include <mapmem.h>
#include <rng.h>
#include <linux/libfdt.h>

/* Room for the fix-ups, as CONFIG_SYS_FDT_PAD has it. */
#define FIXUP_ROOM SZ_16K

static void *copy_tree(const void *from, size_t *len, struct trans_error *err)
{
	size_t room = fdt_totalsize(from) + FIXUP_ROOM;
	void *to = memalign(SZ_4K, room);

	if (!to) {
		port_error(err, TRANS_ENOMEM, "U-Boot's heap: device tree", 0,
			   room);
		return NULL;
	}
	if (fdt_open_into(from, to, room)) {
		free(to);
		port_error(err, TRANS_EFDT, "device tree", (ulong)from, 0);
		return NULL;
	}
	*len = room;
	return to;
}

/* With CONFIG_OF_ENV_SETUP a script may work on it, by the command fdt: which
 * goes on with what it had before, as this copy will be given back. So does who
 * reads fdtaddr, that the command sets. */
static int fix_tree(void *fdt)
{
	struct bootm_headers none = { 0 };
	struct fdt_header *was = working_fdt;
	const char *addr;
	char *had;
	int ret;

	if (!IS_ENABLED(CONFIG_OF_ENV_SETUP))
		return port_fix_tree(&none, fdt);
	addr = env_get("fdtaddr");
	had = addr ? strdup(addr) : NULL;
	ret = port_fix_tree(&none, fdt);
	if (working_fdt == fdt) {
		set_working_fdt_addr(map_to_sysmem(was));
		env_set("fdtaddr", had);
	}
	free(had);
	return ret;
}

void *port_fdt(ulong addr, size_t *len, struct trans_error *err)
{
	const void *from = addr ? map_sysmem(addr, 0) : gd->fdt_blob;
	void *fdt;

	if (fdt_check_header(from)) {
		port_error(err, TRANS_EFDT, "there is none",
			   map_to_sysmem(from), 0);
		return NULL;
	}
	fdt = copy_tree(from, len, err);
	if (!fdt)
		return NULL;
	if (fix_tree(fdt)) {
		free(fdt);
		port_error(err, TRANS_EFDT, "a fix-up failed", 0, 0);
		return NULL;
	}
	return fdt;
}

static int random_bytes(void *ctx, void *buf, size_t len)
{
	return dm_rng_read(ctx, buf, len);
}

/* The fix-ups have put ${bootargs} in. Seeds come from a hardware generator, or
 * are removed. */
struct trans_fdt_edit port_fdt_edit(const struct port_memory *memory)
{
	struct trans_fdt_edit edit = {
		.reserve = memory->lpi.range,
		.reserve_count = memory->lpi.count,
	};
	struct udevice *dev;

	if (IS_ENABLED(CONFIG_DM_RNG) &&
	    !uclass_get_device(UCLASS_RNG, 0, &dev)) {
		edit.random = random_bytes;
		edit.random_ctx = dev;
	}
	return edit;
}
