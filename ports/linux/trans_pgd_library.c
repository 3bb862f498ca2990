// SPDX-License-Identifier: GPL-2.0
/*
 * asm/trans_pgd.h by the library trans_table: the kernel's own linear map is
 * attached as a view, and copied with flags. All pages come from the caller's
 * allocator and stay its own; the library frees none.
 */
#define pr_fmt(fmt) "trans_pgd: " fmt

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

#include "trans_pgd_library.h"

/* What the library's callbacks get. */
struct host {
	struct trans_pgd_info *info;
	/* Memory of the linear map, as asked last. */
	phys_addr_t from, to;
};

static int host_alloc(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t *pa)
{
	struct host *host = ctx;
	void *page = NULL;

	if (count == 1)
		page = host->info->trans_alloc_page(host->info->trans_alloc_arg);
	if (!page)
		return -ENOMEM;
	*pa = virt_to_phys(page);
	return 0;
}

/* Whoever owns the allocator frees all that it gave. */
static void host_free(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t pa)
{
}

static void *host_virt(void *ctx, trans_pa_t pa, size_t len)
{
	return phys_to_virt(pa);
}

/* From @pa to the end of the memory that is in one piece there, if any is. */
static bool host_memory(struct host *host, phys_addr_t pa)
{
	unsigned long first, end;

	if (!memblock_is_map_memory(pa) ||
	    memblock_search_pfn_nid(PFN_DOWN(pa), &first, &end) < 0)
		return false;
	host->from = PFN_PHYS(first);
	host->to = PFN_PHYS(end);
	return true;
}

static bool host_valid(void *ctx, trans_pa_t pa, uint64_t len)
{
	struct host *host = ctx;

	while (pa < host->from || host->to - pa < len || pa >= host->to) {
		if (pa >= host->from && pa < host->to) {
			len -= host->to - pa;
			pa = host->to;
		}
		if (!host_memory(host, pa))
			return false;
	}
	return true;
}

static const struct trans_ops host_ops = {
	.alloc = host_alloc,
	.free = host_free,
	.phys_to_virt = host_virt,
	.pfn_valid = host_valid,
};

static int failed(const char *what, const struct trans_error *error)
{
	if (error->status == TRANS_ENOMEM)
		return -ENOMEM;
	pr_err("%s: %s (va %#llx, pa %#llx, descriptor %#llx)\n", what,
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

/* A half like @geo, of another size. */
static int other_half(struct trans_geometry *geo, unsigned int va_bits,
		      unsigned int flags, struct trans_error *error)
{
	return trans_geometry_init(geo, TRANS_EL1_0, PAGE_SHIFT, va_bits,
				   geo->pa_bits,
				   flags | (geo->ds ? TRANS_GEO_DS : 0), error);
}

/*
 * Linux switches to the copy as to its own root. With 64K pages that has room
 * for VA_BITS, and what 48 bits need of it is at its end.
 */
static unsigned int root_bits(const struct trans_geometry *geo)
{
	return PAGE_SHIFT == 16 ? VA_BITS : geo->va_bits;
}

/* Too large for the stack of whoever loads a kernel. */
struct work {
	struct host host;
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
		work->host.info = info;
	return work;
}

static int work_copy(struct work *work, unsigned long start, unsigned long end,
		     unsigned int flags)
{
	struct trans_report *report = &work->report;
	int ret = own_half(&work->geo, &work->regs, &report->error);

	if (!ret)
		ret = trans_table_attach(&work->from, &work->geo, &work->regs,
					 trans_present_linux, &host_ops,
					 &work->host, report);
	if (!ret) {
		start = max_t(u64, start, trans_geometry_first(&work->geo));
		ret = other_half(&work->geo, root_bits(&work->geo),
				 TRANS_GEO_UPPER, &report->error);
	}
	if (!ret)
		ret = trans_table_create(&work->to, &work->geo,
					 work->regs.mair, &host_ops,
					 &work->host, report);
	if (!ret)
		ret = trans_table_copy(&work->to, start, &work->from, start,
				       end - start, flags, report);
	return ret;
}

/* The walker may be another CPU's, and sees what caches hold. */
static int work_end(struct work *work, const char *what, int ret)
{
	if (ret)
		ret = failed(what, &work->report.error);
	dsb(ishst);
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
	ret = work_copy(work, start, end, flags);
	if (!ret)
		*trans_pgd = phys_to_virt(work->to.root);
	return work_end(work, "the linear map", ret);
}

int trans_pgd_create_copy(struct trans_pgd_info *info, pgd_t **trans_pgd,
			  unsigned long start, unsigned long end)
{
	return trans_pgd_copy_with(info, trans_pgd, start, end, TRANS_PGD_FOLD);
}

static int work_idmap(struct work *work, phys_addr_t pa)
{
	static const struct trans_attr code = { TRANS_MEM_NORMAL, TRANS_EXEC };
	struct trans_report *report = &work->report;
	int ret = own_half(&work->geo, &work->regs, &report->error);

	if (!ret)
		ret = other_half(&work->geo, pa >> 48 ? 52 : 48, 0,
				 &report->error);
	if (!ret)
		ret = trans_table_create(&work->to, &work->geo,
					 work->regs.mair, &host_ops,
					 &work->host, report);
	if (!ret)
		ret = trans_table_idmap(&work->to, pa, PAGE_SIZE, &code, 0,
					report);
	return ret;
}

int trans_pgd_idmap_page(struct trans_pgd_info *info, phys_addr_t *trans_ttbr0,
			 unsigned long *t0sz, void *page)
{
	struct work *work = work_begin(info);
	int ret;

	if (!work)
		return -ENOMEM;
	ret = work_idmap(work, virt_to_phys(page));
	if (!ret) {
		*trans_ttbr0 = trans_ttbr(&work->geo, work->to.root);
		*t0sz = TCR_T0SZ(work->geo.va_bits);
	}
	return work_end(work, "a page of code", ret);
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
