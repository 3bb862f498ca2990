/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Every operation that changes a table, against a model with one element a
 * page, over random sequences in each granule: result, estimate, statistics,
 * failure and balance. Then the operations that the model does not know.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <trans_table/inspect.h>
#include <trans_table/table_extra.h>

#include "tests/unit/support/memory.h"

#define MIB (1ULL << 20)
#define PAGES 8192
#define LINEAR 0xffff000000000000ULL

/* One page of the model. */
struct page {
	bool mapped;
	uint64_t pfn;
	unsigned int access;
};

struct world {
	struct memory m;
	struct trans_geometry geo;
	struct trans_table t;
	trans_va_t base;
	unsigned int shift;
	uint64_t seed;
	struct page model[PAGES];
};

static struct world w;

enum what { MAP, KEEP, REPLACE, UPGRADE, UNMAP, PROTECT, FOLD, WHATS };

struct step {
	enum what what;
	uint64_t first, count, pfn;
	unsigned int access;
	bool fold;
};

static struct step pick(void)
{
	static const unsigned int accesses[] = {
		0, TRANS_WRITE, TRANS_EXEC, TRANS_WRITE | TRANS_EXEC
	};
	struct step s = { .what = (enum what)(rnd(&w.seed) % WHATS) };
	uint64_t most = rnd(&w.seed) & 1 ? 16 : PAGES;

	s.first = rnd(&w.seed) % PAGES;
	if (rnd(&w.seed) & 1)
		s.first &= ~511ULL;
	s.count = 1 + rnd(&w.seed) % most;
	if (rnd(&w.seed) & 1)
		s.count = (s.count + 511) & ~511ULL;
	if (s.count > PAGES - s.first)
		s.count = PAGES - s.first;
	s.pfn = s.first + (rnd(&w.seed) & 1 ? 0 : rnd(&w.seed) % 1024);
	s.access = accesses[rnd(&w.seed) % 2];
	s.fold = rnd(&w.seed) & 1;
	return s;
}

static int run(const struct step *s, unsigned int extra, struct trans_report *r)
{
	static const unsigned int rule[] = { 0, TRANS_KEEP, TRANS_REPLACE,
					     TRANS_UPGRADE };
	struct trans_attr attr = { TRANS_MEM_NORMAL, s->access };
	trans_va_t va = w.base + (s->first << w.shift);
	uint64_t len = s->count << w.shift;

	switch (s->what) {
	case UNMAP:
		return trans_table_unmap(&w.t, va, len, extra, r);
	case PROTECT:
		return trans_table_protect(&w.t, va, len, s->access, extra, r);
	case FOLD:
		return trans_table_fold(&w.t, va, len, extra, r);
	default:
		return trans_table_map(&w.t, va, s->pfn << w.shift, len, &attr,
				       extra | rule[s->what] |
					       (s->fold ? TRANS_FOLD : 0),
				       r);
	}
}

/* Does the model say EEXIST? */
static bool collides(const struct step *s)
{
	for (uint64_t i = 0; i < s->count; i++) {
		const struct page *p = &w.model[s->first + i];

		if (!p->mapped || s->what == KEEP || s->what == REPLACE)
			continue;
		if (s->what == MAP || p->pfn != s->pfn + i ||
		    p->access != s->access)
			return s->what == MAP || s->what == UPGRADE;
	}
	return false;
}

static void apply(const struct step *s)
{
	for (uint64_t i = 0; i < s->count; i++) {
		struct page *p = &w.model[s->first + i];

		if (s->what == UNMAP)
			p->mapped = false;
		else if (s->what == PROTECT)
			p->access = s->access;
		else if (s->what != FOLD && !(s->what == KEEP && p->mapped))
			*p = (struct page){ true, s->pfn + i, s->access };
	}
}

static void check_model(void)
{
	for (uint64_t i = 0; i < PAGES; i++) {
		const struct page *p = &w.model[i];
		trans_va_t va = w.base + (i << w.shift);
		struct trans_leaf leaf;
		int ret = trans_table_query(&w.t, va, &leaf, NULL);

		assert_int_equal(ret, p->mapped ? 0 : TRANS_ENOENT);
		if (!p->mapped)
			continue;
		assert_int_equal(leaf.pa >> w.shift, p->pfn);
		assert_int_equal(leaf.writable, p->access & TRANS_WRITE);
		assert_int_equal(leaf.executable,
				 (p->access & TRANS_EXEC) != 0);
	}
}

static void one_step(bool fails)
{
	struct step s = pick();
	struct trans_report est, r;
	long before = w.m.balance;
	int expected, ret;

	expected = run(&s, TRANS_ESTIMATE, &est);
	assert_int_equal(expected, collides(&s) ? TRANS_EEXIST : 0);
	assert_int_equal(w.m.balance, before);
	w.m.allocs = 0;
	w.m.fail_at = fails ? 1 + rnd(&w.seed) % 6 : 0;
	ret = run(&s, 0, &r);
	w.m.fail_at = 0;
	if (ret == TRANS_ENOMEM)
		assert_true(fails);
	else
		assert_int_equal(ret, expected);
	if (!ret) {
		assert_int_equal(w.m.allocs, r.stats.tables);
		assert_int_equal(est.stats.tables, r.stats.tables);
		before += (long)r.stats.tables - (long)r.stats.tables_freed;
		apply(&s);
	}
	assert_int_equal(w.m.balance, before);
	assert_int_equal(w.t.pages, w.m.balance);
	if (w.m.ops.acquire)
		assert_int_equal(w.m.acquired, w.m.balance);
}

static void sequence(enum trans_granule granule, enum trans_regime regime,
		     unsigned int flags, unsigned int va_bits, uint64_t seed)
{
	unsigned int pa_bits = flags & TRANS_GEO_DS ? 52 : 48;
	int rounds = 1500;

	memset(&w, 0, sizeof(w));
	w.seed = seed;
	w.shift = granule;
	memory_watches_stores = seed & 1;
	memory_init(&w.m, 0x40000000, 32 * MIB, granule);
	memory_watches_stores = true;
	assert_int_equal(trans_geometry_init(&w.geo, regime, granule, va_bits,
					     pa_bits, flags, NULL), 0);
	w.base = trans_geometry_first(&w.geo);
	assert_int_equal(trans_table_create(&w.t, &w.geo, 0, &w.m.ops, &w.m,
					    NULL), 0);
	for (int i = 0; i < rounds; i++) {
		one_step(i % 5 == 0);
		if (i % 25 == 0)
			check_model();
	}
	check_model();
	trans_table_destroy(&w.t);
	assert_int_equal(w.m.balance, 0);
	assert_int_equal(w.m.acquired, 0);
	memory_free(&w.m);
}

static void test_random_4k(void **state)
{
	(void)state;
	sequence(TRANS_4K, TRANS_EL1_0, TRANS_GEO_UPPER, 48, 1);
	sequence(TRANS_4K, TRANS_EL2, 0, 39, 2);
}

static void test_random_16k_ds(void **state)
{
	(void)state;
	sequence(TRANS_16K, TRANS_EL2_0, TRANS_GEO_DS | TRANS_GEO_UPPER, 52, 3);
}

static void test_random_64k(void **state)
{
	(void)state;
	sequence(TRANS_64K, TRANS_EL1_0, 0, 42, 4);
}

static void test_random_level_minus_one(void **state)
{
	(void)state;
	sequence(TRANS_4K, TRANS_EL1_0, TRANS_GEO_DS, 52, 5);
}

/* ---- the rest, by hand -------------------------------------------------- */

static const struct trans_attr rw = { TRANS_MEM_NORMAL, TRANS_WRITE };
static const struct trans_attr ro = { TRANS_MEM_NORMAL, 0 };

static int setup(void **state)
{
	memset(&w, 0, sizeof(w));
	memory_init(&w.m, 0x40000000, 8 * MIB, 12);
	assert_int_equal(trans_geometry_init(&w.geo, TRANS_EL1_0, TRANS_4K, 48,
					     48, TRANS_GEO_UPPER, NULL), 0);
	assert_int_equal(trans_table_create(&w.t, &w.geo, 0, &w.m.ops, &w.m,
					    NULL), 0);
	(void)state;
	return 0;
}

static int teardown(void **state)
{
	long balance;

	(void)state;
	trans_table_destroy(&w.t);
	balance = w.m.balance;
	memory_free(&w.m);
	return balance != 0;
}

static void attach(struct trans_table *view, uint64_t tcr2, uint64_t pir,
		   uint64_t pire0)
{
	struct trans_table copy = w.t;
	struct trans_regs regs;

	assert_int_equal(trans_table_finish(&copy, &regs, NULL), 0);
	regs.tcr2 = tcr2;
	regs.pir = pir;
	regs.pire0 = pire0;
	assert_int_equal(trans_table_attach(view, &w.geo, &regs,
					    trans_present_linux, &w.m.ops,
					    &w.m, NULL), 0);
}

static uint64_t *slot(trans_va_t va, int level)
{
	uint64_t *page = memory_at(&w.m, w.t.root);

	for (int at = 0; at < level; at++)
		page = memory_at(&w.m, page[va >> (12 + 9 * (3 - at)) & 511] &
					       0xfffffffff000ULL);
	return &page[va >> (12 + 9 * (3 - level)) & 511];
}

static void test_upgrade_merges_what_agrees(void **state)
{
	struct trans_report r;
	struct trans_leaf leaf;
	uint32_t pages;

	(void)state;
	assert_int_equal(trans_table_map(&w.t, LINEAR, 0, 2 * MIB, &rw,
					 TRANS_NOBLOCK, NULL), 0);
	pages = w.t.pages;
	assert_int_equal(trans_table_map(&w.t, LINEAR, 0, 2 * MIB, &rw, 0, &r),
			 TRANS_EEXIST);
	assert_int_equal(trans_table_map(&w.t, LINEAR, 0, 2 * MIB, &ro,
					 TRANS_UPGRADE, &r), TRANS_EEXIST);
	assert_int_equal(trans_table_map(&w.t, LINEAR, 0, 4 * MIB, &rw,
					 TRANS_UPGRADE, &r), 0);
	assert_int_equal(trans_table_query(&w.t, LINEAR + 4095, &leaf, NULL),
			 0);
	assert_int_equal(leaf.level, 2);
	assert_int_equal(w.t.pages, pages - 1);
	/* and a smaller mapping of the same inside the block is no change */
	assert_int_equal(trans_table_map(&w.t, LINEAR + 4096, 4096, 4096, &rw,
					 TRANS_UPGRADE, &r), 0);
	assert_int_equal(w.t.pages, pages - 1);
}

/* Set the contiguous bit on @count level 3 entries from @va on, as a kernel
 * would. */
static void make_contiguous(trans_va_t va, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		*slot(va + i * 4096ULL, 3) |= 1ULL << 52;
}

static void test_contiguous_groups(void **state)
{
	struct trans_table v, copy;
	struct trans_report r;
	struct trans_leaf leaf;
	unsigned int with = 0;

	(void)state;
	assert_int_equal(trans_table_map(&w.t, LINEAR, 0, MIB, &rw, 0, NULL),
			 0);
	make_contiguous(LINEAR, 48);          /* groups 0, 1, 2 */
	*slot(LINEAR + 20 * 4096, 3) |= 1 << 7; /* 1 is none */
	attach(&v, 0, 0, 0);
	assert_int_equal(trans_table_create(&copy, &w.geo, 0, &w.m.ops, &w.m,
					    NULL), 0);
	/* the range cuts group 2 */
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 40 * 4096,
					  TRANS_KEEPCONT, &r), 0);
	assert_int_equal(r.stats.cont_dropped, 24);
	for (unsigned int i = 0; i < 40; i++) {
		trans_table_query(&copy, LINEAR + i * 4096ULL, &leaf, NULL);
		with += leaf.desc >> 52 & 1;
		assert_int_equal(leaf.desc >> 52 & 1, i < 16);
	}
	assert_int_equal(with, 16);
	/* a change inside a kept group takes the bit from all of it */
	assert_int_equal(trans_table_unmap(&copy, LINEAR + 3 * 4096, 4096, 0,
					   &r), 0);
	for (unsigned int i = 0; i < 16; i++)
		if (i != 3) {
			trans_table_query(&copy, LINEAR + i * 4096ULL, &leaf,
					  NULL);
			assert_int_equal(leaf.desc >> 52 & 1, 0);
		}
	trans_table_destroy(&copy);
	assert_int_equal(trans_table_create(&copy, &w.geo, 0, &w.m.ops, &w.m,
					    NULL), 0);
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, MIB, 0,
					  &r), 0);
	assert_int_equal(r.stats.cont_dropped, 48);
	trans_table_query(&copy, LINEAR, &leaf, NULL);
	assert_int_equal(leaf.desc >> 52 & 1, 0);
	trans_table_destroy(&copy);
}

static void test_share(void **state)
{
	struct trans_table other;
	struct trans_report r;
	struct trans_leaf leaf;
	long before;

	(void)state;
	assert_int_equal(trans_table_map(&w.t, LINEAR, 0, 64 * MIB, &rw,
					 TRANS_NOBLOCK, NULL), 0);
	assert_int_equal(trans_table_create(&other, &w.geo, 0, &w.m.ops, &w.m,
					    NULL), 0);
	before = w.m.balance;
	assert_int_equal(trans_table_share(&other, LINEAR, &w.t, LINEAR,
					   1ULL << 39, 0, &r), 0);
	assert_int_equal(r.stats.tables, 0);
	assert_int_equal(trans_table_query(&other, LINEAR + 5 * MIB, &leaf,
					   NULL), 0);
	assert_int_equal(leaf.pa, 5 * MIB);
	/* a change copies what it changes and leaves the owner alone */
	assert_int_equal(trans_table_unmap(&other, LINEAR + 5 * MIB, 4096, 0,
					   &r), 0);
	assert_int_equal(r.stats.tables - r.stats.tables_freed, 3);
	assert_int_equal(trans_table_query(&other, LINEAR + 5 * MIB, &leaf,
					   NULL), TRANS_ENOENT);
	assert_int_equal(trans_table_query(&other, LINEAR + 9 * MIB, &leaf,
					   NULL), 0);
	assert_int_equal(trans_table_query(&w.t, LINEAR + 5 * MIB, &leaf,
					   NULL), 0);
	trans_table_destroy(&other);
	assert_int_equal(w.m.balance, before - 1);
	assert_int_equal(trans_table_query(&w.t, LINEAR + 5 * MIB, &leaf,
					   NULL), 0);
}

static void test_window(void **state)
{
	struct trans_window window;
	struct trans_report r, est;
	struct trans_leaf leaf;
	uint64_t *entry;

	(void)state;
	/* a block that the window cuts, and pages before it */
	assert_int_equal(trans_table_map(&w.t, LINEAR + MIB, MIB, 3 * MIB, &rw,
					 0, NULL), 0);
	assert_int_equal(trans_table_window(&w.t, LINEAR + 3 * MIB, 4 * MIB,
					    TRANS_ESTIMATE, &window, &est), 0);
	for (unsigned long n = 1; n < 5; n++) {
		long before = w.m.balance;

		w.m.allocs = 0;
		w.m.fail_at = n;
		if (!trans_table_window(&w.t, LINEAR + 3 * MIB, 4 * MIB, 0,
					&window, &r))
			break;
		assert_int_equal(w.m.balance, before);
		assert_int_equal(r.error.status, TRANS_ENOMEM);
	}
	w.m.fail_at = 0;
	assert_int_equal(est.stats.tables, r.stats.tables);
	assert_int_equal(window.count, 1024);
	entry = memory_at(&w.m, window.entries);
	assert_int_equal(trans_table_query(&w.t, LINEAR + 3 * MIB, &leaf,
					   NULL), 0);
	assert_int_equal(entry[0], leaf.desc);
	assert_int_equal(trans_table_query(&w.t, LINEAR + MIB, &leaf, NULL), 0);
	assert_int_equal(trans_table_query(&w.t, LINEAR + 5 * MIB, &leaf, NULL),
			 TRANS_ENOENT);
	/* the host writes by itself, over the seams of the three tables */
	for (unsigned int i = 256; i < 1024; i++)
		entry[i] = (entry[0] & ~0xfffffffff000ULL) | i << 12;
	for (unsigned int i = 256; i < 1024; i++) {
		assert_int_equal(trans_table_query(&w.t, LINEAR + 3 * MIB +
							 i * 4096ULL,
						   &leaf, NULL), 0);
		assert_int_equal(leaf.pa, i << 12);
	}
	assert_int_equal(trans_table_window(&w.t, LINEAR, 4096, 0, &window,
					    &r), TRANS_EEXIST);
	/* destroy gives the block back as one; teardown checks the balance */
}

/* Found by review: a window inside one existing level 3 table. */
static void test_small_window(void **state)
{
	struct trans_window window;
	struct trans_leaf leaf;
	uint64_t *entry;

	(void)state;
	assert_int_equal(trans_table_map(&w.t, LINEAR, 0, MIB, &rw, 0, NULL),
			 0);
	assert_int_equal(trans_table_window(&w.t, LINEAR + 8192, 4096, 0,
					    &window, NULL), 0);
	entry = memory_at(&w.m, window.entries);
	assert_int_equal(trans_table_query(&w.t, LINEAR + 8192, &leaf, NULL),
			 0);
	assert_int_equal(*entry, leaf.desc);
	*entry = 0;
	assert_int_equal(trans_table_query(&w.t, LINEAR + 8192, &leaf, NULL),
			 TRANS_ENOENT);
	assert_int_equal(trans_table_query(&w.t, LINEAR + 4096, &leaf, NULL),
			 0);
}

static int by_parity(void *arg, trans_va_t va, trans_pa_t pa,
		     struct trans_attr *attr, uint64_t *len)
{
	uint64_t *special = arg;

	(void)pa;
	*attr = rw;
	*len = *special - va;
	if (va >= *special + 4096)
		*len = 1ULL << 40;
	else if (va >= *special) {
		*attr = ro;
		*len = 4096;
	}
	return 0;
}

static void test_attributes_by_callback(void **state)
{
	uint64_t special = LINEAR + 5 * MIB + 8192;
	struct trans_report r;
	struct trans_leaf leaf;

	(void)state;
	assert_int_equal(trans_table_map_by(&w.t, LINEAR, 0, 16 * MIB,
					    by_parity, &special, 0, &r), 0);
	assert_int_equal(r.stats.leaves[2], 7);
	assert_int_equal(r.stats.leaves[3], 512);
	trans_table_query(&w.t, special, &leaf, NULL);
	assert_false(leaf.writable);
	trans_table_query(&w.t, special + 4096, &leaf, NULL);
	assert_true(leaf.writable);
	trans_table_query(&w.t, special - 1, &leaf, NULL);
	assert_true(leaf.writable);
}

/* Linux's PIE_EL1 has RW at the index of writable data, R where bit 51 is 0. */
static void test_permission_indirection(void **state)
{
	/* index 3 (51, 6): EL0 data; 2: writable; 0: read-only; 8+2: RX */
	uint64_t pir = 0x8ULL | 0xcULL << 8 | 0xcULL << 12 | 0xaULL << 40 |
		       0x4ULL << 60;
	uint64_t pire0 = 0xcULL << 12;
	struct trans_table v, copy;
	struct trans_report r;
	struct trans_leaf leaf;
	struct trans_regs regs = { 0 };

	(void)state;
	assert_int_equal(trans_table_map(&w.t, LINEAR, 0, 4 * 4096, &rw, 0,
					 NULL), 0);
	for (int i = 0; i < 4; i++)
		*slot(LINEAR + i * 4096ULL, 3) &=
			~(3ULL << 53 | 1ULL << 51 | 1ULL << 6 | 1 << 7);
	*slot(LINEAR + 4096, 3) |= 1ULL << 51;            /* 2: RW */
	*slot(LINEAR + 2 * 4096, 3) |= 1ULL << 51 | 1 << 7; /* 2, clean */
	*slot(LINEAR + 3 * 4096, 3) |= 1ULL << 54 | 1ULL << 51; /* 10: RX */
	attach(&v, 2, pir, pire0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(trans_table_query(&v, LINEAR + i * 4096ULL,
						   &leaf, NULL), 0);
		assert_int_equal(leaf.writable, i == 1);
		assert_int_equal(leaf.executable, i == 3);
	}
	assert_int_equal(trans_table_create(&copy, &w.geo, 0, &w.m.ops, &w.m,
					    NULL), 0);
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 4 * 4096,
					  0, &r), 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(trans_table_query(&copy, LINEAR + i * 4096ULL,
						   &leaf, NULL), 0);
		assert_int_equal(leaf.writable, i == 1);
		assert_int_equal(leaf.executable, i == 3);
		assert_false(leaf.user_readable);
	}
	*slot(LINEAR, 3) |= 3ULL << 53 | 1ULL << 51 | 1ULL << 6; /* reserved */
	assert_int_equal(trans_table_query(&v, LINEAR, &leaf, NULL),
			 TRANS_ECORRUPT);
	assert_int_equal(trans_table_copy(&copy, LINEAR, &v, LINEAR, 4 * 4096,
					  TRANS_REPLACE, &r), TRANS_EUNREPR);
	trans_table_destroy(&copy);
	assert_int_equal(trans_table_finish(&w.t, &regs, NULL), 0);
	for (int bit = 3; bit < 6; bit++) { /* POE, AIE, D128 */
		regs.tcr2 = 1ULL << bit;
		assert_int_equal(trans_table_attach(&v, &w.geo, &regs, NULL,
						    &w.m.ops, &w.m, &r),
				 TRANS_EINVAL);
		assert_string_equal(r.error.why,
				    "TCR2 has POE, AIE or D128");
	}
	regs.tcr2 = 0;
	assert_int_equal(trans_table_attach(&v, &w.geo, &regs, NULL, &w.m.ops,
					    &w.m, &r), 0);
}

/* An overlay for EL0 says nothing of what a transition looks at. */
static void test_overlay_for_el0(void **state)
{
	static const enum trans_regime regimes[] = { TRANS_EL1_0, TRANS_EL2,
						     TRANS_EL2_0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct trans_geometry geo;
		struct trans_table own, v;
		struct trans_regs regs;
		struct trans_leaf leaf;

		assert_int_equal(trans_geometry_init(&geo, regimes[i], TRANS_4K,
						     48, 48, 0, NULL), 0);
		assert_int_equal(trans_table_create(&own, &geo, 0, &w.m.ops,
						    &w.m, NULL), 0);
		assert_int_equal(trans_table_idmap(&own, 0x1000, 0x1000, &rw, 0,
						   NULL), 0);
		assert_int_equal(trans_table_finish(&own, &regs, NULL), 0);
		regs.tcr2 = 1 << 2; /* E0POE */
		assert_int_equal(trans_table_attach(&v, &geo, &regs, NULL,
						    &w.m.ops, &w.m, NULL), 0);
		assert_int_equal(trans_table_query(&v, 0x1000, &leaf, NULL), 0);
		assert_true(leaf.writable && !leaf.executable);
		trans_table_destroy(&own);
	}
}

static void test_live_tables_refuse(void **state)
{
	struct trans_report r;
	struct trans_regs regs;

	(void)state;
	assert_int_equal(trans_table_map(&w.t, LINEAR, 0, 4096, &rw, 0, NULL),
			 0);
	assert_int_equal(trans_table_finish(&w.t, &regs, &r), 0);
	assert_int_equal(w.m.cleaned, 4096 * w.t.pages);
	assert_int_equal(trans_table_finish(&w.t, &regs, &r), TRANS_ELIVE);
	assert_int_equal(trans_table_map(&w.t, LINEAR + MIB, 0, 4096, &rw, 0,
					 &r), TRANS_ELIVE);
	assert_int_equal(trans_table_unmap(&w.t, LINEAR, 4096, 0, &r),
			 TRANS_ELIVE);
	assert_int_equal(trans_table_unmap(&w.t, LINEAR, 4096, TRANS_ESTIMATE,
					   &r), 0);
}

static void test_publish(void **state)
{
	unsigned long maps;
	struct trans_report r;
	struct trans_regs regs, same;
	struct trans_table again;

	(void)state;
	assert_int_equal(trans_table_map(&w.t, LINEAR, 0, 4096, &rw, 0, NULL),
			 0);
	again = w.t;
	maps = w.m.maps;
	assert_int_equal(trans_table_publish(&w.t, &regs, &r), 0);
	assert_int_equal(w.m.cleaned, 0);
	assert_int_equal(w.m.maps, maps); /* no page was looked at */
	assert_int_equal(w.m.barriers, 1);
	assert_int_equal(trans_table_publish(&w.t, &regs, &r), TRANS_ELIVE);
	assert_int_equal(trans_table_map(&w.t, LINEAR + MIB, 0, 4096, &rw, 0,
					 &r), TRANS_ELIVE);
	assert_int_equal(w.m.barriers, 1);
	/* What cleans has its DSB; what does not waits for the stores. */
	w.t = again;
	assert_int_equal(trans_table_finish(&w.t, &same, &r), 0);
	assert_memory_equal(&same, &regs, sizeof(regs));
	assert_int_equal(w.m.cleaned, 4096 * w.t.pages);
	assert_int_equal(w.m.barriers, 1);
	w.t = again;
	w.m.ops.clean = NULL;
	assert_int_equal(trans_table_finish(&w.t, &same, &r), 0);
	assert_memory_equal(&same, &regs, sizeof(regs));
	assert_int_equal(w.m.barriers, 2);
	/* Nobody would: refused, and still to be written. */
	w.t = again;
	w.m.ops.barrier = NULL;
	assert_int_equal(trans_table_finish(&w.t, &regs, &r), TRANS_EINVAL);
	assert_int_equal(trans_table_publish(&w.t, &regs, &r), TRANS_EINVAL);
	assert_false(w.t.live);
}

static void test_every_store_goes_through_the_hook(void **state)
{
	unsigned long nonzero = 0;

	(void)state;
	assert_int_equal(trans_table_map(&w.t, LINEAR, 0, 3 * MIB, &rw, 0,
					 NULL), 0);
	for (uint64_t pa = w.m.base; pa < w.m.base + w.m.len; pa += 4096) {
		const uint64_t *page = memory_at(&w.m, pa);

		for (int i = 0; w.m.used[(pa - w.m.base) >> 12] && i < 512; i++)
			nonzero += page[i] != 0;
	}
	assert_int_equal(w.m.written, nonzero);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_4k),
		cmocka_unit_test(test_random_16k_ds),
		cmocka_unit_test(test_random_64k),
		cmocka_unit_test(test_random_level_minus_one),
		TEST(test_upgrade_merges_what_agrees),
		TEST(test_contiguous_groups),
		TEST(test_share),
		TEST(test_window),
		TEST(test_small_window),
		TEST(test_attributes_by_callback),
		TEST(test_permission_indirection),
		TEST(test_overlay_for_el0),
		TEST(test_live_tables_refuse),
		TEST(test_publish),
		TEST(test_every_store_goes_through_the_hook),
	};

	return cmocka_run_group_tests_name("operations", tests, NULL, NULL);
}
