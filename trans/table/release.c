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

	if (page)
		page += trans_cursor_entry_(c) - c->page[c->level + 1];
	return (desc_t){ page ? *page : 0 };
}

/* Down both ways. False: what is there cannot be read, against the contract of
 * phys_to_virt; then rather lose pages than free one in use. */
static bool down(struct cursor *c, const uint64_t **keep)
{
	const struct trans_geometry *geo = &c->table->geo;
	desc_t d = kept(c, keep);
	const uint64_t *below = NULL;
	bool is_table = trans_desc_kind_(geo, c->level, d) == DESC_TABLE;

	if (is_table)
		below = trans_table_at_(
			c->table, trans_desc_decode_pa_(
					  geo, d, geo_granule_shift(geo)),
			c->level + 1);
	if ((is_table && !below) || trans_cursor_down_(c))
		return false;
	keep[c->level + 1] = below;
	return true;
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
		    const uint64_t *keep, trans_va_t first, trans_va_t last,
		    struct trans_stats *stats)
{
	const uint64_t *kept_way[MAX_LEVELS];
	bool more = level < 3 && first <= last;
	struct cursor c;

	trans_cursor_init_(&c, table);
	c.trusted = true;
	c.va = first;
	c.top = (int8_t)level;
	c.page[level + 1] = page;
	kept_way[level + 1] = keep;
	trans_cursor_level_(&c, level);
	while (more) {
		bool goes = trans_cursor_read_(&c) == DESC_TABLE &&
			    !(c.d.v & TABLE_BORROWED) &&
			    kept(&c, kept_way).v != c.d.v;

		if (goes && c.level < 2 && down(&c, kept_way))
			continue; /* at its first entry now */
		if (goes)
			trans_page_give_(table, c.pa, stats);
		more = give_ended(table, &c, last, stats);
	}
}
