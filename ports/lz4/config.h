/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Included before anything else when lz4.c is compiled: blocks only, and
 * nothing from a C library (LZ4_FREESTANDING, from 1.9.4 on). The copy that
 * librdkafka carries is older and allocates with functions of its own, which
 * are nowhere; nothing here calls what would.
 */
#ifndef PORTS_LZ4_CONFIG_H
#define PORTS_LZ4_CONFIG_H

#include <trans_table/env.h>

/*
 * A block's last literals, up to all of it, are copied by memmove, since source
 * and destination might be one buffer; a freestanding host's goes by bytes
 * where they are not aligned. By words that need not be, as everything else of
 * this file: from the front that is right unless @to begins within what is
 * copied.
 */
static inline void *lz4_move(void *to, const void *from, size_t len)
{
	const uint8_t *f = from;
	uint8_t *t = to;

	if ((uintptr_t)to - (uintptr_t)from < len)
		return __builtin_memmove(to, from, len);
	for (; len >= 8; len -= 8, t += 8, f += 8) {
		uint64_t word;

		__builtin_memcpy(&word, f, 8);
		__builtin_memcpy(t, &word, 8);
		__asm__ volatile(""); /* no call of memcpy */
	}
	while (len--) {
		*t++ = *f++;
		__asm__ volatile("");
	}
	return to;
}

#define LZ4_FREESTANDING 1
#define LZ4_HEAPMODE 0
#define LZ4_memcpy(to, from, len) __builtin_memcpy(to, from, len)
#define LZ4_memmove(to, from, len) lz4_move(to, from, len)
#define LZ4_memset(to, byte, len) __builtin_memset(to, byte, len)

#pragma weak rd_kafka_mem_malloc
#pragma weak rd_kafka_mem_calloc
#pragma weak rd_kafka_mem_free

#endif
