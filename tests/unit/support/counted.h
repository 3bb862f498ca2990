/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Work that hibernate/ did, as the compiler counts it: basic blocks that this
 * thread executed. What a loop says of itself may be wrong, or nothing.
 */
#ifndef TESTS_COUNTED_H
#define TESTS_COUNTED_H

extern _Thread_local unsigned long counted_blocks;

/* Called by what is built with -fsanitize-coverage=trace-pc. */
void __sanitizer_cov_trace_pc(void);

#endif
