/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Deadlines by the virtual counter, which every exception level may read.
 */
#include "lib/arch.h"
#include "lib/wait.h"

/*
 * CNTFRQ_EL0 is written by firmware, and some forget it (booting.rst has to ask
 * for it). 1 GHz is what Armv8.6 prescribes and the highest in use: a wait
 * comes out too long rather than too short.
 */
#define FREQUENCY_UNKNOWN 1000000000ULL

/* A counter that stands still must not make a wait endless. Slow ones show the
 * same value for a few thousand readings. */
#define STILL_MAX (1u << 20)

void trans_wait_begin(struct trans_wait *wait, uint32_t ms)
{
	uint64_t hz = trans_arch_read(TRANS_CNTFRQ_EL0) & 0xffffffff;

	wait->start = trans_arch_read(TRANS_CNTVCT_EL0);
	wait->ticks = (hz ? hz : FREQUENCY_UNKNOWN) * ms / 1000;
	wait->last = wait->start;
	wait->still = 0;
}

bool trans_wait_over(struct trans_wait *wait)
{
	uint64_t now = trans_arch_read(TRANS_CNTVCT_EL0);

	wait->still = now == wait->last ? wait->still + 1 : 0;
	wait->last = now;
	return now - wait->start > wait->ticks || wait->still > STILL_MAX;
}
