/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where the tables of LPIs are.
 */
#ifndef TRANS_LIB_GIC_LPI_H
#define TRANS_LIB_GIC_LPI_H

#include "lib/machine/gic.h"

/* A redistributor's tables, by its registers. */
static inline struct trans_gic_tables
trans_gic_lpi_tables_(const struct trans_gic *gic, uint64_t propbaser,
		      uint64_t pendbaser)
{
	return trans_gic_tables_of(gic_read(gic, gic->dist + GICD_TYPER),
				   propbaser, pendbaser);
}

#endif
