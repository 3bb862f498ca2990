// SPDX-License-Identifier: GPL-2.0
/*
 * The UART on which a transition says how far it came: the one that earlycon
 * was told of, because that needs no driver to write to, and was set up by
 * firmware.
 */
#include <linux/console.h>
#include <linux/serial_core.h>
#include <linux/string.h>

#include "kexec_trans_parts.h"

static bool is_8250(const char *name)
{
	return !strcmp(name, "uart") || !strcmp(name, "ns") ||
	       !strcmp(name, "ns16550a");
}

/* 0: none that can be written to. */
static unsigned int width_of(const struct uart_port *port)
{
	switch (port->iotype) {
	case UPIO_MEM:
		return 1;
	case UPIO_MEM16:
		return 2;
	case UPIO_MEM32:
		return 4;
	default:
		return 0;
	}
}

/* A name ends where its number begins: "pl", 11. */
struct trans_uart kexec_trans_uart(void)
{
	const struct earlycon_device *device = earlycon_found();
	struct trans_uart none = {};

	if (!device || !device->port.mapbase)
		return none;
	if (!strcmp(device->con->name, "pl") && device->con->index == 11)
		return trans_uart_pl011(device->port.mapbase);
	if (is_8250(device->con->name))
		return trans_uart_8250(device->port.mapbase,
				       device->port.regshift,
				       width_of(&device->port));
	return none;
}
