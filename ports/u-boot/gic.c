// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * The interrupt controller. Few boards let U-Boot give it tables for LPIs,
 * which hardware may then write to for ever. A saved Linux expects it as the
 * kernel that would have loaded the image leaves it.
 */
#include "port.h"

#include <trans_table/machine.h>
#include <linux/libfdt.h>

#define MAX_SPIS 1024

static struct trans_fdt_gic found;
static struct trans_spi spis[MAX_SPIS];

int port_gic(struct trans_gic *gic, struct trans_error *err)
{
	int ret = trans_fdt_gic(gd->fdt_blob, fdt_totalsize(gd->fdt_blob),
				&found, err);

	*gic = found.gic;
	gic->mmio = trans_mmio_direct(0);
	return ret;
}

void port_gic_spis(struct trans_gic *gic)
{
	if (!trans_fdt_interrupts(gd->fdt_blob, fdt_totalsize(gd->fdt_blob),
				  spis, MAX_SPIS, &gic->spi_count, NULL))
		gic->spis = spis;
}

/* A machine without a GIC has none. */
int port_gic_tables(struct trans_ranges *tables, struct trans_error *err)
{
	struct trans_gic gic;
	int ret = port_gic(&gic, err);

	if (ret)
		return ret == TRANS_ENOENT ? 0 : ret;
	return trans_gic_lpi_tables(&gic, tables, err);
}
