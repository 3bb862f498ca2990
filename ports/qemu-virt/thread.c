/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "heap.h"
#include "machine.h"
#include "sysreg.h"
#include "thread.h"

#define PAN (1u << 22)
#define UAO (1u << 23)
#define DIT (1u << 24)
#define SSBS (1u << 12)
#define SCTLR_ENDB (1u << 13)

/* X(name, assembler name, the bits that hold what is written): for everyone;
 * where EL1's names are our own; where they are not; with pointer
 * authentication. */
#define EVERYWHERE(X) \
	X("tpidr_el0", tpidr_el0, ~0ULL) \
	X("tpidrro_el0", tpidrro_el0, ~0ULL) \
	X("tpidr_el1", tpidr_el1, ~0ULL) \
	X("sp_el0", sp_el0, ~0ULL)
#define EL1_NAMES(X) \
	X("contextidr", contextidr_el1, 0xffffffffULL) \
	X("elr", elr_el1, ~3ULL) \
	X("cntkctl", cntkctl_el1, 3ULL)
#define EL2_NAMES(X) \
	X("elr", elr_el2, ~3ULL) \
	X("vttbr", vttbr_el2, 0xffffff000ULL)
#define EL2_ONLY(X) \
	X("tpidr_el2", tpidr_el2, ~0ULL) \
	X("cntvoff", cntvoff_el2, 0xfffULL)
#define KEYS(X) \
	X("APIAKeyLo", S3_0_C2_C1_0, ~0ULL) \
	X("APIAKeyHi", S3_0_C2_C1_1, ~0ULL) \
	X("APDBKeyHi", S3_0_C2_C2_3, ~0ULL) \
	X("APGAKeyHi", S3_0_C2_C3_1, ~0ULL)

#define SET(text, name, mask) sysreg_write(name, heap_number(seed, i++) & (mask));
#define LOOK(text, name, mask) \
	if ((sysreg_read(name) ^ heap_number(seed, i++)) & (mask)) \
		return text;

/* Bits of PSTATE: X(name, assembler name, bit, whether the CPU has it). */
#define STATES(X) \
	X("PAN", S3_0_C4_C2_3, PAN, machine.cpu.mmfr1 >> 20 & 0xf) \
	X("UAO", S3_0_C4_C2_4, UAO, machine.cpu.mmfr2 >> 4 & 0xf) \
	X("DIT", S3_3_C4_C2_5, DIT, machine.cpu.pfr0 >> 48 & 0xf) \
	X("SSBS", S3_3_C4_C2_6, SSBS, (machine.cpu.pfr1 >> 4 & 0xf) >= 2)
#define SET_STATE(text, name, bit, has) \
	if (has) \
		sysreg_write(name, bit);
#define LOOK_STATE(text, name, bit, has) \
	if ((has) && !(sysreg_read(name) & (bit))) \
		return text;

/* ID_AA64ISAR1_EL1.APA, API; ID_AA64ISAR2_EL1.APA3 */
static bool signs(void)
{
	return (sysreg_read(id_aa64isar1_el1) & 0xff0) ||
	       (sysreg_read(S3_0_C0_C6_2) & 0xf000);
}

/* Keys are somebody's only where SCTLR says so; nothing here uses DB. */
static void enable_key(void)
{
	if (machine_two_halves())
		sysreg_write(sctlr_el1, sysreg_read(sctlr_el1) | SCTLR_ENDB);
	else
		sysreg_write(sctlr_el2, sysreg_read(sctlr_el2) | SCTLR_ENDB);
}

void thread_set(uint64_t seed)
{
	uint64_t i = 0;

	EVERYWHERE(SET)
	if (machine_two_halves()) {
		EL1_NAMES(SET)
	} else {
		EL2_NAMES(SET)
	}
	if (machine.cpu.el == 2) {
		EL2_ONLY(SET)
	}
	if (signs()) {
		enable_key();
		KEYS(SET)
	}
	STATES(SET_STATE)
	isb();
}

const char *thread_changed(uint64_t seed)
{
	uint64_t i = 0;

	EVERYWHERE(LOOK)
	if (machine_two_halves()) {
		EL1_NAMES(LOOK)
	} else {
		EL2_NAMES(LOOK)
	}
	if (machine.cpu.el == 2) {
		EL2_ONLY(LOOK)
	}
	if (signs()) {
		KEYS(LOOK)
	}
	STATES(LOOK_STATE)
	return NULL;
}
