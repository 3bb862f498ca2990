/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The CPU that we run on: what it says of itself, once, and how its caches are
 * cleaned.
 */
#include <trans_table/cpu.h>

#include "lib/machine/arch.h"
#include "lib/machine/hcr.h"
#include "lib/numbers.h"

void trans_cpu_read(struct trans_cpu *cpu)
{
	unsigned int el =
		(unsigned int)(trans_arch_read_(TRANS_CURRENTEL) >> 2);

	*cpu = (struct trans_cpu){
		.el = el & 3,
		.mmfr0 = trans_arch_read_(TRANS_ID_AA64MMFR0),
		.mmfr1 = trans_arch_read_(TRANS_ID_AA64MMFR1),
		.mmfr2 = trans_arch_read_(TRANS_ID_AA64MMFR2),
		.mmfr3 = trans_arch_read_(TRANS_ID_AA64MMFR3),
		.mmfr4 = trans_arch_read_(TRANS_ID_AA64MMFR4),
		.pfr0 = trans_arch_read_(TRANS_ID_AA64PFR0),
		.pfr1 = trans_arch_read_(TRANS_ID_AA64PFR1),
		.dfr0 = trans_arch_read_(TRANS_ID_AA64DFR0),
		.isar0 = trans_arch_read_(TRANS_ID_AA64ISAR0),
		.isar1 = trans_arch_read_(TRANS_ID_AA64ISAR1),
		.isar2 = trans_arch_read_(TRANS_ID_AA64ISAR2),
		.smfr0 = trans_arch_read_(TRANS_ID_AA64SMFR0),
		.pfr2 = trans_arch_read_(TRANS_ID_AA64PFR2),
		.midr = trans_arch_read_(TRANS_MIDR),
		.mpidr = trans_arch_read_(TRANS_MPIDR),
	};
	cpu->granted = trans_cpu_grants(cpu) |
		       (trans_arch_gcs_on_() ? TRANS_GRANT_GCS : 0);
	/* ID_AA64DFR0_EL1.PMSVer */
	if (trans_field(cpu->dfr0, 32))
		cpu->pmbidr = trans_arch_read_(TRANS_PMBIDR_EL1);
	if (cpu->el != 2)
		return;
	/* The bit reads as 0 without VHE; where VHE cannot be left it may do
	 * so too, until HCR_EL2 is written. */
	cpu->e2h = trans_cpu_has_e2h_only(cpu) ||
		   trans_arch_read_(TRANS_HCR_EL2) & TRANS_HCR_E2H;
	if (trans_cpu_has_pmu(cpu))
		cpu->pmcr = trans_arch_read_(TRANS_PMCR_EL0);
}

/* CTR_EL0.DminLine [19:16]: log2 of the words in the smallest line. */
void trans_cpu_clean(void *ctx, const void *va, size_t len)
{
	unsigned int log2 =
		2 + trans_field(trans_arch_read_(TRANS_CTR_EL0), 16);
	size_t line = (size_t)1 << log2;
	uintptr_t at = (uintptr_t)va, before = at & (line - 1);

	(void)ctx;
	/* A number of lines, because the end may be 2^64. */
	if (len)
		trans_arch_clean_(at - before,
				  (((before + len - 1) >> log2) + 1), line);
}
