/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Is a tree out of the way of given memory? The one operation of the tables
 * that wants range sets; nobody else has to link them.
 */
#include <trans_table/inspect.h>
#include <trans_table/ranges.h>

#include "lib/fail.h"

/* The page that was found in a range. */
struct intruder {
	const struct trans_ranges *ranges;
	trans_pa_t pa;
	uint64_t len;
	const struct trans_range *range;
};

static int find_intruder(void *arg, trans_pa_t pa, uint64_t len)
{
	struct intruder *found = arg;

	found->range = trans_ranges_first_touched(found->ranges, pa, len);
	found->pa = pa;
	found->len = len;
	return found->range ? TRANS_EOVERLAP : 0;
}

int trans_table_disjoint(const struct trans_table *table,
			 const struct trans_ranges *ranges,
			 struct trans_report *report)
{
	struct intruder found = { .ranges = ranges };
	int ret = trans_table_pages(table, find_intruder, &found, report);

	if (ret == TRANS_EOVERLAP && report) {
		trans_fail_pa(&report->error, ret,
			      "a table page lies in a forbidden range",
			      found.pa, found.len);
		report->error.va = found.range->start;
	}
	return ret;
}
