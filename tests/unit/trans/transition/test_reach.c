/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The two maps of a transition for what an exact identity map is not made for:
 * memory beyond its reach, and pages that are scattered everywhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/support/memory.h"
#include "trans/transition/private.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)
#define BASE 0x40000000ULL
#define DST 0x90200000ULL
#define FAR (1ULL << 51)
#define MOVES 600
#define MMFR0_LPA2 0x10200006ULL /* PARange 52, TGran4 and TGran16 52 bits */
#define MMFR0_LPA 0x00100006ULL /* PARange 52, no LPA2 */

struct fixture {
	struct memory m;
	struct trans_cpu cpu;
	struct trans_moves plan;
	struct trans_move storage[MOVES];
	struct trans_range ram_slot[4];
	struct trans_ranges ram;
	struct trans_transition_args args;
	struct trans_transition t;
	struct trans_error err;
};

static struct fixture f;

/* By now the blob has its pages; what is still to come are tables, which then
 * lie above @low_pages. */
static size_t low_pages;

static int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host;
	(void)pa;
	(void)len;
	memset(f.m.used, 1, low_pages);
	return 0;
}

static void memory_of(unsigned int shift)
{
	memory_init(&f.m, BASE, 8 * MIB, shift);
	f.args.granule = (enum trans_granule)shift;
	f.args.ops = &f.m.ops;
}

static int setup(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	low_pages = 0;
	f.cpu = (struct trans_cpu){ .el = 1, .mmfr0 = MMFR0_LPA2 };
	trans_moves_init(&f.plan, f.storage, MOVES);
	trans_ranges_init(&f.ram, f.ram_slot, 4);
	f.args = (struct trans_transition_args){
		.cpu = &f.cpu,
		.va_bits = 48,
		.ctx = &f.m,
		.plan = &f.plan,
		.map = TRANS_MAP_SPARSE,
		.entry = DST,
		.alias_prepare = alias_prepare,
	};
	memory_of(12);
	return 0;
}

static int teardown(void **state)
{
	long balance;

	(void)state;
	trans_transition_cancel(&f.t);
	balance = f.m.balance;
	memory_free(&f.m);
	return balance != 0;
}

static void move(trans_pa_t src, trans_pa_t dst, uint64_t len)
{
	assert_int_equal(trans_moves_add(&f.plan, src, dst, len), 0);
}

static void prepare(void)
{
	int ret = trans_transition_prepare(&f.t, &f.args, &f.err);

	if (ret)
		print_error("%s: %s\n", trans_strerror(ret), f.err.why);
	assert_int_equal(ret, 0);
}

static void refused(int status, const char *why)
{
	assert_int_equal(trans_transition_prepare(&f.t, &f.args, &f.err),
			 status);
	assert_string_equal(f.err.why, why);
	assert_int_equal(f.m.balance, 0);
}

static struct blob_params *params(void)
{
	return memory_at(&f.m, f.t.data);
}

/* What the blob will find at @pa, through the address that it will use. */
static void finds(trans_pa_t pa, bool write)
{
	struct trans_leaf leaf;
	trans_va_t va = blob_va(params(), pa);

	assert_int_equal(trans_table_query(&f.t.low, va, &leaf, NULL), 0);
	assert_true(leaf.pa == pa);
	assert_int_equal(leaf.writable, write);
	assert_false(leaf.executable);
}

static void absent(trans_va_t va)
{
	struct trans_leaf leaf;

	assert_int_equal(trans_table_query(&f.t.low, va, &leaf, NULL),
			 TRANS_ENOENT);
}

/* ---- the offset map ---- */

static void source_beyond(void **state)
{
	static const unsigned int shifts[] = { 12, 14, 16 };

	(void)state;
	memory_free(&f.m);
	for (unsigned int i = 0; i < 3; i++) {
		memory_of(shifts[i]);
		f.plan.count = 0;
		move(FAR + 0x10000, DST, 64 * MIB);
		move(TRANS_ZERO, DST + GIB, 0x10000);
		prepare();
		finds(FAR + 0x10000, false);
		finds(FAR + 0xffff + 64 * MIB, false);
		finds(DST, true);
		finds(DST + GIB, true);
		absent(blob_va(params(), FAR + 0x10000) - 1);
		absent(blob_va(params(), FAR + 0x10000) + 64 * MIB);
		assert_true(blob_va(params(), f.t.code) == f.t.code);
		trans_transition_cancel(&f.t);
		assert_int_equal(f.m.balance, 0);
		memory_free(&f.m);
	}
	memory_of(12);
}

/* The window keeps what is beside each other beside each other, and blocks. */
static void window_is_one_piece(void **state)
{
	(void)state;
	move(FAR + 4 * GIB, FAR, MIB);
	move(FAR + 6 * GIB, DST, GIB);
	prepare();
	finds(FAR, true);
	finds(FAR + 4 * GIB, false);
	finds(FAR + 7 * GIB - 1, false);
	assert_true(f.t.far.start == FAR && f.t.far.len == 7 * GIB);
	assert_true(f.t.low.pages < 16);
}

static void digest_beyond(void **state)
{
	struct trans_digest digest = { .pa = FAR + 0x30, .len = 0x2000 };

	(void)state;
	move(BASE + GIB, DST, MIB);
	f.args.digests = &digest;
	f.args.digest_count = 1;
	prepare();
	finds(FAR + 0x30, false);
	finds(FAR + 0x202f, false);
}

/* A smaller map has a nearer end; no CPU feature is needed for that. */
static void beyond_a_small_map(void **state)
{
	(void)state;
	f.cpu.mmfr0 = 5;
	f.args.va_bits = 36;
	move(1ULL << 40, DST, MIB);
	prepare();
	finds(1ULL << 40, false);
}

/* It straddles the end of the map: one piece, so one address. */
static void across_the_end(void **state)
{
	(void)state;
	f.args.va_bits = 36;
	move((1ULL << 36) - MIB, DST, 2 * MIB);
	move((1ULL << 36) - 2 * MIB, DST + GIB, MIB);
	prepare();
	finds((1ULL << 36) - MIB, false);
	finds((1ULL << 36) + MIB - 1, false);
	finds((1ULL << 36) - 2 * MIB, false);
}

/* What is near reaches up to the end: the window is below it. */
static void window_below(void **state)
{
	(void)state;
	f.args.va_bits = 36;
	move((1ULL << 36) - GIB, DST, MIB);
	move((1ULL << 40) + 0x5000, DST + GIB, MIB);
	prepare();
	finds((1ULL << 40) + 0x5000, false);
	assert_true(blob_va(params(), (1ULL << 40) + 0x5000) < BASE);
}

static void no_window(void **state)
{
	(void)state;
	f.args.va_bits = 36;
	move((1ULL << 36) - GIB, DST, MIB);
	move(1ULL << 40, (1ULL << 40) + 64 * GIB, 64 * GIB);
	refused(TRANS_ERANGE, "no window for what is beyond the map");
	f.plan.count = 0;
	move(1ULL << 37, DST, MIB);
	move(1ULL << 38, DST + GIB, MIB);
	refused(TRANS_ERANGE, "no window for what is beyond the map");
}

static void cpu_cannot(void **state)
{
	(void)state;
	move(FAR, DST, MIB);
	f.cpu.mmfr0 = MMFR0_LPA;
	refused(TRANS_ERANGE, "this granule reaches 48 bits here");
	f.cpu.mmfr0 = 5;
	refused(TRANS_ERANGE, "beyond the CPU's physical addresses");
	f.cpu.mmfr0 = MMFR0_LPA;
	memory_free(&f.m);
	memory_of(16);
	prepare();
	finds(FAR, false);
}

static void no_window_known(void)
{
	assert_int_equal(trans_transition_check(&f.t, &f.err), TRANS_ECORRUPT);
	assert_string_equal(f.err.why,
			    "no tables, and the blob looks for a window");
}

/* With the MMU off there is no window, and none is needed. */
static void without_tables(void **state)
{
	(void)state;
	f.args.map = TRANS_MAP_NONE;
	move(FAR, DST, MIB);
	prepare();
	assert_int_equal(params()->far_len, 0);
	params()->far_len = 4096;
	no_window_known();
	params()->far_len = 0;
	params()->offset = 4096;
	no_window_known();
}

static void proof_knows_the_window(void **state)
{
	(void)state;
	move(FAR, DST, MIB);
	prepare();
	params()->far_offset += 4096;
	assert_int_equal(trans_transition_check(&f.t, &f.err), TRANS_ECORRUPT);
	assert_string_equal(f.err.why,
			    "the blob looks elsewhere for what is far");
}

/* ---- the coarse map ---- */

#define RAM_LEN (4 * GIB)
#define SCATTERED 500

/* Pages each in a 2 MiB of its own. */
static void scatter(void)
{
	assert_int_equal(trans_ranges_add(&f.ram, BASE, RAM_LEN), 0);
	for (uint64_t i = 0; i < SCATTERED; i++)
		move(BASE + GIB + 4 * i * MIB, BASE + GIB + (4 * i + 2) * MIB,
		     4096);
	f.args.ram = &f.ram;
}

static int is_hidden(void *arg, trans_pa_t pa, uint64_t len)
{
	(void)arg;
	(void)len;
	absent(pa);
	return 0;
}

static void coarse(void **state)
{
	uint32_t exact;

	(void)state;
	scatter();
	prepare();
	exact = f.t.low.pages;
	assert_false(f.t.coarse);
	assert_true(exact > 2 * SCATTERED);
	trans_transition_cancel(&f.t);
	f.args.coarse_above = exact;
	prepare();
	assert_false(f.t.coarse);
	trans_transition_cancel(&f.t);
	f.args.coarse_above = exact - 1;
	prepare();
	assert_true(f.t.coarse);
	assert_true(f.t.low.pages < 16);
	finds(BASE + GIB, true);
	finds(BASE + GIB + 2 * MIB, true);
	finds(BASE + RAM_LEN - 1, true);
	absent(BASE - 1);
	absent(BASE + RAM_LEN);
}

/* Cut out: tables are not mapped at all, code and list cannot be written. */
static void coarse_keeps_the_blob(void **state)
{
	struct trans_leaf leaf;

	(void)state;
	scatter();
	f.args.coarse_above = 10;
	prepare();
	assert_int_equal(trans_table_pages(&f.t.low, is_hidden, NULL, NULL), 0);
	assert_int_equal(trans_table_query(&f.t.low, f.t.code, &leaf, NULL), 0);
	assert_true(leaf.executable && !leaf.writable);
	assert_int_equal(trans_table_query(&f.t.low, f.t.list, &leaf, NULL), 0);
	assert_false(leaf.executable || leaf.writable);
	finds(f.t.data, true);
}

/* RAM that is no multiple of the granule or beyond the map; sources in no
 * RAM. */
static void coarse_edges(void **state)
{
	(void)state;
	scatter();
	assert_int_equal(trans_ranges_add(&f.ram, 0x900001000ULL - 1, 0x2001),
			 0);
	assert_int_equal(trans_ranges_add(&f.ram, FAR, GIB), 0);
	move(0xa00000000ULL, BASE + 3 * GIB + GIB / 2, 4096);
	move(FAR + GIB - 4096, BASE + 3 * GIB + GIB / 2 + MIB, 4096);
	f.args.coarse_above = 10;
	prepare();
	absent(0x900001000ULL - 1);
	finds(0x900001000ULL, true);
	finds(0x900002fffULL, true);
	finds(0xa00000000ULL, false);
	absent(0xa00001000ULL);
	finds(FAR + GIB - 4096, false);
	absent(blob_va(params(), FAR + GIB - 4096) - 1);
}

static void coarse_arguments(void **state)
{
	(void)state;
	scatter();
	f.args.ram = NULL;
	f.args.coarse_above = 10;
	refused(TRANS_EINVAL, "coarse_above without ram");
}

static void coarse_hunger(void **state)
{
	unsigned long total;

	(void)state;
	scatter();
	f.args.coarse_above = 10;
	prepare();
	total = f.m.allocs;
	trans_transition_cancel(&f.t);
	for (unsigned long n = 1; n <= total; n++) {
		f.m.allocs = 0;
		f.m.fail_at = n;
		assert_int_equal(trans_transition_prepare(&f.t, &f.args,
							  &f.err),
				 TRANS_ENOMEM);
		assert_int_equal(f.m.balance, 0);
	}
	f.m.fail_at = 0;
	f.args.fallback = true;
	f.m.allocs = 0;
	f.m.fail_at = total;
	prepare();
	assert_false(f.t.coarse);
	assert_int_equal(f.t.args.map, TRANS_MAP_NONE);
}

/* With the MMU off a physical address is what it is, however far. */
static void far_falls_back(void **state)
{
	unsigned long total, fell_back = 0;

	(void)state;
	move(FAR + 4 * GIB, FAR, MIB);
	prepare();
	assert_true(blob_va(params(), FAR) != FAR);
	total = f.m.allocs;
	trans_transition_cancel(&f.t);
	f.args.fallback = true;
	for (unsigned long n = 1; n <= total; n++) {
		int ret;

		f.m.allocs = 0;
		f.m.fail_at = n;
		ret = trans_transition_prepare(&f.t, &f.args, &f.err);
		if (ret) {
			/* the blob's own pages come first */
			assert_int_equal(ret, TRANS_ENOMEM);
			assert_int_equal(fell_back, 0);
			continue;
		}
		fell_back++;
		assert_int_equal(f.t.args.map, TRANS_MAP_NONE);
		assert_int_equal(blob_va(params(), FAR), FAR);
		assert_int_equal(blob_va(params(), FAR + 4 * GIB),
				 FAR + 4 * GIB);
		trans_transition_cancel(&f.t);
		assert_int_equal(f.m.balance, 0);
	}
	assert_in_range(fell_back, 2, total - 3);
}

/* ---- look-ups that come to nothing ---- */

static unsigned long visits, stop_at;

static int visit(void *ctx, trans_pa_t pa)
{
	(void)ctx;
	(void)pa;
	return ++visits == stop_at;
}

/* However it is stopped, prepare is: a look-up that was not made is no proof
 * that something is not mapped. */
static void each_visit_stops(void)
{
	unsigned long total;

	f.m.ops.visit = visit;
	visits = stop_at = 0;
	prepare();
	total = visits;
	trans_transition_cancel(&f.t);
	assert_true(total > 20);
	for (stop_at = 1; stop_at <= total; stop_at++) {
		visits = 0;
		assert_int_equal(trans_transition_prepare(&f.t, &f.args,
							  &f.err),
				 TRANS_ESTOPPED);
		assert_string_equal(f.err.why,
				    "visit of a table page stopped it");
		assert_int_equal(f.m.balance, 0);
	}
}

static void exact_stopped(void **state)
{
	(void)state;
	move(BASE + GIB, DST, MIB);
	each_visit_stops();
}

static void coarse_stopped(void **state)
{
	(void)state;
	assert_int_equal(trans_ranges_add(&f.ram, BASE, RAM_LEN), 0);
	for (uint64_t i = 0; i < 8; i++)
		move(BASE + GIB + 4 * i * MIB, BASE + GIB + (4 * i + 2) * MIB,
		     4096);
	f.args.ram = &f.ram;
	f.args.coarse_above = 10;
	each_visit_stops();
}

/* Nobody maps the tables, so nobody has to reach them. */
static void tables_beyond(void **state)
{
	trans_pa_t reach = 1ULL << 36;

	(void)state;
	f.args.va_bits = 36;
	scatter();
	for (unsigned int most = 0; most <= 10; most += 10) {
		memory_free(&f.m);
		memory_init(&f.m, reach - MIB, 8 * MIB, 12);
		low_pages = MIB >> 12;
		f.args.coarse_above = most;
		prepare();
		assert_int_equal(f.t.coarse, most != 0);
		assert_true(f.t.low.root >= reach);
		assert_true(f.t.code < reach && f.t.list < reach);
		trans_transition_cancel(&f.t);
		assert_int_equal(f.m.balance, 0);
	}
}

/* A page of the blob that can be written is found, whoever made it so. */
static void proof_finds_writable(void **state)
{
	static const struct trans_attr rw = { TRANS_MEM_NORMAL, TRANS_WRITE };

	(void)state;
	move(BASE + GIB, DST, MIB);
	prepare();
	f.t.low.live = false;
	assert_int_equal(trans_table_idmap(&f.t.low, f.t.list, 4096, &rw,
					   TRANS_REPLACE, NULL), 0);
	assert_int_equal(trans_transition_check(&f.t, &f.err),
			 TRANS_EOVERLAP);
	assert_string_equal(f.err.why, "a page of the blob can be written");
	trans_transition_cancel(&f.t);
	prepare();
	f.t.low.live = false;
	assert_int_equal(trans_table_idmap(&f.t.low, f.t.low.root, 4096, &rw, 0,
					   NULL), 0);
	assert_int_equal(trans_transition_check(&f.t, &f.err),
			 TRANS_EOVERLAP);
	assert_string_equal(f.err.why, "a table is mapped");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(source_beyond),
		TEST(window_is_one_piece),
		TEST(digest_beyond),
		TEST(beyond_a_small_map),
		TEST(across_the_end),
		TEST(window_below),
		TEST(no_window),
		TEST(cpu_cannot),
		TEST(without_tables),
		TEST(proof_knows_the_window),
		TEST(coarse),
		TEST(coarse_keeps_the_blob),
		TEST(coarse_edges),
		TEST(coarse_arguments),
		TEST(coarse_hunger),
		TEST(far_falls_back),
		TEST(exact_stopped),
		TEST(coarse_stopped),
		TEST(tables_beyond),
		TEST(proof_finds_writable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
