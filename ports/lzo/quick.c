/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A loop over the instructions of an LZO1X stream that takes them as long as
 * each is whole, right, and far from both ends, so that two comparisons stand
 * for all that miniLZO makes, and copies may go up to 15 bytes too far. At any
 * other it stops, before it: what is rare, wrong or the end is for miniLZO to
 * see, and to judge.
 *
 * The stream: Linux, Documentation/staging/lzo.rst.
 */
#include <stdbool.h>

#include "quick.h"

/* What may be read and written from the start of an instruction on, if it has
 * no length of its own behind it: 3 bytes of it, or 1 and 18 literals, and then
 * 3 literals and 15 bytes too many, and 3 bytes that miniLZO then expects. */
#define QUICK_ROOM 48

static void quick_copy_4(uint8_t *to, const uint8_t *from)
{
	__builtin_memcpy(to, from, 4);
}

static void quick_copy_8(uint8_t *to, const uint8_t *from)
{
	__builtin_memcpy(to, from, 8);
}

/* Reads all before it writes any. */
static void quick_copy_16(uint8_t *to, const uint8_t *from)
{
	uint64_t low, high;

	__builtin_memcpy(&low, from, 8);
	__builtin_memcpy(&high, from + 8, 8);
	__builtin_memcpy(to, &low, 8);
	__builtin_memcpy(to + 8, &high, 8);
}

/* From elsewhere, or from at least 16 bytes before: few are longer. */
static inline void quick_copy_far(uint8_t *to, const uint8_t *from, size_t len)
{
	const uint8_t *end = to + len;

	quick_copy_16(to, from);
	while ((to += 16) < end)
		quick_copy_16(to, from += 16);
}

/* From 1 to 15 bytes before, again and again: as far behind as a multiple of
 * that is the same, and words are copied from one of at least 8. */
static __attribute__((noinline)) void
quick_copy_near(uint8_t *to, size_t distance, size_t len)
{
	const uint8_t *from = to - distance, *end = to + len;

	for (; to - from < 8; to += distance)
		for (size_t i = 0; i < distance; i++)
			to[i] = from[i];
	for (; to < end; to += 8, from += 8)
		quick_copy_8(to, from);
}

/* Not a byte too far: the end may be there. */
void trans_lzo_copy(uint8_t *to, size_t distance, size_t len)
{
	const uint8_t *from = to - distance;

	for (; len >= 8 && to - from < 8; to += distance, len -= distance)
		for (size_t i = 0; i < distance; i++)
			to[i] = from[i];
	for (; len >= 8; len -= 8, to += 8, from += 8)
		quick_copy_8(to, from);
	while (len--)
		*to++ = *from++;
}

/* A length that did not fit into its instruction: 255 for each zero, and what
 * is behind them. 0: it goes on near the end of the input. */
static size_t quick_len(const struct quick *q, const uint8_t **next)
{
	size_t len = 0;

	for (; !**next; len += 255)
		if (++*next > q->in_end - QUICK_ROOM)
			return 0;
	return len + *(*next)++;
}

static bool quick_has(const uint8_t *at, const uint8_t *end, size_t len)
{
	return (size_t)(end - at) >= len + QUICK_ROOM;
}

static bool quick_run(struct quick *q, size_t len)
{
	const uint8_t *from = q->in + 1;

	if (q->literals)
		return false;
	if (!len) {
		len = quick_len(q, &from) + 15;
		if (len == 15 || !quick_has(from, q->in_end, len) ||
		    !quick_has(q->to, q->out_end, len))
			return false;
	}
	len += 3;
	quick_copy_far(q->to, from, len);
	q->to += len;
	q->in = from + len;
	q->literals = QUICK_RUN;
	return true;
}

/* Behind a match of @len bytes, which have been written: up to 3 literals. */
static bool quick_behind(struct quick *q, size_t len, const uint8_t *next,
			 size_t literals)
{
	uint8_t *to = q->to + len;

	quick_copy_4(to, next);
	q->to = to + literals;
	q->in = next + literals;
	q->literals = literals;
	return true;
}

/* 64 and more: 3 to 8 bytes from up to 2 KiB before. */
static bool quick_short(struct quick *q, unsigned int first)
{
	size_t distance = ((first >> 2 & 7) | (unsigned int)q->in[1] << 3) + 1;
	size_t len = (first >> 5) + 1;

	if (distance > (size_t)(q->to - q->out))
		return false;
	if (distance >= 8)
		quick_copy_8(q->to, q->to - distance);
	else
		quick_copy_near(q->to, distance, len);
	return quick_behind(q, len, q->in + 2, first & 3);
}

/* @len: what the instruction says of it, up to @most, or 0. From @least bytes
 * before, and more: 1, or beyond 16 KiB, where none more is the end of the
 * stream. */
static inline __attribute__((always_inline)) bool
quick_long(struct quick *q, size_t len, size_t most, size_t least)
{
	const uint8_t *next = q->in + 1;
	size_t word, distance;

	if (!len) {
		len = quick_len(q, &next) + most;
		if (len == most || !quick_has(q->to, q->out_end, len))
			return false;
	}
	len += 2;
	word = (size_t)(next[0] | next[1] << 8);
	distance = (word >> 2) + least;
	if (distance > (size_t)(q->to - q->out) ||
	    (least > 1 && distance == 1u << 14))
		return false;
	if (distance >= 16)
		quick_copy_far(q->to, q->to - distance, len);
	else
		quick_copy_near(q->to, distance, len);
	return quick_behind(q, len, next + 2, word & 3);
}

static inline bool quick_one(struct quick *q)
{
	unsigned int first = q->in[0];

	if (first >= 64)
		return quick_short(q, first);
	if (first >= 32)
		return quick_long(q, first & 31, 31, 1);
	if (first >= 16)
		return quick_long(q, first & 7, 7,
				  (1u << 14) + ((first & 8) << 11));
	return quick_run(q, first);
}

/* By a copy: what is written cannot be part of that, as a compiler sees. */
void trans_lzo_quick(struct quick *quick)
{
	struct quick q = *quick;
	const uint8_t *in_last = q.in_end - QUICK_ROOM;
	const uint8_t *out_last = q.out_end - QUICK_ROOM;
	bool goes_on = quick_has(q.in, q.in_end, 0) &&
		       quick_has(q.to, q.out_end, 0);

	while (goes_on && (q.in <= in_last) & (q.to <= out_last))
		goes_on = quick_one(&q);
	*quick = q;
}
