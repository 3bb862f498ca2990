/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Building device trees: see trees.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "trees.h"

/* ---- building ---- */

int tree_node(struct tree *tree, int parent, const char *name)
{
	int at = fdt_add_subnode(tree->fdt, parent, name);

	assert_true(at >= 0);
	return at;
}

int tree_path(const struct tree *tree, const char *name)
{
	int at = fdt_path_offset(tree->fdt, name);

	assert_true(at >= 0);
	return at;
}

void tree_text(struct tree *tree, int at, const char *name, const char *value)
{
	assert_int_equal(fdt_setprop_string(tree->fdt, at, name, value), 0);
}

void tree_u32(struct tree *tree, int at, const char *name, uint32_t value)
{
	assert_int_equal(fdt_setprop_u32(tree->fdt, at, name, value), 0);
}

void tree_u64(struct tree *tree, int at, const char *name, uint64_t value)
{
	assert_int_equal(fdt_setprop_u64(tree->fdt, at, name, value), 0);
}

void tree_append(struct tree *tree, int at, int cells, uint64_t value)
{
	int rc = cells == 1 ?
		fdt_appendprop_u32(tree->fdt, at, "reg", (uint32_t)value) :
		fdt_appendprop_u64(tree->fdt, at, "reg", value);

	assert_int_equal(rc, 0);
}

void tree_empty(struct tree *tree)
{
	memset(tree, 0, sizeof(*tree));
	assert_int_equal(fdt_create_empty_tree(tree->fdt, TREE_LEN), 0);
}

void tree_cells(struct tree *tree, int at, uint32_t address, uint32_t size)
{
	tree_u32(tree, at, "#size-cells", size);
	tree_u32(tree, at, "#address-cells", address);
}

int tree_memory(struct tree *tree, const char *name, uint64_t start,
		uint64_t len)
{
	int at = tree_node(tree, 0, name);

	tree_text(tree, at, "device_type", "memory");
	tree_append(tree, at, 2, start);
	tree_append(tree, at, 2, len);
	return at;
}

void tree_usual(struct tree *tree)
{
	int at;

	tree_empty(tree);
	tree_cells(tree, 0, 2, 2);
	at = tree_memory(tree, "memory@40000000", GIB, GIB / 2);
	tree_append(tree, at, 2, 64 * GIB);
	tree_append(tree, at, 2, 2 * GIB);
	tree_memory(tree, "memory@c0000000", 3 * GIB, GIB);
	at = tree_node(tree, 0, "reserved-memory");
	tree_cells(tree, at, 2, 2);
	assert_int_equal(fdt_setprop_empty(tree->fdt, at, "ranges"), 0);
	at = tree_node(tree, at, "secure@48000000");
	tree_append(tree, at, 2, 0x48000000);
	tree_append(tree, at, 2, 0x100000);
	at = tree_node(tree, tree_path(tree, "/reserved-memory"), "cma");
	tree_u64(tree, at, "size", 0x4000000);
	assert_int_equal(fdt_add_mem_rsv(tree->fdt, 0x50000000, 0x3000), 0);
	assert_int_equal(fdt_add_mem_rsv(tree->fdt, 0x49000000, 0x1234), 0);
	at = tree_node(tree, 0, "chosen");
	tree_text(tree, at, "bootargs", "console=ttyAMA0");
	tree_u32(tree, at, "linux,initrd-start", 0x49000000);
	tree_u32(tree, at, "linux,initrd-end", 0x49001234);
	tree_u64(tree, at, "kaslr-seed", 0);
}

/* ---- sets ---- */

void sets_init(struct sets *sets, size_t ram, size_t reserved)
{
	trans_ranges_init(&sets->ram, sets->storage[0], ram);
	trans_ranges_init(&sets->reserved, sets->storage[1], reserved);
}

int tree_read_memory(const struct tree *tree, struct sets *sets,
		     struct trans_error *err)
{
	sets_init(sets, SLOTS, SLOTS);
	return trans_fdt_memory(tree->fdt, TREE_LEN, &sets->ram,
				&sets->reserved, err);
}

void expect_range(const struct trans_ranges *set, size_t i,
		  uint64_t start, uint64_t len)
{
	assert_true(i < set->count);
	assert_int_equal(set->range[i].start, start);
	assert_int_equal(set->range[i].len, len);
}

void expect_fdt_error(const struct trans_error *err, int fdt_code)
{
	assert_int_equal(err->status, TRANS_EFDT);
	assert_string_equal(err->why, fdt_strerror(fdt_code));
}

void memory_refused(const struct tree *tree, int fdt_code)
{
	struct trans_error err = { 0 };
	struct sets sets;

	assert_int_equal(tree_read_memory(tree, &sets, &err), TRANS_EFDT);
	expect_fdt_error(&err, fdt_code);
	assert_int_equal(tree_read_memory(tree, &sets, NULL), TRANS_EFDT);
}

/* ---- editing ---- */

int tree_random(void *ctx, void *buf, size_t len)
{
	struct source *source = ctx;

	assert_true(source->calls < 2);
	source->lens[source->calls++] = len;
	memset(buf, 0xa0 + source->calls, len);
	return source->calls == source->refuse_at ? -1 : 0;
}

int edit(const struct tree *from, struct tree *to,
	 const struct trans_fdt_edit *how, struct trans_error *err)
{
	memset(to, 0xee, sizeof(*to));
	return trans_fdt_edit(from->fdt, TREE_LEN, to->fdt, TREE_LEN, how, err);
}

void edit_ok(const struct tree *from, struct tree *to,
	     const struct trans_fdt_edit *how)
{
	struct tree before = *from;

	assert_int_equal(edit(from, to, how, NULL), 0);
	assert_int_equal(fdt_check_full(to->fdt, TREE_LEN), 0);
	assert_memory_equal(from, &before, sizeof(before));
}

void edit_refused(const void *from, size_t len, void *to, int fdt_code)
{
	struct trans_fdt_edit how = { 0 };
	struct trans_error err = { 0 };

	assert_int_equal(trans_fdt_edit(from, len, to, TREE_LEN, &how, &err),
			 TRANS_EFDT);
	expect_fdt_error(&err, fdt_code);
}
