/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told that no linear map will ever be copied: it says so to
 * whoever wants one, and the other map is made as always. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_SPARSE 1
#include "trans/transition/args.c"

#include "tests/unit/support/transitions.h"

static void refuses_by_name(void)
{
	transition_move(SRC, DST, 0x1000);
	transition_refused(TRANS_EINVAL);
	assert_non_null(strstr(tr.err.why, "TRANS_ASSUME_SPARSE"));
}

static void linear_is_refused(void **state)
{
	(void)state;
	transition_linear(TRANS_WRITE);
	refuses_by_name();
}

static void scrub_is_refused(void **state)
{
	(void)state;
	transition_linear(TRANS_WRITE);
	tr.args.map = TRANS_MAP_SPARSE;
	tr.args.scrub = true;
	refuses_by_name();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRANSITION_TEST(linear_is_refused),
		TRANSITION_TEST(scrub_is_refused),
		TRANSITION_TEST(the_rest_is_prepared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
