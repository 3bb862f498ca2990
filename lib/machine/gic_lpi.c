/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * LPIs and the ITS: the parts of a GICv3 that live in memory (Arm IHI 0069,
 * chapters 5 and 6).
 */
#include "lib/fail.h"
#include "lib/machine/arch.h"
#include "lib/machine/gic_lpi.h"

#define GICR_VPENDBASER 0x20078
#define GICR_VPENDBASER_VALID (1ULL << 63)

#define GITS_CTLR 0x0
#define GITS_CTLR_ENABLED (1u << 0)
#define GITS_CTLR_QUIESCENT (1u << 31)

static struct trans_gic_tables tables_of(const struct trans_gic *gic,
					 trans_pa_t rd)
{
	return trans_gic_lpi_tables_(gic, gic_read64(gic, rd + GICR_PROPBASER),
				     gic_read64(gic, rd + GICR_PENDBASER));
}

static bool lpis_on(const struct trans_gic *gic, trans_pa_t rd, uint64_t typer)
{
	return typer & GICR_TYPER_PLPIS &&
	       gic_read(gic, rd + GICR_CTLR) & GICR_CTLR_ENABLE_LPIS;
}

static int add_tables(const struct trans_gic *gic, trans_pa_t rd,
		      uint64_t typer, void *arg, struct trans_error *err)
{
	struct trans_ranges *set = arg;
	struct trans_gic_tables tables;
	int ret;

	if (!lpis_on(gic, rd, typer) ||
	    gic_read(gic, rd + GICR_CTLR) & GICR_CTLR_CES)
		return 0;
	tables = tables_of(gic, rd);
	ret = trans_ranges_add(set, tables.property.start,
			       tables.property.len);
	if (!ret)
		ret = trans_ranges_add(set, tables.pending.start,
				       tables.pending.len);
	return ret ? trans_fail_pa(err, ret, "GIC: LPI tables", rd, 0) : 0;
}

int trans_gic_lpi_tables(const struct trans_gic *gic,
			 struct trans_ranges *tables, struct trans_error *err)
{
	int ret = trans_gic_known_(gic, err);

	if (ret || gic->version == 2)
		return ret;
	return trans_gic_each_redist_(gic, add_tables, tables, err);
}

/* "Quiescent" also says that everything it had cached is in memory. */
static int its_quiesces(const struct trans_gic *gic, trans_pa_t its,
			struct trans_error *err)
{
	return trans_gic_wait_(gic, its + GITS_CTLR,
			       GITS_CTLR_QUIESCENT | GITS_CTLR_ENABLED,
			       GITS_CTLR_QUIESCENT, "an ITS is not quiescent",
			       err);
}

static int its_off(const struct trans_gic *gic, trans_pa_t its,
		   struct trans_error *err)
{
	uint32_t ctlr = gic_read(gic, its + GITS_CTLR);

	gic_write(gic, its + GITS_CTLR, ctlr & ~GITS_CTLR_ENABLED);
	return its_quiesces(gic, its, err);
}

/* One that is on does its work; one that is off must come to rest. */
static int check_its(const struct trans_gic *gic, trans_pa_t its,
		     struct trans_error *err)
{
	if (gic_read(gic, its + GITS_CTLR) & GITS_CTLR_ENABLED)
		return 0;
	return its_quiesces(gic, its, err);
}

static bool keeps(const struct trans_ranges *kept,
		  const struct trans_range *range)
{
	return kept && trans_ranges_contain(kept, range->start, range->len);
}

/* The bit stays set: allowed, if nothing will be where the tables are. */
static int stays_on(const struct trans_gic *gic, trans_pa_t rd,
		    const struct trans_ranges *kept, struct trans_error *err)
{
	struct trans_gic_tables tables = tables_of(gic, rd);
	const struct trans_range *lost = &tables.property;

	if (keeps(kept, lost)) {
		lost = &tables.pending;
		if (keeps(kept, lost))
			return 0;
	}
	return trans_fail_pa(err, TRANS_EOVERLAP, "LPIs cannot be switched off",
			     lost->start, lost->len);
}

static int not_resident(const struct trans_gic *gic, trans_pa_t rd,
			uint64_t typer, struct trans_error *err)
{
	if (typer & GICR_TYPER_VLPIS &&
	    gic_read64(gic, rd + GICR_VPENDBASER) & GICR_VPENDBASER_VALID)
		return trans_fail_pa(err, TRANS_EHOST,
				     "GIC: a virtual CPU is resident", rd, 0);
	return 0;
}

static int check_redist(const struct trans_gic *gic, trans_pa_t rd,
			uint64_t typer, void *arg, struct trans_error *err)
{
	int ret = not_resident(gic, rd, typer, err);

	if (ret || !lpis_on(gic, rd, typer) ||
	    gic_read(gic, rd + GICR_CTLR) & GICR_CTLR_CES)
		return ret;
	return stays_on(gic, rd, arg, err);
}

int trans_gic_check(const struct trans_gic *gic, uint64_t mpidr,
		    const struct trans_ranges *kept, struct trans_error *err)
{
	struct gic_redist own;
	int ret = trans_gic_known_(gic, err);

	if (ret || gic->version == 2)
		return ret;
	ret = trans_gic_own_redist_(gic, mpidr, &own, err);
	for (size_t i = 0; !ret && i < gic->its_count; i++)
		ret = check_its(gic, gic->its[i], err);
	if (!ret)
		ret = trans_gic_each_redist_(gic, check_redist,
					     (struct trans_ranges *)kept, err);
	return ret;
}

/*
 * After 1 to 0 software must see RWP clear: only then has the redistributor
 * written back what is pending and let go of the tables. Whether the bit can be
 * cleared at all is implementation defined (IHI 0069, 12.11.2), so try and
 * look.
 */
static int redist_lpis_off(const struct trans_gic *gic, trans_pa_t rd,
			   uint64_t typer, void *arg, struct trans_error *err)
{
	uint32_t ctlr = gic_read(gic, rd + GICR_CTLR);
	int ret = not_resident(gic, rd, typer, err);

	if (ret || !lpis_on(gic, rd, typer))
		return ret;
	gic_write(gic, rd + GICR_CTLR, ctlr & ~GICR_CTLR_ENABLE_LPIS);
	ret = trans_gic_wait_(gic, rd + GICR_CTLR, GICR_CTLR_RWP, 0,
			      "GICR_CTLR.RWP stays set", err);
	if (!ret && lpis_on(gic, rd, typer))
		ret = stays_on(gic, rd, arg, err);
	return ret;
}

int trans_gic_lpis_off(const struct trans_gic *gic,
		       const struct trans_ranges *kept,
		       struct trans_error *err)
{
	int ret = trans_gic_known_(gic, err);

	if (ret || gic->version == 2)
		return ret;
	for (size_t i = 0; !ret && i < gic->its_count; i++)
		ret = its_off(gic, gic->its[i], err);
	if (!ret)
		ret = trans_gic_each_redist_(gic, redist_lpis_off,
					     (struct trans_ranges *)kept, err);
	trans_arch_sync_();
	return ret;
}
