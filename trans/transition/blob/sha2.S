/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * SHA-256 with the instructions that Armv8 has for it (ID_AA64ISAR0_EL1.SHA2).
 * The blob owns the CPU, so it may use FP and SIMD registers; nobody's contents
 * are in them. It must only see to it that their use is not trapped.
 */
#include "trans/transition/blob/blob.h"

	.arch	armv8-a+simd+crypto

#define EL2_BIT 3  /* CurrentEL */
#define FPEN (3 << 20) /* CPACR_EL1, and CPTR_EL2 with E2H: no trap */
#define TFP (1 << 10)  /* CPTR_EL2 without E2H: trap */

	.macro	function name
	.section .text.\name, "ax"
	.global	\name
	.type	\name, %function
	.balign	4
\name:
	.endm

/*
 * uint64_t blob_simd_open(flags), void blob_simd_close(flags, before). At EL2
 * with E2H the name CPACR_EL1 means CPTR_EL2, which has CPACR's layout then
 * (Arm ARM D19, CPTR_EL2).
 */
function blob_simd_open
	mrs	x1, CurrentEL
	tbz	x1, #EL2_BIT, 1f
	tbnz	x0, #BLOB_HAS_E2H_BIT, 1f
	mrs	x0, cptr_el2
	and	x1, x0, #~TFP
	msr	cptr_el2, x1
	isb
	ret
1:	mrs	x0, cpacr_el1
	orr	x1, x0, #FPEN
	msr	cpacr_el1, x1
	isb
	ret

function blob_simd_close
	mrs	x2, CurrentEL
	tbz	x2, #EL2_BIT, 1f
	tbnz	x0, #BLOB_HAS_E2H_BIT, 1f
	msr	cptr_el2, x1
	isb
	ret
1:	msr	cpacr_el1, x1
	isb
	ret

	/*
	 * Four rounds with the four words of the schedule in \w0; \more makes
	 * the four words that are due 16 rounds later in their place. v24 and
	 * v25 are a..d and e..h.
	 */
	.macro	rounds w0, w1, w2, w3, more
	ld1	{v22.4s}, [x4], #16
	add	v22.4s, v22.4s, \w0\().4s
	mov	v23.16b, v24.16b
	.if	\more
	sha256su0 \w0\().4s, \w1\().4s
	.endif
	sha256h	q24, q25, v22.4s
	sha256h2 q25, q23, v22.4s
	.if	\more
	sha256su1 \w0\().4s, \w2\().4s, \w3\().4s
	.endif
	.endm

	.macro	sixteen more
	rounds	v16, v17, v18, v19, \more
	rounds	v17, v18, v19, v16, \more
	rounds	v18, v19, v16, v17, \more
	rounds	v19, v16, v17, v18, \more
	.endm

/* void blob_sha256(state, data, count). Bytes are loaded as bytes, so that no
 * alignment is asked for, with the MMU off neither. */
function blob_sha256
	ld1	{v20.4s, v21.4s}, [x0]
	adrp	x3, trans_sha256_k
	add	x3, x3, :lo12:trans_sha256_k
	cbz	x2, 2f
1:	ld1	{v16.16b, v17.16b, v18.16b, v19.16b}, [x1], #64
	rev32	v16.16b, v16.16b
	rev32	v17.16b, v17.16b
	rev32	v18.16b, v18.16b
	rev32	v19.16b, v19.16b
	mov	v24.16b, v20.16b
	mov	v25.16b, v21.16b
	mov	x4, x3
	sixteen	1
	sixteen	1
	sixteen	1
	sixteen	0
	add	v20.4s, v20.4s, v24.4s
	add	v21.4s, v21.4s, v25.4s
	subs	x2, x2, #1
	b.ne	1b
2:	st1	{v20.4s, v21.4s}, [x0]
	ret
