/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Switches the MMU on, with tables that the library makes: each address is
 * mapped to itself. To unpack an image of many MiB without caches would take
 * minutes, and decompressors like unaligned accesses, which fault then.
 */
#include <trans_table/registers.h>
#include <trans_table/table.h>

#include "mmu.h"

/* GIC, UART and virtio of QEMU's virt. */
#define DEVICES_AT 0x08000000
#define DEVICES_LEN 0x04000000

extern char data_start[], image_end[]; /* image.ld */

static int map(struct trans_table *table, const struct trans_ranges *ram,
	       struct trans_report *report)
{
	static const struct trans_attr
		memory = { TRANS_MEM_NORMAL, TRANS_WRITE | TRANS_EXEC },
		devices = { TRANS_MEM_DEVICE, TRANS_WRITE };
	int ret = trans_table_idmap(table, DEVICES_AT, DEVICES_LEN, &devices, 0,
				    report);

	for (size_t i = 0; !ret && i < ram->count; i++)
		ret = trans_table_idmap(table, ram->range[i].start,
					ram->range[i].len, &memory, 0, report);
	return ret;
}

/* TCR2 would say that descriptors mean something else; its value after a reset
 * is unknown (ID_AA64MMFR3_EL1.TCRX: it exists). */
#define SWITCH(el, tcr2, tlbi)                                               \
	do {                                                                 \
		if (host.cpu.mmfr3 & 0xf)                                    \
			__asm__ volatile("msr " tcr2 ", xzr");               \
		__asm__ volatile(                                            \
			"msr mair_" el ", %0\n\tmsr tcr_" el ", %1\n\t"      \
			"msr ttbr0_" el ", %2\n\tisb\n\ttlbi " tlbi "\n\t"   \
			"dsb nsh\n\tic iallu\n\tdsb nsh\n\tisb\n\t"          \
			"msr sctlr_" el ", %3\n\tisb"                        \
			: : "r"(regs->mair), "r"(regs->tcr), "r"(regs->ttbr),\
			    "r"(regs->sctlr) : "memory");                    \
	} while (0)

/* With E2H the names of EL1 are those of EL2. */
static void switch_on(const struct trans_regs *regs)
{
	trans_cpu_clean(NULL, data_start, (size_t)image_end - (size_t)data_start);
	if (host.cpu.el == 2 && !host.cpu.e2h)
		SWITCH("el2", "S3_4_C2_C0_3", "alle2");
	else
		SWITCH("el1", "S3_0_C2_C0_3", "vmalle1");
}

int mmu_on(const struct trans_ranges *ram, struct trans_error *err)
{
	static struct trans_table table;
	unsigned int pa_bits = trans_cpu_pa_bits(&host.cpu);
	struct trans_geometry geo;
	struct trans_report report = { 0 };
	struct trans_regs regs;
	int ret;

	ret = trans_geometry_init(&geo, trans_cpu_regime(&host.cpu), TRANS_4K,
				  48, pa_bits > 48 ? 48 : pa_bits, 0,
				  &report.error) ?:
	      trans_table_create(&table, &geo, 0, &host_ops, &host.free,
				 &report) ?:
	      map(&table, ram, &report) ?:
	      trans_table_finish(&table, &regs, &report);
	if (ret) {
		*err = report.error;
		return ret;
	}
	regs.tcr = trans_tcr(&geo, NULL); /* and no walks by TTBR1 */
	switch_on(&regs);
	return 0;
}
