/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where the tables of LPIs are, by values of registers: apart from who reads
 * them, because a host's own driver may.
 */
#include <trans_table/gic.h>

#include "lib/machine/gic.h"

/*
 * Interrupt numbers have IDbits + 1 bits, of PROPBASER [4:0] and GICD_TYPER
 * [23:19] the lesser. A byte for each from 8192 on in the property table, a bit
 * for each from 0 on in the pending table. With fewer than 14 bits there are no
 * LPIs; the pending table is still counted, as nothing is lost by that.
 */
struct trans_gic_tables trans_gic_tables_of(uint32_t gicd_typer,
					    uint64_t propbaser,
					    uint64_t pendbaser)
{
	unsigned int bits = (unsigned int)(propbaser & 31) + 1;
	unsigned int most = (gicd_typer >> 19 & 31) + 1;
	uint64_t ids = 1ULL << (bits < most ? bits : most);

	return (struct trans_gic_tables){
		.property = { propbaser & PROPBASER_PA,
			      ids > FIRST_LPI ? ids - FIRST_LPI : 0 },
		.pending = { pendbaser & PENDBASER_PA, (ids + 7) / 8 },
	};
}
