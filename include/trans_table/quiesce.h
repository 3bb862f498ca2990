/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a host's leave callback is made of (transition.h): everything that may
 * write to memory, or run in it, after the point of no return must be quiet
 * before it. docs/quiesce.md says in which order and why, and what of it may be
 * asked beforehand; gic.h has the interrupt controller. Every wait has an end,
 * and every failure a name.
 */
#ifndef TRANS_TABLE_QUIESCE_H
#define TRANS_TABLE_QUIESCE_H

#include <trans_table/cpu.h>
#include <trans_table/mmio.h>
#include <trans_table/psci.h>

TRANS_BEGIN_DECLS

/*
 * Wait until each of the @count CPUs in @mpidr is off, as AFFINITY_INFO has it,
 * @ms milliseconds at most for all of them together. The caller's own CPU does
 * not belong in the list. Each must have been sent to trans_transition_park.
 * TRANS_ETIME: a CPU is still on; TRANS_ENOENT, TRANS_EINVAL, TRANS_EHOST: what
 * PSCI answered. @err->desc: the MPIDR.
 */
int trans_cpus_off(enum trans_conduit conduit, const uint64_t *mpidr,
		   size_t count, uint32_t ms, struct trans_error *err);

/*
 * Reset the virtio device whose registers are at @pa, so that it forgets its
 * queues and the buffers in them (virtio 1.2, 2.4 and 4.2.2). A place without a
 * device (DeviceID 0) is fine.
 * TRANS_ENOENT: no virtio registers at @pa; TRANS_ETIME: the reset is not over
 * after a second. @err->pa is @pa.
 */
int trans_virtio_mmio_reset(const struct trans_mmio *mmio, trans_pa_t pa,
			    struct trans_error *err);

/*
 * Switch this CPU's timers off: at EL1 the virtual one, and the physical one if
 * @physical says that EL1 may use it (CNTHCTL_EL2.EL1PCEN is somebody else's);
 * at EL2 those of EL1 and of EL2.
 */
void trans_timers_off(const struct trans_cpu *cpu, bool physical);

TRANS_END_DECLS

#endif
