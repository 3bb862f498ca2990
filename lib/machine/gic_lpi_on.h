/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The part of trans_gic_resume that is about LPIs. gic->lpis is not NULL.
 */
#ifndef TRANS_LIB_GIC_LPI_ON_H
#define TRANS_LIB_GIC_LPI_ON_H

#include <trans_table/gic.h>

#include "lib/assume.h"

/* Nobody knows a saved kernel's tables where it is asked nothing, and no
 * sidecar says it: what gives them back is not linked then. */
static inline const struct trans_gic_lpis *
gic_lpis_of(const struct trans_gic *gic)
{
	return TRANS_ASSUME_UNASKED && TRANS_ASSUME_NO_SIDECAR ? NULL :
								 gic->lpis;
}
#define GIC_NO_LPIS "this build gives no LPIs back (TRANS_ASSUME_UNASKED)"

/* Values and redistributors; nothing is written. Errors of
 * trans_gic_lpis_check, but for TRANS_EOVERLAP. */
int trans_gic_lpis_look_(const struct trans_gic *gic, uint64_t mpidr,
			 struct trans_error *err);

/* Errors of trans_gic_resume that are about LPIs. @mpidr's first. */
int trans_gic_lpis_on_(const struct trans_gic *gic, uint64_t mpidr,
		       struct trans_error *err);

#endif
