/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * fold: the source is what the table itself maps, as far as it goes on alike.
 */
#include <trans_table/table_extra.h>

#include "trans/table/call.h"
#include "trans/table/source_begin.h"

int trans_table_fold(struct trans_table *table, trans_va_t va, uint64_t len,
		     unsigned int flags, struct trans_report *report)
{
	struct sourced call;
	struct build *b = &call.b;
	int ret = trans_build_begin_(b, table, va, len, flags, TRANS_ESTIMATE,
				     report);

	if (!ret)
		ret = build_add(b, TRANS_FOLD | TRANS_REPLACE);
	if (ret)
		return ret;
	trans_source_self_(&call, (struct edit){ 0, 0 });
	return trans_build_(b);
}
