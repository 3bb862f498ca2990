/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The differences that are meant: name, reason, and what is one.
 */
#include "../../trans/attr.h"
#include "listed.h"

static bool is_empty_table(const struct finding *f)
{
	return f->kind == EMPTY_TABLE && !f->d[0];
}

static bool is_kept_group(const struct finding *f)
{
	return f->kind == OTHER_GROUP && f->d[0] & LEAF_CONT;
}

/* The frozen builder's leaf, once what a link says is added. */
static bool is_restriction(const struct finding *f)
{
	const struct trans_geometry *geo = &f->s->geo[f->table];
	desc_t old = { f->d[1] };
	trans_pa_t pa;

	if (f->kind != OTHER_MAPPING || !f->s->restricted[f->table] ||
	    desc_kind(geo, f->level, old) != DESC_LEAF)
		return false;
	pa = desc_decode_pa(geo, old, geo_shift(geo, f->level));
	for (uint64_t bits = 1; bits < 16; bits++)
		if (f->d[0] == desc_leaf(geo, f->level, pa,
					 tt_inherit(bits << 59,
						    desc_attributes(geo, old)))
				       .v)
			return true;
	return false;
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

/* Does the operation leave a part of the entry as it was: where its source has a
 * hole, or by KEEP? */
static bool leaves_something(const struct finding *f)
{
	const struct step *p = f->step;
	const struct trans_table *from =
		step_source(p, f->s, &f->s->side[0]);
	uint64_t end = 1ULL << geo_shift(&f->s->geo[f->table], f->level);
	trans_va_t va = p->src_va + (f->va - p->va);
	struct trans_leaf leaf;

	if (p->flags & TRANS_KEEP)
		return true;
	for (uint64_t at = 0; p->op == COPY && at < end;
	     at += 1ULL << f->s->granule)
		if (trans_table_query(from, va + at, &leaf, NULL))
			return true;
	return false;
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
	       (f->step->op == FOLD || f->step->op == PROTECT);
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

/* The frozen builder's failure is at what the table maps already. */
static bool is_under_kept(const struct finding *f)
{
	const struct trans_table *t = &f->s->side[1].t[f->table];
	struct trans_leaf leaf;

	return f->kind == OTHER_STATUS && f->step->flags & TRANS_KEEP &&
	       f->status[1] && f->status[1] != TRANS_EEXIST &&
	       trans_table_query(t, f->failed[1], &leaf, NULL) != TRANS_ENOENT;
}

const struct listed listed[] = {
	{ "empty tables", "what becomes empty by unmap is given back also above "
	  "the table that the range begins in", is_empty_table, false },
	{ "groups", "a contiguous group in which nothing changes keeps its bit",
	  is_kept_group, false },
	{ "restrictions", "what a link to a borrowed table forbids holds for "
	  "what is copied from below it; the frozen builder forgot it",
	  is_restriction, true },
	{ "one answer", "neighbours whose attributes a callback says apart but "
	  "alike become one block", is_one_answer, true },
	{ "left tables", "FOLD merges what it maps; the frozen builder also merged "
	  "what was there, and stays", is_left_table, true },
	{ "unasked folds", "pages that replace a block stay pages without FOLD; "
	  "the frozen builder made a block of them if it could",
	  is_unasked_fold, true },
	{ "empty windows", "fold and protect leave the tables of a window, for "
	  "its host to write, also where they map nothing yet",
	  is_empty_window, true },
	{ "one look", "whether an entry that the range cuts becomes a block is "
	  "decided by one look at all of it, not by how the builder gets there",
	  is_one_look, true },
	{ "under kept", "what lies in the source below a mapping that KEEP leaves "
	  "is not read, and cannot be wrong", is_under_kept, true },
	{ "first failure", "of two failures of one operation another is told",
	  is_other_failure, false },
};
const unsigned int listed_count = sizeof(listed) / sizeof(listed[0]);
