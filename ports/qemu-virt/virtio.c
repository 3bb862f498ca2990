/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <libfdt.h>

#include <trans_table/quiesce.h>

#include "machine.h"
#include "memory.h"
#include "mmio.h"
#include "pci.h"
#include "print.h"
#include "sysreg.h"
#include "virtio.h"
#include "virtio_mmio.h"
#include "virtio_pci.h"

#define ENTROPY 4

#define STATUS_DRIVER (VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER)
#define BUFFER_SHIFT 16

static struct trans_mmio transport_of(trans_pa_t device)
{
	return pci_is_function(device) ? virtio_pci_mmio() : machine_mmio();
}

uint32_t virtio_get(trans_pa_t device, uint32_t offset)
{
	struct trans_mmio mmio = transport_of(device);

	return mmio.read32(mmio.ctx, device + offset);
}

void virtio_put(trans_pa_t device, uint32_t offset, uint32_t value)
{
	struct trans_mmio mmio = transport_of(device);

	mmio.write32(mmio.ctx, device + offset, value);
}

static int post_buffers(struct virtio_ring *ring)
{
	trans_pa_t buffer;
	int ret;

	for (uint16_t i = 0; i < VIRTIO_ENTRIES; i++) {
		ret = memory_ops.alloc(&memory, BUFFER_SHIFT, 1, &buffer);
		if (ret)
			return ret;
		ring->desc[i].addr = buffer;
		ring->desc[i].len = 1u << BUFFER_SHIFT;
		ring->desc[i].flags = VIRTIO_WRITE;
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
	struct virtio_ring *ring = at_pa(page);
	int ret = memory_keep(page, 2 * PAGE_LEN);

	if (ret)
		return ret;
	memset(ring, 0, 2 * PAGE_LEN);
	ret = post_buffers(ring);
	if (ret)
		return ret;
	virtio_put(device, VIRTIO_STATUS, STATUS_DRIVER);
	virtio_put(device, VIRTIO_GUEST_PAGE_SIZE, PAGE_LEN);
	virtio_put(device, VIRTIO_QUEUE_SEL, 0);
	virtio_put(device, VIRTIO_QUEUE_NUM, VIRTIO_ENTRIES);
	virtio_put(device, VIRTIO_QUEUE_ALIGN, PAGE_LEN);
	virtio_put(device, VIRTIO_QUEUE_PFN, (uint32_t)(page >> PAGE_SHIFT));
	virtio_put(device, VIRTIO_STATUS, STATUS_DRIVER | VIRTIO_DRIVER_OK);
	dsb(sy);
	*(volatile uint16_t *)&ring->avail_idx = VIRTIO_ENTRIES;
	dsb(sy);
	virtio_put(device, VIRTIO_QUEUE_NOTIFY, 0);
	return 0;
}

int virtio_each(virtio_fn fn, struct trans_error *err)
{
	const void *fdt = at_pa(machine.fdt.start);
	int node = -1, ret = 0;

	while (!ret) {
		node = fdt_node_offset_by_compatible(fdt, node, "virtio,mmio");
		if (node < 0)
			break;
		ret = fn(machine_reg(node, 0).start, err);
	}
	return ret ? ret : virtio_pci_each(fn, err);
}

static bool found;

static int begin_if_entropy(trans_pa_t device, struct trans_error *err)
{
	int ret;

	if (virtio_get(device, VIRTIO_DEVICE_ID) != ENTROPY ||
	    virtio_get(device, VIRTIO_VERSION) != 1)
		return 0;
	found = true;
	ret = entropy_begin(device);
	if (ret)
		*err = (struct trans_error){ .status = ret,
					     .why = "virtio=on",
					     .level = TRANS_NO_LEVEL };
	return ret;
}

int virtio_begin(struct trans_error *err)
{
	int ret = virtio_each(begin_if_entropy, err);

	if (ret || found)
		return ret;
	*err = (struct trans_error){ .status = TRANS_ENOENT,
				     .why = "virtio=on: no entropy device",
				     .level = TRANS_NO_LEVEL };
	return TRANS_ENOENT;
}

int virtio_reset(trans_pa_t device, struct trans_error *err)
{
	struct trans_mmio mmio = transport_of(device);

	return trans_virtio_mmio_reset(&mmio, device, err);
}

int virtio_stop(struct trans_error *err)
{
	int ret = virtio_each(virtio_reset, err);

	virtio_pci_end();
	return ret;
}
