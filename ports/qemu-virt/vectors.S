/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Exception vectors: nothing is expected, everything is reported. An exception
 * here is a bug of the port, and a port that hangs tells nobody.
 */
	.text
	.balign	2048
	.globl	vectors
vectors:
	.rept	16
	b	fatal
	.balign	128
	.endr

/* On a stack of its own: the exception may have come from a bad SP. */
fatal:
	adrp	x9, fatal_stack_end
	add	sp, x9, :lo12:fatal_stack_end
	mrs	x9, CurrentEL
	cmp	x9, #(2 << 2)
	b.eq	1f
	mrs	x0, esr_el1
	mrs	x1, elr_el1
	mrs	x2, far_el1
	b	port_exception
1:	mrs	x0, esr_el2
	mrs	x1, elr_el2
	mrs	x2, far_el2
	b	port_exception

	.bss
	.balign	16
	.skip	4096
fatal_stack_end:
