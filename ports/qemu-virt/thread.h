/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Registers that this port has no use for and a kernel would: those of a
 * thread, keys that sign pointers, bits of PSTATE. They come back with a
 * snapshot, or they do not; nothing else would tell.
 */
#ifndef PORT_THREAD_H
#define PORT_THREAD_H

#include <trans_table/errors.h>

/* Put numbers that follow from @seed into them. */
void thread_set(uint64_t seed);

/* The name of one that holds something else; NULL: none does. */
const char *thread_changed(uint64_t seed);

/* Call @call(@arg) with x19 to x28 full of such numbers. What it returned, or,
 * if that is 0 and one of them has changed, TRANS_ECORRUPT. */
int thread_call(int (*call)(void *arg), void *arg, uint64_t seed);

#endif
