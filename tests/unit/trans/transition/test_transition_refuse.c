/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The transition on simulated memory: what prepare refuses, what the proof
 * finds, what every failure gives back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/support/transitions.h"
#include "tests/unit/support/world.h"

/* ---- scrub ---- */

/* Without MKWRITE the copy of a read-only destination is of no use, and the
 * check says so before anything is touched. */
static void linear_needs_mkwrite(void **state)
{
	(void)state;
	transition_linear(0);
	tr.args.linear_flags = TRANS_NOEXEC;
	transition_move(SRC, DST, 0x1000);
	transition_refused(TRANS_ENOENT);
	assert_int_equal(tr.err.va, LINEAR + DST);
	tr.args.unproven = true;
	transition_prepare();
	assert_int_equal(trans_transition_check(&tr.t, &tr.err), TRANS_ENOENT);
}

static void linear_missing_source(void **state)
{
	(void)state;
	transition_linear(TRANS_WRITE);
	transition_move(SRC + 2048 * MIB, DST, 0x1000);
	transition_refused(TRANS_ENOENT);
	assert_int_equal(tr.err.va, LINEAR + SRC + 2048 * MIB);
}

static void output_sizes(void **state)
{
	static const struct {
		uint64_t mmfr0, mmfr2;
		enum trans_granule granule;
		unsigned int va_bits, pa_bits;
		bool ds;
	} rows[] = {
		{ 0x0000000000000002, 0, TRANS_4K, 48, 40, false },
		{ 0x0000000000000006, 0, TRANS_4K, 48, 48, false },
		{ 0x0000000010000006, 0, TRANS_4K, 48, 48, false },
		{ 0x0000000010000006, 0, TRANS_4K, 52, 52, true },
		{ 0x0000000000200006, 0, TRANS_16K, 52, 52, true },
		{ 0x0000000000000006, 0x10000, TRANS_64K, 52, 52, false },
		{ 0x0000000000000006, 0, TRANS_64K, 48, 52, false },
		{ 0x0000000000000006, 0, TRANS_4K, 52, 0, false },
		{ 0x0000000000100006, 0, TRANS_16K, 52, 0, false },
		{ 0x0000000000000006, 0, TRANS_64K, 52, 0, false },
		{ 0x0000000000000006, 0, TRANS_16K, 48, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		trans_transition_cancel(&tr.t);
		memory_free(&tr.m);
		memory_init(&tr.m, 0x40000000, 4 * MIB, rows[i].granule);
		tr.args.ops = &tr.m.ops;
		tr.cpu.mmfr0 = rows[i].mmfr0;
		tr.cpu.mmfr2 = rows[i].mmfr2;
		tr.args.granule = rows[i].granule;
		tr.args.va_bits = rows[i].va_bits;
		if (!rows[i].pa_bits) {
			transition_refused(TRANS_EINVAL);
			continue;
		}
		transition_prepare();
		assert_int_equal(tr.t.low.geo.pa_bits, rows[i].pa_bits);
		assert_int_equal(tr.t.low.geo.ds, rows[i].ds);
	}
}

static void bad_arguments(void **state)
{
	const struct trans_transition_args good = tr.args;

	(void)state;
#define BAD(field, value, status) \
	do { \
		tr.args = good; \
		tr.args.field = value; \
		transition_refused(status); \
	} while (0)
	BAD(cpu, NULL, TRANS_EINVAL);
	BAD(ops, NULL, TRANS_EINVAL);
	BAD(plan, NULL, TRANS_EINVAL);
	BAD(alias_prepare, NULL, TRANS_EINVAL);
	BAD(map, (enum trans_map_choice)0, TRANS_EINVAL);
	BAD(map, (enum trans_map_choice)4, TRANS_EINVAL);
	BAD(map, TRANS_MAP_LINEAR, TRANS_EINVAL);
	BAD(granule, TRANS_16K, TRANS_EINVAL);
	BAD(granule, (enum trans_granule)77, TRANS_EINVAL);
	BAD(va_bits, 10, TRANS_EGEOM);
	BAD(uart, trans_uart_8250(0x09000000, 2, 3), TRANS_EINVAL);
	BAD(uart, trans_uart_8250(0x09000000, 2, 8), TRANS_EINVAL);
	BAD(uart, trans_uart_8250(0x09000002, 2, 4), TRANS_EINVAL);
	BAD(uart, trans_uart_8250(0x09000000, 0, 4), TRANS_EINVAL);
	BAD(conduit, (enum trans_conduit)3, TRANS_EINVAL);
	BAD(entry, DST + 2, TRANS_EALIGN);
	BAD(report, 0x40000008, TRANS_EALIGN);
	BAD(on_failure, (enum trans_on_failure)2, TRANS_EINVAL);
	tr.args = good;
	tr.args.sdei = true;
	tr.args.conduit = TRANS_CONDUIT_NONE;
	transition_refused(TRANS_EINVAL);
	tr.args = good;
	tr.args.conduit = TRANS_CONDUIT_HVC;
	tr.cpu.el = 2;
	transition_refused(TRANS_EINVAL);
	tr.cpu.el = 3;
	tr.args = good;
	transition_refused(TRANS_EINVAL);
	tr.cpu.el = 1;
	transition_linear(0);
	tr.args.linear_offset += 0x10;
	transition_refused(TRANS_EALIGN);
	tr.args.linear_offset = LINEAR;
	tr.args.linear_flags = TRANS_REPLACE;
	transition_refused(TRANS_EINVAL);
	tr.args = good;
	tr.refuse = true;
	transition_refused(TRANS_EHOST);
}

static void bad_moves(void **state)
{
	static const struct {
		struct trans_move move;
		int status;
	} rows[] = {
		{ { SRC, DST, 0 }, TRANS_EINVAL },
		{ { SRC + 8, DST, 16 }, TRANS_EALIGN },
		{ { SRC, DST + 8, 16 }, TRANS_EALIGN },
		{ { SRC, DST, 24 }, TRANS_EALIGN },
		{ { 0xfffffffffffffff0, DST, 32 }, TRANS_ERANGE },
		{ { SRC, 0xfffffffffffffff0, 32 }, TRANS_ERANGE },
		{ { SRC, 1ULL << 48, 4096 }, TRANS_ERANGE },
		{ { 1ULL << 50, DST, 4096 }, TRANS_ERANGE },
	};

	(void)state;
	tr.plan.count = 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tr.storage[0] = rows[i].move;
		transition_refused(rows[i].status);
	}
}

/* ---- the proof ---- */

/* Lead the first move of the list over [pa, pa + 16), as destination or as
 * source, and see that the proof finds it. */
static void found(trans_pa_t pa)
{
	struct blob_list *list = memory_at(&tr.m, tr.t.list);
	struct trans_move good = list->move[0];

	list->move[0].dst = pa;
	assert_int_equal(trans_transition_check(&tr.t, &tr.err),
			 TRANS_EOVERLAP);
	assert_int_equal(tr.err.va, pa);
	assert_true(tr.err.pa <= pa && pa - tr.err.pa < tr.err.len);
	list->move[0] = good;
	list->move[0].src = pa;
	assert_int_equal(trans_transition_check(&tr.t, &tr.err),
			 TRANS_EOVERLAP);
	assert_int_equal(tr.err.va, pa);
	list->move[0] = good;
	assert_int_equal(trans_transition_check(&tr.t, &tr.err), 0);
}

static int found_page(void *arg, trans_pa_t pa, uint64_t len)
{
	unsigned int *count = arg;

	found(pa);
	found(pa + len - 16);
	++*count;
	return 0;
}

static void proof(void **state)
{
	unsigned int count = 0;

	(void)state;
	transition_linear(TRANS_WRITE);
	tr.args.report = 0x4fff0000;
	tr.args.uart = trans_uart_pl011(0x09000000);
	transition_move(SRC, DST, 16);
	for (size_t i = 1; i < 400; i++)
		transition_move(SRC + i * 0x2000, DST + i * 0x1000, 0x10);
	transition_prepare();
	assert_int_equal(trans_transition_check(&tr.t, NULL), 0);
	found(tr.t.code);
	found(tr.t.code + tr.t.code_granules * 4096 - 16);
	found(tr.t.data);
	found(tr.t.data + 4096 - 16);
	found(0x4fff0000);
	found(0x09000000);
	found(0x09000010);
	assert_int_equal(trans_list_pages_(&tr.t, found_page, &count, NULL), 0);
	assert_int_equal(count, 3);
	assert_int_equal(trans_table_pages(&tr.t.low, found_page, &count, NULL),
			 0);
	assert_int_equal(trans_table_pages(&tr.t.high, found_page, &count,
					   NULL), 0);
	assert_int_equal(count, 3 + tr.t.low.pages + tr.t.high.pages);
}

/* Without tables nobody else would say that a move lies over it. */
static void proof_of_the_uart(void **state)
{
	(void)state;
	tr.args.map = TRANS_MAP_NONE;
	tr.args.uart = trans_uart_8250(0x09000000, 2, 1);
	transition_move(SRC, DST, 16);
	transition_prepare();
	found(0x09000000);
	found(0x09000010);
}

/* The same through the front door: a plan that covers what is allocated. */
static void proof_in_prepare(void **state)
{
	(void)state;
	transition_move(SRC, tr.m.base, 4 * MIB);
	transition_refused(TRANS_EOVERLAP);
	tr.args.unproven = true;
	transition_prepare();
	assert_int_equal(trans_transition_check(&tr.t, &tr.err),
			 TRANS_EOVERLAP);
	/* nevertheless the blob's pages are mapped as the blob needs them */
	leaf_is(&tr.t.low, tr.t.code, tr.t.code, false, true);
	leaf_is(&tr.t.low, tr.t.list, tr.t.list, false, false);
}

static void check_wants_prepared(void **state)
{
	(void)state;
	assert_int_equal(trans_transition_check(&tr.t, &tr.err), TRANS_EINVAL);
	assert_int_equal(trans_transition_ask(&tr.t, &tr.err), TRANS_EINVAL);
	assert_string_equal(tr.err.why, "nothing is prepared");
	assert_int_equal(tr.asked, 0);
	trans_transition_unask(&tr.t);
	trans_transition_cancel(&tr.t);
	assert_int_equal(tr.unasked, 0);
}

/* ---- failure at every point ---- */

/* Each of the first points, where one differs from the next; of the many that
 * follow, which are moves, one of a prime number, or all with TRANS_SCALE. */
static unsigned long next_point(unsigned long n)
{
	return n < 200 || world_scale() > 1 ? n + 1 : n + 13;
}

static void every_failure(unsigned long *now, unsigned long *at, int status)
{
	unsigned long n;
	long before = tr.m.balance;

	for (n = 1;; n = next_point(n)) {
		*now = 0;
		*at = n;
		if (!trans_transition_prepare(&tr.t, &tr.args, &tr.err))
			break;
		assert_int_equal(tr.err.status, status);
		assert_int_equal(tr.m.balance, before);
		assert_int_equal(tr.aliased, tr.dropped);
	}
	*at = 0;
	assert_true(n > 8);
	trans_transition_cancel(&tr.t);
	assert_int_equal(tr.m.balance, before);
}

static void failures(void)
{
	for (size_t i = 0; i < 400; i++)
		transition_move(SRC + i * 0x2000, DST + i * 0x1000, 0x1000);
	every_failure(&tr.m.allocs, &tr.m.fail_at, TRANS_ENOMEM);
	every_failure(&tr.m.maps, &tr.m.refuse_map_at, TRANS_EFAULT);
}

static void failures_sparse(void **state)
{
	(void)state;
	failures();
	every_failure(&tr.m.acquires, &tr.m.refuse_acquire_at, TRANS_EHOST);
}

static void failures_linear(void **state)
{
	(void)state;
	transition_linear(0);
	failures();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRANSITION_TEST(linear_needs_mkwrite),
		TRANSITION_TEST(linear_missing_source),
		TRANSITION_TEST(output_sizes),
		TRANSITION_TEST(bad_arguments),
		TRANSITION_TEST(bad_moves),
		TRANSITION_TEST(proof),
		TRANSITION_TEST(proof_of_the_uart),
		TRANSITION_TEST(proof_in_prepare),
		TRANSITION_TEST(check_wants_prepared),
		TRANSITION_TEST(failures_sparse),
		TRANSITION_TEST(failures_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
