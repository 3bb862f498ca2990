/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How a CPU waits for another one, without taking time from those that work:
 * by WFI, which ends when an interrupt is pending, masked in PSTATE or not (Arm
 * ARM D1.6.2). The interrupt is an SGI that nobody ever takes: it becomes
 * pending when another CPU sends it, and is cleared by the one that was woken.
 *
 * WFE and SEV would do on real hardware; but QEMU, where each CPU has a thread
 * of its own, takes WFE for a NOP. They are what is left where an SGI does not
 * come through.
 *
 * Nothing is lost between a look at what is waited for and the WFI behind it:
 *
 *	who waits	doze_forget; look; doze_wait; again
 *	who wakes	store; doze_wake
 *
 * An SGI that came before it was forgotten was sent behind its store, which the
 * look sees; one that comes later is pending, and WFI ends at once.
 */
#ifndef PORT_DOZE_H
#define PORT_DOZE_H

#include <trans_table/gic.h>

/* What a register was, and how it becomes that again. */
struct doze_undo {
	trans_pa_t pa;
	uint32_t value;
};
#define DOZE_UNDO 8

/*
 * One CPU that may wait. But for @sound and @target, which who wakes it reads,
 * it is that CPU's own.
 * @target: whom an SGI is sent to: MPIDR_EL1, or (GICv2) a bit of its interface
 * @redist: (GICv3) its redistributor
 * @banked: registers of its SGIs and PPIs; 0: they were not touched
 * @first: it has opened the distributor, and may set an alarm
 * @sound: an SGI, and the first one's alarm, were seen to come through, so that
 *         WFI may be relied on
 * @interface: (GICv3) its CPU interface is in use; @priority_mask and @groups
 *         of it, as they were found
 */
struct doze {
	uint64_t target;
	trans_pa_t redist, banked;
	bool first, sound, interface;
	struct doze_undo undo[DOZE_UNDO];
	unsigned int changes;
	uint64_t priority_mask, groups;
};

/* On the CPU itself, with interrupts masked in PSTATE: set up what wakes it,
 * and try that. @gic: on the first one, before all others; it must stay. NULL:
 * on another. */
void doze_begin(struct doze *own, const struct trans_gic *gic);

/* Likewise, on the first one behind all others: registers as they were found
 * (but for ICC_SRE_EL1 and _EL2, as the effects of clearing SRE are not known:
 * IHI 0069, ICC_SRE_EL1), nothing pending. It may wait again, but polls. */
void doze_end(struct doze *own);

/* What woke this CPU is over; look at what it waits for behind this. */
void doze_forget(const struct doze *own);

/* Until woken; or for no reason at all. */
void doze_wait(const struct doze *own);

/* Behind a store that @other waits for. */
void doze_wake(const struct doze *other);

/* The first one is woken, too, when so many ticks have passed between these
 * two, by a timer, which is then as it was. */
struct doze_timer {
	uint64_t control, value;
};
struct doze_timer doze_alarm(uint64_t ticks);
void doze_alarm_off(struct doze_timer before);

#endif
