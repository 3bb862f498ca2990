/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The cursor: the walk that hardware does (Arm ARM D8.2), step by step.
 */
#include "trans/table/cursor.h"

#include "lib/fail.h"
#include "trans/table/attr.h"
#include "trans/table/pages.h"

void trans_cursor_init_(struct cursor *c, const struct trans_table *table)
{
	memset(c, 0, sizeof(*c));
	c->table = table;
	c->pa = table->root;
	c->top = table->geo.start_level;
	c->kind = DESC_TABLE;
	trans_rung_(&c->rung, &table->geo, c->top - 1);
}

void trans_cursor_up_(struct cursor *c)
{
	trans_rung_(&c->rung, &c->table->geo, c->level - 1);
}

static int refuse(struct cursor *c, int status, const char *why)
{
	c->status = (int8_t)status;
	c->why = trans_why(why);
	return status;
}

/* What the entry, just read, means. */
static enum desc_kind judge(struct cursor *c)
{
	const struct trans_geometry *geo = &c->table->geo;

	c->status = 0;
	c->kind = (uint8_t)trans_desc_kind_(geo, c->level, c->d);
	if (c->kind == DESC_RESERVED)
		refuse(c, TRANS_ECORRUPT, "reserved descriptor type");
	if (c->kind == DESC_LEAF || c->kind == DESC_TABLE) {
		c->pa = trans_desc_decode_pa_(
			geo, c->d, c->kind == DESC_TABLE ?
					   geo_granule_shift(geo) : c->shift);
		if (!geo_has_pa(geo, c->pa))
			refuse(c, TRANS_ECORRUPT,
			       "address beyond the PA size");
	}
	return (enum desc_kind)c->kind;
}

int trans_cursor_down_(struct cursor *c)
{
	const struct trans_table *table = c->table;
	const uint64_t *page;

	if (table->ops->visit && !c->trusted &&
	    table->ops->visit(table->ctx, c->pa))
		return refuse(c, TRANS_ESTOPPED,
			      "visit of a table page stopped it");
	trans_rung_(&c->rung, &table->geo, c->level + 1);
	page = trans_table_at_(table, c->pa, c->entries);
	c->page[c->level + 1] = page;
	c->inherited[c->level + 2] =
		(uint8_t)(c->inherited[c->level + 1] |
			  trans_inheritance_(table, c->d) >> 59);
	if (page)
		return 0;
	trans_cursor_up_(c);
	return refuse(c, TRANS_EFAULT,
		      c->level < c->top ?
			      "phys_to_virt refused the root" :
			      "phys_to_virt refused a table page");
}

enum desc_kind trans_cursor_read_(struct cursor *c)
{
	c->d = desc_read(cursor_entry(c));
	return judge(c);
}

bool trans_cursor_next_(struct cursor *c)
{
	while (!cursor_left(c)) {
		if (c->level == c->top)
			return false;
		trans_cursor_up_(c);
	}
	c->va = cursor_last(c) + 1;
	return true;
}

void trans_cursor_go_(struct cursor *c, unsigned int count, desc_t d)
{
	c->va = ((c->va >> c->shift) + count) << c->shift;
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
	return va - geo_first(geo) <= low_mask(geo->va_bits);
}

int trans_range_status_(const struct trans_geometry *geo, trans_va_t va,
			uint64_t len, const char **why)
{
	*why = trans_why("length is zero");
	if (!len)
		return TRANS_EINVAL;
	*why = trans_why("address or length not aligned");
	if ((va | len) & low_mask(geo_granule_shift(geo)))
		return TRANS_EALIGN;
	*why = trans_why("range leaves the table's half");
	va -= geo_first(geo);
	if (va > low_mask(geo->va_bits) ||
	    len - 1 > low_mask(geo->va_bits) - va)
		return TRANS_ERANGE;
	return 0;
}
