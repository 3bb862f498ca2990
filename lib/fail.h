/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How a function of the library says no: one expression that fills the error
 * record, if the caller gave one, and is the status to return.
 *
 *	return trans_fail(err, TRANS_EINVAL, "unknown flag");
 *
 * Whoever knows more (va, desc, level) sets it afterwards, if err is not NULL.
 */
#ifndef TRANS_LIB_FAIL_H
#define TRANS_LIB_FAIL_H

#include <trans_table/errors.h>

#include "lib/assume.h"

/* Kept out of its caller, so that what it needs of the stack is not held while
 * the caller goes deeper elsewhere. Underscores, because Linux and U-Boot have
 * a macro that is called noinline. */
#define TRANS_APART __attribute__((__noinline__))

/* A reason, in words if this build has any: never NULL. */
static inline const char *trans_why(const char *why)
{
	return TRANS_ASSUME_NO_WORDS ? "(no words in this build)" : why;
}

/* @why is static text. @pa and @len: the physical range concerned. */
static inline int trans_fail_pa(struct trans_error *err, int status,
				const char *why, trans_pa_t pa, uint64_t len)
{
	if (err) {
		memset(err, 0, sizeof(*err));
		err->status = status;
		err->level = TRANS_NO_LEVEL;
		err->why = trans_why(why);
		err->pa = pa;
		err->len = len;
	}
	return status;
}

static inline int trans_fail(struct trans_error *err, int status,
			     const char *why)
{
	return trans_fail_pa(err, status, why, 0, 0);
}

#endif
