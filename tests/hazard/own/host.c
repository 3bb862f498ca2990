/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The least that a host may be: its MMU is off, its initrd is the Image to be
 * started, its memory the upper half of RAM. Somebody's port, on which the
 * checker is tried as docs/hazard.md says (own.py).
 */
#include <trans_table/kexec.h>
#include <trans_table/machine.h>
#include <trans_table/pool.h>

#include <libfdt.h>

#define RANGES 16

static struct trans_kexec kexec;
static struct trans_cpu cpu;
static struct trans_ranges ram, reserved, unused;
static struct trans_range ram_storage[RANGES], reserved_storage[RANGES];
static struct trans_range unused_storage[RANGES];

void host_main(const void *fdt);

/* Stored to with the MMU off, so past the caches: no line may be dirty. */
static int host_alloc(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t *pa)
{
	int ret = trans_carve(ctx, shift, count, pa);

	if (!ret)
		trans_cpu_clean(NULL, (void *)*pa, (size_t)count << shift);
	return ret;
}

static void *host_virt(void *ctx, trans_pa_t pa, size_t len)
{
	(void)ctx;
	return trans_ranges_contain(&ram, pa, len) ? (void *)pa : NULL;
}

static const struct trans_ops ops = {
	.alloc = host_alloc,
	.free = trans_carve_back,
	.phys_to_virt = host_virt,
	.clean = trans_cpu_clean,
};

static int find_memory(const void *fdt, size_t len, struct trans_error *err)
{
	int ret;

	trans_ranges_init(&ram, ram_storage, RANGES);
	trans_ranges_init(&reserved, reserved_storage, RANGES);
	trans_ranges_init(&unused, unused_storage, RANGES);
	ret = trans_fdt_memory(fdt, len, &ram, &reserved, err);
	if (ret)
		return ret;
	return trans_ranges_add(&unused, ram.range[0].start +
				ram.range[0].len / 2, ram.range[0].len / 2);
}

static int load(const void *fdt, size_t len, struct trans_error *err)
{
	struct trans_kexec_args args = {
		.fdt = fdt, .fdt_len = len, .ram = &ram,
		.reserved = &reserved, .host = &ops, .host_ctx = &unused,
		.relocate = true,
		.transition = {
			.cpu = &cpu, .granule = TRANS_4K,
			.map = TRANS_MAP_SPARSE,
			.alias_prepare = trans_alias_identity,
		},
	};
	int ret = find_memory(fdt, len, err);

	trans_cpu_read(&cpu);
	if (!ret)
		ret = trans_fdt_initrd(fdt, len, &args.kernel, err);
	if (!ret)
		ret = trans_ranges_remove(&reserved, args.kernel.start,
					  args.kernel.len);
	if (!ret)
		ret = trans_fdt_conduit(fdt, len, &args.transition.conduit,
					err);
	return ret ? ret : trans_kexec_load(&kexec, &args, err);
}

/* QEMU's PL011 needs no more. */
static void say(const char *text)
{
	while (*text)
		*(volatile unsigned int *)0x09000000 = (unsigned char)*text++;
}

void host_main(const void *fdt)
{
	struct trans_error err = { 0 };

	if (!load(fdt, fdt_totalsize(fdt), &err))
		trans_kexec_start(&kexec, &err);
	say("refused: ");
	say(err.why ? err.why : "nobody says why");
	for (;;)
		__asm__ volatile("wfi");
}
