/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "dma.h"
#include "guest.h"

#define DEVICES 64
#define QUEUES 4
#define STRIDE 0x200
/* Registers: virtio 1.2, 4.2.2 and (legacy) 4.2.4. */
#define PAGE_SIZE 0x28
#define QUEUE_SEL 0x30
#define QUEUE_NUM 0x38
#define QUEUE_ALIGN 0x3c
#define QUEUE_PFN 0x40
#define QUEUE_NOTIFY 0x50
#define QUEUE_DESC 0x80
#define QUEUE_DRIVER 0x90
#define QUEUE_DEVICE 0xa0
#define DESC_NEXT 1
#define DESC_WRITE 2
#define DESC_INDIRECT 4

struct queue {
	uint64_t desc, driver, device;
	uint32_t num, align;
	uint16_t seen;
};

static struct device {
	uint32_t selected, page;
	struct queue queue[QUEUES];
} devices[DEVICES];
static uint64_t first, length;

bool dma_on(const char *text)
{
	return sscanf(text, "%lx+%lx", &first, &length) == 2 &&
	       length <= DEVICES * STRIDE;
}

static void moves(struct cpu *cpu, uint64_t pa, uint64_t len, bool write,
		  uint32_t site)
{
	for (uint64_t at = pa & ~(LINE_SIZE - 1ULL); at < pa + len;
	     at += LINE_SIZE) {
		struct line *line = guest_line(at), before;

		if (!line)
			continue;
		before = *line;
		cpu_find(cpu, line_device(&world.lines, line, write), site,
			 &before, at, pa);
	}
}

static uint64_t bytes_at(uint64_t pa, unsigned int len)
{
	const void *at = guest_at(pa, len);
	uint64_t value = 0;

	if (at)
		memcpy(&value, at, len);
	return value;
}

/* @num descriptors: address, length, flags, next. */
struct descs {
	uint64_t pa, num;
	bool inner;
};

/* A chain of them. One may name a table of its own, which has its chain from
 * the first on (virtio 1.2, 2.7.5.3); none in there does. */
static void chain(struct cpu *cpu, const struct descs *descs,
		  unsigned int head, uint32_t site)
{
	for (uint64_t i = 0; i < descs->num; i++) {
		uint64_t at = descs->pa + 16ULL * (head % descs->num);
		uint64_t pa = bytes_at(at, 8), len = bytes_at(at + 8, 4);
		uint64_t flags = bytes_at(at + 12, 2);

		moves(cpu, at, 16, false, site);
		if (flags & DESC_INDIRECT && !descs->inner)
			chain(cpu, &(struct descs){ pa, len / 16, true }, 0,
			      site);
		else
			moves(cpu, pa, len, flags & DESC_WRITE, site);
		if (!(flags & DESC_NEXT))
			break;
		head = (unsigned int)bytes_at(at + 14, 2);
	}
}

static void notified(struct cpu *cpu, struct queue *q, uint32_t site)
{
	uint16_t index = (uint16_t)bytes_at(q->driver + 2, 2);
	struct descs descs = { q->desc, q->num, false };

	if (!q->num || !q->desc)
		return;
	moves(cpu, q->driver, 4 + 2ULL * q->num, false, site);
	for (; q->seen != index; q->seen++)
		chain(cpu, &descs, (unsigned int)bytes_at(
			      q->driver + 4 + 2ULL * (q->seen % q->num), 2),
		      site);
	moves(cpu, q->device, 4 + 8ULL * q->num, true, site);
}

/* Legacy: one place for all three. */
static void placed(const struct device *device, struct queue *q, uint64_t pfn)
{
	uint64_t align = q->align ? q->align : 4096;

	q->seen = 0;
	q->desc = pfn * device->page;
	q->driver = q->desc + 16ULL * q->num;
	q->device = (q->driver + 6 + 2ULL * q->num + align - 1) & ~(align - 1);
}

static void half(uint64_t *address, bool high, uint64_t value)
{
	unsigned int shift = high ? 32 : 0;

	*address = (*address & ~(0xffffffffULL << shift)) | value << shift;
}

void dma_io(struct cpu *cpu, uint64_t pa, uint64_t value, uint32_t site)
{
	uint32_t offset = (uint32_t)(pa - first) % STRIDE;
	struct device *device;
	struct queue *q;

	if (pa - first >= length)
		return;
	device = &devices[(pa - first) / STRIDE];
	q = &device->queue[device->selected % QUEUES];
	if (offset == PAGE_SIZE)
		device->page = (uint32_t)value;
	else if (offset == QUEUE_SEL)
		device->selected = (uint32_t)value;
	else if (offset == QUEUE_NUM)
		q->num = (uint32_t)value;
	else if (offset == QUEUE_ALIGN)
		q->align = (uint32_t)value;
	else if (offset == QUEUE_PFN)
		placed(device, q, value);
	else if (offset == QUEUE_NOTIFY)
		notified(cpu, &device->queue[value % QUEUES], site);
	else if ((offset & ~4U) == QUEUE_DESC)
		half(&q->desc, offset & 4, value);
	else if ((offset & ~4U) == QUEUE_DRIVER)
		half(&q->driver, offset & 4, value);
	else if ((offset & ~4U) == QUEUE_DEVICE)
		half(&q->device, offset & 4, value);
}
