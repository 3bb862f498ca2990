/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Reader of a Linux hibernation image (swsusp) on a swap partition or in a swap
 * file, as arm64 kernels write it: raw, LZO or LZ4, with pages of 4K, 16K or
 * 64K.
 *
 * The image is one stream of pages: the info page, metadata pages (which PFNs
 * it has), data pages. A chain of swap maps says in which page of the disk, a
 * slot, each of them lies, in any order. Everything behind the info page may be
 * packed in chunks. Nothing on the disk is trusted: every length, slot and PFN
 * is bounded before it is used.
 *
 * Facts: Linux, kernel/power/{power.h,swap.c,snapshot.c} and
 * arch/arm64/kernel/hibernate.c, 5.10 to 6.12; docs/hibernate.md has the
 * layout.
 */
#ifndef TRANS_TABLE_SWSUSP_H
#define TRANS_TABLE_SWSUSP_H

#include <trans_table/block.h>
#include <trans_table/errors.h>
#include <trans_table/unpack.h>
#include <trans_table/workers.h>

TRANS_BEGIN_DECLS

enum trans_swsusp_packing {
	TRANS_SWSUSP_RAW = 0,
	TRANS_SWSUSP_LZO = 1, /* LZO1X */
	TRANS_SWSUSP_LZ4 = 2, /* LZ4 block */
};

/* The host's decompressors, of one block each; NULL: it has none. They must be
 * safe on hostile input (lzo1x_decompress_safe, LZ4_decompress_safe). unpack.h
 * says what they return. With workers they run on several CPUs at a time, with
 * one @ctx. */
struct trans_unpackers {
	trans_unpack_fn lzo;
	trans_unpack_fn lz4;
	void *ctx;
};

/*
 * What the header, the info page and arm64's part of it say, all within bounds:
 * @page_shift:  12, 14 or 16, by where the signature stands. After
 *               TRANS_ENOIMAGE that of the swap space that is there, or 0:
 *               there is none
 * @packing:     how data and metadata are packed
 * @has_crc, @crc: CRC-32 (polynomial 0xedb88320, seed 0, no final inversion) of
 *               the unpacked stream behind the info page; never for raw images
 * @has_hardware, @hardware: a signature of the firmware's tables, as ACPI has
 *               it (FACS), for hosts that can compare it; the reader does not
 * @version:     of the kernel that was saved, as uname -v says it; bytes that
 *               are no printable ASCII character are '?'. Nothing else that
 *               uname says, such as the release, is in an arm64 image
 * @pages:       of the whole stream (info, metadata, data)
 * @meta_pages, @data_pages: at least 1 each
 * @ram_pages:   of the machine, as that kernel counted them; no bound for
 *               anything, since with EFI it counts more
 * @ttbr1:       PA of that kernel's root table (swapper_pg_dir), in a page that
 *               begins below 2^52; not 0
 * @reenter:     VA of its _cpu_resume, in the upper half, a multiple of 4
 * @stub:        PA of the vectors of its EL2 stub, below 2^52, a multiple of
 *               2 KiB; 0: it ran with VHE, or was entered at EL1
 * @mpidr:       of the CPU that saved, affinity fields only (0xff00ffffff)
 * @own:         not a kernel's image but a snapshot of the library's own
 *               (snapshot.h): @ttbr1, @reenter and @stub are 0. It is entered
 *               at @entry, a PA, with the MMU off, at exception level @level (1
 *               or 2), with @context in x0; both are below 2^52, multiples of
 *               16
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
 * By what an image is known again when the reader that opened it is gone: a
 * small value, to be copied and kept.
 * @offset:   byte of the disk at which the page with the swap header begins
 * @page_len: bytes of the image's pages: 4096, 16384, 65536; 0: this is not the
 *            id of any image
 * @sha256:   the first 16 bytes of the SHA-256 of the sector that holds the
 *            signature, the first swap map and the info page; a map or info
 *            page that is not on the disk is left out
 */
struct trans_image_id {
	uint64_t offset;
	uint32_t page_len;
	uint8_t sha256[16];
};

/* How many bytes the reader needs to work in, for pages of 1 << @page_shift:
 * for a swap map, which maps there were, packed chunks that were read ahead, an
 * unpacked one. The buffer is aligned to 4 KiB and need not be zeroed.
 * TRANS_SWSUSP_BUFFER(16) is enough for all. */
#define TRANS_SWSUSP_BUFFER(page_shift) (104ULL << (page_shift))
/* The same with @workers workers (workers.h), each of which takes 68 pages
 * more: with four of them, and 4K pages, it is 1.5 MiB in all. */
#define TRANS_SWSUSP_BUFFER_FOR(page_shift, workers) \
	((104ULL + 68ULL * (workers)) << (page_shift))

/*
 * @disk:     stays the caller's, in use until the last read
 * @offset:   where the swap header is, in pages of the image (Linux's
 *            resume_offset): 0 for a swap partition
 * @unpack:   decompressors; copied
 * @buffer, @buffer_len: as above; the caller's, in use until the last read
 * @progress: called after about each MiB (of a small image after each 32nd of
 *            it), and at the end, with how many pages of how many are read, the
 *            info page not counted. Nonzero stops the reading (TRANS_ESTOPPED).
 *            NULL: nobody asks
 * @progress_ctx: for @progress
 * @workers:  other CPUs, to unpack a packed image; the caller's, in use until
 *            the last read. As many are used as @buffer_len has room for. NULL:
 *            none
 */
struct trans_swsusp_args {
	const struct trans_block *disk;
	uint64_t offset;
	struct trans_unpackers unpack;
	void *buffer;
	uint64_t buffer_len;
	int (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
	const struct trans_workers *workers;
};

/*
 * An open image, of which callers read info, id and done. Owns nothing: there
 * is no close.
 * @id:         of the image; also where open refused it, if its header, first
 *              map and info page could be read
 * @header_crc: of the sector with the header
 * @first_map:  page of the disk where the first swap map is
 * @map, @next_map: of the map in the buffer, and of the one behind it (0: none)
 * @map_pages:  maps read so far
 * @slot:       the next entry of the map in the buffer
 * @done:       pages of the stream given so far, without the info page
 * @held_at, @held: pages read from the disk ahead of their use
 * @ahead:      pages of the disk that were asked for while others are unpacked,
 *              @count of them (0: none) from @page on; they come behind those
 *              that are held. @runs: they were not waited for yet; @status:
 *              what became of them
 * @unpacked, @taken: pages of the chunks in the buffer
 * @crc:        of what was unpacked so far
 * @late:       what is wrong with a chunk behind those: the next read of it
 *              fails
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
	struct {
		uint64_t page;
		unsigned int count;
		bool runs;
		int status;
	} ahead;
	unsigned int unpacked, taken;
	uint32_t crc;
	struct trans_error late;
	bool failed;
};

/*
 * Look for a signature where 4K, 16K and 64K pages have it, and read header,
 * first swap map and info page. The disk is not written.
 *
 * The smallest page size with any signature of swap decides, because making
 * swap space for larger pages erases the header for smaller ones, but not the
 * other way round: one that stands further behind may be old. A page size below
 * the disk's sector is not tried.
 *
 * On failure @image is zeroed, but for @id, if there is an image whose id can
 * be told, and for info.page_shift after TRANS_ENOIMAGE. pa, len: bytes of the
 * disk.
 *
 *   answer   TRANS_ENOIMAGE  the disk was read, and there is no image: swap
 *                            space without one (info.page_shift is its page
 *                            size), or no swap space at all (0). A host that
 *                            was told to look here was then told wrongly
 *   call     TRANS_EINVAL    disk or buffer is missing or misaligned, an
 *                            unknown sector size, write without flush
 *   call     TRANS_ERANGE    the disk ends before any header
 *   memory   TRANS_ENOSPC    the buffer is too small for this page size
 *   input    TRANS_EIMAGE    another program's image (uswsusp, TuxOnIce), no
 *                            signature of swap to put back, flags that are
 *                            unknown or contradict each other, a version code
 *                            (not arm64's)
 *   input    TRANS_ECORRUPT  counts that contradict each other or are more than
 *                            this disk, a map or slot that is the header or
 *                            another map, a field out of the bounds above
 *   input    TRANS_ETRUNC    a slot or map beyond the device
 *   host     TRANS_EHOST     the disk could not be read
 */
int trans_swsusp_open(struct trans_swsusp *image,
		      const struct trans_swsusp_args *args,
		      struct trans_error *err);

/*
 * Where shall the next pages of the stream go? Returns a pointer, aligned to
 * 4 KiB, to room for *@count pages side by side; @count comes in as how many
 * are wished for, and goes out as 1 up to that. A room is filled to its end
 * before the next is asked for. NULL, or a count out of range, refuses:
 * TRANS_EFAULT.
 */
typedef void *(*trans_swsusp_room_fn)(void *ctx, unsigned int *count);

/*
 * Read the next @pages pages of the stream, metadata first, then data. Each
 * byte is read from the disk once. Slots side by side are one read; raw pages
 * go straight to their room, and so does an unpacked chunk where the room is
 * large enough. Where the disk has read_start (block.h) the next packed pages
 * are read while others are unpacked; what comes of it is the same, and the
 * read has ended when this returns. Behind the last page of the stream the CRC
 * is compared. After a failure the image can only be opened anew.
 *
 * A raw image has no CRC: a wrong slot that lies on the disk, or a page that
 * changed there, reads as if it were right.
 *
 *   call     TRANS_EINVAL    not an open image, more pages than are left, or an
 *                            earlier read failed
 *   call     TRANS_EFAULT    @room refused
 *   memory   TRANS_ENOMEM    an unpacker's
 *   machine  TRANS_EIMAGE    the host has no unpacker for it
 *   input    TRANS_ECORRUPT  a chunk that is too long or does not unpack to
 *                            whole pages (at most 32), a circle of maps, a slot
 *                            that is the header or a map, a wrong CRC (desc:
 *                            the one computed)
 *   input    TRANS_ETRUNC    the maps end early, or a slot is beyond the device
 *   host     TRANS_EHOST     the disk, or an unpacker for a reason of its own
 *   host     TRANS_ESTOPPED  progress or an unpacker said so
 *   host     TRANS_ELOST     a worker does not answer (desc: which). It may
 *                            still write to the buffer and to any room; see
 *                            workers.h. Or a read of the disk does not end (pa,
 *                            len: of the disk): it may still write to the
 *                            buffer; see block.h
 */
int trans_swsusp_read(struct trans_swsusp *image, uint64_t pages,
		      trans_swsusp_room_fn room, void *ctx,
		      struct trans_error *err);

/*
 * At most once: take the image off the disk, before anything is overwritten in
 * memory. One write of the sector that holds the signature puts the original
 * one (orig_sig) back; then flush, and read it back. The buffer of the args is
 * used; nothing can be read afterwards.
 *
 * After a failure of the write, the flush or the reading back the old sector is
 * written again, so that the image is there as before. Only where that fails,
 * too, and `why` is "signature neither cleared nor restored", it is not known
 * whether it still is.
 *
 *   call     TRANS_EINVAL    not an open image
 *   host     TRANS_ESTALE    the sector is not as it was when the image was
 *                            opened; nothing was written
 *   host     TRANS_EHOST     the disk is read-only or refused, or what is read
 *                            back is not what was written
 */
int trans_swsusp_clear(struct trans_swsusp *image, struct trans_error *err);

/* The CRC-32 of images (see trans_swsusp_info) over @len bytes more; it begins
 * with 0. */
uint32_t trans_crc32(uint32_t crc, const void *data, size_t len);

TRANS_END_DECLS

#endif
