/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The tables of a saved kernel, found without knowing its CPU, in each shape
 * that Linux gives them; and not where they lead nowhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/resume_world.h"
#include "tools/trans/kernel.h"

static struct resume_world w;
static struct contents contents;
static struct kernel kernel;

static void read_it(void)
{
	struct trans_error err;

	world_write_disk(&w);
	assert_int_equal(contents_open(&contents, &w.block, 0, &err), 0);
	assert_int_equal(contents_read(&contents, &err), 0);
	kernel_find(&kernel, &contents);
}

static void close_it(void)
{
	contents_close(&contents);
	world_end(&w);
}

static void shapes(void **state)
{
	static const struct saved shapes[] = {
		{ .page_shift = 12, .va_bits = 48 },
		{ .page_shift = 12, .va_bits = 39 },
		{ .page_shift = 12, .va_bits = 52, .ds = true },
		{ .page_shift = 14, .va_bits = 47 },
		{ .page_shift = 14, .va_bits = 48 },
		{ .page_shift = 14, .va_bits = 52, .ds = true },
		{ .page_shift = 16, .va_bits = 42 },
		{ .page_shift = 16, .va_bits = 48 },
		{ .page_shift = 16, .va_bits = 52 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		struct saved saved = shapes[i];
		trans_va_t va;

		saved.base = 0x40000000;
		saved.len = 64 << saved.page_shift;
		world_save(&w, &saved);
		read_it();
		assert_true(kernel.tables);
		assert_int_equal(kernel.resume, w.resume_pa);
		assert_false(kernel.info);
		assert_false(kernel_linear(&kernel, w.text, &va));
		close_it();
	}
}

/* Its root was not saved; or there is nothing where it leads. */
static void no_tables(void **state)
{
	const struct saved saved = { .page_shift = 12, .va_bits = 48,
				     .base = 0x40000000, .len = 64 << 12 };

	(void)state;
	world_save(&w, &saved);
	world_mark(&w, w.ttbr1, w.page, PAGE_NONE);
	read_it();
	assert_false(kernel.tables);
	close_it();
	world_save(&w, &saved);
	world_mark(&w, w.text, w.page, PAGE_NONE);
	read_it();
	assert_false(kernel.tables);
	close_it();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(no_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
