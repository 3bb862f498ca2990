/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The oracle's entry, its vectors, and its way to a lower exception level.
 *
 * Everything runs at EL3 with the MMU off: from there the registers of every
 * Non-secure regime can be loaded, and AT asked about them, while the program
 * itself needs nothing of the tables under test. Caches are not looked after,
 * as it runs in QEMU alone, which has none.
 */
	.section .head, "ax"
	.globl	_start
_start:
	adrp	x0, vectors
	add	x0, x0, :lo12:vectors
	msr	vbar_el3, x0
	/* NS, RES1, RW: EL2 and EL1 are Non-secure and AArch64; SMC works. */
	mov	x0, #0x431
	msr	scr_el3, x0
	msr	cptr_el3, xzr
	isb
	adrp	x0, stack_end
	add	sp, x0, :lo12:stack_end
	adrp	x0, bss_start
	add	x0, x0, :lo12:bss_start
	adrp	x1, bss_end
	add	x1, x1, :lo12:bss_end
1:	cmp	x0, x1
	b.hs	2f
	str	xzr, [x0], #8
	b	1b
2:	mov	x29, #0
	mov	x30, #0
	b	oracle_main

	.text
	.balign	2048
vectors:
	.rept	8
	b	broken
	.balign	128
	.endr
	b	from_below		/* 0x400: synchronous, lower EL */
	.balign	128
	.rept	7
	b	broken
	.balign	128
	.endr

broken:
	mrs	x0, esr_el3
	mrs	x1, elr_el3
	mrs	x2, far_el3
	b	oracle_exception

/*
 * uint64_t below_run(pc, spsr, x0, x1, uint64_t *x1_after): run the code at @pc
 * of the lower level until it makes an SMC. Returns ESR_EL3. What runs there
 * changes x0 and x1 only, so the caller's registers are where they were.
 */
	.globl	below_run
below_run:
	str	x4, [sp, #-16]!
	msr	elr_el3, x0
	msr	spsr_el3, x1
	mov	x0, x2
	mov	x1, x3
	eret
from_below:
	ldr	x2, [sp], #16
	str	x1, [x2]
	mrs	x0, esr_el3
	ret

/*
 * The only code that runs through the tables under test, at any address that
 * they give it. One granule, whichever it is. SMC 0: done; SMC 1: exception.
 */
	.section .gate, "ax"
	.balign	65536
	.globl	gate
gate:
	.rept	16
	smc	#1
	.balign	128
	.endr
	str	x1, [x0]		/* GATE_STORE */
	smc	#0
	ldr	x1, [x0]		/* GATE_LOAD */
	smc	#0
	.balign	65536

	.bss
	.balign	16
	.skip	65536
stack_end:
