/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A resident stub at EL2, as Linux leaves one when it runs at EL1: it lies in
 * the port's own text, so the next kernel overwrites it.
 */
#include "lib/machine/hcr.h"
#include "lib/sctlr.h"

#define CPTR_NO_TRAPS 0x33ff /* RES1 bits alone */
#define CNTHCTL_NO_TRAPS 3
#define SPSR_EL1H_MASKED 0x3c5
#define ICC_SRE_EL2 S3_4_C12_C9_5

	.text
	.globl	stub_drop_to_el1
stub_drop_to_el1:
	adrp	x0, stub_vectors
	add	x0, x0, :lo12:stub_vectors
	msr	vbar_el2, x0
	mov	x0, #TRANS_HCR_RW
	msr	hcr_el2, x0
	mov	x0, #CPTR_NO_TRAPS
	msr	cptr_el2, x0
	msr	hstr_el2, xzr
	mov	x0, #CNTHCTL_NO_TRAPS
	msr	cnthctl_el2, x0
	msr	cntvoff_el2, xzr
	mrs	x0, midr_el1
	msr	vpidr_el2, x0
	mrs	x0, mpidr_el1
	msr	vmpidr_el2, x0
	/* The GICv3 CPU interface by system registers, for EL1 too. */
	mrs	x0, id_aa64pfr0_el1
	tst	x0, #(0xf << 24)
	b.eq	1f
	mrs	x0, ICC_SRE_EL2
	orr	x0, x0, #0xf
	msr	ICC_SRE_EL2, x0
1:	mov	w0, #(TRANS_SCTLR_OFF_EL1 & 0xffff)
	movk	w0, #(TRANS_SCTLR_OFF_EL1 >> 16), lsl #16
	msr	sctlr_el1, x0
	adrp	x0, vectors
	add	x0, x0, :lo12:vectors
	msr	vbar_el1, x0
	mov	x0, sp
	msr	sp_el1, x0
	mov	x0, #SPSR_EL1H_MASKED
	msr	spsr_el2, x0
	msr	elr_el2, x30
	isb
	eret

	/* x0: 0 HVC_SET_VECTORS, 1 HVC_SOFT_RESTART, 2 HVC_RESET_VECTORS. */
	.balign	2048
	.globl	stub_vectors
stub_vectors:
	.rept	8
	b	.
	.balign	128
	.endr
	cbz	x0, 1f
	cmp	x0, #1
	b.eq	2f
	cmp	x0, #2
	b.ne	3f
	adr	x1, stub_vectors
1:	msr	vbar_el2, x1
	mov	x0, xzr
	eret
2:	mov	x9, x1
	mov	x0, x2
	mov	x1, x3
	mov	x2, x4
	br	x9
3:	mov	w0, #0xca11
	movk	w0, #0xbad, lsl #16
	eret
	.balign	128
	.rept	7
	b	.
	.balign	128
	.endr
