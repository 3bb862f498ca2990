/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The port's memory: what is free, and the environment (struct trans_ops) that
 * the library works in.
 */
#ifndef PORT_MEMORY_H
#define PORT_MEMORY_H

#include <trans_table/ops.h>
#include <trans_table/pool.h>

#include "linear.h"

#define PAGE_SHIFT 12
#define PAGE_LEN (1ULL << PAGE_SHIFT)

/* The parts of the port's image, as port.ld lays them out. */
struct image_part {
	const char *name;
	struct trans_range range; /* physical */
	unsigned int access;      /* TRANS_WRITE, TRANS_EXEC */
};
#define IMAGE_PARTS 3
void image_parts(struct image_part part[IMAGE_PARTS]);
struct trans_range image_range(void);

/* The pages that [start, start + len) touches. */
struct trans_range whole_pages(struct trans_range range);

/* The granule of the port's own tables, and what a range touches of it. */
extern unsigned int own_shift;
struct trans_range whole_granules(struct trans_range range);

/*
 * Free memory and what was asked of it.
 * @free_ranges: RAM that holds nothing; allocated from, lowest first
 * @allocs:   allocations so far, since the caller zeroed it
 * @fail_at:  the allocation that fails by request; 0: none
 */
struct memory {
	struct trans_ranges free_ranges;
	uint64_t allocs, fail_at;
};
extern struct memory memory;

/* Everything in RAM is free but what is reserved, the image, the device tree
 * and the archive. TRANS_ENOSPC. */
int memory_init(void);

/* Not free either. */
int memory_keep(trans_pa_t pa, uint64_t len);

uint64_t memory_free_bytes(void);

/* Fill it with what must not be found by anybody. */
void memory_litter(void);

/*
 * Lend all free memory but LENT_NOT bytes of it, which go on being allocated
 * from. The set stays here; nothing of it is handed out until it is taken back.
 */
#define LENT_NOT (1ULL << 20)
const struct trans_ranges *memory_lend(void);
void memory_take_back(void);

/* The environment; its context is &memory. */
extern const struct trans_ops memory_ops;

#endif
