/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told that no world has its MMU on: it says so to whoever
 * wants to enter one so, and wakes what can be entered otherwise as always. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_PHYSICAL 1
#include "hibernate/resume/entry.c"

#define heard heard_of_reader
#include "hibernate/resume/resume.c"

#include "tests/unit/support/resume_world.h"

static void a_virtual_entry_is_refused(void **state)
{
	struct resume_world *w = *state;

	w->args.entry = TRANS_RESUME_VIRTUAL;
	assert_int_equal(world_load(w), TRANS_EINVAL);
	assert_non_null(strstr(w->err.why, "TRANS_ASSUME_PHYSICAL"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_virtual_entry_is_refused),
		WORLD_TEST(world_is_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
