/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Boards and the rules of the boot protocol: see boards.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "boards.h"

/* Of the running test. */
struct map board;

void board_init(uint64_t text_offset, uint64_t kernel, uint64_t initrd,
		uint64_t fdt, uint64_t granule)
{
	trans_ranges_init(&board.usable, board.storage, SLOTS);
	board.image = (struct trans_image){ .text_offset = text_offset,
					  .memory_len = kernel };
	board.request = (struct trans_place_request){
		.usable = &board.usable, .image = &board.image,
		.initrd_len = initrd, .fdt_len = fdt, .granule = granule };
}

void board_usable(uint64_t start, uint64_t len)
{
	assert_int_equal(trans_ranges_add(&board.usable, start, len), 0);
}

void board_reserve(uint64_t start, uint64_t len)
{
	assert_int_equal(trans_ranges_remove(&board.usable, start, len), 0);
}

/* ---- the rules ---- */

uint64_t align_down(uint64_t value, uint64_t align)
{
	return value / align * align;
}

uint64_t align_up(uint64_t value, uint64_t align)
{
	return align_down(value + align - 1, align);
}

bool share_granule(uint64_t a, uint64_t a_len, uint64_t b,
		   uint64_t b_len)
{
	uint64_t granule = board.request.granule;

	return align_down(a, granule) < align_up(b + b_len, granule) &&
	       align_down(b, granule) < align_up(a + a_len, granule);
}

static bool in_window(uint64_t kernel, uint64_t initrd)
{
	uint64_t k_end = kernel + board.image.memory_len;
	uint64_t i_end = initrd + board.request.initrd_len;
	uint64_t start = align_down(kernel < initrd ? kernel : initrd, GIB);

	return (k_end > i_end ? k_end : i_end) - start <= 32 * GIB;
}

bool crosses(uint64_t start)
{
	return start / BASE_ALIGN !=
	       (start + board.request.fdt_len - 1) / BASE_ALIGN;
}

static bool board_free_at(uint64_t start, uint64_t len)
{
	return start + len <= PA_END &&
	       trans_ranges_contain(&board.usable, start, len);
}

bool legal_kernel(uint64_t at)
{
	return (at - board.image.text_offset) % BASE_ALIGN == 0 &&
	       board_free_at(at, board.image.memory_len);
}

bool legal_initrd(uint64_t kernel, uint64_t at)
{
	const struct trans_place_request *request = &board.request;

	return at % request->granule == 0 &&
	       board_free_at(at, request->initrd_len) && in_window(kernel,
								   at) &&
	       !share_granule(kernel, board.image.memory_len, at,
			      request->initrd_len);
}

bool legal_fdt(uint64_t kernel, uint64_t at)
{
	const struct trans_place_request *request = &board.request;

	return at % request->granule == 0 && board_free_at(at,
							   request->fdt_len) &&
	       !share_granule(kernel, board.image.memory_len, at,
			      request->fdt_len);
}

void expect_legal(const struct trans_placement *at)
{
	const struct trans_place_request *request = &board.request;

	assert_true(legal_kernel(at->kernel));
	assert_true(legal_fdt(at->kernel, at->fdt));
	if (!request->initrd_len) {
		assert_int_equal(at->initrd, 0);
		return;
	}
	assert_true(legal_initrd(at->kernel, at->initrd));
	assert_false(share_granule(at->initrd, request->initrd_len, at->fdt,
				   request->fdt_len));
}

struct trans_placement board_place(void)
{
	struct trans_error err, before;
	struct trans_placement at;

	memset(&err, 0x5a, sizeof(err));
	before = err;
	assert_int_equal(trans_place(&board.request, &at, &err), 0);
	assert_memory_equal(&err, &before, sizeof(err));
	expect_legal(&at);
	return at;
}

void board_refused(int status, const char *why, uint64_t len)
{
	struct trans_placement at = { 1, 2, 3 };
	struct trans_error err = { 0 };

	assert_int_equal(trans_place(&board.request, &at, &err), status);
	assert_int_equal(err.status, status);
	assert_string_equal(err.why, why);
	assert_int_equal(err.len, len);
	assert_int_equal(at.kernel, 1);
	assert_int_equal(at.initrd, 2);
	assert_int_equal(at.fdt, 3);
	assert_int_equal(trans_place(&board.request, &at, NULL), status);
}

void board_no_kernel(void)
{
	board_refused(TRANS_ENOHOLE, "kernel", board.image.memory_len);
}

/* ---- maps that boards have ---- */

void virt(uint64_t ram)
{
	board_init(0, 40 * MIB, 24 * MIB, 64 * KIB, 4096);
	board_usable(0x40000000, ram);
}

/* ---- wishes ---- */

void board_wish(enum trans_wish_kind kind, uint64_t kernel, uint64_t initrd)
{
	board.request.kernel_wish = (struct trans_wish){ kind, kernel };
	board.request.initrd_wish = (struct trans_wish){ kind, initrd };
}
