/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Operations on tables that few hosts need: fold what is there, share another
 * tree's tables, open a window for entries of the host's own. A loader calls
 * none of them, and a program that does not links none of their code.
 *
 * They are atomic, and share ranges and errors with the operations of table.h;
 * each lists only what it returns besides.
 */
#ifndef TRANS_TABLE_TABLE_EXTRA_H
#define TRANS_TABLE_TABLE_EXTRA_H

#include <trans_table/table.h>

TRANS_BEGIN_DECLS

/*
 * Merge neighbours in [@va, @va + @len) into the largest legal blocks, where
 * their output addresses go on and every attribute is equal. Tables become
 * fewer or stay; what is mapped does not change. @flags: ESTIMATE. Errors:
 * those of all operations.
 */
int trans_table_fold(struct trans_table *table, trans_va_t va, uint64_t len,
		     unsigned int flags, struct trans_report *report);

/*
 * Copy as trans_table_copy does without flags, but link the source's own tables
 * wherever one lies wholly in the range, instead of copying them. They stay the
 * source's: they are never written and never freed from here, and the source
 * must outlive the mapping. An operation on @dst that changes a shared part
 * copies what it changes.
 *
 * Both tables must have the same MAIR, DS and output address size, count (or
 * not count) attributes of table descriptors alike, and both or neither belong
 * to regime EL2. Neither may use permission indirection, nor the source
 * hardware management of access flag and dirty state.
 *
 * @flags: KEEP, REPLACE, ESTIMATE.
 *
 * Besides those of all operations:
 *   call     TRANS_EINVAL    one table, other granules, or formats that differ
 *                            as above
 *   call     TRANS_EALIGN    dst_va - src_va, see trans_table_copy
 *   call     TRANS_EEXIST    @dst maps something there already
 *   input    TRANS_ECORRUPT  an entry of @src is reserved, or its address
 *                            beyond the output address size
 */
int trans_table_share(struct trans_table *dst, trans_va_t dst_va,
		      const struct trans_table *src, trans_va_t src_va,
		      uint64_t len, unsigned int flags,
		      struct trans_report *report);

/*
 * A window: a range of pages whose entries the host will write by itself, as
 * one array. Its level 3 tables are allocated as one block of contiguous
 * granules. What was mapped in and around the range stays mapped.
 * @entries: PA of the entry of the range's first page. Valid as long as the
 *           table, and until another operation touches the range
 * @count:   entries from there on, one a page
 */
struct trans_window {
	trans_pa_t entries;
	uint64_t count;
};

/*
 * Make [@va, @va + @len) the window of the table, which has one at most.
 * @flags: ESTIMATE, with which @window is not written.
 *
 * Besides those of all operations:
 *   call     TRANS_EINVAL    the table has no level above 3
 *   call     TRANS_EEXIST    the table has a window already
 */
int trans_table_window(struct trans_table *table, trans_va_t va, uint64_t len,
		       unsigned int flags, struct trans_window *window,
		       struct trans_report *report);

TRANS_END_DECLS

#endif
