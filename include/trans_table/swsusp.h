/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Reader of a Linux hibernation image (swsusp) on a swap partition or in a swap
 * file, as written by arm64 kernels: raw, LZO or LZ4, pages of 4K, 16K or 64K.
 *
 * The image is one stream of pages, found through a chain of swap maps in any
 * slot order: the info page, metadata pages (PFNs), data pages. Everything
 * behind the info page may be packed in chunks. Nothing on the disk is trusted:
 * every length, slot and PFN is bounded before it is used.
 *
 * Facts: Linux, kernel/power/{power.h,swap.c,snapshot.c} and
 * arch/arm64/kernel/hibernate.c, 5.10 to 6.12; docs/hibernate.md has the layout.
 */
#ifndef TRANS_TABLE_SWSUSP_H
#define TRANS_TABLE_SWSUSP_H

#include <trans_table/block.h>
#include <trans_table/errors.h>
#include <trans_table/unpack.h>

TRANS_BEGIN_DECLS

enum trans_swsusp_packing {
	TRANS_SWSUSP_RAW = 0,
	TRANS_SWSUSP_LZO = 1, /* LZO1X */
	TRANS_SWSUSP_LZ4 = 2, /* LZ4 block */
};

/* The host's decompressors of one block each; NULL: it has none. They must be
 * safe on hostile input (lzo1x_decompress_safe, LZ4_decompress_safe). Return
 * values as trans_unpack_fn says. */
struct trans_unpackers {
	trans_unpack_fn lzo;
	trans_unpack_fn lz4;
	void *ctx;
};

/*
 * What the header, the info page and arm64's part of it say. All bounded:
 * @page_shift:  12, 14 or 16, by where the signature stands. After TRANS_ENOIMAGE
 *               that of the swap space that is there, or 0: there is none
 * @packing
 * @has_crc, @crc: CRC-32 (polynomial 0xedb88320, seed 0, no final inversion) of
 *               the unpacked stream behind the info page; never for raw images
 * @has_hardware, @hardware: a signature of the firmware's tables, as ACPI has
 *               it (FACS), for hosts that can compare it; the reader does not
 * @version:     of the kernel that was saved, as uname -v says it, but that each
 *               byte which is no printable ASCII character is a '?'. What uname
 *               says beside it, its release too, is in no arm64 image
 * @pages:       of the whole stream (info, metadata, data)
 * @meta_pages, @data_pages: >= 1
 * @ram_pages:   of the machine as that kernel counted them; of no use as a
 *               bound, since EFI counts more
 * @ttbr1:       PA of that kernel's root table (swapper_pg_dir), in a page that
 *               begins below 2^52, not 0
 * @reenter:     VA of its _cpu_resume, in the upper half, a multiple of 4
 * @stub:        PA of its EL2 stub's vectors, below 2^52, a multiple of 2 KiB;
 *               0: VHE, or entered at EL1
 * @mpidr:       of the CPU that saved, affinity fields only (0xff00ffffff)
 * @own:         no kernel's image, but one of the library's own (snapshot.h):
 *               @ttbr1, @reenter and @stub are 0, and it is entered at @entry
 *               (a PA, MMU off, at exception level @level, 1 or 2) with @context
 *               in x0; both below 2^52, multiples of 16
 */
struct trans_swsusp_info {
	unsigned int page_shift;
	enum trans_swsusp_packing packing;
	bool has_crc, has_hardware;
	uint32_t crc, hardware;
	char version[65];
	uint64_t pages, meta_pages, data_pages, ram_pages;
	trans_pa_t ttbr1;
	trans_va_t reenter;
	trans_pa_t stub;
	uint64_t mpidr;
	bool own;
	trans_pa_t entry, context;
	unsigned int level;
};

/*
 * By which an image is known again when whoever read it has forgotten it: a
 * small value, to be copied and kept.
 * @offset:   byte of the disk at which the page with the swap header begins
 * @page_len: bytes of the image's pages: 4096, 16384, 65536. 0: this is the id
 *            of no image
 * @sha256:   the first 16 bytes of SHA-256 over the sector that holds the
 *            signature, the first swap map and the info page; a map or info
 *            page that is not on the disk is left out
 */
struct trans_image_id {
	uint64_t offset;
	uint32_t page_len;
	uint8_t sha256[16];
};

/* Memory that the reader works in, in bytes, for a @page_shift of the image;
 * aligned to 4 KiB, zeroed or not: a swap map, which maps there were, packed
 * chunks read ahead, one unpacked. TRANS_SWSUSP_BUFFER(16) fits all. */
#define TRANS_SWSUSP_BUFFER(page_shift) (104ULL << (page_shift))

/*
 * @disk:     stays the caller's
 * @offset:   where the swap header is, in pages of the image (what Linux calls
 *            resume_offset): 0 for a swap partition
 * @unpack:   by value
 * @buffer, @buffer_len: as above; the caller's, in use until the last read
 * @progress: called after each MiB or so (of a small image more often: after a
 *            32nd of it), and at the end, with pages done and of the whole, the
 *            info page left out; nonzero stops the reading (TRANS_ESTOPPED,
 *            "progress"). NULL: nobody asks
 */
struct trans_swsusp_args {
	const struct trans_block *disk;
	uint64_t offset;
	struct trans_unpackers unpack;
	void *buffer;
	uint64_t buffer_len;
	int (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
};

/*
 * An open image; the caller reads only info and done. Owns nothing: there is no
 * close.
 * @id:         of the image; also after an open that refused an image whose
 *              header, first map and info page can be read
 * @header_crc: of the sector with the header
 * @first_map:  page of the disk where the first swap map is
 * @map, @next_map: of the map in the buffer, and of the one behind it (0: none)
 * @map_pages:  maps read so far
 * @slot:       the next entry of the map in the buffer
 * @done:       pages of the stream given so far, without the info page
 * @held_at, @held: pages read from the disk ahead of their use
 * @unpacked, @taken: pages of the chunk in the buffer
 * @crc:        of what was unpacked so far
 * @failed:     a read has failed
 */
struct trans_swsusp {
	struct trans_swsusp_args args;
	struct trans_swsusp_info info;
	struct trans_image_id id;
	uint32_t header_crc;
	uint64_t first_map, map, next_map, map_pages;
	unsigned int slot;
	uint64_t done;
	unsigned int held_at, held;
	unsigned int unpacked, taken;
	uint32_t crc;
	bool failed;
};

/*
 * Look for a signature where 4K, 16K and 64K pages have it, and read header,
 * first swap map and info page. The disk is not written. The smallest page size
 * with a swap signature of any kind decides: making swap space for larger pages
 * erases the smaller's header, but not the other way round, so what stands
 * further behind may be old. A page size below the disk's sector is not tried.
 *
 * TRANS_ENOIMAGE: no hibernation image, and the disk was read: swap space without
 * one (info.page_shift is its page size), or no swap space at all (0), which
 * for a host that was told where to look means that it was told wrongly;
 * TRANS_ERANGE: the disk ends before any header; TRANS_EIMAGE: the signature of
 * another program's image (uswsusp, TuxOnIce), bad original signature, flags that
 * are unknown or contradict each other, a version code (not arm64's);
 * TRANS_ECORRUPT: counts that contradict each other or could not be on this disk,
 * a map or slot that is the header or another map, a field out of the bounds above;
 * TRANS_ETRUNC: a slot or map beyond the device; TRANS_EHOST: the disk;
 * TRANS_EINVAL: args (buffer too small for this page size: TRANS_ENOSPC).
 * On failure @image is zeroed but for info.page_shift after TRANS_ENOIMAGE, and
 * @id, which is the image's if there is one (the page_len of no image's is 0).
 * err->pa and err->len: bytes of the disk.
 */
int trans_swsusp_open(struct trans_swsusp *image,
		      const struct trans_swsusp_args *args,
		      struct trans_error *err);

/*
 * Where the next pages of the stream are to go: a pointer to room for *@count
 * pages side by side (in: pages wished for, at least 1; out: 1..that), aligned
 * to 4 KiB. Rooms are filled in the order given, each to its end before the next
 * is asked for. NULL, or a count out of range, refuses: the read fails with
 * TRANS_EFAULT.
 */
typedef void *(*trans_swsusp_room_fn)(void *ctx, unsigned int *count);

/*
 * Read the next @pages pages of the stream (metadata first, then data). Each
 * byte is read from the disk once; slots side by side in one read; raw pages
 * straight to their room, and so is a chunk unpacked, where that is large
 * enough. After the last page of the stream the CRC is compared.
 *
 * TRANS_ETRUNC: the swap map ends early, or a slot lies beyond the device;
 * TRANS_ECORRUPT: a chunk's length is out of bounds or does not unpack to whole
 * pages (at most 32), a map chain is a circle, a slot is the header or a map, or
 * the CRC is wrong (err->desc: the one computed); TRANS_EHOST: disk, or an
 * unpacker's own failure; TRANS_ESTOPPED: progress said so; TRANS_ENOMEM: the unpacker's; TRANS_EFAULT: no
 * room; TRANS_EIMAGE: there is no unpacker for it; TRANS_EINVAL: more pages than
 * are left, or an earlier read failed.
 * After a failure the image can only be opened anew.
 *
 * What cannot be seen: a raw image has no CRC, so a wrong slot that lies on the
 * disk, or a page that changed there, reads as if it were right.
 */
int trans_swsusp_read(struct trans_swsusp *image, uint64_t pages,
		      trans_swsusp_room_fn room, void *ctx,
		      struct trans_error *err);

/*
 * At most once: the image is taken off the disk before anything is overwritten
 * in memory, by writing the one sector that holds the signature: sig becomes
 * orig_sig. Then flush, and read back. @buffer of the args is used; nothing can
 * be read afterwards.
 * TRANS_EHOST: the disk refused, or is read-only, or what is read back is
 * not what was written; TRANS_ESTALE: that sector is not as it was when the image
 * was opened (the signature is not there any more); TRANS_EINVAL: not an open
 * image.
 * After a failure of the write, the flush or the read-back the old sector has
 * been written again (and err tells if that failed too, as TRANS_EHOST with why
 * "signature neither cleared nor restored"): before this returns 0, nothing is
 * lost.
 */
int trans_swsusp_clear(struct trans_swsusp *image, struct trans_error *err);

/* CRC-32 as the image has it, over @len bytes more; begin with 0. */
uint32_t trans_crc32(uint32_t crc, const void *data, size_t len);

TRANS_END_DECLS

#endif
