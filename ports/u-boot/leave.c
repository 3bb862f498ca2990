// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * U-Boot's end. As booti's, less cleanup_before_linux(): caches and MMU stay on
 * until everything is where it belongs, and the control blob switches them off.
 */
#include "port.h"

#include <dm.h>
#include <dm/device-internal.h>
#include <dm/root.h>
#include <trans_table/quiesce.h>

/* Where PSCI does not. */
static void reset(void *host)
{
	do_reset(NULL, 0, 0, NULL);
}

struct trans_transition_args port_transition(struct port *port)
{
	return (struct trans_transition_args){
		.cpu = &port->machine.cpu,
		.granule = TRANS_4K,
		.va_bits = 48,
		.map = TRANS_MAP_SPARSE,
		.uart = port->machine.uart,
		.conduit = port->machine.conduit,
		.alias_prepare = trans_alias_identity,
		.reset = reset,
		.host = port,
	};
}

/* Devices that do DMA forget their buffers; vital ones (IOMMU, clocks) go
 * last. */
static void quiet_devices(void)
{
	bootm_disable_interrupts();
	board_quiesce_devices();
#if COMPAT_REMOVE_ACTIVE
	dm_remove_devices_active();
#else
	dm_remove_devices_flags(DM_REMOVE_ACTIVE_ALL | DM_REMOVE_NON_VITAL);
	dm_remove_devices_flags(DM_REMOVE_ACTIVE_ALL);
#endif
}

/* The GIC is only read: who is refused, or gives up, goes on with it as it was.
 * A machine without one in its tree has no LPIs. A watchdog is served for the
 * last time: the rest, and the next kernel until it has a driver, have all of
 * its time. */
int port_ask(struct port *port, struct trans_error *err)
{
	if (IS_ENABLED(CONFIG_SANDBOX))
		return port_error(err, TRANS_ESTATE, "this is the sandbox", 0,
				  0);
	schedule();
	if (!port_has_gic(port))
		return 0;
	return trans_gic_check(&port->gic.gic, port->machine.cpu.mpidr,
			       &port->memory.lpi, err);
}

/* booting.rst promises EL1 the virtual timer only; at EL1, the physical one may
 * be the hypervisor's. U-Boot masks interrupts and waits by the counter, so
 * nothing asks for the timers to be off before, and nothing could put them
 * back. */
int port_leave(struct port *port, struct trans_error *err)
{
	quiet_devices();
	trans_timers_off(&port->machine.cpu, false);
	if (!port_has_gic(port))
		return 0;
	return trans_gic_lpis_off(&port->gic.gic, &port->memory.lpi, err);
}
