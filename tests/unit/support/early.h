/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A disk that can be asked for pages before they are needed (block.h,
 * read_start): one of the others, and what it reads arrives as late as it may.
 * Until then its buffer is the disk's: it is full of something else, and who
 * touches it is found, by ASan where that is there.
 */
#ifndef TESTS_EARLY_H
#define TESTS_EARLY_H

#include <stdbool.h>

#include <trans_table/block.h>

/*
 * @under:     what reads, writes and flushes
 * @buf, @len, @offset: of the read that is under way; @buf NULL: none is
 * @starts:    reads that were asked for
 * @refuse_at: the one (from 1; 0: none) that is not begun; @lost_at: that does
 *             not end, but by early_finish; @fail_at: that fails
 * @lost:      it did not
 * @misused:   something else was asked for meanwhile, or the buffer was written
 */
struct early {
	struct trans_block under;
	void *buf;
	size_t len;
	uint64_t offset;
	unsigned long starts, refuse_at, lost_at, fail_at;
	bool lost, misused;
};

/* @block can do it from now on, and @early is in use as long as @block. */
void early_begin(struct early *early, struct trans_block *block);
/* Only if TRANS_EARLY is not 0 in the environment of the test program. */
void early_of_run(struct early *early, struct trans_block *block);
/* What was lost is read after all: its buffer must still be there, untouched.
 * Returns whether there was anything. */
bool early_finish(struct early *early);

#endif
