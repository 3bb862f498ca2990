/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <trans_table/quiesce.h>

#include "blk.h"
#include "memory.h"
#include "mmio.h"
#include "sysreg.h"
#include "virtio_mmio.h"

/* virtio 1.2, 5.2 */
#define BLOCK_DEVICE 2
#define FEATURE_BLK_SIZE (1u << 6)
#define FEATURE_FLUSH (1u << 9)
#define FEATURE_VERSION_1 1u /* bit 32: in the second word */
#define CONFIG_CAPACITY 0 /* u64, in BLK_SECTOR */
#define CONFIG_BLK_SIZE 20 /* u32, with FEATURE_BLK_SIZE */
#define REQUEST_READ 0
#define REQUEST_WRITE 1
#define REQUEST_FLUSH 4
#define DONE_OK 0

#define TIMEOUT_SECONDS 10
#define MAX_SECTORS 8192u /* of one request: 4 MiB */

/* Memory that the device reads and writes: a queue, and the ends of the one
 * request. This machine's devices are coherent with its caches. */
static struct {
	_Alignas(PAGE_LEN) struct virtio_ring ring;
	_Alignas(PAGE_LEN) volatile struct virtio_used used;
	struct {
		uint32_t type, reserved;
		uint64_t sector;
	} request;
	volatile uint8_t done;
	trans_pa_t device; /* the last that was given the queue */
} shared;

static int refuse(struct trans_error *err, int status, const char *why,
		uint64_t pa)
{
	*err = (struct trans_error){ .status = status, .why = why, .pa = pa,
				     .level = TRANS_NO_LEVEL };
	return status;
}

static uint8_t status_of(const struct blk *blk)
{
	return (uint8_t)virtio_get(blk->device, VIRTIO_STATUS);
}

static uint8_t running(const struct blk *blk)
{
	return VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_DRIVER_OK |
	       (blk->modern ? VIRTIO_FEATURES_OK : 0);
}

/* Take the write cache and the block size if there is such, nothing else. */
static int agree(struct blk *blk, struct trans_error *err)
{
	trans_pa_t device = blk->device;
	uint32_t taken;

	virtio_put(device, VIRTIO_DEVICE_FEATURES_SEL, 0);
	taken = virtio_get(device, VIRTIO_DEVICE_FEATURES) &
		(FEATURE_FLUSH | FEATURE_BLK_SIZE);
	blk->flush = taken & FEATURE_FLUSH;
	blk->block_shift = taken & FEATURE_BLK_SIZE ? 0 : 9;
	virtio_put(device, VIRTIO_DRIVER_FEATURES_SEL, 0);
	virtio_put(device, VIRTIO_DRIVER_FEATURES, taken);
	if (!blk->modern)
		return 0;
	virtio_put(device, VIRTIO_DRIVER_FEATURES_SEL, 1);
	virtio_put(device, VIRTIO_DRIVER_FEATURES, FEATURE_VERSION_1);
	virtio_put(device, VIRTIO_STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER |
		   VIRTIO_FEATURES_OK);
	if (status_of(blk) & VIRTIO_FEATURES_OK)
		return 0;
	return refuse(err, TRANS_EHOST, "disk: features refused", device);
}

static void put_address(trans_pa_t device, uint32_t offset, trans_pa_t pa)
{
	virtio_put(device, offset, (uint32_t)pa);
	virtio_put(device, offset + 4, (uint32_t)(pa >> 32));
}

static void give_queue(const struct blk *blk)
{
	trans_pa_t device = blk->device, ring = pa_of(&shared.ring);

	virtio_put(device, VIRTIO_QUEUE_SEL, 0);
	virtio_put(device, VIRTIO_QUEUE_NUM, VIRTIO_ENTRIES);
	if (!blk->modern) {
		virtio_put(device, VIRTIO_GUEST_PAGE_SIZE, PAGE_LEN);
		virtio_put(device, VIRTIO_QUEUE_ALIGN, PAGE_LEN);
		virtio_put(device, VIRTIO_QUEUE_PFN,
			   (uint32_t)(ring >> PAGE_SHIFT));
		return;
	}
	put_address(device, VIRTIO_QUEUE_DESC, ring);
	put_address(device, VIRTIO_QUEUE_DRIVER,
		    pa_of(&shared.ring.avail_flags));
	put_address(device, VIRTIO_QUEUE_DEVICE,
		    pa_of((void *)(uintptr_t)&shared.used));
	virtio_put(device, VIRTIO_QUEUE_READY, 1);
}

static uint32_t config(const struct blk *blk, uint32_t offset)
{
	return virtio_get(blk->device, VIRTIO_CONFIG + offset);
}

/* How much there is, in which unit. A rest that is no whole block cannot be
 * asked for. */
static int read_size(struct blk *blk, struct trans_error *err)
{
	uint64_t sectors = config(blk, CONFIG_CAPACITY) |
			   (uint64_t)config(blk, CONFIG_CAPACITY + 4) << 32;
	uint32_t block = blk->block_shift ? BLK_SECTOR :
					    config(blk, CONFIG_BLK_SIZE);

	if (block < 512 || block > 4096 || (block & (block - 1))) {
		refuse(err, TRANS_EHOST, "disk: its logical block is not 512 "
		       "to 4096 bytes", blk->device);
		err->len = block;
		return TRANS_EHOST;
	}
	for (blk->block_shift = 9; block >> blk->block_shift != 1;)
		blk->block_shift++;
	blk->sectors = sectors & ~(uint64_t)(block / BLK_SECTOR - 1);
	return 0;
}

/* From any state. Both indices begin at 0, on either side. */
static int set_up(struct blk *blk, struct trans_error *err)
{
	int ret = virtio_reset(blk->device, err);

	if (ret)
		return ret;
	shared.device = blk->device;
	memset(&shared.ring, 0, sizeof(shared.ring));
	shared.used.idx = 0;
	blk->taken = 0;
	blk->modern = virtio_get(blk->device, VIRTIO_VERSION) != 1;
	virtio_put(blk->device, VIRTIO_STATUS, VIRTIO_ACKNOWLEDGE);
	virtio_put(blk->device, VIRTIO_STATUS,
		   VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER);
	ret = agree(blk, err);
	if (ret)
		return ret;
	give_queue(blk);
	virtio_put(blk->device, VIRTIO_STATUS, running(blk));
	return read_size(blk, err);
}

/* Which disk virtio_each looks for, and counts down. */
static unsigned int wanted;
static trans_pa_t found;

static int find_disk(trans_pa_t device, struct trans_error *err)
{
	(void)err;
	if (virtio_get(device, VIRTIO_DEVICE_ID) != BLOCK_DEVICE || wanted--)
		return 0;
	found = device;
	return 1;
}

int blk_open(struct blk *blk, unsigned int index, struct trans_error *err)
{
	wanted = index;
	if (virtio_each(find_disk, err) != 1)
		return refuse(err, TRANS_ENOENT, "no such disk", index);
	*blk = (struct blk){ .device = found };
	return set_up(blk, err);
}

/* Which entries of the queue follow each other: request, data if any, done. */
static void describe(trans_pa_t data, uint32_t len, uint16_t flags)
{
	struct virtio_desc *desc = shared.ring.desc;
	uint16_t last = len ? 2 : 1;

	desc[0] = (struct virtio_desc){ pa_of(&shared.request),
					sizeof(shared.request), VIRTIO_NEXT,
					1 };
	if (len)
		desc[1] = (struct virtio_desc){
			data, len, (uint16_t)(flags | VIRTIO_NEXT), 2 };
	desc[last] = (struct virtio_desc){
		pa_of((void *)(uintptr_t)&shared.done), 1, VIRTIO_WRITE, 0 };
}

static void submit(struct blk *blk)
{
	shared.ring.avail[blk->taken++ % VIRTIO_ENTRIES] = 0;
	dsb(sy);
	*(volatile uint16_t *)&shared.ring.avail_idx = blk->taken;
	dsb(sy);
	virtio_put(blk->device, VIRTIO_QUEUE_NOTIFY, 0);
}

static bool wait(const struct blk *blk)
{
	uint64_t start = sysreg_read(cntvct_el0);
	uint64_t limit = TIMEOUT_SECONDS * sysreg_read(cntfrq_el0);

	while (shared.used.idx != blk->taken)
		if ((int64_t)(sysreg_read(cntvct_el0) - start) >
		    (int64_t)limit)
			return false;
	dsb(sy);
	return true;
}

/* Have the device begin; @data is its own until finish_request. */
static int begin_request(struct blk *blk, uint32_t type, uint64_t sector,
			 uint64_t sectors, struct trans_range data,
			 struct trans_error *err)
{
	int ret = 0;

	if (sector > blk->sectors || sectors > blk->sectors - sector)
		return refuse(err, TRANS_ERANGE, "beyond the disk's end", sector);
	if (status_of(blk) != running(blk) || shared.device != blk->device)
		ret = set_up(blk, err);
	if (ret)
		return ret;
	shared.request.type = type;
	shared.request.sector = sector;
	shared.done = 0xff;
	describe(data.start, (uint32_t)data.len,
		 type == REQUEST_READ ? VIRTIO_WRITE : 0);
	submit(blk);
	return 0;
}

/* The device is out of its reset when it says so, and writes no more then. */
static int finish_request(const struct blk *blk, struct trans_error *err)
{
	uint64_t sector = shared.request.sector;

	if (!wait(blk)) {
		if (virtio_reset(blk->device, err))
			return refuse(err, TRANS_ELOST, "disk neither answers "
				      "nor resets", sector);
		return refuse(err, TRANS_ETIME, "disk does not answer", sector);
	}
	if (shared.done != DONE_OK)
		return refuse(err, TRANS_EHOST, "disk error", sector);
	return 0;
}

static int request(struct blk *blk, uint32_t type, uint64_t sector,
		   uint64_t sectors, struct trans_range data,
		   struct trans_error *err)
{
	int ret = begin_request(blk, type, sector, sectors, data, err);

	return ret ? ret : finish_request(blk, err);
}

/* The disk would say no more than "error". */
static int check_blocks(const struct blk *blk, uint64_t sectors,
			struct trans_error *err)
{
	uint64_t block = 1ULL << blk->block_shift;

	if (!(sectors & (block / BLK_SECTOR - 1)))
		return 0;
	refuse(err, TRANS_EALIGN, "not whole blocks of the disk", blk->device);
	err->len = block;
	return TRANS_EALIGN;
}

static int transfer(struct blk *blk, uint32_t type, uint64_t sector,
		    uint64_t sectors, trans_pa_t pa, struct trans_error *err)
{
	int ret = check_blocks(blk, sector | sectors, err);

	while (!ret && sectors) {
		uint64_t part = sectors < MAX_SECTORS ? sectors : MAX_SECTORS;

		ret = request(blk, type, sector, part,
			      (struct trans_range){ pa, part * BLK_SECTOR },
			      err);
		sector += part;
		sectors -= part;
		pa += part * BLK_SECTOR;
	}
	return ret;
}

int blk_read(struct blk *blk, uint64_t sector, uint64_t sectors, void *buf,
	     struct trans_error *err)
{
	return transfer(blk, REQUEST_READ, sector, sectors, pa_of(buf), err);
}

int blk_read_start(struct blk *blk, uint64_t sector, uint64_t sectors,
		   void *buf, struct trans_error *err)
{
	int ret = check_blocks(blk, sector | sectors, err);

	if (!ret && sectors > MAX_SECTORS)
		ret = refuse(err, TRANS_ERANGE, "too much to begin at once",
			     sector);
	return ret ? ret : begin_request(blk, REQUEST_READ, sector, sectors,
					 (struct trans_range){
						 pa_of(buf),
						 sectors * BLK_SECTOR },
					 err);
}

int blk_read_wait(struct blk *blk, struct trans_error *err)
{
	return finish_request(blk, err);
}

int blk_write(struct blk *blk, uint64_t sector, uint64_t sectors,
	      const void *buf, struct trans_error *err)
{
	return transfer(blk, REQUEST_WRITE, sector, sectors, pa_of(buf), err);
}

int blk_flush(struct blk *blk, struct trans_error *err)
{
	if (!blk->flush)
		return 0;
	return request(blk, REQUEST_FLUSH, 0, 0, (struct trans_range){ 0, 0 },
		       err);
}
