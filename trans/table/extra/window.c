/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * window: last-level tables that are one block, for a host that writes their
 * entries by itself.
 */
#include <trans_table/table_extra.h>

#include "trans/table/call.h"

/* The block of last-level tables that covers the range. */
static int window_pages(struct build *b)
{
	struct trans_table *table = b->dst;
	unsigned int shift = geo_shift(&table->geo, 2);
	uint32_t count = (uint32_t)((b->last >> shift) - (b->first >> shift)) + 1;

	if (table->window_tables)
		return trans_build_refuse_(b, TRANS_EEXIST,
					   "the table has a window already",
					   b->first);
	if (table->geo.start_level > 2)
		return trans_build_refuse_(b, TRANS_EINVAL,
					   "the root is the only table",
					   b->first);
	if (b->count)
		return 0;
	if (table->ops->alloc(table->ctx, geo_granule_shift(&table->geo), count,
			      &table->window))
		return trans_build_refuse_(
			b, TRANS_ENOMEM, "no memory for the window", b->first);
	table->window_tables = count;
	return 0;
}

int trans_table_window(struct trans_table *table, trans_va_t va, uint64_t len,
		       unsigned int flags, struct trans_window *window,
		       struct trans_report *report)
{
	struct build b = { .window = true, .report = report };
	int ret = trans_build_begin_(&b, table, va, len, flags, TRANS_ESTIMATE);
	unsigned int shift = geo_granule_shift(&table->geo);

	if (!ret)
		ret = window_pages(&b);
	if (ret)
		return ret;
	ret = trans_build_(&b);
	if (b.count)
		return ret;
	if (ret) {
		table->ops->free(table->ctx, shift, table->window_tables,
				 table->window);
		table->window_tables = 0;
		return ret;
	}
	window->count = len >> shift;
	window->entries = table->window +
		((va & low_mask(geo_shift(&table->geo, 2))) >> shift) * 8;
	return 0;
}
