/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the saved kernel's CPUs had: read from its variables, or not known at
 * all; and what another CPU lacks of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/support/files.h"
#include "tests/unit/support/saved_world.h"

static struct saved_world w;
static struct trans_saved saved;
static struct trans_saved_facts facts;

/* A Cortex-A57's, and some more. */
static const struct trans_cpu has = {
	.pfr0 = 0x1122, .pfr1 = 0x10, .pfr2 = 0x1, .dfr0 = 0x10305106,
	.isar0 = 0x11120, .isar1 = 0x1011111, .isar2 = 0x1001,
	.mmfr0 = 0x1124, .mmfr1 = 0x102, .mmfr2 = 0x11, .mmfr3 = 0x1,
	.mmfr4 = 0x100,
};

static int set_up(void **state)
{
	(void)state;
	saved_world_init(&w);
	w.kernel.has = has;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	saved_world_end(&w);
	return 0;
}

static void ask(void)
{
	const struct trans_saved_question question = {
		.mpidr = w.kernel.mpidr, .version = KERNEL_VERSION,
	};
	struct trans_error err;

	(void)trans_saved_open(&saved, &w.args, &err);
	assert_int_equal(trans_saved_ask(&saved, &question, &facts, &err), 0);
}

static void must_know(void)
{
	ask();
	assert_int_not_equal(facts.features, 0);
	assert_memory_equal(&facts.was, &has, sizeof(has));
}

static void must_not_know(void)
{
	static const struct trans_cpu nothing;
	uint64_t fields;

	ask();
	assert_int_equal(facts.features, 0);
	assert_memory_equal(&facts.was, &nothing, sizeof(nothing));
	assert_null(trans_saved_lacks(&facts, &has, &fields));
}

/* ---- what is known ---- */

static void it_says_what_it_has(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		w.kernel.no_log = i & 1;
		w.kernel.no_order = i & 2;
		saved_world_make(&w);
		must_know();
	}
}

static void it_does_not_say(void **state)
{
	bool *gone[] = { &w.kernel.no_features, &w.kernel.no_data_symbols,
			 &w.kernel.no_symbols };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		*gone[i] = true;
		saved_world_make(&w);
		must_not_know();
		*gone[i] = false;
	}
}

static uint8_t *data(unsigned int at)
{
	return kernel_part(&w.kernel, KERNEL_DATA) + at;
}

/* Pair 2 is the first that is wanted. Each register is needed, but those that
 * are new: without MMFR4, the last one, the rest is known. */
static void a_register_without_its_name_is_none(void **state)
{
	(void)state;
	saved_world_make(&w);
	data(KERNEL_FEATURE_NAME(2))[8] = '1';
	must_not_know();
	saved_world_make(&w);
	file_le(data(KERNEL_FEATURE(2)), 0x1000, 8);
	must_not_know();
	saved_world_make(&w);
	file_le(data(KERNEL_FEATURE_PAIR(2) + 8), 0x1000, 8);
	must_not_know();
}

static void what_does_not_ascend_is_no_array(void **state)
{
	(void)state;
	saved_world_make(&w);
	file_le(data(KERNEL_FEATURE_PAIR(KERNEL_FEATURES - 1)), 0x180760, 4);
	ask();
	assert_int_not_equal(facts.features, 0);
	assert_int_equal(facts.was.mmfr3, has.mmfr3);
	assert_int_equal(facts.was.mmfr4, 0);
	saved_world_make(&w);
	file_le(data(KERNEL_FEATURE_PAIR(10)), 0x180600, 4);
	must_not_know();
}

/* An array that never ends ends. */
static void as_many_as_there_may_be(void **state)
{
	(void)state;
	saved_world_make(&w);
	for (unsigned int n = 0; n < 31; n++)
		file_le(data(KERNEL_FEATURE_PAIR(n)), n + 1, 4);
	must_not_know();
}

/* ---- what is lacking ---- */

static void must_lack(struct trans_cpu cpu, const char *name, uint64_t expected)
{
	uint64_t fields = 0;
	const char *why = trans_saved_lacks(&facts, &cpu, &fields);

	assert_non_null(why);
	assert_string_equal(why + strlen("CPU has less "), name);
	assert_int_equal(fields, expected);
}

static void must_do(struct trans_cpu cpu)
{
	uint64_t fields;

	assert_null(trans_saved_lacks(&facts, &cpu, &fields));
}

static void each_register_is_compared(void **state)
{
	static const struct {
		size_t at;
		const char *name;
	} registers[] = {
		{ offsetof(struct trans_cpu, pfr0), "ID_AA64PFR0_EL1" },
		{ offsetof(struct trans_cpu, pfr1), "ID_AA64PFR1_EL1" },
		{ offsetof(struct trans_cpu, pfr2), "ID_AA64PFR2_EL1" },
		{ offsetof(struct trans_cpu, dfr0), "ID_AA64DFR0_EL1" },
		{ offsetof(struct trans_cpu, isar0), "ID_AA64ISAR0_EL1" },
		{ offsetof(struct trans_cpu, isar1), "ID_AA64ISAR1_EL1" },
		{ offsetof(struct trans_cpu, isar2), "ID_AA64ISAR2_EL1" },
		{ offsetof(struct trans_cpu, mmfr0), "ID_AA64MMFR0_EL1" },
		{ offsetof(struct trans_cpu, mmfr1), "ID_AA64MMFR1_EL1" },
		{ offsetof(struct trans_cpu, mmfr2), "ID_AA64MMFR2_EL1" },
		{ offsetof(struct trans_cpu, mmfr3), "ID_AA64MMFR3_EL1" },
		{ offsetof(struct trans_cpu, mmfr4), "ID_AA64MMFR4_EL1" },
	};

	(void)state;
	saved_world_make(&w);
	must_know();
	must_do(has);
	for (size_t i = 0; i < 12; i++) {
		struct trans_cpu cpu = has;
		uint64_t *of = (uint64_t *)((uint8_t *)&cpu + registers[i].at);
		unsigned int low = (unsigned int)__builtin_ctzll(*of) & ~3u;

		/* DFR0's first is exact, and not asked for. */
		if (registers[i].at == offsetof(struct trans_cpu, dfr0))
			low = 12;
		*of -= 1ULL << low;
		must_lack(cpu, registers[i].name, 0xfULL << low);
	}
}

static void some_fields_have_a_sign(void **state)
{
	struct trans_cpu cpu = has;

	(void)state;
	saved_world_make(&w);
	must_know();
	/* No floating point; no 4K pages; VHE cannot be left. */
	cpu.pfr0 = 0xf1122;
	must_lack(cpu, "ID_AA64PFR0_EL1", 0xf0000);
	cpu = has;
	cpu.mmfr0 = 0xf0001124;
	must_lack(cpu, "ID_AA64MMFR0_EL1", 0xf0000000);
	cpu = has;
	cpu.mmfr4 = 0xf000100;
	must_lack(cpu, "ID_AA64MMFR4_EL1", 0xf000000);
	/* 52 bits with 4K, which a kernel that had 48 does not need. */
	cpu = has;
	cpu.mmfr0 = 0x10001124;
	must_do(cpu);
}

/* By another algorithm no pointer that was signed is good any more. */
static void pointers_are_signed_alike(void **state)
{
	struct trans_cpu cpu = has;

	(void)state;
	saved_world_make(&w);
	must_know();
	cpu.isar1 = 0x1011121;
	must_lack(cpu, "ID_AA64ISAR1_EL1", 0xf0);
	cpu = has;
	cpu.isar2 = 0x2001;
	must_lack(cpu, "ID_AA64ISAR2_EL1", 0xf000);
	w.kernel.has.isar2 = 1;
	saved_world_make(&w);
	ask();
	must_do(cpu);
}

static void some_fields_do_not_matter(void **state)
{
	struct trans_cpu cpu = has;

	(void)state;
	w.kernel.has.pfr0 |= 0x1000002200ULL;
	w.kernel.has.pfr1 |= 0x10100011000ULL;
	w.kernel.has.mmfr0 |= 0x22200000000ULL;
	w.kernel.has.mmfr1 |= 0x1000000;
	saved_world_make(&w);
	ask();
	cpu.pfr0 = 0x22;
	must_do(cpu);
	/* Nor does anything of a CPU that nobody knows. */
	memset(&cpu, 0, sizeof(cpu));
	must_do(cpu);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(it_says_what_it_has),
		TEST(it_does_not_say),
		TEST(a_register_without_its_name_is_none),
		TEST(what_does_not_ascend_is_no_array),
		TEST(as_many_as_there_may_be),
		TEST(each_register_is_compared),
		TEST(some_fields_have_a_sign),
		TEST(pointers_are_signed_alike),
		TEST(some_fields_do_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
