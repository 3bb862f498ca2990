/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A reference walker: what an Arm CPU makes of one address, written from the
 * pseudocode of the Arm ARM (AArch64.S1Translate, S1Walk, and the functions
 * they call) and from nothing else. It shares no code, header or constant with
 * the library, so that both can only agree by being right; it is slow, and
 * names things as the pseudocode does.
 *
 * Left out, because no table can show it: TBI and PAuth, WXN, PAN, E0PD, D128,
 * permission overlays, guarded control stacks, stage 2, the CONSTRAINED
 * UNPREDICTABLE effects of a wrong contiguous bit.
 */
#ifndef TESTS_WALKER_H
#define TESTS_WALKER_H

#include <stdbool.h>
#include <stdint.h>

/* The effective values of the registers and of the ID registers' limits. */
struct walk_params {
	unsigned int granulebits; /* 12, 14, 16 */
	unsigned int iasize;      /* 64 - TxSZ */
	unsigned int oasize;      /* min of TCR.(I)PS and PARange, in bits */
	unsigned int regime;      /* 1: EL1&0, 2: EL2, 3: EL2&0 */
	bool upper;               /* TTBR1 */
	bool ds, hpd, ha, hd;
	uint64_t ttbr, mair;
	bool pie;                 /* permission indirection, by: */
	uint64_t pir, pire0;
	/* Read the descriptor at @pa; false is an external abort. */
	bool (*read)(void *ctx, uint64_t pa, uint64_t *desc);
	void *ctx;
};

enum walk_fault {
	WALK_NONE,
	WALK_TRANSLATION,
	WALK_ADDRESS_SIZE,
	WALK_ACCESS_FLAG,
	WALK_ABORT,
};

struct walk {
	enum walk_fault fault;
	const char *reason; /* of the fault */
	bool outside;  /* a translation fault: VA outside the half */
	bool reserved; /* a translation fault: valid bit set, type reserved */
	int level;     /* of the leaf, or of the fault */
	uint64_t desc; /* the last descriptor read */
	uint64_t tables; /* the table descriptors on the way, ORed */
	uint64_t pa;   /* of the address itself */
	uint8_t attr;  /* MAIR byte */
	bool pr, pw, px; /* privileged read, write, execute */
	bool ur, uw, ux; /* unprivileged */
	bool odd_pir;    /* a reserved PIR encoding (no access), or a GCS */
};

struct walk walker(const struct walk_params *params, uint64_t va);

/* The bytes that one entry of @level covers, log2; the level of the root; may
 * an entry of @level be a leaf? */
unsigned int walker_span(const struct walk_params *params, int level);
int walker_start(const struct walk_params *params);
bool walker_leaf(const struct walk_params *params, int level);

#endif
