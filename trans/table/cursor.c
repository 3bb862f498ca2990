/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The cursor: the walk that hardware does (Arm ARM D8.2), step by step.
 */
#include "trans/table/cursor.h"

#include "trans/table/attr.h"
#include "trans/table/pages.h"

void tt_cursor_init(struct cursor *c, const struct trans_table *table)
{
	*c = (struct cursor){
		.table = table,
		.pa = table->root,
		.top = table->geo.start_level,
		.level = (int8_t)(table->geo.start_level - 1),
		.kind = DESC_TABLE,
	};
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
	c->kind = (uint8_t)tt_desc_kind(geo, c->level, c->d);
	if (c->kind == DESC_RESERVED)
		return refuse(c, TRANS_ECORRUPT, "reserved descriptor type");
	if (c->kind == DESC_EMPTY)
		return 0;
	c->pa = tt_desc_decode_pa(geo, c->d, c->kind == DESC_TABLE ?
						  geo->granule_shift :
						  cursor_shift(c));
	if (geo_has_pa(geo, c->pa))
		return 0;
	return refuse(c, TRANS_ECORRUPT,
		      "address beyond the output address size");
}

int tt_cursor_down(struct cursor *c)
{
	unsigned int below = (unsigned int)(c->level + 2);
	const char *why = c->level < c->top ?
				  "phys_to_virt refused the root table" :
				  "phys_to_virt refused a table page";
	int ret = tt_look_at(c->table, c->pa, c->level + 1, &c->page[below],
			     &why);

	if (ret)
		return refuse(c, ret, why);
	c->inherited[below] = 0;
	if (c->level >= c->top)
		c->inherited[below] = (uint8_t)(
			c->inherited[below - 1] |
			tt_inheritance(c->table, c->d) >> 59);
	c->level++;
	return 0;
}

enum desc_kind tt_cursor_read(struct cursor *c)
{
	c->d = desc_read(tt_cursor_entry(c));
	judge(c);
	return (enum desc_kind)c->kind;
}

bool tt_cursor_next(struct cursor *c)
{
	while (!tt_cursor_left(c))
		if (c->level-- == c->top)
			return false;
	c->va = cursor_last(c) + 1;
	return true;
}

const uint64_t *tt_cursor_entry(const struct cursor *c)
{
	return &c->page[c->level + 1][tt_geo_index(&c->table->geo, c->level,
						c->va)];
}

unsigned int tt_cursor_left(const struct cursor *c)
{
	const struct trans_geometry *geo = &c->table->geo;

	return geo_entries(geo, c->level) - 1 - tt_geo_index(geo, c->level, c->va);
}

void tt_cursor_go(struct cursor *c, unsigned int count, desc_t d)
{
	unsigned int shift = cursor_shift(c);

	c->va = ((c->va >> shift) + count) << shift;
	c->d = d;
	judge(c);
}

/* Up to the lowest table of the way that has @va, and is not below @deepest;
 * returns whether it is the same entry as before. */
static bool climb(struct cursor *c, trans_va_t va, int deepest)
{
	trans_va_t other = (c->va ^ va) & low_mask(c->table->geo.va_bits);
	bool same = c->level >= c->top && !(other >> cursor_shift(c));

	c->va = va;
	while (c->level > c->top &&
	       (c->level > deepest ||
		other >> geo_shift(&c->table->geo, c->level - 1))) {
		c->level--;
		same = false;
	}
	return same;
}

int tt_cursor_find(struct cursor *c, trans_va_t va, int deepest)
{
	bool known = climb(c, va, deepest);
	int ret = known ? c->status : 0;

	if (c->level < c->top)
		ret = tt_cursor_down(c);
	for (;;) {
		if (!ret && !known) {
			c->d = desc_read(tt_cursor_entry(c));
			ret = judge(c);
		}
		if (ret || c->kind != DESC_TABLE || c->level >= deepest)
			return ret;
		ret = tt_cursor_down(c);
		known = false;
	}
}

bool tt_in_half(const struct trans_geometry *geo, trans_va_t va)
{
	return va >= trans_geometry_first(geo) &&
	       va <= trans_geometry_last(geo);
}

int tt_range_status(const struct trans_geometry *geo, trans_va_t va,
		    uint64_t len, const char **why)
{
	*why = "length is zero";
	if (!len)
		return TRANS_EINVAL;
	*why = "address or length is no multiple of the granule";
	if ((va | len) & low_mask(geo->granule_shift))
		return TRANS_EALIGN;
	*why = "range leaves the table's half";
	if (!tt_in_half(geo, va) || len - 1 > trans_geometry_last(geo) - va)
		return TRANS_ERANGE;
	return 0;
}
