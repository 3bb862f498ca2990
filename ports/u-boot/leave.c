// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * U-Boot's end. As booti's, less cleanup_before_linux(): caches and MMU stay on
 * until everything is where it belongs, and the control blob switches them off.
 */
#include "port.h"

#include <dm/root.h>
#include <dm/device.h>

struct trans_transition_args port_transition(void)
{
	return (struct trans_transition_args){
		.cpu = &port_machine.cpu,
		.granule = TRANS_4K,
		.va_bits = 48,
		.map = TRANS_MAP_SPARSE,
		.uart = port_machine.uart,
		.uart_kind = port_machine.uart_kind,
		.conduit = port_machine.conduit,
		.alias_prepare = port_alias_prepare,
	};
}

/* Devices that do DMA forget their buffers; vital ones (IOMMU, clocks) go
 * last. */
void port_quiet_devices(void)
{
	bootm_disable_interrupts();
	board_quiesce_devices();
	dm_remove_devices_flags(DM_REMOVE_ACTIVE_ALL | DM_REMOVE_NON_VITAL);
	dm_remove_devices_flags(DM_REMOVE_ACTIVE_ALL);
}
