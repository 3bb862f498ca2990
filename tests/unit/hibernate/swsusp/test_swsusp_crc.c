/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The CRC of hibernation images, by table and by instruction, against a
 * bit-by-bit one, at every alignment and every way to cut the data; against
 * zlib's, and against published check values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hibernate/swsusp.h"
#include "lib/machine/arch/fake/fake.h"

/* zlib's, in which the register is inverted before and after. */
unsigned long crc32(unsigned long crc, const unsigned char *data,
		    unsigned int len);

unsigned long crc32_combine(unsigned long crc, unsigned long behind, long len);

static uint32_t of_zlib(uint32_t crc, const uint8_t *data, unsigned int len)
{
	return ~(uint32_t)crc32(~crc, data, len);
}

static uint32_t bit_by_bit(uint32_t crc, const uint8_t *data, size_t len)
{
	while (len--) {
		crc ^= *data++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
	}
	return crc;
}

/* CRC-32/ISO-HDLC of "123456789" is cbf43926, and JAMCRC its complement:
 * the same register, begun with all ones. */
static void check_values(void **state)
{
	(void)state;
	assert_int_equal(trans_crc32(0xffffffff, "123456789", 9),
			 0xffffffff ^ 0xcbf43926);
	assert_int_equal(trans_crc32(0, "123456789", 9),
			 bit_by_bit(0, (const uint8_t *)"123456789", 9));
	assert_int_equal(trans_crc32(0x12345678, "", 0), 0x12345678);
	assert_int_equal(trans_crc32(0, "\0\0\0\0\0\0\0\0\0", 9), 0);
}

static void every_cut(void **state)
{
	static _Alignas(8) uint8_t data[96];
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)((seed = seed * 1103515245 + 12345) >> 16);
	for (size_t from = 0; from < 16; from++)
		for (size_t len = 0; len + from <= sizeof(data); len++)
			assert_int_equal(trans_crc32(seed, data + from, len),
					 bit_by_bit(seed, data + from, len));
	for (size_t cut = 0; cut <= sizeof(data); cut++) {
		uint32_t crc = trans_crc32(0, data, cut);

		crc = trans_crc32(crc, data + cut, sizeof(data) - cut);
		assert_int_equal(crc, bit_by_bit(0, data, sizeof(data)));
	}
}

/* One byte alone at each place of a word. */
static void every_byte(void **state)
{
	(void)state;
	for (int place = 0; place < 8; place++)
		for (int byte = 0; byte < 256; byte++) {
			_Alignas(8) uint8_t word[8] = { 0 };

			word[place] = (uint8_t)byte;
			assert_int_equal(trans_crc32(0, word, 8),
					 bit_by_bit(0, word, 8));
		}
}

/* Begun anew and gone on with, at places where words begin and where none
 * does. */
static void as_zlib_has_it(void **state)
{
	static _Alignas(8) uint8_t data[5000];
	uint32_t seed = 2, crc = 0, want = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)((seed = seed * 1103515245 + 12345) >> 16);
	for (unsigned int i = 0; i < 200; i++) {
		unsigned int len = 4096 + i * 3;

		crc = trans_crc32(crc, data + i, len);
		want = of_zlib(want, data + i, len);
		assert_int_equal(crc, want);
	}
}

/* Long enough for lanes, and for what is left of them, with one bit set in each
 * lane, and noise. */
static void by_lanes(void **state)
{
	static _Alignas(8) uint8_t data[60000];
	uint32_t seed = 3;

	(void)state;
	fake_arch_reset();
	fake_arch.reg[TRANS_ID_AA64ISAR0] = 0x10000;
	for (size_t at = 0; at < sizeof(data); at += 4095) {
		data[at] = 0x10;
		assert_int_equal(trans_crc32(0, data, sizeof(data)),
				 of_zlib(0, data, sizeof(data)));
		data[at] = 0;
	}
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)((seed = seed * 1103515245 + 12345) >> 16);
	for (unsigned int len = 24500; len < 24700; len++)
		assert_int_equal(trans_crc32(seed, data + len % 9, len),
				 of_zlib(seed, data + len % 9, len));
	assert_int_equal(trans_crc32(seed, data + 3, sizeof(data) - 3),
			 of_zlib(seed, data + 3, sizeof(data) - 3));
	assert_true(fake_arch.crc_threes > 100);
	fake_arch_reset();
}

/* The same by the CPU's instruction, which is told by bits 19:16. */
static void by_instruction(void **state)
{
	fake_arch_reset();
	fake_arch.reg[TRANS_ID_AA64ISAR0] = 0xfffffffffff0ffffULL;
	every_cut(state);
	assert_false(fake_arch.crc_words);
	fake_arch.reg[TRANS_ID_AA64ISAR0] = 0x10000;
	every_cut(state);
	every_byte(state);
	as_zlib_has_it(state);
	assert_true(fake_arch.crc_words);
	fake_arch_reset();
}

/* Parts of any length, none too; to zlib's the inversions make no difference,
 * since they cancel out. */
static void joined(void **state)
{
	static uint8_t data[70000];
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)((seed = seed * 69069 + 1) >> 24);
	for (unsigned int i = 0; i < 400; i++) {
		size_t first = (seed = seed * 69069 + 1) % 30000;
		size_t second = i < 3 ? i : i < 9 ? 4096 * (i - 2) :
				(seed = seed * 69069 + 1) % 40000;
		uint32_t a = trans_crc32(0, data, first);
		uint32_t b = trans_crc32(0, data + first, second);
		uint32_t both = trans_crc32_join_(
			a, trans_crc32_after_(second), b);

		assert_int_equal(both, trans_crc32(0, data, first + second));
		assert_int_equal(both, (uint32_t)crc32_combine(a, b,
							       (long)second));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_values),
		cmocka_unit_test(every_cut),
		cmocka_unit_test(every_byte),
		cmocka_unit_test(as_zlib_has_it),
		cmocka_unit_test(by_lanes),
		cmocka_unit_test(by_instruction),
		cmocka_unit_test(joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
