/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The arithmetic of every geometry: whatever is asked for, what is let through
 * is a tree that covers its half, no index is beyond its table, and nothing on
 * the way shifts out of range.
 */
#include "tests/proofs/proof.h"

#include "trans/table/desc.h"

static void has_a_shape(const struct trans_geometry *geo)
{
	PROVE(geo->va_bits >= 25 && geo->va_bits <= 52, "VA bits");
	PROVE(geo->pa_bits >= 32 && geo->pa_bits <= 52, "PA bits");
	PROVE(geo->start_level >= -1 && geo->start_level <= 3, "start level");
	PROVE(geo->root_bits >= 1 && geo->root_bits <= geo_stride(geo),
	      "the root has entries, and is a page at most");
	PROVE(geo_shift(geo, geo->start_level) + geo->root_bits ==
	      geo->va_bits, "the root covers the half");
}

/* Its size, and where hardware looks for it. */
static void has_its_half(const struct trans_geometry *geo)
{
	trans_va_t first = trans_geometry_first(geo);
	trans_va_t last = trans_geometry_last(geo);

	PROVE(last - first == low_mask(geo->va_bits), "the half's size");
	PROVE((first >> 55 & 1) == geo->upper, "bit 55 of the first");
	PROVE((last >> 55 & 1) == geo->upper, "bit 55 of the last");
}

/* An index and what is left for the levels below are the address again. From
 * level to level, down to the page, nothing of it is lost or taken twice. */
static void takes_apart(const struct trans_geometry *geo, int level,
			trans_va_t va)
{
	unsigned int top = geo->va_bits;
	struct rung rung;
	uint64_t index;

	if (level > geo->start_level) {
		trans_rung_(&rung, geo, level - 1);
		top = rung.shift;
	}
	trans_rung_(&rung, geo, level);
	index = rung_index(rung, va);
	PROVE(index < rung.entries, "an index is in the table");
	PROVE((index << rung.shift | (va & low_mask(rung.shift))) ==
	      (va & low_mask(top)), "nothing is lost");
	PROVE(level < 3 || rung.shift == geo_granule_shift(geo), "pages");
	PROVE(trans_geometry_shift(geo, level) == rung.shift,
	      "what is said of it");
}

/* Arm ARM D8.3.1, as far as it needs no table. */
static void has_leaves(const struct trans_geometry *geo)
{
	int level = nondet_int();
	bool leaf = trans_geometry_leaf(geo, level);

	PROVE(!leaf || (level >= geo->start_level && level <= 3),
	      "leaves in tables only");
	PROVE(leaf || level != 3, "pages");
	PROVE(!leaf || level >= 0, "no blocks at level -1");
	PROVE(!leaf || level > 1 || geo->granule_shift == 12 || geo->ds ||
	      geo->pa_bits == 52, "blocks of level 1");
}

void prove_shape(void)
{
	struct trans_geometry geo = any_geometry();

	has_a_shape(&geo);
	has_its_half(&geo);
	has_leaves(&geo);
}

void prove_index(trans_va_t va)
{
	struct trans_geometry geo = any_geometry();

	takes_apart(&geo, any_level(&geo), va);
}

/* By any registers: the same, and the arithmetic on the way is sound. */
void prove_from_tcr(uint64_t tcr, uint64_t mmfr0, bool upper)
{
	struct trans_geometry geo;

	ASSUME(!trans_geometry_from_tcr(&geo, (enum trans_regime)nondet_u8(),
					upper, tcr, mmfr0, NULL));
	has_a_shape(&geo);
	PROVE(geo.upper == upper, "the half");
}
