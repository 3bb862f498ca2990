/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The CPU as a value, read by this_cpu.c: pure functions of it, because the
 * fields of the ID registers do not all count the same way.
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

/*
 * ID_AA64MMFR0_EL1 (Arm ARM D19): TGran4 [31:28] and TGran64 [27:24] are
 * signed, 0 and above mean "there" and 0xf "not there"; TGran16 [23:20] is
 * unsigned, 0 means "not there".
 */
uint64_t trans_cpu_granules(const struct trans_cpu *cpu)
{
	uint64_t mask = 0;

	if (trans_field(cpu->mmfr0, 28) < 8)
		mask |= 1ULL << TRANS_4K;
	if (trans_field(cpu->mmfr0, 20) > 0)
		mask |= 1ULL << TRANS_16K;
	if (trans_field(cpu->mmfr0, 24) < 8)
		mask |= 1ULL << TRANS_64K;
	return mask;
}

unsigned int trans_cpu_pa_bits(const struct trans_cpu *cpu)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48, 52 };
	unsigned int range = trans_field(cpu->mmfr0, 0);

	return range < sizeof(bits) ? bits[range] : 52;
}

/* TGran4 1 and TGran16 2 stand for 52-bit addresses with that granule. */
bool trans_cpu_has_lpa2(const struct trans_cpu *cpu, enum trans_granule granule)
{
	unsigned int tgran4 = trans_field(cpu->mmfr0, 28);

	if (granule == TRANS_16K)
		return trans_field(cpu->mmfr0, 20) >= 2;
	return granule == TRANS_4K && tgran4 >= 1 && tgran4 < 8;
}

/* ID_AA64MMFR2_EL1.VARange [19:16] */
bool trans_cpu_has_va52(const struct trans_cpu *cpu, enum trans_granule granule)
{
	if (granule == TRANS_64K)
		return trans_field(cpu->mmfr2, 16) >= 1;
	return trans_cpu_has_lpa2(cpu, granule);
}

/* [27:24] is signed: 0 and above, E2H can be 0; 0xf and 0xe, it is RES1. */
bool trans_cpu_has_e2h_only(const struct trans_cpu *cpu)
{
	return trans_field(cpu->mmfr4, 24) >= 8;
}

/* [11:8]; 0xf is a PMU that is not Arm's. */
bool trans_cpu_has_pmu(const struct trans_cpu *cpu)
{
	return trans_field(cpu->dfr0, 8) && trans_field(cpu->dfr0, 8) != 0xf;
}
