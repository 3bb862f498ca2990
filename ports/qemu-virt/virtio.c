/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <libfdt.h>

#include <trans_table/quiesce.h>

#include "machine.h"
#include "memory.h"
#include "mmio.h"
#include "print.h"
#include "sysreg.h"
#include "virtio.h"

#define ENTROPY 4

/* Registers and ring of the legacy layout (virtio 1.2, 4.2.4 and 2.7.2), which
 * is what this machine's transports speak by default. */
#define VERSION 0x04
#define DEVICE_ID 0x08
#define GUEST_PAGE_SIZE 0x28
#define QUEUE_SEL 0x30
#define QUEUE_NUM 0x38
#define QUEUE_ALIGN 0x3c
#define QUEUE_PFN 0x40
#define QUEUE_NOTIFY 0x50
#define STATUS 0x70
#define STATUS_DRIVER 3 /* ACKNOWLEDGE, DRIVER */
#define STATUS_DRIVER_OK 7

#define ENTRIES 8
#define DESC_WRITE 2
#define BUFFER_SHIFT 16

struct ring {
	struct {
		uint64_t addr;
		uint32_t len;
		uint16_t flags, next;
	} desc[ENTRIES];
	uint16_t avail_flags, avail_idx;
	uint16_t avail[ENTRIES];
};

static uint32_t get(trans_pa_t device, uint32_t offset)
{
	return machine_mmio.read32(NULL, device + offset);
}

static void put(trans_pa_t device, uint32_t offset, uint32_t value)
{
	machine_mmio.write32(NULL, device + offset, value);
}

static int post_buffers(struct ring *ring)
{
	trans_pa_t buffer;
	int rc;

	for (uint16_t i = 0; i < ENTRIES; i++) {
		rc = memory_ops.alloc(&memory, BUFFER_SHIFT, 1, &buffer);
		if (rc)
			return rc;
		ring->desc[i].addr = buffer;
		ring->desc[i].len = 1u << BUFFER_SHIFT;
		ring->desc[i].flags = DESC_WRITE;
		ring->avail[i] = i;
		print("port: virtio may write to 0x%lx\n", buffer);
	}
	return 0;
}

/* In the middle of RAM, where this kexec moves nothing: a device whose ring is
 * overwritten would stumble over that before it does any harm. */
static trans_pa_t ring_place(void)
{
	const struct trans_range *ram = &machine.ram.range[0];

	return (ram->start + ram->len / 2) & ~(PAGE_LEN - 1);
}

static int entropy_begin(trans_pa_t device)
{
	trans_pa_t page = ring_place();
	struct ring *ring = at_pa(page);
	int rc = memory_keep(page, 2 * PAGE_LEN);

	if (rc)
		return rc;
	memset(ring, 0, 2 * PAGE_LEN);
	rc = post_buffers(ring);
	if (rc)
		return rc;
	put(device, STATUS, STATUS_DRIVER);
	put(device, GUEST_PAGE_SIZE, PAGE_LEN);
	put(device, QUEUE_SEL, 0);
	put(device, QUEUE_NUM, ENTRIES);
	put(device, QUEUE_ALIGN, PAGE_LEN);
	put(device, QUEUE_PFN, (uint32_t)(page >> PAGE_SHIFT));
	put(device, STATUS, STATUS_DRIVER_OK);
	dsb(sy);
	*(volatile uint16_t *)&ring->avail_idx = ENTRIES;
	dsb(sy);
	put(device, QUEUE_NOTIFY, 0);
	return 0;
}

/* Call with each transport's registers until one call returns nonzero. */
typedef int (*device_fn)(trans_pa_t device, struct trans_error *err);
static int each_device(device_fn fn, struct trans_error *err)
{
	const void *fdt = at_pa(machine.fdt.start);
	int node = -1, rc = 0;

	while (!rc) {
		node = fdt_node_offset_by_compatible(fdt, node, "virtio,mmio");
		if (node < 0)
			break;
		rc = fn(machine_reg(node, 0).start, err);
	}
	return rc;
}

static bool found;

static int begin_if_entropy(trans_pa_t device, struct trans_error *err)
{
	int rc;

	if (get(device, DEVICE_ID) != ENTROPY || get(device, VERSION) != 1)
		return 0;
	found = true;
	rc = entropy_begin(device);
	if (rc)
		*err = (struct trans_error){ .status = rc, .why = "virtio=on",
					     .level = TRANS_NO_LEVEL };
	return rc;
}

int virtio_begin(struct trans_error *err)
{
	int rc = each_device(begin_if_entropy, err);

	if (rc || found)
		return rc;
	*err = (struct trans_error){ .status = TRANS_ENOENT,
				     .why = "virtio=on: no entropy device",
				     .level = TRANS_NO_LEVEL };
	return TRANS_ENOENT;
}

static int reset(trans_pa_t device, struct trans_error *err)
{
	return trans_virtio_mmio_reset(&machine_mmio, device, err);
}

int virtio_stop(struct trans_error *err)
{
	return each_device(reset, err);
}
