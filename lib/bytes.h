/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Fields of files, little-endian where nothing else is said. Byte by byte: a
 * file may lie at any address, and alignment faults are on wherever the MMU is
 * off.
 */
#ifndef TRANS_LIB_BYTES_H
#define TRANS_LIB_BYTES_H

#include <trans_table/env.h>

/* The number in @count (1..8) bytes at @bytes. A call: fields are many. */
uint64_t trans_le_(const uint8_t *bytes, unsigned int count);
static inline uint64_t trans_le(const uint8_t *bytes, unsigned int count)
{
	return trans_le_(bytes, count);
}

/* The number in the eight bytes at @word, which are aligned, as a host of this
 * library has it: that is little-endian. For what is read page by page. */
static inline uint64_t trans_le_word(const void *word)
{
	const uint64_t __attribute__((__may_alias__)) *value = word;

	return *value;
}

/* The number in four bytes, the highest first. */
static inline uint32_t trans_be32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The reverse of trans_le. */
static inline void trans_put_le(uint8_t *bytes, uint64_t value,
				unsigned int count)
{
	for (; count; count--, value >>= 8)
		*bytes++ = (uint8_t)value;
}

#endif
