/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The scene of an episode: see scene.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frozen/desc.h"
#include "scene.h"

const struct builder builders[2] = {
	{ "new", trans_table_copy, trans_table_share, trans_table_map,
	  trans_table_map_by, trans_table_idmap, trans_table_unmap,
	  trans_table_fold, trans_table_protect, trans_table_window },
	{ "frozen", frozen_table_copy, frozen_table_share, frozen_table_map,
	  frozen_table_map_by, frozen_table_idmap, frozen_table_unmap,
	  frozen_table_fold, frozen_table_protect, frozen_table_window },
};

void die(void)
{
	fprintf(stderr, "differential: cannot set up a scene\n");
	abort();
}

/* ---- the host ------------------------------------------------------------ */

static int place_alloc(void *ctx, unsigned int shift, unsigned int count,
		       trans_pa_t *pa)
{
	struct place *p = ctx;
	int ret = p->m.ops.alloc(ctx, shift, count, pa);

	if (ret)
		return ret;
	p->taken += count;
	memset(&p->fresh[(*pa - p->m.base) >> shift], 1, count);
	return 0;
}

static void *place_map(void *ctx, trans_pa_t pa, size_t len)
{
	struct place *p = ctx, *other = p->other;
	size_t at = (pa - p->m.base) >> p->m.shift;
	bool refused = p->m.maps + 1 == p->m.refuse_map_at;
	void *page = p->m.ops.phys_to_virt(ctx, pa, len);

	if (page && p->fresh[at]) {
		if (++p->opened == p->refuse_fresh_at)
			return NULL;
		p->fresh[at] = 0;
	}
	if (page || refused || !other)
		return page;
	return other->m.ops.phys_to_virt(other, pa, len);
}

static int place_visit(void *ctx, trans_pa_t pa)
{
	struct place *p = ctx;

	(void)pa;
	return ++p->visits == p->stop_at;
}

static void place_open(struct place *p, struct place *other, trans_pa_t base,
		       size_t len, unsigned int shift)
{
	memory_init(&p->m, base, len, shift);
	p->fresh = calloc(len >> shift, 1);
	if (!p->fresh)
		die();
	p->other = other;
	p->ops = p->m.ops;
	p->ops.alloc = place_alloc;
	p->ops.phys_to_virt = place_map;
	p->ops.visit = place_visit;
}

static void place_close(struct place *p)
{
	memory_free(&p->m);
	free(p->fresh);
}

const uint64_t *place_look(const struct place *p, trans_pa_t pa)
{
	for (; p; p = p->other)
		if (pa - p->m.base < p->m.len)
			return (const uint64_t *)&p->m.bytes[pa - p->m.base];
	return NULL;
}

void mishap_arm(struct scene *s, struct side *side, enum mishap what,
		unsigned long nth)
{
	struct place *own = &side->place, *foreign = &s->foreign;

	own->m.allocs = own->m.acquires = own->m.maps = 0;
	own->opened = own->visits = 0;
	foreign->m.maps = foreign->visits = 0;
	own->m.fail_at = what == NO_MEMORY ? nth : 0;
	own->m.refuse_acquire_at = what == NO_ACQUIRE ? nth : 0;
	own->refuse_fresh_at = what == NO_FRESH_PAGE ? nth : 0;
	own->m.refuse_map_at = what == NO_PAGE ? nth : 0;
	own->stop_at = what == STOPPED ? nth : 0;
	foreign->m.refuse_map_at = what == NO_FOREIGN_PAGE ? nth : 0;
	foreign->stop_at = what == STOPPED_FOREIGN ? nth : 0;
}

static bool happened(unsigned long calls, unsigned long at)
{
	return at && calls >= at;
}

bool mishap_disarm(struct scene *s, struct side *side)
{
	struct place *own = &side->place, *foreign = &s->foreign;
	bool did = happened(own->m.allocs, own->m.fail_at) ||
		   happened(own->m.acquires, own->m.refuse_acquire_at) ||
		   happened(own->opened, own->refuse_fresh_at) ||
		   happened(own->m.maps, own->m.refuse_map_at) ||
		   happened(own->visits, own->stop_at) ||
		   happened(foreign->m.maps, foreign->m.refuse_map_at) ||
		   happened(foreign->visits, foreign->stop_at);

	mishap_arm(s, side, NO_MISHAP, 0);
	return did;
}

/* ---- tables -------------------------------------------------------------- */

static const struct shape *pick_shape(uint64_t *seed, const struct shape *like)
{
	unsigned int at = (unsigned int)below(seed, shape_count);

	if (like && chance(seed, 60))
		return like;
	while (like && shapes[at].granule != like->granule)
		at = (at + 1) % shape_count;
	return &shapes[at];
}

/* All of one granule, but the last sometimes; and in every other scene of
 * formats that can share. */
#define ONE_RANGE 2
static unsigned int pick_geometries(struct scene *s, uint64_t *seed)
{
	static const unsigned int two_halves[] = { 0, 1, 3, 4 };
	const struct shape *like = pick_shape(seed, NULL), *shape = like;
	unsigned int variant = (unsigned int)below(seed, VARIANTS);
	unsigned int reach = 64, i;

	s->granule = like->granule;
	s->kin = chance(seed, 50);
	for (i = 0; i < TABLES; i++) {
		if (i && !s->kin)
			shape = pick_shape(seed, like);
		if (i == TABLES - 1 && chance(seed, 20))
			shape = pick_shape(seed, NULL);
		if (!s->kin)
			variant = (unsigned int)below(seed, VARIANTS);
		else if (variant != ONE_RANGE)
			variant = two_halves[below(seed, 4)];
		s->geo[i] = world_geometry(shape, variant);
		if (shape->pa < reach)
			reach = shape->pa;
	}
	return reach;
}

/* Anchors at multiples of what an entry of the root spans, so that each is a
 * legal distance from each other. */
static void pick_anchors(struct scene *s, uint64_t *seed)
{
	unsigned int most;

	for (unsigned int i = 0; i < TABLES; i++) {
		const struct trans_geometry *geo = &s->geo[i];
		unsigned int shift = geo_shift(geo, geo->start_level);
		uint64_t at = below(seed, (1ULL << geo->root_bits) + 1);

		if (chance(seed, 40))
			at = chance(seed, 50) ? 0 : 1;
		s->anchor[i] = trans_geometry_first(geo) + (at << shift);
	}
	/* As far as four entries of level 1, and not as far as no memory has
	 * room for. */
	most = s->granule + 2 * (s->granule - 3) + 2;
	s->top = most;
	s->linear = below(seed, 4) << (s->granule + (s->granule - 3));
}

static trans_pa_t arena_base(unsigned int pa_bits)
{
	if (pa_bits == 32)
		return 0x40000000;
	return (1ULL << (pa_bits - 1)) | (pa_bits == 52 ? 5ULL << 48 : 0) |
	       0x40000000;
}

static void open_own(struct scene *s, struct side *side, unsigned int i)
{
	if (trans_table_create(&side->t[i], &s->geo[i], 0, &side->place.ops,
			       &side->place, NULL))
		die();
}

static void open_sides(struct scene *s, trans_pa_t base, size_t len)
{
	static const size_t granules[] = { [12] = 640, [14] = 256, [16] = 96 };

	memory_watches_stores = s->watched;
	for (int i = 0; i < 2; i++) {
		struct side *side = &s->side[i];

		side->builder = &builders[i];
		place_open(&side->place, &s->foreign, base + len,
			   granules[s->granule] << s->granule, s->granule);
		for (unsigned int t = 0; t < OWN; t++)
			open_own(s, side, t);
	}
	memory_watches_stores = true;
}

void scene_open(struct scene *s, uint64_t seed)
{
	trans_pa_t base;
	size_t len;

	memset(s, 0, sizeof(*s));
	s->seed = seed;
	base = arena_base(pick_geometries(s, &seed));
	pick_anchors(s, &seed);
	s->watched = chance(&seed, 40);
	s->corrupt = chance(&seed, 30);
	len = (size_t)112 << s->granule;
	place_open(&s->foreign, NULL, base, len, s->granule);
	for (unsigned int i = 0; i < FOREIGN; i++)
		foreign_plant(s, i);
	open_sides(s, base, len);
}

void scene_close(struct scene *s)
{
	for (int i = 0; i < 2; i++)
		place_close(&s->side[i].place);
	place_close(&s->foreign);
}

void scene_reset(struct scene *s, unsigned int i)
{
	for (int k = 0; k < 2; k++) {
		trans_table_destroy(&s->side[k].t[i]);
		open_own(s, &s->side[k], i);
	}
	memset(s->borrows[i], 0, sizeof(s->borrows[i]));
	s->restricted[i] = false;
	for (unsigned int k = 0; k < TABLES; k++)
		s->lent[k] = s->borrows[0][k] || s->borrows[1][k];
}
