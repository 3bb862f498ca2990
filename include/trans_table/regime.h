/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What CPUs and tables both speak of: granules and translation regimes.
 */
#ifndef TRANS_TABLE_REGIME_H
#define TRANS_TABLE_REGIME_H

#include <trans_table/env.h>

TRANS_BEGIN_DECLS

/* The size of a page; the values are log2 of its bytes. */
enum trans_granule {
	TRANS_4K = 12,
	TRANS_16K = 14,
	TRANS_64K = 16,
};

/* What an argument means in which granule or VA size is left 0. */
#define TRANS_DEFAULT_GRANULE TRANS_4K
#define TRANS_DEFAULT_VA_BITS 48u

/* Translation regimes (Arm ARM D8.1), all Non-secure stage 1, little-endian. */
enum trans_regime {
	TRANS_EL1_0 = 1, /* EL1&0: two halves, TTBR0_EL1 and TTBR1_EL1 */
	TRANS_EL2 = 2,   /* EL2, HCR_EL2.E2H == 0: one range, TTBR0_EL2 */
	TRANS_EL2_0 = 3, /* EL2&0, HCR_EL2.E2H == 1: two halves */
};

TRANS_END_DECLS

#endif
