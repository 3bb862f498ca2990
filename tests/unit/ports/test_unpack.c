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
		cmocka_unit_test(lz4_2g),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
