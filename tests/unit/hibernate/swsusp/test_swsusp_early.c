/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A disk that reads while others are unpacked, late, not at all, or with an
 * error: what comes of a read is what it would have been without, or
 * TRANS_ELOST, and no read is under way when the caller goes on.
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
	{ .page_shift = 12, .data_pages = 1300, .packing = TRANS_SWSUSP_LZO },
	{ .page_shift = 12, .data_pages = 700, .packing = TRANS_SWSUSP_LZ4,
	  .order = IMAGE_RUNS, .zero_pages = 9 },
	{ .page_shift = 12, .data_pages = 90, .packing = TRANS_SWSUSP_LZO,
	  .chunk_pages = 7, .order = IMAGE_MIXED },
	{ .page_shift = 14, .data_pages = 300, .packing = TRANS_SWSUSP_LZ4,
	  .no_crc = true },
	{ .page_shift = 16, .data_pages = 190, .packing = TRANS_SWSUSP_LZO },
	{ .page_shift = 12, .data_pages = 300, .packing = TRANS_SWSUSP_RAW },
};
#define PACKED (sizeof(packed) / sizeof(*packed))

/* Whatever TRANS_EARLY and TRANS_WORKERS say. */
static void make(const struct image_spec *spec, bool early,
		 unsigned int workers)
{
	hostile_make(spec);
	disk_init(&victim.disk, hostile.disk, hostile.len, 9);
	memset(&victim.early, 0, sizeof(victim.early));
	if (early)
		early_begin(&victim.early, &victim.disk.block);
	workers_late(&late, workers, 0);
	reader_workers(&victim, &late.workers);
}

/* ---- reads that go well ---- */

static void each_page_once(void)
{
	size_t sectors = ((size_t)1 << hostile.spec.page_shift) >> 9;

	for (unsigned int i = 1; i < hostile.slots; i++)
		assert_int_equal(victim.disk.times[hostile.slot[i] * sectors],
				 1);
}

/* Rooms of any size, calls of any number of pages. */
static void the_same_stream(void **state)
{
	static const unsigned int rooms[] = { 0, 31, 33, 100 };

	(void)state;
	for (unsigned int i = 0; i < PACKED * 4 * 4; i++) {
		unsigned int n = i % 4, room = i / 4 % 4;

		make(&packed[i / 16], true, n);
		victim.disk.times = calloc(hostile.len >> 9, 1);
		assert_non_null(victim.disk.times);
		victim.room_most = rooms[room];
		victim.uneven = (room + n / 2) % 2;
		victim.step = n % 2 ? 170 * n : 0;
		assert_int_equal(hostile_attempt(), 0);
		assert_memory_equal(victim.out, hostile.stream,
				    hostile_stream_len());
		if (hostile.chunks > 20 && !victim.step)
			assert_in_range(victim.early.starts, 2, hostile.chunks);
		if (!hostile.chunks)
			assert_int_equal(victim.early.starts, 0);
		each_page_once();
		hostile_drop();
	}
}

/* Of what comes behind the first buffer, all but what follows a map. */
static void most_is_read_early(void **state)
{
	(void)state;
	make(&packed[0], true, 0);
	assert_int_equal(hostile_attempt(), 0);
	/* header, map and info page; the buffer; and what is read early, which
	 * is counted twice */
	assert_in_range(victim.disk.reads - victim.early.starts, 4,
			5 + 2 * hostile.maps);
	assert_true(victim.early.starts >= hostile.chunks / 6);
	hostile_drop();
}

/* However well memory can be packed: what is held of a chunk leaves room for a
 * read. */
static void chunks_of_each_length(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 32 * 16,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	for (spec.noise = 12; spec.noise < 33; spec.noise++) {
		make(&spec, true, 0);
		assert_int_equal(hostile_attempt(), 0);
		assert_in_range(victim.early.starts, hostile.chunks / 4,
				hostile.chunks);
		hostile_drop();
	}
}

/* One that is not begun is read when it is needed. */
static void not_begun(void **state)
{
	unsigned long at = 0, starts;

	(void)state;
	do {
		make(&packed[0], true, 0);
		victim.early.refuse_at = ++at;
		assert_int_equal(hostile_attempt(), 0);
		assert_memory_equal(victim.out, hostile.stream,
				    hostile_stream_len());
		starts = victim.early.starts;
		hostile_drop();
	} while (at < starts);
	assert_true(at > 3);
}

static void half_a_pair(void **state)
{
	(void)state;
	make(&packed[2], true, 0);
	victim.disk.block.read_wait = NULL;
	assert_int_equal(hostile_attempt(), TRANS_EINVAL);
	assert_string_equal(victim.err.why, "half of an early read");
	hostile_drop();
	make(&packed[2], true, 0);
	victim.disk.block.read_start = NULL;
	assert_int_equal(hostile_attempt(), TRANS_EINVAL);
	hostile_drop();
}

/* ---- errors ---- */

struct outcome {
	int status;
	struct trans_error err;
	uint64_t done, told;
	unsigned long stops;
};

static struct outcome attempt(bool early, unsigned int workers)
{
	struct outcome outcome;
	unsigned long stop_at = victim.stop_at;

	reader_free(&victim);
	hostile_start(hostile.len);
	victim.stop_at = stop_at;
	disk_init(&victim.disk, hostile.disk, hostile.len, 9);
	memset(&victim.early, 0, sizeof(victim.early));
	if (early)
		early_begin(&victim.early, &victim.disk.block);
	workers_late(&late, workers, 0);
	reader_workers(&victim, &late.workers);
	outcome.status = hostile_attempt();
	outcome.err = victim.err;
	outcome.done = victim.sw.done;
	outcome.told = victim.last_done;
	outcome.stops = victim.stops;
	return outcome;
}

static void same_as_without(void)
{
	struct outcome without = attempt(false, 0);

	for (unsigned int n = 0; n < 3; n++) {
		struct outcome early = attempt(true, n);

		assert_int_equal(early.status, without.status);
		assert_int_equal(early.done, without.done);
		assert_int_equal(early.told, without.told);
		assert_int_equal(early.stops, without.stops);
		assert_memory_equal(&early.err, &without.err,
				    sizeof(without.err));
	}
}

/* Of some chunks their length, their first bytes, and a slot of them; and each
 * map. */
static void errors_in_order(void **state)
{
	(void)state;
	make(&packed[0], false, 0);
	for (unsigned int i = 0; i < hostile.chunks; i += 5) {
		uint64_t at = hostile.chunk[i];
		uint8_t *chunk = image_page(&hostile, hostile.slot[at]);
		uint8_t *slot = image_page(&hostile,
					   hostile.map[at / 511]) +
				8 * (at % 511);
		uint8_t kept[16];

		memcpy(kept, chunk, sizeof(kept));
		memset(chunk, 0, 8);
		same_as_without();
		assert_int_equal(victim.err.status, TRANS_ECORRUPT);
		memcpy(chunk, kept, sizeof(kept));
		memset(chunk + 8, 0, 8);
		same_as_without();
		memcpy(chunk, kept, sizeof(kept));
		memcpy(kept, slot, 8);
		memset(slot, 0xff, 8);
		same_as_without();
		assert_int_equal(victim.err.status, TRANS_ETRUNC);
		memcpy(slot, kept, 8);
	}
	for (unsigned int i = 0; i + 1 < hostile.maps; i++) {
		uint8_t *next = image_page(&hostile, hostile.map[i]) + 8 * 511;

		hostile_put(next, 1ULL << 50, 8);
		same_as_without();
		assert_int_equal(victim.err.status, TRANS_ETRUNC);
		hostile_put(next, hostile.map[i + 1], 8);
	}
	same_as_without();
	assert_int_equal(victim.err.status, 0);
	hostile_drop();
}

static void progress_stops(void **state)
{
	(void)state;
	make(&packed[0], false, 0);
	for (unsigned long at = 1; at < 32; at += 2) {
		victim.stop_at = at;
		same_as_without();
		assert_int_equal(victim.err.status, TRANS_ESTOPPED);
	}
	hostile_drop();
}

/* A read ends also where nobody needs it any more. */
static void ends_with_what_stops(void **state)
{
	(void)state;
	for (unsigned int at = 1; at < 30; at++) {
		make(&packed[0], true, 0);
		hostile_stops_once(at);
		assert_int_equal(hostile_attempt(), TRANS_ESTOPPED);
		assert_null(victim.early.buf);
		hostile_drop();
	}
}

/* No room, which is before or after a read was begun. */
static void ends_with_the_rooms(void **state)
{
	(void)state;
	for (unsigned long at = 1; at < 34; at++) {
		make(&packed[0], true, 0);
		victim.refuse_at = at;
		victim.room_most = 32;
		assert_int_equal(hostile_attempt(), TRANS_EFAULT);
		assert_null(victim.early.buf);
		hostile_drop();
	}
}

/* Each of them fails: what lay before it was given, and it is named. @step:
 * pages of a call, so that one may end while nobody needs it yet. */
static void one_fails(unsigned long at, uint64_t step)
{
	make(&packed[0], true, 0);
	victim.early.fail_at = at;
	victim.step = step;
	assert_int_equal(hostile_attempt(), TRANS_EHOST);
	assert_string_equal(victim.err.why, "disk read");
	assert_int_equal(victim.err.pa, victim.early.offset);
	assert_int_equal(victim.err.len, victim.early.len);
	assert_int_equal(victim.early.starts, at);
	assert_memory_equal(victim.out, hostile.stream,
			    victim.sw.done << 12);
	assert_true(victim.sw.done >= 32 * at);
	assert_int_equal(reader_read(&victim), TRANS_EINVAL);
	hostile_drop();
}

static void they_fail(void **state)
{
	(void)state;
	for (unsigned long at = 1; at < 5; at++) {
		one_fails(at, 0);
		one_fails(at, 32);
		one_fails(at, 50);
	}
}

/* Every operation of the disk, wherever it is. */
static void any_operation_fails(void **state)
{
	unsigned long ops;

	(void)state;
	for (unsigned int n = 0; n < 3; n++) {
		make(&packed[0], true, n);
		assert_int_equal(hostile_attempt(), 0);
		ops = victim.disk.ops;
		hostile_drop();
		for (unsigned long at = 1; at <= ops; at++) {
			make(&packed[0], true, n);
			victim.disk.fault_at = at;
			victim.disk.fault = DISK_REFUSES;
			assert_int_equal(hostile_attempt(), TRANS_EHOST);
			hostile_drop();
		}
	}
}

/* ---- one that does not end ---- */

static void lost_at(unsigned long at, uint64_t step)
{
	make(&packed[0], true, 0);
	victim.early.lost_at = at;
	victim.step = step;
	assert_int_equal(hostile_attempt(), TRANS_ELOST);
	assert_string_equal(victim.err.why,
			    "a read of the disk does not end");
	assert_int_equal(victim.err.pa, victim.early.offset);
	assert_int_equal(victim.err.len, victim.early.len);
	assert_int_equal(reader_read(&victim), TRANS_EINVAL);
	/* Later it does: its buffer is still there. */
	memset(&victim.sw, 0, sizeof(victim.sw));
	assert_true(early_finish(&victim.early));
	assert_false(victim.early.misused);
	hostile_drop();
}

static void lost(void **state)
{
	(void)state;
	for (unsigned long at = 1; at < 5; at++) {
		lost_at(at, 0);
		lost_at(at, 33);
	}
}

/* That is worse than whatever else is wrong. */
static void lost_beside_an_error(void **state)
{
	(void)state;
	for (unsigned int at = 1; at < 30; at++) {
		int rc;

		make(&packed[0], true, 0);
		victim.early.lost_at = 1;
		hostile_stops_once(at);
		rc = hostile_attempt();
		assert_int_equal(rc, victim.early.starts ? TRANS_ELOST :
							   TRANS_ESTOPPED);
		if (rc == TRANS_ELOST)
			assert_true(early_finish(&victim.early));
		hostile_drop();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_stream),
		cmocka_unit_test(most_is_read_early),
		cmocka_unit_test(chunks_of_each_length),
		cmocka_unit_test(not_begun),
		cmocka_unit_test(half_a_pair),
		cmocka_unit_test(errors_in_order),
		cmocka_unit_test(progress_stops),
		cmocka_unit_test(ends_with_what_stops),
		cmocka_unit_test(ends_with_the_rooms),
		cmocka_unit_test(they_fail),
		cmocka_unit_test(any_operation_fails),
		cmocka_unit_test(lost),
		cmocka_unit_test(lost_beside_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
