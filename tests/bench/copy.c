/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How fast a linear map is copied, against one streaming read of its tables and
 * against Linux's own copy, all in one process and in turns, because the
 * machine has other work: of each, the best of all rounds counts, in CPU time.
 *
 * Prints lines "variant|name|seconds|entries|pages": the time of one run, the
 * entries that the source's tables hold, and the table pages of the result.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "linux-shim/glue.h"
#include "world.h"

uint64_t stream_scalar(const uint64_t *entry, size_t count);
uint64_t stream_best(const uint64_t *entry, size_t count);

/* Linux revives invalid entries where debug_pagealloc says so, and clears
 * read-only always: the same work. */
#define AS_LINUX (TRANS_MKWRITE | TRANS_MKVALID | TRANS_CHECKPFN)
#define ROUNDS 60
#define SAMPLE 0.002 /* seconds, at least, that one measurement takes */

static volatile uint64_t sink;

struct contender {
	const char *name;
	void (*run)(struct world *world, unsigned int flags);
	unsigned int flags;
	double best;
	size_t pages;
};

static void run_scalar(struct world *world, unsigned int flags)
{
	(void)flags;
	sink = stream_scalar((const uint64_t *)world->source.bytes,
			     world->source.used / 8);
}

static void run_best(struct world *world, unsigned int flags)
{
	(void)flags;
	sink = stream_best((const uint64_t *)world->source.bytes,
			   world->source.used / 8);
}

static void run_copy(struct world *world, unsigned int flags)
{
	struct trans_report report;
	struct trans_table copy;

	if (!trans_table_create(&copy, &world->geo, 0xff, &world->ops, world,
				&report) &&
	    !trans_table_copy(&copy, LINEAR, &world->view, LINEAR, RAM_LEN,
			      flags, &report))
		return;
	fprintf(stderr, "copy: %s\n", report.error.why);
	exit(1);
}

static void *linux_page(void *arg)
{
	struct world *world = arg;
	void *page = arena_page(&world->copy);

	return page ? memset(page, 0, 4096) : NULL;
}

static void run_linux(struct world *world, unsigned int flags)
{
	struct linux_world linux_world = {
		.tables = world->root,
		.offset = world->offset,
		.ram_first = RAM,
		.ram_last = RAM + RAM_LEN - 1,
		.start = LINEAR,
		.end = LINEAR + RAM_LEN,
		.debug_pagealloc = true,
		.page = linux_page,
		.arg = world,
	};

	(void)flags;
	if (linux_copy(&linux_world))
		return;
	fprintf(stderr, "Linux's copy failed\n");
	exit(1);
}

static struct contender contenders[] = {
	{ .name = "stream scalar", .run = run_scalar },
	{ .name = "stream best", .run = run_best },
	{ .name = "linux", .run = run_linux },
	{ .name = "fold kexec", .run = run_copy,
	  .flags = TRANS_FOLD | TRANS_NOEXEC | AS_LINUX },
	{ .name = "fold", .run = run_copy, .flags = TRANS_FOLD },
	{ .name = "copy as linux", .run = run_copy, .flags = AS_LINUX },
	{ .name = "copy", .run = run_copy },
	{ .name = "keepcont", .run = run_copy, .flags = TRANS_KEEPCONT },
	{ .name = "estimate fold", .run = run_copy,
	  .flags = TRANS_FOLD | TRANS_ESTIMATE | AS_LINUX },
};
#define CONTENDERS (sizeof(contenders) / sizeof(contenders[0]))

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The time of one run: short runs are repeated until a clock can tell. */
static double measure(struct world *world, struct contender *c)
{
	double start = now(), end;
	unsigned int runs = 0;

	do {
		world->copy.used = 0;
		c->run(world, c->flags);
		runs++;
		end = now();
	} while (end - start < SAMPLE);
	c->pages = world->copy.used / 4096;
	return (end - start) / runs;
}

static void compete(struct world *world, enum variant variant)
{
	world_build(world, variant);
	for (size_t i = 0; i < CONTENDERS; i++)
		contenders[i].best = 1e9;
	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < CONTENDERS; i++) {
			double seconds = measure(world, &contenders[i]);

			if (seconds < contenders[i].best)
				contenders[i].best = seconds;
		}
	for (size_t i = 0; i < CONTENDERS; i++)
		printf("%s|%s|%.9f|%zu|%zu\n", variant_names[variant],
		       contenders[i].name, contenders[i].best,
		       world->source.used / 8, contenders[i].pages);
}

/* ---- do all of them the same work? --------------------------------------- */

/* The leaf for @at in the copy at the arena's start; its size to @shift. */
static uint64_t look_up(const struct world *world, const uint64_t *page,
			uint64_t at, unsigned int *shift)
{
	for (*shift = 39;; *shift -= 9) {
		uint64_t d = page[(at >> *shift) & 511];

		if (!(d & 1) || *shift == 12 || !(d & 2))
			return d;
		page = (const uint64_t *)(uintptr_t)((d & 0xfffffffff000ULL) +
						     world->offset);
	}
}

/* A sum over what each page is mapped to and whether it can be written: the
 * same for each right copy, folded or not. */
static uint64_t meaning(const struct world *world)
{
	const uint64_t *root = (const uint64_t *)world->copy.bytes;
	uint64_t sum = 0;

	for (uint64_t at = 0; at < RAM_LEN; at += 4096) {
		unsigned int shift;
		uint64_t d = look_up(world, root, at, &shift);
		uint64_t into = at & ((1ULL << shift) - 1) & ~4095ULL;

		if (d & 1)
			sum += ((d & 0xfffffffff000ULL) + into +
				(d & 0xc0)) * (at + 1);
	}
	return sum;
}

static void compare(struct world *world, enum variant variant)
{
	static const unsigned int same[] = { 3, 5 };
	uint64_t want;

	world_build(world, variant);
	world->copy.used = 0;
	run_linux(world, 0);
	want = meaning(world);
	for (size_t i = 0; i < 2; i++) {
		world->copy.used = 0;
		run_copy(world, contenders[same[i]].flags);
		if (meaning(world) == want)
			continue;
		fprintf(stderr, "%s: '%s' maps something else than Linux\n",
			variant_names[variant], contenders[same[i]].name);
		exit(1);
	}
}

int main(void)
{
	static struct world world;

	world_open(&world);
	for (enum variant v = ALL_PAGES; v < VARIANTS; v++) {
		compare(&world, v);
		compete(&world, v);
	}
	return 0;
}
