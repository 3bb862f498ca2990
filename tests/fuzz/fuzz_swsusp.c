/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Hibernation images that someone has tampered with: one is made as Linux
 * would, then header, info page, maps, chunks or anything else is overwritten,
 * and the disk cut. Reading stays in bounds and leaves the disk alone; what it
 * accepts is what a plain walk of the same disk finds, or has the CRC that it
 * says; and taking the image off the disk, with a fault, leaves it whole or
 * gone.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/swsusp_reader.h"
#include "tests/unit/support/workers.h"
#include "fuzz.h"

static struct image image;
static struct reader reader;
static struct late_workers late;

static void put(uint8_t *at, uint64_t value, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get(const uint8_t *at, unsigned int bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

static void make(struct input *in)
{
	unsigned int kind = (unsigned int)pick(in, 32);
	struct image_spec spec = { .page_shift = 12 };

	/* Larger pages, and a second map, are slower and hardly more
	 * interesting. */
	if (kind < 3)
		spec.page_shift = kind ? 14 : 16;
	spec.data_pages = 1 + (unsigned int)pick(in, kind < 3 ? 4 : 50);
	if (kind == 3)
		spec.data_pages += 490;
	spec.packing = (enum trans_swsusp_packing)pick(in, 3);
	spec.order = (enum image_order)pick(in, 4);
	spec.zero_pages = (unsigned int)pick(in, 20);
	spec.offset = pick(in, 2) ? 0 : pick(in, 30);
	spec.chunk_pages = (unsigned int)pick(in, 33);
	spec.no_crc = !pick(in, 4);
	spec.flags = pick(in, 4) ? 0 : (uint32_t)pick(in, 32);
	spec.spare = (unsigned int)pick(in, 6);
	spec.seed = (uint32_t)take(in, 1);
	image_make(&image, &spec);
}

/* ---- tampering ---- */

/* The number of a page, of those that mean something. */
static uint64_t some_page(struct input *in)
{
	uint64_t pages = image.len >> image.spec.page_shift;

	switch (pick(in, 8)) {
	case 0:
		return 0;
	case 1:
		return image.map[pick(in, image.maps)];
	case 2:
		return image.spec.offset;
	case 3:
		return pages - 1 + pick(in, 3);
	case 4:
		return take(in, 8);
	case 5:
		return 1ULL << pick(in, 64);
	default:
		return image.slot[pick(in, image.slots)];
	}
}

/* @bytes bytes at @at, within the disk. */
static void overwrite(struct input *in, uint8_t *at, unsigned int bytes)
{
	static const uint64_t odd[] = { 0, 1, UINT64_MAX, 1ULL << 63, 139333,
					139334, 32 * 4096 };

	if ((uint64_t)(image.disk + image.len - at) < bytes)
		return;
	switch (pick(in, 4)) {
	case 0:
		put(at, take(in, bytes), bytes);
		break;
	case 1:
		put(at, get(at, bytes) + pick(in, 9) - 4, bytes);
		break;
	case 2:
		put(at, odd[pick(in, 7)], bytes);
		break;
	case 3:
		put(at, get(at, bytes) ^ 1ULL << pick(in, 8 * bytes), bytes);
		break;
	}
}

static void tamper_info(struct input *in)
{
	static const uint16_t fields[] = { 0, 64, 72, 80, 88, 96, 392, 400,
					   416, 424, 432 };

	overwrite(in, image_page(&image, image.slot[0]) + fields[pick(in, 11)],
		  8);
}

/* Counts that agree with each other. */
static void other_counts(struct input *in)
{
	uint8_t *info = image_page(&image, image.slot[0]);
	uint64_t data = get(info + 416, 8) + pick(in, 40) - 20;
	uint64_t pages = data + 1 + pick(in, 4);

	put(info + 416, data, 8);
	put(info + 424, pages, 8);
	put(info + 432, pages << image.spec.page_shift, 8);
}

static void tamper_map(struct input *in)
{
	uint8_t *map = image_page(&image, image.map[pick(in, image.maps)]);
	unsigned int slots = (1u << image.spec.page_shift) / 8 - 1;

	put(map + 8 * (pick(in, 4) ? pick(in, image.slots < slots ?
					  image.slots : slots) : slots),
	    some_page(in), 8);
}

static void tamper_chunk(struct input *in)
{
	uint8_t *at;

	if (!image.chunks)
		return;
	at = image_page(&image,
			image.slot[image.chunk[pick(in, image.chunks)]]);
	if (pick(in, 2))
		overwrite(in, at, 8);
	else
		overwrite(in, at + 8 + pick(in, 64), 1 +
			  (unsigned int)pick(in, 4));
}

static void copy_page(struct input *in)
{
	uint64_t pages = image.len >> image.spec.page_shift;
	uint64_t from = some_page(in), to = some_page(in);

	if (from < pages && to < pages && from != to)
		memcpy(image_page(&image, to), image_page(&image, from),
		       (size_t)1 << image.spec.page_shift);
}

static void tamper(struct input *in)
{
	switch (pick(in, 7)) {
	case 0:
		overwrite(in, image_header(&image, 1 +
					   (unsigned int)pick(in, 40)),
			  1 + (unsigned int)pick(in, 8));
		break;
	case 1:
		tamper_info(in);
		break;
	case 2:
		other_counts(in);
		break;
	case 3:
		tamper_map(in);
		break;
	case 4:
		tamper_chunk(in);
		break;
	case 5:
		copy_page(in);
		break;
	case 6:
		overwrite(in, image.disk + take(in, 4) % image.len, 1);
		break;
	}
}

/* ---- what is accepted ---- */

/* The pages of a raw image by the plainest of walks. */
static void check_raw(void)
{
	const struct trans_swsusp_info *info = &reader.sw.info;
	size_t page = (size_t)1 << info->page_shift;
	uint64_t slots = page / 8 - 1, at = 1, map;

	map = get(image.disk + ((image.spec.offset + 1) << info->page_shift) -
		  32, 8);
	for (uint64_t n = 0; n < info->pages - 1; n++, at++) {
		const uint8_t *entry;

		if (at == slots) {
			map = get(image.disk + map * page + 8 * slots, 8);
			at = 0;
		}
		entry = image.disk + map * page + 8 * at;
		CHECK(!memcmp(reader.out + n * page,
			      image.disk + get(entry, 8) * page, page));
	}
}

/* What the CRC is, test_swsusp_crc knows. */
static void check_crc(void)
{
	const struct trans_swsusp_info *info = &reader.sw.info;

	CHECK(trans_crc32(0, reader.out, (info->pages - 1)
			  << info->page_shift) == info->crc);
}

static void check_info(void)
{
	const struct trans_swsusp_info *info = &reader.sw.info;

	CHECK(info->page_shift == 12 || info->page_shift == 14 ||
	      info->page_shift == 16);
	CHECK(info->meta_pages && info->data_pages);
	CHECK(info->pages == 1 + info->meta_pages + info->data_pages);
	CHECK(!info->version[64]);
	CHECK(info->own || (info->ttbr1 && info->ttbr1 < 1ULL << 52));
	CHECK(!(info->mpidr & ~0xff00ffffffULL));
}

static int read_all(void)
{
	int rc = reader_open(&reader);

	CHECK(rc || reader.sw.info.pages);
	if (!rc) {
		check_info();
		/* Rooms are for pages of the size that was made. */
		if (reader.sw.info.page_shift != reader.page_shift)
			return TRANS_EFAULT;
		rc = reader_read(&reader);
	} else {
		CHECK(!reader.sw.info.pages);
	}
	if (rc)
		CHECK(reader.err.status == rc && reader.err.why);
	return rc;
}

/* ---- off the disk ---- */

static void check_sector(const uint8_t *before)
{
	size_t sig = (size_t)((image.spec.offset + 1)
			      << image.spec.page_shift) - 10;

	CHECK(!memcmp(image.disk, before, sig));
	CHECK(!memcmp(image.disk + sig + 10, before + sig + 10,
		      (size_t)image.len - sig - 10));
	CHECK(!memcmp(image.disk + sig, before + sig, 10) ||
	      !memcmp(image.disk + sig, before + sig - 10, 10));
}

static void take_off(struct input *in, const uint8_t *before)
{
	struct disk *disk = &reader.disk;
	int rc;

	disk->ops = 0;
	disk->fault_at = pick(in, 8);
	disk->fault = (enum disk_fault)pick(in, 4);
	disk->then_at = pick(in, 12);
	disk->then = (enum disk_fault)pick(in, 4);
	rc = trans_swsusp_clear(&reader.sw, &reader.err);
	CHECK(!rc || (reader.err.status == rc && reader.err.why));
	CHECK(!disk->outside);
	disk_power_cut(disk, (uint32_t)take(in, 1));
	check_sector(before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, len };
	unsigned int times;
	uint8_t *before;
	uint64_t cut;

	make(&in);
	times = (unsigned int)pick(&in, 5);
	while (times--)
		tamper(&in);
	before = malloc(image.len);
	CHECK(before);
	memcpy(before, image.disk, image.len);
	/* As many pages as were made, and some for counts that grew. */
	cut = pick(&in, 5) ? 0 : pick(&in, image.len >> 9) << 9;
	reader_init(&reader, image.disk, image.len - cut, image.spec.offset,
		    image.spec.page_shift,
		    image.meta_pages + image.data_pages + 40);
	reader.room_most = (unsigned int)pick(&in, 41);
	reader.uneven = pick(&in, 2);
	reader.step = pick(&in, 50);
	reader.seed = (uint32_t)take(&in, 1);
	workers_late(&late, (unsigned int)pick(&in, 5), 0);
	reader_workers(&reader, &late.workers);
	if (pick(&in, 2))
		early_begin(&reader.early, &reader.disk.block);
	if (!read_all()) {
		if (reader.sw.info.packing == TRANS_SWSUSP_RAW)
			check_raw();
		else if (reader.sw.info.has_crc)
			check_crc();
		CHECK(reader.given == reader.sw.info.pages - 1);
	}
	CHECK(!reader.disk.outside);
	CHECK(!reader.early.misused && !reader.early.buf);
	CHECK(!reader.disk.writes && !reader.disk.flushes);
	CHECK(!memcmp(before, image.disk, image.len));
	if (reader.sw.info.pages &&
	    reader.sw.info.page_shift == image.spec.page_shift)
		take_off(&in, before);
	free(before);
	reader_free(&reader);
	image_free(&image);
	return 0;
}
