/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <libfdt.h>

#include <trans_table/fdt.h>
#include <trans_table/machine.h>

#include "linear.h"
#include "machine.h"
#include "pci.h"

#define MAX_RANGES 16

struct machine machine;

static struct trans_range ram_storage[MAX_RANGES];
static struct trans_range reserved_storage[MAX_RANGES];
static struct trans_range no_map_storage[MAX_RANGES];

static const void *tree(void)
{
	return at_pa(machine.fdt.start);
}

/* A string property; "" when it is missing or no string. */
static const char *string_of(const char *path, const char *property)
{
	int node = fdt_path_offset(tree(), path);
	int len = 0;
	const char *text = node < 0 ? NULL :
			   fdt_getprop(tree(), node, property, &len);

	return text && len > 0 && !text[len - 1] ? text : "";
}

/* A machine whose firmware is of no use is one without. */
static enum trans_conduit find_conduit(void)
{
	enum trans_conduit conduit;

	(void)trans_fdt_conduit(tree(), machine.fdt.len, &conduit, NULL);
	return conduit;
}

static int read_header(trans_pa_t fdt, struct trans_error *err)
{
	int ret = fdt & 7 ? -FDT_ERR_ALIGNMENT : fdt_check_header(at_pa(fdt));

	if (ret) {
		*err = (struct trans_error){
			.status = TRANS_EFDT,
			.why = fdt_strerror(ret),
			.pa = fdt,
			.level = TRANS_NO_LEVEL,
		};
		return TRANS_EFDT;
	}
	machine.fdt = (struct trans_range){ fdt, fdt_totalsize(at_pa(fdt)) };
	return 0;
}

static int read_memory(struct trans_error *err)
{
	int ret;

	trans_ranges_init(&machine.ram, ram_storage, MAX_RANGES);
	trans_ranges_init(&machine.reserved, reserved_storage, MAX_RANGES);
	trans_ranges_init(&machine.no_map, no_map_storage, MAX_RANGES);
	ret = trans_fdt_memory(tree(), machine.fdt.len, &machine.ram,
			       &machine.reserved, err);
	return ret ? ret :
		     trans_fdt_no_map(tree(), machine.fdt.len, &machine.no_map,
				      err);
}

int machine_read(trans_pa_t fdt, struct trans_error *err)
{
	int ret = read_header(fdt, err);

	if (ret)
		return ret;
	trans_cpu_read(&machine.cpu);
	ret = read_memory(err);
	if (ret)
		return ret;
	machine.conduit = find_conduit();
	pci_read(tree());
	machine.bootargs = string_of("/chosen", "bootargs");
	machine.archive = (struct trans_range){ 0, 0 };
	ret = trans_fdt_initrd(tree(), machine.fdt.len, &machine.archive, err);
	if (ret)
		return ret == TRANS_ENOENT ? 0 : ret;
	/* A loader that is done reserves it, so that nobody else takes it. */
	return trans_ranges_remove(&machine.reserved, machine.archive.start,
				   machine.archive.len);
}

void machine_off(void)
{
	trans_psci_system_off(machine.conduit, NULL);
	for (;;)
		__asm__ volatile("wfi");
}

void machine_reset(void *host)
{
	(void)host;
	trans_psci_system_reset(machine.conduit, NULL);
}

bool machine_has(trans_pa_t pa, uint64_t len)
{
	return trans_ranges_contain(&machine.ram, pa, len) &&
	       !trans_ranges_touch(&machine.no_map, pa, len);
}
