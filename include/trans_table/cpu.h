/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the library must know of the CPU it runs on, as a value: so every
 * decision that depends on it can be tested on any machine.
 */
#ifndef TRANS_TABLE_CPU_H
#define TRANS_TABLE_CPU_H

#include <trans_table/regime.h>

TRANS_BEGIN_DECLS

/*
 * Registers that firmware at EL3 may keep to itself without any ID register
 * saying so: an access traps there, and some firmware then panics. What is not
 * granted is neither read nor written. (Nor has it any effect then, whatever it
 * holds.) In brackets the bits at EL3 that grant it: of SCR_EL3 where nothing
 * else is said (Arm ARM D19, SCR_EL3, CPTR_EL3).
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
/* No register, and no bit at EL3: instructions that copy and zero (FEAT_MOPS).
 * At EL1 a hypervisor may have them undefined (HCRX_EL2.MSCEn, which is 0 where
 * it does not know of them), and what has taken over memory cannot try. Never
 * set but by a host that knows that it may use them. */
#define TRANS_GRANT_MOPS 0x400u

/* Aff3 to Aff0 of MPIDR_EL1. Its other bits say other things (Arm ARM D19,
 * MPIDR_EL1) and are no part of who a CPU is. */
#define TRANS_MPIDR_AFFINITY 0xff00ffffffULL

/*
 * @el:     the current exception level: 1 or 2
 * @e2h:    at EL2 HCR_EL2.E2H, which is always true there without FEAT_E2H0; at
 *          EL1 false
 * @mmfr0..@pfr2: the ID registers ID_AA64MMFR0_EL1 and so on, by their names
 * @midr, @mpidr: MIDR_EL1, MPIDR_EL1
 * @pmcr:   at EL2, and with a PMU (ID_AA64DFR0_EL1.PMUVer), PMCR_EL0; else 0
 * @pmbidr: with statistical profiling (ID_AA64DFR0_EL1.PMSVer) PMBIDR_EL1; else
 *          0
 * @granted: TRANS_GRANT_*. A host that knows its firmware better than
 *          trans_cpu_read does changes it: it clears what a firmware older than
 *          the CPU traps, and sets what it uses itself (docs/porting.md)
 */
struct trans_cpu {
	unsigned int el;
	bool e2h;
	uint64_t mmfr0, mmfr1, mmfr2, mmfr3, pfr0, pfr1, dfr0, mmfr4, isar0;
	uint64_t isar1, isar2, smfr0, pfr2;
	uint64_t midr, mpidr, pmcr, pmbidr;
	unsigned int granted;
};

/* Read all of it from the CPU that calls, at EL1 or EL2. @granted becomes what
 * trans_cpu_grants says, and GCS where it is on at this exception level. */
void trans_cpu_read(struct trans_cpu *cpu);

/*
 * What firmware must grant on a CPU with these ID registers before it may start
 * Linux 6.12 (Documentation/arch/arm64/booting.rst): all of TRANS_GRANT_* that
 * the CPU has, but GCS and SCTLR2, for which only later kernels ask.
 */
unsigned int trans_cpu_grants(const struct trans_cpu *cpu);

/* The stage 1 regime of the CPU's current exception level. */
enum trans_regime trans_cpu_regime(const struct trans_cpu *cpu);

/* The granules that the CPU has at stage 1, as a mask with bit 12, 14 or 16 for
 * 4K, 16K and 64K (ID_AA64MMFR0_EL1.TGran4, TGran16, TGran64). */
uint64_t trans_cpu_granules(const struct trans_cpu *cpu);

/* The bits of a physical address, 32..52 (ID_AA64MMFR0_EL1.PARange). 52 also
 * for newer values, which mean more. */
unsigned int trans_cpu_pa_bits(const struct trans_cpu *cpu);

/* Does stage 1 have 52-bit addresses with that granule by FEAT_LPA2
 * (ID_AA64MMFR0_EL1.TGran4, TGran16)? False for 64K, which has FEAT_LPA and
 * FEAT_LVA instead. */
bool trans_cpu_has_lpa2(const struct trans_cpu *cpu,
			enum trans_granule granule);

/* Can a half of the address space have more than 48 bits with that granule: by
 * FEAT_LPA2, or with 64K by FEAT_LVA (ID_AA64MMFR2_EL1.VARange)? */
bool trans_cpu_has_va52(const struct trans_cpu *cpu,
			enum trans_granule granule);

/* Is HCR_EL2.E2H always 1 (no FEAT_E2H0: ID_AA64MMFR4_EL1.E2H0)? */
bool trans_cpu_has_e2h_only(const struct trans_cpu *cpu);

/* Is there a performance monitor (ID_AA64DFR0_EL1.PMUVer)? */
bool trans_cpu_has_pmu(const struct trans_cpu *cpu);

/*
 * The clean of struct trans_ops for a host that runs on the CPU itself: behind
 * all stores so far, clean and invalidate [@va, @va + @len) of the data caches
 * by VA to the Point of Coherency, in lines as long as CTR_EL0.DminLine says,
 * and wait for it (Arm ARM D7.5). @ctx is not used. A host that stores with its
 * MMU off must also call it before its first store (docs/porting.md).
 */
void trans_cpu_clean(void *ctx, const void *va, size_t len);

TRANS_END_DECLS

#endif
