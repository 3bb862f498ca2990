/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Foreign tables: random descriptors written by hand, without the library, as
 * the host whose tables are attached might have made them. They carry what the
 * library never makes: EL0 permissions, hierarchical attributes, clear access
 * flags, reserved types, addresses that are too wide.
 */
#include "oracle.h"

#define LEAVES 96

static unsigned int shift_at(const struct trans_geometry *geo, int level)
{
	return geo->granule_shift +
	       (geo->granule_shift - 3u) * (unsigned int)(3 - level);
}

static uint64_t *slot_of(const struct trans_geometry *geo, trans_pa_t table,
			 int level, trans_va_t va)
{
	unsigned int bits = level == geo->start_level ?
				    geo->root_bits : geo->granule_shift - 3u;
	uint64_t index = va >> shift_at(geo, level) & ((1ULL << bits) - 1);

	return (uint64_t *)(uintptr_t)table + index;
}

static uint64_t address_bits(const struct trans_geometry *geo, trans_pa_t pa)
{
	if (geo->granule_shift == 16)
		return (pa & 0xffffffff0000ULL) | (pa >> 48 & 0xf) << 12;
	if (geo->ds)
		return (pa & 0x3fffffffff000ULL) | (pa >> 50 & 3) << 8;
	return pa & 0xfffffffff000ULL;
}

static trans_pa_t table_at(const struct trans_geometry *geo, uint64_t desc)
{
	if (geo->granule_shift == 16)
		return (desc & 0xffffffff0000ULL) | (desc >> 12 & 0xf) << 48;
	if (geo->ds)
		return (desc & 0x3fffffffff000ULL) | (desc >> 8 & 3) << 50;
	return desc & 0xfffffffff000ULL;
}

/* An output address that fits; one bit too many in a few. QEMU 7.2 looks at
 * bits [9:8] of a DS descriptor only where the size is 52 bits, so the bit too
 * many is one of the others. */
static trans_pa_t random_output(const struct trans_geometry *geo, int level)
{
	trans_pa_t pa = chance(1ULL << geo->pa_bits);

	if (geo->pa_bits < 48 && !chance(24))
		pa |= 1ULL << (geo->pa_bits + chance(48u - geo->pa_bits));
	return pa >> shift_at(geo, level) << shift_at(geo, level);
}

static uint64_t random_leaf(const struct trans_geometry *geo, int level)
{
	/* AttrIndx, AP, nG, DBM, PXN, XN, software bits; NS and the contiguous
	 * bit stay clear: what they promise would have to be true. */
	uint64_t bits = chance(0) & (7ULL << 2 | 3ULL << 6 | 1ULL << 11 |
				     1ULL << 51 | 0xfULL << 53 | 0xfULL << 55);

	if (!geo->ds)
		bits |= 3ULL << 8;
	if (geo->regime == TRANS_EL2) /* AP[1] RES1, PXN and nG RES0 */
		bits = (bits | 1ULL << 6) & ~(1ULL << 53 | 1ULL << 11);
	if (chance(16))
		bits |= 1ULL << 10;
	if (chance(8))
		bits |= chance(24) && level == 3 ? 3 : 1;
	return bits | address_bits(geo, random_output(geo, level));
}

static uint64_t random_hierarchy(const struct trans_geometry *geo)
{
	uint64_t bits = chance(3) ? 0 : chance(0) & 0xfULL << 59;

	if (geo->regime == TRANS_EL2) /* only XN and read-only have a meaning */
		bits &= 5ULL << 60;
	return bits;
}

/* Put @leaf (0: a random one) at @va, at @last level or, if random, above. */
static bool insert(const struct trans_geometry *geo, trans_pa_t root,
		   trans_va_t va, uint64_t leaf)
{
	trans_pa_t page, table = root;
	uint64_t *slot, above;

	for (int level = geo->start_level; level < 3; level++) {
		slot = slot_of(geo, table, level, va);
		if (!*slot && !leaf && trans_geometry_leaf(geo, level) &&
		    !chance(3)) {
			*slot = random_leaf(geo, level);
			return true;
		}
		if (!*slot) {
			page = arena_page(geo->granule_shift);
			above = leaf ? 0 : random_hierarchy(geo);
			*slot = address_bits(geo, page) | above | 3;
		}
		if ((*slot & 3) != 3)
			return false;
		table = table_at(geo, *slot);
	}
	slot = slot_of(geo, table, 3, va);
	if (*slot)
		return false;
	*slot = leaf ? leaf : random_leaf(geo, 3);
	return true;
}

/* A page, or one just beside another, so that tables fill up. */
static trans_va_t next_va(const struct subject *s,
			  const struct trans_geometry *geo)
{
	trans_va_t va = random_va(geo);

	if (s->spots && chance(3)) {
		unsigned int shift = shift_at(geo, (int)chance(4));

		va = s->spot[chance(s->spots)];
		if (shift < geo->va_bits)
			va += chance(2) ? 1ULL << shift : 0 - (1ULL << shift);
	}
	if (va < trans_geometry_first(geo) || va > trans_geometry_last(geo))
		va = random_va(geo);
	return va & ~((1ULL << geo->granule_shift) - 1);
}

static void controls(const struct trans_geometry *geo, struct trans_regs *regs)
{
	unsigned int hpd = geo->regime == TRANS_EL2 ? 24 : geo->upper ? 42 : 41;

	if (cpu_has_hpd() && chance(2))
		regs->tcr |= 1ULL << hpd;
}

enum trans_presence foreign_present(uint64_t desc, int level)
{
	(void)level;
	return desc >> 55 & 1 ? TRANS_PRESENT : TRANS_ABSENT;
}

/* Read-only and executable, in whatever entry of MAIR is cached memory. */
static uint64_t gate_leaf(const struct trans_geometry *geo, uint64_t mair)
{
	uint64_t bits = 0x483 | address_bits(geo, (uintptr_t)gate);

	for (unsigned int i = 0; i < 8; i++)
		if ((mair >> 8 * i & 0xff) == 0xff)
			bits |= i << 2;
	if (!geo->ds)
		bits |= 3ULL << 8;
	if (geo->regime == TRANS_EL2)
		bits |= 1ULL << 6;
	return bits;
}

/* An empty table of the library lends root and registers; the rest is ours. */
bool foreign_make(struct subject *s, const struct trans_geometry *geo,
		  uint64_t mair)
{
	struct trans_report report;
	struct trans_table empty;
	int rc;

	rc = trans_table_create(&empty, geo, mair, &arena_ops, NULL, &report);
	if (!rc)
		rc = trans_table_finish(&empty, &s->regs, &report);
	if (!expect_ok(rc, "an empty table", &report))
		return false;
	insert(geo, empty.root, s->gate, gate_leaf(geo, mair));
	for (unsigned int i = 0; i < LEAVES; i++) {
		trans_va_t va = next_va(s, geo);

		if (insert(geo, empty.root, va, 0))
			subject_spot(s, va);
	}
	controls(geo, &s->regs);
	rc = trans_table_attach(&s->table, geo, &s->regs, foreign_present,
				&arena_ops, NULL, &report);
	return expect_ok(rc, "attach", &report);
}
