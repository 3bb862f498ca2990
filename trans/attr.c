/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Attributes: permissions, memory types and shareability, in the two shapes
 * that stage 1 has: regimes with two halves and an EL0, and the EL2 regime with
 * one range and none (Arm ARM D8.4.1).
 */
#include "attr.h"

static bool one_range(const struct trans_geometry *geo)
{
	return geo->regime == TRANS_EL2;
}

struct edit edit_then(struct edit a, struct edit b)
{
	return (struct edit){ a.clear | b.clear, (a.set & ~b.clear) | b.set };
}

uint64_t edit_apply(struct edit edit, uint64_t attributes)
{
	return (attributes & ~edit.clear) | edit.set;
}

struct edit edit_of_table(const struct trans_table *table, desc_t d)
{
	struct edit edit = { 0, 0 };

	if (!table->hierarchical)
		return edit;
	/* Read-only overrides hardware dirty state too, hence DBM. */
	if (d.v & TABLE_READONLY)
		edit = (struct edit){ LEAF_DBM, LEAF_READONLY };
	if (d.v & TABLE_XN)
		edit.set |= LEAF_XN;
	if (one_range(&table->geo))
		return edit;
	if (d.v & TABLE_NOUSER)
		edit.clear |= LEAF_USER;
	if (d.v & TABLE_PXN)
		edit.set |= LEAF_PXN;
	return edit;
}

struct edit edit_of_flags(const struct trans_geometry *geo, unsigned int flags)
{
	/* The contiguous bit promises what neighbours look like; a copy that
	 * changes, cuts or drops neighbours cannot keep the promise. Software
	 * bits have no reader in a transitional table. */
	struct edit edit = { LEAF_CONT | LEAF_SOFTWARE, 0 };

	if (flags & TRANS_MKWRITE) {
		edit.clear |= LEAF_READONLY;
		edit.set |= LEAF_DBM;
	}
	if (flags & TRANS_NOEXEC)
		edit.set |= LEAF_XN | (one_range(geo) ? 0 : LEAF_PXN);
	return edit;
}

static uint64_t to_two_halves(uint64_t attributes)
{
	bool never = attributes & LEAF_XN;

	attributes &= ~(LEAF_USER | LEAF_PXN);
	return attributes | LEAF_XN | (never ? LEAF_PXN : 0);
}

/* What EL0 may write, EL1 never executes (D8.4.1.2). */
static bool el1_never_executes(uint64_t attributes)
{
	return attributes & LEAF_PXN ||
	       (attributes & (LEAF_USER | LEAF_READONLY)) == LEAF_USER;
}

static uint64_t to_one_range(uint64_t attributes)
{
	bool never = el1_never_executes(attributes);

	attributes &= ~(LEAF_PXN | LEAF_XN | LEAF_NG);
	return attributes | LEAF_USER | (never ? LEAF_XN : 0);
}

uint64_t between_tables(const struct trans_geometry *from,
			const struct trans_geometry *to, uint64_t attributes)
{
	if (one_range(from) && !one_range(to))
		attributes = to_two_halves(attributes);
	else if (!one_range(from) && one_range(to))
		attributes = to_one_range(attributes);
	/* With DS the shareability moves from the descriptors to TCR. */
	if (to->ds)
		return attributes & ~LEAF_SH;
	return from->ds ? attributes | LEAF_SH_INNER : attributes;
}

static uint8_t mair_type(uint64_t mair, unsigned int index)
{
	return (uint8_t)(mair >> (8 * index));
}

int mair_index(uint64_t mair, uint8_t type)
{
	for (unsigned int i = 0; i < 8; i++)
		if (mair_type(mair, i) == type)
			return (int)i;
	return -1;
}

bool mair_map(uint64_t from, uint64_t to, uint8_t map[8])
{
	for (unsigned int i = 0; i < 8; i++) {
		int index = (int)i;

		if (mair_type(from, i) != mair_type(to, i))
			index = mair_index(to, mair_type(from, i));
		map[i] = index < 0 ? 0xff : (uint8_t)index;
	}
	return from == to;
}

static const uint8_t memory_types[] = {
	[TRANS_MEM_NORMAL] = 0xff,
	[TRANS_MEM_NC] = 0x44,
	[TRANS_MEM_DEVICE] = 0x04,
	[TRANS_MEM_STRONG] = 0x00,
};

bool attributes_of(const struct trans_table *table,
		   const struct trans_attr *attr, uint64_t *attributes,
		   const char **why)
{
	bool normal = attr->memory == TRANS_MEM_NORMAL ||
		      attr->memory == TRANS_MEM_NC;
	bool exec = attr->access & TRANS_EXEC;
	uint64_t bits = LEAF_AF;
	int index;

	*why = "unknown memory type or access bit";
	if (attr->memory < TRANS_MEM_NORMAL || attr->memory > TRANS_MEM_STRONG ||
	    attr->access & ~(TRANS_WRITE | TRANS_EXEC))
		return false;
	/* Speculative fetches from a device have side effects (D8.4.1.2.3). */
	*why = "device memory is never executable";
	if (exec && !normal)
		return false;
	*why = "memory type is not in the table's MAIR";
	index = mair_index(table->mair, memory_types[attr->memory]);
	if (index < 0)
		return false;
	bits |= (uint64_t)index << LEAF_INDEX_SHIFT;
	if (normal && !table->geo.ds)
		bits |= LEAF_SH_INNER;
	if (!(attr->access & TRANS_WRITE))
		bits |= LEAF_READONLY;
	if (one_range(&table->geo))
		bits |= LEAF_USER | (exec ? 0 : LEAF_XN);
	else
		bits |= LEAF_XN | (exec ? 0 : LEAF_PXN);
	*attributes = bits;
	return true;
}

void describe(const struct trans_table *table, uint64_t attributes,
	      struct trans_leaf *leaf)
{
	bool two = !one_range(&table->geo);
	bool user = two && attributes & LEAF_USER;
	unsigned int index =
		(unsigned int)((attributes & LEAF_INDEX) >> LEAF_INDEX_SHIFT);

	leaf->memory = mair_type(table->mair, index);
	leaf->readable = true;
	leaf->writable = !(attributes & LEAF_READONLY) ||
			 (table->dirty && attributes & LEAF_DBM);
	leaf->user_readable = user;
	leaf->user_writable = user && leaf->writable;
	leaf->user_executable = two && !(attributes & LEAF_XN);
	if (two)
		leaf->executable = !(attributes & LEAF_PXN) &&
				   !leaf->user_writable;
	else
		leaf->executable = !(attributes & LEAF_XN);
}
