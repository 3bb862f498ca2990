/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Before leaving: silence everything that could write to memory or run in it.
 * The port has little that does, so on request it first makes some noise.
 *
 *	cpus=on|stuck|stays  start the other CPUs, which must be off before
 *	                   leaving; stuck: the last of them hears of nothing;
 *	                   stays: it answers, and does not go
 *	lpi=on|left        use LPIs and the ITS; left: and leave them on
 *	virtio=on|left     have the entropy device write to memory; left: go on
 *	timers=on          have timers whose time has come
 *	leave=fails        when all is quiet say that it is not
 */
#ifndef PORT_QUIESCE_H
#define PORT_QUIESCE_H

#include <trans_table/gic.h>
#include <trans_table/transition.h>

enum quiesce_flag {
	QUIESCE_CPUS = 1 << 0,
	QUIESCE_CPU_STUCK = 1 << 1,
	QUIESCE_LPI = 1 << 2,
	QUIESCE_LPI_LEFT = 1 << 3,
	QUIESCE_VIRTIO = 1 << 4,
	QUIESCE_VIRTIO_LEFT = 1 << 5,
	QUIESCE_TIMERS = 1 << 6,
	QUIESCE_RESUME = 1 << 7, /* not for a new kernel, for a saved one */
	QUIESCE_CPU_STAYS = 1 << 8,
	QUIESCE_FAILS = 1 << 9,
};

/* One word of the options; false: it is none of these. */
bool quiesce_word(unsigned int *flags, const char *text, size_t len);

/* Before loading: make the noise, find what there will be to silence, and
 * reserve what cannot be. Errors of gic_find, lpi_begin, cpus_start,
 * virtio_begin and trans_gic_lpi_tables. */
int quiesce_plan(unsigned int flags, struct trans_error *err);

/* What could not be silenced and stays in use: the next kernel must be told. */
const struct trans_ranges *quiesce_kept(void);

/* After that: is there an ITS, so that a saved kernel has LPIs? */
bool quiesce_has_its(void);

/* The saved kernel's LPI tables, for quiesce_ask and quiesce_leave, and what is
 * going to be moved. Both stay the caller's. NULL: LPIs stay off. */
void quiesce_lpis(const struct trans_gic_lpis *lpis,
		  const struct trans_moves *moves);

/* For trans_transition_args.ask: is there anything that would not be silenced?
 * Nothing is changed, so there is nothing to undo. TRANS_ETIME: a CPU does not
 * answer (err->desc); those of trans_gic_check and
 * trans_gic_lpis_check. */
int quiesce_ask(struct trans_error *err);

/* For trans_transition_args.leave. */
int quiesce_leave(const struct trans_transition *leaving, unsigned int flags,
		  struct trans_error *err);

#endif
