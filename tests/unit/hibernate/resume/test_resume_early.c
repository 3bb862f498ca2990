/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A resume whose disk is asked for pages before they are needed: it comes to
 * the same, and after a read that does not end nothing is touched any more. The
 * image is packed in name only: its chunks are as long as what they hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/early.h"
#include "tests/unit/support/files.h"
#include "tests/unit/support/resume_world.h"

#define BASE 0x40000000ULL
#define PAGE ((size_t)4096)
#define CHUNK 32u

static struct resume_world w;
static struct early early;

static int as_it_is(void *ctx, const void *src, size_t src_len, void *dst,
		    size_t dst_len, size_t *out_len)
{
	(void)ctx;
	if (src_len > dst_len)
		return TRANS_ENOSPC;
	memcpy(dst, src, src_len);
	*out_len = src_len;
	return 0;
}

static uint64_t word(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, 8);
	return value;
}

/* The disk of world_write_disk: maps of 511 slots, one behind the other. */
static const uint8_t *raw_page(uint64_t n)
{
	const uint8_t *map = w.disk + PAGE;

	for (; n >= 511; n -= 511)
		map = w.disk + word(map + 511 * 8) * PAGE;
	return w.disk + word(map + 8 * n) * PAGE;
}

/* Writes slots and pages behind each other. */
struct writer {
	uint8_t *disk;
	uint64_t map, slot, next;
};

static uint8_t *new_page(struct writer *to)
{
	if (!to->map || to->slot == 511) {
		if (to->map)
			file_le(to->disk + to->map * PAGE + 511 * 8, to->next,
				8);
		to->map = to->next++;
		to->slot = 0;
	}
	file_le(to->disk + to->map * PAGE + 8 * to->slot++, to->next, 8);
	return to->disk + to->next++ * PAGE;
}

static void put_chunk(struct writer *to, uint64_t first, uint64_t count)
{
	static uint8_t chunk[(CHUNK + 1) * PAGE];

	file_le(chunk, count * PAGE, 8);
	for (uint64_t i = 0; i < count; i++)
		memcpy(chunk + 8 + i * PAGE, raw_page(1 + first + i), PAGE);
	for (uint64_t i = 0; i <= count; i++)
		memcpy(new_page(to), chunk + i * PAGE, PAGE);
}

/* The disk of the world becomes one of chunks. */
static void pack(void)
{
	uint64_t pages = word(raw_page(0) + 424) - 1, len;
	struct writer to = { .next = 1 };

	len = (pages + pages / CHUNK + pages / 400 + 8) * PAGE;
	to.disk = calloc(1, len);
	assert_non_null(to.disk);
	memcpy(to.disk, w.disk, PAGE);
	file_le(to.disk + PAGE - 24, 0, 4);
	memcpy(new_page(&to), raw_page(0), PAGE);
	for (uint64_t at = 0; at < pages; at += CHUNK)
		put_chunk(&to, at, pages - at < CHUNK ? pages - at : CHUNK);
	free(w.disk);
	w.disk = to.disk;
	w.block.len = w.disk_len = len;
	w.args.unpack.lzo = as_it_is;
}

/* With so many pages of image around the kernel. */
static void begin(void)
{
	world_usual(&w, BASE);
	world_mark(&w, BASE + 0x100000, 600 * PAGE, PAGE_STORED);
	world_write_disk(&w);
	pack();
	early_begin(&early, &w.block);
}

static void comes_to_the_same(void **state)
{
	(void)state;
	begin();
	assert_int_equal(world_load(&w), 0);
	assert_true(early.starts >= 4);
	assert_null(early.buf);
	assert_false(early.misused);
	world_untouched(&w);
	world_move(&w);
	world_compare(&w);
	world_end(&w);
}

static void lost_at(unsigned long at)
{
	begin();
	w.args.wipe = true;
	early.lost_at = at;
	assert_int_equal(world_load(&w), TRANS_ELOST);
	assert_string_equal(w.err.why, "a read of the disk does not end");
	assert_int_equal(trans_resume_advise(TRANS_ELOST), TRANS_RESUME_RESET);
	assert_int_equal(w.writes + w.flushes, 0);
	assert_int_equal(w.resume.image.info.pages, 0);
	/* What it is to be read into is as it was, and it is lent memory. */
	assert_true(early_finish(&early));
	assert_false(early.misused);
	assert_true(world_holds_data(&w));
	world_untouched(&w);
	trans_resume_unload(&w.resume);
	world_end(&w);
}

static void lost(void **state)
{
	(void)state;
	for (unsigned long at = 1; at < 5; at++)
		lost_at(at);
}

/* That the host does not want to wait any longer does not give it back what the
 * disk may write to. */
static void lost_after_a_stop(void **state)
{
	unsigned long lost = 0, stopped = 0;

	(void)state;
	for (unsigned long at = 1; at < 60; at++) {
		int rc;

		begin();
		w.stop_at = at;
		early.lost_at = 2;
		rc = world_load(&w);
		assert_int_equal(rc, early.lost ? TRANS_ELOST :
						  TRANS_ESTOPPED);
		lost += rc == TRANS_ELOST && w.progressed == at;
		stopped += rc == TRANS_ESTOPPED;
		(void)early_finish(&early);
		assert_null(early.buf);
		world_end(&w);
	}
	assert_true(lost && stopped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_to_the_same),
		cmocka_unit_test(lost),
		cmocka_unit_test(lost_after_a_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
