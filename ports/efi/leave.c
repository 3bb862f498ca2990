/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The end of the firmware. Before ExitBootServices the interrupt controller
 * and the timers are its own; behind it nothing may refuse, for no disk is
 * there any more. So what can be looked at is looked at in ask.
 */
#include <trans_table/quiesce.h>

#include "port.h"

#define TRIES 8

struct memory_map leave_map;

/* Newer firmware has all memory execute-never, also what is EfiLoaderCode. */
static int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	struct efi_memory_attribute *attributes;
	uint64_t first = pa & ~(EFI_PAGE - 1);
	uint64_t end = (pa + len + EFI_PAGE - 1) & ~(EFI_PAGE - 1);
	int ret = trans_alias_identity(host, pa, len);

	if (!ret)
		return 0;
	attributes = protocol_first(EFI_MEMORY_ATTRIBUTE);
	if (!attributes || attributes->clear(attributes, first, end - first,
					     EFI_MEMORY_XP))
		return ret;
	return trans_alias_identity(host, pa, len);
}

static void reset(void *host)
{
	(void)host;
	firmware->runtime->reset(EFI_RESET_COLD, EFI_ABORTED, 0, NULL);
}

struct trans_transition_args leave_transition(void)
{
	return (struct trans_transition_args){
		.cpu = &machine.cpu,
		.granule = TRANS_4K,
		.va_bits = 48,
		.map = TRANS_MAP_SPARSE,
		.uart = machine.uart,
		.conduit = machine.conduit,
		.report = report_page(),
		.alias_prepare = alias_prepare,
		.reset = reset,
	};
}

/* Move by move, the library prints it too (trans_kexec_print and its sister),
 * in as much code as three drivers take. */
void leave_say(const struct trans_moves *plan)
{
	print("transtable: %llu moves, %llu bytes; proof holds: all that is "
	      "needed meanwhile lies outside of them\n",
	      (unsigned long long)plan->count,
	      (unsigned long long)trans_moves_bytes(plan));
}

int leave_begin(struct trans_error *err)
{
	return memory_map_room(&leave_map, err);
}

/* The map of leave_begin stays where it is: the next kernel's tree names it. */
int leave_ask(struct trans_error *err)
{
	if (!memory_map_fits(&leave_map))
		return port_error(err, TRANS_ENOMEM, "map of memory has grown",
				  0, leave_map.room);
	if (!machine.gic.version)
		return 0;
	return trans_gic_check(&machine.gic, machine.cpu.mpidr, &machine.lpi,
			       err);
}

/* The key of the map grows old by whatever allocates, also in the firmware's
 * own last words; after the first try only these two may be called. */
static efi_status_t exit_firmware(void)
{
	efi_status_t status = EFI_ABORTED;

	for (unsigned int i = 0; status && i < TRIES; i++) {
		status = memory_map_get(&leave_map);
		if (!status)
			status = boot->exit_boot_services(self_handle,
							  leave_map.key);
	}
	return status;
}

int leave(struct trans_error *err)
{
	if (exit_firmware())
		return port_error(err, TRANS_EHOST, "ExitBootServices", 0, 0);
	__asm__ volatile("msr daifset, #0xf" ::: "memory");
	trans_timers_off(&machine.cpu, false);
	if (!machine.gic.version)
		return 0;
	return trans_gic_lpis_off(&machine.gic, &machine.lpi, err);
}
