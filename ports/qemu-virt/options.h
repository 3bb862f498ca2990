/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The port's options: the words of QEMU's -append. Most of them switch off
 * something that keeps a kexec alive, so that a test can watch it die.
 *
 *	map=sparse|linear|none  how the transition maps memory (default: sparse)
 *	safe=off           allocate inside the destinations
 *	proof=off          do not check before leaving
 *	linear=-mkwrite    copy the linear map without this flag; also -mkvalid,
 *	                   -checkpfn; may be given several times
 *	hide=off           do not make payload pages invalid
 *	mops=on            move by FEAT_MOPS, if the CPU has it
 *	stay=on            leave the payload where it is if it may run there
 *	plan               print what is going to happen
 *	dry                and then do not do it
 *	dry=last           with hops: only the last one does not
 *	fail-alloc=N|all   the N-th allocation of the load fails; each in turn
 *	coarse=N           (map=sparse) rather all RAM than more tables than N
 *	hops=N             first start the port itself N times, from the archive
 *	free=BYTES         set by the port before such a start: its free memory
 *	bad=overlap|fdt    the initrd lies over the kernel; a command line for
 *	                   which no device tree has room
 *
 * After a refusal it powers off. And the words of leaving.h, quiesce.h,
 * resume.h (where there is no image it powers off too, unless then=kexec) and
 * snapshot.h.
 */
#ifndef PORT_OPTIONS_H
#define PORT_OPTIONS_H

#include "leaving.h"
#include "resume.h"
#include "snapshot.h"

#define FAIL_ALL UINT64_MAX

struct options {
	enum trans_map_choice map;
	unsigned int linear_flags; /* 0: the library's default */
	bool unsafe, unproven, hide, stay, mops;
	bool plan, dry, dry_last;
	bool bad_overlap, bad_fdt;
	unsigned int quiesce; /* enum quiesce_flag */
	struct leaving leaving;
	struct resume_options resume;
	struct snapshot_options snapshot;
	uint64_t fail_alloc; /* 0: none; FAIL_ALL */
	uint64_t coarse; /* table pages; 0: an exact map */
	uint64_t hops, free; /* free 0: not said */
};

/*
 * The options of the next port: those of @bootargs, with hops=@hops and
 * free=@free. False: they do not fit in the @len bytes at @to.
 */
bool options_for_hop(const char *bootargs, uint64_t hops, uint64_t free,
		     char *to, size_t len);

/* Unknown words are named on the console and otherwise ignored. */
void options_read(const char *bootargs, struct options *options);

#endif
