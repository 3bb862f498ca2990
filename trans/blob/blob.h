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

/* Bytes from the start of the image: 16 vectors of 128 bytes come first,
 * because VBAR wants 2 KiB alignment and the image begins a granule. */
#define BLOB_ENTRY 0x800
#define BLOB_MAX 0x4000
#define BLOB_STACK_TOP 0x1000

#define BLOB_TCR 0x00
#define BLOB_TTBR0 0x10
#define BLOB_HCR 0x20
#define BLOB_SCTLR 0x28
#define BLOB_FLAGS 0x30
#define BLOB_CONDUIT 0x60
#define BLOB_TARGET 0x68
#define BLOB_X 0x70

/* blob_params.flags, as bit numbers for the assembler. */
#define BLOB_HAS_TCR2_BIT 0 /* TCR2_ELx exists and must be cleared */

/*
 * SCTLR with MMU and caches off, whole: only what is RES1 in Armv8.0, so that
 * nothing that the host switched on (WXN, tag checks, pointer authentication,
 * big-endian data) is still on (Arm ARM D19, SCTLR_EL1 and SCTLR_EL2). EL2 has
 * the layout of EL1 while HCR_EL2.E2H is 1.
 */
#define BLOB_SCTLR_OFF_EL1 0x30d00800
#define BLOB_SCTLR_OFF_EL2 0x30c50830
#define BLOB_SCTLR_M 0x0001
#define BLOB_SCTLR_C 0x0004
#define BLOB_SCTLR_I 0x1000

#define BLOB_PSCI_SYSTEM_RESET 0x84000009 /* Arm DEN 0022 */

#ifndef __ASSEMBLER__
#include <trans_table/moves.h>
#include <trans_table/transition.h>

/*
 * @tcr..@sctlr: translation state, written as it is. An @sctlr without M means
 *             a transition without tables: the same code with the MMU off
 * @list:      PA of the first list page, BLOB_LIST_END for none
 * @offset:    VA = PA + offset for what is moved; everything else is identity
 * @report:    PA of a struct trans_blob_report, the caller's or @own
 * @target, @x: where to go, and what in x0..x3
 */
struct blob_params {
	uint64_t tcr, mair, ttbr0, ttbr1, hcr, sctlr;
	uint64_t flags;
	uint64_t list;
	uint64_t offset;
	uint64_t report;
	uint64_t uart, uart_kind;
	uint64_t conduit;
	uint64_t target;
	uint64_t x[4];
	uint64_t move_count;
	struct trans_blob_report own;
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
BLOB_SAME(conduit, BLOB_CONDUIT);
BLOB_SAME(target, BLOB_TARGET);
BLOB_SAME(x, BLOB_X);
_Static_assert(sizeof(struct blob_params) < BLOB_STACK_TOP / 2,
	       "half of the data page is stack");

/* One granule of the move list. */
#define BLOB_LIST_END UINT64_MAX
struct blob_list {
	uint64_t next; /* PA of the next one, or BLOB_LIST_END */
	uint64_t count;
	struct trans_move move[];
};

/* The blob's C, called from entry.S. */
void blob_run(struct blob_params *params);
void blob_fault(struct blob_params *params, uint64_t esr, uint64_t elr,
		uint64_t far);

/* Signs of life; nothing happens without a UART. */
void blob_say(const struct blob_params *params, const char *text);
void blob_say_hex(const struct blob_params *params, const char *name,
		  uint64_t value);

/*
 * What C cannot say; in primitives.S, and in trans/fake for tests. Addresses
 * and lengths of copies are multiples of 16. _up reads each byte before it is
 * overwritten when dst < src, _down when dst > src.
 */
void blob_copy_up(uint64_t dst, uint64_t src, uint64_t len);
void blob_copy_down(uint64_t dst, uint64_t src, uint64_t len);
void blob_zero(uint64_t dst, uint64_t len);
/* Clean and invalidate to the Point of Coherency, completed by a DSB. */
void blob_clean(uint64_t start, uint64_t len);
/* Make what was written visible to instruction fetch. */
void blob_sync_code(void);
uint64_t blob_ticks(void);
uint32_t blob_in32(uint64_t address);
void blob_out32(uint64_t address, uint32_t value);
#endif
#endif
