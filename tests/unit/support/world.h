/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Worlds for the property tests: one geometry with an arena that lies where its
 * physical addresses can reach, the CPU that would walk its tables (for the
 * reference walker), and generators of random trees that do not go through the
 * library.
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <trans_table/table.h>

#include "memory.h"
#include "walker.h"

/* A shape of table: one of each class that behaves differently. */
struct shape {
	uint8_t granule, va, pa;
	bool ds;
};
extern const struct shape shapes[];
extern const unsigned int shape_count;

/* Regime and half, by number: EL1&0 low, high; EL2; EL2&0 low, high. */
#define VARIANTS 5

struct world {
	struct memory m;
	struct trans_geometry geo;
	struct walk_params cpu; /* as attach is told: root and HPD, HA, HD */
	uint64_t seed;
	char name[64];
};

/* Open one with @granules of arena. @controls: bit 0 HPD,
 * 1 HA, 2 HD. */
void world_open(struct world *w, const struct shape *shape,
		unsigned int variant, unsigned int controls,
		unsigned int granules, uint64_t seed);
/* Free it; fails the test unless all pages are back. */
void world_close(struct world *w);

/* The environment variable TRANS_SCALE, 1 when there is none. */
unsigned int world_scale(void);

/* The geometry of @shape and @variant. */
struct trans_geometry world_geometry(const struct shape *shape,
				     unsigned int variant);

/* A CPU that walks @geo's tables at @root; registers encoded by hand. */
struct walk_params world_cpu(struct world *w, const struct trans_geometry *geo,
			     unsigned int controls, trans_pa_t root,
			     uint64_t mair);
uint64_t world_tcr(const struct walk_params *cpu);

/* A CPU that walks the library's @t, from what finish says of it. */
struct walk_params world_finished(struct world *w, const struct trans_table *t);

/* A view of the tables of @cpu. */
void world_attach(struct world *w, const struct trans_geometry *geo,
		  const struct walk_params *cpu, trans_present_fn present,
		  struct trans_table *view);

/* A zeroed granule of the arena, and its way back. */
uint64_t *world_page(struct world *w, trans_pa_t *pa);
void world_drop(struct world *w, trans_pa_t pa);

/*
 * A tree of one path: tables from the root down to @level along @va, with
 * @table_bits in each table descriptor, and @leaf in the last entry, whose slot
 * is returned. w->cpu then walks it.
 */
uint64_t *world_path(struct world *w, uint64_t va, int level, uint64_t leaf,
		     uint64_t table_bits);
/* Free every page that is out, and close. */
void world_wipe(struct world *w);

/* @pa as the address bits of a descriptor of @cpu, written by hand. */
uint64_t world_address(const struct walk_params *cpu, trans_pa_t pa);

#endif
