/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * map, idmap and unmap: the source is one answer.
 */
#include "lib/fail.h"
#include "trans/table/call.h"
#include "trans/table/map.h"

int trans_map_begin_(struct build *b, struct trans_table *table, trans_va_t va,
		     uint64_t len, unsigned int flags, trans_pa_t pa,
		     struct trans_report *report)
{
	int ret = trans_build_begin_(b, table, va, len, flags, MAP_FLAGS,
				     report);

	if (ret)
		return ret;
	if (pa & low_mask(geo_granule_shift(&table->geo)))
		return build_refuse(
			b, TRANS_EALIGN,
			trans_why("output address not aligned"));
	if (pa + (len - 1) < pa || !geo_has_pa(&table->geo, pa + (len - 1)))
		return build_refuse(
			b, TRANS_ERANGE,
			trans_why("output address beyond the output address size"));
	b->answer.kind = DESC_LEAF;
	b->answer.order = 63;
	b->answer.offset = pa - va;
	return 0;
}

int trans_table_map(struct trans_table *table, trans_va_t va, trans_pa_t pa,
		    uint64_t len, const struct trans_attr *attr,
		    unsigned int flags, struct trans_report *report)
{
	struct build b;
	const char *why;
	int ret = trans_map_begin_(&b, table, va, len, flags, pa, report);

	if (ret)
		return ret;
	why = trans_attributes_of_(table, attr, &b.answer.attributes);
	if (why)
		return build_refuse(&b, TRANS_EINVAL, why);
	return trans_build_(&b);
}

int trans_table_idmap(struct trans_table *table, trans_pa_t pa, uint64_t len,
		      const struct trans_attr *attr, unsigned int flags,
		      struct trans_report *report)
{
	return trans_table_map(table, pa, pa, len, attr, flags, report);
}

int trans_table_unmap(struct trans_table *table, trans_va_t va, uint64_t len,
		      unsigned int flags, struct trans_report *report)
{
	struct build b;
	int ret = trans_build_begin_(&b, table, va, len, flags, TRANS_ESTIMATE,
				     report);

	b.erase = true;
	return ret ? ret : trans_build_(&b);
}
