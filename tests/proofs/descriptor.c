/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * An address that goes into a descriptor comes out of it, and what else is in
 * the descriptor stays: for every geometry, level, address and attribute.
 */
#include "tests/proofs/proof.h"

#include "trans/table/desc.h"

static trans_pa_t any_pa(const struct trans_geometry *geo, unsigned int shift)
{
	trans_pa_t pa = nondet_u64();

	ASSUME(geo_has_pa(geo, pa));
	ASSUME(!(pa & low_mask(shift)));
	return pa;
}

void prove_leaf(void)
{
	struct trans_geometry geo = any_geometry();
	int level = any_level(&geo);
	unsigned int shift = geo_shift(&geo, level);
	trans_pa_t pa = any_pa(&geo, shift);
	uint64_t attributes =
		trans_desc_attributes_(&geo, (desc_t){ nondet_u64() });
	desc_t d;

	ASSUME(trans_geometry_leaf(&geo, level));
	d = trans_desc_leaf_(&geo, level, pa, attributes);
	PROVE(trans_desc_decode_pa_(&geo, d, shift) == pa, "address");
	PROVE(trans_desc_attributes_(&geo, d) == attributes, "attributes");
	PROVE(trans_desc_kind_(&geo, level, d) == DESC_LEAF, "kind");
}

/* With what else may be in it. */
void prove_table(void)
{
	struct trans_geometry geo = any_geometry();
	int level = any_level(&geo);
	unsigned int shift = geo_granule_shift(&geo);
	trans_pa_t pa = any_pa(&geo, shift);
	desc_t d = desc_table(&geo, pa);

	ASSUME(level < 3);
	PROVE(!(d.v & (TABLE_ATTRIBUTES | TABLE_BORROWED)), "nothing else");
	d.v |= nondet_u64() & (TABLE_ATTRIBUTES | TABLE_BORROWED);
	PROVE(trans_desc_decode_pa_(&geo, d, shift) == pa, "address");
	PROVE(trans_desc_kind_(&geo, level, d) == DESC_TABLE, "kind");
}

/* Whatever hardware or others left there: read, and written again. */
void prove_foreign(void)
{
	struct trans_geometry geo = any_geometry();
	int level = any_level(&geo);
	unsigned int shift = geo_shift(&geo, level);
	desc_t d = { nondet_u64() }, again;
	trans_pa_t pa = trans_desc_decode_pa_(&geo, d, shift);
	uint64_t attributes = trans_desc_attributes_(&geo, d);

	PROVE(!(pa >> 52), "an address is below 2^52");
	PROVE(!(pa & low_mask(shift)), "an address is aligned");
	ASSUME(trans_desc_kind_(&geo, level, d) == DESC_LEAF);
	again = trans_desc_leaf_(&geo, level, pa, attributes);
	PROVE(!(again.v & ~d.v), "no bit that was not there");
	PROVE(trans_desc_decode_pa_(&geo, again, shift) == pa, "address");
	PROVE(trans_desc_attributes_(&geo, again) == attributes, "attributes");
	PROVE(trans_desc_kind_(&geo, level, again) == DESC_LEAF, "kind");
}
