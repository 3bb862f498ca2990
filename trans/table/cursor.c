/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The cursor: the walk that hardware does (Arm ARM D8.2), step by step.
 */
#include "trans/table/cursor.h"

#include "trans/table/attr.h"
#include "trans/table/pages.h"

void trans_cursor_init_(struct cursor *c, const struct trans_table *table)
{
	*c = (struct cursor){
		.table = table,
		.pa = table->root,
		.top = table->geo.start_level,
		.kind = DESC_TABLE,
		.rung = trans_rung_(&table->geo, table->geo.start_level - 1),
	};
}

void trans_cursor_up_(struct cursor *c)
{
	c->rung = trans_rung_(&c->table->geo, c->level - 1);
}

static int refuse(struct cursor *c, int status, const char *why)
{
	c->status = (int8_t)status;
	c->why = why;
	return status;
}

/* What the entry, just read, means. */
static int judge(struct cursor *c)
{
	const struct trans_geometry *geo = &c->table->geo;

	c->status = 0;
	c->kind = (uint8_t)trans_desc_kind_(geo, c->level, c->d);
	if (c->kind == DESC_RESERVED)
		return refuse(c, TRANS_ECORRUPT, "reserved descriptor type");
	if (c->kind == DESC_EMPTY)
		return 0;
	c->pa = trans_desc_decode_pa_(geo, c->d, c->kind == DESC_TABLE ?
						  geo_granule_shift(geo) :
						  cursor_shift(c));
	if (geo_has_pa(geo, c->pa))
		return 0;
	return refuse(c, TRANS_ECORRUPT,
		      "address beyond the output address size");
}

int trans_cursor_down_(struct cursor *c)
{
	const struct trans_table *table = c->table;
	struct rung below = trans_rung_(&table->geo, c->level + 1);
	const uint64_t *page;

	if (table->ops->visit && !c->trusted &&
	    table->ops->visit(table->ctx, c->pa))
		return refuse(c, TRANS_ESTOPPED,
			      "visit of a table page stopped it");
	page = trans_table_at_(table, c->pa, below.entries);
	if (!page)
		return refuse(c, TRANS_EFAULT,
			      c->level < c->top ?
				      "phys_to_virt refused the root table" :
				      "phys_to_virt refused a table page");
	c->inherited[below.level + 2] =
		(uint8_t)(c->inherited[below.level + 1] |
			  trans_inheritance_(table, c->d) >> 59);
	c->page[below.level + 1] = page;
	c->rung = below;
	return 0;
}

enum desc_kind trans_cursor_read_(struct cursor *c)
{
	c->d = desc_read(trans_cursor_entry_(c));
	judge(c);
	return (enum desc_kind)c->kind;
}

bool trans_cursor_next_(struct cursor *c)
{
	while (!trans_cursor_left_(c)) {
		if (c->level == c->top)
			return false;
		trans_cursor_up_(c);
	}
	c->va = cursor_last(c) + 1;
	return true;
}

const uint64_t *trans_cursor_entry_(const struct cursor *c)
{
	return &c->page[c->level + 1][rung_index(c->rung, c->va)];
}

unsigned int trans_cursor_left_(const struct cursor *c)
{
	return rung_index(c->rung, ~c->va);
}

void trans_cursor_go_(struct cursor *c, unsigned int count, desc_t d)
{
	unsigned int shift = cursor_shift(c);

	c->va = ((c->va >> shift) + count) << shift;
	c->d = d;
	judge(c);
}

int trans_cursor_find_(struct cursor *c, trans_va_t va, int deepest)
{
	const struct trans_geometry *geo = &c->table->geo;
	trans_va_t other = (c->va ^ va) & low_mask(geo->va_bits);
	bool known = !(other >> c->shift); /* the same entry as before */
	int ret = 0;

	if (deepest < c->top)
		deepest = c->top;
	c->va = va;
	/* Up to the lowest table of the way that has @va. */
	while (c->level > c->top &&
	       (c->level > deepest || other >> c->shift >> geo_stride(geo))) {
		trans_cursor_up_(c);
		known = false;
	}
	for (;; known = false) {
		if (!known)
			trans_cursor_read_(c);
		ret = c->status;
		if (!ret && c->kind == DESC_TABLE && c->level < deepest)
			ret = trans_cursor_down_(c);
		else
			return ret;
		if (ret)
			return ret;
	}
}

bool trans_in_half_(const struct trans_geometry *geo, trans_va_t va)
{
	return va - trans_geometry_first(geo) <= low_mask(geo->va_bits);
}

int trans_range_status_(const struct trans_geometry *geo, trans_va_t va,
			uint64_t len, const char **why)
{
	*why = "length is zero";
	if (!len)
		return TRANS_EINVAL;
	*why = "address or length is no multiple of the granule";
	if ((va | len) & low_mask(geo_granule_shift(geo)))
		return TRANS_EALIGN;
	*why = "range leaves the table's half";
	va -= trans_geometry_first(geo);
	if (va > low_mask(geo->va_bits) ||
	    len - 1 > low_mask(geo->va_bits) - va)
		return TRANS_ERANGE;
	return 0;
}
