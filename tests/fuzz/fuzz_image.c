/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The Image header, and placement of what it asks for: any header, any memory
 * map. What is accepted must keep the boot protocol (booting.rst).
 */
#include <stdlib.h>
#include <string.h>

#include <trans_table/place.h>

#include "fuzz.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)
#define PA_END (1ULL << 48)

/* A header byte by byte, or one that is right where it matters least. */
static void read_header(struct input *in, uint8_t *head, size_t len)
{
	bool whole = pick(in, 4) == 0;
	size_t pe = (size_t)take(in, 1);

	for (size_t i = 0; whole && i < len; i++)
		head[i] = (uint8_t)take(in, 1);
	if (whole || len < TRANS_IMAGE_HEADER_LEN)
		return;
	memcpy(head + 56, "ARM\x64", 4);
	for (int i = 8; i < 11; i++) /* text_offset */
		head[i] = (uint8_t)take(in, 1);
	for (int i = 17; i < 22; i++) /* image_size */
		head[i] = (uint8_t)take(in, 1);
	head[24] = (uint8_t)take(in, 1);
	memcpy(head, "MZ", 2);
	head[60] = (uint8_t)pe;
	if (pe + 4 <= len)
		memcpy(head + pe, "PE", 3);
	for (size_t i = pe + 4; i < len; i++)
		head[i] = (uint8_t)take(in, 1);
}

static void check_image(const struct trans_image *image, uint64_t file_len,
			uint64_t granules)
{
	CHECK(image->text_offset < 2 * MIB);
	CHECK(image->file_len == file_len);
	CHECK(image->memory_len >= file_len);
	CHECK(!image->page_shift || granules >> image->page_shift & 1);
}

/* What it says of a file's length is one that the parser takes. */
static void check_len(const uint8_t *head, size_t len)
{
	const uint64_t all = 1 << 12 | 1 << 14 | 1 << 16;
	uint64_t file_len = trans_image_len(head, len);
	struct trans_image image;
	struct trans_error err = { 0 };

	CHECK(!file_len || file_len >= TRANS_IMAGE_HEADER_LEN);
	if (!file_len)
		return;
	if (!trans_image_parse(head, len, file_len, all, &image, &err))
		CHECK(image.memory_len >= file_len);
	else
		CHECK(err.status == TRANS_EIMAGE);
}

static int parse(struct input *in, struct trans_image *image)
{
	uint64_t granules = take(in, 3), file_len = take(in, 8);
	size_t len = pick(in, 4) ? 64 + pick(in, 512) : pick(in, 64);
	uint8_t *head = calloc(1, len ? len : 1);
	struct trans_image before;
	struct trans_error err = { 0 };
	int ret;

	file_len >>= pick(in, 64);
	read_header(in, head, len);
	check_len(head, len);
	memset(image, 0x5a, sizeof(*image));
	before = *image;
	ret = trans_image_parse(head, len, file_len, granules, image, &err);
	if (!ret)
		check_image(image, file_len, granules);
	else
		CHECK(!memcmp(&before, image, sizeof(before)) && err.why);
	CHECK(!ret || ret == TRANS_EIMAGE || ret == TRANS_ETRUNC ||
	      (ret == TRANS_EINVAL && len < TRANS_IMAGE_HEADER_LEN));
	free(head);
	return ret;
}

/* ---- placement ---- */

static bool share_granule(uint64_t granule, uint64_t a, uint64_t a_len,
			  uint64_t b, uint64_t b_len)
{
	return a / granule <= (b + b_len - 1) / granule &&
	       b / granule <= (a + a_len - 1) / granule;
}

static void check_initrd(const struct trans_place_request *r,
			 const struct trans_placement *at)
{
	uint64_t k_end = at->kernel + r->image->memory_len;
	uint64_t i_end = at->initrd + r->initrd_len;
	uint64_t low = at->kernel < at->initrd ? at->kernel : at->initrd;

	CHECK(at->initrd % r->granule == 0 && i_end <= PA_END);
	CHECK(trans_ranges_contain(r->usable, at->initrd, r->initrd_len));
	CHECK((k_end > i_end ? k_end : i_end) - low / GIB * GIB <= 32 * GIB);
	CHECK(!share_granule(r->granule, at->initrd, r->initrd_len, at->kernel,
			     r->image->memory_len));
	CHECK(!share_granule(r->granule, at->initrd, r->initrd_len, at->fdt,
			     r->fdt_len));
}

static void check_placement(const struct trans_place_request *r,
			    const struct trans_placement *at)
{
	uint64_t len = r->image->memory_len;

	CHECK((at->kernel - r->image->text_offset) % (2 * MIB) == 0);
	CHECK(len <= PA_END && at->kernel <= PA_END - len);
	CHECK(trans_ranges_contain(r->usable, at->kernel, len));
	CHECK(at->fdt % r->granule == 0 && at->fdt + r->fdt_len <= PA_END);
	CHECK(trans_ranges_contain(r->usable, at->fdt, r->fdt_len));
	CHECK(!share_granule(r->granule, at->kernel, len, at->fdt, r->fdt_len));
	if (r->initrd_len)
		check_initrd(r, at);
	else
		CHECK(!at->initrd);
}

/* An address or a length of any size, on a 64K boundary most of the time. */
static uint64_t scaled(struct input *in)
{
	uint64_t value = take(in, 2), shift = pick(in, 52);

	return pick(in, 8) ? value << shift & ~0xffffULL : value << shift;
}

static void place(struct input *in, const struct trans_image *image)
{
	struct trans_range storage[16];
	struct trans_ranges usable;
	struct trans_placement at = { 1, 2, 3 };
	struct trans_place_request r = { .usable = &usable, .image = image };
	struct trans_error err = { 0 };
	int ret;

	r.granule = pick(in, 16) ? 4096ULL << pick(in, 5) : take(in, 3);
	r.fdt_len = pick(in, 8) ? 1 + pick(in, 2 * MIB) : take(in, 8);
	r.initrd_len = pick(in, 2) ? scaled(in) : 0;
	trans_ranges_init(&usable, storage, 16);
	while (in->left) {
		uint64_t start = scaled(in), len = scaled(in);

		if (pick(in, 4))
			trans_ranges_add(&usable, start, len);
		else
			trans_ranges_remove(&usable, start, len);
	}
	ret = trans_place(&r, &at, &err);
	if (!ret)
		check_placement(&r, &at);
	else
		CHECK(at.kernel == 1 && at.initrd == 2 && at.fdt == 3);
	CHECK(!ret || ret == TRANS_ENOHOLE || ret == TRANS_EINVAL);
	CHECK(!ret || (err.status == ret && err.why));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, len };
	struct trans_image image;

	if (parse(&in, &image))
		image = (struct trans_image){ .text_offset = take(&in, 8),
					      .memory_len = scaled(&in) };
	place(&in, &image);
	return 0;
}
