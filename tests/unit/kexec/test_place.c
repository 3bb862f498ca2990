/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Placement: the maps that boards have, the 32 GiB window, the device tree's 2
 * MiB, the ends of the address space; every answer against the rules of the
 * boot protocol.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/support/boards.h"

/* ---- the rules ---- */

static void board_no_initrd(void)
{
	board_refused(TRANS_ENOHOLE, "initrd", board.request.initrd_len);
}

static void board_no_fdt(void)
{
	board_refused(TRANS_ENOHOLE, "device tree", board.request.fdt_len);
}

/* ---- requests ---- */

static void test_invalid(void **state)
{
	static const uint64_t granules[] = { 0, 1, 2048, 4095, 4097, 12288,
					     131072, UINT64_MAX };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(granules) / sizeof(granules[0]); i++) {
		board_init(0, 8 * MIB, MIB, 4096, granules[i]);
		board_usable(GIB, GIB);
		board_refused(TRANS_EINVAL, "granule", 0);
	}
	board_init(0, 8 * MIB, MIB, 0, 4096);
	board_refused(TRANS_EINVAL, "device tree length", 0);
	board.request.fdt_len = 2 * MIB + 1;
	board_refused(TRANS_EINVAL, "device tree length", 0);
	board_init(0, 0, MIB, 4096, 4096);
	board_refused(TRANS_EINVAL, "kernel memory length", 0);
	board_init(2 * MIB, 8 * MIB, MIB, 4096, 4096);
	board_refused(TRANS_EINVAL, "text_offset", 0);
}

static void test_empty_map(void **state)
{
	(void)state;
	board_init(0, 1, 0, 1, 4096);
	board_no_kernel();
}

static void test_smallest(void **state)
{
	(void)state;
	board_init(0, 1, 1, 1, 65536);
	board_usable(0, 2 * 65536);
	board_no_fdt();
	board_usable(2 * 65536, 1);
	assert_int_equal(board_place().kernel, 0);
}

/* ---- maps that boards have ---- */

static void test_virt(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(512 * MIB);
	at = board_place();
	assert_int_equal(at.kernel, 0x40000000);
	assert_int_equal(at.initrd, 0x40000000 + 40 * MIB);
	assert_int_equal(at.fdt, 0x40000000 + 64 * MIB);
}

static void test_virt_reserved(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(512 * MIB);
	board_reserve(0x40000000, 1);
	at = board_place();
	assert_int_equal(at.kernel, 0x40200000);
	/* A hole of 38 MiB before the reservation is passed over... */
	board_reserve(0x40200000 + 38 * MIB, MIB);
	at = board_place();
	assert_int_equal(at.kernel, 0x40200000 + 40 * MIB);
	/* ... and takes nothing, as there is room above the kernel. */
	assert_int_equal(at.initrd, at.kernel + 40 * MIB);
}

static void test_virt_exact(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(64 * MIB + 64 * KIB);
	at = board_place();
	assert_int_equal(at.fdt, 0x40000000 + 64 * MIB);
	virt(64 * MIB + 64 * KIB - 1);
	board_no_fdt();
	virt(64 * MIB - 1);
	board.request.fdt_len = 1;
	board_no_initrd();
	virt(40 * MIB - 1);
	board_no_kernel();
}

static void test_text_offset(void **state)
{
	struct trans_placement at;

	(void)state;
	board_init(0x80000, 20 * MIB, 0, 4096, 4096);
	board_usable(0, GIB);
	assert_int_equal(board_place().kernel, 0x80000);
	/* The base itself need not be memory, the kernel's bytes must. */
	board_reserve(0, 0x80000);
	assert_int_equal(board_place().kernel, 0x80000);
	board_reserve(0x80000, 1);
	at = board_place();
	assert_int_equal(at.kernel, 0x280000);
	/* An offset that is no granule: the granule's rest stays unused. */
	board_init(0x81800, 20 * MIB, 4096, 4096, 65536);
	board_usable(0x80000, 21 * MIB);
	at = board_place();
	assert_int_equal(at.kernel, 0x81800);
	assert_int_equal(at.initrd, 0x80000 + 20 * MIB + 65536);
}

static void test_above_4g(void **state)
{
	struct trans_placement at;

	(void)state;
	board_init(0, 64 * MIB, 512 * MIB, 2 * MIB, 65536);
	board_usable(0x880000000, 4 * GIB);
	at = board_place();
	assert_int_equal(at.kernel, 0x880000000);
	assert_int_equal(at.fdt, 0x880000000 + 576 * MIB);
}

static void test_initrd_below(void **state)
{
	struct trans_placement at;

	(void)state;
	board_init(0, 64 * MIB, 32 * MIB, 64 * KIB, 4096);
	board_usable(GIB, 40 * MIB);
	board_usable(2 * GIB, 65 * MIB);
	at = board_place();
	assert_int_equal(at.kernel, 2 * GIB);
	assert_int_equal(at.initrd, GIB + 8 * MIB);
	assert_int_equal(at.fdt, 2 * GIB + 64 * MIB);
	/* Preferred above, though the lower hole is tried for the kernel. */
	board_usable(3 * GIB, 64 * MIB);
	assert_int_equal(board_place().initrd, 3 * GIB);
}

/* Initrd and device tree fill the first hole, the kernel exactly the next. */
static void test_next_hole(void **state)
{
	struct trans_placement at;

	(void)state;
	board_init(0, MIB, 6 * MIB, 2 * MIB, 4096);
	board_usable(0, 8 * MIB);
	board_usable(GIB, MIB);
	at = board_place();
	assert_int_equal(at.kernel, GIB);
	assert_true(at.initrd < GIB && at.fdt < GIB);
}

/* ---- the window ---- */

static void test_window(void **state)
{
	struct trans_placement at;

	(void)state;
	board_init(0, 64 * MIB, 64 * MIB, 4096, 4096);
	board_usable(GIB + 512 * MIB, 64 * MIB);
	board_usable(33 * GIB - 64 * MIB, 64 * MIB);
	board_usable(100 * GIB, 4096);
	at = board_place();
	assert_int_equal(at.initrd, 33 * GIB - 64 * MIB);
	/* One byte more ends in the 33rd GiB, and does not fit below. */
	board.request.initrd_len++;
	board_usable(33 * GIB, MIB);
	board_no_initrd();
}

static void test_window_below(void **state)
{
	struct trans_placement at;

	(void)state;
	board_init(0, 64 * MIB, 32 * MIB, 4096, 4096);
	board_usable(GIB, 48 * MIB);
	board_usable(33 * GIB - 64 * MIB, 64 * MIB);
	at = board_place();
	assert_int_equal(at.kernel, 33 * GIB - 64 * MIB);
	assert_int_equal(at.initrd, GIB + 16 * MIB);
	/* A kernel that reaches into the next GiB loses the hole. */
	board_reserve(33 * GIB - 64 * MIB, 2 * MIB);
	board_usable(33 * GIB, 2 * MIB);
	board_no_initrd();
}

/* The kernel must go up far enough in a large hole, and not further. */
static void test_window_moves_kernel(void **state)
{
	struct trans_placement at;

	(void)state;
	board_init(0x80000, 64 * MIB, 10 * GIB, 4096, 4096);
	board_usable(2 * GIB, 9 * GIB);
	board_usable(30 * GIB, 10 * GIB);
	at = board_place();
	assert_int_equal(at.kernel, 8 * GIB + 0x80000);
	assert_int_equal(at.initrd, 30 * GIB);
	/* An initrd that must end a little higher takes a GiB more. */
	board.request.initrd_len -= 2 * MIB;
	board_reserve(30 * GIB, 4 * MIB);
	board_usable(40 * GIB, 2 * MIB);
	assert_int_equal(board_place().kernel, 9 * GIB + 0x80000);
	/* No room for the kernel there, and lower it does not reach. */
	board_reserve(9 * GIB + 64 * MIB, 2 * GIB);
	board_no_initrd();
}

static void test_huge_kernel(void **state)
{
	(void)state;
	board_init(0, 33 * GIB, MIB, 4096, 4096);
	board_usable(0, 128 * GIB);
	board_no_initrd();
	board.request.initrd_len = 0;
	assert_int_equal(board_place().kernel, 0);
	board.image.memory_len = 32 * GIB;
	board.request.initrd_len = 1;
	board_no_initrd();
	board.image.memory_len = UINT64_MAX;
	board_no_kernel();
	board.image.memory_len = MIB;
	board.request.initrd_len = UINT64_MAX;
	board_no_initrd();
	board.request.initrd_len = PA_END;
	board_no_initrd();
}

/* ---- the device tree's 2 MiB ---- */

static void test_fdt_whole(void **state)
{
	struct trans_placement at;

	(void)state;
	board_init(0, 10 * MIB + 4096, 0, 2 * MIB, 4096);
	board_usable(GIB, 14 * MIB);
	at = board_place();
	assert_int_equal(at.fdt, GIB + 12 * MIB);
	/* Below, and whole, is better than above in two. */
	board_usable(GIB - 2 * MIB, 2 * MIB);
	board_reserve(GIB + 14 * MIB - 1, 1);
	board_reserve(GIB - 2 * MIB, 4096);
	board_reserve(GIB, 4096);
	board_usable(GIB - 4 * MIB, 2 * MIB);
	at = board_place();
	assert_int_equal(at.kernel, GIB + 2 * MIB);
	assert_int_equal(at.fdt, GIB - 4 * MIB);
}

static void test_fdt_crossing(void **state)
{
	struct trans_placement at;

	(void)state;
	board_init(0, 10 * MIB + 4096, 0, 2 * MIB, 4096);
	board_usable(GIB, 14 * MIB - 4096);
	at = board_place();
	assert_int_equal(at.fdt, GIB + 10 * MIB + 4096);
	assert_true(crosses(at.fdt));
}

/* The initrd must leave the upper of two holes to a device tree in two. */
static void test_fdt_crossing_below(void **state)
{
	struct trans_placement at;

	(void)state;
	board_init(0, 10 * MIB, MIB, 2 * MIB, 4096);
	board_usable(GIB, MIB);
	board_usable(GIB + 8 * MIB + 4096, 2 * MIB);
	board_usable(2 * GIB, 10 * MIB);
	at = board_place();
	assert_int_equal(at.initrd, GIB);
	assert_int_equal(at.fdt, GIB + 8 * MIB + 4096);
}

/* The error names what the best base lacked, not the last one. */
static void test_best_base_is_named(void **state)
{
	(void)state;
	board_init(0, MIB, 4 * MIB, 2 * MIB, 4096);
	board_usable(0, 5 * MIB);
	board_usable(100 * GIB, MIB);
	board_no_fdt();
}

/* ---- the end of 48 bits, and of 64 ---- */

static void test_48_bits(void **state)
{
	struct trans_placement at;

	(void)state;
	board_init(0, 8 * MIB, 4 * MIB, 2 * MIB, 4096);
	board_usable(PA_END - 14 * MIB, 14 * MIB);
	at = board_place();
	assert_int_equal(at.kernel, PA_END - 14 * MIB);
	assert_int_equal(at.fdt, PA_END - 2 * MIB);
	board_reserve(PA_END - 14 * MIB, 1);
	board_usable(PA_END, UINT64_MAX - PA_END);
	board_no_fdt();
	board_reserve(PA_END - 14 * MIB, 3 * MIB);
	board_no_initrd();
	board_reserve(PA_END - 14 * MIB, 7 * MIB);
	board_no_kernel();
}

static void test_whole_space(void **state)
{
	struct trans_placement at;

	(void)state;
	board_init(0, 8 * MIB, 4 * MIB, 2 * MIB, 4096);
	board_usable(0, UINT64_MAX);
	at = board_place();
	assert_int_equal(at.kernel, 0);
	assert_int_equal(at.initrd, 8 * MIB);
	assert_int_equal(at.fdt, 12 * MIB);
	board.request.initrd_len = 40 * GIB;
	board_no_initrd();
	board.image.memory_len = PA_END;
	board.request.initrd_len = 0;
	board_no_fdt();
}

/* ---- large maps ---- */

/* 2 TiB, a hole every 512 MiB, none for the initrd but the last. */
static void test_sparse(void **state)
{
	struct trans_placement at;
	uint64_t i;

	(void)state;
	board_init(0, 64 * MIB, 300 * MIB, 64 * KIB, 65536);
	for (i = 0; i < SLOTS; i++)
		board_usable(i * 512 * MIB, 256 * MIB);
	board_no_initrd();
	board_usable(2 * TIB - 512 * MIB, 400 * MIB);
	at = board_place();
	assert_int_equal(at.initrd, 2 * TIB - 512 * MIB);
	assert_int_equal(at.kernel, 2 * TIB - 32 * GIB);
}

/* Nothing for the device tree in 4096 holes: the most work there is. */
static void test_most_work(void **state)
{
	uint64_t i;

	(void)state;
	board_init(0, 2 * MIB, 2 * MIB, 2 * MIB, 65536);
	for (i = 0; i < 300; i++)
		board_usable(i * 4 * MIB, 2 * MIB - 65536);
	board_no_kernel();
	board.image.memory_len = 2 * MIB - 65536;
	board_no_initrd();
	board.request.initrd_len = 65536;
	board_no_fdt();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_empty_map),
		cmocka_unit_test(test_smallest),
		cmocka_unit_test(test_virt),
		cmocka_unit_test(test_virt_reserved),
		cmocka_unit_test(test_virt_exact),
		cmocka_unit_test(test_text_offset),
		cmocka_unit_test(test_above_4g),
		cmocka_unit_test(test_initrd_below),
		cmocka_unit_test(test_next_hole),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_window_below),
		cmocka_unit_test(test_window_moves_kernel),
		cmocka_unit_test(test_huge_kernel),
		cmocka_unit_test(test_fdt_whole),
		cmocka_unit_test(test_fdt_crossing),
		cmocka_unit_test(test_fdt_crossing_below),
		cmocka_unit_test(test_best_base_is_named),
		cmocka_unit_test(test_48_bits),
		cmocka_unit_test(test_whole_space),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_most_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
