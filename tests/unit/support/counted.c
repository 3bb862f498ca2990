/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A counter of basic blocks: see counted.h. */
#include "counted.h"

unsigned long counted_blocks;

/* By any thread: now and then one is lost, but that is all. */
void __sanitizer_cov_trace_pc(void)
{
	__atomic_store_n(&counted_blocks,
			 __atomic_load_n(&counted_blocks, __ATOMIC_RELAXED) + 1,
			 __ATOMIC_RELAXED);
}
