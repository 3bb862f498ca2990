/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a geometry is where a host has fixed parts of it (lib/assume.h): whoever
 * asks here gets the constant then. trans_geometry_init refuses every other
 * geometry (TRANS_EGEOM).
 */
#ifndef TRANS_ASSUMED_H
#define TRANS_ASSUMED_H

#include <trans_table/geometry.h>

#include "lib/assume.h"

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

/* No geometry with 64K has DS. */
static inline bool geo_ds(const struct trans_geometry *geo)
{
	if (TRANS_ASSUME_GRANULE == TRANS_64K || TRANS_ASSUME_WIDE == 0)
		return false;
	if (TRANS_ASSUME_GRANULE != 0 && TRANS_ASSUME_WIDE > 0)
		return true;
	return geo->ds;
}

/* What of a legal geometry this build does not take, or NULL. */
static inline const char *assumed_problem(const struct trans_geometry *geo)
{
	bool wide = geo->high;

	if (geo->granule_shift != geo_granule_shift(geo))
		return "see TRANS_ASSUME_GRANULE";
	if (geo->regime != geo_regime(geo))
		return "see TRANS_ASSUME_REGIME";
	if (TRANS_ASSUME_WIDE >= 0 && wide != (TRANS_ASSUME_WIDE > 0))
		return "see TRANS_ASSUME_WIDE";
	return NULL;
}

#endif
