// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * The CPU, the firmware's conduit, and the UART of U-Boot's console, which the
 * control blob may use when U-Boot is gone.
 */
#include "port.h"

#include <dm.h>
#include <malloc.h>
#include <linux/libfdt.h>

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
static void read_tree(const void *fdt, struct port_machine *machine)
{
	char path[128];

	(void)trans_fdt_conduit(fdt, fdt_totalsize(fdt), &machine->conduit,
				NULL);
	if (machine->cpu.el == 2 && machine->conduit == TRANS_CONDUIT_HVC)
		machine->conduit = TRANS_CONDUIT_NONE;
	if (!IS_ENABLED(CONFIG_CMD_TRANS_UART))
		return;
	(void)trans_fdt_uart(fdt, fdt_totalsize(fdt), console(path),
			     &machine->uart, NULL);
}

int port_machine_read(struct port *port, struct trans_error *err)
{
	struct port_machine *machine = &port->machine;

	trans_cpu_read(&machine->cpu);
	if (machine->cpu.el != 1 && machine->cpu.el != 2)
		return port_error(err, TRANS_EINVAL, "U-Boot runs at EL3", 0,
				  0);
	read_tree(port->tree, machine);
	return 0;
}

void *port_begin(size_t len, struct trans_error *err)
{
	struct port *port = calloc(1, len);

	if (!port || port_own_tree(&port->own_tree)) {
		port_error(err, TRANS_ENOMEM, "U-Boot's heap", 0, len);
		free(port);
		return NULL;
	}
	port->tree = abuf_data(&port->own_tree);
	return port;
}

void port_end(struct port *port)
{
	if (!port)
		return;
	abuf_uninit(&port->own_tree);
	free(port);
}
