/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The next kernel's device tree: how much room it gets, and how it is written
 * into it. The memory is the pool's, so that the tree may stay there.
 */
#include <libfdt.h>

#include "kexec/load.h"
#include "lib/fail.h"
#include "lib/numbers.h"

/* What trans_fdt_edit adds besides the command line: /chosen with four
 * properties, their names, two seeds of 136 bytes in all, a reservation. Each
 * further reservation is two words. */
#define FDT_SLACK 1024u
#define FDT_RESERVATION 16u

/* What the edited tree may need. A tree that is not valid gets the slack, and
 * its error from trans_fdt_edit. */
uint64_t trans_kexec_tree_room_(const struct load *load)
{
	const char *bootargs = load->args->edit.bootargs;
	uint64_t len = trans_fdt_used(load->args->fdt, load->args->fdt_len) +
		       FDT_SLACK;

	if (load->args->edit.reserve_count > TRANS_FDT_MAX_LEN)
		return TRANS_FDT_MAX_LEN;
	len += load->args->edit.reserve_count * FDT_RESERVATION;
	for (; bootargs && *bootargs && len < TRANS_FDT_MAX_LEN; bootargs++)
		len++;
	return trans_least(load_round_up(load, len), TRANS_FDT_MAX_LEN);
}

static int alloc_tree(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	struct trans_pool *pool = &kexec->pool;
	unsigned int count = (unsigned int)(load->fdt_room >> pool->shift);

	if (pool->ops.alloc(pool, pool->shift, count, &kexec->fdt_source))
		return trans_fail_pa(load->err, TRANS_ENOMEM, "device tree", 0,
				     load->fdt_room);
	kexec->fdt_granules = count;
	load->fdt = pool->ops.phys_to_virt(pool, kexec->fdt_source,
					   load->fdt_room);
	if (!load->fdt)
		return trans_fail_pa(load->err, TRANS_EFAULT, "device tree",
				     kexec->fdt_source, load->fdt_room);
	memset(load->fdt, 0, load->fdt_room);
	return 0;
}

/* In safe memory it survives; trans_place's rules for where it goes. */
static bool tree_may_stay(const struct load *load)
{
	uint64_t last = load->kexec->fdt_source + (load->fdt_room - 1);

	return !load->args->relocate && !load->args->unsafe &&
	       load->kexec->fdt_source > load->place.kernel &&
	       last >> 48 == 0 &&
	       load->kexec->fdt_source / TRANS_FDT_MAX_LEN ==
	       last / TRANS_FDT_MAX_LEN;
}

int trans_kexec_edit_tree_(struct load *load)
{
	struct trans_fdt_edit edit = load->args->edit;
	int ret = alloc_tree(load);

	edit.initrd = load->kexec->initrd;
	if (tree_may_stay(load))
		load->kexec->fdt.start = load->kexec->fdt_source;
	if (!ret)
		ret = trans_fdt_edit(load->args->fdt, load->args->fdt_len,
				     load->fdt, load->fdt_room, &edit,
				     load->err);
	if (ret)
		return ret;
	trans_kexec_clean_(load, load->fdt, load->fdt_room);
	load->kexec->fdt.len = fdt_totalsize(load->fdt);
	return 0;
}
