/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A build that was told to ask no saved kernel anything: one that would answer
 * is refused where there is an ITS, and wakes where there is none, on whatever
 * kind of CPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TRANS_ASSUME_UNASKED 1
#include "hibernate/resume/ask.c"

#include "tests/unit/support/resume_world.h"
#include "tests/unit/support/saved_kernels.h"

#define BASE 0x40000000ULL
#define MIB (1ULL << 20)
#define KERNEL_LEN (KERNEL_PARTS * KERNEL_PART)
#define MIDR 0x411fd070u

static struct resume_world w;
static struct kernel kernel;
static struct trans_gic_pending pending[KERNEL_CPUS];

static int setup(void **state)
{
	struct saved s = { .page_shift = 12, .base = BASE, .len = 6 * MIB,
			   .va_bits = 48, .mpidr = 0x102,
			   .text_len = MIB, .data_len = MIB };
	trans_pa_t pa;
	trans_va_t va;

	(void)state;
	world_save(&w, &s);
	pa = (w.text + MIB + 0xffff) & ~0xffffULL;
	va = w.reenter - 0x800 - w.text;
	kernel = (struct kernel){
		.bytes = memory_at(&w.old, pa), .pa = pa, .va = va + pa,
		.root_va = va + w.ttbr1, .va_bits = 48, .page_shift = 12,
		.mpidr = s.mpidr, .midr = MIDR, .property = pa + KERNEL_LEN,
		.pending = pa + KERNEL_LEN + 0x10000, .types = 3,
		.boot_at = 0x2c04,
	};
	memset(kernel.bytes, 0, KERNEL_LEN + 0x10000 + KERNEL_PENDING);
	kernel_make(&kernel);
	kernel_property_table(kernel.bytes + KERNEL_LEN);
	world_mark(&w, pa, KERNEL_LEN + 0x10000 + KERNEL_PENDING, PAGE_STORED);
	world_write_disk(&w);
	world_boot(&w, 1);
	world_lend(&w, BASE, 5 * MIB);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

static void what_an_its_needs_is_refused(void **state)
{
	(void)state;
	w.args.has_its = true;
	w.args.pending = pending;
	w.args.room = KERNEL_CPUS;
	assert_int_equal(world_load(&w), TRANS_ESTATE);
	assert_string_equal(w.err.why, "LPI tables unknown");
	w.args.lpis_anyway = true;
	assert_int_equal(world_load(&w), 0);
	trans_resume_unload(&w.resume);
}

static void the_kind_of_cpu_is_not_compared(void **state)
{
	(void)state;
	w.cpu.midr = MIDR + 1;
	assert_int_equal(world_load(&w), 0);
	assert_int_equal(w.resume.known.midr, 0);
	trans_resume_unload(&w.resume);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_an_its_needs_is_refused),
		TEST(the_kind_of_cpu_is_not_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
