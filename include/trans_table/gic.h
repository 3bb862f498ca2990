/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The interrupt controller, left as the next world may find it: GICv2 (Arm IHI
 * 0048) and GICv3 and v4 with ITS (Arm IHI 0069).
 *
 * To mask interrupts is not enough. A GICv3 redistributor with LPIs enabled
 * reads a property table and writes a pending table in memory, and an ITS reads
 * and writes tables of its own, whether or not any CPU takes an interrupt.
 * Those tables belong to the world that is left, and the next world's memory
 * would be overwritten by hardware. What is more, a Linux that finds LPIs
 * enabled takes the old property table for its own, wherever it is, and writes
 * to it (drivers/irqchip/irq-gic-v3-its.c).
 *
 * Only what Non-secure software may access (Group 1) is used. docs/quiesce.md
 * has the order of these calls among others.
 *
 * The errors that several of these functions share; each lists only what it
 * returns besides:
 *
 *   call     TRANS_EINVAL    @version is neither 2 nor 3
 *   input    TRANS_ECORRUPT  (3) there is no redistributor where one should be
 *                            (pa)
 */
#ifndef TRANS_TABLE_GIC_H
#define TRANS_TABLE_GIC_H

#include <trans_table/cpu.h>
#include <trans_table/errors.h>
#include <trans_table/mmio.h>
#include <trans_table/moves.h>
#include <trans_table/ranges.h>

TRANS_BEGIN_DECLS

/* A shared interrupt (SPI): INTID 32..1019, or 4096..5119 (extended SPI), and
 * whether it is triggered by an edge or by a level. */
struct trans_spi {
	uint32_t intid;
	bool edge;
};

/*
 * The LPI tables of a saved Linux, for trans_gic_resume (3): values that
 * registers of redistributors must have again (IHI 0069, GICR_PROPBASER and
 * GICR_PENDBASER).
 *
 * A pending table for *each* CPU that the saved Linux had brought up, not only
 * for the one that resumes: Linux sets up a redistributor's LPIs the first time
 * that its CPU comes up, and never again, so that it does not do so when it
 * brings back the others after a hibernation (docs/hibernate.md, "LPIs and the
 * ITS").
 *
 * @propbaser: GICR_PROPBASER, of all of them: PA, IDbits, cacheability and
 *             shareability
 * @pending:   @count of them: the CPU, as MPIDR_EL1 has it, and its
 *             GICR_PENDBASER. PTZ stays clear unless that table is known to be
 *             all zero
 */
struct trans_gic_pending {
	uint64_t mpidr;
	uint64_t pendbaser;
};
struct trans_gic_lpis {
	uint64_t propbaser;
	const struct trans_gic_pending *pending;
	size_t count;
};

/*
 * A GIC, all addresses physical. (2) and (3): for that version only.
 *
 * @mmio:    how its registers are read and written
 * @version: 2, or 3 for GICv3 and v4
 * @dist:    the distributor
 * @cpu:     (2) the CPU interface
 * @redist:  (3) the regions of redistributors
 * @redist_stride: (3) bytes from one redistributor to the next of a region; 0:
 *           as each one's GICR_TYPER says
 * @its:     (3) the control frame of each ITS
 * @spis:    (3) the shared interrupts in use, for trans_gic_resume; NULL: not
 *           known
 * @lpis:    (3) the saved kernel's LPI tables, for trans_gic_resume; NULL: LPIs
 *           stay off
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
	const struct trans_gic_lpis *lpis;
};

/*
 * Before loading: add to @tables the LPI tables that may stay in use whatever
 * is done, because a redistributor does not promise that its EnableLPIs can be
 * cleared (GICR_CTLR.CES). No move may write there, and the next kernel must be
 * told not to use that memory.
 *
 *   memory   TRANS_ENOSPC    @tables is full
 *   input    TRANS_ERANGE    a table passes 2^64
 */
int trans_gic_lpi_tables(const struct trans_gic *gic,
			 struct trans_ranges *tables, struct trans_error *err);

/*
 * The tables of one redistributor, by values of GICD_TYPER and of its
 * GICR_PROPBASER and GICR_PENDBASER: for a host whose own driver knows the
 * redistributors. Nothing is read, and nobody asks whether they are in use.
 * Fewer than 14 bits of INTIDs: no LPIs, and @property has no length.
 */
struct trans_gic_tables {
	struct trans_range property, pending;
};
struct trans_gic_tables trans_gic_tables_of(uint32_t gicd_typer,
					    uint64_t propbaser,
					    uint64_t pendbaser);

/*
 * For ask (transition.h): would the calls below refuse, as far as reading
 * tells? Nothing is written. @mpidr: MPIDR_EL1 of the CPU that leaves. @kept:
 * as for trans_gic_lpis_off. With GICv2 there is nothing to look at.
 *
 *   machine  TRANS_EOVERLAP  LPIs are on, nothing promises that they can be
 *                            switched off (GICR_CTLR.CES), and their tables
 *                            (pa, len) are not in @kept
 *   machine  TRANS_ENOENT    that CPU has no redistributor
 *   host     TRANS_EHOST     (v4) a virtual CPU is resident
 *   host     TRANS_ETIME     an ITS that is off does not become quiescent
 */
int trans_gic_check(const struct trans_gic *gic, uint64_t mpidr,
		    const struct trans_ranges *kept, struct trans_error *err);

/*
 * For ask, with @gic->lpis: are those tables where they belong before the blob
 * moves anything? trans_gic_resume has hardware read them, and that is earlier.
 * @moves: what is going to be moved, such as trans_resume.plan. And does each
 * redistributor take them? Where its LPIs are off that is tried, and undone;
 * else nothing is written. Without @gic->lpis there is nothing to look at.
 *
 *   machine  TRANS_EOVERLAP  a move writes to a table (pa, len)
 *   machine  TRANS_ENOENT    a CPU of @gic->lpis has no redistributor (desc:
 *                            its MPIDR)
 *   machine  TRANS_EHOST     a redistributor (pa) has no LPIs, or has them on
 *                            and nothing promises that they can be switched
 *                            off (GICR_CTLR.CES); or it does not take a table
 *                            (pa: its register), as one that has no power
 *   call     TRANS_EINVAL    mmio has no write64, or this build gives no LPIs
 *                            back (TRANS_ASSUME_UNASKED, without sidecars)
 *   input    TRANS_EINVAL    a value has reserved bits, no table or no LPIs
 *                            (desc), or @mpidr, the CPU that leaves, has no
 *                            pending table
 */
int trans_gic_lpis_check(const struct trans_gic *gic, uint64_t mpidr,
			 const struct trans_moves *moves,
			 struct trans_error *err);

/*
 * Switch off what reads or writes tables: each ITS, then the LPIs of every
 * redistributor. Call it when devices send no more MSIs, and while the other
 * CPUs are still on, since a CPU's redistributor may lose power with it. @kept:
 * memory that is not going to be overwritten; NULL: none. With GICv2 there is
 * nothing to do.
 *
 *   machine  TRANS_EOVERLAP  LPIs stay on, and their tables (pa, len) are not
 *                            in @kept
 *   host     TRANS_EHOST     (v4) a virtual CPU is resident
 *   host     TRANS_ETIME     an ITS does not become quiescent, or a
 *                            redistributor does not finish
 */
int trans_gic_lpis_off(const struct trans_gic *gic,
		       const struct trans_ranges *kept,
		       struct trans_error *err);

/*
 * Last of all, with interrupts masked in PSTATE: disable every interrupt that
 * this CPU can get and make it neither pending nor active, switch off the
 * distributor's groups and this CPU's interface. Of GICv3's redistributors only
 * this CPU's is touched, because the next kernel sets up each one from its own
 * CPU. @mpidr: this CPU's MPIDR_EL1.
 *
 *   machine  TRANS_ENOENT    (3) this CPU has no redistributor
 *   host     TRANS_ETIME     a write does not take effect
 *   host     TRANS_EHOST     the distributor stays on
 */
int trans_gic_off(const struct trans_gic *gic, const struct trans_cpu *cpu,
		  uint64_t mpidr, struct trans_error *err);

/*
 * Instead of trans_gic_off, before a saved Linux is entered (hibernate.h): set
 * what its drivers do not restore after a hibernation, since the kernel that
 * loads the image has usually set it before. Call it behind trans_timers_off
 * (quiesce.h), with interrupts masked in PSTATE. GICv2: nothing, as Linux saves
 * and restores its distributor.
 *
 * GICv3, in this order: this CPU's redistributor is woken; everything that
 * trans_gic_off does; this CPU's SGIs and PPIs go to Group 1 and are enabled;
 * affinity routing is switched on; every SPI goes to Group 1, gets Linux's
 * priority 0xa0, is routed to this CPU and enabled; Group 1 is enabled.
 * Extended PPIs and SPIs likewise.
 *
 * With @gic->spis only those SPIs are enabled, and each becomes edge or level
 * as it says; those that the distributor lacks are ignored. Without it edge or
 * level (ICFGR) stays as it is; after a cold boot that is level, and an edge
 * that a saved Linux waits for is then lost.
 *
 * An interrupt that is pending or active again after it was cleared, because
 * something asserts its line, is not enabled. But one that something asserts
 * later, and that the saved Linux has no handler for, will disturb it: devices
 * must be quiet. A Linux with pseudo-NMIs (irqchip.gicv3_pseudo_nmi=1) may want
 * other priorities.
 *
 * With @gic->lpis, last of all, each of those redistributors gets its tables
 * back and has its LPIs enabled, this CPU's first. What another CPU's does not
 * take any more is no reason to lose the image: @err tells of the last one, and
 * 0 is returned. The tables must be in memory by then, clean to
 * the Point of Coherency, and no move may write to them (trans_gic_lpis_check).
 * The ITS stays off: a Linux from 5.11 on restores its registers by itself, and
 * its tables are in the image. Without @gic->lpis LPIs stay off, and MSIs
 * through an ITS do not come back.
 *
 * Those of trans_gic_off, and
 *   call     TRANS_EINVAL    (3) mmio has no write64, or an INTID in spis is
 *                            not an SPI's
 *   those of trans_gic_lpis_check, but for TRANS_EOVERLAP
 *   machine  TRANS_EHOST     LPIs are still on, or this CPU's redistributor
 *                            does not take a table (pa: which)
 *   host     TRANS_ETIME     its LPIs cannot be enabled
 *   machine  TRANS_EHOST     affinity routing cannot be enabled
 *   host     TRANS_EHOST     a timer of this CPU (PPIs 26..30) asserts its line
 *   host     TRANS_ETIME     the redistributor does not wake
 */
int trans_gic_resume(const struct trans_gic *gic, const struct trans_cpu *cpu,
		     uint64_t mpidr, struct trans_error *err);

TRANS_END_DECLS

#endif
