/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Device registers by physical address. The host knows where they are mapped,
 * as Device-nGnRE or stricter; the library does not. Each call is one access of
 * that width, in program order.
 */
#ifndef TRANS_TABLE_MMIO_H
#define TRANS_TABLE_MMIO_H

#include <trans_table/env.h>

TRANS_BEGIN_DECLS

/* All are required but write64, which only trans_gic_resume needs, for the
 * routing registers of SPIs: the architecture does not promise that their
 * halves can be written (IHI 0069, 8.1.3). @ctx is for the host. */
struct trans_mmio {
	uint32_t (*read32)(void *ctx, trans_pa_t pa);
	uint64_t (*read64)(void *ctx, trans_pa_t pa);
	void (*write32)(void *ctx, trans_pa_t pa, uint32_t value);
	void (*write64)(void *ctx, trans_pa_t pa, uint64_t value);
	void *ctx;
};

/*
 * For a host that reaches devices by pointers, at VA = PA + @offset modulo
 * 2^64: 0 where it has an identity map, or its MMU off. ctx is the offset.
 */
struct trans_mmio trans_mmio_direct(uint64_t offset);

TRANS_END_DECLS

#endif
