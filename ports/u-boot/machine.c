// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * The CPU, the firmware's conduit, and the UART of U-Boot's console, which the
 * control blob may use when U-Boot is gone.
 */
#include "port.h"

#include <dm.h>
#include <trans_table/machine.h>
#include <linux/libfdt.h>

struct port_machine port_machine;

u64 port_mpidr(void)
{
	return port_machine.cpu.mpidr;
}

/* The node of U-Boot's console; NULL: as the tree says. */
static const char *console(char path[128])
{
	struct udevice *dev = gd->cur_serial_dev;

	if (!dev || !dev_has_ofnode(dev) ||
	    ofnode_get_path(dev_ofnode(dev), path, 128))
		return NULL;
	return path;
}

/* What the tree does not tell, the blob does without. At EL2 an HVC would come
 * back to U-Boot itself. */
static void read_tree(struct port_machine *machine)
{
	const void *fdt = gd->fdt_blob;
	char path[128];

	(void)trans_fdt_conduit(fdt, fdt_totalsize(fdt), &machine->conduit,
				NULL);
	if (machine->cpu.el == 2 && machine->conduit == TRANS_CONDUIT_HVC)
		machine->conduit = TRANS_CONDUIT_NONE;
	(void)trans_fdt_uart(fdt, fdt_totalsize(fdt), console(path),
			     &machine->uart, NULL);
}

int port_machine_read(struct trans_error *err)
{
	struct port_machine *machine = &port_machine;

	trans_cpu_read(&machine->cpu);
	if (machine->cpu.el != 1 && machine->cpu.el != 2)
		return port_error(err, TRANS_EINVAL, "U-Boot runs at EL3", 0,
				  0);
	read_tree(machine);
	return 0;
}
