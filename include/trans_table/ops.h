/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The environment: what the library asks of its host, and nothing else.
 *
 * One struct of callbacks and one context pointer, which the caller gives with
 * each object. There are no globals behind them. No callback may call an
 * operation on the same object. docs/porting.md says what each must guarantee.
 */
#ifndef TRANS_TABLE_OPS_H
#define TRANS_TABLE_OPS_H

#include <trans_table/env.h>

TRANS_BEGIN_DECLS

struct trans_ops {
	/*
	 * Allocate @count physically contiguous granules of 1 << @shift bytes
	 * (@shift: 12, 14 or 16), aligned to the granule. Their contents do not
	 * matter; the library zeroes what it must. Returns 0 and *@pa, or
	 * nonzero for "no memory" (TRANS_ENOMEM). The library owns the pages
	 * until it gives them to @free. Required.
	 */
	int (*alloc)(void *ctx, unsigned int shift, unsigned int count,
		     trans_pa_t *pa);
	/* Give back exactly what one @alloc gave. Required. */
	void (*free)(void *ctx, unsigned int shift, unsigned int count,
		     trans_pa_t pa);
	/*
	 * A pointer to @len bytes of memory at @pa, readable, and writable if
	 * it came from @alloc. NULL refuses, and the library fails with
	 * TRANS_EFAULT: so a host that reads foreign, possibly corrupt tables
	 * refuses whatever is not its RAM. For memory from @alloc that it gave
	 * a pointer to once it must not refuse until @free, or pages are lost.
	 * Required.
	 */
	void *(*phys_to_virt)(void *ctx, trans_pa_t pa, size_t len);
	/*
	 * Is all of [@pa, @pa + @len) RAM, so that it may be mapped as the
	 * source table says? Asked by TRANS_CHECKPFN, and required for that
	 * flag only, unless @valid_len is there.
	 */
	bool (*pfn_valid)(void *ctx, trans_pa_t pa, uint64_t len);
	/*
	 * Clean [@va, @va + @len) of the data cache to the Point of Coherency,
	 * by VA (Arm ARM D7.5; never by set/way), completed by a DSB.
	 * trans_cpu_clean does that. NULL where no cache hides a store from
	 * anybody; @barrier is then what a table is finished with.
	 */
	void (*clean)(void *ctx, const void *va, size_t len);
	/*
	 * Optional, for hosts whose tables are read-only or a hypervisor's:
	 * every store of a descriptor goes through this, which stores @desc at
	 * @slot. It cannot refuse.
	 */
	void (*write_entry)(void *ctx, uint64_t *slot, uint64_t desc);
	/*
	 * Optional. acquire: the zeroed page at @pa is about to become a table
	 * page; nothing links to it yet. Nonzero refuses (TRANS_EHOST).
	 * release: it is one no more; next it goes to @free.
	 */
	int (*acquire)(void *ctx, trans_pa_t pa);
	void (*release)(void *ctx, trans_pa_t pa);
	/*
	 * Optional. An operation is about to look at the table page at @pa;
	 * nonzero stops it (TRANS_ESTOPPED). For a host that reads tables which
	 * nobody vouches for: one page whose entries name itself looks like
	 * 2^36 mappings, and takes as long to go through. An honest tree has no
	 * more table pages than memory has; a copy looks at each of them once,
	 * whatever else reads tables a few times.
	 */
	int (*visit)(void *ctx, trans_pa_t pa);
	/*
	 * A DSB for stores (DSB ISHST, or more). A walk of tables is an
	 * observer of its own: it is sure to see a store only once a DSB that
	 * follows the store is complete (Arm ARM B2.3, DSB). Wanted by
	 * trans_table_publish, and by trans_table_finish without @clean. Called
	 * as (ops->barrier)(...): hosts have a macro barrier().
	 */
	void (*barrier)(void *ctx);
	/*
	 * Optional, and asked instead of @pfn_valid: how many bytes from @pa
	 * on, one after the other, are RAM as pfn_valid means it; 0: not even
	 * the first. The answer holds as long as the operation, which does not
	 * ask again for what lies in it: for a bank of RAM once, where
	 * pfn_valid would be asked for each page that is revived.
	 */
	uint64_t (*valid_len)(void *ctx, trans_pa_t pa);
};

/* An environment, and what its callbacks are to be called with. */
struct trans_host {
	const struct trans_ops *ops;
	void *ctx;
};

TRANS_END_DECLS

#endif
