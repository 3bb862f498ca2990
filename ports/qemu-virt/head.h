/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What head.S and boot.c must agree on.
 */
#ifndef PORT_HEAD_H
#define PORT_HEAD_H

#define BOOT_MAIR 0
#define BOOT_TTBR0 16
#define BOOT_SCTLR 32
#define BOOT_OFFSET 40

#define BOOT_STACK_LEN 32768

/* struct cpu */
#define CPU_STACK 48
#define CPU_HCR 56

#ifndef __ASSEMBLY__
#include <trans_table/env.h>

/* Everything that goes into registers to switch the MMU on; @ttbr1 is not used
 * at EL2, which has one range. @offset: linear map, VA - PA. */
struct boot_regs {
	uint64_t mair, tcr;
	uint64_t ttbr0, ttbr1;
	uint64_t sctlr, offset;
};

/* The page that head.S switches the MMU on in. */
extern char mmu_on[] __attribute__((visibility("hidden")));

/* Called by head.S with the MMU off, and again with it on. @dirt: words of .bss
 * that were not zero when the port was entered. */
const struct boot_regs *boot_main(trans_pa_t fdt);
__attribute__((noreturn)) void port_main(trans_pa_t fdt, uint64_t offset,
					   uint64_t dirt);
#endif

#endif
