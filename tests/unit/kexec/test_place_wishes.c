/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Placement with wishes: what lies in a legal place already stays there, or
 * goes, as the request says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/support/boards.h"

static void test_both_stay(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(512 * MIB);
	board.image.anywhere = true;
	board_wish(TRANS_WISH_STAY, 0x48000000, 0x42000000);
	at = board_place();
	assert_int_equal(at.kernel, 0x48000000);
	assert_int_equal(at.initrd, 0x42000000); /* below it, in its window */
	board_wish(TRANS_WISH_STAY, 0x48000000, 0x50001000);
	at = board_place();
	assert_int_equal(at.kernel, 0x48000000);
	assert_int_equal(at.initrd, 0x50001000);
	/* Up to the last byte of RAM, and beside each other. */
	board_wish(TRANS_WISH_STAY, 0x40000000 + 472 * MIB,
		   0x40000000 + 448 * MIB);
	at = board_place();
	assert_int_equal(at.kernel, 0x40000000 + 472 * MIB);
	assert_int_equal(at.initrd, 0x40000000 + 448 * MIB);
}

/* Each rule that a kernel may break where it is. */
static void test_kernel_goes(void **state)
{
	(void)state;
	virt(512 * MIB);
	board_wish(TRANS_WISH_STAY, 0x48000000, 0x50000000);
	assert_int_equal(board_place().kernel, 0x40000000); /* not anywhere */
	board.image.anywhere = true;
	assert_int_equal(board_place().kernel, 0x48000000);
	board_wish(TRANS_WISH_STAY, 0x48100000, 0x50000000); /* 1 MiB */
	assert_int_equal(board_place().kernel, 0x40000000);
	board.image.text_offset = 0x80000;
	board_wish(TRANS_WISH_STAY, 0x48000000, 0x50000000);
	assert_int_equal(board_place().kernel, 0x40080000);
	board_wish(TRANS_WISH_STAY, 0x48080000, 0x50000000);
	assert_int_equal(board_place().kernel, 0x48080000);
	board_reserve(0x48080000 + 40 * MIB - 1, 1); /* in its .bss */
	assert_int_equal(board_place().kernel, 0x40080000);
	board_wish(TRANS_WISH_STAY, UINT64_MAX - 5, UINT64_MAX - 5);
	assert_int_equal(board_place().kernel, 0x40080000);
	board_wish(TRANS_WISH_STAY, PA_END - MIB, PA_END - MIB);
	assert_int_equal(board_place().kernel, 0x40080000);
}

static void test_initrd_goes(void **state)
{
	static const uint64_t bad[] = {
		0x48000000 + 4 * MIB,   /* in the kernel's memory */
		0x48000000 - 4 * MIB,   /* likewise, its end */
		0x40000000 + 500 * MIB, /* ends behind RAM */
		0x50000800,             /* no granule's start */
		0x40000000 - 4096, 0, UINT64_MAX & ~0xfffull, PA_END - 4096,
	};
	struct trans_placement at;

	(void)state;
	virt(512 * MIB);
	board.image.anywhere = true;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		board_wish(TRANS_WISH_STAY, 0x48000000, bad[i]);
		at = board_place();
		assert_int_equal(at.kernel, 0x48000000);
		assert_int_equal(at.initrd, 0x48000000 + 40 * MIB);
	}
	board_reserve(0x50000000, 1);
	board_wish(TRANS_WISH_STAY, 0x48000000, 0x50000000);
	assert_int_equal(board_place().initrd, 0x48000000 + 40 * MIB);
}

/* The initrd stays out of the kernel's window only if the kernel goes there. */
static void test_initrd_out_of_window(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(40 * GIB);
	board_wish(TRANS_WISH_STAY, 0, 34 * GIB);
	at = board_place();
	assert_int_equal(at.kernel, 0x40000000);
	assert_int_equal(at.initrd, 0x40000000 + 40 * MIB);
	board_wish(TRANS_WISH_STAY, 0, 33 * GIB - 24 * MIB);
	assert_int_equal(board_place().initrd, 33 * GIB - 24 * MIB);
	board_wish(TRANS_WISH_STAY, 0, 33 * GIB - 24 * MIB + 4096);
	assert_int_equal(board_place().initrd, 0x40000000 + 40 * MIB);
}

/* What stays leaves no room for the tree: the initrd goes; or the kernel. */
static void test_stays_unless_the_tree(void **state)
{
	struct trans_placement at;

	(void)state;
	board_init(0, 2 * MIB, MIB, 64 * KIB, 4096);
	board.image.anywhere = true;
	board_usable(4 * MIB, 3 * MIB + 64 * KIB);
	board_wish(TRANS_WISH_STAY, 4 * MIB, 6 * MIB + 64 * KIB);
	assert_int_equal(board_place().initrd, 6 * MIB + 64 * KIB);
	board_wish(TRANS_WISH_STAY, 4 * MIB, 6 * MIB + 32 * KIB);
	at = board_place();
	assert_int_equal(at.kernel, 4 * MIB);
	assert_int_equal(at.initrd, 6 * MIB);
	board_init(0, 2 * MIB, 5 * MIB, 64 * KIB, 4096);
	board.image.anywhere = true;
	board_usable(0, 8 * MIB);
	board_wish(TRANS_WISH_STAY, 2 * MIB, 0);
	assert_int_equal(board_place().kernel, 0);
}

static void test_only(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(512 * MIB);
	board.request.kernel_wish = (struct trans_wish){ TRANS_WISH_ONLY,
						       0x40123000 };
	assert_int_equal(trans_place(&board.request, &at, NULL), 0);
	assert_int_equal(at.kernel, 0x40123000);
	board_reserve(0x40123000 + 40 * MIB - 1, 1);
	board_refused(TRANS_ENOHOLE, "kernel", 40 * MIB);
	virt(64 * MIB);
	board.request.kernel_wish = (struct trans_wish){ TRANS_WISH_ONLY,
						       0x40000000 + 12 * MIB };
	board_refused(TRANS_ENOHOLE, "initrd", 24 * MIB);
}

/* Far above, with nothing below but what firmware left; a module at 2^51, which
 * no kernel can be told of by booting.rst. */
static void test_far_above(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(2 * TIB);
	board.image.anywhere = true;
	board_usable(1ull << 51, 256 * MIB);
	assert_int_equal(board_place().kernel, 0x40000000);
	board_wish(TRANS_WISH_STAY, TIB, TIB + 40 * MIB);
	at = board_place();
	assert_int_equal(at.kernel, TIB);
	assert_int_equal(at.initrd, TIB + 40 * MIB);
	board_wish(TRANS_WISH_STAY, 1ull << 51, (1ull << 51) + 40 * MIB);
	at = board_place();
	assert_int_equal(at.kernel, 0x40000000);
	assert_int_equal(at.initrd, 0x40000000 + 40 * MIB);
	board_reserve(0, 2 * TIB + 0x40000000);
	board_no_kernel();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_stay),
		cmocka_unit_test(test_kernel_goes),
		cmocka_unit_test(test_initrd_goes),
		cmocka_unit_test(test_initrd_out_of_window),
		cmocka_unit_test(test_stays_unless_the_tree),
		cmocka_unit_test(test_only),
		cmocka_unit_test(test_far_above),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
