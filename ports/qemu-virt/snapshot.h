/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The snapshot writer on real hardware: the port makes 16 MiB of things that
 * can be checked, goes ten calls down, saves itself on a disk and powers off.
 * A port that is started with resume=on, wherever it was loaded, brings it
 * back; it checks everything, and does it again.
 *
 *	snapshot=raw|lz4   do that, on the first disk, which must hold a swap
 *	                   area for pages of the port's own granule (tables=)
 *	rounds=N           so many times (default: 10)
 *	spoil=heap|frame   a bit flips after the first round, so that a test can
 *	                   see that it is noticed
 */
#ifndef PORT_SNAPSHOT_H
#define PORT_SNAPSHOT_H

#include <trans_table/snapshot.h>

struct snapshot_options {
	bool on;
	enum trans_swsusp_packing packing;
	uint64_t rounds; /* 0: not said */
	bool spoil_heap, spoil_frame;
};

/* One word of the options; false: it is none of these. */
bool snapshot_word(struct snapshot_options *options, const char *text,
		   size_t len);

/* Returns after the last round, or an error: of trans_snapshot_take, blk_open,
 * or TRANS_ECORRUPT, when something is not as it was. */
int port_snapshot(const struct snapshot_options *options,
		  struct trans_error *err);

#endif
