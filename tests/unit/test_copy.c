/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Copy: what it promises, as properties over random source tables that were
 * written by hand and are interpreted by the reference walker; and, by name,
 * the bugs that its ancestors shipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "spans.h"

#define B(n) (1ULL << (n))
#define MIB B(20)
#define GIB B(30)

static const trans_present_fn presents[] = {
	trans_present_linux,
	trans_present_linux_7_1,
	trans_present_linux_7_1_ng,
};

/* A source, the range of it to copy, and where to. */
struct scene {
	struct world w;
	struct source s;
	struct trans_table view, dst;
	struct trans_geometry geo; /* of @dst */
	uint64_t src_va, dst_va, len;
	struct trans_report r;
	unsigned int flags;
};

/* ---- scenes ---- */

/* The half (or regime) beside @variant that keeps attributes as they are. */
static unsigned int sibling(unsigned int variant, uint64_t choice)
{
	static const uint8_t two[] = { 0, 1, 3, 4 };

	return variant == 2 ? 2 : two[choice % 4];
}

static void any_range(struct scene *c)
{
	const struct walk_params *cpu = &c->w.cpu;
	uint64_t pages = B(cpu->iasize - cpu->granulebits);
	uint64_t a = rnd(&c->w.seed) % pages, b = rnd(&c->w.seed) % pages;

	if (rnd(&c->w.seed) & 1) { /* near what an entry spans */
		unsigned int shift = walker_span(cpu, walker_start(cpu)) -
				     cpu->granulebits;

		a &= ~(B(shift) - 1);
		b |= B(shift) - 1;
	}
	if (rnd(&c->w.seed) % 3 == 0) {
		a = 0;
		b = pages - 1;
	}
	if (a > b) {
		uint64_t t = a;

		a = b;
		b = t;
	}
	c->src_va = half_in(cpu, a << cpu->granulebits);
	c->len = (b - a + 1) << cpu->granulebits;
}

static void make_dst(struct scene *c, struct trans_table *t)
{
	assert_int_equal(trans_table_create(t, &c->geo, 0, &c->w.m.ops, &c->w.m,
					    NULL), 0);
}

static void scene_open(struct scene *c, const struct shape *shape,
		       unsigned int variant, uint64_t seed)
{
	enum rule rule = variant == 2 ? seed % 2 : seed % 3;
	struct walk_params to;

	memset(c, 0, sizeof(*c));
	world_open(&c->w, shape, variant, seed >> 2 & 1, 72, seed);
	source_grow(&c->s, &c->w, rule);
	world_attach(&c->w, &c->w.geo, &c->w.cpu, presents[rule], &c->view);
	any_range(c);
	c->geo = world_geometry(shape, sibling(variant, rnd(&c->w.seed)));
	make_dst(c, &c->dst);
	to = world_finished(&c->w, &c->dst);
	c->dst_va = half_in(&to, c->src_va);
}

static void scene_close(struct scene *c)
{
	trans_table_destroy(&c->dst);
	source_free(&c->s);
	world_close(&c->w);
}

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
static struct spans copied(const struct scene *c, uint64_t va, uint64_t len,
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

static struct spans whole(struct scene *c, const struct trans_table *t)
{
	struct walk_params cpu = world_finished(&c->w, t);

	return spans_of(&cpu, half_first(&cpu), half_last(&cpu));
}

/* Fails the test unless @t is @want; consumes neither. */
static void check_is(struct scene *c, const struct trans_table *t,
		     const struct spans *want)
{
	struct spans have = whole(c, t);
	const struct span *d = spans_difference(&have, want);

	if (d)
		fail_msg("%s, flags %x, %llx+%llx: differs at %llx+%llx, pa "
			 "%llx, bits %llx", c->w.name, c->flags,
			 (unsigned long long)c->src_va,
			 (unsigned long long)c->len, (unsigned long long)d->va,
			 (unsigned long long)d->len, (unsigned long long)d->pa,
			 (unsigned long long)d->bits);
	spans_free(&have);
}

static int copy_range(struct scene *c, struct trans_table *dst, uint64_t offset,
		      uint64_t len, unsigned int flags)
{
	c->flags = flags;
	return trans_table_copy(dst, c->dst_va + offset, &c->view,
				c->src_va + offset, len, flags, &c->r);
}

/* Copy with the estimate compared. @return: 0, or TRANS_ENOMEM. */
static int copy(struct scene *c, struct trans_table *dst, unsigned int flags)
{
	unsigned long allocs = c->w.m.allocs;
	uint32_t pages = dst->pages;
	struct trans_stats est;
	int ret = copy_range(c, dst, 0, c->len, flags | TRANS_ESTIMATE);

	if (ret)
		fail_msg("%s, flags %x: estimate %d, %s at %llx, desc %llx",
			 c->w.name, flags, ret, c->r.error.why,
			 (unsigned long long)c->r.error.va,
			 (unsigned long long)c->r.error.desc);
	est = c->r.stats;
	assert_int_equal(c->w.m.allocs, allocs);
	ret = copy_range(c, dst, 0, c->len, flags);
	if (ret) {
		assert_int_equal(ret, TRANS_ENOMEM);
		assert_int_equal(dst->pages, pages);
		return ret;
	}
	assert_memory_equal(&est, &c->r.stats, offsetof(struct trans_stats,
							tables_freed));
	assert_memory_equal(est.leaves, c->r.stats.leaves, sizeof(est.leaves));
	assert_int_equal(c->w.m.allocs - allocs, est.tables);
	assert_int_equal(dst->pages, pages + est.tables -
				     c->r.stats.tables_freed);
	return 0;
}

/* Run @test on scenes of every shape; @n per shape. */
static void sweep(void (*test)(struct scene *c), unsigned int n)
{
	n *= world_scale();
	for (unsigned int i = 0; i < shape_count; i++)
		for (unsigned int k = 0; k < n; k++) {
			struct scene c;

			scene_open(&c, &shapes[i], (i + k) % VARIANTS,
				   1000 * i + k);
			test(&c);
			scene_close(&c);
		}
}

/* ---- properties ---- */

static void copy_is_identity(struct scene *c)
{
	struct spans want;

	source_hide(&c->s, true); /* what is invalid is a hole */
	want = copied(c, c->src_va, c->len, 0);
	if (!copy(c, &c->dst, 0))
		check_is(c, &c->dst, &want);
	spans_free(&want);
}

static void test_copy_is_identity(void **state)
{
	(void)state;
	sweep(copy_is_identity, 4);
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
		want = copied(c, c->src_va, c->len, flags[i]);
		source_hide(&c->s, true);
		if (!copy(c, &c->dst, flags[i]))
			check_is(c, &c->dst, &want);
		spans_free(&want);
		trans_table_destroy(&c->dst);
		make_dst(c, &c->dst);
	}
}

static void test_flags_say_what_they_do(void **state)
{
	(void)state;
	sweep(flags_say_what_they_do, 2);
}

static void noblock_makes_pages(struct scene *c)
{
	struct spans want;

	if (c->len >> (c->w.cpu.granulebits + 18))
		c->len = B(c->w.cpu.granulebits + 18);
	want = copied(c, c->src_va, c->len, 0);
	if (!copy(c, &c->dst, TRANS_NOBLOCK)) {
		check_is(c, &c->dst, &want);
		assert_int_equal(c->r.stats.leaves[0], 0);
		assert_int_equal(c->r.stats.leaves[1], 0);
		assert_int_equal(c->r.stats.leaves[2], 0);
	}
	spans_free(&want);
}

static void test_noblock_makes_pages(void **state)
{
	(void)state;
	sweep(noblock_makes_pages, 2);
}

static void copy_of_copy_is_the_copy(struct scene *c)
{
	unsigned int flags = TRANS_MKWRITE | (rnd(&c->w.seed) & TRANS_FOLD);
	struct trans_table again;
	struct spans want;

	make_dst(c, &again);
	if (!copy(c, &c->dst, flags)) {
		want = whole(c, &c->dst);
		if (!trans_table_copy(&again, c->dst_va, &c->dst, c->dst_va,
				      c->len, flags, &c->r)) {
			check_is(c, &again, &want);
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
	sweep(copy_of_copy_is_the_copy, 3);
}

static void two_halves_are_the_whole(struct scene *c)
{
	unsigned int flags = rnd(&c->w.seed) & (TRANS_FOLD | TRANS_NOEXEC);
	uint64_t middle = (rnd(&c->w.seed) % c->len) &
			  ~(B(c->w.cpu.granulebits) - 1);
	struct spans want = copied(c, c->src_va, c->len, flags);
	int ret = 0;

	if (middle)
		ret = copy_range(c, &c->dst, 0, middle, flags);
	if (!ret)
		ret = copy_range(c, &c->dst, middle, c->len - middle, flags);
	if (ret)
		assert_int_equal(ret, TRANS_ENOMEM);
	else
		check_is(c, &c->dst, &want);
	spans_free(&want);
}

static void test_two_halves_are_the_whole(void **state)
{
	(void)state;
	sweep(two_halves_are_the_whole, 3);
}

/* Equal, and no smaller tree can map the same. */
static void fold_is_minimal(struct scene *c)
{
	struct spans want = copied(c, c->src_va, c->len, 0);
	struct walk_params to = world_finished(&c->w, &c->dst);
	struct cost least = spans_cost(&to, &want);
	uint64_t leaves = 0;

	if (!copy(c, &c->dst, TRANS_FOLD)) {
		check_is(c, &c->dst, &want);
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
	sweep(fold_is_minimal, 4);
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
	if (!copy(c, &c->dst, rnd(&c->w.seed) & TRANS_FOLD))
		assert_int_equal(trans_table_pages(&c->dst, check_page, c,
						   NULL), 0);
}

static void test_contiguous_never_survives(void **state)
{
	(void)state;
	sweep(contiguous_never_survives, 2);
}

/* ---- failures ---- */

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
	ret = copy_range(c, &c->dst, 0, c->len, TRANS_REPLACE);
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
	assert_int_equal(copy_range(c, &c->dst, 0, c->len,
				    TRANS_REPLACE | TRANS_ESTIMATE), 0);
	calls = *calls_of(&c->w.m, kind);
	return calls + c->r.stats.tables;
}

/* Refuse each call that building makes: all is as before. Then it works. */
static void fail_each(struct scene *c, enum kind kind)
{
	static const int status[] = { TRANS_ENOMEM, TRANS_EFAULT, TRANS_EHOST };
	long balance = c->w.m.balance, acquired = c->w.m.acquired;
	struct spans before = whole(c, &c->dst);
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
		check_is(c, &c->dst, &before);
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
	sweep(allocations_fail, 1);
}

static void test_refused_phys_to_virt_is_undone(void **state)
{
	(void)state;
	sweep(phys_to_virt_refuses, 2);
}

static void test_refused_acquire_is_undone(void **state)
{
	bool watches = memory_watches_stores;

	(void)state;
	memory_watches_stores = true; /* else nobody is asked */
	sweep(acquire_refuses, 1);
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
		make_dst(c, &c->dst);
		furnish(c);
	}
}

static void test_late_refusal_frees_nothing_live(void **state)
{
	(void)state;
	sweep(refuse_late, 1);
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
	struct spans empty = whole(c, &c->dst);

	source_hide(&c->s, true);
	for (unsigned int i = 0; i < c->s.count && i < 8; i++) {
		uint64_t valid = c->s.hidden[i].valid;
		unsigned int shift = walker_span(&c->w.cpu,
						 c->s.hidden[i].level);
		uint64_t pa = leaf_pa(&c->w.cpu, valid, shift);
		int ret;

		c->w.m.bad_pfn = pa + B(shift) - 1;
		ret = copy_range(c, &c->dst, 0, c->len,
				 TRANS_MKVALID | TRANS_CHECKPFN);
		if (ret) {
			assert_int_equal(ret, TRANS_EPFN);
			shift = walker_span(&c->w.cpu, c->r.error.level);
			assert_true(c->w.m.bad_pfn - c->r.error.pa < B(shift));
			check_is(c, &c->dst, &empty);
		}
		trans_table_destroy(&c->dst);
		make_dst(c, &c->dst);
	}
	c->w.m.bad_pfn = 0;
	spans_free(&empty);
}

static void test_bad_pfns_are_named(void **state)
{
	(void)state;
	sweep(bad_pfns_are_named, 2);
}

/* ---- bugs that shipped, by number (reference/libraries.md part 0) ---- */

static const struct shape linux_4k = { 12, 48, 48, false };
static const struct shape lpa2_4k = { 12, 52, 52, true };
static const struct trans_attr ro = { TRANS_MEM_NORMAL, 0 };

/* A source of one path to one leaf of @level; the destination is like it. */
static void path_open(struct scene *c, const struct shape *shape, uint64_t va,
		      int level, uint64_t leaf, uint64_t table_bits)
{
	memset(c, 0, sizeof(*c));
	world_open(&c->w, shape, 1, 0, 32, 0);
	c->src_va = c->dst_va = half_first(&c->w.cpu) | va;
	world_path(&c->w, va, level, leaf, table_bits);
	world_attach(&c->w, &c->w.geo, &c->w.cpu, trans_present_linux,
		     &c->view);
	c->geo = c->w.geo;
	c->len = B(walker_span(&c->w.cpu, level));
	make_dst(c, &c->dst);
}

static void path_close(struct scene *c)
{
	trans_table_destroy(&c->dst);
	world_wipe(&c->w);
}

/* What the copy makes of @va, as the walker sees it. */
static struct walk seen(struct scene *c, uint64_t va)
{
	struct walk_params cpu = world_finished(&c->w, &c->dst);

	return walker(&cpu, va);
}

/* 1: four NULL checks of the wrong variable; 6: pages lost on -ENOMEM. */
static void test_bug_1_6_each_allocation_is_checked(void **state)
{
	struct trans_table t;
	struct scene c;

	(void)state;
	path_open(&c, &lpa2_4k, 0, 3, 0, 0);
	t = c.dst;
	for (unsigned int n = 1; n <= 4; n++) {
		c.w.m.allocs = 0;
		c.w.m.fail_at = n;
		assert_int_equal(trans_table_map(&t, c.dst_va, 0, 4096, &ro, 0,
						 NULL), TRANS_ENOMEM);
		assert_int_equal(t.pages, 1);
	}
	c.w.m.fail_at = 0;
	assert_int_equal(trans_table_map(&t, c.dst_va, 0, 4096, &ro, 0, NULL),
			 0);
	assert_int_equal(t.pages, 5);
	c.dst = t;
	path_close(&c);
}

/* Table descriptors of the tree, but those of the last level. */
static int no_table_attributes(void *arg, trans_pa_t pa, uint64_t len)
{
	struct scene *c = arg;
	const uint64_t *page = memory_at(&c->w.m, pa);

	for (uint64_t i = 0; i < len / 8; i++)
		if ((page[i] & 3) == 3 && page[i] & B(59))
			assert_int_equal(page[i], 0);
	return 0;
}

/* 2: PXNTable by accident of a NULL argument: nothing below is executable. */
static void test_bug_2_tables_carry_no_attributes(void **state)
{
	struct scene c;

	(void)state;
	path_open(&c, &linux_4k, 0, 2, 0x401 | B(54), 0);
	assert_true(seen(&c, c.dst_va).fault == WALK_TRANSLATION);
	assert_int_equal(copy_range(&c, &c.dst, 0, c.len, 0), 0);
	assert_true(seen(&c, c.dst_va).px);
	assert_int_equal(seen(&c, c.dst_va).tables >> 51, 0);
	path_close(&c);
	path_open(&c, &linux_4k, 0, 2, 0x401, B(59));
	assert_int_equal(copy_range(&c, &c.dst, 0, c.len, 0), 0);
	assert_false(seen(&c, c.dst_va).px); /* folded into the leaf */
	assert_int_equal(trans_table_pages(&c.dst, no_table_attributes, &c,
					   NULL), 0);
	path_close(&c);
}

/* 3: mkwrite that clears RDONLY only if dirty, or sets DBM only; and APTable[1]
 * that makes both void. At every leaf level, with every state of the bits. */
static void test_bug_3_mkwrite(void **state)
{
	struct scene c;

	(void)state;
	for (int level = 0; level <= 3; level++)
		for (unsigned int n = 0; n < 16; n++) {
			uint64_t leaf = (level == 3 ? 0x403 : 0x401);

			leaf |= (n & 1 ? B(7) : 0) | (n & 2 ? B(51) : 0) |
				(n & 4 ? B(55) : 0);
			path_open(&c, &lpa2_4k, 0, level, leaf,
				  n & 8 ? B(62) : 0);
			assert_int_equal(copy_range(&c, &c.dst, 0, c.len,
						    TRANS_MKWRITE), 0);
			assert_true(seen(&c, c.dst_va).pw);
			assert_true(seen(&c, c.dst_va).desc & B(51));
			assert_false(seen(&c, c.dst_va).desc & B(7));
			assert_int_equal(seen(&c, c.dst_va).level, level);
			path_close(&c);
		}
}

/* 4: MKVALID at level 3 only; 5: pfn_valid, over the length of the leaf. */
static void test_bug_4_5_mkvalid_at_every_level(void **state)
{
	struct scene c;

	(void)state;
	for (int level = 0; level <= 3; level++) {
		uint64_t leaf = B(40) | (level == 3 ? 0x402 : 0x400);
		unsigned int flags = TRANS_MKVALID | TRANS_CHECKPFN;

		path_open(&c, &lpa2_4k, 0, level, leaf, 0);
		c.w.m.bad_pfn = B(40) + c.len - 1;
		assert_int_equal(copy_range(&c, &c.dst, 0, c.len, flags),
				 TRANS_EPFN);
		assert_int_equal(c.r.error.level, level);
		assert_true(c.r.error.pa == B(40));
		c.w.m.bad_pfn = B(40) + c.len;
		assert_int_equal(copy_range(&c, &c.dst, 0, c.len, flags), 0);
		assert_true(seen(&c, c.dst_va + c.len - 1).pa ==
			    B(40) + c.len - 1);
		assert_int_equal(seen(&c, c.dst_va).level, level);
		path_close(&c);
	}
}

/* 4: an invalid entry with the table bit is never followed. */
static void test_bug_4_stale_table_pointers(void **state)
{
	struct scene c;

	(void)state;
	for (int level = -1; level < 3; level++) {
		path_open(&c, &lpa2_4k, 0, level, 0, 0);
		*world_path(&c.w, 0, level, 0, 0) =
			0x402 | world_address(&c.w.cpu, c.w.m.base);
		world_attach(&c.w, &c.w.geo, &c.w.cpu, trans_present_linux,
			     &c.view);
		assert_int_equal(copy_range(&c, &c.dst, 0, c.len, 0), 0);
		assert_int_equal(c.dst.pages, 1);
		assert_int_equal(copy_range(&c, &c.dst, 0, c.len,
					    TRANS_MKVALID | TRANS_TRUSTPFN),
				 TRANS_ECORRUPT);
		path_close(&c);
	}
}

static enum trans_presence always(uint64_t desc, int level)
{
	(void)desc;
	(void)level;
	return TRANS_PRESENT;
}

static enum trans_presence always_ng(uint64_t desc, int level)
{
	(void)desc;
	(void)level;
	return TRANS_PRESENT_NG;
}

/* The same when the host's rule calls everything a mapping; and nG by rule. */
static void test_mkvalid_with_a_careless_rule(void **state)
{
	unsigned int flags = TRANS_MKVALID | TRANS_TRUSTPFN;
	struct scene c;

	(void)state;
	path_open(&c, &linux_4k, 0, 2, 0x402, 0);
	world_attach(&c.w, &c.w.geo, &c.w.cpu, always, &c.view);
	assert_int_equal(copy_range(&c, &c.dst, 0, c.len, flags),
			 TRANS_ECORRUPT);
	path_close(&c);
	path_open(&c, &linux_4k, 0, 2, 0x400, 0);
	world_attach(&c.w, &c.w.geo, &c.w.cpu, always_ng, &c.view);
	assert_int_equal(copy_range(&c, &c.dst, 0, c.len, flags), 0);
	assert_true(seen(&c, c.dst_va).desc & B(11));
	path_close(&c);
}

static void test_present_rules(void **state)
{
	enum { NO = TRANS_ABSENT, YES = TRANS_PRESENT, WHO = TRANS_AMBIGUOUS,
	       GL = TRANS_PRESENT_GLOBAL, NG = TRANS_PRESENT_NG };
	static const struct {
		uint64_t desc;
		int level;
		int linux_old, linux_7_1, ng;
	} cases[] = {
		{ 0, 3, NO, NO, NO },
		{ 0x402, 3, YES, WHO, WHO },   /* VALID lost */
		{ 0xc02, 3, YES, GL, NG },     /* with bit 11 */
		{ 0x400, 2, YES, WHO, WHO },
		{ 0xc00, 1, YES, GL, NG },
		{ 0x002, 3, WHO, WHO, WHO },   /* no AF: swap, payload */
		{ 0x802, 3, WHO, WHO, WHO },
		{ 0x400, 3, WHO, WHO, WHO },   /* block type at level 3 */
		{ 0xc00, 3, WHO, WHO, WHO },
		{ 0xc02, 2, WHO, WHO, WHO },   /* table type above it */
		{ 0x1000, 2, WHO, WHO, WHO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t d = cases[i].desc;
		int level = cases[i].level;

		assert_int_equal(trans_present_linux(d, level),
				 cases[i].linux_old);
		assert_int_equal(trans_present_linux_7_1(d, level),
				 cases[i].linux_7_1);
		assert_int_equal(trans_present_linux_7_1_ng(d, level),
				 cases[i].ng);
	}
}

/* 7: an identity map above 48 bits needs level -1. */
static void test_bug_7_idmap_above_48_bits(void **state)
{
	struct trans_geometry geo = world_geometry(&lpa2_4k, 0);
	uint64_t pa = 0xdULL << 48 | 5 * GIB | 0x7000;
	struct trans_table t;
	struct walk_params cpu;
	struct world w;

	(void)state;
	world_open(&w, &lpa2_4k, 0, 0, 16, 0);
	assert_int_equal(trans_table_create(&t, &geo, 0, &w.m.ops, &w.m, NULL),
			 0);
	assert_int_equal(t.geo.start_level, -1);
	assert_int_equal(trans_table_idmap(&t, pa, 4096, &ro, 0, NULL), 0);
	cpu = world_finished(&w, &t);
	assert_true(walker(&cpu, pa + 9).pa == pa + 9);
	assert_int_equal(t.pages, 5);
	trans_table_destroy(&t);
	world_close(&w);
}

/* 8: the contiguous bit, where the range cuts a group. */
static void test_bug_8_cut_contiguous_group(void **state)
{
	static const unsigned int flags[] = { 0, TRANS_KEEPCONT };
	uint64_t *slot;
	struct scene c;

	(void)state;
	for (int f = 0; f < 2; f++) {
		path_open(&c, &linux_4k, 0, 3, 0, 0);
		slot = world_path(&c.w, 0, 3, 0, 0);
		for (unsigned int i = 0; i < 48; i++)
			slot[i] = B(52) | 0x403 | (uint64_t)i << 12;
		world_attach(&c.w, &c.w.geo, &c.w.cpu, NULL, &c.view);
		c.src_va += 8 * 4096;
		c.dst_va += 8 * 4096;
		assert_int_equal(copy_range(&c, &c.dst, 0, 39 * 4096, flags[f]),
				 0);
		for (unsigned int i = 8; i < 47; i++) {
			bool group = i >= 16 && i < 32;
			struct walk w = seen(&c, c.dst_va + (i - 8) * 4096);

			assert_int_equal(w.pa, i * 4096);
			assert_int_equal(w.desc >> 52 & 1, group && f);
		}
		path_close(&c);
	}
}

static int count_entries(void *arg, trans_pa_t pa, uint64_t len)
{
	struct scene *c = arg;
	const uint64_t *page = memory_at(&c->w.m, pa);

	for (uint64_t i = 0; i < len / 8; i++)
		c->len += page[i] != 0;
	return 0;
}

/* 9: pages come dirty (the arena fills them with 0xa5); the library zeroes. */
static void test_bug_9_pages_are_zeroed(void **state)
{
	struct scene c;

	(void)state;
	path_open(&c, &linux_4k, 0, 3, 0x403, 0);
	assert_int_equal(copy_range(&c, &c.dst, 0, 4096, 0), 0);
	c.len = 0;
	assert_int_equal(trans_table_pages(&c.dst, count_entries, &c, NULL), 0);
	assert_int_equal(c.len, 4);
	path_close(&c);
}

/* Linux 6.12 with five levels never allocates below an empty root entry. */
static void test_linux_6_12_five_levels_and_an_empty_root_entry(void **state)
{
	uint64_t far = 3ULL << 48 | 7 * GIB;
	struct scene c;

	(void)state;
	path_open(&c, &lpa2_4k, far, 3, 0x403 | B(30), 0);
	assert_int_equal(c.w.geo.start_level, -1);
	c.src_va = c.dst_va = half_first(&c.w.cpu);
	c.len = 1ULL << 52;
	assert_int_equal(copy(&c, &c.dst, 0), 0);
	assert_int_equal(c.dst.pages, 5);
	assert_true(seen(&c, c.dst_va | far).pa == B(30));
	assert_true(seen(&c, c.dst_va).fault == WALK_TRANSLATION);
	path_close(&c);
}

/* ---- sources and destinations that differ ---- */

static void test_mair_is_remapped_or_refused(void **state)
{
	struct scene c;

	(void)state;
	path_open(&c, &linux_4k, 0, 3, 0x403 | 1 << 2 | 3 << 8, 0);
	c.w.cpu.mair = 0x4400;
	world_attach(&c.w, &c.w.geo, &c.w.cpu, NULL, &c.view);
	trans_table_destroy(&c.dst);
	assert_int_equal(trans_table_create(&c.dst, &c.geo, 0x4404ff00ff,
					    &c.w.m.ops, &c.w.m, NULL), 0);
	assert_int_equal(copy_range(&c, &c.dst, 0, 4096, 0), 0);
	assert_int_equal(seen(&c, c.dst_va).attr, 0x44);
	assert_int_equal(seen(&c, c.dst_va).desc >> 2 & 7, 4);
	trans_table_destroy(&c.dst);
	assert_int_equal(trans_table_create(&c.dst, &c.geo, 0xff04, &c.w.m.ops,
					    &c.w.m, NULL), 0);
	assert_int_equal(copy_range(&c, &c.dst, 0, 4096, 0), TRANS_EUNREPR);
	assert_int_equal(c.dst.pages, 1);
	path_close(&c);
}

/* Arena pages must be within the destination's size too: they are low here. */
static void test_output_too_wide_is_refused(void **state)
{
	static const struct shape wide = { 12, 39, 32, false };
	struct trans_geometry source;
	struct trans_regs regs;
	struct scene c;

	(void)state;
	for (int level = 1; level <= 3; level++) {
		path_open(&c, &wide, 0, level,
			  B(36) | (level == 3 ? 0x403 : 0x401), 0);
		c.w.cpu.oasize = 40;
		assert_int_equal(walker(&c.w.cpu, c.src_va).pa, B(36));
		assert_int_equal(trans_geometry_init(&source, TRANS_EL1_0,
						     TRANS_4K, 39, 40,
						     TRANS_GEO_UPPER, NULL), 0);
		regs = (struct trans_regs){ .ttbr = c.w.cpu.ttbr,
					    .tcr = world_tcr(&c.w.cpu),
					    .mair = c.w.cpu.mair };
		assert_int_equal(trans_table_attach(&c.view, &source, &regs,
						    NULL, &c.w.m.ops, &c.w.m,
						    NULL), 0);
		assert_int_equal(copy_range(&c, &c.dst, 0, c.len, 0),
				 TRANS_EUNREPR);
		assert_int_equal(c.dst.pages, 1);
		path_close(&c);
	}
}

/* Hardware dirty state is part of what a source means: a clean writable page
 * (DBM, AP[2]) is writable, and EL1 cannot execute what EL0 can so write. The
 * copy is walked without HD. */
static void test_hardware_dirty_state_is_resolved(void **state)
{
	static const struct shape shape = { 12, 48, 48, false };
	struct trans_geometry el2 = world_geometry(&shape, 2);
	struct walk before, after;
	struct scene c;

	(void)state;
	path_open(&c, &linux_4k, 0, 3, 0x403 | B(51) | B(7) | B(6), 0);
	c.w.cpu.ha = c.w.cpu.hd = true;
	world_attach(&c.w, &c.w.geo, &c.w.cpu, NULL, &c.view);
	before = walker(&c.w.cpu, c.src_va);
	assert_true(before.pw && before.uw && !before.px);
	assert_int_equal(copy_range(&c, &c.dst, 0, 4096, 0), 0);
	after = seen(&c, c.dst_va);
	assert_true(after.pw && after.uw && !after.px);
	trans_table_destroy(&c.dst);
	c.geo = el2;
	make_dst(&c, &c.dst);
	c.dst_va = 0;
	assert_int_equal(copy_range(&c, &c.dst, 0, 4096, 0), 0);
	after = seen(&c, 0);
	assert_true(after.pw && !after.px);
	path_close(&c);
}

/* Each leaf is held against the source's own address size, also within a run
 * of alike ones. */
static void test_run_past_the_source_address_size(void **state)
{
	static const struct shape narrow = { 12, 48, 40, false };
	struct scene c;
	uint64_t *slot;

	(void)state;
	path_open(&c, &narrow, 0, 3, 0, 0);
	slot = world_path(&c.w, 0, 3, 0, 0);
	slot[0] = 0x403 | (B(40) - 4096);
	slot[1] = 0x403 | B(40);
	world_attach(&c.w, &c.w.geo, &c.w.cpu, NULL, &c.view);
	assert_int_equal(walker(&c.w.cpu, c.src_va + 4096).fault,
			 WALK_ADDRESS_SIZE);
	trans_table_destroy(&c.dst);
	c.geo = world_geometry(&linux_4k, 1);
	make_dst(&c, &c.dst);
	assert_int_equal(copy_range(&c, &c.dst, 0, 2 * 4096, 0),
			 TRANS_ECORRUPT);
	path_close(&c);
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
		cmocka_unit_test(test_failed_allocations_are_undone),
		cmocka_unit_test(test_refused_phys_to_virt_is_undone),
		cmocka_unit_test(test_refused_acquire_is_undone),
		cmocka_unit_test(test_bad_pfns_are_named),
		cmocka_unit_test(test_bug_1_6_each_allocation_is_checked),
		cmocka_unit_test(test_bug_2_tables_carry_no_attributes),
		cmocka_unit_test(test_bug_3_mkwrite),
		cmocka_unit_test(test_bug_4_5_mkvalid_at_every_level),
		cmocka_unit_test(test_bug_4_stale_table_pointers),
		cmocka_unit_test(test_mkvalid_with_a_careless_rule),
		cmocka_unit_test(test_present_rules),
		cmocka_unit_test(test_bug_7_idmap_above_48_bits),
		cmocka_unit_test(test_bug_8_cut_contiguous_group),
		cmocka_unit_test(test_bug_9_pages_are_zeroed),
		cmocka_unit_test(
			test_linux_6_12_five_levels_and_an_empty_root_entry),
		cmocka_unit_test(test_mair_is_remapped_or_refused),
		cmocka_unit_test(test_output_too_wide_is_refused),
		cmocka_unit_test(test_hardware_dirty_state_is_resolved),
		cmocka_unit_test(test_run_past_the_source_address_size),
		cmocka_unit_test(test_late_refusal_frees_nothing_live),
	};

	int failed = cmocka_run_group_tests_name("copy", tests, NULL, NULL);

	memory_watches_stores = false;
	return failed | cmocka_run_group_tests_name("copy, stores unwatched",
						    tests, NULL, NULL);
}
