/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The CPU's context in a snapshot: what context.S saves and brings
 * back, and what C tells it beforehand about the CPU.
 *
 * The layout behind the first four words is the assembler's own: it saves and
 * restores by one list.
 */
#ifndef TRANS_HIBERNATE_SNAPSHOT_CONTEXT_H
#define TRANS_HIBERNATE_SNAPSHOT_CONTEXT_H

#define CONTEXT_LEN 0x400

/* Words at the start. */
#define CONTEXT_FLAGS 0x00
#define CONTEXT_SELF 0x08   /* where the saved world sees the context */
#define CONTEXT_GO_ON 0x10  /* and the code that goes on with its MMU on */
#define CONTEXT_SCTLR 0x18
#define CONTEXT_REST 0x20

/* Flags, as bit numbers. */
#define CONTEXT_EL2_BIT 0     /* at EL2 */
#define CONTEXT_NAMES_BIT 1   /* no E2H: EL2's registers by their names */
#define CONTEXT_TCR2_BIT 2    /* FEAT_TCR2 */
#define CONTEXT_PIE_BIT 3     /* FEAT_S1PIE */
#define CONTEXT_POE_BIT 4     /* FEAT_S1POE */
#define CONTEXT_SCTLR2_BIT 5  /* FEAT_SCTLR2 */
#define CONTEXT_PAN_BIT 6     /* FEAT_PAN */
#define CONTEXT_UAO_BIT 7     /* FEAT_UAO */
#define CONTEXT_DIT_BIT 8     /* FEAT_DIT */
#define CONTEXT_SSBS_BIT 9    /* FEAT_SSBS2 */
#define CONTEXT_TCO_BIT 10    /* FEAT_MTE */
#define CONTEXT_ALLINT_BIT 11 /* FEAT_NMI */
#define CONTEXT_KEYS_BIT 12   /* pointers are signed; the assembler's to find */

#ifndef __ASSEMBLER__
#include <trans_table/cpu.h>

/* The way back: position-independent code for a page of its own, entered at its
 * physical address with the MMU off, x0: PA of the context. */
extern const char trans_snapshot_way_back_[]
	__attribute__((visibility("hidden")));
extern const char trans_snapshot_way_back_end_[]
	__attribute__((visibility("hidden")));

/* Flags for a CPU. */
uint64_t trans_snapshot_flags_(const struct trans_cpu *cpu);

/*
 * Save this CPU in @context (its flags are set), then call @then and return
 * what it returns. It returns a second time, with 1, in a machine that was
 * restored to the memory of that moment and entered the way back.
 */
int trans_snapshot_context_(void *context, int (*then)(void *arg), void *arg);
#endif

#endif
