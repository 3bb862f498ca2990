/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The move list as the blob goes through it: by its mover, and by what looks at
 * memory afterwards.
 */
#include "trans/transition/blob/blob.h"

/* The list is read where it lies, through the identity map. */
void blob_each(struct blob_params *params, uint64_t from, uint64_t to,
	       blob_entry_fn fn)
{
	const struct blob_list *page;
	uint64_t pa, i, n = 0;

	for (pa = params->list; pa != BLOB_LIST_END; pa = page->next) {
		page = (const struct blob_list *)(uintptr_t)pa;
		for (i = 0; i < page->count; i++, n++)
			if (n >= from && n < to)
				fn(params, &page->move[i]);
	}
}
