/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * From the boot protocol into C, twice.
 *
 * Entered like any arm64 Image (Documentation/arch/arm64/booting.rst): MMU off,
 * x0 = device tree, EL1 or EL2, at any 4 KiB aligned address. The port's tables
 * are built by C and by the library, so C runs before there are tables:
 *
 *	relocate for the physical address, call boot_main with the MMU off;
 *	relocate for the virtual address, switch the MMU on, call port_main.
 *
 * boot_main must therefore leave no pointer behind; see boot.c.
 */
#include "head.h"

	.section .head, "ax"
	.globl	_start
_start:
	b	start
	.long	0
	.quad	0			/* text_offset */
	.long	image_size, 0		/* in halves: a .quad would ask the
					   linker for a relocation of text */
	.quad	0xa			/* little-endian, 4K, anywhere */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

	.text

start:
	msr	daifset, #0xf		/* nobody here handles interrupts */
	mov	x19, x0			/* the device tree */
	adrp	x20, _start		/* where we are */
	bl	set_vectors
	bl	forget_lines		/* before the first store */
	mov	x0, x20
	bl	relocate
	bl	clear_bss
	adrp	x0, boot_stack_end
	add	sp, x0, :lo12:boot_stack_end
	mov	x0, x19
	bl	boot_main
	mov	x21, x0			/* struct boot_regs */
	ldr	x22, [x21, #BOOT_OFFSET]
	add	x0, x20, x22
	bl	relocate
	bl	forget_lines		/* behind the last one */
	mov	x0, x21
	adrp	x8, after_mmu_on
	add	x8, x8, :lo12:after_mmu_on
	b	mmu_on

/* Add @x0, the address the image is to run at, to every pointer in it. The
 * linker left only R_AARCH64_RELATIVE: offset, type, addend. */
	.globl	relocate
relocate:
	adrp	x1, rela_start
	add	x1, x1, :lo12:rela_start
	adrp	x2, rela_end
	add	x2, x2, :lo12:rela_end
1:	cmp	x1, x2
	b.hs	2f
	ldp	x3, x4, [x1]
	ldr	x5, [x1, #16]
	add	x1, x1, #24
	cmp	w4, #1027		/* R_AARCH64_RELATIVE */
	b.ne	1b
	add	x5, x5, x0
	str	x5, [x20, x3]
	b	1b
2:	ret

/* From the end of the file on. x23: words that were not zero, which they should
 * have been. */
clear_bss:
	adrp	x1, data_end
	add	x1, x1, :lo12:data_end
	adrp	x2, bss_end
	add	x2, x2, :lo12:bss_end
	mov	x23, #0
1:	cmp	x1, x2
	b.hs	2f
	ldr	x3, [x1]
	cmp	x3, #0
	cinc	x23, x23, ne
	str	xzr, [x1], #8
	b	1b
2:	ret

set_vectors:
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	mrs	x2, CurrentEL
	cmp	x2, #(2 << 2)
	b.eq	1f
	msr	vbar_el1, x1
	isb
	ret
1:	msr	vbar_el2, x1
	isb
	ret

/*
 * What is stored with the MMU off goes past the caches (Arm ARM B2.7,
 * mismatched memory attributes). Before the first store: a line that somebody
 * else left dirty would fall on it when it is evicted; booting.rst has the
 * image's file cleaned, but not its .bss. Behind the last: a clean line that
 * was filled meanwhile would hide it. From rodata (it is relocated) to the end,
 * whole pages of our own. CIVAC for both: a hypervisor makes that of an IVAC
 * anyway. The DMB because a cache operation by address is not ordered behind
 * stores to Device memory (Arm ARM D7, "Ordering and completion of data and
 * instruction cache instructions"), which is what all memory is with the MMU
 * off.
 */
forget_lines:
	adrp	x1, rodata_start
	adrp	x2, image_end
	mrs	x3, ctr_el0
	ubfx	x3, x3, #16, #4		/* DminLine: log2 of words */
	mov	x4, #4
	lsl	x3, x4, x3
	dmb	sy
1:	dc	civac, x1
	add	x1, x1, x3
	cmp	x1, x2
	b.lo	1b
	dsb	sy
	ret

/*
 * The one page that must be mapped at its own physical address while the MMU
 * goes on: the instruction after the switch is fetched from there. boot_main
 * maps this page by the same means by which the transition's control blob is
 * mapped later (alias.c). Aligned so that it cannot cross a page.
 *
 * x0: struct boot_regs; x8: where to go on, physical. TCR2 exists from Armv8.9
 * on (ID_AA64MMFR3_EL1.TCRX) and its reset value is unknown; permission
 * indirection would give our descriptors another meaning. It goes by its
 * encoding, as the port is built for Armv8.0.
 */
	.balign	256
	.globl	mmu_on
mmu_on:
	ldp	x1, x2, [x0, #BOOT_MAIR]
	ldp	x3, x4, [x0, #BOOT_TTBR0]
	ldp	x5, x6, [x0, #BOOT_SCTLR]
	add	x8, x8, x6
	mrs	x9, S3_0_C0_C7_3
	and	x9, x9, #0xf
	mrs	x7, CurrentEL
	cmp	x7, #(2 << 2)
	b.ne	3f
	mrs	x7, hcr_el2
	tbz	x7, #34, 1f		/* E2H: EL1's names are EL2's */
3:	cbz	x9, 2f
	msr	S3_0_C2_C0_3, xzr
2:	msr	mair_el1, x1
	msr	tcr_el1, x2
	msr	ttbr0_el1, x3
	msr	ttbr1_el1, x4
	isb
	tlbi	vmalle1
	dsb	nsh
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el1, x5
	isb
	br	x8
1:	cbz	x9, 2f
	msr	S3_4_C2_C0_3, xzr
2:	msr	mair_el2, x1
	msr	tcr_el2, x2
	msr	ttbr0_el2, x3
	isb
	tlbi	alle2
	dsb	nsh
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el2, x5
	isb
	br	x8

/* In the linear map: everything PC-relative is virtual from here. */
after_mmu_on:
	bl	set_vectors
	adrp	x0, boot_stack_end
	add	sp, x0, :lo12:boot_stack_end
	mov	x0, x19
	mov	x1, x22
	mov	x2, x23
	mov	x29, #0
	mov	x30, #0
	b	port_main

/* Another CPU, from PSCI CPU_ON: MMU off, x0 = PA of its struct cpu. It goes
 * where the first one has been, with its own stack, and ends in C. The firmware
 * starts it at the highest level, and what HCR_EL2 is there is for us to
 * say. */
	.globl	cpu_entry
cpu_entry:
	msr	daifset, #0xf
	mov	x19, x0
	ldr	x1, [x19, #CPU_HCR]
	cbz	x1, 2f
	tbz	x1, #34, 1f		/* E2H */
	msr	hcr_el2, x1
	isb
	b	2f
1:	bl	stub_drop_to_el1
2:	mov	x0, x19
	adrp	x8, cpu_mmu_on
	add	x8, x8, :lo12:cpu_mmu_on
	b	mmu_on
cpu_mmu_on:
	bl	set_vectors
	add	x0, x19, x6
	ldr	x1, [x0, #CPU_STACK]
	mov	sp, x1
	mov	x29, #0
	mov	x30, #0
	b	cpu_main

	.bss
	.balign	4096
	.skip	BOOT_STACK_LEN
boot_stack_end:
