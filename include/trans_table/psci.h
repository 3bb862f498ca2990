/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * PSCI, the firmware's calls for CPUs and for the system as a whole (Arm DEN
 * 0022, "Power State Coordination Interface"), as far as leaving needs them.
 *
 * Each call that can fail returns what the firmware answered; why is the
 * answer's name, and desc the MPIDR where the call has one:
 *
 *   machine  TRANS_ENOENT    NOT_SUPPORTED, NOT_PRESENT, or there is no conduit
 *   call     TRANS_EINVAL    INVALID_PARAMETERS
 *   call     TRANS_EFAULT    INVALID_ADDRESS
 *   answer   TRANS_EEXIST    ALREADY_ON
 *   host     TRANS_EHOST     DENIED, ON_PENDING, INTERNAL_FAILURE, DISABLED, or
 *                            a number that the specification does not have
 *
 * Of an MPIDR only the affinity fields are looked at, so that MPIDR_EL1 can be
 * given as it was read.
 */
#ifndef TRANS_TABLE_PSCI_H
#define TRANS_TABLE_PSCI_H

#include <trans_table/cpu.h>
#include <trans_table/errors.h>

TRANS_BEGIN_DECLS

/* How PSCI is called; NONE: there is none. At EL2 it cannot be HVC, which would
 * come back to EL2. */
enum trans_conduit {
	TRANS_CONDUIT_NONE = 0,
	TRANS_CONDUIT_HVC = 1,
	TRANS_CONDUIT_SMC = 2,
};

/* Function identifiers (DEN 0022, 5), SMC64 where there is a choice. */
#define TRANS_PSCI_VERSION 0x84000000u
#define TRANS_PSCI_CPU_OFF 0x84000002u
#define TRANS_PSCI_CPU_ON 0xc4000003u
#define TRANS_PSCI_AFFINITY_INFO 0xc4000004u
#define TRANS_PSCI_SYSTEM_OFF 0x84000008u
#define TRANS_PSCI_SYSTEM_RESET 0x84000009u
#define TRANS_PSCI_FEATURES 0x8400000au

/* What AFFINITY_INFO says of a CPU. */
enum trans_cpu_state {
	TRANS_CPU_ON = 0,
	TRANS_CPU_OFF = 1,
	TRANS_CPU_ON_PENDING = 2,
};

/* *@version becomes the major version << 16 | the minor one. Firmware below 0.2
 * has none of the other functions. */
int trans_psci_version(enum trans_conduit conduit, uint32_t *version,
		       struct trans_error *err);

/* Is @function there? 0: yes; TRANS_ENOENT: no, or the firmware is older than
 * PSCI 1.0, which cannot be asked. */
int trans_psci_features(enum trans_conduit conduit, uint32_t function,
			struct trans_error *err);

/* Start the CPU @mpidr at the physical address @entry, with its MMU off and
 * @context in x0. It runs at the highest exception level that the firmware
 * gives away: EL2 where there is one, even if the caller is at EL1. */
int trans_psci_cpu_on(enum trans_conduit conduit, uint64_t mpidr,
		      trans_pa_t entry, uint64_t context,
		      struct trans_error *err);

/* Switch the calling CPU off. Returns only if that was refused. */
int trans_psci_cpu_off(enum trans_conduit conduit, struct trans_error *err);

/* Is the CPU @mpidr on or off (affinity level 0)? */
int trans_psci_affinity_info(enum trans_conduit conduit, uint64_t mpidr,
			     enum trans_cpu_state *state,
			     struct trans_error *err);

/* Power the machine off, or reset it. They return only if that was refused. */
int trans_psci_system_off(enum trans_conduit conduit, struct trans_error *err);
int trans_psci_system_reset(enum trans_conduit conduit,
			    struct trans_error *err);

TRANS_END_DECLS

#endif
