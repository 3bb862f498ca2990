/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * TCR: decoding the host's, encoding ours. TG0 and TG1 number the granules
 * differently, and the EL2 regime has another layout than the two others; all
 * of that is in this file.
 */
#include <trans_table/registers.h>

#include "lib/fail.h"
#include "lib/sctlr.h"
#include "trans/table/desc.h"
#include "trans/table/tcr.h"

#define TCR_EPD0 (1ULL << 7)
#define TCR_EL2_RES1 ((1ULL << 31) | (1ULL << 23))

/* Walks of the tables themselves: Normal write-back, inner shareable. */
#define TCR_WALK_CACHED 0x35u /* SH 3, ORGN 1, IRGN 1 */
#define TCR_WALK_SHIFT0 8
#define TCR_WALK_SHIFT1 24

struct field {
	uint8_t shift;
	uint8_t bits;
};

/* Where one half of one regime keeps its fields. */
struct layout {
	struct field tsz, tg, ps, epd, hpd, ds, ha, hd;
	bool tg1; /* the numbering of TG1 */
};

static const struct layout layouts[] = {
	{ { 0, 6 }, { 14, 2 }, { 32, 3 }, { 7, 1 }, { 41, 1 }, { 59, 1 },
	  { 39, 1 }, { 40, 1 }, false },
	{ { 16, 6 }, { 30, 2 }, { 32, 3 }, { 23, 1 }, { 42, 1 }, { 59, 1 },
	  { 39, 1 }, { 40, 1 }, true },
	{ { 0, 6 }, { 14, 2 }, { 16, 3 }, { 0, 0 }, { 24, 1 }, { 32, 1 },
	  { 21, 1 }, { 22, 1 }, false },
};

static const uint8_t pa_codes[] = { 32, 36, 40, 42, 44, 48, 52 };

static const struct layout *layout_of(unsigned int regime, bool upper)
{
	return &layouts[regime == TRANS_EL2 ? 2 : upper];
}

static unsigned int get(uint64_t tcr, struct field field)
{
	return (unsigned int)((tcr >> field.shift) & low_mask(field.bits));
}

/* @value, which fits. */
static uint64_t put(unsigned int value, struct field field)
{
	return (uint64_t)value << field.shift;
}

/* The codes of 4K, 16K and 64K, two bits each, so that log2 of the granule less
 * 12 is where its code is. */
#define TG0_CODES (0u | 2u << 2 | 1u << 4)
#define TG1_CODES (2u | 1u << 2 | 3u << 4)

static unsigned int tg_of_granule(unsigned int granule, bool tg1)
{
	return (tg1 ? TG1_CODES : TG0_CODES) >> (granule - TRANS_4K) & 3;
}

/* 0 where the code is reserved. */
static unsigned int granule_of_tg(unsigned int code, bool tg1)
{
	unsigned int granule;

	for (granule = TRANS_4K; granule <= TRANS_64K; granule += 2)
		if (tg_of_granule(granule, tg1) == code)
			return granule;
	return 0;
}

/* As many as there are: none. */
static TRANS_APART unsigned int pa_code(unsigned int pa_bits)
{
	unsigned int code = 0;

	while (code < sizeof(pa_codes) && pa_codes[code] != pa_bits)
		code++;
	return code;
}

bool trans_tcr_pa_code_exists_(unsigned int pa_bits)
{
	return pa_code(pa_bits) < sizeof(pa_codes);
}

const char *trans_tcr_decode_(enum trans_regime regime, bool upper,
			      uint64_t tcr, struct tcr_half *half)
{
	const struct layout *at = layout_of(regime, upper);
	unsigned int granule = granule_of_tg(get(tcr, at->tg), at->tg1);
	unsigned int ps = get(tcr, at->ps);

	if (at->epd.bits && get(tcr, at->epd))
		return trans_why("walks of this half are disabled (EPD)");
	if (!granule)
		return trans_why("reserved granule in TCR");
	if (ps >= sizeof(pa_codes))
		return trans_why("reserved PA size in TCR");
	*half = (struct tcr_half){
		.granule = (enum trans_granule)granule,
		.va_bits = 64 - get(tcr, at->tsz),
		.pa_bits = pa_codes[ps],
		.ds = get(tcr, at->ds) && granule != TRANS_64K,
		.hpd = get(tcr, at->hpd),
		.ha = get(tcr, at->ha),
		.hd = get(tcr, at->hd) && get(tcr, at->ha),
	};
	return NULL;
}

uint64_t trans_tcr_encode_(const struct trans_geometry *geo)
{
	const struct layout *at = layout_of(geo_regime(geo), geo->upper);
	unsigned int walk = geo->upper ? TCR_WALK_SHIFT1 : TCR_WALK_SHIFT0;

	return put(64u - geo->va_bits, at->tsz) |
	       put(tg_of_granule(geo_granule_shift(geo), at->tg1), at->tg) |
	       put(pa_code(geo->pa_bits), at->ps) | put(geo_ds(geo), at->ds) |
	       (uint64_t)TCR_WALK_CACHED << walk |
	       (geo_regime(geo) == TRANS_EL2 ? TCR_EL2_RES1 : 0);
}

uint64_t trans_ttbr(const struct trans_geometry *geo, trans_pa_t root)
{
	if (!geo_high(geo))
		return root;
	return (root & low_mask(48)) | (root >> 48) << 2;
}

trans_pa_t trans_ttbr_decode_(const struct trans_geometry *geo, uint64_t ttbr)
{
	/* The base is aligned to the table, and to 64 bytes where [5:2] are
	 * address bits; what is below belongs to nobody or to CnP. */
	bool wide = geo_high(geo);
	unsigned int align = geo->root_bits + 3u;
	trans_pa_t base;

	if (wide && align < 6)
		align = 6;
	base = ttbr & low_mask(48) & ~low_mask(align);
	return wide ? base | ((ttbr >> 2) & 0xf) << 48 : base;
}

/* A half that is not used (EPD), of a size that it could have. */
static uint64_t idle_half(bool upper, unsigned int va_bits,
			  unsigned int granule)
{
	const struct layout *at = layout_of(TRANS_EL1_0, upper);

	return put(64u - va_bits, at->tsz) |
	       put(tg_of_granule(granule, at->tg1), at->tg) | put(1, at->epd);
}

uint64_t trans_tcr(const struct trans_geometry *low,
		   const struct trans_geometry *high)
{
	uint64_t tcr = trans_tcr_encode_(low);

	if (geo_regime(low) == TRANS_EL2)
		return tcr;
	return tcr | (high ? trans_tcr_encode_(high) :
			     idle_half(true, low->va_bits,
				       geo_granule_shift(low)));
}

/* EL2&0 has the layout of EL1. */
uint64_t trans_sctlr(enum trans_regime regime)
{
	return (regime == TRANS_EL2 ? TRANS_SCTLR_OFF_EL2 : TRANS_SCTLR_OFF_EL1) |
	       TRANS_SCTLR_M | TRANS_SCTLR_C | TRANS_SCTLR_I;
}

/* 48 bits are legal with every granule. EL2 has no EPD, but TG0 where EL1 has
 * it. */
uint64_t trans_tcr_off(enum trans_regime regime, enum trans_granule granule)
{
	uint64_t low = idle_half(false, 48, granule);

	if (regime == TRANS_EL2)
		return (low & ~TCR_EPD0) | TCR_EL2_RES1;
	return low | idle_half(true, 48, granule);
}
