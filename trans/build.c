/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The builder's walk: see build.h for the idea.
 */
#include "build.h"

/* How a slot lies to the operation's range. */
enum extent { OUTSIDE, PARTLY, WHOLLY };

enum action { KEEP_OLD, TAKE_SOURCE, CLEAR, DESCEND, COLLIDE };

int build_fail(struct build *b, int status, const char *why, int level,
	       trans_va_t va, desc_t d, trans_pa_t pa)
{
	b->report->error = (struct trans_error){
		.status = status, .why = why, .va = va, .pa = pa, .desc = d.v,
		.len = 1ULL << geo_shift(&b->dst->geo, level),
		.level = level,
	};
	return status;
}

static trans_va_t slot_va(const struct build *b, const struct frame *f)
{
	return f->va + ((uint64_t)f->next << geo_shift(&b->dst->geo, b->level));
}

static enum extent slot_extent(const struct build *b, trans_va_t va)
{
	trans_va_t end = va + low_mask(geo_shift(&b->dst->geo, b->level));

	if (end < b->first || va > b->last)
		return OUTSIDE;
	return va >= b->first && end <= b->last ? WHOLLY : PARTLY;
}

/* What the destination has now. Its own pages were written by this library, so
 * an entry that is not empty, leaf or table cannot be. */
static struct item old_item(const struct build *b, const struct frame *f,
			    trans_va_t va)
{
	const struct trans_geometry *geo = &b->dst->geo;
	struct item item = { .kind = DESC_EMPTY };

	if (f->old.kind == SIDE_LEAF) {
		item.kind = DESC_LEAF;
		item.pa = va + f->old.offset;
		item.attributes = f->old.attributes;
		item.d = desc_leaf(geo, b->level, item.pa, item.attributes);
	} else if (f->old.kind == SIDE_TABLE) {
		unsigned int shift = geo_shift(geo, b->level);

		item.d = (desc_t){ f->old.table[f->next] };
		item.kind = desc_kind(geo, b->level, item.d);
		if (item.kind == DESC_TABLE)
			shift = geo->granule_shift;
		item.pa = desc_decode_pa(geo, item.d, shift);
		item.attributes = desc_attributes(geo, item.d);
	}
	return item;
}

static bool leaf_allowed(const struct build *b, int level, trans_pa_t pa)
{
	const struct trans_geometry *geo = &b->dst->geo;

	if (!trans_geometry_leaf(geo, level) || pa & low_mask(geo_shift(geo, level)))
		return false;
	return level == 3 || !(b->flags & TRANS_NOBLOCK);
}

/* What happens to a slot that the source maps and the range covers. */
static enum action decide_mapped(const struct build *b, const struct item *old,
				 const struct item *src)
{
	if (src->kind != DESC_LEAF || !leaf_allowed(b, b->level, src->pa))
		return DESCEND;
	if (old->kind == DESC_EMPTY || b->flags & TRANS_REPLACE)
		return TAKE_SOURCE;
	return old->kind == DESC_TABLE ? DESCEND : COLLIDE;
}

static enum action decide(const struct build *b, enum extent extent,
			  const struct item *old, const struct item *src)
{
	if (extent == OUTSIDE)
		return KEEP_OLD;
	if (b->erase) {
		if (old->kind == DESC_EMPTY)
			return KEEP_OLD;
		return extent == WHOLLY ? CLEAR : DESCEND;
	}
	if (src->kind == DESC_EMPTY)
		return KEEP_OLD;
	if (b->flags & TRANS_KEEP && old->kind == DESC_LEAF)
		return KEEP_OLD;
	return extent == WHOLLY ? decide_mapped(b, old, src) : DESCEND;
}

/* Give the frame its page, with the run that it stood for so far. */
static int materialise(struct build *b, struct frame *f, unsigned int filled)
{
	uint64_t step = 1ULL << geo_shift(&b->dst->geo, b->level);
	int ret = page_new(b, &f->page, &f->page_pa);

	if (ret)
		return ret;
	f->exists = true;
	for (unsigned int i = 0; f->run && f->page && i < filled; i++)
		page_store(b->dst, &f->page[i], (desc_t){ f->run + i * step });
	return 0;
}

/* Does @d at slot next continue the run that a page-less frame stands for?
 * Only new leaves make a run; where old contents is carried over, the frame is a
 * real table again. */
static bool continues(const struct build *b, const struct frame *f, desc_t d)
{
	uint64_t step = 1ULL << geo_shift(&b->dst->geo, b->level);

	if (!d.v)
		return !f->run;
	if (!(b->flags & TRANS_FOLD) || f->old.kind != SIDE_NONE)
		return false;
	if (desc_kind(&b->dst->geo, b->level, d) != DESC_LEAF)
		return false;
	return f->run ? d.v == f->run + f->next * step : f->next == 0;
}

/* Put @d into slot next of the current frame, and @count - 1 descriptors that
 * continue it into the following. */
static int put(struct build *b, desc_t d, unsigned int count)
{
	struct frame *f = &b->frame[b->top];
	uint64_t step = 1ULL << geo_shift(&b->dst->geo, b->level);
	int ret;

	if (!f->exists && continues(b, f, d)) {
		if (!f->next)
			f->run = d.v;
		f->next += count;
		return 0;
	}
	if (!f->exists) {
		ret = materialise(b, f, f->next);
		if (ret)
			return ret;
	}
	for (; count--; f->next++, d.v += step)
		if (f->page && d.v)
			page_store(b->dst, &f->page[f->next], d);
	return 0;
}

static int old_below(struct build *b, const struct item *old, trans_va_t va,
		     struct side *below)
{
	*below = (struct side){ .kind = SIDE_NONE };
	if (old->kind == DESC_LEAF) {
		below->kind = SIDE_LEAF;
		below->attributes = old->attributes;
		below->offset = old->pa - va;
	} else if (old->kind == DESC_TABLE) {
		below->kind = SIDE_TABLE;
		below->table = table_at(b->dst, old->pa, b->level + 1);
		if (!below->table)
			return build_fail(b, TRANS_EFAULT,
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
	unsigned int shift = geo_shift(geo, b->level);
	trans_va_t end = f->va + (((uint64_t)entries << shift) - 1);

	f->next = 0;
	f->end = entries;
	if (f->old.kind != SIDE_NONE)
		return;
	if (b->first > f->va)
		f->next = (unsigned int)((b->first - f->va) >> shift);
	if (b->last < end)
		f->end = (unsigned int)((b->last - f->va) >> shift) + 1;
}

static int descend(struct build *b, trans_va_t va, const struct item *old,
		   const struct item *src)
{
	struct frame *f = &b->frame[b->top];
	struct frame *below = &b->frame[b->top + 1];
	int ret;

	*below = (struct frame){ .va = va };
	ret = old_below(b, old, va, &below->old);
	if (!ret && src->kind != DESC_EMPTY)
		ret = source_below(b, &f->src, b->level, va, src, &below->src);
	if (ret)
		return ret;
	b->top++;
	b->level++;
	frame_bounds(b, below);
	return 0;
}

static int take_source(struct build *b, trans_va_t va, const struct item *src)
{
	const struct trans_geometry *geo = &b->dst->geo;
	struct frame *f = &b->frame[b->top];
	unsigned int shift = geo_shift(geo, b->level);
	unsigned int count = 1;

	if (!geo_has_pa(geo, src->pa + low_mask(shift)))
		return build_fail(b, TRANS_EUNREPR,
				  "output address wider than the destination's",
				  b->level, va, src->d, src->pa);
	if (b->level == 3 && f->old.kind == SIDE_NONE)
		count = source_run(b, &f->src, va, f->end - f->next, src);
	if (!geo_has_pa(geo, src->pa + ((uint64_t)count << shift) - 1))
		count = 1;
	b->report->stats.leaves[b->level] += count;
	return put(b, desc_leaf(geo, b->level, src->pa, src->attributes),
		   count);
}

static int build_slot(struct build *b)
{
	struct frame *f = &b->frame[b->top];
	trans_va_t va = slot_va(b, f);
	enum extent extent = slot_extent(b, va);
	struct item old = old_item(b, f, va);
	struct item src = { .kind = DESC_EMPTY };
	int ret = 0;

	if (extent != OUTSIDE && !b->erase)
		ret = source_item(b, &f->src, b->level, va, &src);
	if (ret)
		return ret;
	switch (decide(b, extent, &old, &src)) {
	case KEEP_OLD:
		return put(b, old.d, 1);
	case CLEAR:
		return put(b, (desc_t){ 0 }, 1);
	case TAKE_SOURCE:
		return take_source(b, va, &src);
	case DESCEND:
		return descend(b, va, &old, &src);
	case COLLIDE:
		break;
	}
	return build_fail(b, TRANS_EEXIST, "something is mapped here already",
			  b->level, va, old.d, old.pa);
}

/* Can the finished frame be one block in the table above it? */
static bool folds(const struct build *b, const struct frame *f)
{
	const struct trans_geometry *geo = &b->dst->geo;
	trans_pa_t pa = desc_decode_pa(geo, (desc_t){ f->run },
				       geo_shift(geo, b->level));

	return f->next == geo_entries(geo, b->level) &&
	       leaf_allowed(b, b->level - 1, pa);
}

/* The current frame is complete: what it has become goes into the slot of the
 * frame above. */
static int build_close(struct build *b)
{
	const struct trans_geometry *geo = &b->dst->geo;
	struct frame *f = &b->frame[b->top];
	desc_t d = { 0 };
	int ret;

	if (!f->exists && f->run && folds(b, f)) {
		desc_t run = { f->run };
		unsigned int shift = geo_shift(geo, b->level);

		b->report->stats.folded++;
		b->report->stats.leaves[b->level] -= f->next;
		b->report->stats.leaves[b->level - 1]++;
		d = desc_leaf(geo, b->level - 1, desc_decode_pa(geo, run, shift),
			      desc_attributes(geo, run));
	} else if (!f->exists && f->run) {
		ret = materialise(b, f, f->next);
		if (ret)
			return ret;
	}
	if (f->exists)
		d = desc_table(geo, f->page_pa);
	b->top--;
	b->level--;
	ret = put(b, d, 1);
	if (ret) { /* still ours to free */
		b->top++;
		b->level++;
	}
	return ret;
}

static int build_walk(struct build *b)
{
	int ret = 0;

	while (!ret) {
		if (b->frame[b->top].next < b->frame[b->top].end)
			ret = build_slot(b);
		else if (b->top == 0)
			return 0;
		else
			ret = build_close(b);
	}
	return ret;
}

/* Find the host table, starting at the root. A slot that the range covers
 * wholly is not entered: it may become a block, or empty. */
static int find_host(struct build *b)
{
	struct frame *f = &b->frame[0];
	const struct trans_geometry *geo = &b->dst->geo;

	b->top = 0;
	b->level = geo->start_level;
	f->va = trans_geometry_first(geo);
	f->page_pa = b->dst->root;
	for (;;) {
		unsigned int index = geo_index(geo, b->level, b->first);
		desc_t d;

		b->host = table_at(b->dst, f->page_pa, b->level);
		if (!b->host)
			return build_fail(b, TRANS_EFAULT,
					  "phys_to_virt refused a table page",
					  b->level, f->va, (desc_t){ 0 }, f->page_pa);
		f->next = index;
		f->end = geo_index(geo, b->level, b->last) + 1;
		d = (desc_t){ b->host[index] };
		if (f->end != index + 1 ||
		    desc_kind(geo, b->level, d) != DESC_TABLE ||
		    slot_extent(b, slot_va(b, f)) == WHOLLY)
			return 0;
		f->va = slot_va(b, f);
		f->page_pa = desc_decode_pa(geo, d, geo->granule_shift);
		b->level++;
	}
}

/* Frame 0 stores straight into the host table where the slots are all empty
 * (zeroing undoes that), and into a shadow of it otherwise. */
static int open_host(struct build *b)
{
	struct frame *f = &b->frame[0];
	int ret = 0;

	f->old = (struct side){ .kind = SIDE_NONE };
	f->exists = true;
	f->page = b->count ? NULL : b->host;
	b->shadowed = false;
	for (unsigned int i = f->next; i < f->end; i++)
		if (b->host[i])
			b->shadowed = true;
	if (b->shadowed) {
		f->old = (struct side){ .kind = SIDE_TABLE, .table = b->host };
		ret = page_new(b, &f->page, &f->page_pa);
	}
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
		page_store(b->dst, &b->host[i], (desc_t){ shadow[i] });
		page_store(b->dst, &shadow[i], old);
	}
}

static void commit(struct build *b, unsigned int first, unsigned int end)
{
	struct frame *f = &b->frame[0];

	if (b->count || !b->shadowed)
		return;
	swap_slots(b, f->page, first, end);
	page_release_slots(b->dst, b->level, f->page, first, end, b->host,
			   &b->report->stats);
	page_release(b->dst, 3, f->page, f->page_pa, NULL, &b->report->stats);
}

static void roll_back(struct build *b, unsigned int first, unsigned int end)
{
	struct trans_stats *stats = &b->report->stats;

	for (; b->top > 0; b->top--, b->level--) {
		struct frame *f = &b->frame[b->top];
		const uint64_t *keep = f->old.kind == SIDE_TABLE ?
					       f->old.table : NULL;

		if (f->page)
			page_release(b->dst, b->level, f->page, f->page_pa,
				     keep, stats);
	}
	if (!b->frame[0].page)
		return;
	page_release_slots(b->dst, b->level, b->frame[0].page, first, end,
			   b->shadowed ? b->host : NULL, stats);
	if (b->shadowed) {
		page_release(b->dst, 3, b->frame[0].page, b->frame[0].page_pa,
			     NULL, stats);
		return;
	}
	for (unsigned int i = first; i < end; i++)
		if (b->host[i])
			page_store(b->dst, &b->host[i], (desc_t){ 0 });
}

int build_run(struct build *b, const struct side *linear)
{
	unsigned int first, end;
	int ret = find_host(b);

	if (!ret && linear)
		b->frame[0].src = *linear;
	else if (!ret && b->src)
		ret = source_begin(b, &b->frame[0].src);
	if (!ret)
		ret = open_host(b);
	if (ret)
		return ret;
	first = b->frame[0].next;
	end = b->frame[0].end;
	ret = build_walk(b);
	if (ret)
		roll_back(b, first, end);
	else
		commit(b, first, end);
	return ret;
}
