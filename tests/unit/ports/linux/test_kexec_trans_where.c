/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where the segments of Linux's images lie: which would be written over what
 * KHO preserves, and which over tables that the GIC goes on to use.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <trans_table/errors.h>
#include <trans_table/ranges.h>

/* What of Linux's structures is looked at: include/linux/kexec.h and
 * include/linux/kexec_handover.h. */
struct kexec_segment {
	unsigned long mem;
	size_t memsz;
};

struct kho_scratch {
	uint64_t addr, size;
};

#define CONFIG_KEXEC_HANDOVER
#include "ports/linux/kexec_trans_where.h"

#define PAGE 0x1000ul
#define SEGMENT(at, pages) { (at), (pages) * PAGE }

static const struct kho_scratch areas[] = {
	{ 16 * PAGE, 8 * PAGE },
	{ 24 * PAGE, 8 * PAGE },
	{ 0 - 4 * PAGE, 4 * PAGE }, /* up to 2^64 */
};
#define AREAS (sizeof(areas) / sizeof(*areas))

static void a_segment_is_in_one_area(void **state)
{
	static const struct {
		struct kexec_segment segment;
		bool is_in;
	} row[] = {
		{ SEGMENT(16 * PAGE, 8), true },
		{ SEGMENT(16 * PAGE, 0), true },
		{ SEGMENT(17 * PAGE, 7), true },
		{ SEGMENT(17 * PAGE, 8), false }, /* in two */
		{ SEGMENT(15 * PAGE, 1), false },
		{ SEGMENT(15 * PAGE, 2), false },
		{ SEGMENT(31 * PAGE, 1), true },
		{ SEGMENT(32 * PAGE, 1), false },
		{ SEGMENT(0 - 4 * PAGE, 4), true },
		{ SEGMENT(0 - PAGE, 1), true },
		{ SEGMENT(0 - PAGE, 2), false }, /* passes 2^64 */
		{ { 20 * PAGE, SIZE_MAX }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		assert_int_equal(segment_is_in(&row[i].segment, areas, AREAS),
				 row[i].is_in);
}

static void the_first_beyond_is_told(void **state)
{
	const struct kexec_segment segments[] = {
		SEGMENT(16 * PAGE, 2), SEGMENT(24 * PAGE, 8),
		SEGMENT(40 * PAGE, 1), SEGMENT(0, 1),
	};

	(void)state;
	assert_ptr_equal(segment_beyond(segments, 4, areas, AREAS),
			 &segments[2]);
	assert_null(segment_beyond(segments, 2, areas, AREAS));
	assert_null(segment_beyond(segments, 0, areas, AREAS));
	assert_ptr_equal(segment_beyond(segments, 2, areas, 0), &segments[0]);
}

/* ---- LPI tables ---- */

static const struct trans_range table = { 16 * PAGE, 2 * PAGE };

static void a_segment_meets_a_table(void **state)
{
	static const struct {
		struct kexec_segment segment;
		bool meets;
	} row[] = {
		{ SEGMENT(16 * PAGE, 2), true },
		{ SEGMENT(17 * PAGE, 1), true },
		{ SEGMENT(18 * PAGE, 1), false },
		{ SEGMENT(15 * PAGE, 1), false },
		{ SEGMENT(15 * PAGE, 2), true },
		{ SEGMENT(8 * PAGE, 64), true },
		{ SEGMENT(0, 16), false },
		{ SEGMENT(16 * PAGE, 0), false },
		{ SEGMENT(17 * PAGE, 0), false },
		{ SEGMENT(0 - PAGE, 1), false },
	};
	static const struct trans_range none = { 16 * PAGE, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		assert_int_equal(segment_meets(&row[i].segment, &table),
				 row[i].meets);
		assert_false(segment_meets(&row[i].segment, &none));
	}
}

static const struct kexec_segment apart[] = {
	SEGMENT(0, 16), SEGMENT(18 * PAGE, 8),
};
static const struct kexec_segment over[] = {
	SEGMENT(0, 4), SEGMENT(17 * PAGE, 8),
};

/* Whoever else was told of the table, and whatever is started. */
static void nothing_goes_over_a_table(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		const char *why = NULL;

		assert_int_equal(lpi_table_refused(over, 2, i & 1, &table,
						   i & 2, &why),
				 TRANS_EOVERLAP);
		assert_string_equal(why, "a segment lies where an LPI table is "
				    "in use");
	}
}

static void a_table_that_is_not_reserved(void **state)
{
	static const struct trans_range none = { 16 * PAGE, 0 };
	const char *why = NULL;

	(void)state;
	assert_int_equal(lpi_table_refused(apart, 2, false, &table, true,
					   &why), 0);
	assert_int_equal(lpi_table_refused(apart, 2, true, &table, false,
					   &why), 0);
	assert_int_equal(lpi_table_refused(apart, 2, false, &none, false,
					   &why), 0);
	assert_null(why);
	assert_int_equal(lpi_table_refused(apart, 2, false, &table, false,
					   &why), TRANS_ESTATE);
	assert_string_equal(why, "LPIs are on, and nobody reserves their "
			    "tables");
}

/* QEMU's, of 16 bits: 0xe000 bytes, of which the next kernel clears 0x10000. */
static void a_table_is_whole_64k(void **state)
{
	static const struct trans_range cases[][2] = {
		{ { PAGE, 0xe000 }, { PAGE, 0x10000 } },
		{ { PAGE, 0x2000 }, { PAGE, 0x10000 } },
		{ { PAGE, 0x10000 }, { PAGE, 0x10000 } },
		{ { PAGE, 0x10001 }, { PAGE, 0x20000 } },
		{ { PAGE, 0 }, { PAGE, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct trans_range whole = lpi_table_whole(cases[i][0]);

		assert_int_equal(whole.start, cases[i][1].start);
		assert_int_equal(whole.len, cases[i][1].len);
	}
}

static void a_part_is_not_reserved(void **state)
{
	(void)state;
	assert_true(range_is_in(&table, 16 * PAGE, 2 * PAGE));
	assert_true(range_is_in(&table, 0, 64 * PAGE));
	assert_false(range_is_in(&table, 16 * PAGE, 1 * PAGE));
	assert_false(range_is_in(&table, 17 * PAGE, 1 * PAGE));
	assert_false(range_is_in(&table, 17 * PAGE, 47 * PAGE));
	assert_false(range_is_in(&table, 0, 17 * PAGE));
	assert_false(range_is_in(&table, 0, 16 * PAGE));
	assert_false(range_is_in(&table, 18 * PAGE, 46 * PAGE));
	assert_false(range_is_in(&table, 0, 4 * PAGE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_segment_is_in_one_area),
		cmocka_unit_test(the_first_beyond_is_told),
		cmocka_unit_test(a_segment_meets_a_table),
		cmocka_unit_test(nothing_goes_over_a_table),
		cmocka_unit_test(a_table_that_is_not_reserved),
		cmocka_unit_test(a_table_is_whole_64k),
		cmocka_unit_test(a_part_is_not_reserved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
