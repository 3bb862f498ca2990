/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The next kernel's device tree: a copy of the loader's own, with room to write
 * in, edited and packed. Size and alignment are booting.rst's.
 */
#include "kexec/tree.h"
#include "lib/fail.h"

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
	return trans_tree_check_(fdt, fdt_len) ? 0 : used_len(fdt);
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
	return 0;
}

int trans_fdt_edit(const void *from, size_t from_len, void *to, size_t to_len,
		   const struct trans_fdt_edit *edit, struct trans_error *err)
{
	int ret = check_edit(edit, err), chosen = 0;

	if (ret)
		return ret;
	ret = trans_tree_check_(from, from_len);
	if (!ret)
		ret = open_copy(from, to, to_len);
	if (!ret)
		chosen = chosen_for_writing(to);
	if (chosen < 0)
		ret = chosen;
	if (!ret)
		ret = trans_tree_write_chosen_(to, chosen, edit);
	if (ret)
		return trans_tree_fail_(err, ret);
	ret = trans_tree_write_seeds_(to, chosen, edit, err);
	if (ret)
		return ret;
	ret = fdt_pack(to);
	return ret ? trans_tree_fail_(err, ret) : 0;
}
