/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told to do without the order of names: it goes through all
 * of them, and finds the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Before cmocka, which has a macro of a name that is used there. */
#define TRANS_ASSUME_NO_ORDER 1
#include "hibernate/saved/symbols.c"

#include <cmocka.h>

#include "tests/unit/support/saved_world.h"

static struct saved_world w;
static struct trans_saved saved;
static struct trans_error err;

static int set_up(void **state)
{
	(void)state;
	saved_world_init(&w);
	saved_world_make(&w);
	return trans_saved_open(&saved, &w.args, &err);
}

static int tear_down(void **state)
{
	(void)state;
	saved_world_end(&w);
	return 0;
}

static void names_are_found(void **state)
{
	struct trans_saved_symbol s[] = { { "_sfunction_299", 0 },
					  { "a_name_twice", 1 },
					  { "_etext", 0 } };

	(void)state;
	assert_int_equal(trans_saved_symbols(&saved, s, 3, &err), 0);
	assert_int_equal(s[0].va, w.kernel.va + 0x40 + 4 * 299);
	assert_int_equal(s[1].va, 0);
	assert_int_equal(s[2].va, w.kernel.va + 0x8000);
}

/* By their order it would be found without the last of them. */
static void all_are_gone_through(void **state)
{
	struct trans_saved_symbol s = { "gic_rdists", 1 };
	uint8_t *at = kernel_part(&w.kernel, KERNEL_NAMES), *last = at;

	(void)state;
	while (*at) {
		last = at;
		at += *at < 128 ? 1 + *at : 2 + (*at & 127) + at[1] * 128;
	}
	*last = 0;
	assert_int_equal(trans_saved_symbols(&saved, &s, 1, &err),
			 TRANS_ENOENT);
	assert_int_equal(s.va, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_are_found),
		TEST(all_are_gone_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
