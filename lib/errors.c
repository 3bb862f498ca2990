/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Errors for people: the names of the status codes, and a record as a line.
 */
#include <trans_table/errors.h>

#include "lib/text.h"

#define NAME(status) [-(status)] = #status

/*
 * An array of strings in place would need run-time relocations where the
 * library is linked position-independently (a loader that has not relocated
 * itself yet must be able to print its errors), so each name has its own room.
 */
static const char names[][16] = {
	NAME(TRANS_OK),	      NAME(TRANS_EINVAL),   NAME(TRANS_ENOMEM),
	NAME(TRANS_ENOSPC),   NAME(TRANS_ERANGE),   NAME(TRANS_EALIGN),
	NAME(TRANS_EEXIST),   NAME(TRANS_ENOENT),   NAME(TRANS_EPFN),
	NAME(TRANS_EFAULT),   NAME(TRANS_ECORRUPT), NAME(TRANS_EOVERLAP),
	NAME(TRANS_EGEOM),    NAME(TRANS_EUNREPR),  NAME(TRANS_ELIVE),
	NAME(TRANS_EHOST),    NAME(TRANS_EIMAGE),   NAME(TRANS_ETRUNC),
	NAME(TRANS_ENOHOLE),  NAME(TRANS_EFDT),
	NAME(TRANS_ETIME),    NAME(TRANS_ENOIMAGE), NAME(TRANS_ESTALE),
	NAME(TRANS_ESTATE),   NAME(TRANS_ESTOPPED),  NAME(TRANS_ELOST),
};

const char *trans_strerror(int status)
{
	const int count = (int)(sizeof(names) / sizeof(names[0]));

	if (status > 0 || status <= -count)
		return "TRANS_E?";
	return names[-status];
}

/* The first one opens the parenthesis. */
static void add_field(struct trans_text *text, bool *any, const char *name,
		      uint64_t value)
{
	if (!value)
		return;
	trans_text_add_(text, *any ? " " : " (");
	trans_text_add_(text, name);
	trans_text_number_(text, value, 16, 1);
	*any = true;
}

/* -1..3; -1 has no digit of its own. */
static void add_level(struct trans_text *text, bool *any, int level)
{
	if (level == TRANS_NO_LEVEL)
		return;
	trans_text_add_(text, *any ? " level=" : " (level=");
	if (level < 0)
		trans_text_add_(text, "-");
	trans_text_number_(text, (uint64_t)(level < 0 ? -level : level), 10, 1);
	*any = true;
}

int trans_error_print(const struct trans_error *err, trans_put_fn put, void *arg)
{
	struct trans_text text = { .put = put, .arg = arg };
	bool any = false;

	trans_text_add_(&text, trans_strerror(err->status));
	trans_text_add_(&text, ": ");
	trans_text_add_(&text, err->why ? err->why : "nothing is known of it");
	add_field(&text, &any, "va=0x", err->va);
	add_field(&text, &any, "pa=0x", err->pa);
	add_field(&text, &any, "len=0x", err->len);
	add_level(&text, &any, err->level);
	add_field(&text, &any, "desc=0x", err->desc);
	if (any)
		trans_text_add_(&text, ")");
	return trans_text_end_(&text);
}
