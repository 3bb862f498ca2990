/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A resume asks the saved kernel, wherever its pages wait, and is refused where
 * what it says does not fit, or is needed and not said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/support/asked_world.h"

#define MIB (1ULL << 20)

static struct resume_world w;
static struct kernel kernel;
static struct trans_gic_pending pending[KERNEL_CPUS];

static void save(unsigned int page_shift)
{
	asked_save(&w, &kernel, page_shift);
}

static void make(void)
{
	asked_make(&w, &kernel);
}

static void boot(trans_pa_t at, uint64_t len)
{
	asked_boot(&w, at, len);
	w.args.has_its = true;
	w.args.pending = pending;
	w.args.room = KERNEL_CPUS;
}

static void usual_boot(void)
{
	boot(ASKED_BASE + 5 * MIB, MIB / 2);
}

static void must_load(enum trans_saved_source source)
{
	const struct trans_saved_facts *known = &w.resume.known;

	trans_resume_unload(&w.resume);
	assert_int_equal(world_load(&w), 0);
	assert_int_equal(known->lpis.source, source);
	assert_int_equal(known->lpis.known, source != TRANS_SAVED_NOBODY);
	if (known->lpis.known)
		kernel_must_have(&kernel, &known->lpis);
	assert_int_equal(trans_resume_check(&w.resume, &w.err), 0);
	world_move(&w);
	world_compare(&w);
}

static void must_refuse(int status, const char *why)
{
	static const struct trans_resume zero;

	memset(&w.err, 0, sizeof(w.err));
	assert_int_equal(world_load(&w), status);
	assert_string_equal(w.err.why, why);
	assert_memory_equal(&w.resume, &zero, sizeof(zero));
	world_untouched(&w);
}

static int tear_down(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

/* Its pages wait elsewhere, each on its own, or were placed. */
static void it_is_asked_wherever_it_is(void **state)
{
	(void)state;
	for (unsigned int shift = 12; shift <= 16; shift += 2) {
		for (int moved = 0; moved < 2; moved++) {
			save(shift);
			make();
			if (moved)
				boot(kernel.pa - MIB / 2, MIB);
			else
				usual_boot();
			must_load(TRANS_SAVED_LOG);
			assert_string_equal(w.resume.known.release,
					    KERNEL_RELEASE);
			assert_int_equal(w.resume.known.midr, ASKED_MIDR);
			world_end(&w);
		}
	}
	save(12);
}

static void each_source_in_turn(void **state)
{
	char text[KERNEL_SIDECAR];

	(void)state;
	save(12);
	make();
	usual_boot();
	must_load(TRANS_SAVED_LOG);
	world_end(&w);
	save(12);
	kernel.no_log = true;
	make();
	usual_boot();
	must_load(TRANS_SAVED_MEMORY);
	world_end(&w);
	save(12);
	kernel.no_data_symbols = kernel.no_log = true;
	make();
	usual_boot();
	must_refuse(TRANS_ESTATE, "LPI tables unknown");
	kernel_sidecar(&kernel, KERNEL_VERSION, text);
	w.args.sidecar = text;
	w.args.sidecar_len = strlen(text);
	must_load(TRANS_SAVED_SIDECAR);
}

/* A machine without an ITS does not ask; one with less room than the kernel has
 * CPUs asks in vain. */
static void as_far_as_somebody_asks(void **state)
{
	(void)state;
	save(12);
	make();
	usual_boot();
	w.args.room = KERNEL_CPUS - 1;
	must_refuse(TRANS_ESTATE, "LPI tables unknown");
	w.args.has_its = false;
	must_load(TRANS_SAVED_NOBODY);
	assert_false(w.resume.known.lpis.asked);
	assert_int_equal(w.resume.known.midr, ASKED_MIDR);
}

static void nothing_is_known(void **state)
{
	(void)state;
	save(12);
	usual_boot();
	must_refuse(TRANS_ESTATE, "LPI tables unknown");
	w.args.lpis_anyway = true;
	must_load(TRANS_SAVED_NOBODY);
	w.args.lpis_anyway = w.args.has_its = false;
	must_load(TRANS_SAVED_NOBODY);
	assert_string_equal(w.resume.known.release, "");
}

static void another_kind_of_cpu(void **state)
{
	(void)state;
	save(12);
	make();
	usual_boot();
	w.cpu.midr = 0x410fd4f1;
	must_refuse(TRANS_EIMAGE, "another kind of CPU saved the image");
	assert_int_equal(w.err.desc, ASKED_MIDR);
	w.args.cpu_anyway = true;
	must_load(TRANS_SAVED_LOG);
	w.args.cpu_anyway = false;
	w.cpu.midr = 0;
	must_load(TRANS_SAVED_LOG);
}

/* What it found is known, and here, and is not, and nobody cares. */
static void a_cpu_that_lacks_something(void **state)
{
	(void)state;
	save(12);
	kernel.has = (struct trans_cpu){ .pfr0 = 0x11, .isar0 = 0x211120 };
	make();
	usual_boot();
	w.cpu.pfr0 = 0x11;
	w.cpu.isar0 = 0x111120;
	must_refuse(TRANS_EIMAGE, "CPU has less ID_AA64ISAR0_EL1");
	assert_int_equal(w.err.desc, 0xf00000);
	w.args.cpu_anyway = true;
	must_load(TRANS_SAVED_LOG);
	w.args.cpu_anyway = false;
	w.cpu.isar0 = 0x311120;
	must_load(TRANS_SAVED_LOG);
	w.cpu.isar0 = w.cpu.pfr0 = 0;
	must_load(TRANS_SAVED_LOG);
}

/* It stops wherever it is asked to, and gives everything back. */
static void stopped_while_asking(void **state)
{
	unsigned long calls;

	(void)state;
	save(12);
	make();
	usual_boot();
	must_load(TRANS_SAVED_LOG);
	calls = w.progressed;
	trans_resume_unload(&w.resume);
	for (w.stop_at = calls; w.stop_at && w.stop_at + 20 > calls;
	     w.stop_at--)
		must_refuse(TRANS_ESTOPPED, "progress");
}

/* ---- what is printed ---- */

static char printed[8192];

static int put(void *arg, const char *text, size_t len)
{
	(void)arg;
	assert_true(strlen(printed) + len < sizeof(printed));
	strncat(printed, text, len);
	return 0;
}

static void must_print(const char *line)
{
	if (!strstr(printed, line))
		fail_msg("\"%s\" is not in\n%s", line, printed);
}

static void print(void)
{
	printed[0] = 0;
	assert_int_equal(trans_resume_print(&w.resume, put, NULL), 0);
}

static void print_up(uint64_t seconds, const char *expected)
{
	w.resume.known.seconds = seconds;
	print();
	must_print(expected);
}

static void what_is_known_is_printed(void **state)
{
	char line[100];

	(void)state;
	save(12);
	kernel.has = (struct trans_cpu){ .isar0 = 0x11120, .mmfr0 = 0x1124 };
	make();
	usual_boot();
	must_load(TRANS_SAVED_LOG);
	print_up(119, "kernel " KERNEL_RELEASE
		 ", 119 seconds up, CPUs 4, KPTI\n");
	print_up(120, ", 2 minutes up,");
	print_up(7199, ", 119 minutes up,");
	print_up(3 * 86400 - 1, ", 2 days up,");
	print_up(2 * 86400 - 1, ", 47 hours up,");
	must_print("\ncommand line quiet\n");
	must_print("\nkind of CPU 0x411fd070, by its log\n");
	must_print("\nCPU features, ISAR0 0x0000000000011120"
		   " MMFR0 0x0000000000001124, by its memory\n");
	snprintf(line, sizeof(line),
		 "\nLPI tables 0x%016llx 0x%016llx, CPUs 4, by its log\n",
		 (unsigned long long)KERNEL_PROPBASER(&kernel),
		 (unsigned long long)kernel_pending(&kernel, 0).pendbaser);
	must_print(line);
	assert_null(strstr(printed, "not known"));
}

static void what_is_not_known_is_printed(void **state)
{
	(void)state;
	save(12);
	usual_boot();
	w.args.lpis_anyway = true;
	must_load(TRANS_SAVED_NOBODY);
	print();
	must_print("\nnot known, and not checked: kernel release; kind of CPU;"
		   " CPU features; LPI tables;\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(it_is_asked_wherever_it_is,
					  tear_down),
		cmocka_unit_test_teardown(each_source_in_turn, tear_down),
		cmocka_unit_test_teardown(as_far_as_somebody_asks, tear_down),
		cmocka_unit_test_teardown(nothing_is_known, tear_down),
		cmocka_unit_test_teardown(another_kind_of_cpu, tear_down),
		cmocka_unit_test_teardown(a_cpu_that_lacks_something,
					  tear_down),
		cmocka_unit_test_teardown(stopped_while_asking, tear_down),
		cmocka_unit_test_teardown(what_is_known_is_printed, tear_down),
		cmocka_unit_test_teardown(what_is_not_known_is_printed,
					  tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
