/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the program trans is given at a desk: images whose page numbers and
 * header somebody has written over, and dumps that are bytes, or ELF cores,
 * with tables in them. What is accepted has pages that ascend, each of them
 * once, and reading tables ends.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/unit/support/disk.h"
#include "tests/unit/support/swsusp_image.h"
#include "tools/trans/dump.h"
#include "fuzz.h"

/* ---- images ---- */

static struct image image;
static struct contents contents;
static struct kernel kernel;

static void make(struct input *in)
{
	struct image_spec spec = {
		.page_shift = 12,
		.data_pages = 1 + (unsigned int)pick(in, 40),
		.zero_pages = (unsigned int)pick(in, 20),
		.packing = pick(in, 4) ? TRANS_SWSUSP_RAW : TRANS_SWSUSP_LZ4,
		.seed = (uint32_t)take(in, 1),
	};

	image_make(&image, &spec);
}

/* A word of the info page, of the page numbers, or of a page of data. */
static void tamper(struct input *in)
{
	uint64_t slot = pick(in, 3);
	uint8_t *page;

	if (slot > 1)
		slot = pick(in, image.slots);
	page = image_page(&image, image.slot[slot]);
	for (uint64_t n = pick(in, 8); n--;) {
		uint64_t value = take(in, (unsigned int)pick(in, 8) + 1);
		size_t at = pick(in, 4) ? pick(in, 64) : pick(in, 512);

		if (!pick(in, 3))
			value |= 1ULL << 63;
		memcpy(page + 8 * at, &value, sizeof(value));
	}
}

static void check_stretches(void)
{
	struct trans_saved_memory memory = contents_memory(&contents);
	trans_pa_t end = 0, pa = 0;
	uint64_t len, stored = 0;

	for (size_t i = 0; i < contents.count; i++) {
		const struct stretch *stretch = &contents.stretch[i];

		CHECK(stretch->len && stretch->pa >= end);
		CHECK(memory.holds(memory.ctx, stretch->pa, stretch->len));
		end = stretch->pa + stretch->len;
	}
	for (; (len = memory.next(memory.ctx, &pa)) != 0; pa += len) {
		const uint8_t *at = memory.at(memory.ctx, pa, len);

		CHECK(at && at >= contents.store);
		CHECK(at + len <= contents.store + contents.store_len);
		stored += len;
	}
	CHECK(stored == contents.stored << image.spec.page_shift);
}

static void read_image(struct input *in)
{
	struct trans_error err = { 0 };
	struct disk disk;

	make(in);
	for (uint64_t n = pick(in, 4); n--;)
		tamper(in);
	disk_init(&disk, image.disk, image.len, 9);
	if (!contents_open(&contents, &disk.block, 0, &err)) {
		contents.reader.args.unpack = image_unpackers;
		if (!contents_read(&contents, &err)) {
			check_stretches();
			kernel_find(&kernel, &contents);
		}
	}
	CHECK(!disk.writes);
	contents_close(&contents);
	disk_free(&disk);
	image_free(&image);
}

/* ---- dumps ---- */

#define DUMP_LEN 65536u
#define DUMP_BASE 0x40000000ULL

/* Entries of tables that lead to tables and pages of the same dump. */
static void put_entries(struct input *in, uint8_t *bytes)
{
	for (uint64_t n = pick(in, 64); n--;) {
		size_t at = pick(in, DUMP_LEN / 8);
		uint64_t value = DUMP_BASE + 4096 * pick(in, 16);

		value |= pick(in, 2) ? 3 : pick(in, 2) ? 0x701 :
				       take(in, 8) & 0xff00000000000fffULL;
		memcpy(bytes + 8 * at, &value, sizeof(value));
	}
}

static int count_run(void *arg, const struct trans_run *run)
{
	trans_va_t *end = arg;

	CHECK(run->len && (!*end || run->va >= *end));
	*end = run->va + run->len;
	return 0;
}

static void read_tables(struct input *in, struct dump *dump)
{
	const struct trans_regs regs = { .ttbr = DUMP_BASE + 4096 * pick(in, 16),
					 .tcr = 0x34b5503510,
					 .mair = 0x40044ffff };
	struct trans_geometry geo;
	struct trans_table table;
	struct trans_leaf leaf;
	trans_va_t end = 0;

	CHECK(!trans_geometry_from_tcr(&geo, TRANS_EL1_0, true, regs.tcr,
				       0x10200126, NULL));
	if (trans_table_attach(&table, &geo, &regs, NULL, &dump->ops, dump,
			       NULL))
		return;
	(void)trans_table_query(&table, ~take(in, 6), &leaf, NULL);
	(void)trans_table_runs(&table, trans_geometry_first(&geo),
			       1ULL << geo.va_bits, count_run, &end, NULL);
	CHECK(dump->visited <= dump->most + 64);
}

static void read_dump(struct input *in)
{
	uint8_t *bytes = calloc(1, DUMP_LEN);
	struct dump dump = { .file = { bytes, DUMP_LEN }, .disk = { .fd = -1 } };
	size_t given;

	put_entries(in, bytes);
	given = in->left < DUMP_LEN ? in->left : DUMP_LEN;
	if (pick(in, 2)) /* bytes as they come, perhaps an ELF file's */
		memcpy(bytes, in->at, given < in->left ? given : in->left);
	if (!dump_bytes(&dump, DUMP_BASE)) {
		trans_pa_t end = 0;

		for (size_t i = 0; i < dump.count; i++) {
			const struct dump_piece *piece = &dump.piece[i];

			CHECK(piece->len && piece->pa >= end);
			CHECK(piece->at < DUMP_LEN);
			CHECK(piece->len <= DUMP_LEN - piece->at);
			end = piece->pa + piece->len;
		}
		read_tables(in, &dump);
	}
	free(dump.piece);
	munmap(dump.copies, dump.file.len);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, len };

	if (pick(&in, 2))
		read_image(&in);
	else
		read_dump(&in);
	return 0;
}
