/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * LPIs for a saved Linux: each redistributor gets the tables back that it had
 * (Arm IHI 0069, 12.11; Linux's half: docs/hibernate.md, "LPIs and the ITS").
 */
#include "lib/fail.h"
#include "lib/machine/gic_lpi.h"
#include "lib/machine/gic_lpi_on.h"
#include "lib/numbers.h"

/* What is no field of GICR_PROPBASER: all but OuterCache [58:56], address
 * [51:12], Shareability [11:10], InnerCache [9:7] and IDbits [4:0]. And of
 * GICR_PENDBASER: all but PTZ [62], OuterCache, address [51:16], Shareability
 * and InnerCache. */
#define PROPBASER_RES0 0xf8f0000000000060ULL
#define PENDBASER_RES0 0xb8f000000000f07fULL

#define SHAREABILITY (3ULL << 10)
#define INNER_CACHE (7ULL << 7)
#define OUTER_CACHE (7ULL << 56)
#define INNER_NON_CACHEABLE (1ULL << 7)

static int bad_value(struct trans_error *err, const char *why, uint64_t value)
{
	trans_fail(err, TRANS_EINVAL, why);
	if (err)
		err->desc = value;
	return TRANS_EINVAL;
}

static int check_pending(const struct trans_gic_pending *pending,
			 struct trans_error *err)
{
	if (pending->pendbaser & PENDBASER_RES0 ||
	    !(pending->pendbaser & PENDBASER_PA))
		return bad_value(err, "GIC: no GICR_PENDBASER",
				 pending->pendbaser);
	return 0;
}

static bool is_cpu(const struct trans_gic_pending *pending, uint64_t mpidr)
{
	return !((pending->mpidr ^ mpidr) & TRANS_MPIDR_AFFINITY);
}

/* The values themselves, and whether the CPU that leaves is among them. */
static int check_values(const struct trans_gic_lpis *lpis, uint64_t mpidr,
			struct trans_error *err)
{
	bool own = false;
	int ret = 0;

	if (lpis->propbaser & PROPBASER_RES0 ||
	    !(lpis->propbaser & PROPBASER_PA) ||
	    1ULL << ((lpis->propbaser & 31) + 1) <= FIRST_LPI)
		return bad_value(err, "GIC: no GICR_PROPBASER",
				 lpis->propbaser);
	for (size_t i = 0; !ret && i < lpis->count; i++) {
		ret = check_pending(&lpis->pending[i], err);
		own |= is_cpu(&lpis->pending[i], mpidr);
	}
	if (!ret && !own)
		ret = bad_value(err, "GIC: no pending table for this CPU",
				mpidr);
	return ret;
}

static int find_redist(const struct trans_gic *gic, uint64_t mpidr,
		       struct gic_redist *redist, struct trans_error *err)
{
	int ret = trans_gic_own_redist_(gic, mpidr, redist, err);

	if (ret == TRANS_ENOENT) {
		trans_fail(err, ret, "GIC: a CPU has no redistributor");
		if (err)
			err->desc = mpidr;
	}
	if (!ret && !(redist->typer & GICR_TYPER_PLPIS))
		ret = trans_fail_pa(err, TRANS_EHOST, "GIC: it has no LPIs",
				    redist->rd, 0);
	return ret;
}

/* Tables change only while LPIs are off. If the host has them on, something
 * must promise that this can change (GICR_CTLR.CES). */
static int look_at_redist(const struct trans_gic *gic, uint64_t mpidr,
			  struct trans_error *err)
{
	struct gic_redist redist;
	int ret = find_redist(gic, mpidr, &redist, err);
	uint32_t ctlr;

	if (ret)
		return ret;
	ctlr = gic_read(gic, redist.rd + GICR_CTLR);
	if (ctlr & GICR_CTLR_ENABLE_LPIS && !(ctlr & GICR_CTLR_CES))
		ret = trans_fail_pa(err, TRANS_EHOST,
				    "GIC: LPIs are on, for ever", redist.rd, 0);
	return ret;
}

static int look_at_redists(const struct trans_gic *gic,
			   struct trans_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < gic->lpis->count; i++)
		ret = look_at_redist(gic, gic->lpis->pending[i].mpidr, err);
	return ret;
}

static int not_moved(const struct trans_range *table,
		     const struct trans_moves *moves, struct trans_error *err)
{
	for (size_t i = 0; i < moves->count; i++) {
		const struct trans_move *move = &moves->move[i];

		if (table->start < move->dst + move->len &&
		    move->dst < table->start + table->len)
			return trans_fail_pa(err, TRANS_EOVERLAP, "an LPI table "
					     "is not in its place before the "
					     "moves", table->start, table->len);
	}
	return 0;
}

static int check_places(const struct trans_gic *gic,
			const struct trans_moves *moves,
			struct trans_error *err)
{
	const struct trans_gic_lpis *lpis = gic->lpis;
	struct trans_gic_tables tables;
	int ret = 0;

	for (size_t i = 0; !ret && i < lpis->count; i++) {
		tables = trans_gic_lpi_tables_(gic, lpis->propbaser,
					       lpis->pending[i].pendbaser);
		ret = not_moved(&tables.property, moves, err);
		if (!ret)
			ret = not_moved(&tables.pending, moves, err);
	}
	return ret;
}

int trans_gic_lpis_look_(const struct trans_gic *gic, uint64_t mpidr,
			  struct trans_error *err)
{
	int ret = check_values(gic->lpis, mpidr, err);

	return ret ? ret : look_at_redists(gic, err);
}

/*
 * A redistributor that cannot take part in coherency reads Shareability as 0,
 * whatever is written. Then a table must not be cached either (IHI 0069,
 * GICR_PROPBASER.Shareability and InnerCache).
 */
static int set_table(const struct trans_gic *gic, trans_pa_t reg,
		     uint64_t value, struct trans_error *err)
{
	const uint64_t hints = SHAREABILITY | INNER_CACHE | OUTER_CACHE;
	uint64_t now;

	gic->mmio.write64(gic->mmio.ctx, reg, value);
	now = gic_read64(gic, reg);
	if (value & SHAREABILITY && !(now & SHAREABILITY)) {
		value = (value & ~hints) | INNER_NON_CACHEABLE;
		gic->mmio.write64(gic->mmio.ctx, reg, value);
		now = gic_read64(gic, reg);
	}
	if ((now ^ value) & PROPBASER_PA)
		return trans_fail_pa(err, TRANS_EHOST,
				     "GIC: a table is not accepted", reg, 0);
	return 0;
}

/*
 * Does it take the tables? One whose power is off (GIC-600 and -700, GICR_PWRR)
 * takes nothing, and firmware powers it only as it brings up its CPU. Linux
 * does not set tables again for a CPU that the saved kernel had brought up
 * (its_cpu_init_lpis), so its LPIs would be lost: better said now, while there
 * still is an image. Registers are left as they were. Where LPIs are on it has
 * power, and tables must not change.
 */
static int try_redist(const struct trans_gic *gic,
		      const struct trans_gic_pending *cpu,
		      struct trans_error *err)
{
	struct gic_redist redist;
	uint64_t property, pending;
	int ret = find_redist(gic, cpu->mpidr, &redist, err);

	if (ret || gic_read(gic, redist.rd + GICR_CTLR) & GICR_CTLR_ENABLE_LPIS)
		return ret;
	property = gic_read64(gic, redist.rd + GICR_PROPBASER);
	pending = gic_read64(gic, redist.rd + GICR_PENDBASER);
	ret = set_table(gic, redist.rd + GICR_PROPBASER, gic->lpis->propbaser,
			err);
	if (!ret)
		ret = set_table(gic, redist.rd + GICR_PENDBASER,
				cpu->pendbaser, err);
	gic->mmio.write64(gic->mmio.ctx, redist.rd + GICR_PROPBASER, property);
	gic->mmio.write64(gic->mmio.ctx, redist.rd + GICR_PENDBASER, pending);
	return ret;
}

static int try_redists(const struct trans_gic *gic, struct trans_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < gic->lpis->count; i++)
		ret = try_redist(gic, &gic->lpis->pending[i], err);
	return ret;
}

int trans_gic_lpis_check(const struct trans_gic *gic, uint64_t mpidr,
			 const struct trans_moves *moves,
			 struct trans_error *err)
{
	int ret = trans_gic_known_(gic, err);

	if (ret || gic->version == 2 || !gic->lpis)
		return ret;
	if (!gic_lpis_of(gic))
		return trans_fail(err, TRANS_EINVAL, GIC_NO_LPIS);
	if (!gic->mmio.write64)
		return trans_fail(err, TRANS_EINVAL, "GIC: no write64");
	ret = trans_gic_lpis_look_(gic, mpidr, err);
	if (!ret)
		ret = check_places(gic, moves, err);
	return ret ? ret : try_redists(gic, err);
}

/* The tables may change only while LPIs are off (IHI 0069, GICR_PROPBASER,
 * GICR_PENDBASER); trans_gic_lpis_off has waited for RWP. */
static int must_be_off(const struct trans_gic *gic, trans_pa_t rd,
		       struct trans_error *err)
{
	if (gic_read(gic, rd + GICR_CTLR) & GICR_CTLR_ENABLE_LPIS)
		return trans_fail_pa(err, TRANS_EHOST, "GIC: LPIs are still on",
				     rd, 0);
	return 0;
}

static int redist_lpis_on(const struct trans_gic *gic, trans_pa_t rd,
			  uint64_t pendbaser, struct trans_error *err)
{
	uint32_t ctlr = gic_read(gic, rd + GICR_CTLR);
	int ret = set_table(gic, rd + GICR_PROPBASER, gic->lpis->propbaser,
			    err);

	if (!ret)
		ret = set_table(gic, rd + GICR_PENDBASER, pendbaser, err);
	if (ret)
		return ret;
	gic_write(gic, rd + GICR_CTLR, ctlr | GICR_CTLR_ENABLE_LPIS);
	return trans_gic_wait_(gic, rd + GICR_CTLR,
			       GICR_CTLR_ENABLE_LPIS | GICR_CTLR_RWP,
			       GICR_CTLR_ENABLE_LPIS,
			       "GIC: LPIs cannot be enabled", err);
}

/* By now the image has no signature any more. What another CPU's redistributor
 * does not take costs LPIs that go there; to stop would cost the image. But
 * one whose LPIs are on would write to memory that is the saved kernel's. */
static int cpu_lpis_on(const struct trans_gic *gic,
		       const struct trans_gic_pending *cpu, bool own,
		       struct trans_error *err)
{
	struct gic_redist redist;
	int ret = find_redist(gic, cpu->mpidr, &redist, err);

	if (!ret)
		ret = must_be_off(gic, redist.rd, err);
	if (ret)
		return ret;
	ret = redist_lpis_on(gic, redist.rd, cpu->pendbaser, err);
	return own ? ret : 0;
}

/* This CPU's, or those of all others. */
static int lpis_on_of(const struct trans_gic *gic, uint64_t mpidr, bool own,
		      struct trans_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < gic->lpis->count; i++)
		if (is_cpu(&gic->lpis->pending[i], mpidr) == own)
			ret = cpu_lpis_on(gic, &gic->lpis->pending[i], own,
					  err);
	return ret;
}

int trans_gic_lpis_on_(const struct trans_gic *gic, uint64_t mpidr,
		       struct trans_error *err)
{
	int ret = lpis_on_of(gic, mpidr, true, err);

	return ret ? ret : lpis_on_of(gic, mpidr, false, err);
}
