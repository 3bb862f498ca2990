/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What every fuzz target needs: numbers out of the input, in an order that
 * keeps small inputs meaningful (an exhausted input reads as zeroes), and a
 * check that ends the run as a crash does.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input {
	const uint8_t *at;
	size_t left;
};

/* The next @bytes (1..8) of the input, little-endian. */
uint64_t take(struct input *in, unsigned int bytes);
/* A number below @n, from as few bytes as it needs. */
uint64_t pick(struct input *in, uint64_t n);

/* Say what is wrong and abort. */
_Noreturn void fuzz_fail(const char *what, const char *file, int line);

#define CHECK(condition)                                             \
	do {                                                         \
		if (!(condition))                                    \
			fuzz_fail(#condition, __FILE__, __LINE__);   \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#endif
