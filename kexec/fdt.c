/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a loader reads from its own device tree (memory, the old initrd) and
 * what it writes into the next kernel's (/chosen). The format is libfdt's
 * business; here are only the names and shapes that Linux agreed on:
 * Documentation/devicetree/usage-model.rst, dt-schema's chosen.yaml and
 * reserved-memory.yaml, and booting.rst for size and alignment.
 *
 * Two kinds of codes meet here. A function that takes a struct trans_error
 * returns TRANS_*, any other returns libfdt's; fdt_fail() leads across.
 */
#include <libfdt.h>

#include <trans_table/fdt.h>

#include "../lib/fail.h"

#define FIRST_VERSION	17
#define KASLR_SEED_LEN	8
#define RNG_SEED_LEN	128 /* as kexec_file_load gives */

struct cells {
	int address;
	int size;
};

static int fdt_fail(struct trans_error *err, int fdt_code)
{
	return trans_fail(err, fdt_code == -FDT_ERR_NOSPACE ? TRANS_ENOSPC :
			       TRANS_EFDT, fdt_strerror(fdt_code));
}

/* Nothing of a tree is looked at before this function has seen all of it. */
static int check(const void *fdt, size_t len)
{
	int rc;

	if (len < sizeof(struct fdt_header))
		return -FDT_ERR_TRUNCATED;
	rc = fdt_check_header(fdt);
	if (rc)
		return rc;
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
	return fdt_check_full(fdt, len);
}

static uint64_t read_cells(const fdt32_t *cell, int count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 32 | fdt32_to_cpu(*cell++);
	return value;
}

/* An absent property is equal to nothing. @size counts the NUL. */
static bool prop_equals(const void *fdt, int node, const char *name,
			const char *text, int size)
{
	int len;
	const void *prop = fdt_getprop(fdt, node, name, &len);

	return prop && len == size && !memcmp(prop, text, (size_t)size);
}

/* Reading: memory */

/* Devicetree specification 2.3.4: no status is "okay". Memory that "failed"
 * or is "reserved" for other firmware is as little ours as a "disabled" one. */
static bool is_available(const void *fdt, int node)
{
	return !fdt_getprop(fdt, node, "status", NULL) ||
	       prop_equals(fdt, node, "status", "okay", sizeof("okay")) ||
	       prop_equals(fdt, node, "status", "ok", sizeof("ok"));
}

static bool is_ram(const void *fdt, int node)
{
	return prop_equals(fdt, node, "device_type", "memory",
			   sizeof("memory")) &&
	       is_available(fdt, node);
}

static int child_cells(const void *fdt, int parent, struct cells *cells)
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
	int rc = trans_ranges_add(set, start, len);

	return rc ? trans_fail_pa(err, rc, "memory range", start, len) : rc;
}

/* A node without reg adds nothing: of /reserved-memory's children those are
 * the dynamic ones, which the kernel places by itself. */
static int add_reg(const void *fdt, int node, struct cells cells,
		   struct trans_ranges *set, struct trans_error *err)
{
	int each = cells.address + cells.size;
	int len, rc = TRANS_OK;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &len);
	int left = reg ? len / (int)sizeof(*reg) : 0;

	if (reg && len % (each * (int)sizeof(*reg)))
		return fdt_fail(err, -FDT_ERR_BADVALUE);
	for (; !rc && left; left -= each, reg += each)
		rc = add_range(set, read_cells(reg, cells.address),
			       read_cells(reg + cells.address, cells.size),
			       err);
	return rc;
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
	struct cells cells;
	int node, rc;

	rc = child_cells(fdt, parent, &cells);
	if (rc)
		return fdt_fail(err, rc);
	fdt_for_each_subnode(node, fdt, parent) {
		if (!wanted(fdt, node))
			continue;
		rc = add_reg(fdt, node, cells, set, err);
		if (rc)
			return rc;
	}
	return TRANS_OK;
}

static int add_reservation_block(const void *fdt, struct trans_ranges *set,
				 struct trans_error *err)
{
	int i, rc = TRANS_OK, count = fdt_num_mem_rsv(fdt);
	uint64_t start, len;

	for (i = 0; !rc && i < count; i++) {
		rc = fdt_get_mem_rsv(fdt, i, &start, &len);
		if (rc)
			return fdt_fail(err, rc);
		rc = add_range(set, start, len, err);
	}
	return rc;
}

int trans_fdt_memory(const void *fdt, size_t fdt_len, struct trans_ranges *ram,
		     struct trans_ranges *reserved, struct trans_error *err)
{
	int rc, node;

	rc = check(fdt, fdt_len);
	if (rc)
		return fdt_fail(err, rc);
	rc = add_children(fdt, 0, is_ram, ram, err);
	if (!rc)
		rc = add_reservation_block(fdt, reserved, err);
	node = fdt_path_offset(fdt, "/reserved-memory");
	if (rc || node < 0)
		return rc;
	return add_children(fdt, node, any_node, reserved, err);
}

int trans_fdt_no_map(const void *fdt, size_t fdt_len, struct trans_ranges *set,
		     struct trans_error *err)
{
	int node, rc = check(fdt, fdt_len);

	if (rc)
		return fdt_fail(err, rc);
	node = fdt_path_offset(fdt, "/reserved-memory");
	if (node < 0)
		return TRANS_OK;
	return add_children(fdt, node, is_no_map, set, err);
}

/* Reading: the old initrd */

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
	*value = read_cells(cell, len / (int)sizeof(*cell));
	return 0;
}

/* -FDT_ERR_NOTFOUND without /chosen, with one property only, and for an empty
 * range, which is how firmware writes a placeholder. */
static int read_initrd(const void *fdt, struct trans_range *initrd)
{
	int rc, chosen = fdt_path_offset(fdt, "/chosen");
	uint64_t start = 0, end = 0;

	if (chosen < 0)
		return chosen;
	rc = read_address(fdt, chosen, "linux,initrd-start", &start);
	if (rc)
		return rc;
	rc = read_address(fdt, chosen, "linux,initrd-end", &end);
	if (rc)
		return rc;
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
	int rc = check(fdt, fdt_len);

	if (!rc)
		rc = read_initrd(fdt, initrd);
	if (rc == -FDT_ERR_NOTFOUND)
		return trans_fail(err, TRANS_ENOENT, "initrd in /chosen");
	return rc ? fdt_fail(err, rc) : TRANS_OK;
}

/* Writing */

static uint32_t later(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* Where the last block of a checked tree ends; totalsize counts padding too,
 * and QEMU's is a MiB of it. */
static uint32_t used_len(const void *fdt)
{
	uint32_t reservations = (uint32_t)fdt_num_mem_rsv(fdt) + 1;
	uint32_t end = fdt_off_mem_rsvmap(fdt) +
		       reservations * (uint32_t)sizeof(struct fdt_reserve_entry);

	end = later(end, fdt_off_dt_struct(fdt) + fdt_size_dt_struct(fdt));
	return later(end, fdt_off_dt_strings(fdt) + fdt_size_dt_strings(fdt));
}

uint64_t trans_fdt_used(const void *fdt, size_t fdt_len)
{
	return check(fdt, fdt_len) ? 0 : used_len(fdt);
}

static int open_copy(const void *from, void *to, size_t to_len)
{
	uint32_t used = used_len(from);
	/* libfdt puts a copy that it sorts behind this, and writes to it. */
	uint32_t aligned = (used + 7) & ~7u;
	int room = (int)TRANS_FDT_MAX_LEN;

	if ((uintptr_t)to % 8)
		return -FDT_ERR_ALIGNMENT;
	if (to_len < TRANS_FDT_MAX_LEN)
		room = (int)to_len;
	if (aligned > (uint32_t)room)
		return -FDT_ERR_NOSPACE;
	memcpy(to, from, used);
	memset((char *)to + used, 0, aligned - used);
	fdt_set_totalsize(to, aligned);
	return fdt_open_into(to, to, room);
}

static int chosen_for_writing(void *fdt)
{
	int node = fdt_path_offset(fdt, "/chosen");

	return node == -FDT_ERR_NOTFOUND ? fdt_add_subnode(fdt, 0, "chosen") :
	       node;
}

static int drop_prop(void *fdt, int node, const char *name)
{
	int rc = fdt_delprop(fdt, node, name);

	return rc == -FDT_ERR_NOTFOUND ? 0 : rc;
}

static int write_bootargs(void *fdt, int chosen, const char *bootargs)
{
	int len = 0;

	if (!bootargs)
		return 0;
	while (bootargs[len++])
		if (len == (int)TRANS_FDT_MAX_LEN)
			return -FDT_ERR_NOSPACE;
	return fdt_setprop(fdt, chosen, "bootargs", bootargs, len);
}

static int drop_initrd(void *fdt, int chosen)
{
	int rc = drop_prop(fdt, chosen, "linux,initrd-start");

	return rc ? rc : drop_prop(fdt, chosen, "linux,initrd-end");
}

static int write_initrd(void *fdt, int chosen, struct trans_range initrd)
{
	int rc;

	if (!initrd.len)
		return drop_initrd(fdt, chosen);
	rc = fdt_setprop_u64(fdt, chosen, "linux,initrd-start", initrd.start);
	if (rc)
		return rc;
	return fdt_setprop_u64(fdt, chosen, "linux,initrd-end",
			       initrd.start + initrd.len);
}

/* Bootloaders reserve the initrd they loaded, byte for byte; what was there
 * is free memory of the next kernel. From the last entry, as the ones behind
 * a deleted one move up. */
static int drop_reservation(void *fdt, struct trans_range old)
{
	int i, rc = 0;
	uint64_t start, len;

	for (i = fdt_num_mem_rsv(fdt) - 1; !rc && i >= 0; i--) {
		rc = fdt_get_mem_rsv(fdt, i, &start, &len);
		if (!rc && start == old.start && len == old.len)
			rc = fdt_del_mem_rsv(fdt, i);
	}
	return rc;
}

static int drop_old_initrd(void *fdt)
{
	struct trans_range old;
	int rc = read_initrd(fdt, &old);

	if (rc)
		return rc == -FDT_ERR_NOTFOUND ? 0 : rc;
	return drop_reservation(fdt, old);
}

static bool is_reserved(const void *fdt, struct trans_range range)
{
	int i, count = fdt_num_mem_rsv(fdt);
	uint64_t start, len;

	for (i = 0; i < count; i++)
		if (!fdt_get_mem_rsv(fdt, i, &start, &len) &&
		    start == range.start && len == range.len)
			return true;
	return false;
}

/* An entry of length 0 would end the block. */
static int reserve(void *fdt, struct trans_range range)
{
	if (!range.len || is_reserved(fdt, range))
		return 0;
	return fdt_add_mem_rsv(fdt, range.start, range.len);
}

static int write_reservations(void *fdt, const struct trans_fdt_edit *edit)
{
	int rc = drop_old_initrd(fdt);

	for (size_t i = 0; !rc && i < edit->reserve_count; i++)
		rc = reserve(fdt, edit->reserve[i]);
	return rc ? rc : reserve(fdt, edit->initrd);
}

/* What a kernel that runs after a crash was told about its little memory. */
static int drop_crash(void *fdt, int chosen)
{
	int rc = drop_prop(fdt, chosen, "linux,elfcorehdr");

	return rc ? rc : drop_prop(fdt, chosen, "linux,usable-memory-range");
}

/* What a kernel handed over to the next one of its own kind (Linux 6.16, KHO):
 * this one takes part in no such agreement, and what it says may be gone. */
static int drop_handover(void *fdt, int chosen)
{
	int rc = drop_prop(fdt, chosen, "linux,kho-fdt");

	return rc ? rc : drop_prop(fdt, chosen, "linux,kho-scratch");
}

/* A buffer of the kernel before, with its reservation: nobody would find in it
 * what it held. */
static int drop_buffer(void *fdt, int chosen, const char *name)
{
	struct cells cells;
	int len, rc = 0;
	const fdt32_t *prop = fdt_getprop(fdt, chosen, name, &len);

	if (prop && !child_cells(fdt, 0, &cells) &&
	    len == (cells.address + cells.size) * (int)sizeof(*prop))
		rc = drop_reservation(fdt, (struct trans_range){
			read_cells(prop, cells.address),
			read_cells(prop + cells.address, cells.size) });
	return rc ? rc : drop_prop(fdt, chosen, name);
}

/* All that needs no randomness. The reservations lie before /chosen, and
 * adding one moves it: not its offset, which counts from the structure's
 * start. */
static int write_chosen(void *fdt, int chosen,
			const struct trans_fdt_edit *edit)
{
	int rc = write_reservations(fdt, edit);

	if (!rc)
		rc = drop_crash(fdt, chosen);
	if (!rc)
		rc = drop_handover(fdt, chosen);
	if (!rc)
		rc = drop_buffer(fdt, chosen, "linux,ima-kexec-buffer");
	if (!rc)
		rc = write_bootargs(fdt, chosen, edit->bootargs);
	if (!rc)
		rc = write_initrd(fdt, chosen, edit->initrd);
	if (!rc)
		rc = fdt_setprop_empty(fdt, chosen,
				       "linux,booted-from-kexec");
	return rc;
}

static int write_seed(void *fdt, int chosen, const char *name, int len,
		      const struct trans_fdt_edit *edit,
		      struct trans_error *err)
{
	void *seed;
	int rc;

	if (edit->random)
		rc = fdt_setprop_placeholder(fdt, chosen, name, len, &seed);
	else
		rc = drop_prop(fdt, chosen, name);
	if (rc)
		return fdt_fail(err, rc);
	if (edit->random && edit->random(edit->random_ctx, seed, (size_t)len))
		return trans_fail(err, TRANS_EHOST, "random");
	return TRANS_OK;
}

static int write_seeds(void *fdt, int chosen,
		       const struct trans_fdt_edit *edit,
		       struct trans_error *err)
{
	int rc = write_seed(fdt, chosen, "kaslr-seed", KASLR_SEED_LEN, edit,
			    err);

	return rc ? rc : write_seed(fdt, chosen, "rng-seed", RNG_SEED_LEN,
				    edit, err);
}

static int check_edit(const struct trans_fdt_edit *edit,
		      struct trans_error *err)
{
	if (edit->initrd.start > UINT64_MAX - edit->initrd.len)
		return trans_fail_pa(err, TRANS_ERANGE, "initrd",
				     edit->initrd.start, edit->initrd.len);
	for (size_t i = 0; i < edit->reserve_count; i++) {
		struct trans_range range = edit->reserve[i];

		if (range.start > UINT64_MAX - range.len)
			return trans_fail_pa(err, TRANS_ERANGE, "reservation",
					     range.start, range.len);
	}
	return TRANS_OK;
}

int trans_fdt_edit(const void *from, size_t from_len, void *to, size_t to_len,
		   const struct trans_fdt_edit *edit, struct trans_error *err)
{
	int rc = check_edit(edit, err), chosen = 0;

	if (rc)
		return rc;
	rc = check(from, from_len);
	if (!rc)
		rc = open_copy(from, to, to_len);
	if (!rc)
		chosen = chosen_for_writing(to);
	if (chosen < 0)
		rc = chosen;
	if (!rc)
		rc = write_chosen(to, chosen, edit);
	if (rc)
		return fdt_fail(err, rc);
	rc = write_seeds(to, chosen, edit, err);
	if (rc)
		return rc;
	rc = fdt_pack(to);
	return rc ? fdt_fail(err, rc) : TRANS_OK;
}
