/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Save the CPU, and bring it back: setjmp for a machine that is switched off in
 * between.
 *
 * One list of registers, `registers`, is assembled twice: with `save` into
 * trans_snapshot_context_, with `load` into the way back. Both walk the context
 * with x0, and skip the same groups by the same flags, so neither knows an
 * offset.
 *
 * Registers are named for EL1; at EL2 with HCR_EL2.E2H the same names mean
 * EL2's (Arm ARM D8, "Virtualization Host Extensions").
 */
#include "hibernate/snapshot/context.h"
#include "lib/asm.h"
#include "lib/machine/hcr.h"

/* Newer than Armv8.0, for which this is assembled (Arm ARM D19). */
#define TCR2_EL1 S3_0_C2_C0_3
#define TCR2_EL2 S3_4_C2_C0_3
#define SCTLR2_EL1 S3_0_C1_C0_3
#define SCTLR2_EL2 S3_4_C1_C0_3
#define PIRE0_EL1 S3_0_C10_C2_2
#define PIR_EL1 S3_0_C10_C2_3
#define PIR_EL2 S3_4_C10_C2_3
#define POR_EL1 S3_0_C10_C2_4
#define POR_EL2 S3_4_C10_C2_4
#define PAN S3_0_C4_C2_3
#define UAO S3_0_C4_C2_4
#define ALLINT S3_0_C4_C3_0
#define DIT S3_3_C4_C2_5
#define SSBS S3_3_C4_C2_6
#define TCO S3_3_C4_C2_7

/* SCTLR_ELx.EnIA (31), EnIB (30), EnDA (27), EnDB (13). */
#define SCTLR_SIGNS_LOW 0x2000
#define SCTLR_SIGNS_HIGH 0xc800

	/* Uses x9; x1 holds the flags and stays. */
	.macro	save reg
	mrs	x9, \reg
	str	x9, [x0], #8
	.endm

	.macro	load reg
	ldr	x9, [x0], #8
	msr	\reg, x9
	.endm

	.macro	optional bit, op, reg
	tbz	x1, #\bit, 9f
	\op	\reg
9:
	.endm

	.macro	keys op
	tbz	x1, #CONTEXT_KEYS_BIT, 9f
	.irp	key, C2_C1_0, C2_C1_1, C2_C1_2, C2_C1_3, C2_C2_0, C2_C2_1, \
		C2_C2_2, C2_C2_3, C2_C3_0, C2_C3_1
	\op	S3_0_\key
	.endr
9:
	.endm

	/* HCR comes first and is waited for: E2H decides what the names of all
	 * the others mean. */
	.macro	registers op
	tbz	x1, #CONTEXT_EL2_BIT, 1f
	.irp	reg, hcr_el2, tpidr_el2, vttbr_el2, vtcr_el2, vpidr_el2, \
		vmpidr_el2, mdcr_el2, hstr_el2, cnthctl_el2, cntvoff_el2
	\op	\reg
	isb
	.endr
	tbnz	x1, #CONTEXT_NAMES_BIT, 2f
1:	.irp	reg, vbar_el1, ttbr0_el1, ttbr1_el1, tcr_el1, mair_el1, \
		amair_el1, cpacr_el1, contextidr_el1, elr_el1, spsr_el1, \
		cntkctl_el1
	\op	\reg
	.endr
	optional CONTEXT_TCR2_BIT, \op, TCR2_EL1
	optional CONTEXT_PIE_BIT, \op, PIRE0_EL1
	optional CONTEXT_PIE_BIT, \op, PIR_EL1
	optional CONTEXT_POE_BIT, \op, POR_EL1
	optional CONTEXT_SCTLR2_BIT, \op, SCTLR2_EL1
	b	3f
2:	.irp	reg, vbar_el2, ttbr0_el2, tcr_el2, mair_el2, amair_el2, \
		cptr_el2, elr_el2, spsr_el2
	\op	\reg
	.endr
	optional CONTEXT_TCR2_BIT, \op, TCR2_EL2
	optional CONTEXT_PIE_BIT, \op, PIR_EL2
	optional CONTEXT_POE_BIT, \op, POR_EL2
	optional CONTEXT_SCTLR2_BIT, \op, SCTLR2_EL2
3:	.irp	reg, tpidr_el1, tpidr_el0, tpidrro_el0, mdscr_el1
	\op	\reg
	.endr
	keys	\op
	optional CONTEXT_PAN_BIT, \op, PAN
	optional CONTEXT_UAO_BIT, \op, UAO
	optional CONTEXT_DIT_BIT, \op, DIT
	optional CONTEXT_SSBS_BIT, \op, SSBS
	optional CONTEXT_TCO_BIT, \op, TCO
	optional CONTEXT_ALLINT_BIT, \op, ALLINT
	.endm

	TRANS_ASM_TEXT(trans_snapshot_context_)
	.global	trans_snapshot_context_
	TRANS_ASM_FUNCTION(trans_snapshot_context_)
	.balign	4
trans_snapshot_context_:
	hint	#34			/* BTI C */
	stp	x29, x30, [sp, #-16]!
	mov	x10, x1
	mov	x11, x2
	ldr	x1, [x0, #CONTEXT_FLAGS]
	tbnz	x1, #CONTEXT_NAMES_BIT, 1f
	tbz	x1, #CONTEXT_EL2_BIT, 4f
	/* With E2H, and saved as such: without FEAT_E2H0 it may read as 0 until
	 * it is written. */
	mrs	x9, hcr_el2
	orr	x9, x9, #TRANS_HCR_E2H
	msr	hcr_el2, x9
	isb
4:	mrs	x9, sctlr_el1
	b	2f
1:	mrs	x9, sctlr_el2
2:	str	x9, [x0, #CONTEXT_SCTLR]
	/* Without signing the key registers may not exist. */
	mov	x12, #SCTLR_SIGNS_LOW
	movk	x12, #SCTLR_SIGNS_HIGH, lsl #16
	tst	x9, x12
	b.eq	3f
	orr	x1, x1, #(1 << CONTEXT_KEYS_BIT)
	str	x1, [x0, #CONTEXT_FLAGS]
3:	str	x0, [x0, #CONTEXT_SELF]
	adr	x9, go_on
	str	x9, [x0, #CONTEXT_GO_ON]
	add	x0, x0, #CONTEXT_REST
	registers save
	stp	x18, x19, [x0], #16
	stp	x20, x21, [x0], #16
	stp	x22, x23, [x0], #16
	stp	x24, x25, [x0], #16
	stp	x26, x27, [x0], #16
	stp	x28, x29, [x0], #16
	/* Either stack pointer may be the one in use, and the other one
	 * somebody's (a task pointer, in Linux). */
	mrs	x9, spsel
	msr	spsel, #1
	mov	x12, sp
	msr	spsel, #0
	mov	x13, sp
	msr	spsel, x9
	stp	x12, x13, [x0], #16
	str	x9, [x0]
	mov	x0, x11
	blr	x10
	ldp	x29, x30, [sp], #16
	ret

	/* From the way back, in the saved world's own mapping. x0: what follows
	 * the system registers in the context. */
go_on:
	hint	#36			/* BTI J */
	ldp	x18, x19, [x0], #16
	ldp	x20, x21, [x0], #16
	ldp	x22, x23, [x0], #16
	ldp	x24, x25, [x0], #16
	ldp	x26, x27, [x0], #16
	ldp	x28, x29, [x0], #16
	ldp	x12, x13, [x0], #16
	ldr	x9, [x0]
	msr	spsel, #1
	mov	sp, x12
	msr	spsel, #0
	mov	sp, x13
	msr	spsel, x9
	mov	w0, #1
	ldp	x29, x30, [sp], #16
	ret

	/*
	 * The way back. MMU off, PC physical, x0: PA of the context, which was
	 * cleaned to the PoC by whoever put it there. The MMU goes on where VA
	 * is PA, by the alias in the saved tables; then everything is where it
	 * was.
	 */
	TRANS_ASM_RODATA(trans_snapshot_way_back_)
	.global	trans_snapshot_way_back_, trans_snapshot_way_back_end_
	TRANS_ASM_HIDDEN(trans_snapshot_way_back_)
	TRANS_ASM_HIDDEN(trans_snapshot_way_back_end_)
	.balign	8
trans_snapshot_way_back_:
	msr	daifset, #0xf
	mov	x2, x0
	ldp	x1, x3, [x0, #CONTEXT_FLAGS]
	ldp	x4, x5, [x0, #CONTEXT_GO_ON]	/* and SCTLR */
	add	x0, x0, #CONTEXT_REST
	registers load
	isb
	tbz	x1, #CONTEXT_EL2_BIT, 1f
	tlbi	alle2
	b	2f
1:	tlbi	vmalle1
2:	ic	iallu
	dsb	nsh
	isb
	sub	x0, x0, x2
	add	x0, x0, x3
	tbnz	x1, #CONTEXT_NAMES_BIT, 3f
	msr	sctlr_el1, x5
	isb
	br	x4
3:	msr	sctlr_el2, x5
	isb
	br	x4
trans_snapshot_way_back_end_:
