/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * At most once: the signature of an image goes, and whatever the disk does
 * meanwhile (refuses, lies, loses power at any operation with any part of its
 * cache) the image is whole or gone, and never lost by what says that it
 * failed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/swsusp_reader.h"

#define LOST "signature neither cleared nor restored"

/* An image as it was made, and a disk to work on. */
static struct image image;
static struct reader reader;
static uint8_t *original;

static const struct image_spec specs[] = {
	{ .page_shift = 12, .data_pages = 5 },
	{ .page_shift = 16, .data_pages = 2, .packing = TRANS_SWSUSP_LZ4 },
	{ .page_shift = 14, .data_pages = 3, .packing = TRANS_SWSUSP_LZO,
	  .offset = 4, .order = IMAGE_DOWN },
};
static const unsigned int sectors[] = { 9, 12 };

/* A fresh disk with the image, opened and read. */
static void begin(unsigned int variant)
{
	const struct image_spec *spec = &specs[variant / 2 % 3];

	image_make(&image, spec);
	original = malloc(image.len);
	assert_non_null(original);
	memcpy(original, image.disk, image.len);
	reader_init(&reader, image.disk, image.len, spec->offset,
		    spec->page_shift, image.meta_pages + image.data_pages);
	reader.disk.block.sector_shift = sectors[variant % 2];
	assert_int_equal(reader_open(&reader), 0);
	assert_int_equal(reader_read(&reader), 0);
	reader.disk.ops = reader.disk.reads = reader.disk.writes = 0;
}

static void end(void)
{
	reader_free(&reader);
	image_free(&image);
	free(original);
}

/* ---- what the medium holds ---- */

enum state { WHOLE, GONE, HALF };

static enum state state_of_medium(void)
{
	uint8_t *sig = image_header(&image, 10);
	enum state state = HALF;
	uint8_t kept[10];

	if (!memcmp(image.disk, original, image.len))
		return WHOLE;
	memcpy(kept, sig, 10);
	memcpy(sig, "S1SUSPEND", 10);
	if (!memcmp(kept, "SWAPSPACE2", 10) &&
	    !memcmp(image.disk, original, image.len))
		state = GONE;
	memcpy(sig, kept, 10);
	return state;
}

/* As the next boot finds it. */
static void check_boot(enum state state)
{
	struct reader next;

	reader_init(&next, image.disk, image.len, image.spec.offset,
		    image.spec.page_shift, reader.out_pages);
	if (state == GONE) {
		assert_int_equal(reader_open(&next), TRANS_ENOIMAGE);
		assert_string_equal(next.err.why,
				    "swap space without an image");
	} else {
		assert_int_equal(reader_open(&next), 0);
		assert_int_equal(reader_read(&next), 0);
		assert_memory_equal(next.out, image.stream,
				    (size_t)(next.out_pages <<
					     next.page_shift));
	}
	reader_free(&next);
}

/* The power goes now. Whatever part of the cache was written, the medium's
 * state is among @allowed (bits). */
static void check_cuts(unsigned int allowed)
{
	unsigned int pending = reader.disk.pending_count;
	struct disk kept = reader.disk;
	uint8_t *medium = malloc(image.len);

	assert_non_null(medium);
	assert_true(pending <= 6);
	memcpy(medium, image.disk, image.len);
	for (uint32_t subset = 0; subset < 1u << pending; subset++) {
		enum state state;

		memcpy(image.disk, medium, image.len);
		for (unsigned int i = 0; i < pending; i++)
			if (subset & 1u << i)
				memcpy(image.disk +
				       (kept.pending[i].sector
					<< kept.block.sector_shift),
				       kept.pending[i].bytes,
				       (size_t)1 << kept.block.sector_shift);
		state = state_of_medium();
		assert_true(1u << state & allowed);
		check_boot(state);
	}
	memcpy(image.disk, medium, image.len);
	free(medium);
}

#define ONLY(state) (1u << (state))
#define EITHER (ONLY(WHOLE) | ONLY(GONE))

static int clear(void)
{
	reader.disk.ops = 0;
	return trans_swsusp_clear(&reader.sw, &reader.err);
}

/* ---- nothing fails ---- */

static void goes_once(void **state)
{
	(void)state;
	for (unsigned int v = 0; v < 6; v++) {
		begin(v);
		check_cuts(ONLY(WHOLE));
		assert_int_equal(clear(), 0);
		assert_int_equal(reader.disk.pending_count, 0);
		assert_int_equal(reader.disk.writes, 1);
		assert_int_equal(reader.disk.flushes, 1);
		assert_int_equal(reader.disk.reads, 2);
		check_cuts(ONLY(GONE));
		assert_int_equal(clear(), TRANS_ESTALE);
		check_cuts(ONLY(GONE));
		assert_false(reader.disk.outside);
		end();
	}
}

/* The buffer was used for the sector. */
static void no_reading_behind_it(void **state)
{
	(void)state;
	begin(0);
	assert_int_equal(reader_open(&reader), 0);
	assert_int_equal(clear(), 0);
	assert_int_equal(reader_read(&reader), TRANS_EINVAL);
	end();
}

static void not_open(void **state)
{
	struct trans_swsusp none;

	(void)state;
	memset(&none, 0, sizeof(none));
	assert_int_equal(trans_swsusp_clear(&none, NULL), TRANS_EINVAL);
}

static void read_only(void **state)
{
	(void)state;
	begin(0);
	reader.disk.block.write = NULL;
	assert_int_equal(clear(), TRANS_EHOST);
	assert_string_equal(reader.err.why, "the disk is read-only");
	assert_int_equal(reader.disk.writes, 0);
	end();
	begin(0);
	reader.disk.protected = true;
	assert_int_equal(clear(), TRANS_EHOST);
	assert_string_equal(reader.err.why, "write of the signature");
	check_cuts(ONLY(WHOLE));
	end();
}

/* Every byte of the sector, changed since the image was opened: not touched. */
static void header_changed(void **state)
{
	(void)state;
	for (unsigned int v = 0; v < 2; v++) {
		size_t len = (size_t)1 << sectors[v];

		begin(v);
		for (size_t i = 1; i <= len; i++) {
			uint8_t *byte = image_header(&image, (unsigned int)i);

			*byte ^= 0x41;
			assert_int_equal(clear(), TRANS_ESTALE);
			assert_int_equal(reader.disk.writes, 0);
			*byte ^= 0x41;
		}
		end();
	}
}

/* ---- power cuts ---- */

/* At each operation of clear, until one comes too late. */
static void cut_in_clear(void **state)
{
	(void)state;
	for (unsigned int v = 0; v < 6; v++) {
		unsigned int at = 0;
		int rc;

		do {
			begin(v);
			reader.disk.fault_at = ++at;
			reader.disk.fault = DISK_CUT;
			rc = clear();
			check_cuts(rc ? EITHER : ONLY(GONE));
			end();
		} while (rc);
		assert_int_equal(at, 5);
	}
}

/* ---- faults ---- */

/* What must be so after a clear that had faults. */
static void check_cleared(int rc)
{
	if (!rc)
		check_cuts(ONLY(GONE));
	else if (strcmp(reader.err.why, LOST))
		check_cuts(ONLY(WHOLE));
	else
		check_cuts(EITHER);
}

static const enum disk_fault faults[] = { DISK_REFUSES, DISK_DOES, DISK_LIES,
					  DISK_FLIPS };

/* A flush that says it did and did not is beyond any program. */
static bool undetectable(enum disk_fault fault, unsigned int at, int lie)
{
	return fault == DISK_LIES && at == (unsigned int)lie;
}

/* One fault at each operation, once or for good: never a silent loss. */
static void one_fault(void **state)
{
	(void)state;
	for (unsigned int v = 0; v < 6; v++)
		for (unsigned int i = 0; i < 4 * 2 * 4; i++) {
			unsigned int at = 1 + i % 4;
			enum disk_fault fault = faults[i / 8];
			int rc;

			if (undetectable(fault, at, 3))
				continue;
			begin(v);
			reader.disk.fault_at = at;
			reader.disk.fault = fault;
			reader.disk.for_good = i / 4 % 2;
			rc = clear();
			/* A flush has nothing to flip. */
			if (fault != DISK_FLIPS || at == 1 || at == 4)
				assert_int_not_equal(rc, 0);
			check_cleared(rc);
			if (rc && !reader.disk.for_good)
				assert_string_not_equal(reader.err.why, LOST);
			end();
		}
}

/* Nothing was written, and the read-back does nothing either, into a buffer
 * that holds what was wanted since an earlier time. */
static void nothing_read_back(void **state)
{
	(void)state;
	for (unsigned int v = 0; v < 6; v++) {
		begin(v);
		assert_int_equal(clear(), 0);
		memcpy(image.disk, original, image.len);
		reader.disk.fault_at = 2;
		reader.disk.fault = DISK_LIES;
		reader.disk.then_at = 4;
		reader.disk.then = DISK_LIES;
		assert_int_equal(clear(), TRANS_EHOST);
		assert_string_equal(reader.err.why, "signature read back");
		check_cuts(ONLY(WHOLE));
		end();
	}
}

/* Two faults, the second anywhere in what is done about the first. */
static void two_faults(void **state)
{
	unsigned int lost = 0;

	(void)state;
	for (unsigned int i = 0; i < 4 * 4 * 4 * 6; i++) {
		enum disk_fault first = faults[i / 4 % 4];
		unsigned int at = 1 + i % 4, then = at + 1 + i / 64;
		int rc;

		if (undetectable(first, at, 3) || faults[i / 16 % 4] == DISK_LIES)
			continue;
		begin(0);
		reader.disk.fault_at = at;
		reader.disk.fault = first;
		reader.disk.then_at = then;
		reader.disk.then = faults[i / 16 % 4];
		rc = clear();
		lost += rc && !strcmp(reader.err.why, LOST);
		check_cleared(rc);
		end();
	}
	/* The path is really taken. */
	assert_true(lost > 5);
}

static void fault_then_cut(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4 * 4 * 8; i++) {
		enum disk_fault first = faults[i / 4 % 4];
		unsigned int at = 1 + i % 4;

		begin(0);
		reader.disk.fault_at = at;
		reader.disk.fault = first;
		reader.disk.then_at = at + 1 + i / 16;
		reader.disk.then = DISK_CUT;
		if (clear())
			check_cuts(EITHER);
		else if (!undetectable(first, at, 3))
			check_cuts(ONLY(GONE));
		end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_once),
		cmocka_unit_test(no_reading_behind_it),
		cmocka_unit_test(not_open),
		cmocka_unit_test(read_only),
		cmocka_unit_test(header_changed),
		cmocka_unit_test(cut_in_clear),
		cmocka_unit_test(one_fault),
		cmocka_unit_test(nothing_read_back),
		cmocka_unit_test(two_faults),
		cmocka_unit_test(fault_then_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
