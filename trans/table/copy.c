/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * copy: the source is another table, read through the flags of the call.
 */
#include "lib/fail.h"
#include "trans/table/call.h"
#include "trans/table/source_begin.h"

#define COPY_FLAGS                                                         \
	(MAP_FLAGS | TRANS_MKWRITE | TRANS_MKVALID | TRANS_CHECKPFN |      \
	 TRANS_TRUSTPFN | TRANS_NOEXEC | TRANS_KEEPCONT)

/* What the flags that only a copy has ask of each other. */
static const char *flags_problem(unsigned int flags)
{
	unsigned int pfn = flags & (TRANS_CHECKPFN | TRANS_TRUSTPFN);

	if (flags & TRANS_KEEPCONT && flags & (TRANS_FOLD | TRANS_UPGRADE))
		return "KEEPCONT excludes FOLD and UPGRADE";
	if (flags & TRANS_MKVALID && !pfn)
		return "MKVALID wants CHECKPFN or TRUSTPFN";
	if (pfn == (TRANS_CHECKPFN | TRANS_TRUSTPFN))
		return "CHECKPFN and TRUSTPFN exclude each other";
	return NULL;
}

/* What comes before the first entry, and is not held while the rest goes
 * deep. */
static TRANS_APART int begin(struct sourced *copy, struct trans_table *dst,
			     trans_va_t dst_va, const struct trans_table *src,
			     trans_va_t src_va, uint64_t len,
			     unsigned int flags, struct trans_report *report)
{
	struct build *b = &copy->b;
	int ret = trans_build_begin_(b, dst, dst_va, len, flags, COPY_FLAGS,
				     report);
	const char *why = flags_problem(b->flags);

	if (why) /* what flags say comes before the range */
		ret = build_refuse(b, TRANS_EINVAL, why);
	return ret ? ret :
		     trans_source_begin_(copy, src, src_va);
}

int trans_table_copy(struct trans_table *dst, trans_va_t dst_va,
		     const struct trans_table *src, trans_va_t src_va,
		     uint64_t len, unsigned int flags,
		     struct trans_report *report)
{
	struct sourced copy;
	int ret = begin(&copy, dst, dst_va, src, src_va, len, flags, report);

	return ret ? ret : trans_build_(&copy.b);
}
