/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the control blob and the side that prepares it agree on. C and assembler
 * read the same offsets; the assertions below keep them honest.
 *
 * The blob's memory: code granules (this flat image, read-only), one data
 * granule (blob_params at its start; the stack ends 4 KiB behind them, so that
 * the layout is the same with every granule), and the pages of the move list.
 */
#ifndef TRANS_BLOB_H
#define TRANS_BLOB_H

#include "lib/sctlr.h"

/* Bytes from the start of the code granules: two times 16 vectors of 128 bytes
 * come first, the blob's own and those of the EL2 stub, because VBAR wants
 * 2 KiB alignment. They are almost empty, so they are no part of the image,
 * which begins with the entry: each is one branch, to where all of the blob's
 * lead, or where an HVC from AArch64 below leads; the stub's others stay where
 * they are (trans/transition/control.c). */
#define BLOB_STUB 0x800
#define BLOB_ENTRY 0x1000
#define BLOB_FAULT 0x1004
#define BLOB_CALL 0x1008
#define BLOB_SAYS 0x100c
#define BLOB_VERIFIES 1u
#define BLOB_VECTOR 128
#define BLOB_LOWER_SYNC 8 /* which vector: Arm ARM D1.3.1 */
#define BLOB_MAX 0x4000
#define BLOB_STACK_TOP 0x1000

#define BLOB_TCR 0x00
#define BLOB_TTBR0 0x10
#define BLOB_HCR 0x20
#define BLOB_SCTLR 0x28
#define BLOB_FLAGS 0x30
#define BLOB_UART 0x68
#define BLOB_UART_WIDTH 32 /* as a bit of the word behind its address */
#define BLOB_CONDUIT 0x88
#define BLOB_TARGET 0x90
#define BLOB_X 0x98
#define BLOB_WORLD 0xb8
#define BLOB_WORLD_VALUE 0x00
#define BLOB_WORLD_OP 0x1a0
#define BLOB_WORLD_MAX 52

/* blob_params.flags, as bit numbers for the assembler. */
#define BLOB_HAS_TCR2_BIT 0 /* TCR2_ELx is there, granted, and to be cleared */
#define BLOB_HAS_SHA2_BIT 1 /* SHA-256 instructions, and registers for them */
#define BLOB_PARK_BIT 2     /* a failure parks instead of resetting */
#define BLOB_STUB_BIT 3     /* there is a stub at EL2: leave through it */
#define BLOB_HAS_E2H_BIT 4  /* EL2 has E2H set, whatever HCR_EL2 reads */
#define BLOB_COMES_BACK_BIT 5 /* not quiet: the host itself resets */
#define BLOB_HAS_MOPS_BIT 6 /* FEAT_MOPS, and it may be used */

/*
 * What may be written on the way into a world with its MMU on, as X(name,
 * assembler name). One list, so that a number means the same register to both
 * sides. Those newer than Armv8.0 by encoding.
 */
#define BLOB_REGS(X) \
	X(HCR_EL2, hcr_el2) \
	X(CPTR_EL2, cptr_el2) \
	X(ZCR_EL2, S3_4_C1_C2_0) \
	X(SMCR_EL2, S3_4_C1_C2_6) \
	X(HCRX_EL2, S3_4_C1_C2_2) \
	X(HFGRTR_EL2, S3_4_C1_C1_4) \
	X(HFGWTR_EL2, S3_4_C1_C1_5) \
	X(HFGITR_EL2, S3_4_C1_C1_6) \
	X(HDFGRTR_EL2, S3_4_C3_C1_4) \
	X(HDFGWTR_EL2, S3_4_C3_C1_5) \
	X(HAFGRTR_EL2, S3_4_C3_C1_6) \
	X(HFGRTR2_EL2, S3_4_C3_C1_2) \
	X(HFGWTR2_EL2, S3_4_C3_C1_3) \
	X(HFGITR2_EL2, S3_4_C3_C1_7) \
	X(HDFGRTR2_EL2, S3_4_C3_C1_0) \
	X(HDFGWTR2_EL2, S3_4_C3_C1_1) \
	X(GCSCR_EL1, S3_0_C2_C5_0) \
	X(GCSCRE0_EL1, S3_0_C2_C5_2) \
	X(SCTLR2_EL1, S3_0_C1_C0_3) \
	X(CNTHCTL_EL2, cnthctl_el2) \
	X(CNTVOFF_EL2, cntvoff_el2) \
	X(VPIDR_EL2, vpidr_el2) \
	X(VMPIDR_EL2, vmpidr_el2) \
	X(VTTBR_EL2, vttbr_el2) \
	X(HSTR_EL2, hstr_el2) \
	X(MDCR_EL2, mdcr_el2) \
	X(PMSCR_EL2, S3_4_C9_C9_0) \
	X(LORC_EL1, S3_0_C10_C4_3) \
	X(ICC_SRE_EL2, S3_4_C12_C9_5) \
	X(ICH_HCR_EL2, S3_4_C12_C11_0) \
	X(SCTLR_EL2, sctlr_el2) \
	X(VBAR_EL2, vbar_el2) \
	X(SCTLR_EL1, sctlr_el1) \
	X(VBAR_EL1, vbar_el1) \
	X(CPACR_EL1, cpacr_el1) \
	X(TCR2_EL1, S3_0_C2_C0_3) \
	X(PIR_EL1, S3_0_C10_C2_3) \
	X(PIRE0_EL1, S3_0_C10_C2_2) \
	X(MAIR_EL1, mair_el1) \
	X(TCR_EL1, tcr_el1) \
	X(TTBR0_EL1, ttbr0_el1) \
	X(TTBR1_EL1, ttbr1_el1)

/*
 * In x0 beside the address of the params, which begin a granule: what must be
 * known before memory may be read.
 */
#define BLOB_OFF_BIT 0 /* one of the other CPUs, to be switched off */
#define BLOB_NOT_QUIET_BIT 1 /* the host could not leave: say so, and reset */
#define BLOB_E2H_BIT 2 /* at EL2 with E2H: EL1's names are EL2's */
#define BLOB_X0_BITS 7

#define BLOB_PSCI_CPU_OFF 0x84000002 /* Arm DEN 0022 */
#define BLOB_PSCI_SYSTEM_RESET 0x84000009 /* Arm DEN 0022 */

/* What a stub at EL2 is asked for, in x0 (Linux, arch/arm64 virt.h). */
#define BLOB_HVC_SET_VECTORS 0   /* x1: VBAR_EL2 */
#define BLOB_HVC_SOFT_RESTART 1  /* x1: entry, at EL2; x2, x3, x4: x0, x1, x2 */
#define BLOB_HVC_RESET_VECTORS 2 /* the stub's own vectors again */
#define BLOB_HVC_UNKNOWN 0xbadca11

#ifndef __ASSEMBLER__
#include <trans_table/moves.h>
#include <trans_table/transition.h>

#define BLOB_REG_ENUM(name, text) BLOB_SET_##name,
/*
 * Steps: first three that are no registers. END switches the MMU on with the
 * value as SCTLR and goes; ISB ignores it; ERET goes on at EL1, with the value
 * as SPSR.
 */
enum blob_step {
	BLOB_STEP_END,
	BLOB_STEP_ISB,
	BLOB_STEP_ERET,
	BLOB_REGS(BLOB_REG_ENUM)
};

/* What is done in order, ending with END. */
struct blob_world {
	uint64_t value[BLOB_WORLD_MAX];
	uint8_t op[BLOB_WORLD_MAX];
};
_Static_assert(offsetof(struct blob_world, value) == BLOB_WORLD_VALUE,
	       "value");
_Static_assert(offsetof(struct blob_world, op) == BLOB_WORLD_OP, "op");

/*
 * @tcr..@sctlr: translation state, written as it is. An @sctlr without M means
 *             a transition without tables: the same code with the MMU off
 * @list:      PA of the first list page, BLOB_LIST_END for none. After
 *             @move_count moves comes the rest of the next world's memory: what
 *             is zeroed behind them (@src TRANS_ZERO; at any address, of any
 *             length), and what is in place (@src == @dst) and only cleaned
 * @offset:    VA = PA + offset for what is moved; everything else is identity
 * @far, @far_len, @far_offset: but what begins there is at VA = PA - far_offset
 * @report:    PA of a struct trans_blob_report, the caller's or @own
 * @target, @x: where to go, and what in x0..x3
 * @world:     PA of @steps where the next world is entered with the MMU on
 *             (@target is then a VA), else 0
 * @not_zero:  a byte was found that should be 0 (own.far)
 * @own:       the report as it grows; published at @report stage by stage
 */
struct blob_params {
	uint64_t tcr, mair, ttbr0, ttbr1, hcr, sctlr;
	uint64_t flags;
	uint64_t list;
	uint64_t offset;
	uint64_t far, far_len, far_offset;
	uint64_t report;
	struct trans_uart uart;
	uint64_t conduit;
	uint64_t target;
	uint64_t x[4];
	uint64_t world;
	uint64_t move_count;
	uint64_t not_zero;
	struct trans_blob_report own;
	uint64_t digest_count;
	struct trans_digest digest[TRANS_DIGESTS_MAX];
	struct blob_world steps;
};

#define BLOB_SAME(field, offset) \
	_Static_assert(offsetof(struct blob_params, field) == (offset), #field)
BLOB_SAME(tcr, BLOB_TCR);
BLOB_SAME(mair, BLOB_TCR + 8);
BLOB_SAME(ttbr0, BLOB_TTBR0);
BLOB_SAME(ttbr1, BLOB_TTBR0 + 8);
BLOB_SAME(hcr, BLOB_HCR);
BLOB_SAME(sctlr, BLOB_SCTLR);
BLOB_SAME(flags, BLOB_FLAGS);
BLOB_SAME(uart, BLOB_UART);
BLOB_SAME(uart.data, BLOB_UART + 8);
BLOB_SAME(uart.width, BLOB_UART + 8 + BLOB_UART_WIDTH / 8);
BLOB_SAME(conduit, BLOB_CONDUIT);
BLOB_SAME(target, BLOB_TARGET);
BLOB_SAME(x, BLOB_X);
BLOB_SAME(world, BLOB_WORLD);
_Static_assert(sizeof(struct blob_params) < BLOB_STACK_TOP / 2,
	       "half of the data page is stack");

static inline uint64_t blob_va(const struct blob_params *params, uint64_t pa)
{
	if (pa - params->far < params->far_len)
		return pa - params->far_offset;
	return pa + params->offset;
}

/* One granule of the move list. */
#define BLOB_LIST_END UINT64_MAX
struct blob_list {
	uint64_t next; /* PA of the next one, or BLOB_LIST_END */
	uint64_t count;
	struct trans_move move[];
};

/* Over every word of a report but the last. Rotation, so that words that are
 * swapped or equal do not cancel out. */
static inline uint64_t blob_seal(const struct trans_blob_report *report)
{
	const uint64_t *word = (const uint64_t *)(const void *)report;
	size_t count = offsetof(struct trans_blob_report, seal) / 8;
	uint64_t seal = TRANS_REPORT_MAGIC;

	for (size_t i = 0; i < count; i++)
		seal = (seal << 7 | seal >> 57) ^ word[i];
	return seal;
}

/* mover.c, called from entry.S. Nonzero: it has failed, and has said so; there
 * is nothing to jump to. */
int blob_run(struct blob_params *params);

/* report.c: begin it with a stage; reach one: its letter, and the report. */
void blob_begin(struct blob_params *params, enum trans_stage now);
void blob_stage(struct blob_params *params, enum trans_stage now);
/* An exception. */
void blob_fault(struct blob_params *params, uint64_t esr, uint64_t elr,
		uint64_t far);
/* The EL2 stub did not do as it was told. */
void blob_no_stub(struct blob_params *params);
/* Instead of all of it: why the host could not leave. */
void blob_not_quiet(struct blob_params *params);

/* list.c: call with the entries [@from, @to) of it, as far as there are any. */
typedef void (*blob_entry_fn)(struct blob_params *params,
			      const struct trans_move *entry);
void blob_each(struct blob_params *params, uint64_t from, uint64_t to,
	       blob_entry_fn fn);

/* verify.c: the digests and the zeroes, after the moves. */
int blob_verify(struct blob_params *params);
/* At BLOB_SAYS, for who fills in the blob's pages: how it was compiled. */
extern const uint32_t blob_says;

/* Signs of life; nothing happens without a UART. drain waits until the last
 * character is on the wire, because a reset would swallow it. */
void blob_drain(const struct blob_params *params);
void blob_say(const struct blob_params *params, const char *text);
void blob_say_hex(const struct blob_params *params, const char *name,
		  uint64_t value);

/*
 * What C cannot say; in primitives.S, and in trans/transition/fake for tests.
 * Addresses and lengths of copies are multiples of 16. _up reads each byte
 * before it is overwritten when dst < src, _down when dst > src.
 * The two by FEAT_MOPS do the same in any direction, with the MMU on only.
 */
void blob_mops_copy(uint64_t dst, uint64_t src, uint64_t len);
void blob_mops_zero(uint64_t dst, uint64_t len);
void blob_copy_up(uint64_t dst, uint64_t src, uint64_t len);
void blob_copy_down(uint64_t dst, uint64_t src, uint64_t len);
void blob_zero(uint64_t dst, uint64_t len);
/* Clean and invalidate to the Point of Coherency, completed by a DSB. */
void blob_clean(uint64_t start, uint64_t len);
/* Make what was written visible to instruction fetch. */
void blob_sync_code(void);
uint64_t blob_ticks(void);
/* Ticks since @start; 0 by a counter that has stepped back. */
static inline uint64_t blob_since(uint64_t start)
{
	int64_t ticks = (int64_t)(blob_ticks() - start);

	return ticks > 0 ? (uint64_t)ticks : 0;
}
/* HVC_SET_VECTORS with the blob's stub; what the resident stub answers. */
uint64_t blob_own_el2(void);
/* FP and SIMD registers for us; what the trap control was before, for back.
 * @flags: those of the params, for E2H. */
uint64_t blob_simd_open(uint64_t flags);
void blob_simd_close(uint64_t flags, uint64_t before);
/* A trans_sha256_fn in Armv8 instructions, between the two above. Hidden, or
 * its address would come from a table of absolute ones. */
void blob_sha256(uint32_t state[8], const uint8_t *data, size_t count)
	__attribute__((visibility("hidden")));
/* A device's register, in one access of 1, 2 or 4 bytes. */
uint32_t blob_in(uint64_t address, unsigned int width);
void blob_out(uint64_t address, unsigned int width, uint32_t value);
#endif
#endif
