/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The control blob as bytes, to be copied to safe pages. It is linked on its
 * own (trans/transition/blob/blob.ld), so nothing in it can refer to the
 * library.
 */
#include "lib/asm.h"

	TRANS_ASM_RODATA(trans_blob)
	.balign	16
	.global	trans_blob_start_, trans_blob_len_
	TRANS_ASM_HIDDEN(trans_blob_start_)
	TRANS_ASM_HIDDEN(trans_blob_len_)
trans_blob_start_:
	.incbin	"blob.bin"
1:	.balign	4
trans_blob_len_:
	.word	1b - trans_blob_start_
