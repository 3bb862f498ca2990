/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Workers (workers.h) that are threads; and some that are none, for what
 * threads would do only now and then.
 */
#ifndef TESTS_WORKERS_H
#define TESTS_WORKERS_H

#include <stdbool.h>

#include <trans_table/workers.h>

/* As many threads as TRANS_WORKERS says in the environment of the test program;
 * without it none. They are there once a program, for one caller. */
const struct trans_workers *workers_of_run(void);

/*
 * @count workers that do what they were given only when they are waited for,
 * the last one first, so that the end of what is read is there before its
 * beginning. The @lost-th (from 1; 0: none) is not done then, but by
 * workers_finish: what it was given must still be there.
 * @ran: how many were done
 */
struct late_workers {
	struct trans_workers workers;
	unsigned int lost, ran;
	struct {
		void (*fn)(void *arg);
		void *arg;
	} given[TRANS_WORKERS_MAX];
};
void workers_late(struct late_workers *late, unsigned int count,
		  unsigned int lost);
/* Returns whether there was anything left to do. */
bool workers_finish(struct late_workers *late);

#endif
