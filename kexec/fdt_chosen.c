/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the next kernel finds in /chosen and in the reservations, by the names
 * of dt-schema's chosen.yaml: what is for it is written, what was for the
 * kernel before it is dropped.
 */
#include "kexec/tree.h"
#include "lib/fail.h"

#define KASLR_SEED_LEN	8
#define RNG_SEED_LEN	128 /* as kexec_file_load gives */
#define CHOSEN_MAX	256

static int drop_prop(void *fdt, int node, const char *name)
{
	int ret = fdt_delprop(fdt, node, name);

	return ret == -FDT_ERR_NOTFOUND ? 0 : ret;
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
	int ret = drop_prop(fdt, chosen, "linux,initrd-start");

	return ret ? ret : drop_prop(fdt, chosen, "linux,initrd-end");
}

static int write_initrd(void *fdt, int chosen, struct trans_range initrd)
{
	int ret;

	if (!initrd.len)
		return drop_initrd(fdt, chosen);
	ret = fdt_setprop_u64(fdt, chosen, "linux,initrd-start", initrd.start);
	if (ret)
		return ret;
	return fdt_setprop_u64(fdt, chosen, "linux,initrd-end",
			       initrd.start + initrd.len);
}

static struct fdt_reserve_entry *reservations(void *fdt)
{
	return (void *)((char *)fdt + fdt_off_mem_rsvmap(fdt));
}

static bool is_range(const struct fdt_reserve_entry *entry,
		     struct trans_range range)
{
	return fdt64_to_cpu(entry->address) == range.start &&
	       fdt64_to_cpu(entry->size) == range.len;
}

/* Bootloaders reserve the initrd they loaded, byte for byte; what was there
 * is free memory of the next kernel. In one pass: libfdt would move all that
 * follows for each entry. The block ends at its first empty entry. */
static void drop_reservation(void *fdt, struct trans_range old)
{
	struct fdt_reserve_entry *entry = reservations(fdt);
	int i, kept = 0, count = fdt_num_mem_rsv(fdt);

	for (i = 0; i < count; i++)
		if (!is_range(&entry[i], old))
			entry[kept++] = entry[i];
	memset(&entry[kept], 0, (size_t)(count - kept) * sizeof(*entry));
}

static int drop_old_initrd(void *fdt)
{
	struct trans_range old;
	int ret = trans_tree_read_initrd_(fdt, &old);

	if (ret)
		return ret == -FDT_ERR_NOTFOUND ? 0 : ret;
	drop_reservation(fdt, old);
	return 0;
}

static bool is_reserved(void *fdt, struct trans_range range)
{
	const struct fdt_reserve_entry *entry = reservations(fdt);
	int i, count = fdt_num_mem_rsv(fdt);

	for (i = 0; i < count; i++)
		if (is_range(&entry[i], range))
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
	int ret = drop_old_initrd(fdt);

	for (size_t i = 0; !ret && i < edit->reserve_count; i++)
		ret = reserve(fdt, edit->reserve[i]);
	return ret ? ret : reserve(fdt, edit->initrd);
}

/* What a kernel that runs after a crash was told about its little memory. */
static int drop_crash(void *fdt, int chosen)
{
	int ret = drop_prop(fdt, chosen, "linux,elfcorehdr");

	return ret ? ret : drop_prop(fdt, chosen, "linux,usable-memory-range");
}

/* What a kernel handed over to the next one of its own kind (Linux 6.16, KHO):
 * this one takes part in no such agreement, and what it says may be gone. */
static int drop_handover(void *fdt, int chosen)
{
	int ret = drop_prop(fdt, chosen, "linux,kho-fdt");

	return ret ? ret : drop_prop(fdt, chosen, "linux,kho-scratch");
}

/* A buffer of the kernel before, with its reservation: nobody would find in it
 * what it held. */
static int drop_buffer(void *fdt, int chosen, const char *name)
{
	struct tree_cells cells;
	int len;
	const fdt32_t *prop = fdt_getprop(fdt, chosen, name, &len);

	if (prop && !trans_tree_child_cells_(fdt, 0, &cells) &&
	    len == (cells.address + cells.size) * (int)sizeof(*prop))
		drop_reservation(
			fdt,
			(struct trans_range){
				trans_tree_read_cells_(prop, cells.address),
				trans_tree_read_cells_(prop + cells.address,
						       cells.size) });
	return drop_prop(fdt, chosen, name);
}

/* Each edit looks through all properties of /chosen, which has some dozen. */
static int check_count(const void *fdt, int chosen)
{
	int prop, count = 0;

	fdt_for_each_property_offset(prop, fdt, chosen)
		if (++count > CHOSEN_MAX)
			return -FDT_ERR_BADSTRUCTURE;
	return 0;
}

/* The reservations lie before /chosen, and adding one moves it: not its offset,
 * which counts from the structure's start. */
int trans_tree_write_chosen_(void *fdt, int chosen,
			     const struct trans_fdt_edit *edit)
{
	int ret = check_count(fdt, chosen);

	if (!ret)
		ret = write_reservations(fdt, edit);
	if (!ret)
		ret = drop_crash(fdt, chosen);
	if (!ret)
		ret = drop_handover(fdt, chosen);
	if (!ret)
		ret = drop_buffer(fdt, chosen, "linux,ima-kexec-buffer");
	if (!ret)
		ret = write_bootargs(fdt, chosen, edit->bootargs);
	if (!ret)
		ret = write_initrd(fdt, chosen, edit->initrd);
	if (!ret)
		ret = fdt_setprop_empty(fdt, chosen, "linux,booted-from-kexec");
	return ret;
}

static int write_seed(void *fdt, int chosen, const char *name, int len,
		      const struct trans_fdt_edit *edit,
		      struct trans_error *err)
{
	void *seed;
	int ret;

	if (edit->random)
		ret = fdt_setprop_placeholder(fdt, chosen, name, len, &seed);
	else
		ret = drop_prop(fdt, chosen, name);
	if (ret)
		return trans_tree_fail_(err, ret);
	if (edit->random && edit->random(edit->random_ctx, seed, (size_t)len))
		return trans_fail(err, TRANS_EHOST, "random");
	return 0;
}

int trans_tree_write_seeds_(void *fdt, int chosen,
			    const struct trans_fdt_edit *edit,
			    struct trans_error *err)
{
	int ret = write_seed(fdt, chosen, "kaslr-seed", KASLR_SEED_LEN, edit,
			     err);

	return ret ? ret :
		     write_seed(fdt, chosen, "rng-seed", RNG_SEED_LEN, edit,
				err);
}
