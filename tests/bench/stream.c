/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The reference of the copy: read every descriptor once and add it up. Compiled
 * twice, as STREAM: plain scalar code of -O2, and whatever the compiler finds
 * best for this CPU. In a file of its own, so that nothing is optimised away.
 */
#include <stddef.h>
#include <stdint.h>

uint64_t STREAM(const uint64_t *entry, size_t count);

uint64_t STREAM(const uint64_t *entry, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += entry[i];
	return sum;
}
