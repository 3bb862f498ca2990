/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A saved kernel's own tables: the header says where they are, but not of what
 * shape. The shape is found by looking the one known address up in each that
 * the CPU can have, and seeing whether there is what must be there.
 *
 * And the registers that go with them, for a kernel entered with the MMU on.
 */
#include "hibernate/resume/saved_kernel.h"
#include "lib/fail.h"
#include "lib/numbers.h"

/*
 * A kernel built for 52-bit addresses with 64K pages has a root of 1024
 * entries; with 48 bits the last 64 of them are used (Linux,
 * TTBR1_BADDR_4852_OFFSET).
 */
#define ROOT_52_AS_48 ((1024u - 64u) * 8u)

/* TCR_EL1 as Linux has it beside sizes and walks: ASIDs of 16 bits, those of
 * TTBR1, top byte of user addresses ignored. MAIR_EL1: Normal, Tagged,
 * Normal-NC, Device-nGnRnE, Device-nGnRE (arch/arm64/include/asm/memory.h,
 * MT_*). */
#define TCR_A1 (1ULL << 22)
#define TCR_AS (1ULL << 36)
#define TCR_TBI0 (1ULL << 37)
#define MAIR_LINUX 0x000000040044ffffULL
#define MAIR_TAGGED 0x000000000000f000ULL
#define MAIR_INDEX_1 0x000000000000ff00ULL
/* Kernels before 5.10 number these otherwise, so that under this MAIR their
 * text would be Device memory: what is looked up must be Normal. */
#define NORMAL 0xff

/* A shape to try. */
struct shape {
	unsigned int va_bits;
	bool late_root;
};

/* In this order: with 64K pages the last entries of a 52-bit root look the same
 * with either size, so that the CPU must decide, as it did for the kernel. */
static const struct shape shapes[] = {
	{ 52, false }, { 48, false }, { 48, true }, { 47, false },
	{ 42, false }, { 39, false }, { 36, false },
};

int trans_find_geometry_(struct trans_geometry *geo,
			 const struct trans_cpu *cpu, enum trans_regime regime,
			 enum trans_granule granule, unsigned int va_bits,
			 unsigned int flags, struct trans_error *err)
{
	unsigned int pa_bits = trans_cpu_pa_bits(cpu);

	if (pa_bits > 48 && granule != TRANS_64K && !(flags & TRANS_GEO_DS))
		pa_bits = 48;
	return trans_geometry_init(geo, regime, granule, va_bits, pa_bits,
				   flags, err);
}

/* For the view of foreign tables: its context is the memory. */
static void *table_page(void *ctx, trans_pa_t pa, size_t len)
{
	const struct trans_saved_memory *memory = ctx;

	return (void *)(uintptr_t)memory->at(memory->ctx, pa, len);
}

static const struct trans_ops look_only = { .phys_to_virt = table_page };

static int view_of(const struct trans_saved_memory *memory,
		   const struct tr_tables *tables, struct trans_table *view)
{
	struct trans_regs regs = {
		.ttbr = trans_ttbr(&tables->geo, tables->root),
		.mair = MAIR_LINUX,
	};
	struct trans_geometry low = tables->geo;

	low.upper = false;
	regs.tcr = trans_tcr(&low, &tables->geo);
	return trans_table_attach(view, &tables->geo, &regs, NULL, &look_only,
				  (void *)(uintptr_t)memory, NULL);
}

static int look_up(const struct trans_saved_memory *memory,
		   const struct tr_tables *tables, trans_va_t va,
		   trans_pa_t *pa)
{
	struct trans_table view;
	struct trans_leaf leaf = { 0 };
	int ret = view_of(memory, tables, &view);

	if (!ret)
		ret = trans_table_query(&view, va, &leaf, NULL);
	if (!ret && leaf.memory != NORMAL)
		ret = TRANS_EUNREPR;
	if (!ret)
		*pa = leaf.pa;
	return ret;
}

/* Is it that shape? */
static bool fits(const struct trans_saved_memory *memory,
		 const struct trans_swsusp_info *info,
		 const struct trans_cpu *cpu, enum trans_regime regime,
		 const struct shape *shape, struct tr_tables *tables)
{
	enum trans_granule granule = (enum trans_granule)info->page_shift;
	bool wide = shape->va_bits > 48;
	unsigned int flags = TRANS_GEO_UPPER;

	if (wide && !trans_cpu_has_va52(cpu, granule))
		return false;
	if (shape->late_root && granule != TRANS_64K)
		return false;
	if (wide && granule != TRANS_64K)
		flags |= TRANS_GEO_DS;
	tables->root = info->ttbr1 + (shape->late_root ? ROOT_52_AS_48 : 0);
	return !trans_find_geometry_(&tables->geo, cpu, regime, granule,
				     shape->va_bits, flags, NULL) &&
	       !look_up(memory, tables, info->reenter, &tables->resume) &&
	       trans_find_is_cpu_resume_(memory, tables->resume);
}

int trans_find_tables_(const struct trans_saved_memory *memory,
		       const struct trans_swsusp_info *info,
		       const struct trans_cpu *cpu, enum trans_regime regime,
		       struct tr_tables *tables, struct trans_error *err)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		if (fits(memory, info, cpu, regime, &shapes[i], tables))
			return 0;
	return trans_fail(err, TRANS_EIMAGE,
			  "the image's tables do not lead to its _cpu_resume");
}

/* The text */

/* Going through it: @distance is VA - PA, everywhere; what @leaf and @leaf_len
 * are the VAs of, of the last entry that was looked up, is mapped so. */
struct text {
	const struct trans_saved_memory *memory;
	struct trans_table view;
	uint64_t distance;
	trans_va_t leaf;
	uint64_t leaf_len;
};

/* A kernel's image is mapped by blocks where it can be. */
static bool is_mapped(struct text *text, trans_va_t va)
{
	unsigned int shift = text->view.geo.granule_shift;
	struct trans_leaf leaf;

	if (va - text->leaf < text->leaf_len)
		return true;
	if (trans_table_query(&text->view, va, &leaf, NULL) ||
	    leaf.pa != va - text->distance)
		return false;
	shift += (unsigned int)(3 - leaf.level) * (shift - 3);
	text->leaf_len = 1ULL << shift;
	text->leaf = trans_round_down(va, text->leaf_len);
	return true;
}

/* Is the page at @va mapped as the others are, and was it saved? */
static bool goes_on(struct text *text, trans_va_t va)
{
	uint64_t page = 1ULL << text->view.geo.granule_shift;

	return !text->memory->work(text->memory->ctx, page) &&
	       is_mapped(text, va) &&
	       text->memory->holds(text->memory->ctx, va - text->distance,
				   page);
}

struct trans_range trans_find_text_(const struct trans_saved_memory *memory,
				    const struct trans_swsusp_info *info,
				    const struct tr_tables *tables)
{
	uint64_t page = 1ULL << info->page_shift, below = 0, above = page;
	trans_va_t va = trans_round_down(info->reenter, page);
	trans_pa_t pa = trans_round_down(tables->resume, page);
	struct text text = { .memory = memory, .distance = va - pa };

	if (view_of(memory, tables, &text.view))
		return (struct trans_range){ pa, page };
	while (below < TR_TEXT_REACH && below < pa &&
	       goes_on(&text, va - below - page))
		below += page;
	while (above < TR_TEXT_REACH && va + above != 0 &&
	       goes_on(&text, va + above))
		above += page;
	return (struct trans_range){ pa - below, below + above };
}

/* The world */

int trans_find_world_(const struct tr_tables *tables,
		      const struct trans_cpu *cpu, unsigned int low_va_bits,
		      struct trans_world *world, struct trans_error *err)
{
	const struct trans_geometry *high = &tables->geo;
	struct trans_geometry low;
	int ret;

	/* ID_AA64MMFR3_EL1.S1PIE [11:8] */
	if (trans_field(cpu->mmfr3, 8))
		return trans_fail(err, TRANS_EIMAGE,
				  "a CPU with permission indirection: "
				  "physical entry only");
	ret = trans_find_geometry_(&low, cpu, (enum trans_regime)high->regime,
				   (enum trans_granule)high->granule_shift,
				   low_va_bits, high->ds ? TRANS_GEO_DS : 0,
				   err);
	if (ret)
		return ret;
	*world = (struct trans_world){
		.ttbr1 = trans_ttbr(high, tables->root),
		.tcr = trans_tcr(&low, high) | TCR_A1 | TCR_TBI0,
		.mair = MAIR_LINUX,
		.sctlr = trans_sctlr((enum trans_regime)high->regime),
	};
	/* ID_AA64MMFR0_EL1.ASIDBits [7:4] */
	if (trans_field(cpu->mmfr0, 4) >= 2)
		world->tcr |= TCR_AS;
	/* ID_AA64PFR1_EL1.MTE [11:8]: tags in memory. */
	if (trans_field(cpu->pfr1, 8) >= 2)
		world->mair = (MAIR_LINUX & ~MAIR_INDEX_1) | MAIR_TAGGED;
	return 0;
}
