/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The mover: the one loop that overwrites memory. It writes destinations, the
 * report, and its own stack; everything else that it reads is mapped read-only.
 */
#include "trans/transition/blob/blob.h"

static void each(struct blob_params *params, blob_entry_fn fn)
{
	blob_each(params, 0, UINT64_MAX, fn);
}

static void clean_destination(struct blob_params *params,
			      const struct trans_move *move)
{
	blob_clean(blob_va(params, move->dst), move->len);
}

static void clean_both(struct blob_params *params,
		       const struct trans_move *move)
{
	if (move->src != TRANS_ZERO && move->src != move->dst)
		blob_clean(blob_va(params, move->src), move->len);
	clean_destination(params, move);
}

/* On Device memory, which all of it is with the MMU off, they may fault. */
static bool by_mops(const struct blob_params *params)
{
	return params->flags & 1u << BLOB_HAS_MOPS_BIT &&
	       params->sctlr & TRANS_SCTLR_M;
}

/* What is zeroed behind the moves begins and ends anywhere: a file ends in the
 * middle of what is moved. SETP takes that as it is. */
static void zero_bytes(const struct blob_params *params, uint64_t va,
		       uint64_t len)
{
	uint64_t head = -va & 15, whole;

	if (by_mops(params)) {
		blob_mops_zero(va, len);
		return;
	}
	if (head > len)
		head = len;
	whole = (len - head) & ~15ULL;
	memset((void *)(uintptr_t)va, 0, head);
	blob_zero(va + head, whole);
	memset((void *)(uintptr_t)(va + head + whole), 0, len - head - whole);
}

static void move_one(struct blob_params *params,
		     const struct trans_move *move)
{
	uint64_t dst = blob_va(params, move->dst);
	uint64_t src = blob_va(params, move->src);

	if (move->src == TRANS_ZERO)
		zero_bytes(params, dst, move->len);
	else if (by_mops(params))
		blob_mops_copy(dst, src, move->len);
	else if (move->dst < move->src)
		blob_copy_up(dst, src, move->len);
	else if (move->dst > move->src)
		blob_copy_down(dst, src, move->len);
	params->own.moves++;
	params->own.bytes += move->len;
}

static void zero_one(struct blob_params *params,
		     const struct trans_move *rest)
{
	if (rest->src == TRANS_ZERO)
		zero_bytes(params, blob_va(params, rest->dst), rest->len);
}

/* The resident stub must be gone before the first byte of it may be. */
static int own_el2(struct blob_params *params)
{
	if (!(params->flags & 1u << BLOB_STUB_BIT) || !blob_own_el2())
		return 0;
	blob_no_stub(params);
	return 1;
}

static void move_all(struct blob_params *params)
{
	uint64_t start;

	/*
	 * With the MMU off the loop reads and writes memory past the caches.
	 * What the host left dirty there must be in memory before, sources to
	 * be read, destinations not to be evicted over the copy; only here,
	 * with the MMU off already, can no new dirty line appear. The same
	 * holds for what is zeroed and for what stays.
	 */
	if (!(params->sctlr & TRANS_SCTLR_M))
		each(params, clean_both);
	blob_stage(params, TRANS_STAGE_MOVING);
	start = blob_ticks();
	blob_each(params, 0, params->move_count, move_one);
	blob_each(params, params->move_count, UINT64_MAX, zero_one);
	each(params, clean_destination);
	blob_sync_code();
	params->own.ticks = blob_since(start);
	blob_stage(params, TRANS_STAGE_MOVED);
}

int blob_run(struct blob_params *params)
{
	blob_begin(params, TRANS_STAGE_ENTERED);
	blob_say_hex(params, "\r\ntrans: moves=", params->move_count);
	blob_say(params, " ");
	if (own_el2(params))
		return 1;
	move_all(params);
	if (blob_verify(params))
		return 1;
	blob_stage(params, TRANS_STAGE_LEAVING);
	blob_say(params, "\r\n");
	return 0;
}
