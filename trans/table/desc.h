/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Descriptors: every bit of VMSAv8-64 stage 1 that the library knows, in one
 * place, behind inlines over a wrapped type, so that no other file shifts or
 * masks a descriptor by itself. Source: Arm ARM D8.3 (descriptor formats).
 */
#ifndef TRANS_DESC_H
#define TRANS_DESC_H

#include <trans_table/geometry.h>

#include "trans/table/assumed.h"

typedef struct {
	uint64_t v;
} desc_t;

#define DESC_VALID (1ULL << 0)
#define DESC_TYPE (1ULL << 1) /* table (levels < 3) or page (level 3) */
#define DESC_KIND (DESC_VALID | DESC_TYPE)

/* Leaves (D8.3.1.2, D8.3.2). */
#define LEAF_INDEX_SHIFT 2 /* AttrIndx[2:0] */
#define LEAF_INDEX (7ULL << LEAF_INDEX_SHIFT)
#define LEAF_USER (1ULL << 6)      /* AP[1]; RES1 in a one-range regime */
#define LEAF_READONLY (1ULL << 7)  /* AP[2] */
#define LEAF_SH (3ULL << 8)        /* address bits [51:50] when TCR.DS == 1 */
#define LEAF_SH_INNER (3ULL << 8)
#define LEAF_AF (1ULL << 10)
#define LEAF_NG (1ULL << 11)
#define LEAF_DBM (1ULL << 51)
#define LEAF_CONT (1ULL << 52)
#define LEAF_PXN (1ULL << 53)      /* RES0 in a one-range regime */
#define LEAF_XN (1ULL << 54)       /* UXN, or XN in a one-range regime */
#define LEAF_SOFTWARE (15ULL << 55)
/* What is neither address nor type. Bit 16 (nT) of blocks is left out: a block
 * that changes its size must not keep it, and no copy needs it. */
#define LEAF_LOW (0xffcULL)
#define LEAF_HIGH (~0ULL << 50)

/* Table descriptors: hierarchical attributes (D8.3.1.1). */
#define TABLE_PXN (1ULL << 59)
#define TABLE_XN (1ULL << 60)
#define TABLE_NOUSER (1ULL << 61)   /* APTable[0] */
#define TABLE_READONLY (1ULL << 62) /* APTable[1] */

#define TABLE_ATTRIBUTES (TABLE_PXN | TABLE_XN | TABLE_NOUSER | TABLE_READONLY)
/* Ours, in a bit that hardware ignores in table descriptors [58:51]: the table
 * below belongs to another tree and is neither written nor freed here. */
#define TABLE_BORROWED (1ULL << 55)

enum desc_kind { DESC_EMPTY, DESC_LEAF, DESC_TABLE, DESC_RESERVED };

static inline uint64_t low_mask(unsigned int bits)
{
	return (1ULL << bits) - 1;
}

static inline unsigned int geo_stride(const struct trans_geometry *geo)
{
	return geo_granule_shift(geo) - 3u;
}

static inline unsigned int geo_shift(const struct trans_geometry *geo,
				     int level)
{
	return geo_granule_shift(geo) +
	       geo_stride(geo) * (unsigned int)(3 - level);
}

static inline uint64_t geo_granule(const struct trans_geometry *geo)
{
	return 1ULL << geo_granule_shift(geo);
}

/* Are there leaves at @level, which is one of @geo's? */
static inline bool geo_leaf(const struct trans_geometry *geo, int level)
{
	return geo->leaf_levels >> (level + 1) & 1;
}

/* A level: what of an address its tables are indexed by. */
struct rung {
	int8_t level;
	uint8_t shift;    /* log2 of the bytes that an entry spans */
	uint16_t entries; /* of a table */
};

/* @level: from the one above the root to 3. */
void trans_rung_(struct rung *rung, const struct trans_geometry *geo,
		 int level);

/* The index of @va in a table; the bits above the half's size drop out, so the
 * same rule serves both halves. */
static inline unsigned int rung_index(struct rung rung, trans_va_t va)
{
	return (unsigned int)(va >> rung.shift) & (rung.entries - 1u);
}

uint64_t trans_desc_encode_pa_(const struct trans_geometry *geo,
			       trans_pa_t pa);

/* The address in a leaf or table descriptor whose target is 1 << @shift bytes
 * aligned. */
trans_pa_t trans_desc_decode_pa_(const struct trans_geometry *geo,
				 desc_t d, unsigned int shift);

/* What is neither address nor type in leaf @d. */
uint64_t trans_desc_attributes_(const struct trans_geometry *geo, desc_t d);

desc_t trans_desc_leaf_(const struct trans_geometry *geo, int level,
			trans_pa_t pa, uint64_t attributes);

static inline desc_t desc_table(const struct trans_geometry *geo,
				trans_pa_t pa)
{
	return (desc_t){ trans_desc_encode_pa_(geo, pa) | DESC_KIND };
}

enum desc_kind trans_desc_kind_(const struct trans_geometry *geo,
				int level, desc_t d);

/* The first address of the half. */
static inline trans_va_t geo_first(const struct trans_geometry *geo)
{
	return geo->upper ? ~low_mask(geo->va_bits) : 0;
}

/* Is the output of a leaf or table within the output address size? A larger one
 * is an address size fault (D8.2.4). */
static inline bool geo_has_pa(const struct trans_geometry *geo, trans_pa_t pa)
{
	return pa >> geo->pa_bits == 0;
}

#endif
