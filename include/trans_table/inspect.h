/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Seeing what a table maps: the steps of one look-up, runs of equal mappings,
 * the difference of two tables, and all of it as text.
 *
 * Works on own tables and on views of foreign ones; allocates nothing, writes
 * nothing, uses less than 1 KiB of stack, so that an exception handler may call
 * it. The time follows what the table seems to map, which of a foreign one may be
 * all of its address space in pages, however few table pages it has: visit
 * (ops.h) ends that, with TRANS_ESTOPPED. AF, dirty state and software bits are not part of what is compared.
 */
#ifndef TRANS_TABLE_INSPECT_H
#define TRANS_TABLE_INSPECT_H

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
 * filled. The status is what trans_table_query would say (0, TRANS_ENOENT,
 * TRANS_ERANGE, TRANS_EFAULT, TRANS_ECORRUPT).
 */
int trans_table_walk(const struct trans_table *table, trans_va_t va,
		     struct trans_step steps[TRANS_STEPS], unsigned int *count,
		     struct trans_report *report);

/*
 * A run: neighbouring leaves of one level with consecutive output addresses and
 * equal attributes; or, with @status not 0, a stretch that cannot be read
 * (TRANS_EFAULT, TRANS_ECORRUPT: one entry's span).
 */
struct trans_run {
	trans_va_t va;
	uint64_t len;
	int status;
	struct trans_leaf leaf; /* of its first address */
};

/* Nonzero stops, and is returned. */
typedef int (*trans_run_fn)(void *arg, const struct trans_run *run);

/* Each run in [@va, @va + @len), ascending; holes are left out.
 * TRANS_EINVAL, TRANS_EALIGN, TRANS_ERANGE, TRANS_ESTOPPED. */
int trans_table_runs(const struct trans_table *table, trans_va_t va,
		     uint64_t len, trans_run_fn run, void *arg,
		     struct trans_report *report);

enum trans_difference {
	TRANS_ONLY_A = 1, /* mapped (readably) in a only */
	TRANS_ONLY_B,
	TRANS_OTHER_PA,
	TRANS_OTHER_ATTR, /* same output, other memory type or permissions */
};

struct trans_diff {
	enum trans_difference kind;
	trans_va_t va;
	uint64_t len;
	struct trans_leaf a, b; /* at va; zeroed where not mapped */
};

typedef int (*trans_diff_fn)(void *arg, const struct trans_diff *diff);

/*
 * Where two tables differ in what they map in [@va, @va + @len), in the largest
 * stretches of one kind; how they map it (blocks or pages) does not count.
 * Their geometries may differ; the range must lie in both. 0 and no call of
 * @diff: they map the same.
 * TRANS_EINVAL, TRANS_EALIGN, TRANS_ERANGE, TRANS_EFAULT, TRANS_ECORRUPT.
 */
int trans_table_diff(const struct trans_table *a, const struct trans_table *b,
		     trans_va_t va, uint64_t len, trans_diff_fn diff,
		     void *arg, struct trans_report *report);

/*
 * The whole table as text: geometry, one line a run with its level and its
 * attributes in words, and the number of leaves and tables of each level.
 */
int trans_table_dump(const struct trans_table *table, trans_put_fn put,
		     void *arg);

/* The look-up of one address as text: a line for each step, and the result. */
int trans_table_trace(const struct trans_table *table, trans_va_t va,
		      trans_put_fn put, void *arg);

TRANS_END_DECLS

#endif
