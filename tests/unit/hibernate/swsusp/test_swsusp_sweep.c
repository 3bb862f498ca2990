/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Hibernation images with every byte of header, info page, swap maps and chunk
 * headers changed, on disks cut short at every page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/support/swsusp_hostile.h"

/* ---- the sweep ---- */

/* A raw image has no CRC: where a slot or data changed, the stream may. */
static void sweep_bytes(uint8_t *from, size_t len, bool content_may_change)
{
	static const uint8_t flips[] = { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20,
					 0x40, 0x80, 0xff, 0x7f, 0x03 };

	for (size_t i = 0; i < len; i++) {
		uint8_t kept = from[i];

		for (size_t n = 0; n < sizeof(flips); n++) {
			from[i] = kept ^ flips[n];
			victim.given = 0;
			victim.last_done = 0;
			if (!hostile_attempt() && !content_may_change)
				assert_memory_equal(victim.out, hostile.stream,
						    hostile_stream_len());
		}
		from[i] = kept;
	}
}

static void sweep(const struct image_spec *spec)
{
	bool raw = spec->packing == TRANS_SWSUSP_RAW;
	unsigned int used;

	hostile_make(spec);
	sweep_bytes(image_header(&hostile, 40), 40, false);
	sweep_bytes(image_page(&hostile, hostile.slot[0]), 104, false);
	sweep_bytes(image_page(&hostile, hostile.slot[0]) + 388, 56, false);
	used = hostile.slots < 511 ? hostile.slots : 511;
	sweep_bytes(image_page(&hostile, hostile.map[0]), 8 * (used + 1), raw);
	sweep_bytes(image_page(&hostile, hostile.map[0] + 1) - 16, 16, raw);
	for (unsigned int i = 0; i < hostile.chunks; i++)
		sweep_bytes(image_page(&hostile,
				       hostile.slot[hostile.chunk[i]]), 24,
			    false);
	victim.given = victim.last_done = 0;
	assert_int_equal(hostile_attempt(), 0);
	assert_memory_equal(victim.out, hostile.stream, hostile_stream_len());
	hostile_drop();
}

static void sweep_raw(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 6,
				   .spare = 2 };

	(void)state;
	sweep(&spec);
	spec.order = IMAGE_MIXED;
	spec.offset = 2;
	sweep(&spec);
}

static void sweep_lzo(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 9,
				   .packing = TRANS_SWSUSP_LZO,
				   .chunk_pages = 4, .order = IMAGE_MIXED,
				   .spare = 3 };

	(void)state;
	sweep(&spec);
}

static void sweep_lz4(void **state)
{
	struct image_spec spec = { .page_shift = 14, .data_pages = 9,
				   .packing = TRANS_SWSUSP_LZ4,
				   .chunk_pages = 4, .order = IMAGE_DOWN };

	(void)state;
	sweep(&spec);
}

/* A raw image of two maps: the second, and the way there. */
static void sweep_second_map(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 512,
				   .order = IMAGE_RUNS };

	(void)state;
	hostile_make(&spec);
	assert_int_equal(hostile.maps, 2);
	sweep_bytes(image_page(&hostile, hostile.map[0] + 1) - 16, 16, true);
	sweep_bytes(image_page(&hostile, hostile.map[1]), 32, true);
	hostile_drop();
}

/* Any byte of a packed image that counts is seen by the CRC, if by nothing
 * before it. */
static void every_packed_byte(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 40,
				   .packing = TRANS_SWSUSP_LZ4 };
	unsigned int bad = 0;

	(void)state;
	hostile_make(&spec);
	for (uint64_t at = 4096; at < hostile.len; at += 97) {
		hostile.disk[at] ^= 0x20;
		victim.given = victim.last_done = 0;
		if (hostile_attempt())
			bad++;
		else
			assert_memory_equal(victim.out, hostile.stream,
					    hostile_stream_len());
		hostile.disk[at] ^= 0x20;
	}
	assert_true(bad > 100);
	hostile_drop();
}

/* ---- disks too short ---- */

static void cut_short(const struct image_spec *spec)
{
	uint64_t page = 1ULL << spec->page_shift, last = 0;

	image_make(&hostile, spec);
	for (unsigned int i = 0; i < hostile.slots; i++)
		last = hostile.slot[i] > last ? hostile.slot[i] : last;
	for (unsigned int i = 0; i < hostile.maps; i++)
		last = hostile.map[i] > last ? hostile.map[i] : last;
	for (uint64_t len = 0; len <= hostile.len; len += page / 2) {
		int rc;

		hostile_start(len);
		rc = hostile_attempt();
		/* Smaller pages have theirs further in front. */
		if (len < (spec->offset + 1) * 4096)
			assert_int_equal(rc, TRANS_ERANGE);
		else if (len < (spec->offset + 1) * page)
			assert_int_equal(rc, TRANS_ENOIMAGE);
		else if (len < (last + 1) * page)
			assert_true(rc == TRANS_ETRUNC || rc == TRANS_ECORRUPT);
		else
			assert_int_equal(rc, 0);
		/* Counts that no such disk could hold come first. */
		if (rc == TRANS_ECORRUPT)
			assert_string_equal(victim.err.why,
					    "page counts of the image");
		reader_free(&victim);
	}
	image_free(&hostile);
}

static void disk_cut_short(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 12; i++) {
		struct image_spec spec = {
			.page_shift = 12 + i % 2 * 2, .data_pages = 37,
			.packing = i % 3, .order = i / 3, .seed = i,
			.offset = i % 4 == 3 ? 11 : 0, .spare = 2,
		};

		cut_short(&spec);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sweep_raw),
		cmocka_unit_test(sweep_lzo),
		cmocka_unit_test(sweep_lz4),
		cmocka_unit_test(sweep_second_map),
		cmocka_unit_test(every_packed_byte),
		cmocka_unit_test(disk_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
