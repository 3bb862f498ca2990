/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <libfdt.h>

#include "machine.h"
#include "memory.h"
#include "mmio.h"

struct trans_mmio machine_mmio(void)
{
	return trans_mmio_direct(linear_offset);
}

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
