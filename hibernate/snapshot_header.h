/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How an image of the library's own snapshot writer differs from one of Linux:
 * in what stands in the header that Linux leaves to each architecture, 394
 * bytes at the start of the info page. arm64 uses the first 104 of them
 * (arch/arm64/kernel/hibernate.c, struct arch_hibernate_hdr); ours follow, at
 * 104. All numbers are little-endian.
 */
#ifndef TRANS_HIBERNATE_SNAPSHOT_HEADER_H
#define TRANS_HIBERNATE_SNAPSHOT_HEADER_H

#include <trans_table/env.h>

/* In the place of utsname.version, which Linux compares before anything else:
 * no kernel of its will take the image for its own. */
#define OWN_VERSION "trans_table snapshot"

/* Offsets in the info page. */
#define OWN_MAGIC_AT 104
#define OWN_ENTRY_AT 112
#define OWN_CONTEXT_AT 120
#define OWN_LEVEL_AT 128
#define OWN_END 136

#define OWN_MAGIC 0x31706e7374627472ULL /* "rtbtsnp1" */

/* @entry: PA of the way back, entered with the MMU off; @context: its x0;
 * @level: exception level, 1 or 2 */
struct snapshot_own {
	uint64_t entry, context, level;
};

#endif
