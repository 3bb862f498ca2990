/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The mover, the report and the UART of the control blob: its own C over memory
 * of this process, with the primitives faked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "trans/transition/fake/fake.h"

#define ARENA 65536
#define PER_PAGE 4 /* moves in a list page of these tests */

static uint8_t arena[ARENA] __attribute__((aligned(4096)));
static uint8_t want[ARENA];
static struct trans_blob_report report;
static union {
	struct blob_list head;
	uint64_t room[2 + 3 * PER_PAGE];
} list[8];
static struct blob_params params;
static unsigned int rests;

static uint64_t pa_of(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static int setup(void **state)
{
	(void)state;
	memset(&fake_blob, 0, sizeof(fake_blob));
	memset(&report, 0xee, sizeof(report));
	memset(list, 0, sizeof(list));
	rests = 0;
	for (size_t i = 0; i < ARENA; i++)
		arena[i] = want[i] = (uint8_t)(i * 7 + (i >> 8));
	params = (struct blob_params){
		.sctlr = TRANS_SCTLR_OFF_EL1 | TRANS_SCTLR_M,
		.list = BLOB_LIST_END,
		.report = pa_of(&report),
	};
	return 0;
}

/* Append a move, in arena offsets, to the chain; and do it to @want. */
static void add(uint64_t src, uint64_t dst, uint64_t len)
{
	size_t n = params.move_count++;
	struct blob_list *page = &list[n / PER_PAGE].head;

	if (n % PER_PAGE == 0) {
		page->next = BLOB_LIST_END;
		if (n)
			list[n / PER_PAGE - 1].head.next = pa_of(page);
		else
			params.list = pa_of(page);
	}
	page->move[page->count++] = (struct trans_move){
		.src = src == TRANS_ZERO ? src :
			pa_of(arena) + src - params.offset,
		.dst = pa_of(arena) + dst - params.offset,
		.len = len,
	};
	if (src == TRANS_ZERO)
		memset(want + dst, 0, len);
	else
		memmove(want + dst, want + src, len);
}

static void expect_moved(uint64_t bytes)
{
	assert_memory_equal(arena, want, ARENA);
	assert_int_equal(report.magic, TRANS_REPORT_MAGIC);
	assert_int_equal(report.stage, TRANS_STAGE_LEAVING);
	assert_int_equal(report.moves, params.move_count);
	assert_int_equal(report.bytes, bytes);
	assert_int_equal(report.esr, 0);
	assert_int_equal(report.seal, blob_seal(&report));
	assert_int_equal(fake_blob.synced, 1);
}

static void run(void)
{
	assert_int_equal(blob_run(&params), 0);
}

static void no_moves(void **state)
{
	(void)state;
	run();
	expect_moved(0);
	assert_int_equal(fake_blob.said_count, 0);
}

static void directions(void **state)
{
	(void)state;
	add(0x1000, 0x1010, 0x1000); /* up by 16: from the end */
	add(0x4010, 0x4000, 0x1000); /* down by 16: from the start */
	add(0x8000, 0xa000, 0x1000);
	add(TRANS_ZERO, 0xc000, 0x30);
	run();
	expect_moved(0x3030);
	assert_int_equal(report.ticks, 400);
}

/* A duration of nothing, not of centuries. */
static void counter_that_steps_back(void **state)
{
	(void)state;
	fake_blob.steps_back = true;
	add(0x8000, 0xa000, 0x1000);
	run();
	assert_int_equal(report.ticks, 0);
}

static void offset(void **state)
{
	(void)state;
	params.offset = 0xffff000000000000ULL;
	add(0x1000, 0x3000, 0x1000);
	add(TRANS_ZERO, 0x2000, 0x10);
	run();
	expect_moved(0x1010);
}

/* What begins in the window is elsewhere than the rest; here: the source, and a
 * digest. */
static void window(void **state)
{
	uint64_t far = 1ULL << 51;

	(void)state;
	add(0x1000, 0x3000, 0x1000);
	params.far = far;
	params.far_len = 0x1000;
	params.far_offset = far - (pa_of(arena) + 0x1000);
	list[0].head.move[0].src = far;
	params.digest_count = 1;
	params.digest[0] = (struct trans_digest){ .pa = far + 0x10, .len = 16 };
	trans_sha256(want + 0x1010, 16, params.digest[0].sha256);
	run();
	expect_moved(0x1000);
	assert_int_equal(params.own.segment, 1);
	assert_true(blob_va(&params, far - 1) == far - 1);
	assert_true(blob_va(&params, far + 0x1000) == far + 0x1000);
}

static void many_list_pages(void **state)
{
	(void)state;
	/* each reads what the one before wrote: order matters */
	for (uint64_t i = 0; i < 4 * PER_PAGE + 1; i++)
		add(i * 0x100, (i + 1) * 0x100, 0x100);
	run();
	expect_moved((4 * PER_PAGE + 1) * 0x100);
}

/* How many times [start, start + len) was cleaned in [from, to) copies. */
static unsigned int cleaned(uint64_t start, uint64_t len, uint64_t from,
			    uint64_t to)
{
	unsigned int count = 0;

	for (size_t i = 0; i < fake_blob.cleans; i++) {
		const struct fake_clean *c = &fake_blob.clean[i];

		count += c->start == start && c->len == len &&
			 c->moved >= from && c->moved < to;
	}
	return count;
}

static void cleans_after(void **state)
{
	uint64_t base = pa_of(arena);

	(void)state;
	add(0x1000, 0x3000, 0x1000);
	add(TRANS_ZERO, 0x8000, 0x2000);
	run();
	assert_int_equal(cleaned(base + 0x3000, 0x1000, 2, 3), 1);
	assert_int_equal(cleaned(base + 0x8000, 0x2000, 2, 3), 1);
	assert_int_equal(cleaned(base + 0x3000, 0x1000, 0, 2), 0);
	assert_int_equal(cleaned(base + 0x1000, 0x1000, 0, 3), 0);
}

static void cleans_before_without_mmu(void **state)
{
	uint64_t base = pa_of(arena);

	(void)state;
	params.sctlr = TRANS_SCTLR_OFF_EL1;
	add(0x1000, 0x3000, 0x1000);
	add(TRANS_ZERO, 0x8000, 0x2000);
	run();
	expect_moved(0x3000);
	assert_int_equal(cleaned(base + 0x1000, 0x1000, 0, 1), 1);
	assert_int_equal(cleaned(base + 0x3000, 0x1000, 0, 1), 1);
	assert_int_equal(cleaned(base + 0x8000, 0x2000, 0, 1), 1);
	assert_int_equal(cleaned(base + 0x8000, 0x2000, 2, 3), 1);
}

/* ---- behind the moves ---------------------------------------------------- */

/* Append what is zeroed (@src TRANS_ZERO) or stays (@src @dst), no move. */
static void add_rest(uint64_t src, uint64_t dst, uint64_t len)
{
	uint64_t moves = params.move_count;

	params.move_count += rests++;
	add(src, dst, len);
	params.move_count = moves;
}

/* From any byte to any byte, and not one more. */
static void zeroes_are_exact(void **state)
{
	(void)state;
	for (uint64_t first = 0; first < 17; first++) {
		for (uint64_t len = 1; len < 100; len += 1 + len / 20) {
			setup(state);
			params.offset = 0xffff000000000000ULL;
			add_rest(TRANS_ZERO, 0x2000 + first, len);
			run();
			expect_moved(0);
		}
	}
}

/* A source is read before it is zeroed, what a move carries along after. */
static void zeroes_come_last(void **state)
{
	(void)state;
	add(0x1000, 0x3000, 0x1000);
	add(0x3000, 0x5000, 0x1000);
	add_rest(TRANS_ZERO, 0x1000, 0x800);
	add_rest(TRANS_ZERO, 0x5ff1, 0x100f);
	run();
	expect_moved(0x2000); /* zeroes are not counted */
}

/* By FEAT_MOPS, where it may be used; and with the MMU on only. */
static void by_instructions_for_it(void **state)
{
	for (unsigned int i = 0; i < 3; i++) {
		setup(state);
		params.flags = i ? 1u << BLOB_HAS_MOPS_BIT : 0;
		if (i == 2)
			params.sctlr &= ~(uint64_t)TRANS_SCTLR_M;
		add(0x1000, 0x1010, 0x1000);
		add(0x4010, 0x4000, 0x1000);
		add(TRANS_ZERO, 0xc000, 0x30);
		add_rest(TRANS_ZERO, 0xd003, 0x1001);
		run();
		expect_moved(0x2030);
		assert_int_equal(fake_blob.moved, 4);
		assert_int_equal(fake_blob.by_mops, i == 1 ? 4 : 0);
	}
}

static void rest_is_cleaned(void **state)
{
	uint64_t base = pa_of(arena);

	(void)state;
	add(0x1000, 0x3000, 0x1000);
	add_rest(TRANS_ZERO, 0x8001, 0x1fff);
	add_rest(0xc000, 0xc000, 0x123);
	run();
	expect_moved(0x1000);
	assert_int_equal(cleaned(base + 0x8001, 0x1fff, 2, 3), 1);
	assert_int_equal(cleaned(base + 0xc000, 0x123, 2, 3), 1);
	assert_int_equal(cleaned(base + 0xc000, 0x123, 0, 2), 0);
}

static void rest_is_cleaned_before_without_mmu(void **state)
{
	uint64_t base = pa_of(arena);

	(void)state;
	params.sctlr = TRANS_SCTLR_OFF_EL1;
	add(0x1000, 0x3000, 0x1000);
	add_rest(TRANS_ZERO, 0x8001, 0x1fff);
	add_rest(0xc000, 0xc000, 0x123);
	run();
	expect_moved(0x1000);
	assert_int_equal(cleaned(base + 0x8001, 0x1fff, 0, 1), 1);
	assert_int_equal(cleaned(base + 0x8001, 0x1fff, 2, 3), 1);
	assert_int_equal(cleaned(base + 0xc000, 0x123, 0, 1), 1);
	assert_int_equal(cleaned(base + 0xc000, 0x123, 2, 3), 1);
}

/* A crash kernel: nothing is moved, tables there are none. */
static void only_what_stays(void **state)
{
	(void)state;
	params.sctlr = TRANS_SCTLR_OFF_EL1;
	add_rest(0x1000, 0x1000, 0x5000);
	run();
	expect_moved(0);
	assert_int_equal(fake_blob.moved, 0);
	assert_int_equal(cleaned(pa_of(arena) + 0x1000, 0x5000, 0, 1), 2);
}

/* Moves and the rest meet anywhere in a page of the list. */
static void rest_on_many_pages(void **state)
{
	(void)state;
	for (uint64_t moves = 0; moves < 3 * PER_PAGE; moves++) {
		setup(state);
		for (uint64_t i = 0; i < moves; i++)
			add(i * 0x100, (i + 1) * 0x100, 0x100);
		for (uint64_t i = 0; i < 2 * PER_PAGE; i++)
			add_rest(TRANS_ZERO, 0x4003 + i * 0x200, 0x101);
		run();
		expect_moved(moves * 0x100);
	}
}

static void report_reaches_memory(void **state)
{
	(void)state;
	run();
	/* before the first write, and after each stage */
	assert_int_equal(fake_blob.cleans, 5);
	for (size_t i = 0; i < fake_blob.cleans; i++)
		assert_int_equal(fake_blob.clean[i].start, pa_of(&report));
}

static void says_hello(void **state)
{
	(void)state;
	params.uart = trans_uart_pl011(0);
	add(0, 0x100, 0x100);
	add(0, 0x200, 0x100);
	run();
	assert_string_equal(fake_blob.said, "T\r\ntrans: moves=0x2 MDL\r\n");
}

static void dead_uart_loses_text(void **state)
{
	(void)state;
	params.uart = trans_uart_pl011(0);
	fake_blob.status = 1 << 5; /* TXFF */
	blob_say(&params, "x");
	assert_int_equal(fake_blob.said_count, 0);
	/* THRE: the same bit, inverted. */
	params.uart = trans_uart_8250(0, 2, 4);
	blob_say(&params, "x");
	assert_string_equal(fake_blob.said, "x");
}

/* Which registers, and how wide: a register of one byte has neighbours. */
static void uart_as_described(void **state)
{
	static const unsigned int widths[] = { 1, 2, 4 };

	(void)state;
	fake_blob.status = 1 << 5;
	for (size_t i = 0; i < 3; i++) {
		params.uart = trans_uart_8250(0x1000, 2, widths[i]);
		params.uart.data = 0x40;
		blob_say(&params, "x");
		assert_int_equal(fake_blob.status_at, 0x1014);
		assert_int_equal(fake_blob.data_at, 0x1040);
		assert_int_equal(fake_blob.width, widths[i]);
		assert_int_equal(trans_uart_len(&params.uart),
				 0x40 + widths[i]);
	}
	assert_string_equal(fake_blob.said, "xxx");
}

static void fault_is_written_down(void **state)
{
	(void)state;
	params.uart = trans_uart_8250(0, 2, 4);
	fake_blob.status = 1 << 5;
	params.own.moves = 0x12;
	blob_fault(&params, 0x96000046, 0xfedcba9876543210, 0);
	assert_int_equal(report.stage, TRANS_STAGE_FAULT);
	assert_int_equal(report.esr, 0x96000046);
	assert_int_equal(report.elr, 0xfedcba9876543210);
	assert_int_equal(report.far, 0);
	assert_int_equal(fake_blob.cleans, 1);
	assert_string_equal(fake_blob.said,
			    "F\r\ntrans: fault esr=0x96000046 "
			    "elr=0xfedcba9876543210 far=0x0 move=0x12\r\n");
}

/* ---- digests ----------------------------------------------------------- */

/* Expect @len bytes at arena offset @at to be as @want has them now. */
static void expect_digest(uint64_t at, uint64_t len)
{
	struct trans_digest *digest = &params.digest[params.digest_count++];

	digest->pa = pa_of(arena) + at - params.offset;
	digest->len = len;
	trans_sha256(want + at, len, digest->sha256);
}

static void digests_hold(void **state)
{
	(void)state;
	params.offset = 0xffff000000000000ULL;
	params.uart = trans_uart_pl011(0);
	add(0x1000, 0x3000, 0x1000);
	expect_digest(0x3000, 0x1000);
	expect_digest(0x3000, 0xfff);
	expect_digest(0x8000, 1); /* in place */
	run();
	expect_moved(0x1000);
	assert_int_equal(report.segment, 3);
	assert_int_equal(fake_blob.simd_blocks, 0);
	assert_string_equal(fake_blob.said,
			    "T\r\ntrans: moves=0x1 MDVL\r\n");
}

static void digests_by_instructions(void **state)
{
	(void)state;
	params.flags = 1 << BLOB_HAS_SHA2_BIT;
	add(0x1000, 0x3000, 0x1000);
	expect_digest(0x3000, 0x1000);
	run();
	assert_int_equal(fake_blob.simd_blocks, 0x1000 / 64 + 1);
	assert_false(fake_blob.simd);
}

/* What is wrong is found by its index, after what was right. */
static void digest_fails(void **state)
{
	uint8_t found[32];

	(void)state;
	params.uart = trans_uart_pl011(0);
	add(0x1000, 0x3000, 0x1000);
	expect_digest(0x3000, 0x800);
	expect_digest(0x3800, 0x800);
	expect_digest(0x3000, 0x1000);
	arena[0x1fff] ^= 1;
	assert_int_equal(blob_run(&params), 1);
	assert_int_equal(report.stage, TRANS_STAGE_CORRUPT);
	assert_int_equal(report.segment, 1);
	assert_int_equal(report.seal, blob_seal(&report));
	trans_sha256(arena + 0x3800, 0x800, found);
	assert_memory_equal(report.found, found, 32);
	assert_non_null(strstr(fake_blob.said,
			       "MDX\r\ntrans: corrupt segment=0x1 pa=0x"));
}

/* With digests, zeroes are looked at, once those hold. */
static void zeroes_hold(void **state)
{
	uint64_t base = pa_of(arena);

	(void)state;
	params.uart = trans_uart_pl011(0);
	add(0x1000, 0x3000, 0x1000);
	add_rest(TRANS_ZERO, 0x8003, 0x1234);
	add_rest(0x1000, 0x1000, 0x10); /* stays, and is none */
	expect_digest(0x3000, 0x1000);
	run();
	expect_moved(0x1000);
	assert_int_equal(report.segment, 1);
	assert_int_equal(report.far, 0);
	/* after the moves; before it is read, and after */
	assert_int_equal(cleaned(base + 0x8003, 0x1234, 2, 4), 3);
}

/* RAM begins at 0 on many boards: that is an address like any other. */
static void zero_fails_at_0(void **state)
{
	(void)state;
	params.offset = pa_of(arena) + 0x8000;
	params.move_count = 0;
	add_rest(TRANS_ZERO, 0x8000, 0x10);
	expect_digest(0x8100, 1);
	fake_blob.stuck = pa_of(arena) + 0x8000;
	assert_int_equal(blob_run(&params), 1);
	assert_int_equal(report.stage, TRANS_STAGE_CORRUPT);
	assert_int_equal(report.segment, 1);
	assert_int_equal(report.far, 0);
}

/* A zero that does not stick, at either end and in between. */
static void zeroes_fail(void **state)
{
	static const uint64_t bad[] = { 0x8003, 0x8008, 0x8fff, 0x9001,
					0x9236 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setup(state);
		params.uart = trans_uart_pl011(0);
		add_rest(TRANS_ZERO, 0x8003, 0x1234);
		add_rest(TRANS_ZERO, 0xa000, 0x10);
		expect_digest(0x100, 1);
		fake_blob.stuck = pa_of(arena) + bad[i];
		assert_int_equal(blob_run(&params), 1);
		assert_int_equal(report.stage, TRANS_STAGE_CORRUPT);
		assert_int_equal(report.segment, 1);
		assert_int_equal(report.far, fake_blob.stuck);
		assert_non_null(strstr(fake_blob.said, "MDX\r\ntrans: corrupt "
				       "segment=0x1 not zero pa=0x"));
		setup(state);
		add_rest(TRANS_ZERO, 0x8003, 0x1234);
		fake_blob.stuck = pa_of(arena) + bad[i];
		run(); /* nobody asked */
	}
}

static void digest_of_the_last_byte(void **state)
{
	(void)state;
	expect_digest(0x100, 0x1001);
	params.digest[0].sha256[31] ^= 0x80;
	assert_int_equal(blob_run(&params), 1);
}

/* ---- the stub ---------------------------------------------------------- */

static void stub_is_taken_first(void **state)
{
	(void)state;
	params.flags = 1 << BLOB_STUB_BIT;
	add(0x1000, 0x3000, 0x1000);
	run();
	assert_int_equal(fake_blob.stub_asked, 1);
}

static void no_stub_no_move(void **state)
{
	(void)state;
	params.flags = 1 << BLOB_STUB_BIT;
	fake_blob.stub_answer = BLOB_HVC_UNKNOWN;
	add(0x1000, 0x3000, 0x1000);
	assert_int_equal(blob_run(&params), 1);
	assert_int_equal(report.stage, TRANS_STAGE_NO_STUB);
	assert_int_equal(fake_blob.moved, 0);
}

/* ---- a host that could not leave ---------------------------------------- */

static void not_quiet(void **state)
{
	struct trans_blob_report got;

	(void)state;
	params.uart = trans_uart_pl011(0);
	params.own.status = TRANS_ETIME;
	params.own.pa = 0x8080000;
	strcpy(params.own.why, "an ITS is not quiescent");
	add(0x1000, 0x3000, 0x1000);
	memset(&report, 0, sizeof(report));
	memcpy(want, arena, ARENA); /* nothing moves */
	blob_not_quiet(&params);
	assert_memory_equal(arena, want, ARENA);
	assert_string_equal(fake_blob.said,
			    "Q\r\ntrans: not quiet: an ITS is not quiescent "
			    "status=-0x14 pa=0x8080000 desc=0x0\r\n");
	assert_int_equal(trans_report_read(&report, &got, NULL), 0);
	assert_true(trans_report_failed(&got));
	assert_int_equal(got.stage, TRANS_STAGE_NOT_QUIET);
	assert_string_equal(trans_stage_name(got.stage), "not quiet");
	assert_int_equal(got.status, TRANS_ETIME);
	assert_int_equal(got.pa, 0x8080000);
	assert_string_equal(got.why, "an ITS is not quiescent");
	/* No line of the host's may fall on it later; then it is in memory. */
	assert_int_equal(fake_blob.cleans, 2);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(fake_blob.clean[i].start, pa_of(&report));
}

/* ---- the report from the other side ------------------------------------ */

static void report_is_read(void **state)
{
	struct trans_blob_report got;
	struct trans_error err;
	unsigned char *bytes = (unsigned char *)&report;

	(void)state;
	assert_int_equal(trans_report_read(&report, &got, &err), TRANS_ENOENT);
	add(0x1000, 0x3000, 0x1000);
	run();
	assert_int_equal(trans_report_read(&report, &got, &err), 0);
	assert_false(trans_report_failed(&got));
	assert_int_equal(got.moves, 1);
	for (size_t i = 8; i < sizeof(report); i++) {
		bytes[i] ^= 0x40;
		assert_int_equal(trans_report_read(&report, &got, &err),
				 TRANS_ECORRUPT);
		bytes[i] ^= 0x40;
	}
	blob_fault(&params, 1, 2, 3);
	assert_int_equal(trans_report_read(&report, &got, NULL), 0);
	assert_true(trans_report_failed(&got));
	assert_int_equal(got.far, 3);
	trans_report_clear(&report);
	assert_int_equal(trans_report_read(&report, &got, NULL), TRANS_ENOENT);
}

static void report_of_unknown_stage(void **state)
{
	struct trans_blob_report got;

	(void)state;
	memset(&report, 0, sizeof(report));
	report.magic = TRANS_REPORT_MAGIC;
	report.seal = blob_seal(&report);
	assert_int_equal(trans_report_read(&report, &got, NULL),
			 TRANS_ECORRUPT);
	report.stage = TRANS_STAGE_COUNT;
	report.seal = blob_seal(&report);
	assert_int_equal(trans_report_read(&report, &got, NULL),
			 TRANS_ECORRUPT);
	assert_string_equal(trans_stage_name(TRANS_STAGE_COUNT), "unknown");
	assert_string_equal(trans_stage_name(TRANS_STAGE_CORRUPT), "corrupt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(no_moves, setup),
		cmocka_unit_test_setup(directions, setup),
		cmocka_unit_test_setup(by_instructions_for_it, setup),
		cmocka_unit_test_setup(counter_that_steps_back, setup),
		cmocka_unit_test_setup(offset, setup),
		cmocka_unit_test_setup(window, setup),
		cmocka_unit_test_setup(many_list_pages, setup),
		cmocka_unit_test_setup(cleans_after, setup),
		cmocka_unit_test_setup(cleans_before_without_mmu, setup),
		cmocka_unit_test_setup(zeroes_are_exact, setup),
		cmocka_unit_test_setup(zeroes_come_last, setup),
		cmocka_unit_test_setup(rest_is_cleaned, setup),
		cmocka_unit_test_setup(rest_is_cleaned_before_without_mmu,
				       setup),
		cmocka_unit_test_setup(only_what_stays, setup),
		cmocka_unit_test_setup(rest_on_many_pages, setup),
		cmocka_unit_test_setup(report_reaches_memory, setup),
		cmocka_unit_test_setup(says_hello, setup),
		cmocka_unit_test_setup(dead_uart_loses_text, setup),
		cmocka_unit_test_setup(uart_as_described, setup),
		cmocka_unit_test_setup(fault_is_written_down, setup),
		cmocka_unit_test_setup(digests_hold, setup),
		cmocka_unit_test_setup(digests_by_instructions, setup),
		cmocka_unit_test_setup(digest_fails, setup),
		cmocka_unit_test_setup(zeroes_hold, setup),
		cmocka_unit_test_setup(zero_fails_at_0, setup),
		cmocka_unit_test_setup(zeroes_fail, setup),
		cmocka_unit_test_setup(digest_of_the_last_byte, setup),
		cmocka_unit_test_setup(stub_is_taken_first, setup),
		cmocka_unit_test_setup(no_stub_no_move, setup),
		cmocka_unit_test_setup(not_quiet, setup),
		cmocka_unit_test_setup(report_is_read, setup),
		cmocka_unit_test_setup(report_of_unknown_stage, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
