/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Device trees, built call by call, and what the tests ask of trans_fdt_*:
 * libfdt is built with the sanitizers as well.
 */
#ifndef TESTS_TREES_H
#define TESTS_TREES_H

#include <trans_table/fdt.h>

#define TREE_LEN 8192
#define SLOTS 16
#define GIB ((uint64_t)1 << 30)

struct tree {
	_Alignas(8) char fdt[TREE_LEN];
};

/* ---- building ---- */

/* The new node; these fail the test if there is no room. */
int tree_node(struct tree *tree, int parent, const char *name);

/* The node of this path. */
int tree_path(const struct tree *tree, const char *name);
void tree_text(struct tree *tree, int at, const char *name, const char *value);
void tree_u32(struct tree *tree, int at, const char *name, uint32_t value);
void tree_u64(struct tree *tree, int at, const char *name, uint64_t value);

/* Of @cells cells (1 or 2), to "reg". */
void tree_append(struct tree *tree, int at, int cells, uint64_t value);
void tree_empty(struct tree *tree);

/* What "reg" below @at is made of. */
void tree_cells(struct tree *tree, int at, uint32_t address, uint32_t size);

/* A bank below the root: its node. */
int tree_memory(struct tree *tree, const char *name, uint64_t start,
		uint64_t len);

/* Two banks, one of two ranges; both kinds of reservation; a loader's
 * /chosen. */
void tree_usual(struct tree *tree);

/* ---- sets ---- */

struct sets {
	struct trans_range storage[2][SLOTS];
	struct trans_ranges ram;
	struct trans_ranges reserved;
};

/* With room for so many ranges each. */
void sets_init(struct sets *sets, size_t ram, size_t reserved);

/* trans_fdt_memory into @sets, which it empties first. */
int tree_read_memory(const struct tree *tree, struct sets *sets,
		     struct trans_error *err);
void expect_range(const struct trans_ranges *set, size_t i,
		  uint64_t start, uint64_t len);
void expect_fdt_error(const struct trans_error *err, int fdt_code);

/* As EFDT, for this reason of libfdt. */
void memory_refused(const struct tree *tree, int fdt_code);

/* ---- editing ---- */

struct source {
	int calls;
	int refuse_at; /* 0: never */
	size_t lens[2];
};

/* Bytes that no other seed has. */
int tree_random(void *ctx, void *buf, size_t len);
int edit(const struct tree *from, struct tree *to,
	 const struct trans_fdt_edit *how, struct trans_error *err);
void edit_ok(const struct tree *from, struct tree *to,
	     const struct trans_fdt_edit *how);
void edit_refused(const void *from, size_t len, void *to, int fdt_code);

#endif
