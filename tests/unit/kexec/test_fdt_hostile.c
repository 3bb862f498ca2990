/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * No damaged device tree, no odd address and no small buffer does more than
 * return an error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "tests/unit/support/trees.h"

/* ---- editing ---- */

static void test_alignment(void **state)
{
	struct tree from, moved, to;
	int shift;

	(void)state;
	tree_usual(&from);
	assert_int_equal(fdt_pack(from.fdt), 0);
	for (shift = 1; shift < 8; shift++) {
		size_t len = TREE_LEN - (size_t)shift;

		memmove(moved.fdt + shift, from.fdt, len);
		edit_refused(moved.fdt + shift, len, to.fdt,
			     -FDT_ERR_ALIGNMENT);
		edit_refused(from.fdt, TREE_LEN, to.fdt + shift,
			     -FDT_ERR_ALIGNMENT);
	}
}

/* A structure block at an odd address, in an otherwise faultless tree. */
static void test_struct_alignment(void **state)
{
	struct tree from, moved, to;
	uint32_t at;

	(void)state;
	tree_usual(&from);
	assert_int_equal(fdt_pack(from.fdt), 0);
	moved = from;
	at = fdt_off_dt_struct(from.fdt);
	memcpy(moved.fdt + at + 2, from.fdt + at, fdt_totalsize(from.fdt) - at);
	fdt_set_off_dt_struct(moved.fdt, at + 2);
	fdt_set_off_dt_strings(moved.fdt, fdt_off_dt_strings(from.fdt) + 2);
	fdt_set_totalsize(moved.fdt, fdt_totalsize(from.fdt) + 2);
	edit_refused(moved.fdt, TREE_LEN, to.fdt, -FDT_ERR_ALIGNMENT);
	memory_refused(&moved, -FDT_ERR_ALIGNMENT);
}

/* The versions that libfdt 1.6's own check does not see through: before 16 it
 * follows a null pointer, in 16 it lets strings pass that are out of bounds. */
static void test_versions(void **state)
{
	struct trans_fdt_edit how = { 0 };
	struct tree from, to;
	uint32_t version;

	(void)state;
	tree_usual(&from);
	for (version = 0; version < 20; version++) {
		fdt_set_version(from.fdt, version);
		fdt_set_last_comp_version(from.fdt, version);
		if (version == 17) {
			edit_ok(&from, &to, &how);
		} else {
			edit_refused(from.fdt, TREE_LEN, to.fdt,
				     -FDT_ERR_BADVERSION);
			memory_refused(&from, -FDT_ERR_BADVERSION);
		}
	}
}

/* ---- room ---- */

static int edit_into(const struct tree *from, size_t room,
		     struct trans_error *err)
{
	struct source source = { 0 };
	struct trans_fdt_edit how = { "root=/dev/nowhere", { GIB, GIB },
				      .random = tree_random,
				      .random_ctx = &source };
	void *to = malloc(room ? room : 1); /* its end is ASan's */
	int rc;

	assert_non_null(to);
	rc = trans_fdt_edit(from->fdt, TREE_LEN, to, room, &how, err);
	if (!rc) {
		assert_int_equal(fdt_check_full(to, room), 0);
		assert_true(fdt_totalsize(to) <= room);
	}
	free(to);
	return rc;
}

/* Too small up to some size, and from there on never again. */
static void test_every_room(void **state)
{
	struct tree from;
	size_t room, enough = 0;

	(void)state;
	tree_usual(&from);
	assert_int_equal(fdt_pack(from.fdt), 0);
	for (room = 0; room < 2048; room++) {
		struct trans_error err = { 0 };
		int rc = edit_into(&from, room, &err);

		assert_int_equal(rc, enough || !rc ? 0 : TRANS_ENOSPC);
		assert_int_equal(err.status, rc);
		if (rc)
			assert_string_equal(err.why,
					    fdt_strerror(-FDT_ERR_NOSPACE));
		else if (!enough)
			enough = room;
	}
	assert_true(enough > fdt_totalsize(from.fdt));
	assert_true(enough < fdt_totalsize(from.fdt) + 512);
}

static int big_edit(const void *from, size_t from_len, size_t args)
{
	size_t room = 2 * (size_t)TRANS_FDT_MAX_LEN;
	char *to = malloc(room), *bootargs = malloc(args + 1);
	struct trans_fdt_edit how = { .bootargs = bootargs };
	int rc;

	memset(bootargs, 'x', args);
	bootargs[args] = 0;
	rc = trans_fdt_edit(from, from_len, to, room, &how, NULL);
	if (!rc)
		assert_true(fdt_totalsize(to) <= TRANS_FDT_MAX_LEN);
	free(bootargs);
	free(to);
	return rc;
}

/* 2 MiB is the end even where there is more room. */
static void test_two_mib(void **state)
{
	size_t max = TRANS_FDT_MAX_LEN;
	struct tree from;
	char *big = malloc(2 * max);

	(void)state;
	tree_usual(&from);
	assert_int_equal(big_edit(from.fdt, TREE_LEN, max - TREE_LEN), 0);
	assert_int_equal(big_edit(from.fdt, TREE_LEN, max - 64), TRANS_ENOSPC);
	assert_int_equal(big_edit(from.fdt, TREE_LEN, max - 1), TRANS_ENOSPC);
	assert_int_equal(big_edit(from.fdt, TREE_LEN, max), TRANS_ENOSPC);
	assert_int_equal(big_edit(from.fdt, TREE_LEN, max + 1), TRANS_ENOSPC);
	assert_int_equal(fdt_open_into(from.fdt, big, (int)max), 0);
	assert_int_equal(big_edit(big, 2 * max, 1), 0);
	assert_int_equal(fdt_open_into(from.fdt, big, (int)max + 8), 0);
	/* padding is not carried over, however much there is */
	assert_int_equal(big_edit(big, 2 * max, 1), 0);
	free(big);
}

/* ---- hostile trees ---- */

static bool is_sane(int rc)
{
	return !rc || rc == TRANS_EFDT || rc == TRANS_ENOSPC ||
	       rc == TRANS_ERANGE || rc == TRANS_ENOENT;
}

/* All three on @len bytes with ASan at their end. An accepted tree becomes an
 * accepted tree. Returns how many said yes. */
static int feed(const char *bytes, size_t len)
{
	struct source source = { 0 };
	struct trans_fdt_edit how = { "abc", { GIB, GIB },
	.random = tree_random,
				      .random_ctx = &source };
	char *from = malloc(len ? len : 1);
	struct trans_range initrd;
	struct sets sets;
	struct tree to;
	int edited, read, found;

	memcpy(from, bytes, len);
	sets_init(&sets, SLOTS, SLOTS);
	edited = trans_fdt_edit(from, len, to.fdt, TREE_LEN, &how, NULL);
	read = trans_fdt_memory(from, len, &sets.ram, &sets.reserved, NULL);
	found = trans_fdt_initrd(from, len, &initrd, NULL);
	assert_memory_equal(from, bytes, len);
	assert_true(is_sane(edited) && is_sane(read) && is_sane(found));
	if (!edited)
		assert_int_equal(fdt_check_full(to.fdt, TREE_LEN), 0);
	free(from);
	return !edited + !read + !found;
}

static void test_truncated(void **state)
{
	struct tree tree, cut;
	uint32_t len, all;
	int accepted = 0;

	(void)state;
	tree_usual(&tree);
	assert_int_equal(fdt_pack(tree.fdt), 0);
	all = fdt_totalsize(tree.fdt);
	for (len = 0; len < all; len++) {
		assert_int_equal(feed(tree.fdt, len), 0);
		cut = tree;
		fdt_set_totalsize(cut.fdt, len);
		accepted += feed(cut.fdt, len);
	}
	assert_int_equal(accepted, 0);
	assert_int_equal(feed(tree.fdt, all), 3);
}

static void test_flipped(void **state)
{
	static const uint8_t flip[] = { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20,
					0x40, 0x80, 0xff, 0x7f };
	struct tree tree;
	size_t at, i, all;
	int accepted = 0;

	(void)state;
	tree_usual(&tree);
	assert_int_equal(fdt_pack(tree.fdt), 0);
	all = fdt_totalsize(tree.fdt);
	for (at = 0; at < all; at++)
		for (i = 0; i < sizeof(flip); i++) {
			tree.fdt[at] = (char)(tree.fdt[at] ^ flip[i]);
			accepted += feed(tree.fdt, all);
			tree.fdt[at] = (char)(tree.fdt[at] ^ flip[i]);
		}
	/* Values and names may be anything: it is not all refused. */
	assert_true(accepted > 0);
	assert_int_equal(feed(tree.fdt, all), 3);
}

/* Several words at once, each 0, small, or near a power of two: what lengths,
 * offsets and tags look like when they lie. */
static void test_scrambled(void **state)
{
	static const uint32_t words[] = { 0, 1, 2, 3, 4, 9, 16, 17, 0x7fffffff,
					  0x80000000, 0xffffffff, 0xfffffffc };
	uint64_t seed = 1;
	struct tree tree, bad;
	size_t all;
	int i, j;

	(void)state;
	tree_usual(&tree);
	assert_int_equal(fdt_pack(tree.fdt), 0);
	all = fdt_totalsize(tree.fdt);
	for (i = 0; i < 20000; i++) {
		bad = tree;
		for (j = 0; j <= i % 3; j++) {
			seed = seed * 6364136223846793005u + 1;
			fdt32_st(bad.fdt + (seed >> 40) % (all / 4) * 4,
				 words[(seed >> 20) % 12]);
		}
		feed(bad.fdt, all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_struct_alignment),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_every_room),
		cmocka_unit_test(test_two_mib),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_scrambled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
