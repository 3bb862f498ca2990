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

#include <trans_table/fdt.h>

#include "tests/unit/support/raw_tree.h"
#include "tests/unit/support/resume_world.h"

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
