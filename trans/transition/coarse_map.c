/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The coarse map: where the pages to be moved are so scattered that mapping
 * exactly them would take more tables than the caller wants to spend, whole
 * ranges of RAM are mapped instead, writable and never executable, in blocks.
 * What the blob needs is cut out again: its code and list are mapped over it
 * read-only (maps.c), all tables are unmapped here.
 */
#include "lib/fail.h"
#include "trans/transition/private.h"
#include "lib/numbers.h"

/* Whole granules of RAM that the identity map reaches. */
static struct trans_range reached(const struct trans_transition *t,
				  const struct trans_range *ram)
{
	uint64_t granule = granule_of(t), reach = 1ULL << t->args.va_bits;
	uint64_t start = trans_round_up(ram->start, granule);
	uint64_t end = ram->start + ram->len;

	if (end > reach || end < ram->start)
		end = reach;
	end = trans_round_down(end, granule);
	if (start < ram->start || start >= end)
		return (struct trans_range){ 0, 0 };
	return (struct trans_range){ start, end - start };
}

int trans_coarse_map_add_(struct trans_transition *t, struct trans_error *err)
{
	static const struct trans_attr rw = { TRANS_MEM_NORMAL, TRANS_WRITE };
	const struct trans_ranges *ram = t->args.ram;
	struct trans_report report = { 0 };
	int ret = 0;

	for (size_t i = 0; !ret && i < ram->count; i++) {
		struct trans_range range = reached(t, &ram->range[i]);

		if (range.len)
			ret = trans_table_idmap(&t->low, range.start,
						range.len, &rw, 0, &report);
	}
	return passed_on(ret, &report, err);
}

/* For trans_transition_pages: stops at the first page that is mapped. */
struct hiding {
	const struct trans_transition *t;
	struct trans_error *err;
	trans_pa_t found;
};

#define IS_MAPPED 1

static int is_mapped(void *arg, enum trans_pages kind, trans_pa_t pa,
		     uint64_t len)
{
	struct hiding *hiding = arg;
	struct trans_report report = { 0 };
	struct trans_leaf leaf;
	int ret = trans_maps_find_(&hiding->t->low, pa, &leaf, &report);

	(void)kind;
	(void)len;
	hiding->found = pa;
	return ret == IS_MAPPED ? ret : passed_on(ret, &report, hiding->err);
}

/* Cutting a page out of a block takes tables, which must be cut out in turn;
 * that ends, because a block is split once. */
int trans_coarse_map_hide_(struct trans_transition *t, struct trans_error *err)
{
	struct trans_report report = { 0 };
	struct hiding hiding = { t, err, 0 };
	int ret;

	for (;;) {
		ret = trans_transition_pages(t, TRANS_PAGES_TABLES, is_mapped,
					     &hiding, err);
		if (ret != IS_MAPPED)
			return ret;
		ret = trans_table_unmap(&t->low, hiding.found, granule_of(t), 0,
					&report);
		if (ret)
			return passed_on(ret, &report, err);
	}
}
