/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Copy: what it promises, as properties over random source tables that were
 * written by hand and are interpreted by the reference walker.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/support/scenes.h"

/* ---- scenes ---- */

/* What @bits become by @flags. */
static uint64_t flagged(const struct scene *c, uint64_t bits,
			unsigned int flags)
{
	if (!bits)
		return 0;
	if (flags & TRANS_MKWRITE)
		bits = (bits & ~B(7)) | B(51);
	if (flags & TRANS_NOEXEC)
		bits |= B(54) | (c->w.cpu.regime == 2 ? 0 : B(53));
	return bits;
}

/* The whole half of the destination, when [@va, @va + @len) of the source was
 * copied into an empty one. */
static struct spans scene_copied(const struct scene *c, uint64_t va,
				 uint64_t len,
				 unsigned int flags)
{
	struct walk_params to = world_finished((struct world *)&c->w, &c->dst);
	struct spans s = spans_of(&c->w.cpu, va, va + (len - 1)), out = { 0 };
	uint64_t first = half_in(&to, va), last = first + (len - 1);

	if (first != half_first(&to))
		spans_add(&out, (struct span){ half_first(&to),
					       first - half_first(&to), 0, 0 });
	for (size_t i = 0; i < s.count; i++) {
		struct span span = s.v[i];

		span.va = half_in(&to, span.va);
		span.bits = flagged(c, span.bits, flags);
		spans_add(&out, span);
	}
	if (last != half_last(&to))
		spans_add(&out, (struct span){ last + 1, half_last(&to) - last,
					       0, 0 });
	spans_free(&s);
	return out;
}

/* ---- properties ---- */

static void copy_is_identity(struct scene *c)
{
	struct spans want;

	source_hide(&c->s, true); /* what is invalid is a hole */
	want = scene_copied(c, c->src_va, c->len, 0);
	if (!scene_copy(c, &c->dst, 0))
		scene_is(c, &c->dst, &want);
	spans_free(&want);
}

static void test_copy_is_identity(void **state)
{
	(void)state;
	scene_sweep(copy_is_identity, 4);
}

/* Each flag and all together, on the same source. */
static void flags_say_what_they_do(struct scene *c)
{
	static const unsigned int flags[] = {
		TRANS_MKWRITE, TRANS_NOEXEC, TRANS_FOLD,
		TRANS_MKVALID | TRANS_TRUSTPFN, TRANS_MKVALID | TRANS_CHECKPFN,
		TRANS_MKWRITE | TRANS_NOEXEC | TRANS_MKVALID | TRANS_CHECKPFN |
			TRANS_FOLD,
		TRANS_MKWRITE | TRANS_MKVALID | TRANS_TRUSTPFN,
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		struct spans want;

		source_hide(&c->s, !(flags[i] & TRANS_MKVALID));
		want = scene_copied(c, c->src_va, c->len, flags[i]);
		source_hide(&c->s, true);
		if (!scene_copy(c, &c->dst, flags[i]))
			scene_is(c, &c->dst, &want);
		spans_free(&want);
		trans_table_destroy(&c->dst);
		scene_make_dst(c, &c->dst);
	}
}

static void test_flags_say_what_they_do(void **state)
{
	(void)state;
	scene_sweep(flags_say_what_they_do, 2);
}

static void noblock_makes_pages(struct scene *c)
{
	struct spans want;

	if (c->len >> (c->w.cpu.granulebits + 18))
		c->len = B(c->w.cpu.granulebits + 18);
	want = scene_copied(c, c->src_va, c->len, 0);
	if (!scene_copy(c, &c->dst, TRANS_NOBLOCK)) {
		scene_is(c, &c->dst, &want);
		assert_int_equal(c->r.stats.leaves[0], 0);
		assert_int_equal(c->r.stats.leaves[1], 0);
		assert_int_equal(c->r.stats.leaves[2], 0);
	}
	spans_free(&want);
}

static void test_noblock_makes_pages(void **state)
{
	(void)state;
	scene_sweep(noblock_makes_pages, 2);
}

static void copy_of_copy_is_the_copy(struct scene *c)
{
	unsigned int flags = TRANS_MKWRITE | (rnd(&c->w.seed) & TRANS_FOLD);
	struct trans_table again;
	struct spans want;

	scene_make_dst(c, &again);
	if (!scene_copy(c, &c->dst, flags)) {
		want = scene_whole(c, &c->dst);
		if (!trans_table_copy(&again, c->dst_va, &c->dst, c->dst_va,
				      c->len, flags, &c->r)) {
			scene_is(c, &again, &want);
			assert_int_equal(again.pages, c->dst.pages);
			assert_int_equal(c->r.stats.mkwrite, 0);
		}
		spans_free(&want);
	}
	trans_table_destroy(&again);
}

static void test_copy_of_copy_is_the_copy(void **state)
{
	(void)state;
	scene_sweep(copy_of_copy_is_the_copy, 3);
}

static void two_halves_are_the_whole(struct scene *c)
{
	unsigned int flags = rnd(&c->w.seed) & (TRANS_FOLD | TRANS_NOEXEC);
	uint64_t middle = (rnd(&c->w.seed) % c->len) &
			  ~(B(c->w.cpu.granulebits) - 1);
	struct spans want = scene_copied(c, c->src_va, c->len, flags);
	int ret = 0;

	if (middle)
		ret = scene_copy_range(c, &c->dst, 0, middle, flags);
	if (!ret)
		ret = scene_copy_range(c, &c->dst, middle, c->len - middle,
				       flags);
	if (ret)
		assert_int_equal(ret, TRANS_ENOMEM);
	else
		scene_is(c, &c->dst, &want);
	spans_free(&want);
}

static void test_two_halves_are_the_whole(void **state)
{
	(void)state;
	scene_sweep(two_halves_are_the_whole, 3);
}

/* Equal, and no smaller tree can map the same. */
static void fold_is_minimal(struct scene *c)
{
	struct spans want = scene_copied(c, c->src_va, c->len, 0);
	struct walk_params to = world_finished(&c->w, &c->dst);
	struct cost least = spans_cost(&to, &want);
	uint64_t leaves = 0;

	if (!scene_copy(c, &c->dst, TRANS_FOLD)) {
		scene_is(c, &c->dst, &want);
		for (int i = 0; i < 4; i++)
			leaves += c->r.stats.leaves[i];
		if (c->dst.pages != 1 + least.tables || leaves != least.leaves)
			fail_msg("%s: %u tables, %llu leaves; least %llu, %llu",
				 c->w.name, c->dst.pages - 1,
				 (unsigned long long)leaves,
				 (unsigned long long)least.tables,
				 (unsigned long long)least.leaves);
	}
	spans_free(&want);
}

static void test_fold_is_minimal(void **state)
{
	(void)state;
	scene_sweep(fold_is_minimal, 4);
}

/* No leaf of a copy carries the contiguous bit (they are random in the source)
 * nor a software bit. */
static int check_page(void *arg, trans_pa_t pa, uint64_t len)
{
	struct scene *c = arg;
	const uint64_t *page = memory_at(&c->w.m, pa);

	for (uint64_t i = 0; i < len / 8; i++)
		if (page[i] & 1)
			assert_true((page[i] & (B(52) | 0xfULL << 55)) == 0);
	return 0;
}

static void contiguous_never_survives(struct scene *c)
{
	if (!scene_copy(c, &c->dst, rnd(&c->w.seed) & TRANS_FOLD))
		assert_int_equal(trans_table_pages(&c->dst, check_page, c,
						   NULL), 0);
}

static void test_contiguous_never_survives(void **state)
{
	(void)state;
	scene_sweep(contiguous_never_survives, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy_is_identity),
		cmocka_unit_test(test_flags_say_what_they_do),
		cmocka_unit_test(test_noblock_makes_pages),
		cmocka_unit_test(test_copy_of_copy_is_the_copy),
		cmocka_unit_test(test_two_halves_are_the_whole),
		cmocka_unit_test(test_fold_is_minimal),
		cmocka_unit_test(test_contiguous_never_survives),
	};

	int failed = cmocka_run_group_tests_name("copy", tests, NULL, NULL);

	memory_watches_stores = false;
	return failed | cmocka_run_group_tests_name("copy, unwatched",
						    tests, NULL, NULL);
}
