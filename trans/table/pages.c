/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Table pages: how they come, are written, and go.
 */
#include "lib/fail.h"
#include "trans/table/pages.h"

uint64_t *trans_table_at_(const struct trans_table *table, trans_pa_t pa,
			  unsigned int entries)
{
	return table->ops->phys_to_virt(table->ctx, pa,
					sizeof(uint64_t) * entries);
}

void trans_store_(const struct trans_table *table, uint64_t *slot, desc_t d)
{
	if (table->ops->write_entry)
		table->ops->write_entry(table->ctx, slot, d.v);
	else
		*(volatile uint64_t *)slot = d.v;
}

int trans_page_open_(struct trans_table *table, trans_pa_t pa, uint64_t **page)
{
	const struct trans_ops *ops = table->ops;
	/* The whole granule, so that nothing stale lies behind a root that is
	 * smaller. */
	size_t len = (size_t)1 << geo_granule_shift(&table->geo);

	if (!geo_has_pa(&table->geo, pa))
		return TRANS_ERANGE;
	*page = ops->phys_to_virt(table->ctx, pa, len);
	if (!*page)
		return TRANS_EFAULT;
	if (is_watched(table))
		memset(*page, 0, len);
	if (ops->acquire && ops->acquire(table->ctx, pa))
		return TRANS_EHOST;
	table->pages++;
	return 0;
}

int trans_page_take_(struct trans_table *table, uint64_t **page, trans_pa_t *pa)
{
	const struct trans_ops *ops = table->ops;
	unsigned int shift = geo_granule_shift(&table->geo);
	int ret;

	if (ops->alloc(table->ctx, shift, 1, pa))
		return TRANS_ENOMEM;
	ret = trans_page_open_(table, *pa, page);
	if (ret)
		ops->free(table->ctx, shift, 1, *pa);
	return ret;
}

const char *trans_page_why_(int status)
{
	if (status == TRANS_ENOMEM)
		return trans_why("no memory for a table page");
	if (status == TRANS_ERANGE)
		return trans_why("table page beyond the PA size");
	if (status == TRANS_EFAULT)
		return trans_why("phys_to_virt refused a new page");
	return trans_why("acquire refused a table page");
}

/* The pages of a window came as one block and go as one (table.c). */
static bool in_window(const struct trans_table *table, trans_pa_t pa)
{
	return pa - table->window <
	       (uint64_t)table->window_tables << geo_granule_shift(&table->geo);
}

void trans_page_give_(struct trans_table *table, trans_pa_t pa,
		      struct trans_report *report)
{
	if (table->ops->release)
		table->ops->release(table->ctx, pa);
	if (!in_window(table, pa))
		table->ops->free(table->ctx, geo_granule_shift(&table->geo), 1,
				 pa);
	table->pages--;
	if (report)
		report->stats.tables_freed++;
}
