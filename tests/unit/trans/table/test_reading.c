/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What verify, dump, runs and differences say, also of tables that are not as
 * they should be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/views.h"

static void test_verify_says_what_is_wrong(void **state)
{
	(void)state;
	assert_int_equal(views_map(0, MIB, 8192, &views_ro, 0), 0);
	assert_int_equal(trans_table_verify(&vw.t, 0, MIB, 8192, 0, &vw.r), 0);
	views_refused(trans_table_verify(&vw.t, 0, 0, 8192, 0, &vw.r),
		      TRANS_ENOENT,
		      "another address");
	views_refused(trans_table_verify(&vw.t, 0, MIB, 8192, TRANS_WRITE,
					 &vw.r),
		      TRANS_ENOENT, "read-only");
	views_refused(trans_table_verify(&vw.t, 0, MIB, 8192, TRANS_EXEC,
					 &vw.r),
		      TRANS_ENOENT, "execute-never");
	views_refused(trans_table_verify(&vw.t, 0, MIB, 12288, 0, &vw.r),
		      TRANS_ENOENT,
		      "not mapped");
	assert_int_equal(vw.r.error.va, 8192);
	views_attach(&vw.t, 0, 2 | 1ULL << 60); /* PIIndex 0: execute only */
	*views_slot(&vw.t, 0, 3) &= ~(3ULL << 53 | 1ULL << 51 | 1ULL << 6);
	views_refused(trans_table_verify(&vw.view, 0, MIB, 4096, 0, &vw.r),
		      TRANS_ENOENT, "unreadable");
}

/* Whether code can be there, by MAIR attribute: Device and Non-cacheable, inner
 * or outer, are refused whatever the permissions. */
static void test_verify_of_code(void **state)
{
	static const struct {
		uint8_t memory;
		bool runs;
	} rows[] = {
		{ 0xff, true },  { 0xee, true },  { 0xbb, true },
		{ 0xaa, true },  { 0xf0, true },  { 0xa0, true },
		{ 0x00, false }, { 0x04, false }, { 0x0c, false },
		{ 0x01, false }, { 0x44, false }, { 0x40, false },
		{ 0xf4, false }, { 0x4f, false }, { 0xb0, false },
	};
	static const struct trans_attr code = { TRANS_MEM_NORMAL, TRANS_EXEC };
	struct trans_leaf leaf;

	(void)state;
	assert_int_equal(views_map(0, MIB, 8192, &code, 0), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		vw.t.mair = 0x0101010101010101ULL * rows[i].memory;
		assert_int_equal(trans_table_query(&vw.t, 0, &leaf, NULL), 0);
		assert_true(leaf.executable);
		assert_int_equal(trans_leaf_runs(&leaf), rows[i].runs);
		assert_int_equal(trans_table_verify(&vw.t, 0, MIB, 8192, 0,
						    NULL), 0);
		if (rows[i].runs)
			assert_int_equal(trans_table_verify(&vw.t, 0, MIB, 8192,
							    TRANS_EXEC, NULL),
					 0);
		else
			views_refused(trans_table_verify(&vw.t, 0, MIB, 8192,
							 TRANS_EXEC, &vw.r),
				      TRANS_ENOENT, "Non-cacheable");
	}
	leaf.executable = false;
	leaf.memory = 0xff;
	assert_false(trans_leaf_runs(&leaf));
}

struct text {
	char bytes[8192];
	size_t len, most;
};

static int collect(void *arg, const char *text, size_t len)
{
	struct text *t = arg;

	if (t->len + len > t->most)
		return 7;
	memcpy(t->bytes + t->len, text, len);
	t->len += len;
	t->bytes[t->len] = 0;
	return 0;
}

static const char *dump(const struct trans_table *t)
{
	static struct text text;

	text = (struct text){ .most = sizeof(text.bytes) - 1 };
	assert_int_equal(trans_table_dump(t, collect, &text), 0);
	return text.bytes;
}

/* Each memory type that Linux uses, whatever the words: no two alike. */
static void test_dump_tells_types_apart(void **state)
{
	static const uint8_t types[] = { 0xff, 0x44, 0x04, 0x00, 0x08, 0x0c,
					 0xf0, 0x12 };
	char last[8192] = "";

	(void)state;
	assert_int_equal(views_map(0, 0, 4096, &views_rx, 0), 0);
	for (unsigned int i = 0; i < sizeof(types); i++) {
		vw.t.mair = types[i];
		assert_string_not_equal(dump(&vw.t), last);
		strcpy(last, dump(&vw.t));
	}
	*views_slot(&vw.t, 0, 3) |= 1ULL << 11 | 1ULL << 52 | 1ULL << 6;
	assert_string_not_equal(dump(&vw.t), last);
}

static void test_dump_of_other_tables(void **state)
{
	static const enum trans_regime regimes[] = { TRANS_EL2, TRANS_EL2_0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct trans_geometry geo = views_geometry(regimes[i], TRANS_4K,
							   52,
							   52, TRANS_GEO_DS);

		views_create(&vw.copy, &geo);
		assert_int_equal(trans_table_map(&vw.copy, 0, 0, 1ULL << 39,
						 &views_rw, 0, NULL), 0);
		assert_non_null(strstr(dump(&vw.copy), "EL2"));
		trans_table_destroy(&vw.copy);
	}
}

/* The receiver has enough: the text ends there, and so does the call. */
static void test_dump_stops_when_told(void **state)
{
	struct text text = { .most = 0 };
	size_t whole;

	(void)state;
	assert_int_equal(views_map(0, 0, 4096, &views_rx, 0), 0);
	assert_int_equal(views_map(8192, 0, 4096, &views_rw, 0), 0);
	*views_slot(&vw.t, 8192, 3) &=
		~2ULL; /* reserved: a line that says so */
	whole = strlen(dump(&vw.t));
	for (text.most = 0; text.most < whole; text.most++) {
		text.len = 0;
		assert_int_equal(trans_table_dump(&vw.t, collect, &text), 7);
	}
	for (text.most = 0; text.most < 60; text.most += 7) {
		text.len = 0;
		assert_int_equal(trans_table_trace(&vw.t, 0, collect, &text),
				 7);
	}
}

static int count_runs(void *arg, const struct trans_run *run)
{
	int *left = arg;

	(void)run;
	return --*left ? 0 : 5;
}

static int count_diffs(void *arg, const struct trans_diff *diff)
{
	int *left = arg;

	(void)diff;
	return --*left ? 0 : 5;
}

static void test_runs_and_diff_edges(void **state)
{
	int left = 1;

	(void)state;
	views_create(&vw.copy, &vw.geo);
	for (int i = 0; i < 6; i++)
		assert_int_equal(views_map(i * 8192ULL, 0, 4096, &views_ro, 0),
				 0);
	views_refused(trans_table_runs(&vw.t, 0, 0, count_runs, &left, &vw.r),
		      TRANS_EINVAL, "zero");
	assert_int_equal(trans_table_runs(&vw.t, 1, 4096, count_runs, &left,
					  NULL), TRANS_EALIGN);
	assert_int_equal(trans_table_runs(&vw.t, 0, 2 * MIB, count_runs, &left,
					  NULL), 5);
	left = 3;
	assert_int_equal(trans_table_runs(&vw.t, 0, 2 * MIB, count_runs, &left,
					  NULL), 5);
	left = 2;
	assert_int_equal(trans_table_diff(&vw.t, &vw.copy, 0, 2 * MIB,
					  count_diffs, &left, NULL), 5);
	left = 100; /* stretches of one kind with a gap are two */
	assert_int_equal(trans_table_diff(&vw.t, &vw.copy, 0, 2 * MIB,
					  count_diffs, &left, NULL), 0);
	assert_int_equal(left, 94);
	*views_slot(&vw.t, 8192, 3) &= ~2ULL;
	views_refused(trans_table_diff(&vw.t, &vw.copy, 0, 2 * MIB, count_diffs,
				       &left, &vw.r),
		      TRANS_ECORRUPT, "cannot be read");
	views_refused(trans_table_diff(&vw.copy, &vw.t, 0, 2 * MIB, count_diffs,
				       &left, &vw.r),
		      TRANS_ECORRUPT, "cannot be read");
	left = 100; /* the reserved entry is a run of its own */
	assert_int_equal(trans_table_runs(&vw.t, 0, 2 * MIB, count_runs, &left,
					  NULL), 0);
	assert_int_equal(left, 94);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, views_setup, views_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_verify_says_what_is_wrong),
		TEST(test_verify_of_code),
		TEST(test_dump_tells_types_apart),
		TEST(test_dump_of_other_tables),
		TEST(test_dump_stops_when_told),
		TEST(test_runs_and_diff_edges),
	};

	return cmocka_run_group_tests_name("edges, reading", tests, NULL, NULL);
}
