/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told to ask no saved kernel anything: one that would answer
 * is refused where there is an ITS, and wakes where there is none, on whatever
 * kind of CPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_UNASKED 1
#include "hibernate/resume/ask.c"

#include "tests/unit/support/asked_world.h"

static struct resume_world w;
static struct kernel kernel;
static struct trans_gic_pending pending[KERNEL_CPUS];

static int setup(void **state)
{
	(void)state;
	asked_save(&w, &kernel, 12);
	asked_make(&w, &kernel);
	asked_boot(&w, ASKED_BASE + (5ULL << 20), 1ULL << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

static void what_an_its_needs_is_refused(void **state)
{
	(void)state;
	w.args.has_its = true;
	w.args.pending = pending;
	w.args.room = KERNEL_CPUS;
	assert_int_equal(world_load(&w), TRANS_ESTATE);
	assert_string_equal(w.err.why, "LPI tables unknown");
	w.args.lpis_anyway = true;
	assert_int_equal(world_load(&w), 0);
	trans_resume_unload(&w.resume);
}

static void the_kind_of_cpu_is_not_compared(void **state)
{
	(void)state;
	w.cpu.midr = ASKED_MIDR + 1;
	assert_int_equal(world_load(&w), 0);
	assert_int_equal(w.resume.known.midr, 0);
	trans_resume_unload(&w.resume);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_an_its_needs_is_refused),
		TEST(the_kind_of_cpu_is_not_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
