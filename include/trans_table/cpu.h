/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the library must know of the CPU it runs on, as a value, so that every
 * decision taken from it can be tested on any host.
 */
#ifndef TRANS_TABLE_CPU_H
#define TRANS_TABLE_CPU_H

#include <trans_table/geometry.h>

/*
 * @el:     1 or 2
 * @e2h:    at EL2: HCR_EL2.E2H, and always true there without FEAT_E2H0
 * @mmfr0..@smfr0: ID_AA64*_EL1
 * @midr, @mpidr: MIDR_EL1, MPIDR_EL1
 * @pmcr:   at EL2, with a PMU (ID_AA64DFR0_EL1.PMUVer): PMCR_EL0, else 0
 */
struct trans_cpu {
	unsigned int el;
	bool e2h;
	uint64_t mmfr0, mmfr1, mmfr2, mmfr3, pfr0, pfr1, dfr0, mmfr4, isar0;
	uint64_t isar1, isar2, smfr0;
	uint64_t midr, mpidr, pmcr;
};

/* Read it from the CPU we run on. */
void trans_cpu_read(struct trans_cpu *cpu);

/* The stage 1 regime of the CPU's current exception level. */
enum trans_regime trans_cpu_regime(const struct trans_cpu *cpu);

/* Bit mask of 1 << granule shift for each granule of stage 1
 * (ID_AA64MMFR0_EL1.TGran4/16/64). */
uint64_t trans_cpu_granules(const struct trans_cpu *cpu);

/* Output address bits (ID_AA64MMFR0_EL1.PARange): 32..52; 52 for values that are
 * newer, which have at least that. */
unsigned int trans_cpu_pa_bits(const struct trans_cpu *cpu);

/* Does stage 1 have 52-bit addresses with 4K or 16K (FEAT_LPA2)? False for
 * 64K, which has FEAT_LPA and FEAT_LVA instead. */
bool trans_cpu_has_lpa2(const struct trans_cpu *cpu,
			enum trans_granule granule);

/* Can a half of stage 1 have more than 48 bits with that granule? LPA2, or with
 * 64K FEAT_LVA (ID_AA64MMFR2_EL1.VARange). */
bool trans_cpu_has_va52(const struct trans_cpu *cpu,
			enum trans_granule granule);

/* Is E2H always 1 at EL2 (no FEAT_E2H0: ID_AA64MMFR4_EL1.E2H0)? */
bool trans_cpu_has_e2h_only(const struct trans_cpu *cpu);

/* Is there a performance monitor (ID_AA64DFR0_EL1.PMUVer)? */
bool trans_cpu_has_pmu(const struct trans_cpu *cpu);

#endif
