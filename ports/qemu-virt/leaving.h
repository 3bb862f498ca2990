/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How the port leaves, where that is not the plain way: digests, what becomes
 * of a failure, the report of the last transition, other exception levels.
 *
 *	granule=4|16|64    KiB, of the transitional tables of map=sparse and of
 *	                   all that is moved (default: 4)
 *	tables=4|16|64     KiB, granule of the port's own tables (default: 4)
 *	digest=on          the blob checks everything after the move; nothing is
 *	                   hidden then, because the library must see it
 *	digest=known       likewise, and the files are hidden: the port computed
 *	                   their digests before (a plain Image only)
 *	corrupt=kernel     digest=on, and a byte of the kernel's source flips
 *	                   after it was loaded
 *	sha2=off           without the CPU's SHA-256 instructions
 *	on-failure=park    instead of a reset
 *	reset=host         have no conduit: what resets then is the port
 *	report=auto|0xPA   have a report page (the last one of RAM, or that
 *	                   one), and look into it first: after a failed
 *	                   transition say so and do nothing else
 *	fallback=on        when there is no memory for tables, do without
 *	hungry=on          memory ends when the transition makes its tables
 *	scrub=on           zero what was hidden
 *	litter=on          fill all free memory, so that nothing in it is zero;
 *	                   a port says what it finds in its .bss when it is
 *	                   entered
 *	inspect=next       tell the next world, which is another port, where the
 *	                   kernel was hidden; what it is told is
 *	inspect=0xPA+0xLEN count the pages there that are not zero
 *	archive=0xPA+0xLEN where the archive is, for who has no loader to say so
 *	far=0xPA+0xLEN     memory that no tree tells of, beyond the port's own
 *	                   tables: the initrd goes there before they are on, and
 *	                   is moved from there
 *	el=1over2          started at EL2: leave a stub there, go on at EL1
 *	vhe=on             started at EL2: go on with HCR_EL2.E2H
 *	entry=crash        place the payload now, enter it without move or table
 *	world=on           instead of the payload, enter a world with its MMU on
 *	                   (world.h): at this level, at EL1 if it is EL2 without
 *	                   E2H
 *	world=vhe          likewise, at EL2 with E2H
 *	world=drop         likewise, at EL1
 *	world=52           likewise, in a half of 52 bits (64K with LVA, or
 *	                   LPA2)
 *	world=lost         likewise, with a T1SZ that does not go with its
 *	                   tables
 */
#ifndef PORT_LEAVING_H
#define PORT_LEAVING_H

#include <trans_table/kexec.h>

#include "payload.h"

enum leaving_flag {
	LEAVING_DIGEST = 1 << 0,
	LEAVING_CORRUPT = 1 << 1,
	LEAVING_SOFT_SHA = 1 << 2,
	LEAVING_PARK = 1 << 3,
	LEAVING_FALLBACK = 1 << 4,
	LEAVING_SCRUB = 1 << 5,
	LEAVING_STUB = 1 << 6,
	LEAVING_VHE = 1 << 7,
	LEAVING_CRASH = 1 << 8,
	LEAVING_REPORT = 1 << 9,
	LEAVING_HUNGRY = 1 << 10,
	LEAVING_TELL = 1 << 11,
	LEAVING_16K = 1 << 12,
	LEAVING_64K = 1 << 13,
	LEAVING_OWN_16K = 1 << 14,
	LEAVING_OWN_64K = 1 << 15,
	LEAVING_WORLD = 1 << 24,
	LEAVING_WORLD_VHE = 1 << 25,
	LEAVING_WORLD_DROP = 1 << 26,
	LEAVING_WORLD_LOST = 1 << 27,
	LEAVING_WORLD_52 = 1 << 28,
	LEAVING_KNOWN = 1 << 16,
	LEAVING_HOST_RESETS = 1 << 17,
	LEAVING_LITTER = 1 << 18,
};

struct leaving {
	unsigned int flags;
	trans_pa_t report; /* 0 with LEAVING_REPORT: auto */
	struct trans_range inspect;
	struct trans_range archive, far;
};

/* One word of the options; false: it is none of these. */
bool leaving_word(struct leaving *leaving, const char *text, size_t len);

/* The same for whoever comes before options are read. */
struct leaving leaving_read(const char *bootargs);
bool leaving_wants(const char *bootargs, enum leaving_flag flag);

/* Did the last transition fail? Says how, and clears the report. Without one,
 * the page is reserved from here on. */
bool leaving_failed_before(struct leaving *leaving);

/* Say what is left at leaving->inspect. */
void leaving_inspect(const struct leaving *leaving);

/* Add to the command line what the next port is told. */
void leaving_tell(const struct leaving *leaving, struct payload *payload);

/* The granule of what is moved with @map, and of the port's own tables, as
 * shifts. */
unsigned int leaving_granule(const struct leaving *leaving,
			     enum trans_map_choice map);
unsigned int leaving_own_shift(const char *bootargs);

/* Everything that does not depend on the payload. */
void leaving_args(const struct leaving *leaving,
		  struct trans_transition_args *args);

/* Compute what digest=known knows, while the payload can still be read. */
void leaving_measure(const struct leaving *leaving,
		     const struct payload *payload);
void leaving_verify(const struct leaving *leaving,
		    struct trans_kexec_args *args);

/* Break the payload, if that is wanted; it is loaded already. */
void leaving_corrupt(const struct leaving *leaving,
		     const struct payload *payload);

#endif
