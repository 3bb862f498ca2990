// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * The interrupt controller. Few boards let U-Boot give it tables for LPIs,
 * which hardware may then write to for ever. A saved Linux expects it as the
 * kernel that would have loaded the image leaves it.
 */
#include "port.h"

#include <dm.h>
#include <linux/libfdt.h>

static void find_spis(struct port *port)
{
	struct trans_gic *gic = &port->gic.gic;

	if (!trans_fdt_interrupts(port->tree, fdt_totalsize(port->tree),
				  port->spis, PORT_MAX_SPIS, &gic->spi_count,
				  NULL))
		gic->spis = port->spis;
}

/* Nobody would look where it writes to. */
static int no_gicv3(struct trans_error *err)
{
	ofnode node;

	ofnode_for_each_compatible_node(node, "arm,gic-v3")
		if (ofnode_is_enabled(node))
			return port_error(err, TRANS_EHOST,
					  "a GICv3, without CMD_TRANS_GICV3",
					  0, 0);
	return 0;
}

int port_gic(struct port *port, struct trans_error *err)
{
	int ret;

	if (!IS_ENABLED(CONFIG_CMD_TRANS_GICV3))
		return no_gicv3(err);
	ret = trans_fdt_gic(port->tree, fdt_totalsize(port->tree), &port->gic,
			    err);
	if (ret)
		return ret == TRANS_ENOENT ? 0 : ret;
	port->gic.gic.mmio = trans_mmio_direct(0);
	if (IS_ENABLED(CONFIG_CMD_TRANS_RESUME))
		find_spis(port);
	return trans_gic_lpi_tables(&port->gic.gic, &port->memory.lpi, err);
}
