/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "tables.h"

#define SH_INNER 3

/* ---- what leaves say --------------------------------------------------- */

/* Whatever of a descriptor must be the same in a contiguous group (D8.7.1
 * R_SKQHL): all but the output address, AF and what belongs to software. That
 * all are to be valid, too, is this project's (I_PGVGZ asks for less). */
#define SAME_IN_GROUP 0x007c000000000bdcULL

static enum rule group_rule(const struct tree *tree, const struct leaf *leaf,
			    const struct tables_ops *ops)
{
	unsigned int group = walk_group(tree, leaf->level);
	uint64_t first = leaf->table & ~(8ULL * group - 1), len = leaf->len;
	uint64_t pa = walk_output(tree, leaf->desc, leaf->level);
	uint64_t start = pa - (leaf->table - first) / 8 * len, desc;
	uint64_t same = SAME_IN_GROUP & ~(tree->ds ? 0x300ULL : 0);

	if (start & (group * len - 1))
		return RULE_CONT_UNALIGNED;
	for (unsigned int i = 0; i < group; i++) {
		if (!ops->read(ops->arg, first + 8ULL * i, &desc) ||
		    (desc & 3) != (leaf->desc & 3) || !(desc & DESC_CONT) ||
		    walk_output(tree, desc, leaf->level) != start + i * len ||
		    (desc ^ leaf->desc) & same)
			return RULE_CONT_UNEVEN;
	}
	return RULE_NONE;
}

static enum rule normal_rule(const struct tree *tree, const struct leaf *leaf,
			     const struct tables_ops *ops)
{
	if (!ops->is_ram(ops->arg, leaf->pa, leaf->len))
		return RULE_NORMAL_NOT_RAM;
	if (walk_is_cached(walk_memory(tree, leaf->desc)) &&
	    walk_share(tree, leaf->desc) != SH_INNER)
		return RULE_NOT_INNER_SHAREABLE;
	if (walk_writable(tree, leaf) && walk_executable(tree, leaf))
		return RULE_WRITE_EXEC;
	return RULE_NONE;
}

enum rule table_leaf(const struct tree *tree, const struct leaf *leaf,
		     const struct tables_ops *ops)
{
	enum rule rule = RULE_NONE;

	if (!walk_is_device(walk_memory(tree, leaf->desc)))
		rule = normal_rule(tree, leaf, ops);
	else if (walk_anybody_runs(tree, leaf))
		rule = RULE_DEVICE_EXEC;
	else if (ops->any_ram(ops->arg, leaf->pa, leaf->len))
		rule = RULE_DEVICE_RAM;
	if (!rule && leaf->desc & DESC_CONT)
		rule = group_rule(tree, leaf, ops);
	return rule;
}

/* ---- the whole tree ---------------------------------------------------- */

/* One level of the way down, for a scan without recursion. */
struct step {
	uint64_t table, va;
	unsigned int index;
	bool no_exec, read_only;
};

static void judge_leaf(const struct tree *tree, const struct step *step,
		       int level, uint64_t desc, const struct tables_ops *ops)
{
	struct leaf leaf = {
		.desc = desc, .level = level,
		.len = 1ULL << walk_shift(tree, level),
		.va = step->va + ((uint64_t)step->index <<
				  walk_shift(tree, level)),
		.pa = walk_output(tree, desc, level),
		.table = step->table + 8ULL * step->index,
		.no_exec = step->no_exec, .read_only = step->read_only,
	};
	enum rule rule = table_leaf(tree, &leaf, ops);

	if (rule)
		ops->found(ops->arg, rule, leaf.va, desc);
}

static void down(const struct tree *tree, struct step *step, int level,
		 uint64_t desc, const struct tables_ops *ops)
{
	step[1] = (struct step){
		.table = walk_output(tree, desc, level),
		.va = step->va + ((uint64_t)step->index <<
				  walk_shift(tree, level)),
		.no_exec = step->no_exec || walk_table_never_runs(tree, desc),
		.read_only = step->read_only ||
			     walk_table_reads_only(tree, desc),
	};
	step->index++;
	ops->table(ops->arg, tree, step[1].table, step[1].va, level + 1);
}

void tables_scan(const struct tree *tree, bool judge,
		 const struct tables_ops *ops)
{
	struct step steps[6] = { { .table = tree->root, .va = tree->base } };
	int level = tree->start;
	uint64_t desc;

	ops->table(ops->arg, tree, tree->root, tree->base, level);
	while (level >= tree->start) {
		struct step *step = &steps[level - tree->start];

		if (step->index == walk_entries(tree, level)) {
			level--;
			continue;
		}
		if (!ops->read(ops->arg, step->table + 8ULL * step->index,
			       &desc)) {
			ops->found(ops->arg, RULE_WALK_OUTSIDE_RAM, step->va,
				   step->table);
			level--;
		} else if (!(desc & DESC_VALID)) {
			step->index++;
		} else if (walk_is_table(tree, desc, level)) {
			down(tree, step, level++, desc, ops);
		} else {
			if (judge)
				judge_leaf(tree, step, level, desc, ops);
			step->index++;
		}
	}
}

/* ---- changes of live descriptors --------------------------------------- */

/*
 * What may change in place, with a TLBI after it: access permissions, AF, DBM,
 * execute-never, what belongs to software; of a table, its hierarchical
 * permissions. All the rest wants break-before-make (Arm ARM D8.17.1 R_WHZWS),
 * here also where it might do without: GP, PBHA, an address whose old and new
 * contents are the same and read-only, a size by FEAT_BBML.
 */
#define MAY_CHANGE 0x07e80000000004c0ULL
#define TABLE_MAY_CHANGE 0x7ff8000000000ffcULL

/* What gives an Access flag fault no TLB holds (D8.16 R_XCLRD). */
static bool may_be_held(const struct tree *tree, int level, uint64_t desc)
{
	return desc & DESC_VALID && (desc & DESC_AF || tree->ha ||
				     walk_is_table(tree, desc, level));
}

enum rule table_change(const struct tree *tree, int level, uint64_t old,
		       uint64_t new_desc)
{
	uint64_t may = walk_is_table(tree, old, level)
		? TABLE_MAY_CHANGE & ~(tree->ds ? 0x300ULL : 0) : MAY_CHANGE;

	if (!may_be_held(tree, level, old) || old == new_desc)
		return RULE_NONE;
	if (!(new_desc & DESC_VALID))
		return RULE_TLB_PENDING;
	return (old ^ new_desc) & ~may ? RULE_BBM : RULE_TLB_PENDING;
}

bool pending_add(struct pendings *p, const struct pending *one)
{
	if (p->count == PENDING_MAX)
		return false;
	if (one->held)
		p->list[p->count++] = *one;
	return true;
}

const struct pending *pending_of(const struct pendings *p, uint64_t desc_pa)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].desc_pa == desc_pa)
			return &p->list[i];
	return NULL;
}

/* Those that nobody holds any more go. */
static void pending_tidy(struct pendings *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].held)
			p->list[kept++] = p->list[i];
	p->count = kept;
}

/* R_PSMWS: NSH is enough for this CPU, and no more. */
static void pending_done(struct pending *one, uint8_t cpu, bool far)
{
	uint16_t mine = (uint16_t)(1U << cpu);
	bool asked = one->asked && one->asker == cpu;

	if (asked && far)
		one->held = 0;
	if (asked || one->local & mine)
		one->held &= (uint16_t)~mine;
}

void pending_dsb(struct pendings *p, uint8_t cpu, bool stores, bool all,
		 bool far)
{
	for (size_t i = 0; i < p->count; i++) {
		if (all)
			pending_done(&p->list[i], cpu, far);
		if (p->list[i].cpu == cpu && stores)
			p->list[i].seen = true;
	}
	pending_tidy(p);
}

void pending_drop(struct pendings *p, uint8_t cpu, uint8_t el,
		  void (*fn)(void *arg, const struct pending *one), void *arg)
{
	uint16_t mine = (uint16_t)(1U << cpu);

	for (size_t i = 0; i < p->count; i++) {
		struct pending *one = &p->list[i];

		if (one->el != el || !(one->held & mine))
			continue;
		if (!one->asked && !(one->local & mine))
			fn(arg, one);
		one->held &= (uint16_t)~mine;
	}
	pending_tidy(p);
}

/* Another granule's is not asked for, nor another level's (R_XKMMX, R_SQXYZ);
 * VALE1 and its like leave tables on the way held. */
static bool of_that_kind(const struct pending *one, const struct sys *sys,
			 const struct tlbi_range *range)
{
	if (range->shift && range->shift != one->shift)
		return false;
	if (!one->leaf)
		return !sys->last;
	return !range->level || range->level == one->level;
}

/* D8.17.5.4, by type. */
static bool covered(const struct pending *one, const struct sys *sys,
		    const struct tlbi_range *range)
{
	bool here = one->va < range->va + range->len &&
		    range->va < one->va + one->len &&
		    of_that_kind(one, sys, range);

	if (one->el != sys->el)
		return false;
	switch (sys->scope) {
	case TLBI_ALL:
		return true;
	case TLBI_ASID:
		return !one->global && one->asid == range->asid;
	case TLBI_VA:
	case TLBI_RANGE:
		return here && (one->global || one->asid == range->asid);
	default:
		return here;
	}
}

bool pending_tlbi(struct pendings *p, uint8_t cpu, const struct sys *sys,
		  const struct tlbi_range *range)
{
	bool early = false;

	for (size_t i = 0; i < p->count; i++) {
		struct pending *one = &p->list[i];

		if (!covered(one, sys, range))
			continue;
		early |= !one->seen && one->cpu == cpu;
		if (sys->shared) {
			one->asked = true;
			one->asker = cpu;
		} else {
			one->local |= (uint16_t)(1U << cpu);
		}
	}
	return early;
}
