/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build without words: status and place are what they are otherwise, and why
 * is one text, never NULL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_NO_WORDS 1
#include "lib/fail.h"

static void says_what_and_where_alone(void **state)
{
	struct trans_error err = { 0 };

	(void)state;
	assert_int_equal(trans_fail_pa(&err, TRANS_EFAULT, "a reason", 1, 2),
			 TRANS_EFAULT);
	assert_int_equal(err.status, TRANS_EFAULT);
	assert_int_equal(err.pa, 1);
	assert_int_equal(err.len, 2);
	assert_non_null(err.why);
	assert_string_equal(err.why, trans_why("another reason"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_and_where_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
