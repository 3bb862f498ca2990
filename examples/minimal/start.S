/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The first instructions, entered as a Linux kernel is: MMU off, x0 = device
 * tree, EL1 or EL2. By the header QEMU and most bootloaders know where to put
 * it, and what to pass (Documentation/arch/arm64/booting.rst of Linux). */
	.section .head, "ax"
	.globl	_start
_start:
	b	start
	.long	0
	.quad	0, image_size, 0xa	/* text_offset; bytes; 4K, anywhere */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0
start:
	msr	daifset, #0xf		/* nobody here takes interrupts */
	/* Stores go past the caches while the MMU is off. A dirty line that
	 * somebody left would fall on them later: so drop all lines of what is
	 * going to be written (docs/porting.md). No line is below 16 bytes. */
	ldr	x1, =data_start
	ldr	x2, =image_end
	dmb	sy
1:	dc	civac, x1
	add	x1, x1, #16
	cmp	x1, x2
	b.lo	1b
	dsb	sy
	ldr	x1, =bss_start
2:	str	xzr, [x1], #8		/* .bss, which ends with the stack */
	cmp	x1, x2
	b.lo	2b
	mov	sp, x2
	bl	run
3:	wfi
	b	3b
