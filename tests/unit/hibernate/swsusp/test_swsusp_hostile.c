/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Hibernation images that lie in their signature, header and info page, field
 * by field: each ends in the right stream or in a named error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/swsusp_hostile.h"

/* ---- signatures ---- */

static void signature(const char *sig, int status, const char *why)
{
	memcpy(image_header(&hostile, 10), sig, 10);
	hostile_fails(status, why);
}

static void signatures(void **state)
{
	struct image_spec spec = { .page_shift = 14, .data_pages = 2 };

	(void)state;
	hostile_make(&spec);
	signature("SWAPSPACE2", TRANS_ENOIMAGE, "swap space without an image");
	signature("SWAP-SPACE", TRANS_ENOIMAGE, "swap space without an image");
	signature("\0\0\0\0\0\0\0\0\0", TRANS_ENOIMAGE, "not a swap space");
	signature("S1SUSPENDx", TRANS_ENOIMAGE, "not a swap space");
	signature("ULSUSPEND", TRANS_EIMAGE,
		  "an image of uswsusp, which has its own format");
	signature("S2SUSPEND", TRANS_EIMAGE,
		  "an image of uswsusp, which has its own format");
	signature("LINHIB0001", TRANS_EIMAGE,
		  "an image of another program (LINHIB0001)");
	signature("\xed\xc3\x02\xe9\x98\x56\xe5\x0c\0", TRANS_EIMAGE,
		  "an image of TuxOnIce, which has its own format");
	memcpy(image_header(&hostile, 10), "S1SUSPEND", 10);
	assert_int_equal(hostile_attempt(), 0);
	hostile_drop();
}

static void opens_as_none(unsigned int page_shift)
{
	assert_int_equal(reader_open(&victim), TRANS_ENOIMAGE);
	assert_int_equal(victim.sw.info.page_shift, page_shift);
	hostile_restart();
}

/* No image either way, but a wrong place is not an empty one. */
static void swap_space_that_is_there(void **state)
{
	(void)state;
	for (unsigned int shift = 12; shift <= 16; shift += 2) {
		struct image_spec spec = { .page_shift = shift,
					   .data_pages = 2 };

		hostile_make(&spec);
		memcpy(image_header(&hostile, 10), "SWAPSPACE2", 10);
		opens_as_none(shift);
		memset(image_header(&hostile, 10), 0, 10);
		opens_as_none(0);
		memcpy(image_header(&hostile, 10), "ULSUSPEND", 10);
		assert_int_equal(reader_open(&victim), TRANS_EIMAGE);
		assert_int_equal(victim.sw.info.page_shift, 0);
		hostile_drop();
	}
}

/* Swap space made for smaller pages later: the old signature means nothing. */
static void smallest_page_decides(void **state)
{
	struct image_spec spec = { .page_shift = 16, .data_pages = 2 };

	(void)state;
	hostile_make(&spec);
	memcpy(hostile.disk + 16384 - 10, "SWAPSPACE2", 10);
	hostile_fails(TRANS_ENOIMAGE, "swap space without an image");
	memcpy(hostile.disk + 4096 - 10, "ULSUSPEND", 10);
	hostile_fails(TRANS_EIMAGE,
		      "an image of uswsusp, which has its own format");
	/* Unless no sector of the disk ends there. */
	victim.disk.block.sector_shift = 16;
	assert_int_equal(hostile_attempt(), 0);
	hostile_drop();
}

/* ---- header and info page, field by field ---- */

static void header_fields(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 5,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	hostile_make(&spec);
	memcpy(image_header(&hostile, 20), "S1SUSPEND", 10);
	hostile_fails(TRANS_EIMAGE,
		      "the signature to put back is none of swap");
	memset(image_header(&hostile, 20), 0, 10);
	hostile_fails(TRANS_EIMAGE,
		      "the signature to put back is none of swap");
	memcpy(image_header(&hostile, 20), "SWAP-SPACE", 10);
	for (unsigned int bit = 5; bit < 32; bit++) {
		hostile_put(image_header(&hostile, 24), 4 | 1u << bit, 4);
		hostile_fails(TRANS_EIMAGE,
			      "unknown flags in the image's header");
	}
	hostile_put(image_header(&hostile, 24), 2 | 4, 4);
	hostile_fails(TRANS_EIMAGE, "flags of a packed image and of a raw one");
	hostile_put(image_header(&hostile, 24), 2 | 16, 4);
	hostile_fails(TRANS_EIMAGE, "flags of a packed image and of a raw one");
	hostile_put(image_header(&hostile, 24), 4 | 8 | 1, 4);
	hostile_put(image_header(&hostile, 32), 0, 8);
	hostile_fails(TRANS_ECORRUPT, "no swap map");
	hostile_put(image_header(&hostile, 32), hostile.len >> 12, 8);
	hostile_fails(TRANS_ETRUNC, "a slot of the image is beyond the disk");
	hostile_put(image_header(&hostile, 32), UINT64_MAX, 8);
	hostile_fails(TRANS_ETRUNC, "a slot of the image is beyond the disk");
	hostile_put(image_header(&hostile, 32), hostile.map[0], 8);
	hostile_put(image_header(&hostile, 36), hostile.crc ^ 1, 4);
	assert_int_equal(hostile_attempt(), TRANS_ECORRUPT);
	assert_string_equal(victim.err.why, "CRC of the image");
	assert_int_equal(victim.err.desc, hostile.crc);
	hostile_restart();
	assert_int_equal(reader_open(&victim), 0);
	assert_int_equal(trans_swsusp_read(&victim.sw,
					   victim.sw.info.pages - 1,
					   reader_room, &victim, NULL),
			 TRANS_ECORRUPT);
	hostile_drop();
}

static void map_is_the_header(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 5,
				   .offset = 3 };

	(void)state;
	hostile_make(&spec);
	hostile_put(image_header(&hostile, 32), 3, 8);
	hostile_fails(TRANS_ECORRUPT, "a slot of the image is the swap header");
	hostile_drop();
}

struct field {
	unsigned int at, bytes;
	uint64_t value;
	int status;
	const char *why;
};

static void info_fields(void **state)
{
	static const struct field fields[] = {
		{ 64, 1, 'x', TRANS_ECORRUPT, "version of the saved kernel" },
		{ 72, 8, 0, TRANS_ECORRUPT, "root table of the saved kernel" },
		{ 72, 8, 0x41580800, TRANS_ECORRUPT,
		  "root table of the saved kernel" },
		{ 72, 8, 1ULL << 52, TRANS_ECORRUPT,
		  "root table of the saved kernel" },
		{ 80, 8, 0xffff800008e01236, TRANS_ECORRUPT,
		  "entry address of the saved kernel" },
		{ 80, 8, 0x0000800008e01234, TRANS_ECORRUPT,
		  "entry address of the saved kernel" },
		{ 80, 8, 0xffe0800008e01234, TRANS_ECORRUPT,
		  "entry address of the saved kernel" },
		{ 88, 8, 0x40812c00, TRANS_ECORRUPT,
		  "EL2 vectors of the saved kernel" },
		{ 88, 8, 1ULL << 52, TRANS_ECORRUPT,
		  "EL2 vectors of the saved kernel" },
		{ 392, 4, 0x60100, TRANS_EIMAGE,
		  "a version code: not saved by arm64" },
		{ 416, 8, 0, TRANS_ECORRUPT, "page counts of the image" },
		{ 416, 8, 6, TRANS_ECORRUPT, "page counts of the image" },
		{ 416, 8, 7, TRANS_ECORRUPT, "page counts of the image" },
		{ 416, 8, 8, TRANS_ECORRUPT, "page counts of the image" },
		{ 416, 8, UINT64_MAX, TRANS_ECORRUPT,
		  "page counts of the image" },
		{ 424, 8, 0, TRANS_ECORRUPT, "page counts of the image" },
		{ 424, 8, 2, TRANS_ECORRUPT, "page counts of the image" },
		{ 424, 8, 8, TRANS_ECORRUPT, "page counts of the image" },
		{ 424, 8, UINT64_MAX, TRANS_ECORRUPT,
		  "page counts of the image" },
		{ 432, 8, 7 * 4096 + 1, TRANS_ECORRUPT,
		  "page counts of the image" },
		{ 72, 8, (1ULL << 52) - 4096, TRANS_OK, NULL },
		{ 80, 8, 0xfff0000008e01234, TRANS_OK, NULL },
		{ 88, 8, 0, TRANS_OK, NULL },
		{ 96, 8, UINT64_MAX, TRANS_OK, NULL },
		{ 400, 8, UINT64_MAX, TRANS_OK, NULL },
	};
	struct image_spec spec = { .page_shift = 12, .data_pages = 5 };

	(void)state;
	for (unsigned int i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		const struct field *f = &fields[i];

		hostile_make(&spec);
		hostile_put(image_page(&hostile, hostile.slot[0]) + f->at,
			    f->value,
			    f->bytes);
		if (f->status)
			hostile_fails(f->status, f->why);
		else
			assert_int_equal(hostile_attempt(), 0);
		hostile_drop();
	}
}

/* What would change the console's title, clear it, and so on. */
static void version_that_is_no_text(void **state)
{
	static const char evil[] = "#1 \033]0;x\a\033[2J\r\n\x9b\x7f\t~ ok";
	struct image_spec spec = { .page_shift = 12, .data_pages = 5 };

	(void)state;
	hostile_make(&spec);
	memcpy(image_page(&hostile, hostile.slot[0]), evil, sizeof(evil));
	assert_int_equal(reader_open(&victim), 0);
	assert_string_equal(victim.sw.info.version, "#1 ?]0;x??[2J?????~ ok");
	memset(image_page(&hostile, hostile.slot[0]), 0x1b, 64);
	hostile_restart();
	assert_int_equal(reader_open(&victim), 0);
	assert_int_equal(strspn(victim.sw.info.version, "?"), 64);
	hostile_drop();
}

/* As many pages as could never be on this disk, all else in agreement. */
static void counts_against_the_disk(void **state)
{
	(void)state;
	for (unsigned int packing = 0; packing < 3; packing++) {
		struct image_spec spec = { .page_shift = 12, .data_pages = 5,
					   .packing = packing };
		uint64_t most, meta;
		uint8_t *info;

		hostile_make(&spec);
		info = image_page(&hostile, hostile.slot[0]);
		most = (hostile.len >> 12) * (packing ? 32 : 1);
		for (uint64_t pages = most; pages <= most + 1; pages++) {
			meta = (pages + 511) / 512;
			hostile_put(info + 416, pages - 1 - meta, 8);
			hostile_put(info + 424, pages, 8);
			hostile_put(info + 432, pages * 4096, 8);
			assert_int_equal(reader_open(&victim), pages > most ?
					 TRANS_ECORRUPT : TRANS_OK);
			hostile_restart();
		}
		hostile_drop();
	}
}

/* One metadata page fewer than the PFNs need, on a disk with room for all. */
static void metadata_for_the_data(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 5,
				   .spare = 600 };

	(void)state;
	hostile_make(&spec);
	for (unsigned int data = 512; data <= 513; data++) {
		uint8_t *info = image_page(&hostile, hostile.slot[0]);

		hostile_put(info + 416, data, 8);
		hostile_put(info + 424, data + 2, 8);
		hostile_put(info + 432, (data + 2) * 4096, 8);
		assert_int_equal(reader_open(&victim), data == 513 ?
				 TRANS_ECORRUPT : TRANS_OK);
		hostile_restart();
	}
	hostile_drop();
}

/* No metadata page, and the counts agree: with as little data as there can be,
 * and with none. */
static void no_metadata(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 5 };

	(void)state;
	hostile_make(&spec);
	for (unsigned int data = 0; data <= 2; data++) {
		uint8_t *info = image_page(&hostile, hostile.slot[0]);

		hostile_put(info + 416, data, 8);
		hostile_put(info + 424, data + 1, 8);
		hostile_put(info + 432, (data + 1) * 4096, 8);
		hostile_fails(TRANS_ECORRUPT, "page counts of the image");
		hostile_restart();
	}
	hostile_drop();
}

/* A snapshot of the library's own: magic, entry, context and level behind
 * arm64's header (hibernate/snapshot_header.h), which is then no kernel's. */
static void own_snapshots(void **state)
{
	static const struct field fields[] = {
		{ 112, 8, 1ULL << 52, TRANS_ECORRUPT,
		"way back of a snapshot" },
		{ 112, 8, 0x40080008, TRANS_ECORRUPT,
		"way back of a snapshot" },
		{ 120, 8, 1ULL << 52, TRANS_ECORRUPT,
		"way back of a snapshot" },
		{ 128, 8, 0, TRANS_ECORRUPT, "exception level of a snapshot" },
		{ 128, 8, 3, TRANS_ECORRUPT, "exception level of a snapshot" },
		{ 104, 8, 0, TRANS_ECORRUPT, "root table of the saved kernel" },
		{ 128, 8, 2, TRANS_OK, NULL },
	};
	struct image_spec spec = { .page_shift = 12, .data_pages = 5 };

	(void)state;
	for (unsigned int i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		const struct field *f = &fields[i];
		uint8_t *info;

		hostile_make(&spec);
		info = image_page(&hostile, hostile.slot[0]);
		memset(info, 0, 96);
		memcpy(info, "trans_table snapshot", 20);
		hostile_put(info + 104, 0x31706e7374627472ULL, 8);
		hostile_put(info + 112, 0x40080000, 8);
		hostile_put(info + 120, 0x40090000, 8);
		hostile_put(info + 128, 1, 8);
		assert_int_equal(hostile_attempt(), 0);
		assert_true(victim.sw.info.own);
		assert_int_equal(victim.sw.info.entry, 0x40080000);
		assert_int_equal(victim.sw.info.context, 0x40090000);
		assert_int_equal(victim.sw.info.level, 1);
		hostile_restart();
		hostile_put(info + f->at, f->value, f->bytes);
		if (f->status)
			hostile_fails(f->status, f->why);
		else
			assert_int_equal(hostile_attempt(), 0);
		hostile_drop();
	}
}

/* ---- callbacks ---- */

/* Large enough to look, too small for what is found. */
static void buffer_for_larger_pages(void **state)
{
	struct image_spec spec = { .page_shift = 14, .data_pages = 2 };

	(void)state;
	hostile_make(&spec);
	victim.args.buffer_len = TRANS_SWSUSP_BUFFER(14) - 1;
	assert_int_equal(reader_open(&victim), TRANS_ENOSPC);
	assert_true(victim.disk.reads > 0);
	assert_string_equal(victim.err.why, "buffer of the reader");
	hostile_drop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures),
		cmocka_unit_test(swap_space_that_is_there),
		cmocka_unit_test(smallest_page_decides),
		cmocka_unit_test(header_fields),
		cmocka_unit_test(map_is_the_header),
		cmocka_unit_test(info_fields),
		cmocka_unit_test(version_that_is_no_text),
		cmocka_unit_test(counts_against_the_disk),
		cmocka_unit_test(no_metadata),
		cmocka_unit_test(metadata_for_the_data),
		cmocka_unit_test(own_snapshots),
		cmocka_unit_test(buffer_for_larger_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
