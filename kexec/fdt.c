/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a loader reads from its own device tree: memory, the old initrd. The
 * format is libfdt's business; here are only the names and shapes that Linux
 * agreed on: Documentation/devicetree/usage-model.rst, dt-schema's
 * reserved-memory.yaml and chosen.yaml.
 */
#include "kexec/tree.h"
#include "lib/fail.h"

#define FIRST_VERSION	17

int trans_tree_fail_(struct trans_error *err, int fdt_code)
{
	return trans_fail(err, fdt_code == -FDT_ERR_NOSPACE ? TRANS_ENOSPC :
			       TRANS_EFDT, fdt_strerror(fdt_code));
}

/*
 * A name is read to its end each time that a property is looked at, and names
 * can be shared: one of a MiB, named by each property, is a time bomb. So is a
 * block of strings that is most of a tree, which libfdt goes through byte by
 * byte for each name that it adds. Names have 31 characters by the devicetree
 * specification (2.2.4.1), twice that in the wild; strings are a fifth of a
 * tree, labels (dtc -@) included.
 */
#define LONGEST_NAME 127u
#define STRINGS_FREE (32u << 10)

static int check_strings(const void *fdt)
{
	const char *name = (const char *)fdt + fdt_off_dt_strings(fdt);
	uint32_t size = fdt_size_dt_strings(fdt), len = 0;

	if (size > STRINGS_FREE && size > fdt_totalsize(fdt) / 3)
		return -FDT_ERR_BADSTRUCTURE;
	for (uint32_t i = 0; i < size; i++) {
		len = name[i] ? len + 1 : 0;
		if (len > LONGEST_NAME)
			return -FDT_ERR_BADSTRUCTURE;
	}
	return 0;
}

int trans_tree_check_(const void *fdt, size_t len)
{
	int ret;

	if (len < sizeof(struct fdt_header))
		return -FDT_ERR_TRUNCATED;
	ret = fdt_check_header(fdt);
	if (ret)
		return ret;
	/* An older tree does not say how long its structure is, and libfdt
	 * looks less closely at it: 1.6's fdt_check_full() reads through NULL
	 * before 16, and accepts strings out of bounds in 16. */
	if (fdt_version(fdt) < FIRST_VERSION)
		return -FDT_ERR_BADVERSION;
	/* libfdt reads tags and cells as words, which faults on an odd
	 * address where the MMU is off, but leaves the blocks' alignment
	 * (devicetree specification 5.1) to the writer. */
	if (fdt_off_dt_struct(fdt) % 4 || fdt_off_mem_rsvmap(fdt) % 8)
		return -FDT_ERR_ALIGNMENT;
	if (fdt_totalsize(fdt) > len)
		return -FDT_ERR_TRUNCATED;
	ret = check_strings(fdt);
	return ret ? ret : fdt_check_full(fdt, len);
}

uint64_t trans_tree_read_cells_(const fdt32_t *cell, int count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 32 | fdt32_to_cpu(*cell++);
	return value;
}

static bool equals(const char *value, int len, const char *text)
{
	int size = 1;

	for (const char *at = text; *at; at++)
		size++;
	return len == size && !memcmp(value, text, (size_t)size);
}

/* Devicetree specification 2.3.4: no status is "okay". Memory that "failed"
 * or is "reserved" for other firmware is as little ours as a "disabled" one. */
static bool is_available(const void *fdt, int node)
{
	int len;
	const char *status = fdt_getprop(fdt, node, "status", &len);

	return !status || equals(status, len, "okay") ||
	       equals(status, len, "ok");
}

static bool is_ram(const void *fdt, int node)
{
	int len;
	const char *type = fdt_getprop(fdt, node, "device_type", &len);

	return type && equals(type, len, "memory") && is_available(fdt, node);
}

int trans_tree_child_cells_(const void *fdt, int parent,
			    struct tree_cells *cells)
{
	cells->address = fdt_address_cells(fdt, parent);
	cells->size = fdt_size_cells(fdt, parent);
	if (cells->address < 1 || cells->address > 2 ||
	    cells->size < 1 || cells->size > 2)
		return -FDT_ERR_BADNCELLS;
	return 0;
}

static int add_range(struct trans_ranges *set, uint64_t start, uint64_t len,
		     struct trans_error *err)
{
	int ret = trans_ranges_add(set, start, len);

	return ret ? trans_fail_pa(err, ret, "memory range", start, len) : ret;
}

/* A node without reg adds nothing: of /reserved-memory's children those are
 * the dynamic ones, which the kernel places by itself. */
static int add_reg(const void *fdt, int node, struct tree_cells cells,
		   struct trans_ranges *set, struct trans_error *err)
{
	int each = cells.address + cells.size;
	int len, ret = 0;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &len);
	int left = reg ? len / (int)sizeof(*reg) : 0;

	if (reg && len % (each * (int)sizeof(*reg)))
		return trans_tree_fail_(err, -FDT_ERR_BADVALUE);
	for (; !ret && left; left -= each, reg += each)
		ret = add_range(set, trans_tree_read_cells_(reg, cells.address),
				trans_tree_read_cells_(reg + cells.address,
						       cells.size),
				err);
	return ret;
}

static bool is_no_map(const void *fdt, int node)
{
	return fdt_getprop(fdt, node, "no-map", NULL) != NULL;
}

static bool any_node(const void *fdt, int node)
{
	(void)fdt;
	(void)node;
	return true;
}

/* The reg of each child of @parent that @wanted says is one. */
static int add_children(const void *fdt, int parent,
			bool (*wanted)(const void *fdt, int node),
			struct trans_ranges *set, struct trans_error *err)
{
	struct tree_cells cells;
	int node, ret;

	ret = trans_tree_child_cells_(fdt, parent, &cells);
	if (ret)
		return trans_tree_fail_(err, ret);
	fdt_for_each_subnode(node, fdt, parent) {
		if (!wanted(fdt, node))
			continue;
		ret = add_reg(fdt, node, cells, set, err);
		if (ret)
			return ret;
	}
	return 0;
}

static int add_reservation_block(const void *fdt, struct trans_ranges *set,
				 struct trans_error *err)
{
	int i, ret = 0, count = fdt_num_mem_rsv(fdt);
	uint64_t start, len;

	for (i = 0; !ret && i < count; i++) {
		ret = fdt_get_mem_rsv(fdt, i, &start, &len);
		if (ret)
			return trans_tree_fail_(err, ret);
		ret = add_range(set, start, len, err);
	}
	return ret;
}

int trans_fdt_memory(const void *fdt, size_t fdt_len, struct trans_ranges *ram,
		     struct trans_ranges *reserved, struct trans_error *err)
{
	int ret, node;

	ret = trans_tree_check_(fdt, fdt_len);
	if (ret)
		return trans_tree_fail_(err, ret);
	ret = add_children(fdt, 0, is_ram, ram, err);
	if (!ret)
		ret = add_reservation_block(fdt, reserved, err);
	node = fdt_path_offset(fdt, "/reserved-memory");
	if (ret || node < 0)
		return ret;
	return add_children(fdt, node, any_node, reserved, err);
}

int trans_fdt_no_map(const void *fdt, size_t fdt_len, struct trans_ranges *set,
		     struct trans_error *err)
{
	int node, ret = trans_tree_check_(fdt, fdt_len);

	if (ret)
		return trans_tree_fail_(err, ret);
	node = fdt_path_offset(fdt, "/reserved-memory");
	if (node < 0)
		return 0;
	return add_children(fdt, node, is_no_map, set, err);
}

/* chosen.yaml gives the addresses one or two cells, whatever the root's
 * #address-cells say. */
static int read_address(const void *fdt, int node, const char *name,
			uint64_t *value)
{
	int len;
	const fdt32_t *cell = fdt_getprop(fdt, node, name, &len);

	if (!cell)
		return len;
	if (len != sizeof(*cell) && len != 2 * sizeof(*cell))
		return -FDT_ERR_BADVALUE;
	*value = trans_tree_read_cells_(cell, len / (int)sizeof(*cell));
	return 0;
}

int trans_tree_read_initrd_(const void *fdt, struct trans_range *initrd)
{
	int ret, chosen = fdt_path_offset(fdt, "/chosen");
	uint64_t start = 0, end = 0;

	if (chosen < 0)
		return chosen;
	ret = read_address(fdt, chosen, "linux,initrd-start", &start);
	if (ret)
		return ret;
	ret = read_address(fdt, chosen, "linux,initrd-end", &end);
	if (ret)
		return ret;
	if (end < start)
		return -FDT_ERR_BADVALUE;
	if (end == start)
		return -FDT_ERR_NOTFOUND;
	*initrd = (struct trans_range){ start, end - start };
	return 0;
}

int trans_fdt_initrd(const void *fdt, size_t fdt_len,
		     struct trans_range *initrd, struct trans_error *err)
{
	int ret = trans_tree_check_(fdt, fdt_len);

	if (!ret)
		ret = trans_tree_read_initrd_(fdt, initrd);
	if (ret == -FDT_ERR_NOTFOUND)
		return trans_fail(err, TRANS_ENOENT, "initrd in /chosen");
	return ret ? trans_tree_fail_(err, ret) : 0;
}
