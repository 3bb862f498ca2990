/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The way into a world that has its MMU on. Which register gets what was
 * decided by trans/transition/world.c; here it is only written, in the order
 * given.
 */
#include "trans/transition/blob/blob.h"

	/*
	 * x10: PA of struct blob_world, x18: the params. MMU off, no stack, and
	 * nothing is stored. An ERET in the middle goes on at EL1, also with
	 * its MMU off, so that a physical address stays one.
	 */
	.section .text.world, "ax"
	.global	enter_world
enter_world:
	add	x11, x10, #BLOB_WORLD_VALUE
	add	x10, x10, #BLOB_WORLD_OP
next_step:
	ldrb	w2, [x10], #1
	ldr	x1, [x11], #8
	adr	x3, steps
	add	x3, x3, x2, lsl #3
	br	x3

	/* Two instructions a step, in the order of enum blob_step. */
	.macro	step name
	msr	\name, x1
	b	next_step
	.endm
#define STEP(name, text) step text;
steps:
	b	switch_on
	nop
	isb
	b	next_step
	b	to_el1
	nop
	BLOB_REGS(STEP)

to_el1:
	msr	spsr_el2, x1
	adr	x3, next_step
	msr	elr_el2, x3
	eret

	/*
	 * This page is mapped by the new TTBR0 where it is now, so the fetch
	 * behind the MSR finds the same code. x18 stays the blob's: with it,
	 * and with VBAR still ours, a fault at the entry is told and not a
	 * hang. x17 for the branch, because that is what a landing pad for
	 * calls accepts too (BTI).
	 */
switch_on:
	mov	x16, x1
	ldr	x17, [x18, #BLOB_TARGET]
	ldp	x0, x1, [x18, #BLOB_X]
	ldp	x2, x3, [x18, #BLOB_X + 16]
	bl	flush
	.irp	n, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	mov	x\n, xzr
	.endr
	.irp	n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	mov	x\n, xzr
	.endr
	msr	sctlr_el1, x16
	isb
	mov	x16, xzr
	br	x17
