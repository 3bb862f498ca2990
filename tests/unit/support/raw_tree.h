/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Device trees as large as they may be, written word by word: libfdt's own
 * functions take their time to build what these tests need.
 */
#ifndef TESTS_RAW_TREE_H
#define TESTS_RAW_TREE_H

#include <libfdt.h>
#include <string.h>

#define RAW_LEN (2u << 20)

/* @at: bytes in use of @fdt; @strings: of the strings, which come last. */
struct raw_tree {
	_Alignas(8) char fdt[RAW_LEN];
	uint32_t at, structure, strings_at;
};

static inline void raw_word(struct raw_tree *tree, uint32_t value)
{
	fdt32_t word = cpu_to_fdt32(value);

	memcpy(tree->fdt + tree->at, &word, 4);
	tree->at += 4;
}

/* @count reservations of [@start, @start + @len). */
static inline void raw_begin(struct raw_tree *tree, unsigned int count,
			     uint64_t start, uint64_t len)
{
	memset(tree, 0, sizeof(*tree));
	tree->at = 40;
	for (; count; count--) {
		raw_word(tree, (uint32_t)(start >> 32));
		raw_word(tree, (uint32_t)start);
		raw_word(tree, (uint32_t)(len >> 32));
		raw_word(tree, (uint32_t)len);
	}
	tree->structure = tree->at += 16;
}

static inline void raw_node(struct raw_tree *tree, const char *name)
{
	size_t len = strlen(name) + 1;

	raw_word(tree, FDT_BEGIN_NODE);
	memcpy(tree->fdt + tree->at, name, len);
	tree->at += (uint32_t)((len + 3) & ~3u);
}

/* @name: where in the strings; @len bytes of value. */
static inline void raw_prop(struct raw_tree *tree, uint32_t name,
			    const void *value, uint32_t len)
{
	raw_word(tree, FDT_PROP);
	raw_word(tree, len);
	raw_word(tree, name);
	memcpy(tree->fdt + tree->at, value, len);
	tree->at += (len + 3) & ~3u;
}

/* The end of the structure; @len bytes of strings. */
static inline void raw_end(struct raw_tree *tree, const char *strings,
			   uint32_t len)
{
	raw_word(tree, FDT_END);
	tree->strings_at = tree->at;
	memcpy(tree->fdt + tree->at, strings, len);
	tree->at += len;
	fdt_set_magic(tree->fdt, FDT_MAGIC);
	fdt_set_totalsize(tree->fdt, tree->at);
	fdt_set_off_dt_struct(tree->fdt, tree->structure);
	fdt_set_size_dt_struct(tree->fdt, tree->strings_at - tree->structure);
	fdt_set_off_dt_strings(tree->fdt, tree->strings_at);
	fdt_set_size_dt_strings(tree->fdt, len);
	fdt_set_off_mem_rsvmap(tree->fdt, 40);
	fdt_set_version(tree->fdt, 17);
	fdt_set_last_comp_version(tree->fdt, 16);
}

#endif
