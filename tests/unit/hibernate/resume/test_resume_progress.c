/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Progress of a load: it is told of all of it, in small steps, and can stop it
 * anywhere, with nothing lost. How small is measured by what the code did, not
 * by what it says of itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/support/counted.h"
#include "tests/unit/support/resume_world.h"

#define BASE 0x40000000ULL
#define MIB (1ULL << 20)

/* Half of what is stored goes straight to its place, half is moved, some pages
 * are zero. @text: bytes that the kernel's text has beside. */
static void make(struct resume_world *w, uint64_t len, uint64_t text)
{
	struct saved s = { .page_shift = 12, .base = BASE, .len = len,
			   .va_bits = 48, .mpidr = 0x102,
			   .text_len = text };

	world_save(w, &s);
	world_mark(w, w->text, text, PAGE_STORED);
	world_mark(w, BASE + len / 4, len / 2, PAGE_STORED);
	world_mark(w, BASE + len / 2, len / 32, PAGE_ZERO);
	memset(memory_at(&w->old, BASE + len / 2), 0, len / 32);
	world_write_disk(w);
	world_boot(w, 1);
	world_lend(w, BASE, len / 2);
	world_lend(w, BASE + len / 8 * 6, len / 4);
}

/* From the first step to the last, none of them more than a twentieth of the
 * whole; of every step, whatever it does. */
static void all_of_it_is_told(void **state)
{
	static struct resume_world w;

	(void)state;
	make(&w, 64 * MIB, 0);
	assert_int_equal(world_load(&w), 0);
	assert_int_equal(w.progress_done, 1000);
	assert_in_range(w.progress_gap, 1, 1000 / 20);
	assert_in_range(w.progressed, 100, 1000);
	world_move(&w);
	world_compare(&w);
	world_end(&w);
}

/* What lies between two calls of progress, in blocks of hibernate/ that ran:
 * the most of it in all, and where the proof is told. */
#define PROOF 990

static struct {
	int (*theirs)(void *ctx, uint64_t done, uint64_t total);
	unsigned long last, gap, proof_gap;
	uint64_t done;
} watch;

static int watched(void *ctx, uint64_t done, uint64_t total)
{
	unsigned long gap = counted_blocks - watch.last;
	unsigned long *most = watch.done < PROOF ? &watch.gap :
						   &watch.proof_gap;

	if (gap > *most)
		*most = gap;
	watch.done = done;
	watch.last = counted_blocks;
	return watch.theirs(ctx, done, total);
}

/* An image of which each loop of a load has its part: a text of 15 MiB, which
 * is a sixth of the work to find; as much to be moved, of which the proof is a
 * sixtieth. */
static void no_loop_is_silent(void **state)
{
	static struct resume_world w;
	unsigned long all;

	(void)state;
	make(&w, 64 * MIB, 15 * MIB);
	watch.theirs = w.args.progress;
	w.args.progress = watched;
	all = watch.last = counted_blocks;
	assert_int_equal(world_load(&w), 0);
	all = counted_blocks - all;
	assert_in_range(all, 500000, 100000000);
	assert_in_range(watch.gap, 1, all / 20);
	assert_in_range(watch.proof_gap, 1, all / 100);
	world_end(&w);
}

static void stops_anywhere(void **state)
{
	static struct resume_world w;
	unsigned long calls, writes;

	(void)state;
	make(&w, 4 * MIB, 0);
	assert_int_equal(world_load(&w), 0);
	calls = w.progressed;
	trans_resume_unload(&w.resume);
	writes = w.writes;
	for (w.stop_at = 1; w.stop_at <= calls; w.stop_at++) {
		static const struct trans_resume zero;

		memset(&w.err, 0, sizeof(w.err));
		assert_int_equal(world_load(&w), TRANS_ESTOPPED);
		assert_string_equal(w.err.why, "progress");
		assert_int_equal(w.err.status, TRANS_ESTOPPED);
		/* Once: a host that said stop is not asked again. */
		assert_int_equal(w.progressed, w.stop_at);
		assert_memory_equal(&w.resume, &zero, sizeof(zero));
		assert_int_equal(w.aliases, 0);
		world_untouched(&w);
	}
	assert_int_equal(w.writes, writes);
	w.stop_at = 0;
	assert_int_equal(world_load(&w), 0);
	world_move(&w);
	world_compare(&w);
	world_end(&w);
}

static void nobody_asks(void **state)
{
	static struct resume_world w;

	(void)state;
	make(&w, 4 * MIB, 0);
	w.args.progress = NULL;
	assert_int_equal(world_load(&w), 0);
	assert_int_equal(w.progressed, 0);
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_is_told),
		cmocka_unit_test(no_loop_is_silent),
		cmocka_unit_test(stops_anywhere),
		cmocka_unit_test(nobody_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
