/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The next kernel's device tree, and the map of memory that it names. */
#ifndef EFI_TREE_H
#define EFI_TREE_H

#include "port.h"

/* Before memory is read: what a kernel's own stub would have given it. And take
 * it away again. */
void tree_begin(void);
void tree_end(void);

/* In pages_take memory of *@len bytes, also after a failure (NULL: none).
 * @map: read once, so that its stride is known. */
int tree_make(void **fdt, size_t *len, const struct memory_map *map,
	      struct trans_error *err);

/* The bytes that the tree says it has. */
uint64_t tree_map_len(const struct memory_map *map);

/* Behind ExitBootServices: make @map what the next kernel expects. */
void tree_finish_map(struct memory_map *map);

#endif
