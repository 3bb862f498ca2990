/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Geometry: which translation table shapes exist, and how TCR encodes them.
 */
#include <trans_table/cpu.h>
#include <trans_table/geometry.h>

#include "lib/fail.h"
#include "trans/table/desc.h"
#include "trans/table/tcr.h"

/* The rule that a geometry breaks, or NULL. Arm ARM D8.2: FEAT_LVA, FEAT_LPA
 * and FEAT_LPA2 are the only ways beyond 48 bits. */
static const char *shape_problem(enum trans_granule granule,
				 unsigned int va_bits, unsigned int pa_bits,
				 bool ds)
{
	if (granule != TRANS_4K && granule != TRANS_16K && granule != TRANS_64K)
		return trans_why("no such granule");
	if (ds && granule == TRANS_64K)
		return trans_why("DS with the 64K granule");
	if (va_bits < 25)
		return trans_why("VA size below 25 bits");
	if (va_bits > 52)
		return trans_why("VA size above 52 bits");
	if (va_bits > 48 && granule != TRANS_64K && !ds)
		return trans_why("VA above 48 bits needs 64K or DS");
	if (!trans_tcr_pa_code_exists_(pa_bits))
		return trans_why("no such PA size");
	if (pa_bits > 48 && granule != TRANS_64K && !ds)
		return trans_why("PA of 52 bits needs 64K or DS");
	return NULL;
}

/* D8.3.1.2, table of block sizes: 4K has 1 GiB blocks always and 512 GiB with
 * DS; 16K and 64K have blocks of level 1 only in 52-bit formats. */
static uint8_t leaf_levels(const struct trans_geometry *geo)
{
	unsigned int levels = 0x18; /* 3 and 2 */

	if (geo->granule_shift == TRANS_4K || geo->high)
		levels |= 0x4;
	if (geo->granule_shift == TRANS_4K && geo->ds)
		levels |= 0x2;
	return (uint8_t)(levels & 0x1fu << (geo->start_level + 1));
}

/* D8.3.1: LPA keeps PA[51:48] in bits [15:12] (64K), LPA2 keeps PA[51:50] in
 * bits [9:8] (4K and 16K with DS). */
static void set_layout(struct trans_geometry *geo)
{
	geo->straight = geo->ds ? 50 : 48;
	geo->high_shift = geo->ds ? 42 : 36;
	if (geo->ds)
		geo->high = 0x03;
	else if (geo->granule_shift == TRANS_64K && geo->pa_bits == 52)
		geo->high = 0xf0;
	geo->leaf_levels = leaf_levels(geo);
}

static const char *regime_problem(enum trans_regime regime, unsigned int flags)
{
	if (flags & ~(TRANS_GEO_UPPER | TRANS_GEO_DS))
		return trans_why("unknown geometry flag");
	if (regime != TRANS_EL1_0 && regime != TRANS_EL2 &&
	    regime != TRANS_EL2_0)
		return trans_why("no such regime");
	if (regime == TRANS_EL2 && (flags & TRANS_GEO_UPPER))
		return trans_why("EL2 has no upper half");
	return NULL;
}

int trans_geometry_init(struct trans_geometry *geo, enum trans_regime regime,
			enum trans_granule granule, unsigned int va_bits,
			unsigned int pa_bits, unsigned int flags,
			struct trans_error *err)
{
	bool ds = flags & TRANS_GEO_DS;
	const char *why = regime_problem(regime, flags);
	unsigned int below, stride;
	struct trans_geometry made;

	if (!why)
		why = shape_problem(granule, va_bits, pa_bits, ds);
	if (why)
		return trans_fail(err, TRANS_EGEOM, why);
	stride = (unsigned int)granule - 3;
	below = (va_bits - (unsigned int)granule - 1) / stride;
	made = (struct trans_geometry){
		.granule_shift = (uint8_t)granule,
		.va_bits = (uint8_t)va_bits,
		.pa_bits = (uint8_t)pa_bits,
		.regime = (uint8_t)regime,
		.upper = flags & TRANS_GEO_UPPER,
		.ds = ds,
		.start_level = (int8_t)(3 - (int)below),
		.root_bits = (uint8_t)(va_bits - (unsigned int)granule -
				       stride * below),
	};
	set_layout(&made);
	why = assumed_problem(&made);
	if (why)
		return trans_fail(err, TRANS_EGEOM, why);
	*geo = made;
	return 0;
}

int trans_geometry_from_tcr(struct trans_geometry *geo,
			    enum trans_regime regime, bool upper, uint64_t tcr,
			    uint64_t mmfr0, struct trans_error *err)
{
	struct trans_cpu cpu = { .mmfr0 = mmfr0 };
	struct tcr_half half;
	const char *why = trans_tcr_decode_(regime, upper, tcr, &half);
	unsigned int cpu_bits = trans_cpu_pa_bits(&cpu);
	unsigned int flags;

	if (why)
		return trans_fail(err, TRANS_EGEOM, why);
	if (!(trans_cpu_granules(&cpu) >> half.granule & 1))
		return trans_fail(err, TRANS_EGEOM,
				  "TCR's granule is not the CPU's");
	half.ds = half.ds && trans_cpu_has_lpa2(&cpu, half.granule);
	if (half.pa_bits > cpu_bits)
		half.pa_bits = cpu_bits;
	/* D8.2.4: IPS of 52 bits means 48 where the format has no room. */
	if (half.pa_bits > 48 && half.granule != TRANS_64K && !half.ds)
		half.pa_bits = 48;
	flags = (upper ? TRANS_GEO_UPPER : 0) | (half.ds ? TRANS_GEO_DS : 0);
	return trans_geometry_init(geo, regime, half.granule, half.va_bits,
				   half.pa_bits, flags, err);
}

trans_va_t trans_geometry_first(const struct trans_geometry *geo)
{
	return geo_first(geo);
}

trans_va_t trans_geometry_last(const struct trans_geometry *geo)
{
	return geo->upper ? ~0ULL : low_mask(geo->va_bits);
}

unsigned int trans_geometry_shift(const struct trans_geometry *geo, int level)
{
	return geo_shift(geo, level);
}

bool trans_geometry_leaf(const struct trans_geometry *geo, int level)
{
	return level >= -1 && level <= 3 && geo_leaf(geo, level);
}
