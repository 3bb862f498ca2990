/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A disk with a volatile cache: see disk.h. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"

static size_t sector_len(const struct disk *disk)
{
	return (size_t)1 << disk->block.sector_shift;
}

/* Counts; the fault of this operation. */
static enum disk_fault begin(struct disk *disk)
{
	disk->ops++;
	if (disk->dead)
		return DISK_REFUSES;
	if (disk->ops == disk->then_at)
		return disk->then;
	if (!disk->fault_at || disk->ops < disk->fault_at ||
	    (disk->ops > disk->fault_at && !disk->for_good))
		return DISK_FINE;
	return disk->fault;
}

static bool within(struct disk *disk, uint64_t offset, size_t len)
{
	size_t sector = sector_len(disk);
	bool ok = len && offset % sector == 0 && len % sector == 0 &&
		  offset <= disk->block.len && len <= disk->block.len - offset;

	disk->outside |= !ok;
	return ok;
}

static const uint8_t *newest(const struct disk *disk, uint64_t sector)
{
	const uint8_t *bytes = disk->medium + sector * sector_len(disk);

	for (unsigned int i = 0; i < disk->pending_count; i++)
		if (disk->pending[i].sector == sector)
			bytes = disk->pending[i].bytes;
	return bytes;
}

static int disk_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	struct disk *disk = ctx;
	enum disk_fault fault = begin(disk);
	size_t sector = sector_len(disk);

	disk->reads++;
	disk->read_bytes += len;
	disk->most = len > disk->most ? len : disk->most;
	if (!within(disk, offset, len) || (uintptr_t)buf % 4096) {
		disk->outside = true;
		return -1;
	}
	if (fault == DISK_CUT)
		disk->dead = true;
	if (fault == DISK_REFUSES || fault == DISK_CUT)
		return -1;
	for (size_t at = 0; fault != DISK_LIES && at < len; at += sector) {
		uint64_t number = (offset + at) / sector;

		memcpy((uint8_t *)buf + at, newest(disk, number), sector);
		if (disk->times)
			disk->times[number]++;
	}
	if (fault == DISK_FLIPS)
		((uint8_t *)buf)[len / 2] ^= 0x10;
	return fault == DISK_DOES ? -1 : 0;
}

static void cache(struct disk *disk, uint64_t number, const uint8_t *from)
{
	uint8_t *copy = malloc(sector_len(disk));

	assert(copy && disk->pending_count < DISK_PENDING);
	memcpy(copy, from, sector_len(disk));
	disk->pending[disk->pending_count].sector = number;
	disk->pending[disk->pending_count++].bytes = copy;
}

/* A write that the power cut hits is in the cache like any other that was not
 * flushed: disk_power_cut decides. */
static int disk_write(void *ctx, uint64_t offset, const void *buf, size_t len)
{
	struct disk *disk = ctx;
	enum disk_fault fault = begin(disk);
	size_t sector = sector_len(disk);

	disk->writes++;
	if (!within(disk, offset, len))
		return -1;
	if (fault == DISK_REFUSES || disk->protected)
		return -1;
	for (size_t at = 0; fault != DISK_LIES && at < len; at += sector)
		cache(disk, (offset + at) / sector, (const uint8_t *)buf + at);
	disk->dead |= fault == DISK_CUT;
	return fault == DISK_DOES || fault == DISK_CUT ? -1 : 0;
}

static void settle(struct disk *disk, uint32_t subset)
{
	for (unsigned int i = 0; i < disk->pending_count; i++) {
		if (subset & 1u << i)
			memcpy(disk->medium + disk->pending[i].sector *
					      sector_len(disk),
			       disk->pending[i].bytes, sector_len(disk));
		free(disk->pending[i].bytes);
	}
	disk->pending_count = 0;
}

static int disk_flush(void *ctx)
{
	struct disk *disk = ctx;
	enum disk_fault fault = begin(disk);

	disk->flushes++;
	if (fault == DISK_FINE || fault == DISK_DOES || fault == DISK_FLIPS)
		settle(disk, ~0u);
	disk->dead |= fault == DISK_CUT;
	return fault == DISK_REFUSES || fault == DISK_DOES ||
	       fault == DISK_CUT ? -1 : 0;
}

void disk_init(struct disk *disk, uint8_t *medium, uint64_t len,
	       unsigned int sector_shift)
{
	memset(disk, 0, sizeof(*disk));
	disk->medium = medium;
	disk->block = (struct trans_block){
		.len = len,
		.sector_shift = sector_shift,
		.read = disk_read,
		.write = disk_write,
		.flush = disk_flush,
		.ctx = disk,
	};
}

void disk_power_cut(struct disk *disk, uint32_t subset)
{
	settle(disk, subset);
	disk->dead = false;
	disk->fault_at = disk->then_at = 0;
}

void disk_free(struct disk *disk)
{
	settle(disk, 0);
	free(disk->times);
	disk->times = NULL;
}
