/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * 16 MiB of linked structures that follow from a seed, to be checked bit for
 * bit, pointers and all.
 */
#ifndef PORT_HEAP_H
#define PORT_HEAP_H

#include <trans_table/env.h>

#define HEAP_LEN (16ULL << 20)

/* A reproducible number: the @index-th of @seed. */
uint64_t heap_number(uint64_t seed, uint64_t index);

/* Fill HEAP_LEN bytes at @heap, aligned to 256. */
void heap_make(void *heap, uint64_t seed);

/* Is every bit as heap_make left it? */
bool heap_check(const void *heap, uint64_t seed);

#endif
