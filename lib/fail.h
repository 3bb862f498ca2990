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
#define TRANS_NO_WORDS "(no words in this build)"
static inline const char *trans_why(const char *why)
{
	return TRANS_ASSUME_NO_WORDS ? TRANS_NO_WORDS : why;
}

int trans_fail_(struct trans_error *err, int status, const char *why);
int trans_fail_pa_(struct trans_error *err, int status, const char *why,
		   trans_pa_t pa, uint64_t len);
int trans_fail_wordless_(struct trans_error *err, int status);
int trans_fail_pa_wordless_(struct trans_error *err, int status, trans_pa_t pa,
			    uint64_t len);

/* A status comes back as it went in. An analyzer that does not look into other
 * files must be told, or takes refusals for success. */
#ifdef __clang_analyzer__
#define TRANS_FAILED(call, status) ((void)(call), (status))
#else
#define TRANS_FAILED(call, status) (call)
#endif

/* @why is static text. @pa and @len: the physical range concerned. */
static inline int trans_fail_pa(struct trans_error *err, int status,
				const char *why, trans_pa_t pa, uint64_t len)
{
	return TRANS_FAILED(TRANS_ASSUME_NO_WORDS ?
			    trans_fail_pa_wordless_(err, status, pa, len) :
			    trans_fail_pa_(err, status, why, pa, len), status);
}

static inline int trans_fail(struct trans_error *err, int status,
			     const char *why)
{
	return TRANS_FAILED(TRANS_ASSUME_NO_WORDS ?
			    trans_fail_wordless_(err, status) :
			    trans_fail_(err, status, why), status);
}

#endif
