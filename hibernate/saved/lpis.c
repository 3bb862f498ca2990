/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Whether LPI tables are such as Linux makes, and what redistributors must have
 * again then: PROPBASER and PENDBASER are lost with the power, and Linux does
 * not set them again for a CPU that it had brought up before, because the
 * kernel that loads an image has.
 *
 * Linux, drivers/irqchip/irq-gic-v3-its.c, 5.10 to 7.0; Arm IHI 0069, 12.11.
 */
#include "hibernate/saved/private.h"
#include "lib/numbers.h"

/* GICR_PROPBASER and GICR_PENDBASER: outer and inner cache, [58:56] and [9:7],
 * 7: write-back, allocate on read and write; shareability [11:10], 1: inner. */
#define BASER_MEMORY (7ULL << 56 | 1ULL << 10 | 7ULL << 7)
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
	uint64_t at = (1u << SAVED_ID_BITS) / 8;

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
	if (tables->muddled || bits < LEAST_ID_BITS || bits > SAVED_ID_BITS ||
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
