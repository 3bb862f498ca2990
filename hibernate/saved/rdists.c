/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where the tables of LPIs are by the variables of Linux's driver: gic_rdists
 * points to a struct rdists, of which rdist is a per-CPU pointer to a struct
 * without a name.
 *
 * What is where in these BTF says; but to find a struct there costs more than
 * all else that is asked. The members that matter lie as in 6.12, unless what
 * precedes them is a lock for debugging, or another version has moved them. So
 * they are looked for there first, and believed because of two that say twice,
 * by both kinds of addresses, where something is: the kernel's own tables must
 * agree.
 *
 * Linux, include/linux/irqchip/arm-gic-v3.h (struct rdists) and
 * drivers/irqchip/irq-gic-v3-its.c, 5.10 to 7.0.
 */
#include "hibernate/saved/private.h"
#include "lib/assume.h"
#include "lib/numbers.h"

/* GICD_TYPER.IDbits, bits [23:19], is one less than there are. */
#define TYPER_ID_BITS(typer) (((typer) >> 19 & 0x1f) + 1)

#define PA_END (1ULL << 52)

bool trans_saved_per_cpu_(struct trans_saved *saved,
			  const struct trans_saved_symbol *symbols,
			  uint32_t cpu, trans_va_t *va)
{
	trans_va_t offsets = symbols[SAVED_PER_CPU_OFFSET].va;
	uint64_t offset;

	if (!offsets ||
	    !trans_saved_load_(saved, offsets + 8ULL * cpu, 8, &offset))
		return false;
	*va += offset;
	return true;
}

/* Of the array of all struct page, page 0 would be here. PHYS_OFFSET is an s64
 * (arch/arm64/include/asm/memory.h), and below 0 where the linear map is larger
 * than what memory may span (KASLR; 52 bits on hardware that has 48). */
static bool first_page(const struct trans_saved *saved, uint64_t each,
		       uint64_t *first)
{
	uint64_t start, offset;

	if (!trans_saved_number(saved, "SYMBOL(vmemmap)", first, NULL))
		return true;
	if (trans_saved_number(saved, "NUMBER(VMEMMAP_START)", &start, NULL) ||
	    trans_saved_number(saved, "NUMBER(PHYS_OFFSET)", &offset, NULL))
		return false;
	offset = (uint64_t)((int64_t)offset >> saved->view.geo.granule_shift);
	*first = start - offset * each;
	return true;
}

/* The memory that a struct page is for. */
static bool page_is_for(const struct trans_saved *saved, trans_va_t page,
			trans_pa_t *pa)
{
	uint64_t each, first;

	if (trans_saved_number(saved, "SIZE(page)", &each, NULL) || !each ||
	    !first_page(saved, each, &first) || page < first ||
	    (page - first) % each ||
	    (page - first) / each > PA_END >> saved->view.geo.granule_shift)
		return false;
	*pa = (page - first) / each << saved->view.geo.granule_shift;
	return true;
}

/*
 * Where what is: in bytes from the start of the struct, and from that of what
 * each CPU has. There is a pend_page for each CPU that there may be; bit 0 of
 * flags (RD_LOCAL_LPI_ENABLED) says that it came up, and uses it, and so does
 * rd_base: no null pointer any more.
 * @usual: where Linux has them; then there are also
 * @va:    prop_table_va
 * @frame: phys_base, which is where rd_base leads
 */
struct places {
	uint64_t rdist, property, typer;
	uint64_t base, page, flags;
	bool usual;
	uint64_t va, frame;
};

static const struct places usual = {
	.usual = true, .rdist = 0, .property = 8, .va = 16, .typer = 32,
	.base = 8, .page = 16, .frame = 24, .flags = 32,
};

/* Without what takes less time. */
static bool is_usual(const struct places *at)
{
	return !TRANS_ASSUME_NO_ORDER && at->usual;
}

struct rdists {
	struct trans_saved *saved;
	const struct trans_saved_symbol *symbols;
	struct places at;
	uint64_t property, typer, each;
};

static bool find_member(struct trans_saved *saved, uint32_t type,
			const char *name, uint64_t *offset, uint32_t *of)
{
	struct trans_saved_member member;

	if (trans_saved_member(saved, type, name, &member, NULL))
		return false;
	*offset = member.offset;
	*of = member.type;
	return true;
}

/* By BTF. */
static bool find_places(struct trans_saved *saved, uint32_t type,
			struct places *at)
{
	uint32_t each, other;

	return find_member(saved, type, "prop_table_pa", &at->property,
			   &other) &&
	       find_member(saved, type, "gicd_typer", &at->typer, &other) &&
	       find_member(saved, type, "rdist", &at->rdist, &each) &&
	       find_member(saved, each, "rd_base", &at->base, &other) &&
	       find_member(saved, each, "flags", &at->flags, &other) &&
	       find_member(saved, each, "pend_page", &at->page, &other);
}

/* Is what @member of the struct at @va points to at @pa, by the tables? */
static bool leads_to(struct trans_saved *saved, trans_va_t va, uint64_t member,
		     trans_pa_t pa)
{
	struct trans_leaf leaf;
	uint64_t pointer;

	return trans_saved_load_(saved, va + member, 8, &pointer) &&
	       trans_saved_spend_(saved, SAVED_WALK) &&
	       !trans_table_query(&saved->view, pointer, &leaf, NULL) &&
	       leaf.pa == pa;
}

/* What is said of all CPUs. */
static bool load(struct rdists *r)
{
	struct trans_saved *saved = r->saved;
	trans_va_t pointer = r->symbols[SAVED_GIC_RDISTS].va;
	uint64_t va;

	return pointer && trans_saved_load_(saved, pointer, 8, &va) && va &&
	       trans_saved_load_(saved, va + r->at.property, 8, &r->property) &&
	       trans_saved_load_(saved, va + r->at.typer, 4, &r->typer) &&
	       trans_saved_load_(saved, va + r->at.rdist, 8, &r->each) &&
	       (!is_usual(&r->at) ||
		leads_to(saved, va, r->at.va, r->property));
}

static bool frame_is(const struct rdists *r, trans_va_t va)
{
	uint64_t frame;

	return trans_saved_load_(r->saved, va + r->at.frame, 8, &frame) &&
	       leads_to(r->saved, va, r->at.base, frame);
}

static bool load_each(const struct rdists *r, uint32_t cpu,
		      struct trans_gic_pending *of)
{
	trans_va_t map = r->symbols[SAVED_LOGICAL_MAP].va, va = r->each;
	struct trans_saved *saved = r->saved;
	uint64_t base, flags, page;

	*of = (struct trans_gic_pending){ 0, 0 };
	if (!trans_saved_per_cpu_(saved, r->symbols, cpu, &va) ||
	    !trans_saved_load_(saved, va + r->at.base, 8, &base) ||
	    !trans_saved_load_(saved, va + r->at.flags, 8, &flags) ||
	    (base != 0) != (flags & 1))
		return false;
	if (!(flags & 1))
		return true;
	if ((is_usual(&r->at) && !frame_is(r, va)) ||
	    !trans_saved_load_(saved, map + 8ULL * cpu, 8, &of->mpidr) ||
	    !trans_saved_load_(saved, va + r->at.page, 8, &page))
		return false;
	of->mpidr |= SAVED_MPIDR;
	return page_is_for(saved, page, &of->pendbaser);
}

/* Of each CPU there may be, as far as it was known, the same. */
static bool load_all(const struct rdists *r, struct saved_tables *tables)
{
	trans_va_t at = r->symbols[SAVED_NR_CPU_IDS].va;
	uint64_t count;

	if (!at || !trans_saved_load_(r->saved, at, 4, &count) ||
	    count > tables->room)
		return false;
	for (uint32_t cpu = 0; cpu < tables->room; cpu++) {
		struct trans_gic_pending of = { 0, 0 };
		uint64_t known = tables->of[cpu].pendbaser;

		if (cpu < count && !load_each(r, cpu, &of))
			return false;
		tables->muddled |= known && known != of.pendbaser;
		tables->of[cpu] = of;
	}
	return true;
}

bool trans_saved_rdists_(struct trans_saved *saved,
			 const struct trans_saved_symbol *symbols,
			 uint32_t type, struct saved_tables *tables,
			 unsigned int *bits)
{
	struct rdists r = { .saved = saved, .symbols = symbols };
	uint64_t known = tables->property;

	if (!type)
		r.at = usual;
	if ((type && !find_places(saved, type, &r.at)) || !load(&r) ||
	    !load_all(&r, tables))
		return false;
	tables->muddled |= known && known != r.property;
	tables->property = r.property;
	*bits = (unsigned int)trans_least(TYPER_ID_BITS(r.typer), SAVED_ID_BITS);
	return true;
}
