/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Hostile table memory: a few granules whose entries are written as the fuzz
 * input says, some of them later, while the library is reading.
 */
#ifndef TESTS_ARENA_H
#define TESTS_ARENA_H

#include "tests/unit/support/world.h"
#include "fuzz.h"

#define ARENA_PAGES 8

struct arena {
	uint8_t *bytes;
	trans_pa_t base;
	size_t len;
	const struct walk_params *cpu; /* whose tables these are */
	trans_va_t near;      /* entries are mostly about addresses here */
	struct memory *also;  /* the library's own memory is readable too */
	struct input *later;  /* records to be written while it reads */
	unsigned int gap, wait; /* calls between two of them */
	/* Of phys_to_virt; from @limit on refused. */
	unsigned long calls, limit;
	trans_pa_t bad_pfn;
	struct trans_ops ops; /* for attach; context is the arena */
};

/* Memory of @geo's granule at @base, all zero. */
void arena_open(struct arena *a, const struct trans_geometry *geo,
		trans_pa_t base);
void arena_close(struct arena *a);
/* Write one entry, or a run of them, as the input says. */
void arena_record(struct arena *a, struct input *in);
/* The library calls back: now an entry may change. */
void arena_tick(struct arena *a);
/* For walk_params. */
bool arena_read(void *ctx, uint64_t pa, uint64_t *desc);

#endif
