/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The control blob as bytes, to be copied to safe pages. It is linked on its
 * own (trans/blob/blob.ld), so nothing in it can refer to the library.
 */
	.section .rodata.trans_blob, "a"
	.balign	16
	.global	trans_blob_start, trans_blob_end
	.hidden	trans_blob_start, trans_blob_end
trans_blob_start:
	.incbin	"blob.bin"
trans_blob_end:
