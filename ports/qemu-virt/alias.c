/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <trans_table/transition.h>

#include "alias.h"
#include "machine.h"
#include "memory.h"
#include "sysreg.h"
#include "tables.h"

#define TCR_EL1_EPD0 (1ULL << 7)

static const struct trans_table *own;
static struct trans_table alias;
static uint64_t ttbr0;

void alias_beside(const struct trans_table *table)
{
	own = table;
	alias = (struct trans_table){ 0 };
}

/* EL2 has one range, so the alias needs a table with all of our own mappings
 * in it. Without FOLD, see alias_enter(). */
static int add_own(struct trans_report *report)
{
	if (machine_two_halves())
		return 0;
	return trans_table_copy(&alias, 0, own, 0, 1ULL << own->geo.va_bits, 0,
				report);
}

static int build(trans_pa_t pa, uint64_t len, struct trans_report *report)
{
	static const struct trans_attr code = { TRANS_MEM_NORMAL, TRANS_EXEC };
	struct trans_geometry geo;
	struct trans_regs regs = { 0 };
	int ret;

	ret = tables_geometry(0, &geo, &report->error);
	if (!ret)
		ret = trans_table_create(&alias, &geo, own->mair, &memory_ops,
					 &memory, report);
	if (!ret)
		ret = add_own(report);
	if (!ret)
		ret = trans_table_idmap(&alias, pa, len, &code, 0, report);
	if (!ret)
		ret = trans_table_finish(&alias, &regs, report);
	if (!ret)
		ttbr0 = regs.ttbr;
	return ret;
}

/* The transition's granule may be smaller than that of our own tables. */
int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	struct trans_range code = whole_granules((struct trans_range){
		pa, len });
	struct trans_report report;
	int ret = build(code.start, code.len, &report);

	if (ret)
		alias_drop(host);
	return ret;
}

/*
 * EL1: TTBR0 is free, its walks were switched off. EPD0 may be cached in a TLB
 * (Arm ARM D8.14), so the change wants an invalidation; nothing we run on is
 * translated by TTBR0, so nothing is lost meanwhile.
 *
 * EL2: another root for the range we run in. Break-before-make (D8.14.1) asks
 * for a detour when a live translation changes its address, size, type or
 * rights; none does: the copy has every mapping of the old table as it was,
 * block for block, and the alias is where nothing was mapped, which no TLB may
 * have cached. So old and new entries may stand side by side.
 */
void alias_enter(void *host)
{
	(void)host;
	if (!machine_two_halves()) {
		sysreg_write(ttbr0_el2, ttbr0);
		isb();
		return;
	}
	sysreg_write(ttbr0_el1, ttbr0);
	isb();
	sysreg_write(tcr_el1, sysreg_read(tcr_el1) & ~TCR_EL1_EPD0);
	isb();
	tlb_forget(machine.cpu.el);
}

/* The reverse is no more dangerous; but now entries of the alias may be cached,
 * and its pages are about to be used for something else. */
void alias_leave(void)
{
	if (!machine_two_halves())
		sysreg_write(ttbr0_el2, own->root);
	else
		sysreg_write(tcr_el1, sysreg_read(tcr_el1) | TCR_EL1_EPD0);
	isb();
	tlb_forget(machine.cpu.el);
}

void alias_drop(void *host)
{
	(void)host;
	trans_table_destroy(&alias);
}

uint64_t alias_ttbr0(void)
{
	return ttbr0;
}

uint64_t alias_tcr(void)
{
	return trans_tcr(&alias.geo, machine_two_halves() ? &own->geo : NULL);
}
