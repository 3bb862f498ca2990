/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The mover: the one loop that overwrites memory. It writes destinations, the
 * report, and its own stack; everything else that it reads is mapped read-only.
 */
#include "blob.h"

typedef void (*move_fn)(const struct blob_params *params,
			const struct trans_move *move);

static struct trans_blob_report *report_of(const struct blob_params *params)
{
	return (struct trans_blob_report *)(uintptr_t)params->report;
}

/* The list is read where it lies, through the identity map. */
static void for_each(const struct blob_params *params, move_fn fn)
{
	const struct blob_list *page;
	uint64_t pa, i;

	for (pa = params->list; pa != BLOB_LIST_END; pa = page->next) {
		page = (const struct blob_list *)(uintptr_t)pa;
		for (i = 0; i < page->count; i++)
			fn(params, &page->move[i]);
	}
}

/* Whoever reads the report next has its caches off, or is a debugger. */
static void stage(const struct blob_params *params, enum trans_stage now)
{
	report_of(params)->stage = now;
	blob_clean(params->report, sizeof(struct trans_blob_report));
}

static void begin_report(const struct blob_params *params)
{
	volatile uint64_t *word = (uint64_t *)report_of(params);

	/* With the MMU off: no dirty line of the host's may fall on it later.
	 * (volatile: or the compiler makes it a call of memset) */
	blob_clean(params->report, sizeof(struct trans_blob_report));
	for (size_t i = 0; i < sizeof(struct trans_blob_report) / 8; i++)
		word[i] = 0;
	report_of(params)->magic = TRANS_REPORT_MAGIC;
	stage(params, TRANS_STAGE_ENTERED);
}

static void clean_destination(const struct blob_params *params,
			      const struct trans_move *move)
{
	blob_clean(move->dst + params->offset, move->len);
}

static void clean_both(const struct blob_params *params,
		       const struct trans_move *move)
{
	if (move->src != TRANS_ZERO)
		blob_clean(move->src + params->offset, move->len);
	clean_destination(params, move);
}

static void move_one(const struct blob_params *params,
		     const struct trans_move *move)
{
	struct trans_blob_report *report = report_of(params);
	uint64_t dst = move->dst + params->offset;
	uint64_t src = move->src + params->offset;

	if (move->src == TRANS_ZERO)
		blob_zero(dst, move->len);
	else if (move->dst < move->src)
		blob_copy_up(dst, src, move->len);
	else
		blob_copy_down(dst, src, move->len);
	report->moves++;
	report->bytes += move->len;
}

void blob_run(struct blob_params *params)
{
	uint64_t start;

	begin_report(params);
	blob_say_hex(params, "trans: moves=", params->move_count);
	blob_say(params, "\r\n");
	/*
	 * With the MMU off the loop reads and writes memory past the caches.
	 * What the host left dirty there must be in memory before, sources to
	 * be read, destinations not to be evicted over the copy; only here,
	 * with the MMU off already, can no new dirty line appear.
	 */
	if (!(params->sctlr & BLOB_SCTLR_M))
		for_each(params, clean_both);
	stage(params, TRANS_STAGE_MOVING);
	start = blob_ticks();
	for_each(params, move_one);
	for_each(params, clean_destination);
	blob_sync_code();
	report_of(params)->ticks = blob_ticks() - start;
	stage(params, TRANS_STAGE_MOVED);
	stage(params, TRANS_STAGE_LEAVING);
}

void blob_fault(struct blob_params *params, uint64_t esr, uint64_t elr,
		uint64_t far)
{
	struct trans_blob_report *report = report_of(params);

	report->esr = esr;
	report->elr = elr;
	report->far = far;
	stage(params, TRANS_STAGE_FAULT);
	blob_say_hex(params, "trans: fault esr=", esr);
	blob_say_hex(params, " elr=", elr);
	blob_say_hex(params, " far=", far);
	blob_say_hex(params, " move=", report->moves);
	blob_say(params, "\r\n");
}
