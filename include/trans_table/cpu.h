/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the library must know of the CPU it runs on, as a value, so that every
 * decision taken from it can be tested on any host.
 */
#ifndef TRANS_TABLE_CPU_H
#define TRANS_TABLE_CPU_H

#include <trans_table/regime.h>

TRANS_BEGIN_DECLS

/*
 * Registers that firmware at EL3 may keep to itself, and no ID register says
 * so: an access traps there, and some firmware panics then. What is not granted
 * is not touched, neither read nor written; what EL3 does not grant has no
 * effect either, whatever it holds. In brackets what grants it.
 */
#define TRANS_GRANT_SVE 0x001u    /* ZCR_ELx (CPTR_EL3.EZ) */
#define TRANS_GRANT_SME 0x002u    /* SVCR, SMCR_ELx (CPTR_EL3.ESM, EnTP2) */
#define TRANS_GRANT_HCX 0x004u    /* HCRX_EL2 (SCR_EL3.HXEn) */
#define TRANS_GRANT_FGT 0x008u    /* HFGxTR_EL2, HDFGxTR_EL2, ... (FGTEn) */
#define TRANS_GRANT_FGT2 0x010u   /* HFGxTR2_EL2, HDFGxTR2_EL2 (FGTEn2) */
#define TRANS_GRANT_TCR2 0x020u   /* TCR2_ELx (TCR2En) */
#define TRANS_GRANT_PIE 0x040u    /* PIR, PIRE0, POR_ELx (PIEn) */
#define TRANS_GRANT_GIC 0x080u    /* ICC_*, ICH_* (ICC_SRE_EL3) */
#define TRANS_GRANT_GCS 0x100u    /* GCSCR_ELx, GCSCRE0_EL1 (GCSEn) */
#define TRANS_GRANT_SCTLR2 0x200u /* SCTLR2_ELx (SCTLR2En) */

/*
 * @el:     1 or 2
 * @e2h:    at EL2: HCR_EL2.E2H, and always true there without FEAT_E2H0
 * @mmfr0..@pfr2: ID_AA64*_EL1
 * @midr, @mpidr: MIDR_EL1, MPIDR_EL1
 * @pmcr:   at EL2, with a PMU (ID_AA64DFR0_EL1.PMUVer): PMCR_EL0, else 0
 * @pmbidr: with statistical profiling (PMSVer): PMBIDR_EL1, else 0
 * @granted: TRANS_GRANT_*. A host that knows its firmware better than
 *          trans_cpu_read does changes it: clears what older firmware than the
 *          CPU traps, sets what it uses itself
 */
struct trans_cpu {
	unsigned int el;
	bool e2h;
	uint64_t mmfr0, mmfr1, mmfr2, mmfr3, pfr0, pfr1, dfr0, mmfr4, isar0;
	uint64_t isar1, isar2, smfr0, pfr2;
	uint64_t midr, mpidr, pmcr, pmbidr;
	unsigned int granted;
};

/* Read it from the CPU we run on. @granted is trans_cpu_grants, and GCS where
 * it is switched on at this exception level. */
void trans_cpu_read(struct trans_cpu *cpu);

/*
 * What firmware must grant on a CPU with these ID registers before it may start
 * Linux 6.12 (Documentation/arch/arm64/booting.rst): all of TRANS_GRANT_* that
 * the CPU has but GCS (asked for from 6.13 on) and SCTLR2 (later).
 */
unsigned int trans_cpu_grants(const struct trans_cpu *cpu);

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

/*
 * For struct trans_ops.clean of a host that runs on the CPU itself: clean and
 * invalidate [@va, @va + @len) of the data caches by VA to the Point of
 * Coherency, after all stores so far, and wait for it. Lines are what this CPU
 * says (CTR_EL0.DminLine). @ctx is not used. Whoever stores with the MMU off
 * must have invalidated the memory before, too (docs/porting.md).
 */
void trans_cpu_clean(void *ctx, const void *va, size_t len);

TRANS_END_DECLS

#endif
