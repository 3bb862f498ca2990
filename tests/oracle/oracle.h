/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The oracle: QEMU's own table walker (AT and PAR_EL1) against the library's
 * query, for every table format that the emulated CPU has.
 */
#ifndef TESTS_ORACLE_H
#define TESTS_ORACLE_H

#include <trans_table/table.h>

/* ---- machine.c: console, arguments, memory, chance ----------------------- */

/* QEMU's virt with -m 512M; the arena is the upper part of it. */
#define ARENA_PA 0x48000000ULL
#define ARENA_LEN 0x18000000ULL
/* A second arena, of a DIMM that only the `high` argument promises. */
#define HIGH_PA 0x8000000000000ULL
#define HIGH_LEN 0x10000000ULL

struct arguments {
	uint64_t addresses; /* per half */
	uint64_t seed;
	uint64_t step; /* every so many-th geometry */
	bool high;
};
extern struct arguments arguments;

void arguments_read(void);
__attribute__((noreturn)) void machine_exit(bool ok);
uint64_t chance(uint64_t below);

/* The library's environment: pages are never given back, all of them are at
 * the beginning of a round. @high: from the second arena. */
extern const struct trans_ops arena_ops;
void arena_reset(bool high);
trans_pa_t arena_page(unsigned int shift); /* zeroed; 0: none left */

/* ---- regime.c: the registers --------------------------------------------- */

struct loaded {
	enum trans_regime regime;
	uint64_t ttbr0, ttbr1, tcr, mair, sctlr;
	trans_va_t gate;
};
void regime_load(const struct loaded *regs);

enum at { AT_READ, AT_WRITE, AT_USER_READ, AT_USER_WRITE, AT_KINDS };
const char *at_name(enum trans_regime regime, enum at kind);
uint64_t regime_at(enum trans_regime regime, enum at kind, trans_va_t va);

/* Make the lower level load, store or fetch, through its MMU. 0 or its ESR. */
uint64_t live_store(const struct loaded *regs, trans_va_t va, uint64_t value);
uint64_t live_load(const struct loaded *regs, trans_va_t va, uint64_t *value);
uint64_t live_fetch(const struct loaded *regs, trans_va_t va, bool user);

/* Fault status codes (Arm ARM, ESR_ELx.DFSC and PAR_EL1.FST). */
enum fault {
	FAULT_ADDRESS_SIZE = 0,
	FAULT_TRANSLATION = 1,
	FAULT_ACCESS_FLAG = 2,
	FAULT_PERMISSION = 3,
};
unsigned int fault_code(enum fault fault, int level);

extern const char gate[]; /* head.S */

/* ---- shapes.c: what the CPU can walk ------------------------------------- */

struct shape {
	uint8_t granule, va, pa;
	bool ds;
};
unsigned int shapes_find(void);
const struct shape *shape_at(unsigned int i);
/* One that may be the other half beside @low; any if there is no better. */
const struct shape *shape_beside(const struct shape *low);
struct trans_geometry shape_geometry(const struct shape *shape,
				     enum trans_regime regime, bool upper);
/* May its tables lie in the second arena? */
bool shape_high(const struct shape *shape);
bool cpu_has_vhe(void);
bool cpu_has_hpd(void);

/* ---- subject.c, foreign.c: tables to be tested --------------------------- */

#define MAX_SPOTS 256

/* A table, and addresses at which something happens. */
struct subject {
	struct trans_table table;
	struct trans_regs regs;
	trans_va_t gate;
	trans_va_t spot[MAX_SPOTS];
	unsigned int spots;
};

enum make { MAKE_LIBRARY, MAKE_FOREIGN, MAKE_COPY, MAKE_KINDS };

/* All make a table with the gate mapped at @subject->gate, and its registers.
 * False after an error that should not be; it is printed. */
bool subject_make(struct subject *subject, enum make make,
		  const struct trans_geometry *geo, uint64_t mair);
bool foreign_make(struct subject *subject, const struct trans_geometry *geo,
		  uint64_t mair);
/* The rule of foreign tables: a software bit says that an entry counts. */
enum trans_presence foreign_present(uint64_t desc, int level);

void subject_spot(struct subject *subject, trans_va_t va);
trans_va_t random_va(const struct trans_geometry *geo);
bool expect_ok(int rc, const char *what, const struct trans_report *report);

/* ---- compare.c, live.c --------------------------------------------------- */

struct score {
	uint64_t addresses, mapped, fetched;
	unsigned int differences;
};

/* Compare @count addresses around @about, with @low and @high (NULL: none)
 * loaded as @regs says. */
void compare(const struct loaded *regs, const struct subject *low,
	     const struct subject *high, const struct subject *about,
	     uint64_t count, struct score *score);

/* A store and a load that fault, and after a copy do not. */
bool live_prove(const struct shape *shape, enum trans_regime regime, bool upper,
		uint64_t mair);

#endif
