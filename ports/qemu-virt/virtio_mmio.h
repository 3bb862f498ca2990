/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the port's two virtio drivers share: registers of the mmio transport
 * (virtio 1.2, 4.2.2; legacy 4.2.4), a split virtqueue's entries (2.7), and how
 * to go through all transports: those of the device tree, then those on PCI,
 * whose registers are made to look the same (virtio_pci.h).
 */
#ifndef PORT_VIRTIO_MMIO_H
#define PORT_VIRTIO_MMIO_H

#include <trans_table/errors.h>

enum virtio_register {
	VIRTIO_VERSION = 0x04, /* 1: legacy */
	VIRTIO_DEVICE_ID = 0x08, /* 0: nothing is plugged in */
	VIRTIO_DEVICE_FEATURES = 0x10,
	VIRTIO_DEVICE_FEATURES_SEL = 0x14,
	VIRTIO_DRIVER_FEATURES = 0x20,
	VIRTIO_DRIVER_FEATURES_SEL = 0x24,
	VIRTIO_GUEST_PAGE_SIZE = 0x28, /* legacy */
	VIRTIO_QUEUE_SEL = 0x30,
	VIRTIO_QUEUE_NUM_MAX = 0x34,
	VIRTIO_QUEUE_NUM = 0x38,
	VIRTIO_QUEUE_ALIGN = 0x3c, /* legacy */
	VIRTIO_QUEUE_PFN = 0x40, /* legacy */
	VIRTIO_QUEUE_READY = 0x44,
	VIRTIO_QUEUE_NOTIFY = 0x50,
	VIRTIO_STATUS = 0x70,
	VIRTIO_QUEUE_DESC = 0x80, /* each low, then high half */
	VIRTIO_QUEUE_DRIVER = 0x90,
	VIRTIO_QUEUE_DEVICE = 0xa0,
	VIRTIO_CONFIG = 0x100,
};

enum virtio_status {
	VIRTIO_ACKNOWLEDGE = 1,
	VIRTIO_DRIVER = 2,
	VIRTIO_DRIVER_OK = 4,
	VIRTIO_FEATURES_OK = 8, /* not legacy */
};

#define VIRTIO_ENTRIES 8
#define VIRTIO_NEXT 1  /* flags of a descriptor: another one follows */
#define VIRTIO_WRITE 2 /* the device writes to it */

struct virtio_desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags, next;
};

/* The driver's half of a queue, as the legacy layout has it: a table of
 * descriptors, what of it is the device's right behind. */
struct virtio_ring {
	struct virtio_desc desc[VIRTIO_ENTRIES];
	uint16_t avail_flags, avail_idx;
	uint16_t avail[VIRTIO_ENTRIES];
};

/* The device's half. */
struct virtio_used {
	uint16_t flags, idx;
	struct {
		uint32_t id, len;
	} ring[VIRTIO_ENTRIES];
};

uint32_t virtio_get(trans_pa_t device, uint32_t offset);
void virtio_put(trans_pa_t device, uint32_t offset, uint32_t value);
/* Errors of trans_virtio_mmio_reset. */
int virtio_reset(trans_pa_t device, struct trans_error *err);

/* Call with each transport's registers until one call returns nonzero, and
 * return that. */
typedef int (*virtio_fn)(trans_pa_t device, struct trans_error *err);
int virtio_each(virtio_fn fn, struct trans_error *err);

#endif
