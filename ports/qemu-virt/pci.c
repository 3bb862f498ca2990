/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <libfdt.h>

#include "pci.h"
#include "regs.h"
#include "sysreg.h"

/* PCI Local Bus 3.0, 6.1 (header), 6.2.5 (base addresses) */
#define VENDOR 0x00
#define COMMAND 0x04
#define COMMAND_MEMORY (1u << 1)
#define COMMAND_MASTER (1u << 2)
#define HEADER_TYPE 0x0e
#define HEADER_MANY (1u << 7) /* it has more functions than 0 */
#define BAR(n) (0x10u + 4u * (n))
#define BARS 6
#define BAR_IO 1u
#define BAR_64 4u /* type [2:1] is 2 */
#define BAR_FLAGS 0xfu
#define NO_FUNCTION 0xffffffffu

/* ECAM (PCI Express 4.0, 7.2.2): bus [27:20], device [19:15], function. */
#define FUNCTION_LEN 0x1000UL
#define FUNCTIONS 8
#define DEVICES 32

/* IEEE 1275, PCI bus binding: phys.hi ss [25:24] is 2 for 32-bit memory. Three
 * cells of PCI's address, two of the CPU's, two of length. */
#define RANGE_CELLS 7
#define SPACE(hi) ((hi) >> 24 & 3)
#define SPACE_MEMORY_32 2u

struct pci pci;

static struct trans_range reg_of(const void *fdt, int node)
{
	const fdt64_t *reg;
	int len = 0;

	reg = fdt_getprop(fdt, node, "reg", &len);
	if (!reg || len < 16)
		return (struct trans_range){ 0, 0 };
	return (struct trans_range){ fdt64_ld(&reg[0]), fdt64_ld(&reg[1]) };
}

static bool find_window(const void *fdt, int node)
{
	const fdt32_t *cell;
	int len = 0;

	cell = fdt_getprop(fdt, node, "ranges", &len);
	for (; cell && len >= 4 * RANGE_CELLS; cell += RANGE_CELLS) {
		len -= 4 * RANGE_CELLS;
		if (SPACE(fdt32_ld(&cell[0])) != SPACE_MEMORY_32 ||
		    fdt32_ld(&cell[1]) || fdt32_ld(&cell[5]) ||
		    fdt32_ld(&cell[6]) < PCI_WINDOW_LEN)
			continue;
		pci.bus = fdt32_ld(&cell[2]);
		pci.window = (uint64_t)fdt32_ld(&cell[3]) << 32 |
			      fdt32_ld(&cell[4]);
		return true;
	}
	return false;
}

void pci_read(const void *fdt)
{
	int node = fdt_node_offset_by_compatible(fdt, -1,
						 "pci-host-ecam-generic");
	struct trans_range reg;

	pci = (struct pci){ 0 };
	if (node < 0)
		return;
	reg = reg_of(fdt, node);
	if (reg.len < PCI_CONFIG_LEN || reg.start > PCI_REACH - PCI_CONFIG_LEN)
		return;
	if (find_window(fdt, node))
		pci.config = reg.start;
}

/* ---- configuration space ---- */

bool pci_is_function(trans_pa_t pa)
{
	return pci.config && pa - pci.config < PCI_CONFIG_LEN;
}

static unsigned int functions_of(trans_pa_t device)
{
	if (mmio_get32(device + VENDOR) == NO_FUNCTION)
		return 0;
	return mmio_get8(device + HEADER_TYPE) & HEADER_MANY ? FUNCTIONS : 1;
}

int pci_each(pci_fn fn, struct trans_error *err)
{
	trans_pa_t at = pci.config;
	int ret = 0;

	for (unsigned int device = 0; at && device < DEVICES; device++) {
		unsigned int count = functions_of(at);

		for (unsigned int i = 0; !ret && i < count; i++)
			if (mmio_get32(at + i * FUNCTION_LEN + VENDOR) !=
			    NO_FUNCTION)
				ret = fn(at + i * FUNCTION_LEN, err);
		at += FUNCTIONS * FUNCTION_LEN;
	}
	return ret;
}

/* ---- addresses ---- */

/* How much of the window has been given away. What a function had before, to be
 * put back, need not be kept: nobody has given it addresses (a reset leaves
 * BARs 0). */
static uint64_t used;

struct size {
	uint64_t len;  /* 0: no memory BAR */
	bool two_words;
};

/* The bits that stay 0 say how much it decodes (6.2.5.1), for now nothing. */
static struct size size_of(trans_pa_t function, unsigned int index)
{
	uint32_t was = mmio_get32(function + BAR(index)), mask;
	struct size size = { 0, false };

	mmio_put32(function + BAR(index), UINT32_MAX);
	mask = mmio_get32(function + BAR(index));
	mmio_put32(function + BAR(index), was);
	if (!mask || mask & BAR_IO)
		return size;
	size.two_words = mask & BAR_64;
	size.len = (uint64_t)~(mask & ~BAR_FLAGS) + 1;
	size.len &= UINT32_MAX;
	return size;
}

static int place(trans_pa_t function, unsigned int index, uint64_t len,
		 struct trans_error *err)
{
	uint64_t at = (used + len - 1) & ~(len - 1);

	if (at > PCI_WINDOW_LEN || len > PCI_WINDOW_LEN - at) {
		*err = (struct trans_error){
			.status = TRANS_ENOSPC,
			.why = "PCI: no room for a BAR", .pa = function,
			.len = len, .level = TRANS_NO_LEVEL };
		return TRANS_ENOSPC;
	}
	used = at + len;
	mmio_put32(function + BAR(index), pci.bus + (uint32_t)at);
	return 0;
}

int pci_begin(trans_pa_t function, struct trans_error *err)
{
	uint16_t command = mmio_get16(function + COMMAND);
	struct size size;
	int ret = 0;

	if (command & COMMAND_MEMORY)
		return 0;
	for (unsigned int i = 0; !ret && i < BARS; i++) {
		size = size_of(function, i);
		if (size.len)
			ret = place(function, i, size.len, err);
		if (!ret && size.two_words)
			mmio_put32(function + BAR(++i), 0);
	}
	if (!ret)
		mmio_put16(function + COMMAND, command | COMMAND_MEMORY |
					       COMMAND_MASTER);
	return ret;
}

struct trans_range pci_bar(trans_pa_t function, unsigned int index)
{
	struct trans_range bar = { 0, 0 };
	uint64_t at;

	if (index >= BARS || mmio_get32(function + BAR(index)) & BAR_IO)
		return bar;
	at = (mmio_get32(function + BAR(index)) & ~BAR_FLAGS) - pci.bus;
	if (at >= PCI_WINDOW_LEN)
		return bar;
	bar.start = pci.window + at;
	bar.len = PCI_WINDOW_LEN - at;
	return bar;
}

void pci_end(trans_pa_t function)
{
	mmio_put16(function + COMMAND, 0);
	for (unsigned int i = 0; i < BARS; i++)
		mmio_put32(function + BAR(i), 0);
}

static int no_master(trans_pa_t function, struct trans_error *err)
{
	(void)err;
	mmio_put16(function + COMMAND, (uint16_t)(mmio_get16(
		function + COMMAND) & ~COMMAND_MASTER));
	return 0;
}

void pci_quiet(void)
{
	(void)pci_each(no_master, NULL);
	dsb(sy);
}
