/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Files that are mapped, not read: they may be larger than memory. */
#ifndef TOOLS_TRANS_MAPPED_H
#define TOOLS_TRANS_MAPPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From here on a mapped file that becomes shorter, or a disk that cannot be
 * read, ends the program as any file that cannot be read does. */
void watch_mappings(void);

/* open, but for directories: they have no bytes. */
int open_bytes(const char *path, int how);

/* Without one, bytes is NULL. */
struct mapped {
	const uint8_t *bytes;
	uint64_t len;
};
/* All of a file that is not empty, to be read. errno tells why not. */
bool map_file(struct mapped *mapped, const char *path);
void unmap_file(struct mapped *mapped);

#endif
