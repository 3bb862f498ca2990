/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Scenes to copy in: a random source table, written by hand and interpreted by
 * the reference walker, a range of it, and a destination; or one path to one
 * leaf, for bugs that have a name.
 */
#ifndef TESTS_SCENES_H
#define TESTS_SCENES_H

#include "spans.h"

#define B(n) (1ULL << (n))

/* A source, the range of it to copy, and where to. */
struct scene {
	struct world w;
	struct source s;
	struct trans_table view, dst;
	struct trans_geometry geo; /* of @dst */
	uint64_t src_va, dst_va, len;
	struct trans_report r;
	unsigned int flags;
};

/* ---- scenes ---- */

/* An empty table of the geometry that @c has for its destination. */
void scene_make_dst(struct scene *c, struct trans_table *t);

/* All that @t maps; to be freed. */
struct spans scene_whole(struct scene *c, const struct trans_table *t);

/* Fails the test unless @t is @want; consumes neither. */
void scene_is(struct scene *c, const struct trans_table *t,
	      const struct spans *want);

/* Part of the range of @c: its return value is the library's. */
int scene_copy_range(struct scene *c, struct trans_table *dst, uint64_t offset,
		     uint64_t len, unsigned int flags);

/* Copy with the estimate compared. @return: 0, or TRANS_ENOMEM. */
int scene_copy(struct scene *c, struct trans_table *dst, unsigned int flags);

/* Run @test on scenes of every shape; @n per shape. */
void scene_sweep(void (*test)(struct scene *c), unsigned int n);

/* ---- bugs that shipped, by number (docs/ancestors.md) ---- */

extern const struct shape linux_4k;

/* A source of one path to one leaf of @level; the destination is like it. */
void scene_path_open(struct scene *c, const struct shape *shape, uint64_t va,
		     int level, uint64_t leaf, uint64_t table_bits);
void scene_path_close(struct scene *c);

/* What the copy makes of @va, as the walker sees it. */
struct walk scene_seen(struct scene *c, uint64_t va);

#endif
