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

/* The upper half: addresses with bit 55 and everything above va_bits set,
 * translated by TTBR1. Only in regimes with two halves. */
#define TRANS_GEO_UPPER 0x1u
/* 52-bit descriptor format of 4K and 16K granules (FEAT_LPA2, TCR.DS == 1). */
#define TRANS_GEO_DS 0x2u

struct trans_geometry {
	uint8_t granule_shift; /* enum trans_granule */
	uint8_t va_bits;       /* 64 - TxSZ */
	uint8_t pa_bits;       /* output address size: 32,36,40,42,44,48,52 */
	uint8_t regime;        /* enum trans_regime */
	bool upper;
	bool ds;
	int8_t start_level; /* derived: -1..3 */
	uint8_t root_bits;  /* derived: index bits of the root, 1..16 */
};

/*
 * Make a geometry. @flags: TRANS_GEO_*.
 *
 * Legal (Arm ARM D8.2): va_bits 25..48, and up to 52 with 64K (FEAT_LVA), or
 * with 4K/16K and DS (FEAT_LPA2). pa_bits 52 wants 64K (FEAT_LPA) or DS. DS is
 * refused with 64K. Sizes below 25 bits (FEAT_TTST) have no use here.
 * TRANS_EGEOM, `why` naming the rule; EL3, Secure, stage 2, D128 and big-endian
 * walks have no value of enum trans_regime and are TRANS_EGEOM too.
 */
int trans_geometry_init(struct trans_geometry *geo, enum trans_regime regime,
			enum trans_granule granule, unsigned int va_bits,
			unsigned int pa_bits, unsigned int flags,
			struct trans_error *err);

/*
 * The geometry that a CPU uses for one half of a regime: from the regime's TCR
 * and ID_AA64MMFR0_EL1 (granules, PARange). TRANS_EGEOM also when the half is
 * switched off (EPDx), or when TCR selects a granule the CPU lacks.
 */
int trans_geometry_from_tcr(struct trans_geometry *geo,
			    enum trans_regime regime, bool upper, uint64_t tcr,
			    uint64_t mmfr0, struct trans_error *err);

/* The first and last virtual address of the half. */
trans_va_t trans_geometry_first(const struct trans_geometry *geo);
trans_va_t trans_geometry_last(const struct trans_geometry *geo);

/* log2 of the bytes that one entry of a table of @level (-1..3) spans. */
unsigned int trans_geometry_shift(const struct trans_geometry *geo, int level);

/* May a table of @level hold a leaf? True at level 3 (pages), and where the
 * Arm ARM allows blocks (D8.3.1): 4K levels 2, 1, and 0 with DS; 16K level 2,
 * and 1 with DS; 64K level 2, and 1 with 52-bit output addresses. */
bool trans_geometry_leaf(const struct trans_geometry *geo, int level);

TRANS_END_DECLS

#endif
