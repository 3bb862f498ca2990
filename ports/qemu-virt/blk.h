/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A driver for virtio-blk over mmio or PCI, polled, one request at a time:
 * enough to read a hibernation image at the speed of the disk.
 *
 * The device is set up by the first request after a reset, whoever did the
 * reset. Two disks share one ring, so that opening the other one takes it away,
 * and a request that is not answered resets its device.
 */
#ifndef PORT_BLK_H
#define PORT_BLK_H

#include <trans_table/errors.h>

/* What virtio counts in, whatever the disk's own unit is. */
#define BLK_SECTOR 512u

/* @device: its registers; @sectors: of the disk, whole blocks; @block_shift:
 * log2 of its logical block in bytes, 9..12, of which a request has a whole
 * number; @flush: it has a write cache; @modern: not the legacy layout; @taken:
 * requests that it has been given since it was set up. */
struct blk {
	trans_pa_t device;
	uint64_t sectors;
	unsigned int block_shift;
	bool flush, modern;
	uint16_t taken;
};

/*
 * The @index-th disk: those in the device tree in its order, then those on PCI.
 * TRANS_ENOENT: there are fewer; TRANS_EHOST: it does not take this driver, or
 * its logical block is none of 512, 1024, 2048 and 4096 bytes (err->len);
 * TRANS_ETIME: it does not come out of a reset.
 */
int blk_open(struct blk *blk, unsigned int index, struct trans_error *err);

/*
 * Read, or write, @sectors sectors at @sector. @buf is in the linear map.
 * TRANS_ERANGE: beyond the disk's end; TRANS_EALIGN: not whole blocks of the
 * disk (err->len: bytes of one); TRANS_EHOST: the device says that it
 * failed; TRANS_ETIME: it did not answer within ten seconds, and was reset, so
 * that it does not write to @buf later; TRANS_ELOST: nor could it be reset, and
 * it may. err->pa: the sector.
 */
int blk_read(struct blk *blk, uint64_t sector, uint64_t sectors, void *buf,
	     struct trans_error *err);
int blk_write(struct blk *blk, uint64_t sector, uint64_t sectors,
	      const void *buf, struct trans_error *err);

/* The same in two halves, with something else between: @buf is the device's
 * until the second has returned, and nothing else is asked of any disk. At most
 * 4 MiB, or TRANS_ERANGE. What the first refuses was not begun. */
int blk_read_start(struct blk *blk, uint64_t sector, uint64_t sectors,
		   void *buf, struct trans_error *err);
int blk_read_wait(struct blk *blk, struct trans_error *err);

/* What was written before is on the disk when this returns 0. A disk without a
 * write cache has nothing to do. Errors likewise. */
int blk_flush(struct blk *blk, struct trans_error *err);

#endif
