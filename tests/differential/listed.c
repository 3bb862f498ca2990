/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The differences that are meant: name, reason, and what is one.
 */
#include "frozen/names.h"

#include "frozen/attr.h"
#include "listed.h"

static bool is_empty_table(const struct finding *f)
{
	return f->kind == EMPTY_TABLE && !f->d[0];
}

static bool is_kept_group(const struct finding *f)
{
	return f->kind == OTHER_GROUP && f->d[0] & LEAF_CONT;
}

static bool is_odd_group(const struct finding *f)
{
	return f->kind == OTHER_GROUP && f->d[1] & LEAF_CONT &&
	       !twin_group(&f->s->side[1], f->table, f->va, f->level);
}

static uint64_t restricted(const struct trans_geometry *geo, int level, desc_t d,
			   uint64_t bits)
{
	trans_pa_t pa = desc_decode_pa(geo, d, geo_shift(geo, level));
	uint64_t attributes = trans_inherit_(bits, desc_attributes(geo, d));

	return desc_leaf(geo, level, pa, attributes).v;
}

/* The frozen builder's leaf, once what a link says is added. */
static bool is_restriction(const struct finding *f)
{
	const struct trans_table *table = &f->s->side[0].t[f->table];
	const struct trans_geometry *geo = &table->geo;
	desc_t old = { f->d[1] };

	if (f->kind != OTHER_MAPPING || !f->s->restricted[f->table] ||
	    desc_kind(geo, f->level, old) != DESC_LEAF)
		return false;
	for (uint64_t bits = 1; bits < 16; bits++)
		if (trans_inheritance_(table, (desc_t){ bits << 59 }) ==
			    bits << 59 &&
		    f->d[0] == restricted(geo, f->level, old, bits << 59))
			return true;
	return false;
}

/* The same, told by UPGRADE: the leaf below such a link allows more than it and
 * the link together, which is what the copy brings. */
static bool is_restricted_upgrade(const struct finding *f)
{
	const struct trans_table *table = &f->s->side[0].t[f->table];
	struct trans_leaf leaf;

	if (f->kind != OTHER_STATUS || !f->s->restricted[f->table] ||
	    !(f->step->flags & TRANS_UPGRADE) || f->status[0] ||
	    f->status[1] != TRANS_EEXIST ||
	    trans_table_query(table, f->failed[1], &leaf, NULL))
		return false;
	return (!leaf.writable && !(leaf.desc & LEAF_READONLY)) ||
	       (!leaf.executable && !(leaf.desc & (LEAF_XN | LEAF_PXN)));
}

static bool is_one_answer(const struct finding *f)
{
	return f->kind == OTHER_LEVEL && f->step->op == MAP_BY &&
	       desc_kind(&f->s->geo[f->table], f->level,
			 (desc_t){ f->d[0] }) == DESC_LEAF;
}

/* Does the operation's range cover the entry only in part? */
static bool is_cut(const struct finding *f)
{
	const struct step *p = f->step;
	trans_va_t begin = p->op == IDMAP ? p->pa : p->va;
	uint64_t span = low_mask(geo_shift(&f->s->geo[f->table], f->level));

	return f->va < begin || (f->va | span) > begin + (p->len - 1);
}

static bool is_one_look(const struct finding *f)
{
	return f->kind == OTHER_LEVEL && is_cut(f) &&
	       (f->step->op == FOLD ||
		(f->step->op <= IDMAP &&
		 f->step->flags & (TRANS_FOLD | TRANS_UPGRADE)));
}

/* Of the granules of the entry that the operation's range has, how many does
 * the source map? @all: how many are there? */
static uint64_t mapped_granules(const struct finding *f, uint64_t *all)
{
	const struct step *p = f->step;
	const struct trans_table *from =
		step_source(p, f->s, &f->s->side[0]);
	uint64_t granule = 1ULL << f->s->granule, mapped = 0;
	trans_va_t va = f->va, last = f->va, first;
	struct trans_leaf leaf;

	first = p->op == IDMAP ? p->pa : p->va;
	last |= low_mask(geo_shift(&f->s->geo[f->table], f->level));
	if (va < first)
		va = first;
	if (last > first + (p->len - 1))
		last = first + (p->len - 1);
	for (*all = 1;; va += granule, ++*all) {
		mapped += p->op > SHARE ||
			  !trans_table_query(from, p->src_va + (va - p->va),
					     &leaf, NULL);
		if (last - va < granule)
			return mapped;
	}
}

/* Does the operation leave a part of the entry as it was: where its source has
 * a hole, or by KEEP? */
static bool leaves_something(const struct finding *f)
{
	uint64_t all, mapped = mapped_granules(f, &all);

	return f->step->flags & TRANS_KEEP || mapped < all;
}

/* NOBLOCK, and there was nothing to map. */
static bool is_left_block(const struct finding *f)
{
	const struct trans_geometry *geo = &f->s->geo[f->table];
	uint64_t all;

	return f->kind == OTHER_LEVEL && f->step->op <= IDMAP &&
	       f->step->flags & TRANS_NOBLOCK &&
	       desc_kind(geo, f->level, (desc_t){ f->d[0] }) == DESC_LEAF &&
	       (f->step->flags & (TRANS_UPGRADE | TRANS_KEEP) ||
		!mapped_granules(f, &all));
}

static bool is_left_table(const struct finding *f)
{
	const struct trans_geometry *geo = &f->s->geo[f->table];

	return f->kind == OTHER_LEVEL && f->step->op <= IDMAP &&
	       f->step->flags & TRANS_FOLD && leaves_something(f) &&
	       desc_kind(geo, f->level, (desc_t){ f->d[1] }) == DESC_LEAF;
}

static bool is_unasked_fold(const struct finding *f)
{
	const struct trans_geometry *geo = &f->s->geo[f->table];

	return f->kind == OTHER_LEVEL && f->step->op <= SHARE &&
	       f->step->flags & TRANS_REPLACE &&
	       !(f->step->flags & TRANS_FOLD) &&
	       desc_kind(geo, f->level, (desc_t){ f->d[1] }) == DESC_LEAF;
}

static bool is_empty_window(const struct finding *f)
{
	return f->kind == EMPTY_TABLE && f->d[0] &&
	       f->s->side[0].t[f->table].window_tables &&
	       f->step->op != UNMAP;
}

static bool is_empty_link(const struct finding *f)
{
	bool borrows = false;

	for (int i = 0; i < TABLES; i++)
		borrows |= f->s->borrows[f->table][i];
	return f->kind == EMPTY_TABLE && f->d[0] && borrows;
}

/* Each is true by itself, as both builders say when asked there alone. */
static bool is_other_failure(const struct finding *f)
{
	struct scene *s = (struct scene *)f->s;

	if (f->kind != OTHER_STATUS || !f->status[0] || !f->status[1])
		return false;
	for (int k = 0; k < 2; k++)
		for (int told = 0; told < 2; told++)
			if (!step_fails_at(f->step, s, &s->side[k],
					   f->failed[told], f->status[told]))
				return false;
	return true;
}

/* What the library's builder tells is wrong below what the table maps
 * already. */
static bool is_under_kept(const struct finding *f)
{
	const struct trans_table *t = &f->s->side[0].t[f->table];
	struct trans_leaf leaf;

	return f->kind == OTHER_STATUS && f->step->flags & TRANS_KEEP &&
	       f->status[0] &&
	       trans_table_query(t, f->failed[0], &leaf, NULL) != TRANS_ENOENT;
}

const struct listed listed[] = {
	{ "empty tables", "what becomes empty by unmap is given back also above "
	  "the table that the range begins in", is_empty_table, false },
	{ "groups", "a contiguous group in which nothing changes keeps its bit",
	  is_kept_group, false },
	{ "odd groups", "leaves that say they are a group and are none lose the "
	  "bit; the frozen builder left it to a group of blocks when it split one", is_odd_group, false },
	{ "restrictions", "what a link to a borrowed table forbids holds for "
	  "what is copied from below it; the frozen builder forgot it",
	  is_restriction, true },
	{ "upgrades", "what is copied from below such a link, over the same, is the "
	  "same; the frozen builder compared it without the link",
	  is_restricted_upgrade, true },
	{ "one answer", "neighbours whose attributes a callback says apart but "
	  "alike become one block", is_one_answer, true },
	{ "left tables", "FOLD merges what it maps; the frozen builder also merged "
	  "what was there, and stays", is_left_table, true },
	{ "left blocks", "NOBLOCK does not split a block where nothing is mapped "
	  "anew", is_left_block, true },
	{ "unasked folds", "pages that replace a block stay pages without FOLD; "
	  "the frozen builder made a block of them if it could",
	  is_unasked_fold, true },
	{ "empty windows", "what maps nothing leaves the tables of a window, for its "
	  "host to write, also where they are still empty",
	  is_empty_window, true },
	{ "one look", "whether an entry that the range cuts becomes a block is "
	  "decided by one look at all of it, not by how the builder gets there",
	  is_one_look, true },
	{ "empty links", "a link to a borrowed table that maps nothing stays, and what "
	  "holds it",
	  is_empty_link, true },
	{ "under kept", "what is wrong in the source is told also below a mapping "
	  "that KEEP leaves, however large that is", is_under_kept, true },
	{ "first failure", "of two failures of one operation another is told",
	  is_other_failure, false },
};
const unsigned int listed_count = sizeof(listed) / sizeof(listed[0]);
