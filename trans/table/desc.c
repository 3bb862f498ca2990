/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Descriptors: what is more than a mask or a shift, once.
 */
#include "trans/table/desc.h"

void trans_rung_(struct rung *rung, const struct trans_geometry *geo, int level)
{
	unsigned int bits = geo_stride(geo);

	if (level == geo->start_level)
		bits = geo->root_bits;
	rung->level = (int8_t)level;
	rung->shift = (uint8_t)geo_shift(geo, level);
	rung->entries = (uint16_t)(1u << bits);
}

uint64_t trans_desc_encode_pa_(const struct trans_geometry *geo,
			       trans_pa_t pa)
{
	return (pa & low_mask(geo_straight(geo))) |
	       (pa >> geo->high_shift & geo_high(geo));
}

trans_pa_t trans_desc_decode_pa_(const struct trans_geometry *geo,
				 desc_t d, unsigned int shift)
{
	return (d.v & low_mask(geo_straight(geo)) & ~low_mask(shift)) |
	       (d.v & geo_high(geo)) << geo->high_shift;
}

/* Of the bits that LPA and LPA2 use for addresses, only LPA2's are others'
 * attributes. */
uint64_t trans_desc_attributes_(const struct trans_geometry *geo, desc_t d)
{
	return d.v & (LEAF_LOW | LEAF_HIGH) & ~geo_high(geo);
}

/* The type bits of a leaf. */
static uint64_t leaf_kind(int level)
{
	return level == 3 ? DESC_KIND : DESC_VALID;
}

desc_t trans_desc_leaf_(const struct trans_geometry *geo, int level,
			trans_pa_t pa, uint64_t attributes)
{
	return (desc_t){ trans_desc_encode_pa_(geo, pa) | attributes |
			 leaf_kind(level) };
}

enum desc_kind trans_desc_kind_(const struct trans_geometry *geo,
				int level, desc_t d)
{
	if (!(d.v & DESC_VALID))
		return DESC_EMPTY;
	if (level == 3)
		return d.v & DESC_TYPE ? DESC_LEAF : DESC_RESERVED;
	if (d.v & DESC_TYPE)
		return DESC_TABLE;
	return geo_leaf(geo, level) ? DESC_LEAF : DESC_RESERVED;
}
