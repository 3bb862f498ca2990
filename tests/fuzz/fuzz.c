/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Input and checks of the fuzz targets: see fuzz.h. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

uint64_t take(struct input *in, unsigned int bytes)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < bytes && in->left; i++, in->left--)
		value |= (uint64_t)*in->at++ << (8 * i);
	return value;
}

uint64_t pick(struct input *in, uint64_t n)
{
	unsigned int bytes = 1;

	while (bytes < 8 && (n - 1) >> (8 * bytes))
		bytes++;
	return take(in, bytes) % n;
}

_Noreturn void fuzz_fail(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	abort();
}
