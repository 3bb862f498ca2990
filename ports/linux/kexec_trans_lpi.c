// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of LPIs: a GICv3's redistributors read and write them in memory,
 * and go on when a kernel leaves. Nothing in Linux switches that off, and on
 * many nothing can (Arm IHI 0069, GICR_CTLR.EnableLPIs).
 */
#include <linux/cpumask.h>
#include <linux/irqchip/arm-gic-v3.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/percpu.h>

#include "kexec_trans_parts.h"
#include "kexec_trans_where.h"

/*
 * By memblock, which arm64 keeps: what a device tree reserves, it reserves for
 * the next kernel, too; and what the driver of the ITS has put into UEFI's list
 * is there as well (efi_mem_reserve_persistent), and is not where that failed.
 */
static bool is_reserved(const struct trans_range *table)
{
	phys_addr_t start, end;
	u64 i;

	for_each_reserved_mem_range(i, &start, &end) {
		if (range_is_in(table, start, end - start))
			return true;
	}
	return false;
}

static int check_table(const struct kimage *image, struct trans_range table,
		       bool spare, struct trans_error *error)
{
	const struct trans_range whole = lpi_table_whole(table);
	const char *why = NULL;
	int ret = lpi_table_refused(image->segment, image->nr_segments,
				    image->type == KEXEC_TYPE_CRASH, &whole,
				    spare || is_reserved(&whole), &why);

	if (ret)
		*error = (struct trans_error){
			.status = ret,
			.level = TRANS_NO_LEVEL,
			.why = why,
			.pa = whole.start,
			.len = whole.len,
		};
	return ret;
}

static int check_used(const struct kimage *image, u32 gicd_typer,
		      const void __iomem *rd, struct trans_error *error)
{
	struct trans_gic_tables tables =
		trans_gic_tables_of(gicd_typer,
				    readq_relaxed(rd + GICR_PROPBASER),
				    readq_relaxed(rd + GICR_PENDBASER));
	int ret = check_table(image, tables.property, false, error);

	return ret ? ret : check_table(image, tables.pending, false, error);
}

/*
 * The page, the table's first, is that of a CPU that may yet be brought up,
 * behind the load: then the redistributor has it, and the driver reserves it.
 */
static int check_spare(const struct kimage *image, struct page *page,
		       struct trans_error *error)
{
	return check_table(image,
			   (struct trans_range){ page_to_phys(page),
						 PAGE_SIZE },
			   true, error);
}

static int check_cpu(const struct kimage *image, const struct rdists *rdists,
		     int cpu, struct trans_error *error)
{
	const void __iomem *rd = per_cpu_ptr(rdists->rdist, cpu)->rd_base;
	struct page *page = per_cpu_ptr(rdists->rdist, cpu)->pend_page;

	if (rd && (readl_relaxed(rd + GICR_CTLR) & GICR_CTLR_ENABLE_LPIS))
		return check_used(image, rdists->gicd_typer, rd, error);
	return page ? check_spare(image, page, error) : 0;
}

int kexec_trans_lpi_check(const struct kimage *image,
			  struct trans_error *error)
{
	const struct rdists *rdists = gic_v3_rdists();
	int cpu, ret = 0;

	if (!rdists)
		return 0;
	for_each_possible_cpu(cpu) {
		ret = check_cpu(image, rdists, cpu, error);
		if (ret)
			break;
	}
	return ret;
}
