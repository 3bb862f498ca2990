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
	};
}

/* A disk that is removed because it is active leaves the devices of its
 * partitions behind, and cannot be probed again beside them: probing makes them
 * anew. U-Boot must be able to, if somebody refuses later. */
static void forget_partitions(void)
{
	struct udevice *disk;
	struct uclass *uc;

	uclass_id_foreach_dev(UCLASS_BLK, disk, uc) {
		if (!(disk->driver->flags & DM_REMOVE_ACTIVE_ALL))
			continue;
		device_chld_remove(disk, NULL, DM_REMOVE_NORMAL);
		device_chld_unbind(disk, NULL);
	}
}

/* Devices that do DMA forget their buffers; vital ones (IOMMU, clocks) go
 * last. */
static void quiet_devices(void)
{
	forget_partitions();
	bootm_disable_interrupts();
	board_quiesce_devices();
	dm_remove_devices_flags(DM_REMOVE_ACTIVE_ALL | DM_REMOVE_NON_VITAL);
	dm_remove_devices_flags(DM_REMOVE_ACTIVE_ALL);
}

/* booting.rst promises EL1 the virtual timer only; at EL1, the physical one may
 * be the hypervisor's. A machine without a GIC in its tree has no LPIs. */
int port_quiesce(struct trans_error *err)
{
	struct trans_gic gic;

	quiet_devices();
	trans_timers_off(&port_machine.cpu, false);
	if (port_gic(&gic, err))
		return 0;
	return trans_gic_lpis_off(&gic, &port_memory.lpi, err);
}
