/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Scenes of a copy: see scenes.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scenes.h"

static const trans_present_fn scene_rules[] = {
	trans_present_linux,
	trans_present_linux_7_1,
	trans_present_linux_7_1_ng,
};

/* ---- scenes ---- */

/* The half (or regime) beside @variant that keeps attributes as they are. */
static unsigned int sibling(unsigned int variant, uint64_t choice)
{
	static const uint8_t two[] = { 0, 1, 3, 4 };

	return variant == 2 ? 2 : two[choice % 4];
}

static void any_range(struct scene *c)
{
	const struct walk_params *cpu = &c->w.cpu;
	uint64_t pages = B(cpu->iasize - cpu->granulebits);
	uint64_t a = rnd(&c->w.seed) % pages, b = rnd(&c->w.seed) % pages;

	if (rnd(&c->w.seed) & 1) { /* near what an entry spans */
		unsigned int shift = walker_span(cpu, walker_start(cpu)) -
				     cpu->granulebits;

		a &= ~(B(shift) - 1);
		b |= B(shift) - 1;
	}
	if (rnd(&c->w.seed) % 3 == 0) {
		a = 0;
		b = pages - 1;
	}
	if (a > b) {
		uint64_t t = a;

		a = b;
		b = t;
	}
	c->src_va = half_in(cpu, a << cpu->granulebits);
	c->len = (b - a + 1) << cpu->granulebits;
}

void scene_make_dst(struct scene *c, struct trans_table *t)
{
	assert_int_equal(trans_table_create(t, &c->geo, 0, &c->w.m.ops, &c->w.m,
					    NULL), 0);
}

/* Whatever @seed makes of it. */
static void scene_open(struct scene *c, const struct shape *shape,
		       unsigned int variant, uint64_t seed)
{
	enum rule rule = variant == 2 ? seed % 2 : seed % 3;
	struct walk_params to;

	memset(c, 0, sizeof(*c));
	world_open(&c->w, shape, variant, seed >> 2 & 1, 72, seed);
	source_grow(&c->s, &c->w, rule);
	world_attach(&c->w, &c->w.geo, &c->w.cpu, scene_rules[rule], &c->view);
	any_range(c);
	c->geo = world_geometry(shape, sibling(variant, rnd(&c->w.seed)));
	scene_make_dst(c, &c->dst);
	to = world_finished(&c->w, &c->dst);
	c->dst_va = half_in(&to, c->src_va);
}

static void scene_close(struct scene *c)
{
	trans_table_destroy(&c->dst);
	source_free(&c->s);
	world_close(&c->w);
}

struct spans scene_whole(struct scene *c, const struct trans_table *t)
{
	struct walk_params cpu = world_finished(&c->w, t);

	return spans_of(&cpu, half_first(&cpu), half_last(&cpu));
}

void scene_is(struct scene *c, const struct trans_table *t,
	      const struct spans *want)
{
	struct spans have = scene_whole(c, t);
	const struct span *d = spans_difference(&have, want);

	if (d)
		fail_msg("%s, flags %x, %llx+%llx: differs at %llx+%llx, pa "
			 "%llx, bits %llx", c->w.name, c->flags,
			 (unsigned long long)c->src_va,
			 (unsigned long long)c->len, (unsigned long long)d->va,
			 (unsigned long long)d->len, (unsigned long long)d->pa,
			 (unsigned long long)d->bits);
	spans_free(&have);
}

int scene_copy_range(struct scene *c, struct trans_table *dst, uint64_t offset,
		     uint64_t len, unsigned int flags)
{
	c->flags = flags;
	return trans_table_copy(dst, c->dst_va + offset, &c->view,
				c->src_va + offset, len, flags, &c->r);
}

int scene_copy(struct scene *c, struct trans_table *dst, unsigned int flags)
{
	unsigned long allocs = c->w.m.allocs;
	uint32_t pages = dst->pages;
	struct trans_stats est;
	int ret = scene_copy_range(c, dst, 0, c->len, flags | TRANS_ESTIMATE);

	if (ret)
		fail_msg("%s, flags %x: estimate %d, %s at %llx, desc %llx",
			 c->w.name, flags, ret, c->r.error.why,
			 (unsigned long long)c->r.error.va,
			 (unsigned long long)c->r.error.desc);
	est = c->r.stats;
	assert_int_equal(c->w.m.allocs, allocs);
	ret = scene_copy_range(c, dst, 0, c->len, flags);
	if (ret) {
		assert_int_equal(ret, TRANS_ENOMEM);
		assert_int_equal(dst->pages, pages);
		return ret;
	}
	assert_memory_equal(&est, &c->r.stats, offsetof(struct trans_stats,
							tables_freed));
	assert_memory_equal(est.leaves, c->r.stats.leaves, sizeof(est.leaves));
	assert_int_equal(c->w.m.allocs - allocs, est.tables);
	assert_int_equal(dst->pages, pages + est.tables -
				     c->r.stats.tables_freed);
	return 0;
}

void scene_sweep(void (*test)(struct scene *c), unsigned int n)
{
	n *= world_scale();
	for (unsigned int i = 0; i < shape_count; i++)
		for (unsigned int k = 0; k < n; k++) {
			struct scene c;

			scene_open(&c, &shapes[i], (i + k) % VARIANTS,
				   1000 * i + k);
			test(&c);
			scene_close(&c);
		}
}

/* ---- bugs that shipped, by number (docs/ancestors.md) ---- */

const struct shape linux_4k = { 12, 48, 48, false };

void scene_path_open(struct scene *c, const struct shape *shape, uint64_t va,
		     int level, uint64_t leaf, uint64_t table_bits)
{
	memset(c, 0, sizeof(*c));
	world_open(&c->w, shape, 1, 0, 32, 0);
	c->src_va = c->dst_va = half_first(&c->w.cpu) | va;
	world_path(&c->w, va, level, leaf, table_bits);
	world_attach(&c->w, &c->w.geo, &c->w.cpu, trans_present_linux,
		     &c->view);
	c->geo = c->w.geo;
	c->len = B(walker_span(&c->w.cpu, level));
	scene_make_dst(c, &c->dst);
}

void scene_path_close(struct scene *c)
{
	trans_table_destroy(&c->dst);
	world_wipe(&c->w);
}

struct walk scene_seen(struct scene *c, uint64_t va)
{
	struct walk_params cpu = world_finished(&c->w, &c->dst);

	return walker(&cpu, va);
}
