/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Entered as an arm64 Image is: MMU off, x0 = device tree. It stays off, so
 * whatever is stored here goes past the caches: what another world left dirty
 * in its .bss and stack is to go first (docs/porting.md).
 */
	.section .head, "ax"
	.globl	_start
_start:
	b	start
	.long	0
	.quad	0			/* text_offset */
	.quad	image_size
	.quad	0xa			/* little-endian, 4K, anywhere */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

start:
	msr	daifset, #0xf
	adrp	x1, written
	add	x1, x1, :lo12:written
	adrp	x2, written_end
	dmb	sy
1:	dc	civac, x1
	add	x1, x1, #16		/* no line is shorter */
	cmp	x1, x2
	b.lo	1b
	dsb	sy
	adrp	x1, bss
	add	x1, x1, :lo12:bss
2:	str	xzr, [x1], #8
	cmp	x1, x2
	b.lo	2b
	mov	sp, x2
	b	host_main
