/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LZO and LZ4 behind the callback: what their compressors made comes back, and
 * what nobody made is refused without a byte read or written outside. GPL like
 * the miniLZO that it is compiled against.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lz4.h>
#include <minilzo.h>

#include "ports/lz4/unlz4.h"
#include "ports/lzo/unlzo.h"
#include "tests/unit/support/minilzo_original.h"

/* As much as Linux compresses at once. */
#define CHUNK (32u * 4096)
#define PACKED_MAX (CHUNK + CHUNK / 16 + 69)

static uint8_t text[CHUNK], packed[PACKED_MAX], back[CHUNK];

/* Like memory: zeroes, runs, words that repeat, and some noise. */
static void fill(size_t len)
{
	uint32_t seed = 1;

	for (size_t i = 0; i < len; i++) {
		seed = seed * 1103515245 + 12345;
		text[i] = i % 4096 < 1024 ? 0 :
			  i % 4096 < 3072 ? (uint8_t)(i / 24 + i % 24) :
			  (uint8_t)(seed >> 24);
	}
}

static size_t pack_lzo(size_t len)
{
	static lzo_align_t work[LZO1X_1_MEM_COMPRESS / sizeof(lzo_align_t) + 1];
	lzo_uint out = sizeof(packed);

	assert_int_equal(lzo1x_1_compress(text, len, packed, &out, work),
			 LZO_E_OK);
	return out;
}

static size_t pack_lz4(size_t len)
{
	int out = LZ4_compress_default((const char *)text, (char *)packed,
				       (int)len, sizeof(packed));

	assert_true(out > 0);
	return (size_t)out;
}

static const struct {
	size_t (*pack)(size_t len);
	trans_unpack_fn unpack;
	int cut, tight;
} kinds[] = {
	{ pack_lzo, trans_unlzo, TRANS_ETRUNC, TRANS_ENOSPC },
	{ pack_lz4, trans_unlz4, TRANS_ECORRUPT, TRANS_ECORRUPT },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* In blocks of their exact lengths, so that ASan sees a step outside. */
static int unpack(size_t kind, size_t len, size_t room, size_t *out)
{
	uint8_t *in = malloc(len ? len : 1), *to = malloc(room ? room : 1);
	int rc;

	assert_non_null(in);
	assert_non_null(to);
	memcpy(in, packed, len);
	rc = kinds[kind].unpack(NULL, in, len, to, room, out);
	assert_true(*out <= room);
	memcpy(back, to, *out);
	free(in);
	free(to);
	return rc;
}

static void comes_back(void **state)
{
	static const size_t lens[] = { 1, 17, 4096, CHUNK };
	size_t len, out;

	(void)state;
	for (size_t i = 0; i < KINDS * 4; i++) {
		fill(lens[i % 4]);
		len = kinds[i / 4].pack(lens[i % 4]);
		assert_int_equal(unpack(i / 4, len, lens[i % 4], &out), 0);
		assert_int_equal(out, lens[i % 4]);
		assert_memory_equal(back, text, out);
		assert_int_equal(unpack(i / 4, len, CHUNK, &out), 0);
		assert_int_equal(out, lens[i % 4]);
	}
}

/* An LZ4 block may end behind any literals; less comes out then. */
static void check_cut(size_t kind, size_t len)
{
	size_t out;
	int rc = unpack(kind, len, 4096, &out);

	if (rc || kind == 0)
		assert_int_equal(rc, kinds[kind].cut);
	else
		assert_in_range(out, 1, 4095);
}

static void cut_and_tight(void **state)
{
	size_t len, out;

	(void)state;
	for (size_t kind = 0; kind < KINDS; kind++) {
		fill(4096);
		len = kinds[kind].pack(4096);
		for (size_t n = 0; n < len; n += 7)
			check_cut(kind, n);
		for (size_t room = 0; room < 4096; room += 61)
			assert_int_equal(unpack(kind, len, room, &out),
					 kinds[kind].tight);
	}
}

/* Whatever comes of it stays inside; and most of it is refused. */
static void every_bit(void **state)
{
	size_t len, out, refused = 0;

	(void)state;
	for (size_t kind = 0; kind < KINDS; kind++) {
		fill(4096);
		len = kinds[kind].pack(4096);
		for (size_t bit = 0; bit < 8 * len; bit++) {
			packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
			refused += unpack(kind, len, 4096, &out) != 0;
			packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
	assert_true(refused > 100);
}

/* The stream into blocks of exact lengths, by both: the same comes of it. */
static void same_as_original(size_t len, size_t room)
{
	uint8_t *in = malloc(len ? len : 1), *to = malloc(room ? room : 1);
	lzo_uint was = room, is = room;
	int said;

	assert_non_null(in);
	assert_non_null(to);
	memcpy(in, packed, len);
	said = minilzo_original(in, len, back, &was, NULL);
	assert_int_equal(lzo1x_decompress_safe(in, len, to, &is, NULL), said);
	assert_int_equal(is, was);
	assert_memory_equal(to, back, was);
	free(in);
	free(to);
}

/* @len bytes that repeat what is @distance before, in a stretch of noise. */
static void repeat(size_t distance, size_t len)
{
	fill(CHUNK);
	for (size_t i = 0; i < 1024; i++)
		text[i] = text[3072 + i % 1024];
	for (size_t i = 512; i < 512 + len; i++)
		text[i] = text[i - distance];
}

static void lzo_as_original(void **state)
{
	size_t len;

	(void)state;
	for (size_t distance = 1; distance <= 20; distance++)
		for (size_t n = 3; n < 600; n += n < 40 ? 1 : 97) {
			repeat(distance, n);
			len = pack_lzo(1024);
			same_as_original(len, CHUNK);
			same_as_original(len, 1024);
			same_as_original(len, 512 + n);
		}
}

/* One byte after the other is any of some, and the rest is what it was. */
static void lzo_hostile_as_original(void **state)
{
	static const uint8_t bytes[] = { 0,  1,  15, 16, 17,  18,  24,
					 31, 32, 33, 63, 64, 0x7c, 255 };
	size_t len;

	(void)state;
	repeat(3, 200);
	len = pack_lzo(4096);
	for (size_t i = 0; i < len; i++)
		for (size_t n = 0; n < sizeof(bytes); n++) {
			uint8_t was = packed[i];

			packed[i] = bytes[n];
			same_as_original(len, 4096 + 97 * (n % 3));
			packed[i] = was;
		}
}

/* By hand: 80 literals, 255 * 130 + 34 bytes more like the last, and @end. What
 * lies behind @len bytes of that is no part of the stream. */
static size_t long_stream(const uint8_t *end, size_t len)
{
	size_t at = 0;

	packed[at++] = 0;
	packed[at++] = 80 - 18;
	for (; at < 82; at++)
		packed[at] = (uint8_t)at;
	packed[at++] = 32;
	for (; at < 82 + 131; at++)
		packed[at] = 0;
	packed[at++] = 1;
	packed[at++] = 0;
	packed[at++] = 0;
	memcpy(packed + at, end, len);
	return at + len;
}

static void both_say(size_t len, int status)
{
	static uint8_t to[CHUNK];
	lzo_uint was = sizeof(back), is = sizeof(to);

	assert_int_equal(minilzo_original(packed, len, back, &was, NULL),
			 status);
	assert_int_equal(lzo1x_decompress_safe(packed, len, to, &is, NULL),
			 status);
	assert_int_equal(is, was);
	assert_memory_equal(to, back, was);
}

static void lzo_by_hand(void **state)
{
	/* The end; as far before, but no end; from 16 KiB before. */
	uint8_t end[203] = { 17, 0, 0 }, no_end[203] = { 25, 0, 0 };
	uint8_t far[206] = { 33, 0xfc, 0xff, 17, 0, 0 };
	uint8_t zeroes[203] = { 32 };

	(void)state;
	both_say(long_stream(end, 3), LZO_E_OK);
	both_say(long_stream(end, sizeof(end)), LZO_E_INPUT_NOT_CONSUMED);
	no_end[200] = 17;
	both_say(long_stream(no_end, sizeof(no_end)), LZO_E_INPUT_OVERRUN);
	both_say(long_stream(far, 6), LZO_E_OK);
	both_say(long_stream(far, sizeof(far)), LZO_E_INPUT_NOT_CONSUMED);
	zeroes[100] = 1;
	both_say(long_stream(zeroes, sizeof(zeroes)) - 104,
		 LZO_E_INPUT_OVERRUN);
	zeroes[0] = 0;
	both_say(long_stream(zeroes, sizeof(zeroes)) - 104,
		 LZO_E_INPUT_OVERRUN);
}

static void lz4_2g(void **state)
{
	size_t out;

	(void)state;
	assert_int_equal(trans_unlz4(NULL, packed, 1ULL << 31, back, 1, &out),
			 TRANS_ENOSPC);
	assert_int_equal(trans_unlz4(NULL, packed, 1, back, 1ULL << 31, &out),
			 TRANS_ENOSPC);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back),
		cmocka_unit_test(cut_and_tight),
		cmocka_unit_test(every_bit),
		cmocka_unit_test(lzo_as_original),
		cmocka_unit_test(lzo_hostile_as_original),
		cmocka_unit_test(lzo_by_hand),
		cmocka_unit_test(lz4_2g),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
