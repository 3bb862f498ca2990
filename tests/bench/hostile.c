/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Inputs made to take time, beside honest ones of their size: each case builds
 * one and calls measured(), whose instructions hostile.py counts. The images'
 * memory is clean and copied by the test's own host, in both alike.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trans_table/fdt.h>

#include "tests/bench/hostile_kernel.h"
#include "tests/unit/support/raw_tree.h"
#include "tests/unit/support/resume_world.h"
#include "tests/unit/support/saved_kernels.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)
#define BASE 0x40000000ULL

struct run {
	void (*what)(void);
	int status; /* what it came to */
};

__attribute__((noipa)) static void measured(struct run *run)
{
	run->what();
	__asm__ volatile("" ::: "memory");
}

/* ---- device trees ---- */

#define TREE (1900u << 10)

static struct raw_tree tree;
static _Alignas(8) char out[RAW_LEN];
static int status;

static void use_tree(void)
{
	static struct trans_range storage[2][64];
	struct trans_fdt_edit how = { .bootargs = "root=/dev/vda",
				      .initrd = { 2 * GIB, 4096 } };
	struct trans_ranges ram, reserved;

	trans_ranges_init(&ram, storage[0], 64);
	trans_ranges_init(&reserved, storage[1], 64);
	status = trans_fdt_memory(tree.fdt, tree.at, &ram, &reserved, NULL);
	if (!status)
		status = trans_fdt_edit(tree.fdt, tree.at, out, sizeof(out),
					&how, NULL);
}

static const char names[] = "linux,initrd-start\0linux,initrd-end\0"
	"compatible\0reg\0interrupts\0#address-cells\0#size-cells\0"
	"clock-names\0status\0device_type\0";
static const uint32_t name_at[] = { 36, 47, 51, 62, 77, 89, 101 };

/* The root's cells, and /chosen with an initrd that is not there any more. */
static void begin_tree(unsigned int reservations)
{
	const fdt64_t start = cpu_to_fdt64(GIB), end = cpu_to_fdt64(GIB + 64);
	const fdt32_t two = cpu_to_fdt32(2);

	raw_begin(&tree, reservations, GIB, 64);
	raw_node(&tree, "");
	raw_prop(&tree, 62, &two, 4);
	raw_prop(&tree, 77, &two, 4);
	raw_node(&tree, "chosen");
	raw_prop(&tree, 0, &start, 8);
	raw_prop(&tree, 19, &end, 8);
}

/* As boards have them: six properties a node, of some dozen bytes. */
static void honest_tree(void)
{
	static const char value[16] = "vendor,device-1";

	begin_tree(4);
	raw_word(&tree, FDT_END_NODE);
	while (tree.at < TREE) {
		raw_node(&tree, "device@12345678");
		for (size_t i = 0; i < 6; i++)
			raw_prop(&tree, name_at[i % 5], value, 16);
		raw_word(&tree, FDT_END_NODE);
	}
	raw_word(&tree, FDT_END_NODE);
	raw_end(&tree, names, sizeof(names));
}

static void reservations(void)
{
	begin_tree((TREE - 4096) / 16);
	raw_word(&tree, FDT_END_NODE);
	raw_word(&tree, FDT_END_NODE);
	raw_end(&tree, names, sizeof(names));
}

/* One name of @len characters for all properties of a node of RAM. */
static void shared_name(uint32_t len)
{
	static char strings[600000];

	memcpy(strings, names, sizeof(names));
	memset(strings + sizeof(names), 'x', len);
	begin_tree(0);
	raw_word(&tree, FDT_END_NODE);
	raw_node(&tree, "memory");
	while (tree.at < TREE - len)
		raw_prop(&tree, sizeof(names), "", 0);
	raw_prop(&tree, 101, "memory", 7);
	raw_word(&tree, FDT_END_NODE);
	raw_word(&tree, FDT_END_NODE);
	raw_end(&tree, strings, (uint32_t)sizeof(names) + len + 1);
}

static void long_name(void)
{
	shared_name(500000);
}

static void longest_name(void)
{
	shared_name(127);
}

static void strings(void)
{
	static char all[TREE / 3];

	for (size_t i = sizeof(names); i < sizeof(all); i++)
		all[i] = i % 2 ? '\0' : 'l';
	memcpy(all, names, sizeof(names));
	begin_tree(0);
	raw_word(&tree, FDT_END_NODE);
	while (tree.at < TREE - sizeof(all)) {
		raw_node(&tree, "device@12345678");
		raw_word(&tree, FDT_END_NODE);
	}
	raw_word(&tree, FDT_END_NODE);
	raw_end(&tree, all, sizeof(all) - 64);
}

static void many_in_chosen(void)
{
	begin_tree(0);
	while (tree.at < TREE)
		raw_prop(&tree, 47, "", 0);
	raw_word(&tree, FDT_END_NODE);
	raw_word(&tree, FDT_END_NODE);
	raw_end(&tree, names, sizeof(names));
}

/* ---- images ---- */

#define RAM (96 * MIB)
#define PAGE 4096u

static struct resume_world world;

static void load_image(void)
{
	status = trans_resume_load(&world.resume, &world.args, &world.err);
}

static int no_progress(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	(void)done;
	(void)total;
	return 0;
}

static void begin_image(uint64_t text_len)
{
	struct saved s = { .page_shift = 12, .base = BASE, .len = RAM,
			   .va_bits = 48, .mpidr = 0x102,
			   .text_len = text_len };

	world_save(&world, &s);
}

/* The upper half is lent. */
static void end_image(void)
{
	world_write_disk(&world);
	world_boot(&world, 1);
	world_lend(&world, BASE + RAM / 2, RAM / 2);
	world.args.progress = no_progress;
}

/* 24 MiB that are moved, 12 that go to their places. */
static void honest_image(void)
{
	begin_image(0);
	world_mark(&world, BASE + 8 * MIB, 24 * MIB, PAGE_STORED);
	world_mark(&world, BASE + 60 * MIB, 12 * MIB, PAGE_STORED);
	end_image();
}

/* As many pages, every other one: of what is moved, and of where it may go. */
static void scattered(void)
{
	begin_image(0);
	for (uint64_t at = 0; at < 47 * MIB; at += 2 * PAGE)
		world_mark(&world, BASE + MIB / 2 + at, PAGE, PAGE_STORED);
	for (uint64_t at = 0; at < 24 * MIB; at += 2 * PAGE)
		world_mark(&world, BASE + 60 * MIB + at, PAGE, PAGE_STORED);
	end_image();
}

/* Words that equal the re-entry address, all of them mapped as text. */
static void words(void)
{
	begin_image(64 * MIB);
	for (uint64_t at = 8 * MIB; at < 44 * MIB; at += 8)
		*world_word(&world, BASE + at) = world.reenter;
	memset(memory_at(&world.old, BASE + MIB / 2), 0, 15 * MIB / 2);
	world_mark(&world, BASE + MIB / 2, 15 * MIB / 2, PAGE_ZERO);
	world_mark(&world, BASE + 8 * MIB, 36 * MIB, PAGE_STORED);
	end_image();
	world_lend(&world, BASE + 8 * MIB, 36 * MIB);
}

/* ---- saved kernels that are asked ---- */

#define TYPES (BASE + 12 * MIB)
#define TYPES_LEN (16 * MIB)
#define INFOS (TYPES + 10 * MIB)

static struct kernel kernel;

/* All of what is moved is mapped as the kernel's, which knows itself. Only
 * where its log says nothing is it asked for symbols and types. */
static void begin_kernel(bool log)
{
	trans_va_t va;

	begin_image(40 * MIB);
	va = world.reenter - world.resume_pa;
	world_mark(&world, BASE + 8 * MIB, 24 * MIB, PAGE_STORED);
	world_mark(&world, BASE + 60 * MIB, 12 * MIB, PAGE_STORED);
	kernel = (struct kernel){
		.bytes = memory_at(&world.old, BASE + 10 * MIB),
		.pa = BASE + 10 * MIB, .va = va + BASE + 10 * MIB,
		.root_va = va + world.ttbr1, .va_bits = 48, .page_shift = 12,
		.mpidr = 0x102, .midr = 0x411fd070,
		.property = BASE + 30 * MIB, .pending = BASE + 31 * MIB,
		.types = 3, .no_log = !log,
	};
	kernel_make(&kernel);
	kernel_property_table(memory_at(&world.old, kernel.property));
	memset(memory_at(&world.old, kernel.pending), 0, 0x10000);
}

static void asked(void)
{
	begin_kernel(true);
	end_image();
}

static void asked_without_log(void)
{
	begin_kernel(false);
	end_image();
}

static void put_word(trans_pa_t pa, uint32_t value)
{
	memcpy(memory_at(&world.old, pa), &value, 4);
}

/* Symbols 303 and 304 are where BTF starts and ends (saved_kernels.c). */
static void begin_types(uint64_t len)
{
	uint8_t *offsets = kernel_part(&kernel, KERNEL_OFFSETS);
	uint32_t at = (uint32_t)(TYPES - BASE - 10 * MIB), end;

	end = at + (uint32_t)(24 + len + 4 * MIB);
	memcpy(offsets + 4 * 303, &at, 4);
	memcpy(offsets + 4 * 304, &end, 4);
	put_word(TYPES, 0x1eb9f);
	put_word(TYPES + 4, 24);
	put_word(TYPES + 8, 0);
	put_word(TYPES + 12, (uint32_t)len);
	put_word(TYPES + 16, (uint32_t)len);
	put_word(TYPES + 20, 64);
}

/* Structs, whose names are @step bytes apart. */
static void put_structs(uint32_t step)
{
	uint32_t name = 0;

	for (uint64_t at = 0; at < TYPES_LEN - 12; at += 12) {
		put_word(TYPES + 24 + at, name);
		put_word(TYPES + 28 + at, 4u << 24);
		put_word(TYPES + 32 + at, 8);
		name = (name + step) % (4u << 20);
	}
}

/* Names that are almost the one that is looked for. */
static void almost(void)
{
	begin_kernel(false);
	begin_types(TYPES_LEN);
	put_structs(0);
	memcpy(memory_at(&world.old, TYPES + 24 + TYPES_LEN), "cpuinfo_arm6",
	       13);
	end_image();
}

/* Each name in a page of its own, to which the tables are gone through. */
static void apart(void)
{
	begin_kernel(false);
	begin_types(TYPES_LEN);
	put_word(TYPES + 20, 4u << 20);
	put_structs(4096);
	end_image();
}

/* The address that VMCOREINFO has for a symbol becomes @pa's. */
static void move_symbol(const char *name, trans_pa_t pa)
{
	char *line = strstr((char *)kernel_part(&kernel, KERNEL_INFO), name);
	char digits[17];

	snprintf(digits, sizeof(digits), "%016llx",
		 (unsigned long long)(kernel.va - kernel.pa + pa));
	memcpy(line + strlen(name), digits, 16);
}

/* Names that begin as two that are looked for, and go on with tokens for
 * nothing: the number of symbols is at 0x380 of the data. The last one is data;
 * its offset lies in a name, which is none the worse for it. */
static void alike(void)
{
	uint8_t *at;
	uint32_t count = 1u << 20;

	begin_kernel(false);
	at = memory_at(&world.old, TYPES);
	memset(at, 0, 20 * MIB);
	for (uint64_t i = 0; i < 20 * MIB - 32; i += 32) {
		at[i] = 31;
		at[i + 1] = 129; /* "D__" */
		at[i + 2] = 's';
	}
	move_symbol("SYMBOL(kallsyms_names)=", TYPES);
	memcpy(kernel_part(&kernel, KERNEL_DATA) + 0x380, &count, 4);
	put_word(kernel.pa + KERNEL_OFFSETS * KERNEL_PART + 4 * (count - 1),
		 16 * MIB);
	end_image();
}

static void put_long(trans_pa_t pa, uint64_t value)
{
	memcpy(memory_at(&world.old, pa), &value, 8);
}

/* As many messages as the ring may have, each one the longest that is looked
 * at; the ring buffer is at 0x310 of the data, its text at its start. */
static void talks(void)
{
	const uint64_t first = 5ULL << 33, texts = 1ULL << 11;
	trans_pa_t ring, at;

	begin_kernel(true);
	ring = kernel.pa + KERNEL_DATA * KERNEL_PART + 0x310;
	put_long(ring, 22);
	put_long(ring + 8, kernel.va - kernel.pa + TYPES);
	put_long(ring + 16, kernel.va - kernel.pa + INFOS);
	put_long(ring + 24, first + (1u << 22));
	put_long(ring + 32, first);
	for (uint64_t i = 0; i < (INFOS - TYPES) / 24; i++) {
		at = TYPES + i * 24;
		put_long(at, (first + i) | 2ULL << 62);
		put_long(at + 8, texts * 2);
		put_long(at + 16, texts * 2 + 512);
		at = INFOS + i * 24;
		put_long(at, 0);
		put_long(at + 8, 0);
		put_long(at + 16, 256);
	}
	/* As small as they may be, so that there are many. */
	memcpy(strstr((char *)kernel_part(&kernel, KERNEL_INFO),
		      "SIZE(printk_info)=") + 18, "24", 2);
	at = kernel.pa + KERNEL_TEXTS * KERNEL_PART + 8;
	memset(memory_at(&world.old, at), 'x', 504);
	memcpy(memory_at(&world.old, at), "smp: Brought up ", 16);
	end_image();
}

/* ---- kernels ---- */

static void load_kernel(void)
{
	status = kernel_load();
}

static void verify_kernel(void)
{
	status = verify();
}

static const struct {
	const char *name;
	void (*build)(void);
	void (*use)(void);
} cases[] = {
	{ "tree: honest", honest_tree, use_tree },
	{ "tree: equal reservations", reservations, use_tree },
	{ "tree: a name of 500,000 characters", long_name, use_tree },
	{ "tree: a name of 127 characters", longest_name, use_tree },
	{ "tree: strings", strings, use_tree },
	{ "tree: all in /chosen", many_in_chosen, use_tree },
	{ "image: honest", honest_image, load_image },
	{ "image: every other page", scattered, load_image },
	{ "image: words that could be cpu_resume's", words, load_image },
	{ "image: a kernel that is asked", asked, load_image },
	{ "image: the same without a log", asked_without_log, load_image },
	{ "image: types almost of that name", almost, load_image },
	{ "image: names of types far apart", apart, load_image },
	{ "image: symbols that begin alike", alike, load_image },
	{ "image: a log without end", talks, load_image },
	{ "kernel: honest", kernel_honest, load_kernel },
	{ "kernel: .bss of 8 GiB", kernel_huge_bss, load_kernel },
	{ "verify: honest", verify_honest, verify_kernel },
	{ "verify: .bss of 32 times the file", verify_huge_bss,
	  verify_kernel },
};

int main(int argc, char **argv)
{
	size_t i = argc == 2 ? (size_t)atoi(argv[1]) : ~(size_t)0;
	struct run run;

	if (i >= sizeof(cases) / sizeof(*cases))
		return 1;
	cases[i].build();
	run.what = cases[i].use;
	measured(&run);
	printf("%s|%s\n", cases[i].name, trans_strerror(status));
	return 0;
}
