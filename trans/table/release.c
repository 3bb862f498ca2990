/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Giving back tables that nothing points to any more, beside the way of what
 * stays: two trees of the same place, walked together.
 */
#include "trans/table/release.h"

#include "trans/table/cursor.h"
#include "trans/table/pages.h"

/* What is linked at the cursor's place in what stays, whose way is @keep. */
static desc_t kept(const struct cursor *c, const uint64_t *const *keep)
{
	const uint64_t *page = keep[c->level + 1];

	return (desc_t){ page ? page[rung_index(c->rung, c->va)] : 0 };
}

/* Down both ways; @d is what stays. False: what is there cannot be read, against
 * the contract of phys_to_virt; then rather lose pages than free one in use. */
static bool down(struct cursor *c, const uint64_t **keep, desc_t d)
{
	const struct trans_geometry *geo = &c->table->geo;
	const uint64_t **below = &keep[c->level + 2];
	struct rung rung = trans_rung_(geo, c->level + 1);

	*below = NULL;
	if (trans_desc_kind_(geo, c->level, d) == DESC_TABLE) {
		*below = trans_table_at_(
			c->table, trans_desc_decode_pa_(
					  geo, d, geo_granule_shift(geo)),
			rung.entries);
		if (!*below)
			return false;
	}
	return !trans_cursor_down_(c);
}

/* On to the next entry; the tables that end on the way are given back, children
 * before parents. False: it was the last. */
static bool give_ended(struct trans_table *table, struct cursor *c,
		       trans_va_t last, struct trans_stats *stats)
{
	while (c->level > c->top && !trans_cursor_left_(c)) {
		trans_cursor_up_(c);
		trans_cursor_read_(c);
		trans_page_give_(table, c->pa, stats);
	}
	if (c->level == c->top && cursor_last(c) == last)
		return false;
	c->va = cursor_last(c) + 1;
	return true;
}

/* Last-level tables have no children and are not looked into. */
void trans_release_(struct trans_table *table, int level, const uint64_t *page,
		    const uint64_t *keep, unsigned int first, unsigned int end,
		    struct trans_stats *stats)
{
	const uint64_t *kept_way[MAX_LEVELS];
	bool more = level < 3 && first < end;
	struct cursor c;
	trans_va_t last;

	trans_cursor_init_(&c, table);
	c.trusted = true;
	c.rung = trans_rung_(&table->geo, level);
	c.va = (trans_va_t)first << c.shift; /* no more of it matters here */
	last = ((trans_va_t)end << c.shift) - 1;
	c.top = (int8_t)level;
	c.page[level + 1] = page;
	kept_way[level + 1] = keep;
	while (more) {
		desc_t stays = kept(&c, kept_way);
		bool goes = trans_cursor_read_(&c) == DESC_TABLE &&
			    !(c.d.v & TABLE_BORROWED) && stays.v != c.d.v;

		if (goes && c.level < 2 && down(&c, kept_way, stays))
			continue; /* at its first entry now */
		if (goes)
			trans_page_give_(table, c.pa, stats);
		more = give_ended(table, &c, last, stats);
	}
}
