/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The control blob: its way in, its way out, and what happens when it faults.
 *
 * x18 holds the address of struct blob_params from the first instruction to the
 * last (C is compiled with -ffixed-x18), so a fault finds it without memory.
 * Its two low bits are free and count the faults that have been taken.
 *
 * Registers are named for EL1. At EL2 with HCR_EL2.E2H set the same names mean
 * the EL2 registers (Arm ARM D8, "Virtualization Host Extensions"); only EL2
 * without it has names of its own. Which of the two it is comes from the host,
 * in x0 and in the flags, and is not read from HCR_EL2: where FEAT_E2H0 is
 * missing E2H is RES1, and yet may read as 0 until HCR_EL2 is written (Arm ARM
 * D19, HCR_EL2.E2H and ID_AA64MMFR4_EL1.E2H0).
 */
#include "lib/machine/hcr.h"
#include "trans/transition/blob/blob.h"

/* Assembled for Armv8.0, so what is newer has a number: TCR2_EL1, TCR2_EL2. */
#define TCR2_EL1 S3_0_C2_C0_3
#define TCR2_EL2 S3_4_C2_C0_3

#define EL2_BIT 3 /* CurrentEL */

/* In x18: a fault is being handled; and so was another one. */
#define NESTED_BIT 0
#define HOPELESS_BIT 1

	/* To \el2 where EL2 has names of its own, else on to what follows.
	 * Bit \e2h of \told: E2H is set. Uses x9. */
	.macro	if_own_names el2, told, e2h
	mrs	x9, CurrentEL
	tbz	x9, #EL2_BIT, 1f
	tbz	\told, #\e2h, \el2
1:
	.endm

	/*
	 * Stop translating. A context change takes effect at the next ISB at
	 * the latest, and may before it (Arm ARM D19.1, "Synchronization
	 * requirements"): this runs where VA is PA, both are the same place.
	 */
	.macro	mmu_off names, sctlr
	mov	x9, #((\sctlr) & 0xffff)
	movk	x9, #((\sctlr) >> 16), lsl #16
	dsb	sy
	isb
	msr	sctlr_\names, x9
	isb
	.endm

	/*
	 * All translation state, none of it assumed; then SCTLR as a whole.
	 * TCR2 enables permission indirection and overlays, which would give
	 * our leaves another meaning; 0 switches them off, whatever PIR holds.
	 */
	.macro	install names, tcr2
	msr	tcr_\names, x10
	msr	mair_\names, x11
	msr	ttbr0_\names, x12
	.ifc	\names, el1
	msr	ttbr1_el1, x13
	.endif
	tbz	x14, #BLOB_HAS_TCR2_BIT, 1f
	msr	\tcr2, xzr
1:	bl	flush
	msr	sctlr_\names, x15
	isb
	.endm

	.macro	load_state
	ldp	x10, x11, [x18, #BLOB_TCR]
	ldp	x12, x13, [x18, #BLOB_TTBR0]
	ldp	x9, x15, [x18, #BLOB_HCR]
	ldr	x14, [x18, #BLOB_FLAGS]
	.endm

	/* A letter, past the caches and without a look at the UART's status.
	 * Uses x0 to x2, x9, x10, x30. */
	.macro	letter char
	mov	w2, #\char
	bl	put_letter
	.endm

	/*
	 * x0: PA of the params. PC is a physical address, the tables are
	 * anybody's, the MMU is on or off. No memory is touched before it is
	 * off: the alias that leads here need not map anything but this code.
	 */
	.section .text.entry, "ax"
	.global	blob_entry
blob_entry:
	b	take_over
	.if	. - blob_entry - (BLOB_FAULT - BLOB_ENTRY)
	.error	"BLOB_FAULT"
	.endif
	b	fault
	.if	. - blob_entry - (BLOB_CALL - BLOB_ENTRY)
	.error	"BLOB_CALL"
	.endif
	b	blob_call
	/* BLOB_SAYS is here: blob.ld, verify.c. */
	.section .text.take_over, "ax"
take_over:
	msr	daifset, #0xf
	/* Before any name depends on it. The rest of HCR is the host's still,
	 * and its MMU may be on. x28: as the host has it, for not_quiet. */
	tbz	x0, #BLOB_E2H_BIT, 1f
	mrs	x9, hcr_el2
	orr	x28, x9, #TRANS_HCR_E2H
	orr	x9, x28, #TRANS_HCR_TGE
	msr	hcr_el2, x9
	isb
1:	tbnz	x0, #BLOB_OFF_BIT, switch_off
	tbnz	x0, #BLOB_NOT_QUIET_BIT, not_quiet
	and	x18, x0, #~BLOB_X0_BITS
	adr	x10, blob_vectors
	if_own_names enter_el2, x0, BLOB_E2H_BIT
	msr	vbar_el1, x10
	mmu_off	el1, TRANS_SCTLR_OFF_EL1
	letter	'A'
	load_state
	mrs	x16, CurrentEL
	tbz	x16, #EL2_BIT, 2f
	msr	hcr_el2, x9
2:	install	el1, TCR2_EL1
	b	move
enter_el2:
	msr	vbar_el2, x10
	mmu_off	el2, TRANS_SCTLR_OFF_EL2
	letter	'A'
	load_state
	msr	hcr_el2, x9
	install	el2, TCR2_EL2

move:
	msr	spsel, #1
	add	sp, x18, #BLOB_STACK_TOP
	mov	x29, xzr
	mov	x0, x18
	bl	blob_run
	cbnz	w0, failed

	/*
	 * Nothing dirty may stay in the caches: a line evicted later would
	 * fall on what the next world wrote with its caches off. The stack is
	 * not used from here on, and nothing is written.
	 */
	mov	x0, x18
	mov	x1, #BLOB_STACK_TOP
	bl	blob_clean
	ldp	x20, x21, [x18, #BLOB_X]
	ldp	x22, x23, [x18, #BLOB_X + 16]
	ldr	x17, [x18, #BLOB_TARGET]
	ldr	x19, [x18, #BLOB_FLAGS]
	if_own_names leave_el2, x19, BLOB_HAS_E2H_BIT
	mmu_off	el1, TRANS_SCTLR_OFF_EL1
	b	leave
leave_el2:
	mmu_off	el2, TRANS_SCTLR_OFF_EL2
leave:
	bl	flush
	letter	'G'
	letter	'\r'
	letter	'\n'
	tbnz	x19, #BLOB_STUB_BIT, leave_by_stub
	ldr	x10, [x18, #BLOB_WORLD]
	cbnz	x10, enter_world
	mov	x0, x20
	mov	x1, x21
	mov	x2, x22
	mov	x3, x23
	mov	x18, xzr
	br	x17
	/* x5 is beyond the convention; our own stub makes it x3. */
leave_by_stub:
	mov	x0, #BLOB_HVC_SOFT_RESTART
	mov	x1, x17
	mov	x2, x20
	mov	x3, x21
	mov	x4, x22
	mov	x5, x23
	hvc	#0
	mov	x0, x18
	bl	blob_no_stub

	/* Why is written down by now. x18 may carry fault bits. */
failed:
	and	x9, x18, #~3
	ldr	x10, [x9, #BLOB_FLAGS]
	ldr	x9, [x9, #BLOB_CONDUIT]
	tbnz	x10, #BLOB_PARK_BIT, park
	mov	w0, #(BLOB_PSCI_SYSTEM_RESET & 0xffff)
	movk	w0, #(BLOB_PSCI_SYSTEM_RESET >> 16), lsl #16
	cbz	x9, park
	tbz	x9, #0, 1f /* TRANS_CONDUIT_HVC is 1, _SMC is 2 */
	hvc	#0
	b	park
1:	smc	#0
park:
	wfe
	b	park

	/*
	 * A fault never returns. The first one is written down, a second one
	 * (in doing so) goes straight to the reset, a third one parks.
	 */
fault:
	tbnz	x18, #HOPELESS_BIT, park
	tbnz	x18, #NESTED_BIT, hopeless
	mov	x0, x18
	add	sp, x18, #BLOB_STACK_TOP
	orr	x18, x18, #(1 << NESTED_BIT)
	ldr	x10, [x0, #BLOB_FLAGS]
	if_own_names fault_el2, x10, BLOB_HAS_E2H_BIT
	mrs	x1, esr_el1
	mrs	x2, elr_el1
	mrs	x3, far_el1
	b	2f
fault_el2:
	mrs	x1, esr_el2
	mrs	x2, elr_el2
	mrs	x3, far_el2
2:	bl	blob_fault
hopeless:
	orr	x18, x18, #(1 << HOPELESS_BIT)
	b	failed

	/*
	 * With the MMU off: forget all translations of this regime, because
	 * the tables that they came from are not ours or not any more, and all
	 * instructions. ALLE2 is the EL2 or the EL2&0 regime, as E2H says
	 * (Arm ARM D8, "TLB maintenance instructions"). Uses x9, x30.
	 */
	.global	flush
flush:
	isb
	mrs	x9, CurrentEL
	tbz	x9, #EL2_BIT, 1f
	tlbi	alle2
	b	2f
1:	tlbi	vmalle1
2:	ic	iallu
	dsb	nsh
	isb
	ret

	/* w2: a letter. x18: the params. */
put_letter:
	ldp	x9, x10, [x18, #BLOB_UART]
	ubfx	x1, x10, #BLOB_UART_WIDTH, #8
	add	x0, x9, w10, uxth
	cbnz	w1, blob_out
	ret

	/*
	 * Another CPU. It switches itself off from here and not from the host's
	 * text, and with the MMU off: whether the firmware takes its time or
	 * refuses, and whatever becomes of the host's text and tables, it only
	 * ever runs these instructions. It has no stack, and reads one word of
	 * the params, before the call. A fault is hopeless at once: the stack
	 * is the first CPU's.
	 */
switch_off:
	mov	x11, x0
	and	x0, x0, #~BLOB_X0_BITS
	orr	x18, x0, #(1 << HOPELESS_BIT)
	adr	x10, blob_vectors
	if_own_names switch_off_el2, x11, BLOB_E2H_BIT
	msr	vbar_el1, x10
	mmu_off	el1, TRANS_SCTLR_OFF_EL1
	b	1f
switch_off_el2:
	msr	vbar_el2, x10
	mmu_off	el2, TRANS_SCTLR_OFF_EL2
1:	ldr	x9, [x0, #BLOB_CONDUIT]
	mov	w0, #(BLOB_PSCI_CPU_OFF & 0xffff)
	movk	w0, #(BLOB_PSCI_CPU_OFF >> 16), lsl #16
	cbz	x9, park
	tbz	x9, #0, 2f
	hvc	#0
	b	park
2:	smc	#0
	b	park

	/*
	 * The host could not leave. Its tables, caches and vectors are not
	 * needed to say so, and nothing of it has been overwritten: where it
	 * has to reset the machine itself it is called back, with everything as
	 * it was. No translation was changed meanwhile, and what was written
	 * with the MMU off is the blob's and the report's.
	 */
not_quiet:
	mov	x19, x18
	mov	x20, x30
	mrs	x21, spsel
	mov	x27, x0
	and	x18, x0, #~BLOB_X0_BITS
	adr	x10, blob_vectors
	if_own_names not_quiet_el2, x27, BLOB_E2H_BIT
	mrs	x23, vbar_el1
	mrs	x24, sctlr_el1
	msr	vbar_el1, x10
	mmu_off	el1, TRANS_SCTLR_OFF_EL1
	b	say_not_quiet
not_quiet_el2:
	mrs	x23, vbar_el2
	mrs	x24, sctlr_el2
	msr	vbar_el2, x10
	mmu_off	el2, TRANS_SCTLR_OFF_EL2
say_not_quiet:
	mov	x22, sp
	msr	spsel, #1
	mov	x25, sp
	mov	x26, x29
	add	sp, x18, #BLOB_STACK_TOP
	mov	x29, xzr
	mov	x0, x18
	bl	blob_not_quiet
	ldr	x9, [x18, #BLOB_FLAGS]
	tbz	x9, #BLOB_COMES_BACK_BIT, failed
	mov	sp, x25
	msr	spsel, x21
	mov	sp, x22
	mov	x29, x26
	if_own_names back_el2, x27, BLOB_E2H_BIT
	msr	vbar_el1, x23
	tbz	x27, #BLOB_E2H_BIT, 1f
	msr	hcr_el2, x28
1:	dsb	sy
	isb
	msr	sctlr_el1, x24
	b	back
back_el2:
	msr	vbar_el2, x23
	dsb	sy
	isb
	msr	sctlr_el2, x24
back:
	isb
	mov	x18, x19
	ret	x20
