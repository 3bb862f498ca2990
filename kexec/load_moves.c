/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What is placed becomes moves: of whole granules, planned with a spare one for
 * cycles. What needs no move is noted, so that the blob cleans it.
 */
#include "kexec/load.h"
#include "lib/fail.h"

static int want(struct load *load, trans_pa_t src, struct trans_range dst)
{
	int ret = trans_moves_add(&load->kexec->want, src, dst.start,
				  load_round_up(load, dst.len));

	return ret ? trans_fail_pa(load->err, ret, "move", dst.start, dst.len) :
		     ret;
}

static int want_all(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	int ret = 0;

	for (size_t i = 0; !ret && i < kexec->pieces; i++)
		ret = want(load, kexec->piece[i].src,
			   (struct trans_range){ kexec->kernel.start +
							 kexec->piece[i].offset,
						 kexec->piece[i].len });
	if (!ret)
		ret = want(load, load->args->initrd.start, kexec->initrd);
	return ret ? ret : want(load, kexec->fdt_source, kexec->fdt);
}

/* One granule for breaking cycles. Without the safe-page rule it could lie in a
 * destination, which the planner would refuse: the proof is to see that. */
static int alloc_spare(struct load *load, struct trans_range *spare)
{
	struct trans_pool *pool = &load->kexec->pool;

	*spare = (struct trans_range){ 0, 0 };
	if (load->args->unsafe)
		return 0;
	if (pool->ops.alloc(pool, pool->shift, 1, &load->kexec->spare))
		return trans_fail(load->err, TRANS_ENOMEM, "spare page");
	load->kexec->spare_granules = 1;
	*spare = (struct trans_range){ load->kexec->spare, load_granule(load) };
	return 0;
}

int trans_kexec_plan_(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	struct trans_range spare;
	int ret = alloc_spare(load, &spare);

	if (!ret)
		ret = want_all(load);
	if (!ret && trans_moves_in_place(&kexec->want, &kexec->stays))
		ret = trans_fail(load->err, TRANS_ENOSPC, "what stays");
	return ret ? ret :
		     trans_moves_plan(&kexec->want, &kexec->plan,
				      load_granule(load), &spare, load->err);
}
