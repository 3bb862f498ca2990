/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where the tables of LPIs are.
 */
#ifndef TRANS_LIB_GIC_LPI_H
#define TRANS_LIB_GIC_LPI_H

#include "lib/machine/gic.h"

/* A redistributor's tables, by its registers. */
struct gic_lpi_tables {
	struct trans_range property, pending;
};
struct gic_lpi_tables trans_gic_lpi_tables_(const struct trans_gic *gic,
					    uint64_t propbaser,
					    uint64_t pendbaser);

#endif
