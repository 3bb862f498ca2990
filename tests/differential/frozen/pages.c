/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Table pages: how they come, are written, and go.
 */
#include "names.h"
#include "build.h"

uint64_t *trans_table_at_(const struct trans_table *table, trans_pa_t pa,
			  int level)
{
	size_t len = sizeof(uint64_t) * geo_entries(&table->geo, level);

	return table->ops->phys_to_virt(table->ctx, pa, len);
}

int trans_look_at_(const struct trans_table *table, trans_pa_t pa, int level,
		   const uint64_t **page, const char **why)
{
	const struct trans_ops *ops = table->ops;

	if (ops->visit && ops->visit(table->ctx, pa)) {
		*why = "visit of a table page stopped it";
		return TRANS_ESTOPPED;
	}
	*page = trans_table_at_(table, pa, level);
	return *page ? 0 : TRANS_EFAULT;
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
	size_t len = (size_t)1 << table->geo.granule_shift;

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
	unsigned int shift = table->geo.granule_shift;
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
	       (uint64_t)table->window_tables << table->geo.granule_shift;
}

void trans_page_give_(struct trans_table *table, trans_pa_t pa)
{
	if (table->ops->release)
		table->ops->release(table->ctx, pa);
	if (!in_window(table, pa))
		table->ops->free(table->ctx, table->geo.granule_shift, 1, pa);
	table->pages--;
}

/* One table on the way down. */
struct visit {
	const uint64_t *page, *keep;
	unsigned int next;
};

/* Is the table below slot next of @v to be freed? Not if @keep has it at the
 * same place, nor if it belongs to another tree. */
static bool is_ours(const struct trans_table *table, int level,
		    const struct visit *v)
{
	desc_t d = { v->page[v->next] };

	return desc_kind(&table->geo, level, d) == DESC_TABLE &&
	       !(d.v & TABLE_BORROWED) &&
	       !(v->keep && v->keep[v->next] == d.v);
}

static const uint64_t *below(const struct trans_table *table, int level,
			     const uint64_t *page, unsigned int slot)
{
	const struct trans_geometry *geo = &table->geo;
	desc_t d = { page ? page[slot] : 0 };

	if (desc_kind(geo, level, d) != DESC_TABLE)
		return NULL;
	return trans_table_at_(
		table, desc_decode_pa(geo, d, geo->granule_shift), level + 1);
}

/* Get ready to visit what is below slot next of @v. False: there is nothing to
 * visit, or what @keep links to there cannot be read, against the contract of
 * phys_to_virt; then rather lose pages than free one that is in use. */
static bool open_below(const struct trans_table *table, int level,
		       const struct visit *v, struct visit *next)
{
	const struct trans_geometry *geo = &table->geo;
	desc_t kept = { v->keep ? v->keep[v->next] : 0 };

	if (level + 1 == 3)
		return false;
	next->next = 0;
	next->page = below(table, level, v->page, v->next);
	next->keep = below(table, level, v->keep, v->next);
	return next->page && (next->keep ||
			      desc_kind(geo, level, kept) != DESC_TABLE);
}

static void give_below(struct trans_table *table, const uint64_t *page,
		       unsigned int slot, struct trans_stats *stats)
{
	const struct trans_geometry *geo = &table->geo;

	trans_page_give_(table, desc_decode_pa(geo, (desc_t){ page[slot] },
					       geo->granule_shift));
	stats->tables_freed++;
}

/* Children before parents, without recursion. Last-level tables have no
 * children and are not visited. */
void trans_release_slots_(struct trans_table *table, int level,
			  const uint64_t *page, unsigned int first,
			  unsigned int end, const uint64_t *keep,
			  struct trans_stats *stats)
{
	struct visit visit[MAX_LEVELS - 1];
	int depth = 0;

	visit[0] = (struct visit){ page, keep, first };
	while (level < 3) {
		struct visit *v = &visit[depth], *next = v + 1;
		int at = level + depth;

		if (v->next == (depth ? geo_entries(&table->geo, at) : end)) {
			if (depth-- == 0)
				return;
			v--;
			give_below(table, v->page, v->next++, stats);
		} else if (!is_ours(table, at, v)) {
			v->next++;
		} else if (open_below(table, at, v, next)) {
			depth++;
		} else {
			give_below(table, v->page, v->next++, stats);
		}
	}
}

void trans_release_(struct trans_table *table, int level, const uint64_t *page,
		    trans_pa_t pa, const uint64_t *keep,
		    struct trans_stats *stats)
{
	trans_release_slots_(table, level, page, 0,
			     geo_entries(&table->geo, level), keep, stats);
	trans_page_give_(table, pa);
	stats->tables_freed++;
}
