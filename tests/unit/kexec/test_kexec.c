/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The kexec front-end on a simulated memory: a plan that is carried out gives
 * the right result over its own sources, what lies in its place already stays,
 * nothing that must survive is touched, and the dry run says it all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "tests/unit/support/kexecs.h"

/* ---- the good case ---- */

static void good_case_executed(void **state)
{
	struct fixture *f = *state;

	kexec_load(f);
	assert_true(f->kexec.kernel.start == BASE);
	assert_true(f->kexec.transition.args.entry == BASE);
	assert_true(f->kexec.transition.args.x[0] == f->kexec.fdt.start);
	assert_int_equal(f->kexec.payload_bytes,
			 KERNEL_LEN + INITRD_LEN + f->kexec.fdt.len);
	kexec_carry_out(f);
	check_files(f);
}

static void left_to_the_library(void **state)
{
	struct fixture *f = *state;

	f->args.transition.granule = (enum trans_granule)0;
	f->args.transition.va_bits = 0;
	kexec_load(f);
	assert_int_equal(f->kexec.transition.low.geo.granule_shift, 12);
	assert_int_equal(f->kexec.transition.low.geo.va_bits, 48);
	kexec_carry_out(f);
	check_files(f);
}

/* Each file lies where the other goes: no order of moves does without the
 * spare page. */
static void files_change_places(void **state)
{
	struct fixture *f = *state;
	trans_pa_t initrd, spare;
	bool used = false;

	kexec_load(f);
	initrd = f->kexec.initrd.start;
	trans_kexec_unload(&f->kexec);
	kexec_move_file(f, &f->args.kernel, initrd, f->kernel);
	kexec_move_file(f, &f->args.initrd, BASE, f->initrd);
	kexec_load(f);
	assert_true(f->kexec.initrd.start == initrd);
	spare = f->kexec.spare;
	for (size_t i = 0; i < f->kexec.plan.count; i++)
		used |= f->kexec.plan.move[i].dst == spare;
	assert_true(used);
	kexec_carry_out(f);
	check_files(f);
}

static void no_initrd(void **state)
{
	struct fixture *f = *state;
	const void *fdt;

	f->args.initrd = (struct trans_range){ 0, 0 };
	kexec_load(f);
	kexec_carry_out(f);
	fdt = memory_at(&f->memory, f->kexec.fdt.start);
	assert_null(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"),
				"linux,initrd-start", NULL));
}

static bool is_source(size_t page)
{
	trans_pa_t pa = BASE + page * PAGE;

	return (pa >= KERNEL_AT && pa < KERNEL_AT + KERNEL_LEN) ||
	       (pa >= INITRD_AT && pa < INITRD_AT + INITRD_LEN);
}

/* Granules still allocated that lie in a destination. */
static size_t unsafe_pages(const struct fixture *f)
{
	size_t count = 0;

	for (size_t i = 0; i < MEMORY_LEN / PAGE; i++) {
		trans_pa_t pa = BASE + i * PAGE;

		if (!f->memory.used[i] || is_source(i))
			continue;
		for (size_t m = 0; m < f->kexec.plan.count; m++) {
			struct trans_move move = f->kexec.plan.move[m];

			/* The spare is no destination but a stopover. */
			count += pa >= move.dst && pa < move.dst + move.len &&
				 pa != f->kexec.spare;
		}
	}
	return count;
}

static void all_pages_are_safe(void **state)
{
	struct fixture *f = *state;

	kexec_load(f);
	assert_true(f->memory.balance > 0);
	assert_int_equal(unsafe_pages(f), 0);
}

/* ---- the safe-page rule ---- */

static void unsafe_is_found_by_the_proof(void **state)
{
	struct fixture *f = *state;

	f->args.unsafe = true;
	kexec_refused(f, TRANS_EOVERLAP);
}

static void unsafe_and_unproven_loads(void **state)
{
	struct fixture *f = *state;

	f->args.unsafe = true;
	f->args.transition.unproven = true;
	kexec_load(f);
	assert_true(unsafe_pages(f) > 0);
}

/* ---- what is in its place already ---- */

static void nothing_to_move(void **state)
{
	struct fixture *f = *state;

	kexec_move_file(f, &f->args.kernel, BASE + (2 << 20), f->kernel);
	kexec_move_file(f, &f->args.initrd, FAR_INITRD, f->initrd);
	f->args.relocate = false;
	kexec_load(f);
	assert_true(f->kexec.kernel.start == BASE + (2 << 20));
	assert_true(f->kexec.initrd.start == FAR_INITRD);
	assert_true(trans_ranges_contain(&f->kexec.stays, BASE + (2 << 20),
					 KERNEL_LEN));
	assert_true(trans_ranges_contain(&f->kexec.stays, FAR_INITRD,
					 INITRD_LEN));
	/* The first free page is below the kernel: only the tree moves. */
	assert_true(f->kexec.transition.move_bytes == PAGE);
	kexec_carry_out(f);
	check_tree(f);
	assert_memory_equal(memory_at(&f->memory, FAR_INITRD), f->initrd,
			    INITRD_LEN);
}

static void not_even_the_tree(void **state)
{
	struct fixture *f = *state;

	kexec_move_file(f, &f->args.kernel, BASE, f->kernel);
	kexec_move_file(f, &f->args.initrd, FAR_INITRD, f->initrd);
	f->args.relocate = false;
	kexec_load(f);
	assert_true(f->kexec.fdt.start == f->kexec.fdt_source);
	assert_int_equal(f->kexec.plan.count, 0);
	assert_int_equal(f->kexec.transition.move_bytes, 0);
	check_tree(f);
}

/* Where its .bss would be there is no memory: it must go. */
static void no_room_behind(void **state)
{
	struct fixture *f = *state;

	kexec_move_file(f, &f->args.kernel, BASE + (2 << 20), f->kernel);
	f->args.relocate = false;
	assert_int_equal(trans_ranges_add(&f->reserved, BASE + (2 << 20) +
					  IMAGE_SIZE - 1, 1), 0);
	kexec_load(f);
	assert_true(f->kexec.kernel.start == BASE);
	kexec_carry_out(f);
	check_files(f);
}

/* The blob cleans what stays, so the host need not see it; here: all but the
 * kernel's header. */
static void unseen_stays(void **state)
{
	struct fixture *f = *state;

	kexec_move_file(f, &f->args.kernel, BASE + (2 << 20), f->kernel);
	f->args.relocate = false;
	f->memory.hidden = (struct trans_range){ BASE + (2 << 20) + PAGE,
						 KERNEL_LEN - PAGE };
	kexec_load(f);
	assert_true(f->kexec.kernel.start == BASE + (2 << 20));
}

/* With relocate too: at its own best place it is found, and stays. */
static void placed_where_it_is(void **state)
{
	struct fixture *f = *state;

	kexec_move_file(f, &f->args.initrd, BASE + (8 << 20), f->initrd);
	kexec_move_file(f, &f->args.kernel, BASE, f->kernel);
	f->args.relocate = true;
	kexec_load(f);
	assert_true(f->kexec.kernel.start == BASE);
	assert_true(trans_ranges_contain(&f->kexec.stays, BASE, KERNEL_LEN));
}

/* Found by review: the last granule of a piece reached into what is reserved
 * right behind its last byte. */
static void whole_granules_keep_off_reservations(void **state)
{
	struct fixture *f = *state;
	struct trans_range behind;

	kexec_load(f);
	behind = (struct trans_range){
		f->kexec.initrd.start + f->kexec.initrd.len, 0x100 };
	trans_kexec_unload(&f->kexec);
	assert_int_equal(trans_ranges_add(&f->reserved, behind.start,
					  behind.len), 0);
	kexec_load(f);
	for (size_t i = 0; i < f->kexec.plan.count; i++) {
		const struct trans_move *move = &f->kexec.plan.move[i];

		assert_true(move->dst >= behind.start + behind.len ||
			    move->dst + move->len <= behind.start);
	}
}

/* Found by review: the report in a file that stays, which is no move. */
static void report_in_what_stays(void **state)
{
	struct fixture *f = *state;

	kexec_move_file(f, &f->args.initrd, BASE + (4 << 20), f->initrd);
	f->args.relocate = false;
	kexec_load(f);
	assert_true(f->kexec.initrd.start == BASE + (4 << 20));
	trans_kexec_unload(&f->kexec);
	f->args.transition.report = BASE + (4 << 20) + PAGE;
	refused_because(f, TRANS_EOVERLAP,
			"the report lies in what the next kernel finds");
}

/* ---- authentication, reservations ---- */

static void what_must_survive(void **state)
{
	struct fixture *f = *state;
	const struct trans_range keep[] = { { BASE + 5, 10 },
					    { BASE + (8 << 20), PAGE } };
	const void *fdt;

	f->args.edit.reserve = keep;
	f->args.edit.reserve_count = 2;
	kexec_load(f);
	assert_true(f->kexec.kernel.start == BASE + (2 << 20));
	kexec_carry_out(f);
	check_tree(f);
	fdt = memory_at(&f->memory, f->kexec.fdt.start);
	assert_true(reserves(fdt, keep[0]) && reserves(fdt, keep[1]));
}

/* ---- the dry run ---- */

struct text {
	char bytes[65536];
	size_t len, lines, stop_at;
};

static int put_text(void *arg, const char *line, size_t len)
{
	struct text *text = arg;

	assert_true(len && line[len - 1] == '\n');
	assert_true(text->len + len < sizeof(text->bytes));
	memcpy(text->bytes + text->len, line, len);
	text->len += len;
	return ++text->lines == text->stop_at ? 42 : 0;
}

static void says(struct fixture *f, const char *line)
{
	struct text text = { .len = 0 };

	assert_int_equal(trans_kexec_print(&f->kexec, put_text, &text), 0);
	if (!strstr(text.bytes, line))
		print_error("%s", text.bytes);
	assert_non_null(strstr(text.bytes, line));
}

static void printed(void **state)
{
	struct fixture *f = *state;

	says(f, "no kexec is loaded\n");
	kexec_load(f);
	says(f, "segment kernel 0x0000000040000000 + 0x50123\n");
	says(f, "segment initrd 0x0000000040100000 + 0x42777\n");
	says(f, "entry 0x0000000040000000 x0 0x");
	says(f, "move 0x0000000040010000 -> 0x0000000040000000 + 0x51000\n");
	says(f, "moves 3 bytes ");
	says(f, "then zero 0x0000000040050123 + 0xafedd\n");
	says(f, "safe code 0x");
	says(f, "safe table 0x");
	says(f, "safe spare 0x");
	says(f, "proof holds: code, ");
	says(f, "proof holds: every source ");
	trans_kexec_unload(&f->kexec);
	f->args.initrd.len = 0;
	f->args.transition.map = TRANS_MAP_NONE;
	kexec_load(f);
	f->args.verify = true;
	trans_kexec_unload(&f->kexec);
	kexec_load(f);
	says(f, "segment initrd none\n");
	says(f, "verify 0x0000000040000000 + 0x50123 sha256 ");
	says(f, "tables 0 safe granules ");
}

static void print_stops(void **state)
{
	struct fixture *f = *state;
	struct text all = { .len = 0 };

	kexec_load(f);
	assert_int_equal(trans_kexec_print(&f->kexec, put_text, &all), 0);
	for (size_t n = 1; n <= all.lines; n++) {
		struct text text = { .stop_at = n };

		assert_int_equal(trans_kexec_print(&f->kexec, put_text,
						   &text), 42);
		assert_int_equal(text.lines, n);
	}
}

static void proof_fails_in_words(void **state)
{
	struct fixture *f = *state;

	f->args.unsafe = true;
	f->args.transition.unproven = true;
	kexec_load(f);
	says(f, "proof FAILED: TRANS_EOVERLAP: ");
	trans_kexec_unload(&f->kexec);
}

static void spare_in_words(void **state)
{
	struct fixture *f = *state;
	trans_pa_t initrd;

	kexec_load(f);
	initrd = f->kexec.initrd.start;
	trans_kexec_unload(&f->kexec);
	kexec_move_file(f, &f->args.kernel, initrd, f->kernel);
	kexec_move_file(f, &f->args.initrd, BASE, f->initrd);
	kexec_load(f);
	says(f, " (spare)\n");
	says(f, " (from the spare)\n");
}

/* ---- the host refuses ---- */

static void load_twice(void **state)
{
	struct fixture *f = *state;
	long out;

	kexec_load(f);
	out = f->memory.balance;
	trans_kexec_unload(&f->kexec);
	assert_int_equal(f->memory.balance, 0);
	trans_kexec_unload(&f->kexec);
	kexec_load(f);
	assert_int_equal(f->memory.balance, out);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kexec_set_up, kexec_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good_case_executed),
		TEST(left_to_the_library),
		TEST(files_change_places),
		TEST(no_initrd),
		TEST(all_pages_are_safe),
		TEST(unsafe_is_found_by_the_proof),
		TEST(unsafe_and_unproven_loads),
		TEST(nothing_to_move),
		TEST(not_even_the_tree),
		TEST(no_room_behind),
		TEST(unseen_stays),
		TEST(placed_where_it_is),
		TEST(whole_granules_keep_off_reservations),
		TEST(report_in_what_stays),
		TEST(what_must_survive),
		TEST(printed),
		TEST(print_stops),
		TEST(proof_fails_in_words),
		TEST(spare_in_words),
		TEST(load_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
