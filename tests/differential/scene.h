/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The scene of an episode: tables that two builders are to make alike, each in
 * memory of its own at the same physical addresses, and foreign tables, which
 * nobody writes and both read.
 */
#ifndef DIFFERENTIAL_SCENE_H
#define DIFFERENTIAL_SCENE_H

#include "tests/unit/support/world.h"
#include "frozen.h"

/* Own tables, foreign ones, and one of another granule. */
#define OWN 2
#define FOREIGN 3
#define TABLES (OWN + FOREIGN)

struct builder {
	const char *name;
	__typeof__(trans_table_copy) *copy, *share;
	__typeof__(trans_table_map) *map;
	__typeof__(trans_table_map_by) *map_by;
	__typeof__(trans_table_idmap) *idmap;
	__typeof__(trans_table_unmap) *unmap, *fold;
	__typeof__(trans_table_protect) *protect;
	__typeof__(trans_table_window) *window;
};

/* The library's, and the frozen one. */
extern const struct builder builders[2];

/* What a host does not do this time: the @nth such call. */
enum mishap {
	NO_MISHAP,
	NO_MEMORY,
	NO_ACQUIRE,
	NO_FRESH_PAGE,   /* phys_to_virt of a page that was just allocated */
	NO_PAGE,         /* phys_to_virt of any */
	NO_FOREIGN_PAGE,
	STOPPED,         /* visit */
	STOPPED_FOREIGN,
	MISHAPS,
};

/* Memory, and what a host makes of it. */
struct place {
	struct memory m; /* first: the context of its callbacks */
	struct place *other; /* or NULL: readable from here too */
	struct trans_ops ops; /* m.ops, with these: */
	uint8_t *fresh;  /* per granule: allocated, and not yet looked at */
	unsigned long taken; /* granules, ever */
	unsigned long visits, stop_at;
	unsigned long opened, refuse_fresh_at;
};

struct side {
	struct place place;
	const struct builder *builder;
	struct trans_table t[OWN];
	struct trans_window window[OWN];
};

struct scene {
	uint64_t seed;
	struct side side[2]; /* the library's builder, and the frozen one */
	struct place foreign;
	struct trans_table view[FOREIGN];
	struct walk_params cpu[FOREIGN]; /* of the foreign tables */
	bool restricts[FOREIGN]; /* has hierarchical attributes */
	bool corrupt;
	bool kin;                /* tables can mostly share */
	struct trans_geometry geo[TABLES];
	trans_va_t anchor[TABLES]; /* where most of it happens */
	uint64_t linear;           /* a frequent output - input address */
	unsigned int top;          /* log2 of the reach around an anchor */
	unsigned int granule;
	bool watched;
	/* As the episode goes on: */
	bool lent[TABLES];         /* others link to its tables */
	bool borrows[OWN][TABLES];
	bool restricted[OWN];      /* a link in it may have attributes */
};

void scene_open(struct scene *s, uint64_t seed);
void scene_close(struct scene *s);

/* Fill the memory of foreign table @i with a random tree (foreign.c). */
void foreign_plant(struct scene *s, unsigned int i);
/* Change a few entries of it. */
void foreign_scribble(struct scene *s, unsigned int i, uint64_t seed);

/* Empty table @i again, on both sides. */
void scene_reset(struct scene *s, unsigned int i);

/* Arm a mishap at the @nth chance from now on, disarm; did it happen? */
void mishap_arm(struct scene *s, struct side *side, enum mishap what,
		unsigned long nth);
bool mishap_disarm(struct scene *s, struct side *side);

/* Where table @i's bytes are, or NULL. */
const uint64_t *place_look(const struct place *p, trans_pa_t pa);

/* Something is wrong with the test itself. */
_Noreturn void die(void);

static inline uint64_t below(uint64_t *seed, uint64_t most)
{
	return rnd(seed) % most;
}

static inline bool chance(uint64_t *seed, unsigned int percent)
{
	return rnd(seed) % 100 < percent;
}

#endif
