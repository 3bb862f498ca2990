/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a cursor has found, as reading operations tell it.
 */
#ifndef TRANS_QUERY_H
#define TRANS_QUERY_H

#include <trans_table/table.h>

#include "trans/table/attr.h"
#include "trans/table/cursor.h"

/* Look @va up, which may be any address: the status of trans_table_query, with
 * c->why. */
int trans_look_up_(struct cursor *c, trans_va_t va);

/* Fill @leaf from what a look-up has found. 0, or TRANS_ECORRUPT where the
 * permissions are reserved. */
int trans_leaf_at_(struct cursor *c, struct trans_leaf *leaf);

/* Fill the report, return the status. */
int trans_look_fail_(struct trans_report *report, int status,
		     const struct cursor *c);

#endif
