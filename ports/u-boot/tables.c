// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * U-Boot's own page tables, seen through the library: to show them, and to
 * make sure that the control blob can be entered through them.
 */
#include "port.h"

#define read_sysreg(name) \
	({ u64 value; asm volatile("mrs %0, " #name : "=r"(value)); value; })

static void read_regs(unsigned int el, struct trans_regs *regs)
{
	*regs = (struct trans_regs){ 0 };
	if (el == 2) {
		regs->ttbr = read_sysreg(ttbr0_el2);
		regs->tcr = read_sysreg(tcr_el2);
		regs->mair = read_sysreg(mair_el2);
	} else {
		regs->ttbr = read_sysreg(ttbr0_el1);
		regs->tcr = read_sysreg(tcr_el1);
		regs->mair = read_sysreg(mair_el1);
	}
}

static bool mmu_is_on(unsigned int el)
{
	return (el == 2 ? read_sysreg(sctlr_el2) : read_sysreg(sctlr_el1)) & 1;
}

int port_tables_attach(struct trans_table *table, struct trans_error *err)
{
	const struct trans_cpu *cpu = &port_machine.cpu;
	enum trans_regime regime = trans_cpu_regime(cpu);
	struct trans_report report = { 0 };
	struct trans_geometry geo;
	struct trans_regs regs;
	int rc;

	if (!mmu_is_on(cpu->el))
		return port_error(err, TRANS_ENOENT, "U-Boot's MMU is off", 0,
				  0);
	read_regs(cpu->el, &regs);
	rc = trans_geometry_from_tcr(&geo, regime, false, regs.tcr, cpu->mmfr0,
				     err);
	if (rc)
		return rc;
	rc = trans_table_attach(table, &geo, &regs, NULL, &port_ops,
				&port_memory, &report);
	if (rc)
		*err = report.error;
	return rc;
}

int port_alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	struct trans_table table;
	struct trans_error err;
	int rc = port_tables_attach(&table, &err);

	return rc ? rc : trans_table_verify(&table, pa, pa, len, TRANS_EXEC,
					    NULL);
}
