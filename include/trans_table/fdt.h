/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The device tree: what a loader reads from its own, and what it must say in
 * the next kernel's. All edits are libfdt's; this file only knows what to say.
 */
#ifndef TRANS_TABLE_FDT_H
#define TRANS_TABLE_FDT_H

#include <trans_table/errors.h>
#include <trans_table/ranges.h>

TRANS_BEGIN_DECLS

/* booting.rst: the blob must not exceed 2 MiB and is 8-byte aligned. */
#define TRANS_FDT_MAX_LEN (2u << 20)

/*
 * @bootargs:     NUL-terminated command line; NULL leaves it as it is
 * @initrd:       where the initrd will be; len 0 removes the properties
 * @reserve, @reserve_count: memory that must survive the next kernel too: each
 *                gets an entry in the reservation block
 * @random:       fills @len bytes with randomness, 0 on success; NULL: seeds
 *                that are present are removed, because a used seed is none
 * @random_ctx:   for @random
 */
struct trans_fdt_edit {
	const char *bootargs;
	struct trans_range initrd;
	const struct trans_range *reserve;
	size_t reserve_count;
	int (*random)(void *ctx, void *buf, size_t len);
	void *random_ctx;
};

/*
 * Copy the tree at @from to @to, a buffer of @to_len bytes (8-byte aligned,
 * owned by the caller, apart from @from), and edit it: bootargs,
 * linux,initrd-start/-end, kaslr-seed and rng-seed (fresh), and
 * linux,booted-from-kexec in /chosen, which is made if there is none.
 * linux,elfcorehdr and linux,usable-memory-range, which are for a crash kernel,
 * linux,kho-fdt and linux,kho-scratch, which are a promise of the kernel
 * before, are removed, and linux,ima-kexec-buffer with its reservation. Memory
 * reservations that equal the old initrd are removed, the new one gets its own; one for the old tree itself stays, as nobody says here
 * where that tree was. No entry is made twice. The result is packed: its
 * fdt_totalsize() is what must be moved.
 *
 * TRANS_EFDT: not a valid tree (fdt_check_full, blocks aligned, version 17 as
 * every tool writes), or one made to take time (a property's name longer than
 * 127 characters, a block of strings of more than 32 KiB and a third of the tree,
 * more than 256 properties in /chosen), or libfdt refused;
 * TRANS_ENOSPC: the edited tree does not fit in @to_len, or in 2 MiB (twice
 * the room may be needed where the old tree's blocks are in an odd order);
 * TRANS_ERANGE: the end of the initrd or of a reservation passes 2^64 - 1;
 * TRANS_EHOST: @random refused. On failure the contents of @to are undefined,
 * @from is never written.
 */
int trans_fdt_edit(const void *from, size_t from_len, void *to, size_t to_len,
		   const struct trans_fdt_edit *edit, struct trans_error *err);

/* Bytes of a tree less the padding that its totalsize counts; 0 if it is not a
 * valid tree (as above). */
uint64_t trans_fdt_used(const void *fdt, size_t fdt_len);

/*
 * Memory as the tree describes it: into @ram every `reg` range of every child
 * of the root with device_type "memory" (status absent, "okay" or "ok"); into
 * @reserved the memory reservation block and every static /reserved-memory
 * child (no-map or not, whatever its status). Dynamic children (a `size` and no
 * `reg`) have no place yet and add nothing. Both sets are added to, not
 * cleared, and may hold a part on failure. The loader's own initrd is among the
 * reservations: a loader that can do without takes it out (trans_fdt_initrd).
 * TRANS_EFDT: malformed, #address-cells or #size-cells of the root or of
 * /reserved-memory not 1 or 2; TRANS_ENOSPC, TRANS_ERANGE from the sets.
 */
int trans_fdt_memory(const void *fdt, size_t fdt_len, struct trans_ranges *ram,
		     struct trans_ranges *reserved, struct trans_error *err);

/*
 * Add to @set the static /reserved-memory children that are `no-map`: what a
 * kernel never maps. A hibernation image has no page there, and may have pages
 * in every other reservation, since Linux maps and saves those (memory that is
 * `reusable` it even hands out). So these are what a resume must not write.
 * Errors as trans_fdt_memory.
 */
int trans_fdt_no_map(const void *fdt, size_t fdt_len, struct trans_ranges *set,
		     struct trans_error *err);

/* /chosen: where the loader's own initrd is. TRANS_ENOENT if it has none (or
 * one of the two properties, or an empty range); TRANS_EFDT: malformed. */
int trans_fdt_initrd(const void *fdt, size_t fdt_len,
		     struct trans_range *initrd, struct trans_error *err);

TRANS_END_DECLS

#endif
