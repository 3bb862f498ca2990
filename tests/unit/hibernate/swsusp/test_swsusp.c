/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The reader of hibernation images: every form of image gives the stream it was
 * made from, whatever the order on the disk and the rooms it goes to; what it
 * says of itself; how it reads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/swsusp_reader.h"

static struct image image;
static struct reader reader;

static void make(const struct image_spec *spec)
{
	image_make(&image, spec);
	reader_init(&reader, image.disk, image.len, spec->offset,
		    spec->page_shift, image.meta_pages + image.data_pages);
}

static void drop(void)
{
	reader_free(&reader);
	image_free(&image);
}

static void check_stream(void)
{
	size_t len = (size_t)((image.meta_pages + image.data_pages) <<
			      image.spec.page_shift);

	assert_false(reader.disk.outside);
	assert_int_equal(reader.disk.writes + reader.disk.flushes, 0);
	assert_int_equal(reader.given, image.meta_pages + image.data_pages);
	assert_int_equal(reader.last_done, reader.given);
	assert_int_equal(reader.last_all, reader.given);
	assert_memory_equal(reader.out, image.stream, len);
}

static void reads(const struct image_spec *spec, unsigned int room_most,
		  bool uneven, uint64_t step)
{
	make(spec);
	reader.room_most = room_most;
	reader.uneven = uneven;
	reader.step = step;
	assert_int_equal(reader_open(&reader), 0);
	if (reader_read(&reader))
		fail_msg("%s", reader.err.why);
	check_stream();
	drop();
}

/* ---- every form ---- */

static void every_form(unsigned int page_shift, unsigned int pages)
{
	for (unsigned int i = 0; i < 3 * 4 * 2; i++) {
		struct image_spec spec = {
			.page_shift = page_shift, .data_pages = pages,
			.packing = i % 3, .order = i / 3 % 4,
			.zero_pages = i / 12 ? pages / 3 : 0,
			.offset = i / 12 ? 7 : 0, .spare = 5, .seed = i + 1,
		};

		reads(&spec, 0, false, 0);
		reads(&spec, 1, false, 1);
		reads(&spec, 40, true, 0);
		reads(&spec, 0, true, 33);
		reads(&spec, 5, false, 7);
	}
}

static void forms_4k(void **state)
{
	(void)state;
	every_form(12, 600); /* two maps, raw */
	every_form(12, 1);
	every_form(12, 31);
	every_form(12, 32);
}

static void forms_16k(void **state)
{
	(void)state;
	every_form(14, 100);
	every_form(14, 1);
}

static void forms_64k(void **state)
{
	(void)state;
	every_form(16, 36);
}

/* More than one map at the larger page sizes: entries that end with the page,
 * not with the 512th. */
static void many_maps(void **state)
{
	struct image_spec spec = { .page_shift = 14, .data_pages = 2100,
				   .spare = 1 };

	(void)state;
	reads(&spec, 0, false, 0);
	spec.order = IMAGE_RUNS;
	reads(&spec, 300, true, 0);
}

/* Streams that end with a map: the next one must not be asked for. */
static void exact_maps(void **state)
{
	(void)state;
	for (unsigned int pages = 508; pages <= 511; pages++) {
		struct image_spec spec = { .page_shift = 12,
					   .data_pages = pages };

		reads(&spec, 0, false, 0);
	}
}

/* Chunks of other sizes than Linux makes: up to 32 pages are legal. */
static void odd_chunks(void **state)
{
	static const unsigned int sizes[] = { 1, 5, 31 };

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		struct image_spec spec = {
			.page_shift = 12, .data_pages = 200, .seed = i,
			.packing = 1 + i / 3, .chunk_pages = sizes[i % 3],
		};

		reads(&spec, 0, false, 0);
		reads(&spec, 33, true, 0);
		reads(&spec, 3, false, 50);
	}
}

/* ---- what it says of itself ---- */

static void info(void **state)
{
	struct image_spec spec = { .page_shift = 14, .data_pages = 20,
				   .packing = TRANS_SWSUSP_LZ4,
				   .flags = 1 | 8, .zero_pages = 3000 };
	const struct trans_swsusp_info *i = &reader.sw.info;

	(void)state;
	make(&spec);
	memcpy(image_header(&image, 40), "\x11\x22\x33\x44", 4);
	assert_int_equal(reader_open(&reader), 0);
	assert_int_equal(i->page_shift, 14);
	assert_int_equal(i->packing, TRANS_SWSUSP_LZ4);
	assert_true(i->has_crc);
	assert_int_equal(i->crc, image.crc);
	assert_true(i->has_hardware);
	assert_int_equal(i->hardware, 0x44332211);
	assert_string_equal(i->version, IMAGE_VERSION);
	assert_int_equal(i->meta_pages, 2);
	assert_int_equal(i->data_pages, 20);
	assert_int_equal(i->pages, 23);
	assert_int_equal(i->ram_pages, 131072);
	assert_int_equal(i->ttbr1, IMAGE_TTBR1);
	assert_int_equal(i->reenter, IMAGE_REENTER);
	assert_int_equal(i->stub, IMAGE_STUB);
	assert_int_equal(i->mpidr, 1);
	assert_int_equal(reader.sw.done, 0);
	drop();
}

static void raw_has_no_crc(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 3 };

	(void)state;
	make(&spec);
	memset(image_header(&image, 40), 0x77, 8);
	assert_int_equal(reader_open(&reader), 0);
	assert_false(reader.sw.info.has_crc);
	assert_int_equal(reader.sw.info.crc, 0);
	assert_false(reader.sw.info.has_hardware);
	assert_int_equal(reader.sw.info.hardware, 0);
	drop();
}

/* ---- how it reads ---- */

/* Each sector once; of the header only the last one. */
static void read_once(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 12; i++) {
		struct image_spec spec = {
			.page_shift = 12, .data_pages = 600, .packing = i % 3,
			.order = i / 3, .seed = i,
		};

		make(&spec);
		reader.disk.times = calloc(image.len >> 9, 1);
		reader.room_most = i % 2 ? 3 : 0;
		assert_int_equal(reader_open(&reader), 0);
		assert_int_equal(reader_read(&reader), 0);
		for (uint64_t s = 0; s < image.len >> 9; s++)
			assert_int_equal(reader.disk.times[s], s >= 7);
		drop();
	}
}

/* On an empty swap space: a map, its 511 pages, and so on. */
static void reads_are_large(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 2039 };

	(void)state;
	make(&spec);
	assert_int_equal(reader_open(&reader), 0);
	assert_int_equal(reader.disk.reads, 3);
	assert_int_equal(reader_read(&reader), 0);
	/* Three more maps, and what each of the four says. */
	assert_int_equal(reader.disk.reads, 3 + 3 + 4);
	assert_int_equal(reader.disk.most, 511 * 4096);
	drop();
	/* Small rooms: through the buffer, whose reads are 67 pages. */
	make(&spec);
	reader.room_most = 2;
	assert_int_equal(reader_open(&reader), 0);
	assert_int_equal(reader_read(&reader), 0);
	assert_true(reader.disk.reads <= 3 + 3 + 4 * 8);
	drop();
	/* Larger than one read may be. */
	spec = (struct image_spec){ .page_shift = 16, .data_pages = 300 };
	make(&spec);
	assert_int_equal(reader_open(&reader), 0);
	assert_int_equal(reader_read(&reader), 0);
	assert_int_equal(reader.disk.most, TRANS_BLOCK_MAX);
	drop();
	spec.packing = TRANS_SWSUSP_LZO;
	make(&spec);
	assert_int_equal(reader_open(&reader), 0);
	assert_int_equal(reader_read(&reader), 0);
	assert_int_equal(reader.disk.most, TRANS_BLOCK_MAX);
	drop();
}

/* Where its argument to unpack lies. */
static unsigned int straight, detour;

static int watch(void *ctx, const void *src, size_t src_len, void *dst,
		 size_t dst_len, size_t *out_len)
{
	bool inside = (uint8_t *)dst >= reader.out &&
		      (uint8_t *)dst + dst_len <= reader.out +
		      ((size_t)reader.out_pages << reader.page_shift);

	straight += inside;
	detour += !inside;
	return image_unpackers.lzo(ctx, src, src_len, dst, dst_len, out_len);
}

/* One CPU alone: of several chunks, what follows one that does not fit goes
 * where that does. */
static void unpacks_straight(void **state)
{
	static const struct trans_workers none;
	struct image_spec spec = { .page_shift = 12, .data_pages = 329,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	make(&spec);
	reader_workers(&reader, &none);
	straight = detour = 0;
	reader.args.unpack.lzo = watch;
	assert_int_equal(reader_open(&reader), 0);
	assert_int_equal(reader_read(&reader), 0);
	check_stream();
	/* 330 pages: ten chunks of 32, and one of ten, the last. */
	assert_int_equal(straight, 11);
	assert_int_equal(detour, 0);
	drop();
	make(&spec);
	reader_workers(&reader, &none);
	straight = 0;
	reader.room_most = 31;
	reader.args.unpack.lzo = watch;
	assert_int_equal(reader_open(&reader), 0);
	assert_int_equal(reader_read(&reader), 0);
	check_stream();
	assert_int_equal(straight, 1); /* the last */
	assert_int_equal(detour, 10);
	drop();
}

/* A disk whose sectors are as large as the pages. */
static void large_sectors(void **state)
{
	static const unsigned int shifts[] = { 12, 14, 16 };

	(void)state;
	for (unsigned int i = 0; i < 9; i++) {
		struct image_spec spec = {
			.page_shift = shifts[i / 3], .data_pages = 40,
			.packing = i % 3,
		};

		make(&spec);
		reader.disk.block.sector_shift = spec.page_shift;
		assert_int_equal(reader_open(&reader), 0);
		assert_int_equal(reader_read(&reader), 0);
		check_stream();
		drop();
	}
}

static void progress_is_told(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 2000,
				   .packing = TRANS_SWSUSP_LZ4 };
	struct image_spec large = { .page_shift = 12, .data_pages = 20000,
				    .packing = TRANS_SWSUSP_LZ4 };

	(void)state;
	make(&spec);
	assert_int_equal(reader_open(&reader), 0);
	assert_int_equal(reader.stops, 0);
	assert_int_equal(reader_read(&reader), 0);
	/* 2004 pages: 62 by 63, in whole chunks of 32. */
	assert_int_equal(reader.stops, 31 + 1);
	drop();
	make(&large);
	assert_int_equal(reader_open(&reader), 0);
	assert_int_equal(reader_read(&reader), 0);
	/* 20040 pages: 78 whole MiB, and the end. */
	assert_int_equal(reader.stops, 78 + 1);
	drop();
	make(&spec);
	reader.args.progress = NULL;
	assert_int_equal(reader_open(&reader), 0);
	assert_int_equal(reader_read(&reader), 0);
	drop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_4k),
		cmocka_unit_test(forms_16k),
		cmocka_unit_test(forms_64k),
		cmocka_unit_test(many_maps),
		cmocka_unit_test(exact_maps),
		cmocka_unit_test(odd_chunks),
		cmocka_unit_test(info),
		cmocka_unit_test(raw_has_no_crc),
		cmocka_unit_test(read_once),
		cmocka_unit_test(reads_are_large),
		cmocka_unit_test(unpacks_straight),
		cmocka_unit_test(large_sectors),
		cmocka_unit_test(progress_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
