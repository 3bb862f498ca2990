/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A machine's memory at a desk: as large as that says it is, and here only
 * where something is put; and a host's allocator in it. */
#ifndef TOOLS_TRANS_RAM_H
#define TOOLS_TRANS_RAM_H

#include <trans_table/ops.h>
#include <trans_table/ranges.h>

#define RAM_BANKS 64u
#define RAM_PIECES 512u

/*
 * @banks: all of it; bank: where each is here
 * @free:  what the allocator gives
 * @ops:   all that a front-end wants of a host; its context is the struct
 */
struct ram {
	struct trans_ranges banks, free;
	struct trans_range bank_storage[RAM_BANKS];
	struct trans_range free_storage[RAM_PIECES];
	uint8_t *bank[RAM_BANKS];
	struct trans_ops ops;
};

/* @banks, less @kept, is free. Nonzero: a status of the library. To be dropped,
 * whatever comes of it. Do not copy it. */
int ram_make(struct ram *ram, const struct trans_ranges *banks,
	     const struct trans_ranges *kept);
void ram_drop(struct ram *ram);
void *ram_at(struct ram *ram, trans_pa_t pa, uint64_t len);

#endif
