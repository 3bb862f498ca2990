/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the registers hold that make a CPU walk tables: values only, for whoever
 * writes them. trans_table_finish gives those of one table; here they are put
 * together for two halves, or for none.
 */
#ifndef TRANS_TABLE_REGISTERS_H
#define TRANS_TABLE_REGISTERS_H

#include <trans_table/geometry.h>

TRANS_BEGIN_DECLS

/*
 * TCR of a regime for the two halves given: sizes, granules, write-back
 * inner-shareable walks, IPS, DS. @high NULL: TTBR1 walks are disabled, its size
 * and granule are those of @low. At EL2 @high is ignored. Both geometries must
 * have the same regime, pa_bits and ds: one TCR, one IPS.
 */
uint64_t trans_tcr(const struct trans_geometry *low,
		   const struct trans_geometry *high);

/* TCR without tables: nothing is walked, whoever looks. Sizes and granule,
 * @granule of the CPU's, are legal all the same: reserved ones have effects that
 * EPD does not undo (Arm ARM D19, TCR_EL1.TG1; D8, TnSZ out of range). */
uint64_t trans_tcr_off(enum trans_regime regime, enum trans_granule granule);

/* TTBR for a root table at @root, without ASID and CnP; 52-bit addresses where
 * the geometry has them (Arm ARM D19, TTBR1_EL1.BADDR). */
uint64_t trans_ttbr(const struct trans_geometry *geo, trans_pa_t root);

/* SCTLR with MMU and caches on: M, C, I, the RES1 bits of an Armv8.0 CPU, and
 * everything else (alignment checks, WXN, EPAN, ...) off. */
uint64_t trans_sctlr(enum trans_regime regime);

TRANS_END_DECLS

#endif
