/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * One look-up: the walk that hardware does (Arm ARM D8.2), on own tables and on
 * views of foreign ones, trusting nothing that it reads.
 */
#include "names.h"
#include "lookup.h"

#include "../../../lib/fail.h"
#include "build.h"

static void stop(struct found *at, int status, const char *why)
{
	at->status = status;
	at->why = why;
}

static bool in_half(const struct trans_geometry *geo, trans_va_t va)
{
	return va >= trans_geometry_first(geo) &&
	       va <= trans_geometry_last(geo);
}

/* What one entry, just read, means for the look-up. Returns where to go on. */
static trans_pa_t follow(const struct trans_table *table, struct found *at)
{
	const struct trans_geometry *geo = &table->geo;
	unsigned int shift = geo_shift(geo, at->level);
	trans_pa_t pa;

	at->kind = desc_kind(geo, at->level, at->d);
	if (at->kind == DESC_RESERVED)
		stop(at, TRANS_ECORRUPT, "reserved descriptor type");
	if (at->kind == DESC_EMPTY)
		stop(at, TRANS_ENOENT, "not mapped");
	if (at->kind == DESC_TABLE)
		shift = geo->granule_shift;
	pa = desc_decode_pa(geo, at->d, shift);
	if (!at->status && !geo_has_pa(geo, pa))
		stop(at, TRANS_ECORRUPT,
		     "address beyond the output address size");
	if (!at->status && at->kind == DESC_LEAF && !table->accessed &&
	    !(at->d.v & LEAF_AF))
		stop(at, TRANS_ENOENT, "access flag is clear");
	if (at->kind == DESC_TABLE)
		at->inherited |= trans_inheritance_(table, at->d);
	return pa;
}

struct found trans_look_up_(const struct trans_table *table, trans_va_t va,
			    struct trans_step *steps, unsigned int *count)
{
	const struct trans_geometry *geo = &table->geo;
	struct found at = { .va = va, .level = geo->start_level };
	trans_pa_t pa = table->root;

	if (!in_half(geo, va)) {
		at.level = TRANS_NO_LEVEL;
		stop(&at, TRANS_ERANGE, "address outside the table's half");
		return at;
	}
	for (;; at.level++) {
		const char *why = "phys_to_virt refused a table page";
		unsigned int index = geo_index(geo, at.level, va);
		const uint64_t *page;
		int ret = trans_look_at_(table, pa, at.level, &page, &why);

		at.d.v = 0;
		if (ret) {
			stop(&at, ret, why);
			return at;
		}
		at.d = desc_read(&page[index]);
		if (steps)
			steps[(*count)++] = (struct trans_step){
				at.level, pa + sizeof(*page) * index, at.d.v
			};
		pa = follow(table, &at);
		if (at.status || at.kind == DESC_LEAF)
			return at;
	}
}

trans_va_t tt_found_last(const struct trans_table *table,
			 const struct found *found)
{
	return found->va | low_mask(geo_shift(&table->geo, found->level));
}

int tt_found_leaf(const struct trans_table *table, struct found *found,
		  struct trans_leaf *leaf)
{
	const struct trans_geometry *geo = &table->geo;
	unsigned int shift = geo_shift(geo, found->level);

	*leaf = (struct trans_leaf){
		.pa = desc_decode_pa(geo, found->d, shift) |
		      (found->va & low_mask(shift)),
		.desc = found->d.v,
		.level = found->level,
	};
	if (!trans_attributes_say_(
		    table,
		    trans_inherit_(found->inherited,
				   desc_attributes(geo, found->d)),
		    leaf))
		stop(found, TRANS_ECORRUPT, "reserved permission indirection");
	return found->status;
}

int tt_found_fail(struct trans_report *report, const struct found *found)
{
	if (report) {
		trans_fail(&report->error, found->status, found->why);
		report->error.va = found->va;
		report->error.level = found->level;
		report->error.desc = found->d.v;
	}
	return found->status;
}

int trans_range_status_(const struct trans_geometry *geo, trans_va_t va,
			uint64_t len, const char **why)
{
	*why = "length is zero";
	if (!len)
		return TRANS_EINVAL;
	*why = "address or length is no multiple of the granule";
	if ((va | len) & low_mask(geo->granule_shift))
		return TRANS_EALIGN;
	*why = "range leaves the table's half";
	if (!in_half(geo, va) || len - 1 > trans_geometry_last(geo) - va)
		return TRANS_ERANGE;
	return 0;
}
