/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <trans_table/cpu.h>
#include <trans_table/table.h>

#include "machine.h"
#include "memory.h"

/* Of free memory: each allocation that is freed out of order may split one. */
#define MAX_FREE_RANGES 512

#define LINKER_SYMBOL extern char __attribute__((visibility("hidden")))
LINKER_SYMBOL image_start[];
LINKER_SYMBOL rodata_start[];
LINKER_SYMBOL data_start[];
LINKER_SYMBOL image_end[];

unsigned int own_shift = PAGE_SHIFT;
struct memory memory;

static struct trans_range free_storage[MAX_FREE_RANGES];

static struct trans_range between(const char *start, const char *end)
{
	return (struct trans_range){ pa_of(start), (uint64_t)(end - start) };
}

struct trans_range image_range(void)
{
	return between(image_start, image_end);
}

void image_parts(struct image_part part[IMAGE_PARTS])
{
	part[0] = (struct image_part){
		"text", between(image_start, rodata_start), TRANS_EXEC };
	part[1] = (struct image_part){
		"rodata", between(rodata_start, data_start), 0 };
	part[2] = (struct image_part){
		"data and stack", between(data_start, image_end), TRANS_WRITE };
}

static struct trans_range whole(struct trans_range range, uint64_t unit)
{
	uint64_t first = range.start & ~(unit - 1);
	uint64_t end = range.start + range.len + unit - 1;

	return (struct trans_range){ first, (end & ~(unit - 1)) - first };
}

struct trans_range whole_pages(struct trans_range range)
{
	return whole(range, PAGE_LEN);
}

struct trans_range whole_granules(struct trans_range range)
{
	return whole(range, 1ULL << own_shift);
}

int memory_keep(trans_pa_t pa, uint64_t len)
{
	struct trans_range range = whole_pages((struct trans_range){ pa, len });

	return trans_ranges_remove(&memory.free_ranges, range.start, range.len);
}

int memory_init(void)
{
	struct trans_ranges *set = &memory.free_ranges;
	struct trans_range image = image_range();
	int ret;

	trans_ranges_init(set, free_storage, MAX_FREE_RANGES);
	ret = trans_ranges_add_all(set, &machine.ram);
	if (!ret)
		ret = trans_ranges_remove_all(set, &machine.reserved);
	if (!ret)
		ret = memory_keep(image.start, image.len);
	if (!ret)
		ret = memory_keep(machine.fdt.start, machine.fdt.len);
	if (!ret && machine.archive.len)
		ret = memory_keep(machine.archive.start, machine.archive.len);
	return ret;
}

uint64_t memory_free_bytes(void)
{
	return trans_ranges_total(&memory.free_ranges);
}

void memory_litter(void)
{
	const struct trans_ranges *set = &memory.free_ranges;

	for (size_t i = 0; i < set->count; i++)
		memset(at_pa(set->range[i].start), 0xa5, set->range[i].len);
}

static struct trans_range lent_storage[MAX_FREE_RANGES];
static struct trans_ranges lent;

const struct trans_ranges *memory_lend(void)
{
	trans_pa_t kept;
	bool any;

	trans_ranges_init(&lent, lent_storage, MAX_FREE_RANGES);
	(void)trans_ranges_add_all(&lent, &memory.free_ranges);
	any = !trans_carve(&lent, PAGE_SHIFT,
			   (unsigned int)(LENT_NOT >> PAGE_SHIFT), &kept);
	memory.free_ranges.count = 0;
	if (any)
		(void)trans_ranges_add(&memory.free_ranges, kept, LENT_NOT);
	return &lent;
}

void memory_take_back(void)
{
	(void)trans_ranges_add_all(&memory.free_ranges, &lent);
	lent.count = 0;
}

/*
 * With the MMU off, what is given out must be in no cache before it is stored
 * to (head.S says why), and is cleaned by whoever is done with it.
 *
 * Lowest first, on purpose: that is where the next kernel goes. A port that is
 * not a test would better allocate from the top, and the pool would find safe
 * pages at once.
 */
static int host_alloc(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t *pa)
{
	struct memory *m = ctx;
	int ret;

	if (++m->allocs == m->fail_at)
		return TRANS_ENOMEM;
	ret = trans_carve(&m->free_ranges, shift, count, pa);
	if (!ret && !linear_offset)
		trans_cpu_clean(NULL, at_pa(*pa), (size_t)count << shift);
	return ret;
}

static void host_free(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t pa)
{
	struct memory *m = ctx;

	trans_carve_back(&m->free_ranges, shift, count, pa);
}

static void *host_phys_to_virt(void *ctx, trans_pa_t pa, size_t len)
{
	(void)ctx;
	return machine_has(pa, len) ? at_pa(pa) : NULL;
}

static bool host_pfn_valid(void *ctx, trans_pa_t pa, uint64_t len)
{
	(void)ctx;
	return machine_has(pa, len);
}

const struct trans_ops memory_ops = {
	.alloc = host_alloc,
	.free = host_free,
	.phys_to_virt = host_phys_to_virt,
	.pfn_valid = host_pfn_valid,
	.clean = trans_cpu_clean,
};
