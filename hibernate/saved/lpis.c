/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where the tables of LPIs are. A redistributor's PROPBASER and PENDBASER are
 * lost with the power, and Linux does not set them again for a CPU that it had
 * brought up before, because the kernel that loads an image has. Its driver
 * knows them.
 *
 * Linux, include/linux/irqchip/arm-gic-v3.h (struct rdists) and
 * drivers/irqchip/irq-gic-v3-its.c, 5.10 to 7.0; Arm IHI 0069, 12.11.
 */
#include "hibernate/saved/private.h"
#include "lib/numbers.h"

/* GICR_PROPBASER and GICR_PENDBASER: outer and inner cache, [58:56] and [9:7],
 * 7: write-back, allocate on read and write; shareability [11:10], 1: inner. */
#define BASER_MEMORY (7ULL << 56 | 1ULL << 10 | 7ULL << 7)
/* GICD_TYPER.IDbits, bits [23:19], is one less than there are; Linux wants 16
 * at most (ITS_MAX_LPI_NRBITS). */
#define TYPER_ID_BITS(typer) (((typer) >> 19 & 0x1f) + 1)
#define MOST_ID_BITS 16u
#define LEAST_ID_BITS 14u
/* A byte of the property table (12.11.1): bit 0 enables, bit 1 is 1. */
#define PROPERTY_ENABLE 0x0101010101010101ULL
#define PROPERTY_RES1 0x02u

#define PA_END (1ULL << 52)

/* Does every byte say the same but for the bit that enables? */
static bool same_properties(const uint8_t *bytes, uint64_t expected)
{
	uint64_t word, other = 0;

	for (unsigned int at = 0; at < SAVED_PIECE; at += sizeof(word)) {
		memcpy(&word, bytes + at, sizeof(word));
		other |= (word | PROPERTY_ENABLE) ^ expected;
	}
	return !other;
}

static bool is_clear(const uint8_t *bytes)
{
	uint64_t word, any = 0;

	for (unsigned int at = 0; at < SAVED_PIECE; at += sizeof(word)) {
		memcpy(&word, bytes + at, sizeof(word));
		any |= word;
	}
	return !any;
}

static bool is_property_table(struct trans_saved *saved, trans_pa_t pa)
{
	const struct trans_saved_memory *memory = saved->memory;
	uint64_t expected = 0;

	for (uint64_t at = 0; at < TRANS_SAVED_LPI_TABLE; at += SAVED_PIECE) {
		const uint8_t *bytes =
			memory->at(memory->ctx, pa + at, SAVED_PIECE);

		if (!bytes || !trans_saved_spend_(saved, SAVED_PIECE))
			return false;
		if (!at)
			expected = PROPERTY_ENABLE * (bytes[0] | 1u);
		if (!same_properties(bytes, expected))
			return false;
	}
	return expected & PROPERTY_RES1;
}

/* A bit an LPI is 8 KiB, the rest of what Linux makes is zero; pages of zeroes
 * may have no contents. */
static bool is_pending_table(struct trans_saved *saved, trans_pa_t pa)
{
	const struct trans_saved_memory *memory = saved->memory;
	uint64_t at = (1u << MOST_ID_BITS) / 8;

	for (; at < TRANS_SAVED_LPI_TABLE; at += SAVED_PIECE) {
		const uint8_t *bytes =
			memory->at(memory->ctx, pa + at, SAVED_PIECE);

		if (!trans_saved_spend_(saved, SAVED_PIECE) ||
		    !(bytes ? is_clear(bytes) :
			      memory->zero(memory->ctx, pa + at, SAVED_PIECE)))
			return false;
	}
	return true;
}

static bool is_table(const struct trans_saved *saved, trans_pa_t pa)
{
	const struct trans_saved_memory *memory = saved->memory;

	return pa && pa < PA_END && pa % TRANS_SAVED_LPI_TABLE == 0 &&
	       memory->holds(memory->ctx, pa, TRANS_SAVED_LPI_TABLE);
}

void trans_saved_forget_(struct saved_tables *tables)
{
	for (size_t cpu = 0; cpu < tables->room; cpu++)
		tables->of[cpu] = (struct trans_gic_pending){ 0, 0 };
	tables->property = 0;
}

/* Nothing that is @tables->of[@cpu]'s is an earlier CPU's, too. */
static bool is_its_own(const struct saved_tables *tables, size_t cpu)
{
	const struct trans_gic_pending *of = &tables->of[cpu];

	for (size_t i = 0; i < cpu; i++)
		if (tables->of[i].mpidr == of->mpidr ||
		    tables->of[i].pendbaser == of->pendbaser)
			return false;
	return of->pendbaser != tables->property;
}

/* A CPU that was brought up has a table, and no other has. */
static bool has_its_table(struct trans_saved *saved,
			  const struct saved_tables *tables, size_t cpu)
{
	const struct trans_gic_pending *of = &tables->of[cpu];

	if (!of->mpidr && !of->pendbaser)
		return true;
	return of->mpidr && of->pendbaser && is_its_own(tables, cpu) &&
	       is_table(saved, of->pendbaser) &&
	       is_pending_table(saved, of->pendbaser);
}

/* As the registers have it, one behind the other; how many. Is @mpidr among
 * them? */
static size_t close_up(struct saved_tables *tables, uint64_t mpidr, bool *own)
{
	size_t count = 0;

	*own = false;
	for (size_t cpu = 0; cpu < tables->room; cpu++) {
		struct trans_gic_pending of = tables->of[cpu];

		if (!of.mpidr)
			continue;
		of.mpidr &= ~SAVED_MPIDR;
		of.pendbaser |= BASER_MEMORY;
		*own |= of.mpidr == mpidr;
		tables->of[count++] = of;
	}
	return count;
}

bool trans_saved_believe_(struct trans_saved *saved,
			  struct saved_tables *tables, unsigned int bits,
			  uint64_t mpidr, uint32_t least,
			  struct trans_saved_lpis *lpis)
{
	if (tables->muddled || bits < LEAST_ID_BITS || bits > MOST_ID_BITS ||
	    !is_table(saved, tables->property) ||
	    !is_property_table(saved, tables->property))
		return false;
	for (size_t cpu = 0; cpu < tables->room; cpu++)
		if (!has_its_table(saved, tables, cpu))
			return false;
	lpis->tables = (struct trans_gic_lpis){
		.propbaser = tables->property | BASER_MEMORY | (bits - 1),
		.pending = tables->of,
	};
	lpis->tables.count = close_up(tables, mpidr, &lpis->known);
	lpis->known &= lpis->tables.count >= least;
	return lpis->known;
}

/* By the kernel's variables */

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

/* The number of @bytes that is member @name of the struct at @va. */
static bool load_member(struct trans_saved *saved, uint32_t type,
			trans_va_t va, const char *name, unsigned int bytes,
			uint64_t *value)
{
	struct trans_saved_member member;

	return !trans_saved_member(saved, type, name, &member, NULL) &&
	       trans_saved_load_(saved, va + member.offset, bytes, value);
}

/*
 * What a CPU has: rdists->rdist is a per-CPU pointer to a struct without a
 * name. There is a pend_page for each CPU that there may be; bit 0 of flags
 * (RD_LOCAL_LPI_ENABLED) says that it came up, and uses it, and so does
 * rd_base: no null pointer any more.
 */
struct each {
	struct trans_saved *saved;
	const struct trans_saved_symbol *symbols;
	uint64_t rdist;
	struct trans_saved_member base, flags, page;
};

static bool find_each(struct each *each, uint32_t rdists, trans_va_t va)
{
	struct trans_saved_member rdist;

	return !trans_saved_member(each->saved, rdists, "rdist", &rdist,
				   NULL) &&
	       trans_saved_load_(each->saved, va + rdist.offset, 8,
				 &each->rdist) &&
	       !trans_saved_member(each->saved, rdist.type, "rd_base",
				   &each->base, NULL) &&
	       !trans_saved_member(each->saved, rdist.type, "flags",
				   &each->flags, NULL) &&
	       !trans_saved_member(each->saved, rdist.type, "pend_page",
				   &each->page, NULL);
}

static bool load_each(const struct each *each, uint32_t cpu,
		      struct trans_gic_pending *of)
{
	trans_va_t map = each->symbols[SAVED_LOGICAL_MAP].va;
	trans_va_t va = each->rdist;
	uint64_t base, flags, page;

	*of = (struct trans_gic_pending){ 0, 0 };
	if (!trans_saved_per_cpu_(each->saved, each->symbols, cpu, &va) ||
	    !trans_saved_load_(each->saved, va + each->base.offset, 8, &base) ||
	    !trans_saved_load_(each->saved, va + each->flags.offset, 8,
			       &flags) || (base != 0) != (flags & 1))
		return false;
	if (!(flags & 1))
		return true;
	if (!trans_saved_load_(each->saved, map + 8ULL * cpu, 8, &of->mpidr) ||
	    !trans_saved_load_(each->saved, va + each->page.offset, 8, &page))
		return false;
	of->mpidr |= SAVED_MPIDR;
	return page_is_for(each->saved, page, &of->pendbaser);
}

/* Of each CPU there may be, as far as it was known, the same. */
static bool load_all(const struct each *each, struct saved_tables *tables)
{
	uint64_t count;

	if (!trans_saved_load_(each->saved, each->symbols[SAVED_NR_CPU_IDS].va,
			       4, &count) || count > tables->room)
		return false;
	for (uint32_t cpu = 0; cpu < tables->room; cpu++) {
		struct trans_gic_pending of = { 0, 0 };
		uint64_t known = tables->of[cpu].pendbaser;

		if (cpu < count && !load_each(each, cpu, &of))
			return false;
		tables->muddled |= known && known != of.pendbaser;
		tables->of[cpu] = of;
	}
	return true;
}

bool trans_saved_rdists_(struct trans_saved *saved,
			 const struct trans_saved_symbol *symbols,
			 uint32_t rdists, struct saved_tables *tables,
			 unsigned int *bits)
{
	struct each each = { .saved = saved, .symbols = symbols };
	trans_va_t pointer = symbols[SAVED_GIC_RDISTS].va;
	uint64_t va, known = tables->property, typer;

	if (!pointer || !symbols[SAVED_NR_CPU_IDS].va ||
	    !trans_saved_load_(saved, pointer, 8, &va) || !va ||
	    !load_member(saved, rdists, va, "prop_table_pa", 8,
			 &tables->property) ||
	    !load_member(saved, rdists, va, "gicd_typer", 4, &typer) ||
	    !find_each(&each, rdists, va) || !load_all(&each, tables))
		return false;
	tables->muddled |= known && known != tables->property;
	*bits = (unsigned int)trans_least(TYPER_ID_BITS(typer), MOST_ID_BITS);
	return true;
}
