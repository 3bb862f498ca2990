/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The builder: see build.h for the idea. First what to do with a slot, then how
 * it is done, then the host table.
 */
#include "trans/table/build.h"

#include "lib/fail.h"

static void set_level(struct build *b, int level)
{
	b->level = (int8_t)level;
	b->shift = (uint8_t)geo_shift(&b->dst->geo, level);
}

static bool has_old(const struct frame *f)
{
	return f->old || f->split;
}

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

int trans_entry_fail_(struct build *b, int status, const char *why,
		      const struct cursor *c, trans_va_t va)
{
	if (b->report)
		b->report->error = (struct trans_error){
			.status = status, .why = why,
			.va = va & ~low_mask(cursor_shift(c)), .pa = c->pa,
			.len = 1ULL << cursor_shift(c), .desc = c->d.v,
			.level = c->level,
		};
	return status;
}

/* ---- what is there, and what is wanted -------------------------------- */

/* An entry of a table of another tree, in a table of this one. */
static desc_t lend(const struct build *b, desc_t d, uint64_t inherited)
{
	const struct trans_geometry *geo = &b->dst->geo;
	enum desc_kind kind = trans_desc_kind_(geo, b->level, d);

	if (kind == DESC_TABLE)
		d.v |= TABLE_BORROWED | inherited;
	if (kind == DESC_LEAF && inherited)
		d = desc_leaf(
			geo, b->level, trans_desc_decode_pa_(geo, d, b->shift),
			trans_inherit_(inherited, desc_attributes(geo, d)));
	return d;
}

/* What @slot is as long as the table has not become something else. */
static desc_t old_entry(const struct build *b, const struct frame *f,
			unsigned int slot)
{
	desc_t d = { 0 };

	if (f->old)
		d.v = f->old[slot];
	else if (f->split)
		d.v = f->split + ((uint64_t)slot << b->shift);
	return f->borrowed ? lend(b, d, (uint64_t)f->inherited << 59) : d;
}

static trans_pa_t old_pa(const struct build *b)
{
	const struct trans_geometry *geo = &b->dst->geo;

	return trans_desc_decode_pa_(geo, b->old, b->old_kind == DESC_TABLE ?
						   geo_granule_shift(geo) :
						   b->shift);
}

static trans_pa_t answer_pa(const struct build *b, trans_va_t va)
{
	return b->answer.pa + (va - b->answer.va);
}

/* Look at the current slot, and have an answer for what of it is in the
 * range. */
static int study(struct build *b)
{
	const struct frame *f = b->f;
	trans_va_t end = b->va + low_mask(b->shift);

	b->old = old_entry(b, f, f->next);
	b->old_kind = (uint8_t)trans_desc_kind_(&b->dst->geo, b->level, b->old);
	b->from = b->va > b->first ? b->va : b->first;
	b->to = end < b->last ? end : b->last;
	if (b->old_kind == DESC_RESERVED)
		return trans_build_fail_(
			b, TRANS_ECORRUPT,
			"reserved descriptor in a borrowed table", b->old, 0);
	if (!b->ask || (!b->share && b->from >= b->answer.va &&
			b->from <= b->answer.last))
		return 0;
	return b->ask(b, b->from);
}

/* ---- decisions -------------------------------------------------------- */

/* The last two: what decides could not be read, and why. */
enum action { SKIP, TAKE, CLEAR, LINK, DESCEND, COLLIDE, STOPPED, UNREADABLE };

/* May the answer be a leaf of the current slot? */
static bool fits(const struct build *b)
{
	const struct trans_geometry *geo = &b->dst->geo;

	if (b->level == 3)
		return true;
	return b->answer.order >= b->shift && !(b->flags & TRANS_NOBLOCK) &&
	       (b->level == 2 || trans_geometry_leaf(geo, b->level)) &&
	       !(answer_pa(b, b->va) & low_mask(b->shift));
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
	return pa == answer_pa(b, va) &&
	       !((attributes ^ b->answer.attributes) & ~ignored);
}

#define SAME_USE (LEAF_CONT | LEAF_SOFTWARE | LEAF_DBM)

static bool old_agrees(const struct build *b)
{
	return b->old_kind == DESC_LEAF &&
	       agrees(b, b->va, old_pa(b),
		      desc_attributes(&b->dst->geo, b->old), SAME_USE);
}

/* Is what @c has found of no hindrance to the whole slot becoming what the
 * answer says? */
static bool joins(const struct build *b, const struct cursor *c)
{
	trans_va_t last = cursor_last(c);
	bool inside = c->va >= b->from && last <= b->to;
	bool apart = last < b->from || c->va > b->to;
	uint64_t attributes;

	if (inside && (b->erase || b->flags & TRANS_REPLACE))
		return true;
	if (b->erase || c->kind == DESC_EMPTY)
		return c->kind == DESC_EMPTY && (inside || b->erase);
	if (!apart && !(b->flags & COLLISION_FLAGS))
		return false;
	attributes = trans_inherit_(cursor_inherited(c),
				    desc_attributes(&b->dst->geo, c->d));
	return agrees(b, c->va, cursor_output(c), attributes,
		      inside && b->flags & TRANS_UPGRADE ? SAME_USE :
							   LEAF_CONT);
}

/* @one, if the slot, which is a table now, would be all that the answer
 * says. */
static TRANS_APART enum action become(const struct build *b, enum action one)
{
	trans_va_t va = b->va, end = va + low_mask(b->shift);
	struct cursor c;
	int ret;

	trans_cursor_init_(&c, b->dst);
	ret = trans_cursor_find_(&c, end, 3);
	/* What is built page by page has its hole at the end. */
	if (c.kind == DESC_EMPTY && b->to < end && !b->erase)
		return DESCEND;
	for (; !ret; va = cursor_last(&c) + 1) {
		ret = trans_cursor_find_(&c, va, 3);
		if (!ret && !joins(b, &c))
			return DESCEND;
		if (!ret && cursor_last(&c) >= end)
			return one;
	}
	if (ret == TRANS_ECORRUPT)
		return DESCEND; /* told where it is in the way */
	return ret == TRANS_ESTOPPED ? STOPPED : UNREADABLE;
}

static enum action decide_hole(const struct build *b)
{
	if (!covers(b))
		return DESCEND;
	if (!b->erase || b->old_kind == DESC_EMPTY)
		return SKIP;
	if (build_whole(b))
		return CLEAR;
	return b->old_kind == DESC_TABLE ? become(b, CLEAR) : DESCEND;
}

/* A leaf where a leaf is, which nobody said may be overwritten. */
static enum action decide_collision(const struct build *b)
{
	if (!covers(b) || (!build_whole(b) && !(b->flags & TRANS_UPGRADE)))
		return DESCEND;
	if (!(b->flags & TRANS_UPGRADE) || !old_agrees(b))
		return build_whole(b) ? COLLIDE : DESCEND;
	/* A part of a larger block stays one; a smaller leaf may change. */
	return build_whole(b) && fits(b) ? TAKE : SKIP;
}

static enum action decide_leaf(const struct build *b)
{
	bool over = b->flags & TRANS_REPLACE || b->old_kind == DESC_EMPTY;

	if (b->old_kind == DESC_LEAF && b->flags & TRANS_KEEP)
		return SKIP;
	if (b->old_kind == DESC_LEAF && !over)
		return decide_collision(b);
	if (!covers(b) || !fits(b))
		return DESCEND;
	if (over && build_whole(b))
		return TAKE;
	if (b->old_kind == DESC_TABLE &&
	    b->flags & (TRANS_FOLD | TRANS_UPGRADE))
		return become(b, TAKE);
	return DESCEND;
}

static enum action decide(const struct build *b)
{
	if (b->window)
		return b->level < 3 ? DESCEND : SKIP;
	if (b->answer.kind == DESC_TABLE)
		return LINK;
	return b->answer.kind == DESC_EMPTY ? decide_hole(b) : decide_leaf(b);
}

/* ---- tables that become something else -------------------------------- */

/* Store @d at @slot, and @count - 1 that continue it behind. */
static TRANS_APART void store_run(const struct build *b, const struct frame *f,
				  unsigned int slot, unsigned int count,
				  desc_t d)
{
	uint64_t *at = &f->page[slot], *end = at + count;
	uint64_t step = d.v ? 1ULL << b->shift : 0;

	if (b->dst->ops->write_entry)
		for (; at < end; at++, d.v += step)
			trans_store_(b->dst, at, d);
	/* Once each: the host table may be in use by a walker of its
	 * owner's. */
	for (; at < end; d.v += step)
		*(volatile uint64_t *)at++ = d.v;
}

/* Slots with nothing in them, of a page that was written by nobody else. One
 * that is watched was zeroed already. */
static void store_holes(const struct build *b, const struct frame *f,
			unsigned int slot, unsigned int count)
{
	if (f->page && !has_old(f) && !is_watched(b->dst))
		store_run(b, f, slot, count, (desc_t){ 0 });
}

static int take_page(struct build *b, struct frame *f)
{
	const struct trans_geometry *geo = &b->dst->geo;
	unsigned int shift = geo_shift(geo, 2);
	const char *why;
	int ret;

	if (b->window && b->level == 3) {
		f->pa = b->dst->window + ((b->va >> shift) -
					  (b->first >> shift)) *
						 geo_granule(geo);
		ret = trans_page_open_(b->dst, f->pa, &f->page, &why);
	} else {
		ret = trans_page_take_(b->dst, &f->page, &f->pa, &why);
	}
	return ret ? trans_build_fail_(b, ret, why, (desc_t){ 0 }, f->pa) : 0;
}

/* Give the table its page, with what it stood for so far. */
static TRANS_APART int materialise(struct build *b, struct frame *f)
{
	unsigned int entries = geo_entries(&b->dst->geo, b->level);
	int ret = 0;

	f->pa = 0;
	if (!b->count)
		ret = take_page(b, f);
	if (ret)
		return ret;
	f->exists = true;
	b->stats.tables++;
	store_holes(b, f, 0, f->next);
	for (unsigned int i = 0; f->page && has_old(f) && i < entries; i++) {
		desc_t d = old_entry(b, f, i);

		if (d.v || !is_watched(b->dst))
			trans_store_(b->dst, &f->page[i], d);
	}
	return 0;
}

/* @slot changes: its contiguous group (TRANS_KEEPCONT) is none any more, and no
 * leaf of it may say so (Arm ARM D8.6.1). */
static void cut_group(struct build *b, const struct frame *f,
		      unsigned int slot)
{
	unsigned int count = 1u << geo_group(&b->dst->geo, b->level);
	unsigned int entries = geo_entries(&b->dst->geo, b->level);

	slot &= ~(count - 1);
	for (; count-- && slot < entries; slot++) {
		desc_t d = { f->page[slot] };

		if (trans_desc_kind_(&b->dst->geo, b->level, d) != DESC_LEAF ||
		    !(d.v & LEAF_CONT))
			continue;
		d.v &= ~LEAF_CONT;
		trans_store_(b->dst, &f->page[slot], d);
		b->stats.cont_dropped++;
	}
}

static void advance(struct build *b, struct frame *f, unsigned int count)
{
	f->next = (uint16_t)(f->next + count);
	b->va += (uint64_t)count << b->shift;
}

/* Leave @count slots as they are. */
static int skip(struct build *b, unsigned int count)
{
	struct frame *f = b->f;

	store_holes(b, f, f->next, count);
	advance(b, f, count);
	return 0;
}

/* Is it what is there already? Then a group may go on being one. */
static bool is_old(const struct build *b, const struct frame *f, desc_t d,
		   unsigned int count)
{
	uint64_t step = d.v ? 1ULL << b->shift : 0;
	uint64_t ignored = trans_desc_kind_(&b->dst->geo, b->level, d) ==
					   DESC_LEAF ?
				   LEAF_CONT :
				   0;

	for (unsigned int i = 0; i < count; i++, d.v += step)
		if ((old_entry(b, f, f->next + i).v ^ d.v) & ~ignored)
			return false;
	return true;
}

/* Put @d into the current slot, and @count - 1 descriptors that continue it
 * into the following. */
static int put(struct build *b, desc_t d, unsigned int count)
{
	struct frame *f = b->f;
	unsigned int slot = f->next;
	int ret = 0;

	if (!f->exists && is_old(b, f, d, count) &&
	    !(f->split && b->flags & TRANS_NOBLOCK)) {
		advance(b, f, count);
		return 0;
	}
	if (!f->exists)
		ret = materialise(b, f);
	if (ret)
		return ret;
	if (f->page && has_old(f)) {
		cut_group(b, f, slot);
		cut_group(b, f, slot + count - 1);
	}
	if (f->page)
		store_run(b, f, slot, count, d);
	advance(b, f, count);
	return 0;
}

/* ---- leaves ----------------------------------------------------------- */

/* How many slots from here on the answer fills, whose contents may go, and
 * whose output addresses go on in the same bits of the descriptor. */
static unsigned int free_slots(const struct build *b, const struct frame *f)
{
	unsigned int bits = b->dst->geo.pa_bits < 48 ? b->dst->geo.pa_bits : 48;
	uint64_t most = (uint64_t)(f->end - f->next), more;
	unsigned int count = 1;

	if (!build_whole(b))
		return 1;
	more = (b->answer.last - b->va - low_mask(b->shift)) >> b->shift;
	most = more < most ? more + 1 : most;
	more = (low_mask(bits) & ~answer_pa(b, b->va)) >> b->shift;
	most = more < most ? more + 1 : most;
	if (!has_old(f))
		return (unsigned int)most;
	while (count < most && (b->flags & TRANS_REPLACE ||
				!old_entry(b, f, f->next + count).v))
		count++;
	return count;
}

/* Of @count leaves from @slot on, whole groups keep the contiguous bit. */
static void keep_groups(struct build *b, const struct frame *f,
			unsigned int slot, unsigned int count)
{
	unsigned int log = geo_group(&b->dst->geo, b->level);
	unsigned int group = 1u << log, end = slot + count;
	uint64_t place = (uint64_t)slot << b->shift;

	if (!log || (answer_pa(b, b->va) ^ place) & low_mask(b->shift + log))
		return;
	for (slot = (slot + group - 1) & ~(group - 1); slot + group <= end;
	     slot += group) {
		for (unsigned int i = slot; f->page && i < slot + group; i++)
			trans_store_(b->dst, &f->page[i],
				     (desc_t){ f->page[i] | LEAF_CONT });
		b->stats.cont_dropped -= group;
	}
}

/* Tables that @count leaves of this level stand for. */
static uint64_t tables_folded(const struct build *b, unsigned int count)
{
	uint64_t tables = 0, below = count;

	for (int level = b->level; level < b->answer.level; level++) {
		tables += below;
		below <<= geo_stride(&b->dst->geo);
	}
	return tables || b->old_kind != DESC_TABLE ||
			       b->flags & TRANS_REPLACE ?
		       tables : 1;
}

static int take(struct build *b)
{
	const struct trans_geometry *geo = &b->dst->geo;
	trans_pa_t pa = answer_pa(b, b->va);
	struct frame *f = b->f;
	unsigned int count, slot = f->next;
	desc_t d = desc_leaf(geo, b->level, pa, b->answer.attributes);
	bool direct;
	int ret = 0;

	if (!geo_has_pa(geo, pa + low_mask(b->shift)))
		return trans_build_fail_(
			b, TRANS_EUNREPR,
			"output address wider than the destination's",
			(desc_t){ 0 }, pa);
	if (!f->exists && !has_old(f))
		ret = materialise(b, f);
	if (ret)
		return ret;
	b->holes = 0;
	direct = f->page && !has_old(f) && !b->dst->ops->write_entry;
	direct = b->more && b->more(b, (unsigned int)(f->end) - slot, d,
				    direct ? &f->page[slot] : NULL);
	count = free_slots(b, f);
	b->stats.leaves[b->level] += count - b->holes;
	b->stats.folded += tables_folded(b, count);
	if (direct)
		advance(b, f, count);
	else
		ret = put(b, d, count);
	if (!ret && b->answer.cont && f->exists) {
		b->va -= (uint64_t)count << b->shift;
		keep_groups(b, f, slot, count);
		b->va += (uint64_t)count << b->shift;
	}
	return ret;
}

/* ---- down and up ------------------------------------------------------ */

static int old_below(struct build *b, const struct frame *f,
		     struct frame *below)
{
	const struct trans_geometry *geo = &b->dst->geo;
	trans_pa_t pa = old_pa(b);

	if (b->old_kind == DESC_LEAF) {
		below->split = desc_leaf(geo, b->level + 1, pa,
					 desc_attributes(geo, b->old) &
						 ~LEAF_CONT).v;
		return 0;
	}
	below->borrowed = f->borrowed || b->old.v & TABLE_BORROWED;
	if (below->borrowed)
		below->inherited =
			(uint8_t)(f->inherited |
				  trans_inheritance_(b->dst, b->old) >> 59);
	below->old = trans_table_at_(b->dst, pa, b->level + 1);
	if (below->old)
		return 0;
	return trans_build_fail_(b, TRANS_EFAULT,
				 "phys_to_virt refused a table page", b->old,
				 pa);
}

static TRANS_APART int descend(struct build *b)
{
	const struct frame *f = b->f;
	struct frame *below = b->f + 1;
	trans_va_t from = b->from, to = b->to;
	int ret = 0;

	*below = (struct frame){ 0 };
	if (b->old_kind != DESC_EMPTY)
		ret = old_below(b, f, below);
	if (ret)
		return ret;
	b->f++;
	set_level(b, b->level + 1);
	below->next = (uint16_t)trans_geo_index_(&b->dst->geo, b->level, from);
	below->end =
		(uint16_t)(trans_geo_index_(&b->dst->geo, b->level, to) + 1);
	b->va = from & ~low_mask(b->shift);
	return b->window && b->level == 3 ? materialise(b, below) : 0;
}

/* The current table is done: it goes into the slot that it is for. */
static TRANS_APART int ascend(struct build *b)
{
	const struct frame *f = b->f;
	int ret;

	if (f->exists)
		store_holes(b, f, f->end,
			    geo_entries(&b->dst->geo, b->level) - f->end);
	b->f--;
	set_level(b, b->level - 1);
	b->va = (b->va - 1) & ~low_mask(b->shift);
	if (!f->exists)
		return skip(b, 1);
	ret = put(b, desc_table(&b->dst->geo, f->pa), 1);
	if (ret) { /* still the table's own to give back */
		b->f++;
		set_level(b, b->level + 1);
	}
	return ret;
}

/* How many slots one hole of the source leaves as they are. */
static unsigned int slots_of_hole(const struct build *b, const struct frame *f)
{
	uint64_t most = (uint64_t)(f->end - f->next), more;

	if (b->answer.kind != DESC_EMPTY || b->erase || !build_whole(b))
		return 1;
	more = (b->answer.last - b->va - low_mask(b->shift)) >> b->shift;
	return (unsigned int)(more < most ? more + 1 : most);
}

/* The operation ends here. */
static int refuse(struct build *b, enum action action)
{
	int status = action == STOPPED ? TRANS_ESTOPPED :
		     action == UNREADABLE ? TRANS_EFAULT : TRANS_EEXIST;
	const char *why = action == STOPPED ?
				  "visit of a table page stopped it" :
			  action == UNREADABLE ?
				  "phys_to_virt refused a table page" :
				  "something is mapped here already";

	return trans_build_fail_(b, status, why, b->old, old_pa(b));
}

static int build_slot(struct build *b)
{
	enum action action;
	int ret = study(b);

	if (ret)
		return ret;
	action = decide(b);
	switch (action) {
	case SKIP:
		return skip(b, slots_of_hole(b, b->f));
	case TAKE:
		return take(b);
	case CLEAR:
		return put(b, (desc_t){ 0 }, 1);
	case LINK:
		return put(b, (desc_t){ desc_table(&b->dst->geo, b->answer.pa).v |
					b->answer.attributes | TABLE_BORROWED },
			   1);
	case DESCEND:
		return descend(b);
	case COLLIDE:
	case STOPPED:
	case UNREADABLE:
		break;
	}
	return refuse(b, action);
}

static int walk(struct build *b)
{
	int ret = 0;

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

/* DESCEND, if all that changes is below the current slot, in a table that may
 * be written. A last-level table that is to be exchanged for one of the window
 * may not. */
static enum action decide_host(const struct build *b, const struct frame *f)
{
	if (f->end != f->next + 1 || b->old_kind != DESC_TABLE ||
	    b->old.v & TABLE_BORROWED || (b->window && b->level == 2))
		return SKIP;
	return decide(b);
}

static TRANS_APART int find_host(struct build *b, uint64_t **host)
{
	struct frame *f = b->f = b->frame;
	const struct trans_geometry *geo = &b->dst->geo;
	trans_pa_t pa = b->dst->root;
	enum action action;
	int ret;

	for (int level = geo->start_level; ; level++) {
		set_level(b, level);
		b->va = b->first & ~low_mask(b->shift);
		*host = trans_table_at_(b->dst, pa, level);
		if (!*host)
			return trans_build_fail_(
				b, TRANS_EFAULT,
				"phys_to_virt refused a table page",
				(desc_t){ 0 }, pa);
		f->old = *host;
		f->next = (uint16_t)trans_geo_index_(geo, level, b->first);
		f->end = (uint16_t)(trans_geo_index_(geo, level, b->last) + 1);
		ret = study(b);
		if (ret)
			return ret;
		action = decide_host(b, f);
		if (action == STOPPED || action == UNREADABLE)
			return refuse(b, action);
		if (action != DESCEND)
			return 0;
		pa = old_pa(b);
	}
}

/* Exchange what differs, so that the shadow holds what was replaced, and give
 * that back. */
static TRANS_APART void commit(struct build *b, uint64_t *host)
{
	unsigned int entries = geo_entries(&b->dst->geo, b->level);
	struct frame *f = &b->frame[0];

	for (unsigned int i = 0; i < entries; i++) {
		desc_t old = { host[i] };

		if (f->page[i] == old.v)
			continue;
		trans_store_(b->dst, &host[i], (desc_t){ f->page[i] });
		trans_store_(b->dst, &f->page[i], old);
	}
	trans_release_(b->dst, b->level, f->page, f->pa, host, &b->stats);
}

/* Give back what was made, and make the host's slots from @first on what they
 * were. */
static TRANS_APART void roll_back(struct build *b, unsigned int first)
{
	for (;; b->f--, set_level(b, b->level - 1)) {
		const struct frame *f = b->f;
		unsigned int end = has_old(f) ?
					   geo_entries(&b->dst->geo, b->level) :
					   f->next;

		if (b->f == b->frame && b->direct)
			break;
		if (f->exists) {
			trans_release_slots_(b->dst, b->level, f->page, 0, end,
					     f->old, &b->stats);
			trans_release_(b->dst, 3, f->page, f->pa, NULL,
				       &b->stats);
		}
		if (b->f == b->frame)
			return;
	}
	trans_release_slots_(b->dst, b->level, b->frame[0].page, first,
			     b->frame[0].next, NULL, &b->stats);
	for (; first < b->frame[0].next; first++)
		if (b->frame[0].page[first])
			trans_store_(b->dst, &b->frame[0].page[first],
				     (desc_t){ 0 });
}

/* Slots that are all empty are written in place, since zeroing undoes that; for
 * others a shadow of the host table is. */
static bool all_empty(const struct frame *f)
{
	for (unsigned int i = f->next; i < f->end; i++)
		if (f->old[i])
			return false;
	return true;
}

int trans_build_(struct build *b)
{
	struct frame *f = &b->frame[0];
	unsigned int first;
	uint64_t *host;
	int ret = find_host(b, &host);

	if (!ret) {
		first = f->next;
		b->direct = f->exists = all_empty(f);
		if (b->direct && !b->count)
			f->page = host;
		ret = walk(b);
		if (ret && !b->count)
			roll_back(b, first);
		else if (!ret && !b->count && f->exists && !b->direct)
			commit(b, host);
	}
	if (b->report)
		b->report->stats = b->stats;
	return ret;
}
