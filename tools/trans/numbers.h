/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Numbers on the command line. */
#ifndef TOOLS_TRANS_NUMBERS_H
#define TOOLS_TRANS_NUMBERS_H

#include <trans_table/ranges.h>

/* All of @text, decimal or 0x..., with K, M, G or T behind it for powers of
 * 1024. */
bool number_of(const char *text, uint64_t *value);
/* START+LEN, or START-END with END not in it. */
bool range_of(const char *text, struct trans_range *range);

#endif
