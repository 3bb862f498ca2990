/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * wipe: wherever a load is refused, and after an unload, each page of lent
 * memory is as the host left it, or zero, to the PoC; and what was not lent is
 * not written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/support/files.h"
#include "tests/unit/support/resume_world.h"

#define BASE 0x40000000ULL
#define MIB (1ULL << 20)

static struct resume_world w;

/* Pages that go to their places, pages that move, and zero ones. The lent
 * memory is not whole pages at its ends. */
static void make(unsigned int page_shift)
{
	struct saved s = { .page_shift = page_shift, .base = BASE,
			   .len = page_shift == 16 ? 48 * MIB :
				  page_shift == 14 ? 16 * MIB : 4 * MIB,
			   .va_bits = 48, .mpidr = 0x102 };
	uint64_t seed = page_shift;

	world_save(&w, &s);
	world_random_image(&w, &seed, 30, true);
	world_write_disk(&w);
	world_boot(&w, 1);
	world_lend(&w, BASE + 0x18000, s.len / 4 - 0x18000);
	world_lend(&w, BASE + s.len / 2 + 0x800, s.len / 2 - 0x1800);
	w.args.wipe = true;
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
	return !bytes[0] && !memcmp(bytes, bytes + 1, len - 1);
}

static bool is_wiped(size_t at)
{
	return is_zero(w.now.bytes + at, 4096) && is_zero(w.poc + at, 4096);
}

/* Returns how many pages were written. */
static size_t must_be_wiped(void)
{
	size_t count = 0;

	world_untouched(&w);
	for (size_t at = 0; at < w.saved.len; at += 4096) {
		if (!memcmp(w.now.bytes + at, w.before + at, 4096))
			continue;
		if (!is_wiped(at))
			fail_msg("%#zx is left", at);
		count++;
	}
	return count;
}

/* As must_be_wiped would have it, if nothing were wiped. */
static size_t written(void)
{
	size_t count = 0;

	for (size_t at = 0; at < w.saved.len; at += 4096)
		count += memcmp(w.now.bytes + at, w.before + at, 4096) &&
			 !is_zero(w.now.bytes + at, 4096);
	return count;
}

static void load_and_unload(unsigned int page_shift)
{
	make(page_shift);
	assert_int_equal(world_load(&w), 0);
	assert_true(w.resume.direct_pages && w.resume.moved_pages &&
		    w.resume.zero_pages);
	trans_resume_unload(&w.resume);
	assert_in_range(must_be_wiped(), w.pages / 10, w.pages << 4);
	w.args.wipe = false;
	assert_int_equal(world_load(&w), 0);
	trans_resume_unload(&w.resume);
	assert_true(written() > w.pages / 10);
	world_end(&w);
}

static void after_unload(void **state)
{
	(void)state;
	load_and_unload(12);
	load_and_unload(14);
	load_and_unload(16);
}

/* Wherever the disk fails, or the host stops it. */
static void wherever_it_is_refused(void **state)
{
	unsigned long reads, calls;

	(void)state;
	make(12);
	assert_int_equal(world_load(&w), 0);
	reads = w.reads;
	calls = w.progressed;
	trans_resume_unload(&w.resume);
	for (unsigned long n = 1; n <= reads; n++) {
		w.reads = 0;
		w.fail_read_at = n;
		assert_int_equal(world_load(&w), TRANS_EHOST);
		must_be_wiped();
	}
	w.fail_read_at = 0;
	for (w.stop_at = 1; w.stop_at <= calls; w.stop_at++) {
		assert_int_equal(world_load(&w), TRANS_ESTOPPED);
		must_be_wiped();
	}
	w.stop_at = 0;
	assert_int_equal(world_load(&w), 0);
	world_move(&w);
	world_compare(&w);
	world_end(&w);
}

/* Without an image there is nothing to hide but the buffer of the reader: the
 * largest that there is room for. */
static void only_what_was_written(void **state)
{
	const uint64_t buffer = TRANS_SWSUSP_BUFFER(14) >> 12;

	(void)state;
	make(12);
	w.disk[4096 - 1] ^= 1;
	w.disk[4096 - 2] ^= 1;
	assert_int_equal(world_load(&w), TRANS_ENOIMAGE);
	assert_in_range(must_be_wiped(), 1, buffer);
	world_end(&w);
	/* Two page numbers that are the same: no data was read, and what the
	 * library carves for itself comes from the top. */
	make(12);
	memcpy(w.disk + w.meta_at * 4096 + 8 * 100,
	       w.disk + w.meta_at * 4096 + 8 * 99, 8);
	assert_int_equal(world_load(&w), TRANS_ECORRUPT);
	assert_true(must_be_wiped() > 0);
	assert_memory_equal(w.now.bytes, w.before, MIB);
	world_end(&w);
}

/* A megabyte and more of the image side by side, all of it in its place. */
static void make_long(void)
{
	make(12);
	world_mark(&w, BASE + 2 * MIB + MIB / 4, MIB + MIB / 2, PAGE_STORED);
	world_write_disk(&w);
	assert_int_equal(world_load(&w), 0);
	w.longest_mapped = 0;
}

static void asks_for_no_more_than_a_mib(void **state)
{
	(void)state;
	make_long();
	trans_resume_unload(&w.resume);
	assert_int_equal(w.longest_mapped, MIB);
	must_be_wiped();
	world_end(&w);
}

/* A host that has but a window of it by then: all is zeroed. */
static void smaller_where_it_is_refused(void **state)
{
	const size_t windows[] = { MIB / 2, 4096 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		make_long();
		w.most_mapped = windows[i];
		trans_resume_unload(&w.resume);
		must_be_wiped();
		world_end(&w);
	}
}

/* What it cannot reach at all stays; no other page does. */
static void a_page_out_of_reach(void **state)
{
	const size_t bad = 3 * MIB + 0x5000;

	(void)state;
	make_long();
	w.refuse_pa = BASE + bad + 0x800;
	trans_resume_unload(&w.resume);
	assert_memory_equal(w.now.bytes + bad, w.old.bytes + bad, 4096);
	assert_true(is_wiped(bad - 4096) && is_wiped(bad + 4096));
	memcpy(w.now.bytes + bad, w.before + bad, 4096);
	must_be_wiped();
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_unload),
		cmocka_unit_test(wherever_it_is_refused),
		cmocka_unit_test(only_what_was_written),
		cmocka_unit_test(asks_for_no_more_than_a_mib),
		cmocka_unit_test(smaller_where_it_is_refused),
		cmocka_unit_test(a_page_out_of_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
