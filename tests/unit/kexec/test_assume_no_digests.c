/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told that nothing is verified says so to who wants it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_NO_DIGESTS 1
#include "kexec/verify.c"

static int verify(bool wanted, struct trans_error *err)
{
	static struct trans_kexec kexec;
	const struct trans_kexec_args args = { .verify = wanted };
	struct load load = { .err = err, .kexec = &kexec, .args = &args };

	return trans_kexec_verify_(&load);
}

static void verify_is_refused(void **state)
{
	struct trans_error err = { 0 };

	(void)state;
	assert_int_equal(verify(true, &err), TRANS_EINVAL);
	assert_non_null(strstr(err.why, "TRANS_ASSUME_NO_DIGESTS"));
}

static void without_it_goes_on(void **state)
{
	(void)state;
	assert_int_equal(verify(false, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verify_is_refused),
		cmocka_unit_test(without_it_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
