/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Callbacks of the reader of hibernation images that refuse or misbehave:
 * progress, disk, rooms; and arguments that are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/swsusp_hostile.h"

static const struct image_spec ordinary[] = {
	{ .page_shift = 12, .data_pages = 1300, .order = IMAGE_RUNS },
	{ .page_shift = 12, .data_pages = 1300, .packing = TRANS_SWSUSP_LZ4 },
};

static void progress_stops(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++)
		for (unsigned long at = 1; at <= 33; at++) {
			int rc;

			hostile_make(&ordinary[i]);
			victim.stop_at = at;
			rc = hostile_attempt();
			if (at <= 32) {
				assert_int_equal(rc, TRANS_ESTOPPED);
				assert_string_equal(victim.err.why,
						    "progress");
				assert_int_equal(trans_swsusp_read(
					&victim.sw, 0, reader_room, &victim,
					NULL), TRANS_EINVAL);
			} else {
				assert_int_equal(rc, 0);
			}
			hostile_drop();
		}
}

/* Two maps, few enough reads to fail each. */
static const struct image_spec brief[] = {
	{ .page_shift = 12, .data_pages = 520 },
	{ .page_shift = 12, .data_pages = 150, .packing = TRANS_SWSUSP_LZ4,
	  .order = IMAGE_RUNS },
};

static void disk_fails(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		unsigned long at = 0;
		int rc;

		hostile_make(&brief[i]);
		do {
			victim.disk.fault_at = ++at;
			victim.disk.fault = DISK_REFUSES;
			rc = hostile_attempt();
			if (rc) {
				assert_int_equal(rc, TRANS_EHOST);
				assert_string_equal(victim.err.why,
						    "disk read");
				assert_true(victim.err.len >= 512);
			}
			hostile_restart();
		} while (rc);
		assert_true(at > 5);
		hostile_drop();
	}
}

static void no_room(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		unsigned long at = 0;
		int rc;

		hostile_make(&brief[i]);
		do {
			/* Now and then in the middle of a chunk. */
			victim.room_most = i ? 20 : 40;
			victim.refuse_at = ++at;
			rc = hostile_attempt();
			if (rc) {
				assert_int_equal(rc, TRANS_EFAULT);
				assert_string_equal(victim.err.why,
					"no room for a page of the image");
			}
			hostile_restart();
		} while (rc);
		assert_true(at > 4);
		hostile_drop();
	}
}

static unsigned int odd_count;

static void *odd_room(void *ctx, unsigned int *count)
{
	*count = odd_count ? *count + odd_count : 0;
	return ctx;
}

static void odd_rooms(void **state)
{
	(void)state;
	for (odd_count = 0; odd_count < 2; odd_count++) {
		hostile_make(&ordinary[0]);
		assert_int_equal(reader_open(&victim), 0);
		assert_int_equal(trans_swsusp_read(&victim.sw, 10, odd_room,
						   victim.out, &victim.err),
				 TRANS_EFAULT);
		hostile_drop();
	}
}

static void more_than_there_is(void **state)
{
	uint64_t all;

	(void)state;
	hostile_make(&ordinary[1]);
	memset(&victim.sw, 0, sizeof(victim.sw));
	assert_int_equal(trans_swsusp_read(&victim.sw, 0, reader_room, &victim,
					   NULL), TRANS_EINVAL);
	assert_int_equal(reader_open(&victim), 0);
	all = victim.sw.info.pages - 1;
	assert_int_equal(trans_swsusp_read(&victim.sw, all + 1, reader_room,
					   &victim, &victim.err), TRANS_EINVAL);
	assert_int_equal(trans_swsusp_read(&victim.sw, UINT64_MAX, reader_room,
					   &victim, NULL), TRANS_EINVAL);
	assert_int_equal(trans_swsusp_read(&victim.sw, 0, reader_room, &victim,
					   NULL), 0);
	assert_int_equal(reader_read(&victim), 0);
	assert_memory_equal(victim.out, hostile.stream, hostile_stream_len());
	assert_int_equal(trans_swsusp_read(&victim.sw, 1, reader_room, &victim,
					   &victim.err), TRANS_EINVAL);
	assert_int_equal(trans_swsusp_read(&victim.sw, 0, reader_room, &victim,
					   &victim.err), 0);
	hostile_drop();
}

static void bad_args(int status, const char *why)
{
	assert_int_equal(reader_open(&victim), status);
	assert_string_equal(victim.err.why, why);
	assert_int_equal(trans_swsusp_open(&victim.sw, &victim.args, NULL),
			 status);
	assert_int_equal(victim.disk.reads, 0);
	hostile_restart();
}

static void arguments(void **state)
{
	static const char *const buffer =
		"buffer missing or not aligned to 4 KiB";
	void *kept;

	(void)state;
	hostile_make(&ordinary[0]);
	victim.args.disk = NULL;
	bad_args(TRANS_EINVAL, "no disk to read");
	victim.disk.block.read = NULL;
	bad_args(TRANS_EINVAL, "no disk to read");
	victim.disk.block.sector_shift = 8;
	bad_args(TRANS_EINVAL, "sector size of the disk");
	victim.disk.block.sector_shift = 17;
	bad_args(TRANS_EINVAL, "sector size of the disk");
	victim.disk.block.flush = NULL;
	bad_args(TRANS_EINVAL, "write without flush");
	victim.disk.block.write = NULL;
	victim.disk.block.flush = NULL;
	assert_int_equal(hostile_attempt(), 0);
	hostile_restart();
	victim.args.buffer_len = TRANS_SWSUSP_BUFFER(12) - 1;
	bad_args(TRANS_ENOSPC, "buffer of the reader");
	kept = victim.args.buffer;
	victim.args.buffer = NULL;
	assert_int_equal(reader_open(&victim), TRANS_EINVAL);
	assert_string_equal(victim.err.why, buffer);
	victim.args.buffer = (uint8_t *)kept + 512;
	assert_int_equal(reader_open(&victim), TRANS_EINVAL);
	assert_string_equal(victim.err.why, buffer);
	victim.args.buffer = kept;
	/* Where the header would be beyond the disk, or beyond 2^64. */
	victim.args.offset = hostile.len >> 12;
	assert_int_equal(reader_open(&victim), TRANS_ERANGE);
	victim.args.offset = UINT64_MAX;
	assert_int_equal(reader_open(&victim), TRANS_ERANGE);
	assert_false(victim.disk.outside);
	hostile_drop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(progress_stops),
		cmocka_unit_test(disk_fails),
		cmocka_unit_test(no_room),
		cmocka_unit_test(odd_rooms),
		cmocka_unit_test(more_than_there_is),
		cmocka_unit_test(arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
