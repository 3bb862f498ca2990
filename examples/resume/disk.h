/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Disks of this machine, one at a time. */
#include <trans_table/block.h>
#include <trans_table/errors.h>

#define DISK_SLOTS 32

/* Is there a disk in that slot? 0, and it can be read; TRANS_ENOENT: no. */
int disk_open(unsigned int slot, struct trans_block *disk);

/* Reset everything in all slots, so that nothing writes to memory any more. */
int disk_stop_all(struct trans_error *err);
