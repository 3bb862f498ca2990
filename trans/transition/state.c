/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the CPU's registers shall be: pure functions of struct trans_cpu, so
 * that every kind of CPU can be tested on any host.
 */
#include "lib/machine/hcr.h"
#include "lib/numbers.h"
#include "trans/transition/private.h"

#define CPACR_SMEN0 (1ULL << 24) /* set: EL1 (EL2 with E2H) is not trapped */
#define CPTR_EL2_TSM (1ULL << 12)

bool trans_state_own_names_(const struct trans_cpu *cpu)
{
	return cpu->el == 2 && !cpu->e2h;
}

uint64_t trans_state_sctlr_(const struct trans_cpu *cpu, bool mmu)
{
	uint64_t on = trans_sctlr(trans_cpu_regime(cpu));

	return mmu ? on : on & ~(uint64_t)(TRANS_SCTLR_M | TRANS_SCTLR_C);
}

/*
 * HCR_EL2 as a whole: EL1 is AArch64, no stage 2, no traps. E2H stays as it is,
 * because it changes what every other name means, and with it TGE, without
 * which TLBI and exceptions would be EL1's (Arm ARM D8, VHE).
 */
uint64_t trans_state_hcr_(const struct trans_cpu *cpu)
{
	return TRANS_HCR_RW | (cpu->e2h ? TRANS_HCR_E2H | TRANS_HCR_TGE : 0);
}

uint64_t trans_state_tcr_off_(const struct trans_cpu *cpu)
{
	uint64_t granules = trans_cpu_granules(cpu);
	unsigned int granule = TRANS_4K;

	while (granule < TRANS_64K && !(granules >> granule & 1))
		granule += 2;
	return trans_tcr_off(trans_cpu_regime(cpu),
			     (enum trans_granule)granule);
}

/* ID_AA64ISAR0_EL1.SHA2 [15:12], and ID_AA64PFR0_EL1.AdvSIMD [23:20], which is
 * signed: 0xf means that there are no such registers. */
static bool has_sha2(const struct trans_cpu *cpu)
{
	return trans_field(cpu->isar0, 12) && trans_field(cpu->pfr0, 20) != 0xf;
}

/* ID_AA64ISAR2_EL1.MOPS [19:16] */
static bool has_mops(const struct trans_cpu *cpu)
{
	return trans_field(cpu->isar2, 16) && cpu->granted & TRANS_GRANT_MOPS;
}

/* ID_AA64MMFR3_EL1.TCRX [3:0]: TCR2_ELx is there. E2H: at EL1 it is the EL2's
 * to which a stub leads. */
uint64_t trans_state_flags_(const struct trans_cpu *cpu)
{
	bool e2h = cpu->el == 2 ? cpu->e2h : trans_cpu_has_e2h_only(cpu);

	bool tcr2 = trans_field(cpu->mmfr3, 0) &&
		    cpu->granted & TRANS_GRANT_TCR2;

	return (tcr2 ? 1u << BLOB_HAS_TCR2_BIT : 0) |
	       (has_sha2(cpu) ? 1u << BLOB_HAS_SHA2_BIT : 0) |
	       (has_mops(cpu) ? 1u << BLOB_HAS_MOPS_BIT : 0) |
	       (e2h ? 1u << BLOB_HAS_E2H_BIT : 0);
}

uint64_t trans_state_entry_(const struct trans_cpu *cpu)
{
	return cpu->el == 2 && cpu->e2h ? 1u << BLOB_E2H_BIT : 0;
}

unsigned int trans_state_leave_(const struct trans_cpu *cpu)
{
	bool sme = cpu->granted & TRANS_GRANT_SME;
	bool gcs = cpu->granted & TRANS_GRANT_GCS;

	return (trans_field(cpu->dfr0, 32) ? TRANS_LEAVE_SPE : 0) |
	       (trans_field(cpu->dfr0, 44) ? TRANS_LEAVE_TRBE : 0) |
	       (trans_field(cpu->pfr1, 24) && sme ? TRANS_LEAVE_SME : 0) |
	       (trans_field(cpu->pfr1, 8) >= 2 ? TRANS_LEAVE_MTE : 0) |
	       (trans_field(cpu->mmfr1, 20) ? TRANS_LEAVE_PAN : 0) |
	       (trans_field(cpu->dfr0, 40) ? TRANS_LEAVE_TRF : 0) |
	       (trans_field(cpu->pfr1, 44) && gcs ? TRANS_LEAVE_GCS : 0) |
	       (trans_field(cpu->pfr1, 36) ? TRANS_LEAVE_NMI : 0);
}

bool trans_state_sme_usable_(const struct trans_cpu *cpu, uint64_t trap)
{
	if (trans_state_own_names_(cpu))
		return !(trap & CPTR_EL2_TSM);
	return trap & CPACR_SMEN0;
}
