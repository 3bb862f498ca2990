/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Device registers by pointer, for hosts that map devices somehow linearly.
 */
#include <trans_table/mmio.h>

#include "lib/machine/arch.h"

static uintptr_t device(void *ctx, trans_pa_t pa)
{
	return (uintptr_t)pa + (uintptr_t)ctx;
}

static uint32_t read32(void *ctx, trans_pa_t pa)
{
	return trans_arch_load32_(device(ctx, pa));
}

static uint64_t read64(void *ctx, trans_pa_t pa)
{
	return trans_arch_load64_(device(ctx, pa));
}

static void write32(void *ctx, trans_pa_t pa, uint32_t value)
{
	trans_arch_store32_(device(ctx, pa), value);
}

static void write64(void *ctx, trans_pa_t pa, uint64_t value)
{
	trans_arch_store64_(device(ctx, pa), value);
}

/* A function, not a constant: that would need relocations, see errors.c. */
struct trans_mmio trans_mmio_direct(uint64_t offset)
{
	return (struct trans_mmio){ read32, read64, write32, write64,
				    (void *)(uintptr_t)offset };
}
