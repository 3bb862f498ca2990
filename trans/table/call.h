/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The arguments that all operations have which change a table.
 */
#ifndef TRANS_CALL_H
#define TRANS_CALL_H

#include "trans/table/build.h"

/* What every operation begins with: the arguments that all have. @legal: the
 * flags that it takes. The source is a hole until somebody says otherwise. */
int trans_build_begin_(struct build *b, struct trans_table *table,
		       trans_va_t va, uint64_t len, unsigned int flags,
		       unsigned int legal);
/* Refuse an argument, at @va. */
int trans_build_refuse_(struct build *b, int status, const char *why,
			trans_va_t va);

#endif
