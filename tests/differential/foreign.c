/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Foreign tables: random trees as a kernel might have them around an anchor.
 * Runs of leaves, holes, hidden entries, contiguous groups whole and broken,
 * hierarchical attributes; in corrupt scenes also what cannot be right.
 */
#include <string.h>

#include "frozen/desc.h"
#include "scene.h"

/* A tree that grows. */
struct tree {
	struct scene *s;
	const struct trans_geometry *geo;
	const struct walk_params *cpu;
	uint64_t *seed;
	trans_va_t first, last; /* the zone, in which things are */
	uint64_t palette[3];    /* attributes that leaves have */
	unsigned int budget;    /* tables */
	bool hierarchical, whole; /* @whole: its groups are */
	trans_pa_t made[4];     /* a table of each level, to be linked again */
};

/* One run of entries. */
enum what { HOLE, LEAF, HIDDEN, MIXED, TABLE, JUNK };
struct run {
	enum what what;
	uint64_t attributes;
	trans_pa_t pa;
	unsigned int period; /* MIXED: every so many are hidden */
	bool groups;
};

static trans_pa_t room(const struct tree *t)
{
	return low_mask(t->geo->pa_bits);
}

static bool leaf_at(const struct tree *t, int level)
{
	return walker_leaf(t->cpu, level);
}

static uint64_t random_attributes(const struct tree *t)
{
	uint64_t a = (below(t->seed, 8) ? below(t->seed, 4) :
					  below(t->seed, 8)) << 2;

	a |= (rnd(t->seed) & 3) << 6;
	a |= t->geo->ds ? 0 : (chance(t->seed, 80) ? 3 : below(t->seed, 4)) << 8;
	a |= chance(t->seed, 92) ? 1 << 10 : 0;
	a |= chance(t->seed, 20) ? 1 << 11 : 0;
	if (chance(t->seed, 20))
		a |= 1ULL << 51;
	a |= (rnd(t->seed) & 3) << 53;
	if (chance(t->seed, 20))
		a |= (rnd(t->seed) & 15) << 55;
	return a;
}

static uint64_t *new_page(struct tree *t, trans_pa_t *pa)
{
	struct place *p = &t->s->foreign;

	if (!t->budget || p->m.ops.alloc(p, p->m.shift, 1, pa))
		return NULL;
	t->budget--;
	return memset(memory_at(&p->m, *pa), 0, (size_t)1 << p->m.shift);
}

/* An output address for @va: mostly in line with it, sometimes where address
 * bits carry or end. */
static trans_pa_t random_pa(const struct tree *t, trans_va_t va, int level)
{
	trans_pa_t pa = va - t->first + (t->first & low_mask(t->s->top));

	if (chance(t->seed, 70))
		pa += t->s->linear;
	else if (chance(t->seed, 50))
		pa += (below(t->seed, 1024) + 1) << t->s->granule;
	else
		pa = chance(t->seed, 50) ? rnd(t->seed) :
			     (1ULL << 48) - (below(t->seed, 64)
					     << geo_shift(t->geo, level));
	return pa & room(t) & ~low_mask(geo_shift(t->geo, level));
}

static struct run random_run(const struct tree *t, trans_va_t va, int level)
{
	unsigned int dice = (unsigned int)below(t->seed, 100);
	struct run r = {
		.attributes = t->palette[below(t->seed, 3)],
		.pa = random_pa(t, va, level),
		.period = 2 + (unsigned int)below(t->seed, 9),
		.groups = chance(t->seed, 25),
	};

	if (chance(t->seed, 10))
		r.attributes = random_attributes(t);
	if (t->s->corrupt && chance(t->seed, 6))
		r.what = JUNK;
	else if (level < 3 && dice < 45)
		r.what = TABLE;
	else if (dice < 60 || !leaf_at(t, level))
		r.what = HOLE;
	else
		r.what = dice < 88 ? LEAF : dice < 94 ? MIXED : HIDDEN;
	return r;
}

static uint64_t table_bits(const struct tree *t)
{
	uint64_t bits = 0;

	if (t->hierarchical && chance(t->seed, 40))
		bits = (rnd(t->seed) & 15) << 59;
	if (chance(t->seed, 10))
		bits |= (rnd(t->seed) & 15) << 51 & ~TABLE_BORROWED;
	return bits;
}

/* ---- entries ------------------------------------------------------------- */

static uint64_t hide(const struct tree *t, uint64_t d)
{
	d &= ~1ULL;
	if (t->s->seed & 1)
		d |= 1 << 11; /* Linux 7.1 */
	return d;
}

static uint64_t leaf(const struct tree *t, const struct run *r, int level,
		     unsigned int slot, unsigned int i)
{
	unsigned int shift = geo_shift(t->geo, level);
	unsigned int log = geo_group(t->geo, level);
	uint64_t place = (uint64_t)slot << shift;
	trans_pa_t pa = (r->pa + ((uint64_t)i << shift)) & room(t);
	uint64_t d = world_address(t->cpu, pa) | r->attributes |
		     (level == 3 ? 3 : 1);
	bool aligned = log && !((pa ^ place) & low_mask(shift + log));

	if (r->groups && aligned)
		d |= 1ULL << 52;
	if (r->what == HIDDEN || (r->what == MIXED && i % r->period == 0))
		d = hide(t, d);
	return d;
}

/* What cannot be right, or not be told. */
static uint64_t junk(const struct tree *t, int level)
{
	switch (below(t->seed, 5)) {
	case 0: /* reserved, or a block where none may be */
		return level == 3 ? 1 : leaf_at(t, level) ? 2 : 1 | 1 << 10;
	case 1: /* an address beyond the output address size */
		return (level == 3 ? 3 : 1) | 1 << 10 | 1ULL << 47 |
		       1ULL << 46;
	case 2: /* a table that is nowhere */
		return 3 | 1ULL << 31 | 1 << 10;
	case 3: /* ambiguous, or swap */
		return rnd(t->seed) & ~1ULL;
	default:
		return rnd(t->seed);
	}
}

static void grow(struct tree *t, uint64_t *page, int level, trans_va_t va);

static uint64_t table(struct tree *t, int level, trans_va_t va)
{
	trans_pa_t pa;
	uint64_t *page;

	if (level > 0 && t->made[level] && chance(t->seed, 15))
		pa = t->made[level];
	else if ((page = new_page(t, &pa)))
		grow(t, page, level, va);
	else
		return 0;
	if (level > 0)
		t->made[level] = pa;
	return world_address(t->cpu, pa) | table_bits(t) | 3;
}

static unsigned int run_length(const struct tree *t, unsigned int left)
{
	unsigned int most = 1u << below(t->seed, 15);
	unsigned int count = 1 + (unsigned int)below(t->seed, most);

	if (chance(t->seed, 30))
		count = most;
	return count < left ? count : left;
}

static void put_run(struct tree *t, uint64_t *page, int level, trans_va_t va,
		    unsigned int slot, unsigned int count)
{
	unsigned int shift = geo_shift(t->geo, level);
	struct run r = random_run(t, va, level);

	if (r.what == JUNK)
		count = count < 3 ? count : 3;
	for (unsigned int i = 0; i < count; i++, slot++) {
		if (r.what == HOLE)
			page[slot] = 0;
		else if (r.what == JUNK)
			page[slot] = junk(t, level);
		else if (r.what == TABLE)
			page[slot] = table(t, level + 1,
					   va + ((uint64_t)i << shift));
		else
			page[slot] = leaf(t, &r, level, slot, i);
	}
}

/* Some leaves of groups differ from their neighbours after all. */
static void break_groups(struct tree *t, uint64_t *page, unsigned int entries)
{
	static const uint64_t bits[] = { 1 << 7, 1ULL << 54, 1ULL << 52,
					 1 << 6 };

	for (int i = 0; !t->whole && i < 4; i++)
		if (chance(t->seed, 30))
			page[below(t->seed, entries)] ^=
				bits[below(t->seed, 4)];
}

/* Fill what of @page, which is for @va on, lies in the zone. */
static void grow(struct tree *t, uint64_t *page, int level, trans_va_t va)
{
	unsigned int shift = geo_shift(t->geo, level);
	unsigned int entries = geo_entries(t->geo, level), slot = 0, end;
	trans_va_t last = va + (((uint64_t)entries << shift) - 1);

	if (t->first > va)
		slot = (unsigned int)((t->first - va) >> shift);
	end = t->last >= last ? entries :
	      t->last < va ? 0 : (unsigned int)((t->last - va) >> shift) + 1;
	while (slot < end) {
		trans_va_t at = va + ((uint64_t)slot << shift);
		unsigned int count = run_length(t, end - slot);

		if (level < 2) { /* the zone is a few entries wide here */
			page[slot] = level == t->geo->start_level ||
				     chance(t->seed, 75) ?
					     table(t, level + 1, at) : 0;
			if (!page[slot])
				put_run(t, page, level, at, slot, 1);
			count = 1;
		} else {
			put_run(t, page, level, at, slot, count);
		}
		slot += count;
	}
	if (level == 3)
		break_groups(t, page, entries);
}

/* ---- trees --------------------------------------------------------------- */

static bool look(void *ctx, uint64_t pa, uint64_t *desc)
{
	const uint64_t *at = place_look(ctx, pa);

	if (at)
		*desc = *at;
	return at;
}

/* The registers of the CPU that uses it. */
static void pick_cpu(struct scene *s, unsigned int i, trans_pa_t root,
		     uint64_t *seed)
{
	static struct world nowhere;
	struct walk_params *cpu = &s->cpu[i];
	uint64_t mair = TRANS_MAIR_DEFAULT;

	if (chance(seed, s->kin ? 3 : 15))
		mair = mair << 8 | 0xff;
	if (chance(seed, s->kin ? 3 : 10))
		mair ^= (rnd(seed) & 0xff) << 8 * below(seed, 4);
	*cpu = world_cpu(&nowhere, &s->geo[OWN + i],
			 chance(seed, s->kin ? 5 : 25) ?
				 (unsigned int)below(seed, 8) : 0,
			 root, mair);
	cpu->read = look;
	cpu->ctx = &s->foreign;
	cpu->pie = chance(seed, s->kin ? 2 : 8);
	cpu->pir = 0xa0a0a0ccaaaa08c8ULL ^ below(seed, 2) * rnd(seed);
	cpu->pire0 = below(seed, 2) * rnd(seed);
}

static void attach(struct scene *s, unsigned int i, uint64_t *seed)
{
	static trans_present_fn const rules[2][2] = {
		{ trans_present_linux, NULL },
		{ trans_present_linux_7_1, trans_present_linux_7_1_ng },
	};
	const struct walk_params *cpu = &s->cpu[i];
	struct trans_regs regs = {
		.ttbr = cpu->ttbr, .tcr = world_tcr(cpu), .mair = cpu->mair,
		.tcr2 = cpu->pie ? 2 : 0, .pir = cpu->pir, .pire0 = cpu->pire0,
	};

	if (trans_table_attach(&s->view[i], &s->geo[OWN + i], &regs,
			       rules[s->seed & 1][chance(seed, 25)],
			       &s->foreign.ops, &s->foreign, NULL))
		die();
	s->cpu[i].hpd |= cpu->pie; /* implied */
}

static void zone(struct tree *t, trans_va_t anchor)
{
	uint64_t reach = 1ULL << t->s->top, before = reach / 4;
	trans_va_t first = trans_geometry_first(t->geo);
	trans_va_t last = trans_geometry_last(t->geo);

	t->first = anchor - first < before ? first : anchor - before;
	t->last = last - anchor < reach || anchor - 1 == last ?
			  last : anchor + reach - 1;
}

void foreign_plant(struct scene *s, unsigned int i)
{
	uint64_t seed = s->seed + 0x1000 + i;
	struct tree t = { .s = s, .geo = &s->geo[OWN + i], .cpu = &s->cpu[i],
			  .seed = &seed, .budget = 36 };
	bool other = t.geo->granule_shift != s->granule;
	trans_pa_t root = s->foreign.m.base;
	uint64_t *page = NULL;

	t.hierarchical = s->restricts[i] = chance(&seed, 35);
	t.whole = chance(&seed, 50);
	if (!other)
		page = new_page(&t, &root);
	if (!page && !other)
		die();
	pick_cpu(s, i, root, &seed);
	for (int k = 0; k < 3; k++)
		t.palette[k] = random_attributes(&t);
	zone(&t, s->anchor[OWN + i]);
	if (page)
		grow(&t, page, t.geo->start_level,
		     trans_geometry_first(t.geo));
	attach(s, i, &seed);
}

void foreign_scribble(struct scene *s, unsigned int i, uint64_t seed)
{
	uint64_t *page = (uint64_t *)place_look(&s->foreign, s->view[i].root);
	const struct trans_geometry *geo = &s->geo[OWN + i];
	int level = geo->start_level;
	uint64_t *slot;

	/* down by the anchor, and there somewhere */
	for (;; level++) {
		unsigned int entries = geo_entries(geo, level);

		slot = &page[geo_index(geo, level, s->anchor[OWN + i])];
		if (chance(&seed, 40))
			slot = &page[below(&seed, entries)];
		if (level == 3 || (*slot & 3) != 3)
			break;
		page = (uint64_t *)place_look(&s->foreign, desc_decode_pa(
			geo, (desc_t){ *slot }, geo->granule_shift));
		if (!page)
			return;
	}
	*slot = chance(&seed, 50) ? 0 : *slot ^ 1ULL << below(&seed, 64);
	if (!s->corrupt &&
	    desc_kind(geo, level, (desc_t){ *slot }) == DESC_RESERVED)
		*slot = 0;
}
