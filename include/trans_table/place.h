/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Placement: where kernel, initrd and device tree go. Pure decisions over range
 * sets, by the arm64 boot protocol (booting.rst).
 */
#ifndef TRANS_TABLE_PLACE_H
#define TRANS_TABLE_PLACE_H

#include <trans_table/image.h>
#include <trans_table/ranges.h>

TRANS_BEGIN_DECLS

/* Where a piece would like to be. */
enum trans_wish_kind {
	TRANS_WISH_NONE = 0, /* anywhere that is legal */
	TRANS_WISH_STAY = 1, /* at @at if that is legal */
	TRANS_WISH_ONLY = 2, /* at @at or nowhere; kernels only */
};
struct trans_wish {
	enum trans_wish_kind kind;
	trans_pa_t at;
};

/*
 * @usable:     memory that may be written: RAM minus reservations. The running
 *              program's own memory is a legal destination and belongs in it
 * @image:      the kernel's header
 * @initrd_len: bytes, 0 for none
 * @fdt_len:    bytes, at most 2 MiB
 * @granule:    placement unit of initrd and device tree, 4096..65536; no two
 *              pieces share one granule
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

/* Physical address of each piece; initrd 0 when there is none. */
struct trans_placement {
	trans_pa_t kernel;
	trans_pa_t initrd;
	trans_pa_t fdt;
};

/*
 * Kernel: lowest 2 MiB multiple + text_offset with memory_len bytes of usable
 * memory. Initrd: inside a 1 GiB-aligned window of at most 32 GiB that also
 * covers the kernel, above it if possible. Device tree: not crossing a 2 MiB
 * boundary where it can be had, 8-byte (here: granule) aligned.
 * If a kernel base leaves no place for the rest, the next one is tried. All
 * three lie below 2^48, which is as far as booting.rst lets a kernel reach.
 *
 * A wish comes first: an initrd that may stay keeps its place wherever the
 * kernel goes, unless that leaves no room; a kernel that may stay (only one
 * that may be @anywhere: others belong near the start of RAM) does, unless the
 * rest finds no room around it. A kernel that has only one place is not asked
 * about 2 MiB or text_offset: that is its own affair.
 *
 * TRANS_ENOHOLE: `why` names the piece ("kernel", "initrd", "device tree"),
 * len its size; where several bases failed, the piece that the best one lacked;
 * TRANS_EINVAL: granule not a power of two of its range, fdt_len 0 or over
 * 2 MiB, memory_len 0, text_offset not below 2 MiB; `why` says which. On
 * failure @out is not written.
 */
int trans_place(const struct trans_place_request *request,
		struct trans_placement *out, struct trans_error *err);

TRANS_END_DECLS

#endif
