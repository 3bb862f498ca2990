/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How fast the hibernation image reader is, against what it cannot do without:
 * one copy of a raw image's pages, or unpacking of the same chunks by the plain
 * library, with and without the CRC that the image carries. The disk is memory,
 * so that only the reader's own work is measured. In turns, in one process; of
 * each, the best of all rounds counts, in CPU time.
 *
 * Prints lines "packing|name|seconds|bytes": the time of one run, and the bytes
 * of the stream that it gives.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/unit/support/swsusp_image.h"

#define DATA_PAGES 12000
#define ROUNDS 12

static struct image image;
static uint8_t *out, *buffer;
static uint64_t out_len;

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "swsusp: %s\n", what);
	exit(1);
}

/* ---- the reader ---- */

static int memory_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	(void)ctx;
	memcpy(buf, image.disk + offset, len);
	return 0;
}

struct rooms {
	uint64_t given;
	unsigned int most;
};

static void *room(void *ctx, unsigned int *count)
{
	struct rooms *rooms = ctx;
	uint8_t *at = out + (rooms->given << 12);

	if (*count > rooms->most)
		*count = rooms->most;
	rooms->given += *count;
	return at;
}

/* @most: pages side by side. */
static void read_image(unsigned int most)
{
	struct trans_block disk = { .len = image.len, .sector_shift = 9,
				    .read = memory_read };
	struct trans_swsusp_args args = {
		.disk = &disk, .unpack = image_unpackers, .buffer = buffer,
		.buffer_len = TRANS_SWSUSP_BUFFER(12),
	};
	struct rooms rooms = { 0, most };
	struct trans_swsusp sw;
	struct trans_error err;

	must(!trans_swsusp_open(&sw, &args, &err) &&
	     !trans_swsusp_read(&sw, sw.info.pages - 1, room, &rooms, &err),
	     "the image cannot be read");
}

static void reader_rooms(void)
{
	read_image(~0u);
}

static void reader_pages(void)
{
	read_image(1);
}

/* ---- the plain libraries, on the same chunks ---- */

static uint64_t get(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, 8);
	return value;
}

/* Chunks lie one behind the other, with a map after each 511 pages: laid out
 * here without them, once. */
static uint8_t *packed;

static void lay_packed(void)
{
	packed = realloc(packed, (size_t)image.slots << 12);
	must(packed, "no memory");
	for (unsigned int i = 0; i < image.slots; i++)
		memcpy(packed + ((size_t)i << 12),
		       image.disk + (image.slot[i] << 12), 4096);
}

static uint32_t unpack_all(bool crc_too)
{
	trans_unpack_fn fn = image.spec.packing == TRANS_SWSUSP_LZO ?
			     image_unpackers.lzo : image_unpackers.lz4;
	uint32_t crc = 0;
	uint64_t done = 0;

	for (unsigned int i = 0; i < image.chunks; i++) {
		const uint8_t *at = packed + (image.chunk[i] << 12);
		size_t len;

		must(!fn(NULL, at + 8, get(at), out + done, 32 * 4096, &len),
		     "a chunk cannot be unpacked");
		if (crc_too)
			crc = trans_crc32(crc, out + done, len);
		done += len;
	}
	must(done == out_len, "chunks are missing");
	return crc;
}

static void plain(void)
{
	if (image.spec.packing == TRANS_SWSUSP_RAW)
		memcpy(out, image.disk + 4096, out_len);
	else
		unpack_all(false);
}

static void plain_crc(void)
{
	must(unpack_all(true) == image.crc, "CRC");
}

/* ---- in turns ---- */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

struct contender {
	const char *name;
	void (*run)(void);
	bool reader, packed_only;
	double best;
};

static void round_of(struct contender *c)
{
	double start;

	if (c->packed_only && image.spec.packing == TRANS_SWSUSP_RAW)
		return;
	memset(out, 0x5a, out_len);
	start = now();
	c->run();
	start = now() - start;
	if (start < c->best)
		c->best = start;
	must(!c->reader || !memcmp(out, image.stream, out_len),
	     "the stream is wrong");
}

static void measure(enum trans_swsusp_packing packing, const char *name)
{
	struct contender contenders[] = {
		{ "plain", plain, false, false, 1e9 },
		{ "plain and CRC", plain_crc, false, true, 1e9 },
		{ "reader", reader_rooms, true, false, 1e9 },
		{ "reader, single pages", reader_pages, true, false, 1e9 },
	};
	struct image_spec spec = { .page_shift = 12, .packing = packing,
				   .data_pages = DATA_PAGES, .seed = 7 };

	image_make(&image, &spec);
	out_len = (image.meta_pages + image.data_pages) << 12;
	lay_packed();
	for (unsigned int i = 0; i < ROUNDS; i++)
		for (unsigned int c = 0; c < 4; c++)
			round_of(&contenders[c]);
	for (unsigned int c = 0; c < 4; c++)
		if (contenders[c].best < 1e9)
			printf("%s|%s|%.6f|%llu\n", name, contenders[c].name,
			       contenders[c].best,
			       (unsigned long long)out_len);
	image_free(&image);
}

int main(void)
{
	buffer = aligned_alloc(4096, TRANS_SWSUSP_BUFFER(12));
	out = aligned_alloc(4096, (DATA_PAGES + 64) << 12);
	must(buffer && out, "no memory");
	measure(TRANS_SWSUSP_RAW, "raw");
	measure(TRANS_SWSUSP_LZO, "LZO");
	measure(TRANS_SWSUSP_LZ4, "LZ4");
	free(buffer);
	free(out);
	free(packed);
	return 0;
}
