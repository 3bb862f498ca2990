/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A table becomes the source of an operation: another one, held against what
 * the call asks for, or the destination itself.
 */
#include "trans/table/source_begin.h"

#include "trans/table/call.h"
#include "trans/table/groups.h"

static bool one_range(const struct trans_table *table)
{
	return geo_regime(&table->geo) == TRANS_EL2;
}

static int check_source(struct build *b, const struct trans_table *src,
			trans_va_t src_va)
{
	const struct trans_geometry *to = &b->dst->geo, *from = &src->geo;
	int level = to->start_level > from->start_level ? to->start_level :
							  from->start_level;
	const char *why = NULL;
	int ret = TRANS_EINVAL;

	b->va = src_va;
	if (src->root == b->dst->root)
		why = "source and destination are one table";
	else if (geo_granule_shift(to) != geo_granule_shift(from))
		why = "granules differ";
	else if (build_has(b, TRANS_CHECKPFN) && !b->dst->ops->pfn_valid &&
		 !b->dst->ops->valid_len)
		why = "CHECKPFN without pfn_valid";
	if (why)
		return build_refuse(b, ret, why);
	ret = trans_range_status_(from, src_va, b->last - b->first + 1, &why);
	if (!ret && (b->first - src_va) & low_mask(geo_shift(to, level))) {
		why = "source and destination lie too unevenly";
		ret = TRANS_EALIGN;
	}
	return ret ? build_refuse(b, ret, why) : 0;
}

int trans_source_begin_(struct sourced *call, const struct trans_table *src,
			trans_va_t src_va)
{
	struct build *b = &call->b;
	struct table_source *s = &call->source;
	const struct trans_table *dst = b->dst;
	int ret = check_source(b, src, src_va);

	if (ret)
		return ret;
	*s = (struct table_source){
		.delta = b->first - src_va,
		.edit = trans_edit_of_flags_(&dst->geo, b->flags),
		.ram_len = build_has(b, TRANS_CHECKPFN) ? 0 : ~0ULL,
	};
	trans_cursor_init_(&s->at, src);
	s->plain = src->mair == dst->mair &&
		   geo_ds(&dst->geo) == geo_ds(&src->geo) &&
		   one_range(dst) == one_range(src) && !src->indirect;
	trans_source_first_(call);
	if (build_has(b, TRANS_KEEPCONT))
		b->dst->groups = trans_groups_;
	return 0;
}

void trans_source_self_(struct sourced *call, struct edit edit)
{
	struct table_source *s = &call->source;

	*s = (struct table_source){ .edit = edit, .plain = true };
	s->edit.clear |= LEAF_CONT;
	trans_cursor_init_(&s->at, call->b.dst);
	trans_source_first_(call);
}
