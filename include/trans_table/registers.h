/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Values of the registers that make a CPU walk tables, for whoever writes them.
 * trans_table_finish gives those of one table; these functions are for two
 * halves together, or for none. They only compute, and cannot fail.
 */
#ifndef TRANS_TABLE_REGISTERS_H
#define TRANS_TABLE_REGISTERS_H

#include <trans_table/geometry.h>

TRANS_BEGIN_DECLS

/*
 * TCR of a regime for the two halves given (Arm ARM D19, TCR_EL1): sizes,
 * granules, walks that are write-back and inner shareable, IPS, DS. @high NULL:
 * no walks for TTBR1 (EPD1), with size and granule of @low. In regime EL2 @high
 * is ignored. Both geometries must have the same regime, pa_bits and ds, since
 * there is one IPS and one DS for both.
 */
uint64_t trans_tcr(const struct trans_geometry *low,
		   const struct trans_geometry *high);

/* TCR for a CPU that shall walk no tables at all. Its sizes and granules are
 * legal all the same, because reserved ones have effects even where EPD is set
 * (Arm ARM D19, TCR_EL1.TG1; D8, TnSZ out of range). @granule: one of the
 * CPU's. */
uint64_t trans_tcr_off(enum trans_regime regime, enum trans_granule granule);

/* TTBR for a root table at @root, with ASID and CnP 0. Where the geometry has
 * 52-bit output addresses it has their layout (Arm ARM D19,
 * TTBR1_EL1.BADDR). */
uint64_t trans_ttbr(const struct trans_geometry *geo, trans_pa_t root);

/* SCTLR with MMU and caches on: M, C, I, the bits that are RES1 on an Armv8.0
 * CPU (Arm ARM D19, SCTLR_EL1), and everything else (alignment checks, WXN,
 * EPAN and so on) off. */
uint64_t trans_sctlr(enum trans_regime regime);

TRANS_END_DECLS

#endif
