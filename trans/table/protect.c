/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * protect: the source is what the table itself maps, changed.
 */
#include "trans/table/source.h"

int trans_table_protect(struct trans_table *table, trans_va_t va, uint64_t len,
			unsigned int access, unsigned int flags,
			struct trans_report *report)
{
	struct build b = { .report = report };
	struct table_source source;
	int ret = tt_begin(&b, table, va, len, flags, TRANS_ESTIMATE);

	if (ret)
		return ret;
	if (access & ~(TRANS_WRITE | TRANS_EXEC))
		return tt_refuse(&b, TRANS_EINVAL, "unknown access bit", va);
	b.flags |= TRANS_KEEPCONT;
	tt_source_self(&b, &source, tt_edit_of_access(&table->geo, access));
	return tt_build(&b);
}
