/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A machine that takes snapshots, for unit tests: memory with contents of every
 * kind, a disk that loses what was not flushed, and a reader of images that
 * shares nothing with the library's.
 */
#ifndef TESTS_SNAPSHOTS_H
#define TESTS_SNAPSHOTS_H

#include <trans_table/snapshot.h>

#include "early.h"
#include "memory.h"

/*
 * @seen:    what a read gives; @durable: what is left when the power goes
 * @ops:     reads, writes and flushes so far; @fail_at: the one that fails
 *           (from 1), with nothing done; @cut_at: the one during which the
 *           power goes: half of it is done, and every later one fails
 * @lie_at:  the write that is reported done and is not
 * @pending: sectors written since the last flush, in order
 */
struct snap_disk {
	struct trans_block block;
	struct early early; /* begun if early_of_run says so */
	uint8_t *seen, *durable;
	unsigned long ops, writes, fail_at, cut_at, lie_at;
	bool dead;
	struct pending {
		uint64_t sector;
		uint8_t bytes[512];
	} *pending;
	size_t pending_count;
	uint8_t *state; /* a driver's own memory, changed by each operation */
};

/*
 * @expected: memory as it was when it was copied, taken by alias_enter
 * @entered, @aliases: alias_enter minus _leave, prepare minus drop
 * @*_at: the call that fails, from 1; 0: none; @*_calls: so far
 */
struct snap {
	struct memory memory;
	struct snap_disk disk;
	uint8_t *expected;
	unsigned int shift;
	struct trans_cpu cpu;
	struct trans_range save_range[4], nosave_range[2], free_range[4];
	struct trans_ranges save, nosave, free;
	struct trans_snapshot_args args;
	struct trans_error err;
	int entered, aliases, refuse_alias;
	unsigned long lz4_calls, lz4_at, slot_calls, slot_at;
	unsigned long progress_calls, progress_at;
	uint64_t progress_done, progress_total;
	uint64_t *order; /* for slots.at: a shuffled area */
	uint64_t bad_slot;
};

#define SNAP_BASE 0x40000000ULL
#define SNAP_MPIDR 0x80000003ULL /* with bit 31, which no image has */

/* Words that must never be on the disk. */
#define SNAP_SECRET 0x5ec2e7c0de5ec2e7ULL

/*
 * A machine with pages of 1 << @shift: @pages to be saved (every seventh zero,
 * every fifth noise), then two secret ones, then as much as is needed to lend.
 * A swap area with the header at page @offset.
 */
void snap_open(struct snap *s, unsigned int shift, unsigned int pages,
	       enum trans_swsusp_packing packing, uint64_t offset);
void snap_close(struct snap *s);

/* Slots in random order instead of side by side. */
void snap_shuffle(struct snap *s, uint64_t seed);

/* trans_snapshot_take, everything given back. */
int snap_take(struct snap *s);

/* What the disk holds, by its last bytes: is there an image? */
bool snap_has_image(const struct snap *s, const uint8_t *disk);

/* Exactly as mkswap left it. */
bool snap_untouched(const struct snap *s, const uint8_t *disk);

/* The power is gone: of what was not flushed, each sector arrived or not.
 * @seed 0: none did; 1: all; else by chance. */
void snap_power_cut(struct snap *s, uint64_t seed);

/* Facts of an image, read from @disk. */
struct snap_image {
	uint64_t first_map, slots, maps, chunks;
	uint32_t flags;
	uint64_t pages, meta, data, zero;
	uint64_t entry, context, level, mpidr;
	uint8_t *memory; /* as big as the arena; 0xee where no page went */
	uint8_t *has;    /* a flag per page */
};

/* Read it as Linux would, failing the test at any oddity. */
void snap_read(struct snap *s, const uint8_t *disk, struct snap_image *image);
void snap_read_done(struct snap_image *image);

/* Everything expected is there and nothing else. */
void snap_compare(struct snap *s, const struct snap_image *image);

#endif
