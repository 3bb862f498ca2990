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

uint64_t trans_desc_encode_pa_(const struct trans_geometry *geo,
			       trans_pa_t pa)
{
	if (geo_lpa(geo))
		return (pa & low_mask(48)) | ((pa >> 48) & 0xf) << 12;
	if (geo_ds(geo))
		return (pa & low_mask(50)) | ((pa >> 50) & 3) << 8;
	return pa & low_mask(48);
}

trans_pa_t trans_desc_decode_pa_(const struct trans_geometry *geo,
				 desc_t d, unsigned int shift)
{
	if (geo_lpa(geo))
		return (d.v & low_mask(48) & ~low_mask(shift)) |
		       ((d.v >> 12) & 0xf) << 48;
	if (geo_ds(geo))
		return (d.v & low_mask(50) & ~low_mask(shift)) |
		       ((d.v >> 8) & 3) << 50;
	return d.v & low_mask(48) & ~low_mask(shift);
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
