/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Reading tables: what one address translates to, whether a range is mapped as
 * wanted, which pages a tree consists of. Works on own tables and on views of
 * foreign ones, so it trusts nothing.
 */
#include <trans_table/table.h>

#include "lib/fail.h"
#include "trans/table/query.h"

int trans_look_up_(struct cursor *c, trans_va_t va)
{
	int ret;

	if (!trans_in_half_(&c->table->geo, va)) {
		c->va = va;
		c->level = TRANS_NO_LEVEL;
		c->why = trans_why("address outside the table's half");
		return TRANS_ERANGE;
	}
	ret = trans_cursor_find_(c, va, 3);
	if (ret)
		return ret;
	c->why = trans_why("not mapped");
	if (c->kind == DESC_EMPTY)
		return TRANS_ENOENT;
	c->why = trans_why("access flag is clear");
	return c->table->accessed || c->d.v & LEAF_AF ? 0 : TRANS_ENOENT;
}

int trans_leaf_at_(struct cursor *c, struct trans_leaf *leaf)
{
	const struct trans_geometry *geo = &c->table->geo;

	*leaf = (struct trans_leaf){
		.pa = cursor_output(c),
		.desc = c->d.v,
		.level = c->level,
	};
	if (trans_attributes_say_(
		    c->table,
		    trans_inherit_(cursor_inherited(c),
				   trans_desc_attributes_(geo, c->d)),
		    leaf))
		return 0;
	c->why = trans_why("reserved permission indirection");
	return TRANS_ECORRUPT;
}

int trans_look_fail_(struct trans_report *report, int status,
		     const struct cursor *c)
{
	/* What could not be read is the table that the entry leads to. */
	bool below = (status == TRANS_EFAULT || status == TRANS_ESTOPPED) &&
		     c->level != TRANS_NO_LEVEL;

	if (report) {
		trans_fail(&report->error, status, c->why);
		report->error.va = c->va;
		report->error.level = below ? c->level + 1 : c->level;
		report->error.desc = below ? 0 : c->d.v;
	}
	return status;
}

int trans_table_query(const struct trans_table *table, trans_va_t va,
		      struct trans_leaf *leaf, struct trans_report *report)
{
	struct cursor c;
	int ret;

	trans_cursor_init_(&c, table);
	ret = trans_look_up_(&c, va);
	if (!ret)
		ret = trans_leaf_at_(&c, leaf);
	return ret ? trans_look_fail_(report, ret, &c) : 0;
}

/*
 * MAIR attributes (Arm ARM D19, MAIR_EL1): outer in the high half, inner in the
 * low one. 0 outer is Device, 4 Non-cacheable; 0 inner is tagged (0xf0) or XS
 * write-through (0xa0), else reserved.
 */
bool trans_memory_cacheable(uint8_t memory)
{
	unsigned int outer = memory >> 4, inner = memory & 0xf;

	if (!outer || outer == 4 || inner == 4)
		return false;
	return inner || memory == 0xf0 || memory == 0xa0;
}

bool trans_leaf_runs(const struct trans_leaf *leaf)
{
	return leaf->executable && trans_memory_cacheable(leaf->memory);
}

static const char *leaf_problem(const struct trans_leaf *leaf, trans_pa_t pa,
				unsigned int access)
{
	if (leaf->pa != pa)
		return trans_why("mapped to another address");
	if (!leaf->readable)
		return trans_why("mapped unreadable");
	if (access & TRANS_WRITE && !leaf->writable)
		return trans_why("mapped read-only");
	if (access & TRANS_EXEC && !leaf->executable)
		return trans_why("mapped execute-never");
	if (access & TRANS_EXEC && !trans_leaf_runs(leaf))
		return trans_why("mapped as Device or Non-cacheable memory");
	return NULL;
}

int trans_table_verify(const struct trans_table *table, trans_va_t va,
		       trans_pa_t pa, uint64_t len, unsigned int access,
		       struct trans_report *report)
{
	uint64_t done = 0;
	struct cursor c;

	trans_cursor_init_(&c, table);
	while (done < len) {
		struct trans_leaf leaf;
		const char *why = NULL;
		int ret = trans_look_up_(&c, va + done);

		if (!ret)
			ret = trans_leaf_at_(&c, &leaf);
		if (!ret)
			why = leaf_problem(&leaf, pa + done, access);
		if (why) {
			c.why = why;
			ret = TRANS_ENOENT;
		}
		if (ret)
			return trans_look_fail_(report, ret, &c);
		done = cursor_last(&c) - va + 1;
	}
	return 0;
}

int trans_table_pages(const struct trans_table *table, trans_page_fn page,
		      void *arg, struct trans_report *report)
{
	uint64_t granule = geo_granule(&table->geo);
	int ret = page(arg, table->root & -granule, granule);
	struct cursor c;

	if (ret)
		return ret;
	trans_cursor_init_(&c, table);
	c.va = geo_first(&table->geo);
	ret = trans_cursor_down_(&c);
	while (!ret) {
		if (trans_cursor_read_(&c) == DESC_TABLE) {
			ret = page(arg, c.pa, granule);
			if (ret)
				return ret;
			ret = trans_cursor_down_(&c);
			if (ret || c.level < 3)
				continue;
			trans_cursor_up_(&c); /* no table is below it */
		}
		if (!trans_cursor_next_(&c))
			return 0;
	}
	return trans_look_fail_(report, ret, &c);
}
