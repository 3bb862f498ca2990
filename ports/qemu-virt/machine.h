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
 * @bootargs: what QEMU's -append said, inside the device tree; never NULL
 */
struct machine {
	struct trans_cpu cpu;
	struct trans_range fdt;
	struct trans_range archive;
	const char *bootargs;
	enum trans_conduit conduit;
	struct trans_ranges ram, reserved;
};

/* There is one machine; its sets live beside it. */
extern struct machine machine;

/* Fill it in; again after every change of linear_offset, as it has pointers.
 * Errors as trans_fdt_memory, or TRANS_EFDT. No archive is no error. */
int machine_read(trans_pa_t fdt, struct trans_error *err);

/* Memory that may be touched at all: in RAM, and not reserved. */
bool machine_has(trans_pa_t pa, uint64_t len);

#endif
