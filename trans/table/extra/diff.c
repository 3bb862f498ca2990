/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The difference of two tables.
 */
#include "trans/table/runs.h"

/* 0: the same. */
static int compare(const struct trans_run *a, const struct trans_run *b)
{
	if (!a->len || !b->len)
		return a->len ? TRANS_ONLY_A : b->len ? TRANS_ONLY_B : 0;
	if (a->leaf.pa != b->leaf.pa)
		return TRANS_OTHER_PA;
	return trans_runs_same_(&a->leaf, &b->leaf) ? 0 : TRANS_OTHER_ATTR;
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
	struct cursor at_a, at_b;
	int ret = trans_runs_range_(a, va, len, report);

	if (!ret)
		ret = trans_runs_range_(b, va, len, report);
	trans_cursor_init_(&at_a, a);
	trans_cursor_init_(&at_b, b);
	while (!ret) {
		struct trans_run in_a, in_b;
		int kind;

		end = trans_runs_at_(&at_a, va, last, &in_a);
		end_b = trans_runs_at_(&at_b, va, last, &in_b);
		end = end_b < end ? end_b : end;
		ret = trans_runs_unreadable_(&in_a, report);
		if (!ret)
			ret = trans_runs_unreadable_(&in_b, report);
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
