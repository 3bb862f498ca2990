/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The interrupt controller, left as the next world may find it: GICv2 (Arm IHI
 * 0048) and GICv3/v4 with its ITS (Arm IHI 0069).
 *
 * Masking interrupts is the smaller half. A GICv3 redistributor with LPIs
 * enabled reads a property table and writes a pending table in memory, and an
 * ITS reads and writes tables of its own, whether or not any CPU takes an
 * interrupt. Those tables belong to the world that is left; the next one would
 * be written over by hardware. Linux makes it worse: finding LPIs enabled, it
 * takes the old property table for its own and fills it, wherever it is.
 *
 * Only what Group 1 (the Non-secure world, or the only one) may access is used.
 */
#ifndef TRANS_TABLE_GIC_H
#define TRANS_TABLE_GIC_H

#include <trans_table/cpu.h>
#include <trans_table/errors.h>
#include <trans_table/mmio.h>
#include <trans_table/ranges.h>

TRANS_BEGIN_DECLS

/* A shared interrupt: INTID 32..1019, or 4096..5119 (extended); edge or level. */
struct trans_spi {
	uint32_t intid;
	bool edge;
};

/*
 * @version: 2, or 3 for GICv3 and v4
 * @dist:    the distributor
 * @cpu:     (2) the CPU interface
 * @redist:  (3) the regions of redistributors
 * @redist_stride: (3) bytes from one redistributor to the next of a region; 0:
 *           as each one's GICR_TYPER says
 * @its:     (3) each ITS's control frame
 * @spis:    (3) the shared interrupts in use, for trans_gic_resume; NULL: not
 *           known
 */
struct trans_gic {
	struct trans_mmio mmio;
	unsigned int version;
	trans_pa_t dist;
	trans_pa_t cpu;
	const struct trans_range *redist;
	size_t redist_count;
	uint64_t redist_stride;
	const trans_pa_t *its;
	size_t its_count;
	const struct trans_spi *spis;
	size_t spi_count;
};

/*
 * Before loading: add to @tables the LPI tables that may stay in use whatever
 * is done, because the redistributor does not promise that EnableLPIs can be
 * cleared (GICR_CTLR.CES). No move may write there, and the next kernel must be
 * told not to use that memory.
 * TRANS_ENOSPC, TRANS_ERANGE from the set; TRANS_EINVAL: @version;
 * TRANS_ECORRUPT: no redistributor where one should be (err->pa).
 */
int trans_gic_lpi_tables(const struct trans_gic *gic,
			 struct trans_ranges *tables, struct trans_error *err);

/*
 * For ask (transition.h): would the calls below refuse, as far as reading tells?
 * Nothing is written. @mpidr: MPIDR_EL1 of the CPU that leaves; @kept: as below.
 * TRANS_EOVERLAP: LPIs are on, and nothing promises that they can be switched
 * off (GICR_CTLR.CES), and their tables (err->pa, len) are not in @kept;
 * TRANS_EHOST: a virtual CPU is resident (GICv4); TRANS_ENOENT: that CPU has no
 * redistributor; TRANS_ETIME: an ITS that is off does not become quiescent;
 * TRANS_EINVAL, TRANS_ECORRUPT as above. With GICv2 only @version
 * is looked at.
 */
int trans_gic_check(const struct trans_gic *gic, uint64_t mpidr,
		    const struct trans_ranges *kept, struct trans_error *err);

/*
 * Switch off what reads or writes tables: each ITS, then the LPIs of every
 * redistributor. Called once devices send no more MSIs, and while the other
 * CPUs are still on, as their redistributors may lose power with them.
 * @kept: memory that is not going to be written to; NULL: none.
 * TRANS_ETIME: an ITS does not become quiescent, a redistributor does not
 * finish; TRANS_EOVERLAP: LPIs stay enabled, and their tables (err->pa, len)
 * are not in @kept; TRANS_EHOST: a virtual CPU is resident (GICv4); and those
 * of trans_gic_lpi_tables. With GICv2 there is nothing to do.
 */
int trans_gic_lpis_off(const struct trans_gic *gic,
		       const struct trans_ranges *kept,
		       struct trans_error *err);

/*
 * Last: every interrupt that this CPU can get is disabled, neither pending nor
 * active, the distributor's groups and this CPU's interface are off. Interrupts
 * are masked in PSTATE by then. Of GICv3's redistributors only this CPU's is
 * touched: the next kernel sets each one up on its CPU.
 * TRANS_ETIME: a write does not take effect; TRANS_EHOST: the distributor stays
 * on; TRANS_ENOENT: this CPU (@mpidr: its MPIDR_EL1) has no redistributor;
 * TRANS_EINVAL, TRANS_ECORRUPT as above.
 */
int trans_gic_off(const struct trans_gic *gic, const struct trans_cpu *cpu,
		  uint64_t mpidr, struct trans_error *err);

/*
 * Instead of trans_gic_off, before a saved Linux is entered (hibernate.h): what
 * its drivers do not restore after a hibernation because the kernel that loads
 * the image has left it set, is set here. GICv2: nothing, Linux saves and
 * restores its distributor. GICv3: this CPU's redistributor is woken, then
 * everything as trans_gic_off does; then its SGIs and PPIs in Group 1 and
 * enabled; affinity routing, every SPI in Group 1 with Linux's priority 0xa0,
 * routed to this CPU and enabled; Group 1 enabled last. Extended SPIs and PPIs
 * likewise. With @gic->spis only those SPIs are enabled, and each is made edge
 * or level as it says there; those that the distributor lacks are ignored. What is still pending or active after it was cleared, a line that
 * something asserts, is not enabled; what asserts one later that the saved
 * Linux has no handler for will disturb it, so devices must be quiet.
 * trans_timers_off comes first (quiesce.h).
 * Interrupts are masked in PSTATE. LPIs stay off: MSIs through an ITS do not
 * come back. Edge or level (ICFGR) otherwise stays as it is: after a cold
 * boot that is level, and an edge is lost that a saved Linux waits for. A Linux with pseudo-NMIs
 * (irqchip.gicv3_pseudo_nmi=1) may want other priorities.
 * @gic->mmio must have write64.
 * Errors as trans_gic_off, and TRANS_EHOST: affinity routing cannot be enabled,
 * or a timer of this CPU (PPIs 26..30) asserts its line;
 * TRANS_EINVAL: no write64, or an INTID in @gic->spis that is no SPI's;
 * TRANS_ETIME also: the redistributor does not wake.
 */
int trans_gic_resume(const struct trans_gic *gic, const struct trans_cpu *cpu,
		     uint64_t mpidr, struct trans_error *err);

TRANS_END_DECLS

#endif
