/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * protect: the source is what the table itself maps, changed.
 */
#include "trans/table/call.h"
#include "trans/table/source_begin.h"

int trans_table_protect(struct trans_table *table, trans_va_t va, uint64_t len,
			unsigned int access, unsigned int flags,
			struct trans_report *report)
{
	struct sourced call;
	struct build *b = &call.b;
	int ret = trans_build_begin_(b, table, va, len, flags, TRANS_ESTIMATE,
				     report);

	if (ret)
		return ret;
	if (access & ~(TRANS_WRITE | TRANS_EXEC))
		return build_refuse(b, TRANS_EINVAL, "unknown access bit");
	ret = build_add(b, TRANS_KEEPCONT | TRANS_REPLACE);
	if (ret)
		return ret;
	trans_source_self_(&call, trans_edit_of_access_(&table->geo, access));
	return trans_build_(b);
}
