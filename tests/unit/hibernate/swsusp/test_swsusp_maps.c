/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Hibernation images whose swap maps or chunks lie: maps in circles, chunks of
 * odd lengths, unpackers that misbehave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/swsusp_hostile.h"

/* ---- maps ---- */

static void map_fields(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 600,
				   .offset = 9 };
	uint8_t *first, *second;

	(void)state;
	hostile_make(&spec);
	first = image_page(&hostile, hostile.map[0]);
	second = image_page(&hostile, hostile.map[1]);
	hostile_put(second + 8, 0, 8);
	hostile_fails(TRANS_ETRUNC, "the swap maps end before the image does");
	hostile_put(second + 8, hostile.map[1], 8);
	hostile_fails(TRANS_ECORRUPT, "a slot of the image is its swap map");
	hostile_put(second + 8, 9, 8);
	hostile_fails(TRANS_ECORRUPT, "a slot of the image is the swap header");
	hostile_put(second + 8, hostile.len >> 12, 8);
	hostile_fails(TRANS_ETRUNC, "a slot of the image is beyond the disk");
	hostile_put(second + 8, 1ULL << 52, 8);
	hostile_fails(TRANS_ETRUNC, "a slot of the image is beyond the disk");
	hostile_put(first + 8, hostile.map[1], 8);
	hostile_fails(TRANS_ECORRUPT,
		      "a slot of the image is the next swap map");
	hostile_put(first + 8, hostile.slot[1], 8);
	hostile_put(first + 8 * 511, 0, 8);
	hostile_fails(TRANS_ETRUNC, "the swap maps end before the image does");
	hostile_put(first + 8 * 511, hostile.map[0], 8);
	hostile_fails(TRANS_ECORRUPT, "a slot of the image is its swap map");
	hostile_put(first + 8 * 511, 9, 8);
	hostile_fails(TRANS_ECORRUPT, "a slot of the image is the swap header");
	hostile_drop();
}

/* A run that would pass into what is no page of the image is cut there. */
static void runs_end_at_bounds(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 5 };
	uint8_t *map;

	(void)state;
	hostile_make(&spec);
	map = image_page(&hostile, hostile.map[0]);
	for (unsigned int i = 0; i < 5; i++)
		hostile_put(map + 8 * (2 + i), (hostile.len >> 12) - 2 + i, 8);
	hostile_fails(TRANS_ETRUNC, "a slot of the image is beyond the disk");
	hostile_drop();
}

/* Three maps, the third of which leads back. */
static void short_circles(void **state)
{
	(void)state;
	for (unsigned int back = 0; back < 2; back++) {
		struct image_spec spec = { .page_shift = 12,
					   .data_pages = 1600 };

		hostile_make(&spec);
		assert_int_equal(hostile.maps, 4);
		hostile_put(image_page(&hostile, hostile.map[2]) + 8 * 511,
			    hostile.map[back], 8);
		hostile_fails(TRANS_ECORRUPT, "the swap maps are a circle");
		hostile_drop();
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
	uint64_t stride = 2 * slots + 10, *map = buf;

	(void)ctx;
	if (n % stride != 1 || len != page)
		return 0;
	for (uint64_t i = 0; i < slots; i++)
		map[i] = n + 1 + i;
	next = n / stride == chain.end ? chain.back : n / stride + 1;
	map[slots] = next * stride + 1;
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
	struct trans_block disk = { .len = 1ULL << 60, .sector_shift = 9,
				    .read = chain_read };
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
		hostile_make(&spec);
		hostile_put(image_page(&hostile,
				       hostile.slot[hostile.chunk[i % 2]]),
			    bad[i / 2], 8);
		hostile_fails(TRANS_ECORRUPT, "length of a packed chunk");
		hostile_drop();
	}
	/* The largest that is allowed, on a disk that has not got it. */
	hostile_make(&spec);
	hostile_put(image_page(&hostile, hostile.slot[hostile.chunk[2]]),
		    34 * 4096 + 69, 8);
	hostile_fails(TRANS_ETRUNC, "the swap maps end before the image does");
	hostile_drop();
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
		{ TRANS_ESTOPPED, TRANS_ESTOPPED },
		{ TRANS_EINVAL, TRANS_EHOST },
		{ 1, TRANS_EHOST },
		{ -1000, TRANS_EHOST },
	};
	static const size_t outs[] = { 0, 1, 4095, 4097, 33 * 4096,
				       SIZE_MAX, SIZE_MAX - 4095, 8191 };
	struct image_spec spec = { .page_shift = 12, .data_pages = 70,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	hostile_make(&spec);
	for (unsigned int i = 0; i < 2 * 8; i++) {
		memset(&odd, 0, sizeof(odd));
		odd.lie = i % 2;
		odd.rc = odd.lie ? 0 : codes[i / 2][0];
		odd.out = outs[i / 2];
		victim.args.unpack.lzo = odd_unpack;
		victim.args.unpack.ctx = &odd;
		if (odd.lie)
			hostile_fails(TRANS_ECORRUPT,
				      "a chunk that is not whole pages");
		else
			hostile_fails(codes[i / 2][1], "unpacking a chunk");
	}
	hostile_drop();
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

		hostile_make(&spec);
		assert_int_equal(hostile.chunks, 2);
		for (unsigned int i = 2; i < hostile.slots; i++)
			hostile_put(image_page(&hostile, hostile.slot[i]),
				    i == next, 8);
		hostile_put(image_page(&hostile, hostile.slot[1]),
			    (uint64_t)(3 * 4096 - 8 + more), 8);
		victim.args.unpack.lzo = odd_unpack;
		victim.args.unpack.ctx = &odd;
		assert_int_equal(hostile_attempt(), 0);
		hostile_drop();
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
		hostile_make(&spec);
		victim.room_most = most;
		info = image_page(&hostile, hostile.slot[0]);
		hostile_put(info + 416, 39, 8);
		hostile_put(info + 424, 41, 8);
		hostile_put(info + 432, 41 * 4096, 8);
		hostile_fails(TRANS_ECORRUPT, "unpacking a chunk");
		hostile_drop();
	}
}

static void no_unpacker(void **state)
{
	struct image_spec spec = { .page_shift = 12, .data_pages = 2,
				   .packing = TRANS_SWSUSP_LZO };

	(void)state;
	hostile_make(&spec);
	victim.args.unpack.lzo = NULL;
	assert_int_equal(reader_open(&victim), 0);
	hostile_fails(TRANS_EIMAGE,
		      "packed with LZO, and there is no unpacker");
	hostile_drop();
	spec.packing = TRANS_SWSUSP_LZ4;
	hostile_make(&spec);
	victim.args.unpack.lz4 = NULL;
	hostile_fails(TRANS_EIMAGE,
		      "packed with LZ4, and there is no unpacker");
	hostile_drop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(map_fields),
		cmocka_unit_test(runs_end_at_bounds),
		cmocka_unit_test(short_circles),
		cmocka_unit_test(long_chains),
		cmocka_unit_test(chunk_lengths),
		cmocka_unit_test(unpackers),
		cmocka_unit_test(chunk_ends_near_a_page),
		cmocka_unit_test(chunk_past_the_end),
		cmocka_unit_test(no_unpacker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
