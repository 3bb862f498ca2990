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
static char sidecar[KERNEL_SIDECAR];
/* One more than there are CPUs. */
static struct trans_gic_pending pending[KERNEL_CPUS + 1];

static int set_up(void **state)
{
	(void)state;
	saved_world_init(&w);
	question = (struct trans_saved_question){
		.mpidr = w.kernel.mpidr,
		.version = KERNEL_VERSION,
		.pending = pending,
		.room = KERNEL_CPUS + 1,
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
	kernel_must_have(&w.kernel, &facts.lpis);
}

static void must_know_midr(enum trans_saved_source source)
{
	assert_int_equal(facts.midr_source, source);
	assert_int_equal(facts.midr, source ? w.kernel.midr : 0);
}

static void must_not_know(void)
{
	assert_false(facts.lpis.known);
	assert_int_equal(facts.lpis.source, TRANS_SAVED_NOBODY);
}

static void put_sidecar(const char *version)
{
	kernel_sidecar(&w.kernel, version, sidecar);
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
	assert_true(facts.lpis.asked);
	must_know_midr(TRANS_SAVED_LOG);
	must_know_lpis(TRANS_SAVED_LOG);
}

/* Each source is taken away, and the next one says the same. */
static void next_source_is_asked(void **state)
{
	static struct {
		bool *gone;
	} sources[] = { { &w.kernel.no_data_symbols }, { &w.kernel.no_types },
			{ &w.kernel.no_symbols } };

	(void)state;
	w.kernel.no_log = true;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	must_know_midr(TRANS_SAVED_MEMORY);
	must_know_lpis(TRANS_SAVED_MEMORY);
	for (unsigned int cpu = 0; cpu < KERNEL_CPUS; cpu++)
		assert_int_equal(pending[cpu].mpidr,
				 kernel_pending(&w.kernel, cpu).mpidr);
	for (size_t i = 0; i < 3; i++) {
		*sources[i].gone = true;
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
		*sources[i].gone = false;
	}
}

static void linux_has(bool rdists, bool rdist, bool types)
{
	w.kernel.usual_rdists = rdists;
	w.kernel.usual_rdist = rdist;
	w.kernel.no_types = !types;
	w.kernel.no_log = true;
	saved_world_make(&w);
}

/* Members are where they usually are, so that no types are needed, and by types
 * the same is known. */
static void no_types_are_needed(void **state)
{
	(void)state;
	for (w.kernel.down = 0; w.kernel.down < KERNEL_CPUS; w.kernel.down++) {
		linux_has(true, true, false);
		assert_int_equal(ask(), 0);
		must_know_midr(TRANS_SAVED_NOBODY);
		must_know_lpis(TRANS_SAVED_MEMORY);
		linux_has(true, true, true);
		assert_int_equal(ask(), 0);
		must_know_midr(TRANS_SAVED_MEMORY);
		must_know_lpis(TRANS_SAVED_MEMORY);
	}
}

/* Some members are elsewhere, say behind a lock for debugging: then by types,
 * or not at all, and what was found before that is no contradiction. */
static void members_are_elsewhere(void **state)
{
	(void)state;
	for (int usual = 0; usual < 3; usual++) {
		linux_has(usual == 1, usual == 2, false);
		assert_int_equal(ask(), 0);
		must_not_know();
		linux_has(usual == 1, usual == 2, true);
		assert_int_equal(ask(), 0);
		must_know_lpis(TRANS_SAVED_MEMORY);
	}
}

/* In what a kernel without types says: must be noticed. */
static void must_notice(unsigned int at)
{
	linux_has(true, true, false);
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_MEMORY);
	kernel_part(&w.kernel, KERNEL_DATA)[at + 1] ^= 0x10;
	assert_int_equal(ask(), 0);
	must_not_know();
}

/* Two addresses of one thing that differ: prop_table_va, which would lead to
 * another page, and of the last CPU rd_base and phys_base. */
static void addresses_that_disagree(void **state)
{
	(void)state;
	must_notice(0x40 + 16);
	must_notice(0x480 + 3 * 0x800 + 8);
	must_notice(0x480 + 3 * 0x800 + 24);
}

/* That no symbol is of data is known by the last one: none is looked for. */
static void no_data_is_looked_for(void **state)
{
	uint64_t all, without;

	(void)state;
	w.kernel.no_log = true;
	w.kernel.no_symbols = true;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	without = w.args.effort - saved.effort;
	w.kernel.no_symbols = false;
	w.kernel.no_data_symbols = true;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	must_not_know();
	all = w.args.effort - saved.effort;
	assert_in_range(all, without, without + 8192);
}

/* What costs most is not asked for what is known. */
static void no_more_than_needed(void **state)
{
	uint64_t by_log, by_memory;

	(void)state;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	by_log = w.args.effort - saved.effort;
	question.room = 0;
	assert_int_equal(ask(), 0);
	assert_true(w.args.effort - saved.effort < by_log);
	must_know_midr(TRANS_SAVED_LOG);
	must_not_know();
	assert_false(facts.lpis.asked);
	question.room = KERNEL_CPUS;
	w.kernel.no_log = true;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	by_memory = w.args.effort - saved.effort;
	must_know_lpis(TRANS_SAVED_MEMORY);
	assert_true(by_memory > by_log);
}

/* Each by the log, and by variables. */
static void must_know_both_ways(void)
{
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_LOG);
	w.kernel.no_log = true;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_MEMORY);
	w.kernel.no_log = false;
}

/* One that never came up has a page that waits for it, and must have no table.
 */
static void a_cpu_that_never_came_up(void **state)
{
	(void)state;
	for (w.kernel.down = 1; w.kernel.down < KERNEL_CPUS; w.kernel.down++)
		must_know_both_ways();
}

static void no_room(void **state)
{
	(void)state;
	question.room = KERNEL_CPUS - 1;
	for (int without_log = 0; without_log < 2; without_log++) {
		w.kernel.no_log = without_log;
		saved_world_make(&w);
		put_sidecar(KERNEL_VERSION);
		assert_int_equal(ask(), 0);
		must_not_know();
		assert_int_not_equal(facts.midr, 0);
	}
}

/* A log of which the start is lost: of a CPU without its table, of a table
 * without its CPU, nothing is believed; and what is left must agree. */
static void a_log_that_wrapped(void **state)
{
	(void)state;
	w.kernel.no_symbols = true;
	for (unsigned int lost = 1; lost < 19; lost++) {
		saved_world_make(&w);
		kernel_wrap(&w.kernel, lost);
		assert_int_equal(ask(), 0);
		must_not_know();
	}
	w.kernel.no_symbols = false;
	for (unsigned int lost = 1; lost < 19; lost++) {
		saved_world_make(&w);
		kernel_wrap(&w.kernel, lost);
		assert_int_equal(ask(), 0);
		must_know_lpis(TRANS_SAVED_MEMORY);
	}
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

/* A sidecar is all that there is, and it must not be believed. */
static void must_not_believe(void)
{
	assert_int_equal(ask(), 0);
	must_know_midr(TRANS_SAVED_NOBODY);
	must_not_know();
}

/* The same kernel on another day: its tables may look alike. */
static void a_sidecar_of_another_boot(void **state)
{
	static const char key[] = "\nboot ";
	size_t len = strlen(KERNEL_BOOT);
	char *boot;

	(void)state;
	w.kernel.no_symbols = w.kernel.no_log = true;
	saved_world_make(&w);
	put_sidecar(KERNEL_VERSION);
	boot = strstr(sidecar, key) + strlen(key);
	for (size_t i = 0; i <= len; i++) {
		char was = boot[i];

		boot[i] = was == '1' ? '2' : '1';
		must_not_believe();
		boot[i] = was;
	}
	/* What every variable that is zero looks like. */
	for (size_t i = 0; i < len; i++)
		boot[i] = (char)(boot[i] == '-' ? '-' : '0');
	memset(kernel_part(&w.kernel, KERNEL_DATA) + 0x3000, 0, 64);
	must_not_believe();
	put_sidecar(KERNEL_VERSION);
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_SIDECAR);
}

/* Wherever it is among the kernel's variables; they are not where the kernel is
 * known. */
static void the_boot_is_found(void **state)
{
	static const unsigned int places[] = { 0x2c04, 0x2ff0, 0x2ff4, 0x2ff8,
					       0x2ffc, 0x3000, 0x3ff0 };

	(void)state;
	w.kernel.no_symbols = w.kernel.no_log = true;
	saved_world_unmap(&w, SAVED_KERNEL + 0x4000, 0x10000);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		w.kernel.boot_at = places[i];
		saved_world_make(&w);
		memset(w.kernel.bytes + 0x4000, 0, 0x10000);
		put_sidecar(KERNEL_VERSION);
		assert_int_equal(ask(), 0);
		must_know_lpis(TRANS_SAVED_SIDECAR);
		memset(kernel_part(&w.kernel, KERNEL_DATA) + places[i], 0, 16);
		must_not_believe();
	}
}

static void put_boot(size_t at)
{
	memcpy(w.m.bytes + at, kernel_boot, sizeof(kernel_boot));
}

/* In a journal's page, say, or in code: anywhere but among the variables. */
static void the_boot_is_elsewhere(void **state)
{
	const size_t page = SAVED_KERNEL + KERNEL_DATA * KERNEL_PART + 0x2000;

	(void)state;
	w.kernel.no_symbols = w.kernel.no_log = true;
	saved_world_make(&w);
	put_sidecar(KERNEL_VERSION);
	saved_world_remap(&w, page, 0x1000, page, 0);
	must_not_believe();
	saved_world_remap(&w, page, 0x1000, page, TRANS_WRITE | TRANS_EXEC);
	must_not_believe();
	saved_world_remap(&w, page, 0x1000, page + 0x4000, TRANS_WRITE);
	put_boot(page + 0x4c04);
	saved_world_unmap(&w, page + 0x4000, 0x1000);
	must_not_believe();
	put_boot(0x20004); /* before the kernel */
	must_not_believe();
	saved_world_remap(&w, page, 0x1000, page, TRANS_WRITE);
	saved_world_mark(&w, page, 0x1000, SAVED_ABSENT);
	must_not_believe();
	saved_world_mark(&w, page, 0x1000, SAVED_STORED);
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_SIDECAR);
}

/* To look for it is bounded, too. */
static void the_boot_costs(void **state)
{
	uint64_t needed;

	(void)state;
	w.kernel.no_symbols = w.kernel.no_log = true;
	saved_world_make(&w);
	put_sidecar(KERNEL_VERSION);
	assert_int_equal(ask(), 0);
	needed = w.args.effort - saved.effort;
	w.args.effort = needed - 1;
	assert_int_equal(ask(), TRANS_ECORRUPT);
	w.args.effort = needed;
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_SIDECAR);
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
	must_know_midr(TRANS_SAVED_LOG);
	must_know_lpis(TRANS_SAVED_LOG);
	w.kernel.no_log = true;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	assert_int_equal(facts.cpu, 2);
	must_know_midr(TRANS_SAVED_MEMORY);
	must_know_lpis(TRANS_SAVED_MEMORY);
	w.kernel.no_log = false;
	saved_world_make(&w);
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
	w.kernel.below_zero = true;
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
	must_know_lpis(TRANS_SAVED_LOG);
	for (unsigned int cpu = 0; cpu < KERNEL_CPUS; cpu++) {
		saved_world_make(&w);
		w.m.bytes[SAVED_PENDING + 0x10000 * cpu + 0x2000] = 1;
		assert_int_equal(ask(), 0);
		must_not_know();
	}
}

static void tables_that_are_not_saved(void **state)
{
	(void)state;
	saved_world_make(&w);
	saved_world_mark(&w, SAVED_PENDING, 0x10000, SAVED_ZERO);
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_LOG);
	saved_world_mark(&w, SAVED_PENDING + 0xf000, 0x1000, SAVED_ABSENT);
	assert_int_equal(ask(), 0);
	must_not_know();
	saved_world_mark(&w, SAVED_PENDING + 0xf000, 0x1000, SAVED_HIDDEN);
	assert_int_equal(ask(), 0);
	must_not_know();
	/* Nor where nothing is wrong with what its bits are. */
	saved_world_mark(&w, SAVED_PENDING, 0x10000, SAVED_ZERO);
	saved_world_mark(&w, SAVED_PENDING, 0x2000, SAVED_ABSENT);
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

/* In the log, wherever it stands. */
static void rewrite(const char *from, const char *to)
{
	char *texts = (char *)kernel_part(&w.kernel, KERNEL_TEXTS);
	size_t len = strlen(from), hits = 0;

	assert_int_equal(strlen(to), len);
	for (size_t i = 0; i + len < 2048; i++) {
		if (memcmp(texts + i, from, len))
			continue;
		memcpy(texts + i, to, len);
		hits++;
	}
	assert_true(hits);
}

/* What is left of the log says the same as the variables, or neither counts;
 * where the start is lost it is not enough alone. */
static void sources_that_disagree(void **state)
{
	static const char *const edits[][2] = {
		{ "@0x0000000040060000", "@0x0000000040050000" },
		{ "@0x0000000040090000", "@0x0000000040050000" },
		{ "property table @0x0000000040040000",
		  "property table @0x0000000040050000" },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		saved_world_make(&w);
		rewrite(edits[i][0], edits[i][1]);
		kernel_wrap(&w.kernel, 1);
		memset(w.m.bytes + 0x50000, 0, 0x10000);
		/* A third does not decide. */
		put_sidecar(KERNEL_VERSION);
		assert_int_equal(ask(), 0);
		must_not_know();
		must_know_midr(TRANS_SAVED_MEMORY);
		question.sidecar = NULL;
	}
	/* The log says more than there is. */
	w.kernel.down = 3;
	saved_world_make(&w);
	kernel_log(&w.kernel, "GICv3: CPU3: using allocated LPI pending table "
		   "@0x0000000040090000", 0);
	assert_int_equal(ask(), 0);
	must_not_know();
}

/* The driver's flag and its pointer say different things of a CPU. */
static void half_a_cpu(void **state)
{
	(void)state;
	w.kernel.no_log = true;
	w.kernel.down = 3;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_MEMORY);
	w.kernel.based = true;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	must_not_know();
	w.kernel.based = false;
	w.kernel.down = 0;
	w.kernel.baseless = 3;
	saved_world_make(&w);
	assert_int_equal(ask(), 0);
	must_not_know();
}

/* Two lines that should be one say different things. */
static void lines_that_disagree(void **state)
{
	static const char *const lines[] = {
		"GICv3: using LPI property table @0x0000000040050000",
		("GICv3: CPU2: using allocated LPI pending table "
		 "@0x0000000040050000"),
		"CPU2: Booted secondary processor 0x0000007709 [0x411fd070]",
	};

	(void)state;
	w.kernel.no_symbols = true;
	for (size_t i = 0; i < 3; i++) {
		saved_world_make(&w);
		kernel_log(&w.kernel, lines[i], 0);
		memset(w.m.bytes + 0x50000, 0, 0x10000);
		assert_int_equal(ask(), 0);
		must_not_know();
		must_know_midr(TRANS_SAVED_LOG);
	}
	saved_world_make(&w);
	kernel_log(&w.kernel, "CPU0: Booted secondary processor 0x0000000102 "
		   "[0x410fd034]", 0);
	assert_int_equal(ask(), 0);
	must_know_midr(TRANS_SAVED_NOBODY);
}

/* A CPU that was switched off and on again says so again. */
static void lines_that_come_again(void **state)
{
	(void)state;
	w.kernel.no_symbols = true;
	saved_world_make(&w);
	kernel_log(&w.kernel, "CPU3: Booted secondary processor 0x0000007703 "
		   "[0x411fd070]", 0);
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_LOG);
}

/* "Brought up" counts them. */
static void fewer_cpus_than_came_up(void **state)
{
	(void)state;
	w.kernel.no_symbols = true;
	w.kernel.down = 3;
	saved_world_make(&w);
	rewrite("1 node, 3 CPUs", "1 node, 4 CPUs");
	assert_int_equal(ask(), 0);
	must_not_know();
	saved_world_make(&w);
	rewrite("1 node, 3 CPUs", "1 node, 2 CPUs");
	assert_int_equal(ask(), 0);
	must_know_lpis(TRANS_SAVED_LOG);
}

/* Two CPUs cannot have one table, nor one name. */
static void cpus_that_share(void **state)
{
	(void)state;
	w.kernel.no_symbols = true;
	saved_world_make(&w);
	rewrite("@0x0000000040090000", "@0x0000000040080000");
	assert_int_equal(ask(), 0);
	must_not_know();
	saved_world_make(&w);
	rewrite("0x0000007703", "0x0000007702");
	rewrite("redistributor 7703", "redistributor 7702");
	assert_int_equal(ask(), 0);
	must_not_know();
	saved_world_make(&w);
	rewrite("redistributor 7703", "redistributor 7704");
	assert_int_equal(ask(), 0);
	must_not_know();
	saved_world_make(&w);
	rewrite("CPU3: using allocated LPI pending table @0x0000000040090000",
		"CPU3: using allocated LPI pending table @0x0000000040040000");
	assert_int_equal(ask(), 0);
	must_not_know();
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
	w.kernel.no_log = true;
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
	w.kernel.no_log = true;
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
	if (facts.lpis.known)
		kernel_must_have(&w.kernel, &facts.lpis);
	else
		must_not_know();
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
		w.kernel.usual_rdists = w.kernel.usual_rdist = i % 2;
		saved_world_make(&w);
		damage(&seed, i % KERNEL_PARTS, 1 + i % 40);
		must_be_right_or_none();
	}
}

/* By how many sets of parts that are blank are tables still known? */
static unsigned int known_when_blanked(void)
{
	unsigned int known = 0;

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
	return known;
}

/* INFO and DATA are needed; and of the rest NAMES, OFFSETS and TYPES, or DESCS,
 * INFOS and TEXTS: 8 + 8 - 1. Where members are where they usually are TYPES
 * are not needed: 16 + 8 - 2. */
static void blanked(void **state)
{
	(void)state;
	assert_int_equal(known_when_blanked(), 15);
	w.kernel.usual_rdists = w.kernel.usual_rdist = true;
	assert_int_equal(known_when_blanked(), 22);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(everything_is_known),
		TEST(next_source_is_asked),
		TEST(no_types_are_needed),
		TEST(members_are_elsewhere),
		TEST(addresses_that_disagree),
		TEST(no_data_is_looked_for),
		TEST(no_more_than_needed),
		TEST(a_cpu_that_never_came_up),
		TEST(no_room),
		TEST(a_log_that_wrapped),
		TEST(only_a_sidecar),
		TEST(a_sidecar_of_another_kernel),
		TEST(a_sidecar_of_another_boot),
		TEST(the_boot_is_found),
		TEST(the_boot_is_elsewhere),
		TEST(the_boot_costs),
		TEST(a_sidecar_that_is_cut),
		TEST(another_cpu_saved),
		TEST(struct_pages_of_older_kernels),
		TEST(tables_that_are_none),
		TEST(tables_that_are_not_saved),
		TEST(sources_that_disagree),
		TEST(half_a_cpu),
		TEST(lines_that_disagree),
		TEST(lines_that_come_again),
		TEST(fewer_cpus_than_came_up),
		TEST(cpus_that_share),
		TEST(a_long_command_line),
		TEST(effort_is_bounded),
		TEST(host_stops_it),
		TEST(damaged_at_random),
		TEST(blanked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
