/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Tables for a CPU that keeps registers of its own: permissions through PIR,
 * held against the reference walker, and a root at another place in its page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <trans_table/inspect.h>
#include <trans_table/table_extra.h>

#include "tests/unit/support/world.h"

#define MIB (1ULL << 20)
#define LINEAR 0xffff000000000000ULL
#define PIE 2ULL

static const struct shape pages_4k = { 12, 48, 48, false };
static const struct shape pages_64k = { 16, 48, 48, false };

static const struct trans_attr rw = { TRANS_MEM_NORMAL, TRANS_WRITE };
static const struct trans_attr ro = { TRANS_MEM_NORMAL, 0 };
static const struct trans_attr rx = { TRANS_MEM_NORMAL, TRANS_EXEC };
static const struct trans_attr rwx = { TRANS_MEM_NORMAL,
				       TRANS_WRITE | TRANS_EXEC };

/* A field of PIR: what index {54, 53, 51, 6} allows. */
#define FIELD(xn, pxn, dbm, user, value) \
	((uint64_t)(value) << 4 * ((xn) << 3 | (pxn) << 2 | (dbm) << 1 | (user)))
#define PIR_R 0x8
#define PIR_RX 0xa
#define PIR_RW 0xc
#define PIR_RWX 0xe

/* As Linux has it for its own memory; it lists no index of EL0's. */
#define PIR_KERNEL                                               \
	(FIELD(1, 0, 0, 0, PIR_RX) | FIELD(1, 0, 1, 0, PIR_RWX) | \
	 FIELD(1, 1, 0, 0, PIR_R) | FIELD(1, 1, 1, 0, PIR_RW))
/* The same, and nothing that can be written can be executed. */
#define PIR_STRICT \
	(PIR_KERNEL ^ FIELD(1, 0, 1, 0, PIR_RWX ^ PIR_RW))
/* EL2 has XN and no PXN, and AP[1] is RES1. */
#define PIR_EL2                                                  \
	(FIELD(0, 0, 0, 1, PIR_RX) | FIELD(0, 0, 1, 1, PIR_RWX) | \
	 FIELD(1, 0, 0, 1, PIR_R) | FIELD(1, 0, 1, 1, PIR_RW))

static struct world w;
static struct trans_table t;
static struct trans_report r;

static int create_for(uint64_t pir, uint64_t ttbr)
{
	struct trans_regs regs = { .ttbr = ttbr, .mair = TRANS_MAIR_DEFAULT,
				   .tcr2 = pir ? PIE : 0, .pir = pir,
				   .tcr = ~0ULL, .sctlr = ~0ULL };

	return trans_table_create_for(&t, &w.geo, &regs, &w.m.ops, &w.m, &r);
}

static void open(const struct shape *shape, unsigned int variant, uint64_t pir,
		 uint64_t ttbr)
{
	world_open(&w, shape, variant, 0, 64, 1);
	assert_int_equal(create_for(pir, ttbr), 0);
	assert_int_equal(r.stats.tables, 1);
}

static void finish(void)
{
	trans_table_destroy(&t);
	world_close(&w);
}

/* What a CPU with the registers of finish may do there, and query says. */
static void allows(trans_va_t va, const char *what)
{
	struct walk_params cpu = world_finished(&w, &t);
	struct walk walk = walker(&cpu, va);
	struct trans_leaf leaf;
	bool write = strchr(what, 'w'), exec = strchr(what, 'x');

	assert_int_equal(walk.fault, WALK_NONE);
	assert_false(walk.odd_pir || walk.ur || walk.uw || walk.ux);
	assert_true(walk.pr);
	assert_int_equal(walk.pw, write);
	assert_int_equal(walk.px, exec);
	assert_int_equal(trans_table_query(&t, va, &leaf, NULL), 0);
	assert_true(leaf.readable && !leaf.user_readable);
	assert_int_equal(leaf.writable, write);
	assert_int_equal(leaf.executable, exec);
	/* What is read-only stays so where hardware keeps dirty state. */
	if (cpu.pie)
		assert_int_equal(leaf.desc >> 51 & 1, write);
	/* The same where nobody looks at PIR. */
	cpu.pie = false;
	walk = walker(&cpu, va);
	assert_int_equal(walk.pw, write);
	assert_int_equal(walk.px, exec);
}

static int map(unsigned int page, const struct trans_attr *attr)
{
	trans_va_t va = trans_geometry_first(&w.geo) + page * 4096ULL;

	return trans_table_map(&t, va, page * 4096ULL, 4096, attr, 0, &r);
}

static void map_all(void)
{
	assert_int_equal(map(0, &ro), 0);
	assert_int_equal(map(1, &rw), 0);
	assert_int_equal(map(2, &rx), 0);
	assert_int_equal(map(3, &rwx), 0);
}

static void allows_all(void)
{
	trans_va_t va = trans_geometry_first(&w.geo);

	allows(va, "r");
	allows(va + 4096, "rw");
	allows(va + 2 * 4096, "rx");
	allows(va + 3 * 4096, "rwx");
}

static void test_map(void **state)
{
	struct trans_table plain;
	struct trans_regs regs;

	(void)state;
	for (unsigned int variant = 0; variant < VARIANTS; variant++) {
		uint64_t pir = variant == 2 ? PIR_EL2 : PIR_KERNEL;

		open(&pages_4k, variant, pir, 0);
		map_all();
		allows_all();
		plain = t;
		assert_int_equal(trans_table_finish(&plain, &regs, NULL), 0);
		assert_int_equal(regs.tcr2, PIE);
		assert_int_equal(regs.pir, pir);
		finish();
	}
}

/* Without PIE the other registers say nothing. */
static void test_without_indirection(void **state)
{
	struct trans_table usual;
	struct trans_leaf leaf, same;

	(void)state;
	open(&pages_4k, 1, 0, 0);
	map_all();
	allows_all();
	assert_int_equal(trans_table_create(&usual, &w.geo, 0, &w.m.ops, &w.m,
					    NULL), 0);
	assert_int_equal(trans_table_map(&usual, LINEAR + 4096, 4096, 4096, &rw,
					 0, NULL), 0);
	trans_table_query(&usual, LINEAR + 4096, &leaf, NULL);
	trans_table_query(&t, LINEAR + 4096, &same, NULL);
	assert_int_equal(leaf.desc, same.desc);
	trans_table_destroy(&usual);
	finish();
}

/* What PIR does not give is refused, and nothing has changed. */
static void test_pir_refuses(void **state)
{
	struct trans_table src, view;
	struct walk_params cpu;

	(void)state;
	open(&pages_4k, 1, PIR_STRICT, 0);
	assert_int_equal(map(3, &rwx), TRANS_EINVAL);
	assert_non_null(strstr(r.error.why, "PIR"));
	assert_int_equal(t.pages, 1);
	assert_int_equal(trans_table_create(&src, &w.geo, 0, &w.m.ops, &w.m,
					    NULL), 0);
	assert_int_equal(trans_table_map(&src, LINEAR, 0, 4096, &rw, 0, NULL),
			 0);
	assert_int_equal(trans_table_map(&src, LINEAR + 4096, 4096, 4096, &rx,
					 0, NULL), 0);
	assert_int_equal(trans_table_copy(&t, LINEAR, &src, LINEAR, 2 * MIB,
					  TRANS_MKWRITE, &r), TRANS_EUNREPR);
	assert_int_equal(r.error.va, LINEAR + 4096);
	assert_int_equal(r.error.level, 3);
	assert_int_equal(t.pages, 1);
	assert_int_equal(trans_table_copy(&t, LINEAR, &src, LINEAR, 2 * MIB,
					  TRANS_MKWRITE | TRANS_NOEXEC, &r),
			 0);
	allows(LINEAR, "rw");
	allows(LINEAR + 4096, "rw");
	assert_int_equal(trans_table_protect(&t, LINEAR, 4096,
					     TRANS_WRITE | TRANS_EXEC, 0, &r),
			 TRANS_EUNREPR);
	allows(LINEAR, "rw");
	/* Alike but for the indirection: it may not link, either. */
	cpu = world_finished(&w, &src);
	cpu.hpd = true;
	world_attach(&w, &w.geo, &cpu, NULL, &view);
	assert_int_equal(trans_table_share(&t, LINEAR + MIB * 4, &view,
					   LINEAR + MIB * 4, 2 * MIB, 0, &r),
			 TRANS_EINVAL);
	trans_table_destroy(&src);
	finish();
}

/* A kernel's own tables, as it walks them: Linux has DBM where it may write.
 * The destination has another numbering than the source. */
static void test_copy(void **state)
{
	uint64_t other = FIELD(0, 0, 0, 1, PIR_RX) | FIELD(0, 1, 0, 0, PIR_RW) |
			 FIELD(0, 0, 1, 0, PIR_R) | FIELD(1, 1, 1, 1, PIR_RWX);
	static const uint64_t index[] = {
		1ULL << 51, 1ULL << 53, 1ULL << 6,
		3ULL << 53 | 1ULL << 51 | 1ULL << 6,
	};
	struct trans_table src, view;
	struct walk_params cpu;

	(void)state;
	open(&pages_4k, 1, PIR_KERNEL, 0);
	assert_int_equal(trans_table_create(&src, &w.geo, 0, &w.m.ops, &w.m,
					    NULL), 0);
	assert_int_equal(trans_table_map(&src, LINEAR, 0, 4 * 4096, &rw, 0,
					 NULL), 0);
	cpu = world_finished(&w, &src);
	for (unsigned int i = 0; i < 4; i++) {
		struct trans_step steps[TRANS_STEPS];
		unsigned int count;
		uint64_t *slot;

		assert_int_equal(trans_table_walk(&src, LINEAR + i * 4096ULL,
						  steps, &count, NULL), 0);
		slot = memory_at(&w.m, steps[count - 1].entry);
		*slot &= ~(3ULL << 53 | 1ULL << 51 | 1ULL << 6 | 1ULL << 7);
		*slot |= index[i];
	}
	cpu.pie = true;
	cpu.pir = other;
	world_attach(&w, &w.geo, &cpu, NULL, &view);
	assert_int_equal(trans_table_copy(&t, LINEAR, &view, LINEAR, MIB, 0,
					  &r), 0);
	allows_all();
	assert_int_equal(trans_table_copy(&t, LINEAR, &view, LINEAR, MIB,
					  TRANS_REPLACE | TRANS_MKWRITE, &r),
			 0);
	allows(LINEAR, "rw");
	allows(LINEAR + 2 * 4096, "rwx");
	assert_int_equal(trans_table_protect(&t, LINEAR, 4 * 4096, TRANS_EXEC,
					     0, &r), 0);
	for (unsigned int i = 0; i < 4; i++)
		allows(LINEAR + i * 4096ULL, "rx");
	trans_table_destroy(&src);
	finish();
}

static void test_fold_and_upgrade(void **state)
{
	(void)state;
	open(&pages_4k, 1, PIR_KERNEL, 0);
	assert_int_equal(trans_table_map(&t, LINEAR, 0, 2 * MIB, &rw,
					 TRANS_NOBLOCK, NULL), 0);
	assert_int_equal(trans_table_fold(&t, LINEAR, 2 * MIB, 0, &r), 0);
	assert_int_equal(r.stats.folded, 1);
	allows(LINEAR + MIB, "rw");
	assert_int_equal(trans_table_map(&t, LINEAR, 0, 4096, &ro,
					 TRANS_UPGRADE, &r), TRANS_EEXIST);
	assert_int_equal(trans_table_map(&t, LINEAR, 0, 4096, &ro,
					 TRANS_REPLACE, &r), 0);
	allows(LINEAR, "r");
	allows(LINEAR + MIB, "rw");
	assert_int_equal(trans_table_map(&t, LINEAR, 0, 4 * MIB, &rw,
					 TRANS_REPLACE, &r), 0);
	assert_int_equal(r.stats.leaves[2], 2);
	allows(LINEAR, "rw");
	finish();
}

static void test_refusals(void **state)
{
	struct trans_regs regs = { 0 };

	(void)state;
	world_open(&w, &pages_4k, 1, 0, 64, 1);
	for (unsigned int bit = 3; bit < 6; bit++) { /* POE, AIE, D128 */
		regs.tcr2 = 1ULL << bit | PIE;
		memset(&t, 0x55, sizeof(t));
		assert_int_equal(trans_table_create_for(&t, &w.geo, &regs,
							&w.m.ops, &w.m, &r),
				 TRANS_EINVAL);
		assert_non_null(strstr(r.error.why, "TCR2"));
		assert_int_equal(t.root, 0);
	}
	regs.tcr2 = 1ULL << 2; /* E0POE says nothing of EL1 */
	assert_int_equal(trans_table_create_for(&t, &w.geo, &regs, &w.m.ops,
						&w.m, &r), 0);
	trans_table_destroy(&t);
	w.m.fail_at = w.m.allocs + 1;
	regs.tcr2 = PIE;
	assert_int_equal(trans_table_create_for(&t, &w.geo, &regs, &w.m.ops,
						&w.m, &r), TRANS_ENOMEM);
	finish();
}

/* ---- where the root lies ---- */

struct seen {
	unsigned int count;
	trans_pa_t first;
};

static int see_page(void *arg, trans_pa_t pa, uint64_t len)
{
	struct seen *seen = arg;

	assert_int_equal(len, 65536);
	assert_int_equal(pa % len, 0);
	if (!seen->count++)
		seen->first = pa;
	return 0;
}

/* What lies beside the root is never looked at or written. */
static void root_at(uint64_t ttbr, uint64_t offset)
{
	struct seen own = { 0 }, foreign = { 0 };
	struct walk_params cpu;
	struct trans_table view;
	struct trans_regs regs;
	uint64_t *page;

	open(&pages_64k, 1, 0, ttbr);
	assert_int_equal(t.root % 65536, offset);
	page = memory_at(&w.m, t.root - offset);
	for (size_t i = 0; i < 8192; i++) {
		assert_int_equal(page[i], 0);
		if (i < offset / 8 || i >= offset / 8 + 64)
			page[i] = 0x1234567;
	}
	assert_int_equal(trans_table_map(&t, LINEAR, 0, 65536, &rw, 0, &r), 0);
	assert_int_equal(trans_table_map(&t, 0xffffffffffff0000ULL, 65536,
					 65536, &ro, 0, &r), 0);
	assert_true(page[offset / 8] & 1);
	assert_true(page[offset / 8 + 63] & 1);
	for (size_t i = 0; i < 8192; i++)
		if (i < offset / 8 || i >= offset / 8 + 64)
			assert_int_equal(page[i], 0x1234567);
	cpu = world_finished(&w, &t);
	assert_int_equal(cpu.ttbr, t.root);
	assert_int_equal(walker(&cpu, LINEAR + 5).pa, 5);
	assert_int_equal(walker(&cpu, ~0ULL).pa, 0x1ffff);
	assert_int_equal(trans_table_pages(&t, see_page, &own, NULL), 0);
	assert_int_equal(own.first, t.root - offset);
	world_attach(&w, &w.geo, &cpu, NULL, &view);
	assert_int_equal(trans_table_pages(&view, see_page, &foreign, NULL), 0);
	assert_int_equal(foreign.first, own.first);
	assert_int_equal(foreign.count, t.pages);
	w.m.cleaned = 0;
	assert_int_equal(trans_table_finish(&t, &regs, NULL), 0);
	assert_int_equal(w.m.cleaned, 65536 * t.pages);
	finish();
}

static void test_root_in_its_page(void **state)
{
	(void)state;
	root_at(0, 0);
	root_at(0x1e00, 0x1e00); /* Linux with VAs of 52 bits, on 48 */
	root_at(0xfe00, 0xfe00);
	/* A whole TTBR: ASID, base, offset, CnP */
	root_at(0x0055000041231e01ULL, 0x1e00);
}

/* A root of a whole granule has one place. */
static void test_whole_root(void **state)
{
	(void)state;
	open(&pages_4k, 1, 0, 0x40000e01);
	assert_int_equal(t.root & 4095, 0);
	finish();
}

/* ---- given away ---- */

static void test_disown(void **state)
{
	struct trans_regs regs;
	struct walk_params cpu;
	long pages, acquired;

	(void)state;
	open(&pages_4k, 1, 0, 0);
	map_all();
	cpu = world_finished(&w, &t);
	assert_int_equal(trans_table_finish(&t, &regs, NULL), 0);
	pages = w.m.balance;
	acquired = w.m.acquired;
	trans_table_disown(&t);
	assert_int_equal(w.m.balance, pages);
	assert_int_equal(w.m.acquired, acquired);
	assert_int_equal(walker(&cpu, LINEAR + 4096).pa, 4096);
	trans_table_destroy(&t); /* nothing to give back any more */
	assert_int_equal(w.m.balance, pages);
	assert_int_equal(walker(&cpu, LINEAR + 4096).pa, 4096);
	w.m.acquired = 0;
	world_wipe(&w);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_map),
		TEST(test_without_indirection),
		TEST(test_pir_refuses),
		TEST(test_copy),
		TEST(test_fold_and_upgrade),
		TEST(test_refusals),
		TEST(test_root_in_its_page),
		TEST(test_whole_root),
		TEST(test_disown),
	};

	return cmocka_run_group_tests_name("create for", tests, NULL, NULL);
}
