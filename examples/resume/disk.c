/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The smallest driver for virtio-blk over mmio (virtio 1.2: 2.7 split queues,
 * 4.2 registers, 5.2 the disk): one request at a time, and no interrupt.
 */
#include <trans_table/quiesce.h>

#include "disk.h"

/* QEMU's virt has this many places for a device. Other machines say in their
 * device tree where theirs are. */
#define SLOT(n) (0x0a000000UL + (n) * 0x200UL)

enum { VERSION = 0x04, DEVICE_ID = 0x08, FEATURES = 0x10, FEATURES_SEL = 0x14,
       TAKEN = 0x20, TAKEN_SEL = 0x24, QUEUE_SEL = 0x30, QUEUE_NUM = 0x38,
       QUEUE_READY = 0x44, NOTIFY = 0x50, STATUS = 0x70, QUEUE_DESC = 0x80,
       QUEUE_DRIVER = 0x90, QUEUE_DEVICE = 0xa0, CAPACITY = 0x100 };
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };
enum { READ = 0, WRITE = 1, FLUSH = 4 };
enum { NEXT = 1, DEVICE_WRITES = 2 };

#define FEATURE_FLUSH (1u << 9)
#define ENTRIES 4

/* What the device reads and writes. It sees what our caches hold
 * ("dma-coherent" in QEMU's tree). */
static struct {
	struct {
		uint64_t addr;
		uint32_t len;
		uint16_t flags, next;
	} desc[ENTRIES];
	struct {
		uint16_t flags, idx, ring[ENTRIES];
	} driver;
	_Alignas(4) struct {
		uint16_t flags, idx;
		struct {
			uint32_t id, len;
		} ring[ENTRIES];
	} device;
	struct {
		uint32_t type, reserved;
		uint64_t sector;
	} head;
	uint8_t done;
} volatile shared __attribute__((aligned(16)));

static trans_pa_t base;
static uint32_t features;

static uint32_t get(uint32_t offset)
{
	return *(volatile uint32_t *)(base + offset);
}

static void put(uint32_t offset, uint32_t value)
{
	*(volatile uint32_t *)(base + offset) = value;
}

static void put_address(uint32_t offset, const volatile void *at)
{
	put(offset, (uint32_t)(uintptr_t)at);
	put(offset + 4, (uint32_t)((uintptr_t)at >> 32));
}

static void barrier(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

static void describe(unsigned int n, const volatile void *at, size_t len,
		     unsigned int flags)
{
	shared.desc[n].addr = (uintptr_t)at;
	shared.desc[n].len = (uint32_t)len;
	shared.desc[n].flags = (uint16_t)flags;
	shared.desc[n].next = (uint16_t)(n + 1);
}

/* Nonzero: it failed. A disk that never answers hangs this example. */
static int request(uint32_t type, uint64_t offset, const void *buf, size_t len)
{
	unsigned int n = 0;

	shared.head.type = type;
	shared.head.sector = offset / 512;
	shared.done = 0xff;
	describe(n++, &shared.head, sizeof(shared.head), NEXT);
	if (len)
		describe(n++, buf, len,
			 NEXT | (type == READ ? DEVICE_WRITES : 0));
	describe(n, &shared.done, 1, DEVICE_WRITES);
	shared.driver.ring[shared.driver.idx % ENTRIES] = 0;
	barrier();
	shared.driver.idx++;
	barrier();
	put(NOTIFY, 0);
	while (shared.device.idx != shared.driver.idx)
		;
	barrier();
	return shared.done;
}

static int disk_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	(void)ctx;
	return request(READ, offset, buf, len);
}

static int disk_write(void *ctx, uint64_t offset, const void *buf, size_t len)
{
	(void)ctx;
	return request(WRITE, offset, buf, len);
}

/* A disk that does not offer to flush has no cache to be flushed. */
static int disk_flush(void *ctx)
{
	(void)ctx;
	return features ? request(FLUSH, 0, NULL, 0) : 0;
}

static void give_queue(void)
{
	shared.driver.idx = shared.device.idx = 0;
	put(QUEUE_SEL, 0);
	put(QUEUE_NUM, ENTRIES);
	put_address(QUEUE_DESC, shared.desc);
	put_address(QUEUE_DRIVER, &shared.driver);
	put_address(QUEUE_DEVICE, &shared.device);
	put(QUEUE_READY, 1);
}

static int set_up(void)
{
	put(STATUS, 0);
	put(STATUS, ACKNOWLEDGE);
	put(STATUS, ACKNOWLEDGE | DRIVER);
	put(FEATURES_SEL, 0);
	features = get(FEATURES) & FEATURE_FLUSH;
	put(TAKEN_SEL, 0);
	put(TAKEN, features);
	put(TAKEN_SEL, 1);
	put(TAKEN, 1); /* VIRTIO_F_VERSION_1 is bit 32 */
	put(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
	if (!(get(STATUS) & FEATURES_OK))
		return TRANS_ENOENT;
	give_queue();
	put(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
	return 0;
}

int disk_open(unsigned int slot, struct trans_block *disk)
{
	base = SLOT(slot);
	if (get(DEVICE_ID) != 2 || get(VERSION) != 2 || set_up())
		return TRANS_ENOENT;
	*disk = (struct trans_block){
		.len = 512 * (get(CAPACITY) |
			      (uint64_t)get(CAPACITY + 4) << 32),
		.sector_shift = 9,
		.read = disk_read,
		.write = disk_write,
		.flush = disk_flush,
	};
	return 0;
}

int disk_stop_all(struct trans_error *err)
{
	struct trans_mmio mmio = trans_mmio_direct(0);
	int ret = 0;

	for (unsigned int n = 0; !ret && n < DISK_SLOTS; n++)
		ret = trans_virtio_mmio_reset(&mmio, SLOT(n), err);
	return ret;
}
