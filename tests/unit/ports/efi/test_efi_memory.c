/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the EFI application borrows of the firmware's free memory, and what it
 * leaves: for drivers, and below 4 GiB for devices that reach no further.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define print_error print_trans_error /* cmocka has one, too */
#include "ports/efi/memory.c"

#define GIB (1ULL << 30)

/* ---- a firmware ---- */

static struct efi_system_table table; /* it has no tables to keep */
struct efi_system_table *firmware = &table;
struct efi_boot_services *boot;
static struct efi_region regions[512];
static uint64_t count, refused;

static efi_status_t get_map(uint64_t *len, void *map, uint64_t *key,
			    uint64_t *stride, uint32_t *version)
{
	uint64_t need = count * sizeof(*regions);

	*key = 1;
	*stride = sizeof(*regions);
	*version = 1;
	if (*len < need) {
		*len = need;
		return EFI_BUFFER_TOO_SMALL;
	}
	memcpy(map, regions, need);
	*len = need;
	return EFI_SUCCESS;
}

static efi_status_t allocate(enum efi_allocate how, enum efi_memory_type type,
			     uint64_t pages, uint64_t *pa)
{
	assert_int_equal(how, EFI_AT_ADDRESS);
	assert_int_equal(type, EFI_LOADER_CODE);
	assert_true(pages);
	return *pa == refused ? EFI_NOT_FOUND : EFI_SUCCESS;
}

void *pages_take(uint64_t len)
{
	static _Alignas(4096) uint8_t room[16 * EFI_PAGE];

	assert_true(len <= sizeof(room));
	return room;
}

void pages_give(void *at, uint64_t len)
{
	(void)at;
	(void)len;
}

int port_error(struct trans_error *err, int status, const char *why,
	       uint64_t pa, uint64_t len)
{
	*err = (struct trans_error){ .status = status, .why = why, .pa = pa,
				     .len = len };
	return status;
}

int trans_identity_memory(const struct trans_ranges *ram,
			  struct trans_ranges *mapped, struct trans_error *err)
{
	(void)ram;
	(void)mapped;
	(void)err;
	return 0;
}

static int setup(void **state)
{
	static struct efi_boot_services services = {
		.allocate_pages = allocate, .get_memory_map = get_map };

	(void)state;
	boot = &services;
	count = 0;
	refused = UINT64_MAX;
	return 0;
}

static void add(uint64_t start, uint64_t len)
{
	regions[count++] = (struct efi_region){
		.type = EFI_CONVENTIONAL, .start = start,
		.pages = len >> EFI_PAGE_SHIFT, .attributes = EFI_MEMORY_WB };
}

static int lend(void)
{
	struct trans_error err;
	int ret = memory_read(&err);

	return ret ? ret : memory_lend(&err);
}

static void lent(size_t i, uint64_t start, uint64_t len)
{
	assert_true(i < memory.lent.count);
	assert_int_equal(memory.lent.range[i].start, start);
	assert_int_equal(memory.lent.range[i].len, len);
}

/* ---- tests ---- */

static void test_ends_of_pieces_are_left(void **state)
{
	(void)state;
	add(2 * GIB, GIB);
	add(34 * GIB, 2 * GIB);
	assert_int_equal(lend(), 0);
	lent(0, 2 * GIB, GIB - LEAVE_IT);
	lent(1, 34 * GIB, 2 * GIB - LEAVE_IT);
}

/* Its end lies beyond 4 GiB. */
static void test_the_start_of_one_across_4_gib(void **state)
{
	(void)state;
	add(GIB, 8 * GIB);
	assert_int_equal(lend(), 0);
	lent(0, GIB + LEAVE_IT, 8 * GIB - 2 * LEAVE_IT);
}

static void test_nothing_below_4_gib(void **state)
{
	(void)state;
	add(FAR - LEAVE_IT / 2, LEAVE_IT / 2);
	add(34 * GIB, GIB);
	assert_int_equal(lend(), 0);
	lent(0, FAR - LEAVE_IT / 2, LEAVE_IT / 2);
	lent(1, 34 * GIB, GIB - LEAVE_IT);
}

static void test_what_is_refused_is_not_lent(void **state)
{
	(void)state;
	add(2 * GIB, GIB);
	add(34 * GIB, 2 * GIB);
	refused = 34 * GIB;
	assert_int_equal(lend(), 0);
	assert_int_equal(memory.lent.count, 1);
	lent(0, 2 * GIB, GIB - LEAVE_IT);
}

static void test_too_little(void **state)
{
	(void)state;
	add(2 * GIB, 2 * LEAVE_IT - EFI_PAGE);
	assert_int_equal(lend(), TRANS_ENOMEM);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

/* As firmware does that splits its regions while an image is read. */
static void test_a_map_that_grows(void **state)
{
	struct memory_map map = { 0 };
	struct trans_error err;

	(void)state;
	add(0x40000000, 0x10000000);
	assert_false(memory_map_fits(&map));
	assert_int_equal(memory_map_room(&map, &err), 0);
	assert_true(memory_map_fits(&map));
	while (count < sizeof(regions) / sizeof(*regions))
		add(0x50000000 + count * 0x100000, 0x100000);
	assert_false(memory_map_fits(&map));
	assert_int_not_equal(memory_map_get(&map), EFI_SUCCESS);
	assert_int_equal(memory_map_room(&map, &err), 0);
	assert_true(memory_map_fits(&map));
	assert_int_equal(memory_map_get(&map), EFI_SUCCESS);
	assert_int_equal(memory_read(&err), 0);
}

/* As memory_read finds them, without what that asks besides. */
static void test_runtime_in_all(void **state)
{
	struct trans_error err;

	(void)state;
	add(0x40000000, 0x10000000);
	assert_int_equal(memory_runtime_total(), 0);
	for (uint64_t at = 0x50000000; at < 0x50030000; at += 0x20000) {
		add(at, 0x20000);
		regions[count - 1].type = EFI_RUNTIME_SERVICES_DATA;
		regions[count - 1].attributes |= EFI_MEMORY_RUNTIME;
	}
	assert_int_equal(memory_runtime_total(), 0x40000);
	assert_int_equal(memory_read(&err), 0);
	assert_int_equal(trans_ranges_total(&memory.runtime), 0x40000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ends_of_pieces_are_left),
		TEST(test_the_start_of_one_across_4_gib),
		TEST(test_nothing_below_4_gib),
		TEST(test_what_is_refused_is_not_lent),
		TEST(test_too_little),
		TEST(test_a_map_that_grows),
		TEST(test_runtime_in_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
