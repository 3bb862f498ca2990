/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * All that a hibernation image has: which pages of memory, and what is in them.
 * Read as a target reads it, through trans_swsusp_read, with every bound and
 * the CRC; but into a store of its own instead of to the pages' places.
 */
#ifndef TOOLS_TRANS_CONTENTS_H
#define TOOLS_TRANS_CONTENTS_H

#include <trans_table/saved.h>
#include <trans_table/swsusp.h>

/* Pages side by side that are all stored or all zero; @at: where in the store.
 * Ascending, disjoint. */
struct stretch {
	trans_pa_t pa;
	uint64_t len;
	uint64_t at;
	bool zero;
};

/*
 * @reader:  its info is what the header says
 * @stored, @zero: pages
 * @store:   of @store_len bytes; in memory, or in a file where that is short
 */
struct contents {
	struct trans_swsusp reader;
	void *buffer;
	struct stretch *stretch;
	size_t count, room;
	uint64_t stored, zero;
	uint8_t *store;
	size_t store_len;
};

/*
 * Look at the header, at @offset as in struct trans_swsusp_args. @contents is
 * to be closed, whatever comes of it. Errors: those of trans_swsusp_open, and
 *
 *   memory   TRANS_ENOMEM    this program's own
 */
int contents_open(struct contents *contents, const struct trans_block *disk,
		  uint64_t offset, struct trans_error *err);
/* Read all of it. Errors: those of trans_swsusp_read, of the list of pages as
 * in trans_resume_load, and ENOMEM. */
int contents_read(struct contents *contents, struct trans_error *err);
void contents_close(struct contents *contents);

/* The stretch that @pa is in, or the first one above it; NULL: none. */
const struct stretch *contents_from(const struct contents *contents,
				    trans_pa_t pa);
/* As saved.h looks at it; @contents stays in use. */
struct trans_saved_memory contents_memory(struct contents *contents);

#endif
