/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Common to the parts that know device trees: fdt.c reads the loader's own,
 * fdt_edit.c makes the next kernel's, fdt_chosen.c says what is in its /chosen.
 * The prefix fdt_ is libfdt's.
 *
 * Two kinds of codes meet here. A function that takes a struct trans_error
 * returns TRANS_*, any other returns libfdt's; trans_tree_fail_() leads across.
 */
#ifndef KEXEC_TREE_H
#define KEXEC_TREE_H

#include <libfdt.h>

#include <trans_table/fdt.h>

/* How many words of a reg are the address, and how many the size. */
struct tree_cells {
	int address;
	int size;
};

int trans_tree_fail_(struct trans_error *err, int fdt_code);

/* Nothing of a tree is looked at before this function has seen all of it. */
int trans_tree_check_(const void *fdt, size_t len);

uint64_t trans_tree_read_cells_(const fdt32_t *cell, int count);

/* What @parent says of its children's reg. -FDT_ERR_BADNCELLS: not 1 or 2. */
int trans_tree_child_cells_(const void *fdt, int parent,
			    struct tree_cells *cells);

/* -FDT_ERR_NOTFOUND without /chosen, with one property only, and for an empty
 * range, which is how firmware writes a placeholder. */
int trans_tree_read_initrd_(const void *fdt, struct trans_range *initrd);

/* All of @edit that needs no randomness: the reservations, and the properties
 * of the node @chosen. */
int trans_tree_write_chosen_(void *fdt, int chosen,
			     const struct trans_fdt_edit *edit);

/* What gives the next kernel randomness; without a source of it, none of the
 * last kernel's stays. TRANS_EHOST: the source failed. */
int trans_tree_write_seeds_(void *fdt, int chosen,
			    const struct trans_fdt_edit *edit,
			    struct trans_error *err);

#endif
