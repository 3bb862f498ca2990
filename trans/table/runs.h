/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * One look-up as a run, for what goes through a range of addresses.
 */
#ifndef TRANS_RUNS_H
#define TRANS_RUNS_H

#include <trans_table/inspect.h>

#include "trans/table/query.h"

/* Is it a range of @table? The status of trans_range_status_, told. */
int trans_runs_range_(const struct trans_table *table, trans_va_t va,
		      uint64_t len, struct trans_report *report);

/* One look-up as a run of its own, cut to [@va, @last]; a hole has len 0.
 * Returns its last address. */
trans_va_t trans_runs_at_(struct cursor *c, trans_va_t va, trans_va_t last,
			  struct trans_run *run);

bool trans_runs_same_(const struct trans_leaf *a, const struct trans_leaf *b);

/* Its status, told, unless it is a hole. */
int trans_runs_unreadable_(const struct trans_run *run,
			   struct trans_report *report);

#endif
