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

#define BASE 0x40000000ULL
#define MIB (1ULL << 20)

static struct resume_world w;

static int setup(void **state)
{
	const struct saved saved = { .page_shift = 12, .base = BASE,
				     .len = 4 * MIB, .va_bits = 48,
				     .mpidr = 0x102 };
	uint64_t seed = 11;

	(void)state;
	world_save(&w, &saved);
	world_random_image(&w, &seed, 20, true);
	world_write_disk(&w);
	world_boot(&w, 1);
	world_lend(&w, BASE, MIB);
	world_lend(&w, BASE + 3 * MIB / 2, 5 * MIB / 2);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

static void a_sidecar_is_refused(void **state)
{
	(void)state;
	w.args.sidecar = "trans_table saved kernel 1\n";
	w.args.sidecar_len = strlen(w.args.sidecar);
	assert_int_equal(world_load(&w), TRANS_EINVAL);
	assert_non_null(strstr(w.err.why, "TRANS_ASSUME_NO_SIDECAR"));
}

static void none_is_not(void **state)
{
	(void)state;
	assert_int_equal(world_load(&w), 0);
	trans_resume_unload(&w.resume);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_sidecar_is_refused),
		TEST(none_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
