/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What a virtio device is taken to read and write, from a queue in memory of
 * the test's; and which lines must be clean for that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/hazard/dma.h"
#include "tests/hazard/guest.h"

#define DEVICE 0xa000000ULL
#define BASE 0x40000000ULL
#define LEN 0x4000
#define RING BASE
#define DRIVER (BASE + 0x1000)
#define USED (BASE + 0x1800)
#define TABLE (BASE + 0x2000)
#define SOURCE (BASE + 0x3000)
#define TARGET (BASE + 0x3800)
#define NEXT 1
#define WRITE 2
#define INDIRECT 4

struct world world = { .lines = { .clock = 1 } };
static uint8_t memory[LEN];
static struct line line[LEN / LINE_SIZE];
static struct cpu cpu;
static uint64_t dirty_read, dirty_write; /* the last one found */

void *guest_at(uint64_t pa, uint64_t len)
{
	return pa >= BASE && pa - BASE <= LEN - len ? memory + (pa - BASE)
						    : NULL;
}

struct line *guest_line(uint64_t pa)
{
	return guest_at(pa, 1) ? &line[(pa - BASE) / LINE_SIZE] : NULL;
}

void cpu_find(const struct cpu *by, enum rule rule, uint32_t site,
	      const struct line *at, uint64_t pa, uint64_t detail)
{
	(void)by;
	(void)site;
	(void)at;
	(void)detail;
	if (rule == RULE_DMA_READ_DIRTY)
		dirty_read = pa;
	if (rule == RULE_DMA_WRITE_DIRTY)
		dirty_write = pa;
}

static void put(uint64_t pa, uint64_t value, size_t len)
{
	memcpy(guest_at(pa, len), &value, len);
}

static void describe(uint64_t table, unsigned int index, uint64_t pa,
		     uint64_t len, uint64_t flags, uint64_t next)
{
	table += 16 * index;
	put(table, pa, 8);
	put(table + 8, len, 4);
	put(table + 12, flags, 2);
	put(table + 14, next, 2);
}

static void tell(unsigned int offset, uint64_t value)
{
	dma_io(&cpu, DEVICE + offset, value, 1);
}

/* A queue of 8, and all that memory is is clean. */
static int set_up(void **state)
{
	(void)state;
	memset(memory, 0, sizeof(memory));
	for (size_t i = 0; i < LEN / LINE_SIZE; i++)
		line_clean_slate(&line[i]);
	dirty_read = dirty_write = 0;
	assert_true(dma_on("a000000+200"));
	tell(0x38, 8);
	tell(0x80, RING);
	tell(0x90, DRIVER);
	tell(0xa0, USED);
	return 0;
}

/* The first of the ring is offered, once more. */
static void notify(void)
{
	static uint16_t index;

	put(DRIVER + 2, ++index, 2);
	tell(0x50, 0);
}

static void make_dirty(uint64_t pa)
{
	guest_line(pa)->state |= LINE_DIRTY;
}

static void both_ways(void **state)
{
	(void)state;
	describe(RING, 0, SOURCE, 64, NEXT, 1);
	describe(RING, 1, TARGET, 64, WRITE, 0);
	notify();
	assert_true(!dirty_read && !dirty_write);
	assert_true(guest_line(TARGET)->state & LINE_NEWER);
	make_dirty(SOURCE);
	make_dirty(TARGET);
	notify();
	assert_true(dirty_read == SOURCE && dirty_write == TARGET);
}

static void by_a_table_of_its_own(void **state)
{
	(void)state;
	describe(RING, 0, TABLE, 32, INDIRECT, 0);
	describe(TABLE, 0, SOURCE, 64, NEXT, 1);
	describe(TABLE, 1, TARGET, 64, WRITE, 0);
	make_dirty(SOURCE);
	make_dirty(TARGET);
	notify();
	assert_true(dirty_read == SOURCE && dirty_write == TARGET);
	line_clean_slate(guest_line(SOURCE));
	make_dirty(TABLE);
	notify();
	assert_true(dirty_read == TABLE);
}

/* Circles, and a table in a table, come to an end. */
static void it_ends(void **state)
{
	(void)state;
	describe(RING, 0, SOURCE, 64, NEXT, 0);
	notify();
	describe(RING, 0, TABLE, 16, INDIRECT, 0);
	describe(TABLE, 0, TABLE, 16, INDIRECT | NEXT, 0);
	notify();
	describe(RING, 0, TABLE, 0, INDIRECT, 0);
	notify();
	assert_true(!dirty_read && !dirty_write);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(both_ways, set_up),
		cmocka_unit_test_setup(by_a_table_of_its_own, set_up),
		cmocka_unit_test_setup(it_ends, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
