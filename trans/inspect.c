/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Steps of a look-up, and runs of equal mappings.
 */
#include <trans_table/inspect.h>

#include "../lib/fail.h"
#include "run.h"

int trans_table_walk(const struct trans_table *table, trans_va_t va,
		     struct trans_step steps[TRANS_STEPS], unsigned int *count,
		     struct trans_report *report)
{
	trans_pa_t page = table->root;
	struct trans_leaf leaf;
	struct cursor c;
	int ret = 0;

	*count = 0;
	tt_cursor_init(&c, table);
	/* Each level by itself, until the look-up would go no further. */
	for (int level = table->geo.start_level;
	     level <= 3 && tt_in_half(&table->geo, va); level++) {
		ret = tt_cursor_find(&c, va, level);
		if (c.level < level)
			break;
		steps[(*count)++] = (struct trans_step){
			level, page + 8 * tt_geo_index(&table->geo, level, va),
			c.d.v
		};
		page = c.pa;
	}
	if (!ret)
		ret = tt_look_up(&c, va);
	if (!ret)
		ret = tt_leaf_at(&c, &leaf);
	return ret ? tt_look_fail(report, ret, &c) : 0;
}

static bool run_continues(const struct trans_run *run,
			  const struct trans_run *next)
{
	return run->len && next->len && !run->status && !next->status &&
	       run->leaf.level == next->leaf.level &&
	       run->leaf.pa + run->len == next->leaf.pa &&
	       tt_run_same(&run->leaf, &next->leaf);
}

int trans_table_runs(const struct trans_table *table, trans_va_t va,
		     uint64_t len, trans_run_fn run, void *arg,
		     struct trans_report *report)
{
	trans_va_t last = va + (len - 1), end;
	struct trans_run open = { 0 }, next;
	struct cursor c;
	int ret = tt_run_range(table, va, len, report);

	if (ret)
		return ret;
	tt_cursor_init(&c, table);
	for (;; va = end + 1) {
		end = tt_run_at(&c, va, last, &next);
		if (run_continues(&open, &next)) {
			open.len += next.len;
		} else {
			if (open.len)
				ret = run(arg, &open);
			open = next;
		}
		if (next.status == TRANS_ESTOPPED)
			return tt_run_unreadable(&next, report);
		if (ret || end == last)
			break;
	}
	return !ret && open.len ? run(arg, &open) : ret;
}
