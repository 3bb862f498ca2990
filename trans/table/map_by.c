/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * map with attributes that the caller tells range by range.
 */
#include "trans/table/map.h"

struct asked {
	struct build b; /* first: it is what is asked with */
	trans_attr_fn attr_of;
	void *arg;
	trans_va_t va; /* where the map begins ... */
	trans_pa_t pa; /* ... and what it begins with */
};

static int one_answer(struct build *b, trans_va_t va, struct answer *answer)
{
	const struct asked *asked = (const struct asked *)b;
	trans_pa_t pa = asked->pa + (va - asked->va);
	const char *why;
	struct trans_attr attr = { 0 };
	uint64_t same = 0;

	if (asked->attr_of(asked->arg, va, pa, &attr, &same))
		return trans_build_fail_(b, TRANS_EHOST,
					 "the attribute callback refused",
					 (desc_t){ 0 }, pa);
	*answer = (struct answer){ .va = va, .last = va + (same - 1),
				   .offset = pa - va, .kind = DESC_LEAF,
				   .order = 63 };
	/* A granule, whatever it says: the least that can be mapped. */
	if (same < geo_granule(&b->dst->geo))
		answer->last = va + low_mask(geo_granule_shift(&b->dst->geo));
	if (answer->last < va || answer->last > b->last)
		answer->last = b->last;
	why = trans_attributes_of_(b->dst, &attr, &answer->attributes);
	if (!why)
		return 0;
	return trans_build_fail_(b, TRANS_EINVAL, why, (desc_t){ 0 }, pa);
}

/* Neighbours with the same attributes are one answer, however they were
 * told. */
static int ask_caller(struct build *b, trans_va_t va)
{
	struct answer next = { 0 };
	int ret = one_answer(b, va, &b->answer);

	while (!ret && b->answer.last < b->last) {
		if (one_answer(b, b->answer.last + 1, &next) ||
		    next.attributes != b->answer.attributes)
			break;
		b->answer.last = next.last;
	}
	return ret;
}

int trans_table_map_by(struct trans_table *table, trans_va_t va, trans_pa_t pa,
		       uint64_t len, trans_attr_fn attr_of, void *arg,
		       unsigned int flags, struct trans_report *report)
{
	struct asked asked;
	struct build *b = &asked.b;
	int ret = trans_map_begin_(b, table, va, len, flags, pa, report);

	asked.attr_of = attr_of;
	asked.arg = arg;
	asked.va = va;
	asked.pa = pa;
	b->ask = ask_caller;
	b->answer.last = 0; /* nothing was asked yet */
	b->answer.va = ~0ULL;
	return ret ? ret : trans_build_(b);
}
