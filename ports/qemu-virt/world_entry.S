/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The first instructions of the next world, MMU on: nothing is known but x0 to
 * x3, and nothing may be touched before it was looked at.
 */
#include "world_entry.h"

	.text
	.globl	world_start
world_start:
	.irp	n, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
	orr	x4, x4, x\n
	.endr
	.irp	n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	orr	x4, x4, x\n
	.endr
	adrp	x9, world_stack_end
	add	sp, x9, :lo12:world_stack_end
	mov	x21, x0
	mov	x22, x1
	mov	x23, x2
	mov	x24, x3
	mov	x25, x4
	adrp	x20, _start
	mov	x0, x20
	bl	relocate		/* from the old addresses */
	mov	x0, x21
	mov	x1, x22
	mov	x2, x23
	mov	x3, x24
	mov	x4, x25
	mov	x29, xzr
	mov	x30, xzr
	b	world_main

	/* void world_peek(struct world_el2 *el2, uint64_t peek_pa): the stub is
	 * asked to go on at peek_pa, at EL2 and without an MMU; from there an
	 * ERET comes back here. */
	.globl	world_peek
world_peek:
	mov	x16, x0
	mov	x0, #1			/* HVC_SOFT_RESTART */
	hvc	#0
	stp	x0, x1, [x16]
	stp	x2, x3, [x16, #16]
	stp	x4, x5, [x16, #32]
	stp	x6, x7, [x16, #48]
	str	x8, [x16, #64]
	ret

	.globl	world_peek_el2
world_peek_el2:
	mrs	x0, hcr_el2
	mrs	x1, cptr_el2
	mrs	x2, cnthctl_el2
	mrs	x3, cntvoff_el2
	mrs	x4, vttbr_el2
	mrs	x5, mdcr_el2
	mrs	x6, vpidr_el2
	mrs	x7, vmpidr_el2
	mrs	x8, sctlr_el2
	eret

	.bss
	.balign	4096
	.skip	WORLD_STACK_LEN
world_stack_end:
