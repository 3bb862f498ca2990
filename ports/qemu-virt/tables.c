/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include "machine.h"
#include "memory.h"
#include "pci.h"
#include "sysreg.h"
#include "tables.h"

#define EL1_OFFSET 0xffff000000000000ULL
#define EL2_OFFSET 0x0000800000000000ULL

#define VA_BITS 48
#define MAX_RANGES 16

_Static_assert(PCI_REACH <= EL2_OFFSET, "EL2 maps half of it");

uint64_t tables_offset(unsigned int el)
{
	return el == 2 && !machine.cpu.e2h ? EL2_OFFSET : EL1_OFFSET;
}

static unsigned int own_half(void)
{
	return machine_two_halves() ? TRANS_GEO_UPPER : 0;
}

/* More than 48 output bits want 64K granules or LPA2; RAM of this machine does
 * not need them. */
int tables_geometry(unsigned int upper, struct trans_geometry *geo,
		    struct trans_error *err)
{
	unsigned int pa_bits = trans_cpu_pa_bits(&machine.cpu);

	return trans_geometry_init(geo, trans_cpu_regime(&machine.cpu),
				   own_shift, 48, pa_bits > 48 ? 48 : pa_bits,
				   upper, err);
}

static int map(struct trans_table *table, struct trans_range range,
	       struct trans_attr attr, unsigned int flags,
	       struct trans_report *report)
{
	return trans_table_map(table,
			       range.start + tables_offset(machine.cpu.el),
			       range.start, range.len, &attr, flags, report);
}

static int map_image(struct trans_table *table, struct trans_report *report)
{
	struct image_part part[IMAGE_PARTS];
	int ret = 0;

	image_parts(part);
	for (unsigned int i = 0; !ret && i < IMAGE_PARTS; i++)
		ret = map(table, part[i].range,
			  (struct trans_attr){ TRANS_MEM_NORMAL,
					       part[i].access },
			  0, report);
	return ret;
}

/* RAM but the image and the archive, which have rules of their own. Firmware
 * likes to reserve the device tree; it must be readable all the same. */
static int plain_ram(struct trans_ranges *set, struct trans_range archive)
{
	struct trans_range fdt = whole_granules(machine.fdt);
	struct trans_range image = image_range();
	int ret = trans_ranges_add_all(set, &machine.ram);

	if (!ret)
		ret = trans_ranges_remove_all(set, &machine.no_map);
	if (!ret)
		ret = trans_ranges_add(set, fdt.start, fdt.len);
	if (!ret)
		ret = trans_ranges_remove(set, image.start, image.len);
	return ret ? ret : trans_ranges_remove(set, archive.start, archive.len);
}

static int map_ram(struct trans_table *table, struct trans_report *report)
{
	static const struct trans_attr ram = { TRANS_MEM_NORMAL, TRANS_WRITE };
	struct trans_range storage[MAX_RANGES];
	struct trans_range archive = whole_granules(machine.archive);
	struct trans_ranges set;
	int ret;

	trans_ranges_init(&set, storage, MAX_RANGES);
	ret = plain_ram(&set, archive);
	if (ret) {
		report->error.status = ret;
		report->error.why = "RAM in too many pieces";
		return ret;
	}
	for (size_t i = 0; !ret && i < set.count; i++)
		ret = map(table, set.range[i], ram, 0, report);
	if (!ret && archive.len)
		ret = map(table, archive, ram, TRANS_NOBLOCK, report);
	return ret;
}

/* Interrupt controller, UART, virtio: one block of the address map. PCI, if
 * there is any, is elsewhere. */
static int map_devices(struct trans_table *table, struct trans_report *report)
{
	const struct trans_range devices[] = {
		{ DEVICES_PA, DEVICES_LEN },
		{ pci.config, PCI_CONFIG_LEN },
		{ pci.window, PCI_WINDOW_LEN },
	};
	const size_t count = pci.config ? 3 : 1;
	int ret = 0;

	for (size_t i = 0; !ret && i < count; i++)
		ret = map(table, devices[i],
			  (struct trans_attr){ TRANS_MEM_DEVICE, TRANS_WRITE },
			  0, report);
	return ret;
}

int tables_build(struct trans_table *table, struct trans_regs *regs,
		 struct trans_report *report)
{
	struct trans_geometry geo;
	int ret = tables_geometry(own_half(), &geo, &report->error);

	if (!ret)
		ret = trans_table_create(table, &geo, 0, &memory_ops, &memory,
					 report);
	if (!ret)
		ret = map_image(table, report);
	if (!ret)
		ret = map_ram(table, report);
	if (!ret)
		ret = map_devices(table, report);
	return ret ? ret : trans_table_finish(table, regs, report);
}

/* TCR2, PIR and PIRE0 are 0: boot.c switches permission indirection off. */
static struct trans_regs own_regs(void)
{
	if (!machine_two_halves())
		return (struct trans_regs){
			.ttbr = sysreg_read(ttbr0_el2),
			.tcr = sysreg_read(tcr_el2),
			.mair = sysreg_read(mair_el2),
		};
	return (struct trans_regs){
		.ttbr = sysreg_read(ttbr1_el1),
		.tcr = sysreg_read(tcr_el1),
		.mair = sysreg_read(mair_el1),
	};
}

/* The geometry is read back from the registers rather than remembered: the way
 * of a host whose tables were made by somebody else. */
int tables_attach(struct trans_table *view, struct trans_report *report)
{
	struct trans_regs regs = own_regs();
	struct trans_geometry geo;
	int ret;

	ret = trans_geometry_from_tcr(&geo, trans_cpu_regime(&machine.cpu),
				      machine_two_halves(), regs.tcr,
				      machine.cpu.mmfr0, &report->error);
	if (ret)
		return ret;
	return trans_table_attach(view, &geo, &regs, trans_present_linux,
				  &memory_ops, &memory, report);
}

/* The level 3 descriptor of a page; NULL where there is no level 3 table. Only
 * the owner of a table format may do this: these tables are the host's own. */
static uint64_t *page_descriptor(trans_pa_t root, trans_va_t va)
{
	unsigned int bits = own_shift - 3, shift = own_shift;
	uint64_t mask = (1ULL << bits) - 1;
	uint64_t *table = at_pa(root);
	uint64_t desc;

	va &= (1ULL << VA_BITS) - 1;
	while (shift + bits < VA_BITS)
		shift += bits;
	for (; shift > own_shift; shift -= bits) {
		desc = table[va >> shift & mask];
		if ((desc & 3) != 3)
			return NULL;
		table = at_pa(desc & 0x0000fffffffff000ULL);
	}
	return &table[va >> own_shift & mask];
}

uint64_t tables_hide(const struct trans_table *view, trans_pa_t pa,
		     uint64_t len, uint64_t step)
{
	uint64_t hidden = 0, *desc;

	for (uint64_t at = 0; at < len; at += step << own_shift) {
		desc = page_descriptor(view->root, pa + at + linear_offset);
		if (!desc)
			continue;
		*(volatile uint64_t *)desc = *desc & ~1ULL;
		hidden++;
	}
	tlb_forget(machine.cpu.el);
	return hidden;
}
