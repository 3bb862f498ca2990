// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * The interrupt controller. Few boards let U-Boot give it tables for LPIs, which
 * hardware may then write to for ever. A saved Linux expects it as the kernel
 * that would have loaded the image leaves it.
 */
#include "port.h"

#include <linux/libfdt.h>
#include <fdtdec.h>

#define MAX_REDIST 4
#define MAX_ITS 4

static struct trans_range redist[MAX_REDIST];
static trans_pa_t its[MAX_ITS];

static struct trans_range reg(int node, int index)
{
	fdt_size_t size = 0;
	fdt_addr_t at = fdtdec_get_addr_size_auto_noparent(
		gd->fdt_blob, node, "reg", index, &size, false);

	if (at == FDT_ADDR_T_NONE)
		return (struct trans_range){ 0, 0 };
	return (struct trans_range){ at, size };
}

static int find(int after, const char *compatible)
{
	return fdt_node_offset_by_compatible(gd->fdt_blob, after, compatible);
}

static void find_its(struct trans_gic *gic)
{
	int node = find(-1, "arm,gic-v3-its");

	for (; node >= 0 && gic->its_count < MAX_ITS;
	     node = find(node, "arm,gic-v3-its"))
		its[gic->its_count++] = reg(node, 0).start;
}

static void find_v3(struct trans_gic *gic, int node)
{
	int count = fdtdec_get_int(gd->fdt_blob, node, "#redistributor-regions",
				   1);

	gic->version = 3;
	gic->dist = reg(node, 0).start;
	for (int i = 0; i < min(count, MAX_REDIST); i++)
		redist[gic->redist_count++] = reg(node, 1 + i);
	find_its(gic);
}

int port_gic(struct trans_gic *gic, struct trans_error *err)
{
	static const char *const v2[] = { "arm,cortex-a15-gic", "arm,gic-400",
					  "arm,cortex-a9-gic" };
	int node = find(-1, "arm,gic-v3");

	*gic = (struct trans_gic){
		.mmio = trans_mmio_direct(0),
		.redist = redist, .its = its,
	};
	if (node >= 0) {
		find_v3(gic, node);
		return 0;
	}
	for (size_t i = 0; node < 0 && i < ARRAY_SIZE(v2); i++)
		node = find(-1, v2[i]);
	if (node < 0)
		return port_error(err, TRANS_ENOENT,
				  "no GIC in the device tree", 0, 0);
	gic->version = 2;
	gic->dist = reg(node, 0).start;
	gic->cpu = reg(node, 1).start;
	return 0;
}

/* A machine without a GIC has none. */
int port_gic_tables(struct trans_ranges *tables, struct trans_error *err)
{
	struct trans_gic gic;
	struct trans_error none;

	if (port_gic(&gic, &none))
		return 0;
	return trans_gic_lpi_tables(&gic, tables, err);
}
