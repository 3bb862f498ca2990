/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Two tables side by side: see twin.h.
 */
#include "frozen/names.h"

#include "frozen/attr.h"
#include "twin.h"

/* What one side has at a place: an entry, and what holds for it from above. */
struct entry {
	desc_t d;
	uint64_t inherited;
	bool borrowed; /* by this table */
};

struct pair {
	const struct scene *s;
	unsigned int table;
	finding_fn found;
	void *arg;
};

static const struct trans_geometry *geometry(const struct pair *p)
{
	return &p->s->geo[p->table];
}

static const struct trans_table *table_of(const struct pair *p, int k)
{
	return &p->s->side[k].t[p->table];
}

static trans_pa_t target(const struct trans_geometry *geo, desc_t d)
{
	return desc_decode_pa(geo, d, geo->granule_shift);
}

static const uint64_t *page_of(const struct pair *p, int k, int level,
			       const struct entry *e)
{
	if (desc_kind(geometry(p), level, e->d) != DESC_TABLE)
		return NULL;
	return place_look(&p->s->side[k].place, target(geometry(p), e->d));
}

static struct entry entry_at(const struct pair *p, int k, int level,
			     const struct entry *above, unsigned int slot)
{
	const struct trans_geometry *geo = geometry(p);
	const uint64_t *page = page_of(p, k, level - 1, above);
	struct entry e = { .d.v = 0 };
	trans_pa_t pa;

	switch (desc_kind(geo, level - 1, above->d)) {
	case DESC_LEAF: /* what a split would make of it */
		pa = desc_decode_pa(geo, above->d, geo_shift(geo, level - 1));
		pa += (uint64_t)slot << geo_shift(geo, level);
		e.d = desc_leaf(geo, level, pa, desc_attributes(geo, above->d) &
							~LEAF_CONT);
		break;
	case DESC_TABLE:
		e.d.v = page ? page[slot] : 0;
		e.inherited = above->inherited |
			      trans_inheritance_(table_of(p, k), above->d);
		e.borrowed = above->borrowed || above->d.v & TABLE_BORROWED;
		break;
	default:
		break;
	}
	if (desc_kind(geo, level, e.d) == DESC_LEAF) {
		pa = desc_decode_pa(geo, e.d, geo_shift(geo, level));
		if (desc_kind(geo, level - 1, above->d) == DESC_TABLE)
			e.d = desc_leaf(geo, level, pa, trans_inherit_(
				e.inherited, desc_attributes(geo, e.d)));
	}
	if (desc_kind(geo, level, e.d) == DESC_EMPTY)
		e.d.v = 0;
	return e;
}

static int tell(const struct pair *p, enum finding_kind kind, trans_va_t va,
		int level, const struct entry e[2])
{
	struct finding f = { .kind = kind, .s = p->s, .table = p->table,
			     .va = va, .level = level,
			     .d = { e[0].d.v, e[1].d.v } };

	return p->found(p->arg, &f);
}

/* Does the entry map nothing at all? */
static bool nothing(const struct pair *p, int k, int level,
		    const struct entry *e)
{
	const struct trans_geometry *geo = geometry(p);
	struct entry next;

	if (desc_kind(geo, level, e->d) != DESC_TABLE)
		return !e->d.v;
	for (unsigned int i = 0; i < geo_entries(geo, level + 1); i++) {
		next = entry_at(p, k, level + 1, e, i);
		if (!nothing(p, k, level + 1, &next))
			return false;
	}
	return true;
}

static int compare(const struct pair *p, int level, trans_va_t va,
		   const struct entry e[2]);

static int compare_below(const struct pair *p, int level, trans_va_t va,
			 const struct entry e[2])
{
	const struct trans_geometry *geo = geometry(p);
	const uint64_t *a = page_of(p, 0, level, &e[0]);
	const uint64_t *b = page_of(p, 1, level, &e[1]);
	unsigned int entries = geo_entries(geo, level + 1);
	bool plain = a && b && e[0].inherited == e[1].inherited &&
		     trans_inheritance_(table_of(p, 0), e[0].d) ==
			     trans_inheritance_(table_of(p, 1), e[1].d);
	int ret = 0;

	level++;
	for (unsigned int i = 0; !ret && i < entries; i++) {
		struct entry next[2];

		/* Alike, without a second look. */
		if (plain && a[i] == b[i] &&
		    desc_kind(geo, level, (desc_t){ a[i] }) != DESC_TABLE)
			continue;
		next[0] = entry_at(p, 0, level, &e[0], i);
		next[1] = entry_at(p, 1, level, &e[1], i);
		ret = compare(p, level,
			      va + ((uint64_t)i << geo_shift(geo, level)),
			      next);
	}
	return ret;
}

/* Both lead to the same table, in the same way. */
static bool same_table(const struct pair *p, const struct entry e[2])
{
	return e[0].d.v == e[1].d.v && e[0].inherited == e[1].inherited &&
	       target(geometry(p), e[0].d) - p->s->foreign.m.base <
		       p->s->foreign.m.len;
}

static int compare(const struct pair *p, int level, trans_va_t va,
		   const struct entry e[2])
{
	const struct trans_geometry *geo = geometry(p);
	enum desc_kind a = desc_kind(geo, level, e[0].d);
	enum desc_kind b = desc_kind(geo, level, e[1].d);
	int ret = 0;

	if (a == DESC_TABLE && b == DESC_TABLE)
		return same_table(p, e) ? 0 : compare_below(p, level, va, e);
	if (a != DESC_TABLE && b != DESC_TABLE) {
		if (e[0].d.v == e[1].d.v)
			return 0;
		if (a == DESC_LEAF && b == DESC_LEAF &&
		    !((e[0].d.v ^ e[1].d.v) & ~LEAF_CONT))
			return tell(p, OTHER_GROUP, va, level, e);
		return tell(p, OTHER_MAPPING, va, level, e);
	}
	if (a == DESC_LEAF || b == DESC_LEAF) {
		ret = tell(p, OTHER_LEVEL, va, level, e);
		return ret ? ret : compare_below(p, level, va, e);
	}
	if (nothing(p, a != DESC_TABLE, level, &e[a != DESC_TABLE]))
		return tell(p, EMPTY_TABLE, va, level, e);
	return tell(p, OTHER_MAPPING, va, level, e);
}

int twin_compare(const struct scene *s, unsigned int i, finding_fn found,
		 void *arg)
{
	struct pair p = { s, i, found, arg };
	const struct trans_geometry *geo = &s->geo[i];
	struct entry e[2] = { 0 };

	for (int k = 0; k < 2; k++)
		e[k].d = desc_table(geo, s->side[k].t[i].root);
	return compare_below(&p, geo->start_level - 1,
			     trans_geometry_first(geo), e);
}

/* ---- one side alone ------------------------------------------------------ */

struct own {
	const struct side *side;
	const struct trans_geometry *geo;
	uint64_t hash;
	unsigned int pages;
};

static void gather(struct own *o, int level, trans_pa_t pa)
{
	const uint64_t *page = place_look(&o->side->place, pa);
	unsigned int entries = geo_entries(o->geo, level);

	o->pages++;
	for (unsigned int i = 0; i < entries; i++) {
		desc_t d = { page[i] };

		if (!d.v)
			continue;
		o->hash = (o->hash ^ (d.v + i)) * 0x9e3779b97f4a7c15ULL;
		o->hash ^= o->hash >> 29;
		if (desc_kind(o->geo, level, d) == DESC_TABLE &&
		    !(d.v & TABLE_BORROWED))
			gather(o, level + 1, target(o->geo, d));
	}
}

static struct own own_of(const struct side *side, unsigned int i)
{
	const struct trans_table *t = &side->t[i];
	struct own o = { .side = side, .geo = &t->geo };

	gather(&o, t->geo.start_level, t->root);
	return o;
}

uint64_t twin_state(const struct side *side)
{
	const struct memory *m = &side->place.m;
	uint64_t state = (uint64_t)m->balance << 32 ^ (uint64_t)m->acquired;

	for (unsigned int i = 0; i < OWN; i++)
		state = state * 31 + own_of(side, i).hash +
			side->t[i].pages + side->t[i].window_tables;
	return state;
}

unsigned int twin_pages(const struct side *side, unsigned int i)
{
	return own_of(side, i).pages;
}

/* ---- making them alike --------------------------------------------------- */

static void give(struct side *side, struct trans_table *t, trans_pa_t pa)
{
	struct place *p = &side->place;
	unsigned int shift = t->geo.granule_shift;

	if (p->ops.release)
		p->ops.release(p, pa);
	if (pa - t->window >= (uint64_t)t->window_tables << shift)
		p->ops.free(p, shift, 1, pa);
	t->pages--;
}

/* All below @slot, and that. */
static void prune(struct side *side, struct trans_table *t, int level,
		  uint64_t *slot)
{
	desc_t d = { *slot };
	uint64_t *page;

	*slot = 0;
	if (desc_kind(&t->geo, level, d) != DESC_TABLE ||
	    d.v & TABLE_BORROWED)
		return;
	page = (uint64_t *)place_look(&side->place, target(&t->geo, d));
	level++;
	for (unsigned int i = 0; i < geo_entries(&t->geo, level); i++)
		prune(side, t, level, &page[i]);
	give(side, t, target(&t->geo, d));
}

bool twin_prune(struct side *side, unsigned int i, trans_va_t va, int level)
{
	struct trans_table *t = &side->t[i];
	trans_pa_t pa = t->root;
	uint64_t *slot;

	for (int at = t->geo.start_level;; at++) {
		slot = (uint64_t *)place_look(&side->place, pa) +
		       geo_index(&t->geo, at, va);
		if (at == level)
			break;
		if (*slot & TABLE_BORROWED)
			return false;
		pa = target(&t->geo, (desc_t){ *slot });
	}
	prune(side, t, level, slot);
	return true;
}

/* ---- contiguous groups --------------------------------------------------- */

static bool even_group(const struct trans_geometry *geo, int level,
		       const uint64_t *first)
{
	unsigned int shift = geo_shift(geo, level), log = geo_group(geo, level);
	trans_pa_t pa = desc_decode_pa(geo, (desc_t){ first[0] }, shift);

	if (pa & low_mask(shift + log))
		return false;
	for (unsigned int i = 1; i < 1u << log; i++)
		if (desc_kind(geo, level, (desc_t){ first[i] }) != DESC_LEAF ||
		    first[i] != first[0] + ((uint64_t)i << shift))
			return false;
	return true;
}

static bool even_groups(const struct side *side,
			const struct trans_geometry *geo, int level,
			trans_pa_t pa, trans_va_t *va)
{
	const uint64_t *page = place_look(&side->place, pa);
	unsigned int group = 1u << geo_group(geo, level);
	trans_va_t first = *va;

	for (unsigned int i = 0; i < geo_entries(geo, level); i++) {
		desc_t d = { page[i] };
		enum desc_kind kind = desc_kind(geo, level, d);

		*va = first + ((uint64_t)i << geo_shift(geo, level));
		if (kind == DESC_TABLE && !(d.v & TABLE_BORROWED) &&
		    !even_groups(side, geo, level + 1, target(geo, d), va))
			return false;
		if (kind == DESC_LEAF && d.v & LEAF_CONT &&
		    !even_group(geo, level, &page[i & ~(group - 1)]))
			return false;
	}
	return true;
}

bool twin_groups(const struct side *side, unsigned int i, trans_va_t *va)
{
	const struct trans_table *t = &side->t[i];

	*va = trans_geometry_first(&t->geo);
	return even_groups(side, &t->geo, t->geo.start_level, t->root, va);
}

bool twin_group(const struct side *side, unsigned int i, trans_va_t va,
		int level)
{
	const struct trans_geometry *geo = &side->t[i].geo;
	unsigned int group = 1u << geo_group(geo, level);
	trans_pa_t pa = side->t[i].root;
	const uint64_t *page;

	for (int at = geo->start_level;; at++) {
		page = place_look(&side->place, pa);
		if (at == level)
			break;
		pa = target(geo, (desc_t){ page[geo_index(geo, at, va)] });
	}
	return even_group(geo, level,
			  &page[geo_index(geo, level, va) & ~(group - 1)]);
}

/* ---- the reference walker ------------------------------------------------ */

static bool look(void *ctx, uint64_t pa, uint64_t *desc)
{
	const uint64_t *at = place_look(ctx, pa);

	if (at)
		*desc = *at;
	return at;
}

static struct walk walk(const struct scene *s, int k, unsigned int i,
			trans_va_t va)
{
	static struct world nowhere;
	const struct trans_table *t = &s->side[k].t[i];
	struct walk_params cpu = world_cpu(&nowhere, &t->geo, 0, t->root,
					   t->mair);

	cpu.read = look;
	cpu.ctx = (void *)&s->side[k].place;
	return walker(&cpu, va);
}

bool twin_walks(const struct scene *s, unsigned int i, trans_va_t va)
{
	struct walk a = walk(s, 0, i, va), b = walk(s, 1, i, va);

	if (a.fault || b.fault)
		return a.fault == b.fault;
	return a.pa == b.pa && a.attr == b.attr && a.pr == b.pr &&
	       a.pw == b.pw && a.px == b.px && a.ur == b.ur &&
	       a.uw == b.uw && a.ux == b.ux;
}
