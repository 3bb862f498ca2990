// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of LPIs: a GICv3's redistributors read and write them in memory,
 * and go on when a kernel leaves. Nothing in Linux switches that off, and on
 * many nothing can (Arm IHI 0069, GICR_CTLR.EnableLPIs).
 */
#include <linux/cpumask.h>
#include <linux/efi.h>
#include <linux/irqchip/arm-gic-v3.h>
#include <linux/memblock.h>
#include <linux/percpu.h>

#include "kexec_trans_parts.h"
#include "kexec_trans_where.h"

/*
 * UEFI's list of reservations is one that Linux adds them to; and what a device
 * tree reserves, it reserves for the next kernel, too.
 */
static bool is_reserved(const struct trans_range *table)
{
	return efi_enabled(EFI_CONFIG_TABLES) ||
	       memblock_is_region_reserved(table->start, table->len);
}

static int check_table(const struct kimage *image,
		       const struct trans_range *table,
		       struct trans_error *error)
{
	const char *why = NULL;
	int ret = lpi_table_refused(image->segment, image->nr_segments,
				    image->type == KEXEC_TYPE_CRASH, table,
				    is_reserved(table), &why);

	if (ret)
		*error = (struct trans_error){
			.status = ret,
			.level = TRANS_NO_LEVEL,
			.why = why,
			.pa = table->start,
			.len = table->len,
		};
	return ret;
}

static int check_redist(const struct kimage *image, u32 gicd_typer,
			const void __iomem *rd, struct trans_error *error)
{
	struct trans_gic_tables tables;
	int ret;

	if (!(readl_relaxed(rd + GICR_CTLR) & GICR_CTLR_ENABLE_LPIS))
		return 0;
	tables = trans_gic_tables_of(gicd_typer,
				     readq_relaxed(rd + GICR_PROPBASER),
				     readq_relaxed(rd + GICR_PENDBASER));
	ret = check_table(image, &tables.property, error);
	return ret ? ret : check_table(image, &tables.pending, error);
}

/* Of each CPU that was brought up: those of others have no tables of ours. */
int kexec_trans_lpi_check(const struct kimage *image,
			  struct trans_error *error)
{
	const struct rdists *rdists = its_rdists();
	int cpu, ret = 0;

	if (!rdists)
		return 0;
	for_each_possible_cpu(cpu) {
		const void __iomem *rd = per_cpu_ptr(rdists->rdist,
						     cpu)->rd_base;

		if (rd)
			ret = check_redist(image, rdists->gicd_typer, rd,
					   error);
		if (ret)
			break;
	}
	return ret;
}
