/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the next kernel finds in /chosen and in the reservations, by the names
 * of dt-schema's chosen.yaml: what is for it is written, what was for the
 * kernel before it is dropped.
 */
#include "../lib/fail.h"
#include "tree.h"

#define KASLR_SEED_LEN	8
#define RNG_SEED_LEN	128 /* as kexec_file_load gives */

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
	int rc = tree_read_initrd(fdt, &old);

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
	struct tree_cells cells;
	int len, rc = 0;
	const fdt32_t *prop = fdt_getprop(fdt, chosen, name, &len);

	if (prop && !tree_child_cells(fdt, 0, &cells) &&
	    len == (cells.address + cells.size) * (int)sizeof(*prop))
		rc = drop_reservation(fdt, (struct trans_range){
			tree_read_cells(prop, cells.address),
			tree_read_cells(prop + cells.address, cells.size) });
	return rc ? rc : drop_prop(fdt, chosen, name);
}

/* The reservations lie before /chosen, and adding one moves it: not its offset,
 * which counts from the structure's start. */
int tree_write_chosen(void *fdt, int chosen, const struct trans_fdt_edit *edit)
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
		return tree_fail(err, rc);
	if (edit->random && edit->random(edit->random_ctx, seed, (size_t)len))
		return trans_fail(err, TRANS_EHOST, "random");
	return TRANS_OK;
}

int tree_write_seeds(void *fdt, int chosen, const struct trans_fdt_edit *edit,
		     struct trans_error *err)
{
	int rc = write_seed(fdt, chosen, "kaslr-seed", KASLR_SEED_LEN, edit,
			    err);

	return rc ? rc : write_seed(fdt, chosen, "rng-seed", RNG_SEED_LEN,
				    edit, err);
}
