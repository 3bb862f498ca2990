/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The context on a test's host: see fake.h beside this file. */
#include "hibernate/snapshot/context.h"
#include "hibernate/snapshot/fake/fake.h"
#include "lib/machine/arch/fake/fake.h"

struct fake_snapshot fake_snapshot;

/* "Code" of FAKE_WAY_BACK_LEN bytes. In assembler, because C cannot name the
 * end of an array. */
__asm__(".section .rodata\n\t"
	".globl trans_snapshot_way_back_, trans_snapshot_way_back_end_\n"
	"trans_snapshot_way_back_:\n\t"
	".fill 640, 1, 0xc0\n"
	"trans_snapshot_way_back_end_:\n\t"
	".byte 0\n\t"
	".previous");

/* What the assembler reads and writes of what firmware may trap. */
static void access(uint64_t flags)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} rows[] = {
		{ CONTEXT_TCR2_BIT, "TCR2_EL1" },
		{ CONTEXT_PIE_BIT, "PIR_EL1" },
		{ CONTEXT_POE_BIT, "POR_EL1" },
		{ CONTEXT_SCTLR2_BIT, "SCTLR2_EL1" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (flags >> rows[i].bit & 1)
			fake_firmware_access(rows[i].name, 0);
}

int trans_snapshot_context_(void *context, int (*then)(void *arg), void *arg)
{
	uint64_t *word = context;
	int ret;

	fake_snapshot.calls++;
	fake_snapshot.flags = word[CONTEXT_FLAGS / 8];
	access(fake_snapshot.flags);
	word[CONTEXT_SELF / 8] = FAKE_CONTEXT;
	ret = then(arg);
	return fake_snapshot.resumes ? 1 : ret;
}
