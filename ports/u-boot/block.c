// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * A disk or partition of U-Boot's block layer as the library wants it.
 *
 * U-Boot knows no flush: a write is done when the driver says so. Which is
 * enough where a write goes through to the medium, and those disks are known
 * here by name. On any other a signature that was cleared may come back with
 * the power, and an old memory with it over file systems that have moved on:
 * the user must want that.
 */
#include "port.h"

#include <blk.h>
#include <dm.h>
#include <part.h>

static struct {
	struct blk_desc *desc;
	lbaint_t start;
} part;

static int disk_read(void *ctx, u64 offset, void *buf, size_t len)
{
	struct blk_desc *desc = part.desc;
	lbaint_t at = part.start + (offset >> desc->log2blksz);
	ulong count = len >> desc->log2blksz;

	return blk_dread(desc, at, count, buf) != count;
}

static int disk_write(void *ctx, u64 offset, const void *buf, size_t len)
{
	struct blk_desc *desc = part.desc;
	lbaint_t at = part.start + (offset >> desc->log2blksz);
	ulong count = len >> desc->log2blksz;

	return blk_dwrite(desc, at, count, buf) != count;
}

/* Only for disks that write through, or whose user said -f. */
static int disk_flush(void *ctx)
{
	return 0;
}

/* SCSI over AHCI: drivers/ata/ahci.c has a FLUSH CACHE EXT follow each write.
 * Other SCSI (UFS, USB, a virtual bus) does not. */
static bool is_ahci(const struct udevice *disk)
{
	const struct udevice *bus = dev_get_parent(disk);
	const struct udevice *host = bus ? dev_get_parent(bus) : NULL;

	return host && device_get_uclass_id(host) == UCLASS_AHCI;
}

/* A virtio device whose driver does not ask for VIRTIO_BLK_F_FLUSH, as none of
 * U-Boot's does, must write through (Virtio 1.2, 5.2.6.2). The cache of an eMMC
 * is off until a host switches it on (JESD84-B51, CACHE_CTRL [33]), an SD
 * card's likewise (SD 6.0, performance enhancement); U-Boot does not. */
static bool writes_through(const struct blk_desc *desc)
{
	switch ((int)desc->uclass_id) {
	case UCLASS_VIRTIO:
	case UCLASS_MMC:
		return true;
	case UCLASS_SCSI:
		return is_ahci(desc->bdev);
	default:
		return false;
	}
}

int port_block(const char *interface, const char *dev_part, bool force,
	       struct trans_block *block, struct trans_error *err)
{
	struct disk_partition info;
	struct blk_desc *desc;

	if (part_get_info_by_dev_and_name_or_num(interface, dev_part, &desc,
						 &info, 1) < 0 || !desc)
		return port_error(err, TRANS_ENOENT, "disk or partition", 0,
				  0);
	if (!force && !writes_through(desc))
		return port_error(err, TRANS_EHOST,
				  "this disk may cache writes, -f risks it",
				  0, 0);
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
