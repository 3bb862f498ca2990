// SPDX-License-Identifier: GPL-2.0
/*
 * asm/trans_pgd.h by the library trans_table: the kernel's own linear map is
 * attached as a view, and copied with flags. All pages come from the caller's
 * allocator and stay its own; the library frees none.
 */
#define pr_fmt(fmt) "trans_pgd: " fmt

#include <linux/compiler.h>
#include <linux/memblock.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/barrier.h>
#include <asm/cacheflush.h>
#include <asm/cputype.h>
#include <asm/sysreg.h>
#include <asm/virt.h>

#include "trans_pgd_ways.h"

static int host_alloc(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t *pa)
{
	struct trans_pgd_info *info = ctx;
	void *page = NULL;

	if (count == 1)
		page = info->trans_alloc_page(info->trans_alloc_arg);
	if (!page)
		return -ENOMEM;
	*pa = virt_to_phys(page);
	return 0;
}

void trans_pgd_host_free(void *ctx, unsigned int shift, unsigned int count,
			 trans_pa_t pa)
{
}

void *trans_pgd_host_virt(void *ctx, trans_pa_t pa, size_t len)
{
	return phys_to_virt(pa);
}

u64 trans_pgd_ram_len(phys_addr_t pa)
{
	unsigned long first, end;

	if (!memblock_is_map_memory(pa) ||
	    memblock_search_pfn_nid(PFN_DOWN(pa), &first, &end) < 0)
		return 0;
	return PFN_PHYS(end) - pa;
}

static uint64_t host_valid_len(void *ctx, trans_pa_t pa)
{
	return trans_pgd_ram_len(pa);
}

void trans_pgd_host_barrier(void *ctx)
{
	dsb(ishst);
}

static const struct trans_ops host_ops = {
	.alloc = host_alloc,
	.free = trans_pgd_host_free,
	.phys_to_virt = trans_pgd_host_virt,
	.valid_len = host_valid_len,
	.barrier = trans_pgd_host_barrier,
};

static int failed(const char *what, const struct trans_error *error)
{
	if (error->status == TRANS_ENOMEM)
		return -ENOMEM;
	pr_err("%s: %s (va %#llx, pa %#llx, desc %#llx)\n", what,
	       error->why, error->va, error->pa, error->desc);
	return -EINVAL;
}

/*
 * How this CPU translates the upper half. TCR2 and PIR only where the kernel
 * knows of them.
 */
static int own_half(struct trans_geometry *geo, struct trans_regs *regs,
		    struct trans_error *error)
{
	*regs = (struct trans_regs){
		.ttbr = read_sysreg(ttbr1_el1),
		.tcr = read_sysreg(tcr_el1),
		.mair = read_sysreg(mair_el1),
	};
#ifdef SYS_PIR_EL1
	if (cpus_have_final_cap(ARM64_HAS_S1PIE)) {
		regs->tcr2 = read_sysreg_s(SYS_TCR2_EL1);
		regs->pir = read_sysreg_s(SYS_PIR_EL1);
		regs->pire0 = read_sysreg_s(SYS_PIRE0_EL1);
	}
#endif
	return trans_geometry_from_tcr(geo, TRANS_EL1_0, true, regs->tcr,
				       read_cpuid(ID_AA64MMFR0_EL1), error);
}

/* Too large for the stack of whoever loads a kernel. */
struct work {
	struct trans_pgd_info *info;
	u64 start, end;
	unsigned int flags;
	struct trans_geometry geo;
	struct trans_regs regs;
	struct trans_report report;
	struct trans_table to, from;
};

/* A resume has interrupts off. */
static struct work *work_begin(struct trans_pgd_info *info)
{
	struct work *work = kzalloc(sizeof(*work), GFP_NOWAIT);

	if (work)
		work->info = info;
	return work;
}

/*
 * Linux keeps its registers when it switches to the copy: what permissions mean
 * by PIR, and with 64K pages and VA_BITS_52 where in its page a root of 48 bits
 * lies. What this holds is not held while the copy goes deep.
 */
static noinline_for_stack int work_tables(struct work *work)
{
	struct trans_report *report = &work->report;
	int ret = own_half(&work->geo, &work->regs, &report->error);

	if (!ret)
		ret = trans_table_attach(&work->from, &work->geo, &work->regs,
					 trans_present_linux, &host_ops,
					 work->info, report);
	if (!ret)
		ret = trans_table_create_for(&work->to, &work->geo, &work->regs,
					     &host_ops, work->info, report);
	return ret;
}

static int work_copy(struct work *work)
{
	u64 start = max(work->start, trans_geometry_first(&work->geo));
	int ret = trans_table_copy(&work->to, start, &work->from, start,
				   work->end - start, work->flags,
				   &work->report);

	return ret ? ret : trans_table_publish(&work->to, &work->regs,
					       &work->report);
}

static int work_end(struct work *work, const char *what, int ret)
{
	if (ret)
		ret = failed(what, &work->report.error);
	kfree(work);
	return ret;
}

int trans_pgd_copy_with(struct trans_pgd_info *info, pgd_t **trans_pgd,
			unsigned long start, unsigned long end,
			unsigned int flags)
{
	struct work *work = work_begin(info);
	int ret;

	if (!work)
		return -ENOMEM;
	work->start = start;
	work->end = end;
	work->flags = flags;
	ret = work_tables(work);
	if (!ret)
		ret = work_copy(work);
	if (!ret)
		*trans_pgd = phys_to_virt(work->to.root & PAGE_MASK);
	return work_end(work, "copy", ret);
}

int trans_pgd_create_copy(struct trans_pgd_info *info, pgd_t **trans_pgd,
			  unsigned long start, unsigned long end)
{
	return trans_pgd_copy_with(info, trans_pgd, start, end, TRANS_PGD_FOLD);
}

static int work_idmap(struct work *work, phys_addr_t pa, u64 len)
{
	static const struct trans_attr code = { TRANS_MEM_NORMAL, TRANS_EXEC };
	struct trans_report *report = &work->report;
	struct trans_geometry *geo = &work->geo;
	int ret = own_half(geo, &work->regs, &report->error);

	if (!ret)
		ret = trans_geometry_init(geo, TRANS_EL1_0, PAGE_SHIFT,
					  pa >> 48 ? 52 : 48, geo->pa_bits,
					  geo->ds ? TRANS_GEO_DS : 0,
					  &report->error);
	work->regs.ttbr = 0; /* TTBR1's */
	if (!ret)
		ret = trans_table_create_for(&work->to, geo, &work->regs,
					     &host_ops, work->info, report);
	if (!ret)
		ret = trans_table_idmap(&work->to, pa, len, &code, 0, report);
	if (!ret)
		ret = trans_table_publish(&work->to, &work->regs, report);
	return ret;
}

int trans_pgd_idmap_range(struct trans_pgd_info *info, phys_addr_t *trans_ttbr0,
			  unsigned long *t0sz, phys_addr_t pa, u64 len)
{
	struct work *work = work_begin(info);
	int ret;

	if (!work)
		return -ENOMEM;
	ret = work_idmap(work, pa, len);
	if (!ret) {
		*trans_ttbr0 = work->regs.ttbr;
		*t0sz = TCR_T0SZ(work->geo.va_bits);
	}
	return work_end(work, "code", ret);
}

int trans_pgd_idmap_page(struct trans_pgd_info *info, phys_addr_t *trans_ttbr0,
			 unsigned long *t0sz, void *page)
{
	return trans_pgd_idmap_range(info, trans_ttbr0, t0sz,
				     virt_to_phys(page), PAGE_SIZE);
}

/* EL2 runs them with its MMU off. */
int trans_pgd_copy_el2_vectors(struct trans_pgd_info *info,
			       phys_addr_t *el2_vectors)
{
	void *page = info->trans_alloc_page(info->trans_alloc_arg);
	unsigned long start = (unsigned long)page;

	if (!page)
		return -ENOMEM;
	memcpy(page, trans_pgd_stub_vectors, ARM64_VECTOR_TABLE_LEN);
	caches_clean_inval_pou(start, start + ARM64_VECTOR_TABLE_LEN);
	dcache_clean_inval_poc(start, start + ARM64_VECTOR_TABLE_LEN);
	*el2_vectors = virt_to_phys(page);
	return 0;
}
