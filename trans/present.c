/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Present rules: when an invalid entry of Linux's linear map is a mapping.
 * What each kernel does is in the functions' comments in table.h; here are the
 * bits. A rule never guesses: what does not look exactly like a leaf that lost
 * VALID is ambiguous.
 */
#include <trans_table/table.h>

#include "desc.h"

/* Would @desc be a leaf of @level if VALID were set? */
static bool lost_only_valid(uint64_t desc, int level)
{
	uint64_t type = level == 3 ? DESC_TYPE : 0;

	return (desc & DESC_KIND) == type && desc & LEAF_AF;
}

enum trans_presence trans_present_linux(uint64_t desc, int level)
{
	if (!desc)
		return TRANS_ABSENT;
	return lost_only_valid(desc, level) ? TRANS_PRESENT : TRANS_AMBIGUOUS;
}

static bool marked_7_1(uint64_t desc, int level)
{
	return lost_only_valid(desc, level) && desc & LEAF_NG;
}

enum trans_presence trans_present_linux_7_1(uint64_t desc, int level)
{
	if (!desc)
		return TRANS_ABSENT;
	return marked_7_1(desc, level) ? TRANS_PRESENT_GLOBAL :
					 TRANS_AMBIGUOUS;
}

enum trans_presence trans_present_linux_7_1_ng(uint64_t desc, int level)
{
	if (!desc)
		return TRANS_ABSENT;
	return marked_7_1(desc, level) ? TRANS_PRESENT_NG : TRANS_AMBIGUOUS;
}
