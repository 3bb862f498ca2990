/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a saved kernel is asked before a resume, and by whom it is known: each
 * source in turn, when those before it are gone; and nothing that is damaged is
 * believed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/files.h"
#include "tests/unit/support/saved_world.h"

static struct saved_world w;
static struct trans_saved saved;
static struct trans_saved_facts facts;
static struct trans_saved_question question;
static struct trans_error err;
static char sidecar[1024];

static int set_up(void **state)
{
	(void)state;
	saved_world_init(&w);
	question = (struct trans_saved_question){
		.mpidr = w.kernel.mpidr,
		.version = KERNEL_VERSION,
	};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	saved_world_end(&w);
	return 0;
}

static int ask(void)
{
	int ret;

	memset(&err, 0, sizeof(err));
	ret = trans_saved_open(&saved, &w.args, &err);
	if (ret && ret != TRANS_ENOENT)
		return ret;
	return trans_saved_ask(&saved, &question, &facts, &err);
}

static void must_know_lpis(enum trans_saved_source source)
{
	assert_true(facts.lpis.known);
	assert_int_equal(facts.lpis.source, source);
	assert_int_equal(facts.lpis.propbaser, KERNEL_PROPBASER(&w.kernel));
	assert_int_equal(facts.lpis.pendbaser, KERNEL_PENDBASER(&w.kernel));
}

static void must_know_midr(enum trans_saved_source source)
{
	assert_int_equal(facts.midr_source, source);
	assert_int_equal(facts.midr, source ? w.kernel.midr : 0);
}

static void must_not_know(void)
{
	static const struct trans_saved_lpis none;

	assert_memory_equal(&facts.lpis, &none, sizeof(none));
}

static void put_sidecar(const char *version)
{
	snprintf(sidecar, sizeof(sidecar),
		 "trans_table saved kernel 1\nversion %s\n"
		 "Booting Linux on physical CPU 0x%010llx [0x%08x]\n"
		 "GICv3: using LPI property table @0x%016llx\n"
		 "GICv3: CPU0: using allocated LPI pending table @0x%016llx",
		 version, (unsigned long long)w.kernel.mpidr, w.kernel.midr,
		 (unsigned long long)w.kernel.property,
		 (unsigned long long)w.kernel.pending);
	question.sidecar = sidecar;
	question.sidecar_len = strlen(sidecar);
}

static void everything_is_known(void **state)
{
	(void)state;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	assert_string_equal(facts.release, KERNEL_RELEASE);
	assert_string_equal(facts.command_line, "quiet");
	assert_int_equal(facts.cpus, 4);
	assert_int_equal(facts.cpu, 0);
	assert_in_range(facts.seconds, 90, 160);
	assert_true(facts.kpti);
	must_know_midr(TRANS_SAVED_MEMORY);
	must_know_lpis(TRANS_SAVED_MEMORY);
}

/* Each source is taken away, and the next one says the same. */
static void next_source_is_asked(void **state)
{
	static struct {
		bool *gone;
	} sources[] = { { &w.kernel.no_data_symbols }, { &w.kernel.no_types },
			{ &w.kernel.no_symbols } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		*sources[i].gone = true;
		saved_world_make(&w);
		assert_int_equal(ask(), 0);
		must_know_midr(TRANS_SAVED_LOG);
		must_know_lpis(TRANS_SAVED_LOG);
		*sources[i].gone = false;
	}
	w.kernel.no_symbols = w.kernel.no_log = true;
	saved_world_make(&w);
	put_sidecar(KERNEL_VERSION);
	assert_int_equal(ask(), 0);
	must_know_midr(TRANS_SAVED_SIDECAR);
	must_know_lpis(TRANS_SAVED_SIDECAR);
	question.sidecar = NULL;
	assert_int_equal(ask(), 0);
	must_know_midr(TRANS_SAVED_NOBODY);
	must_not_know();
	assert_string_equal(facts.release, KERNEL_RELEASE);
}

/* No VMCOREINFO: a sidecar is all that there is. */
static void only_a_sidecar(void **state)
{
	(void)state;
	saved_world_make(&w);
	memset(kernel_part(&w.kernel, KERNEL_INFO), 0, 4096);
	assert_int_equal(ask(), 0);
	must_not_know();
	assert_string_equal(facts.release, "");
	put_sidecar(KERNEL_VERSION);
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_SIDECAR);
}

static void a_sidecar_of_another_kernel(void **state)
{
	static const char *const versions[] = {
		"#1 SMP tes", "#1 SMP test2", "", "#2 SMP test",
	};

	(void)state;
	w.kernel.no_symbols = w.kernel.no_log = true;
	saved_world_make(&w);
	for (size_t i = 0; i < 4; i++) {
		put_sidecar(versions[i]);
		assert_int_equal(ask(), 0);
		must_not_know();
	}
	put_sidecar(KERNEL_VERSION);
	sidecar[strlen("trans_table saved kernel ")] = '2';
	assert_int_equal(ask(), 0);
	must_not_know();
	put_sidecar(KERNEL_VERSION);
	question.version = "";
	assert_int_equal(ask(), 0);
	must_not_know();
}

/* Cut anywhere, a sidecar says less, and nothing wrong. */
static void a_sidecar_that_is_cut(void **state)
{
	size_t len, known = 0;

	(void)state;
	w.kernel.no_symbols = w.kernel.no_log = true;
	saved_world_make(&w);
	put_sidecar(KERNEL_VERSION);
	for (len = 0; len <= strlen(sidecar); len++) {
		char *cut = malloc(len + 1);

		memcpy(cut, sidecar, len);
		question.sidecar = cut;
		question.sidecar_len = len;
		assert_int_equal(ask(), 0);
		known += facts.lpis.known;
		free(cut);
	}
	assert_int_equal(known, 1);
}

static void another_cpu_saved(void **state)
{
	(void)state;
	w.kernel.cpu = 2;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	assert_int_equal(facts.cpu, 2);
	must_know_midr(TRANS_SAVED_MEMORY);
	must_know_lpis(TRANS_SAVED_MEMORY);
	w.kernel.no_symbols = true;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	assert_int_equal(facts.cpu, 2);
	must_know_midr(TRANS_SAVED_LOG);
	must_know_lpis(TRANS_SAVED_LOG);
	question.mpidr = 0x1234500;
	assert_int_equal(ask(), 0);
	must_know_midr(TRANS_SAVED_NOBODY);
	must_not_know();
}

/* Where the struct pages are is said in one way or the other. */
static void struct_pages_of_older_kernels(void **state)
{
	(void)state;
	w.kernel.old_vmemmap = w.kernel.no_log = true;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_MEMORY);
}

/* Tables that are none: neither source is believed. */

static void spoil_property(unsigned int at, uint8_t value)
{
	saved_world_make(&w);
	w.m.bytes[SAVED_PROPERTY + at] = value;
	assert_int_equal(ask(), 0);
	must_not_know();
}

static void tables_that_are_none(void **state)
{
	(void)state;
	spoil_property(0, 0xa0);
	spoil_property(0x7fff, 0xb2);
	spoil_property(0xffff, 0);
	saved_world_make(&w);
	memset(w.m.bytes + SAVED_PROPERTY, 0xa0, 0x10000);
	assert_int_equal(ask(), 0);
	must_not_know();
	saved_world_make(&w);
	w.m.bytes[SAVED_PENDING + 0x1fff] = 1;
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_MEMORY);
	w.m.bytes[SAVED_PENDING + 0x2000] = 1;
	assert_int_equal(ask(), 0);
	must_not_know();
}

static void tables_that_are_not_saved(void **state)
{
	(void)state;
	saved_world_make(&w);
	saved_world_mark(&w, SAVED_PENDING, 0x10000, SAVED_ZERO);
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_MEMORY);
	saved_world_mark(&w, SAVED_PENDING + 0xf000, 0x1000, SAVED_ABSENT);
	assert_int_equal(ask(), 0);
	must_not_know();
	saved_world_mark(&w, SAVED_PENDING, 0x10000, SAVED_STORED);
	saved_world_mark(&w, SAVED_PROPERTY + 0x8000, 0x1000, SAVED_ZERO);
	assert_int_equal(ask(), 0);
	must_not_know();
	saved_world_mark(&w, SAVED_PROPERTY, 0x10000, SAVED_STORED);
	w.kernel.property += 0x8000;
	saved_world_make(&w);
	memset(w.m.bytes + SAVED_PROPERTY, 0xa2, 0x20000);
	assert_int_equal(ask(), 0);
	must_not_know();
}

/* The log says the same as the variables, or neither counts. */
static void sources_that_disagree(void **state)
{
	uint8_t *texts = kernel_part(&w.kernel, KERNEL_TEXTS);

	(void)state;
	saved_world_make(&w);
	for (size_t i = 0; i + 9 < 2048; i++)
		if (!memcmp(texts + i, "40060000", 8))
			texts[i + 3] = '5';
	memset(w.m.bytes + 0x50000, 0, 0x10000);
	assert_int_equal(ask(), 0);
	must_not_know();
	must_know_midr(TRANS_SAVED_MEMORY);
}

/* Two lines that should be one say different things. */
static void lines_that_disagree(void **state)
{
	(void)state;
	w.kernel.no_symbols = true;
	saved_world_make(&w);
	kernel_log(&w.kernel,
		   "GICv3: using LPI property table @0x0000000040050000", 0);
	assert_int_equal(ask(), 0);
	must_not_know();
	must_know_midr(TRANS_SAVED_LOG);
	saved_world_make(&w);
	kernel_log(&w.kernel, "CPU0: Booted secondary processor 0x0000000102 "
		   "[0x410fd034]", 0);
	assert_int_equal(ask(), 0);
	must_know_midr(TRANS_SAVED_NOBODY);
}

static void a_long_command_line(void **state)
{
	static char words[251];

	(void)state;
	memset(words, 'a', 250);
	words[3] = '\033';
	w.kernel.command_line = words;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	assert_int_equal(strlen(facts.command_line), 128);
	assert_memory_equal(facts.command_line, "aaa?aaa", 7);
}

/* The effort bounds it all, and the host can stop it, at any point. */

static void effort_is_bounded(void **state)
{
	uint64_t all = w.args.effort, needed;

	(void)state;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	needed = all - saved.effort;
	assert_true(needed > 20000);
	for (w.args.effort = 0; w.args.effort < needed;
	     w.args.effort += needed / 97) {
		assert_int_equal(ask(), TRANS_ECORRUPT);
		assert_string_equal(err.why, "a saved kernel that takes too "
				    "long to ask");
	}
	w.args.effort = needed;
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_MEMORY);
}

static void host_stops_it(void **state)
{
	(void)state;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	assert_true(w.worked > 0);
	for (uint64_t at = w.worked; at; at -= at < 0x10000 ? at : 0x10000) {
		w.worked = 0;
		w.stop_at = at;
		assert_int_equal(ask(), TRANS_ESTOPPED);
		assert_string_equal(err.why, "work");
	}
}

/* ---- damage ---- */

/* With every bit of what is known open to damage, the answer is right or none.
 */
static void must_be_right_or_none(void)
{
	int ret = ask();

	assert_true(!ret || ret == TRANS_ECORRUPT);
	if (!facts.lpis.known)
		return must_not_know();
	assert_int_equal(facts.lpis.propbaser, KERNEL_PROPBASER(&w.kernel));
	assert_int_equal(facts.lpis.pendbaser, KERNEL_PENDBASER(&w.kernel));
}

static void damage(uint64_t *seed, unsigned int part, unsigned int count)
{
	uint8_t *bytes = kernel_part(&w.kernel, (enum kernel_part)part);

	while (count--)
		bytes[rnd(seed) % (part == KERNEL_INFO ? 2048 : 0x2000)] ^=
			(uint8_t)(1u << rnd(seed) % 8);
}

static void damaged_at_random(void **state)
{
	uint64_t seed = 11;

	(void)state;
	w.args.effort = 4u << 20;
	for (unsigned int i = 0; i < 1200; i++) {
		w.kernel.cpu = i % 3 == 2 ? 2 : 0;
		w.kernel.no_symbols = i % 5 == 4;
		saved_world_make(&w);
		damage(&seed, i % KERNEL_PARTS, 1 + i % 40);
		must_be_right_or_none();
	}
}

/* Blanked, each part alone and all after it. */
static void blanked(void **state)
{
	unsigned int known = 0;

	(void)state;
	for (unsigned int set = 0; set < 1u << KERNEL_PARTS; set++) {
		saved_world_make(&w);
		for (unsigned int i = 0; i < KERNEL_PARTS; i++)
			if (set >> i & 1)
				memset(kernel_part(&w.kernel,
						   (enum kernel_part)i), 0,
				       KERNEL_PART);
		must_be_right_or_none();
		known += facts.lpis.known;
	}
	/* INFO and DATA are needed; and of the rest NAMES, OFFSETS and TYPES,
	 * or DESCS, INFOS and TEXTS: 8 + 8 - 1. */
	assert_int_equal(known, 15);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(everything_is_known),
		TEST(next_source_is_asked),
		TEST(only_a_sidecar),
		TEST(a_sidecar_of_another_kernel),
		TEST(a_sidecar_that_is_cut),
		TEST(another_cpu_saved),
		TEST(struct_pages_of_older_kernels),
		TEST(tables_that_are_none),
		TEST(tables_that_are_not_saved),
		TEST(sources_that_disagree),
		TEST(lines_that_disagree),
		TEST(a_long_command_line),
		TEST(effort_is_bounded),
		TEST(host_stops_it),
		TEST(damaged_at_random),
		TEST(blanked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
