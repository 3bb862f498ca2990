/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * One look-up as a run, for what goes through a range of addresses.
 */
#ifndef TRANS_RUNS_H
#define TRANS_RUNS_H

#include <trans_table/inspect.h>

#include "trans/table/query.h"

/* Is it a range of @table? The status of tt_range_status, told. */
int tt_runs_range(const struct trans_table *table, trans_va_t va, uint64_t len,
		  struct trans_report *report);

/* One look-up as a run of its own, cut to [@va, @last]; a hole has len 0. Returns
 * its last address. */
trans_va_t tt_runs_at(struct cursor *c, trans_va_t va, trans_va_t last,
		      struct trans_run *run);

bool tt_runs_same(const struct trans_leaf *a, const struct trans_leaf *b);

/* Its status, told, unless it is a hole. */
int tt_runs_unreadable(const struct trans_run *run,
		       struct trans_report *report);

#endif
