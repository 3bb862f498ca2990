/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The safe-page pool: an environment that wraps the host's and never hands out
 * memory inside a forbidden range.
 *
 * What is allocated for a transition must survive it, so it may lie in no
 * destination of any move. The host's allocator does not know the destinations.
 * The pool asks it for pages, hands out those that lie outside every forbidden
 * range and parks the others until the end, because a page given back at once
 * would be offered again. Parked pages are linked through their own first
 * bytes (phys_to_virt), so the pool needs no storage that could run out.
 */
#ifndef TRANS_TABLE_POOL_H
#define TRANS_TABLE_POOL_H

#include <trans_table/errors.h>
#include <trans_table/ops.h>
#include <trans_table/ranges.h>

TRANS_BEGIN_DECLS

struct trans_pool {
	/* The safe environment to give to everything else; its context is the
	 * pool. alloc and free are the pool's, the rest goes to the host. */
	struct trans_ops ops;
	/* The rest is the pool's own. */
	const struct trans_ops *host;
	void *host_ctx;
	const struct trans_ranges *forbidden;
	unsigned int shift;
	trans_pa_t parked;  /* list of unsafe blocks */
	trans_pa_t reserve; /* list of safe single granules */
	/* In granules, for messages and tests. */
	uint64_t handed_out, reserved, parked_count;
};

/*
 * Make a pool of granules of 1 << @shift bytes over @host. @forbidden must not
 * change while the pool is in use; NULL forbids nothing (only tests want that).
 * All three stay the caller's. TRANS_EINVAL: a required callback is missing,
 * or @shift is none of 12, 14, 16.
 */
int trans_pool_init(struct trans_pool *pool, unsigned int shift,
		    const struct trans_ops *host, void *host_ctx,
		    const struct trans_ranges *forbidden);

/*
 * Have @count single granules in reserve, so that the next @count single
 * allocations cannot fail. On TRANS_ENOMEM the reserve is as it was.
 */
int trans_pool_reserve(struct trans_pool *pool, uint64_t count);

/* Give the reserve and the parked pages back to the host. What was handed out
 * stays with its owner, who frees it through pool->ops.free. Idempotent. */
void trans_pool_trim(struct trans_pool *pool);

/*
 * A ready-made host allocator for a loader that has nothing but a map of free
 * memory: takes blocks out of a range set, lowest first, and puts them back.
 * Use as trans_ops.alloc and .free with the set (a struct trans_ranges, or a
 * struct that begins with one) as ctx. alloc fails when nothing fits; free
 * panics never: a block for which the set has no storage left is lost, so give
 * the set capacity for fragmentation.
 */
int trans_carve(void *free_memory, unsigned int shift, unsigned int count,
		trans_pa_t *pa);
void trans_carve_back(void *free_memory, unsigned int shift,
		      unsigned int count, trans_pa_t pa);

TRANS_END_DECLS

#endif
