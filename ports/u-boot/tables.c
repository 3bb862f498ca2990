// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * U-Boot's own page tables, seen through the library, to show them.
 */
#include "port.h"

int port_tables_attach(struct trans_table *table, struct port *port,
		       struct trans_error *err)
{
	const struct trans_cpu *cpu = &port->machine.cpu;
	enum trans_regime regime = trans_cpu_regime(cpu);
	struct trans_report report = { 0 };
	struct trans_geometry geo;
	struct trans_regs regs;
	int ret;

	if (!trans_regs_live(cpu, &regs))
		return port_error(err, TRANS_ENOENT, "U-Boot's MMU is off", 0,
				  0);
	ret = trans_geometry_from_tcr(&geo, regime, false, regs.tcr, cpu->mmfr0,
				      err);
	if (ret)
		return ret;
	ret = trans_table_attach(table, &geo, &regs, NULL, &port_ops,
				 &port->memory, &report);
	if (ret)
		*err = report.error;
	return ret;
}
