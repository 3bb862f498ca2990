/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told that no next world has its MMU on: it says so to
 * whoever wants one, and leaves for the others as always. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_PHYSICAL 1
#include "trans/transition/args.c"

#include "tests/unit/support/transitions.h"

static const struct trans_world world;

static void a_world_is_refused(void **state)
{
	(void)state;
	transition_move(SRC, DST, 0x1000);
	tr.args.world = &world;
	transition_refused(TRANS_EINVAL);
	assert_non_null(strstr(tr.err.why, "TRANS_ASSUME_PHYSICAL"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRANSITION_TEST(a_world_is_refused),
		TRANSITION_TEST(the_rest_is_prepared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
