/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The safe-page pool: an environment that wraps the host's and never hands out
 * memory inside a forbidden range.
 *
 * What is allocated for a transition must survive it, so it must not lie in a
 * destination of any move. The host's allocator does not know the destinations.
 * The pool asks it for memory, hands out what lies outside of every forbidden
 * range, and parks the rest until the end, because memory given back at once
 * would be offered again. Parked blocks are linked through their own first
 * bytes (phys_to_virt), so the pool needs no storage that could run out.
 */
#ifndef TRANS_TABLE_POOL_H
#define TRANS_TABLE_POOL_H

#include <trans_table/errors.h>
#include <trans_table/ops.h>
#include <trans_table/ranges.h>

TRANS_BEGIN_DECLS

struct trans_pool {
	struct trans_host host; /* first: the environment goes on to it */
	/* The safe environment to give to everything else; its context is the
	 * pool. alloc and free are the pool's, the rest goes to the host. */
	struct trans_ops ops;
	/* The rest is the pool's own. */
	const struct trans_ranges *forbidden;
	unsigned int shift;
	trans_pa_t parked;  /* list of unsafe blocks */
	trans_pa_t reserve; /* list of safe single granules */
	/* In granules: what it gave out, has in reserve, has parked. */
	uint64_t handed_out, reserved, parked_count;
};

/*
 * Make a pool of granules of 1 << @shift bytes over @host. @forbidden must not
 * change while the pool is in use; NULL forbids nothing (for tests). @host,
 * @host_ctx and @forbidden stay the caller's, and must outlive the pool.
 *
 *   call     TRANS_EINVAL    alloc, free or phys_to_virt is missing, or @shift
 *                            is not 12, 14 or 16
 */
int trans_pool_init(struct trans_pool *pool, unsigned int shift,
		    const struct trans_ops *host, void *host_ctx,
		    const struct trans_ranges *forbidden);

/*
 * Have @count single granules in reserve, so that the next @count allocations
 * of one granule cannot fail. On failure the reserve is as it was.
 *
 *   memory   TRANS_ENOMEM    the host has not as many safe granules, or its
 *                            phys_to_virt refuses one
 */
int trans_pool_reserve(struct trans_pool *pool, uint64_t count);

/* Give the reserve and the parked blocks back to the host. What was handed out
 * stays with its owner, who frees it through pool->ops.free. May be called
 * again, and the pool used further. */
void trans_pool_trim(struct trans_pool *pool);

/*
 * An allocator for a loader that has nothing but a map of free memory: takes
 * blocks out of a range set, lowest first, and puts them back. They are
 * trans_ops.alloc and .free of a host whose ctx is the set: a struct
 * trans_ranges, or a struct that begins with one. A block that is put back
 * where the set has no storage left is lost, so give the set more storage than
 * it has ranges.
 *
 *   call     TRANS_EINVAL    @count is 0, or @shift above 31
 *   memory   TRANS_ENOMEM    nothing fits
 *   memory   TRANS_ENOSPC    the set has no storage for what remains
 */
int trans_carve(void *free_memory, unsigned int shift, unsigned int count,
		trans_pa_t *pa);
void trans_carve_back(void *free_memory, unsigned int shift,
		      unsigned int count, trans_pa_t pa);

TRANS_END_DECLS

#endif
