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

static struct resume_world w;

static int setup(void **state)
{
	(void)state;
	world_usual(&w, 0x40000000);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

static void a_virtual_entry_is_refused(void **state)
{
	(void)state;
	w.args.entry = TRANS_RESUME_VIRTUAL;
	assert_int_equal(world_load(&w), TRANS_EINVAL);
	assert_non_null(strstr(w.err.why, "TRANS_ASSUME_PHYSICAL"));
}

static void another_is_not(void **state)
{
	(void)state;
	assert_int_equal(world_load(&w), 0);
	trans_resume_unload(&w.resume);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_virtual_entry_is_refused),
		TEST(another_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
