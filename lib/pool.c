/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The safe-page pool: what stands between the host's allocator, which knows no
 * destinations, and a transition, whose memory must lie in none.
 */
#include <trans_table/pool.h>

#include "lib/fail.h"

/* No block is at an odd address. 0 is a legal one. */
#define NO_BLOCK UINT64_MAX

/* Kept in the first bytes of each parked block and each reserved granule. */
struct link {
	trans_pa_t next;
	unsigned int shift;
	unsigned int count;
};

static uint64_t block_len(unsigned int shift, unsigned int count)
{
	return (uint64_t)count << shift;
}

/* Blocks move through memcpy: the host need not promise that its pointers are
 * aligned for, or its compiler's types compatible with, our struct. */
static TRANS_APART int push(struct trans_pool *pool, trans_pa_t *list, unsigned int shift,
		unsigned int count, trans_pa_t pa)
{
	struct link link = { *list, shift, count };
	void *place = pool->host->phys_to_virt(pool->host_ctx, pa,
					       sizeof(link));

	if (!place)
		return TRANS_EFAULT;
	memcpy(place, &link, sizeof(link));
	*list = pa;
	return 0;
}

static int pop(struct trans_pool *pool, trans_pa_t *list, struct link *link,
	       trans_pa_t *pa)
{
	const void *place;

	if (*list == NO_BLOCK)
		return TRANS_ENOMEM;
	place = pool->host->phys_to_virt(pool->host_ctx, *list, sizeof(*link));
	if (!place)
		return TRANS_EFAULT;
	memcpy(link, place, sizeof(*link));
	*pa = *list;
	*list = link->next;
	return 0;
}

static bool is_safe(const struct trans_pool *pool, trans_pa_t pa, uint64_t len)
{
	return !pool->forbidden ||
	       !trans_ranges_touch(pool->forbidden, pa, len);
}

/* A block that no destination touches, straight from the host. Ends because
 * the host's memory does: what it offered once stays parked. */
static int take_safe(struct trans_pool *pool, unsigned int shift,
		     unsigned int count, trans_pa_t *pa)
{
	while (!pool->host->alloc(pool->host_ctx, shift, count, pa)) {
		if (is_safe(pool, *pa, block_len(shift, count)))
			return 0;
		if (push(pool, &pool->parked, shift, count, *pa)) {
			pool->host->free(pool->host_ctx, shift, count, *pa);
			return TRANS_EFAULT;
		}
		pool->parked_count += count;
	}
	return TRANS_ENOMEM;
}

static TRANS_APART int take_reserved(struct trans_pool *pool, trans_pa_t *pa)
{
	struct link link;
	int ret = pop(pool, &pool->reserve, &link, pa);

	if (!ret)
		pool->reserved--;
	return ret;
}

static int pool_alloc(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t *pa)
{
	struct trans_pool *pool = ctx;
	int ret;

	if (!count || shift > 31)
		return TRANS_EINVAL;
	if (shift == pool->shift && count == 1 && pool->reserve != NO_BLOCK)
		ret = take_reserved(pool, pa);
	else
		ret = take_safe(pool, shift, count, pa);
	if (!ret)
		pool->handed_out += count;
	return ret;
}

static void pool_free(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t pa)
{
	struct trans_pool *pool = ctx;

	pool->handed_out -= count;
	pool->host->free(pool->host_ctx, shift, count, pa);
}

static void *pool_phys_to_virt(void *ctx, trans_pa_t pa, size_t len)
{
	struct trans_pool *pool = ctx;

	return pool->host->phys_to_virt(pool->host_ctx, pa, len);
}

static bool pool_pfn_valid(void *ctx, trans_pa_t pa, uint64_t len)
{
	struct trans_pool *pool = ctx;

	return pool->host->pfn_valid(pool->host_ctx, pa, len);
}

static void pool_clean(void *ctx, const void *va, size_t len)
{
	struct trans_pool *pool = ctx;

	pool->host->clean(pool->host_ctx, va, len);
}

static void pool_write_entry(void *ctx, uint64_t *slot, uint64_t desc)
{
	struct trans_pool *pool = ctx;

	pool->host->write_entry(pool->host_ctx, slot, desc);
}

static int pool_acquire(void *ctx, trans_pa_t pa)
{
	struct trans_pool *pool = ctx;

	return pool->host->acquire(pool->host_ctx, pa);
}

static void pool_release(void *ctx, trans_pa_t pa)
{
	struct trans_pool *pool = ctx;

	pool->host->release(pool->host_ctx, pa);
}

static int pool_visit(void *ctx, trans_pa_t pa)
{
	struct trans_pool *pool = ctx;

	return pool->host->visit(pool->host_ctx, pa);
}

static void pool_barrier(void *ctx)
{
	struct trans_pool *pool = ctx;

	(pool->host->barrier)(pool->host_ctx);
}

static uint64_t pool_valid_len(void *ctx, trans_pa_t pa)
{
	struct trans_pool *pool = ctx;

	return pool->host->valid_len(pool->host_ctx, pa);
}

_Static_assert(sizeof(struct trans_ops) == 11 * sizeof(void (*)(void)),
	       "every callback is passed on here");

/* Absent stays absent: the library asks whether an optional one is there. */
static struct trans_ops forwarding_ops(const struct trans_ops *host)
{
	return (struct trans_ops){
		.alloc = pool_alloc,
		.free = pool_free,
		.phys_to_virt = pool_phys_to_virt,
		.pfn_valid = host->pfn_valid ? pool_pfn_valid : NULL,
		.clean = host->clean ? pool_clean : NULL,
		.write_entry = host->write_entry ? pool_write_entry : NULL,
		.acquire = host->acquire ? pool_acquire : NULL,
		.release = host->release ? pool_release : NULL,
		.visit = host->visit ? pool_visit : NULL,
		.barrier = host->barrier ? pool_barrier : NULL,
		.valid_len = host->valid_len ? pool_valid_len : NULL,
	};
}

int trans_pool_init(struct trans_pool *pool, unsigned int shift,
		    const struct trans_ops *host, void *host_ctx,
		    const struct trans_ranges *forbidden)
{
	if (shift != 12 && shift != 14 && shift != 16)
		return TRANS_EINVAL;
	if (!host || !host->alloc || !host->free || !host->phys_to_virt)
		return TRANS_EINVAL;
	memset(pool, 0, sizeof(*pool));
	pool->ops = forwarding_ops(host);
	pool->host = host;
	pool->host_ctx = host_ctx;
	pool->forbidden = forbidden;
	pool->shift = shift;
	pool->parked = NO_BLOCK;
	pool->reserve = NO_BLOCK;
	return 0;
}

static int add_reserved(struct trans_pool *pool)
{
	trans_pa_t pa;
	int ret = take_safe(pool, pool->shift, 1, &pa);

	if (ret)
		return ret;
	ret = push(pool, &pool->reserve, pool->shift, 1, pa);
	if (ret)
		pool->host->free(pool->host_ctx, pool->shift, 1, pa);
	else
		pool->reserved++;
	return ret;
}

/* Give the newest granules of the reserve back until @count are left. */
static void shrink_reserve(struct trans_pool *pool, uint64_t count)
{
	trans_pa_t pa;

	while (pool->reserved > count && !take_reserved(pool, &pa))
		pool->host->free(pool->host_ctx, pool->shift, 1, pa);
}

int trans_pool_reserve(struct trans_pool *pool, uint64_t count)
{
	uint64_t before = pool->reserved;

	while (pool->reserved < count) {
		if (add_reserved(pool)) {
			shrink_reserve(pool, before);
			return TRANS_ENOMEM;
		}
	}
	return 0;
}

void trans_pool_trim(struct trans_pool *pool)
{
	struct link link;
	trans_pa_t pa;

	shrink_reserve(pool, 0);
	while (!pop(pool, &pool->parked, &link, &pa)) {
		pool->parked_count -= link.count;
		pool->host->free(pool->host_ctx, link.shift, link.count, pa);
	}
}

int trans_carve(void *free_memory, unsigned int shift, unsigned int count,
		trans_pa_t *pa)
{
	static const struct trans_range anywhere = { 0, UINT64_MAX };
	struct trans_ranges *set = free_memory;
	uint64_t len;

	if (!count || shift > 31)
		return TRANS_EINVAL;
	len = block_len(shift, count);
	if (trans_ranges_fit(set, &anywhere, len, 1ULL << shift, 0,
			     TRANS_FIT_LOWEST, pa))
		return TRANS_ENOMEM;
	return trans_ranges_remove(set, *pa, len);
}

void trans_carve_back(void *free_memory, unsigned int shift,
		      unsigned int count, trans_pa_t pa)
{
	/* No room in the set: the block is lost, as documented. */
	(void)trans_ranges_add(free_memory, pa, block_len(shift, count));
}
