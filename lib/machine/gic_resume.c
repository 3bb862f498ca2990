/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The interrupt controller as a saved Linux expects to find it. Its GICv3
 * driver brings back its CPU interface and wakes the redistributor, and takes
 * the rest for what the kernel that loaded the image has left: without what is
 * set here the world that comes back gets no tick, no disk, no IPI. Register
 * names and offsets are those of Arm IHI 0069, chapter 12.
 */
#include "lib/fail.h"
#include "lib/machine/arch.h"
#include "lib/machine/gic.h"
#include "lib/machine/gic_lpi_on.h"

/*
 * GICD_CTLR. Where there is one Security state, ARE and EnableGrp1; in the
 * Non-secure view of two, ARE_NS and EnableGrp1A: the same bits.
 */
#define GICD_CTLR_ENABLE_G1 (1u << 1)
#define GICD_CTLR_ARE (1u << 4)

#define GICR_WAKER 0x14
#define WAKER_SLEEP (1u << 1)           /* ProcessorSleep */
#define WAKER_CHILDREN_ASLEEP (1u << 2)

/* Banks of 32 interrupts; the same in the redistributor's frame of SGIs and
 * PPIs, where extended PPIs simply follow. Extended SPIs are elsewhere. */
#define IGROUPR 0x80
#define ISENABLER 0x100
#define ISPENDR 0x200
#define ISACTIVER 0x300
#define IPRIORITYR 0x400
#define ICFGR 0xc00 /* two bits each, the upper one: edge */
#define IROUTER 0x6000
#define IGROUPR_E 0x1000
#define ISENABLER_E 0x1200
#define ISPENDR_E 0x1600
#define ISACTIVER_E 0x1a00
#define IPRIORITYR_E 0x2000
#define ICFGR_E 0x3000
#define IROUTER_E 0x8000

/* What Linux gives every interrupt (GICD_INT_DEF_PRI, arm-gic-common.h). */
#define PRIORITIES 0xa0a0a0a0u
/* SGIs 0 to 15: Linux's IPIs. PPIs 26 to 30: the timers of EL2, EL1 virtual,
 * EL2 virtual, secure, and EL1 physical; one of them is its tick. */
#define SGIS 0x0000ffffu
#define TIMERS 0x7c000000u

/* A run of banks; @end: the first interrupt that is not there. */
struct lines {
	trans_pa_t group, enable, pend, unpend, active, priority, config, route;
	unsigned int first, end;
};

static struct lines plain_lines(trans_pa_t base, unsigned int first,
				unsigned int end)
{
	return (struct lines){ base + IGROUPR, base + ISENABLER, base + ISPENDR,
			       base + ICPENDR, base + ISACTIVER,
			       base + IPRIORITYR, base + ICFGR, base + IROUTER,
			       first, end };
}

static struct lines extended_lines(trans_pa_t base, unsigned int end)
{
	return (struct lines){ base + IGROUPR_E, base + ISENABLER_E,
			       base + ISPENDR_E, base + ICPENDR_E,
			       base + ISACTIVER_E, base + IPRIORITYR_E,
			       base + ICFGR_E, base + IROUTER_E, 0, end };
}

static void to_group_1(const struct trans_gic *gic, const struct lines *lines)
{
	for (unsigned int i = lines->first; i < lines->end; i += 32)
		gic_write(gic, lines->group + i / 8, ALL_BITS);
	for (unsigned int i = lines->first; i < lines->end; i += 4)
		gic_write(gic, lines->priority + i, PRIORITIES);
}

static void route(const struct trans_gic *gic, const struct lines *lines,
		  uint64_t mpidr)
{
	for (unsigned int i = lines->first; i < lines->end; i++)
		gic->mmio.write64(gic->mmio.ctx, lines->route + 8UL * i,
				  mpidr & TRANS_MPIDR_AFFINITY);
}

/*
 * A driver that asked for its interrupt before the image was written does not
 * ask again. What is pending in spite of having been cleared is a line that is
 * asserted, by something that nobody has silenced: that would storm.
 */
static void enable_quiet(const struct trans_gic *gic, const struct lines *lines)
{
	for (unsigned int i = lines->first; i < lines->end; i += 32)
		gic_write(gic, lines->enable + i / 8,
			  ~(gic_read(gic, lines->pend + i / 8) |
			    gic_read(gic, lines->active + i / 8)));
}

static bool is_espi(const struct trans_spi *spi)
{
	return spi->intid >= ESPI_FIRST;
}

/* A trigger may change only while its interrupt is disabled, which
 * trans_gic_off has seen to; and then it is UNKNOWN whether that pends (IHI
 * 0069, GICD_ICFGR<n>). */
static void set_trigger(const struct trans_gic *gic, const struct lines *lines,
			unsigned int at, bool edge)
{
	uint32_t config = 2u << at % 16 * 2;
	trans_pa_t where = lines->config + at / 16 * 4ULL;
	uint32_t was = gic_read(gic, where);
	uint32_t now = edge ? was | config : was & ~config;

	if (now == was)
		return;
	gic_write(gic, where, now);
	gic_write(gic, lines->unpend + at / 32 * 4ULL, 1u << at % 32);
}

static void enable_one(const struct trans_gic *gic, const struct lines *lines,
		       unsigned int at, bool edge)
{
	uint32_t bit = 1u << at % 32;

	set_trigger(gic, lines, at, edge);
	if (!((gic_read(gic, lines->pend + at / 32 * 4ULL) |
	       gic_read(gic, lines->active + at / 32 * 4ULL)) & bit))
		gic_write(gic, lines->enable + at / 32 * 4ULL, bit);
}

/* What the host knows to be in use, as it is used; without that, all. */
static void enable_spis(const struct trans_gic *gic, const struct lines *plain,
			const struct lines *extended)
{
	if (!gic->spis) {
		enable_quiet(gic, plain);
		enable_quiet(gic, extended);
		return;
	}
	for (size_t i = 0; i < gic->spi_count; i++) {
		const struct trans_spi *spi = &gic->spis[i];
		const struct lines *lines = is_espi(spi) ? extended : plain;
		unsigned int at = spi->intid - (is_espi(spi) ? ESPI_FIRST : 0);

		if (at < lines->end)
			enable_one(gic, lines, at, spi->edge);
	}
}

/* Routing exists only with ARE, and ARE may change only while no group is
 * enabled (IHI 0069, GICD_CTLR), which trans_gic_off has seen to. */
static int affinity_routing(const struct trans_gic *gic,
			    struct trans_error *err)
{
	uint32_t ctlr = gic_read(gic, gic->dist + GICD_CTLR);
	int ret;

	gic_write(gic, gic->dist + GICD_CTLR, ctlr | GICD_CTLR_ARE);
	ret = trans_gic_wait_dist_(gic, err);
	if (!ret && !(gic_read(gic, gic->dist + GICD_CTLR) & GICD_CTLR_ARE))
		ret = trans_fail_pa(err, TRANS_EHOST,
				    "GICD_CTLR.ARE stays clear", gic->dist, 0);
	return ret;
}

static int dist_on(const struct trans_gic *gic, uint64_t mpidr,
		   struct trans_error *err)
{
	uint32_t typer = gic_read(gic, gic->dist + GICD_TYPER);
	unsigned int end = 32 * (gic_spi_banks(typer) + 1);
	struct lines spis = plain_lines(gic->dist, SPI_FIRST,
					end < SPI_END ? end : SPI_END);
	struct lines more = extended_lines(gic->dist,
					   32 * gic_espi_banks(typer));
	uint32_t ctlr;
	int ret = affinity_routing(gic, err);

	if (ret)
		return ret;
	to_group_1(gic, &spis);
	to_group_1(gic, &more);
	route(gic, &spis, mpidr);
	route(gic, &more, mpidr);
	enable_spis(gic, &spis, &more);
	ctlr = gic_read(gic, gic->dist + GICD_CTLR);
	gic_write(gic, gic->dist + GICD_CTLR, ctlr | GICD_CTLR_ENABLE_G1);
	return trans_gic_wait_dist_(gic, err);
}

/*
 * The saved Linux enables no PPI on the CPU that it resumes on: its tick, its
 * PMU, its hypervisor's maintenance interrupt are what stands here. A timer
 * that holds its line may be one that this Linux does not use: enabled, it
 * would never get past it; not enabled, it might have no tick.
 */
static int redist_on(const struct trans_gic *gic, const struct gic_redist *own,
		     struct trans_error *err)
{
	struct lines lines = plain_lines(own->rd + GICR_SGI_BASE, 0,
					 32 * gic_ppi_banks(own->typer));

	if (gic_read(gic, lines.pend) & TIMERS)
		return trans_fail_pa(err, TRANS_EHOST,
				     "a timer of this CPU is due, and not off",
				     own->rd, 0);
	to_group_1(gic, &lines);
	gic_write(gic, lines.enable, SGIS);
	enable_quiet(gic, &lines);
	return 0;
}

/* Where firmware keeps WAKER to itself it reads as 0, that is awake. */
static int wake(const struct trans_gic *gic, trans_pa_t rd,
		struct trans_error *err)
{
	uint32_t waker = gic_read(gic, rd + GICR_WAKER);

	gic_write(gic, rd + GICR_WAKER, waker & ~WAKER_SLEEP);
	return trans_gic_wait_(gic, rd + GICR_WAKER, WAKER_CHILDREN_ASLEEP, 0,
			       "GICR_WAKER.ChildrenAsleep stays set", err);
}

static int v3_resume(const struct trans_gic *gic, const struct trans_cpu *cpu,
		     uint64_t mpidr, struct trans_error *err)
{
	struct gic_redist own;
	int ret = trans_gic_own_redist_(gic, mpidr, &own, err);

	if (!ret)
		ret = wake(gic, own.rd, err);
	if (!ret)
		ret = trans_gic_off(gic, cpu, mpidr, err);
	if (!ret)
		ret = redist_on(gic, &own, err);
	return ret ? ret : dist_on(gic, mpidr, err);
}

static bool spis_known(const struct trans_gic *gic)
{
	for (size_t i = 0; gic->spis && i < gic->spi_count; i++) {
		uint32_t intid = gic->spis[i].intid;

		if ((intid < SPI_FIRST || intid >= SPI_END) &&
		    (intid < ESPI_FIRST || intid >= ESPI_END))
			return false;
	}
	return true;
}

int trans_gic_resume(const struct trans_gic *gic, const struct trans_cpu *cpu,
		     uint64_t mpidr, struct trans_error *err)
{
	int ret = trans_gic_known_(gic, err);

	if (ret || gic->version == 2)
		return ret;
	if (!gic->mmio.write64)
		return trans_fail(err, TRANS_EINVAL, "GIC: no write64");
	if (!spis_known(gic))
		return trans_fail(err, TRANS_EINVAL, "GIC: no SPI's INTID");
	if (gic_lpis_of(gic) != gic->lpis)
		return trans_fail(err, TRANS_EINVAL, GIC_NO_LPIS);
	if (gic_lpis_of(gic))
		ret = trans_gic_lpis_look_(gic, mpidr, err);
	if (!ret)
		ret = v3_resume(gic, cpu, mpidr, err);
	if (!ret && gic_lpis_of(gic))
		ret = trans_gic_lpis_on_(gic, mpidr, err);
	trans_arch_sync_();
	return ret;
}
