/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the library must know of the CPU it runs on, as a value, so that every
 * decision taken from it can be tested on any host.
 */
#ifndef TRANS_TABLE_CPU_H
#define TRANS_TABLE_CPU_H

#include <trans_table/geometry.h>

struct trans_cpu {
	unsigned int el; /* 1 or 2 */
	bool e2h;        /* at EL2: HCR_EL2.E2H */
	/* ID_AA64*_EL1 */
	uint64_t mmfr0, mmfr1, mmfr2, mmfr3, pfr0, pfr1, dfr0, mmfr4, isar0;
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

#endif
