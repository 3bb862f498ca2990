/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Masking what the interrupt controller may still signal. Register names and
 * offsets are those of Arm IHI 0048 (GICv2) and IHI 0069 (GICv3, v4).
 */
#include <trans_table/psci.h>

#include "lib/fail.h"
#include "lib/machine/arch.h"
#include "lib/machine/gic.h"
#include "lib/machine/wait.h"
#include "lib/numbers.h"

#define WAIT_MS 1000

/* Banks of 32 interrupts, one bit each; the same in GICR's SGI frame. Those of
 * the extended ranges of GICv3.1 have registers of their own. */
#define ICENABLER 0x180
#define ICACTIVER 0x380
#define ICENABLER_E 0x1400
#define ICACTIVER_E 0x1c00

#define GICD_CPENDSGIR 0xf10 /* v2: four of them */

#define GICC_CTLR 0x0
#define GICC_CTLR_GROUPS 3u
#define GICC_APR 0xd0 /* four of them */

#define GICR_TYPER 0x8
#define GICR_PIDR2 0xffe8
#define GICR_FRAMES 0x20000   /* RD and SGI */
#define GICR_FRAMES_4 0x40000 /* and two for virtual LPIs */

#define ICC_SRE_SRE 1u

int trans_gic_known_(const struct trans_gic *gic, struct trans_error *err)
{
	if (gic->version == 2 || gic->version == 3)
		return 0;
	return trans_fail(err, TRANS_EINVAL, "GIC: version");
}

int trans_gic_wait_(const struct trans_gic *gic, trans_pa_t pa, uint32_t mask,
		    uint32_t want, const char *why, struct trans_error *err)
{
	struct trans_wait wait;

	trans_wait_begin_(&wait, WAIT_MS);
	for (;;) {
		bool over = trans_wait_over_(&wait);

		if ((gic_read(gic, pa) & mask) == want)
			return 0;
		if (over)
			return trans_fail_pa(err, TRANS_ETIME, why, pa, 0);
	}
}

/* ---- redistributors ---- */

/* GICR_PIDR2.ArchRev [7:4]: 3 or 4. Anything else is no redistributor. */
static bool is_redist(const struct trans_gic *gic, trans_pa_t rd)
{
	uint32_t rev = trans_field(gic_read(gic, rd + GICR_PIDR2), 4);

	return rev == 3 || rev == 4;
}

static uint64_t stride_of(const struct trans_gic *gic, uint64_t typer)
{
	if (gic->redist_stride)
		return gic->redist_stride;
	return typer & GICR_TYPER_VLPIS ? GICR_FRAMES_4 : GICR_FRAMES;
}

static int each_of_region(const struct trans_gic *gic,
			  const struct trans_range *region, gic_redist_fn fn,
			  void *arg, struct trans_error *err)
{
	uint64_t at = 0, typer;
	trans_pa_t rd;
	int ret;

	while (region->len - at >= GICR_FRAMES) {
		rd = region->start + at;
		if (!is_redist(gic, rd))
			return trans_fail_pa(err, TRANS_ECORRUPT,
					     "GIC: no redistributor", rd, 0);
		typer = gic_read64(gic, rd + GICR_TYPER);
		ret = fn(gic, rd, typer, arg, err);
		if (ret || typer & GICR_TYPER_LAST)
			return ret;
		at += stride_of(gic, typer);
		if (at > region->len)
			break;
	}
	return 0;
}

int trans_gic_each_redist_(const struct trans_gic *gic, gic_redist_fn fn,
			   void *arg, struct trans_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < gic->redist_count; i++)
		ret = each_of_region(gic, &gic->redist[i], fn, arg, err);
	return ret;
}

/* GICR_TYPER has the affinity in one piece, MPIDR_EL1 Aff3 apart. */
static uint32_t affinity_of(uint64_t mpidr)
{
	return (uint32_t)(mpidr & 0xffffff) | (uint32_t)(mpidr >> 8 &
							 0xff000000);
}

static int is_own(const struct trans_gic *gic, trans_pa_t rd, uint64_t typer,
		  void *arg, struct trans_error *err)
{
	struct gic_redist *own = arg;

	(void)gic;
	(void)err;
	if ((uint32_t)(typer >> 32) == own->affinity) {
		own->rd = rd;
		own->typer = typer;
	}
	return 0;
}

int trans_gic_own_redist_(const struct trans_gic *gic, uint64_t mpidr,
			  struct gic_redist *own, struct trans_error *err)
{
	int ret;

	*own = (struct gic_redist){ .affinity = affinity_of(mpidr) };
	ret = trans_gic_each_redist_(gic, is_own, own, err);
	if (!ret && !own->rd)
		ret = trans_fail(err, TRANS_ENOENT,
				 "GIC: this CPU has no redistributor");
	return ret;
}

/* ---- masking ---- */

struct banks {
	trans_pa_t enable, pend, active;
	unsigned int count;
};

static struct banks banks_at(trans_pa_t base, unsigned int first,
			     unsigned int end)
{
	return (struct banks){ base + ICENABLER + 4UL * first,
			       base + ICPENDR + 4UL * first,
			       base + ICACTIVER + 4UL * first, end - first };
}

static void disable(const struct trans_gic *gic, const struct banks *banks)
{
	for (unsigned int i = 0; i < banks->count; i++)
		gic_write(gic, banks->enable + 4UL * i, ALL_BITS);
}

/* Only what is disabled for good: an active interrupt that is deactivated while
 * enabled could be taken again at once. */
static void forget(const struct trans_gic *gic, const struct banks *banks)
{
	for (unsigned int i = 0; i < banks->count; i++) {
		gic_write(gic, banks->active + 4UL * i, ALL_BITS);
		gic_write(gic, banks->pend + 4UL * i, ALL_BITS);
	}
}

int trans_gic_wait_dist_(const struct trans_gic *gic, struct trans_error *err)
{
	return trans_gic_wait_(gic, gic->dist + GICD_CTLR, GICD_CTLR_RWP, 0,
			       "GICD_CTLR.RWP stays set", err);
}

/* The distributor's own interrupts, from bank @first on; all of its waiting is
 * v3's, as RWP reads as 0 in v2. */
static int dist_off(const struct trans_gic *gic, unsigned int first,
		    struct trans_error *err)
{
	uint32_t typer = gic_read(gic, gic->dist + GICD_TYPER);
	struct banks spis = banks_at(gic->dist, first,
				     gic_spi_banks(typer) + 1);
	struct banks more = { gic->dist + ICENABLER_E, gic->dist + ICPENDR_E,
			      gic->dist + ICACTIVER_E, 0 };
	uint32_t ctlr;
	int ret;

	if (gic->version == 3)
		more.count = gic_espi_banks(typer);
	disable(gic, &spis);
	disable(gic, &more);
	ret = trans_gic_wait_dist_(gic, err);
	if (ret)
		return ret;
	forget(gic, &spis);
	forget(gic, &more);
	/* ARE stays: to clear it again is not allowed (IHI 0069, 12.9). */
	ctlr = gic_read(gic, gic->dist + GICD_CTLR);
	gic_write(gic, gic->dist + GICD_CTLR, ctlr & ~GICD_CTLR_GROUPS);
	ret = trans_gic_wait_dist_(gic, err);
	if (!ret &&
	    gic_read(gic, gic->dist + GICD_CTLR) & GICD_CTLR_GROUPS)
		ret = trans_fail_pa(err, TRANS_EHOST, "GICD_CTLR stays enabled",
				    gic->dist, 0);
	return ret;
}

static int v2_off(const struct trans_gic *gic, struct trans_error *err)
{
	uint32_t ctlr = gic_read(gic, gic->cpu + GICC_CTLR);
	int ret;

	/* The other bits say whether a disabled interface lets signals by. */
	gic_write(gic, gic->cpu + GICC_CTLR, ctlr & ~GICC_CTLR_GROUPS);
	ret = dist_off(gic, 0, err);
	if (ret)
		return ret;
	for (unsigned int i = 0; i < 4; i++) {
		gic_write(gic, gic->dist + GICD_CPENDSGIR + 4UL * i, ALL_BITS);
		gic_write(gic, gic->cpu + GICC_APR + 4UL * i, 0);
	}
	return 0;
}

static int redist_off(const struct trans_gic *gic, const struct gic_redist *own,
		      struct trans_error *err)
{
	struct banks banks = banks_at(own->rd + GICR_SGI_BASE, 0,
				      gic_ppi_banks(own->typer));
	int ret;

	disable(gic, &banks);
	ret = trans_gic_wait_(gic, own->rd + GICR_CTLR, GICR_CTLR_RWP, 0,
			      "GICR_CTLR.RWP stays set", err);
	if (!ret)
		forget(gic, &banks);
	return ret;
}

/*
 * The system register interface. Active priorities are dropped: after a crash
 * in a handler the running priority would mask what the next kernel waits for.
 * Which of the four registers exist follows from ICC_CTLR_EL1.PRIbits [10:8].
 */
static void interface_off(const struct trans_cpu *cpu)
{
	enum trans_sysreg sre = cpu->el == 2 ? TRANS_ICC_SRE_EL2 :
					       TRANS_ICC_SRE_EL1;
	uint64_t bits;

	/* ID_AA64PFR0_EL1.GIC [27:24] */
	if (!(cpu->granted & TRANS_GRANT_GIC) || !trans_field(cpu->pfr0, 24) ||
	    !(trans_arch_read_(sre) & ICC_SRE_SRE))
		return;
	trans_arch_write_(TRANS_ICC_IGRPEN1_EL1, 0);
	trans_arch_sync_();
	bits = (trans_arch_read_(TRANS_ICC_CTLR_EL1) >> 8 & 7) + 1;
	trans_arch_write_(TRANS_ICC_AP1R0_EL1, 0);
	if (bits >= 6)
		trans_arch_write_(TRANS_ICC_AP1R1_EL1, 0);
	if (bits >= 7) {
		trans_arch_write_(TRANS_ICC_AP1R2_EL1, 0);
		trans_arch_write_(TRANS_ICC_AP1R3_EL1, 0);
	}
	trans_arch_sync_();
}

static int v3_off(const struct trans_gic *gic, const struct trans_cpu *cpu,
		  uint64_t mpidr, struct trans_error *err)
{
	struct gic_redist own;
	int ret = trans_gic_own_redist_(gic, mpidr, &own, err);

	if (!ret)
		ret = redist_off(gic, &own, err);
	if (!ret)
		ret = dist_off(gic, 1, err);
	if (!ret)
		interface_off(cpu);
	return ret;
}

int trans_gic_off(const struct trans_gic *gic, const struct trans_cpu *cpu,
		  uint64_t mpidr, struct trans_error *err)
{
	int ret = trans_gic_known_(gic, err);

	if (ret)
		return ret;
	ret = gic->version == 2 ? v2_off(gic, err) :
				  v3_off(gic, cpu, mpidr, err);
	trans_arch_sync_();
	return ret;
}
