/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Hibernation images as Linux writes them, made by hand and packed by liblzo2
 * and liblz4; and a disk with a cache that a power cut empties. Neither uses a
 * line of hibernate/.
 */
#ifndef TESTS_SWSUSP_IMAGE_H
#define TESTS_SWSUSP_IMAGE_H

#include <trans_table/swsusp.h>

enum image_order {
	IMAGE_UP,    /* as Linux does on an empty swap space */
	IMAGE_DOWN,  /* the last page of the disk first */
	IMAGE_MIXED, /* any */
	IMAGE_RUNS,  /* runs of 1 to 9, runs in any order */
};

/*
 * What to make. Zero is a sensible value for all but the first three.
 * @release is that of the kernel's flags: no LZ4 before 6.9, and so on: the
 * test says what it wants.
 * @chunk_pages: pages a chunk (0: 32)
 * @no_crc: a packed image without the flag
 * @flags: more of them
 * @spare: pages of the disk that nothing uses
 * @noise: how many of 32 pages cannot be packed, and the others to nearly
 *         nothing; 0: any mixture
 */
struct image_spec {
	unsigned int page_shift;
	unsigned int data_pages;
	enum trans_swsusp_packing packing;
	unsigned int zero_pages;
	enum image_order order;
	uint64_t offset;
	unsigned int chunk_pages;
	bool no_crc;
	uint32_t flags;
	unsigned int spare, noise;
	uint32_t seed;
};

/*
 * @disk, @len:       from the start of the device; free() it through image_free
 * @stream:           meta_pages + data_pages pages: what a reader must give
 * @pfn:              of the data pages, as the kernel would ascend through them
 * @map:              pages of the disk where the swap maps are
 * @slot, @slots:     pages of the disk of the stream, info page first
 * @chunk, @chunks:   index in slot of each packed chunk
 */
struct image {
	struct image_spec spec;
	uint8_t *disk;
	uint64_t len;
	uint8_t *stream;
	uint64_t meta_pages, data_pages;
	uint64_t *pfn;
	uint64_t *map, *slot, *chunk;
	unsigned int maps, slots, chunks;
	uint32_t crc;
};

void image_make(struct image *image, const struct image_spec *spec);
void image_free(struct image *image);

/* A byte of the header, @before bytes before the end of its page. */
uint8_t *image_header(const struct image *image, unsigned int before);
/* Page @page of the disk. */
uint8_t *image_page(const struct image *image, uint64_t page);

#define IMAGE_TTBR1 0x41580000ULL
#define IMAGE_REENTER 0xffff800008e01234ULL
#define IMAGE_STUB 0x40812800ULL
#define IMAGE_MPIDR 0x80000001ULL /* bit 31 is RES1 in MPIDR_EL1 */
#define IMAGE_VERSION "#1 SMP Debian 6.1.192-1 (2026-10-10)"

/* liblzo2's and liblz4's safe ones. */
extern const struct trans_unpackers image_unpackers;

#endif
