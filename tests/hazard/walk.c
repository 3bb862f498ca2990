/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "walk.h"

#define BITS(value, low, count) ((value) >> (low) & ((1ULL << (count)) - 1))
#define PS_52 6

/* TG0 and TG1 number the granules differently. */
static unsigned int granule(uint64_t tcr, bool high)
{
	static const uint8_t low_half[4] = { 12, 16, 14, 0 };
	static const uint8_t high_half[4] = { 0, 14, 12, 16 };

	return high ? high_half[BITS(tcr, 30, 2)] : low_half[BITS(tcr, 14, 2)];
}

static bool one_half(const struct regime *regime, bool high, struct tree *tree)
{
	uint64_t tcr = regime->tcr;
	unsigned int at = high ? 16 : 0;

	tree->bits = 64 - (unsigned int)BITS(tcr, at, 6);
	/* SCTLR.C rules walks, too (D7.5.5). */
	tree->cached = BITS(tcr, at + 8, 2) && BITS(tcr, at + 10, 2) &&
		       BITS(regime->sctlr, 2, 1);
	tree->share = BITS(tcr, at + 12, 2);
	tree->ds = tree->shift != 16 && BITS(tcr, regime->two ? 59 : 32, 1);
	tree->ha = BITS(tcr, regime->two ? 39 : 21, 1);
	tree->hd = BITS(tcr, regime->two ? 40 : 22, 1);
	tree->hpd = BITS(tcr, !regime->two ? 24 : high ? 42 : 41, 1);
	tree->wide = BITS(tcr, regime->two ? 32 : 16, 3) == PS_52;
	return !regime->two || !BITS(tcr, at + 7, 1);
}

static uint64_t root_of(const struct tree *tree, uint64_t ttbr)
{
	uint64_t pa = ttbr & 0x0000ffffffffffc0ULL;

	if (tree->wide && (tree->ds || tree->shift == 16))
		return (pa & ~0x3cULL) | BITS(ttbr, 2, 4) << 48;
	return (ttbr & 0x0000fffffffffffeULL) & ~0x1fULL;
}

bool walk_tree(const struct regime *regime, bool high, struct tree *tree)
{
	unsigned int stride, levels;

	*tree = (struct tree){
		.el = regime->el, .two = regime->two, .high = high,
		.mair = regime->mair, .wxn = BITS(regime->sctlr, 19, 1),
		.shift = granule(regime->tcr, high),
	};
	if ((high && !regime->two) || !one_half(regime, high, tree) ||
	    !tree->shift || tree->bits <= tree->shift || tree->bits > 52)
		return false;
	stride = tree->shift - 3;
	levels = (tree->bits - tree->shift + stride - 1) / stride;
	tree->start = 4 - (int)levels;
	tree->base = high ? -(1ULL << tree->bits) : 0;
	tree->root = root_of(tree, regime->ttbr[high]);
	return true;
}

bool walk_is_high(const struct regime *regime, uint64_t va)
{
	return regime->two && va >> 55 & 1;
}

unsigned int walk_shift(const struct tree *tree, int level)
{
	return tree->shift + (tree->shift - 3) * (unsigned int)(3 - level);
}

unsigned int walk_entries(const struct tree *tree, int level)
{
	if (level == tree->start)
		return 1U << (tree->bits - walk_shift(tree, level));
	return 1U << (tree->shift - 3);
}

/* Where the bits of an address above 47 are: Arm ARM D8.3.1, "VMSAv8-64
 * descriptor formats". */
uint64_t walk_output(const struct tree *tree, uint64_t desc, int level)
{
	uint64_t mask = ~((1ULL << tree->shift) - 1), pa;

	if (tree->ds)
		pa = (desc & mask & ((1ULL << 50) - 1)) | BITS(desc, 8, 2) << 50;
	else if (tree->wide && tree->shift == 16)
		pa = (desc & mask & ((1ULL << 48) - 1)) | BITS(desc, 12, 4) << 48;
	else
		pa = desc & mask & ((1ULL << 48) - 1);
	if (!walk_is_table(tree, desc, level))
		pa &= ~((1ULL << walk_shift(tree, level)) - 1);
	return pa;
}

bool walk_is_table(const struct tree *tree, uint64_t desc, int level)
{
	(void)tree;
	return level < 3 && (desc & 3) == (DESC_VALID | DESC_TABLE);
}

static bool is_leaf(uint64_t desc, int level)
{
	return level == 3 ? (desc & 3) == 3 : (desc & 3) == 1;
}

/* Unless TCR.HPD has it otherwise (D8.4, hierarchical permissions). */
bool walk_table_reads_only(const struct tree *tree, uint64_t desc)
{
	return !tree->hpd && desc >> 62 & 1;
}

bool walk_table_never_runs(const struct tree *tree, uint64_t desc)
{
	return !tree->hpd && desc >> (tree->two ? 59 : 60) & 1;
}

static void inherit(const struct tree *tree, uint64_t desc, struct leaf *leaf)
{
	leaf->read_only |= walk_table_reads_only(tree, desc);
	leaf->no_exec |= walk_table_never_runs(tree, desc);
}

bool walk(const struct tree *tree, uint64_t va, walk_read read, void *arg,
	  struct leaf *leaf)
{
	uint64_t table = tree->root, offset = va & ((1ULL << tree->bits) - 1);

	*leaf = (struct leaf){ .va = va };
	for (int level = tree->start; level <= 3; level++) {
		unsigned int shift = walk_shift(tree, level);

		leaf->table = table + 8 * (offset >> shift &
					   (walk_entries(tree, level) - 1));
		leaf->level = level;
		if (!read(arg, leaf->table, &leaf->desc))
			return false;
		if (walk_is_table(tree, leaf->desc, level)) {
			inherit(tree, leaf->desc, leaf);
			table = walk_output(tree, leaf->desc, level);
			continue;
		}
		leaf->len = 1ULL << shift;
		leaf->pa = walk_output(tree, leaf->desc, level) |
			   (va & (leaf->len - 1));
		return is_leaf(leaf->desc, level);
	}
	return false;
}

uint8_t walk_memory(const struct tree *tree, uint64_t desc)
{
	return (uint8_t)(tree->mair >> 8 * BITS(desc, 2, 3));
}

bool walk_is_device(uint8_t mair)
{
	return !(mair >> 4);
}

bool walk_is_cached(uint8_t mair)
{
	return mair >> 4 && (mair & 15) != 4 && (mair & 15);
}

bool walk_writable(const struct tree *tree, const struct leaf *leaf)
{
	bool clean = leaf->desc >> 7 & 1, dbm = leaf->desc >> 51 & 1;

	return !leaf->read_only && (!clean || (dbm && tree->hd));
}

/* PXN where there are two halves, else XN; what EL0 may write EL1 may not run,
 * and by WXN nobody runs what is writable (D8.4.1, "Stage 1 permissions"). */
bool walk_executable(const struct tree *tree, const struct leaf *leaf)
{
	bool xn = leaf->desc >> (tree->two ? 53 : 54) & 1;
	bool user = tree->two && leaf->desc >> 6 & 1;

	if (xn || leaf->no_exec)
		return false;
	return !((tree->wxn || user) && walk_writable(tree, leaf));
}

/* Bit 54 is UXN where there are two halves. UXNTable is not followed: for
 * Device memory the leaf is to say so itself. */
bool walk_anybody_runs(const struct tree *tree, const struct leaf *leaf)
{
	return walk_executable(tree, leaf) || !(leaf->desc >> 54 & 1);
}

/* With DS, where an address is in its place, TCR has it for all. */
uint8_t walk_share(const struct tree *tree, uint64_t desc)
{
	return tree->ds ? tree->share : (uint8_t)BITS(desc, 8, 2);
}

unsigned int walk_group(const struct tree *tree, int level)
{
	if (tree->shift == 12)
		return 16;
	if (tree->shift == 14)
		return level == 3 ? 128 : 32;
	return 32;
}
