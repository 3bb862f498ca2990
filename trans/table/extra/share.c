/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * share: a copy that links the source's own tables where it can.
 */
#include <trans_table/table_extra.h>

#include "lib/fail.h"
#include "trans/table/call.h"
#include "trans/table/groups.h"
#include "trans/table/source_begin.h"

#define SHARE_FLAGS (TRANS_KEEP | TRANS_REPLACE | TRANS_ESTIMATE)

/* Only over nothing: where the source has holes, what is old stays. */
static bool may_link(const struct build *b)
{
	return b->level < 3 && b->old_kind == DESC_EMPTY && b->whole;
}

static uint64_t link_to(const struct build *b, const struct cursor *c)
{
	return desc_table(&b->dst->geo, c->pa).v |
	       (c->d.v & TABLE_ATTRIBUTES) | TABLE_BORROWED;
}

/* What @entry of a borrowed table becomes when it goes into a table of ours. */
static uint64_t lend(const void *build, uint64_t entry)
{
	const struct build *b = build;
	const struct trans_geometry *geo = &b->dst->geo;
	uint64_t above = (uint64_t)b->f->borrowed * TABLE_BORROWED;
	uint64_t inherited = trans_inheritance_(b->dst, (desc_t){ above });
	uint64_t attributes;
	desc_t d = { entry };

	if (trans_desc_kind_(geo, b->level, d) == DESC_TABLE)
		return entry | TABLE_BORROWED | inherited;
	if (trans_desc_kind_(geo, b->level, d) != DESC_LEAF || !inherited)
		return entry;
	attributes = trans_inherit_(inherited, trans_desc_attributes_(geo, d));
	return trans_desc_leaf_(geo, b->level,
			 trans_desc_decode_pa_(geo, d, b->shift), attributes).v;
}

/* Answer with a link, if the source has a table there that can be linked. */
static TRANS_APART int ask_link(struct build *b, trans_va_t va)
{
	struct table_source *s = source_of(b);
	struct cursor *c = &s->at;
	int ret = trans_cursor_find_(c, va - s->delta, b->level);

	if (ret)
		return trans_entry_fail_(b, ret, c->why, c, va);
	if (c->kind == DESC_TABLE && c->level == b->level &&
	    !cursor_inherited(c))
		b->answer = (struct answer){
			.va = va, .last = b->to,
			.attributes = link_to(b, c),
			.kind = DESC_TABLE,
		};
	return 0;
}

static int ask_share(struct build *b, trans_va_t va)
{
	int ret = may_link(b) ? ask_link(b, va) : 0;
	bool known = va >= b->answer.va && va <= b->answer.last;

	/* A link that was answered before was for another place. */
	if (ret || (known && (b->answer.kind != DESC_TABLE ||
			      b->answer.va == va)))
		return ret;
	return trans_source_ask_(b, va);
}

int trans_table_share(struct trans_table *dst, trans_va_t dst_va,
		      const struct trans_table *src, trans_va_t src_va,
		      uint64_t len, unsigned int flags,
		      struct trans_report *report)
{
	struct sourced call;
	struct build *b = &call.b;
	const struct table_source *s = &call.source;
	int ret = trans_build_begin_(b, dst, dst_va, len, flags, SHARE_FLAGS,
				     report);

	if (!ret)
		ret = trans_source_begin_(&call, src, src_va);
	if (ret)
		return ret;
	if (!s->plain || src->hierarchical != dst->hierarchical ||
	    src->geo.pa_bits != dst->geo.pa_bits || src->dirty ||
	    src->accessed || dst->indirect)
		return build_refuse(
			b, TRANS_EINVAL,
			"tables that differ in format cannot be shared");
	dst->lend = lend;
	dst->groups = trans_groups_; /* the source may have groups */
	b->share = true;
	b->ask = ask_share;
	return trans_build_(b);
}
