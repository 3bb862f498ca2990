/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A loaded kexec as text, so that a person can see what is going to happen
 * before it does: what goes where, by which moves, out of which memory, and
 * whether that memory survives.
 */
#include <trans_table/kexec.h>

#include "lib/text.h"

static void add_range(struct trans_text *text, const char *before,
		      uint64_t start, uint64_t len)
{
	trans_text_hex_(text, before, start);
	trans_text_add_(text, " + 0x");
	trans_text_number_(text, len, 16, 1);
}

static void print_segment(struct trans_text *text, const char *name,
			  struct trans_range range)
{
	trans_text_add_(text, "segment ");
	trans_text_add_(text, name);
	if (range.len)
		add_range(text, " 0x", range.start, range.len);
	else
		trans_text_add_(text, " none");
	trans_text_end_(text);
}

static void print_segments(struct trans_text *text,
			   const struct trans_kexec *kexec)
{
	const struct trans_transition_args *args = &kexec->transition.args;

	print_segment(text, "kernel", kexec->kernel);
	print_segment(text, "initrd", kexec->initrd);
	print_segment(text, "device tree", kexec->fdt);
	trans_text_hex_(text, "entry 0x", args->entry);
	trans_text_hex_(text, " x0 0x", args->x[0]);
	trans_text_end_(text);
}

/* With the first half of each digest, enough to compare by eye. */
static void print_digests(struct trans_text *text,
			  const struct trans_kexec *kexec)
{
	for (size_t i = 0; i < kexec->digests && !text->stopped; i++) {
		const struct trans_digest *digest = &kexec->digest[i];

		trans_text_add_(text, "verify");
		add_range(text, " 0x", digest->pa, digest->len);
		trans_text_add_(text, " sha256 ");
		for (unsigned int at = 0; at < TRANS_SHA256_LEN / 2; at++)
			trans_text_number_(text, digest->sha256[at], 16, 2);
		trans_text_end_(text);
	}
}

static void print_move(struct trans_text *text, const struct trans_move *move,
		       trans_pa_t spare)
{
	trans_text_hex_(text, "move 0x", move->src);
	add_range(text, " -> 0x", move->dst, move->len);
	if (move->dst == spare)
		trans_text_add_(text, " (spare)");
	else if (move->src == spare)
		trans_text_add_(text, " (from the spare)");
	trans_text_end_(text);
}

static void print_moves(struct trans_text *text,
			const struct trans_kexec *kexec)
{
	const struct trans_moves *plan = &kexec->plan;
	trans_pa_t spare = kexec->spare_granules ? kexec->spare : TRANS_ZERO;

	for (size_t i = 0; i < plan->count && !text->stopped; i++)
		print_move(text, &plan->move[i], spare);
	trans_text_decimal_(text, "moves ", plan->count);
	trans_text_decimal_(text, " bytes ", trans_moves_bytes(plan));
	trans_text_decimal_(text, " of a payload of ", kexec->payload_bytes);
	trans_text_end_(text);
}

/* Of any length, and no part of what is moved. */
static void print_ranges(struct trans_text *text, const char *what,
			 const struct trans_ranges *set)
{
	for (size_t i = 0; i < set->count && !text->stopped; i++) {
		trans_text_add_(text, what);
		add_range(text, " 0x", set->range[i].start, set->range[i].len);
		trans_text_end_(text);
	}
}

static int print_safe_range(struct trans_text *text, const char *name,
			    trans_pa_t pa, uint64_t len)
{
	trans_text_add_(text, "safe ");
	trans_text_add_(text, name);
	add_range(text, " 0x", pa, len);
	return trans_text_end_(text);
}

static void print_granules(struct trans_text *text, const char *name,
			   trans_pa_t pa, unsigned int granules,
			   unsigned int shift)
{
	if (granules)
		(void)print_safe_range(text, name, pa,
				       (uint64_t)granules << shift);
}

static const char *name_of(enum trans_pages kind)
{
	switch (kind) {
	case TRANS_PAGES_CODE:
		return "code";
	case TRANS_PAGES_DATA:
		return "data and stack";
	case TRANS_PAGES_LIST:
		return "move list";
	case TRANS_PAGES_REPORT:
		return "report";
	case TRANS_PAGES_UART:
		return "UART";
	case TRANS_PAGES_TABLE:
	case TRANS_PAGES_ENTRY_TABLE:
		break;
	}
	return "table";
}

static int print_pages(void *arg, enum trans_pages kind, trans_pa_t pa,
		       uint64_t len)
{
	return print_safe_range(arg, name_of(kind), pa, len);
}

static void print_safe(struct trans_text *text,
		       const struct trans_kexec *kexec)
{
	unsigned int shift = kexec->pool.shift;

	(void)trans_transition_pages(&kexec->transition, TRANS_PAGES_ALL,
				     print_pages, text, NULL);
	print_granules(text, "tree", kexec->fdt_source, kexec->fdt_granules,
		       shift);
	print_granules(text, "spare", kexec->spare, kexec->spare_granules,
		       shift);
	trans_text_decimal_(text, "tables ", kexec->table_pages);
	trans_text_decimal_(text, " safe granules ", kexec->pool.handed_out);
	trans_text_end_(text);
}

static void print_fault(struct trans_text *text, const struct trans_error *err)
{
	trans_text_add_(text, "proof FAILED: ");
	trans_text_add_(text, trans_strerror(err->status));
	trans_text_add_(text, ": ");
	trans_text_add_(text, err->why);
	add_range(text, ", 0x", err->pa, err->len);
	trans_text_hex_(text, " against 0x", err->va);
	trans_text_end_(text);
}

static void print_proof(struct trans_text *text,
			const struct trans_kexec *kexec)
{
	struct trans_error err;

	if (trans_transition_check(&kexec->transition, &err)) {
		print_fault(text, &err);
		return;
	}
	trans_text_add_(text,
			"proof holds: code, data, stack, list, tables and "
			"report lie outside every destination");
	trans_text_end_(text);
	trans_text_add_(text, "proof holds: every source is mapped readable, "
			"every destination writable, where the mover looks");
	trans_text_end_(text);
}

int trans_kexec_print(const struct trans_kexec *kexec, trans_put_fn put,
		      void *arg)
{
	struct trans_text text = { .put = put, .arg = arg };

	if (!kexec->kernel.len) {
		trans_text_add_(&text, "no kexec is loaded");
		return trans_text_end_(&text);
	}
	print_segments(&text, kexec);
	print_digests(&text, kexec);
	print_moves(&text, kexec);
	print_ranges(&text, "then zero", &kexec->zero);
	print_ranges(&text, "in place, cleaned", &kexec->stays);
	print_safe(&text, kexec);
	print_proof(&text, kexec);
	return text.stopped;
}
