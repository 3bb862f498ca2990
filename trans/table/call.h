/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The arguments that all operations have which change a table.
 */
#ifndef TRANS_CALL_H
#define TRANS_CALL_H

#include "trans/table/build.h"

/* What every operation begins with: the arguments that all have, in a new @b.
 * @legal: the flags that it takes. The source is a hole until somebody says
 * otherwise. */
int trans_build_begin_(struct build *b, struct trans_table *table,
		       trans_va_t va, uint64_t len, unsigned int flags,
		       unsigned int legal, struct trans_report *report);

#define LACKS_FLAG "see TRANS_ASSUME_FLAGS"

/* Refuse an argument: before there is a slot, the report has only b->va. */
static inline int build_refuse(struct build *b, int status, const char *why)
{
	return trans_build_fail_(b, status, why, (desc_t){ 0 }, 0);
}

/* It is as if the caller had given @flags, too. */
static inline int build_add(struct build *b, unsigned int flags)
{
	if (flags & ~TRANS_ASSUME_FLAGS)
		return build_refuse(b, TRANS_EINVAL, LACKS_FLAG);
	b->flags |= flags;
	return 0;
}

#endif
