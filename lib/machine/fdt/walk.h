/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * One pass over a device tree, node by node, with what a node inherits: who is
 * switched off, how addresses are translated, who takes interrupts. libfdt
 * looks each property up by its name, from the node's first one on and through
 * the strings: on a tree that somebody made for it, that is a product. Here
 * each tag is looked at once and no name beyond its length.
 */
#ifndef LIB_FDT_WALK_H
#define LIB_FDT_WALK_H

#include <libfdt.h>

#include <trans_table/errors.h>
#include <trans_table/ranges.h>

/* The properties that are looked at, as X(name, spelling). */
#define WALK_PROPS(X) \
	X(COMPATIBLE, "compatible") \
	X(REG, "reg") \
	X(STATUS, "status") \
	X(RANGES, "ranges") \
	X(ADDRESS_CELLS, "#address-cells") \
	X(SIZE_CELLS, "#size-cells") \
	X(PHANDLE, "phandle") \
	X(LINUX_PHANDLE, "linux,phandle") \
	X(INTERRUPT_PARENT, "interrupt-parent") \
	X(INTERRUPT_CELLS, "#interrupt-cells") \
	X(INTERRUPT_CONTROLLER, "interrupt-controller") \
	X(MSI_CONTROLLER, "msi-controller") \
	X(INTERRUPTS, "interrupts") \
	X(INTERRUPTS_EXTENDED, "interrupts-extended") \
	X(INTERRUPT_MAP, "interrupt-map") \
	X(MBI_RANGES, "mbi-ranges") \
	X(REDIST_REGIONS, "#redistributor-regions") \
	X(REDIST_STRIDE, "redistributor-stride") \
	X(METHOD, "method") \
	X(STDOUT_PATH, "stdout-path") \
	X(LINUX_STDOUT_PATH, "linux,stdout-path") \
	X(REG_SHIFT, "reg-shift") \
	X(REG_IO_WIDTH, "reg-io-width") \
	X(REG_OFFSET, "reg-offset")

#define WALK_ENUM(name, text) WALK_##name,
enum walk_prop { WALK_PROPS(WALK_ENUM) WALK_PROP_COUNT };

/* @data NULL: absent. @len in bytes. Cells are 4-byte aligned. */
struct walk_value {
	const void *data;
	int len;
};

/* Of each node on the way down: what its children inherit.
 * @enabled: neither it nor an ancestor says that it is not
 * @intc:    phandle of who takes its children's interrupts, unless they name
 *           somebody else; 0: not known
 * @taker:   of who takes its own */
struct walk_frame {
	struct walk_value ranges;
	uint32_t intc, taker;
	uint32_t address, size; /* cells */
	bool enabled;
};

/* Real trees are 6 deep. */
#define WALK_DEPTH 16

/* @depth: of the current node; the root's is 0. */
struct walk {
	const char *fdt;
	int depth, offset;
	bool begun; /* its properties are not complete */
	const char *name;
	struct walk_value prop[WALK_PROP_COUNT];
	struct walk_frame frame[WALK_DEPTH];
};

/* Called for each node, enabled or not, when its properties are known. Nonzero
 * ends the pass: positive, without an error. */
typedef int (*walk_fn)(struct walk *walk, void *arg, struct trans_error *err);

/* 0 or what @fn returned; TRANS_EFDT: the header or the structure is
 * malformed, older than version 17, misaligned, or nested too deeply. */
int trans_walk_(const void *fdt, size_t len, walk_fn fn, void *arg,
		struct trans_error *err);

/* Of a text that ends in a 0, or at @limit. */
static inline size_t walk_length(const char *text, size_t limit)
{
	size_t len = 0;

	while (len < limit && text[len])
		len++;
	return len;
}

bool trans_walk_enabled_(const struct walk *walk);
bool trans_walk_is_(const struct walk *walk, const char *compatible);

/* A property of one cell; @otherwise if it is absent or of another size. */
uint32_t trans_walk_u32_(const struct walk *walk, enum walk_prop prop,
			 uint32_t otherwise);
uint32_t trans_walk_phandle_(const struct walk *walk);
uint64_t trans_walk_cells_(const fdt32_t *cell, uint32_t count);

/* A string property that ends where its value does; NULL: none. */
const char *trans_walk_text_(const struct walk *walk, enum walk_prop prop);

/* The property @name[0, @len) of the node whose tag is at @offset. */
struct walk_value trans_walk_find_(const void *fdt, int offset,
				   const char *name, size_t len);

/* The @index-th range of `reg`, as the CPU sees it: through the `ranges` of
 * every bus above. False: there is none, or a bus above hides it. */
bool trans_walk_reg_(const struct walk *walk, uint32_t index,
		     struct trans_range *range);

#endif
