/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The only door to the hardware. Everything that cannot run on the host that
 * builds the tests is behind these few calls: lib/machine/arch/aarch64 has the
 * real ones, lib/machine/arch/fake ones that are backed by an array and keep a
 * log.
 */
#ifndef TRANS_LIB_ARCH_H
#define TRANS_LIB_ARCH_H

#include <trans_table/env.h>

/*
 * System registers, as X(name, assembler name). Those newer than Armv8.0 by
 * encoding, because the library is built for the base architecture. Reading an
 * ID register that a CPU has not got gives 0 (Arm ARM D19, "ID registers");
 * any other register needs its feature to be there.
 */
#define TRANS_SYSREGS(X) \
	X(CURRENTEL, "CurrentEL") \
	X(ICC_SRE_EL1, "S3_0_C12_C12_5") \
	X(ICC_SRE_EL2, "S3_4_C12_C9_5") \
	X(ICC_CTLR_EL1, "S3_0_C12_C12_4") \
	X(ICC_IGRPEN1_EL1, "S3_0_C12_C12_7") \
	X(ICC_AP1R0_EL1, "S3_0_C12_C9_0") \
	X(ICC_AP1R1_EL1, "S3_0_C12_C9_1") \
	X(ICC_AP1R2_EL1, "S3_0_C12_C9_2") \
	X(ICC_AP1R3_EL1, "S3_0_C12_C9_3") \
	X(CNTV_CTL_EL0, "CNTV_CTL_EL0") \
	X(CNTP_CTL_EL0, "CNTP_CTL_EL0") \
	X(CNTHP_CTL_EL2, "CNTHP_CTL_EL2") \
	X(CNTHV_CTL_EL2, "S3_4_C14_C3_1") \
	X(CNTV_CTL_EL02, "S3_5_C14_C3_1") \
	X(CNTP_CTL_EL02, "S3_5_C14_C2_1") \
	X(CNTFRQ_EL0, "CNTFRQ_EL0") \
	X(CNTVCT_EL0, "CNTVCT_EL0") \
	X(CTR_EL0, "CTR_EL0") \
	X(DAIF, "DAIF") \
	X(SCTLR_EL1, "SCTLR_EL1") \
	X(SCTLR_EL2, "SCTLR_EL2") \
	X(TTBR0_EL1, "TTBR0_EL1") \
	X(TTBR0_EL2, "TTBR0_EL2") \
	X(TCR_EL1, "TCR_EL1") \
	X(TCR_EL2, "TCR_EL2") \
	X(MAIR_EL1, "MAIR_EL1") \
	X(MAIR_EL2, "MAIR_EL2") \
	X(TCR2_EL1, "S3_0_C2_C0_3") \
	X(TCR2_EL2, "S3_4_C2_C0_3") \
	X(PIR_EL1, "S3_0_C10_C2_3") \
	X(PIR_EL2, "S3_4_C10_C2_3") \
	X(HCR_EL2, "HCR_EL2") \
	X(CPACR_EL1, "CPACR_EL1") \
	X(CPTR_EL2, "CPTR_EL2") \
	X(MDSCR_EL1, "MDSCR_EL1") \
	X(ID_AA64MMFR0, "ID_AA64MMFR0_EL1") \
	X(ID_AA64MMFR1, "ID_AA64MMFR1_EL1") \
	X(ID_AA64MMFR2, "S3_0_C0_C7_2") \
	X(ID_AA64MMFR3, "S3_0_C0_C7_3") \
	X(ID_AA64MMFR4, "S3_0_C0_C7_4") \
	X(ID_AA64PFR0, "ID_AA64PFR0_EL1") \
	X(ID_AA64PFR1, "ID_AA64PFR1_EL1") \
	X(ID_AA64PFR2, "S3_0_C0_C4_2") \
	X(ID_AA64DFR0, "ID_AA64DFR0_EL1") \
	X(ID_AA64ISAR0, "ID_AA64ISAR0_EL1") \
	X(ID_AA64ISAR1, "ID_AA64ISAR1_EL1") \
	X(ID_AA64ISAR2, "S3_0_C0_C6_2") \
	X(ID_AA64SMFR0, "S3_0_C0_C4_5") \
	X(MIDR, "MIDR_EL1") \
	X(MPIDR, "MPIDR_EL1") \
	X(PMCR_EL0, "PMCR_EL0") \
	X(PMBIDR_EL1, "S3_0_C9_C10_7") \
	X(PMBLIMITR_EL1, "S3_0_C9_C10_0") \
	X(PMSCR_EL1, "S3_0_C9_C9_0") \
	X(PMSCR_EL2, "S3_4_C9_C9_0") \
	X(TRFCR_EL1, "S3_0_C1_C2_1") \
	X(TRFCR_EL2, "S3_4_C1_C2_1") \
	X(GCSCR_EL1, "S3_0_C2_C5_0") \
	X(GCSCR_EL2, "S3_4_C2_C5_0") \
	X(GCSCRE0_EL1, "S3_0_C2_C5_2") \
	X(TRBIDR_EL1, "S3_0_C9_C11_7") \
	X(TRBLIMITR_EL1, "S3_0_C9_C11_0") \
	X(SVCR, "S3_3_C4_C2_2") \
	X(TCO, "S3_3_C4_C2_7") \
	X(PAN, "S3_0_C4_C2_3") \
	X(ALLINT, "S3_0_C4_C3_0")

#define TRANS_SYSREG_ENUM(name, text) TRANS_##name,
enum trans_sysreg {
	TRANS_SYSREGS(TRANS_SYSREG_ENUM)
	TRANS_SYSREG_COUNT
};

uint64_t trans_arch_read_(enum trans_sysreg reg);
void trans_arch_write_(enum trans_sysreg reg, uint64_t value);

/* Is a guarded control stack in use at this exception level? Asked by CHKFEAT,
 * a hint, which nobody can trap and which without FEAT_CHK says no. */
bool trans_arch_gcs_on_(void);

/* DSB SY and ISB. */
void trans_arch_sync_(void);

/* Drain what the statistical profiler (PSB CSYNC) or the trace unit (TSB
 * CSYNC) still buffers, and wait until it is in memory. Hints: nothing happens
 * on a CPU without them. */
void trans_arch_drain_profile_(void);
void trans_arch_drain_trace_(void);

/* Take an SError that is pending, contained errors (FEAT_RAS) too, then mask D,
 * A, I and F for good. */
void trans_arch_mask_(void);

/* Invalidate this CPU's instruction caches and wait until it is done. */
void trans_arch_icache_(void);

/* Clean and invalidate the data cache by VA to the Point of Coherency, @count
 * lines of @line bytes from @first on, after all stores so far, and wait until
 * it is done. */
void trans_arch_clean_(uintptr_t first, size_t count, size_t line);

/* Translate @va as a read at this exception level, 1 or 2, would be (AT S1ExR):
 * PAR_EL1, whose bit 0 says that it would fault. */
uint64_t trans_arch_translate_(unsigned int el, uint64_t va);

/* A device register: one access of that width. */
uint32_t trans_arch_load32_(uintptr_t va);
uint64_t trans_arch_load64_(uintptr_t va);
void trans_arch_store32_(uintptr_t va, uint32_t value);
void trans_arch_store64_(uintptr_t va, uint64_t value);

/* CRC-32 (0xedb88320, reflected, no inversion) over @count words of 8 bytes, at
 * an address that is a multiple of 8; only where ID_AA64ISAR0_EL1.CRC32 (bits
 * 19:16) is not 0 (Arm ARM C6.2, CRC32X). */
uint32_t trans_arch_crc32_(uint32_t crc, const void *words, size_t count);
/* Three at once, which a CPU computes in little more time than one: each over
 * @count words, which lie side by side. @count is even. */
void trans_arch_crc32_three_(uint32_t crc[3], const void *words, size_t count);

/* SMCCC call with three argument registers (Arm DEN 0028); x0 as it comes. */
uint64_t trans_arch_hvc_(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
uint64_t trans_arch_smc_(uint64_t function, uint64_t a, uint64_t b, uint64_t c);

/* Branch to @pc with @x0; nothing is left on the stack that matters. */
__attribute__((noreturn)) void trans_arch_jump_(uint64_t pc, uint64_t x0);
/* Likewise, as a call: what is there may come back to x30, with the stack
 * pointer, x18 and x29 as they were. */
void trans_arch_call_(uint64_t pc, uint64_t x0);

#endif
