/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What is done with numbers everywhere: rounding, the smaller of two, ranges
 * that overlap, fields of four bits. Alignments are powers of two.
 */
#ifndef TRANS_LIB_NUMBERS_H
#define TRANS_LIB_NUMBERS_H

#include <trans_table/env.h>

static inline uint64_t trans_least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t trans_round_down(uint64_t value, uint64_t align)
{
	return value & ~(align - 1);
}

/* What is within @align of 2^64 becomes 0. */
static inline uint64_t trans_round_up(uint64_t value, uint64_t align)
{
	return trans_round_down(value + (align - 1), align);
}

/* Does [start, start + len) go beyond 2^64? @len is not 0. */
static inline bool trans_passes_top(uint64_t start, uint64_t len)
{
	return len - 1 > UINT64_MAX - start;
}

/* Do [a, a + a_len) and [b, b + b_len) have a byte in common? They may end at
 * 2^64; what is empty overlaps nothing. */
static inline bool trans_overlap(uint64_t a, uint64_t a_len, uint64_t b,
				 uint64_t b_len)
{
	return a_len && b_len && a <= b + (b_len - 1) && b <= a + (a_len - 1);
}

/* The four bits from @shift on: what ID registers are made of. */
static inline unsigned int trans_field(uint64_t value, unsigned int shift)
{
	return (unsigned int)(value >> shift) & 0xf;
}

#endif
