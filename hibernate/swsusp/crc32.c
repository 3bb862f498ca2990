/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * CRC-32 of IEEE 802.3, bits reflected, as a hibernation image has it: begins
 * with 0, no inversion at either end. Eight bytes a step, because every byte of
 * a packed image goes through here while the user waits: by the CPU's own
 * instruction, where it has one.
 */
#include <trans_table/swsusp.h>

#include "lib/machine/arch.h"

#define POLYNOMIAL 0xedb88320u

/* One bit further: what a register of which only bit 0 is set becomes after
 * n steps is S##n. */
#define NEXT(s) ((uint32_t)(s) >> 1 ^ ((s) & 1 ? POLYNOMIAL : 0))
enum {
	S1 = POLYNOMIAL,
	S2 = NEXT(S1), S3 = NEXT(S2), S4 = NEXT(S3), S5 = NEXT(S4),
	S6 = NEXT(S5), S7 = NEXT(S6), S8 = NEXT(S7), S9 = NEXT(S8),
	S10 = NEXT(S9), S11 = NEXT(S10), S12 = NEXT(S11), S13 = NEXT(S12),
	S14 = NEXT(S13), S15 = NEXT(S14), S16 = NEXT(S15), S17 = NEXT(S16),
	S18 = NEXT(S17), S19 = NEXT(S18), S20 = NEXT(S19), S21 = NEXT(S20),
	S22 = NEXT(S21), S23 = NEXT(S22), S24 = NEXT(S23), S25 = NEXT(S24),
	S26 = NEXT(S25), S27 = NEXT(S26), S28 = NEXT(S27), S29 = NEXT(S28),
	S30 = NEXT(S29), S31 = NEXT(S30), S32 = NEXT(S31), S33 = NEXT(S32),
	S34 = NEXT(S33), S35 = NEXT(S34), S36 = NEXT(S35), S37 = NEXT(S36),
	S38 = NEXT(S37), S39 = NEXT(S38), S40 = NEXT(S39), S41 = NEXT(S40),
	S42 = NEXT(S41), S43 = NEXT(S42), S44 = NEXT(S43), S45 = NEXT(S44),
	S46 = NEXT(S45), S47 = NEXT(S46), S48 = NEXT(S47), S49 = NEXT(S48),
	S50 = NEXT(S49), S51 = NEXT(S50), S52 = NEXT(S51), S53 = NEXT(S52),
	S54 = NEXT(S53), S55 = NEXT(S54), S56 = NEXT(S55), S57 = NEXT(S56),
	S58 = NEXT(S57), S59 = NEXT(S58), S60 = NEXT(S59), S61 = NEXT(S60),
	S62 = NEXT(S61), S63 = NEXT(S62), S64 = NEXT(S63),
};

/* The register is linear over its bits: bit b of a byte that has n steps to go
 * is what bit 0 is after n - b. */
#define BIT_AT(byte, b, s) (((byte) >> (b) & 1u) * (uint32_t)(s))
#define OF(n, s0, s1, s2, s3, s4, s5, s6, s7)                               \
	(BIT_AT(n, 0, s0) ^ BIT_AT(n, 1, s1) ^ BIT_AT(n, 2, s2) ^            \
	 BIT_AT(n, 3, s3) ^ BIT_AT(n, 4, s4) ^ BIT_AT(n, 5, s5) ^            \
	 BIT_AT(n, 6, s6) ^ BIT_AT(n, 7, s7))
#define FOUR(n, ...)                                                        \
	OF(n, __VA_ARGS__), OF((n) + 1, __VA_ARGS__),                       \
	OF((n) + 2, __VA_ARGS__), OF((n) + 3, __VA_ARGS__)
#define SIXTEEN(n, ...)                                                     \
	FOUR(n, __VA_ARGS__), FOUR((n) + 4, __VA_ARGS__),                   \
	FOUR((n) + 8, __VA_ARGS__), FOUR((n) + 12, __VA_ARGS__)
#define SIXTY_FOUR(n, ...)                                                  \
	SIXTEEN(n, __VA_ARGS__), SIXTEEN((n) + 16, __VA_ARGS__),            \
	SIXTEEN((n) + 32, __VA_ARGS__), SIXTEEN((n) + 48, __VA_ARGS__)
#define EVERY(...)                                                          \
	{ SIXTY_FOUR(0u, __VA_ARGS__), SIXTY_FOUR(64u, __VA_ARGS__),        \
	  SIXTY_FOUR(128u, __VA_ARGS__), SIXTY_FOUR(192u, __VA_ARGS__) }

/* after[n][byte]: a byte in the lowest bits after 8 * (n + 1) steps. */
static const uint32_t after[8][256] = {
	EVERY(S8, S7, S6, S5, S4, S3, S2, S1),
	EVERY(S16, S15, S14, S13, S12, S11, S10, S9),
	EVERY(S24, S23, S22, S21, S20, S19, S18, S17),
	EVERY(S32, S31, S30, S29, S28, S27, S26, S25),
	EVERY(S40, S39, S38, S37, S36, S35, S34, S33),
	EVERY(S48, S47, S46, S45, S44, S43, S42, S41),
	EVERY(S56, S55, S54, S53, S52, S51, S50, S49),
	EVERY(S64, S63, S62, S61, S60, S59, S58, S57),
};

/* Of an object of whatever type. */
typedef uint32_t __attribute__((may_alias)) word_t;

static uint32_t one(uint32_t crc, uint8_t byte)
{
	return crc >> 8 ^ after[0][(crc ^ byte) & 0xff];
}

/* Two words of four bytes each, the first of them mixed with the register. */
static uint32_t eight(uint32_t a, uint32_t b)
{
	return after[7][a & 0xff] ^ after[6][a >> 8 & 0xff] ^
	       after[5][a >> 16 & 0xff] ^ after[4][a >> 24] ^
	       after[3][b & 0xff] ^ after[2][b >> 8 & 0xff] ^
	       after[1][b >> 16 & 0xff] ^ after[0][b >> 24];
}

static uint32_t words(uint32_t crc, const uint8_t *at, size_t count)
{
	if (trans_arch_read_(TRANS_ID_AA64ISAR0) >> 16 & 0xf)
		return trans_arch_crc32_(crc, at, count);
	for (; count; count--, at += 8) {
		const word_t *word = (const void *)at;

		crc = eight(crc ^ word[0], word[1]);
	}
	return crc;
}

uint32_t trans_crc32(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *at = data, *end = at + len;

	/* Whole words only where they are aligned: the MMU may be off. */
	for (; at < end && (uintptr_t)at % 8; at++)
		crc = one(crc, *at);
	crc = words(crc, at, (size_t)(end - at) / 8);
	for (at = end - (size_t)(end - at) % 8; at < end; at++)
		crc = one(crc, *at);
	return crc;
}
