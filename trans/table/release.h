/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Giving back tables that nothing points to any more.
 */
#ifndef TRANS_RELEASE_H
#define TRANS_RELEASE_H

#include <trans_table/table.h>

#include "trans/table/desc.h"

/* Give back what the entries [@first, @end) of @page, a table of level @at,
 * link to, and all below; except what @keep, a table of the same place or NULL,
 * has there too. */
void trans_release_(struct trans_table *table, const struct rung *at,
		    const uint64_t *page, const uint64_t *keep,
		    unsigned int first, unsigned int end,
		    struct trans_report *report);

#endif
