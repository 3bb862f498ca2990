/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Workers that do their part in another order, or not at all: what comes of a
 * read is what one CPU alone would have made of it, or TRANS_ELOST.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/swsusp_hostile.h"
#include "tests/unit/support/workers.h"

static struct late_workers late;

static const struct image_spec packed[] = {
	{ .page_shift = 12, .data_pages = 329, .packing = TRANS_SWSUSP_LZO },
	{ .page_shift = 12, .data_pages = 700, .packing = TRANS_SWSUSP_LZ4,
	  .order = IMAGE_RUNS, .zero_pages = 9 },
	{ .page_shift = 12, .data_pages = 90, .packing = TRANS_SWSUSP_LZO,
	  .chunk_pages = 7, .order = IMAGE_MIXED },
	{ .page_shift = 14, .data_pages = 200, .packing = TRANS_SWSUSP_LZ4,
	  .no_crc = true },
	{ .page_shift = 16, .data_pages = 70, .packing = TRANS_SWSUSP_LZO },
	{ .page_shift = 12, .data_pages = 40, .packing = TRANS_SWSUSP_RAW },
};
#define PACKED (sizeof(packed) / sizeof(*packed))

static void with(unsigned int count, unsigned int lost)
{
	workers_late(&late, count, lost);
	reader_workers(&victim, &late.workers);
}

/* Rooms of any size, calls of any number of pages. */
static void come_in_order(void **state)
{
	static const unsigned int rooms[] = { 0, 31, 33, 100 };

	(void)state;
	for (unsigned int i = 0; i < PACKED * 4 * TRANS_WORKERS_MAX; i++) {
		unsigned int n = i % TRANS_WORKERS_MAX;
		unsigned int room = i / TRANS_WORKERS_MAX % 4;
		unsigned int spec = i / TRANS_WORKERS_MAX / 4;

		hostile_make(&packed[spec]);
		with(n + 1, 0);
		victim.room_most = rooms[room];
		victim.uneven = (room + n / 2) % 2;
		victim.step = n % 3 ? 17 * n : 0;
		assert_int_equal(hostile_attempt(), 0);
		assert_memory_equal(victim.out, hostile.stream,
				    hostile_stream_len());
		if (spec < 2)
			assert_true(late.ran > 0);
		hostile_drop();
	}
}

/* Each has a part: a batch takes as long as one chunk. */
static void all_have_a_part(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 32 * 20,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	hostile_make(&spec);
	with(4, 0);
	assert_int_equal(hostile_attempt(), 0);
	assert_int_equal(hostile.chunks, 21);
	assert_int_equal(late.ran, 16);
	hostile_drop();
	/* A page too few for the last of them. */
	hostile_make(&spec);
	with(4, 0);
	victim.args.buffer_len -= 4096;
	assert_int_equal(hostile_attempt(), 0);
	assert_int_equal(late.ran, 15);
	assert_null(late.given[3].fn);
	hostile_drop();
}

/* What a read came to. */
struct outcome {
	int status;
	struct trans_error err;
	uint64_t done, told;
	unsigned long stops;
};

static struct outcome attempt(unsigned int count)
{
	struct outcome outcome;

	with(count, 0);
	victim.given = victim.last_done = victim.stops = 0;
	memset(&victim.err, 0, sizeof(victim.err));
	outcome.status = hostile_attempt();
	outcome.err = victim.err;
	outcome.done = victim.sw.done;
	outcome.told = victim.last_done;
	outcome.stops = victim.stops;
	return outcome;
}

/* @whole: chunks are, so that rooms end where they do, and progress is asked as
 * often. */
static void same_as_alone(bool whole)
{
	struct outcome alone = attempt(0);

	for (unsigned int n = 1; n <= 4; n++) {
		struct outcome with_some = attempt(n);

		assert_int_equal(with_some.status, alone.status);
		assert_int_equal(with_some.done, alone.done);
		if (whole) {
			assert_int_equal(with_some.told, alone.told);
			assert_int_equal(with_some.stops, alone.stops);
		}
		assert_memory_equal(&with_some.err, &alone.err,
				    sizeof(alone.err));
	}
}

/* Of each chunk its length, its first bytes, and a slot of it. */
static void errors_in_order(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 32 * 9 + 5,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	hostile_make(&spec);
	for (unsigned int i = 0; i < hostile.chunks; i++) {
		uint8_t *chunk = image_page(
			&hostile, hostile.slot[hostile.chunk[i]]);
		uint8_t *slot = image_page(&hostile, hostile.map[0]) +
				8 * hostile.chunk[i];
		uint8_t kept[16];

		memcpy(kept, chunk, sizeof(kept));
		memset(chunk, 0, 8);
		same_as_alone(true);
		assert_int_equal(victim.err.status, TRANS_ECORRUPT);
		memcpy(chunk, kept, sizeof(kept));
		memset(chunk + 8, 0, 8);
		same_as_alone(true);
		memcpy(chunk, kept, sizeof(kept));
		chunk[5000] ^= 1;
		same_as_alone(true);
		chunk[5000] ^= 1;
		memcpy(kept, slot, 8);
		memset(slot, 0xff, 8);
		same_as_alone(true);
		assert_int_equal(victim.err.status, TRANS_ETRUNC);
		memcpy(slot, kept, 8);
		same_as_alone(true);
		assert_int_equal(victim.err.status, 0);
	}
	hostile_drop();
}

/* A chunk that is shorter than it may be, before others. */
static void short_chunks(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 200,
				   .packing = TRANS_SWSUSP_LZ4 };

	(void)state;
	for (spec.chunk_pages = 1; spec.chunk_pages < 33;
	     spec.chunk_pages += 5) {
		hostile_make(&spec);
		same_as_alone(false);
		assert_memory_equal(victim.out, hostile.stream,
				    hostile_stream_len());
		/* And another is wrong. */
		memset(image_page(&hostile, hostile.slot[hostile.chunk[3]]), 0,
		       8);
		same_as_alone(false);
		hostile_drop();
	}
}

static void progress_stops(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 700,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	for (unsigned long at = 1; at < 23; at++) {
		hostile_make(&spec);
		victim.stop_at = at;
		same_as_alone(true);
		assert_int_equal(victim.err.status, TRANS_ESTOPPED);
		hostile_drop();
	}
}

/* Whoever said that it does not want to wait is not asked a second time. */
static void an_unpacker_stops_once(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 32 * 8,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	for (unsigned int at = 1; at < 9; at++) {
		hostile_make(&spec);
		with(3, 0);
		hostile_stops_once(at);
		hostile_fails(TRANS_ESTOPPED, "unpacking a chunk");
		hostile_drop();
	}
}

/* ---- one that does not answer ---- */

static void lost(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 32 * 20,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	for (unsigned int who = 1; who <= 4; who++) {
		hostile_make(&spec);
		with(4, who);
		assert_int_equal(hostile_attempt(), TRANS_ELOST);
		assert_string_equal(victim.err.why, "a worker does not answer");
		assert_int_equal(victim.err.desc, who - 1);
		assert_int_equal(reader_read(&victim), TRANS_EINVAL);
		/* Later it does: all that it was given is still there. */
		memset(&victim.sw, 0, sizeof(victim.sw));
		assert_true(workers_finish(&late));
		hostile_drop();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(come_in_order),
		cmocka_unit_test(all_have_a_part),
		cmocka_unit_test(errors_in_order),
		cmocka_unit_test(short_chunks),
		cmocka_unit_test(progress_stops),
		cmocka_unit_test(an_unpacker_stops_once),
		cmocka_unit_test(lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
