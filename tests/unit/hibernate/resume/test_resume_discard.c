/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Giving an image up: it is the one that was seen, or nothing is written; one
 * sector is; and wherever the power goes, the image is there or it is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <trans_table/hibernate.h>

#include "tests/unit/support/disk.h"
#include "tests/unit/support/files.h"
#include "tests/unit/support/swsusp_image.h"

#define BUFFER_LEN TRANS_SWSUSP_BUFFER(12)

static struct image image;
static struct disk disk;
static uint8_t *original;
static uint8_t buffer[BUFFER_LEN] __attribute__((aligned(4096)));
static struct trans_image_id id;
static struct trans_swsusp_info info;
static struct trans_error err;

static const unsigned int shifts[] = { 12, 14, 16 };

static void begin(unsigned int page_shift, uint64_t offset,
		  unsigned int sector_shift)
{
	struct image_spec spec = { .page_shift = page_shift, .data_pages = 40,
				   .packing = TRANS_SWSUSP_LZO,
				   .order = IMAGE_MIXED, .offset = offset,
				   .seed = 5 };

	image_make(&image, &spec);
	disk_init(&disk, image.disk, image.len, sector_shift);
	original = malloc(image.len);
	assert_non_null(original);
	memcpy(original, image.disk, image.len);
	memset(&id, 0, sizeof(id));
}

static void end(void)
{
	assert_false(disk.outside);
	disk_free(&disk);
	image_free(&image);
	free(original);
}

static int probe(void)
{
	memset(&id, 0x5a, sizeof(id));
	return trans_resume_probe(&disk.block, image.spec.offset, buffer,
				  BUFFER_LEN, &info, &id, &err);
}

static int discard(void)
{
	disk.ops = 0;
	return trans_resume_discard(&disk.block, &id, buffer, BUFFER_LEN,
				    &err);
}

static void stale(void)
{
	unsigned long writes = disk.writes;

	assert_int_equal(discard(), TRANS_ESTALE);
	assert_int_equal(err.status, TRANS_ESTALE);
	assert_string_equal(err.why,
			    "this image is not on the disk any more");
	assert_int_equal(trans_resume_advise(TRANS_ESTALE),
			 TRANS_RESUME_AGAIN);
	assert_int_equal(disk.writes, writes);
}

/* The medium: as it was, or as it was but for the signature. */
static bool is_gone(void)
{
	uint8_t *sig = image_header(&image, 10);
	bool gone = !memcmp(sig, "SWAPSPACE2", 10);

	memcpy(sig, "S1SUSPEND", 10);
	assert_memory_equal(image.disk, original, image.len);
	if (gone)
		memcpy(sig, "SWAPSPACE2", 10);
	return gone;
}

static void discards(void)
{
	assert_int_equal(discard(), 0);
	assert_int_equal(disk.writes, 1);
	assert_int_equal(disk.flushes, 1);
	assert_int_equal(disk.pending_count, 0);
	assert_int_equal(probe(), TRANS_ENOIMAGE);
	assert_int_equal(id.page_len, 0);
}

/* A buffer for pages of 4K is enough, also to learn the id of larger ones. */
static void each_page_size(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 12; i++) {
		unsigned int shift = shifts[i % 3];
		struct trans_image_id kept;

		begin(shift, i < 6 ? 0 : 7, i & 1 ? 9 : 12);
		assert_int_equal(probe(), shift == 12 ? 0 : TRANS_ENOSPC);
		assert_int_equal(id.page_len, 1u << shift);
		assert_int_equal(id.offset, image.spec.offset << shift);
		kept = id;
		discards();
		assert_true(is_gone());
		id = kept;
		stale();
		end();
	}
}

static void read_only_needs_no_flush(void **state)
{
	(void)state;
	begin(12, 0, 9);
	disk.block.write = NULL;
	disk.block.flush = NULL;
	assert_int_equal(probe(), 0);
	assert_int_equal(discard(), TRANS_EHOST);
	assert_string_equal(err.why, "the disk is read-only");
	end();
}

/* ---- another image ---- */

static void changed(uint8_t *byte)
{
	*byte ^= 0x20;
	stale();
	*byte ^= 0x20;
}

static void every_part_counts(void **state)
{
	(void)state;
	begin(12, 3, 9);
	assert_int_equal(probe(), 0);
	for (unsigned int i = 1; i <= 512; i++)
		changed(image_header(&image, i));
	for (unsigned int i = 0; i < 4096; i += 13) {
		changed(image_page(&image, image.map[0]) + i);
		changed(image_page(&image, image.slot[0]) + i);
	}
	/* Data does not: only a whole load sees all of that. */
	*image_page(&image, image.slot[1]) ^= 1;
	memcpy(original, image.disk, image.len);
	discards();
	assert_true(is_gone());
	end();
}

static void other_ids(void **state)
{
	struct trans_image_id kept;

	(void)state;
	begin(12, 3, 9);
	assert_int_equal(probe(), 0);
	kept = id;
	for (unsigned int i = 0; i < sizeof(id.sha256); i++)
		changed(&id.sha256[i]);
	id.offset += 4096;
	stale();
	id.offset = UINT64_MAX - 4095;
	stale();
	id = kept;
	id.page_len = 16384;
	id.offset *= 4;
	stale();
	id.page_len = 8192;
	assert_int_equal(discard(), TRANS_EINVAL);
	assert_string_equal(err.why, "the id of no image");
	id.page_len = 0;
	assert_int_equal(discard(), TRANS_EINVAL);
	id = kept;
	id.offset++;
	assert_int_equal(discard(), TRANS_EINVAL);
	assert_int_equal(disk.writes, 0);
	end();
}

static void arguments(void **state)
{
	(void)state;
	begin(12, 0, 9);
	assert_int_equal(probe(), 0);
	assert_int_equal(trans_resume_discard(&disk.block, &id, buffer,
					      BUFFER_LEN - 1, &err),
			 TRANS_ENOSPC);
	assert_int_equal(trans_resume_discard(&disk.block, &id, buffer + 8,
					      BUFFER_LEN, &err), TRANS_EINVAL);
	assert_int_equal(trans_resume_discard(NULL, &id, buffer, BUFFER_LEN,
					      &err), TRANS_EINVAL);
	assert_int_equal(trans_resume_discard(&disk.block, &id, buffer,
					      BUFFER_LEN, NULL), 0);
	end();
}

/* ---- images that are refused can be given up ---- */

static void refused(int status)
{
	assert_int_equal(probe(), status);
	assert_int_equal(id.page_len, 1u << image.spec.page_shift);
	memcpy(original, image.disk, image.len);
	discards();
	assert_true(is_gone());
	end();
}

static void refused_images(void **state)
{
	(void)state;
	begin(12, 0, 9);
	file_le(image_header(&image, 24), 0x100, 4);
	refused(TRANS_EIMAGE);
	begin(12, 0, 9);
	file_le(image_header(&image, 32), image.len >> 12, 8);
	refused(TRANS_ETRUNC);
	begin(12, 0, 9);
	file_le(image_header(&image, 32), 0, 8);
	refused(TRANS_ECORRUPT);
	begin(12, 0, 9);
	file_le(image_page(&image, image.map[0]), UINT64_MAX, 8);
	refused(TRANS_ETRUNC);
	begin(12, 0, 9);
	file_le(image_page(&image, image.map[0]), 0, 8);
	refused(TRANS_ETRUNC);
	begin(12, 0, 9);
	file_le(image_page(&image, image.slot[0]) + 424, 0, 8);
	refused(TRANS_ECORRUPT);
	begin(12, 0, 9);
	file_le(image_page(&image, image.slot[0]) + 392, 1, 4);
	refused(TRANS_EIMAGE);
}

static void nothing_to_put_back(void **state)
{
	(void)state;
	begin(12, 0, 9);
	memcpy(image_header(&image, 20), "S1SUSPEND", 10);
	assert_int_equal(probe(), TRANS_EIMAGE);
	assert_int_equal(id.page_len, 4096);
	assert_int_equal(discard(), TRANS_EIMAGE);
	assert_string_equal(err.why, "the signature to put back is none of "
			    "swap");
	assert_int_equal(disk.writes, 0);
	end();
}

/* Nor is an image of another program, or nothing, anybody's id. */
static void no_id(void **state)
{
	(void)state;
	begin(12, 0, 9);
	memcpy(image_header(&image, 10), "LINHIB0001", 10);
	assert_int_equal(probe(), TRANS_EIMAGE);
	assert_int_equal(id.page_len, 0);
	memset(image_header(&image, 10), 0, 10);
	assert_int_equal(probe(), TRANS_ENOIMAGE);
	assert_int_equal(id.page_len, 0);
	end();
	begin(12, 0, 9);
	for (unsigned long at = 1; at < 4; at++) {
		disk.ops = 0;
		disk.fault_at = at;
		disk.fault = DISK_REFUSES;
		assert_int_equal(probe(), TRANS_EHOST);
		assert_int_equal(id.page_len, 0);
	}
	end();
}

/* ---- faults ---- */

/* Three reads of the parts, one of the sector, write, flush, read back. */
#define OPERATIONS 7

static void faults(void **state)
{
	static const enum disk_fault kinds[] = { DISK_REFUSES, DISK_DOES,
						 DISK_FLIPS, DISK_LIES };

	(void)state;
	for (unsigned int i = 0; i < 4 * OPERATIONS; i++) {
		int ret;

		begin(12, 0, 9);
		assert_int_equal(probe(), 0);
		disk.fault_at = i % OPERATIONS + 1;
		disk.fault = kinds[i / OPERATIONS];
		ret = discard();
		if (ret)
			assert_true(ret == TRANS_EHOST || ret == TRANS_ESTALE);
		else /* bits flip in reads only; and a flush may lie */
			assert_true(disk.fault == DISK_FLIPS ?
					    disk.fault_at == 5 ||
						    disk.fault_at == 6 :
					    disk.fault == DISK_LIES &&
						    disk.fault_at == 6);
		disk.fault = DISK_FINE;
		disk_power_cut(&disk, 0);
		if (ret)
			assert_false(is_gone());
		end();
	}
}

static void power_cuts(void **state)
{
	unsigned long at = 0;
	int ret;

	(void)state;
	do {
		begin(12, 0, 9);
		assert_int_equal(probe(), 0);
		disk.fault_at = ++at;
		disk.fault = DISK_CUT;
		ret = discard();
		for (uint32_t subset = 0; subset < 2; subset++) {
			disk_power_cut(&disk, subset);
			if (at < 5)
				assert_false(is_gone());
			else
				(void)is_gone(); /* one or the other */
		}
		assert_true(ret || is_gone());
		end();
	} while (ret);
	assert_int_equal(at, OPERATIONS + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_page_size),
		cmocka_unit_test(read_only_needs_no_flush),
		cmocka_unit_test(every_part_counts),
		cmocka_unit_test(other_ids),
		cmocka_unit_test(arguments),
		cmocka_unit_test(refused_images),
		cmocka_unit_test(nothing_to_put_back),
		cmocka_unit_test(no_id),
		cmocka_unit_test(faults),
		cmocka_unit_test(power_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
