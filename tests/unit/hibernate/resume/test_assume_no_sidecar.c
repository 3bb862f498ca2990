/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told that no resume is given a sidecar: it says so to
 * whoever gives one, and wakes what needs none as always. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_NO_SIDECAR 1
#include "hibernate/resume/resume.c"

#include "tests/unit/support/resume_world.h"

static void a_sidecar_is_refused(void **state)
{
	struct resume_world *w = *state;

	w->args.sidecar = "trans_table saved kernel 1\n";
	w->args.sidecar_len = strlen(w->args.sidecar);
	assert_int_equal(world_load(w), TRANS_EINVAL);
	assert_non_null(strstr(w->err.why, "TRANS_ASSUME_NO_SIDECAR"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_sidecar_is_refused),
		WORLD_TEST(world_is_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
