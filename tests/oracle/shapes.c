/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Which table shapes this CPU walks: read from its ID registers here, not by
 * the library, and crossed with sizes that reach every start level.
 */
#include "ports/qemu-virt/sysreg.h"

#include "oracle.h"

#define MAX_SHAPES 512

static struct shape shapes[MAX_SHAPES];
static unsigned int shape_count;
static unsigned int pa_max;

static unsigned int id_field(uint64_t id, unsigned int shift)
{
	return (unsigned int)(id >> shift) & 0xf;
}

static void add(unsigned int granule, unsigned int va, bool ds)
{
	static const uint8_t pa[] = { 32, 36, 40, 42, 44, 48, 52 };

	for (size_t i = 0; i < sizeof(pa); i++) {
		if (pa[i] > pa_max || (pa[i] > 48 && granule != 16 && !ds))
			continue;
		if (shape_count == MAX_SHAPES)
			return;
		shapes[shape_count++] = (struct shape){
			(uint8_t)granule, (uint8_t)va, pa[i], ds
		};
	}
}

/* Sizes on both sides of where a level begins, for each granule. */
static const uint8_t va_4k[] = { 25, 30, 31, 36, 39, 40, 44, 48, 49, 51, 52 };
static const uint8_t va_16k[] = { 25, 26, 33, 36, 37, 42, 47, 48, 49, 52 };
static const uint8_t va_64k[] = { 25, 29, 30, 36, 42, 43, 48, 49, 52 };

static void add_granule(unsigned int granule, const uint8_t *va, size_t count,
			unsigned int va_max, bool ds)
{
	for (size_t i = 0; i < count && va[i] <= va_max; i++)
		add(granule, va[i], ds);
}

unsigned int shapes_find(void)
{
	static const uint8_t pa[] = { 32, 36, 40, 42, 44, 48, 52 };
	uint64_t mmfr0 = sysreg_read(id_aa64mmfr0_el1);
	bool lva = id_field(sysreg_read(id_aa64mmfr2_el1), 16);
	unsigned int g4 = id_field(mmfr0, 28), g16 = id_field(mmfr0, 20);

	pa_max = pa[id_field(mmfr0, 0)];
	if (g4 != 0xf)
		add_granule(12, va_4k, sizeof(va_4k), 48, false);
	if (g4 == 1)
		add_granule(12, va_4k, sizeof(va_4k), 52, true);
	if (g16)
		add_granule(14, va_16k, sizeof(va_16k), 48, false);
	if (g16 == 2)
		add_granule(14, va_16k, sizeof(va_16k), 52, true);
	if (id_field(mmfr0, 24) != 0xf)
		add_granule(16, va_64k, sizeof(va_64k), lva ? 52 : 48, false);
	return shape_count;
}

const struct shape *shape_at(unsigned int i)
{
	return &shapes[i];
}

/* One IPS and one DS serve both halves. DS means nothing to 64K. */
static bool together(const struct shape *a, const struct shape *b)
{
	return a->pa == b->pa &&
	       (a->ds == b->ds || (a->ds ? b : a)->granule == 16);
}

const struct shape *shape_beside(const struct shape *low)
{
	for (unsigned int tries = 0; tries < 1000; tries++) {
		const struct shape *high = &shapes[chance(shape_count)];

		if (together(low, high) &&
		    (tries > 500 || high->granule != low->granule))
			return high;
	}
	return low;
}

struct trans_geometry shape_geometry(const struct shape *shape,
				     enum trans_regime regime, bool upper)
{
	unsigned int flags = (upper ? TRANS_GEO_UPPER : 0) |
			     (shape->ds ? TRANS_GEO_DS : 0);
	struct trans_report report = { 0 };
	struct trans_geometry geo = { 0 };

	expect_ok(trans_geometry_init(&geo, regime,
				      (enum trans_granule)shape->granule,
				      shape->va, shape->pa, flags,
				      &report.error),
		  "geometry", &report);
	return geo;
}

/* A root of less than 64 bytes is 64-byte aligned, and TTBR[5:4] are PA[51:50]
 * (Arm ARM, TTBR0_EL1.BADDR). QEMU 7.2 takes them for address bits [5:4]. */
bool shape_high(const struct shape *shape)
{
	struct trans_geometry geo = shape_geometry(shape, TRANS_EL1_0, false);

	return arguments.high && shape->pa == 52 && geo.root_bits >= 3;
}

bool cpu_has_vhe(void)
{
	return id_field(sysreg_read(id_aa64mmfr1_el1), 8);
}

bool cpu_has_hpd(void)
{
	return id_field(sysreg_read(id_aa64mmfr1_el1), 12);
}
