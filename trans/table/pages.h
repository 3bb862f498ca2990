/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Table pages: how they come, are written, and go.
 */
#ifndef TRANS_PAGES_H
#define TRANS_PAGES_H

#include <trans_table/table.h>

#include "trans/table/desc.h"

/* The table at @pa, which has this many entries. */
uint64_t *trans_table_at_(const struct trans_table *table, trans_pa_t pa,
			  unsigned int entries);
void trans_store_(const struct trans_table *table, uint64_t *slot, desc_t d);
/* Are pages or stores of interest to the host? Its pages are then zeroed before
 * it is told; others are written once, by whoever fills them. */
static inline bool is_watched(const struct trans_table *table)
{
	return table->ops->acquire || table->ops->write_entry;
}

/* Acquire a granule that was just allocated as a page of @table. It is zeroed
 * if it is watched. */
int trans_page_open_(struct trans_table *table, trans_pa_t pa,
		     uint64_t **page);
/* Allocate and open; on failure everything is given back. */
int trans_page_take_(struct trans_table *table, uint64_t **page,
		     trans_pa_t *pa);
/* What went wrong, by the status of either. */
const char *trans_page_why_(int status);
/* @report: or NULL. */
void trans_page_give_(struct trans_table *table, trans_pa_t pa,
		      struct trans_report *report);

#endif
