/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A measured point in somebody else's kernel: kexec.py puts this behind a
 * kernel's Image and makes the Image's first branch lead here. So the same
 * kernel says when it was entered, whoever entered it, and then boots.
 *
 * Says "bench: LEFT ENTERED" in hexadecimal: TPIDR_EL0, where whoever left the
 * old world put CNTVCT, and CNTVCT now. Runs anywhere, with the MMU off, and
 * leaves x0 to x3 alone.
 */
#define UART 0x09000000
#define FR_TXFF 5

	.section .text.start, "ax"
	.globl	_start
_start:
	mrs	x11, cntvct_el0
	mrs	x10, tpidr_el0
	mov	x12, #UART
	adr	x13, text
1:	ldrb	w14, [x13], #1
	cbz	w14, 2f
	bl	put
	b	1b
2:	mov	x13, x10
	bl	number
	mov	w14, #' '
	bl	put
	mov	x13, x11
	bl	number
	mov	w14, #'\n'
	bl	put
	b	kernel

	/* x13: sixteen digits. Uses x14, x15, x17, x30. */
number:
	mov	x17, x30
	mov	x15, #64
1:	sub	x15, x15, #4
	lsr	x14, x13, x15
	and	x14, x14, #15
	cmp	x14, #10
	add	x14, x14, #'0'
	b.lo	2f
	add	x14, x14, #'a' - '0' - 10
2:	bl	put
	cbnz	x15, 1b
	br	x17

	/* w14. Uses w16. */
put:
	ldr	w16, [x12, #0x18]
	tbnz	w16, #FR_TXFF, put
	str	w14, [x12]
	ret

text:
	.asciz	"\nbench: "
	.balign	4
	/* The last word: kexec.py makes it a branch to the kernel. */
kernel:
	udf	#0
