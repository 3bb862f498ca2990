/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "picture_of.h"

void picture_ranges(struct picture *picture, enum picture_kind kind,
		    const struct trans_ranges *set, const char *title)
{
	for (size_t i = 0; i < set->count; i++)
		picture_add(picture, kind, set->range[i].start,
			    set->range[i].len, title);
}

static int add_page(void *arg, enum trans_pages kind, trans_pa_t pa,
		    uint64_t len)
{
	struct picture *picture = arg;

	if (kind & TRANS_PAGES_TABLES)
		picture_add(picture, PICTURE_TABLES, pa, len,
			    "a transitional table");
	else if (kind == TRANS_PAGES_LIST)
		picture_add(picture, PICTURE_LIST, pa, len,
			    "the list of moves");
	else
		picture_add(picture, PICTURE_CODE, pa, len,
			    kind == TRANS_PAGES_CODE ? "the control code" :
						       "its data and stack");
	return 0;
}

void picture_transition(struct picture *picture,
			const struct trans_transition *transition)
{
	(void)trans_transition_pages(transition, TRANS_PAGES_ALL, add_page,
				     picture, NULL);
}
