/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Hibernation images by hand: see swsusp_image.h. */
#include <assert.h>
#include <lz4.h>
#include <lzo/lzo1x.h>
#include <stdlib.h>
#include <string.h>

#include "swsusp_image.h"

static void put(uint8_t *at, uint64_t value, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void *must(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size);

	assert(p);
	return p;
}

static size_t page_size(const struct image *image)
{
	return (size_t)1 << image->spec.page_shift;
}

uint8_t *image_page(const struct image *image, uint64_t page)
{
	return image->disk + (page << image->spec.page_shift);
}

uint8_t *image_header(const struct image *image, unsigned int before)
{
	return image_page(image, image->spec.offset + 1) - before;
}

/* ---- the stream ---- */

/* Noise, text, or one word over and over: what memory is made of. */
static void fill_page(uint8_t *page, size_t len, uint32_t kind, uint32_t *seed)
{
	uint32_t word = next(seed);

	for (size_t i = 0; i < len; i += 4) {
		if (kind == 0 || (kind == 1 && i % 64 == 0))
			word = next(seed);
		if (kind == 2 && i % 256 == 0)
			word++;
		memcpy(page + i, &word, 4);
	}
}

static void make_stream(struct image *image, uint32_t *seed)
{
	const struct image_spec *spec = &image->spec;
	uint64_t listed = spec->data_pages + spec->zero_pages, pfn = 0x40000;
	uint64_t per_page = page_size(image) / 8, zeros = spec->zero_pages;
	uint8_t *at;

	image->data_pages = spec->data_pages;
	image->meta_pages = (listed + per_page - 1) / per_page;
	image->stream = must(image->meta_pages + image->data_pages,
			     page_size(image));
	image->pfn = must(spec->data_pages, 8);
	memset(image->stream, 0xff, image->meta_pages * page_size(image));
	for (uint64_t i = 0, n = 0; i < listed; i++) {
		bool zero = zeros && (n == spec->data_pages ||
				      next(seed) % 3 == 0);

		pfn += next(seed) % 5 ? 1 : 1 + next(seed) % 90;
		put(image->stream + 8 * i, pfn | (uint64_t)zero << 63, 8);
		if (zero)
			zeros--;
		else
			image->pfn[n++] = pfn;
	}
	at = image->stream + image->meta_pages * page_size(image);
	for (uint64_t i = 0; i < image->data_pages; i++)
		fill_page(at + i * page_size(image), page_size(image),
			  !spec->noise ? next(seed) % 4 :
			  i % 32 < spec->noise ? 0 : 3, seed);
}

static void make_info(const struct image *image, uint8_t *page)
{
	uint64_t pages = 1 + image->meta_pages + image->data_pages;

	memset(page, 0, page_size(image));
	memcpy(page, IMAGE_VERSION, sizeof(IMAGE_VERSION));
	put(page + 72, IMAGE_TTBR1, 8);
	put(page + 80, IMAGE_REENTER, 8);
	put(page + 88, IMAGE_STUB, 8);
	put(page + 96, IMAGE_MPIDR, 8);
	put(page + 400, 131072, 8);
	put(page + 416, image->data_pages, 8);
	put(page + 424, pages, 8);
	put(page + 432, pages << image->spec.page_shift, 8);
}

/* ---- packed ---- */

static size_t pack(const struct image *image, const uint8_t *from, size_t len,
		   uint8_t *to, size_t room)
{
	lzo_uint out = room;
	void *work;

	if (image->spec.packing == TRANS_SWSUSP_LZ4) {
		int n = LZ4_compress_default((const char *)from, (char *)to,
					     (int)len, (int)room);

		assert(n > 0);
		return (size_t)n;
	}
	work = must(1, LZO1X_1_MEM_COMPRESS);
	assert(!lzo1x_1_compress(from, len, to, &out, work));
	free(work);
	return out;
}

/* By a table of a byte each, made here. */
static uint32_t crc_bytes(const uint8_t *data, size_t len)
{
	static uint32_t table[256];
	uint32_t crc = 0;

	for (uint32_t i = 0; !table[255] && i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^
				   (table[i] & 1 ? 0xedb88320u : 0);
	}
	while (len--)
		crc = crc >> 8 ^ table[(crc ^ *data++) & 0xff];
	return crc;
}

/* Everything behind the info page as it goes to the disk, in whole pages. */
static uint8_t *packed_stream(struct image *image, uint64_t *pages)
{
	uint64_t left = image->meta_pages + image->data_pages;
	unsigned int most = image->spec.chunk_pages;
	size_t page = page_size(image), room = 35 * page;
	uint8_t *out = must(left / (most ? most : 32) + 1, room), *at = out;
	const uint8_t *from = image->stream;

	if (!most)
		most = 32;
	image->chunk = must(left, 8);
	while (left) {
		uint64_t n = left < most ? left : most;
		size_t len = pack(image, from, n * page, at + 8, room - 8);

		/* As in the stream of slots: the info page is slot 0. */
		image->chunk[image->chunks++] = 1 + (uint64_t)(at - out) / page;
		put(at, len, 8);
		at += (8 + len + page - 1) / page * page;
		from += n * page;
		left -= n;
	}
	*pages = (uint64_t)(at - out) / page;
	return out;
}

static uint8_t *raw_stream(struct image *image, uint64_t *pages)
{
	uint8_t *copy;

	*pages = image->meta_pages + image->data_pages;
	copy = must(*pages, page_size(image));
	memcpy(copy, image->stream, *pages * page_size(image));
	return copy;
}

/* ---- the disk ---- */

static void swap(uint64_t *a, uint64_t *b)
{
	uint64_t t = *a;

	*a = *b;
	*b = t;
}

static void mix(uint64_t *page, uint64_t count, uint32_t *seed)
{
	for (uint64_t i = count; i > 1; i--)
		swap(&page[i - 1], &page[next(seed) % i]);
}

static void mix_runs(uint64_t *page, uint64_t count, uint32_t *seed)
{
	uint64_t *start = must(count, 8), *copy = must(count, 8);
	uint64_t runs = 0, n = 0;

	for (uint64_t i = 0; i < count; i += 1 + next(seed) % 9)
		start[runs++] = i;
	memcpy(copy, page, count * 8);
	/* Each start carries its run: to the next start in order. */
	mix(start, runs, seed);
	for (uint64_t r = 0; r < runs; r++) {
		uint64_t end = count;

		for (uint64_t other = 0; other < runs; other++)
			if (start[other] > start[r] && start[other] < end)
				end = start[other];
		for (uint64_t i = start[r]; i < end; i++)
			page[n++] = copy[i];
	}
	free(start);
	free(copy);
}

/* The pages of the disk in the order in which the kernel would get them. */
static uint64_t *free_pages(const struct image *image, uint64_t disk_pages,
			    uint32_t *seed)
{
	uint64_t *page = must(disk_pages, 8), count = 0;

	for (uint64_t i = 1; i < disk_pages; i++)
		if (i != image->spec.offset)
			page[count++] = i;
	if (image->spec.order == IMAGE_DOWN)
		for (uint64_t i = 0; i < count / 2; i++)
			swap(&page[i], &page[count - 1 - i]);
	if (image->spec.order == IMAGE_MIXED)
		mix(page, count, seed);
	if (image->spec.order == IMAGE_RUNS)
		mix_runs(page, count, seed);
	return page;
}

static void lay_out(struct image *image, const uint8_t *stream, uint32_t *seed)
{
	unsigned int per_map = (unsigned int)page_size(image) / 8 - 1;
	uint64_t *page, at = 0;

	image->maps = (image->slots + per_map - 1) / per_map;
	image->len = (1 + image->maps + image->slots + image->spec.spare +
		      (image->spec.offset ? 1 : 0)) * page_size(image);
	if (image->len < (image->spec.offset + 1) * page_size(image))
		image->len = (image->spec.offset + 1) * page_size(image);
	image->disk = must(image->len, 1);
	memset(image->disk, 0xa5, image->len);
	image->map = must(image->maps, 8);
	image->slot = must(image->slots, 8);
	page = free_pages(image, image->len / page_size(image), seed);
	for (unsigned int i = 0; i < image->slots; i++) {
		unsigned int map = i / per_map;

		if (i % per_map == 0) {
			image->map[map] = page[at++];
			memset(image_page(image, image->map[map]), 0,
			       page_size(image));
			if (map)
				put(image_page(image, image->map[map - 1]) +
				    8 * per_map, image->map[map], 8);
		}
		image->slot[i] = page[at++];
		put(image_page(image, image->map[map]) + 8 * (i % per_map),
		    image->slot[i], 8);
		memcpy(image_page(image, image->slot[i]),
		       stream + i * page_size(image), page_size(image));
	}
	free(page);
}

static void make_header(struct image *image)
{
	const struct image_spec *spec = &image->spec;
	uint32_t flags = spec->flags;

	if (spec->packing == TRANS_SWSUSP_RAW)
		flags |= 2;
	else if (!spec->no_crc)
		flags |= 4;
	if (spec->packing == TRANS_SWSUSP_LZ4)
		flags |= 16;
	memset(image_page(image, spec->offset), 0, page_size(image));
	put(image_header(image, 36), image->crc, 4);
	put(image_header(image, 32), image->map[0], 8);
	put(image_header(image, 24), flags, 4);
	memcpy(image_header(image, 20), "SWAPSPACE2", 10);
	memcpy(image_header(image, 10), "S1SUSPEND", 10);
}

static void make(struct image *image, const struct image_spec *spec)
{
	uint32_t seed = spec->seed * 2654435761u + 1;
	uint64_t pages;
	uint8_t *behind, *all;

	memset(image, 0, sizeof(*image));
	image->spec = *spec;
	make_stream(image, &seed);
	if (spec->packing == TRANS_SWSUSP_RAW) {
		behind = raw_stream(image, &pages);
	} else {
		behind = packed_stream(image, &pages);
		image->crc = crc_bytes(image->stream,
				       (image->meta_pages + image->data_pages) *
				       page_size(image));
	}
	all = must(pages + 1, page_size(image));
	make_info(image, all);
	memcpy(all + page_size(image), behind, pages * page_size(image));
	image->slots = (unsigned int)pages + 1;
	lay_out(image, all, &seed);
	make_header(image);
	free(behind);
	free(all);
}

static void *copy_of(const void *from, size_t count, size_t size)
{
	return memcpy(must(count, size), from, count * size);
}

static void copy_image(struct image *image, const struct image *from)
{
	*image = *from;
	image->disk = copy_of(from->disk, from->len, 1);
	image->stream = copy_of(from->stream,
				from->meta_pages + from->data_pages,
				page_size(from));
	image->pfn = copy_of(from->pfn, from->data_pages, 8);
	image->map = copy_of(from->map, from->maps, 8);
	image->slot = copy_of(from->slot, from->slots, 8);
	if (from->chunk)
		image->chunk = copy_of(from->chunk, from->chunks, 8);
}

/* The last is kept as it was made, since tests damage one again and again and
 * to pack takes longer than to read. (What pads a spec may differ: then it is
 * made once more.) */
void image_make(struct image *image, const struct image_spec *spec)
{
	static struct image last;

	if (!last.disk || memcmp(&last.spec, spec, sizeof(*spec))) {
		image_free(&last);
		make(&last, spec);
	}
	copy_image(image, &last);
}

void image_free(struct image *image)
{
	free(image->disk);
	free(image->stream);
	free(image->pfn);
	free(image->map);
	free(image->slot);
	free(image->chunk);
	memset(image, 0, sizeof(*image));
}

/* ---- unpackers ---- */

static int lzo(void *ctx, const void *src, size_t src_len, void *dst,
	       size_t dst_len, size_t *out_len)
{
	lzo_uint out = dst_len;

	(void)ctx;
	if (lzo1x_decompress_safe(src, src_len, dst, &out, NULL))
		return TRANS_ECORRUPT;
	*out_len = out;
	return 0;
}

static int lz4(void *ctx, const void *src, size_t src_len, void *dst,
	       size_t dst_len, size_t *out_len)
{
	int n = LZ4_decompress_safe(src, dst, (int)src_len, (int)dst_len);

	(void)ctx;
	if (n < 0)
		return TRANS_ECORRUPT;
	*out_len = (size_t)n;
	return 0;
}

const struct trans_unpackers image_unpackers = { lzo, lz4, NULL };
