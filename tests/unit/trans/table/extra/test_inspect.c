/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Walk, runs, diff, dump, trace, disjoint: what a person sees of a table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <trans_table/inspect.h>

#include "tests/unit/support/memory.h"

#define MIB (1ULL << 20)
#define LINEAR 0xffff000000000000ULL

static const struct trans_attr rw = { TRANS_MEM_NORMAL, TRANS_WRITE };
static const struct trans_attr ro = { TRANS_MEM_NORMAL, 0 };
static const struct trans_attr uart = { TRANS_MEM_DEVICE, TRANS_WRITE };

static struct memory m;
static struct trans_geometry geo;
static struct trans_table a, b;

static int setup(void **state)
{
	(void)state;
	memory_init(&m, 0x40000000, 4 * MIB, 12);
	assert_int_equal(trans_geometry_init(&geo, TRANS_EL1_0, TRANS_4K, 48,
					     48, TRANS_GEO_UPPER, NULL), 0);
	assert_int_equal(trans_table_create(&a, &geo, 0, &m.ops, &m, NULL), 0);
	assert_int_equal(trans_table_create(&b, &geo, 0, &m.ops, &m, NULL), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	trans_table_destroy(&a);
	trans_table_destroy(&b);
	memory_free(&m);
	return m.balance != 0;
}

static void map(struct trans_table *t, trans_va_t offset, trans_pa_t pa,
		uint64_t len, const struct trans_attr *attr, unsigned int flags)
{
	assert_int_equal(trans_table_map(t, LINEAR + offset, pa, len, attr,
					 flags, NULL), 0);
}

struct text {
	char bytes[4096];
	size_t len;
	int stop_after;
};

static int put(void *arg, const char *text, size_t len)
{
	struct text *out = arg;

	assert_true(out->len + len < sizeof(out->bytes));
	assert_int_equal(text[len - 1], '\n');
	memcpy(out->bytes + out->len, text, len);
	out->len += len;
	return out->stop_after && --out->stop_after == 0 ? 7 : 0;
}

static void test_dump_is_what_a_person_expects(void **state)
{
	struct text out = { .len = 0 };

	(void)state;
	map(&a, 0, 0, 4 * MIB, &rw, 0);
	map(&a, 4 * MIB, 4 * MIB, 8192, &rw, 0);
	map(&a, 4 * MIB + 8192, 0, 4096, &ro, 0);
	map(&a, 1ULL << 30, 0x9000000, 4096, &uart, 0);
	assert_int_equal(trans_table_dump(&a, put, &out), 0);
	assert_string_equal(
		out.bytes,
		"table 4K va48 pa48 EL1&0 upper root 0000000040000000\n"
		"ffff000000000000-ffff0000003fffff -> 0000000000000000 L2 "
		"rw- user:--- normal x2\n"
		"ffff000000400000-ffff000000401fff -> 0000000000400000 L3 "
		"rw- user:--- normal x2\n"
		"ffff000000402000-ffff000000402fff -> 0000000000000000 L3 "
		"r-- user:--- normal x1\n"
		"ffff000040000000-ffff000040000fff -> 0000000009000000 L3 "
		"rw- user:--- device-nGnRE x1\n"
		"tables 6 leaves L0 0 leaves L1 0 leaves L2 2 leaves L3 4\n");
	out = (struct text){ .stop_after = 2 };
	assert_int_equal(trans_table_dump(&a, put, &out), 7);
}

static void test_trace_shows_each_step(void **state)
{
	struct trans_step steps[TRANS_STEPS];
	struct text out = { .len = 0 };
	unsigned int count;

	(void)state;
	map(&a, 0, 0, 4096, &rw, 0);
	assert_int_equal(trans_table_walk(&a, LINEAR + 4096, steps, &count,
					  NULL), TRANS_ENOENT);
	assert_int_equal(count, 4);
	assert_int_equal(steps[0].level, 0);
	assert_int_equal(steps[0].entry, a.root);
	assert_int_equal(steps[3].level, 3);
	assert_int_equal(steps[3].desc, 0);
	assert_int_equal(steps[3].entry & 0xfff, 8);
	assert_int_equal(trans_table_trace(&a, LINEAR + 5, put, &out), 0);
	assert_non_null(strstr(out.bytes, " L3 entry at "));
	assert_non_null(strstr(out.bytes, "ffff000000000005 -> "
					  "0000000000000005 L3 rw-"));
	out = (struct text){ 0 };
	assert_int_equal(trans_table_trace(&a, LINEAR + 4096, put, &out), 0);
	assert_non_null(strstr(out.bytes, ": not mapped\n"));
	out = (struct text){ 0 };
	assert_int_equal(trans_table_trace(&a, 4096, put, &out), 0);
	assert_non_null(strstr(out.bytes, "outside the table's half"));
	m.maps = 0;
	m.refuse_map_at = 3;
	assert_int_equal(trans_table_walk(&a, LINEAR, steps, &count, NULL),
			 TRANS_EFAULT);
	assert_int_equal(count, 2);
}

struct diffs {
	struct trans_diff diff[16];
	int count;
};

static int collect(void *arg, const struct trans_diff *diff)
{
	struct diffs *out = arg;

	assert_true(out->count < 16);
	out->diff[out->count++] = *diff;
	return 0;
}

static void expect_diff(const struct trans_diff *diff, int kind,
			uint64_t offset, uint64_t len)
{
	assert_int_equal(diff->kind, kind);
	assert_int_equal(diff->va, LINEAR + offset);
	assert_int_equal(diff->len, len);
}

static void test_diff(void **state)
{
	struct diffs out = { .count = 0 };

	(void)state;
	/* the same memory in blocks and in pages is no difference */
	map(&a, 0, 0, 8 * MIB, &rw, 0);
	map(&b, 0, 0, 8 * MIB, &rw, TRANS_NOBLOCK);
	assert_int_equal(trans_table_diff(&a, &b, LINEAR, 1ULL << 32, collect,
					  &out, NULL), 0);
	assert_int_equal(out.count, 0);
	assert_int_equal(trans_table_unmap(&b, LINEAR, 8192, 0, NULL), 0);
	map(&b, 3 * MIB, 3 * MIB, MIB, &ro, TRANS_REPLACE);
	map(&b, 5 * MIB, 0, 4096, &rw, TRANS_REPLACE);
	map(&b, 16 * MIB, 0, 4 * MIB, &rw, 0);
	assert_int_equal(trans_table_diff(&a, &b, LINEAR, 1ULL << 32, collect,
					  &out, NULL), 0);
	assert_int_equal(out.count, 4);
	expect_diff(&out.diff[0], TRANS_ONLY_A, 0, 8192);
	expect_diff(&out.diff[1], TRANS_OTHER_ATTR, 3 * MIB, MIB);
	expect_diff(&out.diff[2], TRANS_OTHER_PA, 5 * MIB, 4096);
	expect_diff(&out.diff[3], TRANS_ONLY_B, 16 * MIB, 4 * MIB);
	assert_int_equal(out.diff[2].a.pa, 5 * MIB);
	assert_int_equal(out.diff[2].b.pa, 0);
	assert_int_equal(trans_table_diff(&a, &b, LINEAR, 4095, collect, &out,
					  NULL), TRANS_EALIGN);
	assert_int_equal(trans_table_diff(&a, &b, 0, 4096, collect, &out, NULL),
			 TRANS_ERANGE);
	m.maps = 0;
	m.refuse_map_at = 5;
	assert_int_equal(trans_table_diff(&a, &b, LINEAR, 1ULL << 32, collect,
					  &out, NULL), TRANS_EFAULT);
}

static int stop_at_once(void *arg, const struct trans_run *run)
{
	*(struct trans_run *)arg = *run;
	return 5;
}

static void test_runs_end_with_the_range(void **state)
{
	struct trans_run run;

	(void)state;
	map(&a, 0, 0, 8 * MIB, &rw, 0);
	assert_int_equal(trans_table_runs(&a, LINEAR + MIB, MIB, stop_at_once,
					  &run, NULL), 5);
	assert_int_equal(run.va, LINEAR + MIB);
	assert_int_equal(run.len, MIB);
	assert_int_equal(run.leaf.pa, MIB);
	/* the last page of the address space */
	map(&a, 0x0000fffffffff000, 0, 4096, &rw, 0);
	assert_int_equal(trans_table_runs(&a, ~0ULL - 4095, 4096, stop_at_once,
					  &run, NULL), 5);
	assert_int_equal(run.va + run.len, 0);
	/* what cannot be read is said, not skipped */
	m.maps = 0;
	m.refuse_map_at = 2;
	assert_int_equal(trans_table_runs(&a, LINEAR, 4096, stop_at_once, &run,
					  NULL), 5);
	assert_int_equal(run.status, TRANS_EFAULT);
}

static void test_disjoint_names_the_pair(void **state)
{
	struct trans_range storage[2];
	struct trans_ranges set;
	struct trans_report r;

	(void)state;
	map(&a, 0, 0, 4096, &rw, 0);
	trans_ranges_init(&set, storage, 2);
	assert_int_equal(trans_ranges_add(&set, m.base + m.len, MIB), 0);
	assert_int_equal(trans_table_disjoint(&a, &set, &r), 0);
	for (trans_pa_t pa = m.base; pa < m.base + 8 * 4096; pa += 4096) {
		bool used = m.used[(pa - m.base) >> 12] && pa != b.root;

		trans_ranges_init(&set, storage, 2);
		assert_int_equal(trans_ranges_add(&set, pa + 4095, 1), 0);
		assert_int_equal(trans_table_disjoint(&a, &set, &r),
				 used ? TRANS_EOVERLAP : 0);
		if (used) {
			assert_int_equal(r.error.pa, pa);
			assert_int_equal(r.error.va, pa + 4095);
		}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_dump_is_what_a_person_expects),
		TEST(test_trace_shows_each_step),
		TEST(test_diff),
		TEST(test_runs_end_with_the_range),
		TEST(test_disjoint_names_the_pair),
	};

	return cmocka_run_group_tests_name("inspect", tests, NULL, NULL);
}
