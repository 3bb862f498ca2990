/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Interpretation and random sources: see spans.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "spans.h"

#define B(n) (1ULL << (n))

uint64_t half_in(const struct walk_params *cpu, uint64_t offset)
{
	uint64_t mask = B(cpu->iasize) - 1;

	return cpu->upper ? offset | ~mask : offset & mask;
}

uint64_t half_first(const struct walk_params *cpu)
{
	return half_in(cpu, 0);
}

uint64_t half_last(const struct walk_params *cpu)
{
	return half_in(cpu, ~0ULL);
}

/* ---- lists ---- */

static bool continues(const struct span *a, const struct span *b)
{
	return a->bits == b->bits && (!a->bits || a->pa + a->len == b->pa);
}

void spans_add(struct spans *s, struct span span)
{
	if (s->count && continues(&s->v[s->count - 1], &span)) {
		s->v[s->count - 1].len += span.len;
		return;
	}
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 64;
		s->v = realloc(s->v, s->room * sizeof(span));
		assert_non_null(s->v);
	}
	s->v[s->count++] = span;
}

void spans_free(struct spans *s)
{
	free(s->v);
	*s = (struct spans){ 0 };
}

const struct span *spans_difference(const struct spans *a,
				    const struct spans *b)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct span *x = &a->v[i], *y = &b->v[i];

		if (i == b->count || x->va != y->va || x->len != y->len ||
		    x->bits != y->bits || (x->bits && x->pa != y->pa))
			return x;
	}
	return a->count == b->count ? NULL : &b->v[a->count];
}

/* ---- interpretation ---- */

static uint64_t faithful_bits(const struct walk_params *cpu,
			      const struct walk *w)
{
	uint64_t bits = w->desc & (0xffcULL | ~0ULL << 50);

	bits &= ~(B(52) | 0xfULL << 55);
	if (cpu->ds)
		bits &= ~(3ULL << 8);
	if (cpu->hpd)
		return bits | 1;
	if (w->tables & B(62))
		bits = (bits | B(7)) & ~B(51);
	if (w->tables & B(60))
		bits |= B(54);
	if (w->tables & B(61) && cpu->regime != 2)
		bits &= ~B(6);
	if (w->tables & B(59) && cpu->regime != 2)
		bits |= B(53);
	return bits | 1;
}

struct spans spans_of(const struct walk_params *cpu, uint64_t first,
		      uint64_t last)
{
	struct walk_params seeing = *cpu;
	struct spans s = { 0 };
	uint64_t va = first, size;

	seeing.ha = true; /* a clear access flag is an attribute here */
	for (;; va += size) {
		struct walk w = walker(&seeing, va);
		bool mapped = w.fault == WALK_NONE;

		if (!mapped && (w.fault != WALK_TRANSLATION || w.reserved))
			fail_msg("va %llx: %s", (unsigned long long)va,
				 w.reason);
		size = B(walker_span(cpu, w.level));
		size -= va & (size - 1);
		if (size - 1 > last - va)
			size = last - va + 1;
		spans_add(&s, (struct span){
			va, size, mapped ? w.pa : 0,
			mapped ? faithful_bits(cpu, &w) : 0 });
		if (size - 1 == last - va)
			return s;
	}
}

/* ---- the least that can map it ---- */

static const struct span *span_at(const struct spans *s, uint64_t va)
{
	size_t low = 0, high = s->count;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (s->v[middle].va <= va)
			low = middle;
		else
			high = middle;
	}
	return &s->v[low];
}

static struct cost entry_cost(const struct walk_params *cpu,
			      const struct spans *s, int level, uint64_t va)
{
	unsigned int shift = walker_span(cpu, level), below;
	const struct span *at = span_at(s, va);
	struct cost cost = { 1, 0 };
	bool whole = at->len - (va - at->va) >= B(shift);

	if (whole && !at->bits)
		return (struct cost){ 0, 0 };
	if (whole && walker_leaf(cpu, level) &&
	    !((at->pa + (va - at->va)) & (B(shift) - 1)))
		return (struct cost){ 0, 1 };
	below = walker_span(cpu, level + 1);
	for (uint64_t i = 0; i < B(shift - below); i++) {
		struct cost c = entry_cost(cpu, s, level + 1,
					   va + (i << below));

		cost.tables += c.tables;
		cost.leaves += c.leaves;
	}
	return cost;
}

struct cost spans_cost(const struct walk_params *cpu, const struct spans *s)
{
	int level = walker_start(cpu);
	unsigned int shift = walker_span(cpu, level);
	struct cost cost = { 0, 0 };

	for (uint64_t i = 0; i < B(cpu->iasize - shift); i++) {
		struct cost c = entry_cost(cpu, s, level,
					   half_first(cpu) + (i << shift));

		cost.tables += c.tables;
		cost.leaves += c.leaves;
	}
	return cost;
}

/* ---- random sources ---- */

static uint64_t leaf_noise(struct source *s)
{
	const struct walk_params *cpu = &s->w->cpu;
	uint64_t bits = rnd(&s->w->seed) & rnd(&s->w->seed);

	bits &= 0xbecULL | 0x7ffcULL << 48;
	bits &= ~(0xcULL << 48); /* [51:50]: below */
	bits |= rnd(&s->w->seed) & (B(51) | B(7));
	bits |= rnd(&s->w->seed) % 8 ? B(10) : 0;
	if (cpu->ds)
		bits &= ~(3ULL << 8);
	if (s->rule != RULE_LINUX)
		bits &= ~B(11);
	if (s->rule == RULE_7_1_NG)
		bits |= B(11);
	if (cpu->regime == 2)
		bits = (bits | B(6)) & ~(B(11) | B(53));
	return bits;
}

/* One attribute that a neighbour may differ in: AttrIndx, NS, AP[2], GP, DBM,
 * XN, PBHA. Mostly none. */
static uint64_t odd_one(uint64_t random)
{
	static const uint8_t where[] = { 2, 5, 7, 50, 51, 54, 59 };

	return random >> 8 & 63 ? 0 : B(where[random % 7]);
}

/* @count neighbours with (nearly) the same attributes; outputs continue. */
static void fill_run(struct source *s, int level, uint64_t *entry,
		     unsigned int count, trans_pa_t pa)
{
	unsigned int shift = walker_span(&s->w->cpu, level);
	uint64_t noise = leaf_noise(s) | (level == 3 ? 3 : 1);

	for (unsigned int i = 0; i < count; i++) {
		uint64_t *slot = &entry[i];
		unsigned int n = s->count;

		*slot = noise ^ (s->odd ? odd_one(rnd(&s->w->seed)) : 0);
		*slot |= world_address(&s->w->cpu, pa + ((uint64_t)i << shift));
		if (!(noise & B(10)) || n == SOURCE_HIDDEN ||
		    rnd(&s->w->seed) % 64)
			continue;
		s->hidden[n].slot = slot;
		s->hidden[n].valid = *slot;
		s->hidden[n].level = level;
		s->count++;
	}
}

/* A random output address for @count entries that stays in range. */
static trans_pa_t run_pa(struct source *s, int level, unsigned int count,
			 bool even)
{
	const struct walk_params *cpu = &s->w->cpu;
	unsigned int shift = walker_span(cpu, level);
	uint64_t size = B(cpu->oasize), need = (uint64_t)count << shift;
	uint64_t pa = rnd(&s->w->seed) & (size - 1) & ~(B(shift) - 1);

	if (even)
		pa &= ~(B(shift + cpu->granulebits - 3) - 1);
	if (need >= size)
		return 0;
	return pa > size - need ? size - need : pa;
}

static void fill_leaves(struct source *s, int level, uint64_t *page,
			unsigned int entries)
{
	unsigned int shift = walker_span(&s->w->cpu, level);
	uint64_t most = B(s->w->cpu.oasize) >> shift;
	bool whole = rnd(&s->w->seed) % 3 == 0;

	s->odd = rnd(&s->w->seed) & 1;
	if (!walker_leaf(&s->w->cpu, level))
		return;
	for (unsigned int i = 0, n; i < entries; i += n) {
		n = 1 + rnd(&s->w->seed) % (rnd(&s->w->seed) & 1 ? 4 : 200);
		if (whole)
			n = entries;
		if (n > entries - i)
			n = entries - i;
		if (n > most)
			n = (unsigned int)most;
		if (whole || rnd(&s->w->seed) % 3)
			fill_run(s, level, &page[i], n,
				 run_pa(s, level, n, whole));
	}
}

/* The entry at @slot is about to become something else. */
static void forget(struct source *s, const uint64_t *slot)
{
	for (unsigned int i = 0; i < s->count;)
		if (s->hidden[i].slot == slot)
			s->hidden[i] = s->hidden[--s->count];
		else
			i++;
}

static void grow(struct source *s, int level, uint64_t *page,
		 unsigned int entries)
{
	unsigned int tables = level == 3 ? 0 : 1 + rnd(&s->w->seed) % 3;

	fill_leaves(s, level, page, entries);
	while (tables-- && s->pages < SOURCE_PAGES) {
		unsigned int slot = rnd(&s->w->seed) % entries;
		uint64_t *below, bits = rnd(&s->w->seed) & rnd(&s->w->seed) &
					(0xfULL << 59 | 0xffULL << 51);

		if (rnd(&s->w->seed) & 1)
			slot = rnd(&s->w->seed) & 1 ? 0 : entries - 1;
		if ((page[slot] & 3) == 3)
			continue;
		forget(s, &page[slot]);
		below = world_page(s->w, &s->page[s->pages]);
		page[slot] = bits | 3 |
			     world_address(&s->w->cpu, s->page[s->pages++]);
		grow(s, level + 1, below, 1u << (s->w->cpu.granulebits - 3));
	}
}

void source_grow(struct source *s, struct world *w, enum rule rule)
{
	int start = walker_start(&w->cpu);
	uint64_t *root;

	*s = (struct source){ .w = w, .rule = rule, .pages = 1 };
	root = world_page(w, &s->page[0]);
	w->cpu = world_cpu(w, &w->geo, w->cpu.hpd, s->page[0],
			   TRANS_MAIR_DEFAULT);
	grow(s, start, root,
	     1u << (w->cpu.iasize - walker_span(&w->cpu, start)));
}

void source_hide(struct source *s, bool hide)
{
	for (unsigned int i = 0; i < s->count; i++) {
		uint64_t valid = s->hidden[i].valid;

		if (hide)
			valid &= ~1ULL;
		if (hide && s->rule != RULE_LINUX)
			valid |= B(11);
		*s->hidden[i].slot = valid;
	}
}

void source_free(struct source *s)
{
	while (s->pages)
		world_drop(s->w, s->page[--s->pages]);
}
