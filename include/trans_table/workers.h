/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Other CPUs, as the host lends them for work that can be divided: unpacking an
 * image, its CRC, cleaning it from the caches, and the search for its entry.
 * Optional everywhere; a host without them loses nothing but time.
 */
#ifndef TRANS_TABLE_WORKERS_H
#define TRANS_TABLE_WORKERS_H

#include <trans_table/env.h>

TRANS_BEGIN_DECLS

/* The most that are used; those behind are left alone. */
#define TRANS_WORKERS_MAX 7u

/*
 * @count: workers beside the caller, which does its own part; 0: none
 * @run:   have worker @i, below @count, call @fn once, with @arg, and return at
 *         once. Each is given one thing at a time: the next only when @wait
 *         has returned 0 for it. What the caller stored before the call is
 *         visible to @fn. It runs on a stack of at least 4 KiB beside what the
 *         host's own callbacks need, with the caller's view of memory, MMU and
 *         caches on; it may call a decompressor and ops->clean (ops.h), both
 *         with the ctx that the caller uses at the same time, and no other
 *         callback
 * @wait:  return 0 when @fn of worker @i has returned, and what it stored is
 *         visible to the caller. Nonzero: it has not within a time that the
 *         host chooses (of a millisecond's work: a second is plenty), and is
 *         taken for lost: TRANS_ELOST, and none of these is called any more.
 *         Neither who waits nor a worker without work should poll in a tight
 *         loop, but sleep (WFE, WFI, PSCI): it takes time from a CPU that works
 * @ctx:   for both
 *
 * A worker that is lost may go on, any time later, with what it was given: it
 * reads and writes lent memory, or a buffer of the reader's. None of it is the
 * host's again, and no other kernel may be started in this machine, until a
 * reset. The image stays on its disk.
 *
 * Before ask (transition.h) returns 0 the host has them off again, or counts
 * them among the CPUs that leave stops.
 */
struct trans_workers {
	unsigned int count;
	void (*run)(void *ctx, unsigned int i, void (*fn)(void *arg),
		    void *arg);
	int (*wait)(void *ctx, unsigned int i);
	void *ctx;
};

TRANS_END_DECLS

#endif
