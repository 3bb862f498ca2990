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

#define KEPT 10 /* x19 to x28 */

/* Load them from @to_set, call, store them at @found. */
static int call_with(int (*call)(void *arg), void *arg,
		     const uint64_t to_set[KEPT], uint64_t found[KEPT])
{
	register uint64_t x0 __asm__("x0") = (uint64_t)arg;
	register uint64_t x1 __asm__("x1") = (uint64_t)call;
	register uint64_t x2 __asm__("x2") = (uint64_t)to_set;
	register uint64_t x3 __asm__("x3") = (uint64_t)found;

	__asm__ volatile(
		"str	x3, [sp, #-16]!\n\t"
		"ldp	x19, x20, [x2]\n\t"
		"ldp	x21, x22, [x2, #16]\n\t"
		"ldp	x23, x24, [x2, #32]\n\t"
		"ldp	x25, x26, [x2, #48]\n\t"
		"ldp	x27, x28, [x2, #64]\n\t"
		"blr	x1\n\t"
		"ldr	x3, [sp], #16\n\t"
		"stp	x19, x20, [x3]\n\t"
		"stp	x21, x22, [x3, #16]\n\t"
		"stp	x23, x24, [x3, #32]\n\t"
		"stp	x25, x26, [x3, #48]\n\t"
		"stp	x27, x28, [x3, #64]"
		: "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
		:
		: "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
		  "x13", "x14", "x15", "x16", "x17", "x19", "x20", "x21",
		  "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x30", "cc",
		  "memory");
	return (int)x0;
}

int thread_call(int (*call)(void *arg), void *arg, uint64_t seed)
{
	uint64_t to_set[KEPT], found[KEPT];
	int ret;

	for (unsigned int i = 0; i < KEPT; i++)
		to_set[i] = heap_number(~seed, i);
	ret = call_with(call, arg, to_set, found);
	for (unsigned int i = 0; !ret && i < KEPT; i++)
		if (found[i] != heap_number(~seed, i))
			ret = TRANS_ECORRUPT;
	return ret;
}
