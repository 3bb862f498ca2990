/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * window: last-level tables that are one block, for a host that writes their
 * entries by itself.
 */
#include <trans_table/table_extra.h>

#include "trans/table/call.h"
#include "trans/table/groups.h"

/* A hole as far as one looks, but down to the last level, whose tables get
 * their pages here. */
static int ask_window(struct build *b, trans_va_t va)
{
	struct frame *f = b->f;
	unsigned int above = geo_shift(&b->dst->geo, 2);
	int ret = 0;

	b->answer.last = b->level < 3 ? 0 : b->last;
	if (b->level < 3 || f->exists)
		return 0;
	f->pa = b->dst->window + ((va >> above) - (b->first >> above)) *
					 geo_granule(&b->dst->geo);
	if (!build_counts(b))
		ret = trans_page_open_(b->dst, f->pa, &f->page);
	return trans_build_page_(b, ret);
}

/* The block of last-level tables that covers the range. */
static int window_pages(struct build *b)
{
	struct trans_table *table = b->dst;
	unsigned int shift = geo_shift(&table->geo, 2);
	uint32_t count = (uint32_t)((b->last >> shift) - (b->first >> shift)) + 1;

	if (table->window_tables)
		return build_refuse(b, TRANS_EEXIST,
				    "the table has a window already");
	if (table->geo.start_level > 2)
		return build_refuse(b, TRANS_EINVAL,
				    "the root is the only table");
	if (build_counts(b))
		return 0;
	if (table->ops->alloc(table->ctx, geo_granule_shift(&table->geo), count,
			      &table->window))
		return build_refuse(b, TRANS_ENOMEM,
				    "no memory for the window");
	table->window_tables = count;
	return 0;
}

int trans_table_window(struct trans_table *table, trans_va_t va, uint64_t len,
		       unsigned int flags, struct trans_window *window,
		       struct trans_report *report)
{
	struct build b;
	int ret = trans_build_begin_(&b, table, va, len, flags, TRANS_ESTIMATE,
				     report);
	unsigned int shift = geo_granule_shift(&table->geo);

	if (!ret)
		ret = window_pages(&b);
	if (ret)
		return ret;
	b.window = true;
	b.ask = ask_window;
	b.answer.va = ~0ULL; /* to be asked at each slot */
	table->groups = trans_groups_;
	ret = trans_build_(&b);
	if (build_counts(&b))
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
