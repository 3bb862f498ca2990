/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Numbers and ranges as a command line has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tools/trans/numbers.h"

static void numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0", 0 }, { "4096", 4096 }, { "0x40000000", 0x40000000 },
		{ "512M", 512ULL << 20 }, { "1g", 1ULL << 30 },
		{ "2T", 2ULL << 40 }, { "0x10K", 0x4000 },
		{ "0xffffffffffffffff", UINT64_MAX }, { "010", 10 },
	};
	static const char *const bad[] = {
		"", "x", "-1", "+1", " 1", "1 ", "1MM", "1X", "0x", "M",
		"0x10000000000000000", "18446744073709551616", "0x1000000T",
	};
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(number_of(good[i].text, &value));
		assert_int_equal(value, good[i].value);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(number_of(bad[i], &value));
}

static void ranges(void **state)
{
	static const char *const bad[] = {
		"", "1", "1+", "+1", "1-1", "2-1", "1+0", "1+1x", "1*2",
		"0xffffffffffffffff+2",
	};
	struct trans_range range;

	(void)state;
	assert_true(range_of("0x40000000+512M", &range));
	assert_int_equal(range.start, 0x40000000);
	assert_int_equal(range.len, 512 << 20);
	assert_true(range_of("1G-2G", &range));
	assert_int_equal(range.start, 1 << 30);
	assert_int_equal(range.len, 1 << 30);
	assert_true(range_of("0xffffffffffffffff+1", &range));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(range_of(bad[i], &range));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
