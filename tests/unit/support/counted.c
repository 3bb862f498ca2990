/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A counter of basic blocks: see counted.h. */
#include "counted.h"

_Thread_local unsigned long counted_blocks;

void __sanitizer_cov_trace_pc(void)
{
	counted_blocks++;
}
