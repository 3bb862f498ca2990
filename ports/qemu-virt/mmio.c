/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <libfdt.h>

#include "machine.h"
#include "memory.h"
#include "mmio.h"

static volatile void *device(trans_pa_t pa)
{
	return (volatile void *)at_pa(pa);
}

static uint32_t read32(void *ctx, trans_pa_t pa)
{
	(void)ctx;
	return *(volatile uint32_t *)device(pa);
}

static uint64_t read64(void *ctx, trans_pa_t pa)
{
	(void)ctx;
	return *(volatile uint64_t *)device(pa);
}

static void write32(void *ctx, trans_pa_t pa, uint32_t value)
{
	(void)ctx;
	*(volatile uint32_t *)device(pa) = value;
}

static void write64(void *ctx, trans_pa_t pa, uint64_t value)
{
	(void)ctx;
	*(volatile uint64_t *)device(pa) = value;
}

const struct trans_mmio machine_mmio = { read32, read64, write32, write64,
					 NULL };

/* Two cells each, as everywhere on this machine. */
struct trans_range machine_reg(int node, unsigned int index)
{
	const fdt64_t *reg;
	int len = 0;
	size_t at = 2UL * index;

	reg = fdt_getprop(at_pa(machine.fdt.start), node, "reg", &len);
	if (!reg || (size_t)len < 8 * (at + 2))
		return (struct trans_range){ 0, 0 };
	return (struct trans_range){ fdt64_ld(&reg[at]),
				     fdt64_ld(&reg[at + 1]) };
}
