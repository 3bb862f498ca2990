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

/* From elsewhere, or from at least 16 bytes before. */
static void quick_copy_far(uint8_t *to, const uint8_t *from, size_t len)
{
	const uint8_t *end = to + len;

	quick_copy_16(to, from);
	for (to += 16, from += 16; to < end; to += 16, from += 16)
		quick_copy_16(to, from);
}

/* From 1 to 15 bytes before, again and again: as far behind as a multiple of
 * that is the same, and words are copied from one of at least 8. */
static void quick_copy_near(uint8_t *to, size_t distance, size_t len)
{
	const uint8_t *from = to - distance, *end = to + len;

	for (; to - from < 8; to += distance)
		for (size_t i = 0; i < distance; i++)
			to[i] = from[i];
	for (; to < end; to += 8, from += 8)
		quick_copy_8(to, from);
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

static bool quick_run(struct quick *q)
{
	const uint8_t *from = q->in + 1;
	size_t len = q->in[0];

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

static bool quick_reaches(const struct quick *q, size_t distance)
{
	return (uintptr_t)q->to - distance >= (uintptr_t)q->out;
}

/* Behind a match: up to 3 literals, and the next instruction. */
static void quick_go_on(struct quick *q, size_t len, const uint8_t *next,
			size_t literals)
{
	q->to += len;
	quick_copy_4(q->to, next);
	q->to += literals;
	q->in = next + literals;
	q->literals = literals;
}

/* 64 and more: 3 to 8 bytes from up to 2 KiB before. */
static bool quick_short(struct quick *q)
{
	size_t first = q->in[0], len = (first >> 5) + 1;
	size_t distance = (first >> 2 & 7) + ((size_t)q->in[1] << 3) + 1;

	if (!quick_reaches(q, distance))
		return false;
	if (distance >= 8)
		quick_copy_8(q->to, q->to - distance);
	else
		quick_copy_near(q->to, distance, len);
	quick_go_on(q, len, q->in + 2, first & 3);
	return true;
}

/* 32 and more: from up to 16 KiB before; below, from more than those, up to
 * 48 KiB; none more is the end of the stream. */
static bool quick_long(struct quick *q)
{
	const uint8_t *next = q->in + 1;
	size_t first = q->in[0], most = 31, least = 1, len, word, distance;

	if (first < 32) {
		most = 7;
		least = (1u << 14) + ((first & 8) << 11);
	}
	len = first & most;
	if (!len) {
		len = quick_len(q, &next) + most;
		if (len == most || !quick_has(q->to, q->out_end, len))
			return false;
	}
	len += 2;
	word = (size_t)(next[0] | next[1] << 8);
	distance = (word >> 2) + least;
	if (distance == 1u << 14 && first < 32)
		return false;
	if (!quick_reaches(q, distance))
		return false;
	if (distance >= 16)
		quick_copy_far(q->to, q->to - distance, len);
	else
		quick_copy_near(q->to, distance, len);
	quick_go_on(q, len, next + 2, word & 3);
	return true;
}

static bool quick_one(struct quick *q)
{
	if (q->in[0] >= 64)
		return quick_short(q);
	return q->in[0] >= 16 ? quick_long(q) : quick_run(q);
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
