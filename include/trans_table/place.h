/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Placement: where kernel, initrd and device tree go, by the arm64 boot
 * protocol (Linux, Documentation/arch/arm64/booting.rst). Only decides; reads
 * and writes none of the memory that it speaks of.
 */
#ifndef TRANS_TABLE_PLACE_H
#define TRANS_TABLE_PLACE_H

#include <trans_table/image.h>
#include <trans_table/ranges.h>

TRANS_BEGIN_DECLS

/* Where a piece should be, if it may. */
enum trans_wish_kind {
	TRANS_WISH_NONE = 0, /* anywhere that is legal */
	TRANS_WISH_STAY = 1, /* at @at, if that is legal */
	TRANS_WISH_ONLY = 2, /* at @at or nowhere; for kernels only */
};
struct trans_wish {
	enum trans_wish_kind kind;
	trans_pa_t at;
};

/*
 * @usable:     memory that may be written: RAM without reservations. The
 *              running program's own memory is a legal destination and belongs
 *              in it
 * @image:      the kernel's header
 * @initrd_len: bytes; 0: no initrd
 * @fdt_len:    bytes, 1..2 MiB
 * @granule:    bytes, a power of two, 4096..65536. Initrd and device tree begin
 *              at multiples of it, and no two pieces share one
 * @kernel_wish, @initrd_wish: where the two are now, or must be
 */
struct trans_place_request {
	const struct trans_ranges *usable;
	const struct trans_image *image;
	uint64_t initrd_len;
	uint64_t fdt_len;
	uint64_t granule;
	struct trans_wish kernel_wish;
	struct trans_wish initrd_wish;
};

/* The physical address of each piece; initrd is 0 where there is none. */
struct trans_placement {
	trans_pa_t kernel;
	trans_pa_t initrd;
	trans_pa_t fdt;
};

/*
 * The kernel goes to the lowest multiple of 2 MiB, plus text_offset, with
 * memory_len bytes of usable memory. The initrd goes into a window of at most
 * 32 GiB, aligned to 1 GiB, that covers the kernel as well; above the kernel if
 * possible. The device tree goes where it crosses no boundary of 2 MiB, if
 * there is such a place. If a place for the kernel leaves none for the rest,
 * the next one is tried. All three lie below 2^48, which is as far as
 * booting.rst lets a kernel reach.
 *
 * A wish comes first. An initrd that may stay keeps its place wherever the
 * kernel goes, unless that leaves no room for the kernel. A kernel that may
 * stay does, unless the rest finds no room around it; only one that may be
 * @anywhere may, as others belong near the start of RAM. A kernel with
 * TRANS_WISH_ONLY is not checked for 2 MiB and text_offset: it knows best where
 * it runs.
 *
 * On failure @out is not written.
 *
 *   call     TRANS_EINVAL    granule, fdt_len, a memory_len of 0, or a
 *                            text_offset not below 2 MiB; `why` says which
 *   memory   TRANS_ENOHOLE   no place; `why` names the piece ("kernel",
 *                            "initrd", "device tree"), len is its size. Where
 *                            several places for the kernel failed: the piece
 *                            that the best of them lacked
 */
int trans_place(const struct trans_place_request *request,
		struct trans_placement *out, struct trans_error *err);

TRANS_END_DECLS

#endif
