/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Attributes: permissions, memory types and shareability, in the two shapes
 * that stage 1 has: regimes with two halves and an EL0, and the EL2 regime with
 * one range and none (Arm ARM D8.4.1).
 */
#include "lib/fail.h"
#include "trans/table/attr.h"

static bool one_range(const struct trans_geometry *geo)
{
	return geo_regime(geo) == TRANS_EL2;
}

uint64_t trans_inheritance_(const struct trans_table *table, desc_t d)
{
	if (!table->hierarchical)
		return 0;
	if (one_range(&table->geo))
		return d.v & (TABLE_READONLY | TABLE_XN);
	return d.v & TABLE_ATTRIBUTES;
}

uint64_t trans_inherit_(uint64_t inherited, uint64_t attributes)
{
	/* Read-only overrides hardware dirty state too, hence DBM. */
	if (inherited & TABLE_READONLY)
		attributes = (attributes & ~LEAF_DBM) | LEAF_READONLY;
	if (inherited & TABLE_XN)
		attributes |= LEAF_XN;
	if (inherited & TABLE_NOUSER)
		attributes &= ~LEAF_USER;
	if (inherited & TABLE_PXN)
		attributes |= LEAF_PXN;
	return attributes;
}

struct edit trans_edit_of_flags_(const struct trans_geometry *geo,
				 unsigned int flags)
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

struct edit trans_edit_of_access_(const struct trans_geometry *geo,
				  unsigned int access)
{
	struct edit edit = { LEAF_READONLY | LEAF_DBM, 0 };
	uint64_t never = access & TRANS_EXEC ? 0 : LEAF_XN;

	if (!one_range(geo)) {
		edit.clear |= LEAF_USER | LEAF_PXN;
		never = LEAF_XN | (access & TRANS_EXEC ? 0 : LEAF_PXN);
	} else {
		edit.clear |= LEAF_XN;
	}
	edit.set = never | (access & TRANS_WRITE ? 0 : LEAF_READONLY);
	return edit;
}

static uint64_t to_two_halves(uint64_t attributes)
{
	bool never = attributes & LEAF_XN;

	attributes &= ~(LEAF_USER | LEAF_PXN);
	return attributes | LEAF_XN | (never ? LEAF_PXN : 0);
}

/* What EL0 may write, EL1 never executes (D8.4.1.2). */
static bool el1_never_executes(uint64_t attributes, bool writable)
{
	return attributes & LEAF_PXN || (attributes & LEAF_USER && writable);
}

static uint64_t to_one_range(uint64_t attributes)
{
	bool never = el1_never_executes(attributes,
					!(attributes & LEAF_READONLY));

	attributes &= ~(LEAF_PXN | LEAF_XN | LEAF_NG);
	return attributes | LEAF_USER | (never ? LEAF_XN : 0);
}

uint64_t trans_attributes_convert_(const struct trans_geometry *from,
			const struct trans_geometry *to, uint64_t attributes)
{
	if (one_range(from) && !one_range(to))
		attributes = to_two_halves(attributes);
	else if (!one_range(from) && one_range(to))
		attributes = to_one_range(attributes);
	/* With DS the shareability moves from the descriptors to TCR. */
	if (geo_ds(to))
		return attributes & ~LEAF_SH;
	return geo_ds(from) ? attributes | LEAF_SH_INNER : attributes;
}

static uint8_t mair_type(uint64_t mair, unsigned int index)
{
	return (uint8_t)(mair >> (8 * index));
}

int trans_mair_index_(uint64_t mair, uint8_t type)
{
	for (unsigned int i = 0; i < 8; i++)
		if (mair_type(mair, i) == type)
			return (int)i;
	return -1;
}

int trans_mair_same_(uint64_t from, uint64_t to, unsigned int index)
{
	uint8_t type = mair_type(from, index);

	return mair_type(to, index) == type ? (int)index :
					      trans_mair_index_(to, type);
}

static const uint8_t memory_types[] = {
	[TRANS_MEM_NORMAL] = 0xff,
	[TRANS_MEM_NC] = 0x44,
	[TRANS_MEM_DEVICE] = 0x04,
	[TRANS_MEM_STRONG] = 0x00,
};

const char *trans_attributes_of_(const struct trans_table *table,
				 const struct trans_attr *attr,
				 uint64_t *attributes)
{
	bool normal = attr->memory <= TRANS_MEM_NC;
	bool exec = attr->access & TRANS_EXEC;
	bool one = one_range(&table->geo);
	uint64_t bits = LEAF_AF | (one ? LEAF_USER : LEAF_XN);
	int index;

	if (attr->memory < TRANS_MEM_NORMAL || attr->memory > TRANS_MEM_STRONG ||
	    attr->access & ~(TRANS_WRITE | TRANS_EXEC))
		return trans_why("unknown memory type or access bit");
	/* Speculative fetches from a device have side effects (D8.4.1.2.3). */
	if (exec && !normal)
		return trans_why("device memory is never executable");
	index = trans_mair_index_(table->mair, memory_types[attr->memory]);
	if (index < 0)
		return trans_why("memory type not in the table's MAIR");
	bits |= (uint64_t)index << LEAF_INDEX_SHIFT;
	if (normal && !geo_ds(&table->geo))
		bits |= LEAF_SH_INNER;
	if (!(attr->access & TRANS_WRITE))
		bits |= LEAF_READONLY;
	if (!exec)
		bits |= one ? LEAF_XN : LEAF_PXN;
	*attributes = bits;
	return attributes_permit(table, attributes);
}

enum { MAY_READ = 1, MAY_WRITE = 2, MAY_EXEC = 4, MAY_RESERVED = 8 };

/* Stage 1 permission indirection (FEAT_S1PIE, Arm ARM D8.4.1.1): a PIR field by
 * index {54, 53, 51, 6}. Values that apply an overlay equal those that do not,
 * because attach refuses overlays. */
static unsigned int pir_permissions(uint64_t pir, uint64_t attributes)
{
	static const uint8_t meaning[16] = {
		[0x0] = 0, [0x1] = MAY_READ, [0x2] = MAY_EXEC,
		[0x3] = MAY_READ | MAY_EXEC, [0x4] = MAY_RESERVED,
		[0x5] = MAY_READ | MAY_WRITE, [0x6] = MAY_READ | MAY_WRITE,
		[0x7] = MAY_READ | MAY_WRITE | MAY_EXEC, [0x8] = MAY_READ,
		[0x9] = MAY_RESERVED /* guarded control stack */,
		[0xa] = MAY_READ | MAY_EXEC, [0xb] = MAY_RESERVED,
		[0xc] = MAY_READ | MAY_WRITE, [0xd] = MAY_RESERVED,
		[0xe] = MAY_READ | MAY_WRITE | MAY_EXEC, [0xf] = MAY_RESERVED,
	};
	unsigned int index = (unsigned int)(attributes >> 53 & 3) << 2 |
			     (unsigned int)(attributes >> 51 & 1) << 1 |
			     (unsigned int)(attributes >> 6 & 1);

	return meaning[pir >> (4 * index) & 0xf];
}

/* AP[2:1], PXN and UXN, or XN. What EL0 may write, EL1 never executes. */
static void direct_permissions(const struct trans_table *table,
			       uint64_t attributes, unsigned int *own,
			       unsigned int *user)
{
	bool two = !one_range(&table->geo);
	bool writable = !(attributes & LEAF_READONLY) ||
			(table->dirty && attributes & LEAF_DBM);
	bool never = two ? el1_never_executes(attributes, writable) :
			   (attributes & LEAF_XN) != 0;

	*own = MAY_READ | (writable ? MAY_WRITE : 0) | (never ? 0 : MAY_EXEC);
	*user = two && !(attributes & LEAF_XN) ? MAY_EXEC : 0;
	if (two && attributes & LEAF_USER)
		*user |= *own & (MAY_READ | MAY_WRITE);
}

/* Bit 7 is nDirty here: a write to a clean page faults unless hardware manages
 * dirty state. */
static void indirect_permissions(const struct trans_table *table,
				 uint64_t attributes, unsigned int *own,
				 unsigned int *user)
{
	bool clean = attributes & LEAF_READONLY && !table->dirty;

	*own = pir_permissions(table->pir, attributes);
	*user = one_range(&table->geo) ?
			0 : pir_permissions(table->pire0, attributes);
	/* Writable at EL0 and executable at EL1 is neither (D8.4.1.1). */
	if (*own & MAY_EXEC && *user & MAY_WRITE) {
		*own &= MAY_RESERVED;
		*user &= MAY_RESERVED;
	}
	if (clean) {
		*own &= ~(unsigned int)MAY_WRITE;
		*user &= ~(unsigned int)MAY_WRITE;
	}
}

static void permissions(const struct trans_table *table, uint64_t attributes,
			unsigned int *own, unsigned int *user)
{
	if (table->indirect)
		indirect_permissions(table, attributes, own, user);
	else
		direct_permissions(table, attributes, own, user);
}

/* Can AP and XN say this? They know no memory that cannot be read, nor any that
 * EL0 may write and EL1 may not, or may execute. */
static bool direct_can_say(unsigned int own, unsigned int user)
{
	unsigned int data = user & (MAY_READ | MAY_WRITE);

	if ((own | user) & MAY_RESERVED || !(own & MAY_READ))
		return false;
	if (!data)
		return true;
	return data == (own & (MAY_READ | MAY_WRITE)) &&
	       !(data & MAY_WRITE && own & MAY_EXEC);
}

bool trans_attributes_direct_(const struct trans_table *table,
			      uint64_t *attributes)
{
	unsigned int own, user;
	uint64_t bits;

	/* Hardware would have set it at the first access. */
	if (table->accessed)
		*attributes |= LEAF_AF;
	if (!table->indirect) {
		/* Writable, and hardware would have noted the first write. */
		if (table->dirty && *attributes & LEAF_DBM)
			*attributes &= ~LEAF_READONLY;
		return true;
	}
	indirect_permissions(table, *attributes, &own, &user);
	if (!direct_can_say(own, user))
		return false;
	bits = *attributes & ~(LEAF_XN | LEAF_PXN | LEAF_DBM | LEAF_USER |
			       LEAF_READONLY);
	if (!(own & MAY_WRITE))
		bits |= LEAF_READONLY;
	if (one_range(&table->geo)) {
		bits |= LEAF_USER | (own & MAY_EXEC ? 0 : LEAF_XN);
	} else {
		bits |= own & MAY_EXEC ? 0 : LEAF_PXN;
		bits |= user & MAY_EXEC ? 0 : LEAF_XN;
		bits |= user & MAY_READ ? LEAF_USER : 0;
	}
	*attributes = bits;
	return true;
}

bool trans_attributes_indirect_(const struct trans_table *table,
				uint64_t *attributes)
{
	unsigned int own, user, here, user_here;
	uint64_t bits = *attributes | LEAF_DBM;

	if (bits & LEAF_READONLY)
		bits &= ~LEAF_DBM;
	direct_permissions(table, bits, &own, &user);
	indirect_permissions(table, bits, &here, &user_here);
	*attributes = bits;
	return own == here && user == user_here;
}

bool trans_attributes_say_(const struct trans_table *table, uint64_t attributes,
			   struct trans_leaf *leaf)
{
	unsigned int own, user;
	unsigned int index =
		(unsigned int)((attributes & LEAF_INDEX) >> LEAF_INDEX_SHIFT);

	permissions(table, attributes, &own, &user);
	leaf->memory = mair_type(table->mair, index);
	leaf->readable = own & MAY_READ;
	leaf->writable = own & MAY_WRITE;
	leaf->executable = own & MAY_EXEC;
	leaf->user_readable = user & MAY_READ;
	leaf->user_writable = user & MAY_WRITE;
	leaf->user_executable = user & MAY_EXEC;
	return !((own | user) & MAY_RESERVED);
}
