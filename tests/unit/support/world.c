/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Worlds for the property tests: see world.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

const struct shape shapes[] = {
	{ 12, 48, 48, false }, { 12, 39, 40, false }, { 12, 25, 32, false },
	{ 12, 30, 36, false }, { 12, 31, 42, false }, { 12, 40, 44, false },
	{ 12, 52, 52, true },  { 12, 49, 52, true },  { 12, 48, 48, true },
	{ 12, 39, 52, true },  { 14, 48, 48, false }, { 14, 47, 44, false },
	{ 14, 36, 40, false }, { 14, 25, 32, false }, { 14, 37, 48, false },
	{ 14, 52, 52, true },  { 14, 48, 52, true },  { 14, 42, 48, true },
	{ 16, 48, 48, false }, { 16, 42, 40, false }, { 16, 25, 36, false },
	{ 16, 30, 32, false }, { 16, 52, 52, false }, { 16, 48, 52, false },
	{ 16, 52, 48, false }, { 16, 42, 52, false },
};
const unsigned int shape_count = sizeof(shapes) / sizeof(shapes[0]);

unsigned int world_scale(void)
{
	const char *scale = getenv("TRANS_SCALE");
	int n = scale ? atoi(scale) : 1;

	return n > 0 ? (unsigned int)n : 1;
}

struct trans_geometry world_geometry(const struct shape *shape,
				     unsigned int variant)
{
	static const uint8_t regimes[VARIANTS] = { 1, 1, 2, 3, 3 };
	bool upper = variant == 1 || variant == 4;
	struct trans_geometry geo;

	assert_int_equal(
		trans_geometry_init(&geo, (enum trans_regime)regimes[variant],
				    (enum trans_granule)shape->granule,
				    shape->va, shape->pa,
				    (upper ? TRANS_GEO_UPPER : 0) |
					    (shape->ds ? TRANS_GEO_DS : 0),
				    NULL), 0);
	return geo;
}

/* Below 4 GiB where addresses are short; else where every address bit shows. */
static trans_pa_t arena_base(unsigned int pa_bits)
{
	if (pa_bits == 32)
		return 0x40000000;
	return (1ULL << (pa_bits - 1)) | (pa_bits == 52 ? 5ULL << 48 : 0) |
	       0x40000000;
}

void world_open(struct world *w, const struct shape *shape,
		unsigned int variant, unsigned int controls,
		unsigned int granules, uint64_t seed)
{
	memset(w, 0, sizeof(*w));
	w->geo = world_geometry(shape, variant);
	w->seed = seed;
	memory_init(&w->m, arena_base(shape->pa),
		    (((size_t)granules << shape->granule) + 65535) & ~65535UL,
		    shape->granule);
	w->cpu = world_cpu(w, &w->geo, controls, 0, TRANS_MAIR_DEFAULT);
	snprintf(w->name, sizeof(w->name),
		 "%uK va %u pa %u%s, variant %u, controls %u, seed %llu",
		 1u << (shape->granule - 10), shape->va, shape->pa,
		 shape->ds ? " DS" : "", variant, controls,
		 (unsigned long long)seed);
}

void world_close(struct world *w)
{
	if (w->m.balance || w->m.acquired)
		fail_msg("%s: %ld pages and %ld acquires are not back", w->name,
			 w->m.balance, w->m.acquired);
	memory_free(&w->m);
}

static bool read_entry(void *ctx, uint64_t pa, uint64_t *desc)
{
	struct memory *m = ctx;

	if (pa < m->base || pa - m->base >= m->len)
		return false;
	memcpy(desc, m->bytes + (pa - m->base), 8);
	return true;
}

struct walk_params world_cpu(struct world *w, const struct trans_geometry *geo,
			     unsigned int controls, trans_pa_t root,
			     uint64_t mair)
{
	bool split = geo->ds ||
		     (geo->granule_shift == 16 && geo->pa_bits == 52);

	return (struct walk_params){
		.granulebits = geo->granule_shift, .iasize = geo->va_bits,
		.oasize = geo->pa_bits, .regime = geo->regime,
		.upper = geo->upper, .ds = geo->ds, .hpd = controls & 1,
		.ha = controls & 2, .hd = controls & 4, .mair = mair,
		.ttbr = (root & 0xffffffffffff) | (split ? root >> 48 << 2 : 0),
		.read = read_entry, .ctx = &w->m,
	};
}

static uint64_t size_code(unsigned int oasize)
{
	switch (oasize) {
	case 32: return 0;
	case 36: return 1;
	case 40: return 2;
	case 42: return 3;
	case 44: return 4;
	case 48: return 5;
	default: return 6;
	}
}

uint64_t world_tcr(const struct walk_params *cpu)
{
	static const uint64_t tg0[] = { [12] = 0, [14] = 2, [16] = 1 };
	static const uint64_t tg1[] = { [12] = 2, [14] = 1, [16] = 3 };
	uint64_t tsz = 64 - cpu->iasize, ps = size_code(cpu->oasize);
	uint64_t hpd = cpu->hpd, ha = cpu->ha, hd = cpu->hd, ds = cpu->ds;

	if (cpu->regime == 2)
		return tsz | tg0[cpu->granulebits] << 14 | ps << 16 |
		       ha << 21 | hd << 22 | hpd << 24 | ds << 32;
	ps = ps << 32 | ha << 39 | hd << 40 | ds << 59;
	if (cpu->upper)
		return tsz << 16 | tg1[cpu->granulebits] << 30 | ps | hpd << 42;
	return tsz | tg0[cpu->granulebits] << 14 | ps | hpd << 41;
}

struct walk_params world_finished(struct world *w, const struct trans_table *t)
{
	struct trans_table copy = *t;
	struct trans_regs regs;
	struct walk_params cpu;

	assert_int_equal(trans_table_finish(&copy, &regs, NULL), 0);
	cpu = world_cpu(w, &t->geo, 0, 0, regs.mair);
	cpu.ttbr = regs.ttbr;
	cpu.pie = regs.tcr2 & 2;
	cpu.pir = regs.pir;
	cpu.pire0 = regs.pire0;
	return cpu;
}

void world_attach(struct world *w, const struct trans_geometry *geo,
		  const struct walk_params *cpu, trans_present_fn present,
		  struct trans_table *view)
{
	struct trans_regs regs = { .ttbr = cpu->ttbr, .tcr = world_tcr(cpu),
				   .mair = cpu->mair, .tcr2 = cpu->pie ? 2 : 0,
				   .pir = cpu->pir, .pire0 = cpu->pire0 };

	assert_int_equal(trans_table_attach(view, geo, &regs, present,
					    &w->m.ops, &w->m, NULL), 0);
}

uint64_t *world_page(struct world *w, trans_pa_t *pa)
{
	uint64_t *page;

	assert_int_equal(w->m.ops.alloc(&w->m, w->m.shift, 1, pa), 0);
	page = memory_at(&w->m, *pa);
	memset(page, 0, (size_t)1 << w->m.shift);
	return page;
}

void world_drop(struct world *w, trans_pa_t pa)
{
	w->m.ops.free(&w->m, w->m.shift, 1, pa);
}

static unsigned int entry_of(const struct walk_params *cpu, int level,
			     uint64_t va)
{
	unsigned int bits = cpu->granulebits - 3;
	unsigned int shift = walker_span(cpu, level);

	if (level == walker_start(cpu))
		bits = cpu->iasize - shift;
	return (unsigned int)(va >> shift) & ((1u << bits) - 1);
}

uint64_t *world_path(struct world *w, uint64_t va, int level, uint64_t leaf,
		     uint64_t table_bits)
{
	int at = walker_start(&w->cpu);
	uint64_t *slot;
	trans_pa_t pa;
	uint64_t *page = world_page(w, &pa);

	w->cpu = world_cpu(w, &w->geo, w->cpu.hpd, pa, w->cpu.mair);
	for (;; at++) {
		slot = &page[entry_of(&w->cpu, at, va)];
		if (at == level)
			break;
		page = world_page(w, &pa);
		*slot = table_bits | 3 | world_address(&w->cpu, pa);
	}
	*slot = leaf;
	return slot;
}

void world_wipe(struct world *w)
{
	for (size_t i = 0; i < w->m.len >> w->m.shift; i++)
		if (w->m.used[i])
			world_drop(w, w->m.base + (i << w->m.shift));
	world_close(w);
}

uint64_t world_address(const struct walk_params *cpu, trans_pa_t pa)
{
	if (cpu->granulebits == 16 && cpu->oasize == 52)
		return (pa & 0xffffffff0000) | (pa >> 48) << 12;
	if (cpu->ds)
		return (pa & 0x3ffffffffffff) | (pa >> 50) << 8;
	return pa & 0xffffffffffff;
}
