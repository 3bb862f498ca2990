/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The safe-page pool: what stands between the host's allocator, which knows no
 * destinations, and a transition, whose memory must lie in none.
 */
#include <trans_table/pool.h>

#include "lib/fail.h"
#include "lib/relay.h"

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
	void *place = trans_host_at_(&pool->host, pa, sizeof(link));

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
	place = trans_host_at_(&pool->host, *list, sizeof(*link));
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
	while (!pool->host.ops->alloc(pool->host.ctx, shift, count, pa)) {
		if (is_safe(pool, *pa, block_len(shift, count)))
			return 0;
		if (push(pool, &pool->parked, shift, count, *pa)) {
			pool->host.ops->free(pool->host.ctx, shift, count, *pa);
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
	pool->host.ops->free(pool->host.ctx, shift, count, pa);
}

_Static_assert(!offsetof(struct trans_pool, host), "@ops go on to it");

int trans_pool_init(struct trans_pool *pool, unsigned int shift,
		    const struct trans_ops *host, void *host_ctx,
		    const struct trans_ranges *forbidden)
{
	if (shift != 12 && shift != 14 && shift != 16)
		return TRANS_EINVAL;
	if (!host || !host->alloc || !host->free || !host->phys_to_virt)
		return TRANS_EINVAL;
	memset(pool, 0, sizeof(*pool));
	pool->host = (struct trans_host){ host, host_ctx };
	trans_relay_ops_(&pool->ops, host);
	pool->ops.alloc = pool_alloc;
	pool->ops.free = pool_free;
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
		pool->host.ops->free(pool->host.ctx, pool->shift, 1, pa);
	else
		pool->reserved++;
	return ret;
}

/* Give the newest granules of the reserve back until @count are left. */
static void shrink_reserve(struct trans_pool *pool, uint64_t count)
{
	trans_pa_t pa;

	while (pool->reserved > count && !take_reserved(pool, &pa))
		pool->host.ops->free(pool->host.ctx, pool->shift, 1, pa);
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
		pool->host.ops->free(pool->host.ctx, link.shift, link.count, pa);
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
