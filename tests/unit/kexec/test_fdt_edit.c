/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Device trees: what the edit leaves behind, and what it refuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "tests/unit/support/trees.h"

static void expect_prop(const struct tree *tree, const char *name,
			const void *value, int len)
{
	int got;
	const void *prop = fdt_getprop(tree->fdt, tree_path(tree, "/chosen"),
				       name,
				       &got);

	assert_non_null(prop);
	assert_int_equal(got, len);
	assert_memory_equal(prop, value, (size_t)len);
}

static void expect_no_prop(const struct tree *tree, const char *name)
{
	assert_null(fdt_getprop(tree->fdt, tree_path(tree, "/chosen"), name,
				NULL));
}

static void expect_u64(const struct tree *tree, const char *name,
		       uint64_t value)
{
	fdt64_t big = cpu_to_fdt64(value);

	expect_prop(tree, name, &big, sizeof(big));
}

static void expect_seeds(const struct tree *tree)
{
	uint8_t seed[128];

	memset(seed, 0xa1, 8);
	expect_prop(tree, "kaslr-seed", seed, 8);
	memset(seed, 0xa2, 128);
	expect_prop(tree, "rng-seed", seed, 128);
}

static void test_edit_all(void **state)
{
	struct source source = { 0 };
	struct trans_fdt_edit how = { "root=/dev/vda rw",
				      { 5 * GIB + 4096, 12345 },
				      .random = tree_random,
				      .random_ctx = &source };
	struct tree from, to;

	(void)state;
	tree_usual(&from);
	edit_ok(&from, &to, &how);
	expect_prop(&to, "bootargs", "root=/dev/vda rw", 17);
	expect_u64(&to, "linux,initrd-start", 5 * GIB + 4096);
	expect_u64(&to, "linux,initrd-end", 5 * GIB + 4096 + 12345);
	expect_prop(&to, "linux,booted-from-kexec", "", 0);
	expect_seeds(&to);
	assert_int_equal(source.calls, 2);
	assert_int_equal(source.lens[0], 8);
	assert_int_equal(source.lens[1], 128);
}

static void test_edit_nothing(void **state)
{
	struct trans_fdt_edit how = { 0 };
	struct tree from, to;

	(void)state;
	tree_usual(&from);
	tree_u64(&from, tree_path(&from, "/chosen"), "rng-seed", 1);
	edit_ok(&from, &to, &how);
	expect_prop(&to, "bootargs", "console=ttyAMA0", 16);
	expect_no_prop(&to, "linux,initrd-start");
	expect_no_prop(&to, "linux,initrd-end");
	expect_no_prop(&to, "kaslr-seed");
	expect_no_prop(&to, "rng-seed");
	expect_prop(&to, "linux,booted-from-kexec", "", 0);
}

static void test_edit_without_chosen(void **state)
{
	struct source source = { 0 };
	struct trans_fdt_edit how = { "", { GIB, 1 },
				      .random = tree_random,
				      .random_ctx = &source };
	struct tree from, to;

	(void)state;
	tree_empty(&from);
	edit_ok(&from, &to, &how);
	expect_prop(&to, "bootargs", "", 1);
	expect_u64(&to, "linux,initrd-end", GIB + 1);
	expect_seeds(&to);
	how = (struct trans_fdt_edit){ 0 };
	edit_ok(&from, &to, &how);
	expect_no_prop(&to, "bootargs");
}

/* An edited tree can be edited again, and says the same. */
static void test_edit_twice(void **state)
{
	struct source source = { 0 };
	struct trans_fdt_edit how = { "a", { GIB, 99 },
				      .random = tree_random,
				      .random_ctx = &source };
	struct tree from, once, twice;

	(void)state;
	tree_usual(&from);
	edit_ok(&from, &once, &how);
	source.calls = 0;
	edit_ok(&once, &twice, &how);
	assert_true(fdt_totalsize(once.fdt) < TREE_LEN / 4); /* is packed */
	assert_int_equal(fdt_totalsize(once.fdt), fdt_totalsize(twice.fdt));
	assert_memory_equal(once.fdt, twice.fdt, fdt_totalsize(once.fdt));
}

static void test_edit_keeps_memory(void **state)
{
	struct trans_fdt_edit how = { .bootargs = "x" };
	struct tree from, to;
	struct sets before, after;

	(void)state;
	tree_usual(&from);
	assert_int_equal(tree_read_memory(&from, &before, NULL), 0);
	edit_ok(&from, &to, &how);
	assert_int_equal(tree_read_memory(&to, &after, NULL), 0);
	assert_int_equal(after.ram.count, before.ram.count);
	assert_memory_equal(after.storage[0], before.storage[0],
			    before.ram.count * sizeof(struct trans_range));
	assert_int_equal(after.reserved.count, 2);
	expect_range(&after.reserved, 0, 0x48000000, 0x100000);
	expect_range(&after.reserved, 1, 0x50000000, 0x3000);
}

/* Equal entries go, however many and wherever; nearly equal ones stay. */
static void test_edit_reservations(void **state)
{
	static const uint64_t entry[][2] = {
		{ 0x49000000, 0x1234 }, { 0x49000000, 0x1235 },
		{ 0x49000000, 0x1234 }, { 0x49000000, 0x1234 },
		{ 0x49000001, 0x1233 }, { 0x49000000, 0x1234 },
	};
	struct trans_fdt_edit how = { 0 };
	struct tree from, to;
	uint64_t start, len;
	size_t i;

	(void)state;
	tree_usual(&from);
	for (i = 0; i < 6; i++)
		assert_int_equal(fdt_add_mem_rsv(from.fdt, entry[i][0],
						 entry[i][1]), 0);
	edit_ok(&from, &to, &how);
	assert_int_equal(fdt_num_mem_rsv(to.fdt), 3);
	assert_int_equal(fdt_get_mem_rsv(to.fdt, 0, &start, &len), 0);
	assert_int_equal(start, 0x50000000);
	assert_int_equal(fdt_get_mem_rsv(to.fdt, 1, &start, &len), 0);
	assert_int_equal(len, 0x1235);
	assert_int_equal(fdt_get_mem_rsv(to.fdt, 2, &start, &len), 0);
	assert_int_equal(len, 0x1233);
}

static uint64_t reservation(struct tree *tree, int n, uint64_t *len)
{
	uint64_t start;

	assert_int_equal(fdt_get_mem_rsv(tree->fdt, n, &start, len), 0);
	return start;
}

/* What must survive, and the initrd; each once, in an edit of an edit too. */
static void test_edit_reserve(void **state)
{
	static const struct trans_range keep[] = {
		{ 0x60000000, 0x1000 }, { 0x61234567, 1 },
		{ 0x62000000, 0 }, /* would end the block */
		{ 0x60000000, 0x1000 }, { 0x50000000, 0x3000 },
	};
	struct trans_fdt_edit how = { .initrd = { GIB, 99 }, .reserve = keep,
				      .reserve_count = 5 };
	struct tree from, once, twice;
	uint64_t len;

	(void)state;
	tree_usual(&from);
	edit_ok(&from, &once, &how);
	edit_ok(&once, &twice, &how);
	for (int again = 0; again < 2; again++) {
		struct tree *tree = again ? &twice : &once;

		assert_int_equal(fdt_num_mem_rsv(tree->fdt), 4);
		assert_int_equal(reservation(tree, 0, &len), 0x50000000);
		assert_int_equal(reservation(tree, 1, &len), 0x60000000);
		assert_int_equal(len, 0x1000);
		assert_int_equal(reservation(tree, 2, &len), 0x61234567);
		assert_int_equal(len, 1);
		assert_int_equal(reservation(tree, 3, &len), GIB);
		assert_int_equal(len, 99);
	}
	how.initrd = (struct trans_range){ 2 * GIB, 7 };
	edit_ok(&twice, &once, &how);
	assert_int_equal(fdt_num_mem_rsv(once.fdt), 4);
	assert_int_equal(reservation(&once, 3, &len), 2 * GIB);
}

static void test_edit_reserve_range(void **state)
{
	static const struct trans_range bad[] = { { GIB, 1 },
						  { UINT64_MAX - 5, 6 } };
	struct trans_fdt_edit how = { .reserve = bad, .reserve_count = 2 };
	struct trans_error err = { 0 };
	struct tree from, to;

	(void)state;
	tree_usual(&from);
	assert_int_equal(edit(&from, &to, &how, &err), TRANS_ERANGE);
	assert_string_equal(err.why, "reservation");
	assert_int_equal(err.pa, UINT64_MAX - 5);
	assert_int_equal(err.len, 6);
}

/* A kernel that ran after a crash starts one that did not. */
static void test_edit_after_crash(void **state)
{
	struct trans_fdt_edit how = { 0 };
	struct tree from, to;
	int chosen;

	(void)state;
	tree_usual(&from);
	chosen = tree_path(&from, "/chosen");
	tree_u64(&from, chosen, "linux,elfcorehdr", GIB);
	tree_u64(&from, chosen, "linux,kho-fdt", GIB);
	tree_u64(&from, chosen, "linux,kho-scratch", GIB);
	tree_u64(&from, tree_path(&from, "/chosen"),
		 "linux,usable-memory-range", GIB);
	edit_ok(&from, &to, &how);
	expect_no_prop(&to, "linux,elfcorehdr");
	expect_no_prop(&to, "linux,kho-fdt");
	expect_no_prop(&to, "linux,kho-scratch");
	expect_no_prop(&to, "linux,usable-memory-range");
}

/* What the kernel before measured is of no use to the next. */
static void test_edit_drops_the_ima_buffer(void **state)
{
	const fdt64_t buffer[2] = { cpu_to_fdt64(3 * GIB), cpu_to_fdt64(4096) };
	struct trans_fdt_edit how = { 0 };
	struct tree from, to;
	uint64_t start, len;

	(void)state;
	tree_usual(&from);
	assert_int_equal(fdt_setprop(from.fdt, tree_path(&from, "/chosen"),
				     "linux,ima-kexec-buffer", buffer,
				     sizeof(buffer)), 0);
	assert_int_equal(fdt_add_mem_rsv(from.fdt, 3 * GIB, 4096), 0);
	edit_ok(&from, &to, &how);
	expect_no_prop(&to, "linux,ima-kexec-buffer");
	for (int i = 0; i < fdt_num_mem_rsv(to.fdt); i++) {
		assert_int_equal(fdt_get_mem_rsv(to.fdt, i, &start, &len), 0);
		assert_true(start != 3 * GIB);
	}
}

static void test_edit_random_refuses(void **state)
{
	struct tree from, to;
	int at;

	(void)state;
	tree_usual(&from);
	for (at = 1; at <= 2; at++) {
		struct source source = { .refuse_at = at };
		struct trans_fdt_edit how = { NULL, { 0, 0 },
		.random = tree_random,
					      .random_ctx = &source };
		struct trans_error err = { 0 };

		assert_int_equal(edit(&from, &to, &how, &err), TRANS_EHOST);
		assert_int_equal(err.status, TRANS_EHOST);
		assert_string_equal(err.why, "random");
		assert_int_equal(source.calls, at);
	}
}

static void test_edit_initrd_range(void **state)
{
	struct trans_fdt_edit how = { .initrd = { UINT64_MAX - 4, 4 } };
	struct trans_error err = { 0 };
	struct tree from, to;

	(void)state;
	tree_usual(&from);
	edit_ok(&from, &to, &how);
	expect_u64(&to, "linux,initrd-end", UINT64_MAX);
	how.initrd.len = 5;
	assert_int_equal(edit(&from, &to, &how, &err), TRANS_ERANGE);
	assert_int_equal(err.status, TRANS_ERANGE);
	assert_int_equal(err.pa, UINT64_MAX - 4);
	assert_int_equal(err.len, 5);
}

static void test_edit_malformed(void **state)
{
	struct tree from, to;

	(void)state;
	tree_usual(&from);
	tree_u32(&from, tree_path(&from, "/chosen"), "linux,initrd-end", 1);
	edit_refused(from.fdt, TREE_LEN, to.fdt, -FDT_ERR_BADVALUE);
	fdt_set_magic(from.fdt, 0);
	edit_refused(from.fdt, TREE_LEN, to.fdt, -FDT_ERR_BADMAGIC);
	memory_refused(&from, -FDT_ERR_BADMAGIC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edit_all),
		cmocka_unit_test(test_edit_nothing),
		cmocka_unit_test(test_edit_without_chosen),
		cmocka_unit_test(test_edit_twice),
		cmocka_unit_test(test_edit_keeps_memory),
		cmocka_unit_test(test_edit_reservations),
		cmocka_unit_test(test_edit_random_refuses),
		cmocka_unit_test(test_edit_reserve),
		cmocka_unit_test(test_edit_reserve_range),
		cmocka_unit_test(test_edit_after_crash),
		cmocka_unit_test(test_edit_drops_the_ima_buffer),
		cmocka_unit_test(test_edit_initrd_range),
		cmocka_unit_test(test_edit_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
