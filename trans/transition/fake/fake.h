/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The blob on a test's host: its C runs unchanged over memory of the process
 * (a physical address is a pointer), and what it asks of the hardware is
 * written down here.
 */
#ifndef TRANS_FAKE_H
#define TRANS_FAKE_H

#include "trans/transition/blob/blob.h"

struct fake_clean {
	uint64_t start, len;
	uint64_t moved; /* copies and fills done before */
};

struct fake_blob {
	struct fake_clean clean[256];
	size_t cleans;
	uint64_t moved;
	uint64_t by_mops; /* of them, by its instructions */
	/* The address of a byte that reads as 0x40 once it was cleaned; 0: none
	 */
	uint64_t stuck;
	bool steps_back; /* the counter does */
	unsigned int synced;
	/* The UART: what was said, and what its status register reads; where
	 * both were, and how wide the last access was. */
	char said[512];
	size_t said_count;
	uint32_t status;
	uint64_t data_at, status_at;
	unsigned int width;
	/* What the resident EL2 stub answers, and how often it was asked. */
	uint64_t stub_answer;
	unsigned int stub_asked;
	/* FP and SIMD: open now, and how many blocks went through them. */
	bool simd;
	uint64_t simd_blocks;
};

extern struct fake_blob fake_blob;

#endif
