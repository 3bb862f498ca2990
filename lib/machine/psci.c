/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * PSCI (Arm DEN 0022): the calls, and its answers in the library's words.
 */
#include <trans_table/psci.h>

#include "lib/fail.h"
#include "lib/machine/arch.h"

/* Results are signed 32-bit numbers even of 64-bit functions, and 32-bit
 * functions leave the upper half of x0 undefined (Arm DEN 0028). */
static int32_t call(enum trans_conduit conduit, uint32_t function, uint64_t a,
		    uint64_t b, uint64_t c)
{
	if (conduit == TRANS_CONDUIT_HVC)
		return (int32_t)trans_arch_hvc_(function, a, b, c);
	return (int32_t)trans_arch_smc_(function, a, b, c);
}

/* DEN 0022, "Return codes". */
static int status_of(int32_t answer)
{
	static const int8_t status[] = {
		0,
		TRANS_ENOENT,
		TRANS_EINVAL,
		TRANS_EHOST,
		TRANS_EEXIST,
		TRANS_EHOST,
		TRANS_EHOST,
		TRANS_ENOENT,
		TRANS_EHOST,
		TRANS_EFAULT,
	};

	return answer > 0 || answer < -9 ? TRANS_EHOST : status[-answer];
}

/* A switch and not a table: no pointers that would want relocations. */
static const char *name_of(int32_t answer)
{
	switch (answer) {
	case -1:
		return "PSCI: NOT_SUPPORTED";
	case -2:
		return "PSCI: INVALID_PARAMETERS";
	case -3:
		return "PSCI: DENIED";
	case -4:
		return "PSCI: ALREADY_ON";
	case -5:
		return "PSCI: ON_PENDING";
	case -6:
		return "PSCI: INTERNAL_FAILURE";
	case -7:
		return "PSCI: NOT_PRESENT";
	case -8:
		return "PSCI: DISABLED";
	case -9:
		return "PSCI: INVALID_ADDRESS";
	default:
		return "PSCI: an answer that it does not have";
	}
}

static int result(int32_t answer, uint64_t mpidr, struct trans_error *err)
{
	int ret = status_of(answer);

	if (!ret)
		return 0;
	trans_fail(err, ret, name_of(answer));
	if (err)
		err->desc = mpidr;
	return ret;
}

static int no_conduit(enum trans_conduit conduit, struct trans_error *err)
{
	if (conduit == TRANS_CONDUIT_HVC || conduit == TRANS_CONDUIT_SMC)
		return 0;
	return trans_fail(err, TRANS_ENOENT, "PSCI: no conduit");
}

int trans_psci_version(enum trans_conduit conduit, uint32_t *version,
		       struct trans_error *err)
{
	int ret = no_conduit(conduit, err);
	int32_t answer;

	if (ret)
		return ret;
	answer = call(conduit, TRANS_PSCI_VERSION, 0, 0, 0);
	if (answer < 0)
		return result(answer, 0, err);
	*version = (uint32_t)answer;
	return 0;
}

/* What it answers beyond 0 are flags of the function, not an error. */
int trans_psci_features(enum trans_conduit conduit, uint32_t function,
			struct trans_error *err)
{
	int ret = no_conduit(conduit, err);
	int32_t answer;

	if (ret)
		return ret;
	answer = call(conduit, TRANS_PSCI_FEATURES, function, 0, 0);
	return result(answer > 0 ? 0 : answer, 0, err);
}

int trans_psci_cpu_on(enum trans_conduit conduit, uint64_t mpidr,
		      trans_pa_t entry, uint64_t context,
		      struct trans_error *err)
{
	int ret = no_conduit(conduit, err);

	mpidr &= TRANS_MPIDR_AFFINITY;
	if (ret)
		return ret;
	return result(call(conduit, TRANS_PSCI_CPU_ON, mpidr, entry, context),
		      mpidr, err);
}

/* An answer to a call that must not return; 0 is none that it has. */
static int came_back(enum trans_conduit conduit, uint32_t function,
		     struct trans_error *err)
{
	int ret = no_conduit(conduit, err);
	int32_t answer;

	if (ret)
		return ret;
	answer = call(conduit, function, 0, 0, 0);
	return result(answer ? answer : 1, 0, err);
}

int trans_psci_cpu_off(enum trans_conduit conduit, struct trans_error *err)
{
	return came_back(conduit, TRANS_PSCI_CPU_OFF, err);
}

int trans_psci_affinity_info(enum trans_conduit conduit, uint64_t mpidr,
			     enum trans_cpu_state *state,
			     struct trans_error *err)
{
	int ret = no_conduit(conduit, err);
	int32_t answer;

	mpidr &= TRANS_MPIDR_AFFINITY;
	if (ret)
		return ret;
	answer = call(conduit, TRANS_PSCI_AFFINITY_INFO, mpidr, 0, 0);
	if (answer < TRANS_CPU_ON || answer > TRANS_CPU_ON_PENDING)
		return result(answer, mpidr, err);
	*state = (enum trans_cpu_state)answer;
	return 0;
}

int trans_psci_system_off(enum trans_conduit conduit, struct trans_error *err)
{
	return came_back(conduit, TRANS_PSCI_SYSTEM_OFF, err);
}

int trans_psci_system_reset(enum trans_conduit conduit,
			    struct trans_error *err)
{
	return came_back(conduit, TRANS_PSCI_SYSTEM_RESET, err);
}
