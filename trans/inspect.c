/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Steps of a look-up, runs of equal mappings, and the difference of two tables.
 */
#include <trans_table/inspect.h>

#include "../lib/fail.h"
#include "lookup.h"

int trans_table_walk(const struct trans_table *table, trans_va_t va,
		     struct trans_step steps[TRANS_STEPS], unsigned int *count,
		     struct trans_report *report)
{
	struct trans_leaf leaf;
	struct found at;

	*count = 0;
	at = tt_look_up(table, va, steps, count);
	if (!at.status)
		tt_found_leaf(table, &at, &leaf);
	return at.status ? tt_found_fail(report, &at) : 0;
}

static int check_range(const struct trans_table *table, trans_va_t va,
		       uint64_t len, struct trans_report *report)
{
	const char *why;
	int ret = tt_range_status(&table->geo, va, len, &why);

	if (!ret)
		return 0;
	trans_fail(report ? &report->error : NULL, ret, why);
	if (report)
		report->error.va = va;
	return ret;
}

static bool same_attributes(const struct trans_leaf *a,
			    const struct trans_leaf *b)
{
	return a->memory == b->memory && a->readable == b->readable &&
	       a->writable == b->writable && a->executable == b->executable &&
	       a->user_readable == b->user_readable &&
	       a->user_writable == b->user_writable &&
	       a->user_executable == b->user_executable;
}

/* One look-up as a run of its own, cut to [@va, @last]; a hole has len 0. */
static trans_va_t run_at(const struct trans_table *table, trans_va_t va,
			 trans_va_t last, struct trans_run *run)
{
	struct found at = tt_look_up(table, va, NULL, NULL);
	trans_va_t end = tt_found_last(table, &at);

	if (end > last)
		end = last;
	*run = (struct trans_run){ .va = va, .len = end - va + 1 };
	if (!at.status)
		tt_found_leaf(table, &at, &run->leaf);
	run->status = at.status;
	if (at.status == TRANS_ENOENT)
		run->len = 0;
	return end;
}

static bool run_continues(const struct trans_run *run,
			  const struct trans_run *next)
{
	return run->len && next->len && !run->status && !next->status &&
	       run->leaf.level == next->leaf.level &&
	       run->leaf.pa + run->len == next->leaf.pa &&
	       same_attributes(&run->leaf, &next->leaf);
}

static int unreadable(const struct trans_run *run, struct trans_report *report)
{
	struct found at = { .va = run->va, .level = TRANS_NO_LEVEL,
			    .status = run->status,
			    .why = "a table cannot be read here" };

	if (run->status == 0 || run->status == TRANS_ENOENT)
		return 0;
	return tt_found_fail(report, &at);
}

int trans_table_runs(const struct trans_table *table, trans_va_t va,
		     uint64_t len, trans_run_fn run, void *arg,
		     struct trans_report *report)
{
	trans_va_t last = va + (len - 1), end;
	struct trans_run open = { 0 }, next;
	int ret = check_range(table, va, len, report);

	if (ret)
		return ret;
	for (;; va = end + 1) {
		end = run_at(table, va, last, &next);
		if (run_continues(&open, &next)) {
			open.len += next.len;
		} else {
			if (open.len)
				ret = run(arg, &open);
			open = next;
		}
		if (next.status == TRANS_ESTOPPED)
			return unreadable(&next, report);
		if (ret || end == last)
			break;
	}
	return !ret && open.len ? run(arg, &open) : ret;
}

/* 0: the same. */
static int compare(const struct trans_run *a, const struct trans_run *b)
{
	if (!a->len || !b->len)
		return a->len ? TRANS_ONLY_A : b->len ? TRANS_ONLY_B : 0;
	if (a->leaf.pa != b->leaf.pa)
		return TRANS_OTHER_PA;
	return same_attributes(&a->leaf, &b->leaf) ? 0 : TRANS_OTHER_ATTR;
}

/* Add [@va, @end] of @kind to the open stretch, or hand that out first. */
static int diff_add(struct trans_diff *open, const struct trans_diff *next,
		    trans_diff_fn diff, void *arg)
{
	int ret = 0;

	if (open->len && open->kind == next->kind &&
	    open->va + open->len == next->va) {
		open->len += next->len;
		return 0;
	}
	if (open->len)
		ret = diff(arg, open);
	*open = *next;
	return ret;
}

int trans_table_diff(const struct trans_table *a, const struct trans_table *b,
		     trans_va_t va, uint64_t len, trans_diff_fn diff,
		     void *arg, struct trans_report *report)
{
	trans_va_t last = va + (len - 1), end, end_b;
	struct trans_diff open = { 0 }, next;
	int ret = check_range(a, va, len, report);

	if (!ret)
		ret = check_range(b, va, len, report);
	while (!ret) {
		struct trans_run in_a, in_b;
		int kind;

		end = run_at(a, va, last, &in_a);
		end_b = run_at(b, va, last, &in_b);
		end = end_b < end ? end_b : end;
		ret = unreadable(&in_a, report);
		if (!ret)
			ret = unreadable(&in_b, report);
		kind = compare(&in_a, &in_b);
		next = (struct trans_diff){
			.kind = (enum trans_difference)kind, .va = va,
			.len = end - va + 1, .a = in_a.leaf, .b = in_b.leaf,
		};
		if (!ret && kind)
			ret = diff_add(&open, &next, diff, arg);
		if (end == last)
			break;
		va = end + 1;
	}
	return !ret && open.len ? diff(arg, &open) : ret;
}
