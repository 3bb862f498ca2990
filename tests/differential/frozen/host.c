/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The host table of an operation: the deepest existing table that contains the
 * whole range. It is found here, and here what the walk has built is linked to
 * it, or taken back.
 */
#include "names.h"
#include "../../../lib/fail.h"
#include "frame.h"

/* Is the slot a table of this tree that the range lies in but does not fill? A
 * slot that the range covers wholly is not entered: it may become a block, or
 * empty; nor is a borrowed table, which must not be written; nor a last-level
 * table that is to be exchanged for one of the window. */
static bool enter_slot(const struct build *b, const struct frame *f, desc_t d)
{
	if (b->op == OP_WINDOW && b->level == 2)
		return false;
	return f->end == f->next + 1 &&
	       desc_kind(&b->dst->geo, b->level, d) == DESC_TABLE &&
	       !(d.v & TABLE_BORROWED) &&
	       extent_of(b, b->first & ~low_mask(b->shift), b->shift) !=
		       WHOLLY;
}

/* Find the host table, starting at the root. */
static TRANS_APART int find_host(struct build *b)
{
	struct frame *f = &b->frame[0];
	const struct trans_geometry *geo = &b->dst->geo;

	b->va = trans_geometry_first(geo);
	f->page_pa = b->dst->root;
	set_level(b, geo->start_level);
	for (;;) {
		desc_t d;

		b->host = trans_table_at_(b->dst, f->page_pa, b->level);
		if (!b->host)
			return trans_build_fail_(
				b, TRANS_EFAULT,
				"phys_to_virt refused a table page",
				(desc_t){ 0 }, f->page_pa);
		f->next = geo_index(geo, b->level, b->first);
		f->end = geo_index(geo, b->level, b->last) + 1;
		d = (desc_t){ b->host[f->next] };
		if (!enter_slot(b, f, d))
			return 0;
		b->va = b->first & ~low_mask(b->shift);
		f->page_pa = desc_decode_pa(geo, d, geo->granule_shift);
		set_level(b, b->level + 1);
	}
}

static bool is_contiguous(const struct build *b, unsigned int slot)
{
	desc_t d = { b->host[slot] };

	return desc_kind(&b->dst->geo, b->level, d) == DESC_LEAF &&
	       d.v & LEAF_CONT;
}

/* A contiguous group that the range cuts must be rewritten as a whole. */
static void widen_to_groups(const struct build *b, struct frame *f)
{
	uint32_t group = 1u << geo_group(&b->dst->geo, b->level);

	if (is_contiguous(b, f->next))
		f->next &= ~(group - 1);
	if (is_contiguous(b, f->end - 1))
		f->end = (f->end + group - 1) & ~(group - 1);
}

/* Frame 0 stores straight into the host table where the slots are all empty
 * (zeroing undoes that), and into a shadow of it otherwise. */
static TRANS_APART int open_host(struct build *b)
{
	struct frame *f = &b->frame[0];
	uint64_t index = f->next;
	int ret = 0;

	widen_to_groups(b, f);
	b->va = (b->first & ~low_mask(b->shift)) -
		((index - f->next) << b->shift);
	for (unsigned int i = f->next; i < f->end; i++)
		if (b->host[i])
			b->shadowed = true;
	f->page = b->count ? NULL : b->host;
	if (b->shadowed) {
		f->old_kind = SIDE_TABLE;
		f->old = b->host;
		ret = tt_frame_page(b, f);
	}
	f->exists = true;
	return ret;
}

/* Exchange the host's slots with the shadow's, so that the shadow holds what
 * was replaced. */
static void swap_slots(struct build *b, uint64_t *shadow, unsigned int first,
		       unsigned int end)
{
	for (unsigned int i = first; i < end; i++) {
		desc_t old = { b->host[i] };

		if (shadow[i] == old.v)
			continue;
		trans_store_(b->dst, &b->host[i], (desc_t){ shadow[i] });
		trans_store_(b->dst, &shadow[i], old);
	}
}

static TRANS_APART void commit(struct build *b, unsigned int first, unsigned int end)
{
	struct frame *f = &b->frame[0];

	if (b->count || !b->shadowed)
		return;
	swap_slots(b, f->page, first, end);
	trans_release_slots_(b->dst, b->level, f->page, first, end, b->host,
			     &b->stats);
	trans_release_(b->dst, 3, f->page, f->page_pa, NULL, &b->stats);
}

/* Give back what the slots of a frame from @first on lead to, as far as they
 * were written. */
static void release_frame(struct build *b, const struct frame *f,
			  unsigned int first)
{
	trans_release_slots_(b->dst, b->level, f->page, first, f->next,
			     f->old_kind == SIDE_TABLE ? f->old : NULL,
			     &b->stats);
	if (b->top > 0 || b->shadowed)
		trans_release_(b->dst, 3, f->page, f->page_pa, NULL, &b->stats);
}

static TRANS_APART void roll_back(struct build *b, unsigned int first)
{
	const struct frame *host = &b->frame[0];

	for (; b->top > 0; go_down(b, -1))
		if (current(b)->exists && current(b)->page)
			release_frame(b, current(b), 0);
	if (!host->page)
		return;
	release_frame(b, host, first);
	for (unsigned int i = first; !b->shadowed && i < host->next; i++)
		if (b->host[i])
			trans_store_(b->dst, &b->host[i], (desc_t){ 0 });
}

static int build_in_host(struct build *b)
{
	unsigned int first, end;
	int ret = open_host(b);

	if (ret)
		return ret;
	first = b->frame[0].next;
	end = b->frame[0].end;
	ret = tt_build_walk(b);
	if (ret)
		roll_back(b, first);
	else
		commit(b, first, end);
	return ret;
}

int trans_build_(struct build *b)
{
	int ret = find_host(b);

	if (!ret && b->src)
		ret = trans_source_begin_(b, &b->frame[0].src);
	if (!ret)
		ret = build_in_host(b);
	if (b->report)
		b->report->stats = b->stats;
	return ret;
}
