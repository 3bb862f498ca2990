/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Errors are filled in one place: there are hundreds of callers. */
#include "lib/fail.h"

int trans_fail_pa_(struct trans_error *err, int status, const char *why,
		   trans_pa_t pa, uint64_t len)
{
	if (err) {
		memset(err, 0, sizeof(*err));
		err->status = status;
		err->level = TRANS_NO_LEVEL;
		err->why = why;
		err->pa = pa;
		err->len = len;
	}
	return status;
}

int trans_fail_(struct trans_error *err, int status, const char *why)
{
	return trans_fail_pa_(err, status, why, 0, 0);
}

int trans_fail_pa_wordless_(struct trans_error *err, int status, trans_pa_t pa,
			    uint64_t len)
{
	return trans_fail_pa_(err, status, TRANS_NO_WORDS, pa, len);
}

int trans_fail_wordless_(struct trans_error *err, int status)
{
	return trans_fail_pa_wordless_(err, status, 0, 0);
}
