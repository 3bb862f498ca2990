/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Contiguous groups: see groups.h.
 */
#include "trans/table/groups.h"

#include "lib/fail.h"

/* log2 of the entries of a contiguous group at @level; 0 where there is none
 * (D8.6.1: 16 entries at each level of 4K; 128 and 32 at levels 3 and 2 of 16K;
 * 32 at levels 3 and 2 of 64K). */
static TRANS_APART unsigned int group_of(const struct trans_geometry *geo,
					 int level)
{
	if (geo_granule_shift(geo) == 12)
		return level >= 1 ? 4 : 0;
	if (level < 2)
		return 0;
	return geo_granule_shift(geo) == 14 && level == 3 ? 7 : 5;
}

static void keep_groups(struct build *b, unsigned int slot, unsigned int count)
{
	unsigned int log = group_of(&b->dst->geo, b->level);
	unsigned int group = 1u << log, end = slot + count;
	uint64_t place = (uint64_t)slot << b->shift;
	trans_va_t va = b->va - ((uint64_t)count << b->shift);
	uint64_t *page = b->f->page;

	if (!log || (build_pa(b, va) ^ place) & low_mask(b->shift + log))
		return;
	for (slot = (slot + group - 1) & ~(group - 1); slot + group <= end;
	     slot += group) {
		for (unsigned int i = slot; page && i < slot + group; i++)
			trans_store_(b->dst, &page[i],
				     (desc_t){ page[i] | LEAF_CONT });
		if (b->report)
			b->report->stats.cont_dropped -= group;
	}
}

static void cut_group(struct build *b, unsigned int slot)
{
	unsigned int count = 1u << group_of(&b->dst->geo, b->level);
	uint64_t *page = b->f->page;

	slot &= ~(count - 1);
	for (; count-- && slot < b->entries; slot++) {
		desc_t d = { page[slot] };

		if (trans_desc_kind_(&b->dst->geo, b->level, d) != DESC_LEAF ||
		    !(d.v & LEAF_CONT))
			continue;
		d.v &= ~LEAF_CONT;
		trans_store_(b->dst, &page[slot], d);
		if (b->report)
			b->report->stats.cont_dropped++;
	}
}

void trans_groups_(void *build, unsigned int slot, unsigned int count)
{
	if (count)
		keep_groups(build, slot, count);
	else
		cut_group(build, slot);
}
