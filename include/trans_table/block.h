/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A disk, as the host lends it: read, write and flush, in bytes.
 *
 * A call returns when the transfer is done or has failed. The library never
 * asks for anything outside of [0, len).
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
 * @ctx:          for the three
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
};

TRANS_END_DECLS

#endif
