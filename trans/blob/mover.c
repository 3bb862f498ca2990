/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The mover: the one loop that overwrites memory. It writes destinations, the
 * report, and its own stack; everything else that it reads is mapped read-only.
 */
#include "blob.h"

/* The list is read where it lies, through the identity map. */
void blob_each(struct blob_params *params, uint64_t from, uint64_t to,
	       blob_entry_fn fn)
{
	const struct blob_list *page;
	uint64_t pa, i, n = 0;

	for (pa = params->list; pa != BLOB_LIST_END; pa = page->next) {
		page = (const struct blob_list *)(uintptr_t)pa;
		for (i = 0; i < page->count; i++, n++)
			if (n >= from && n < to)
				fn(params, &page->move[i]);
	}
}

static void each(struct blob_params *params, blob_entry_fn fn)
{
	blob_each(params, 0, UINT64_MAX, fn);
}

/* Word by word, because the report page may be anything but ordinary memory
 * while the MMU is off. (volatile: or the compiler makes it a memcpy) */
static void publish(struct blob_params *params)
{
	volatile uint64_t *to = (uint64_t *)(uintptr_t)params->report;
	const uint64_t *from = (const uint64_t *)(const void *)&params->own;

	params->own.seal = blob_seal(&params->own);
	for (size_t i = 0; i < sizeof(params->own) / 8; i++)
		to[i] = from[i];
}

/* Whoever reads the report next has its caches off, or is a debugger. */
void blob_stage(struct blob_params *params, enum trans_stage now)
{
	static const char letters[TRANS_STAGE_COUNT + 1] = "?TMDLFXVNQ";
	char text[2] = { letters[now], '\0' };

	params->own.stage = now;
	publish(params);
	blob_clean(params->report, sizeof(struct trans_blob_report));
	blob_say(params, text);
}

static void begin_report(struct blob_params *params, enum trans_stage now)
{
	/* With the MMU off: no dirty line of the host's may fall on it
	 * later. */
	blob_clean(params->report, sizeof(struct trans_blob_report));
	params->own.magic = TRANS_REPORT_MAGIC;
	blob_stage(params, now);
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

static void move_one(struct blob_params *params,
		     const struct trans_move *move)
{
	uint64_t dst = blob_va(params, move->dst);
	uint64_t src = blob_va(params, move->src);

	if (move->src == TRANS_ZERO)
		blob_zero(dst, move->len);
	else if (move->dst < move->src)
		blob_copy_up(dst, src, move->len);
	else if (move->dst > move->src)
		blob_copy_down(dst, src, move->len);
	params->own.moves++;
	params->own.bytes += move->len;
}

/* What is zeroed begins and ends anywhere: a file ends in the middle of what is
 * moved. */
static void zero_bytes(uint64_t va, uint64_t len)
{
	uint64_t head = -va & 15, whole;

	if (head > len)
		head = len;
	whole = (len - head) & ~15ULL;
	memset((void *)(uintptr_t)va, 0, head);
	blob_zero(va + head, whole);
	memset((void *)(uintptr_t)(va + head + whole), 0, len - head - whole);
}

static void zero_one(struct blob_params *params,
		     const struct trans_move *rest)
{
	if (rest->src == TRANS_ZERO)
		zero_bytes(blob_va(params, rest->dst), rest->len);
}

void blob_no_stub(struct blob_params *params)
{
	blob_stage(params, TRANS_STAGE_NO_STUB);
	blob_say(params, "\r\ntrans: no EL2 stub\r\n");
	blob_drain(params);
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
	if (!(params->sctlr & BLOB_SCTLR_M))
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
	begin_report(params, TRANS_STAGE_ENTERED);
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

/* The MMU is off, and stays so. */
void blob_not_quiet(struct blob_params *params)
{
	begin_report(params, TRANS_STAGE_NOT_QUIET);
	blob_say(params, "\r\ntrans: not quiet: ");
	blob_say(params, params->own.why);
	blob_say_hex(params, " status=-", (uint64_t)-params->own.status);
	blob_say_hex(params, " pa=", params->own.pa);
	blob_say_hex(params, " desc=", params->own.desc);
	blob_say(params, "\r\n");
	blob_drain(params);
}

void blob_fault(struct blob_params *params, uint64_t esr, uint64_t elr,
		uint64_t far)
{
	params->own.esr = esr;
	params->own.elr = elr;
	params->own.far = far;
	blob_stage(params, TRANS_STAGE_FAULT);
	blob_say_hex(params, "\r\ntrans: fault esr=", esr);
	blob_say_hex(params, " elr=", elr);
	blob_say_hex(params, " far=", far);
	blob_say_hex(params, " move=", params->own.moves);
	blob_say(params, "\r\n");
	blob_drain(params);
}
