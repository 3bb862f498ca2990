/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "psci.h"

#define PSCI_SYSTEM_OFF 0x84000008UL

/* SMCCC: the callee may change x0..x17. */
#define SMCCC_CLOBBERS "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9",   \
		       "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", \
		       "memory"

void psci_off(enum trans_conduit conduit)
{
	register uint64_t x0 __asm__("x0") = PSCI_SYSTEM_OFF;

	if (conduit == TRANS_CONDUIT_HVC)
		__asm__ volatile("hvc #0" : "+r"(x0) : : SMCCC_CLOBBERS);
	else if (conduit == TRANS_CONDUIT_SMC)
		__asm__ volatile("smc #0" : "+r"(x0) : : SMCCC_CLOBBERS);
	for (;;)
		__asm__ volatile("wfi");
}
