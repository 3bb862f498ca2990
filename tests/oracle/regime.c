/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The registers of the three regimes, seen from EL3: loading them, asking AT,
 * and making the lower level touch memory.
 */
#include "ports/qemu-virt/sysreg.h"

#include "oracle.h"

#define HCR_RW (1ULL << 31)
#define HCR_E2H (1ULL << 34)
#define HCR_TGE (1ULL << 27)

/* SPSR: D, A, I, F masked. */
#define SPSR_EL0 0x3c0
#define SPSR_EL1 0x3c5
#define SPSR_EL2 0x3c9

#define GATE_STORE 0x800
#define GATE_LOAD 0x808
#define ESR_FAULTED 1 /* SMC 1 */

uint64_t below_run(uint64_t pc, uint64_t spsr, uint64_t x0, uint64_t x1,
		   uint64_t *x1_after); /* head.S */

static void load_el1(const struct loaded *regs)
{
	sysreg_write(mair_el1, regs->mair);
	sysreg_write(tcr_el1, regs->tcr);
	sysreg_write(ttbr0_el1, regs->ttbr0);
	sysreg_write(ttbr1_el1, regs->ttbr1);
	sysreg_write(vbar_el1, regs->gate);
	sysreg_write(sctlr_el1, regs->sctlr);
}

static void load_el2(const struct loaded *regs)
{
	sysreg_write(mair_el2, regs->mair);
	sysreg_write(tcr_el2, regs->tcr);
	sysreg_write(ttbr0_el2, regs->ttbr0);
	if (regs->regime == TRANS_EL2_0)
		sysreg_write(s3_4_c2_c0_1, regs->ttbr1); /* TTBR1_EL2 */
	sysreg_write(vbar_el2, regs->gate);
	sysreg_write(sctlr_el2, regs->sctlr);
}

/* HCR_EL2 first: E2H decides what the bits of TCR_EL2 mean. */
void regime_load(const struct loaded *regs)
{
	uint64_t hcr = HCR_RW;

	if (regs->regime == TRANS_EL2_0)
		hcr |= HCR_E2H | HCR_TGE;
	sysreg_write(hcr_el2, hcr);
	sysreg_write(cptr_el2, 0);
	isb();
	if (regs->regime == TRANS_EL1_0)
		load_el1(regs);
	else
		load_el2(regs);
	dsb(sy);
	isb();
	tlbi(alle1);
	tlbi(alle2);
	dsb(nsh);
	__asm__ volatile("ic iallu");
	dsb(nsh);
	isb();
}

const char *at_name(enum trans_regime regime, enum at kind)
{
	static const char *const el1[] = { "S1E1R", "S1E1W", "S1E0R", "S1E0W" };
	static const char *const el2[] = { "S1E2R", "S1E2W", "S1E0R", "S1E0W" };

	return regime == TRANS_EL1_0 ? el1[kind] : el2[kind];
}

#define AT(what) __asm__ volatile("at " what ", %0" : : "r"(va) : "memory")

uint64_t regime_at(enum trans_regime regime, enum at kind, trans_va_t va)
{
	bool el2 = regime != TRANS_EL1_0;

	if (kind == AT_USER_READ)
		AT("s1e0r");
	else if (kind == AT_USER_WRITE)
		AT("s1e0w");
	else if (kind == AT_READ && el2)
		AT("s1e2r");
	else if (kind == AT_READ)
		AT("s1e1r");
	else if (el2)
		AT("s1e2w");
	else
		AT("s1e1w");
	isb();
	return sysreg_read(par_el1);
}

static uint64_t own_level(const struct loaded *regs)
{
	return regs->regime == TRANS_EL1_0 ? SPSR_EL1 : SPSR_EL2;
}

static uint64_t below(const struct loaded *regs, uint64_t pc, uint64_t spsr,
		      uint64_t x0, uint64_t *x1)
{
	uint64_t esr = below_run(pc, spsr, x0, *x1, x1);

	if ((esr & 0xffff) != ESR_FAULTED)
		return 0;
	return regs->regime == TRANS_EL1_0 ? sysreg_read(esr_el1) :
					     sysreg_read(esr_el2);
}

uint64_t live_store(const struct loaded *regs, trans_va_t va, uint64_t value)
{
	return below(regs, regs->gate + GATE_STORE, own_level(regs), va,
		     &value);
}

uint64_t live_load(const struct loaded *regs, trans_va_t va, uint64_t *value)
{
	return below(regs, regs->gate + GATE_LOAD, own_level(regs), va, value);
}

uint64_t live_fetch(const struct loaded *regs, trans_va_t va, bool user)
{
	uint64_t unused = 0;

	return below(regs, va, user ? SPSR_EL0 : own_level(regs), 0, &unused);
}

unsigned int fault_code(enum fault fault, int level)
{
	if (level == -1)
		return fault == FAULT_TRANSLATION ? 0x2b : 0x29;
	return (unsigned int)fault << 2 | (unsigned int)level;
}
