/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Table pages: how they come, are written, and go.
 */
#ifndef TRANS_PAGES_H
#define TRANS_PAGES_H

#include <trans_table/table.h>

#include "trans/table/desc.h"

uint64_t *trans_table_at_(const struct trans_table *table, trans_pa_t pa,
			  int level);
/* The same of a table that nobody vouches for: asks visit first.
 * TRANS_ESTOPPED, and *@why says it; TRANS_EFAULT, and *@why is left alone. */
int trans_look_at_(const struct trans_table *table, trans_pa_t pa, int level,
		   const uint64_t **page, const char **why);
void trans_store_(const struct trans_table *table, uint64_t *slot, desc_t d);
/* Are pages or stores of interest to the host? Its pages are then zeroed before
 * it is told; others are written once, by whoever fills them. */
static inline bool is_watched(const struct trans_table *table)
{
	return table->ops->acquire || table->ops->write_entry;
}

/* Acquire a granule that was just allocated as a page of @table. It is zeroed
 * if it is watched. */
int trans_page_open_(struct trans_table *table, trans_pa_t pa, uint64_t **page,
		     const char **why);
/* Allocate and open; on failure everything is given back, and *@why. */
int trans_page_take_(struct trans_table *table, uint64_t **page, trans_pa_t *pa,
		     const char **why);
void trans_page_give_(struct trans_table *table, trans_pa_t pa);
/* Free @page and all below it, except what @keep (a table of the same place, or
 * NULL) links to at the same slot. */
void trans_release_(struct trans_table *table, int level, const uint64_t *page,
		    trans_pa_t pa, const uint64_t *keep,
		    struct trans_stats *stats);
/* The same for what slots [first, end) of @page link to, not @page itself. */
void trans_release_slots_(struct trans_table *table, int level,
			  const uint64_t *page, unsigned int first,
			  unsigned int end, const uint64_t *keep,
			  struct trans_stats *stats);

#endif
