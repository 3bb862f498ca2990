/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that lacks flags: each operation says so that is given one, or that
 * needs one by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <trans_table/table_extra.h>

#include "tests/unit/support/views.h"

#define TRANS_ASSUME_FLAGS (TRANS_FOLD | TRANS_MKWRITE)
#include "trans/table/call.c"
#include "trans/table/extra/fold.c"
#include "trans/table/protect.c"

static void test_flags_that_are_there(void **state)
{
	(void)state;
	assert_int_equal(views_map(0, 0, 4096, &views_rw, TRANS_FOLD), 0);
	views_attach(&vw.t, 0, 0);
	views_create(&vw.copy, &vw.geo);
	assert_int_equal(trans_table_copy(&vw.copy, 0, &vw.view, 0, 4096,
					  TRANS_FOLD | TRANS_MKWRITE, &vw.r),
			 0);
}

static void test_flags_that_are_not(void **state)
{
	(void)state;
	views_refused(views_map(0, 0, 4096, &views_rw, TRANS_KEEP),
		      TRANS_EINVAL, "TRANS_ASSUME_FLAGS");
	views_refused(views_map(0, 0, 4096, &views_rw, 1u << 31),
		      TRANS_EINVAL, "TRANS_ASSUME_FLAGS");
	views_refused(trans_table_protect(&vw.t, 0, 4096, 0, 0, &vw.r),
		      TRANS_EINVAL, "TRANS_ASSUME_FLAGS");
	views_refused(trans_table_fold(&vw.t, 0, 4096, 0, &vw.r),
		      TRANS_EINVAL, "TRANS_ASSUME_FLAGS");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, views_setup, views_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_flags_that_are_there),
		TEST(test_flags_that_are_not),
	};

	return cmocka_run_group_tests_name("flags", tests, NULL, NULL);
}
