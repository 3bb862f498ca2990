// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * A disk or partition of U-Boot's block layer as the library wants it.
 *
 * U-Boot knows no flush: a write is done when the driver says so. Which is
 * enough where a write goes through to the medium, and those disks are known
 * here by name. On any other a signature that was cleared may come back with
 * the power, and an old memory with it over file systems that have moved on:
 * the user must want that.
 *
 * Nor is anything believed that was read before a command began: another host
 * may have had the disk since, and have resumed what is in it.
 */
#include "port.h"

#include <blk.h>
#include <dm.h>
#include <part.h>

static int disk_read(void *ctx, u64 offset, void *buf, size_t len)
{
	const struct port_disk *disk = ctx;
	struct blk_desc *desc = disk->desc;
	lbaint_t at = disk->start + (offset >> desc->log2blksz);
	ulong count = len >> desc->log2blksz;

	schedule();
	return blk_dread(desc, at, count, buf) != count;
}

static int disk_write(void *ctx, u64 offset, const void *buf, size_t len)
{
	const struct port_disk *disk = ctx;
	struct blk_desc *desc = disk->desc;
	lbaint_t at = disk->start + (offset >> desc->log2blksz);
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

/* Of GPT, or what stands for it in an MBR's: "12345678-02". */
static bool like_uuid(const char *word)
{
	size_t len = strlen(word);

	return CONFIG_IS_ENABLED(PARTITION_UUIDS) &&
	       (len == UUID_STR_LEN || len == 11) && word[8] == '-';
}

static const char *uuid_of(const struct disk_partition *info)
{
#if COMPAT_PART_UUID
	if (CONFIG_IS_ENABLED(PARTITION_UUIDS))
		return disk_partition_uuid(info);
#else
#if CONFIG_IS_ENABLED(PARTITION_UUIDS)
	return info->uuid;
#endif
#endif
	return "";
}

static bool has_uuid(struct blk_desc *desc, const char *uuid,
		     struct disk_partition *info)
{
	for (int i = 1; i <= MAX_SEARCH_PARTITIONS; i++)
		if (!part_get_info(desc, i, info) && *uuid_of(info) &&
		    !strcasecmp(uuid_of(info), uuid))
			return true;
	return false;
}

/* The disk of "0", "0:1" or "0#name". */
static bool find_disk(const char *interface, const char *dev_part,
		      struct blk_desc **desc)
{
	size_t len = strcspn(dev_part, ":#");
	char dev[16] = "";

	if (len >= sizeof(dev))
		return false;
	memcpy(dev, dev_part, len);
	return blk_get_device_by_str(interface, dev, desc) >= 0;
}

/* "0#<uuid>", as Linux's resume=PARTUUID= has it. Not asked of a name: each
 * partition that is looked at has the whole table read. */
static bool find_by_uuid(const char *interface, const char *dev_part,
			 struct blk_desc **desc, struct disk_partition *info)
{
	const char *hash = strchr(dev_part, '#');

	return hash && like_uuid(hash + 1) &&
	       find_disk(interface, dev_part, desc) &&
	       has_uuid(*desc, hash + 1, info);
}

static bool find(const char *interface, const char *dev_part,
		 struct blk_desc **desc, struct disk_partition *info)
{
	return find_by_uuid(interface, dev_part, desc, info) ||
	       part_get_info_by_dev_and_name_or_num(interface, dev_part, desc,
						    info, 1) >= 0;
}

int port_block(const char *interface, const char *dev_part, bool force,
	       struct port_disk *disk, struct trans_block *block,
	       struct trans_error *err)
{
	struct disk_partition info;
	struct blk_desc *desc;

	if (find_disk(interface, dev_part, &desc))
		blkcache_invalidate(desc->uclass_id, desc->devnum);
	if (!find(interface, dev_part, &desc, &info) || !desc)
		return port_error(err, TRANS_ENOENT, "disk or partition", 0,
				  0);
	if (!force && !writes_through(desc))
		return port_error(err, TRANS_EHOST,
				  "this disk may cache writes, -f risks it",
				  0, 0);
	desc->log2blksz = LOG2(desc->blksz);
	*disk = (struct port_disk){ desc, info.start };
	*block = (struct trans_block){
		.len = (u64)info.size << desc->log2blksz,
		.sector_shift = desc->log2blksz,
		.read = disk_read,
		.write = disk_write,
		.flush = disk_flush,
		.ctx = disk,
	};
	return 0;
}
