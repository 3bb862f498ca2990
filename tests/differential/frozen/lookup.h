/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * One look-up, as every reading operation needs it.
 */
#ifndef TRANS_LOOKUP_H
#define TRANS_LOOKUP_H

#include <trans_table/inspect.h>

#include "attr.h"

/* Where a look-up ended. */
struct found {
	trans_va_t va;
	int level;
	desc_t d;
	enum desc_kind kind;
	uint64_t inherited; /* see trans_inheritance_ */
	int status; /* 0: a leaf that can be used; else the query's status */
	const char *why;
};

/* Look @va up; with @steps also say how (TRANS_STEPS of them), @count of it. */
struct found trans_look_up_(const struct trans_table *table, trans_va_t va,
			    struct trans_step *steps, unsigned int *count);

/* The last address for which the answer is the same kind of thing: the span of
 * the entry where the look-up ended. */
trans_va_t tt_found_last(const struct trans_table *table,
			 const struct found *found);

/* Fill @leaf from a look-up whose status is 0; returns the status, which
 * becomes TRANS_ECORRUPT where the permissions are reserved. */
int tt_found_leaf(const struct trans_table *table, struct found *found,
		  struct trans_leaf *leaf);

/* Is a MAIR attribute byte Normal memory, write-back or write-through? What is
 * reserved is not. */
bool trans_memory_cacheable(uint8_t memory);

/* Fill the report, return the status. */
int tt_found_fail(struct trans_report *report, const struct found *found);

/* Status of a range for @geo: TRANS_EINVAL (empty), TRANS_EALIGN,
 * TRANS_ERANGE, or 0; *@why says it in words. */
int trans_range_status_(const struct trans_geometry *geo, trans_va_t va,
			uint64_t len, const char **why);

#endif
