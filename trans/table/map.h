/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What map has in common with the map whose attributes a callback tells.
 */
#ifndef TRANS_MAP_H
#define TRANS_MAP_H

#include "trans/table/build.h"

/* Check the arguments, and make linear memory at @pa the source of @b, whose
 * attributes are still to be told. */
int trans_map_begin_(struct build *b, struct trans_table *table, trans_va_t va,
		     uint64_t len, unsigned int flags, trans_pa_t pa,
		     struct trans_report *report);

#endif
