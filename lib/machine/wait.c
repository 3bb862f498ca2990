/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Deadlines by the virtual counter, which every exception level may read.
 */
#include "lib/machine/arch.h"
#include "lib/machine/wait.h"

/*
 * CNTFRQ_EL0 is written by firmware, and some forget it (booting.rst has to ask
 * for it). 1 GHz is what Armv8.6 prescribes and the highest in use: a wait
 * comes out too long rather than too short.
 */
#define FREQUENCY_UNKNOWN 1000000000ULL

/* A counter that stands still must not make a wait endless. Slow ones show the
 * same value for a few thousand readings. */
#define STILL_MAX (1u << 20)

/* No step counts for more than this part of the deadline. A wait whose readings
 * are further apart than that is longer than it was asked for. */
#define STEPS_LEAST 4

void trans_wait_begin_(struct trans_wait *wait, uint32_t ms)
{
	uint64_t hz = trans_arch_read_(TRANS_CNTFRQ_EL0) & 0xffffffff;

	wait->ticks = (hz ? hz : FREQUENCY_UNKNOWN) * ms / 1000;
	wait->passed = 0;
	wait->last = trans_arch_read_(TRANS_CNTVCT_EL0);
	wait->still = 0;
}

bool trans_wait_over_(struct trans_wait *wait)
{
	uint64_t now = trans_arch_read_(TRANS_CNTVCT_EL0);
	uint64_t most = wait->ticks / STEPS_LEAST + 1;
	int64_t step = (int64_t)(now - wait->last);

	wait->last = now;
	wait->still = step > 0 ? 0 : wait->still + 1;
	if (step > 0)
		wait->passed += (uint64_t)step < most ? (uint64_t)step : most;
	return wait->passed > wait->ticks || wait->still > STILL_MAX;
}
