/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The builder's walk: see build.h for the idea.
 */
#include "names.h"
#include "../../../lib/fail.h"
#include "frame.h"

enum action { KEEP_OLD, EDIT_OLD, TAKE_LEAF, TAKE_TABLE, CLEAR, DESCEND,
	      COLLIDE };

int trans_build_fail_(struct build *b, int status, const char *why, desc_t d,
		      trans_pa_t pa)
{
	if (b->report)
		b->report->error = (struct trans_error){
			.status = status, .why = why, .va = b->va, .pa = pa,
			.len = 1ULL << b->shift, .desc = d.v, .level = b->level,
		};
	return status;
}

/* What the destination has now. Its own pages were written by this library, so
 * an entry that is not empty, leaf or table cannot be. */
static void read_old(struct build *b)
{
	const struct frame *f = current(b);

	b->old.v = 0;
	if (f->old_kind == SIDE_TABLE)
		b->old.v = f->old[f->next];
	else if (f->old_kind == SIDE_LEAF)
		b->old.v = f->old_leaf + ((uint64_t)f->next << b->shift);
	b->old_kind = desc_kind(&b->dst->geo, b->level, b->old);
}

static trans_pa_t old_pa(const struct build *b)
{
	const struct trans_geometry *geo = &b->dst->geo;

	return desc_decode_pa(geo, b->old, b->old_kind == DESC_TABLE ?
					   geo->granule_shift : b->shift);
}

static bool leaf_allowed(const struct build *b, int level, trans_pa_t pa)
{
	const struct trans_geometry *geo = &b->dst->geo;

	if (level == 3)
		return true;
	return !(b->flags & TRANS_NOBLOCK) &&
	       (level == 2 || trans_geometry_leaf(geo, level)) &&
	       !(pa & low_mask(geo_shift(geo, level)));
}

/* Does the old leaf map the same memory in the same way? DBM means nothing in a
 * table of ours, whose TCR has no HD. */
static bool agrees(const struct build *b)
{
	uint64_t ignored = LEAF_CONT | LEAF_SOFTWARE | LEAF_DBM;
	uint64_t attributes = desc_attributes(&b->dst->geo, b->old);

	return b->old_kind == DESC_LEAF && b->item.kind == DESC_LEAF &&
	       old_pa(b) == b->item.pa &&
	       !((attributes ^ b->item.attributes) & ~ignored);
}

/* A leaf of the source on a slot that the range covers wholly. */
static enum action decide_leaf(const struct build *b)
{
	bool fits = leaf_allowed(b, b->level, b->item.pa);

	if (b->old_kind == DESC_TABLE)
		return fits && b->flags & TRANS_REPLACE ? TAKE_LEAF : DESCEND;
	if (b->old_kind == DESC_EMPTY || b->flags & TRANS_REPLACE)
		return fits ? TAKE_LEAF : DESCEND;
	if (!(b->flags & TRANS_UPGRADE) || !agrees(b))
		return COLLIDE;
	/* A part of a larger block stays one; a smaller leaf may become one. */
	return fits && b->frame[b->top].old_kind == SIDE_TABLE ? TAKE_LEAF :
								 KEEP_OLD;
}

/* Only over nothing: where the source has holes, what is old stays. */
static bool can_share(const struct build *b)
{
	const struct side *side = &b->frame[b->top].src;

	return b->op == OP_SHARE && b->old_kind == DESC_EMPTY &&
	       b->item.kind == DESC_TABLE && side->kind == SIDE_TABLE &&
	       !side->attributes;
}

static enum action decide_map(const struct build *b, enum extent extent)
{
	if (b->item.kind == DESC_EMPTY)
		return KEEP_OLD;
	if (b->flags & TRANS_KEEP && b->old_kind == DESC_LEAF)
		return KEEP_OLD;
	if (extent == PARTLY)
		return DESCEND;
	if (can_share(b))
		return TAKE_TABLE;
	return b->item.kind == DESC_LEAF ? decide_leaf(b) : DESCEND;
}

static enum action decide(const struct build *b, enum extent extent)
{
	if (extent == OUTSIDE)
		return KEEP_OLD;
	if (b->op == OP_MAP || b->op == OP_SHARE)
		return decide_map(b, extent);
	if (b->op == OP_WINDOW)
		return b->level < 3 ? DESCEND : KEEP_OLD;
	if (b->old_kind == DESC_EMPTY)
		return KEEP_OLD;
	if (b->op == OP_FOLD)
		return b->old_kind == DESC_TABLE ? DESCEND : KEEP_OLD;
	if (b->op == OP_ERASE)
		return extent == WHOLLY ? CLEAR : DESCEND;
	return extent == WHOLLY && b->old_kind == DESC_LEAF ? EDIT_OLD :
							      DESCEND;
}

/* May a run of leaves in this frame become a block? Where the frame splits an
 * old block, always: the block is then back if nothing has changed. */
static bool foldable(const struct build *b, const struct frame *f)
{
	if (b->flags & TRANS_FOLD || b->op == OP_FOLD ||
	    f->old_kind == SIDE_LEAF)
		return true;
	return b->flags & TRANS_UPGRADE &&
	       (f->src.kind == SIDE_LEAF || f->src.kind == SIDE_ASKED);
}

/* What of a leaf makes a run: fold looks through contiguous groups. */
static uint64_t run_bits(const struct build *b, desc_t d)
{
	return d.v & ~(b->op == OP_FOLD ? LEAF_CONT : 0);
}

/* Does @d at slot next continue the run that a page-less frame stands for? */
static bool continues(const struct build *b, const struct frame *f, desc_t d)
{
	if (!f->uniform)
		return false;
	if (!d.v)
		return !f->run;
	if (!foldable(b, f) ||
	    desc_kind(&b->dst->geo, b->level, d) != DESC_LEAF)
		return false;
	if (!f->run)
		return f->next == 0;
	return run_bits(b, d) == f->run + ((uint64_t)f->next << b->shift);
}

static bool equals_old(const struct build *b, const struct frame *f, desc_t d,
		       unsigned int count)
{
	bool same = f->same;

	for (unsigned int i = 0; same && i < count; i++)
		same = f->old[f->next + i] ==
		       d.v + ((uint64_t)i << b->shift);
	return same;
}

/* Can the finished run be one block in the table above it? */
static bool folds(const struct build *b, const struct frame *f)
{
	const struct trans_geometry *geo = &b->dst->geo;
	desc_t run = { f->run };

	return f->uniform && f->run &&
	       f->next == geo_entries(geo, b->level) &&
	       leaf_allowed(b, b->level - 1,
			    desc_decode_pa(geo, run, b->shift));
}

/* The page of the window for the table that the current slot is in. */
static trans_pa_t window_page(const struct build *b)
{
	const struct trans_geometry *geo = &b->dst->geo;
	unsigned int shift = geo_shift(geo, 2);

	return b->dst->window +
	       ((b->va >> shift) - (b->first >> shift)) * geo_granule(geo);
}

int tt_frame_page(struct build *b, struct frame *f)
{
	const char *why;
	int ret = 0;

	f->page = NULL;
	f->page_pa = 0;
	if (b->count) {
		b->stats.tables++;
		return 0;
	}
	if (b->op == OP_WINDOW && b->level == 3) {
		f->page_pa = window_page(b);
		ret = trans_page_open_(b->dst, f->page_pa, &f->page, &why);
	} else {
		ret = trans_page_take_(b->dst, &f->page, &f->page_pa, &why);
	}
	if (ret)
		return trans_build_fail_(b, ret, why, (desc_t){ 0 },
					 f->page_pa);
	b->stats.tables++;
	return 0;
}

/* A table descriptor found in a borrowed table leads to a borrowed table. */
static desc_t mark_borrowed(const struct build *b, const struct frame *f,
			    desc_t d)
{
	if (f->borrowed &&
	    desc_kind(&b->dst->geo, b->level, d) == DESC_TABLE)
		d.v |= TABLE_BORROWED;
	return d;
}

/* A page that is watched was zeroed already. */
static void store(const struct build *b, const struct frame *f,
		  unsigned int slot, desc_t d)
{
	if (d.v || !is_watched(b->dst))
		trans_store_(b->dst, &f->page[slot], d);
}

/* Store @d at @slot, and what continues it up to @end. */
static TRANS_APART void store_run(const struct build *b, const struct frame *f,
				  unsigned int slot, unsigned int end, desc_t d)
{
	for (; slot < end; slot++) {
		store(b, f, slot, d);
		if (d.v)
			d.v += 1ULL << b->shift;
	}
}

static TRANS_APART void store_old(const struct build *b, const struct frame *f)
{
	for (unsigned int i = 0; i < f->next; i++)
		store(b, f, i, mark_borrowed(b, f, (desc_t){ f->old[i] }));
}

/* Give the frame its page, with what it stood for so far. */
static int materialise(struct build *b, struct frame *f)
{
	desc_t run = { f->uniform ? f->run : 0 };
	int ret = tt_frame_page(b, f);

	f->exists = !ret;
	if (ret || !f->page)
		return ret;
	if (f->same)
		store_old(b, f);
	else
		store_run(b, f, 0, f->next, run);
	return ret;
}

/* On to the next @count slots. */
static void advance(struct build *b, struct frame *f, unsigned int count)
{
	f->next += count;
	b->va += (uint64_t)count << b->shift;
}

/* Put @d, and @count - 1 descriptors that continue it, into a frame that has no
 * page, if it can do without; @fresh of them are this operation's. */
static TRANS_APART bool put_virtually(struct build *b, struct frame *f, desc_t d,
			  unsigned int count, unsigned int fresh)
{
	bool same = equals_old(b, f, d, count);
	bool uniform = continues(b, f, d);

	if (!same && !uniform)
		return false;
	if (uniform && !f->next)
		f->run = run_bits(b, d);
	f->same = same;
	f->uniform = uniform;
	f->fresh += fresh;
	return true;
}

/* Put @d into the current slot, and @count - 1 descriptors that continue it
 * into the following; @fresh of them are this operation's. */
static int put(struct build *b, desc_t d, unsigned int count,
	       unsigned int fresh)
{
	struct frame *f = current(b);
	int ret = 0;

	if (!f->exists) {
		if (!put_virtually(b, f, d, count, fresh))
			ret = materialise(b, f);
		if (ret)
			return ret;
	}
	if (f->exists && f->page)
		store_run(b, f, f->next, f->next + count, d);
	advance(b, f, count);
	return 0;
}

/* Hand the old contents on. A leaf whose contiguous group the operation reaches
 * into loses the bit: the group is no longer even (Arm ARM D8.6.1). */
static int keep_old(struct build *b)
{
	const struct trans_geometry *geo = &b->dst->geo;
	unsigned int span = b->shift + geo_group(geo, b->level);
	desc_t d = mark_borrowed(b, current(b), b->old);

	if (b->old_kind == DESC_LEAF && d.v & LEAF_CONT && b->op != OP_FOLD &&
	    extent_of(b, b->va & ~low_mask(span), span) != OUTSIDE) {
		d.v &= ~LEAF_CONT;
		b->stats.cont_dropped++;
	}
	return put(b, d, 1, 0);
}

static int edit_old(struct build *b)
{
	const struct trans_geometry *geo = &b->dst->geo;
	uint64_t before = desc_attributes(geo, b->old);
	uint64_t after = edit_apply(b->edit, before);

	b->stats.protect += after != before;
	b->stats.leaves[b->level]++;
	return put(b, desc_leaf(geo, b->level, old_pa(b), after), 1, 1);
}

/* The old contents below the current slot. */
static int old_below(struct build *b, struct frame *below)
{
	const struct trans_geometry *geo = &b->dst->geo;
	trans_pa_t pa = old_pa(b);

	if (b->old_kind == DESC_LEAF) {
		below->old_kind = SIDE_LEAF;
		below->old_leaf =
			desc_leaf(geo, b->level + 1, pa,
				  desc_attributes(geo, b->old) & ~LEAF_CONT).v;
	} else if (b->old_kind == DESC_TABLE) {
		below->old_kind = SIDE_TABLE;
		below->same = b->op != OP_WINDOW;
		below->borrowed = current(b)->borrowed ||
				      b->old.v & TABLE_BORROWED;
		below->old = trans_table_at_(b->dst, pa, b->level + 1);
		if (!below->old)
			return trans_build_fail_(
				b, TRANS_EFAULT,
				"phys_to_virt refused a table page", b->old,
				pa);
	}
	return 0;
}

/* The slots of a new frame that need a look: all where there is old contents to
 * carry over, else those in the range. */
static void frame_bounds(struct build *b, struct frame *f)
{
	unsigned int entries = geo_entries(&b->dst->geo, b->level);
	trans_va_t end = b->va + (((uint64_t)entries << b->shift) - 1);

	f->end = entries;
	if (f->old_kind != SIDE_NONE)
		return;
	if (b->last < end)
		f->end = (uint32_t)((b->last - b->va) >> b->shift) + 1;
	if (b->first > b->va)
		advance(b, f, (uint32_t)((b->first - b->va) >> b->shift));
}

static TRANS_APART int descend(struct build *b)
{
	const struct frame *f = current(b);
	struct frame *below = &b->frame[b->top + 1];
	int ret = 0;

	*below = (struct frame){ .uniform = true };
	if (b->old_kind != DESC_EMPTY)
		ret = old_below(b, below);
	if (!ret && b->item.kind != DESC_EMPTY) {
		below->src = f->src;
		ret = tt_source_below(b, &below->src);
	}
	if (ret)
		return ret;
	go_down(b, 1);
	frame_bounds(b, below);
	if (b->op == OP_WINDOW && b->level == 3)
		return materialise(b, below);
	return 0;
}

/* How many slots from here on one put may overwrite: those that the range
 * covers wholly and whose old contents may go. */
static unsigned int free_slots(const struct build *b, const struct frame *f)
{
	uint64_t covered = (b->last - b->va - low_mask(b->shift)) >> b->shift;
	unsigned int most = f->end - f->next, count = 1;

	if (covered < most)
		most = (unsigned int)covered + 1;
	if (f->old_kind == SIDE_NONE)
		return most;
	while (f->old_kind == SIDE_TABLE && count < most &&
	       (b->flags & TRANS_REPLACE || !f->old[f->next + count]))
		count++;
	return count;
}

/* May the source be read and the current page written in one loop? Not where
 * each store is watched, or depends on what follows (a whole group). */
static bool direct(const struct build *b, const struct frame *f)
{
	return f->exists && f->page && f->old_kind == SIDE_NONE &&
	       f->src.kind == SIDE_TABLE && !(b->flags & TRANS_KEEPCONT) &&
	       !b->dst->ops->write_entry;
}

static TRANS_APART int take_leaf(struct build *b)
{
	const struct trans_geometry *geo = &b->dst->geo;
	struct frame *f = current(b);
	desc_t d = desc_leaf(geo, b->level, b->item.pa, b->item.attributes);
	unsigned int count, leaves;
	int ret = 0;

	if (!geo_has_pa(geo, b->item.pa + low_mask(b->shift)))
		return trans_build_fail_(
			b, TRANS_EUNREPR,
			"output address wider than the destination's",
			b->item.raw, b->item.pa);
	if (!f->exists && f->old_kind == SIDE_NONE && !foldable(b, f))
		ret = materialise(b, f);
	if (ret)
		return ret;
	count = free_slots(b, f);
	if (!direct(b, f)) {
		leaves = tt_source_run(b, &f->src, count, &d);
		ret = put(b, d, leaves, leaves);
	} else {
		count = tt_source_copy(b, &f->src, count, d, &f->page[f->next],
				       &leaves);
		advance(b, f, count);
	}
	b->stats.leaves[b->level] += leaves;
	return ret;
}

static int take_table(struct build *b)
{
	desc_t d = desc_table(&b->dst->geo, b->item.pa);

	d.v |= (b->item.raw.v & TABLE_ATTRIBUTES) | TABLE_BORROWED;
	return put(b, d, 1, 0);
}

static int build_slot(struct build *b)
{
	enum extent extent = extent_of(b, b->va, b->shift);
	int ret = 0;

	read_old(b);
	b->item.kind = DESC_EMPTY;
	if (extent != OUTSIDE && b->op <= OP_SHARE)
		ret = tt_source_item(b, &current(b)->src);
	if (ret)
		return ret;
	switch (decide(b, extent)) {
	case KEEP_OLD:
		return keep_old(b);
	case EDIT_OLD:
		return edit_old(b);
	case CLEAR:
		return put(b, (desc_t){ 0 }, 1, 0);
	case TAKE_LEAF:
		return take_leaf(b);
	case TAKE_TABLE:
		return take_table(b);
	case DESCEND:
		return descend(b);
	case COLLIDE:
		break;
	}
	return trans_build_fail_(b, TRANS_EEXIST,
				 "something is mapped here already", b->old,
				 old_pa(b));
}

static desc_t fold_frame(struct build *b, const struct frame *f)
{
	const struct trans_geometry *geo = &b->dst->geo;
	desc_t run = { f->run };
	uint64_t attributes = desc_attributes(geo, run) & ~LEAF_CONT;
	trans_pa_t pa = desc_decode_pa(geo, run, b->shift);

	if (f->fresh || b->op == OP_FOLD)
		b->stats.folded++;
	b->stats.leaves[b->level] -= f->fresh;
	b->stats.leaves[b->level - 1] += f->fresh != 0;
	return desc_leaf(geo, b->level - 1, pa, attributes);
}

/* The current frame is complete: what it has become goes into the slot of the
 * frame above. */
static TRANS_APART int build_close(struct build *b)
{
	struct frame *f = current(b), *above = f - 1;
	unsigned int fresh = 0;
	desc_t d = { 0 };
	int ret = 0;

	if (!f->exists && folds(b, f)) {
		d = fold_frame(b, f);
		fresh = f->fresh != 0;
	} else if (!f->exists && f->same && !(f->uniform && !f->run)) {
		d.v = above->old[above->next] |
		      (above->borrowed ? TABLE_BORROWED : 0);
		b->stats.leaves[b->level] -= f->fresh;
	} else {
		if (!f->exists && f->run)
			ret = materialise(b, f);
		if (ret)
			return ret;
		if (f->exists)
			d = desc_table(&b->dst->geo, f->page_pa);
		if (f->exists && f->page) /* nothing behind the last slot */
			store_run(b, f, f->end,
				  geo_entries(&b->dst->geo, b->level),
				  (desc_t){ 0 });
	}
	go_down(b, -1);
	b->va = (b->va - 1) & ~low_mask(b->shift);
	ret = put(b, d, 1, fresh);
	if (ret)
		go_down(b, 1); /* still this frame's to free */
	return ret;
}

int tt_build_walk(struct build *b)
{
	int ret = 0;

	while (!ret) {
		if (current(b)->next < current(b)->end)
			ret = build_slot(b);
		else if (b->top == 0)
			return 0;
		else
			ret = build_close(b);
	}
	return ret;
}
