/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The four functions that compilers call by themselves, which a freestanding
 * program must bring along (trans_table/env.h).
 *
 * They must be right with the MMU off, where all memory is Device memory and an
 * unaligned access faults; so words are used only where both sides are aligned.
 */
#include <trans_table/env.h>

/* Keeps the compiler from seeing that a loop is a memcpy, and making it a call
 * to the very function it stands in. */
#define NOT_AN_IDIOM() __asm__ volatile("")

static bool word_aligned(const void *a, const void *b, size_t len)
{
	return (((uintptr_t)a | (uintptr_t)b | len) & 7) == 0;
}

/* Reads all before it writes any, as memmove's may overlap. */
static void copy_eight(uint64_t *d, const uint64_t *s)
{
	uint64_t a = s[0], b = s[1], c = s[2], e = s[3];
	uint64_t f = s[4], g = s[5], h = s[6], i = s[7];

	d[0] = a;
	d[1] = b;
	d[2] = c;
	d[3] = e;
	d[4] = f;
	d[5] = g;
	d[6] = h;
	d[7] = i;
}

static void copy_words_up(uint64_t *d, const uint64_t *s, size_t words)
{
	for (; words >= 8; words -= 8, d += 8, s += 8)
		copy_eight(d, s);
	while (words--) {
		*d++ = *s++;
		NOT_AN_IDIOM();
	}
}

static void set_eight(uint64_t *d, uint64_t word)
{
	d[0] = word;
	d[1] = word;
	d[2] = word;
	d[3] = word;
	d[4] = word;
	d[5] = word;
	d[6] = word;
	d[7] = word;
}

static void copy_bytes_up(uint8_t *d, const uint8_t *s, size_t len)
{
	while (len--) {
		*d++ = *s++;
		NOT_AN_IDIOM();
	}
}

static void copy_bytes_down(uint8_t *d, const uint8_t *s, size_t len)
{
	while (len--) {
		d[len] = s[len];
		NOT_AN_IDIOM();
	}
}

/* Where they overlap @dst is the lower one. Once, for size. */
static __attribute__((noinline)) void *copy_up(void *dst, const void *src,
					       size_t len)
{
	if (word_aligned(dst, src, len))
		copy_words_up(dst, src, len / 8);
	else
		copy_bytes_up(dst, src, len);
	return dst;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t len)
{
	return copy_up(dst, src, len);
}

void *memmove(void *dst, const void *src, size_t len)
{
	/* From the front unless it begins within what is copied. Not by memcpy,
	 * whose restrict lets a compiler store before it has read. */
	if ((uintptr_t)dst - (uintptr_t)src >= len)
		return copy_up(dst, src, len);
	copy_bytes_down(dst, src, len);
	return dst;
}

void *memset(void *dst, int byte, size_t len)
{
	uint64_t *w = dst;
	uint8_t *d = dst;
	uint64_t word = (uint8_t)byte * 0x0101010101010101ULL;

	if (!word_aligned(dst, dst, len)) {
		while (len--) {
			*d++ = (uint8_t)byte;
			NOT_AN_IDIOM();
		}
		return dst;
	}
	for (; len >= 64; len -= 64, w += 8)
		set_eight(w, word);
	for (; len; len -= 8) {
		*w++ = word;
		NOT_AN_IDIOM();
	}
	return dst;
}

int memcmp(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a, *y = b;

	for (; len; len--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}
