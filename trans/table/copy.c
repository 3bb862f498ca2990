/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * copy: the source is another table, read through the flags of the call.
 */
#include "trans/table/call.h"
#include "trans/table/source_begin.h"

#define COPY_FLAGS                                                         \
	(MAP_FLAGS | TRANS_MKWRITE | TRANS_MKVALID | TRANS_CHECKPFN |      \
	 TRANS_TRUSTPFN | TRANS_NOEXEC | TRANS_KEEPCONT)

int trans_table_copy(struct trans_table *dst, trans_va_t dst_va,
		     const struct trans_table *src, trans_va_t src_va,
		     uint64_t len, unsigned int flags,
		     struct trans_report *report)
{
	struct build b = { .report = report };
	struct table_source source;
	int ret = trans_build_begin_(&b, dst, dst_va, len, flags, COPY_FLAGS);

	if (!ret)
		ret = trans_source_begin_(&b, &source, src, src_va);
	return ret ? ret : trans_build_(&b);
}
