/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The context on a test's host: see snapshot.h beside this file. */
#include "../snapshot_context.h"
#include "snapshot.h"

struct fake_snapshot fake_snapshot;

/* "Code" of FAKE_WAY_BACK_LEN bytes. In assembler, because C cannot name the end
 * of an array. */
__asm__(".section .rodata\n\t"
	".globl trans_snapshot_way_back, trans_snapshot_way_back_end\n"
	"trans_snapshot_way_back:\n\t"
	".fill 640, 1, 0xc0\n"
	"trans_snapshot_way_back_end:\n\t"
	".byte 0\n\t"
	".previous");

int trans_snapshot_context(void *context, int (*then)(void *arg), void *arg)
{
	uint64_t *word = context;
	int rc;

	fake_snapshot.calls++;
	fake_snapshot.flags = word[CONTEXT_FLAGS / 8];
	word[CONTEXT_SELF / 8] = FAKE_CONTEXT;
	rc = then(arg);
	return fake_snapshot.resumes ? 1 : rc;
}
