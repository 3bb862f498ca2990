/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A disk, as the host lends it: read, write and flush, in bytes.
 *
 * A call returns when the transfer is done or has failed, but for the optional
 * pair that reads while the caller does something else. The library never asks
 * for anything outside of [0, len).
 */
#ifndef TRANS_TABLE_BLOCK_H
#define TRANS_TABLE_BLOCK_H

#include <trans_table/env.h>

TRANS_BEGIN_DECLS

/*
 * @len:          bytes of the device, or of the partition that is given
 * @sector_shift: log2 of the smallest unit that the device writes as a whole or
 *                not at all, 9..16; offsets and lengths are multiples of it
 * @read:         read @len bytes, one sector to TRANS_BLOCK_MAX, from byte
 *                @offset on into @buf, which is aligned to 4 KiB and lies in
 *                memory from the host (a buffer that it gave, or lent memory,
 *                hibernate.h). Nonzero is a failure (TRANS_EHOST)
 * @write:        likewise; it may stay in a cache until @flush. NULL: read-only
 * @flush:        when it returns 0 all that was written is on the medium
 *                (VIRTIO_BLK_T_FLUSH and the like). Not NULL if @write is not
 * @ctx:          for all
 * @read_start:   begin a read as @read does it, and return at once. Nonzero: it
 *                was not begun, and @read is asked later. Together with
 *                @read_wait, or NULL: the host can only wait
 * @read_wait:    return 0 when the read that was started has ended well, and
 *                what it read is visible to the caller. Nonzero: it has failed,
 *                or has not ended within a time that the host chooses, and the
 *                device is kept from writing to @buf any more (TRANS_EHOST; a
 *                reset of the device does that). TRANS_ELOST: it has not ended,
 *                and nothing keeps the device from it; none of these is called
 *                any more
 *
 * Between read_start and read_wait, which is called once for each read that was
 * begun, @buf is the device's: the library neither reads, writes, moves nor
 * gives it back, nor cleans it from a cache, and calls none of the others. The
 * host does for caches what it does around @read: a device that is not coherent
 * wants the lines of @buf, which are nobody else's, cleaned and invalidated
 * before it starts, and invalidated again when it has ended, since a CPU may
 * have fetched some meanwhile (Arm ARM B2.8.1, speculative reads). The library
 * always waits before it returns to its caller, also with an error.
 *
 * After TRANS_ELOST the device may write to @buf at any later time, so it is as
 * with a worker that is lost (workers.h): no memory that was lent is the host's
 * again, and no other kernel may be started, until a reset.
 *
 * None of them is called any more once leave has begun (transition.h).
 */
#define TRANS_BLOCK_MAX (4u << 20)

struct trans_block {
	uint64_t len;
	unsigned int sector_shift;
	int (*read)(void *ctx, uint64_t offset, void *buf, size_t len);
	int (*write)(void *ctx, uint64_t offset, const void *buf, size_t len);
	int (*flush)(void *ctx);
	void *ctx;
	int (*read_start)(void *ctx, uint64_t offset, void *buf, size_t len);
	int (*read_wait)(void *ctx);
};

TRANS_END_DECLS

#endif
