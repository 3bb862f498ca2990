/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <libfdt.h>

#include "gic.h"
#include "machine.h"
#include "memory.h"
#include "mmio.h"

static struct trans_range redist;
static trans_pa_t its;

static int find(const char *compatible)
{
	return fdt_node_offset_by_compatible(at_pa(machine.fdt.start), -1,
					     compatible);
}

int gic_find(struct trans_gic *gic, struct trans_error *err)
{
	int v2 = find("arm,cortex-a15-gic"), v3 = find("arm,gic-v3");
	int its_node = find("arm,gic-v3-its");

	*gic = (struct trans_gic){ .mmio = machine_mmio(), .redist = &redist,
				   .its = &its };
	if (v2 >= 0) {
		gic->version = 2;
		gic->dist = machine_reg(v2, 0).start;
		gic->cpu = machine_reg(v2, 1).start;
		return TRANS_OK;
	}
	if (v3 < 0) {
		*err = (struct trans_error){ .status = TRANS_ENOENT,
					     .why = "no GIC in the device tree",
					     .level = TRANS_NO_LEVEL };
		return TRANS_ENOENT;
	}
	gic->version = 3;
	gic->dist = machine_reg(v3, 0).start;
	redist = machine_reg(v3, 1);
	gic->redist_count = 1;
	if (its_node >= 0) {
		its = machine_reg(its_node, 0).start;
		gic->its_count = 1;
	}
	return TRANS_OK;
}
