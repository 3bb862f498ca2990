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

/* A match: where the next instruction is, or the literals before it. */
struct quick_match {
	const uint8_t *next;
	size_t len, distance, literals;
};

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
	quick_copy_16(to, from);
	for (size_t done = 16; done < len; done += 16)
		quick_copy_16(to + done, from + done);
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

/* 64 and more: 3 to 8 bytes from up to 2 KiB before. */
static void quick_short(const struct quick *q, struct quick_match *match)
{
	size_t first = q->in[0];

	match->next = q->in + 2;
	match->len = (first >> 5) + 1;
	match->distance = (first >> 2 & 7) + ((size_t)q->in[1] << 3) + 1;
	match->literals = first & 3;
}

/* 32 and more: from up to 16 KiB before; below, from more than those, up to
 * 48 KiB; none more is the end of the stream. */
static bool quick_long(const struct quick *q, struct quick_match *match)
{
	size_t first = q->in[0], most = 31, least = 1, word;

	if (first < 32) {
		most = 7;
		least = (1u << 14) + ((first & 8) << 11);
	}
	match->next = q->in + 1;
	match->len = first & most;
	if (!match->len) {
		match->len = quick_len(q, &match->next) + most;
		if (match->len == most ||
		    !quick_has(q->to, q->out_end, match->len))
			return false;
	}
	match->len += 2;
	word = (size_t)(match->next[0] | match->next[1] << 8);
	match->next += 2;
	match->literals = word & 3;
	match->distance = (word >> 2) + least;
	return match->distance != 1u << 14 || first >= 32;
}

static bool quick_match(struct quick *q)
{
	bool is_short = q->in[0] >= 64;
	struct quick_match match;

	if (is_short)
		quick_short(q, &match);
	else if (!quick_long(q, &match))
		return false;
	if (match.distance > (size_t)(q->to - q->out))
		return false;
	if (is_short && match.distance >= 8)
		quick_copy_8(q->to, q->to - match.distance);
	else if (match.distance >= 16)
		quick_copy_far(q->to, q->to - match.distance, match.len);
	else
		quick_copy_near(q->to, match.distance, match.len);
	q->to += match.len;
	quick_copy_4(q->to, match.next);
	q->to += match.literals;
	q->in = match.next + match.literals;
	q->literals = match.literals;
	return true;
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
		goes_on = q.in[0] >= 16 ? quick_match(&q) : quick_run(&q);
	*quick = q;
}
