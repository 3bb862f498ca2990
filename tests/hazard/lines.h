/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a cache may hold of 64 bytes of memory. There is one model for all
 * CPUs' data caches, because hardware keeps them coherent; whoever reads past
 * them (MMU off, non-cacheable, a walker, a device) sees memory.
 */
#ifndef HAZARD_LINES_H
#define HAZARD_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "rule.h"

#define LINE_SIZE 64

/*
 * All zero is what an old world left: it may be dirty, nobody knows. A line
 * that is clean may be in a cache at any time, also while this CPU's are off:
 * others, or a hypervisor, may have it mapped cacheable (Arm ARM B2.11).
 *
 * KNOWN    what follows was seen, and is not the old world's
 * DIRTY    the cache may hold what memory has not got
 * NEWER    memory has what a clean line in the cache may hide
 * NOT_POU  stored to, and not cleaned to the Point of Unification since
 * OLD_CODE the instruction cache may hold what was there before
 * PAST     the last store went past the cache
 */
#define LINE_KNOWN 0x01
#define LINE_DIRTY 0x02
#define LINE_NEWER 0x04
#define LINE_NOT_POU 0x08
#define LINE_OLD_CODE 0x10
#define LINE_PAST 0x20

struct line {
	uint8_t state;
	uint8_t born;     /* enum phase of the last store */
	uint32_t by;      /* the site of the last store */
	uint32_t cleaned; /* lines.clock when it came to the PoU */
	uint32_t dsb;     /* stamp of the storing CPU's last DSB */
	uint32_t dmb;     /* and of its last barrier of loads and stores */
};

/* A stamp says whose it is, so that those of two CPUs are never the same. */
#define STAMP_CPU(stamp) ((stamp) >> 28)

/* What a CPU's instruction cache has been rid of: IC IALLU @clock, which its
 * giver ordered behind stores of its own older than @dsb. */
struct ic {
	uint32_t clock, dsb;
};

struct lines {
	uint32_t clock; /* counts IC IALLU */
};

struct access {
	bool cached;
	bool mmu_on;
	uint8_t phase;
	uint32_t by;
	uint32_t dsb, dmb;
};

enum line_op { LINE_CVAU, LINE_CVAC, LINE_CIVAC, LINE_IVAC };
/* Not cacheable; cacheable with the MMU off; or on. */
enum line_fetch { FETCH_PAST, FETCH_OFF, FETCH_ON };

/* Settle what an old world left: dirty. */
void line_settle(struct line *line);
/* As firmware hands it over: clean, in the instruction cache nothing else. */
void line_clean_slate(struct line *line);

enum rule line_load(struct line *line, const struct access *access);
/* @whole: all of it is written, as DC ZVA does. */
enum rule line_store(const struct lines *lines, struct line *line,
		     const struct access *access, bool whole);
enum rule line_maintain(const struct lines *lines, struct line *line,
			enum line_op op, const struct access *access);
/* @done: this CPU's last completed IC IALLU. */
enum rule line_fetch(struct line *line, enum line_fetch how,
		     const struct ic *done);
/* IC IVAU of this line, by whichever CPU: all see it. @dsb: its giver's stamp
 * as of its last DSB of loads and stores. */
void line_ivau(struct line *line, uint32_t dsb);
/* A device that is not coherent reads or writes it. */
enum rule line_device(const struct lines *lines, struct line *line,
		      bool write);
/* @dsb: the stamp that the CPU which stored to it has by now. */
enum rule line_walked(struct line *line, bool cached, uint32_t dsb);

#endif
