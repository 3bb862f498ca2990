/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the operations that change a table ask of their arguments alike.
 */
#include "lib/fail.h"
#include "trans/table/call.h"

int trans_build_begin_(struct build *b, struct trans_table *table,
		       trans_va_t va, uint64_t len, unsigned int flags,
		       unsigned int legal, struct trans_report *report)
{
	unsigned int collision = flags & COLLISION_FLAGS;
	const char *why = NULL;
	int ret = TRANS_EINVAL;

	if (collision & (collision - 1))
		why = trans_why(
			"KEEP, REPLACE and UPGRADE exclude each other");
	if (flags & ~legal)
		why = trans_why("unknown flag for this operation");
	if (flags & ~TRANS_ASSUME_FLAGS)
		why = trans_why(LACKS_FLAG);
	*b = (struct build){
		.dst = table, .report = report, .flags = flags,
		.va = va,
		.level = TRANS_NO_LEVEL,
	};
	if (report)
		report->stats = (struct trans_stats){ 0 };
	if (!why)
		ret = trans_range_status_(&table->geo, va, len, &why);
	if (!ret && (table->view || (table->live && !build_counts(b)))) {
		ret = TRANS_ELIVE;
		why = trans_why("table is live or a view");
	}
	if (ret)
		return build_refuse(b, ret, why);
	b->first = va;
	b->last = va + (len - 1);
	b->answer.va = b->first; /* a hole */
	b->answer.last = b->last;
	return 0;
}
