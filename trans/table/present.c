/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Present rules: when an invalid entry of Linux's linear map is a mapping.
 * What each kernel does is in the functions' comments in table.h; here are the
 * bits. A rule never guesses: what does not look exactly like a leaf that lost
 * VALID is ambiguous.
 */
#include <trans_table/table.h>

#include "trans/table/desc.h"

/* Would @desc be a leaf of @level if VALID were set? */
static bool lost_only_valid(uint64_t desc, int level)
{
	uint64_t type = level == 3 ? DESC_TYPE : 0;

	return (desc & (DESC_KIND | LEAF_AF)) == (type | LEAF_AF);
}

enum trans_presence trans_present_linux(uint64_t desc, int level)
{
	if (lost_only_valid(desc, level))
		return TRANS_PRESENT;
	return desc ? TRANS_AMBIGUOUS : TRANS_ABSENT;
}

/* @presence: what an entry is that has bit 11. */
static enum trans_presence marked_7_1(uint64_t desc, int level,
				      enum trans_presence presence)
{
	if (lost_only_valid(desc, level) && desc & LEAF_NG)
		return presence;
	return desc ? TRANS_AMBIGUOUS : TRANS_ABSENT;
}

enum trans_presence trans_present_linux_7_1(uint64_t desc, int level)
{
	return marked_7_1(desc, level, TRANS_PRESENT_GLOBAL);
}

enum trans_presence trans_present_linux_7_1_ng(uint64_t desc, int level)
{
	return marked_7_1(desc, level, TRANS_PRESENT_NG);
}
