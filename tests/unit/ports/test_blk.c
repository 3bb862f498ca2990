/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The port's disk driver against a device made of a few lines, legacy and
 * modern: what QEMU's never does, such as not answering, is done here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Instead of sysreg.h: a counter that runs as often as it is read. */
#define PORT_SYSREG_H
#define dsb(scope) __asm__ volatile("" : : : "memory")
#define sysreg_read(name) counter(#name)
static unsigned long counter(const char *name);

#include "ports/qemu-virt/blk.c"

#define MAGIC 0x74726976u
#define AT 0x1000u
#define SECTORS 20000u

/* What a test has the device do. */
static bool deaf, ill, stubborn, gone;

static struct {
	uint32_t status, features_sel, features[2], version, device_id;
	uint64_t queue[3]; /* descriptors, driver's, device's */
	uint16_t served;
	bool ready;
	unsigned int resets, flushes;
	uint32_t taken, driver_sel; /* features */
	uint32_t block;
	uint64_t capacity;
} device;

static uint8_t disk[SECTORS * BLK_SECTOR];

/* The program's data is at some MiB, so that 32 bits of a page number do. */
uint64_t linear_offset;

static unsigned long now;

static unsigned long counter(const char *name)
{
	return strcmp(name, "cntfrq_el0") ? now++ : 100;
}

static uint8_t serve(const struct virtio_desc *desc)
{
	struct {
		uint32_t type, reserved;
		uint64_t sector;
	} request;
	uint8_t *data = &disk[0], *buf = at_pa(desc[1].addr);

	memcpy(&request, at_pa(desc[0].addr), sizeof(request));
	assert_int_equal(desc[0].len, 16);
	data += request.sector * BLK_SECTOR;
	if (request.type == REQUEST_FLUSH) {
		assert_false(desc[1].flags & VIRTIO_NEXT);
		device.flushes++;
		return *(uint8_t *)at_pa(desc[1].addr) = ill;
	}
	assert_in_range(desc[1].len, 1, 4u << 20);
	/* What a disk does with less than a block: an error (Virtio 1.2,
	 * 5.2.6.1, leaves it to the device; QEMU's says so). */
	if ((desc[1].len | request.sector * BLK_SECTOR) % device.block)
		return *(uint8_t *)at_pa(desc[2].addr) = 1;
	assert_int_equal(desc[1].flags, VIRTIO_NEXT |
			 (request.type == REQUEST_READ ? VIRTIO_WRITE : 0));
	assert_int_equal(desc[2].flags, VIRTIO_WRITE);
	if (request.type == REQUEST_READ)
		memcpy(buf, data, desc[1].len);
	else
		memcpy(data, buf, desc[1].len);
	return *(uint8_t *)at_pa(desc[2].addr) = ill;
}

static void notify(void)
{
	const struct virtio_ring *ring = at_pa(device.queue[0]);
	struct virtio_used *used = at_pa(device.queue[2]);

	assert_int_equal(device.status & VIRTIO_DRIVER_OK, VIRTIO_DRIVER_OK);
	assert_true(device.ready);
	if (deaf)
		return;
	assert_int_equal((uint16_t)(device.served + 1), ring->avail_idx);
	serve(&ring->desc[ring->avail[device.served++ % VIRTIO_ENTRIES]]);
	used->idx = device.served;
}

static uint32_t read32(void *ctx, trans_pa_t pa)
{
	(void)ctx;
	switch (pa - AT) {
	case 0:
		return MAGIC;
	case VIRTIO_VERSION:
		return device.version;
	case VIRTIO_DEVICE_ID:
		return device.device_id;
	case VIRTIO_STATUS:
		return device.status;
	case VIRTIO_DEVICE_FEATURES:
		return device.features[device.features_sel];
	case VIRTIO_QUEUE_NUM_MAX:
		return 1024;
	case VIRTIO_CONFIG:
		return (uint32_t)device.capacity;
	case VIRTIO_CONFIG + CONFIG_BLK_SIZE:
		assert_true(device.taken & FEATURE_BLK_SIZE);
		return device.block;
	default:
		return 0;
	}
}

static void put_status(uint32_t value)
{
	if (gone)
		return;
	if (!value) {
		device.status = device.served = device.ready = 0;
		memset(device.queue, 0, sizeof(device.queue));
		device.resets++;
		return;
	}
	device.status = value & ~(stubborn ? VIRTIO_FEATURES_OK : 0u);
}

static void put_queue(uint32_t offset, uint32_t value)
{
	uint64_t *queue = &device.queue[(offset - VIRTIO_QUEUE_DESC) / 16];

	assert_int_equal(device.version, 2);
	*queue = offset & 4 ? (*queue & UINT32_MAX) | (uint64_t)value << 32 :
			      (*queue & ~(uint64_t)UINT32_MAX) | value;
}

static void write32(void *ctx, trans_pa_t pa, uint32_t value)
{
	uint32_t offset = (uint32_t)(pa - AT);

	(void)ctx;
	if (offset == VIRTIO_STATUS)
		put_status(value);
	else if (offset == VIRTIO_DEVICE_FEATURES_SEL)
		device.features_sel = value;
	else if (offset == VIRTIO_DRIVER_FEATURES && !device.driver_sel)
		device.taken = value;
	else if (offset == VIRTIO_DRIVER_FEATURES_SEL)
		device.driver_sel = value;
	else if (offset == VIRTIO_QUEUE_READY)
		device.ready = value;
	else if (offset >= VIRTIO_QUEUE_DESC && offset < VIRTIO_CONFIG)
		put_queue(offset, value);
	else if (offset == VIRTIO_QUEUE_PFN) {
		device.queue[0] = (uint64_t)value << PAGE_SHIFT;
		device.queue[2] = device.queue[0] + PAGE_LEN;
		device.ready = true;
	} else if (offset == VIRTIO_QUEUE_NOTIFY)
		notify();
}

int virtio_reset(trans_pa_t at, struct trans_error *error)
{
	struct trans_mmio mmio = { .read32 = read32, .write32 = write32 };

	return trans_virtio_mmio_reset(&mmio, at, error);
}

uint32_t virtio_get(trans_pa_t at, uint32_t offset)
{
	return read32(NULL, at + offset);
}

void virtio_put(trans_pa_t at, uint32_t offset, uint32_t value)
{
	write32(NULL, at + offset, value);
}

int virtio_each(virtio_fn fn, struct trans_error *err)
{
	return fn(AT, err);
}

/* ---- the tests ---- */

static struct blk blk;
static struct trans_error err;
static uint8_t buf[SECTORS * BLK_SECTOR];

static int begin(void **state)
{
	linear_offset = ((uint64_t)&shared & ~0xfffffULL) - (64u << 20);
	memset(&device, 0, sizeof(device));
	device.version = *(const uint32_t *)*state;
	device.device_id = BLOCK_DEVICE;
	device.features[0] = FEATURE_FLUSH;
	device.block = BLK_SECTOR;
	device.capacity = SECTORS;
	deaf = ill = stubborn = gone = false;
	for (size_t i = 0; i < sizeof(disk); i++)
		disk[i] = (uint8_t)(i * 31 + i / 512);
	assert_int_equal(blk_open(&blk, 0, &err), 0);
	return 0;
}

static void reads_and_writes(void **state)
{
	(void)state;
	assert_int_equal(blk.sectors, SECTORS);
	assert_int_equal(blk_read(&blk, 3, 5, buf, &err), 0);
	assert_memory_equal(buf, &disk[3 * BLK_SECTOR], 5 * BLK_SECTOR);
	/* in three requests */
	assert_int_equal(blk_read(&blk, 0, SECTORS, buf, &err), 0);
	assert_memory_equal(buf, disk, sizeof(disk));
	for (int i = 0; i < 100; i++) { /* round the queue, many times */
		memset(buf, i, 2 * BLK_SECTOR);
		assert_int_equal(blk_write(&blk, 7, 2, buf, &err), 0);
		assert_memory_equal(&disk[7 * BLK_SECTOR], buf, 1024);
	}
	assert_int_equal(blk_flush(&blk, &err), 0);
	assert_int_equal(device.flushes, 1);
}

static void no_cache_no_flush(void **state)
{
	(void)state;
	device.features[0] = 0;
	assert_int_equal(blk_open(&blk, 0, &err), 0);
	assert_int_equal(blk_flush(&blk, &err), 0);
	assert_int_equal(device.flushes, 0);
}

static void works_after_a_reset(void **state)
{
	(void)state;
	assert_int_equal(blk_read(&blk, 1, 1, buf, &err), 0);
	put_status(0);
	assert_int_equal(blk_read(&blk, 2, 1, buf, &err), 0);
	assert_memory_equal(buf, &disk[2 * BLK_SECTOR], BLK_SECTOR);
}

/* Reset, so that it does not write to the buffer later; and heard again. */
static void no_answer(void **state)
{
	unsigned int resets = device.resets;

	(void)state;
	deaf = true;
	assert_int_equal(blk_read(&blk, 5, 1, buf, &err), TRANS_ETIME);
	assert_int_equal(err.pa, 5);
	assert_true(device.resets > resets);
	assert_int_equal(device.status, 0);
	deaf = false;
	assert_int_equal(blk_read(&blk, 5, 1, buf, &err), 0);
}

/* What it reads is there when it was waited for, and not before. */
static void reads_in_two_halves(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		memset(buf, 0xee, 8 * BLK_SECTOR);
		deaf = true;
		assert_int_equal(blk_read_start(&blk, 9, 8, buf, &err), 0);
		assert_int_equal(buf[0] & buf[8 * BLK_SECTOR - 1], 0xee);
		deaf = false;
		notify();
		assert_int_equal(blk_read_wait(&blk, &err), 0);
		assert_memory_equal(buf, &disk[9 * BLK_SECTOR],
				    8 * BLK_SECTOR);
		assert_int_equal(blk_read(&blk, 2, 1, buf, &err), 0);
	}
	ill = true;
	assert_int_equal(blk_read_start(&blk, 9, 8, buf, &err), 0);
	assert_int_equal(blk_read_wait(&blk, &err), TRANS_EHOST);
	assert_int_equal(err.pa, 9);
}

/* The second half gives it up; and says if it could not. */
static void no_end(void **state)
{
	unsigned int resets = device.resets;

	(void)state;
	deaf = true;
	assert_int_equal(blk_read_start(&blk, 5, 1, buf, &err), 0);
	assert_int_equal(device.resets, resets);
	assert_int_equal(blk_read_wait(&blk, &err), TRANS_ETIME);
	assert_int_equal(err.pa, 5);
	assert_true(device.resets > resets);
	assert_int_equal(blk_read_start(&blk, 5, 1, buf, &err), 0);
	gone = true;
	assert_int_equal(blk_read_wait(&blk, &err), TRANS_ELOST);
	assert_string_equal(err.why, "disk neither answers nor resets");
	assert_int_equal(err.pa, 5);
}

static void not_begun(void **state)
{
	(void)state;
	assert_int_equal(blk_read_start(&blk, SECTORS, 1, buf, &err),
			 TRANS_ERANGE);
	assert_int_equal(blk_read_start(&blk, 0, MAX_SECTORS + 1, buf, &err),
			 TRANS_ERANGE);
	blk.block_shift = 10;
	assert_int_equal(blk_read_start(&blk, 0, 1, buf, &err), TRANS_EALIGN);
	assert_int_equal(device.served, 0);
}

static void errors(void **state)
{
	(void)state;
	assert_int_equal(blk_read(&blk, SECTORS, 1, buf, &err), TRANS_ERANGE);
	assert_int_equal(blk_read(&blk, UINT64_MAX, 2, buf, &err),
			 TRANS_ERANGE);
	assert_int_equal(blk_write(&blk, SECTORS - 1, 2, buf, &err),
			 TRANS_ERANGE);
	ill = true;
	assert_int_equal(blk_read(&blk, 0, 1, buf, &err), TRANS_EHOST);
	assert_int_equal(blk_flush(&blk, &err), TRANS_EHOST);
}

/* Every logical block from 512 to 4096 bytes; requests still count in 512. */
static void block_sizes(void **state)
{
	(void)state;
	for (unsigned int shift = 9; shift <= 12; shift++) {
		uint64_t n = 1ULL << (shift - 9), odd = n > 1;

		device.features[0] = FEATURE_BLK_SIZE;
		device.block = 1u << shift;
		device.capacity = SECTORS - odd; /* a rest of less than one */
		assert_int_equal(blk_open(&blk, 0, &err), 0);
		assert_int_equal(blk.block_shift, shift);
		assert_int_equal(blk.sectors, SECTORS - odd * n);
		assert_int_equal(blk_read(&blk, 3 * n, n, buf, &err), 0);
		assert_memory_equal(buf, &disk[3 * n * BLK_SECTOR],
				    n * BLK_SECTOR);
		assert_int_equal(blk_read(&blk, 0, blk.sectors, buf, &err), 0);
		assert_memory_equal(buf, disk, blk.sectors * BLK_SECTOR);
		memset(buf, (int)shift, n * BLK_SECTOR);
		assert_int_equal(blk_write(&blk, n, n, buf, &err), 0);
		assert_memory_equal(&disk[n * BLK_SECTOR], buf,
				    n * BLK_SECTOR);
		if (!odd)
			continue;
		/* By name, not as an error of the disk. */
		assert_int_equal(blk_read(&blk, 1, n, buf, &err),
				 TRANS_EALIGN);
		assert_int_equal(blk_write(&blk, n, 1, buf, &err),
				 TRANS_EALIGN);
		assert_int_equal(err.len, 1u << shift);
	}
}

static void block_sizes_that_are_none(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 256, 520, 3072, 8192,
					  0x80000000 };

	(void)state;
	device.features[0] = FEATURE_BLK_SIZE;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		device.block = sizes[i];
		assert_int_equal(blk_open(&blk, 0, &err), TRANS_EHOST);
		assert_string_equal(err.why, "disk: its logical block is not "
				    "512 to 4096 bytes");
		assert_int_equal(err.len, sizes[i]);
	}
	/* A device that does not say has 512. */
	device.features[0] = 0;
	assert_int_equal(blk_open(&blk, 0, &err), 0);
	assert_int_equal(blk.block_shift, 9);
}

static void cannot_open(void **state)
{
	(void)state;
	assert_int_equal(blk_open(&blk, 1, &err), TRANS_ENOENT);
	device.device_id = 4;
	assert_int_equal(blk_open(&blk, 0, &err), TRANS_ENOENT);
	device.device_id = BLOCK_DEVICE;
	stubborn = true;
	assert_int_equal(blk_open(&blk, 0, &err), device.version == 2 ?
			 TRANS_EHOST : TRANS_OK);
	gone = true;
	device.status = 1;
	assert_int_equal(blk_open(&blk, 0, &err), TRANS_ETIME);
}

#define BOTH(f)                                                         \
	{ #f " legacy", f, begin, NULL, &(uint32_t){ 1 } },             \
	{ #f " modern", f, begin, NULL, &(uint32_t){ 2 } }

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(reads_and_writes),
		BOTH(no_cache_no_flush),
		BOTH(works_after_a_reset),
		BOTH(no_answer),
		BOTH(reads_in_two_halves),
		BOTH(no_end),
		BOTH(not_begun),
		BOTH(errors),
		BOTH(block_sizes),
		BOTH(block_sizes_that_are_none),
		BOTH(cannot_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
