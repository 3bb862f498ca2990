/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A header says where a kernel's tables are, but not of what shape. A target
 * knows its CPU, which has a say in it; at a desk each shape is tried, and that
 * is right in which VMCOREINFO, found by it, agrees with it (saved.h).
 */
#include <trans_table/registers.h>

#include "kernel.h"

/* MAIR_EL1 as Linux has it (arch/arm64/include/asm/memory.h, MT_*). */
#define MAIR_LINUX 0x000000040044ffffULL
/* Linux with 64K pages and 52 bits on a CPU with 48 walks the end of its root
 * (arch/arm64/include/asm/pgtable-hwdef.h, TTBR1_BADDR_4852_OFFSET). */
#define LATE_ROOT ((1024u - 64u) * 8u)
/* Asking at a desk may take longer than on the way to a resume. */
#define EFFORT (1ULL << 36)

static const struct shape {
	unsigned int va_bits;
	bool late_root;
} shapes[] = {
	{ 48, false }, { 52, false }, { 48, true }, { 47, false },
	{ 42, false }, { 39, false }, { 36, false },
};

static void *table_page(void *ctx, trans_pa_t pa, size_t len)
{
	const struct trans_saved_memory *memory = ctx;

	return (void *)(uintptr_t)memory->at(memory->ctx, pa, len);
}

static const struct trans_ops look_only = { .phys_to_virt = table_page };

static bool geometry_of(const struct shape *shape, unsigned int page_shift,
			struct trans_geometry *geo)
{
	bool ds = page_shift != TRANS_64K && shape->va_bits > 48;
	unsigned int pa_bits = ds || page_shift == TRANS_64K ? 52 : 48;

	if (shape->late_root && page_shift != TRANS_64K)
		return false;
	return !trans_geometry_init(geo, TRANS_EL1_0,
				    (enum trans_granule)page_shift,
				    shape->va_bits, pa_bits,
				    TRANS_GEO_UPPER | (ds ? TRANS_GEO_DS : 0),
				    NULL);
}

static bool attach(struct kernel *kernel, const struct trans_geometry *geo,
		   trans_pa_t root)
{
	struct trans_geometry low = *geo;
	struct trans_regs regs = {
		.ttbr = trans_ttbr(geo, root),
		.mair = MAIR_LINUX,
	};

	low.upper = false;
	regs.tcr = trans_tcr(&low, geo);
	return !trans_table_attach(&kernel->view, geo, &regs, NULL, &look_only,
				   &kernel->memory, NULL);
}

/* Does _cpu_resume lead to code in that shape? Is it the kernel's own? */
static bool try(struct kernel *kernel, const struct trans_swsusp_info *info,
		const struct shape *shape)
{
	struct trans_saved_args args = { .memory = &kernel->memory,
					 .effort = EFFORT,
					 .known_va = info->reenter };
	struct trans_leaf leaf;

	if (!geometry_of(shape, info->page_shift, &args.geo))
		return false;
	args.root = info->ttbr1 + (shape->late_root ? LATE_ROOT : 0);
	if (!attach(kernel, &args.geo, args.root) ||
	    trans_table_query(&kernel->view, info->reenter, &leaf, NULL) ||
	    !trans_leaf_runs(&leaf) ||
	    !kernel->memory.holds(kernel->memory.ctx, leaf.pa, 4))
		return false;
	kernel->tables = true;
	kernel->resume = args.known_pa = leaf.pa;
	return !trans_saved_open(&kernel->saved, &args, NULL);
}

void kernel_find(struct kernel *kernel, struct contents *contents)
{
	const struct trans_swsusp_info *info = &contents->reader.info;
	const struct shape *first = NULL;

	*kernel = (struct kernel){ .memory = contents_memory(contents) };
	for (size_t i = 0; !info->own && !kernel->info &&
	     i < sizeof(shapes) / sizeof(*shapes); i++) {
		kernel->info = try(kernel, info, &shapes[i]);
		if (kernel->tables && !first)
			first = &shapes[i];
	}
	if (first && !kernel->info)
		(void)try(kernel, info, first);
}

/* Linux, arch/arm64/include/asm/memory.h, __phys_to_virt: PAGE_OFFSET is
 * -(1 << VA_BITS) from 5.4 on. Believed if the tables say so, too. */
bool kernel_linear(const struct kernel *kernel, trans_pa_t pa, trans_va_t *va)
{
	uint64_t bits, start;
	struct trans_leaf leaf;

	if (!kernel->info ||
	    trans_saved_number(&kernel->saved, "NUMBER(VA_BITS)", &bits,
			       NULL) ||
	    trans_saved_number(&kernel->saved, "NUMBER(PHYS_OFFSET)", &start,
			       NULL) || bits < 36 || bits > 52)
		return false;
	*va = (pa - start) | -(1ULL << bits);
	return !trans_table_query(&kernel->view, *va, &leaf, NULL) &&
	       leaf.pa == pa;
}
