/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The machine, as its device tree describes it.
 */
#ifndef PORT_MACHINE_H
#define PORT_MACHINE_H

#include <trans_table/cpu.h>
#include <trans_table/ranges.h>
#include <trans_table/transition.h>

/*
 * @fdt:      where the device tree is
 * @archive:  what QEMU's -initrd loaded; len 0: nothing
 * @reserved: what the tree reserves; @no_map: of it, what no kernel maps
 * @bootargs: what QEMU's -append said, inside the device tree; never NULL
 */
struct machine {
	struct trans_cpu cpu;
	struct trans_range fdt;
	struct trans_range far; /* see leaving.h; len 0: none */
	struct trans_range archive;
	const char *bootargs;
	enum trans_conduit conduit;
	struct trans_ranges ram, reserved, no_map;
};

/* Where this board has its devices, all that the port touches but for PCI. */
#define DEVICES_PA 0x08000000UL
#define DEVICES_LEN 0x02200000UL

/* There is one machine; its sets live beside it. */
extern struct machine machine;

/* Two ranges of addresses, by the names of EL1's registers: at EL1, and at EL2
 * with E2H, where those names mean EL2's own (Arm ARM D8, VHE). */
static inline bool machine_two_halves(void)
{
	return machine.cpu.el == 1 || machine.cpu.e2h;
}

/* Fill it in; again after every change of linear_offset, as it has pointers.
 * Errors as trans_fdt_memory, or TRANS_EFDT. No archive is no error. */
int machine_read(trans_pa_t fdt, struct trans_error *err);

/* Power off; park where that is refused. */
__attribute__((noreturn)) void machine_off(void);

/* For trans_transition_args.reset. */
void machine_reset(void *host);

/* Memory that may be touched at all: RAM that a kernel would map. */
bool machine_has(trans_pa_t pa, uint64_t len);

#endif
