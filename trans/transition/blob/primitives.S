/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the mover needs and C cannot say: copies of known cost, and cache
 * maintenance by address. Each works with the MMU off too: aligned accesses
 * only and no DC ZVA, because memory is Device then (Arm ARM D8, "The effects
 * of disabling an address translation stage").
 */
	.macro	function name
	.section .text.\name, "ax"
	.global	\name
	.type	\name, %function
	.balign	4
\name:
	.endm

	/* 64 bytes from x1 + \from to x0 + \to: read before any is written. */
	.macro	copy_64 from, to
	ldp	x6, x7, [x1, #\from]
	ldp	x8, x9, [x1, #\from + 16]
	ldp	x10, x11, [x1, #\from + 32]
	ldp	x12, x13, [x1, #\from + 48]
	stp	x6, x7, [x0, #\to]
	stp	x8, x9, [x0, #\to + 16]
	stp	x10, x11, [x0, #\to + 32]
	stp	x12, x13, [x0, #\to + 48]
	.endm

/*
 * void blob_copy_up(dst, src, len), 256 bytes per turn in 34 instructions: 544
 * per 4 KiB, where 16 bytes per turn takes 1024. A write never passes the next
 * read, as dst < src.
 */
function blob_copy_up
	subs	x2, x2, #256
	b.lo	2f
1:	ldp	x4, x5, [x1], #256
	ldp	x6, x7, [x1, #-240]
	ldp	x8, x9, [x1, #-224]
	ldp	x10, x11, [x1, #-208]
	stp	x4, x5, [x0], #256
	stp	x6, x7, [x0, #-240]
	stp	x8, x9, [x0, #-224]
	stp	x10, x11, [x0, #-208]
	copy_64	-192, -192
	copy_64	-128, -128
	copy_64	-64, -64
	subs	x2, x2, #256
	b.hs	1b
2:	adds	x2, x2, #256
	b.eq	4f
3:	ldp	x4, x5, [x1], #16
	stp	x4, x5, [x0], #16
	subs	x2, x2, #16
	b.ne	3b
4:	ret

/* void blob_copy_down(dst, src, len): the same from the end, dst > src. */
function blob_copy_down
	add	x0, x0, x2
	add	x1, x1, x2
	subs	x2, x2, #256
	b.lo	2f
1:	ldp	x4, x5, [x1, #-256]!
	copy_64	192, -64
	copy_64	128, -128
	copy_64	64, -192
	ldp	x6, x7, [x1, #48]
	ldp	x8, x9, [x1, #32]
	ldp	x10, x11, [x1, #16]
	stp	x6, x7, [x0, #-208]
	stp	x8, x9, [x0, #-224]
	stp	x10, x11, [x0, #-240]
	stp	x4, x5, [x0, #-256]!
	subs	x2, x2, #256
	b.hs	1b
2:	adds	x2, x2, #256
	b.eq	4f
3:	ldp	x4, x5, [x1, #-16]!
	stp	x4, x5, [x0, #-16]!
	subs	x2, x2, #16
	b.ne	3b
4:	ret

/* void blob_zero(dst, len): 256 bytes per turn, too. */
function blob_zero
	subs	x1, x1, #256
	b.lo	2f
1:	stp	xzr, xzr, [x0], #256
	.irp	at, 240, 224, 208, 192, 176, 160, 144, 128, 112, 96, 80, 64, 48, 32, 16
	stp	xzr, xzr, [x0, #-\at]
	.endr
	subs	x1, x1, #256
	b.hs	1b
2:	adds	x1, x1, #256
	b.eq	4f
3:	stp	xzr, xzr, [x0], #16
	subs	x1, x1, #16
	b.ne	3b
4:	ret

/*
 * void blob_mops_copy(dst, src, len), void blob_mops_zero(dst, len): the three
 * parts of a copy that bears any overlap (CPYP, CPYM, CPYE) and of a set (SETP,
 * SETM, SETE, with XZR), by encoding, as the blob is assembled for Armv8.0 (Arm
 * ARM C6.2, of each of them). They are one after the other, on one CPU, with
 * everything masked: no exception that asks for the other way of doing it.
 */
function blob_mops_copy
	.inst	0x1d010440 /* cpyp [x0]!, [x1]!, x2! */
	.inst	0x1d410440 /* cpym */
	.inst	0x1d810440 /* cpye */
	ret

function blob_mops_zero
	.inst	0x19df0420 /* setp [x0]!, x1!, xzr */
	.inst	0x19df4420 /* setm */
	.inst	0x19df8420 /* sete */
	ret

	.macro	clean_line
	dc	civac, x0
	add	x0, x0, x2
	.endm

/*
 * void blob_clean(start, len): CIVAC and never IVAC. The lines are dirty with
 * what was just moved, and an invalidate without clean may throw that away
 * (Arm ARM D7, "A64 Cache maintenance instructions"); a clean without
 * invalidate would leave lines that go stale when the next world writes with
 * its caches off. By address, because set/way says nothing to system caches.
 * Line: CTR_EL0.DminLine, log2 of words. The DMB: cache maintenance by address
 * is ordered behind stores to Normal memory, not behind those to Device memory,
 * which all of it is with the MMU off (Arm ARM D7.5, "Ordering and completion
 * of data and instruction cache instructions").
 */
function blob_clean
	cbz	x1, 4f
	dmb	sy
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4
	mov	x3, #4
	lsl	x2, x3, x2
	/* By what is left, not by the end: that may be 2^64. */
	sub	x3, x2, #1
	and	x3, x0, x3
	sub	x0, x0, x3
	add	x1, x1, x3
	/* 16 lines per turn, as long as there are so many. */
	lsl	x3, x2, #4
	subs	x1, x1, x3
	b.lo	2f
1:	.rept	16
	clean_line
	.endr
	subs	x1, x1, x3
	b.hs	1b
2:	adds	x1, x1, x3
	b.eq	4f
3:	clean_line
	subs	x1, x1, x2
	b.hi	3b
4:	dsb	sy
	ret

/* void blob_sync_code(void) */
function blob_sync_code
	dsb	sy
	ic	iallu
	dsb	sy
	isb
	ret

/* uint64_t blob_ticks(void): the ISB keeps the read in its place. */
function blob_ticks
	isb
	mrs	x0, cntvct_el0
	ret

/* uint32_t blob_in(address, width), void blob_out(address, width, value) */
function blob_in
	tbnz	w1, #0, 1f
	tbnz	w1, #1, 2f
	ldr	w0, [x0]
	ret
1:	ldrb	w0, [x0]
	ret
2:	ldrh	w0, [x0]
	ret

function blob_out
	tbnz	w1, #0, 1f
	tbnz	w1, #1, 2f
	str	w2, [x0]
	ret
1:	strb	w2, [x0]
	ret
2:	strh	w2, [x0]
	ret

/* void *memcpy(dst, src, len), void *memset(dst, byte, len): compilers call
 * them for what looks like them. Nothing here does so with more than a few
 * words. */
function memcpy
	mov	x3, x0
	cbz	x2, 2f
1:	ldrb	w4, [x1], #1
	strb	w4, [x3], #1
	subs	x2, x2, #1
	b.ne	1b
2:	ret

function memset
	mov	x3, x0
	cbz	x2, 2f
1:	strb	w1, [x3], #1
	subs	x2, x2, #1
	b.ne	1b
2:	ret
