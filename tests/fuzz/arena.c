/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Hostile table memory: see arena.h. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"

static void *arena_map(void *ctx, trans_pa_t pa, size_t len)
{
	struct arena *a = ctx;

	arena_tick(a);
	if (++a->calls > a->limit)
		return NULL;
	if (pa >= a->base && pa - a->base < a->len)
		return len > a->len - (pa - a->base) ?
			       NULL : a->bytes + (pa - a->base);
	return a->also ? a->also->ops.phys_to_virt(a->also, pa, len) : NULL;
}

static int no_alloc(void *ctx, unsigned int shift, unsigned int count,
		    trans_pa_t *pa)
{
	(void)ctx, (void)shift, (void)count, (void)pa;
	fuzz_fail("an allocation for a view", __FILE__, __LINE__);
}

static void no_free(void *ctx, unsigned int shift, unsigned int count,
		    trans_pa_t pa)
{
	(void)ctx, (void)shift, (void)count, (void)pa;
	fuzz_fail("a page of a view is freed", __FILE__, __LINE__);
}

static void no_write(void *ctx, uint64_t *slot, uint64_t desc)
{
	(void)ctx, (void)slot, (void)desc;
	fuzz_fail("a view is written", __FILE__, __LINE__);
}

void arena_open(struct arena *a, const struct trans_geometry *geo,
		trans_pa_t base)
{
	size_t len = (size_t)ARENA_PAGES << geo->granule_shift;

	*a = (struct arena){ .base = base, .len = len };
	a->bytes = calloc(1, len);
	a->ops = (struct trans_ops){
		.alloc = no_alloc, .free = no_free, .write_entry = no_write,
		.phys_to_virt = arena_map,
	};
}

void arena_close(struct arena *a)
{
	free(a->bytes);
}

bool arena_read(void *ctx, uint64_t pa, uint64_t *desc)
{
	struct arena *a = ctx;

	if (pa < a->base || pa - a->base >= a->len)
		return false;
	memcpy(desc, a->bytes + (pa - a->base), 8);
	return true;
}

/* A slot on the way to, or a little after, the address all is about. */
static unsigned int any_slot(const struct arena *a, struct input *in)
{
	unsigned int entries = 1u << (a->cpu->granulebits - 3);
	unsigned int how = (unsigned int)take(in, 1);
	int level = (int)(how & 7) - 1;

	if (how >= 0xc0)
		return (unsigned int)take(in, 2) % entries;
	if (level > 3 || walker_span(a->cpu, level) > 63)
		return how >> 3;
	return ((unsigned int)(a->near >> walker_span(a->cpu, level)) +
		(how >> 3)) % entries;
}

/* Bits that are neither address nor type. */
static uint64_t any_attributes(struct input *in)
{
	switch (pick(in, 4)) {
	case 0:
		return 1 << 10;
	case 1:
		return 1 << 10 | take(in, 1) << 4;
	case 2:
		return 1 << 10 | take(in, 1) << 2 | take(in, 2) << 50;
	default:
		return (take(in, 2) & 0xffc) | take(in, 2) << 50;
	}
}

static uint64_t any_output(const struct arena *a, struct input *in)
{
	uint64_t pa = take(in, 2);

	switch (pick(in, 4)) {
	case 0: /* wherever */
		pa = take(in, 7) & ((1ULL << 52) - 1);
		break;
	case 1: /* about the end of what an address can be */
		pa = (1ULL << a->cpu->oasize) - (pa << a->cpu->granulebits);
		break;
	default:
		pa <<= a->cpu->granulebits;
	}
	return world_address(a->cpu, pa & ((1ULL << 52) - 1));
}

static uint64_t any_entry(const struct arena *a, struct input *in)
{
	trans_pa_t page = a->base + (pick(in, ARENA_PAGES)
				     << a->cpu->granulebits);
	uint64_t attributes;

	switch (pick(in, 10)) {
	case 0:
		return 0;
	case 1:
		return take(in, 8);
	case 2: /* payload of an invalid entry */
		return take(in, 8) & ~1ULL;
	case 3: /* one that lost its valid bit */
		attributes = any_attributes(in);
		return any_output(a, in) | attributes | pick(in, 2) << 1;
	case 4: /* block, or reserved */
		attributes = any_attributes(in);
		return any_output(a, in) | attributes | 1;
	case 5: /* page, or a table anywhere */
		attributes = any_attributes(in);
		return any_output(a, in) | attributes | 3;
	case 6: /* with hierarchical attributes */
		return world_address(a->cpu, page) | take(in, 1) << 56 | 3;
	default: /* a table of the arena, this one perhaps */
		return world_address(a->cpu, page) | 3;
	}
}

void arena_record(struct arena *a, struct input *in)
{
	unsigned int shift = a->cpu->granulebits, count;
	uint64_t page = pick(in, ARENA_PAGES), slot = any_slot(a, in);
	uint64_t entry = any_entry(a, in), step;
	uint64_t *at = (uint64_t *)(a->bytes + (page << shift)) + slot;
	uint64_t how = take(in, 1);

	count = how & 0x80 ? 1u << (how & 15) : 1 + (how & 15);
	/* the same again, or continued: pages, or blocks of level 2 */
	step = how >> 4 & 1 ? 1ULL << shift : 0;
	if (how >> 5 & 1)
		step = 1ULL << walker_span(a->cpu, 2);
	for (; count && slot < 1u << (shift - 3); count--, slot++) {
		*at++ = entry;
		entry += step;
	}
}

void arena_tick(struct arena *a)
{
	if (!a->later || !a->later->left || a->wait--)
		return;
	a->wait = a->gap;
	arena_record(a, a->later);
}
