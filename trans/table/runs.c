/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Runs of equal mappings.
 */
#include "trans/table/runs.h"

#include "lib/fail.h"

int trans_runs_range_(const struct trans_table *table, trans_va_t va,
		      uint64_t len, struct trans_report *report)
{
	const char *why;
	int ret = trans_range_status_(&table->geo, va, len, &why);

	if (!ret)
		return 0;
	trans_fail(report ? &report->error : NULL, ret, why);
	if (report)
		report->error.va = va;
	return ret;
}

bool trans_runs_same_(const struct trans_leaf *a,
		      const struct trans_leaf *b)
{
	return a->memory == b->memory && a->readable == b->readable &&
	       a->writable == b->writable && a->executable == b->executable &&
	       a->user_readable == b->user_readable &&
	       a->user_writable == b->user_writable &&
	       a->user_executable == b->user_executable;
}

/* One look-up as a run of its own, cut to [@va, @last]; a hole has len 0. */
trans_va_t trans_runs_at_(struct cursor *c, trans_va_t va, trans_va_t last,
			  struct trans_run *run)
{
	trans_va_t end;

	*run = (struct trans_run){ .va = va, .status = trans_look_up_(c, va) };
	end = c->level < c->top ? last : cursor_last(c);
	if (end > last)
		end = last;
	if (!run->status)
		run->status = trans_leaf_at_(c, &run->leaf);
	if (run->status != TRANS_ENOENT)
		run->len = end - va + 1;
	return end;
}

int trans_runs_unreadable_(const struct trans_run *run,
			   struct trans_report *report)
{
	struct cursor at = { .va = run->va, .level = TRANS_NO_LEVEL,
			     .why = trans_why("a table cannot be read here") };

	if (run->status == 0 || run->status == TRANS_ENOENT)
		return 0;
	return trans_look_fail_(report, run->status, &at);
}

static bool run_continues(const struct trans_run *run,
			  const struct trans_run *next)
{
	return run->len && next->len && !run->status && !next->status &&
	       run->leaf.level == next->leaf.level &&
	       run->leaf.pa + run->len == next->leaf.pa &&
	       trans_runs_same_(&run->leaf, &next->leaf);
}

int trans_table_runs(const struct trans_table *table, trans_va_t va,
		     uint64_t len, trans_run_fn run, void *arg,
		     struct trans_report *report)
{
	trans_va_t last = va + (len - 1), end;
	struct trans_run open = { 0 }, next;
	struct cursor c;
	int ret = trans_runs_range_(table, va, len, report);

	if (ret)
		return ret;
	trans_cursor_init_(&c, table);
	for (;; va = end + 1) {
		end = trans_runs_at_(&c, va, last, &next);
		if (run_continues(&open, &next)) {
			open.len += next.len;
		} else {
			if (open.len)
				ret = run(arg, &open);
			open = next;
		}
		if (next.status == TRANS_ESTOPPED)
			return trans_runs_unreadable_(&next, report);
		if (ret || end == last)
			break;
	}
	return !ret && open.len ? run(arg, &open) : ret;
}
