/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a host's leave callback is made of (transition.h): whatever could write
 * to memory, or run, after the point of no return must be quiet before it.
 * docs/quiesce.md says in which order and why, and which of it can be asked
 * beforehand; gic.h has the interrupt controller. Every wait ends after a time.
 */
#ifndef TRANS_TABLE_QUIESCE_H
#define TRANS_TABLE_QUIESCE_H

#include <trans_table/cpu.h>
#include <trans_table/mmio.h>
#include <trans_table/psci.h>

TRANS_BEGIN_DECLS

/*
 * Wait until the firmware says (PSCI AFFINITY_INFO) that each of the @count
 * CPUs in @mpidr is off; @ms milliseconds at most for all of them together.
 * Each must have been sent to trans_transition_park before. The caller's own
 * CPU does not belong in the list. desc: the MPIDR.
 *
 *   host     TRANS_ETIME     a CPU is still on
 * and what PSCI answers (psci.h).
 */
int trans_cpus_off(enum trans_conduit conduit, const uint64_t *mpidr,
		   size_t count, uint32_t ms, struct trans_error *err);

/*
 * Reset the virtio device whose registers are at @pa, so that it forgets its
 * queues and the buffers in them (virtio 1.2, 2.4 and 4.2.2). A place without a
 * device (DeviceID 0) is fine.
 *
 *   machine  TRANS_ENOENT    no virtio registers at @pa
 *   host     TRANS_ETIME     the reset is not over after a second
 */
int trans_virtio_mmio_reset(const struct trans_mmio *mmio, trans_pa_t pa,
			    struct trans_error *err);

/*
 * Switch this CPU's timers off. At EL1 the virtual one, and the physical one if
 * @physical says that EL1 may access it (CNTHCTL_EL2.EL1PCEN, which EL1 cannot
 * read); at EL2 those of EL1 and of EL2 (Arm ARM D12).
 */
void trans_timers_off(const struct trans_cpu *cpu, bool physical);

TRANS_END_DECLS

#endif
