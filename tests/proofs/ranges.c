/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Range sets against a bitmap: from every set of up to RANGES ranges within
 * BYTES bytes at either end of memory, one change, or one question. As the set
 * before is any, this is so for changes in a row, too. (Elsewhere nothing can
 * wrap; and a solver has a hard time with sums of 64 bits.)
 */
#include <trans_table/env.h>

/* Element by element: a solver has a hard time with bytes. */
#define memcpy(to, from, len) put_ranges(to, from, len)
#define memmove(to, from, len) put_ranges(to, from, len)
static void *put_ranges(void *to, const void *from, size_t len);
#include "lib/ranges.c"

#include "tests/proofs/proof.h"

/* Nothing is copied that is not a part of a set or a pair of pieces. */
#define MOST (RANGES > 2 ? RANGES : 2)

static uint64_t base;
static struct trans_range storage[RANGES];
static struct trans_ranges set;

static void *put_ranges(void *to, const void *from, size_t len)
{
	struct trans_range held[MOST], *dst = to;
	const struct trans_range *src = from;
	size_t count = len / sizeof(*src);

	PROVE(!(len % sizeof(*src)), "whole ranges");
	for (size_t i = 0; i < count; i++)
		held[i] = src[i];
	for (size_t i = 0; i < count; i++)
		dst[i] = held[i];
	return to;
}

/* Sorted, none empty, and none touches the next one. */
static bool is_sound(void)
{
	uint64_t at = 0;

	if (set.count > RANGES || set.range != storage)
		return false;
	for (size_t i = 0; i < RANGES; i++) {
		uint64_t from = storage[i].start - base;

		if (i >= set.count)
			continue;
		if (from > BYTES || from < at || !storage[i].len ||
		    storage[i].len > BYTES - from)
			return false;
		at = from + storage[i].len + 1;
	}
	return true;
}

static uint32_t bits(uint64_t from, uint64_t len)
{
	return ((1u << len) - 1) << from;
}

static uint32_t bitmap(void)
{
	uint32_t map = 0;

	for (size_t i = 0; i < RANGES; i++)
		if (i < set.count)
			map |= bits(storage[i].start - base, storage[i].len);
	return map;
}

/* How many ranges a bitmap takes. */
static unsigned int runs(uint32_t map)
{
	uint32_t starts = map & ~(map << 1);
	unsigned int count = 0;

	for (unsigned int i = 0; i < BYTES; i++)
		count += starts >> i & 1;
	return count;
}

static void any_set(void)
{
	base = nondet_bool() ? 0 : 0 - (uint64_t)BYTES;
	trans_ranges_init(&set, storage, RANGES);
	set.count = nondet_u8();
	for (size_t i = 0; i < RANGES; i++)
		storage[i] = (struct trans_range){ base + nondet_u8(),
						   nondet_u8() };
	ASSUME(is_sound());
}

static void any_part(uint64_t from, uint64_t len)
{
	ASSUME(from < BYTES && len <= BYTES - from);
}

static void has_become(int ret, uint32_t old, uint32_t want)
{
	PROVE(is_sound(), "still sorted and apart");
	PROVE(!ret || ret == TRANS_ENOSPC, "no other failure");
	PROVE(!ret == (runs(want) <= RANGES), "room is missing only if it is");
	PROVE(bitmap() == (ret ? old : want), "what is in it, all or nothing");
}

void prove_add(uint8_t from, uint8_t len)
{
	uint32_t old;

	any_set();
	any_part(from, len);
	old = bitmap();
	has_become(trans_ranges_add(&set, base + from, len), old,
		   old | bits(from, len));
}

void prove_remove(uint8_t from, uint8_t len)
{
	uint32_t old;

	any_set();
	any_part(from, len);
	old = bitmap();
	has_become(trans_ranges_remove(&set, base + from, len), old,
		   old & ~bits(from, len));
}

void prove_ask(uint8_t from, uint8_t len)
{
	uint32_t map, asked;

	any_set();
	any_part(from, len);
	map = bitmap();
	asked = bits(from, len);
	PROVE(trans_ranges_contain(&set, base + from, len) ==
	      !(asked & ~map), "contain");
	PROVE(trans_ranges_touch(&set, base + from, len) == !!(asked & map),
	      "touch");
	PROVE(is_sound(), "a question changes nothing");
}
