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

struct trans_transition_args port_transition(void)
{
	return (struct trans_transition_args){
		.cpu = &port_machine.cpu,
		.granule = TRANS_4K,
		.va_bits = 48,
		.map = TRANS_MAP_SPARSE,
		.uart = port_machine.uart,
		.conduit = port_machine.conduit,
		.alias_prepare = trans_alias_identity,
		.reset = reset,
	};
}

/* Devices that do DMA forget their buffers; vital ones (IOMMU, clocks) go
 * last. */
static void quiet_devices(void)
{
	bootm_disable_interrupts();
	board_quiesce_devices();
	dm_remove_devices_flags(DM_REMOVE_ACTIVE_ALL | DM_REMOVE_NON_VITAL);
	dm_remove_devices_flags(DM_REMOVE_ACTIVE_ALL);
}

/* Only reads: who is refused, or gives up, goes on with the GIC as it was. A
 * machine without one in its tree has no LPIs. */
int port_ask(struct trans_error *err)
{
	struct trans_gic gic;
	int ret;

	if (IS_ENABLED(CONFIG_SANDBOX))
		return port_error(err, TRANS_ESTATE, "this is the sandbox", 0,
				  0);
	ret = port_gic(&gic, err);
	if (ret)
		return ret == TRANS_ENOENT ? 0 : ret;
	return trans_gic_check(&gic, port_mpidr(), &port_memory.lpi, err);
}

static int lpis_off(struct trans_error *err)
{
	struct trans_gic gic;
	int ret = port_gic(&gic, err);

	if (ret)
		return ret == TRANS_ENOENT ? 0 : ret;
	return trans_gic_lpis_off(&gic, &port_memory.lpi, err);
}

/* booting.rst promises EL1 the virtual timer only; at EL1, the physical one may
 * be the hypervisor's. U-Boot masks interrupts and waits by the counter, so
 * nothing asks for the timers to be off before, and nothing could put them
 * back. */
int port_leave(struct trans_error *err)
{
	quiet_devices();
	trans_timers_off(&port_machine.cpu, false);
	return lpis_off(err);
}
