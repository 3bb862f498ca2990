/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A control blob for a test's host: bytes to copy, never run. A page and a bit,
 * so that a second code granule is needed where granules are 4K.
 */
#include "trans/transition/blob/blob.h"

/* In assembler, because C cannot name the end of an array. */
__asm__(".section .rodata\n\t"
	".balign 16\n\t"
	".globl trans_blob_start_, trans_blob_end_\n"
	"trans_blob_start_:\n\t"
	".fill 4112, 1, 0xb1\n"
	"trans_blob_end_:\n\t"
	".byte 0\n\t"
	".previous");
