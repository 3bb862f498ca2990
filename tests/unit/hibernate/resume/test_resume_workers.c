/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A resume with workers: pages are settled by all of them, and one that does
 * not answer is a refusal after which nothing is touched any more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/resume_world.h"
#include "tests/unit/support/workers.h"

#define BASE 0x40000000ULL
#define MIB (1ULL << 20)

static struct resume_world w;
static struct late_workers late;

static void with(unsigned int count, unsigned int lost)
{
	workers_late(&late, count, lost);
	w.args.workers = &late.workers;
}

static void settled_by_all(void **state)
{
	(void)state;
	for (unsigned int n = 1; n <= TRANS_WORKERS_MAX; n++) {
		world_usual(&w, BASE);
		with(n, 0);
		assert_int_equal(world_load(&w), 0);
		assert_true(late.ran >= n);
		world_untouched(&w);
		world_move(&w);
		world_compare(&w);
		world_end(&w);
	}
}

static void lost(void **state)
{
	uint8_t *after;

	(void)state;
	for (unsigned int who = 1; who <= 3; who++) {
		world_usual(&w, BASE);
		with(3, who);
		w.args.wipe = true;
		assert_int_equal(world_load(&w), TRANS_ELOST);
		assert_string_equal(w.err.why, "a worker does not answer");
		assert_int_equal(trans_resume_advise(TRANS_ELOST),
				 TRANS_RESUME_RESET);
		assert_int_equal(w.writes + w.flushes, 0);
		assert_int_equal(w.asked, 0);
		assert_int_equal(w.resume.image.info.pages, 0);
		assert_true(world_holds_data(&w));
		/* What it was given is there, and what it writes lent. */
		assert_true(workers_finish(&late));
		world_untouched(&w);
		after = malloc(w.now.len);
		assert_non_null(after);
		memcpy(after, w.now.bytes, w.now.len);
		trans_resume_unload(&w.resume);
		assert_memory_equal(after, w.now.bytes, w.now.len);
		free(after);
		world_end(&w);
	}
}

/* Too little for their buffers is enough without them. */
static void without_them_if_memory_is_short(void **state)
{
	unsigned long refused = 0;

	(void)state;
	for (uint64_t len = 110; len < 400; len += 29) {
		int alone;

		world_usual(&w, BASE);
		trans_ranges_init(&w.lent, w.lent_slot, 80);
		world_lend(&w, BASE, len << 12);
		w.args.workers = NULL;
		alone = world_load(&w);
		trans_resume_unload(&w.resume);
		w.progress_done = 0;
		with(4, 0);
		assert_int_equal(world_load(&w), alone);
		assert_true(!alone || alone == TRANS_ENOMEM);
		refused += alone != 0;
		world_end(&w);
	}
	assert_in_range(refused, 1, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settled_by_all),
		cmocka_unit_test(lost),
		cmocka_unit_test(without_them_if_memory_is_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
