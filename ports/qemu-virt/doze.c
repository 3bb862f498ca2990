/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Register names and offsets are those of Arm IHI 0048 (GICv2, 4.3 and 4.4) and
 * IHI 0069 (GICv3 and v4, 12.2, 12.9 and 12.11).
 */
#include "lib/numbers.h"
#include "doze.h"
#include "machine.h"
#include "sysreg.h"

/* Banked for each CPU: in GICv2's distributor, in GICv3's redistributor. */
#define IGROUPR 0x80
#define ISENABLER 0x100
#define ICENABLER 0x180
#define ISPENDR 0x200
#define ICPENDR 0x280
#define IPRIORITYR 0x400

#define GICD_CTLR 0x0
#define GICD_CTLR_ENABLE_G1 (1u << 1)
#define GICD_CTLR_ARE (1u << 4)
#define GICD_ITARGETSR 0x800 /* v2: what is read is the reader's own bit */
#define GICD_SGIR 0xf00
#define GICD_CPENDSGIR 0xf10

#define GICC_CTLR 0x0
#define GICC_PMR 0x4

#define GICR_TYPER 0x8 /* affinity in [63:32]; VLPIS; Last */
#define GICR_TYPER_VLPIS (1u << 1)
#define GICR_TYPER_LAST (1u << 4)
#define GICR_FRAMES 0x20000   /* RD and SGI */
#define GICR_FRAMES_4 0x40000 /* and two for virtual LPIs */
#define GICR_SGI_BASE 0x10000
#define GICR_WAKER 0x14
#define WAKER_SLEEP (1u << 1)           /* ProcessorSleep */
#define WAKER_CHILDREN_ASLEEP (1u << 2)

#define ICC_SRE_SRE 1u
#define ICC_SRE_EL2_ENABLE 8u /* for EL1 */

/* Linux sends its own by the lowest numbers, too, and means by this one that
 * there may be something to run: if one ever were left, it would do no harm. */
#define SGI 0u
/* The virtual timer is what EL1 is promised (booting.rst), at EL2 it has its
 * own (Arm BSA 1.0, 3.8, has the numbers). */
#define PPI_VIRTUAL 27u
#define PPI_EL2 26u

/* These interrupts get the highest priority, and only what is above the mask
 * wakes: it is lower than what software gives to others, 0x80 or 0xa0. */
#define PRIORITY_MASK 0x80u

#define TRY_MS 10
#define ISR_IRQ (1u << 7) /* ISR_EL1.I: what ends WFI, masked or not */

static const struct trans_gic *gic;

static uint32_t ppi(void)
{
	return machine.cpu.el == 2 ? PPI_EL2 : PPI_VIRTUAL;
}

/* Aff3 [55:48], RS [47:44], Aff2 [39:32], INTID [27:24], Aff1 [23:16], and a
 * bit of sixteen for Aff0 (IHI 0069, ICC_SGI1R_EL1). */
static uint64_t sgi1r(uint64_t mpidr, uint32_t intid)
{
	uint64_t aff0 = mpidr & 0xff;

	return (mpidr >> 32 & 0xff) << 48 | (aff0 >> 4) << 44 |
	       (mpidr >> 16 & 0xff) << 32 | (uint64_t)intid << 24 |
	       (mpidr >> 8 & 0xff) << 16 | 1ULL << (aff0 & 0xf);
}

static uint32_t gic_read(trans_pa_t pa)
{
	return gic->mmio.read32(gic->mmio.ctx, pa);
}

static void gic_write(trans_pa_t pa, uint32_t value)
{
	gic->mmio.write32(gic->mmio.ctx, pa, value);
}

/* Has it come to be what this says, sooner or later? */
static bool comes(bool (*is)(const struct doze *own), const struct doze *own,
		  bool so)
{
	uint64_t start = sysreg_read(cntvct_el0);
	uint64_t limit = sysreg_read(cntfrq_el0) * TRY_MS / 1000;

	while (is(own) != so)
		if (sysreg_read(cntvct_el0) - start > limit)
			return false;
	return true;
}

/* ---- changes that are undone ---- */

static void remember(struct doze *own, trans_pa_t pa, uint32_t value)
{
	own->undo[own->changes++] = (struct doze_undo){ pa, value };
}

static void change(struct doze *own, trans_pa_t pa, uint32_t clear,
		   uint32_t set)
{
	uint32_t was = gic_read(pa);

	remember(own, pa, was);
	gic_write(pa, (was & ~clear) | set);
}

/* Writing a bit enables it; to disable it is another register's. */
static void enable(struct doze *own, uint32_t lines)
{
	uint32_t was = gic_read(own->banked + ISENABLER);

	remember(own, own->banked + ICENABLER, lines & ~was);
	gic_write(own->banked + ISENABLER, lines);
}

static void undo_last(struct doze *own)
{
	const struct doze_undo *undo = &own->undo[--own->changes];

	gic_write(undo->pa, undo->value);
}

static void set_priority(struct doze *own, uint32_t intid)
{
	change(own, own->banked + IPRIORITYR + (intid & ~3u),
	       0xffu << intid % 4 * 8, 0);
}

/* What this CPU is woken by. */
static uint32_t lines(const struct doze *own)
{
	return 1u << SGI | (own->first ? 1u << ppi() : 0);
}

static void begin_lines(struct doze *own)
{
	set_priority(own, SGI);
	if (own->first)
		set_priority(own, ppi());
	enable(own, lines(own));
}

/* ---- GICv2 ---- */

/* The bits of GICC_CTLR and GICD_CTLR that let these lines pass. In the
 * Non-secure view IGROUPR reads as 0, and bit 0 is Group 1's. */
static uint32_t v2_groups(const struct doze *own)
{
	uint32_t group_1 = gic_read(own->banked + IGROUPR);

	return 1u << (group_1 >> SGI & 1) | 1u << (group_1 >> ppi() & 1);
}

static bool v2_begin(struct doze *own)
{
	own->banked = gic->dist;
	own->target = gic_read(gic->dist + GICD_ITARGETSR) & 0xff;
	if (own->first)
		change(own, gic->dist + GICD_CTLR, 0, v2_groups(own));
	change(own, gic->cpu + GICC_PMR, 0xff, PRIORITY_MASK);
	change(own, gic->cpu + GICC_CTLR, 0, v2_groups(own));
	begin_lines(own);
	return own->target;
}

/* ---- GICv3 ---- */

/* ICC_SRE_EL1, or EL2's, which has one for EL1 besides. */
static bool v3_has_interface(void)
{
	/* ID_AA64PFR0_EL1.GIC [27:24] */
	if (!(machine.cpu.granted & TRANS_GRANT_GIC) ||
	    !trans_field(machine.cpu.pfr0, 24))
		return false;
	if (machine.cpu.el == 2) {
		sysreg_write(S3_4_C12_C9_5, sysreg_read(S3_4_C12_C9_5) |
			     ICC_SRE_SRE | ICC_SRE_EL2_ENABLE);
		isb();
		return sysreg_read(S3_4_C12_C9_5) & ICC_SRE_SRE;
	}
	sysreg_write(S3_0_C12_C12_5, sysreg_read(S3_0_C12_C12_5) | ICC_SRE_SRE);
	isb();
	return sysreg_read(S3_0_C12_C12_5) & ICC_SRE_SRE;
}

/* ICC_PMR_EL1, ICC_IGRPEN1_EL1. */
static bool v3_open_interface(struct doze *own)
{
	if (!v3_has_interface())
		return false;
	own->interface = true;
	own->priority_mask = sysreg_read(S3_0_C4_C6_0);
	own->groups = sysreg_read(S3_0_C12_C12_7);
	sysreg_write(S3_0_C4_C6_0, PRIORITY_MASK);
	sysreg_write(S3_0_C12_C12_7, own->groups | 1);
	isb();
	return true;
}

/* Where firmware keeps WAKER to itself it reads as 0, that is awake. */
static bool is_awake(const struct doze *own)
{
	return !(gic_read(own->redist + GICR_WAKER) & WAKER_CHILDREN_ASLEEP);
}

static uint64_t stride_of(uint64_t typer)
{
	if (gic->redist_stride)
		return gic->redist_stride;
	return typer & GICR_TYPER_VLPIS ? GICR_FRAMES_4 : GICR_FRAMES;
}

/* Of the region, the redistributor of this affinity; 0: none. */
static trans_pa_t redist_in(const struct trans_range *region, uint32_t affinity)
{
	uint64_t typer = 0;

	for (uint64_t at = 0; region->len >= GICR_FRAMES &&
			      at <= region->len - GICR_FRAMES &&
			      !(typer & GICR_TYPER_LAST);
	     at += stride_of(typer)) {
		typer = gic->mmio.read64(gic->mmio.ctx,
					 region->start + at + GICR_TYPER);
		if (typer >> 32 == affinity)
			return region->start + at;
	}
	return 0;
}

/* GICR_TYPER has the affinity in one piece, MPIDR_EL1 Aff3 apart. */
static trans_pa_t find_redist(uint64_t mpidr)
{
	uint32_t affinity = (uint32_t)(mpidr & 0xffffff) |
			    (uint32_t)(mpidr >> 8 & 0xff000000);
	trans_pa_t rd = 0;

	for (size_t i = 0; !rd && i < gic->redist_count; i++)
		rd = redist_in(&gic->redist[i], affinity);
	return rd;
}

/* Without affinity routing there are no such SGIs, and whoever turns it on
 * cannot turn it off again (IHI 0069, GICD_CTLR). */
static bool v3_begin(struct doze *own)
{
	own->target = sysreg_read(mpidr_el1);
	own->redist = find_redist(own->target);
	if (!(gic_read(gic->dist + GICD_CTLR) & GICD_CTLR_ARE) ||
	    !own->redist || !v3_open_interface(own))
		return false;
	if (own->first)
		change(own, gic->dist + GICD_CTLR, 0, GICD_CTLR_ENABLE_G1);
	change(own, own->redist + GICR_WAKER, WAKER_SLEEP, 0);
	if (!comes(is_awake, own, true))
		return false;
	own->banked = own->redist + GICR_SGI_BASE;
	change(own, own->banked + IGROUPR, 0, lines(own));
	begin_lines(own);
	return true;
}

static void v3_close_interface(const struct doze *own)
{
	if (gic->version != 3 || !own->interface)
		return;
	sysreg_write(S3_0_C12_C12_7, own->groups);
	sysreg_write(S3_0_C4_C6_0, own->priority_mask);
	isb();
}

/* ---- a CPU's own ---- */

static void clear_pending(const struct doze *own)
{
	if (gic->version == 2)
		gic_write(gic->dist + GICD_CPENDSGIR, 0xffu << SGI * 8);
	else
		gic_write(own->banked + ICPENDR, 1u << SGI);
	/* It has got there: a read of the same device is behind it. */
	(void)gic_read(own->banked + ISPENDR);
	dsb(sy);
}

/* Is there what ends WFI? */
static bool is_woken(const struct doze *own)
{
	(void)own;
	return sysreg_read(isr_el1) & ISR_IRQ;
}

static bool try_sgi(const struct doze *own)
{
	bool came;

	doze_wake(own);
	came = comes(is_woken, own, true);
	clear_pending(own);
	return comes(is_woken, own, false) && came;
}

static bool try_alarm(const struct doze *own)
{
	struct doze_timer before = doze_alarm(0);
	bool came = comes(is_woken, own, true);

	doze_alarm_off(before);
	return came;
}

void doze_begin(struct doze *own, const struct trans_gic *of)
{
	*own = (struct doze){ .first = of != NULL, .sound = true };
	if (of)
		gic = of;
	own->sound = gic->version == 2 ? v2_begin(own) : v3_begin(own);
	if (own->sound)
		own->sound = try_sgi(own) && (!own->first || try_alarm(own));
}

/* Disabled first, which is what was changed last: then nothing comes any
 * more. */
void doze_end(struct doze *own)
{
	own->sound = false;
	v3_close_interface(own);
	if (own->banked) {
		undo_last(own);
		clear_pending(own);
	}
	while (own->changes)
		undo_last(own);
}

void doze_forget(const struct doze *own)
{
	if (own->sound)
		clear_pending(own);
}

/* An event that is sent between the look and the WFE leaves the event register
 * set (Arm ARM D1.6.1). */
void doze_wait(const struct doze *own)
{
	dsb(sy);
	if (own->sound)
		hint(wfi);
	else if (own->first)
		hint(yield);
	else
		hint(wfe);
}

void doze_wake(const struct doze *other)
{
	dsb(ish);
	hint(sev);
	if (!other->sound)
		return;
	if (gic->version == 2) {
		gic_write(gic->dist + GICD_SGIR,
			  (uint32_t)other->target << 16 | SGI);
		(void)gic_read(gic->dist + GICD_CTLR);
	} else {
		sysreg_write(S3_0_C12_C11_5, sgi1r(other->target, SGI));
		isb();
	}
	dsb(sy);
}

struct doze_timer doze_alarm(uint64_t ticks)
{
	struct doze_timer before;

	if (machine.cpu.el == 2) {
		before = (struct doze_timer){ sysreg_read(cnthp_ctl_el2),
					      sysreg_read(cnthp_cval_el2) };
		sysreg_write(cnthp_cval_el2, sysreg_read(cntpct_el0) + ticks);
		sysreg_write(cnthp_ctl_el2, 1);
	} else {
		before = (struct doze_timer){ sysreg_read(cntv_ctl_el0),
					      sysreg_read(cntv_cval_el0) };
		sysreg_write(cntv_cval_el0, sysreg_read(cntvct_el0) + ticks);
		sysreg_write(cntv_ctl_el0, 1);
	}
	isb();
	return before;
}

void doze_alarm_off(struct doze_timer before)
{
	if (machine.cpu.el == 2) {
		sysreg_write(cnthp_ctl_el2, before.control);
		sysreg_write(cnthp_cval_el2, before.value);
	} else {
		sysreg_write(cntv_ctl_el0, before.control);
		sysreg_write(cntv_cval_el0, before.value);
	}
	isb();
}
