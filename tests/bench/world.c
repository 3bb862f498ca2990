/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The simulated machine: see world.h. Its tables are written by hand, so that
 * they do not depend on what is measured. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "world.h"

#define PAGE 4096ULL
#define TABLES 0x4000000000ULL /* physical address of the arenas */
#define ARENA (136ULL << 20)   /* 32,834 pages and some */

/* Attributes as Linux gives them to its linear map: Normal memory, inner
 * shareable, AF, DBM, PXN, UXN; and read-only: AP[2] in place of DBM. */
#define WRITABLE 0x0068000000000700ULL
#define READONLY 0x0060000000000780ULL
#define VALID 1ULL
#define TYPE 2ULL

const char *const variant_names[VARIANTS] = { "4k pages", "blocks", "mixed" };

static uint64_t rnd(uint64_t *state, uint64_t below)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (z ^ (z >> 31)) % below;
}

void *arena_page(struct arena *arena)
{
	void *page = arena->bytes + arena->used;

	if (arena->used + PAGE > arena->len)
		return NULL;
	arena->used += PAGE;
	return page;
}

/* ---- the library's environment ------------------------------------------- */

static int world_alloc(void *ctx, unsigned int shift, unsigned int count,
		       trans_pa_t *pa)
{
	struct world *world = ctx;
	void *page = shift == 12 && count == 1 ? arena_page(&world->copy) : NULL;

	*pa = (uintptr_t)page - world->offset;
	return !page;
}

static void world_free(void *ctx, unsigned int shift, unsigned int count,
		       trans_pa_t pa)
{
	(void)ctx, (void)shift, (void)count, (void)pa;
}

static void *world_virt(void *ctx, trans_pa_t pa, size_t len)
{
	const struct world *world = ctx;

	if (pa - TABLES > 2 * ARENA - len)
		return NULL;
	return (void *)(uintptr_t)(pa + world->offset);
}

static bool world_valid(void *ctx, trans_pa_t pa, uint64_t len)
{
	(void)ctx;
	return pa >= RAM && pa - RAM <= RAM_LEN - len;
}

/* ---- building ------------------------------------------------------------ */

static uint64_t *table_below(struct world *world, uint64_t *slot)
{
	uint64_t *page;

	if (*slot)
		return (uint64_t *)(uintptr_t)((*slot & 0xfffffffff000ULL) +
					       world->offset);
	page = arena_page(&world->source);
	if (!page)
		abort();
	memset(page, 0, PAGE);
	*slot = ((uintptr_t)page - world->offset) | VALID | TYPE;
	return page;
}

static unsigned int shift_of(int level)
{
	return 12 + 9 * (unsigned int)(3 - level);
}

/* The slot of @level for an offset into the memory. */
static uint64_t *slot_of(struct world *world, uint64_t at, int level)
{
	uint64_t *page = world->root;

	for (int i = 0; i < level; i++)
		page = table_below(world,
				   &page[(at >> shift_of(i)) & 511]);
	return &page[(at >> shift_of(level)) & 511];
}

static void leaf(struct world *world, uint64_t at, int level,
		 uint64_t attributes)
{
	*slot_of(world, at, level) = (RAM + at) | attributes |
				     VALID | (level == 3 ? TYPE : 0);
}

static void leaves(struct world *world, uint64_t at, uint64_t len, int level)
{
	for (uint64_t end = at + len; at < end; at += 1ULL << shift_of(level))
		leaf(world, at, level, WRITABLE);
}

/* A run of pages in the 2 MiB at @at: @how is new attributes with VALID, or
 * without it (the page is hidden, as debug_pagealloc and kfence do), or 0. */
static void disturb(struct world *world, uint64_t at, uint64_t most,
		    uint64_t how, uint64_t *seed)
{
	uint64_t first = rnd(seed, 512), count = 1 + rnd(seed, most);
	uint64_t *table = slot_of(world, at, 3);

	for (uint64_t i = first; i < first + count && i < 512; i++)
		table[i] = how ? (RAM + at + i * PAGE) | how | TYPE : 0;
}

/*
 * 2 MiB of pages as they are in a running kernel. Every fourth has hidden pages
 * in up to eight runs, one in 64 has read-only pages (a module's alias), one in
 * 32 a hole (a reservation that is not mapped).
 */
static void lived_in(struct world *world, uint64_t at, uint64_t *seed)
{
	leaves(world, at, 512 * PAGE, 3);
	if (!rnd(seed, 4))
		for (uint64_t runs = 1 + rnd(seed, 8); runs--;)
			disturb(world, at, 32, WRITABLE, seed);
	if (!rnd(seed, 64))
		disturb(world, at, 64, READONLY | VALID, seed);
	if (!rnd(seed, 32))
		disturb(world, at, 128, 0, seed);
}

/* In each 8 GiB: one of 1 GiB blocks, one of 2 MiB blocks, the rest pages; the
 * kernel's text at 2 MiB; no memory in [40, 44) GiB. */
static void build_mixed(struct world *world)
{
	uint64_t seed = 1;

	for (uint64_t at = 0; at < RAM_LEN; at += GIB) {
		uint64_t kind = at / GIB % 8;

		if (at / (4 * GIB) == 10)
			continue;
		if (kind == 7)
			leaf(world, at, 1, WRITABLE);
		else if (kind == 3)
			leaves(world, at, GIB, 2);
		else
			for (uint64_t i = 0; i < GIB; i += 512 * PAGE)
				lived_in(world, at + i, &seed);
	}
	for (uint64_t at = 512 * PAGE; at < 24 * 512 * PAGE; at += PAGE)
		leaf(world, at, 3, READONLY);
}

static void attach(struct world *world)
{
	struct trans_regs regs = {
		.ttbr = (uintptr_t)world->root - world->offset,
		/* T0SZ, T1SZ 16; TG1 4K; IPS 48 bits */
		.tcr = 16 | 16 << 16 | 2ULL << 30 | 5ULL << 32,
		.mair = 0xff,
	};

	if (trans_table_attach(&world->view, &world->geo, &regs,
			       trans_present_linux, &world->ops, world, NULL))
		abort();
}

void world_build(struct world *world, enum variant variant)
{
	world->source.used = 0;
	world->root = arena_page(&world->source);
	memset(world->root, 0, PAGE);
	if (variant == ALL_PAGES)
		leaves(world, 0, RAM_LEN, 3);
	if (variant == ALL_BLOCKS) {
		leaves(world, 0, RAM_LEN / 2, 2);
		leaves(world, RAM_LEN / 2, RAM_LEN / 2, 1);
	}
	if (variant == MIXED)
		build_mixed(world);
	attach(world);
}

void world_open(struct world *world)
{
	size_t huge = 2 << 20;
	uint8_t *bytes = mmap(NULL, 2 * ARENA + huge, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (bytes == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	bytes += -(uintptr_t)bytes % huge;
	/* A linear map has few TLB misses; the same for all that is
	 * measured. */
	madvise(bytes, 2 * ARENA, MADV_HUGEPAGE);
	memset(bytes, 0, 2 * ARENA);
	*world = (struct world){
		.source = { .bytes = bytes, .pa = TABLES, .len = ARENA },
		.copy = { .bytes = bytes + ARENA, .pa = TABLES + ARENA,
			  .len = ARENA },
		.offset = (uintptr_t)bytes - TABLES,
		.ops = { .alloc = world_alloc, .free = world_free,
			 .phys_to_virt = world_virt, .pfn_valid = world_valid },
	};
	if (trans_geometry_init(&world->geo, TRANS_EL1_0, TRANS_4K, 48, 48,
				TRANS_GEO_UPPER, NULL))
		abort();
}
