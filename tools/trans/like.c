/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Would an image wake on a machine? It is loaded, by trans_resume_load, into
 * simulated memory of that machine; so what a target would refuse is refused
 * here, in its words. All of the memory that the tree does not reserve is lent:
 * a host that keeps some of it needs that much more.
 */
#include <string.h>

#include "image_parts.h"
#include "like_show.h"
#include "ram.h"
#include "trans.h"
#include "unpack.h"

#define MOST_CPUS 512

static int no_alias(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host;
	(void)pa;
	(void)len;
	return 0;
}

static int heard(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	progress("loading the image", done, total);
	return 0;
}

/* ID_AA64MMFR1_EL1.VH [11:8]: a host at EL2 has it on, as firmware for a Linux
 * leaves it to that. */
static void set_e2h(struct trans_cpu *cpu)
{
	cpu->e2h = cpu->el == 2 && (cpu->mmfr1 >> 8 & 0xf);
}

static bool take_anyway(struct trans_resume_args *args, const char *words)
{
	size_t len;

	for (; words && *words; words += len + (words[len] == ',')) {
		len = strcspn(words, ",");
		if (len == 3 && !memcmp(words, "efi", len))
			args->efi_anyway = true;
		else if (len == 3 && !memcmp(words, "cpu", len))
			args->cpu_anyway = true;
		else if (len == 4 && !memcmp(words, "lpis", len))
			args->lpis_anyway = true;
		else
			return false;
	}
	return true;
}

static int show_refusal(struct out *out, const struct trans_error *err)
{
	out_flag(out, "would_wake", false);
	out_list(out, "refusal");
	trans_error_print(err, out_put, out);
	out_list_end(out);
	return err->status == TRANS_EHOST ? EXIT_INPUT : EXIT_NO;
}

static int load(struct out *out, const struct image_options *options,
		struct contents *contents, const struct machine *machine,
		struct trans_resume_args *args)
{
	static struct trans_resume resume;
	struct trans_error err = { 0 };
	int ret;

	if (trans_resume_load(&resume, args, &err)) {
		progress_over();
		return show_refusal(out, &err);
	}
	progress_over();
	ret = show_wake(out, machine, contents, &resume, options->svg);
	trans_resume_unload(&resume);
	return ret;
}

static int load_in(struct out *out, const struct image_options *options,
		   struct contents *contents, struct machine *machine,
		   struct ram *ram)
{
	static struct trans_gic_pending pending[MOST_CPUS];
	struct trans_ranges lent;
	struct trans_range lent_storage[TRANS_RESUME_RANGES];
	struct trans_resume_args args = {
		.disk = contents->reader.args.disk, .offset = options->offset,
		.unpack = desk_unpackers, .progress = heard,
		.ram = &machine->ram, .reserved = &machine->no_map,
		.free = &lent, .host = &ram->ops, .host_ctx = ram,
		.mpidr = machine->cpu.mpidr | 1ULL << 31,
		.has_its = machine->its,
		.pending = pending, .room = MOST_CPUS,
		.transition = { .cpu = &machine->cpu, .va_bits = 48,
				.map = TRANS_MAP_SPARSE,
				.alias_prepare = no_alias },
	};

	if (!take_anyway(&args, options->anyway))
		return usage_error("--anyway: efi, cpu, lpis");
	trans_ranges_init(&lent, lent_storage, TRANS_RESUME_RANGES);
	trans_ranges_largest(&lent, &ram->free);
	return load(out, options, contents, machine, &args);
}

int would_wake(struct out *out, const struct image_options *options,
	       struct contents *contents)
{
	static struct machine machine;
	static struct ram ram;
	int ret;

	machine_init(&machine);
	ret = machine_tree(&machine, options->like);
	if (!ret)
		ret = machine_cpu(&machine, options->cpu, options->el);
	set_e2h(&machine.cpu);
	if (!ret && ram_make(&ram, &machine.ram, &machine.reserved))
		ret = no("the machine's memory is too much, or in too many "
			 "pieces");
	if (!ret)
		ret = load_in(out, options, contents, &machine, &ram);
	ram_drop(&ram);
	machine_drop(&machine);
	return ret;
}
