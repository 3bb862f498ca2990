/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A walker of its own, that shares nothing with the library it judges: what a
 * CPU's registers and memory say of an address (Arm ARM D8). */
#ifndef HAZARD_WALK_H
#define HAZARD_WALK_H

#include <stdbool.h>
#include <stdint.h>

/* The registers of one regime. @two: it has two halves. */
struct regime {
	uint64_t sctlr, tcr, ttbr[2], mair;
	uint8_t el;
	bool two;
};

/* One tree. @start: of its first level, -1 to 3; @shift: log2 of the granule */
struct tree {
	uint64_t root, base;
	unsigned int shift, bits;
	int start;
	bool wide;   /* addresses of 52 bits */
	bool ds;
	bool cached; /* walks go through the cache */
	uint8_t el, share;
	bool two, high, ha, hd;
	bool hpd;    /* what tables say of permissions does not count */
	bool wxn;
	uint64_t mair;
};

struct leaf {
	uint64_t pa, desc, len, va;
	uint64_t table; /* PA of the descriptor */
	int level;
	bool no_exec, read_only; /* by the tables on the way */
};

/* Reads a descriptor; false: nothing is there. */
typedef bool (*walk_read)(void *arg, uint64_t pa, uint64_t *desc);

#define DESC_VALID 1ULL
#define DESC_TABLE 2ULL
#define DESC_AF (1ULL << 10)
#define DESC_NG (1ULL << 11)
#define DESC_CONT (1ULL << 52)

/* False: this half is not walked (EPD), or says what nobody can walk. */
bool walk_tree(const struct regime *regime, bool high, struct tree *tree);
bool walk_is_high(const struct regime *regime, uint64_t va);
/* False: nothing is mapped there. */
bool walk(const struct tree *tree, uint64_t va, walk_read read, void *arg,
	  struct leaf *leaf);
uint64_t walk_output(const struct tree *tree, uint64_t desc, int level);
bool walk_is_table(const struct tree *tree, uint64_t desc, int level);
unsigned int walk_shift(const struct tree *tree, int level);
/* Entries of a table of @level. */
unsigned int walk_entries(const struct tree *tree, int level);
uint8_t walk_memory(const struct tree *tree, uint64_t desc);
/* Cacheable: Normal, and neither Device nor Non-cacheable. */
bool walk_is_cached(uint8_t mair);
bool walk_is_device(uint8_t mair);
/* May privileged software at the tree's level run it, write it? */
bool walk_executable(const struct tree *tree, const struct leaf *leaf);
bool walk_writable(const struct tree *tree, const struct leaf *leaf);
/* May anybody run it, EL0 included? */
bool walk_anybody_runs(const struct tree *tree, const struct leaf *leaf);
/* A table on the way says so for all below: APTable[1]; PXNTable or XNTable. */
bool walk_table_reads_only(const struct tree *tree, uint64_t desc);
bool walk_table_never_runs(const struct tree *tree, uint64_t desc);
/* Its shareability, 3: inner. */
uint8_t walk_share(const struct tree *tree, uint64_t desc);
/* The contiguous group that a leaf is in: entries. */
unsigned int walk_group(const struct tree *tree, int level);

#endif
