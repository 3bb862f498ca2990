/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What is placed becomes moves: of whole granules, planned with a spare one for
 * cycles. What needs no move is noted, so that the blob cleans it.
 */
#include "kexec/load.h"
#include "lib/fail.h"

static int want(struct load *load, trans_pa_t src, struct trans_range dst)
{
	int rc = trans_moves_add(&load->kexec->want, src, dst.start,
				 load_round_up(load, dst.len));

	return rc ? trans_fail_pa(load->err, rc, "move", dst.start, dst.len) :
	       rc;
}

static int want_all(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	int rc = TRANS_OK;

	for (size_t i = 0; !rc && i < kexec->pieces; i++)
		rc = want(load, kexec->piece[i].src, (struct trans_range){
			  kexec->kernel.start + kexec->piece[i].offset,
			  kexec->piece[i].len });
	if (!rc)
		rc = want(load, load->args->initrd.start, kexec->initrd);
	return rc ? rc : want(load, kexec->fdt_source, kexec->fdt);
}

/* One granule for breaking cycles. Without the safe-page rule it could lie in a
 * destination, which the planner would refuse: the proof is to see that. */
static int alloc_spare(struct load *load, struct trans_range *spare)
{
	struct trans_pool *pool = &load->kexec->pool;

	*spare = (struct trans_range){ 0, 0 };
	if (load->args->unsafe)
		return TRANS_OK;
	if (pool->ops.alloc(pool, pool->shift, 1, &load->kexec->spare))
		return trans_fail(load->err, TRANS_ENOMEM, "spare page");
	load->kexec->spare_granules = 1;
	*spare = (struct trans_range){ load->kexec->spare, load_granule(load) };
	return TRANS_OK;
}

int trans_kexec_plan_(struct load *load)
{
	struct trans_kexec *kexec = load->kexec;
	struct trans_range spare;
	int rc = alloc_spare(load, &spare);

	if (!rc)
		rc = want_all(load);
	if (!rc && trans_moves_in_place(&kexec->want, &kexec->stays))
		rc = trans_fail(load->err, TRANS_ENOSPC, "what stays");
	return rc ? rc : trans_moves_plan(&kexec->want, &kexec->plan,
					  load_granule(load), &spare,
					  load->err);
}
