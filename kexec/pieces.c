/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a kernel file of any kind comes to: pieces, zeroes, and memory of the
 * host's for what has to be unpacked.
 *
 * That memory is the source of moves, so it needs not be safe: it comes from
 * the host and not from the pool.
 */
#include "kexec/pieces.h"
#include "lib/fail.h"

int trans_unpack_alloc_(const struct load *load, uint64_t len, const char *why,
			struct trans_kexec_block *block, uint8_t **bytes)
{
	const struct trans_kexec_args *args = load->args;
	uint64_t room = load_round_up(load, len);
	uint64_t count = room >> load_shift(load);

	if (count > UINT32_MAX || args->host->alloc(args->host_ctx,
						    load_shift(load),
						    (unsigned int)count,
						    &block->pa))
		return trans_fail_pa(load->err, TRANS_ENOMEM, why, 0, len);
	block->granules = (unsigned int)count;
	*bytes = args->host->phys_to_virt(args->host_ctx, block->pa,
					  (size_t)room);
	if (!*bytes)
		return trans_fail_pa(load->err, TRANS_EFAULT, why, block->pa,
				     room);
	return 0;
}

void trans_unpack_free_(struct trans_kexec *kexec,
			struct trans_kexec_block *block)
{
	struct trans_pool *pool = &kexec->pool;

	if (block->granules)
		pool->host.ops->free(pool->host.ctx, pool->shift,
				     block->granules, block->pa);
	block->granules = 0;
}

void trans_unpack_add_piece_(struct load *load, trans_pa_t src, uint64_t offset,
			     uint64_t len)
{
	struct trans_kexec *kexec = load->kexec;

	kexec->piece[kexec->pieces++] = (struct trans_kexec_piece){
		src, offset, len };
}

int trans_unpack_add_zeroes_(struct load *load, uint64_t start, uint64_t end)
{
	int ret = end > start ? trans_ranges_add(&load->kexec->zero, start,
						 end - start) :
				0;

	return ret ? trans_fail(load->err, ret, "zeroes") : ret;
}

int trans_unpack_parse_header_(struct load *load, const void *head,
			       uint64_t head_len, uint64_t file_len)
{
	const struct trans_cpu *cpu = load->args->transition.cpu;

	return trans_image_parse(head, (size_t)head_len, file_len,
				 trans_cpu_granules(cpu), &load->image,
				 load->err);
}
