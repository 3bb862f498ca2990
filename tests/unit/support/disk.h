/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A disk with a volatile cache. What is written stays in the cache until a
 * flush; a power cut keeps any subset of it, sector by sector. Operations
 * (reads, writes, flushes) are counted, and a test may have any of them fail.
 */
#ifndef TESTS_DISK_H
#define TESTS_DISK_H

#include <trans_table/block.h>

#define DISK_PENDING 16 /* sectors in the cache, at most */

enum disk_fault {
	DISK_FINE,
	DISK_REFUSES,   /* error, nothing done */
	DISK_DOES,      /* error, but it was done */
	DISK_CUT,       /* the power goes: this and everything after fails */
	DISK_LIES,      /* no error, nothing done */
	DISK_FLIPS,     /* a read with one bit wrong */
};

/*
 * @block:    what the library gets
 * @medium:   what is there after a power cut; the caller's
 * @pending:  sectors written and not flushed, oldest first
 * @ops, @reads, @writes, @flushes, @read_bytes: counted
 * @fault_at: the operation (from 1) that is hit by @fault; @for_good: and all
 *            behind it
 * @then_at:  likewise by @then
 * @protected: every write is refused
 * @most:     the largest read seen
 * @outside:  an access out of bounds or not of whole sectors was seen
 * @times:    NULL, or for each sector how often it was read
 */
struct disk {
	struct trans_block block;
	uint8_t *medium;
	struct {
		uint64_t sector;
		uint8_t *bytes;
	} pending[DISK_PENDING];
	unsigned int pending_count;
	unsigned long ops, reads, writes, flushes, fault_at;
	uint64_t read_bytes;
	enum disk_fault fault;
	unsigned long then_at;
	enum disk_fault then;
	bool for_good, protected, dead, outside;
	size_t most;
	unsigned char *times;
};

void disk_init(struct disk *disk, uint8_t *medium, uint64_t len,
	       unsigned int sector_shift);
/* Drop the cache; faults are over, counters are zero. */
void disk_free(struct disk *disk);

/* After a cut: what the medium may hold. @subset: bit i is set if pending
 * sector i made it. Writes to the medium; the cache is empty afterwards. */
void disk_power_cut(struct disk *disk, uint32_t subset);

#endif
