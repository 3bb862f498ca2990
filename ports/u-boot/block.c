// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * A disk or partition of U-Boot's block layer as the library wants it.
 *
 * U-Boot knows no flush: a write is done when the driver says so. virtio
 * devices whose driver does not ask for VIRTIO_BLK_F_FLUSH must write through
 * (Virtio 1.2, 5.2.6.2); on other disks with a volatile cache, "done" is what
 * the disk makes of it, as with every write of U-Boot's.
 */
#include "port.h"

#include <blk.h>
#include <dm.h>
#include <part.h>
#include <dm/device-internal.h>

static struct {
	struct blk_desc *desc;
	lbaint_t start;
} part;

/* A quiesce that refused has removed the device; it comes back as it was. */
static bool is_there(const struct blk_desc *desc)
{
	return !device_probe(desc->bdev);
}

static int disk_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	struct blk_desc *desc = part.desc;
	lbaint_t at = part.start + (offset >> desc->log2blksz);
	ulong count = len >> desc->log2blksz;

	return !is_there(desc) || blk_dread(desc, at, count, buf) != count;
}

static int disk_write(void *ctx, uint64_t offset, const void *buf, size_t len)
{
	struct blk_desc *desc = part.desc;
	lbaint_t at = part.start + (offset >> desc->log2blksz);
	ulong count = len >> desc->log2blksz;

	return !is_there(desc) || blk_dwrite(desc, at, count, buf) != count;
}

static int disk_flush(void *ctx)
{
	return 0;
}

int port_block(const char *interface, const char *dev_part,
	       struct trans_block *block, struct trans_error *err)
{
	struct disk_partition info;
	struct blk_desc *desc;

	if (blk_get_device_part_str(interface, dev_part, &desc, &info,
				    1) < 0 || !desc)
		return port_error(err, TRANS_ENOENT, "disk or partition", 0,
				  0);
	desc->log2blksz = LOG2(desc->blksz);
	part.desc = desc;
	part.start = info.start;
	*block = (struct trans_block){
		.len = (u64)info.size << desc->log2blksz,
		.sector_shift = desc->log2blksz,
		.read = disk_read,
		.write = disk_write,
		.flush = disk_flush,
	};
	return 0;
}
