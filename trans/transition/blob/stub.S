/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The way to EL2 for a host that runs at EL1 over a resident stub. The stub's
 * own code lies in memory that the moves may overwrite, so vectors in the
 * blob's safe pages, blob_stub, take its place before the first move. EL2 runs
 * with the MMU off: everything here is physical, and clean to the PoC.
 *
 * Linux's hvc convention, as far as the blob needs it. x9 and x10 are lost.
 */
#include "lib/machine/hcr.h"
#include "trans/transition/blob/blob.h"

#define EC_SHIFT 26
#define EC_HVC64 0x16

	/* Synchronous, from AArch64 below: an HVC, or a trap that nobody can
	 * handle any more. Nothing else is expected. */
	.section .text.blob_call, "ax"
	.global	blob_call
blob_call:
	mrs	x9, esr_el2
	lsr	x9, x9, #EC_SHIFT
	cmp	x9, #EC_HVC64
	b.ne	.
	cmp	x0, #BLOB_HVC_SOFT_RESTART
	b.eq	soft_restart
	cbz	x0, 1f /* BLOB_HVC_SET_VECTORS */
	cmp	x0, #BLOB_HVC_RESET_VECTORS
	b.ne	2f
	adr	x1, blob_stub
1:	msr	vbar_el2, x1
	mov	x0, xzr
	eret
2:	mov	w0, #(BLOB_HVC_UNKNOWN & 0xffff)
	movk	w0, #(BLOB_HVC_UNKNOWN >> 16), lsl #16
	eret

	/*
	 * As the blob leaves at EL2: HCR and SCTLR as a whole, E2H as it is,
	 * because it decides which layout SCTLR_EL2 has, and TGE with it; told
	 * to be 1, it is, whatever it reads (entry.S). x18: the params. The
	 * MMU of EL2 was off all the time, but not before the host's stub took
	 * over: forget its translations as well as its instructions.
	 */
	.section .text.stub_restart, "ax"
soft_restart:
	mrs	x9, hcr_el2
	ldr	x10, [x18, #BLOB_FLAGS]
	tbz	x10, #BLOB_HAS_E2H_BIT, 1f
	orr	x9, x9, #TRANS_HCR_E2H
1:	and	x9, x9, #TRANS_HCR_E2H
	mov	w10, #(TRANS_SCTLR_OFF_EL2 & 0xffff)
	movk	w10, #(TRANS_SCTLR_OFF_EL2 >> 16), lsl #16
	cbz	x9, 1f
	mov	w10, #(TRANS_SCTLR_OFF_EL1 & 0xffff)
	movk	w10, #(TRANS_SCTLR_OFF_EL1 >> 16), lsl #16
	orr	x9, x9, #TRANS_HCR_TGE
1:	orr	x9, x9, #TRANS_HCR_RW
	msr	hcr_el2, x9
	msr	sctlr_el2, x10
	isb
	tlbi	alle2
	ic	iallu
	dsb	nsh
	isb
	mov	x18, xzr
	mov	x9, x1
	mov	x0, x2
	mov	x1, x3
	mov	x2, x4
	mov	x3, x5
	br	x9

	/* uint64_t blob_own_el2(void) */
	.section .text.blob_own_el2, "ax"
	.global	blob_own_el2
	.type	blob_own_el2, %function
blob_own_el2:
	adrp	x1, blob_stub
	add	x1, x1, :lo12:blob_stub
	mov	x0, #BLOB_HVC_SET_VECTORS
	hvc	#0
	ret
