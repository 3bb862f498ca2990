/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the operations that change a table ask of their arguments alike.
 */
#include "lib/fail.h"
#include "trans/table/call.h"

static const char *flags_problem(unsigned int flags, unsigned int legal)
{
	unsigned int pfn = flags & (TRANS_CHECKPFN | TRANS_TRUSTPFN);
	unsigned int collision = flags & COLLISION_FLAGS;

	if (flags & ~legal)
		return "unknown flag for this operation";
	if (collision & (collision - 1))
		return "KEEP, REPLACE and UPGRADE exclude each other";
	if (flags & TRANS_KEEPCONT && flags & (TRANS_FOLD | TRANS_UPGRADE))
		return "KEEPCONT excludes FOLD and UPGRADE";
	if (flags & TRANS_MKVALID && !pfn)
		return "MKVALID wants CHECKPFN or TRUSTPFN";
	if (pfn == (TRANS_CHECKPFN | TRANS_TRUSTPFN))
		return "CHECKPFN and TRUSTPFN exclude each other";
	return NULL;
}

int trans_build_refuse_(struct build *b, int status, const char *why,
			trans_va_t va)
{
	if (b->report) {
		trans_fail(&b->report->error, status, why);
		b->report->error.va = va;
		b->report->stats = b->stats;
	}
	return status;
}

int trans_build_begin_(struct build *b, struct trans_table *table,
		       trans_va_t va, uint64_t len, unsigned int flags,
		       unsigned int legal)
{
	const char *why = flags_problem(flags, legal);
	int ret;

	b->dst = table;
	b->flags = flags;
	b->count = flags & TRANS_ESTIMATE;
	if (why)
		return trans_build_refuse_(b, TRANS_EINVAL, why, va);
	ret = trans_range_status_(&table->geo, va, len, &why);
	if (ret)
		return trans_build_refuse_(b, ret, why, va);
	if (table->view || (table->live && !b->count))
		return trans_build_refuse_(b, TRANS_ELIVE,
					   "table is live or a view", va);
	b->first = va;
	b->last = va + (len - 1);
	b->answer = (struct answer){ .va = b->first, .last = b->last };
	return 0;
}
