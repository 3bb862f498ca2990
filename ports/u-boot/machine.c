// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * The CPU, the firmware's conduit, and the UART of U-Boot's console, which the
 * control blob may use when U-Boot is gone.
 */
#include "port.h"

#include <dm.h>
#include <linux/libfdt.h>

struct port_machine port_machine;

u64 port_mpidr(void)
{
	u64 mpidr;

	asm volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
	return mpidr;
}

/* Those whose registers the blob knows (enum trans_uart_kind). An 8250 only
 * where its registers are 32 bits apart. */
static enum trans_uart_kind uart_kind_of(struct udevice *dev)
{
	if (device_is_compatible(dev, "arm,pl011"))
		return TRANS_UART_PL011;
	if (dev_read_u32_default(dev, "reg-shift", 0) == 2 &&
	    (device_is_compatible(dev, "snps,dw-apb-uart") ||
	     device_is_compatible(dev, "ns16550a") ||
	     device_is_compatible(dev, "ns16550")))
		return TRANS_UART_8250;
	return TRANS_UART_NONE;
}

static void find_uart(struct port_machine *machine)
{
	struct udevice *dev = gd->cur_serial_dev;
	fdt_addr_t at = dev ? dev_read_addr(dev) : FDT_ADDR_T_NONE;

	machine->uart_kind = TRANS_UART_NONE;
	machine->uart = 0;
	if (at == FDT_ADDR_T_NONE)
		return;
	machine->uart = at;
	machine->uart_kind = uart_kind_of(dev);
}

/* At EL2 an HVC would come back to U-Boot itself. */
static enum trans_conduit find_conduit(unsigned int el)
{
	const void *fdt = gd->fdt_blob;
	int node = fdt_path_offset(fdt, "/psci");
	const char *method = node < 0 ? NULL :
			     fdt_getprop(fdt, node, "method", NULL);

	if (!method)
		return TRANS_CONDUIT_NONE;
	if (!strcmp(method, "smc"))
		return TRANS_CONDUIT_SMC;
	return !strcmp(method, "hvc") && el == 1 ? TRANS_CONDUIT_HVC :
						   TRANS_CONDUIT_NONE;
}

int port_machine_read(struct trans_error *err)
{
	struct port_machine *machine = &port_machine;

	trans_cpu_read(&machine->cpu);
	if (machine->cpu.el != 1 && machine->cpu.el != 2)
		return port_error(err, TRANS_EINVAL, "U-Boot runs at EL3", 0,
				  0);
	machine->conduit = find_conduit(machine->cpu.el);
	find_uart(machine);
	return 0;
}
