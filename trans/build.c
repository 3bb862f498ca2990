/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The builder's walk: see build.h for the idea.
 */
#include "frame.h"

enum action { KEEP_OLD, EDIT_OLD, TAKE_LEAF, TAKE_TABLE, CLEAR, DESCEND,
	      COLLIDE };

int tt_build_fail(struct build *b, int status, const char *why, int level,
		  trans_va_t va, desc_t d, trans_pa_t pa)
{
	if (b->report)
		b->report->error = (struct trans_error){
			.status = status, .why = why, .va = va, .pa = pa,
			.len = 1ULL << geo_shift(&b->dst->geo, level),
			.desc = d.v, .level = level,
		};
	return status;
}

/* What the destination has now. Its own pages were written by this library, so
 * an entry that is not empty, leaf or table cannot be. */
static void old_item(const struct build *b, const struct frame *f,
		     trans_va_t va, struct item *item)
{
	const struct trans_geometry *geo = &b->dst->geo;
	unsigned int shift = b->shift;

	*item = (struct item){ .kind = DESC_EMPTY };
	if (f->old_kind == SIDE_NONE)
		return;
	if (f->old_kind == SIDE_LEAF)
		item->d = desc_leaf(geo, b->level, va + f->old_offset,
				    f->old_attributes);
	if (f->old_kind == SIDE_TABLE)
		item->d = (desc_t){ f->old[f->next] };
	item->kind = desc_kind(geo, b->level, item->d);
	if (item->kind == DESC_TABLE)
		shift = geo->granule_shift;
	item->pa = desc_decode_pa(geo, item->d, shift);
	item->attributes = desc_attributes(geo, item->d);
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
static bool agrees(const struct item *old, const struct item *src)
{
	uint64_t ignored = LEAF_CONT | LEAF_SOFTWARE | LEAF_DBM;

	return old->kind == DESC_LEAF && src->kind == DESC_LEAF &&
	       old->pa == src->pa &&
	       !((old->attributes ^ src->attributes) & ~ignored);
}

/* A leaf of the source on a slot that the range covers wholly. */
static enum action decide_leaf(const struct build *b, const struct item *old,
			       const struct item *src)
{
	bool fits = leaf_allowed(b, b->level, src->pa);

	if (old->kind == DESC_TABLE)
		return fits && b->flags & TRANS_REPLACE ? TAKE_LEAF : DESCEND;
	if (old->kind == DESC_EMPTY || b->flags & TRANS_REPLACE)
		return fits ? TAKE_LEAF : DESCEND;
	if (!(b->flags & TRANS_UPGRADE) || !agrees(old, src))
		return COLLIDE;
	/* A part of a larger block stays one; a smaller leaf may become one. */
	return fits && b->frame[b->top].old_kind == SIDE_TABLE ? TAKE_LEAF :
								 KEEP_OLD;
}

/* Only over nothing: where the source has holes, what is old stays. */
static bool can_share(const struct build *b, const struct frame *f,
		      const struct item *old, const struct item *src)
{
	return b->op == OP_SHARE && old->kind == DESC_EMPTY &&
	       src->kind == DESC_TABLE && f->src.kind == SIDE_TABLE &&
	       !f->src.inherited.clear && !f->src.inherited.set;
}

static enum action decide_map(const struct build *b, enum extent extent,
			      const struct item *old, const struct item *src)
{
	if (src->kind == DESC_EMPTY)
		return KEEP_OLD;
	if (b->flags & TRANS_KEEP && old->kind == DESC_LEAF)
		return KEEP_OLD;
	if (extent == PARTLY)
		return DESCEND;
	if (can_share(b, &b->frame[b->top], old, src))
		return TAKE_TABLE;
	return src->kind == DESC_LEAF ? decide_leaf(b, old, src) : DESCEND;
}

static enum action decide(const struct build *b, enum extent extent,
			  const struct item *old, const struct item *src)
{
	if (extent == OUTSIDE)
		return KEEP_OLD;
	if (b->op == OP_MAP || b->op == OP_SHARE)
		return decide_map(b, extent, old, src);
	if (b->op == OP_WINDOW)
		return b->level < 3 ? DESCEND : KEEP_OLD;
	if (old->kind == DESC_EMPTY)
		return KEEP_OLD;
	if (b->op == OP_FOLD)
		return old->kind == DESC_TABLE ? DESCEND : KEEP_OLD;
	if (b->op == OP_ERASE)
		return extent == WHOLLY ? CLEAR : DESCEND;
	return extent == WHOLLY && old->kind == DESC_LEAF ? EDIT_OLD : DESCEND;
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
	uint64_t step = 1ULL << b->shift;

	if (!f->uniform)
		return false;
	if (!d.v)
		return !f->run;
	if (!foldable(b, f) ||
	    desc_kind(&b->dst->geo, b->level, d) != DESC_LEAF)
		return false;
	return f->run ? run_bits(b, d) == f->run + f->next * step :
			f->next == 0;
}

static bool equals_old(const struct frame *f, desc_t d, unsigned int count,
		       uint64_t step)
{
	bool same = f->same;

	for (unsigned int i = 0; same && i < count; i++)
		same = f->old[f->next + i] == d.v + i * step;
	return same;
}

/* Can the finished run be one block in the table above it? */
static bool folds(const struct build *b, const struct frame *f)
{
	const struct trans_geometry *geo = &b->dst->geo;
	desc_t run = { f->run };
	trans_pa_t pa = desc_decode_pa(geo, run, b->shift);

	return f->uniform && f->run &&
	       f->next == geo_entries(geo, b->level) &&
	       leaf_allowed(b, b->level - 1, pa);
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
		f->page_pa = b->window + (f->va - b->window_va) /
				(1ULL << geo_shift(&b->dst->geo, 2)) *
				geo_granule(&b->dst->geo);
		ret = tt_page_open(b->dst, f->page_pa, &f->page, &why);
	} else {
		ret = tt_page_take(b->dst, &f->page, &f->page_pa, &why);
	}
	if (ret)
		return tt_build_fail(b, ret, why, b->level, f->va,
				     (desc_t){ 0 }, f->page_pa);
	b->stats.tables++;
	return 0;
}

/* A table descriptor found in a borrowed table leads to a borrowed table. */
static desc_t mark_borrowed(const struct build *b, const struct frame *f,
			    desc_t d)
{
	if (f->borrowed && desc_kind(&b->dst->geo, b->level, d) == DESC_TABLE)
		d.v |= TABLE_BORROWED;
	return d;
}

/* Give the frame its page, with what it stood for so far. */
static int materialise(struct build *b, struct frame *f)
{
	uint64_t step = 1ULL << b->shift;
	uint64_t run = f->uniform ? f->run : 0;
	bool same = f->same;
	int ret = tt_frame_page(b, f);

	if (ret) {
		f->run = run;
		return ret;
	}
	f->exists = true;
	for (unsigned int i = 0; f->page && i < f->next; i++) {
		desc_t d = { run ? run + i * step : 0 };

		if (same)
			d = mark_borrowed(b, f, (desc_t){ f->old[i] });
		if (d.v)
			tt_store(b->dst, &f->page[i], d);
	}
	return 0;
}

/* Put @d into slot next of the current frame, and @count - 1 descriptors that
 * continue it into the following; @fresh of them are this operation's. */
static int put(struct build *b, desc_t d, unsigned int count,
	       unsigned int fresh)
{
	struct frame *f = current(b);
	uint64_t step = 1ULL << b->shift;
	int ret;

	if (!f->exists) {
		bool same = equals_old(f, d, count, step);
		bool uniform = continues(b, f, d);

		if (!same && !uniform) {
			ret = materialise(b, f);
			if (ret)
				return ret;
		} else {
			if (uniform && !f->next)
				f->run = run_bits(b, d);
			f->same = same;
			f->uniform = uniform;
		}
	}
	f->fresh += fresh;
	if (!f->exists || !f->page || !d.v) {
		f->next += count;
		return 0;
	}
	for (; count--; f->next++, d.v += step)
		tt_store(b->dst, &f->page[f->next], d);
	return 0;
}

/* Hand the old contents on. A leaf whose contiguous group the operation reaches
 * into loses the bit: the group is no longer even (Arm ARM D8.6.1). */
static int keep_old(struct build *b, const struct item *old, trans_va_t va)
{
	const struct trans_geometry *geo = &b->dst->geo;
	unsigned int span = b->shift + geo_group(geo, b->level);
	desc_t d = mark_borrowed(b, current(b), old->d);

	if (old->kind == DESC_LEAF && d.v & LEAF_CONT && b->op != OP_FOLD &&
	    extent_of(b, va & ~low_mask(span), span) != OUTSIDE) {
		d.v &= ~LEAF_CONT;
		b->stats.cont_dropped++;
	}
	return put(b, d, 1, 0);
}

static int edit_old(struct build *b, const struct item *old)
{
	uint64_t attributes = tt_edit_apply(b->edit, old->attributes);

	if (attributes != old->attributes)
		b->stats.protected++;
	b->stats.leaves[b->level]++;
	return put(b, desc_leaf(&b->dst->geo, b->level, old->pa, attributes), 1,
		   1);
}

static int old_below(struct build *b, const struct item *old, trans_va_t va,
		     struct frame *below)
{
	const struct frame *f = current(b);

	if (old->kind == DESC_LEAF) {
		below->old_kind = SIDE_LEAF;
		below->old_attributes = old->attributes & ~LEAF_CONT;
		below->old_offset = old->pa - va;
	} else if (old->kind == DESC_TABLE) {
		below->old_kind = SIDE_TABLE;
		below->same = b->op != OP_WINDOW;
		below->borrowed = f->borrowed || old->d.v & TABLE_BORROWED;
		below->old = tt_table_at(b->dst, old->pa, b->level + 1);
		if (!below->old)
			return tt_build_fail(b, TRANS_EFAULT,
					     "phys_to_virt refused a table page",
					     b->level, va, old->d, old->pa);
	}
	return 0;
}

/* The slots of a new frame that need a look: all where there is old contents to
 * carry over, else those in the range. */
static void frame_bounds(const struct build *b, struct frame *f)
{
	const struct trans_geometry *geo = &b->dst->geo;
	unsigned int entries = geo_entries(geo, b->level);
	unsigned int shift = b->shift;
	trans_va_t end = f->va + (((uint64_t)entries << shift) - 1);

	f->next = 0;
	f->end = entries;
	if (f->old_kind != SIDE_NONE)
		return;
	if (b->first > f->va)
		f->next = (uint32_t)((b->first - f->va) >> shift);
	if (b->last < end)
		f->end = (uint32_t)((b->last - f->va) >> shift) + 1;
}

static int descend(struct build *b, trans_va_t va, const struct item *old,
		   const struct item *src)
{
	struct frame *f = current(b), *below = f + 1;
	int ret;

	*below = (struct frame){ .va = va, .uniform = true };
	ret = old_below(b, old, va, below);
	if (!ret && src->kind != DESC_EMPTY)
		ret = tt_source_below(b, &f->src, b->level, va, src,
				      &below->src);
	if (ret)
		return ret;
	go_down(b, 1);
	frame_bounds(b, below);
	if (b->op == OP_WINDOW && b->level == 3)
		return materialise(b, below);
	return 0;
}

/* The slots from @va on that the range covers wholly, to the frame's end. */
static unsigned int slots_left(const struct build *b, const struct frame *f,
			       trans_va_t va)
{
	unsigned int shift = b->shift;
	uint64_t covered = (b->last - va - low_mask(shift)) >> shift;
	unsigned int left = f->end - f->next - 1;

	return 1 + (covered < left ? (unsigned int)covered : left);
}

/* How many of @most slots from here on one put may overwrite. */
static unsigned int free_slots(const struct build *b, const struct frame *f,
			       unsigned int most)
{
	unsigned int count = 1;

	if (f->old_kind == SIDE_NONE)
		return most;
	while (f->old_kind == SIDE_TABLE && count < most &&
	       (b->flags & TRANS_REPLACE || !f->old[f->next + count]))
		count++;
	return count;
}

/* How many slots from here on one put can fill. A run ends where its output
 * would carry out of the address field of the 52-bit layouts. */
static unsigned int leaf_count(struct build *b, const struct item *src,
			       trans_va_t va, uint64_t *out, desc_t *d)
{
	const struct frame *f = &b->frame[b->top];
	unsigned int shift = b->shift;
	uint64_t field = (1ULL << 48) - (src->pa & low_mask(48));
	uint64_t beyond = (1ULL << b->dst->geo.pa_bits) - src->pa;
	unsigned int most = free_slots(b, f, slots_left(b, f, va));
	bool whole = false;

	if (most > beyond >> shift)
		most = (unsigned int)(beyond >> shift);
	if (most > field >> shift && field >> shift)
		most = (unsigned int)(field >> shift);
	most = tt_source_run(b, &f->src, va, most, src, &whole, out, *d);
	if (whole)
		d->v |= LEAF_CONT;
	return most;
}

/* May the source be read and the current page written in one loop? Not where
 * each store is watched, or depends on what follows (a whole group). */
static bool direct(const struct build *b, const struct item *src)
{
	const struct frame *f = &b->frame[b->top];

	return f->exists && f->page && f->old_kind == SIDE_NONE &&
	       f->src.kind == SIDE_TABLE && src->raw.v & DESC_VALID &&
	       !(b->flags & TRANS_KEEPCONT) && !b->dst->ops->write_entry;
}

static int take_leaf(struct build *b, trans_va_t va, const struct item *src)
{
	const struct trans_geometry *geo = &b->dst->geo;
	struct frame *f = current(b);
	desc_t d = desc_leaf(geo, b->level, src->pa, src->attributes);
	uint64_t *out = NULL;
	unsigned int count;
	int ret = 0;

	if (!geo_has_pa(geo, src->pa + low_mask(b->shift)))
		return tt_build_fail(
			b, TRANS_EUNREPR,
			"output address wider than the destination's", b->level,
			va, src->d, src->pa);
	if (!f->exists && f->old_kind == SIDE_NONE && !foldable(b, f))
		ret = materialise(b, f);
	if (ret)
		return ret;
	if (direct(b, src))
		out = &f->page[f->next];
	count = leaf_count(b, src, va, out, &d);
	b->stats.leaves[b->level] += count;
	if (!out)
		return put(b, d, count, count);
	f->next += count;
	f->fresh += count;
	return 0;
}

static int take_table(struct build *b, const struct item *src)
{
	desc_t d = desc_table(&b->dst->geo, src->pa);

	d.v |= (src->d.v & TABLE_ATTRIBUTES) | TABLE_BORROWED;
	return put(b, d, 1, 0);
}

static int build_slot(struct build *b)
{
	struct frame *f = current(b);
	trans_va_t va = slot_va(b, f);
	enum extent extent = slot_extent(b, va);
	struct item old, src = { .kind = DESC_EMPTY };
	int ret = 0;

	old_item(b, f, va, &old);
	if (extent != OUTSIDE && b->op <= OP_SHARE)
		ret = tt_source_item(b, &f->src, b->level, va, &src);
	if (ret)
		return ret;
	switch (decide(b, extent, &old, &src)) {
	case KEEP_OLD:
		return keep_old(b, &old, va);
	case EDIT_OLD:
		return edit_old(b, &old);
	case CLEAR:
		return put(b, (desc_t){ 0 }, 1, 0);
	case TAKE_LEAF:
		return take_leaf(b, va, &src);
	case TAKE_TABLE:
		return take_table(b, &src);
	case DESCEND:
		return descend(b, va, &old, &src);
	case COLLIDE:
		break;
	}
	return tt_build_fail(b, TRANS_EEXIST,
			     "something is mapped here already", b->level, va,
			     old.d, old.pa);
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
static int build_close(struct build *b)
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
	}
	go_down(b, -1);
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
