/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Random operation sequences on two tables against a model with one element a
 * page. Any allocation, acquire or phys_to_virt may fail on the way. After each
 * operation: result, estimate, balance, and what is mapped where.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trans_table/inspect.h>
#include <trans_table/table_extra.h>

#include "tests/unit/support/world.h"
#include "fuzz.h"

#define EDGE 64 /* pages before the first block, and after the last */
#define MAX_PAGES (8192 + 2 * EDGE)
#define TABLES 2

struct page {
	bool mapped;
	uint8_t access, memory;
	uint64_t pfn;
};

struct side {
	struct trans_table t;
	struct page model[MAX_PAGES];
	trans_va_t base;
	bool frozen;  /* the other side links to its tables */
	bool shared;  /* links to tables of the other side */
	bool window;
};

enum what { MAP, MAP_BY, COPY, SHARE, UNMAP, PROTECT, FOLD, WINDOW, RESET,
	    FINISH, WHATS };

struct step {
	enum what what;
	struct side *on, *from;
	uint64_t first, count, pfn;
	struct trans_attr attr;
	unsigned int flags;   /* documented ones of the operation */
	uint64_t period;      /* MAP_BY: so many pages with attr, so many RO */
	bool frail;           /* something in the environment fails */
};

static struct {
	struct memory m;
	struct side side[TABLES];
	unsigned int shift;
	uint64_t pages;
	bool lost; /* a table could not be read when it was to be freed */
} f;

/* ---- reading the input --------------------------------------------------- */

/* From a little before a level 1 boundary on. */
static void place(struct side *s)
{
	const struct trans_geometry *geo = &s->t.geo;
	uint64_t middle = 1ULL << trans_geometry_shift(geo, 1);

	s->base = trans_geometry_first(geo);
	if (geo->start_level < 2)
		s->base += middle - ((uint64_t)EDGE << f.shift);
}

static void open_side(struct side *s, const struct trans_geometry *geo)
{
	memset(s, 0, sizeof(*s));
	CHECK(!trans_table_create(&s->t, geo, 0, &f.m.ops, &f.m, NULL));
	place(s);
}

static void read_tables(struct input *in)
{
	static const uint8_t which[] = { 0, 1, 6, 7, 8, 9, 3, 10, 15, 22 };
	const struct shape *shape = &shapes[which[pick(in, sizeof(which))]];
	struct trans_geometry geo;

	f.shift = shape->granule;
	/* one block of level 2, or two */
	f.pages = 2 * EDGE + (1ULL << (f.shift - (f.shift == 12 ? 2 : 3)));
	memory_init(&f.m, 0x40000000,
		    (size_t)(f.shift == 16 ? 24 : 64) << f.shift, f.shift);
	for (int i = 0; i < TABLES; i++) {
		geo = world_geometry(shape, (unsigned int)pick(in, VARIANTS));
		open_side(&f.side[i], &geo);
	}
}

/* Where a step happens: at an edge of a block as often as not. */
static void read_place(struct input *in, struct step *s)
{
	uint64_t block = 1ULL << (f.shift - 3), half = block / 2;

	s->first = pick(in, f.pages);
	s->count = 1 + pick(in, f.pages);
	if (pick(in, 2))
		s->first = s->first / half * half + EDGE;
	if (s->first >= f.pages)
		s->first = EDGE;
	if (pick(in, 2))
		s->count = (s->count + half - 1) / half * half;
	if (s->count > f.pages - s->first)
		s->count = f.pages - s->first;
	s->pfn = s->first + (pick(in, 2) ? 0 : pick(in, 3 * block));
}

static unsigned int read_flags(struct input *in, enum what what)
{
	static const unsigned int rules[] = { 0, TRANS_KEEP, TRANS_REPLACE,
					      TRANS_UPGRADE };
	unsigned int bits = (unsigned int)take(in, 1);
	unsigned int flags = rules[bits & 3];

	if (what == SHARE)
		return flags & ~TRANS_UPGRADE;
	if (what != MAP && what != MAP_BY && what != COPY)
		return 0;
	flags |= bits & 4 ? TRANS_FOLD : 0;
	flags |= bits & 8 ? TRANS_NOBLOCK : 0;
	if (what == COPY) {
		flags |= bits & 16 ? TRANS_MKWRITE : 0;
		flags |= bits & 32 ? TRANS_NOEXEC : 0;
	}
	return flags;
}

static struct step read_step(struct input *in)
{
	struct step s = { .what = (enum what)pick(in, WHATS) };
	unsigned int bits = (unsigned int)take(in, 1);

	s.on = &f.side[bits & 1];
	s.from = &f.side[~bits & 1];
	s.attr.memory = bits & 2 ? TRANS_MEM_NORMAL : TRANS_MEM_NC;
	s.attr.access = bits >> 2 & 3;
	s.flags = read_flags(in, s.what);
	s.period = 1 + take(in, 2);
	read_place(in, &s);
	s.frail = bits >> 4 == 0xf;
	f.m.fail_at = s.frail ? pick(in, 12) : 0;
	f.m.refuse_acquire_at = s.frail ? pick(in, 12) : 0;
	f.m.refuse_map_at = s.frail ? pick(in, 24) : 0;
	return s;
}

/* ---- the operation, and its model ---------------------------------------- */

static struct trans_attr attr_at(const struct step *s, uint64_t page)
{
	struct trans_attr attr = s->attr;

	if (s->what == MAP_BY && page / s->period % 2)
		attr.access = 0;
	return attr;
}

static int attr_of(void *arg, trans_va_t va, trans_pa_t pa,
		   struct trans_attr *attr, uint64_t *len)
{
	const struct step *s = arg;
	uint64_t page = (va - s->on->base) >> f.shift;

	CHECK(pa == (s->pfn + page - s->first) << f.shift);
	*attr = attr_at(s, page);
	*len = (s->period - page % s->period) << f.shift;
	return 0;
}

static int run_map(struct step *s, unsigned int flags, struct trans_report *r)
{
	trans_va_t va = s->on->base + (s->first << f.shift);
	uint64_t len = s->count << f.shift;

	if (s->what == MAP)
		return trans_table_map(&s->on->t, va, s->pfn << f.shift, len,
				       &s->attr, flags, r);
	return trans_table_map_by(&s->on->t, va, s->pfn << f.shift, len,
				  attr_of, s, flags, r);
}

static int run_step(struct step *s, unsigned int extra, struct trans_report *r)
{
	struct trans_table *t = &s->on->t;
	unsigned int flags = s->flags | extra;
	trans_va_t va = s->on->base + (s->first << f.shift);
	trans_va_t from = s->from->base + (s->first << f.shift);
	uint64_t len = s->count << f.shift;
	struct trans_window window;

	*r = (struct trans_report){ 0 };
	switch (s->what) {
	case COPY:
		return trans_table_copy(t, va, &s->from->t, from, len, flags,
					r);
	case SHARE:
		return trans_table_share(t, va, &s->from->t, from, len, flags,
					 r);
	case UNMAP:
		return trans_table_unmap(t, va, len, flags, r);
	case PROTECT:
		return trans_table_protect(t, va, len, s->attr.access, flags,
					   r);
	case FOLD:
		return trans_table_fold(t, va, len, flags, r);
	case WINDOW:
		return trans_table_window(t, va, len, flags, &window, r);
	default:
		return run_map(s, flags, r);
	}
}

static bool adds(const struct step *s)
{
	return s->what <= SHARE;
}

/* What the step would put at @page, if anything. */
static struct page wanted(const struct step *s, uint64_t page)
{
	struct trans_attr attr = attr_at(s, page);
	struct page p = { true, (uint8_t)attr.access,
			  (uint8_t)attr.memory, s->pfn + page - s->first };

	if (s->what != COPY && s->what != SHARE)
		return p;
	p = s->from->model[page];
	if (s->flags & TRANS_MKWRITE)
		p.access |= TRANS_WRITE;
	if (s->flags & TRANS_NOEXEC)
		p.access &= (uint8_t)~TRANS_EXEC;
	return p;
}

static bool same_page(const struct page *a, const struct page *b)
{
	return a->pfn == b->pfn && a->access == b->access &&
	       a->memory == b->memory;
}

static bool collides(const struct step *s)
{
	if (!adds(s) || s->flags & (TRANS_KEEP | TRANS_REPLACE))
		return false;
	for (uint64_t i = s->first; i < s->first + s->count; i++) {
		const struct page *old = &s->on->model[i];
		struct page p = wanted(s, i);

		if (old->mapped && p.mapped &&
		    !(s->flags & TRANS_UPGRADE && same_page(old, &p)))
			return true;
	}
	return false;
}

static void apply_page(const struct step *s, uint64_t page)
{
	struct page *old = &s->on->model[page], p = wanted(s, page);

	if (s->what == UNMAP)
		old->mapped = false;
	if (s->what == PROTECT)
		old->access = (uint8_t)s->attr.access;
	if (adds(s) && p.mapped && !(old->mapped && s->flags & TRANS_KEEP))
		*old = p;
}

static void apply(const struct step *s)
{
	for (uint64_t i = s->first; i < s->first + s->count; i++)
		apply_page(s, i);
	s->on->window |= s->what == WINDOW;
	if (s->what == SHARE) {
		s->on->shared = true;
		s->from->frozen = true;
	}
}

/* ---- is it so? ----------------------------------------------------------- */

static uint8_t memory_byte(uint8_t memory)
{
	return memory == TRANS_MEM_NORMAL ? 0xff : 0x44;
}

static void same_leaf(const struct page *p, const struct trans_leaf *leaf,
		      uint64_t into)
{
	CHECK(p->mapped);
	CHECK((leaf->pa >> f.shift) + into == p->pfn);
	CHECK(leaf->writable == ((p->access & TRANS_WRITE) != 0));
	CHECK(leaf->executable == ((p->access & TRANS_EXEC) != 0));
	CHECK(leaf->memory == memory_byte(p->memory));
	CHECK(!leaf->user_readable && !leaf->user_executable);
}

struct sweep {
	const struct side *s;
	uint64_t next, end;
};

static int on_run(void *arg, const struct trans_run *run)
{
	struct sweep *at = arg;
	uint64_t first = (run->va - at->s->base) >> f.shift;
	uint64_t count = run->len >> f.shift;

	CHECK(!run->status);
	for (; at->next < first; at->next++)
		CHECK(!at->s->model[at->next].mapped);
	for (uint64_t i = 0; i < count; i++, at->next++)
		same_leaf(&at->s->model[first + i], &run->leaf, i);
	return 0;
}

static void check_range(const struct side *s, uint64_t first, uint64_t end)
{
	struct sweep at = { s, first, end };

	CHECK(!trans_table_runs(&s->t, s->base + (first << f.shift),
				(end - first) << f.shift, on_run, &at, NULL));
	for (; at.next < end; at.next++)
		CHECK(!s->model[at.next].mapped);
}

/* What a step touched and its neighbours. */
static void check_step(const struct step *s)
{
	uint64_t first = s->first ? s->first - 1 : 0;
	uint64_t end = s->first + s->count;

	check_range(s->on, first, end < f.pages ? end + 1 : end);
}

static void check_balance(void)
{
	long pages = 0;
	bool window = false;

	for (int i = 0; i < TABLES; i++) {
		pages += f.side[i].t.pages;
		window |= f.side[i].window;
	}
	CHECK(f.lost || f.m.acquired == pages);
	CHECK(window || f.lost ? f.m.balance >= pages : f.m.balance == pages);
}

/* ---- one step ------------------------------------------------------------ */

static int expected_of(const struct step *s)
{
	const struct side *on = s->on;
	bool narrow = on->t.geo.start_level > 2;

	if (s->flags & TRANS_FOLD && s->flags & TRANS_NOBLOCK)
		return 1; /* whichever */
	if (on->t.live)
		return 1;
	if (s->what == WINDOW && (on->window || narrow))
		return on->window ? TRANS_EEXIST : TRANS_EINVAL;
	if (s->what == COPY || s->what == SHARE)
		return 1; /* what the geometries allow */
	return collides(s) ? TRANS_EEXIST : 0;
}

static void check_estimate(struct step *s, struct trans_report *r)
{
	unsigned long allocs = f.m.allocs, fail_at = f.m.fail_at;
	unsigned long map_at = f.m.refuse_map_at, written = f.m.written;
	int ret, expected = expected_of(s);

	f.m.refuse_map_at = 0;
	ret = run_step(s, TRANS_ESTIMATE, r);
	CHECK(expected == 1 || ret == expected);
	CHECK(ret || !collides(s));
	CHECK(f.m.allocs == allocs && f.m.written == written);
	CHECK(!ret || (r->error.status == ret && r->error.why));
	f.m.fail_at = fail_at;
	f.m.refuse_map_at = map_at;
}

static bool out_of_memory(const struct step *s, int ret)
{
	return ret == TRANS_ENOMEM ||
	       (s->frail && (ret == TRANS_EHOST || ret == TRANS_EFAULT));
}

static void one_step(struct step *s)
{
	struct trans_report est, r;
	long before = f.m.balance;
	int ret;

	check_estimate(s, &est);
	f.m.allocs = f.m.maps = f.m.acquires = 0;
	ret = run_step(s, 0, &r);
	f.lost |= f.m.refuse_map_at && f.m.maps >= f.m.refuse_map_at &&
		  ret != TRANS_EFAULT;
	f.m.fail_at = f.m.refuse_map_at = f.m.refuse_acquire_at = 0;
	if (ret != est.error.status)
		CHECK(out_of_memory(s, ret) || s->on->t.live);
	if (!ret) {
		CHECK(est.stats.tables == r.stats.tables);
		if (s->what != WINDOW && !s->on->window)
			CHECK(f.m.balance == before + (long)r.stats.tables -
						     (long)r.stats.tables_freed);
		apply(s);
	} else {
		CHECK(f.lost || f.m.balance == before);
		CHECK(r.error.status == ret && r.error.why);
	}
	check_balance();
	check_step(s);
}

static void reset(struct side *s)
{
	struct trans_geometry geo = s->t.geo;

	f.m.fail_at = f.m.refuse_map_at = f.m.refuse_acquire_at = 0;
	trans_table_destroy(&s->t);
	open_side(s, &geo);
}

/* TRANS_TELL=1 build/host-fuzz/fuzz_ops FILE shows what an input does. */
static void tell(const struct step *s)
{
	static const char *const names[] = {
		"map", "map_by", "copy", "share", "unmap", "protect", "fold",
		"window", "reset", "finish",
	};

	if (getenv("TRANS_TELL"))
		fprintf(stderr, "%s of %d%s: pages %llu + %llu, to %llu, "
			"access %u, flags %#x, period %llu; fail %lu %lu %lu\n",
			names[s->what], (int)(s->on - f.side),
			s->on->frozen ? " (frozen)" : "",
			(unsigned long long)s->first,
			(unsigned long long)s->count,
			(unsigned long long)s->pfn, s->attr.access, s->flags,
			(unsigned long long)s->period, f.m.fail_at,
			f.m.refuse_map_at, f.m.refuse_acquire_at);
}

static void take_step(struct step *s)
{
	struct trans_regs regs;

	tell(s);
	if (s->on->frozen)
		return; /* its tables are the other's too */
	if (s->what == RESET) {
		if (s->on->shared)
			s->from->frozen = false;
		reset(s->on);
	} else if (s->what == FINISH) {
		f.m.refuse_map_at = 0;
		CHECK(trans_table_finish(&s->on->t, &regs, NULL) ==
		      (s->on->t.live ? TRANS_ELIVE : 0) || s->on->t.live);
	} else {
		one_step(s);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, len };

	f.lost = false;
	read_tables(&in);
	for (int n = 0; in.left && n < 24; n++) {
		struct step s = read_step(&in);

		take_step(&s);
	}
	f.m.fail_at = f.m.refuse_map_at = f.m.refuse_acquire_at = 0;
	for (int i = 0; i < TABLES; i++)
		check_range(&f.side[i], 0, f.pages);
	/* who links to the other's tables goes first */
	trans_table_destroy(&f.side[f.side[1].shared].t);
	trans_table_destroy(&f.side[!f.side[1].shared].t);
	CHECK(f.lost || (!f.m.balance && !f.m.acquired));
	memory_free(&f.m);
	return 0;
}
