/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The other CPUs: a host that has them running must get rid of them.
 */
#ifndef PORT_CPUS_H
#define PORT_CPUS_H

#include <trans_table/gic.h>
#include <trans_table/transition.h>
#include <trans_table/workers.h>

/*
 * Start every CPU of the device tree but our own; each runs on the port's
 * tables and its own stack and waits to be told to leave, asleep if @gic lets
 * it be woken (doze.h); that stays in use until cpus_stop. @stuck: the last one
 * will not be asked; @stays: it will not be told. Errors of trans_psci_cpu_on;
 * TRANS_ETIME: one did not come.
 */
int cpus_start(const struct trans_gic *gic, bool stuck, bool stays,
	       struct trans_error *err);

/* Up to @count of them as workers, from cpus_start until cpus_stop. @stuck: the
 * last one is not told what to do. */
const struct trans_workers *cpus_workers(unsigned int count, bool stuck);

/* Does each of them still answer? TRANS_ETIME: one does not (err->desc). */
int cpus_ask(struct trans_error *err);

/* Send them off through @leaving, and see to it that they are. Errors of
 * trans_cpus_off. */
int cpus_stop(const struct trans_transition *leaving, struct trans_error *err);

#endif
