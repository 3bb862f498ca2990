/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <trans_table/machine.h>

#include "gic.h"
#include "machine.h"
#include "memory.h"
#include "mmio.h"

#define MAX_SPIS 512

static struct trans_fdt_gic found;
static struct trans_spi spis[MAX_SPIS];

/* Which interrupts are in use matters to a saved kernel only; where the tree
 * cannot tell, all are. */
static void find_spis(struct trans_gic *gic)
{
	if (trans_fdt_interrupts(at_pa(machine.fdt.start), machine.fdt.len,
				 spis, MAX_SPIS, &gic->spi_count, NULL))
		return;
	gic->spis = spis;
}

int gic_find(struct trans_gic *gic, struct trans_error *err)
{
	int ret = trans_fdt_gic(at_pa(machine.fdt.start), machine.fdt.len,
				&found, err);

	*gic = found.gic;
	if (ret)
		return ret;
	gic->mmio = machine_mmio();
	find_spis(gic);
	return 0;
}
