/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The CPU as a value, read by this_cpu.c: pure functions of it, because the
 * fields of the ID registers do not all count the same way. (cpu_formats.c has
 * those that tables are made by.)
 */
#include <trans_table/cpu.h>

#include "lib/numbers.h"

/* ID registers: Arm ARM D19; FGT 2 is FEAT_FGT2. */
unsigned int trans_cpu_grants(const struct trans_cpu *cpu)
{
	return (trans_field(cpu->pfr0, 32) ? TRANS_GRANT_SVE : 0) |
	       (trans_field(cpu->pfr1, 24) ? TRANS_GRANT_SME : 0) |
	       (trans_field(cpu->mmfr1, 40) ? TRANS_GRANT_HCX : 0) |
	       (trans_field(cpu->mmfr0, 56) ? TRANS_GRANT_FGT : 0) |
	       (trans_field(cpu->mmfr0, 56) >= 2 ? TRANS_GRANT_FGT2 : 0) |
	       (trans_field(cpu->mmfr3, 0) ? TRANS_GRANT_TCR2 : 0) |
	       (trans_field(cpu->mmfr3, 8) ? TRANS_GRANT_PIE : 0) |
	       (trans_field(cpu->pfr0, 24) ? TRANS_GRANT_GIC : 0);
}

enum trans_regime trans_cpu_regime(const struct trans_cpu *cpu)
{
	if (cpu->el == 1)
		return TRANS_EL1_0;
	return cpu->e2h ? TRANS_EL2_0 : TRANS_EL2;
}

/* ID_AA64MMFR4_EL1.E2H0 [27:24] is signed: 0 and above, E2H can be 0; 0xf and
 * 0xe, it is RES1. */
bool trans_cpu_has_e2h_only(const struct trans_cpu *cpu)
{
	return trans_field(cpu->mmfr4, 24) >= 8;
}

/* ID_AA64DFR0_EL1.PMUVer [11:8]; 0xf is a PMU that is not Arm's. */
bool trans_cpu_has_pmu(const struct trans_cpu *cpu)
{
	return trans_field(cpu->dfr0, 8) && trans_field(cpu->dfr0, 8) != 0xf;
}
