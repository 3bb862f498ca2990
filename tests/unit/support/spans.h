/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Interpretation: a table as the list of what it maps, made with the reference
 * walker alone, so that two tables can be compared by meaning whatever their
 * shape; and hand-made random source tables to interpret.
 */
#ifndef TESTS_SPANS_H
#define TESTS_SPANS_H

#include "world.h"

/*
 * [va, va + len) maps to @pa onwards, or is a hole (@bits 0). @bits: what a
 * faithful copy's leaf descriptors must hold besides address, contiguous bit
 * and type: the leaf's own attributes with the hierarchical ones applied, no
 * software bits, and bit 0.
 */
struct span {
	uint64_t va, len, pa, bits;
};

/* Spans side by side, without gaps, merged as far as possible. */
struct spans {
	struct span *v;
	size_t count, room;
};

/* Everything from @first to @last of what @cpu sees. */
struct spans spans_of(const struct walk_params *cpu, uint64_t first,
		      uint64_t last);
void spans_add(struct spans *s, struct span span);
void spans_free(struct spans *s);
/* NULL, or the first span of @a that differs from @b. */
const struct span *spans_difference(const struct spans *a,
				    const struct spans *b);

/* The fewest tables (without the root) and leaves that can map @s. */
struct cost {
	uint64_t tables, leaves;
};
struct cost spans_cost(const struct walk_params *cpu, const struct spans *s);

/* The first and last address of the half, and an address in it. */
uint64_t half_first(const struct walk_params *cpu);
uint64_t half_last(const struct walk_params *cpu);
uint64_t half_in(const struct walk_params *cpu, uint64_t offset);

/* How a kernel hides mappings: numbers of table.h's present rules. */
enum rule { RULE_LINUX, RULE_7_1, RULE_7_1_NG };

#define SOURCE_PAGES 14
#define SOURCE_HIDDEN 64

/* A random table with a memory of which leaves it hides. */
struct source {
	struct world *w;
	enum rule rule;
	trans_pa_t page[SOURCE_PAGES];
	unsigned int pages;
	bool odd; /* the table being filled has odd ones in its runs */
	struct {
		uint64_t *slot, valid;
		int level;
	} hidden[SOURCE_HIDDEN];
	unsigned int count;
};

/* Grow one in @w; w->cpu then walks it. Nothing is hidden yet. */
void source_grow(struct source *s, struct world *w, enum rule rule);
/* Make the chosen leaves invalid by the rule, or valid again. */
void source_hide(struct source *s, bool hide);
void source_free(struct source *s);

#endif
