/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The builder: see build.h for the idea. First what to do with a slot, then how
 * it is done, then the host table.
 */
#include "trans/table/build.h"

#include "lib/fail.h"
#include "trans/table/release.h"

static void set_level(struct build *b, int level)
{
	trans_rung_(&b->rung, &b->dst->geo, level);
}

static bool has_old(const struct build *b)
{
	return b->f->old;
}

/* What is in the current slot. */
static unsigned int old_kind(const struct build *b)
{
	return TRANS_ASSUME_ONCE ? DESC_EMPTY : b->old_kind;
}

int trans_build_fail_(struct build *b, int status, const char *why, desc_t d,
		      trans_pa_t pa)
{
	bool somewhere = b->level != TRANS_NO_LEVEL;

	if (b->report)
		b->report->error = (struct trans_error){
			.status = status, .why = why, .va = b->va, .pa = pa,
			.len = (uint64_t)somewhere << b->shift, .desc = d.v,
			.level = b->level,
		};
	return status;
}

/* ---- what is there, and what is wanted -------------------------------- */

/* What @slot is as long as the table has not become something else. */
static desc_t old_entry(const struct build *b, unsigned int slot)
{
	const struct frame *f = b->f;
	desc_t d = { 0 };

	if (!TRANS_ASSUME_ONCE && f->split)
		d.v = f->block + ((uint64_t)slot << b->shift);
	else if (f->old)
		d.v = f->old[slot];
	if (!TRANS_ASSUME_ONCE && f->borrowed)
		d.v = b->dst->lend(b, d.v);
	return d;
}

static trans_pa_t old_pa(const struct build *b)
{
	const struct trans_geometry *geo = &b->dst->geo;

	return trans_desc_decode_pa_(geo, b->old, old_kind(b) == DESC_TABLE ?
						   geo_granule_shift(geo) :
						   b->shift);
}

/* What is there is why the operation fails. */
static TRANS_APART int fail_old(struct build *b, int status, const char *why)
{
	return trans_build_fail_(b, status, trans_why(why), b->old, old_pa(b));
}

/* Look at the current slot, and have an answer for what of it is in the
 * range. */
static int study(struct build *b)
{
	trans_va_t from = build_from(b), end = b->va | low_mask(b->shift);

	b->old = old_entry(b, b->f->next);
	b->old_kind = (uint8_t)trans_desc_kind_(&b->dst->geo, b->level, b->old);
	b->to = end < b->last ? end : b->last;
	b->whole = b->to - from == end - b->va;
	if (TRANS_ASSUME_ONCE && b->old.v)
		return fail_old(b, TRANS_EEXIST, "see TRANS_ASSUME_ONCE");
	if (old_kind(b) == DESC_RESERVED)
		return fail_old(b, TRANS_ECORRUPT,
				"reserved descriptor in a borrowed table");
	if (!b->ask || (!b->share && from >= b->answer.va &&
			from <= b->answer.last))
		return 0;
	return b->ask(b, from);
}

/* ---- decisions -------------------------------------------------------- */

/* Less than 0: the status that the operation ends with, which is told. */
enum action { SKIP, TAKE, CLEAR, LINK, DESCEND };

/* May the answer be a leaf of the current slot? */
static bool fits(const struct build *b)
{
	const struct trans_geometry *geo = &b->dst->geo;

	if (b->level == 3)
		return true;
	return b->answer.order >= b->shift && !build_has(b, TRANS_NOBLOCK) &&
	       geo_leaf(geo, b->level) &&
	       !(build_pa(b, b->va) & low_mask(b->shift));
}

static bool covers(const struct build *b)
{
	return b->answer.last >= b->to;
}

/* Does an old leaf with @attributes, which maps @va to @pa, map it as the
 * answer does? DBM means nothing in a table of ours, whose TCR has no HD. */
static bool agrees(const struct build *b, trans_va_t va, trans_pa_t pa,
		   uint64_t attributes, uint64_t ignored)
{
	return pa == build_pa(b, va) &&
	       !((attributes ^ b->answer.attributes) & ~ignored);
}

#define SAME_USE (LEAF_CONT | LEAF_SOFTWARE | LEAF_DBM)

static bool old_agrees(const struct build *b)
{
	return old_kind(b) == DESC_LEAF &&
	       agrees(b, b->va, old_pa(b),
		      trans_desc_attributes_(&b->dst->geo, b->old), SAME_USE);
}

/* Is what @c has found of no hindrance to the whole slot becoming what the
 * answer says? */
static bool joins(const struct build *b, const struct cursor *c)
{
	trans_va_t last = cursor_last(c);
	trans_va_t from = build_from(b);
	bool inside = c->va >= from && last <= b->to;
	bool apart = last < from || c->va > b->to;
	uint64_t attributes;

	if (inside && (b->erase || build_has(b, TRANS_REPLACE)))
		return true;
	if (c->kind == DESC_EMPTY)
		return inside || b->erase;
	if (b->erase)
		return false;
	if (!apart && !build_has(b, COLLISION_FLAGS))
		return false;
	attributes = trans_inherit_(cursor_inherited(c),
				    trans_desc_attributes_(&b->dst->geo, c->d));
	return agrees(b, c->va, cursor_output(c), attributes,
		      inside && build_has(b, TRANS_UPGRADE) ? SAME_USE :
							   LEAF_CONT);
}

/* @one, if the slot, which is a table now, would be all that the answer says.
 * Its end is looked at first: what is built page by page has its hole there. */
static TRANS_APART int become(struct build *b, enum action one)
{
	trans_va_t end = b->va + low_mask(b->shift), va = end;
	trans_va_t seen = b->va - 1;
	struct cursor c;
	int ret;

	trans_cursor_init_(&c, b->dst);
	for (;; va = seen + 1) {
		ret = trans_cursor_find_(&c, va, 3);
		if (ret && ret != TRANS_ECORRUPT)
			return fail_old(b, ret, c.why);
		/* What is corrupt is told where it is in the way. */
		if (ret || !joins(b, &c))
			return DESCEND;
		if (c.va == seen + 1)
			seen = cursor_last(&c);
		if (seen == end)
			return (int)one;
	}
}

static int decide_hole(struct build *b)
{
	if (!covers(b))
		return DESCEND;
	if (!b->erase || old_kind(b) == DESC_EMPTY)
		return SKIP;
	if (b->whole)
		return CLEAR;
	return old_kind(b) == DESC_TABLE ? become(b, CLEAR) : DESCEND;
}

/* A leaf where a leaf is, which nobody said may be overwritten. */
static int decide_collision(struct build *b)
{
	if (!covers(b))
		return DESCEND;
	/* A part of a larger block stays one; a smaller leaf may change. */
	if (build_has(b, TRANS_UPGRADE) && old_agrees(b))
		return b->whole && fits(b) ? TAKE : SKIP;
	if (!b->whole)
		return DESCEND;
	return fail_old(b, TRANS_EEXIST, "something is mapped here already");
}

static int decide_leaf(struct build *b)
{
	bool over = build_has(b, TRANS_REPLACE) || old_kind(b) == DESC_EMPTY;

	if (old_kind(b) == DESC_LEAF && build_has(b, TRANS_KEEP))
		return SKIP;
	if (old_kind(b) == DESC_LEAF && !over)
		return decide_collision(b);
	if (!covers(b) || !fits(b))
		return DESCEND;
	if (over && b->whole)
		return TAKE;
	if (old_kind(b) == DESC_TABLE &&
	    build_has(b, TRANS_FOLD | TRANS_UPGRADE))
		return become(b, TAKE);
	return DESCEND;
}

static int decide(struct build *b)
{
	if (b->answer.kind == DESC_TABLE)
		return LINK;
	return b->answer.kind == DESC_EMPTY ? decide_hole(b) : decide_leaf(b);
}

/* ---- tables that become something else -------------------------------- */

/* Slots [@first, @end) with nothing in them, of a page that was written by
 * nobody else. One that is watched was zeroed already. */
static void store_holes(const struct build *b, unsigned int first,
			unsigned int end)
{
	if (first < end && b->f->page && !has_old(b) && !is_watched(b->dst))
		memset(&b->f->page[first], 0, 8ULL * (end - first));
}

/* What the table stood for so far, into its page; except what that, by chance
 * or because it was zeroed, has already. */
static void fill_page(struct build *b)
{
	unsigned int i;

	store_holes(b, 0, b->f->next);
	for (i = 0; has_old(b) && i < b->entries; i++) {
		desc_t d = old_entry(b, i);

		if (b->f->page[i] != d.v)
			trans_store_(b->dst, &b->f->page[i], d);
	}
}

int trans_build_page_(struct build *b, int ret)
{
	if (ret)
		return trans_build_fail_(b, ret, trans_page_why_(ret),
					 (desc_t){ 0 }, b->f->pa);
	b->f->exists = true;
	if (b->report)
		b->report->stats.tables++;
	if (b->f->page)
		fill_page(b);
	return 0;
}

/* Slots of the host table that are all empty are written in place, since
 * zeroing undoes that; for others a shadow of it is. */
static bool is_direct(const struct build *b)
{
	const struct frame *f = b->f;

	for (unsigned int i = f->next; f == b->frame &&
				       (TRANS_ASSUME_ONCE || !f->old[i]);)
		if (++i == f->end)
			return true;
	return false;
}

int trans_build_own_(struct build *b)
{
	struct frame *f = b->f;
	int ret = 0;

	if (is_direct(b)) {
		b->direct = f->exists = true;
		b->begin = f->next;
		f->page = build_counts(b) ? NULL : f->old;
		return 0;
	}
	if (!build_counts(b))
		ret = trans_page_take_(b->dst, &f->page, &f->pa);
	return trans_build_page_(b, ret);
}

/* Leave @count slots as they are. */
static int skip(struct build *b, unsigned int count)
{
	unsigned int next = b->f->next;

	store_holes(b, next, next + count);
	build_advance(b, count);
	return 0;
}

/* Is @d there already? Then a group may go on being one; but what is to become
 * one is not there yet. */
static bool is_old(const struct build *b, desc_t d)
{
	desc_t old = old_entry(b, b->f->next);

	return !((old.v ^ d.v) & ~LEAF_CONT) &&
	       (old.v & LEAF_CONT || !b->answer.cont) &&
	       !(b->f->split && build_has(b, TRANS_NOBLOCK));
}

/* Put @d into the current slot, and what continues it into the next of @most,
 * as far as their contents may go. */
static TRANS_APART int put(struct build *b, desc_t d, unsigned int most)
{
	struct frame *f = b->f;
	int ret;

	do {
		ret = f->exists || is_old(b, d) ? 0 : trans_build_own_(b);
		if (ret)
			return ret;
		if (f->page) {
			if (f->old && b->dst->groups)
				b->dst->groups(b, f->next, 0);
			trans_store_(b->dst, &f->page[f->next], d);
		}
		build_advance(b, 1);
		d.v += 1ULL << b->shift;
	} while (--most && (!f->old || build_has(b, TRANS_REPLACE) ||
			    !old_entry(b, f->next).v));
	return 0;
}

/* ---- leaves ----------------------------------------------------------- */

/* How many slots from here on the answer fills. */
static unsigned int slots_ahead(const struct build *b)
{
	unsigned int most = (unsigned int)(b->f->end - b->f->next);
	uint64_t more;

	if (!b->whole)
		return 1;
	more = (b->answer.last - b->va - low_mask(b->shift)) >> b->shift;
	return more < most ? (unsigned int)more + 1 : most;
}

unsigned int trans_build_leaves_(const struct build *b)
{
	unsigned int most = slots_ahead(b);
	const struct trans_geometry *geo = &b->dst->geo;
	uint64_t more = low_mask(geo->pa_bits) & low_mask(geo_straight(geo)) &
			~build_pa(b, b->va);

	more >>= b->shift;
	return more < most ? (unsigned int)more + 1 : most;
}

/* Tables that @count leaves of this level stand for. */
static uint64_t tables_folded(const struct build *b, unsigned int count)
{
	uint64_t tables = 0, below = count;

	for (int level = b->level; level < b->answer.level; level++) {
		tables += below;
		below <<= geo_stride(&b->dst->geo);
	}
	return tables || old_kind(b) != DESC_TABLE ||
			       build_has(b, TRANS_REPLACE) ?
		       tables : 1;
}

static TRANS_APART void count_leaves(struct build *b, unsigned int count)
{
	if (!b->report)
		return;
	b->report->stats.leaves[b->level] += count - b->answer.holes;
	b->report->stats.folded += tables_folded(b, count);
}

/* Leaves from the current slot on, as far as one run goes. */
static int take(struct build *b)
{
	const struct trans_geometry *geo = &b->dst->geo;
	trans_pa_t pa = build_pa(b, b->va);
	unsigned int slot = b->f->next, count;
	int ret;

	if (!geo_has_pa(geo, pa + low_mask(b->shift)))
		return trans_build_fail_(
			b, TRANS_EUNREPR,
			trans_why("output address wider than the destination's"),
			(desc_t){ 0 }, pa);
	ret = b->fill ? b->fill(b) : 0;
	if (!ret)
		ret = put(b, build_leaf(b), trans_build_leaves_(b));
	if (ret < 0)
		return ret;
	count = (unsigned int)b->f->next - slot;
	count_leaves(b, count);
	if (b->answer.cont && b->f->exists)
		b->dst->groups(b, slot, count);
	return 0;
}

/* ---- down and up ------------------------------------------------------ */

/* Go on with the table b->f, which is below the current slot. */
static void enter(struct build *b)
{
	trans_va_t from = build_from(b);

	set_level(b, b->level + 1);
	b->va = from & ~low_mask(b->shift);
	b->f->next = (uint16_t)rung_index(b->rung, from);
	b->f->end = (uint16_t)(rung_index(b->rung, b->to) + 1);
}

static TRANS_APART int open_old(struct build *b, struct frame *f,
				trans_pa_t pa, unsigned int entries)
{
	f->old = trans_table_at_(b->dst, pa, entries);
	if (f->old)
		return 0;
	return trans_build_fail_(b, TRANS_EFAULT,
				 trans_why("phys_to_virt refused a table page"),
				 b->old, pa);
}

/* Is all that changes below the current slot, in a table that may be written?
 * Then that is the host table. A last-level table that is to be exchanged for
 * one of the window may not be. */
static bool is_below(const struct build *b)
{
	const struct frame *f = b->f;

	return f == b->frame && !f->exists && f->end == f->next + 1 &&
	       old_kind(b) == DESC_TABLE && !(b->old.v & TABLE_BORROWED) &&
	       !(b->window && b->level == 2);
}

/* What the table in or instead of the current slot was. */
static int old_below(struct build *b, struct frame *below)
{
	const struct trans_geometry *geo = &b->dst->geo;
	unsigned int borrowed = b->f->borrowed;
	trans_pa_t pa = old_pa(b);

	*below = (struct frame){ 0 };
	if (old_kind(b) == DESC_LEAF) {
		below->split = true;
		below->block = trans_desc_leaf_(geo, b->level + 1, pa,
					 trans_desc_attributes_(geo, b->old) &
						 ~LEAF_CONT).v;
	}
	if (old_kind(b) != DESC_TABLE)
		return 0;
	below->borrowed =
		(uint8_t)(borrowed | b->old.v / TABLE_BORROWED);
	/* It is not the root's. */
	return open_old(b, below, pa, 1u << geo_stride(geo));
}

static TRANS_APART int descend(struct build *b)
{
	struct frame *below = is_below(b) ? b->f : b->f + 1;
	int ret = old_below(b, below);

	if (ret)
		return ret;
	b->f = below;
	enter(b);
	return 0;
}

/* The current table is done: it goes into the slot that it is for. */
static int ascend(struct build *b)
{
	const struct frame *f = b->f;
	struct rung rung = b->rung;
	int ret;

	if (f->exists)
		store_holes(b, f->end, b->entries);
	b->f--;
	set_level(b, b->level - 1);
	b->va = (b->va - 1) & ~low_mask(b->shift);
	if (!f->exists)
		return skip(b, 1);
	ret = put(b, desc_table(&b->dst->geo, f->pa), 1);
	if (ret) { /* still the table's own to give back */
		b->f++;
		b->rung = rung;
	}
	return ret;
}

static int build_slot(struct build *b)
{
	int ret = study(b);

	if (ret)
		return ret;
	ret = decide(b);
	switch (ret) {
	case SKIP:
		return skip(b, b->answer.kind == DESC_EMPTY && !b->erase ?
				       slots_ahead(b) : 1);
	case TAKE:
		return take(b);
	case CLEAR:
		return put(b, (desc_t){ 0 }, 1);
	case LINK:
		return put(b, (desc_t){ b->answer.attributes }, 1);
	case DESCEND:
		return descend(b);
	default:
		return ret;
	}
}

static int walk(struct build *b)
{
	int ret = open_old(b, b->f, b->dst->root, b->entries);

	while (!ret) {
		if (b->f->next < b->f->end)
			ret = build_slot(b);
		else if (b->f == b->frame)
			return 0;
		else
			ret = ascend(b);
	}
	return ret;
}

/* ---- the host table --------------------------------------------------- */

/* Give back what the slots [@first, @end) of the current table link to; except
 * what was there before. */
static void release(struct build *b, unsigned int first, unsigned int end)
{
	const struct frame *f = b->f;

	trans_release_(b->dst, &b->rung, f->page,
		       f->split || f->page == f->old ? NULL : f->old, first,
		       end, b->report);
}

/* The current table goes, with what it links to. */
static TRANS_APART void give(struct build *b)
{
	release(b, 0, b->entries);
	trans_page_give_(b->dst, b->f->pa, b->report);
}

/* Exchange what differs, so that the shadow holds what was replaced. */
static TRANS_APART void exchange(struct build *b)
{
	const struct frame *f = b->f;

	for (unsigned int i = 0; i < b->entries; i++) {
		desc_t old = { f->old[i] };

		if (f->page[i] == old.v)
			continue;
		trans_store_(b->dst, &f->old[i], (desc_t){ f->page[i] });
		trans_store_(b->dst, &f->page[i], old);
	}
}

/* The shadow becomes true, and what was replaced is given back. */
static TRANS_APART void commit(struct build *b)
{
	exchange(b);
	give(b);
}

/* Give back what was made, and make the host's slots what they were. */
static TRANS_APART void roll_back(struct build *b)
{
	struct frame *f;

	for (f = b->f; f > b->frame || !b->direct; b->f = --f) {
		if (f->exists) {
			store_holes(b, f->next, b->entries);
			give(b);
		}
		if (f == b->frame)
			return;
		set_level(b, b->level - 1);
	}
	release(b, b->begin, f->next);
	while (f->next > b->begin)
		trans_store_(b->dst, &f->page[--f->next], (desc_t){ 0 });
}

int trans_build_(struct build *b)
{
	int ret;

	b->f = b->frame;
	b->va = b->first;
	b->to = b->last;
	set_level(b, b->dst->geo.start_level - 1);
	enter(b);
	ret = walk(b);
	if (build_counts(b) || TRANS_ASSUME_ONCE)
		return ret;
	if (ret)
		roll_back(b);
	else if (b->f->exists && !b->direct)
		commit(b);
	return ret;
}
