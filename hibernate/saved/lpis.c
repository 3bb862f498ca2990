/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where the tables of LPIs are. A redistributor's PROPBASER and PENDBASER are
 * lost with the power, and Linux does not set those of the CPU that resumes
 * again, because the kernel that loads an image has. Its driver knows them.
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
		    (bytes && !is_clear(bytes)))
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

bool trans_saved_believe_(struct trans_saved *saved, trans_pa_t property,
			  trans_pa_t pending, unsigned int bits,
			  enum trans_saved_source source,
			  struct trans_saved_lpis *lpis)
{
	if (bits < LEAST_ID_BITS || bits > MOST_ID_BITS ||
	    property == pending || !is_table(saved, property) ||
	    !is_table(saved, pending) || !is_property_table(saved, property) ||
	    !is_pending_table(saved, pending))
		return false;
	*lpis = (struct trans_saved_lpis){
		.known = true,
		.source = source,
		.propbaser = property | BASER_MEMORY | (bits - 1),
		.pendbaser = pending | BASER_MEMORY,
	};
	return true;
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

/* Of the array of all struct page, page 0 would be here. */
static bool first_page(const struct trans_saved *saved, uint64_t each,
		       uint64_t *first)
{
	uint64_t start, offset;

	if (!trans_saved_number(saved, "SYMBOL(vmemmap)", first, NULL))
		return true;
	if (trans_saved_number(saved, "NUMBER(VMEMMAP_START)", &start, NULL) ||
	    trans_saved_number(saved, "NUMBER(PHYS_OFFSET)", &offset, NULL))
		return false;
	*first = start - (offset >> saved->view.geo.granule_shift) * each;
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

/* rdists->rdist is a per-CPU pointer to a struct without a name. */
static bool pending_of(struct trans_saved *saved,
		       const struct trans_saved_symbol *symbols, uint32_t cpu,
		       uint32_t rdists, trans_va_t va, trans_pa_t *pa)
{
	struct trans_saved_member rdist;
	uint64_t each, page;

	return !trans_saved_member(saved, rdists, "rdist", &rdist, NULL) &&
	       trans_saved_load_(saved, va + rdist.offset, 8, &each) &&
	       trans_saved_per_cpu_(saved, symbols, cpu, &each) &&
	       load_member(saved, rdist.type, each, "pend_page", 8, &page) &&
	       page_is_for(saved, page, pa);
}

bool trans_saved_rdists_(struct trans_saved *saved,
			 const struct trans_saved_symbol *symbols,
			 uint32_t rdists, uint32_t cpu,
			 struct trans_saved_lpis *lpis)
{
	trans_va_t pointer = symbols[SAVED_GIC_RDISTS].va;
	uint64_t va, property, typer;
	trans_pa_t pending;

	return pointer && trans_saved_load_(saved, pointer, 8, &va) && va &&
	       load_member(saved, rdists, va, "prop_table_pa", 8, &property) &&
	       load_member(saved, rdists, va, "gicd_typer", 4, &typer) &&
	       pending_of(saved, symbols, cpu, rdists, va, &pending) &&
	       trans_saved_believe_(saved, property, pending,
				    (unsigned int)trans_least(
					    TYPER_ID_BITS(typer),
					    MOST_ID_BITS),
				    TRANS_SAVED_MEMORY, lpis);
}
