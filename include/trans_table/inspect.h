/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Seeing what a table maps: the steps of one look-up, runs of equal mappings,
 * the difference of two tables, where its pages lie, and all of it as text.
 *
 * Works on own tables and on views of foreign ones. Allocates nothing, writes
 * nothing and needs less than 1 KiB of stack, so that an exception handler may
 * call it. What is compared are addresses, permissions and memory types, not
 * AF, dirty state or software bits.
 *
 * The time that it takes follows what the table maps. A foreign table, however
 * few pages it has, may seem to map all of its address space in pages: there
 * visit (ops.h) ends it, with TRANS_ESTOPPED.
 */
#ifndef TRANS_TABLE_INSPECT_H
#define TRANS_TABLE_INSPECT_H

#include <trans_table/ranges.h>
#include <trans_table/table.h>

TRANS_BEGIN_DECLS

/* One step of a look-up: the entry that was read at @level. */
struct trans_step {
	int level;
	trans_pa_t entry; /* physical address of the entry itself */
	uint64_t desc;
};

/* The most steps that a look-up takes: levels -1..3. */
#define TRANS_STEPS 5

/*
 * The steps of looking up @va, in order; @count says how many of @steps are
 * filled, on failure too. Errors: those of trans_table_query.
 */
int trans_table_walk(const struct trans_table *table, trans_va_t va,
		     struct trans_step steps[TRANS_STEPS], unsigned int *count,
		     struct trans_report *report);

/*
 * A run: neighbouring leaves of one level with consecutive output addresses and
 * equal attributes. Where @status is not 0 it is instead what one entry spans
 * that cannot be read (TRANS_EFAULT, TRANS_ECORRUPT, TRANS_ESTOPPED).
 */
struct trans_run {
	trans_va_t va;
	uint64_t len; /* bytes */
	int status;
	struct trans_leaf leaf; /* of its first address */
};

/* Nonzero stops, and is returned. */
typedef int (*trans_run_fn)(void *arg, const struct trans_run *run);

/*
 * Call @run for each run in [@va, @va + @len), ascending. Holes are left out;
 * what cannot be read is a run as well, and not an error.
 *
 *   call     TRANS_EINVAL    a length of 0
 *   call     TRANS_EALIGN    not a multiple of the granule
 *   call     TRANS_ERANGE    the range leaves the table's half
 *   host     TRANS_ESTOPPED  visit said so
 */
int trans_table_runs(const struct trans_table *table, trans_va_t va,
		     uint64_t len, trans_run_fn run, void *arg,
		     struct trans_report *report);

enum trans_difference {
	TRANS_ONLY_A = 1, /* mapped in a only */
	TRANS_ONLY_B,
	TRANS_OTHER_PA,
	TRANS_OTHER_ATTR, /* same output, other memory type or permissions */
};

/* A stretch of addresses that two tables map differently. */
struct trans_diff {
	enum trans_difference kind;
	trans_va_t va;
	uint64_t len;           /* bytes */
	struct trans_leaf a, b; /* at va; zeroed where not mapped */
};

/* Nonzero stops, and is returned. */
typedef int (*trans_diff_fn)(void *arg, const struct trans_diff *diff);

/*
 * Where two tables differ in what they map in [@va, @va + @len), ascending, in
 * the largest stretches of one kind. Whether they map it by blocks or pages
 * does not count. Their geometries may differ; the range must lie in both. 0
 * and no call of @diff: they map the same.
 *
 *   call     TRANS_EINVAL    a length of 0
 *   call     TRANS_EALIGN    not a multiple of the granule
 *   call     TRANS_ERANGE    the range leaves the half of one of them
 *   input    TRANS_ECORRUPT  an entry is damaged (va: where)
 *   host     TRANS_EFAULT    phys_to_virt refused a table page
 *   host     TRANS_ESTOPPED  visit said so
 */
int trans_table_diff(const struct trans_table *a, const struct trans_table *b,
		     trans_va_t va, uint64_t len, trans_diff_fn diff,
		     void *arg, struct trans_report *report);

/*
 * Do all pages of the tree lie outside of @ranges?
 *
 *   answer   TRANS_EOVERLAP  no; pa, len: the page, va: the start of the range
 * and those of trans_table_pages.
 */
int trans_table_disjoint(const struct trans_table *table,
			 const struct trans_ranges *ranges,
			 struct trans_report *report);

/*
 * The whole table as text: its geometry, a line for each run with its level and
 * attributes in words, and the numbers of tables and of leaves of each level.
 * Returns what @put returned if that is not 0.
 *
 *   host     TRANS_ESTOPPED  visit said so
 */
int trans_table_dump(const struct trans_table *table, trans_put_fn put,
		     void *arg);

/* The look-up of one address as text: a line for each step, and one for the
 * result, also where that is an error. Returns what @put returned. */
int trans_table_trace(const struct trans_table *table, trans_va_t va,
		      trans_put_fn put, void *arg);

TRANS_END_DECLS

#endif
