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

/* An 8250's registers by its node, as the devicetree's serial/8250 binding has
 * them; the Raspberry Pi's mini UART says nothing: its are words. */
static struct trans_uart describe_8250(struct udevice *dev, fdt_addr_t at)
{
	bool mini = device_is_compatible(dev, "brcm,bcm2835-aux-uart");
	u32 shift = dev_read_u32_default(dev, "reg-shift", mini ? 2 : 0);
	u32 width = dev_read_u32_default(dev, "reg-io-width", mini ? 4 : 1);

	if (shift > 2 || (width != 1 && width != 2 && width != 4))
		return (struct trans_uart){ 0 };
	at += dev_read_u32_default(dev, "reg-offset", 0);
	return trans_uart_8250(at, shift, width);
}

/* U-Boot's console, if its registers are of a kind that is known. */
static struct trans_uart find_uart(void)
{
	static const char *const like_8250[] = {
		"snps,dw-apb-uart", "ns16550a", "ns16550",
		"brcm,bcm2835-aux-uart",
	};
	struct udevice *dev = gd->cur_serial_dev;
	fdt_addr_t at = dev ? dev_read_addr(dev) : FDT_ADDR_T_NONE;

	if (at == FDT_ADDR_T_NONE)
		return (struct trans_uart){ 0 };
	if (device_is_compatible(dev, "arm,pl011"))
		return trans_uart_pl011(at);
	for (size_t i = 0; i < ARRAY_SIZE(like_8250); i++)
		if (device_is_compatible(dev, like_8250[i]))
			return describe_8250(dev, at);
	return (struct trans_uart){ 0 };
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
	machine->uart = find_uart();
	return 0;
}
