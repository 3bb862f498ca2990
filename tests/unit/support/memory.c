/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Simulated physical memory: see memory.h. */
#include <stdlib.h>
#include <string.h>

#include "memory.h"

bool memory_watches_stores = true;

static int memory_alloc(void *ctx, unsigned int shift, unsigned int count,
			trans_pa_t *pa)
{
	struct memory *m = ctx;
	size_t pages = m->len >> m->shift, run = 0;

	if (shift != m->shift)
		abort();
	if (++m->allocs == m->fail_at)
		return 1;
	for (size_t i = 0; i < pages; i++) {
		run = m->used[i] ? 0 : run + 1;
		if (run < count)
			continue;
		memset(&m->used[i + 1 - count], 1, count);
		*pa = m->base + ((i + 1 - count) << m->shift);
		memset(memory_at(m, *pa), 0xa5, (size_t)count << m->shift);
		m->balance += count;
		return 0;
	}
	return 1;
}

static void memory_release(void *ctx, unsigned int shift, unsigned int count,
			   trans_pa_t pa)
{
	struct memory *m = ctx;
	size_t first = (pa - m->base) >> m->shift;

	if (shift != m->shift || pa & ((1ULL << shift) - 1))
		abort();
	for (size_t i = first; i < first + count; i++) {
		if (!m->used[i])
			abort(); /* double free */
		m->used[i] = 0;
	}
	memset(memory_at(m, pa), 0x5a, (size_t)count << m->shift);
	m->balance -= count;
}

static void *memory_map(void *ctx, trans_pa_t pa, size_t len)
{
	struct memory *m = ctx;

	if (++m->maps == m->refuse_map_at)
		return NULL;
	if (m->hidden.len && pa < m->hidden.start + m->hidden.len &&
	    m->hidden.start < pa + len)
		return NULL;
	if (pa < m->base || pa - m->base > m->len ||
	    len > m->len - (pa - m->base))
		return NULL;
	return m->bytes + (pa - m->base);
}

static bool memory_pfn_valid(void *ctx, trans_pa_t pa, uint64_t len)
{
	struct memory *m = ctx;

	m->asked++;
	return !m->bad_pfn || m->bad_pfn < pa || m->bad_pfn - pa >= len;
}

static uint64_t memory_valid_len(void *ctx, trans_pa_t pa)
{
	struct memory *m = ctx;

	m->asked++;
	return m->bad_pfn < pa || !m->bad_pfn ? ~pa : m->bad_pfn - pa;
}

static void memory_clean(void *ctx, const void *va, size_t len)
{
	struct memory *m = ctx;

	(void)va;
	m->cleaned += len;
}

static void memory_barrier(void *ctx)
{
	((struct memory *)ctx)->barriers++;
}

static void memory_write(void *ctx, uint64_t *slot, uint64_t desc)
{
	struct memory *m = ctx;

	m->written++;
	*slot = desc;
}

static int memory_acquire(void *ctx, trans_pa_t pa)
{
	struct memory *m = ctx;

	(void)pa;
	if (++m->acquires == m->refuse_acquire_at)
		return 1;
	m->acquired++;
	return 0;
}

static void memory_unacquire(void *ctx, trans_pa_t pa)
{
	struct memory *m = ctx;

	(void)pa;
	m->acquired--;
}

void memory_init(struct memory *m, trans_pa_t base, size_t len,
		 unsigned int shift)
{
	*m = (struct memory){ .base = base, .len = len, .shift = shift };
	m->bytes = aligned_alloc(65536, len);
	m->used = calloc(len >> shift, 1);
	if (!m->bytes || !m->used)
		abort();
	memset(m->bytes, 0xa5, len);
	m->ops = (struct trans_ops){
		.alloc = memory_alloc,
		.free = memory_release,
		.phys_to_virt = memory_map,
		.pfn_valid = memory_pfn_valid,
		.clean = memory_clean,
		.barrier = memory_barrier,
		.write_entry = memory_watches_stores ? memory_write : NULL,
		.acquire = memory_watches_stores ? memory_acquire : NULL,
		.release = memory_watches_stores ? memory_unacquire : NULL,
		.valid_len = memory_watches_stores ? NULL : memory_valid_len,
	};
}

void memory_free(struct memory *m)
{
	free(m->bytes);
	free(m->used);
}

void *memory_at(struct memory *m, trans_pa_t pa)
{
	if (pa < m->base || pa - m->base >= m->len)
		abort();
	return m->bytes + (pa - m->base);
}

uint64_t rnd(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}
