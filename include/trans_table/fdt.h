/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The device tree: what a loader reads from its own, and what it must say in
 * the next kernel's. libfdt does the editing; what is said follows the
 * devicetree specification and chosen.yaml of dt-schema.
 *
 * All functions that can fail return, besides what each lists:
 *
 *   input    TRANS_EFDT      not a valid tree: fdt_check_full of libfdt refuses
 *                            it, its blocks are not aligned, it is older than
 *                            version 17; or it was made to take time: a
 *                            property's name above 127 characters, a block of
 *                            strings of more than 32 KiB and a third of the
 *                            tree
 */
#ifndef TRANS_TABLE_FDT_H
#define TRANS_TABLE_FDT_H

#include <trans_table/errors.h>
#include <trans_table/ranges.h>

TRANS_BEGIN_DECLS

/* The largest tree that a kernel takes, in bytes; it is 8-byte aligned
 * (Documentation/arch/arm64/booting.rst). */
#define TRANS_FDT_MAX_LEN (2u << 20)

/*
 * @bootargs:     the command line, with a NUL at its end; NULL: it stays
 * @initrd:       where the initrd will be; len 0: there is none
 * @reserve, @reserve_count: memory that the next kernel must leave alone, too:
 *                each gets an entry in the reservation block
 * @random:       fills @len bytes with randomness, and returns 0; NULL: seeds
 *                in the tree are removed, because they have been used
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
 * Copy the tree at @from to @to and edit it there. @to is a buffer of @to_len
 * bytes, 8-byte aligned, owned by the caller, and apart from @from, which is
 * never written. On failure the contents of @to are undefined. The result is
 * packed: its fdt_totalsize() is what must be moved.
 *
 * In /chosen, which is made if there is none, are set: bootargs,
 * linux,initrd-start and -end, kaslr-seed and rng-seed (fresh ones), and
 * linux,booted-from-kexec. Removed are linux,elfcorehdr and
 * linux,usable-memory-range, which are for a crash kernel; linux,kho-fdt and
 * linux,kho-scratch, which speak of what the kernel before left behind; and
 * linux,ima-kexec-buffer with its reservation.
 *
 * The memory reservation of the old initrd is removed, and the new one gets
 * one. A reservation of the old tree stays, since nobody says where that tree
 * was. No reservation is made twice.
 *
 *   call     TRANS_ERANGE    the end of the initrd or of a reservation passes
 *                            2^64 - 1
 *   memory   TRANS_ENOSPC    the edited tree does not fit into @to_len, or into
 *                            2 MiB (where the old tree's blocks are in an odd
 *                            order, twice the room may be needed)
 *   input    TRANS_EFDT      more than 256 properties in /chosen, or libfdt
 *                            refused an edit
 *   host     TRANS_EHOST     @random refused
 */
int trans_fdt_edit(const void *from, size_t from_len, void *to, size_t to_len,
		   const struct trans_fdt_edit *edit, struct trans_error *err);

/* The bytes of a tree that are in use, without the padding that its totalsize
 * counts; 0 if it is not a valid tree (as above). */
uint64_t trans_fdt_used(const void *fdt, size_t fdt_len);

/*
 * Memory as the tree describes it. Into @ram goes every `reg` range of each
 * child of the root with device_type "memory" and no status, "okay" or "ok".
 * Into @reserved go the memory reservation block and every static child of
 * /reserved-memory, no-map or not, whatever its status. Dynamic children, which
 * have a `size` and no `reg`, have no place yet and add nothing. The loader's
 * own initrd is usually among the reservations: a loader that does not need it
 * any more takes it out (trans_fdt_initrd).
 *
 * Both sets are added to, not cleared, and may hold a part after a failure.
 *
 *   memory   TRANS_ENOSPC    a set is full
 *   input    TRANS_EFDT      #address-cells or #size-cells of the root or of
 *                            /reserved-memory are not 1 or 2, or a reg is cut
 *   input    TRANS_ERANGE    a range passes 2^64
 */
int trans_fdt_memory(const void *fdt, size_t fdt_len, struct trans_ranges *ram,
		     struct trans_ranges *reserved, struct trans_error *err);

/*
 * Add to @set those static children of /reserved-memory that are `no-map`: what
 * a kernel never maps, and what a resume must not write. A hibernation image
 * has no page there. In any other reservation it may have pages, since Linux
 * maps and saves those, and even allocates from those that are `reusable`.
 * Errors: those of trans_fdt_memory.
 */
int trans_fdt_no_map(const void *fdt, size_t fdt_len, struct trans_ranges *set,
		     struct trans_error *err);

/*
 * Where the loader's own initrd is, by /chosen.
 *
 *   answer   TRANS_ENOENT    there is none: no /chosen, one of the two
 *                            properties missing, or an empty range
 *   input    TRANS_EFDT      a property is malformed
 */
int trans_fdt_initrd(const void *fdt, size_t fdt_len,
		     struct trans_range *initrd, struct trans_error *err);

TRANS_END_DECLS

#endif
