/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Which formats of tables a CPU has, by its ID registers as a value: all that
 * the tables want to know of a CPU, apart from the rest of cpu.c, so that
 * tables can be had alone (sources.mk, TRANS_TABLE_TABLES).
 */
#include <trans_table/cpu.h>

#include "lib/numbers.h"

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
