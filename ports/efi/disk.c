/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Block devices of the firmware as the library wants them. A partition is a
 * handle of its own.
 */
#include "port.h"

/*
 * By the identity that the medium had when it was opened: of another one, or of
 * none, the firmware says so (UEFI 2.10, 13.9: EFI_MEDIA_CHANGED and
 * EFI_NO_MEDIA), and it is neither read for the one before, nor written.
 */
static int disk_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	struct disk *disk = ctx;
	uint64_t began = ticks_now();
	efi_status_t status = disk->io->read(
		disk->io, disk->media, offset >> disk->block.sector_shift, len,
		buf);

	disk->ticks = ticks_now() - began;
	disk->len = len;
	return !!status;
}

static int disk_write(void *ctx, uint64_t offset, const void *buf, size_t len)
{
	struct disk *disk = ctx;

	return !!disk->io->write(disk->io, disk->media,
				 offset >> disk->block.sector_shift, len, buf);
}

/* Also where WriteCaching is not said: a driver may have forgotten. */
static int disk_flush(void *ctx)
{
	struct disk *disk = ctx;

	return !!disk->io->flush(disk->io);
}

/* ---- reads that are waited for later (13.10) ---- */

#define SECONDS 10

static bool has_event(struct disk *disk)
{
	return disk->token.event ||
	       !boot->create_event(0, 0, NULL, NULL, &disk->token.event);
}

static int disk_read_start(void *ctx, uint64_t offset, void *buf, size_t len)
{
	struct disk *disk = ctx;

	disk->early = len;
	return disk->slow || !has_event(disk) ||
	       disk->io2->read(disk->io2, disk->media,
			       offset >> disk->block.sector_shift, &disk->token,
			       len, buf);
}

/*
 * A driver may begin such a read, and look whether it has ended, only at events
 * of the firmware's timer: so EDK2's for NVMe (edk2-stable202211, MdeModulePkg,
 * NvmExpressDxe/NvmExpress.c, ProcessAsyncTaskList, each NVME_HC_ASYNC_TIMER,
 * which is 1 ms), and the timer may tick more slowly (10 ms: EmbeddedPkg.dec,
 * PcdTimerPeriod) than a fast disk reads. So this is given up at the first one
 * that is waited for longer than a read of its own would take. There is no way
 * to call a single one back (UEFI 13.10).
 */
static int disk_read_wait(void *ctx)
{
	struct disk *disk = ctx;
	uint64_t began = ticks_now(), limit = SECONDS * ticks_of_second();

	while (boot->check_event(disk->token.event))
		if (ticks_now() - began > limit)
			return TRANS_ELOST;
	disk->slow = (ticks_now() - began) * disk->len >
		     disk->ticks * disk->early;
	return !!disk->token.status;
}

void disk_close(struct disk *disk)
{
	if (disk->token.event)
		boot->close_event(disk->token.event);
	disk->token.event = NULL;
}

/* ---- both ---- */

static unsigned int shift_of(uint32_t len)
{
	unsigned int shift = 9;

	while (shift <= 16 && 1u << shift != len)
		shift++;
	return shift;
}

/* Buffers are aligned to 4 KiB. EDK2's drivers of NVMe and AHCI ask for 8. */
bool disk_open(efi_handle_t handle, struct disk *disk)
{
	struct efi_block_io *io = protocol_of(handle, EFI_BLOCK_IO);
	const struct efi_media *media = io ? io->media : NULL;

	if (!media || !media->present || shift_of(media->block_len) > 16 ||
	    media->io_align > EFI_PAGE || media->last_block == UINT64_MAX)
		return false;
	*disk = (struct disk){
		.handle = handle,
		.io = io,
		.media = media->id,
		.block = {
			.len = (media->last_block + 1) * media->block_len,
			.sector_shift = shift_of(media->block_len),
			.read = disk_read,
			.write = media->read_only ? NULL : disk_write,
			.flush = media->read_only ? NULL : disk_flush,
			.ctx = disk,
		},
		.io2 = protocol_of(handle, EFI_BLOCK_IO2),
	};
	if (disk->io2) {
		disk->block.read_start = disk_read_start;
		disk->block.read_wait = disk_read_wait;
	}
	return true;
}

void disk_keep(struct disk *to, const struct disk *from)
{
	*to = *from;
	to->block.ctx = to;
}

/* ---- who is it ---- */

/*
 * Where a UUID stands on a device, and what makes it one: swap space (Linux,
 * include/linux/swap.h, union swap_header; its signature is at the end of a
 * page, and of a page size that nobody knows yet), ext2 to 4 (fs/ext4/ext4.h),
 * XFS and F2FS (their super blocks), Btrfs (its super block at 64 KiB).
 */
static const struct {
	uint64_t page;
	uint16_t uuid, magic_at;
	uint8_t magic_len;
	const char *magic;
} places[] = {
	{ 0, 1024 + 12, 1024, 4, "\1\0\0\0" },
	{ 0, 1024 + 104, 1024 + 56, 2, "\x53\xef" },
	{ 0, 32, 0, 4, "XFSB" },
	{ 0, 1024 + 108, 1024, 4, "\x10\x20\xf5\xf2" },
	{ 65536, 32, 64, 8, "_BHRfS_M" },
};

#define LOOK 4096

static bool is_partition(const struct disk *disk, const uint8_t uuid[16])
{
	uint8_t guid[16], own[16];

	if (!path_partition(disk->handle, guid))
		return false;
	uuid_of_guid(own, guid);
	return !memcmp(own, uuid, 16);
}

static bool holds(const struct disk *disk, const uint8_t uuid[16],
		  uint64_t offset, uint8_t *page)
{
	uint64_t len = 1ULL << disk->block.sector_shift;

	if (len < LOOK)
		len = LOOK;
	if (offset + len > disk->block.len ||
	    disk->block.read(disk->block.ctx, offset, page, len))
		return false;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (places[i].page == offset &&
		    !memcmp(&page[places[i].magic_at], places[i].magic,
			    places[i].magic_len) &&
		    !memcmp(&page[places[i].uuid], uuid, 16))
			return true;
	return false;
}

bool disk_is(const struct disk *disk, const uint8_t uuid[16], void *page)
{
	return is_partition(disk, uuid) || holds(disk, uuid, 0, page) ||
	       holds(disk, uuid, 65536, page);
}
