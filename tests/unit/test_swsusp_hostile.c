/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Hibernation images that lie: every byte of header, info page, swap maps and
 * chunk headers changed, disks cut short at every page, maps in circles; and
 * callbacks that misbehave. Each ends in the right stream or in a named error,
 * within the bounds (ASan, and the disk model), with the disk as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "swsusp_reader.h"

static struct image image;
static struct reader reader;

static size_t stream_len(void)
{
	return (size_t)((image.meta_pages + image.data_pages) <<
			image.spec.page_shift);
}

/* A reader of the first @len bytes of the image's disk. */
static void start(uint64_t len)
{
	reader_init(&reader, image.disk, len, image.spec.offset,
		    image.spec.page_shift, image.meta_pages + image.data_pages);
}

static void make(const struct image_spec *spec)
{
	image_make(&image, spec);
	start(image.len);
}

static void drop(void)
{
	reader_free(&reader);
	image_free(&image);
}

static void restart(void)
{
	uint64_t len = reader.disk.block.len;

	reader_free(&reader);
	start(len);
}

/* Open and read all; whatever comes of it is in order. */
static int attempt(void)
{
	int rc = reader_open(&reader);
	bool opened = !rc;

	/* Of a stream that became longer, the rooms run out: EFAULT. */
	if (opened)
		rc = reader_read(&reader);
	assert_false(reader.disk.outside);
	assert_int_equal(reader.disk.writes + reader.disk.flushes, 0);
	if (rc) {
		assert_int_equal(reader.err.status, rc);
		assert_non_null(reader.err.why);
	}
	if (!opened)
		assert_int_equal(reader.sw.info.pages, 0);
	return rc;
}

static void fails(int status, const char *why)
{
	assert_int_equal(attempt(), status);
	assert_string_equal(reader.err.why, why);
	restart();
}

static void put(uint8_t *at, uint64_t value, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

/* ---- signatures ---- */

static void signature(const char *sig, int status, const char *why)
{
	memcpy(image_header(&image, 10), sig, 10);
	fails(status, why);
}

static void signatures(void **state)
{
	struct image_spec spec = { .page_shift = 14, .data_pages = 2 };

	(void)state;
	make(&spec);
	signature("SWAPSPACE2", TRANS_ENOENT, "swap space without an image");
	signature("SWAP-SPACE", TRANS_ENOENT, "swap space without an image");
	signature("\0\0\0\0\0\0\0\0\0", TRANS_ENOENT, "not a swap space");
	signature("S1SUSPENDx", TRANS_ENOENT, "not a swap space");
	signature("ULSUSPEND", TRANS_EIMAGE,
		  "an image of uswsusp, which has its own format");
	signature("S2SUSPEND", TRANS_EIMAGE,
		  "an image of uswsusp, which has its own format");
	signature("LINHIB0001", TRANS_EIMAGE,
		  "an image of another program (LINHIB0001)");
	signature("\xed\xc3\x02\xe9\x98\x56\xe5\x0c\0", TRANS_EIMAGE,
		  "an image of TuxOnIce, which has its own format");
	memcpy(image_header(&image, 10), "S1SUSPEND", 10);
	assert_int_equal(attempt(), 0);
	drop();
}

/* Swap space made for smaller pages later: the old signature means nothing. */
static void smallest_page_decides(void **state)
{
	struct image_spec spec = { .page_shift = 16, .data_pages = 2 };

	(void)state;
	make(&spec);
	memcpy(image.disk + 16384 - 10, "SWAPSPACE2", 10);
	fails(TRANS_ENOENT, "swap space without an image");
	memcpy(image.disk + 4096 - 10, "ULSUSPEND", 10);
	fails(TRANS_EIMAGE, "an image of uswsusp, which has its own format");
	/* Unless no sector of the disk ends there. */
	reader.disk.block.sector_shift = 16;
	assert_int_equal(attempt(), 0);
	drop();
}

/* ---- header and info page, field by field ---- */

static void header_fields(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 5,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	make(&spec);
	memcpy(image_header(&image, 20), "S1SUSPEND", 10);
	fails(TRANS_EIMAGE, "the signature to put back is none of swap");
	memset(image_header(&image, 20), 0, 10);
	fails(TRANS_EIMAGE, "the signature to put back is none of swap");
	memcpy(image_header(&image, 20), "SWAP-SPACE", 10);
	for (unsigned int bit = 5; bit < 32; bit++) {
		put(image_header(&image, 24), 4 | 1u << bit, 4);
		fails(TRANS_EIMAGE, "unknown flags in the image's header");
	}
	put(image_header(&image, 24), 2 | 4, 4);
	fails(TRANS_EIMAGE, "flags of a packed image and of a raw one");
	put(image_header(&image, 24), 2 | 16, 4);
	fails(TRANS_EIMAGE, "flags of a packed image and of a raw one");
	put(image_header(&image, 24), 4 | 8 | 1, 4);
	put(image_header(&image, 32), 0, 8);
	fails(TRANS_ECORRUPT, "no swap map");
	put(image_header(&image, 32), image.len >> 12, 8);
	fails(TRANS_ETRUNC, "a slot of the image is beyond the disk");
	put(image_header(&image, 32), UINT64_MAX, 8);
	fails(TRANS_ETRUNC, "a slot of the image is beyond the disk");
	put(image_header(&image, 32), image.map[0], 8);
	put(image_header(&image, 36), image.crc ^ 1, 4);
	assert_int_equal(attempt(), TRANS_ECORRUPT);
	assert_string_equal(reader.err.why, "CRC of the image");
	assert_int_equal(reader.err.desc, image.crc);
	restart();
	assert_int_equal(reader_open(&reader), 0);
	assert_int_equal(trans_swsusp_read(&reader.sw,
					   reader.sw.info.pages - 1,
					   reader_room, &reader, NULL),
			 TRANS_ECORRUPT);
	drop();
}

static void map_is_the_header(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 5,
				   .offset = 3 };

	(void)state;
	make(&spec);
	put(image_header(&image, 32), 3, 8);
	fails(TRANS_ECORRUPT, "a slot of the image is the swap header");
	drop();
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

		make(&spec);
		put(image_page(&image, image.slot[0]) + f->at, f->value,
		    f->bytes);
		if (f->status)
			fails(f->status, f->why);
		else
			assert_int_equal(attempt(), 0);
		drop();
	}
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

		make(&spec);
		info = image_page(&image, image.slot[0]);
		most = (image.len >> 12) * (packing ? 32 : 1);
		for (uint64_t pages = most; pages <= most + 1; pages++) {
			meta = (pages + 511) / 512;
			put(info + 416, pages - 1 - meta, 8);
			put(info + 424, pages, 8);
			put(info + 432, pages * 4096, 8);
			assert_int_equal(reader_open(&reader), pages > most ?
					 TRANS_ECORRUPT : TRANS_OK);
			restart();
		}
		drop();
	}
}

/* One metadata page fewer than the PFNs need, on a disk with room for all. */
static void metadata_for_the_data(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 5,
				   .spare = 600 };

	(void)state;
	make(&spec);
	for (unsigned int data = 512; data <= 513; data++) {
		uint8_t *info = image_page(&image, image.slot[0]);

		put(info + 416, data, 8);
		put(info + 424, data + 2, 8);
		put(info + 432, (data + 2) * 4096, 8);
		assert_int_equal(reader_open(&reader), data == 513 ?
				 TRANS_ECORRUPT : TRANS_OK);
		restart();
	}
	drop();
}

/* A snapshot of the library's own: magic, entry, context and level behind
 * arm64's header (hibernate/own.h), which is then no kernel's. */
static void own_snapshots(void **state)
{
	static const struct field fields[] = {
		{ 112, 8, 1ULL << 52, TRANS_ECORRUPT, "way back of a snapshot" },
		{ 112, 8, 0x40080008, TRANS_ECORRUPT, "way back of a snapshot" },
		{ 120, 8, 1ULL << 52, TRANS_ECORRUPT, "way back of a snapshot" },
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

		make(&spec);
		info = image_page(&image, image.slot[0]);
		memset(info, 0, 96);
		memcpy(info, "trans_table snapshot", 20);
		put(info + 104, 0x31706e7374627472ULL, 8);
		put(info + 112, 0x40080000, 8);
		put(info + 120, 0x40090000, 8);
		put(info + 128, 1, 8);
		assert_int_equal(attempt(), 0);
		assert_true(reader.sw.info.own);
		assert_int_equal(reader.sw.info.entry, 0x40080000);
		assert_int_equal(reader.sw.info.context, 0x40090000);
		assert_int_equal(reader.sw.info.level, 1);
		restart();
		put(info + f->at, f->value, f->bytes);
		if (f->status)
			fails(f->status, f->why);
		else
			assert_int_equal(attempt(), 0);
		drop();
	}
}

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
			reader.given = 0;
			reader.last_done = 0;
			if (!attempt() && !content_may_change)
				assert_memory_equal(reader.out, image.stream,
						    stream_len());
		}
		from[i] = kept;
	}
}

static void sweep(const struct image_spec *spec)
{
	bool raw = spec->packing == TRANS_SWSUSP_RAW;
	unsigned int used;

	make(spec);
	sweep_bytes(image_header(&image, 40), 40, false);
	sweep_bytes(image_page(&image, image.slot[0]), 104, false);
	sweep_bytes(image_page(&image, image.slot[0]) + 388, 56, false);
	used = image.slots < 511 ? image.slots : 511;
	sweep_bytes(image_page(&image, image.map[0]), 8 * (used + 1), raw);
	sweep_bytes(image_page(&image, image.map[0] + 1) - 16, 16, raw);
	for (unsigned int i = 0; i < image.chunks; i++)
		sweep_bytes(image_page(&image, image.slot[image.chunk[i]]), 24,
			    false);
	reader.given = reader.last_done = 0;
	assert_int_equal(attempt(), 0);
	assert_memory_equal(reader.out, image.stream, stream_len());
	drop();
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
	make(&spec);
	assert_int_equal(image.maps, 2);
	sweep_bytes(image_page(&image, image.map[0] + 1) - 16, 16, true);
	sweep_bytes(image_page(&image, image.map[1]), 32, true);
	drop();
}

/* Any byte of a packed image that counts is seen by the CRC, if by nothing
 * before it. */
static void every_packed_byte(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 40,
				   .packing = TRANS_SWSUSP_LZ4 };
	unsigned int bad = 0;

	(void)state;
	make(&spec);
	for (uint64_t at = 4096; at < image.len; at += 97) {
		image.disk[at] ^= 0x20;
		reader.given = reader.last_done = 0;
		if (attempt())
			bad++;
		else
			assert_memory_equal(reader.out, image.stream,
					    stream_len());
		image.disk[at] ^= 0x20;
	}
	assert_true(bad > 100);
	drop();
}

/* ---- disks too short ---- */

static void cut_short(const struct image_spec *spec)
{
	uint64_t page = 1ULL << spec->page_shift, last = 0;

	image_make(&image, spec);
	for (unsigned int i = 0; i < image.slots; i++)
		last = image.slot[i] > last ? image.slot[i] : last;
	for (unsigned int i = 0; i < image.maps; i++)
		last = image.map[i] > last ? image.map[i] : last;
	for (uint64_t len = 0; len <= image.len; len += page / 2) {
		int rc;

		start(len);
		rc = attempt();
		if (len < (spec->offset + 1) * page)
			assert_int_equal(rc, TRANS_ENOENT);
		else if (len < (last + 1) * page)
			assert_true(rc == TRANS_ETRUNC || rc == TRANS_ECORRUPT);
		else
			assert_int_equal(rc, 0);
		/* Counts that no such disk could hold come first. */
		if (rc == TRANS_ECORRUPT)
			assert_string_equal(reader.err.why,
					    "page counts of the image");
		reader_free(&reader);
	}
	image_free(&image);
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

/* ---- maps ---- */

static void map_fields(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 600,
				   .offset = 9 };
	uint8_t *first, *second;

	(void)state;
	make(&spec);
	first = image_page(&image, image.map[0]);
	second = image_page(&image, image.map[1]);
	put(second + 8, 0, 8);
	fails(TRANS_ETRUNC, "the swap maps end before the image does");
	put(second + 8, image.map[1], 8);
	fails(TRANS_ECORRUPT, "a slot of the image is its swap map");
	put(second + 8, 9, 8);
	fails(TRANS_ECORRUPT, "a slot of the image is the swap header");
	put(second + 8, image.len >> 12, 8);
	fails(TRANS_ETRUNC, "a slot of the image is beyond the disk");
	put(second + 8, 1ULL << 52, 8);
	fails(TRANS_ETRUNC, "a slot of the image is beyond the disk");
	put(first + 8, image.map[1], 8);
	fails(TRANS_ECORRUPT, "a slot of the image is the next swap map");
	put(first + 8, image.slot[1], 8);
	put(first + 8 * 511, 0, 8);
	fails(TRANS_ETRUNC, "the swap maps end before the image does");
	put(first + 8 * 511, image.map[0], 8);
	fails(TRANS_ECORRUPT, "a slot of the image is its swap map");
	put(first + 8 * 511, 9, 8);
	fails(TRANS_ECORRUPT, "a slot of the image is the swap header");
	drop();
}

/* A run that would pass into what is no page of the image is cut there. */
static void runs_end_at_bounds(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 5 };
	uint8_t *map;

	(void)state;
	make(&spec);
	map = image_page(&image, image.map[0]);
	for (unsigned int i = 0; i < 5; i++)
		put(map + 8 * (2 + i), (image.len >> 12) - 2 + i, 8);
	fails(TRANS_ETRUNC, "a slot of the image is beyond the disk");
	drop();
}

/* Three maps, the third of which leads back. */
static void short_circles(void **state)
{
	(void)state;
	for (unsigned int back = 0; back < 2; back++) {
		struct image_spec spec = { .page_shift = 12,
					   .data_pages = 1600 };

		make(&spec);
		assert_int_equal(image.maps, 4);
		put(image_page(&image, image.map[2]) + 8 * 511,
		    image.map[back], 8);
		fails(TRANS_ECORRUPT, "the swap maps are a circle");
		drop();
	}
}

/*
 * A disk that nobody could store: map n is at page 1000 * n + 1, its slots
 * behind it; map @end leads to map @back. Data is whatever is there.
 */
static struct {
	uint64_t end, back, maps;
	unsigned int shift;
} chain;

static int chain_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	size_t page = (size_t)1 << chain.shift;
	uint64_t n = offset >> chain.shift, slots = page / 8 - 1, next;
	uint64_t stride = 2 * slots + 10;

	(void)ctx;
	if (n % stride != 1 || len != page)
		return 0;
	for (uint64_t i = 0; i < slots; i++)
		put((uint8_t *)buf + 8 * i, n + 1 + i, 8);
	next = n / stride == chain.end ? chain.back : n / stride + 1;
	put((uint8_t *)buf + 8 * slots, next * stride + 1, 8);
	chain.maps++;
	return 0;
}

static void *one_room(void *ctx, unsigned int *count)
{
	(void)count;
	return ctx;
}

/* Reads @pages pages of a raw image from a chain of maps. */
static int walk(unsigned int shift, uint64_t pages, uint64_t end, uint64_t back)
{
	static struct trans_swsusp sw;
	struct trans_block disk = { 1ULL << 60, 9, chain_read, NULL, NULL,
				    NULL };
	void *buffer = aligned_alloc(4096, TRANS_SWSUSP_BUFFER(shift));
	void *room = aligned_alloc(4096, TRANS_BLOCK_MAX);
	struct trans_error err;
	int rc;

	chain.end = end;
	chain.back = back;
	chain.maps = 0;
	chain.shift = shift;
	memset(&sw, 0, sizeof(sw));
	sw.args = (struct trans_swsusp_args){
		.disk = &disk, .buffer = buffer,
		.buffer_len = TRANS_SWSUSP_BUFFER(shift),
	};
	sw.info.page_shift = shift;
	sw.info.pages = pages + 1;
	/* As open leaves it before the first map. */
	sw.next_map = 1;
	sw.slot = (1u << shift) / 8 - 1;
	rc = trans_swsusp_read(&sw, pages, one_room, room, &err);
	if (rc)
		assert_string_equal(err.why, "the swap maps are a circle");
	free(buffer);
	free(room);
	return rc;
}

static void long_chains(void **state)
{
	const uint64_t kept = 4 * 4096 / 8; /* maps remembered at 4K */

	(void)state;
	/* No circle: never taken for one, across three thinnings. */
	assert_int_equal(walk(12, 9 * kept * 511, UINT64_MAX, 0), 0);
	/* Seen at once while all are remembered... */
	for (uint64_t end = 1; end < kept / 2; end = 2 * end + 1) {
		assert_int_equal(walk(12, 9 * kept * 511, end, end / 2),
				 TRANS_ECORRUPT);
		assert_int_equal(chain.maps, end + 1);
	}
	assert_int_equal(walk(12, 9 * kept * 511, kept - 1, 0),
			 TRANS_ECORRUPT);
	assert_int_equal(chain.maps, kept);
	/* ...and a few maps later when every second or fourth is. */
	for (uint64_t end = kept; end < 4 * kept; end += kept / 3) {
		assert_int_equal(walk(12, 9 * kept * 511, end, end - 1),
				 TRANS_ECORRUPT);
		assert_in_range(chain.maps, end + 1, end + 1 + 8);
		assert_int_equal(walk(12, 9 * kept * 511, end, 1),
				 TRANS_ECORRUPT);
		assert_in_range(chain.maps, end + 1, end + 1 + 8);
		assert_int_equal(walk(12, 9 * kept * 511, end, end * 3 / 4),
				 TRANS_ECORRUPT);
		assert_in_range(chain.maps, end + 1, end + 1 + 8);
	}
}

/* ---- chunks and unpackers ---- */

static void chunk_lengths(void **state)
{
	static const uint64_t bad[] = { 0, 34 * 4096 + 70, 1ULL << 32,
					UINT64_MAX, UINT64_MAX - 7 };
	struct image_spec spec = { .page_shift = 12, .data_pages = 80,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	for (unsigned int i = 0; i < 2 * 5; i++) {
		make(&spec);
		put(image_page(&image, image.slot[image.chunk[i % 2]]),
		    bad[i / 2], 8);
		fails(TRANS_ECORRUPT, "length of a packed chunk");
		drop();
	}
	/* The largest that is allowed, on a disk that has not got it. */
	make(&spec);
	put(image_page(&image, image.slot[image.chunk[2]]), 34 * 4096 + 69, 8);
	fails(TRANS_ETRUNC, "the swap maps end before the image does");
	drop();
}

static struct {
	int rc;
	size_t out;
	bool lie;   /* take out as it is, else unpack */
	bool whole; /* and that is all there is room for */
} odd;

static int odd_unpack(void *ctx, const void *src, size_t src_len, void *dst,
		      size_t dst_len, size_t *out_len)
{
	assert_ptr_equal(ctx, &odd);
	if (odd.rc)
		return odd.rc;
	if (!odd.lie)
		return image_unpackers.lzo(NULL, src, src_len, dst, dst_len,
					   out_len);
	*out_len = odd.whole ? dst_len : odd.out;
	return 0;
}

static void unpackers(void **state)
{
	static const int codes[][2] = {
		{ TRANS_ETRUNC, TRANS_ECORRUPT },
		{ TRANS_ECORRUPT, TRANS_ECORRUPT },
		{ TRANS_ENOSPC, TRANS_ECORRUPT },
		{ TRANS_ENOMEM, TRANS_ENOMEM },
		{ TRANS_EINVAL, TRANS_EHOST },
		{ 1, TRANS_EHOST },
		{ -1000, TRANS_EHOST },
	};
	static const size_t outs[] = { 0, 1, 4095, 4097, 33 * 4096,
				       SIZE_MAX, SIZE_MAX - 4095 };
	struct image_spec spec = { .page_shift = 12, .data_pages = 70,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	make(&spec);
	for (unsigned int i = 0; i < 2 * 7; i++) {
		memset(&odd, 0, sizeof(odd));
		odd.lie = i % 2;
		odd.rc = odd.lie ? 0 : codes[i / 2][0];
		odd.out = outs[i / 2];
		reader.args.unpack.lzo = odd_unpack;
		reader.args.unpack.ctx = &odd;
		if (odd.lie)
			fails(TRANS_ECORRUPT,
			      "a chunk that is not whole pages");
		else
			fails(codes[i / 2][1], "unpacking a chunk");
	}
	drop();
}

/* Where the next chunk is sought: behind the last page that this one's length
 * and the eight bytes before it touch. */
static void chunk_ends_near_a_page(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 62,
				   .packing = TRANS_SWSUSP_LZO,
				   .no_crc = true };

	(void)state;
	memset(&odd, 0, sizeof(odd));
	odd.lie = odd.whole = true;
	for (int more = -2; more <= 9; more++) {
		unsigned int next = more > 0 ? 5 : 4;

		make(&spec);
		assert_int_equal(image.chunks, 2);
		for (unsigned int i = 2; i < image.slots; i++)
			put(image_page(&image, image.slot[i]), i == next, 8);
		put(image_page(&image, image.slot[1]),
		    (uint64_t)(3 * 4096 - 8 + more), 8);
		reader.args.unpack.lzo = odd_unpack;
		reader.args.unpack.ctx = &odd;
		assert_int_equal(attempt(), 0);
		drop();
	}
}

/* The last chunk has more pages than the stream. */
static void chunk_past_the_end(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 40,
				   .packing = TRANS_SWSUSP_LZO };
	uint8_t *info;

	(void)state;
	for (unsigned int most = 0; most < 2; most++) {
		make(&spec);
		reader.room_most = most;
		info = image_page(&image, image.slot[0]);
		put(info + 416, 39, 8);
		put(info + 424, 41, 8);
		put(info + 432, 41 * 4096, 8);
		fails(TRANS_ECORRUPT, "unpacking a chunk");
		drop();
	}
}

static void no_unpacker(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 2,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	make(&spec);
	reader.args.unpack.lzo = NULL;
	assert_int_equal(reader_open(&reader), 0);
	fails(TRANS_EIMAGE, "packed with LZO, and there is no unpacker");
	drop();
	spec.packing = TRANS_SWSUSP_LZ4;
	make(&spec);
	reader.args.unpack.lz4 = NULL;
	fails(TRANS_EIMAGE, "packed with LZ4, and there is no unpacker");
	drop();
}

/* ---- callbacks ---- */

static const struct image_spec ordinary[] = {
	{ .page_shift = 12, .data_pages = 1300, .order = IMAGE_RUNS },
	{ .page_shift = 12, .data_pages = 1300, .packing = TRANS_SWSUSP_LZ4 },
};

static void progress_stops(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++)
		for (unsigned long at = 1; at <= 7; at++) {
			int rc;

			make(&ordinary[i]);
			reader.stop_at = at;
			rc = attempt();
			if (at <= 6) {
				assert_int_equal(rc, TRANS_EHOST);
				assert_string_equal(reader.err.why,
						    "progress");
				assert_int_equal(trans_swsusp_read(
					&reader.sw, 0, reader_room, &reader,
					NULL), TRANS_EINVAL);
			} else {
				assert_int_equal(rc, 0);
			}
			drop();
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

		make(&brief[i]);
		do {
			reader.disk.fault_at = ++at;
			reader.disk.fault = DISK_REFUSES;
			rc = attempt();
			if (rc) {
				assert_int_equal(rc, TRANS_EHOST);
				assert_string_equal(reader.err.why,
						    "disk read");
				assert_true(reader.err.len >= 512);
			}
			restart();
		} while (rc);
		assert_true(at > 5);
		drop();
	}
}

static void no_room(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		unsigned long at = 0;
		int rc;

		make(&brief[i]);
		do {
			/* Now and then in the middle of a chunk. */
			reader.room_most = i ? 20 : 40;
			reader.refuse_at = ++at;
			rc = attempt();
			if (rc) {
				assert_int_equal(rc, TRANS_EFAULT);
				assert_string_equal(reader.err.why,
					"no room for a page of the image");
			}
			restart();
		} while (rc);
		assert_true(at > 4);
		drop();
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
		make(&ordinary[0]);
		assert_int_equal(reader_open(&reader), 0);
		assert_int_equal(trans_swsusp_read(&reader.sw, 10, odd_room,
						   reader.out, &reader.err),
				 TRANS_EFAULT);
		drop();
	}
}

static void more_than_there_is(void **state)
{
	uint64_t all;

	(void)state;
	make(&ordinary[1]);
	memset(&reader.sw, 0, sizeof(reader.sw));
	assert_int_equal(trans_swsusp_read(&reader.sw, 0, reader_room, &reader,
					   NULL), TRANS_EINVAL);
	assert_int_equal(reader_open(&reader), 0);
	all = reader.sw.info.pages - 1;
	assert_int_equal(trans_swsusp_read(&reader.sw, all + 1, reader_room,
					   &reader, &reader.err), TRANS_EINVAL);
	assert_int_equal(trans_swsusp_read(&reader.sw, UINT64_MAX, reader_room,
					   &reader, NULL), TRANS_EINVAL);
	assert_int_equal(trans_swsusp_read(&reader.sw, 0, reader_room, &reader,
					   NULL), 0);
	assert_int_equal(reader_read(&reader), 0);
	assert_memory_equal(reader.out, image.stream, stream_len());
	assert_int_equal(trans_swsusp_read(&reader.sw, 1, reader_room, &reader,
					   &reader.err), TRANS_EINVAL);
	assert_int_equal(trans_swsusp_read(&reader.sw, 0, reader_room, &reader,
					   &reader.err), 0);
	drop();
}

static void bad_args(int status, const char *why)
{
	assert_int_equal(reader_open(&reader), status);
	assert_string_equal(reader.err.why, why);
	assert_int_equal(trans_swsusp_open(&reader.sw, &reader.args, NULL),
			 status);
	assert_int_equal(reader.disk.reads, 0);
	restart();
}

static void arguments(void **state)
{
	static const char *const buffer =
		"buffer missing or not aligned to 4 KiB";
	void *kept;

	(void)state;
	make(&ordinary[0]);
	reader.args.disk = NULL;
	bad_args(TRANS_EINVAL, "no disk to read");
	reader.disk.block.read = NULL;
	bad_args(TRANS_EINVAL, "no disk to read");
	reader.disk.block.sector_shift = 8;
	bad_args(TRANS_EINVAL, "sector size of the disk");
	reader.disk.block.sector_shift = 17;
	bad_args(TRANS_EINVAL, "sector size of the disk");
	reader.disk.block.flush = NULL;
	bad_args(TRANS_EINVAL, "write without flush");
	reader.disk.block.write = NULL;
	reader.disk.block.flush = NULL;
	assert_int_equal(attempt(), 0);
	restart();
	reader.args.buffer_len--;
	bad_args(TRANS_ENOSPC, "buffer of the reader");
	kept = reader.args.buffer;
	reader.args.buffer = NULL;
	assert_int_equal(reader_open(&reader), TRANS_EINVAL);
	assert_string_equal(reader.err.why, buffer);
	reader.args.buffer = (uint8_t *)kept + 512;
	assert_int_equal(reader_open(&reader), TRANS_EINVAL);
	assert_string_equal(reader.err.why, buffer);
	reader.args.buffer = kept;
	/* Where the header would be beyond the disk, or beyond 2^64. */
	reader.args.offset = image.len >> 12;
	assert_int_equal(reader_open(&reader), TRANS_ENOENT);
	reader.args.offset = UINT64_MAX;
	assert_int_equal(reader_open(&reader), TRANS_ENOENT);
	assert_false(reader.disk.outside);
	drop();
}

/* Large enough to look, too small for what is found. */
static void buffer_for_larger_pages(void **state)
{
	struct image_spec spec = { .page_shift = 14, .data_pages = 2 };

	(void)state;
	make(&spec);
	reader.args.buffer_len--;
	assert_int_equal(reader_open(&reader), TRANS_ENOSPC);
	assert_true(reader.disk.reads > 0);
	assert_string_equal(reader.err.why, "buffer of the reader");
	drop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures),
		cmocka_unit_test(smallest_page_decides),
		cmocka_unit_test(header_fields),
		cmocka_unit_test(map_is_the_header),
		cmocka_unit_test(info_fields),
		cmocka_unit_test(counts_against_the_disk),
		cmocka_unit_test(metadata_for_the_data),
		cmocka_unit_test(own_snapshots),
		cmocka_unit_test(sweep_raw),
		cmocka_unit_test(sweep_lzo),
		cmocka_unit_test(sweep_lz4),
		cmocka_unit_test(sweep_second_map),
		cmocka_unit_test(every_packed_byte),
		cmocka_unit_test(disk_cut_short),
		cmocka_unit_test(map_fields),
		cmocka_unit_test(runs_end_at_bounds),
		cmocka_unit_test(short_circles),
		cmocka_unit_test(long_chains),
		cmocka_unit_test(chunk_lengths),
		cmocka_unit_test(unpackers),
		cmocka_unit_test(chunk_ends_near_a_page),
		cmocka_unit_test(chunk_past_the_end),
		cmocka_unit_test(no_unpacker),
		cmocka_unit_test(progress_stops),
		cmocka_unit_test(disk_fails),
		cmocka_unit_test(no_room),
		cmocka_unit_test(odd_rooms),
		cmocka_unit_test(more_than_there_is),
		cmocka_unit_test(arguments),
		cmocka_unit_test(buffer_for_larger_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
