/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Whether U-Boot's scan for something to boot goes on behind a trans resume
 * that has come back: not over an image, unless somebody else will look for it,
 * and never behind a Ctrl-C.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ports/u-boot/series/trans_hibernate.h"

static const char *const kept[] = { "refused", "again", "ready", "", NULL };

#define EACH_KEPT(i) \
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)

static void test_nothing_is_there(void **state)
{
	(void)state;
	assert_int_equal(trans_hibernate_end("none", NULL, false), -ENOENT);
	assert_int_equal(trans_hibernate_end("none", "linux", false), -ENOENT);
}

static void test_an_image_ends_it(void **state)
{
	(void)state;
	EACH_KEPT(i) {
		assert_int_equal(trans_hibernate_end(kept[i], NULL, false),
				 -ECANCELED);
		assert_int_equal(trans_hibernate_end(kept[i], "stop", false),
				 -ECANCELED);
	}
}

static void test_linux_will_look(void **state)
{
	(void)state;
	EACH_KEPT(i)
		assert_int_equal(trans_hibernate_end(kept[i], "linux", false),
				 -EEXIST);
}

/* A read that was interrupted is no image that was refused. */
static void test_ctrl_c_is_for_the_prompt(void **state)
{
	(void)state;
	EACH_KEPT(i) {
		assert_int_equal(trans_hibernate_end(kept[i], NULL, true),
				 -ECANCELED);
		assert_int_equal(trans_hibernate_end(kept[i], "linux", true),
				 -ECANCELED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_there),
		cmocka_unit_test(test_an_image_ends_it),
		cmocka_unit_test(test_linux_will_look),
		cmocka_unit_test(test_ctrl_c_is_for_the_prompt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
