/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What is copied: the linear map of a machine with 64 GiB, 4K granule, 48 bits.
 * Its memory does not exist, its tables do; they lie in one arena, the copies
 * in another, and both at made-up physical addresses with one offset, as in a
 * kernel's linear map.
 */
#ifndef BENCH_WORLD_H
#define BENCH_WORLD_H

#include <trans_table/table.h>

#define GIB (1ULL << 30)
#define RAM GIB /* physical address of the first byte */
#define RAM_LEN (64 * GIB)
#define LINEAR 0xffff000000000000ULL /* virtual address of the same byte */

/* A stack of zeroable pages; all are given back at once. */
struct arena {
	uint8_t *bytes;
	trans_pa_t pa;
	size_t len, used;
};

enum variant { ALL_PAGES, ALL_BLOCKS, MIXED, VARIANTS };
extern const char *const variant_names[VARIANTS];

struct world {
	struct arena source, copy;
	uint64_t offset; /* virtual - physical address of both */
	uint64_t *root;  /* of the source */
	uint64_t leaves; /* valid and revivable */
	struct trans_ops ops; /* allocates in @copy; context is the world */
	struct trans_geometry geo;
	struct trans_table view; /* of the source */
};

/* Map both arenas; exits on failure. */
void world_open(struct world *world);
/* Build the source anew. */
void world_build(struct world *world, enum variant variant);
/* The next page of an arena, not zeroed; NULL when there is none. */
void *arena_page(struct arena *arena);

#endif
