/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Table pages: how they come, are written, and go.
 */
#include "trans/table/pages.h"

#include "trans/table/cursor.h"

uint64_t *trans_table_at_(const struct trans_table *table, trans_pa_t pa,
			  int level)
{
	size_t len = sizeof(uint64_t) * geo_entries(&table->geo, level);

	return table->ops->phys_to_virt(table->ctx, pa, len);
}

void trans_store_(const struct trans_table *table, uint64_t *slot, desc_t d)
{
	if (table->ops->write_entry)
		table->ops->write_entry(table->ctx, slot, d.v);
	else
		*(volatile uint64_t *)slot = d.v;
}

int trans_page_open_(struct trans_table *table, trans_pa_t pa, uint64_t **page,
		     const char **why)
{
	const struct trans_ops *ops = table->ops;
	/* The whole granule, so that nothing stale lies behind a root that is
	 * smaller. */
	size_t len = (size_t)1 << geo_granule_shift(&table->geo);

	*page = NULL;
	*why = "table page beyond the output address size";
	if (!geo_has_pa(&table->geo, pa))
		return TRANS_ERANGE;
	*why = "phys_to_virt refused a page just allocated";
	*page = ops->phys_to_virt(table->ctx, pa, len);
	if (!*page)
		return TRANS_EFAULT;
	if (is_watched(table))
		memset(*page, 0, len);
	*why = "acquire refused a table page";
	if (ops->acquire && ops->acquire(table->ctx, pa))
		return TRANS_EHOST;
	table->pages++;
	return 0;
}

int trans_page_take_(struct trans_table *table, uint64_t **page, trans_pa_t *pa,
		     const char **why)
{
	const struct trans_ops *ops = table->ops;
	unsigned int shift = geo_granule_shift(&table->geo);
	int ret;

	*why = "no memory for a table page";
	if (ops->alloc(table->ctx, shift, 1, pa))
		return TRANS_ENOMEM;
	ret = trans_page_open_(table, *pa, page, why);
	if (ret)
		ops->free(table->ctx, shift, 1, *pa);
	return ret;
}

/* The pages of a window came as one block and go as one (table.c). */
static bool in_window(const struct trans_table *table, trans_pa_t pa)
{
	return pa - table->window <
	       (uint64_t)table->window_tables << geo_granule_shift(&table->geo);
}

void trans_page_give_(struct trans_table *table, trans_pa_t pa,
		      struct trans_stats *stats)
{
	if (table->ops->release)
		table->ops->release(table->ctx, pa);
	if (!in_window(table, pa))
		table->ops->free(table->ctx, geo_granule_shift(&table->geo), 1,
				 pa);
	table->pages--;
	if (stats)
		stats->tables_freed++;
}

/* What is linked at the cursor's place in what stays, whose way is @keep. */
static desc_t kept(const struct cursor *c, const uint64_t *const *keep)
{
	const uint64_t *page = keep[c->level + 1];

	if (page)
		page += trans_cursor_entry_(c) - c->page[c->level + 1];
	return (desc_t){ page ? *page : 0 };
}

/* Down both ways. False: what is there cannot be read, against the contract of
 * phys_to_virt; then rather lose pages than free one in use. */
static bool down(struct cursor *c, const uint64_t **keep)
{
	const struct trans_geometry *geo = &c->table->geo;
	desc_t d = kept(c, keep);
	const uint64_t *below = NULL;
	bool is_table = trans_desc_kind_(geo, c->level, d) == DESC_TABLE;

	if (is_table)
		below = trans_table_at_(
			c->table, trans_desc_decode_pa_(
					  geo, d, geo_granule_shift(geo)),
			c->level + 1);
	if ((is_table && !below) || trans_cursor_down_(c))
		return false;
	keep[c->level + 1] = below;
	return true;
}

/* On to the next entry; the tables that end on the way are given back, children
 * before parents. False: it was the last. */
static bool give_ended(struct trans_table *table, struct cursor *c,
		       trans_va_t last, struct trans_stats *stats)
{
	while (c->level > c->top && !trans_cursor_left_(c)) {
		trans_cursor_up_(c);
		trans_cursor_read_(c);
		trans_page_give_(table, c->pa, stats);
	}
	if (c->level == c->top && cursor_last(c) == last)
		return false;
	c->va = cursor_last(c) + 1;
	return true;
}

/* Last-level tables have no children and are not looked into. */
void trans_release_(struct trans_table *table, int level, const uint64_t *page,
		    const uint64_t *keep, trans_va_t first, trans_va_t last,
		    struct trans_stats *stats)
{
	const uint64_t *kept_way[MAX_LEVELS];
	bool more = level < 3 && first <= last;
	struct cursor c;

	trans_cursor_init_(&c, table);
	c.trusted = true;
	c.va = first;
	c.top = (int8_t)level;
	c.page[level + 1] = page;
	kept_way[level + 1] = keep;
	trans_cursor_level_(&c, level);
	while (more) {
		bool goes = trans_cursor_read_(&c) == DESC_TABLE &&
			    !(c.d.v & TABLE_BORROWED) &&
			    kept(&c, kept_way).v != c.d.v;

		if (goes && c.level < 2 && down(&c, kept_way))
			continue; /* at its first entry now */
		if (goes)
			trans_page_give_(table, c.pa, stats);
		more = give_ended(table, &c, last, stats);
	}
}
