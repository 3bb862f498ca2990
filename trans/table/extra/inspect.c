/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The steps of a look-up.
 */
#include <trans_table/inspect.h>

#include "trans/table/query.h"

int trans_table_walk(const struct trans_table *table, trans_va_t va,
		     struct trans_step steps[TRANS_STEPS], unsigned int *count,
		     struct trans_report *report)
{
	trans_pa_t page = table->root;
	struct trans_leaf leaf;
	struct cursor c;
	int ret = 0;

	*count = 0;
	trans_cursor_init_(&c, table);
	/* Each level by itself, until the look-up would go no further. */
	for (int level = table->geo.start_level;
	     level <= 3 && trans_in_half_(&table->geo, va); level++) {
		ret = trans_cursor_find_(&c, va, level);
		if (c.level < level)
			break;
		steps[(*count)++] = (struct trans_step){
			level,
			page + 8ULL * rung_index(c.rung, va),
			c.d.v
		};
		page = c.pa;
	}
	if (!ret)
		ret = trans_look_up_(&c, va);
	if (!ret)
		ret = trans_leaf_at_(&c, &leaf);
	return ret ? trans_look_fail_(report, ret, &c) : 0;
}
