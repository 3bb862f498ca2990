/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a host may fix at compile time, so that the compiler drops what cannot
 * happen there: -DTRANS_ASSUME_GRANULE=TRANS_4K and so on, for all of the
 * library. Nobody has to; a geometry says it at run time. Where something is
 * fixed, trans_geometry_init refuses every other geometry (TRANS_EGEOM), and
 * whoever asks for it below gets the constant.
 *
 * These are the only conditions of the preprocessor that a format or a map has.
 */
#ifndef TRANS_ASSUME_H
#define TRANS_ASSUME_H

#include <trans_table/geometry.h>

/* TRANS_4K, _16K or _64K; 0: any. */
#ifndef TRANS_ASSUME_GRANULE
#define TRANS_ASSUME_GRANULE 0
#endif
/* TRANS_EL1_0, _EL2 or _EL2_0; 0: any. */
#ifndef TRANS_ASSUME_REGIME
#define TRANS_ASSUME_REGIME 0
#endif
/* Descriptors with 52-bit addresses (LPA2 with 4K and 16K, LPA with 64K):
 * 0: never; 1: always; -1: either. */
#ifndef TRANS_ASSUME_WIDE
#define TRANS_ASSUME_WIDE (-1)
#endif
/* 1: a transition never copies the host's linear map, nor scrubs it, and what
 * copies tables is not linked; who asks for it is told (TRANS_EINVAL). 0: it
 * may. */
#ifndef TRANS_ASSUME_SPARSE
#define TRANS_ASSUME_SPARSE 0
#endif

static inline unsigned int geo_granule_shift(const struct trans_geometry *geo)
{
	return TRANS_ASSUME_GRANULE ? TRANS_ASSUME_GRANULE :
				      geo->granule_shift;
}

static inline unsigned int geo_regime(const struct trans_geometry *geo)
{
	return TRANS_ASSUME_REGIME ? TRANS_ASSUME_REGIME : geo->regime;
}

/* The bits of a descriptor that hold the high bits of an address, lower by
 * geo->high_shift; 0 without the 52-bit layouts. */
static inline uint64_t geo_high(const struct trans_geometry *geo)
{
	return TRANS_ASSUME_WIDE ? (uint64_t)geo->high << 8 : 0;
}

static inline unsigned int geo_straight(const struct trans_geometry *geo)
{
	return TRANS_ASSUME_WIDE ? geo->straight : 48;
}

static inline bool geo_ds(const struct trans_geometry *geo)
{
	return geo_granule_shift(geo) != TRANS_64K &&
	       (TRANS_ASSUME_WIDE >= 0 ? TRANS_ASSUME_WIDE > 0 : geo->ds);
}

/* What of a legal geometry this build does not take, or NULL. */
static inline const char *assumed_problem(const struct trans_geometry *geo)
{
	bool wide = geo->high;

	if (geo->granule_shift != geo_granule_shift(geo))
		return "this build has another granule (TRANS_ASSUME_GRANULE)";
	if (geo->regime != geo_regime(geo))
		return "this build has another regime (TRANS_ASSUME_REGIME)";
	if (TRANS_ASSUME_WIDE >= 0 && wide != (TRANS_ASSUME_WIDE > 0))
		return "this build has other formats (TRANS_ASSUME_WIDE)";
	return NULL;
}

#endif
