/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Attributes: what the bits of a leaf mean in each regime, and how they change.
 */
#ifndef TRANS_ATTR_H
#define TRANS_ATTR_H

#include <trans_table/table.h>

#include "trans/table/desc.h"

/* A change of attribute bits: clear first, then set. */
struct edit {
	uint64_t clear, set;
};

static inline uint64_t edit_apply(struct edit edit, uint64_t attributes)
{
	return (attributes & ~edit.clear) | edit.set;
}

/* Hierarchical attributes that a table descriptor gives to the leaves below it
 * (TABLE_..., Arm ARM D8.4.3); none where TCR.HPD disables them. Those of
 * several levels add up. */
uint64_t trans_inheritance_(const struct trans_table *table, desc_t d);
/* What they make of the attributes of a leaf. */
uint64_t trans_inherit_(uint64_t inherited, uint64_t attributes);

/* What the flags of a copy do to every leaf of @geo. */
struct edit trans_edit_of_flags_(const struct trans_geometry *geo,
				 unsigned int flags);

/* What gives leaves of @geo exactly @access, and EL0 nothing. */
struct edit trans_edit_of_access_(const struct trans_geometry *geo,
				  unsigned int access);

/* Attributes that mean the same without the source's registers: permission
 * indirection (bits [54:53], 51 and 6) and hardware managed state (AF, DBM)
 * resolved into AF, AP and XN. False if they cannot be expressed so. */
bool trans_attributes_direct_(const struct trans_table *table,
			      uint64_t *attributes);

/* The same permissions for @table, which has permission indirection: false if
 * its PIR gives others. Bit 51 selects among the fields of PIR, and bit 7 can
 * only take away (nDirty), so what is writable has the one and not the other.
 */
bool trans_attributes_indirect_(const struct trans_table *table,
				uint64_t *attributes);

/* Make of @attributes what @table's registers want; or why they cannot say it,
 * else NULL. */
static inline const char *attributes_permit(const struct trans_table *table,
					    uint64_t *attributes)
{
	return table->permit ? table->permit(table, attributes) : NULL;
}

/* The same permissions and shareability, expressed for another geometry. */
uint64_t trans_attributes_convert_(const struct trans_geometry *from,
			const struct trans_geometry *to, uint64_t attributes);

/* The index of a memory type in MAIR, or -1. */
int trans_mair_index_(uint64_t mair, uint8_t type);

/* The index in @to of the type that @from has at @index, or -1. */
int trans_mair_same_(uint64_t from, uint64_t to, unsigned int index);

/* The attribute bits for @attr in @table; or why it has none, else NULL. */
const char *trans_attributes_of_(const struct trans_table *table,
				 const struct trans_attr *attr,
				 uint64_t *attributes);

/* Fill the permission and memory fields of @leaf from final attributes. False
 * where permission indirection holds a reserved value. */
bool trans_attributes_say_(const struct trans_table *table, uint64_t attributes,
	      struct trans_leaf *leaf);

#endif
