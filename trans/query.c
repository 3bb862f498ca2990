/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Reading tables: what one address translates to, whether a range is mapped as
 * wanted, which pages a tree consists of. Works on own tables and on views of
 * foreign ones, so it trusts nothing.
 */
#include <trans_table/table.h>

#include "../lib/fail.h"
#include "build.h"

/* Where a look-up ended. */
struct found {
	int level;
	desc_t d;
	enum desc_kind kind;
	struct edit inherited;
	const char *why; /* the look-up itself failed, with @status */
	int status;
};

static struct found stop(struct found at, int status, const char *why)
{
	at.status = status;
	at.why = why;
	return at;
}

static struct found look_up(const struct trans_table *table, trans_va_t va)
{
	const struct trans_geometry *geo = &table->geo;
	struct found at = { .level = geo->start_level };
	trans_pa_t pa = table->root;

	for (;; at.level++) {
		const uint64_t *page = tt_table_at(table, pa, at.level);

		if (!page)
			return stop(at, TRANS_EFAULT,
				    "phys_to_virt refused a table page");
		at.d = desc_read(&page[geo_index(geo, at.level, va)]);
		at.kind = desc_kind(geo, at.level, at.d);
		if (at.kind == DESC_RESERVED)
			return stop(at, TRANS_ECORRUPT,
				    "reserved descriptor type");
		if (at.kind == DESC_EMPTY)
			return stop(at, TRANS_ENOENT, "not mapped");
		pa = desc_decode_pa(geo, at.d,
				    at.kind == DESC_TABLE ?
					    geo->granule_shift :
					    geo_shift(geo, at.level));
		if (!geo_has_pa(geo, pa))
			return stop(at, TRANS_ECORRUPT,
				    "address beyond the output address size");
		if (at.kind == DESC_LEAF)
			return at;
		at.inherited = tt_edit_then(at.inherited,
					 tt_edit_of_table(table, at.d));
	}
}

static int fail_at(struct trans_report *report, const struct found *at,
		   trans_va_t va)
{
	if (report) {
		trans_fail(&report->error, at->status, at->why);
		report->error.va = va;
		report->error.level = at->level;
		report->error.desc = at->d.v;
	}
	return at->status;
}

static bool in_half(const struct trans_geometry *geo, trans_va_t va)
{
	return va >= trans_geometry_first(geo) &&
	       va <= trans_geometry_last(geo);
}

int trans_table_query(const struct trans_table *table, trans_va_t va,
		      struct trans_leaf *leaf, struct trans_report *report)
{
	const struct trans_geometry *geo = &table->geo;
	struct found at = { .level = TRANS_NO_LEVEL };
	unsigned int shift;

	at = in_half(geo, va) ? look_up(table, va) :
				stop(at, TRANS_ERANGE,
				     "address outside the table's half");
	if (!at.why && !(at.d.v & LEAF_AF))
		at = stop(at, TRANS_ENOENT, "access flag is clear");
	if (at.why)
		return fail_at(report, &at, va);
	shift = geo_shift(geo, at.level);
	*leaf = (struct trans_leaf){
		.pa = desc_decode_pa(geo, at.d, shift) | (va & low_mask(shift)),
		.desc = at.d.v,
		.level = at.level,
	};
	if (tt_describe(table,
			tt_edit_apply(at.inherited, desc_attributes(geo, at.d)),
			leaf))
		return 0;
	at = stop(at, TRANS_ECORRUPT, "reserved permission indirection");
	return fail_at(report, &at, va);
}

static const char *leaf_problem(const struct trans_leaf *leaf, trans_pa_t pa,
				unsigned int access)
{
	if (leaf->pa != pa)
		return "mapped to another address";
	if (access & TRANS_WRITE && !leaf->writable)
		return "mapped read-only";
	if (access & TRANS_EXEC && !leaf->executable)
		return "mapped execute-never";
	return NULL;
}

int trans_table_verify(const struct trans_table *table, trans_va_t va,
		       trans_pa_t pa, uint64_t len, unsigned int access,
		       struct trans_report *report)
{
	uint64_t done = 0;

	while (done < len) {
		struct trans_leaf leaf;
		int ret = trans_table_query(table, va + done, &leaf, report);
		struct found at;

		if (ret)
			return ret;
		at = (struct found){ .level = leaf.level, .d = { leaf.desc } };
		at.why = leaf_problem(&leaf, pa + done, access);
		at.status = TRANS_ENOENT;
		if (at.why)
			return fail_at(report, &at, va + done);
		done += low_mask(geo_shift(&table->geo, leaf.level)) + 1 -
			((va + done) & low_mask(geo_shift(&table->geo,
							  leaf.level)));
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
	struct found at = { .level = level };

	visit->next = 0;
	visit->end = level == 3 ? 0 : geo_entries(&table->geo, level);
	visit->page = tt_table_at(table, pa, level);
	if (visit->page)
		return 0;
	at = stop(at, TRANS_EFAULT, "phys_to_virt refused a table page");
	return fail_at(report, &at, 0);
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
