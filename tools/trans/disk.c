/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "disk.h"
#include "mapped.h"
#include "numbers.h"

bool disk_path(char *path, uint64_t *offset)
{
	char *colon = strrchr(path, ':');

	*offset = 0;
	if (!colon || !access(path, F_OK))
		return true;
	*colon = 0;
	return number_of(colon + 1, offset);
}

static int disk_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	const struct disk_file *disk = ctx;
	uint8_t *at = buf;

	while (len) {
		ssize_t now = pread(disk->fd, at, len, (off_t)offset);

		if (now <= 0)
			return -1;
		at += now;
		offset += (uint64_t)now;
		len -= (size_t)now;
	}
	return 0;
}

static int disk_write(void *ctx, uint64_t offset, const void *buf, size_t len)
{
	const struct disk_file *disk = ctx;

	return pwrite(disk->fd, buf, len, (off_t)offset) != (ssize_t)len;
}

static int disk_flush(void *ctx)
{
	const struct disk_file *disk = ctx;

	return fsync(disk->fd);
}

/* What is no whole sector at the end of a file is not there. Of a device, too,
 * the end is its length. */
bool disk_open(struct disk_file *disk, const char *path, bool writable)
{
	off_t len;

	*disk = (struct disk_file){ .fd = open_bytes(path, writable ?
						O_RDWR : O_RDONLY) };
	if (disk->fd < 0)
		return false;
	len = lseek(disk->fd, 0, SEEK_END);
	if (len <= 0) {
		errno = len ? errno : ENODATA;
		disk_close(disk);
		return false;
	}
	disk->block = (struct trans_block){
		.len = (uint64_t)len >> 9 << 9,
		.sector_shift = 9,
		.read = disk_read,
		.write = writable ? disk_write : NULL,
		.flush = writable ? disk_flush : NULL,
		.ctx = disk,
	};
	return true;
}

void disk_close(struct disk_file *disk)
{
	if (disk->fd >= 0)
		close(disk->fd);
	disk->fd = -1;
}
