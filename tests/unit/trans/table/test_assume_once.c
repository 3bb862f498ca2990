/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build in which a table is filled once, by one operation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Before cmocka, which has a macro of a name that is used there. */
#define TRANS_ASSUME_ONCE 1
#include "trans/table/build.c"

#include <cmocka.h>

#include "tests/unit/support/views.h"

static void test_a_table_is_filled(void **state)
{
	(void)state;
	assert_int_equal(views_map(0, 0, 4 * MIB + 4096, &views_rw, 0), 0);
	assert_int_equal(views_query(&vw.t, 4 * MIB).level, 3);
	views_attach(&vw.t, 0, 0);
	views_create(&vw.copy, &vw.geo);
	assert_int_equal(trans_table_copy(&vw.copy, 0, &vw.view, 0, 8 * MIB,
					  TRANS_FOLD, &vw.r), 0);
	assert_int_equal(views_query(&vw.copy, 2 * MIB).level, 2);
	assert_int_equal(views_query(&vw.copy, 4 * MIB).pa, 4 * MIB);
}

/* Beside what is there, over it, and taking it away. */
static void test_once(void **state)
{
	(void)state;
	assert_int_equal(views_map(0, 0, 4096, &views_rw, 0), 0);
	views_refused(views_map(MIB, MIB, 4096, &views_rw, 0), TRANS_EEXIST,
		      "TRANS_ASSUME_ONCE");
	views_refused(views_map(0, 0, 4096, &views_rw, TRANS_REPLACE),
		      TRANS_EEXIST, "TRANS_ASSUME_ONCE");
	views_refused(trans_table_unmap(&vw.t, 0, 4096, 0, &vw.r),
		      TRANS_EEXIST, "TRANS_ASSUME_ONCE");
	assert_int_equal(views_query(&vw.t, 0).pa, 0);
}

/* All pages that the host gave are still given, wherever it had no more. */
static void test_what_failed_gives_nothing_back(void **state)
{
	long balance = vw.m.balance, acquired = vw.m.acquired;

	(void)state;
	for (unsigned long n = 1; n <= 3; n++) {
		views_create(&vw.copy, &vw.geo);
		vw.m.balance = 0;
		vw.m.fail_at = vw.m.allocs + n;
		views_refused(trans_table_map(&vw.copy, 0, 0, 4096, &views_rw,
					      0, &vw.r), TRANS_ENOMEM, "memory");
		assert_int_equal(vw.m.balance, n - 1);
	}
	/* The host throws it away. */
	vw.copy = (struct trans_table){ 0 };
	vw.m.balance = balance;
	vw.m.acquired = acquired;
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, views_setup, views_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_table_is_filled),
		TEST(test_once),
		TEST(test_what_failed_gives_nothing_back),
	};

	return cmocka_run_group_tests_name("once", tests, NULL, NULL);
}
