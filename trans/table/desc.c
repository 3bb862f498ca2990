/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Descriptors: what is more than a mask or a shift, once.
 */
#include "trans/table/desc.h"

unsigned int trans_geo_index_(const struct trans_geometry *geo,
			      int level, trans_va_t va)
{
	return (unsigned int)(va >> geo_shift(geo, level)) &
	       (geo_entries(geo, level) - 1);
}

/* Address bits that lie where they are in the address; what is above them lies
 * from @at on, where a 52-bit layout has it. */
static unsigned int straight_bits(const struct trans_geometry *geo,
				  unsigned int *at)
{
	*at = geo_ds(geo) ? 8 : 12;
	return geo_ds(geo) ? 50 : 48;
}

uint64_t trans_desc_encode_pa_(const struct trans_geometry *geo,
			       trans_pa_t pa)
{
	unsigned int at, bits = straight_bits(geo, &at);

	return (pa & low_mask(bits)) | pa >> bits << at;
}

trans_pa_t trans_desc_decode_pa_(const struct trans_geometry *geo,
				 desc_t d, unsigned int shift)
{
	unsigned int at, bits = straight_bits(geo, &at);
	uint64_t above = geo_lpa(geo) ? 0xf : geo_ds(geo) ? 3 : 0;

	return (d.v & low_mask(bits) & ~low_mask(shift)) |
	       (d.v >> at & above) << bits;
}

uint64_t trans_desc_attributes_(const struct trans_geometry *geo, desc_t d)
{
	uint64_t address = geo_ds(geo) ? LEAF_SH : 0;

	return d.v & (LEAF_LOW | LEAF_HIGH) & ~address;
}

desc_t trans_desc_leaf_(const struct trans_geometry *geo, int level,
			trans_pa_t pa, uint64_t attributes)
{
	uint64_t kind = level == 3 ? DESC_KIND : DESC_VALID;

	return (desc_t){ trans_desc_encode_pa_(geo, pa) | attributes | kind };
}

enum desc_kind trans_desc_kind_(const struct trans_geometry *geo,
				int level, desc_t d)
{
	if (!(d.v & DESC_VALID))
		return DESC_EMPTY;
	if (level < 3 && (d.v & DESC_TYPE))
		return DESC_TABLE;
	/* Level 2 has blocks in every geometry that has a table there. */
	if (level < 3 ? level == 2 || trans_geometry_leaf(geo, level) :
			(d.v & DESC_TYPE) != 0)
		return DESC_LEAF;
	return DESC_RESERVED;
}
