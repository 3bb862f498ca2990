/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The hardware door on real hardware: one instruction or two per function.
 * Every asm is volatile and clobbers memory: none may move across another.
 */
#include "lib/machine/arch.h"

#define CASE_READ(name, text) \
	case TRANS_##name: \
		__asm__ volatile("mrs %0, " text : "=r"(value) :: "memory"); \
		break;

uint64_t trans_arch_read_(enum trans_sysreg reg)
{
	uint64_t value = 0;

	switch (reg) {
	TRANS_SYSREGS(CASE_READ)
	case TRANS_SYSREG_COUNT:
		break;
	}
	return value;
}

#define CASE_WRITE(name, text) \
	case TRANS_##name: \
		__asm__ volatile("msr " text ", %0" :: "r"(value) : "memory"); \
		break;

/* Only what is written: an ID register cannot even be assembled here. */
void trans_arch_write_(enum trans_sysreg reg, uint64_t value)
{
	switch (reg) {
	CASE_WRITE(DAIF, "DAIF")
	CASE_WRITE(MDSCR_EL1, "MDSCR_EL1")
	CASE_WRITE(PMBLIMITR_EL1, "S3_0_C9_C10_0")
	CASE_WRITE(PMSCR_EL1, "S3_0_C9_C9_0")
	CASE_WRITE(PMSCR_EL2, "S3_4_C9_C9_0")
	CASE_WRITE(TRFCR_EL1, "S3_0_C1_C2_1")
	CASE_WRITE(TRFCR_EL2, "S3_4_C1_C2_1")
	CASE_WRITE(GCSCR_EL1, "S3_0_C2_C5_0")
	CASE_WRITE(GCSCR_EL2, "S3_4_C2_C5_0")
	CASE_WRITE(GCSCRE0_EL1, "S3_0_C2_C5_2")
	CASE_WRITE(TRBLIMITR_EL1, "S3_0_C9_C11_0")
	CASE_WRITE(SVCR, "S3_3_C4_C2_2")
	CASE_WRITE(TCO, "S3_3_C4_C2_7")
	CASE_WRITE(PAN, "S3_0_C4_C2_3")
	CASE_WRITE(ALLINT, "S3_0_C4_C3_0")
	CASE_WRITE(ICC_IGRPEN1_EL1, "S3_0_C12_C12_7")
	CASE_WRITE(ICC_AP1R0_EL1, "S3_0_C12_C9_0")
	CASE_WRITE(ICC_AP1R1_EL1, "S3_0_C12_C9_1")
	CASE_WRITE(ICC_AP1R2_EL1, "S3_0_C12_C9_2")
	CASE_WRITE(ICC_AP1R3_EL1, "S3_0_C12_C9_3")
	CASE_WRITE(CNTV_CTL_EL0, "CNTV_CTL_EL0")
	CASE_WRITE(CNTP_CTL_EL0, "CNTP_CTL_EL0")
	CASE_WRITE(CNTHP_CTL_EL2, "CNTHP_CTL_EL2")
	CASE_WRITE(CNTHV_CTL_EL2, "S3_4_C14_C3_1")
	CASE_WRITE(CNTV_CTL_EL02, "S3_5_C14_C3_1")
	CASE_WRITE(CNTP_CTL_EL02, "S3_5_C14_C2_1")
	default:
		break;
	}
}

bool trans_arch_gcs_on_(void)
{
	register uint64_t x16 __asm__("x16") = 1;

	__asm__ volatile("hint #40" : "+r"(x16)); /* CHKFEAT X16 */
	return !(x16 & 1);
}

void trans_arch_sync_(void)
{
	__asm__ volatile("dsb sy\n\tisb" ::: "memory");
}

void trans_arch_drain_profile_(void)
{
	__asm__ volatile("isb\n\thint #17\n\tdsb nsh" ::: "memory");
}

void trans_arch_drain_trace_(void)
{
	__asm__ volatile("isb\n\thint #18\n\tdsb nsh" ::: "memory");
}

/* DSB makes an outstanding error pending, ESB one that only RAS knows of (Arm
 * ARM D1, "Error synchronization event"; a NOP without it); with A clear it is
 * taken there or at the ISB: now, in the host's handler, not in the next
 * world. */
void trans_arch_mask_(void)
{
	__asm__ volatile(
		"msr	daifset, #0xb\n\t"
		"dsb	sy\n\t"
		"msr	daifclr, #4\n\t"
		"hint	#16\n\t" /* ESB */
		"isb\n\t"
		"msr	daifset, #0xf\n\t"
		"isb" ::: "memory");
}

void trans_arch_icache_(void)
{
	__asm__ volatile("dsb sy\n\tic iallu\n\tdsb nsh\n\tisb" ::: "memory");
}

/*
 * DC CIVAC, not CVAC: on a Cortex-A53 a clean alone may leave a line dirty
 * (Arm EPM048406, errata 819472, 824069, 826319 and 827319). The DMB first:
 * cache maintenance by VA is ordered with stores to Normal cacheable memory,
 * not with those to Device memory, which all are while the MMU is off (Arm ARM
 * D7.5).
 */
void trans_arch_clean_(uintptr_t first, size_t count, size_t line)
{
	__asm__ volatile("dmb sy" ::: "memory");
	for (; count; count--, first += line)
		__asm__ volatile("dc civac, %0" :: "r"(first) : "memory");
	__asm__ volatile("dsb sy" ::: "memory");
}

uint64_t trans_arch_translate_(unsigned int el, uint64_t va)
{
	uint64_t par;

	if (el == 2)
		__asm__ volatile("at s1e2r, %0" :: "r"(va) : "memory");
	else
		__asm__ volatile("at s1e1r, %0" :: "r"(va) : "memory");
	__asm__ volatile("isb\n\tmrs %0, par_el1" : "=r"(par) :: "memory");
	return par;
}

/* In asm, because a compiler may choose an addressing mode with write-back,
 * which a hypervisor that emulates the device cannot decode (Arm ARM D24.2,
 * ESR_ELx.ISV). */
uint32_t trans_arch_load32_(uintptr_t va)
{
	uint32_t value;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(va) : "memory");
	return value;
}

uint64_t trans_arch_load64_(uintptr_t va)
{
	uint64_t value;

	__asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(va) : "memory");
	return value;
}

void trans_arch_store32_(uintptr_t va, uint32_t value)
{
	__asm__ volatile("str %w0, [%1]" :: "r"(value), "r"(va) : "memory");
}

void trans_arch_store64_(uintptr_t va, uint64_t value)
{
	__asm__ volatile("str %0, [%1]" :: "r"(value), "r"(va) : "memory");
}

uint32_t trans_arch_crc32_(uint32_t crc, const void *words, size_t count)
{
	const uint64_t __attribute__((may_alias)) *word = words;

	for (; count; count--)
		__asm__(".arch_extension crc\n\tcrc32x %w0, %w0, %1"
			: "+r"(crc) : "r"(*word++));
	return crc;
}

/* Each CRC32X waits for the one before it of its own stream only. */
#define CRC_TWO(crc, word)                               \
	__asm__(".arch_extension crc\n\t"                \
		"ldp	x9, x10, [%1], #16\n\t"          \
		"crc32x	%w0, %w0, x9\n\t"                \
		"crc32x	%w0, %w0, x10"                   \
		: "+r"(crc), "+r"(word) :: "x9", "x10", "memory")

void trans_arch_crc32_three_(uint32_t crc[3], const void *words, size_t count)
{
	const uint64_t *a = words, *b = a + count, *c = b + count;
	uint32_t of_a = crc[0], of_b = crc[1], of_c = crc[2];

	for (; count; count -= 2) {
		CRC_TWO(of_a, a);
		CRC_TWO(of_b, b);
		CRC_TWO(of_c, c);
	}
	crc[0] = of_a;
	crc[1] = of_b;
	crc[2] = of_c;
}

/* SMCCC 1.0 lets the callee change x4 to x17 too. */
#define SMCCC(insn) \
	register uint64_t x0 __asm__("x0") = function; \
	register uint64_t x1 __asm__("x1") = a; \
	register uint64_t x2 __asm__("x2") = b; \
	register uint64_t x3 __asm__("x3") = c; \
	__asm__ volatile(insn " #0" \
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) \
			 :: "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", \
			    "x12", "x13", "x14", "x15", "x16", "x17", "cc", \
			    "memory"); \
	return x0

uint64_t trans_arch_hvc_(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	SMCCC("hvc");
}

uint64_t trans_arch_smc_(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	SMCCC("smc");
}

void trans_arch_jump_(uint64_t pc, uint64_t x0)
{
	register uint64_t arg __asm__("x0") = x0;

	__asm__ volatile("br %0" :: "r"(pc), "r"(arg) : "memory");
	__builtin_unreachable();
}

void trans_arch_call_(uint64_t pc, uint64_t x0)
{
	register uint64_t to __asm__("x1") = pc;
	register uint64_t arg __asm__("x0") = x0;

	__asm__ volatile("blr %0"
			 : "+r"(to), "+r"(arg)
			 :: "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9",
			    "x10", "x11", "x12", "x13", "x14", "x15", "x16",
			    "x17", "x19", "x20", "x21", "x22", "x23", "x24",
			    "x25", "x26", "x27", "x28", "x30", "cc", "memory");
}
