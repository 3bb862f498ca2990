/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include <trans_table/fdt.h>
#include <trans_table/machine.h>

#include "machine.h"
#include "numbers.h"
#include "trans.h"

void machine_init(struct machine *machine)
{
	memset(machine, 0, sizeof(*machine));
	trans_ranges_init(&machine->ram, machine->ram_storage, MACHINE_RANGES);
	trans_ranges_init(&machine->reserved, machine->reserved_storage,
			  MACHINE_RANGES);
	trans_ranges_init(&machine->no_map, machine->no_map_storage,
			  MACHINE_RANGES);
}

void machine_drop(struct machine *machine)
{
	free(machine->fdt);
	machine->fdt = NULL;
}

/* ---- the tree ---- */

static bool read_tree(struct machine *machine, const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		return false;
	machine->fdt = calloc(1, TRANS_FDT_MAX_LEN);
	if (machine->fdt)
		machine->fdt_len = fread(machine->fdt, 1, TRANS_FDT_MAX_LEN,
					 file);
	if (!machine->fdt || ferror(file) || fgetc(file) != EOF) {
		errno = !machine->fdt ? ENOMEM : ferror(file) ? EIO : EFBIG;
		fclose(file);
		return false;
	}
	fclose(file);
	return true;
}

/* The first CPU of the tree is the one that starts, where nobody says another
 * one: by its reg, the affinity fields of MPIDR_EL1 (Linux,
 * Documentation/devicetree/bindings/arm/cpus.yaml). */
static uint64_t first_cpu(const void *fdt)
{
	int cpus = fdt_path_offset(fdt, "/cpus"), node, len;

	fdt_for_each_subnode(node, fdt, cpus) {
		const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &len);
		const char *name = fdt_get_name(fdt, node, NULL);

		if (!reg || !name || strncmp(name, "cpu@", 4))
			continue;
		if (len == 8)
			return (uint64_t)fdt32_to_cpu(reg[0]) << 32 |
			       fdt32_to_cpu(reg[1]);
		if (len == 4)
			return fdt32_to_cpu(reg[0]);
	}
	return 0;
}

static bool has_its(const struct machine *machine)
{
	static struct trans_fdt_gic gic;

	return !trans_fdt_gic(machine->fdt, machine->fdt_len, &gic, NULL) &&
	       gic.gic.its_count;
}

int machine_tree(struct machine *machine, const char *path)
{
	struct trans_error err;

	if (!read_tree(machine, path))
		return file_error(path);
	if (!machine->fdt_len) {
		errno = ENODATA;
		return file_error(path);
	}
	if (trans_fdt_memory(machine->fdt, machine->fdt_len, &machine->ram,
			     &machine->reserved, &err) ||
	    trans_fdt_no_map(machine->fdt, machine->fdt_len, &machine->no_map,
			     &err))
		return refused_in(path, &err);
	machine->its = has_its(machine);
	machine->cpu.mpidr = first_cpu(machine->fdt);
	return 0;
}

static int put_memory(void *fdt, const struct trans_ranges *ram)
{
	int node = fdt_add_subnode(fdt, 0, "memory");
	int ret = node < 0 ? node :
		fdt_setprop_string(fdt, node, "device_type", "memory");

	for (size_t i = 0; !ret && i < ram->count; i++) {
		ret = fdt_appendprop_u64(fdt, node, "reg",
					 ram->range[i].start);
		if (!ret)
			ret = fdt_appendprop_u64(fdt, node, "reg",
						 ram->range[i].len);
	}
	return ret;
}

bool machine_make_tree(struct machine *machine)
{
	const int len = 65536;
	void *fdt = calloc(1, (size_t)len);
	int ret;

	if (!fdt)
		return false;
	ret = fdt_create_empty_tree(fdt, len);
	if (!ret)
		ret = fdt_setprop_u32(fdt, 0, "#address-cells", 2);
	if (!ret)
		ret = fdt_setprop_u32(fdt, 0, "#size-cells", 2);
	if (!ret)
		ret = put_memory(fdt, &machine->ram);
	if (!ret)
		ret = fdt_pack(fdt);
	machine->fdt = fdt;
	machine->fdt_len = fdt_totalsize(fdt);
	return !ret;
}

/* ---- the CPU ---- */

/* What its ID registers say of translation and of VHE, by MIDR_EL1 without
 * variant and revision: Arm's technical reference manuals, "AArch64 register
 * descriptions". */
static const struct kind {
	uint32_t midr;
	uint64_t mmfr0, mmfr1, mmfr2;
} kinds[] = {
	{ 0x410fd030, 0x1122, 0, 0 },                    /* Cortex-A53 */
	{ 0x410fd040, 0x101122, 0, 0 },                  /* Cortex-A35 */
	{ 0x410fd050, 0x101122, 0x10212122, 0x1011 },    /* Cortex-A55 */
	{ 0x410fd070, 0x1124, 0, 0 },                    /* Cortex-A57 */
	{ 0x410fd080, 0x1124, 0, 0 },                    /* Cortex-A72 */
	{ 0x410fd0b0, 0x101122, 0x10212122, 0x1011 },    /* Cortex-A76 */
	{ 0x410fd0c0, 0x101125, 0x10212122, 0x1011 },    /* Neoverse N1 */
};
#define VARIANT_AND_REVISION 0x00f0000fULL

static bool take_kind(struct trans_cpu *cpu)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if ((cpu->midr & ~VARIANT_AND_REVISION) != kinds[i].midr)
			continue;
		cpu->mmfr0 = kinds[i].mmfr0;
		cpu->mmfr1 = kinds[i].mmfr1;
		cpu->mmfr2 = kinds[i].mmfr2;
		return true;
	}
	return false;
}

static bool take_register(struct trans_cpu *cpu, const char *name,
			  const char *value)
{
	const struct {
		const char *name;
		uint64_t *of;
	} registers[] = {
		{ "mpidr", &cpu->mpidr }, { "mmfr0", &cpu->mmfr0 },
		{ "mmfr1", &cpu->mmfr1 }, { "mmfr2", &cpu->mmfr2 },
		{ "mmfr3", &cpu->mmfr3 }, { "mmfr4", &cpu->mmfr4 },
		{ "pfr0", &cpu->pfr0 },   { "pfr1", &cpu->pfr1 },
		{ "pfr2", &cpu->pfr2 },   { "dfr0", &cpu->dfr0 },
		{ "isar0", &cpu->isar0 }, { "isar1", &cpu->isar1 },
		{ "isar2", &cpu->isar2 },
	};

	for (size_t i = 0; i < sizeof(registers) / sizeof(*registers); i++)
		if (!strcmp(name, registers[i].name))
			return number_of(value, registers[i].of);
	return false;
}

/* The rest of the text, word by word. */
static bool take_registers(struct trans_cpu *cpu, char *rest)
{
	char *word;

	while ((word = strsep(&rest, ",")) != NULL) {
		char *value = strchr(word, '=');

		if (!value)
			return false;
		*value++ = 0;
		if (!take_register(cpu, word, value))
			return false;
	}
	return true;
}

int machine_cpu(struct machine *machine, const char *text, unsigned int el)
{
	struct trans_cpu *cpu = &machine->cpu;
	char copy[256], *rest = copy, *first;
	bool fine;

	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
		return usage_error("--cpu is too long");
	first = strsep(&rest, ",");
	cpu->el = el;
	fine = number_of(first, &cpu->midr);
	if (fine)
		(void)take_kind(cpu);
	if (!fine || (rest && !take_registers(cpu, rest)))
		return usage_error("--cpu wants MIDR[,NAME=VALUE...]");
	if (!cpu->mmfr0)
		return usage_error("a kind of CPU that is not known: say its "
				   "mmfr0, and mmfr1 to mmfr3");
	return 0;
}
