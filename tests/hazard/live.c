/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "guest.h"
#include "live.h"

#define BUCKETS 4096

/* 4 KiB of a table. */
struct copy {
	struct copy *next;
	uint64_t pa, va; /* va of its first entry */
	int level;
	struct tree tree;
	uint16_t asid;
	uint64_t desc[512];
};

static struct copy *bucket[BUCKETS];

static struct copy **slot_of(uint64_t pa)
{
	struct copy **at = &bucket[pa / 4096 % BUCKETS];

	while (*at && (*at)->pa != pa / 4096 * 4096)
		at = &(*at)->next;
	return at;
}

void live_forget(void)
{
	for (unsigned int i = 0; i < BUCKETS; i++)
		while (bucket[i]) {
			struct copy *gone = bucket[i];

			bucket[i] = gone->next;
			free(gone);
		}
}

bool live_read(void *arg, uint64_t pa, uint64_t *desc)
{
	const void *at = guest_at(pa, 8);

	(void)arg;
	if (at)
		memcpy(desc, at, 8);
	return at != NULL;
}

/* Who looks at a tree, and by which instruction. */
struct look {
	struct cpu *cpu;
	uint32_t site;
	bool judge;
	uint16_t asid;
};

static void keep(const struct look *look, const struct tree *tree, uint64_t pa,
		 uint64_t va, int level)
{
	struct copy **at = slot_of(pa), *copy;
	const void *from = guest_at(pa & ~4095ULL, 4096);

	if (*at || !from)
		return;
	copy = calloc(1, sizeof(*copy));
	*copy = (struct copy){ NULL, pa & ~4095ULL, va, level, *tree,
			       look->asid, { 0 } };
	if (pa & 4095) /* a small root: its entries begin inside the page */
		copy->va -= (pa & 4095) / 8 << walk_shift(tree, level);
	memcpy(copy->desc, from, 4096);
	*at = copy;
}

static void check_lines(const struct look *look, const struct tree *tree,
			uint64_t pa, uint64_t len)
{
	for (uint64_t at = pa; at < pa + len; at += LINE_SIZE) {
		struct line *line = guest_line(at);
		enum rule rule;

		if (!line) {
			cpu_find(look->cpu, RULE_WALK_OUTSIDE_RAM, look->site,
				 NULL, at, tree->root);
			return;
		}
		rule = line_walked(line, tree->cached,
				   world.cpu[STAMP_CPU(line->dsb)].dsb);
		if (!rule && look->cpu->phase == PHASE_BLOB &&
		    line->state & LINE_DIRTY)
			rule = RULE_TABLE_NOT_POC;
		cpu_find(look->cpu, rule, look->site, line, at, tree->root);
	}
}

static void table(void *arg, const struct tree *tree, uint64_t pa, uint64_t va,
		  int level)
{
	const struct look *look = arg;
	uint64_t len = 8ULL * walk_entries(tree, level);

	if (look->judge)
		check_lines(look, tree, pa, len);
	if (look->cpu->phase == PHASE_NEXT)
		return;
	for (uint64_t at = 0; at < len; at += 4096)
		keep(look, tree, pa + at,
		     va + (at / 8 << walk_shift(tree, level)), level);
}

static void found(void *arg, enum rule rule, uint64_t va, uint64_t desc)
{
	const struct look *look = arg;

	if (look->judge && look->cpu->phase != PHASE_NEXT)
		cpu_find(look->cpu, rule, look->site, NULL, va, desc);
}

static bool is_ram(void *arg, uint64_t pa, uint64_t len)
{
	(void)arg;
	return guest_is_ram(pa, len);
}

static bool any_ram(void *arg, uint64_t pa, uint64_t len)
{
	(void)arg;
	return guest_any_ram(pa, len);
}

static void scan(struct cpu *cpu, unsigned int slot, uint32_t site, bool judge)
{
	struct regime regime = cpu_regime(cpu, slot);
	struct look look = { cpu, site, judge, 0 };
	struct tables_ops ops = { live_read, is_ram, any_ram, table, found,
				  &look };
	struct tree tree;

	look.asid = cpu_asid(&regime);
	for (unsigned int high = 0; high < 2; high++)
		if (walk_tree(&regime, high, &tree))
			tables_scan(&tree, judge, &ops);
}

void live_scan(struct cpu *judge, unsigned int slot, uint32_t site)
{
	live_forget();
	for (unsigned int i = 0; i < CPUS; i++)
		for (unsigned int s = 0; s < 2; s++) {
			struct cpu *cpu = &world.cpu[i];
			bool is_judge = cpu == judge && s == slot;

			if (cpu->seen && cpu->regs.sctlr[s] & SCTLR_M &&
			    (is_judge || cpu->phase != PHASE_NEXT))
				scan(cpu, s, site, is_judge);
		}
	world.generation++;
}

/* Whose MMU walks this tree: a bit for each CPU. */
static uint16_t walkers(const struct tree *tree)
{
	uint16_t held = 0;

	for (unsigned int i = 0; i < CPUS; i++) {
		const struct cpu *cpu = &world.cpu[i];
		struct regime regime = cpu_regime(cpu, tree->el - 1U);
		struct tree its;

		if (cpu->seen && regime.sctlr & SCTLR_M &&
		    walk_tree(&regime, tree->high, &its) &&
		    its.root == tree->root)
			held |= (uint16_t)(1U << i);
	}
	return held;
}

/* Tables are held by ASID, whatever nG of their leaves (D8.16.3.1 R_CHVGJ). */
static struct pending held_of(const struct cpu *cpu, const struct copy *copy,
			      unsigned int index, uint32_t site)
{
	const struct tree *tree = &copy->tree;
	unsigned int shift = walk_shift(tree, copy->level);
	uint64_t old = copy->desc[index];
	bool leaf = !walk_is_table(tree, old, copy->level);

	return (struct pending){
		.desc_pa = copy->pa + 8ULL * index, .by = site,
		.va = copy->va + ((uint64_t)index << shift),
		.len = 1ULL << shift, .asid = copy->asid,
		.held = walkers(tree), .leaf = leaf,
		.global = !tree->two || (leaf && !(old & DESC_NG)),
		.el = tree->el, .cpu = cpu->index,
		.shift = (uint8_t)tree->shift, .level = copy->level,
	};
}

static bool changed(struct cpu *cpu, struct copy *copy, unsigned int index,
		    uint64_t desc, uint32_t site)
{
	uint64_t old = copy->desc[index];
	uint64_t pa = copy->pa + 8ULL * index;
	enum rule rule = table_change(&copy->tree, copy->level, old, desc);
	struct pending one = held_of(cpu, copy, index, site);

	copy->desc[index] = desc;
	if (rule == RULE_BBM)
		cpu_find(cpu, rule, site, NULL, pa, desc);
	if (rule && !pending_add(&world.pendings, &one))
		findings_overflow();
	if (!rule && desc & DESC_VALID && !(old & DESC_VALID) &&
		 pending_of(&world.pendings, pa))
		cpu_find(cpu, RULE_BBM_NO_TLBI, site, NULL, pa, desc);
	return walk_is_table(&copy->tree, desc, copy->level) && old != desc;
}

void live_store(struct cpu *cpu, uint64_t pa, unsigned int len, uint32_t site)
{
	struct copy *copy = *slot_of(pa);
	bool more = false;

	if (!copy)
		return;
	for (uint64_t at = pa & ~7ULL; at < pa + len; at += 8) {
		uint64_t desc;

		if (at / 4096 == copy->pa / 4096 && live_read(NULL, at, &desc))
			more |= changed(cpu, copy,
					(unsigned int)(at % 4096 / 8), desc,
					site);
	}
	world.generation++;
	if (more)
		live_scan(NULL, 0, site);
}
