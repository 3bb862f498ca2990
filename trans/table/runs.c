/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Runs of equal mappings.
 */
#include "trans/table/runs.h"

#include "lib/fail.h"

int tt_runs_range(const struct trans_table *table, trans_va_t va,
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

bool tt_runs_same(const struct trans_leaf *a,
		  const struct trans_leaf *b)
{
	return a->memory == b->memory && a->readable == b->readable &&
	       a->writable == b->writable && a->executable == b->executable &&
	       a->user_readable == b->user_readable &&
	       a->user_writable == b->user_writable &&
	       a->user_executable == b->user_executable;
}

/* One look-up as a run of its own, cut to [@va, @last]; a hole has len 0. */
trans_va_t tt_runs_at(struct cursor *c, trans_va_t va, trans_va_t last,
		      struct trans_run *run)
{
	trans_va_t end;

	*run = (struct trans_run){ .va = va, .status = tt_look_up(c, va) };
	end = c->level < c->top ? last : cursor_last(c);
	if (end > last)
		end = last;
	if (!run->status)
		run->status = tt_leaf_at(c, &run->leaf);
	if (run->status != TRANS_ENOENT)
		run->len = end - va + 1;
	return end;
}

int tt_runs_unreadable(const struct trans_run *run, struct trans_report *report)
{
	struct cursor at = { .va = run->va, .level = TRANS_NO_LEVEL,
			     .why = "a table cannot be read here" };

	if (run->status == 0 || run->status == TRANS_ENOENT)
		return 0;
	return tt_look_fail(report, run->status, &at);
}

static bool run_continues(const struct trans_run *run,
			  const struct trans_run *next)
{
	return run->len && next->len && !run->status && !next->status &&
	       run->leaf.level == next->leaf.level &&
	       run->leaf.pa + run->len == next->leaf.pa &&
	       tt_runs_same(&run->leaf, &next->leaf);
}

int trans_table_runs(const struct trans_table *table, trans_va_t va,
		     uint64_t len, trans_run_fn run, void *arg,
		     struct trans_report *report)
{
	trans_va_t last = va + (len - 1), end;
	struct trans_run open = { 0 }, next;
	struct cursor c;
	int ret = tt_runs_range(table, va, len, report);

	if (ret)
		return ret;
	tt_cursor_init(&c, table);
	for (;; va = end + 1) {
		end = tt_runs_at(&c, va, last, &next);
		if (run_continues(&open, &next)) {
			open.len += next.len;
		} else {
			if (open.len)
				ret = run(arg, &open);
			open = next;
		}
		if (next.status == TRANS_ESTOPPED)
			return tt_runs_unreadable(&next, report);
		if (ret || end == last)
			break;
	}
	return !ret && open.len ? run(arg, &open) : ret;
}
