/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The hibernate front-end: before a kernel is started, look for one that is
 * asleep on a disk.
 *
 *	resume=on          wake what is asleep on the first disk that has an
 *	                   image; without one, or when it is refused, say so
 *	offset=N           it is in a swap file: Linux's resume_offset
 *	entry=physical|virtual  how it is entered (default: auto, see
 *	                   hibernate.h)
 *	lpis=off           LPIs stay off, whatever the saved kernel says: for
 *	                   one that does not say where their tables are, or has
 *	                   them where they cannot be, and no device that needs
 *	                   them
 *	lpis=0xN,0xN,...   LPIs for the saved kernel, whatever it says:
 *	                   GICR_PROPBASER, then GICR_PENDBASER of each CPU from
 *	                   the first on, as many as it had
 *	sidecar=0xN,0xN    what the saved kernel's user space left
 *	                   (docs/hibernate.md, "The sidecar") is here, and so
 *	                   many bytes; QEMU's -device loader may have put it
 *	                   there
 *	refused=discard    an image that is refused is given up (default: it
 *	                   stays, and nothing is booted that would mount its
 *	                   file systems)
 *	workers=N          have up to N other CPUs help to read it (workers.h)
 *	workers=stuck      and the last of them does not answer
 *	figures=load       print where the time goes (figures.h)
 *	early=off          nothing is read from the disk while something else is
 *	                   unpacked (block.h, read_start)
 *	then=kexec         where there is no image, or none any more, do what a
 *	                   boot loader would: start the kernel in the archive
 *
 * map=, plan, dry and the words of quiesce.h mean what they mean for a kexec.
 */
#ifndef PORT_RESUME_H
#define PORT_RESUME_H

#include <trans_table/gic.h>
#include <trans_table/hibernate.h>

struct options;

#define RESUME_CPUS 8 /* 0 to 7 at affinity level 0, as QEMU numbers them */

struct resume_options {
	bool on, then_kexec, discard, lpis_off, worker_stuck, figures, no_early;
	unsigned int workers;
	enum trans_resume_entry entry;
	uint64_t offset;
	struct trans_range sidecar; /* len 0: none */
	struct trans_gic_lpis lpis; /* count 0: none */
	struct trans_gic_pending pending[RESUME_CPUS];
};

/* One word of the options; false: it is none of these. */
bool resume_word(struct resume_options *resume, const char *text, size_t len);

/* The @index-th disk, to be used until another one is asked for. NULL: errors
 * of blk_open. */
const struct trans_block *resume_disk(unsigned int index,
				      struct trans_error *err);

/* Returns when there is no image, or when it was refused, with everything given
 * back, unless a worker was lost. @own: the tables the port runs on. Errors of
 * quiesce_plan, blk_open, trans_resume_probe, _load and _start, in @err. What
 * is returned says what to do now: TRANS_RESUME_BOOT, or do not
 * (TRANS_RESUME_KEEP; TRANS_RESUME_RESET: only a reset helps). */
enum trans_resume_advice port_resume(const struct options *options,
				     const struct trans_table *own,
				     struct trans_error *err);

#endif
