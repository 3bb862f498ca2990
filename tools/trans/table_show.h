/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Page tables in a dump. */
#ifndef TOOLS_TRANS_TABLE_SHOW_H
#define TOOLS_TRANS_TABLE_SHOW_H

#include <trans_table/inspect.h>

#include "dump.h"
#include "out.h"

/* Each returns what the command ends with. @va, @len: a part of the table's
 * half, in whole granules. */
int table_runs(struct out *out, const struct trans_table *table, trans_va_t va,
	       uint64_t len);
int table_stats(struct out *out, const struct trans_table *table,
		trans_va_t va, uint64_t len);
int table_diff(struct out *out, const struct trans_table *a,
	       const struct trans_table *b, trans_va_t va, uint64_t len);
int table_query(struct out *out, const struct trans_table *table,
		trans_va_t va);
int table_picture(const struct trans_table *table, trans_va_t va, uint64_t len,
		  const char *path);

#endif
