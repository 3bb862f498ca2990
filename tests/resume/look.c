/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Looks at real kernels and real images with the library's own eyes, on any
 * host:
 *
 *	look kernel IMAGE BASE REENTER TTBR1
 *	    where is cpu_resume in a kernel's Image, loaded at BASE?
 *	look image DISK EL MPIDR GRANULES RAM LEN AT LEN
 *	    load a hibernation image into simulated RAM, on a machine whose own
 *	    memory is LEN bytes at AT, and say what would happen. Nothing of the
 *	    disk is written.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <trans_table/hibernate.h>

#include "hibernate/resume/saved_kernel.h"
#include "ports/lz4/unlz4.h"
#include "ports/lzo/unlzo.h"

static uint8_t *memory;
static trans_pa_t base;
static uint64_t memory_len;

static uint64_t number(const char *text)
{
	return strtoull(text, NULL, 0);
}

static void *at_pa(void *ctx, trans_pa_t pa, size_t len)
{
	(void)ctx;
	if (pa < base || pa - base > memory_len ||
	    len > memory_len - (pa - base))
		return NULL;
	return memory + (pa - base);
}

static void get_memory(uint64_t len)
{
	memory_len = (len + 65535) & ~65535ULL;
	memory = aligned_alloc(65536, memory_len);
	if (!memory)
		exit(2);
	memset(memory, 0, memory_len);
}

/* ---- a kernel's file ---- */

static uint64_t next_piece(void *ctx, trans_pa_t *pa)
{
	(void)ctx;
	if (*pa < base)
		*pa = base;
	return *pa - base < memory_len ? memory_len - (*pa - base) : 0;
}

static const void *look_at(void *ctx, trans_pa_t pa, uint64_t len)
{
	return at_pa(ctx, pa, len);
}

static int look_kernel(char **arg)
{
	const struct trans_saved_memory view = { .next = next_piece,
						 .at = look_at };
	const struct trans_swsusp image = { .info = {
		.reenter = number(arg[2]), .ttbr1 = number(arg[3]) } };
	FILE *file = fopen(arg[0], "rb");
	struct trans_range text;
	struct trans_error err;
	trans_pa_t entry;

	base = number(arg[1]);
	get_memory(64u << 20);
	text = (struct trans_range){ base, memory_len };
	if (!file || !fread(memory, 1, memory_len, file))
		return 2;
	fclose(file);
	if (trans_find_physical_(&view, &text, &image, &entry, &err)) {
		printf("%s: %s\n", trans_strerror(err.status), err.why);
		return 1;
	}
	printf("0x%" PRIx64 "\n", entry);
	return 0;
}

/* ---- an image ---- */

static int disk_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	FILE *disk = ctx;

	return fseek(disk, (long)offset, SEEK_SET) ||
	       fread(buf, 1, len, disk) != len;
}

static int no_alias(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host;
	(void)pa;
	(void)len;
	return 0;
}

static int put(void *arg, const char *text, size_t len)
{
	(void)arg;
	if (strncmp(text, "move 0x", 7) && strncmp(text, "move z", 6))
		fwrite(text, 1, len, stdout);
	return 0;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Nobody runs what is loaded here. */
static void no_barrier(void *ctx)
{
	(void)ctx;
}

static const struct trans_ops host = { .phys_to_virt = at_pa,
				       .barrier = no_barrier };
static struct trans_resume resume;

static int load(struct trans_block *disk, const struct trans_cpu *cpu,
		uint64_t mpidr, struct trans_range own)
{
	static struct trans_gic_pending pending[64];
	struct trans_range slot[3][4];
	struct trans_ranges ram, reserved, lent;
	struct trans_resume_args args = {
		.disk = disk, .unpack = { trans_unlzo, trans_unlz4, NULL },
		.ram = &ram, .reserved = &reserved, .free = &lent,
		.host = &host, .mpidr = mpidr,
		.has_its = true, .lpis_anyway = true,
		.pending = pending, .room = 64,
		.transition = { .cpu = cpu, .va_bits = 48,
				.map = TRANS_MAP_SPARSE,
				.alias_prepare = no_alias },
	};
	struct trans_error err = { 0 };
	double began = now();

	trans_ranges_init(&ram, slot[0], 4);
	trans_ranges_init(&reserved, slot[1], 4);
	trans_ranges_init(&lent, slot[2], 4);
	if (trans_ranges_add(&ram, base, memory_len) ||
	    trans_ranges_add(&lent, base, memory_len) ||
	    trans_ranges_remove(&lent, own.start, own.len))
		return 2;
	if (trans_resume_load(&resume, &args, &err)) {
		printf("%s: %s, pa 0x%" PRIx64 " desc 0x%" PRIx64 "\n",
		       trans_strerror(err.status), err.why, err.pa, err.desc);
		return 1;
	}
	printf("loaded in %.3f s\n", now() - began);
	return trans_resume_print(&resume, put, NULL);
}

static int look_image(char **arg)
{
	static const uint64_t granules[] = { 0, 0x0f100126, 0x10200126 };
	FILE *file = fopen(arg[0], "rb");
	struct trans_block disk = { .sector_shift = 9, .read = disk_read,
				    .ctx = file };
	struct trans_cpu cpu = {
		.el = (unsigned int)number(arg[1]), .mmfr1 = 0x100,
		.mmfr0 = number(arg[3]) < 3 ? granules[number(arg[3])] : 0,
	};
	struct trans_range own = { number(arg[6]), number(arg[7]) };

	if (!file || fseek(file, 0, SEEK_END))
		return 2;
	if (!cpu.mmfr0)
		cpu.mmfr0 = 0x1124; /* a Cortex-A57 */
	else
		cpu.mmfr2 = 1 << 16;
	cpu.e2h = cpu.el == 2;
	disk.len = (uint64_t)ftell(file);
	base = number(arg[4]);
	get_memory(number(arg[5]));
	return load(&disk, &cpu, number(arg[2]), own);
}

int main(int argc, char **argv)
{
	if (argc == 6 && !strcmp(argv[1], "kernel"))
		return look_kernel(argv + 2);
	if (argc == 10 && !strcmp(argv[1], "image"))
		return look_image(argv + 2);
	fprintf(stderr, "usage: look kernel IMAGE BASE REENTER TTBR1\n"
		"       look image DISK EL MPIDR CPU RAM LEN OWN LEN\n");
	return 2;
}
