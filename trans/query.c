/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Reading tables: what one address translates to, whether a range is mapped as
 * wanted, which pages a tree consists of. Works on own tables and on views of
 * foreign ones, so it trusts nothing.
 */
#include <trans_table/table.h>

#include "../lib/fail.h"
#include "build.h"
#include "lookup.h"

int trans_table_query(const struct trans_table *table, trans_va_t va,
		      struct trans_leaf *leaf, struct trans_report *report)
{
	struct found at = tt_look_up(table, va, NULL, NULL);

	if (!at.status)
		tt_found_leaf(table, &at, leaf);
	return at.status ? tt_found_fail(report, &at) : 0;
}

/*
 * MAIR attributes (Arm ARM D19, MAIR_EL1): outer in the high half, inner in the
 * low one. 0 outer is Device, 4 Non-cacheable; 0 inner is tagged (0xf0) or XS
 * write-through (0xa0), else reserved.
 */
bool tt_cacheable(uint8_t memory)
{
	unsigned int outer = memory >> 4, inner = memory & 0xf;

	if (!outer || outer == 4 || inner == 4)
		return false;
	return inner || memory == 0xf0 || memory == 0xa0;
}

bool trans_leaf_runs(const struct trans_leaf *leaf)
{
	return leaf->executable && tt_cacheable(leaf->memory);
}

static const char *leaf_problem(const struct trans_leaf *leaf, trans_pa_t pa,
				unsigned int access)
{
	if (leaf->pa != pa)
		return "mapped to another address";
	if (!leaf->readable)
		return "mapped unreadable";
	if (access & TRANS_WRITE && !leaf->writable)
		return "mapped read-only";
	if (access & TRANS_EXEC && !leaf->executable)
		return "mapped execute-never";
	if (access & TRANS_EXEC && !trans_leaf_runs(leaf))
		return "mapped as Device or Non-cacheable memory";
	return NULL;
}

int trans_table_verify(const struct trans_table *table, trans_va_t va,
		       trans_pa_t pa, uint64_t len, unsigned int access,
		       struct trans_report *report)
{
	uint64_t done = 0;

	while (done < len) {
		struct found at = tt_look_up(table, va + done, NULL, NULL);
		struct trans_leaf leaf;

		if (!at.status && !tt_found_leaf(table, &at, &leaf)) {
			at.why = leaf_problem(&leaf, pa + done, access);
			at.status = at.why ? TRANS_ENOENT : 0;
		}
		if (at.status)
			return tt_found_fail(report, &at);
		done = tt_found_last(table, &at) - va + 1;
	}
	return 0;
}

/* A table on the way down. */
struct visit {
	const uint64_t *page;
	unsigned int next, end;
};

static int open_visit(const struct trans_table *table, trans_pa_t pa, int level,
		      struct visit *visit, struct trans_report *report)
{
	struct found at = { .level = level,
			    .why = "phys_to_virt refused a table page" };

	visit->next = 0;
	visit->end = level == 3 ? 0 : geo_entries(&table->geo, level);
	at.status = tt_look_at(table, pa, level, &visit->page, &at.why);
	return at.status ? tt_found_fail(report, &at) : 0;
}

int trans_table_pages(const struct trans_table *table, trans_page_fn page,
		      void *arg, struct trans_report *report)
{
	const struct trans_geometry *geo = &table->geo;
	struct visit visit[MAX_LEVELS];
	trans_pa_t pa = table->root;
	int depth = 0, start = geo->start_level;
	int ret = page(arg, pa, geo_granule(geo));

	if (!ret)
		ret = open_visit(table, pa, start, &visit[0], report);
	while (!ret && depth >= 0) {
		struct visit *v = &visit[depth];
		desc_t d;

		if (v->next == v->end) {
			depth--;
			continue;
		}
		d = desc_read(&v->page[v->next++]);
		if (desc_kind(geo, start + depth, d) != DESC_TABLE)
			continue;
		pa = desc_decode_pa(geo, d, geo->granule_shift);
		ret = page(arg, pa, geo_granule(geo));
		depth++;
		if (!ret)
			ret = open_visit(table, pa, start + depth,
					 &visit[depth], report);
	}
	return ret;
}

/* For trans_table_disjoint: the page that was found in a range. */
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
