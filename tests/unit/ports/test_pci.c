/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The port's PCI, and virtio over it, against configuration space and registers
 * made of a few lines: each access must have its natural width, and what lies
 * about itself is left alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Instead of sysreg.h. */
#define PORT_SYSREG_H
#define dsb(scope) __asm__ volatile("" : : : "memory")

/* Instead of regs.h. */
#define PORT_REGS_H
static uint8_t mmio_get8(uint64_t pa);
static uint16_t mmio_get16(uint64_t pa);
static uint32_t mmio_get32(uint64_t pa);
static void mmio_put8(uint64_t pa, uint8_t value);
static void mmio_put16(uint64_t pa, uint16_t value);
static void mmio_put32(uint64_t pa, uint32_t value);

#include <trans_table/quiesce.h>

#include "lib/machine/arch/fake/fake.h"
#include "ports/qemu-virt/pci.c"
#include "ports/qemu-virt/virtio_pci.c"

#define CONFIG_PA 0x4010000000ULL
#define WINDOW_PA 0x50000000ULL
#define BUS 0x10000000u

#define SLOT(device, fn) \
	(CONFIG_PA + (device) * 0x8000ULL + (fn) * 0x1000ULL)

/* Two devices; of the first, two functions. Virtio's registers are in what the
 * window shows of its BAR, wherever that is. */
#define SPACES 3
static struct space {
	trans_pa_t at;
	uint8_t byte[256];
	uint32_t mask[BARS]; /* which bits of a BAR can be written */
} space[SPACES];
static uint8_t window[PCI_WINDOW_LEN];
static unsigned int width; /* of the last access to the window */
static trans_pa_t touched;
static bool stuck;

static struct space *space_at(trans_pa_t pa)
{
	for (unsigned int i = 0; i < SPACES; i++)
		if (space[i].at == (pa & ~0xfffULL))
			return &space[i];
	return NULL;
}

static bool in_window(trans_pa_t pa, unsigned int len)
{
	if (pa < WINDOW_PA || pa >= WINDOW_PA + PCI_WINDOW_LEN)
		return false;
	assert_true(pa + len <= WINDOW_PA + PCI_WINDOW_LEN);
	width = len;
	touched = pa - WINDOW_PA;
	return true;
}

static uint32_t get_any(trans_pa_t pa, unsigned int len)
{
	const struct space *from = space_at(pa);
	uint32_t value = 0;

	assert_int_equal(pa % len, 0);
	if (in_window(pa, len)) {
		memcpy(&value, &window[pa - WINDOW_PA], len);
		return value;
	}
	assert_true(pa - CONFIG_PA < PCI_CONFIG_LEN);
	if (!from)
		return UINT32_MAX >> (32 - 8 * len);
	assert_true((pa & 0xfff) + len <= 256);
	memcpy(&value, &from->byte[pa & 0xfff], len);
	return value;
}

static void put_any(trans_pa_t pa, uint32_t value, unsigned int len)
{
	struct space *to = space_at(pa);
	unsigned int reg = pa & 0xfff;

	assert_int_equal(pa % len, 0);
	if (in_window(pa, len)) {
		if (!stuck)
			memcpy(&window[pa - WINDOW_PA], &value, len);
		return;
	}
	assert_non_null(to);
	assert_true(reg == COMMAND || (reg >= BAR(0) && reg < BAR(BARS)));
	if (reg != COMMAND)
		value = (value & to->mask[(reg - BAR(0)) / 4]) |
			(to->byte[reg] & (reg % 8 ? 0 : BAR_FLAGS));
	memcpy(&to->byte[reg], &value, len);
}

static uint8_t mmio_get8(trans_pa_t pa)
{
	return (uint8_t)get_any(pa, 1);
}

static uint16_t mmio_get16(trans_pa_t pa)
{
	return (uint16_t)get_any(pa, 2);
}

static uint32_t mmio_get32(trans_pa_t pa)
{
	return get_any(pa, 4);
}

static void mmio_put8(trans_pa_t pa, uint8_t value)
{
	put_any(pa, value, 1);
}

static void mmio_put16(trans_pa_t pa, uint16_t value)
{
	put_any(pa, value, 2);
}

static void mmio_put32(trans_pa_t pa, uint32_t value)
{
	put_any(pa, value, 4);
}

void print(const char *format, ...)
{
	(void)format;
}

static void set32(struct space *to, unsigned int at, uint32_t value)
{
	memcpy(&to->byte[at], &value, 4);
}

/* A capability of virtio, at @at; the next one at @next. */
static void add_part(struct space *to, unsigned int at, unsigned int next,
		     unsigned int type, uint32_t offset, uint32_t len)
{
	to->byte[at] = VENDOR_SPECIFIC;
	to->byte[at + CAP_NEXT] = (uint8_t)next;
	to->byte[at + CAP_TYPE] = (uint8_t)type;
	to->byte[at + CAP_BAR] = 4;
	set32(to, at + CAP_OFFSET, offset);
	set32(to, at + CAP_LENGTH, len);
}

#define VIRTIO (&space[2])

/* As QEMU's virtio-blk-pci: I/O, MSI-X, and 16 KiB of 64 bits. */
static int set_up(void **state)
{
	(void)state;
	memset(space, 0, sizeof(space));
	memset(window, 0, sizeof(window));
	pci = (struct pci){ CONFIG_PA, WINDOW_PA, BUS };
	used = 0;
	count = 0;
	stuck = false;
	fake_arch_reset();
	fake_arch.reg[TRANS_CNTFRQ_EL0] = 1000000;
	fake_arch.tick = 1000;
	space[0].at = SLOT(0, 0);
	set32(&space[0], VENDOR, 0x00081b36);
	space[0].byte[HEADER_TYPE] = HEADER_MANY;
	space[1].at = SLOT(0, 5);
	set32(&space[1], VENDOR, 0x00101b36);
	VIRTIO->at = SLOT(2, 0);
	set32(VIRTIO, VENDOR, 0x10011af4);
	set32(VIRTIO, SUBSYSTEM, 2u << 16 | 0x1af4);
	set32(VIRTIO, BAR(0), BAR_IO);
	VIRTIO->mask[0] = ~0x7fu;
	VIRTIO->mask[1] = ~0xfffu;
	set32(VIRTIO, BAR(4), 0xc);
	VIRTIO->mask[4] = ~0x3fffu;
	VIRTIO->mask[5] = UINT32_MAX;
	set32(VIRTIO, STATUS_WORD, HAS_CAPABILITIES);
	VIRTIO->byte[FIRST_CAPABILITY] = 0x40;
	VIRTIO->byte[0x40] = 0x11; /* MSI-X */
	VIRTIO->byte[0x41] = 0x50;
	add_part(VIRTIO, 0x50, 0x60, COMMON, 0, 0x1000);
	add_part(VIRTIO, 0x60, 0x70, DEVICE, 0x2000, 0x1000);
	add_part(VIRTIO, 0x70, 0, NOTIFY, 0x3000, 0x1000);
	set32(VIRTIO, 0x70 + CAP_MULTIPLIER, 4);
	return 0;
}

/* ---- PCI ---- */

static unsigned int seen;
static trans_pa_t seen_at[8];
static struct trans_error err;

static int see(trans_pa_t function, struct trans_error *error)
{
	assert_ptr_equal(error, &err);
	assert_true(pci_is_function(function));
	seen_at[seen++] = function;
	return 0;
}

static void each_function(void **state)
{
	(void)state;
	seen = 0;
	assert_int_equal(pci_each(see, &err), 0);
	assert_int_equal(seen, 3);
	assert_int_equal(seen_at[0], SLOT(0, 0));
	assert_int_equal(seen_at[1], SLOT(0, 5));
	assert_int_equal(seen_at[2], SLOT(2, 0));
	/* One that has no others is not asked for them. */
	space[0].byte[HEADER_TYPE] = 0;
	seen = 0;
	assert_int_equal(pci_each(see, &err), 0);
	assert_int_equal(seen, 2);
	assert_false(pci_is_function(CONFIG_PA - 1));
	assert_false(pci_is_function(CONFIG_PA + PCI_CONFIG_LEN));
	pci.config = 0;
	seen = 0;
	assert_int_equal(pci_each(see, &err), 0);
	assert_int_equal(seen, 0);
	assert_false(pci_is_function(0));
}

static void addresses(void **state)
{
	struct space *other = &space[1];

	(void)state;
	assert_int_equal(pci_begin(VIRTIO->at, &err), 0);
	assert_int_equal(mmio_get32(VIRTIO->at + BAR(0)), BAR_IO);
	assert_int_equal(mmio_get32(VIRTIO->at + BAR(1)), BUS);
	assert_int_equal(mmio_get32(VIRTIO->at + BAR(2)), 0);
	/* Aligned to its size, and its upper half is 0. */
	assert_int_equal(mmio_get32(VIRTIO->at + BAR(4)), BUS + 0x4000 + 0xc);
	assert_int_equal(mmio_get32(VIRTIO->at + BAR(5)), 0);
	assert_int_equal(mmio_get16(VIRTIO->at + COMMAND), 6);
	assert_int_equal(pci_bar(VIRTIO->at, 4).start, WINDOW_PA + 0x4000);
	assert_int_equal(pci_bar(VIRTIO->at, 4).len, PCI_WINDOW_LEN - 0x4000);
	assert_int_equal(pci_bar(VIRTIO->at, 0).len, 0);
	assert_int_equal(pci_bar(VIRTIO->at, 6).len, 0);
	assert_int_equal(pci_begin(VIRTIO->at, &err), 0); /* nothing more */
	assert_int_equal(used, 0x8000);

	other->mask[2] = ~((uint32_t)PCI_WINDOW_LEN - 1);
	assert_int_equal(pci_begin(other->at, &err), TRANS_ENOSPC);
	assert_int_equal(err.pa, other->at);
	assert_int_equal(err.len, PCI_WINDOW_LEN);
	assert_int_equal(mmio_get16(other->at + COMMAND), 0);

	pci_end(VIRTIO->at);
	assert_int_equal(mmio_get16(VIRTIO->at + COMMAND), 0);
	assert_int_equal(mmio_get32(VIRTIO->at + BAR(1)), 0);
	assert_int_equal(mmio_get32(VIRTIO->at + BAR(4)), 0xc);
	assert_int_equal(pci_bar(VIRTIO->at, 4).len, 0);
}

static void nobody_is_master(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < SPACES; i++)
		set32(&space[i], COMMAND, 7);
	pci_quiet();
	for (unsigned int i = 0; i < SPACES; i++)
		assert_int_equal(mmio_get16(space[i].at + COMMAND), 3);
}

/* ---- virtio ---- */

static unsigned int usable(void)
{
	seen = 0;
	count = 0;
	used = 0;
	mmio_put16(VIRTIO->at + COMMAND, 0);
	assert_int_equal(virtio_pci_each(see, &err), 0);
	return seen;
}

static void which_are_used(void **state)
{
	(void)state;
	assert_int_equal(usable(), 1);
	assert_int_equal(seen_at[0], VIRTIO->at);
	assert_int_equal(count, 1);
	seen = 0;
	assert_int_equal(virtio_pci_each(see, &err), 0); /* as before */
	assert_int_equal(seen, 1);
	assert_int_equal(count, 1);
	set32(VIRTIO, VENDOR, 0x10421af4); /* modern only */
	assert_int_equal(usable(), 1);
	assert_int_equal(virtio_pci_mmio().read32(NULL, VIRTIO->at +
						  VIRTIO_DEVICE_ID), 2);
	set32(VIRTIO, VENDOR, 0x10801af4);
	assert_int_equal(usable(), 0);
	set32(VIRTIO, VENDOR, 0x0fff1af4);
	assert_int_equal(usable(), 0);
	set32(VIRTIO, VENDOR, 0x10011af5);
	assert_int_equal(usable(), 0);
}

/* A display that wants more memory than the window has costs nobody a disk, nor
 * the end its reset. */
static void one_without_room(void **state)
{
	struct space *display = &space[1];

	(void)state;
	set32(display, VENDOR, 0x10501af4);
	display->mask[0] = ~((uint32_t)PCI_WINDOW_LEN * 16 - 1);
	display->mask[1] = ~0xfffu;
	assert_int_equal(usable(), 1);
	assert_int_equal(seen_at[0], VIRTIO->at);
	assert_int_equal(mmio_get16(display->at + COMMAND), 0);
	assert_int_equal(mmio_get32(display->at + BAR(1)), 0);
	seen = 0;
	assert_int_equal(virtio_pci_each(see, &err), 0);
	assert_int_equal(seen, 1);
	virtio_pci_end();
	assert_int_equal(mmio_get16(VIRTIO->at + COMMAND), 0);
}

/* Each of them makes it unusable, and is not followed anywhere. */
static void parts_that_are_none(void **state)
{
	set32(VIRTIO, STATUS_WORD, 0);
	assert_int_equal(usable(), 0);
	set_up(state);
	VIRTIO->byte[0x70] = 5;
	assert_int_equal(usable(), 0);
	set_up(state);
	VIRTIO->byte[0x61] = 0x50; /* a circle */
	assert_int_equal(usable(), 0);
	set_up(state);
	VIRTIO->byte[0x50 + CAP_BAR] = 0; /* of I/O */
	assert_int_equal(usable(), 0);
	set_up(state);
	VIRTIO->byte[0x50 + CAP_BAR] = 9;
	assert_int_equal(usable(), 0);
	set_up(state);
	set32(VIRTIO, 0x50 + CAP_LENGTH, COMMON_LEN - 1);
	assert_int_equal(usable(), 0);
	set_up(state);
	set32(VIRTIO, 0x50 + CAP_OFFSET, PCI_WINDOW_LEN - 0x4000);
	assert_int_equal(usable(), 0);
	set_up(state);
	set32(VIRTIO, 0x70 + CAP_OFFSET, UINT32_MAX);
	assert_int_equal(usable(), 0);
	set_up(state);
	set32(VIRTIO, 0x70 + CAP_LENGTH, 0);
	assert_int_equal(usable(), 0);
	/* Of two the first (virtio 1.2, 4.1.4.1). */
	set_up(state);
	add_part(VIRTIO, 0x70, 0x90, NOTIFY, 0x3000, 0x1000);
	add_part(VIRTIO, 0x90, 0, COMMON, 0x1000, 0x1000);
	assert_int_equal(usable(), 1);
	assert_int_equal(devices[0].at[COMMON].start, WINDOW_PA + 0x4000);
}

static struct trans_mmio mmio;

static void writes_to(uint32_t reg, uint32_t value, trans_pa_t where,
		      unsigned int len)
{
	uint32_t there = 0;

	memset(window, 0x5a, sizeof(window));
	mmio.write32(NULL, VIRTIO->at + reg, value);
	assert_int_equal(touched, 0x4000 + where);
	assert_int_equal(width, len);
	memcpy(&there, &window[0x4000 + where], len);
	assert_int_equal(there, value);
	assert_int_equal(window[0x4000 + where + len], 0x5a);
}

static void reads_from(uint32_t reg, trans_pa_t where, unsigned int len)
{
	const uint32_t value = 0x04030201;

	memset(window, 0, sizeof(window));
	memcpy(&window[0x4000 + where], &value, 4);
	assert_int_equal(mmio.read32(NULL, VIRTIO->at + reg),
			 value & (UINT32_MAX >> (32 - 8 * len)));
	assert_int_equal(touched, 0x4000 + where);
	assert_int_equal(width, len);
}

/* virtio 1.2, 4.1.4.3, in the words of 4.2.2. */
static void registers(void **state)
{
	(void)state;
	assert_int_equal(usable(), 1);
	mmio = virtio_pci_mmio();
	writes_to(VIRTIO_DEVICE_FEATURES_SEL, 1, 0x00, 4);
	writes_to(VIRTIO_DRIVER_FEATURES_SEL, 1, 0x08, 4);
	writes_to(VIRTIO_DRIVER_FEATURES, 0x12345678, 0x0c, 4);
	writes_to(VIRTIO_STATUS, 0xf, 0x14, 1);
	writes_to(VIRTIO_QUEUE_SEL, 0, 0x16, 2);
	writes_to(VIRTIO_QUEUE_NUM, 8, 0x18, 2);
	writes_to(VIRTIO_QUEUE_READY, 1, 0x1c, 2);
	writes_to(VIRTIO_QUEUE_DESC, 0x40201000, 0x20, 4);
	writes_to(VIRTIO_QUEUE_DESC + 4, 1, 0x24, 4);
	writes_to(VIRTIO_QUEUE_DRIVER, 0x40201000, 0x28, 4);
	writes_to(VIRTIO_QUEUE_DRIVER + 4, 1, 0x2c, 4);
	writes_to(VIRTIO_QUEUE_DEVICE, 0x40201000, 0x30, 4);
	writes_to(VIRTIO_QUEUE_DEVICE + 4, 1, 0x34, 4);
	reads_from(VIRTIO_DEVICE_FEATURES, 0x04, 4);
	reads_from(VIRTIO_STATUS, 0x14, 1);
	reads_from(VIRTIO_QUEUE_NUM_MAX, 0x18, 2);
	reads_from(VIRTIO_CONFIG + 4, 0x2004, 4);
	assert_int_equal(mmio.read32(NULL, VIRTIO->at), MMIO_MAGIC);
	assert_int_equal(mmio.read32(NULL, VIRTIO->at + VIRTIO_VERSION), 2);
	assert_int_equal(mmio.read32(NULL, VIRTIO->at + VIRTIO_DEVICE_ID), 2);
	touched = 0; /* what there is not is not touched */
	mmio.write32(NULL, VIRTIO->at + VIRTIO_QUEUE_PFN, 5);
	mmio.write32(NULL, VIRTIO->at + VIRTIO_QUEUE_DESC + 8, 5);
	mmio.write32(NULL, VIRTIO->at + VIRTIO_QUEUE_DEVICE + 8, 5);
	mmio.write32(NULL, VIRTIO->at + VIRTIO_QUEUE_DEVICE + 16, 5);
	mmio.write32(NULL, VIRTIO->at + VIRTIO_CONFIG, 5);
	mmio.write32(NULL, SLOT(0, 0) + VIRTIO_STATUS, 5);
	assert_int_equal(mmio.read32(NULL, SLOT(0, 0)), 0);
	devices[0].at[DEVICE].len = 7;
	assert_int_equal(mmio.read32(NULL, VIRTIO->at + VIRTIO_CONFIG + 4), 0);
	assert_int_equal(touched, 0);
}

static void notifies(void **state)
{
	const uint16_t off = 3;

	(void)state;
	assert_int_equal(usable(), 1);
	mmio = virtio_pci_mmio();
	memcpy(&window[0x4000 + QUEUE_NOTIFY_OFF], &off, 2);
	mmio.write32(NULL, VIRTIO->at + VIRTIO_QUEUE_NOTIFY, 0);
	assert_int_equal(touched, 0x4000 + 0x3000 + 12);
	assert_int_equal(width, 2);
	devices[0].at[NOTIFY].len = 13; /* half of it */
	mmio.write32(NULL, VIRTIO->at + VIRTIO_QUEUE_NOTIFY, 0);
	assert_int_equal(touched, 0x4000 + QUEUE_NOTIFY_OFF);
}

/* The library's own call for mmio resets it. */
static void resets_and_ends(void **state)
{
	(void)state;
	assert_int_equal(usable(), 1);
	mmio = virtio_pci_mmio();
	window[0x4000 + DEVICE_STATUS] = 0xf;
	assert_int_equal(trans_virtio_mmio_reset(&mmio, VIRTIO->at, &err), 0);
	assert_int_equal(window[0x4000 + DEVICE_STATUS], 0);
	window[0x4000 + DEVICE_STATUS] = 0xf;
	stuck = true;
	assert_int_equal(trans_virtio_mmio_reset(&mmio, VIRTIO->at, &err),
			 TRANS_ETIME);
	set32(&space[1], COMMAND, 6);
	virtio_pci_end();
	assert_int_equal(mmio_get16(VIRTIO->at + COMMAND), 0);
	assert_int_equal(mmio_get32(VIRTIO->at + BAR(1)), 0);
	assert_int_equal(mmio_get16(space[1].at + COMMAND), 2);
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_function, set_up),
		cmocka_unit_test_setup(addresses, set_up),
		cmocka_unit_test_setup(nobody_is_master, set_up),
		cmocka_unit_test_setup(which_are_used, set_up),
		cmocka_unit_test_setup(one_without_room, set_up),
		cmocka_unit_test_setup(parts_that_are_none, set_up),
		cmocka_unit_test_setup(registers, set_up),
		cmocka_unit_test_setup(notifies, set_up),
		cmocka_unit_test_setup(resets_and_ends, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
