/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A machine that is not here: by its device tree, and what is said of its
 * CPU. */
#ifndef TOOLS_TRANS_MACHINE_H
#define TOOLS_TRANS_MACHINE_H

#include <trans_table/cpu.h>
#include <trans_table/errors.h>
#include <trans_table/ranges.h>

#define MACHINE_RANGES 64u

/*
 * @fdt:      the tree, in memory of malloc
 * @ram, @reserved, @no_map: what that says (fdt.h)
 * @its:      it has a GICv3 ITS
 */
struct machine {
	void *fdt;
	size_t fdt_len;
	struct trans_ranges ram, reserved, no_map;
	struct trans_range ram_storage[MACHINE_RANGES];
	struct trans_range reserved_storage[MACHINE_RANGES];
	struct trans_range no_map_storage[MACHINE_RANGES];
	struct trans_cpu cpu;
	bool its;
};

/* No RAM, no tree, no CPU. */
void machine_init(struct machine *machine);
void machine_drop(struct machine *machine);

/* Read the tree in the file @path: what the command ends with if it cannot,
 * which was then said; 0: fine. */
int machine_tree(struct machine *machine, const char *path);
/* A tree that says of @ram and nothing else. False: there is no memory. */
bool machine_make_tree(struct machine *machine);
/* @text: MIDR[,NAME=VALUE...]. Likewise. */
int machine_cpu(struct machine *machine, const char *text, unsigned int el);

#endif
