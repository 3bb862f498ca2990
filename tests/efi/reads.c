/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How a disk is read: starts \subject.efi, counts what that reads by
 * EFI_BLOCK_IO2 of each device, and how many of these reads had not ended when
 * they came back, and says so when the firmware is left.
 */
#include "subject.h"

#define DEVICES 8

static struct device {
	struct efi_block_io2 *io;
	efi_status_t (*read)(struct efi_block_io2 *io, uint32_t media,
			     uint64_t lba, struct efi_token *token,
			     uint64_t len, void *buffer);
	unsigned int begun, pending;
} devices[DEVICES];
static unsigned int count;

static struct device *device_of(const struct efi_block_io2 *io)
{
	struct device *device = devices;

	while (device->io != io)
		device++;
	return device;
}

/* Who looks whether it has ended takes that away; so it is put back. */
static bool is_pending(void *event)
{
	efi_status_t (*signal)(void *event) = boot->signal_event;

	if (boot->check_event(event))
		return true;
	signal(event);
	return false;
}

static efi_status_t read(struct efi_block_io2 *io, uint32_t media,
			 uint64_t lba, struct efi_token *token, uint64_t len,
			 void *buffer)
{
	struct device *device = device_of(io);
	efi_status_t status = device->read(io, media, lba, token, len, buffer);

	if (!status && token && token->event) {
		device->begun++;
		device->pending += is_pending(token->event);
	}
	return status;
}

/* Each is printed with what its whole disk, or its partition, asks of memory
 * that is read to. */
static efi_status_t leaves(efi_handle_t image, uint64_t key)
{
	for (struct device *d = devices; d < &devices[count]; d++)
		if (d->begun)
			print("reads: %u early, %u pending, %s, IoAlign %u\n",
			      d->begun, d->pending, d->io->media->partition ?
			      "partition" : "disk", d->io->media->io_align);
	print("reads: end\n");
	return subject_leaves(image, key);
}

static void watch_all(void)
{
	efi_handle_t *all;
	uint64_t handles = handles_with(EFI_BLOCK_IO2, &all);

	for (uint64_t i = 0; i < handles && count < DEVICES; i++) {
		struct efi_block_io2 *io = protocol_of(all[i], EFI_BLOCK_IO2);

		devices[count++] = (struct device){ .io = io,
						    .read = io->read };
		io->read = read;
	}
	pool_give(all);
}

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table);

efi_status_t efi_main(efi_handle_t handle, struct efi_system_table *table)
{
	efi_handle_t subject;
	efi_status_t status;

	if (!firmware_begin(handle, table))
		return EFI_UNSUPPORTED;
	status = subject_load(&subject);
	if (status)
		return status;
	connect_all();
	watch_all();
	return subject_start(subject, leaves);
}
