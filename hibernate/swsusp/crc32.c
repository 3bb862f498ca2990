/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * CRC-32 of IEEE 802.3, bits reflected, as a hibernation image has it: begins
 * with 0, no inversion at either end. Every byte of a packed image goes through
 * here while the user waits: by the CPU's own instruction, eight bytes a step,
 * where it has one (all from Armv8.1 on, and most before); else by half a byte.
 *
 * That instruction takes three cycles and needs the result of the one before,
 * but one may begin in each cycle. So a long stretch is cut into three lanes,
 * each with a register of its own. A register is a polynomial over GF(2): what
 * it would be after a lane of zeroes is its product with a constant, and with
 * that the three become one.
 */
#include "hibernate/swsusp.h"
#include "lib/machine/arch.h"
#include "lib/numbers.h"

/* What becomes of the lowest four bits of the register after four steps: they
 * are gone, and each that was set has left the polynomial 0xedb88320, shifted
 * by the steps behind it. */
static const uint32_t after_four[16] = {
	0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
	0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
	0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
	0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

static uint32_t by_table(uint32_t crc, const uint8_t *at, size_t len)
{
	for (; len; len--) {
		crc ^= *at++;
		crc = crc >> 4 ^ after_four[crc & 0xf];
		crc = crc >> 4 ^ after_four[crc & 0xf];
	}
	return crc;
}

/* Registers are polynomials with reflected bits, modulo that one: 1 is
 * 0x80000000, and x^8, which moves a register by a byte, 0x800000. */
#define ONE 0x80000000u
#define AFTER_BYTE 0x800000u

static uint32_t product(uint32_t a, uint32_t b)
{
	uint32_t sum = 0;

	for (; a; a <<= 1) {
		sum ^= b & -(a >> 31);
		b = b >> 1 ^ (0xedb88320u & -(b & 1));
	}
	return sum;
}

uint32_t trans_crc32_after_(uint64_t len)
{
	uint32_t after = ONE, power = AFTER_BYTE;

	for (; len; len >>= 1) {
		if (len & 1)
			after = product(after, power);
		power = product(power, power);
	}
	return after;
}

uint32_t trans_crc32_join_(uint32_t crc, uint32_t after, uint32_t behind)
{
	return product(crc, after) ^ behind;
}

/* Words of 8 bytes in a lane, and what moves a register past it. */
#define LANE ((size_t)1024)
#define AFTER_LANE 0x83852d0fu

static uint32_t after_lane(uint32_t crc)
{
	return product(crc, AFTER_LANE);
}

static uint32_t by_lanes(uint32_t crc, const void *words)
{
	uint32_t lane[3] = { crc, 0, 0 };

	trans_arch_crc32_three_(lane, words, LANE);
	return after_lane(after_lane(lane[0]) ^ lane[1]) ^ lane[2];
}

uint32_t trans_crc32_own_(uint32_t crc, const void *data, size_t len);
uint32_t trans_crc32_own_(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *at = data;
	/* Whole words only where they are aligned: the MMU may be off. */
	size_t head = trans_least(-(uintptr_t)at % 8, len), words;

	/* ID_AA64ISAR0_EL1.CRC32 [19:16] */
	if (!trans_field(trans_arch_read_(TRANS_ID_AA64ISAR0), 16))
		return by_table(crc, at, len);
	crc = by_table(crc, at, head);
	at += head;
	len -= head;
	for (; len >= 3 * LANE * 8; at += 3 * LANE * 8, len -= 3 * LANE * 8)
		crc = by_lanes(crc, at);
	words = len / 8;
	crc = trans_arch_crc32_(crc, at, words);
	return by_table(crc, at + words * 8, len % 8);
}

uint32_t TRANS_ASSUME_CRC32(uint32_t crc, const void *data, size_t len);

uint32_t trans_crc32(uint32_t crc, const void *data, size_t len)
{
	return TRANS_ASSUME_CRC32(crc, data, len);
}
