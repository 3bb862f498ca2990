/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * TCR and TTBR: how the three regimes' registers say the same things in
 * different places. Source: Arm ARM D19.2, TCR_EL1, TCR_EL2, TTBR0_EL1.
 */
#ifndef TRANS_TCR_H
#define TRANS_TCR_H

#include <trans_table/geometry.h>

/* TCR2_EL1 and TCR2_EL2 agree in these. E0POE (bit 2) may be on: it overlays
 * what EL0 may do, which no transition looks at (Arm ARM, TCR2_EL1). */
#define TCR2_PIE (1ULL << 1)
#define TCR2_REFUSED (0x7ULL << 3) /* POE, AIE, D128 */

/* What a TCR says about one half. */
struct tcr_half {
	enum trans_granule granule;
	unsigned int va_bits, pa_bits;
	bool ds;
	bool hpd; /* hierarchical permissions disabled */
	bool ha;  /* hardware management of the access flag */
	bool hd;  /* ... and of dirty state (which wants HA too) */
};

/* Read one half; returns NULL, or why there is nothing to read. */
const char *trans_tcr_decode_(enum trans_regime regime, bool upper,
			      uint64_t tcr, struct tcr_half *half);

bool trans_tcr_pa_code_exists_(unsigned int pa_bits);

/* The TCR fields of one half alone, the other half left zero. */
uint64_t trans_tcr_encode_(const struct trans_geometry *geo);

/* With 52-bit output addresses (LPA or DS) bits [5:2] hold PA[51:48]; see
 * TTBR0_EL1.BADDR. */
trans_pa_t trans_ttbr_decode_(const struct trans_geometry *geo, uint64_t ttbr);

#endif
