/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Geometry: the shape of one translation table, as a plain value.
 *
 * Nothing about table formats is fixed at compile time or kept in a global. A
 * geometry is made and validated by trans_geometry_init and then only read.
 */
#ifndef TRANS_TABLE_GEOMETRY_H
#define TRANS_TABLE_GEOMETRY_H

#include <trans_table/errors.h>
#include <trans_table/regime.h>

TRANS_BEGIN_DECLS

/* The upper half of the address space, which TTBR1 translates: all bits from
 * va_bits on are 1 (bit 55 selects it). Only in regimes with two halves. */
#define TRANS_GEO_UPPER 0x1u
/* The 52-bit format of descriptors for 4K and 16K (FEAT_LPA2, TCR.DS is 1). */
#define TRANS_GEO_DS 0x2u

struct trans_geometry {
	uint8_t granule_shift; /* enum trans_granule */
	uint8_t va_bits;       /* 64 - TCR.TxSZ: 25..52 */
	uint8_t pa_bits;       /* output address size: 32,36,40,42,44,48,52 */
	uint8_t regime;        /* enum trans_regime */
	bool upper;
	bool ds;
	int8_t start_level; /* derived: -1..3 */
	uint8_t root_bits;  /* derived: index bits of the root, 1..13 */
	uint8_t leaf_levels; /* derived: bit n: level n - 1 has leaves */
	/* Derived: how a descriptor holds an address (Arm ARM D8.3). This many
	 * bits are in place; those above are lower by @high_shift, in the bits
	 * of @high, which are [15:8] of the descriptor. */
	uint8_t straight, high_shift, high;
};

/*
 * Make a geometry. @flags: TRANS_GEO_*.
 *
 * Legal (Arm ARM D8.2) are 25 to 48 VA bits, and up to 52 with 64K (FEAT_LVA)
 * or with 4K or 16K and DS (FEAT_LPA2); 52 PA bits only with 64K (FEAT_LPA) or
 * DS; DS only with 4K and 16K. Fewer than 25 VA bits (FEAT_TTST) are refused,
 * since no transition has a use for them. EL3, Secure, stage 2, 128-bit
 * descriptors and big-endian walks have no value of enum trans_regime.
 *
 *   call     TRANS_EGEOM     not legal; `why` names the rule
 */
int trans_geometry_init(struct trans_geometry *geo, enum trans_regime regime,
			enum trans_granule granule, unsigned int va_bits,
			unsigned int pa_bits, unsigned int flags,
			struct trans_error *err);

/*
 * The geometry that a CPU uses for one half of a regime: from @tcr, the
 * regime's TCR, and @mmfr0, its ID_AA64MMFR0_EL1 (granules, PARange).
 *
 *   machine  TRANS_EGEOM     the half is switched off (EPDx), its granule is
 *                            one that the CPU lacks, or its sizes are not legal
 *                            as above; `why` names the rule
 */
int trans_geometry_from_tcr(struct trans_geometry *geo,
			    enum trans_regime regime, bool upper, uint64_t tcr,
			    uint64_t mmfr0, struct trans_error *err);

/* The first and last virtual address of the half. */
trans_va_t trans_geometry_first(const struct trans_geometry *geo);
trans_va_t trans_geometry_last(const struct trans_geometry *geo);

/* log2 of the bytes of address space that one entry of a table of @level
 * (-1..3) stands for. */
unsigned int trans_geometry_shift(const struct trans_geometry *geo, int level);

/* May a table of @level hold leaves? At level 3 pages; blocks (Arm ARM D8.3.1)
 * with 4K at levels 2 and 1, and at 0 with DS; with 16K at level 2, and at 1
 * with DS; with 64K at level 2, and at 1 with 52-bit output addresses. */
bool trans_geometry_leaf(const struct trans_geometry *geo, int level);

TRANS_END_DECLS

#endif
