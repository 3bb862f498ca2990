/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Little-endian fields of files. Byte by byte: a file may lie at any address,
 * and alignment faults are on wherever the MMU is off.
 */
#ifndef TRANS_LIB_BYTES_H
#define TRANS_LIB_BYTES_H

#include <trans_table/env.h>

/* The number in @count (1..8) bytes at @bytes. */
static inline uint64_t trans_le(const uint8_t *bytes, unsigned int count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 8 | bytes[count];
	return value;
}

/* The reverse. */
static inline void trans_put_le(uint8_t *bytes, uint64_t value,
				unsigned int count)
{
	for (; count; count--, value >>= 8)
		*bytes++ = (uint8_t)value;
}

#endif
