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

/* Down both ways; @d is what stays. False: what is there cannot be read,
 * against the contract of phys_to_virt; then rather lose pages than free one in
 * use. */
static bool down(struct cursor *c, const uint64_t **keep, desc_t d)
{
	const struct trans_geometry *geo = &c->table->geo;
	bool is_table = trans_desc_kind_(geo, c->level, d) == DESC_TABLE;
	trans_pa_t pa = trans_desc_decode_pa_(geo, d, geo_granule_shift(geo));
	const uint64_t *below = NULL;

	if (trans_cursor_down_(c))
		return false;
	if (is_table)
		below = trans_table_at_(c->table, pa, c->entries);
	keep[c->level + 1] = below;
	if (!is_table || below)
		return true;
	trans_cursor_up_(c);
	return false;
}

/* Last-level tables have no children and are not looked into. Tables that end
 * are given back, children before parents. */
void trans_release_(struct trans_table *table, const struct rung *at,
		    const uint64_t *page, const uint64_t *keep,
		    unsigned int first, unsigned int end,
		    struct trans_report *report)
{
	const uint64_t *way[MAX_LEVELS];
	trans_va_t behind;
	struct cursor c;

	trans_cursor_init_(&c, table);
	c.trusted = true;
	c.rung = *at;
	c.va = (trans_va_t)first << c.shift; /* no more of it matters here */
	behind = c.level < 3 ? (trans_va_t)end << c.shift : 0;
	c.top = c.level;
	c.page[c.level + 1] = page;
	way[c.level + 1] = keep;
	while (c.va < behind) {
		desc_t stays = kept(&c, way);
		bool goes = trans_cursor_read_(&c) == DESC_TABLE &&
			    !(c.d.v & TABLE_BORROWED) && stays.v != c.d.v;

		if (goes && c.level < 2 && down(&c, way, stays))
			continue; /* at its first entry now */
		if (goes)
			trans_page_give_(table, c.pa, report);
		while (c.level > c.top && !cursor_left(&c)) {
			trans_cursor_up_(&c);
			trans_cursor_read_(&c);
			trans_page_give_(table, c.pa, report);
		}
		c.va = cursor_last(&c) + 1;
	}
}
