/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A board's memory map and a request to place something in it; the rules of
 * the boot protocol, which every answer is held against.
 */
#ifndef TESTS_BOARDS_H
#define TESTS_BOARDS_H

#include <trans_table/place.h>

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)
#define TIB ((uint64_t)1 << 40)
#define PA_END ((uint64_t)1 << 48)
#define BASE_ALIGN (2 * MIB)
#define SLOTS 4096

struct map {
	struct trans_range storage[SLOTS];
	struct trans_ranges usable;
	struct trans_image image;
	struct trans_place_request request;
};

/* Of the running test. */
extern struct map board;

/* Without memory; lengths of the request in bytes. */
void board_init(uint64_t text_offset, uint64_t kernel, uint64_t initrd,
		uint64_t fdt, uint64_t granule);

/* Memory is there, or is not. */
void board_usable(uint64_t start, uint64_t len);
void board_reserve(uint64_t start, uint64_t len);

/* ---- the rules ---- */

uint64_t align_down(uint64_t value, uint64_t align);
uint64_t align_up(uint64_t value, uint64_t align);
bool share_granule(uint64_t a, uint64_t a_len, uint64_t b,
		   uint64_t b_len);

/* A device tree there would lie in two blocks of 2 MiB. */
bool crosses(uint64_t start);
bool legal_kernel(uint64_t at);
bool legal_initrd(uint64_t kernel, uint64_t at);

/* Against the kernel; against the initrd see share_granule. */
bool legal_fdt(uint64_t kernel, uint64_t at);
void expect_legal(const struct trans_placement *at);

/* There must be an answer, and it must be legal. */
struct trans_placement board_place(void);

/* There is none, for this reason. */
void board_refused(int status, const char *why, uint64_t len);
void board_no_kernel(void);

/* ---- maps that boards have ---- */

/* QEMU's virt with @ram bytes, and the usual request. */
void virt(uint64_t ram);

/* ---- wishes ---- */

void board_wish(enum trans_wish_kind kind, uint64_t kernel, uint64_t initrd);

#endif
