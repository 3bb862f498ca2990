/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told that maps are exact, and of nothing that is verified:
 * who wants a coarse map, or a digest, is told, and so is who moves to where no
 * identity map reaches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_EXACT 1
#define TRANS_ASSUME_NO_DIGESTS 1
#include "trans/transition/args.c"
#include "trans/transition/maps.c"

#include "tests/unit/support/transitions.h"

static void coarse_is_refused(void **state)
{
	static struct trans_ranges ram;

	(void)state;
	transition_move(SRC, DST, 0x1000);
	tr.args.coarse_above = 4;
	tr.args.ram = &ram;
	transition_refused(TRANS_EINVAL);
	assert_non_null(strstr(tr.err.why, "TRANS_ASSUME_EXACT"));
}

/* It would be mapped elsewhere by any other build. */
static void what_is_far_is_refused(void **state)
{
	(void)state;
	tr.args.va_bits = 39;
	transition_move(SRC, 1ULL << 40, 0x1000);
	transition_refused(TRANS_ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRANSITION_TEST(coarse_is_refused),
		TRANSITION_TEST(a_digest_is_refused),
		TRANSITION_TEST(what_is_far_is_refused),
		TRANSITION_TEST(the_rest_is_prepared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
