/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * swsusp: whatever is in the header, the info page and the maps, nothing
 * outside of the reader's buffer is read or written, and what is taken of the
 * disk is on it, and is neither header nor map. The files are included, as what
 * reads a header that was found is static there.
 */
#include "hibernate/swsusp/map.c"
#include "hibernate/swsusp/open.c"

#include "tests/proofs/proof.h"

#include <stdlib.h>

/* Of the buffer: the map, and the maps seen. */
#define PAGES SWSUSP_AT_HELD

static struct trans_block disk;
static struct trans_swsusp image;

/* From a place that must be on the disk, to one that must be in the buffer.
 * What was there is any bytes, and nobody has looked at them yet: they stay. */
static int any_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	(void)ctx;
	PROVE(len <= disk.len && offset <= disk.len - len, "on the disk");
	PROVE(__CPROVER_w_ok(buf, len), "into the buffer");
	return nondet_int();
}

static void any_disk(void)
{
	disk.read = any_read;
	disk.len = nondet_u64();
	disk.sector_shift = 9;
	image.args.disk = &disk;
	image.args.offset = nondet_u64();
	image.info.page_shift = SHIFT;
}

void prove_header(void)
{
	uint8_t *bytes = malloc(SWSUSP_HEADER_LEN);

	ASSUME(bytes);
	any_disk();
	image.args.buffer_len = nondet_u64();
	if (parse_header(&image, bytes + SWSUSP_HEADER_LEN, NULL))
		return;
	PROVE(image.args.buffer_len >= TRANS_SWSUSP_BUFFER(SHIFT),
	      "the buffer is large enough");
	PROVE(image.info.packing != TRANS_SWSUSP_RAW || !image.info.has_crc,
	      "a raw image has no CRC");
}

void prove_counts(void)
{
	const struct trans_swsusp_info *said = &image.info;
	uint8_t *page = malloc(1 << SHIFT);

	ASSUME(page);
	any_disk();
	image.info.packing = nondet_bool() ? TRANS_SWSUSP_RAW : TRANS_SWSUSP_LZO;
	if (parse_counts(&image, page, NULL))
		return;
	PROVE(said->data_pages && said->meta_pages, "both are there");
	PROVE(said->data_pages < said->pages &&
	      said->meta_pages == said->pages - 1 - said->data_pages, "sum");
	PROVE(said->pages / SWSUSP_CHUNK_PAGES <= swsusp_disk_pages(&image),
	      "they could be on the disk");
}

void prove_info(void)
{
	const struct trans_swsusp_info *said = &image.info;
	uint8_t *page = malloc(1 << SHIFT);

	ASSUME(page);
	any_disk();
	if (parse_arm64(&image.info, page, NULL))
		return;
	PROVE(said->own || !said->version[SWSUSP_VERSION_LEN - 1],
	      "the version ends");
	PROVE(said->own || (said->ttbr1 && said->ttbr1 < 1ull << 52),
	      "a root below 2^52");
	PROVE(said->stub < 1ull << 52 && said->entry < 1ull << 52 &&
	      said->context < 1ull << 52, "addresses are below 2^52");
	PROVE(!said->own || said->level == 1 || said->level == 2, "a level");
}

static bool is_in(const struct swsusp_run *run, uint64_t page)
{
	return page >= run->page && page - run->page < run->count;
}

/* In any state that opening and reading leave, of MAPS maps at most. Pages may
 * be smaller than any that are in use: it is the same code, and a solver has a
 * hard time with long buffers. */
static void any_state(void)
{
	any_disk();
	image.args.buffer_len = TRANS_SWSUSP_BUFFER(SHIFT);
	image.args.buffer = malloc(PAGES << SHIFT);
	ASSUME(image.args.buffer);
	image.map = nondet_u64();
	image.next_map = nondet_u64();
	image.first_map = nondet_u64();
	image.map_pages = nondet_u64();
	image.slot = nondet_unsigned();
	ASSUME(image.map_pages <= MAPS);
	ASSUME(image.slot <= swsusp_slots(&image));
}

void prove_first_map(void)
{
	any_state();
	if (trans_swsusp_first_map_(&image, NULL))
		return;
	PROVE(image.map < swsusp_disk_pages(&image), "the map is on the disk");
	PROVE(image.map != image.args.offset, "the map is not the header");
	PROVE(!image.slot, "its first slot");
}

static void prove_some(unsigned int most)
{
	struct swsusp_run run;

	if (trans_swsusp_next_run_(&image, most, &run, NULL))
		return;
	PROVE(run.count >= 1 && run.count <= most, "count");
	PROVE(run.count <= swsusp_slots(&image) - image.slot, "in the map");
	PROVE(run.page < swsusp_disk_pages(&image) &&
	      run.count <= swsusp_disk_pages(&image) - run.page,
	      "the run is on the disk");
	PROVE(!is_in(&run, image.args.offset), "not the header");
	PROVE(!is_in(&run, image.map), "not the map");
	PROVE(!image.next_map || !is_in(&run, image.next_map),
	      "not the next map");
}

/* From each slot of the map that is in the buffer. */
void prove_run(unsigned int most)
{
	unsigned int slot = 0;

	ASSUME(most >= 1 && most <= RUN);
	do {
		any_state();
		image.slot = slot;
		prove_some(most);
	} while (++slot < swsusp_slots(&image));
}

static void prove_behind(uint64_t maps)
{
	uint64_t words[(PAGES << SHIFT) / 8], map;

	any_state();
	image.args.buffer = words; /* a solver takes it better than bytes */
	image.map_pages = maps;
	image.slot = swsusp_slots(&image);
	map = image.map;
	if (reach_slot(&image, NULL))
		return;
	PROVE(image.map < swsusp_disk_pages(&image), "the map is on the disk");
	PROVE(image.map != image.args.offset, "the map is not the header");
	PROVE(image.map != map, "it is another map");
	PROVE(image.map_pages == maps + 1, "maps are counted");
	PROVE(!image.slot, "its first slot");
}

/* Behind the last slot of a map, after each number of maps: the next map, from
 * whose first slot `run` goes on. */
void prove_next_map(void)
{
	for (uint64_t maps = 1; maps <= MAPS; maps++)
		prove_behind(maps);
}

/* After each number of maps there is room for what has to be remembered, and
 * the first one is always known again. Only which are the same counts: few
 * values are as good as all. */
void prove_seen(uint8_t first)
{
	uint64_t words[(PAGES << SHIFT) / 8];

	any_disk();
	image.args.buffer = words; /* a solver takes it better than bytes */
	image.map_pages = 0;
	PROVE(!seen_before(&image, first), "nothing was seen");
	while (image.map_pages++ < MAPS) {
		uint64_t map = nondet_u8();
		bool again = seen_before(&image, map);

		PROVE(map != first || again, "it was seen at first");
	}
}
