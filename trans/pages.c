/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Table pages: how they come, are written, and go.
 */
#include "build.h"

uint64_t *table_at(const struct trans_table *table, trans_pa_t pa, int level)
{
	size_t len = sizeof(uint64_t) * geo_entries(&table->geo, level);

	return table->ops->phys_to_virt(table->ctx, pa, len);
}

void page_store(const struct trans_table *table, uint64_t *slot, desc_t d)
{
	if (table->ops->write_entry)
		table->ops->write_entry(table->ctx, slot, d.v);
	else
		*(volatile uint64_t *)slot = d.v;
}

/* Take one granule, zero it, announce it. The whole granule, so that nothing
 * stale lies behind a root that is smaller. */
int page_take(struct trans_table *table, uint64_t **page, trans_pa_t *pa,
	      const char **why)
{
	const struct trans_ops *ops = table->ops;
	unsigned int shift = table->geo.granule_shift;
	int ret;

	*why = "no memory for a table page";
	if (ops->alloc(table->ctx, shift, 1, pa))
		return TRANS_ENOMEM;
	*why = "table page beyond the output address size";
	ret = TRANS_ERANGE;
	if (!geo_has_pa(&table->geo, *pa))
		goto give_back;
	ret = TRANS_EFAULT;
	*page = ops->phys_to_virt(table->ctx, *pa, (size_t)1 << shift);
	*why = "phys_to_virt refused a page just allocated";
	if (!*page)
		goto give_back;
	memset(*page, 0, (size_t)1 << shift);
	*why = "acquire refused a table page";
	ret = TRANS_EHOST;
	if (ops->acquire && ops->acquire(table->ctx, *pa))
		goto give_back;
	table->pages++;
	return 0;
give_back:
	ops->free(table->ctx, shift, 1, *pa);
	return ret;
}

int page_new(struct build *b, uint64_t **page, trans_pa_t *pa)
{
	const char *why;
	int ret;

	*page = NULL;
	*pa = 0;
	if (!b->count) {
		ret = page_take(b->dst, page, pa, &why);
		if (ret) {
			*page = NULL;
			return build_fail(b, ret, why, b->level,
					  b->frame[b->top].va, (desc_t){ 0 },
					  *pa);
		}
	}
	b->report->stats.tables++;
	return 0;
}

void page_give(struct trans_table *table, trans_pa_t pa)
{
	if (table->ops->release)
		table->ops->release(table->ctx, pa);
	table->ops->free(table->ctx, table->geo.granule_shift, 1, pa);
	table->pages--;
}

/* One table on the way down: @next and @end count its slots. */
struct visit {
	const uint64_t *page, *keep;
	trans_pa_t pa;
	unsigned int next, end;
};

/* The table below slot next of @v that is to be freed, as a new visit. */
static bool visit_below(const struct trans_table *table, int level,
			const struct visit *v, struct visit *below)
{
	const struct trans_geometry *geo = &table->geo;
	desc_t d = { v->page[v->next] };
	desc_t kept = { v->keep ? v->keep[v->next] : 0 };

	if (desc_kind(geo, level, d) != DESC_TABLE || d.v == kept.v)
		return false;
	*below = (struct visit){ .pa = desc_decode_pa(geo, d,
						      geo->granule_shift) };
	if (level + 1 == 3)
		return true;
	below->page = table_at(table, below->pa, level + 1);
	below->end = below->page ? geo_entries(geo, level + 1) : 0;
	if (desc_kind(geo, level, kept) == DESC_TABLE)
		below->keep = table_at(
			table, desc_decode_pa(geo, kept, geo->granule_shift),
			level + 1);
	return true;
}

/* Children before parents, without recursion. */
void page_release_slots(struct trans_table *table, int level,
			const uint64_t *page, unsigned int first,
			unsigned int end, const uint64_t *keep,
			struct trans_stats *stats)
{
	struct visit visit[MAX_LEVELS];
	int depth = 0;

	if (level == 3)
		return;
	visit[0] = (struct visit){ page, keep, 0, first, end };
	while (depth >= 0) {
		struct visit *v = &visit[depth];

		if (v->next < v->end) {
			if (visit_below(table, level + depth, v,
					&visit[depth + 1]))
				depth++;
			v->next++;
			continue;
		}
		if (depth-- > 0) {
			page_give(table, v->pa);
			stats->tables_freed++;
		}
	}
}

void page_release(struct trans_table *table, int level, const uint64_t *page,
		  trans_pa_t pa, const uint64_t *keep,
		  struct trans_stats *stats)
{
	page_release_slots(table, level, page, 0,
			   level == 3 ? 0 : geo_entries(&table->geo, level),
			   keep, stats);
	page_give(table, pa);
	stats->tables_freed++;
}
