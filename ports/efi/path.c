/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Device paths (UEFI specification, 10.3): of a file on a partition; and the
 * short ones of boot entries, which begin with a partition's GUID and mean
 * whichever disk has it (3.1.2).
 */
#include "port.h"

#define DISK_LEN 42
#define DISK_GUID 24 /* in it */
#define DISK_GUID_KIND 41
#define KIND_GUID 2

static uint64_t node_len(const uint8_t *node)
{
	return node[2] | (uint64_t)node[3] << 8;
}

/* Bytes of a path without its end; 0: none, or longer than fits. */
static uint64_t path_len(const uint8_t *path)
{
	uint64_t len = 0;

	while (path && path[len] != EFI_PATH_END) {
		if (node_len(&path[len]) < 4)
			return 0;
		len += node_len(&path[len]);
		if (len > PATH_MAX - 8)
			return 0;
	}
	return len;
}

static void put_end(uint8_t *at)
{
	static const uint8_t end[4] = { EFI_PATH_END, EFI_PATH_END_ALL, 4, 0 };

	memcpy(at, end, sizeof(end));
}

bool path_of_file(uint8_t path[PATH_MAX], efi_handle_t device,
		  const char *name)
{
	const uint8_t *from = protocol_of(device, EFI_DEVICE_PATH);
	uint64_t len = path_len(from), at = len + 4;

	if (!len)
		return false;
	memcpy(path, from, len);
	do {
		if (at > PATH_MAX - 8)
			return false;
		path[at++] = *name == '/' ? '\\' : (uint8_t)*name;
		path[at++] = 0;
	} while (*name++);
	path[len] = EFI_PATH_MEDIA;
	path[len + 1] = EFI_PATH_FILE;
	path[len + 2] = (uint8_t)(at - len);
	path[len + 3] = (uint8_t)((at - len) >> 8);
	put_end(&path[at]);
	return true;
}

/* The node of a partition by GUID; NULL: @node is none. */
static const uint8_t *guid_at(const uint8_t *node)
{
	if (node[0] != EFI_PATH_MEDIA || node[1] != EFI_PATH_DISK ||
	    node_len(node) != DISK_LEN || node[DISK_GUID_KIND] != KIND_GUID)
		return NULL;
	return node + DISK_GUID;
}

bool path_partition(efi_handle_t handle, uint8_t guid[16])
{
	const uint8_t *path = protocol_of(handle, EFI_DEVICE_PATH), *found;
	uint64_t len = path_len(path);

	if (len < DISK_LEN)
		return false;
	found = guid_at(path + len - DISK_LEN);
	if (found)
		memcpy(guid, found, 16);
	return found;
}

static efi_handle_t owner_of(const uint8_t guid[16])
{
	efi_handle_t *all, found = NULL;
	uint64_t count = handles_with(EFI_BLOCK_IO, &all);
	uint8_t own[16];

	for (uint64_t i = 0; i < count && !found; i++)
		if (path_partition(all[i], own) && !memcmp(own, guid, 16))
			found = all[i];
	pool_give(all);
	return found;
}

/* The path of whoever has the partition, and how long it is; 0: nobody. */
static uint64_t put_owner(uint8_t path[PATH_MAX], const uint8_t guid[16])
{
	efi_handle_t owner = owner_of(guid);
	const uint8_t *head = owner ? protocol_of(owner, EFI_DEVICE_PATH) :
				      NULL;
	uint64_t len = path_len(head);

	if (head && len)
		memcpy(path, head, len);
	return len;
}

bool path_complete(uint8_t path[PATH_MAX], const uint8_t *from, uint64_t len)
{
	const uint8_t *guid = len >= DISK_LEN ? guid_at(from) : NULL;
	uint64_t at = guid ? put_owner(path, guid) : 0;

	if (guid && !at)
		return false;
	if (guid) {
		from += DISK_LEN;
		len -= DISK_LEN;
	}
	if (!len || at + len > PATH_MAX)
		return false;
	memcpy(&path[at], from, len);
	return true;
}
