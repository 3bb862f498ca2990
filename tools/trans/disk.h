/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A disk, a partition, or a file of one, as the library reads disks. It may be
 * larger than memory: what is asked for is read, and nothing else. */
#ifndef TOOLS_TRANS_DISK_H
#define TOOLS_TRANS_DISK_H

#include <trans_table/block.h>

/* Do not copy it: block points to it. */
struct disk_file {
	struct trans_block block;
	int fd;
};

/* Cuts the :OFFSET off FILE:OFFSET, unless there is a file of that name: where
 * an image begins, in pages; 0 if nothing is said. False: it is no number. */
bool disk_path(char *path, uint64_t *offset);

/* errno tells why not. */
bool disk_open(struct disk_file *disk, const char *path, bool writable);
void disk_close(struct disk_file *disk);

#endif
