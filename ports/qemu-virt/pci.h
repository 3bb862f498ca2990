/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * PCI as QEMU's virt has it: one generic host bridge, whose configuration space
 * is memory (ECAM), and no firmware that would have given addresses to devices.
 * Bus 0 only, which is where devices are without bridges.
 */
#ifndef PORT_PCI_H
#define PORT_PCI_H

#include <trans_table/env.h>
#include <trans_table/errors.h>
#include <trans_table/ranges.h>

/* What is mapped of it: configuration space of a bus, and of the window for
 * memory below 4 GiB as much as a few devices need. */
#define PCI_CONFIG_LEN (1UL << 20)
#define PCI_WINDOW_LEN (1UL << 20)

/* The port's linear maps end here (the shorter one, at EL2 without E2H). A
 * bridge beyond it is not used: QEMU puts it behind the memory that can be
 * plugged in. */
#define PCI_REACH (1ULL << 47)

/*
 * @config: configuration space of bus 0; 0: no PCI, or none within reach
 * @window: memory for BARs, as the CPU sees it; @bus: as a BAR has it
 */
struct pci {
	trans_pa_t config, window;
	uint32_t bus;
};

extern struct pci pci;

/* Fill it in, from the device tree; machine_read does. */
void pci_read(const void *fdt);

/* Is it a function's configuration space, which stands for that? */
bool pci_is_function(trans_pa_t pa);

/* Call with each function on bus 0 until one call returns nonzero, and return
 * that. */
typedef int (*pci_fn)(trans_pa_t function, struct trans_error *err);
int pci_each(pci_fn fn, struct trans_error *err);

/*
 * Give its memory BARs addresses, and let it answer and be bus master. Once;
 * where it has been done there is nothing to do. TRANS_ENOSPC: the window is
 * full.
 */
int pci_begin(trans_pa_t function, struct trans_error *err);

/* Where a BAR is, as the CPU sees it, of a function that has begun, and how
 * much there can be reached; len 0: it is none, one of I/O, or out of reach. */
struct trans_range pci_bar(trans_pa_t function, unsigned int index);

/* As it was found: no bus master, no addresses. */
void pci_end(trans_pa_t function);

/* No device writes to memory by itself any more. */
void pci_quiet(void);

#endif
