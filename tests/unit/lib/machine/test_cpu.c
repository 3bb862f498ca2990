/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The CPU as a value: reading it, and every decision taken from it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/machine/arch/fake/fake.h"
#include "trans/transition/private.h"

#define K4 (1ULL << 12)
#define K16 (1ULL << 14)
#define K64 (1ULL << 16)

static void granules(void **state)
{
	/* TGran4 [31:28], TGran64 [27:24], TGran16 [23:20] */
	static const struct {
		uint32_t mmfr0;
		uint64_t want;
	} rows[] = {
		{ 0x00000000, K4 | K64 },
		{ 0x00100000, K4 | K16 | K64 },
		{ 0x10200000, K4 | K16 | K64 }, /* LPA2 */
		{ 0xf0000000, K64 },
		{ 0x0f000000, K4 },
		{ 0xff100000, K16 },
		{ 0xff000000, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trans_cpu cpu = { .mmfr0 = rows[i].mmfr0 };

		assert_int_equal(trans_cpu_granules(&cpu), rows[i].want);
	}
}

static void pa_bits(void **state)
{
	static const unsigned int want[16] = {
		32, 36, 40, 42, 44, 48, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52,
	};

	(void)state;
	for (unsigned int i = 0; i < 16; i++) {
		struct trans_cpu cpu = { .mmfr0 = 0xabcdef00 | i };

		assert_int_equal(trans_cpu_pa_bits(&cpu), want[i]);
	}
}

static void regime(void **state)
{
	struct trans_cpu el1 = { .el = 1 }, el2 = { .el = 2 };
	struct trans_cpu vhe = { .el = 2, .e2h = true };

	(void)state;
	assert_int_equal(trans_cpu_regime(&el1), TRANS_EL1_0);
	assert_int_equal(trans_cpu_regime(&el2), TRANS_EL2);
	assert_int_equal(trans_cpu_regime(&vhe), TRANS_EL2_0);
}

static void reading(void **state)
{
	struct trans_cpu cpu;

	(void)state;
	fake_arch_reset();
	for (unsigned int i = 0; i < TRANS_SYSREG_COUNT; i++)
		fake_arch.reg[i] = 0x1000 + i;
	fake_arch.reg[TRANS_CURRENTEL] = 1 << 2;
	fake_arch.reg[TRANS_HCR_EL2] = 1ULL << 34;
	trans_cpu_read(&cpu);
	assert_int_equal(cpu.el, 1);
	assert_false(cpu.e2h); /* HCR_EL2 is not even read at EL1 */
	assert_int_equal(cpu.mmfr0, 0x1000 + TRANS_ID_AA64MMFR0);
	assert_int_equal(cpu.mmfr1, 0x1000 + TRANS_ID_AA64MMFR1);
	assert_int_equal(cpu.mmfr2, 0x1000 + TRANS_ID_AA64MMFR2);
	assert_int_equal(cpu.mmfr3, 0x1000 + TRANS_ID_AA64MMFR3);
	assert_int_equal(cpu.mmfr4, 0x1000 + TRANS_ID_AA64MMFR4);
	assert_int_equal(cpu.pfr0, 0x1000 + TRANS_ID_AA64PFR0);
	assert_int_equal(cpu.pfr1, 0x1000 + TRANS_ID_AA64PFR1);
	assert_int_equal(cpu.dfr0, 0x1000 + TRANS_ID_AA64DFR0);
	assert_int_equal(cpu.isar0, 0x1000 + TRANS_ID_AA64ISAR0);
	assert_int_equal(cpu.isar1, 0x1000 + TRANS_ID_AA64ISAR1);
	assert_int_equal(cpu.isar2, 0x1000 + TRANS_ID_AA64ISAR2);
	assert_int_equal(cpu.smfr0, 0x1000 + TRANS_ID_AA64SMFR0);
	assert_int_equal(cpu.pfr2, 0x1000 + TRANS_ID_AA64PFR2);
	assert_int_equal(cpu.midr, 0x1000 + TRANS_MIDR);
	assert_int_equal(cpu.mpidr, 0x1000 + TRANS_MPIDR);
	fake_arch.reg[TRANS_ID_AA64DFR0] = 4 << 8;
	trans_cpu_read(&cpu);
	assert_int_equal(cpu.pmcr, 0); /* a hypervisor may trap it */

	fake_arch.reg[TRANS_CURRENTEL] = 2 << 2;
	trans_cpu_read(&cpu);
	assert_int_equal(cpu.el, 2);
	assert_true(cpu.e2h);
	fake_arch.reg[TRANS_HCR_EL2] = 1ULL << 31;
	trans_cpu_read(&cpu);
	assert_false(cpu.e2h);
	assert_int_equal(cpu.pmcr, 0x1000 + TRANS_PMCR_EL0);
	/* E2H0 is signed: 0xe and 0xf, E2H is 1, also while it reads as 0 */
	fake_arch.reg[TRANS_ID_AA64MMFR4] = 0xe << 24;
	trans_cpu_read(&cpu);
	assert_true(cpu.e2h);
	fake_arch.reg[TRANS_ID_AA64MMFR4] = 0x7 << 24;
	trans_cpu_read(&cpu);
	assert_false(cpu.e2h);
	fake_arch.reg[TRANS_ID_AA64DFR0] = 0xf << 8;
	trans_cpu_read(&cpu);
	assert_int_equal(cpu.pmcr, 0);
	assert_int_equal(fake_arch.count, 0); /* nothing was written */
}

/* What booting.rst has firmware grant, each by its own field. */
static void grants(void **state)
{
	static const struct {
		struct trans_cpu cpu;
		unsigned int want;
	} rows[] = {
		{ { .pfr0 = 1ULL << 32 }, TRANS_GRANT_SVE },
		{ { .pfr1 = 1 << 24 }, TRANS_GRANT_SME },
		{ { .mmfr1 = 1ULL << 40 }, TRANS_GRANT_HCX },
		{ { .mmfr0 = 1ULL << 56 }, TRANS_GRANT_FGT },
		{ { .mmfr0 = 2ULL << 56 },
		  TRANS_GRANT_FGT | TRANS_GRANT_FGT2 },
		{ { .mmfr3 = 1 }, TRANS_GRANT_TCR2 },
		{ { .mmfr3 = 1 << 8 }, TRANS_GRANT_PIE },
		{ { .pfr0 = 1 << 24 }, TRANS_GRANT_GIC },
		{ { .pfr1 = 1ULL << 44, .mmfr3 = 1 << 4 }, 0 },
	};
	struct trans_cpu cpu;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(trans_cpu_grants(&rows[i].cpu), rows[i].want);
	fake_arch_reset();
	fake_arch.reg[TRANS_CURRENTEL] = 1 << 2;
	fake_arch.reg[TRANS_ID_AA64MMFR3] = 1;
	trans_cpu_read(&cpu);
	assert_int_equal(cpu.granted, TRANS_GRANT_TCR2);
	fake_arch.gcs_on = true;
	trans_cpu_read(&cpu);
	assert_int_equal(cpu.granted, TRANS_GRANT_TCR2 | TRANS_GRANT_GCS);
	/* PMBIDR is there with SPE only */
	fake_arch.reg[TRANS_PMBIDR_EL1] = 0x10;
	trans_cpu_read(&cpu);
	assert_int_equal(cpu.pmbidr, 0);
	fake_arch.reg[TRANS_ID_AA64DFR0] = 1ULL << 32;
	trans_cpu_read(&cpu);
	assert_int_equal(cpu.pmbidr, 0x10);
}

static void control_registers(void **state)
{
	struct trans_cpu el1 = { .el = 1 }, el2 = { .el = 2 };
	struct trans_cpu vhe = { .el = 2, .e2h = true };

	(void)state;
	assert_int_equal(trans_state_sctlr_(&el1, true), 0x30d01805);
	assert_int_equal(trans_state_sctlr_(&el1, false), 0x30d01800);
	assert_int_equal(trans_state_sctlr_(&el2, true), 0x30c51835);
	assert_int_equal(trans_state_sctlr_(&el2, false), 0x30c51830);
	assert_int_equal(trans_state_sctlr_(&vhe, true), 0x30d01805);
	assert_int_equal(trans_state_hcr_(&el2), 0x80000000);
	assert_int_equal(trans_state_hcr_(&vhe), 0x488000000);
	/* nothing is walked, by 48 bits of a granule that there is */
	assert_int_equal(trans_state_tcr_off_(&el1), 0x80900090);
	assert_int_equal(trans_state_tcr_off_(&vhe), 0x80900090);
	assert_int_equal(trans_state_tcr_off_(&el2), 0x80800010);
	el1.mmfr0 = 0xf0000000; /* 64K only */
	assert_int_equal(trans_state_tcr_off_(&el1), 0xc0904090);
	el1.mmfr0 = 0xff100000; /* 16K only */
	assert_int_equal(trans_state_tcr_off_(&el1), 0x40908090);
	assert_int_equal(trans_state_flags_(&el1), 0);
	el1.mmfr3 = 0x1;
	assert_int_equal(trans_state_flags_(&el1), 0);
	el1.granted = TRANS_GRANT_TCR2;
	assert_int_equal(trans_state_flags_(&el1), 1);
	el1.mmfr3 = 0xfffffff0;
	assert_int_equal(trans_state_flags_(&el1), 0);
	/* SHA2, and AdvSIMD to hold it */
	el1.mmfr3 = 0;
	el1.isar0 = 0xffff0fff;
	assert_int_equal(trans_state_flags_(&el1), 0);
	el1.isar0 = 2 << 12;
	assert_int_equal(trans_state_flags_(&el1), 2);
	el1.pfr0 = 1 << 20;
	assert_int_equal(trans_state_flags_(&el1), 2);
	el1.pfr0 = 0xf << 20;
	assert_int_equal(trans_state_flags_(&el1), 0);
	/* MOPS, and a host that says that it may be used */
	el1.pfr0 = 0xf << 20;
	el1.granted = ~TRANS_GRANT_MOPS;
	el1.isar2 = 1 << 16;
	assert_int_equal(trans_state_flags_(&el1), 0);
	el1.granted = TRANS_GRANT_MOPS;
	assert_int_equal(trans_state_flags_(&el1), 1 << BLOB_HAS_MOPS_BIT);
	el1.isar2 = ~0xf0000u;
	assert_int_equal(trans_state_flags_(&el1), 0);
	el1.isar2 = 0;
	/* the blob is told of E2H, and at EL1 of a stub's that must have it */
	assert_int_equal(trans_state_flags_(&vhe), 1 << BLOB_HAS_E2H_BIT);
	assert_int_equal(trans_state_flags_(&el2), 0);
	el1.mmfr4 = 0xf << 24;
	assert_int_equal(trans_state_flags_(&el1), 1 << BLOB_HAS_E2H_BIT);
	assert_int_equal(trans_state_entry_(&el1), 0);
	assert_int_equal(trans_state_entry_(&el2), 0);
	assert_int_equal(trans_state_entry_(&vhe), 1 << BLOB_E2H_BIT);
}

static void leaving(void **state)
{
	struct trans_cpu cpu = { .el = 1 };

	(void)state;
	assert_int_equal(trans_state_leave_(&cpu), 0);
	cpu.dfr0 = 1ULL << 32;
	assert_int_equal(trans_state_leave_(&cpu), TRANS_LEAVE_SPE);
	cpu.dfr0 = 1ULL << 44;
	assert_int_equal(trans_state_leave_(&cpu), TRANS_LEAVE_TRBE);
	cpu.dfr0 = 1ULL << 40;
	assert_int_equal(trans_state_leave_(&cpu), TRANS_LEAVE_TRF);
	cpu.dfr0 = 0;
	cpu.pfr1 = 1ULL << 44 | 1 << 24;
	assert_int_equal(trans_state_leave_(&cpu), 0);
	cpu.granted = TRANS_GRANT_GCS;
	assert_int_equal(trans_state_leave_(&cpu), TRANS_LEAVE_GCS);
	cpu.granted = TRANS_GRANT_SME;
	assert_int_equal(trans_state_leave_(&cpu), TRANS_LEAVE_SME);
	cpu.granted = ~0u;
	cpu.pfr1 = 1 << 8; /* MTE instructions only: there is no TCO */
	assert_int_equal(trans_state_leave_(&cpu), 0);
	cpu.pfr1 = 2 << 8;
	assert_int_equal(trans_state_leave_(&cpu), TRANS_LEAVE_MTE);
	cpu.pfr1 = 1ULL << 36;
	assert_int_equal(trans_state_leave_(&cpu), TRANS_LEAVE_NMI);
	cpu.pfr1 = 0;
	cpu.mmfr1 = 3 << 20;
	assert_int_equal(trans_state_leave_(&cpu), TRANS_LEAVE_PAN);
}

static void streaming_traps(void **state)
{
	struct trans_cpu el1 = { .el = 1 }, el2 = { .el = 2 };
	struct trans_cpu vhe = { .el = 2, .e2h = true };

	(void)state;
	/* CPACR_EL1.SMEN: 1 and 3 let EL1 through */
	assert_false(trans_state_sme_usable_(&el1, 0));
	assert_true(trans_state_sme_usable_(&el1, 1 << 24));
	assert_false(trans_state_sme_usable_(&el1, 2 << 24));
	assert_true(trans_state_sme_usable_(&vhe, 3 << 24));
	/* CPTR_EL2.TSM: 1 traps */
	assert_true(trans_state_sme_usable_(&el2, 0));
	assert_false(trans_state_sme_usable_(&el2, 1 << 12));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(granules),
		cmocka_unit_test(pa_bits),
		cmocka_unit_test(regime),
		cmocka_unit_test(reading),
		cmocka_unit_test(grants),
		cmocka_unit_test(control_registers),
		cmocka_unit_test(leaving),
		cmocka_unit_test(streaming_traps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
