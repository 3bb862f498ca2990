/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How a table becomes the source of an operation.
 */
#ifndef TRANS_SOURCE_BEGIN_H
#define TRANS_SOURCE_BEGIN_H

#include "trans/table/source.h"

/* Check what is asked of a copy of @src from @src_va on to the range of @call,
 * and make it the source. */
int trans_source_begin_(struct sourced *call, const struct trans_table *src,
			trans_va_t src_va);
/* Make the range of @call itself, as it is, its source: for operations that
 * change what is mapped, with @edit and TRANS_REPLACE. */
void trans_source_self_(struct sourced *call, struct edit edit);

#endif
