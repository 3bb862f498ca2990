/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Copy: whatever the host refuses, whenever, is undone, and nothing that lives
 * is freed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/support/scenes.h"

/* Something of its own in the destination, at several levels. */
static void furnish(struct scene *c)
{
	static const struct trans_attr rw = { TRANS_MEM_NORMAL, TRANS_WRITE };
	uint64_t page = B(c->w.cpu.granulebits);
	uint64_t at = c->dst_va + (c->len / 2 & ~(page - 1));

	for (uint64_t va = at; va - at < 3 * page && va - c->dst_va < c->len;
	     va += 2 * page)
		assert_int_equal(trans_table_map(&c->dst, va, 0, page, &rw,
						 TRANS_REPLACE, NULL), 0);
	assert_int_equal(trans_table_map(&c->dst, c->dst_va, 0, page, &rw,
					 TRANS_REPLACE, NULL), 0);
}

enum kind { ALLOC, MAP, ACQUIRE };

static unsigned long *calls_of(struct memory *m, enum kind kind)
{
	unsigned long *calls[] = { &m->allocs, &m->maps, &m->acquires };

	return calls[kind];
}

/* The copy with the n-th call of one kind refused; *@calls: how many there
 * were. */
static int copy_refused(struct scene *c, enum kind kind, unsigned long n,
			unsigned long *calls)
{
	struct memory *m = &c->w.m;
	unsigned long *triggers[] = { &m->fail_at, &m->refuse_map_at,
				      &m->refuse_acquire_at };
	int ret;

	*calls_of(m, kind) = 0;
	*triggers[kind] = n;
	ret = scene_copy_range(c, &c->dst, 0, c->len, TRANS_REPLACE);
	*triggers[kind] = 0;
	*calls = *calls_of(m, kind);
	return ret;
}

/* How many calls of @kind the copy makes until all is built: what an estimate
 * makes, and one for each page. */
static unsigned long calls_to_build(struct scene *c, enum kind kind)
{
	unsigned long calls;

	*calls_of(&c->w.m, kind) = 0;
	assert_int_equal(scene_copy_range(c, &c->dst, 0, c->len,
					  TRANS_REPLACE | TRANS_ESTIMATE), 0);
	calls = *calls_of(&c->w.m, kind);
	return calls + c->r.stats.tables;
}

/* Refuse each call that building makes: all is as before. Then it works. */
static void fail_each(struct scene *c, enum kind kind)
{
	static const int status[] = { TRANS_ENOMEM, TRANS_EFAULT, TRANS_EHOST };
	long balance = c->w.m.balance, acquired = c->w.m.acquired;
	struct spans before = scene_whole(c, &c->dst);
	unsigned long calls, last = calls_to_build(c, kind);
	uint32_t pages = c->dst.pages;

	for (unsigned long n = 1; n <= last && n < 200; n++) {
		int ret = copy_refused(c, kind, n, &calls);

		if (ret != status[kind])
			fail_msg("%s, n %lu of %lu: %d, not %d", c->w.name, n,
				 last, ret, status[kind]);
		assert_int_equal(c->w.m.balance, balance);
		assert_int_equal(c->w.m.acquired, acquired);
		assert_int_equal(c->dst.pages, pages);
		scene_is(c, &c->dst, &before);
	}
	spans_free(&before);
	assert_int_equal(copy_refused(c, kind, 0, &calls), 0);
	assert_int_equal(c->w.m.balance, c->s.pages + c->dst.pages);
}

/* Small ranges, because every step of each copy is failed. */
static void shorten(struct scene *c)
{
	uint64_t limit = B(walker_span(&c->w.cpu, 2) + 3);

	if (rnd(&c->w.seed) & 1 && c->len > limit)
		c->len = limit;
	furnish(c);
}

static void allocations_fail(struct scene *c)
{
	shorten(c);
	fail_each(c, ALLOC);
}

static void phys_to_virt_refuses(struct scene *c)
{
	shorten(c);
	fail_each(c, MAP);
}

static void acquire_refuses(struct scene *c)
{
	shorten(c);
	fail_each(c, ACQUIRE);
}

static void test_failed_allocations_are_undone(void **state)
{
	(void)state;
	scene_sweep(allocations_fail, 1);
}

static void test_refused_phys_to_virt_is_undone(void **state)
{
	(void)state;
	scene_sweep(phys_to_virt_refuses, 2);
}

static void test_refused_acquire_is_undone(void **state)
{
	bool watches = memory_watches_stores;

	(void)state;
	memory_watches_stores = true; /* else nobody is asked */
	scene_sweep(acquire_refuses, 1);
	memory_watches_stores = watches;
}

static int page_is_free(void *arg, trans_pa_t pa, uint64_t len)
{
	const struct memory *m = arg;

	(void)len;
	return !m->used[(pa - m->base) >> m->shift];
}

/* Refuse each call that comes after building, when what was replaced is given
 * back. A table that cannot be read then is lost with what it links to, which
 * no library can help; but nothing that is still linked may be freed. */
static void refuse_late(struct scene *c)
{
	unsigned long calls, n;

	shorten(c);
	for (n = calls_to_build(c, MAP) + 1; n < 200; n++) {
		long lost;

		copy_refused(c, MAP, n, &calls);
		if (calls < n)
			break;
		if (trans_table_pages(&c->dst, page_is_free, &c->w.m, NULL))
			fail_msg("%s: call %lu: a live table was freed",
				 c->w.name, n);
		trans_table_destroy(&c->dst);
		lost = c->w.m.balance - (long)c->s.pages;
		c->w.m.balance -= lost;
		if (c->w.m.ops.acquire)
			c->w.m.acquired -= lost;
		scene_make_dst(c, &c->dst);
		furnish(c);
	}
}

static void test_late_refusal_frees_nothing_live(void **state)
{
	(void)state;
	scene_sweep(refuse_late, 1);
}

/* Decode with the test's own encoder, bit by bit. */
static uint64_t leaf_pa(const struct walk_params *cpu, uint64_t desc,
			unsigned int shift)
{
	uint64_t pa = 0;

	for (; shift < 52; shift++)
		if (desc & world_address(cpu, B(shift)))
			pa |= B(shift);
	return pa;
}

/* CHECKPFN asks about every leaf that it revives, over its whole length. */
static void bad_pfns_are_named(struct scene *c)
{
	struct spans empty = scene_whole(c, &c->dst);

	source_hide(&c->s, true);
	for (unsigned int i = 0; i < c->s.count && i < 8; i++) {
		uint64_t valid = c->s.hidden[i].valid;
		unsigned int shift = walker_span(&c->w.cpu,
						 c->s.hidden[i].level);
		uint64_t pa = leaf_pa(&c->w.cpu, valid, shift);
		int ret;

		c->w.m.bad_pfn = pa + B(shift) - 1;
		ret = scene_copy_range(c, &c->dst, 0, c->len,
				       TRANS_MKVALID | TRANS_CHECKPFN);
		if (ret) {
			assert_int_equal(ret, TRANS_EPFN);
			shift = walker_span(&c->w.cpu, c->r.error.level);
			assert_true(c->w.m.bad_pfn - c->r.error.pa < B(shift));
			scene_is(c, &c->dst, &empty);
		}
		trans_table_destroy(&c->dst);
		scene_make_dst(c, &c->dst);
	}
	c->w.m.bad_pfn = 0;
	spans_free(&empty);
}

static void test_bad_pfns_are_named(void **state)
{
	(void)state;
	scene_sweep(bad_pfns_are_named, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failed_allocations_are_undone),
		cmocka_unit_test(test_refused_phys_to_virt_is_undone),
		cmocka_unit_test(test_refused_acquire_is_undone),
		cmocka_unit_test(test_bad_pfns_are_named),
		cmocka_unit_test(test_late_refusal_frees_nothing_live),
	};

	int failed = cmocka_run_group_tests_name("copy failures", tests, NULL,
						 NULL);

	memory_watches_stores = false;
	return failed | cmocka_run_group_tests_name("copy failures, unwatched",
						    tests, NULL, NULL);
}
