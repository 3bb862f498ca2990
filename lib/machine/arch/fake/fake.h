/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The hardware door on a test's host: registers are an array that the test
 * fills, and everything that happens is written down in order. Above it is a
 * firmware that grants nothing until the test says so (firmware.c).
 */
#ifndef TRANS_LIB_FAKE_H
#define TRANS_LIB_FAKE_H

#include <setjmp.h>

#include <trans_table/cpu.h>

#include "lib/machine/arch.h"

enum fake_what {
	FAKE_WRITE, /* reg, value */
	FAKE_SYNC,
	FAKE_DRAIN_PROFILE,
	FAKE_DRAIN_TRACE,
	FAKE_MASK,
	FAKE_ICACHE,
	FAKE_HVC, /* value: the function */
	FAKE_SMC,
	FAKE_JUMP, /* value: pc */
	FAKE_CLEAN, /* value: first; @cleaned has it all */
	FAKE_CALL, /* value: pc */
};

struct fake_event {
	enum fake_what what;
	enum trans_sysreg reg;
	uint64_t value;
};

/*
 * @jump: where trans_arch_jump_ goes, set by the test with setjmp
 * @jump_x0: what it was given
 * @call: what trans_arch_call_ does with its two arguments; NULL: it jumps
 * @firmware: what an HVC or SMC answers to (function, first argument); NULL: 0
 * @arg: the arguments of the last one
 * @crc_words: trans_arch_crc32_ was called
 * @crc_threes: how often trans_arch_crc32_three_ was
 * @cleaned: the arguments of the last trans_arch_clean_
 * @translate: what AT says of a VA (PAR_EL1); NULL: mapped to itself
 * @tick: by how much each reading of CNTVCT_EL0 moves it on
 * @granted: TRANS_GRANT_* and FAKE_GRANT_*: what the firmware does not trap
 * @trapped: told of each forbidden access, instead of the test's end there
 * @gcs_on: a guarded control stack is in use
 */
struct fake_arch {
	uint64_t reg[TRANS_SYSREG_COUNT];
	struct fake_event log[64];
	size_t count;
	jmp_buf jump;
	uint64_t jump_x0;
	void (*call)(uint64_t pc, uint64_t x0);
	uint64_t (*firmware)(uint64_t function, uint64_t a);
	uint64_t arg[3];
	bool crc_words;
	unsigned int crc_threes;
	struct { uint64_t first, count, line; } cleaned;
	uint64_t (*translate)(uint64_t va);
	uint64_t tick;
	unsigned int granted;
	void (*trapped)(const char *name);
	bool gcs_on;
};

/* What the library never asks for: it writes TRFCR where the trace buffer says
 * that it may, and no MPAM. */
#define FAKE_GRANT_TRF 0x40000000u
#define FAKE_GRANT_MPAM 0x80000000u
#define FAKE_GRANT_ALL 0xffffffffu

/* There is one CPU. */
extern struct fake_arch fake_arch;

void fake_arch_reset(void);

/* An access at @el to the register that the Arm ARM calls @name; or to one of
 * the list, at the fake's CurrentEL (0: at any). */
void fake_firmware_access(const char *name, unsigned int el);
void fake_firmware_register(enum trans_sysreg reg);

#endif
