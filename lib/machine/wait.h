/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Waiting for hardware, with an end. The deadline is asked before the thing
 * itself is looked at, so that the last look is one after the time was up:
 *
 *	trans_wait_begin_(&wait, ms);
 *	for (;;) {
 *		bool over = trans_wait_over_(&wait);
 *
 *		if (done)
 *			return 0;
 *		if (over)
 *			return trans_fail(err, TRANS_ETIME, "what did not");
 *	}
 */
#ifndef TRANS_LIB_WAIT_H
#define TRANS_LIB_WAIT_H

#include <trans_table/env.h>

/* Time is what the counter moved forwards between two readings. Some step back
 * or leap for a moment (Allwinner A64, Freescale A-008585, HiSilicon
 * 161010101): a step back is no time, and no single step is a whole
 * deadline. */
struct trans_wait {
	uint64_t ticks, passed;
	uint64_t last;  /* what the counter said */
	uint32_t still; /* how often it has not moved forwards since */
};

void trans_wait_begin_(struct trans_wait *wait, uint32_t ms);
bool trans_wait_over_(struct trans_wait *wait);

#endif
