/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Simulated physical memory for unit tests: an arena at a made-up physical
 * address, an allocator that counts and can be told to fail, and the whole
 * environment (trans_ops) on top of it.
 */
#ifndef TESTS_MEMORY_H
#define TESTS_MEMORY_H

#include <trans_table/ops.h>
#include <trans_table/ranges.h>

struct memory {
	uint8_t *bytes;
	trans_pa_t base;
	size_t len;
	unsigned int shift;     /* granule of the allocator */
	uint8_t *used;          /* one flag per granule */
	unsigned long allocs;   /* calls of alloc so far */
	unsigned long fail_at;  /* the n-th call (from 1) fails; 0: none */
	unsigned long maps, refuse_map_at; /* the same for phys_to_virt */
	struct trans_range hidden; /* phys_to_virt refuses what touches it */
	unsigned long acquires, refuse_acquire_at;
	long balance;           /* granules out */
	long acquired;          /* acquire minus release */
	unsigned long cleaned;  /* bytes given to clean */
	unsigned long barriers; /* calls of barrier */
	unsigned long written;  /* calls of write_entry */
	trans_pa_t bad_pfn;     /* pfn_valid says no to ranges that hold it */
	unsigned long asked;    /* calls of pfn_valid and valid_len */
	struct trans_ops ops;   /* all set; context is the memory */
};

/* Whether memory_init sets write_entry, acquire and release. The core has a
 * faster way without them, so tests of copies run both; and, that both ways of
 * asking for RAM are met in all of them, valid_len where those are not. */
extern bool memory_watches_stores;

/* @len bytes (a multiple of 64K) at physical @base, granule 1 << @shift. */
void memory_init(struct memory *m, trans_pa_t base, size_t len,
		 unsigned int shift);
void memory_free(struct memory *m);
/* The host pointer for @pa; fails the test outside the arena. */
void *memory_at(struct memory *m, trans_pa_t pa);

/* Small seeded generator (splitmix64). */
uint64_t rnd(uint64_t *state);

#endif
