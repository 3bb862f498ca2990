/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How far a transition came: one letter per stage on the UART, and a report in
 * memory that the next boot reads.
 *
 * The letters, in the order of a transition that succeeds:
 *
 *	A  the blob runs, MMU off, nothing translated any more
 *	T  the transitional tables are on (or were not wanted)
 *	M  moving: the point of no return
 *	D  done moving, caches cleaned
 *	V  every digest verified (only where there are digests)
 *	L  leaving: nothing is written any more
 *	G  gone: MMU off, the next instruction but one is the next world's
 *
 * Where it fails, another letter comes instead of the next one, with a line
 * that says more: F a fault, X a segment that is corrupt, N no EL2 stub. Q
 * instead of all letters: the host could not become quiet, because its leave
 * callback failed; nothing was overwritten. A and G are stored without looking
 * at the UART's status, and may be lost where it is slow.
 */
#ifndef TRANS_TABLE_REPORT_H
#define TRANS_TABLE_REPORT_H

#include <trans_table/errors.h>
#include <trans_table/sha256.h>

TRANS_BEGIN_DECLS

#define TRANS_REPORT_MAGIC 0x54524f5045525454ULL /* "TTREPORT" */
enum trans_stage {
	TRANS_STAGE_NONE = 0,
	TRANS_STAGE_ENTERED = 1, /* in the blob, tables installed, PONR ahead */
	TRANS_STAGE_MOVING = 2,
	TRANS_STAGE_MOVED = 3,
	TRANS_STAGE_LEAVING = 4, /* MMU about to go off for the last time */
	TRANS_STAGE_FAULT = 5,   /* an exception; esr, elr, far are valid */
	/* Digest number segment failed; found is valid. Where segment is the
	 * number of digests all of them hold, but the byte at PA far, which
	 * should be 0, is not. */
	TRANS_STAGE_CORRUPT = 6,
	TRANS_STAGE_VERIFIED = 7,
	TRANS_STAGE_NO_STUB = 8, /* the EL2 stub did not take our vectors */
	TRANS_STAGE_NOT_QUIET = 9, /* leave failed; status to why are valid */
	TRANS_STAGE_COUNT
};

#define TRANS_REPORT_WHY 48

/*
 * What the blob leaves at the start of the report page, little-endian, written
 * to memory (cleaned to the Point of Coherency) after each stage. It can be
 * read as long as the page survives: a PSCI SYSTEM_RESET keeps memory on many
 * machines, and promises it on none (Arm DEN 0022).
 */
struct trans_blob_report {
	uint64_t magic;
	uint64_t stage;    /* enum trans_stage */
	uint64_t moves;    /* moves done */
	uint64_t bytes;    /* bytes moved, without what is zeroed behind them */
	uint64_t ticks;    /* CNTVCT ticks spent moving, zeroing and cleaning */
	uint64_t esr, elr, far;
	uint64_t segment;  /* digests verified, and so the index of a bad one */
	uint64_t verify_ticks;
	uint8_t found[TRANS_SHA256_LEN]; /* CORRUPT: digest of what is there */
	/* NOT_QUIET: what leave said, as in struct trans_error; why is cut to
	 * fit, printable, and ends with a NUL. */
	int64_t status;
	uint64_t pa, desc;
	char why[TRANS_REPORT_WHY];
	uint64_t seal;     /* over all words before it */
};

/*
 * Copy the report out of @page, which has at least sizeof(*report) bytes and is
 * aligned to 8. On failure @report is untouched.
 *
 *   answer   TRANS_ENOENT    there is no report
 *   input    TRANS_ECORRUPT  there is what is left of one: its seal does not
 *                            fit, or its stage is unknown
 */
int trans_report_read(const void *page, struct trans_blob_report *report,
		      struct trans_error *err);

/* Did that transition end anywhere else than in the next world? */
bool trans_report_failed(const struct trans_blob_report *report);

/* Make @page say nothing, so that a report is found only once. The caller
 * cleans it to the Point of Coherency. */
void trans_report_clear(void *page);

/* The name of a stage: "moving", "fault" and so on, or "unknown". Static
 * storage. */
const char *trans_stage_name(uint64_t stage);

TRANS_END_DECLS

#endif
