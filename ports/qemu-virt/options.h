/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The port's options: the words of QEMU's -append. Most of them switch off
 * something that keeps a kexec alive, so that a test can watch it die.
 *
 *	map=sparse|linear  how the transition maps memory (default: sparse)
 *	safe=off           allocate inside the destinations
 *	proof=off          do not check before leaving
 *	linear=-mkwrite    copy the linear map without this flag; also -mkvalid,
 *	                   -checkpfn; may be given several times
 *	hide=off           do not make payload pages invalid
 *	fail-alloc=N|all   the N-th allocation of the load fails; each in turn
 *	then=off           after a refusal: power off (the default and only way)
 */
#ifndef PORT_OPTIONS_H
#define PORT_OPTIONS_H

#include <trans_table/transition.h>

#define FAIL_ALL UINT64_MAX

struct options {
	enum trans_map_choice map;
	unsigned int linear_flags; /* 0: the library's default */
	bool unsafe, unproven, hide;
	uint64_t fail_alloc; /* 0: none; FAIL_ALL */
};

/* Unknown words are named on the console and otherwise ignored. */
void options_read(const char *bootargs, struct options *options);

#endif
