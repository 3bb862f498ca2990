/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * figures=load: where the time of a resume goes, in ticks of CNTVCT. (QEMU's
 * -icount shift=4 makes a tick of each instruction.) Only what a host sees is
 * looked at: its callbacks, which are wrapped, and progress, by which the
 * library tells that a step is over. Not asked for, nothing is wrapped.
 */
#ifndef PORT_FIGURES_H
#define PORT_FIGURES_H

#include <trans_table/hibernate.h>

/* From here on; before the first look at a disk. */
void figures_begin(void);

/* Behind that, if it was called: wrap the callbacks of a load. With workers
 * those that run on all CPUs stay as they are, and what they take is told with
 * the step that waits for them. */
void figures_wrap(struct trans_resume_args *args);

/* The load is over: print what it took. What comes behind is printed when the
 * host has left. */
void figures_print(void);

#endif
