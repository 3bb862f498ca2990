/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <trans_table/ranges.h>

#include "memory.h"
#include "pci.h"
#include "print.h"
#include "regs.h"
#include "virtio_pci.h"

/* 4.1.2: 0x1000 and up are of the time before the standard, but may speak its
 * language, too; from 0x1040 on the device's type is added. */
#define VENDOR_VIRTIO 0x1af4u
#define FIRST_DEVICE 0x1000u
#define FIRST_MODERN 0x1040u
#define LAST_DEVICE 0x107fu
#define SUBSYSTEM 0x2c /* of those before: device type in its upper half */

/* PCI Local Bus 3.0, 6.7 */
#define STATUS_WORD 0x04 /* of COMMAND and STATUS */
#define HAS_CAPABILITIES (1u << 20)
#define FIRST_CAPABILITY 0x34
#define VENDOR_SPECIFIC 9
#define MAX_CAPABILITIES 48 /* no more fit: an end for a circle */

/* 4.1.4: struct virtio_pci_cap, and what is behind one for notifications */
#define CAP_NEXT 1
#define CAP_TYPE 3
#define CAP_BAR 4
#define CAP_OFFSET 8
#define CAP_LENGTH 12
#define CAP_MULTIPLIER 16

enum part {
	COMMON = 1,
	NOTIFY = 2,
	DEVICE = 4,
	PARTS = 5,
};

/* 4.1.4.3: struct virtio_pci_common_cfg */
enum common {
	DEVICE_FEATURE_SELECT = 0x00,
	DEVICE_FEATURE = 0x04,
	DRIVER_FEATURE_SELECT = 0x08,
	DRIVER_FEATURE = 0x0c,
	DEVICE_STATUS = 0x14,
	QUEUE_SELECT = 0x16,
	QUEUE_SIZE = 0x18,
	QUEUE_ENABLE = 0x1c,
	QUEUE_NOTIFY_OFF = 0x1e,
	QUEUE_ADDRESSES = 0x20, /* as VIRTIO_QUEUE_DESC on, without gaps */
	COMMON_LEN = 0x38,
};

#define MMIO_MAGIC 0x74726976u
#define MODERN 2

#define MAX_FUNCTIONS 8

/* What has been begun, usable or not. @at: of each part; len 0: none. */
static struct device {
	trans_pa_t function;
	uint32_t type, multiplier;
	struct trans_range at[PARTS];
} devices[MAX_FUNCTIONS];
static size_t count;

static struct device *known(trans_pa_t function)
{
	for (size_t i = 0; i < count; i++)
		if (devices[i].function == function)
			return &devices[i];
	return NULL;
}

/* ---- finding the parts ---- */

static uint32_t type_of(trans_pa_t function)
{
	uint32_t id = mmio_get32(function);

	if ((id & 0xffff) != VENDOR_VIRTIO || id >> 16 < FIRST_DEVICE ||
	    id >> 16 > LAST_DEVICE)
		return 0;
	if (id >> 16 < FIRST_MODERN)
		return mmio_get32(function + SUBSYSTEM) >> 16;
	return (id >> 16) - FIRST_MODERN;
}

static void take_part(struct device *device, unsigned int cap)
{
	unsigned int type = mmio_get8(device->function + cap + CAP_TYPE);
	struct trans_range bar;
	uint32_t offset, len;

	if (type >= PARTS || device->at[type].len)
		return; /* the first is preferred (4.1.4.1) */
	bar = pci_bar(device->function,
		      mmio_get8(device->function + cap + CAP_BAR));
	offset = mmio_get32(device->function + cap + CAP_OFFSET);
	len = mmio_get32(device->function + cap + CAP_LENGTH);
	if (offset > bar.len || len > bar.len - offset)
		return;
	device->at[type] = (struct trans_range){ bar.start + offset, len };
	if (type == NOTIFY)
		device->multiplier = mmio_get32(device->function + cap +
						CAP_MULTIPLIER);
}

static void find_parts(struct device *device)
{
	trans_pa_t function = device->function;
	unsigned int cap, left = MAX_CAPABILITIES;

	if (!(mmio_get32(function + STATUS_WORD) & HAS_CAPABILITIES))
		return;
	cap = mmio_get8(function + FIRST_CAPABILITY) & ~3u;
	for (; cap >= 0x40 && left; left--) {
		if (mmio_get8(function + cap) == VENDOR_SPECIFIC)
			take_part(device, cap);
		cap = mmio_get8(function + cap + CAP_NEXT) & ~3u;
	}
}

static bool is_whole(const struct device *device)
{
	return device->at[COMMON].len >= COMMON_LEN && device->at[NOTIFY].len;
}

/* ---- registers ---- */

static trans_pa_t common(const struct device *device, unsigned int offset)
{
	return device->at[COMMON].start + offset;
}

static uint32_t device_config(const struct device *device, uint32_t offset)
{
	const struct trans_range *config = &device->at[DEVICE];

	if (offset > config->len || config->len - offset < 4)
		return 0;
	return mmio_get32(config->start + offset);
}

static uint32_t get(const struct device *device, uint32_t reg)
{
	switch (reg) {
	case 0:
		return MMIO_MAGIC;
	case VIRTIO_VERSION:
		return MODERN;
	case VIRTIO_DEVICE_ID:
		return device->type;
	case VIRTIO_DEVICE_FEATURES:
		return mmio_get32(common(device, DEVICE_FEATURE));
	case VIRTIO_QUEUE_NUM_MAX:
		return mmio_get16(common(device, QUEUE_SIZE));
	case VIRTIO_STATUS:
		return mmio_get8(common(device, DEVICE_STATUS));
	default:
		return reg < VIRTIO_CONFIG ? 0 :
			device_config(device, reg - VIRTIO_CONFIG);
	}
}

static void put32(const struct device *device, unsigned int offset,
		  uint32_t value)
{
	mmio_put32(common(device, offset), value);
}

static void put16(const struct device *device, unsigned int offset,
		  uint32_t value)
{
	mmio_put16(common(device, offset), (uint16_t)value);
}

/* Of the queue that is selected: the driver has one. */
static void notify(const struct device *device, uint32_t queue)
{
	const struct trans_range *at = &device->at[NOTIFY];
	uint64_t offset = (uint64_t)device->multiplier *
			  mmio_get16(common(device, QUEUE_NOTIFY_OFF));

	if (offset < at->len && at->len - offset >= 2)
		mmio_put16(at->start + offset, (uint16_t)queue);
}

static void put_queue(const struct device *device, uint32_t reg, uint32_t value)
{
	uint32_t address = reg - VIRTIO_QUEUE_DESC;

	if (address <= VIRTIO_QUEUE_DEVICE + 4 - VIRTIO_QUEUE_DESC &&
	    address % 16 < 8)
		put32(device, QUEUE_ADDRESSES + address / 16 * 8 + (reg & 4),
		      value);
}

static void put(const struct device *device, uint32_t reg, uint32_t value)
{
	switch (reg) {
	case VIRTIO_DEVICE_FEATURES_SEL:
		put32(device, DEVICE_FEATURE_SELECT, value);
		break;
	case VIRTIO_DRIVER_FEATURES_SEL:
		put32(device, DRIVER_FEATURE_SELECT, value);
		break;
	case VIRTIO_DRIVER_FEATURES:
		put32(device, DRIVER_FEATURE, value);
		break;
	case VIRTIO_QUEUE_SEL:
		put16(device, QUEUE_SELECT, value);
		break;
	case VIRTIO_QUEUE_NUM:
		put16(device, QUEUE_SIZE, value);
		break;
	case VIRTIO_QUEUE_READY:
		put16(device, QUEUE_ENABLE, value);
		break;
	case VIRTIO_QUEUE_NOTIFY:
		notify(device, value);
		break;
	case VIRTIO_STATUS:
		mmio_put8(common(device, DEVICE_STATUS), (uint8_t)value);
		break;
	default:
		put_queue(device, reg, value);
	}
}

/* A register's address is its function's plus its offset, both of which fit a
 * page. */
#define REGISTERS (PAGE_LEN - 1)

static uint32_t read32(void *ctx, trans_pa_t pa)
{
	const struct device *device = known(pa & ~REGISTERS);

	(void)ctx;
	return device ? get(device, (uint32_t)(pa & REGISTERS)) : 0;
}

static void write32(void *ctx, trans_pa_t pa, uint32_t value)
{
	const struct device *device = known(pa & ~REGISTERS);

	(void)ctx;
	if (device)
		put(device, (uint32_t)(pa & REGISTERS), value);
}

struct trans_mmio virtio_pci_mmio(void)
{
	return (struct trans_mmio){ .read32 = read32, .write32 = write32 };
}

/* ---- functions ---- */

static int begin(trans_pa_t function, struct trans_error *err)
{
	struct device *device = &devices[count];
	const char *why = "no modern registers";

	if (!type_of(function) || known(function))
		return 0;
	if (count == MAX_FUNCTIONS) {
		print("port: too many virtio devices on PCI\n");
		return 0;
	}
	*device = (struct device){ .function = function,
				   .type = type_of(function) };
	count++;
	if (!pci_begin(function, err)) {
		find_parts(device);
	} else {
		why = err->why;
		pci_end(function);
	}
	if (!is_whole(device))
		print("port: virtio on PCI at 0x%lx: %s\n", function, why);
	return 0;
}

int virtio_pci_each(virtio_fn fn, struct trans_error *err)
{
	int ret = pci_each(begin, err);

	for (size_t i = 0; !ret && i < count; i++)
		if (is_whole(&devices[i]))
			ret = fn(devices[i].function, err);
	return ret;
}

void virtio_pci_end(void)
{
	for (size_t i = 0; i < count; i++)
		pci_end(devices[i].function);
	count = 0;
	pci_quiet();
}
