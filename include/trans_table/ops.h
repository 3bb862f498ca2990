/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The environment: what the library asks of its host, and nothing else.
 *
 * One struct of callbacks plus one context pointer, given by the caller with
 * each object. There are no globals behind it. No callback may call back into
 * an operation on the same object.
 */
#ifndef TRANS_TABLE_OPS_H
#define TRANS_TABLE_OPS_H

#include <trans_table/env.h>

TRANS_BEGIN_DECLS

struct trans_ops {
	/*
	 * Allocate @count physically contiguous granules of 1 << @shift bytes,
	 * aligned to the granule; their contents do not matter, the library
	 * zeroes what it must. 0 and *@pa, or nonzero for "no memory". The
	 * library owns the pages until it gives them to @free.
	 * Required.
	 */
	int (*alloc)(void *ctx, unsigned int shift, unsigned int count,
		     trans_pa_t *pa);
	/* Give back exactly what one @alloc gave. Required. */
	void (*free)(void *ctx, unsigned int shift, unsigned int count,
		     trans_pa_t pa);
	/*
	 * A pointer to @len bytes of memory at @pa, readable, and writable if
	 * it came from @alloc. NULL refuses: the library then fails with
	 * TRANS_EFAULT instead of reading wildly, so a host that reads foreign
	 * (possibly corrupt) tables refuses whatever is not its RAM. What came
	 * from @alloc and was given once must be given again until @free, or
	 * pages are lost.
	 * Required.
	 */
	void *(*phys_to_virt)(void *ctx, trans_pa_t pa, size_t len);
	/*
	 * Is all of [@pa, @pa + @len) memory that may be mapped as the source
	 * table says? Asked by TRANS_CHECKPFN. Required for that flag only.
	 */
	bool (*pfn_valid)(void *ctx, trans_pa_t pa, uint64_t len);
	/*
	 * Clean [@va, @va + @len) of the data cache to the Point of Coherency,
	 * by VA (Arm ARM D7.5; never by set/way), completed by a DSB. NULL
	 * where all observers are coherent (hosted tests).
	 */
	void (*clean)(void *ctx, const void *va, size_t len);
	/*
	 * Optional. Every descriptor store goes through this; it stores @desc
	 * at @slot. It cannot refuse.
	 */
	void (*write_entry)(void *ctx, uint64_t *slot, uint64_t desc);
	/*
	 * Optional. A zeroed page at @pa becomes a table page, before anything
	 * links to it; nonzero refuses (TRANS_EHOST). @release says that it
	 * stopped being one, before it is given to @free.
	 */
	int (*acquire)(void *ctx, trans_pa_t pa);
	void (*release)(void *ctx, trans_pa_t pa);
	/*
	 * Optional. The table page at @pa is about to be looked at, for a
	 * look-up, a walk, a copy or an estimate of one; nonzero ends the
	 * operation (TRANS_ESTOPPED). For a host that reads tables which nobody
	 * vouches for: one page whose entries name itself looks like 2^36
	 * mappings, and going through them all takes as long. A tree of its
	 * own has no more table pages than memory has; each of them is looked
	 * at once by a copy, a few times by every run, look-up or difference.
	 */
	int (*visit)(void *ctx, trans_pa_t pa);
};

TRANS_END_DECLS

#endif
