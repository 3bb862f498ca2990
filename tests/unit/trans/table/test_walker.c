/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The library against the reference walker: whatever a table holds, the library
 * must say of each address what a CPU would do. First hostile tables that
 * nothing sane would write, then tables made by random operations, whose effect
 * is judged by the walker alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <trans_table/table_extra.h>

#include "tests/unit/support/world.h"

/* ---- does query agree with the walker? ---- */

static int status_of(const struct walk *w)
{
	switch (w->fault) {
	case WALK_NONE:
		return w->odd_pir ? TRANS_ECORRUPT : 0;
	case WALK_TRANSLATION:
		if (w->outside)
			return TRANS_ERANGE;
		return w->reserved ? TRANS_ECORRUPT : TRANS_ENOENT;
	case WALK_ACCESS_FLAG:
		return TRANS_ENOENT;
	case WALK_ADDRESS_SIZE:
		return TRANS_ECORRUPT;
	default:
		return TRANS_EFAULT;
	}
}

/* The word of the report's phrase that tells faults of one status apart. */
static const char *word_of(const struct walk *w)
{
	if (w->fault == WALK_ACCESS_FLAG)
		return "access flag";
	if (w->fault == WALK_ADDRESS_SIZE)
		return "PA size";
	if (w->fault == WALK_ABORT)
		return "phys_to_virt";
	if (w->outside)
		return "outside";
	if (w->odd_pir)
		return "indirection";
	return w->reserved ? "reserved" : "not mapped";
}

static const char *fault_difference(const struct walk *w,
				    const struct trans_error *e, uint64_t va)
{
	if (!strstr(e->why, word_of(w)))
		return e->why;
	if (!w->outside && e->level != w->level)
		return "level of the fault";
	if (!w->outside && w->fault != WALK_ABORT && e->desc != w->desc)
		return "descriptor of the fault";
	return e->va == va ? NULL : "address of the fault";
}

static const char *leaf_difference(const struct walk *w,
				   const struct trans_leaf *l)
{
	if (l->pa != w->pa)
		return "pa";
	if (l->level != w->level)
		return "level";
	if (l->desc != w->desc)
		return "descriptor";
	if (l->memory != w->attr)
		return "memory type";
	if (l->readable != w->pr || l->writable != w->pw)
		return "privileged read or write";
	if (l->executable != w->px)
		return "privileged execute";
	if (l->user_readable != w->ur || l->user_writable != w->uw)
		return "unprivileged read or write";
	return l->user_executable == w->ux ? NULL : "unprivileged execute";
}

/* Query @va; fails the test unless it says what the walker says. */
static struct walk agree(const struct world *w, const struct trans_table *t,
			 const struct walk_params *cpu, uint64_t va)
{
	struct walk ref = walker(cpu, va);
	struct trans_leaf leaf;
	struct trans_report r;
	int ret = trans_table_query(t, va, &leaf, &r);
	const char *what;

	if (ret != status_of(&ref))
		what = trans_strerror(ret);
	else
		what = ret ? fault_difference(&ref, &r.error, va) :
			     leaf_difference(&ref, &leaf);
	if (what)
		fail_msg("%s: va %llx: '%s', the walker: %s, level %d, "
			 "desc %llx", w->name, (unsigned long long)va, what,
			 ref.reason ? ref.reason : "mapped", ref.level,
			 (unsigned long long)ref.desc);
	return ref;
}

/* ---- hostile tables ---- */

#define PAGES 6
#define INDIRECT 8 /* with controls: permissions through PIR */

static uint64_t half_mask(const struct walk_params *cpu)
{
	return (1ULL << cpu->iasize) - 1;
}

static uint64_t in_half(const struct walk_params *cpu, uint64_t bits)
{
	return cpu->upper ? bits | ~half_mask(cpu) : bits & half_mask(cpu);
}

/* Any bits, but those of an address in @cpu's format. */
static uint64_t noise(const struct walk_params *cpu, uint64_t random)
{
	return random & ~(world_address(cpu, (1ULL << 52) - 1) | 3);
}

/* An address that is mostly within the output size and sometimes just above. */
static trans_pa_t any_pa(const struct walk_params *cpu, uint64_t *seed)
{
	unsigned int bits = cpu->oasize + (rnd(seed) % 8 == 0);

	return rnd(seed) & ((1ULL << (bits > 52 ? 52 : bits)) - 1);
}

static uint64_t hostile_entry(struct world *w, const trans_pa_t *pages)
{
	const struct walk_params *cpu = &w->cpu;
	uint64_t bits = rnd(&w->seed);

	switch (rnd(&w->seed) % 10) {
	case 0:
		return 0;
	case 1:
		return bits & ~1ULL; /* invalid with a payload */
	case 2:
		return bits; /* anything */
	case 3: /* block, page that is reserved, reserved block */
		return noise(cpu, bits) | 1 |
		       world_address(cpu, any_pa(cpu, &w->seed));
	case 4: /* page, or a table who knows where */
		return noise(cpu, bits) | 3 |
		       world_address(cpu, any_pa(cpu, &w->seed));
	case 5: /* a leaf or table without the noise */
		return 0x403 | world_address(cpu, pages[bits % PAGES]);
	default: /* a table, this one perhaps; with hierarchical attributes */
		return noise(cpu, bits) | 3 |
		       world_address(cpu, pages[bits % PAGES]);
	}
}

static void hostile_pages(struct world *w, trans_pa_t *pages)
{
	uint64_t *page[PAGES];

	for (int i = 0; i < PAGES; i++)
		page[i] = world_page(w, &pages[i]);
	for (int i = 0; i < PAGES; i++)
		for (unsigned int n = 0; n < 1u << (w->m.shift - 3); n++)
			page[i][n] = hostile_entry(w, pages);
}

/* An address of the half, at its ends, or just outside. */
static uint64_t any_va(struct world *w)
{
	uint64_t va = in_half(&w->cpu, rnd(&w->seed));

	switch (rnd(&w->seed) % 32) {
	case 0:
		return va ^ 1ULL << (w->cpu.iasize + rnd(&w->seed) %
						(64 - w->cpu.iasize));
	case 1:
		return in_half(&w->cpu, 0) - (rnd(&w->seed) & 1);
	case 2:
		return in_half(&w->cpu, ~0ULL) + (rnd(&w->seed) & 1);
	default:
		return va;
	}
}

static void hostile_world(const struct shape *shape, unsigned int variant,
			  unsigned int controls, uint64_t seed)
{
	trans_pa_t pages[PAGES];
	struct trans_table view;
	struct world w;

	world_open(&w, shape, variant, controls, PAGES, seed);
	hostile_pages(&w, pages);
	w.cpu = world_cpu(&w, &w.geo, controls, pages[0], rnd(&w.seed));
	if (controls & INDIRECT) {
		w.cpu.pie = true;
		w.cpu.hpd = true; /* implied by PIE; TCR says @controls */
		w.cpu.pir = rnd(&w.seed);
		w.cpu.pire0 = rnd(&w.seed);
	}
	world_attach(&w, &w.geo, &w.cpu, NULL, &view);
	for (int i = 0; i < 400; i++)
		agree(&w, &view, &w.cpu, any_va(&w));
	for (int i = 0; i < PAGES; i++)
		world_drop(&w, pages[i]);
	world_close(&w);
}

/* HPD off and on; HD is never without HA here, see test_dirty_needs_ha. */
static void test_query_of_hostile_tables(void **state)
{
	static const unsigned int controls[] = { 0, 1, 2, 6, 7 };

	(void)state;
	for (unsigned int n = 0; n < world_scale(); n++)
		for (unsigned int i = 0; i < shape_count * VARIANTS; i++)
			for (unsigned int hpd = 0; hpd < 2; hpd++)
				hostile_world(&shapes[i / VARIANTS],
					      i % VARIANTS,
					      controls[(i + n + 3 * hpd) % 5],
					      1000 * n + i);
}

/* FEAT_S1PIE. */
static void test_query_with_indirection(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 4 * world_scale(); n++)
		for (unsigned int v = 0; v < VARIANTS; v++)
			hostile_world(&shapes[n % shape_count], v,
				      INDIRECT | 1 | (n & 1 ? 6 : 0), 500 + n);
}

/* ---- one case each, of what the sweeps may meet by luck only ---- */

/* A table with one page mapped at the start of its half, by hand. */
static void one_page(struct world *w, uint64_t bits)
{
	world_path(w, 0, 3, bits | 0x403 | world_address(&w->cpu, w->m.base),
		   0);
}

/* TCR.HD does nothing without TCR.HA: a DBM page stays read-only. */
static void test_dirty_needs_ha(void **state)
{
	struct trans_table view;
	struct world w;

	(void)state;
	for (unsigned int v = 0; v < VARIANTS; v++) {
		world_open(&w, &shapes[0], v, 0, 8, v);
		one_page(&w, 1ULL << 51 | 1ULL << 7);
		w.cpu.hd = true;
		world_attach(&w, &w.geo, &w.cpu, NULL, &view);
		assert_false(agree(&w, &view, &w.cpu, in_half(&w.cpu, 0)).pw);
		world_wipe(&w);
	}
}

/* Hardware dirty state makes a page writable for EL0, and what EL0 may write
 * EL1 never executes. */
static void test_dirty_user_page_is_not_executable(void **state)
{
	struct trans_table view;
	struct world w;

	(void)state;
	world_open(&w, &shapes[0], 0, 0, 8, 0);
	one_page(&w, 1ULL << 51 | 1ULL << 7 | 1ULL << 6);
	w.cpu.hd = w.cpu.ha = true;
	world_attach(&w, &w.geo, &w.cpu, NULL, &view);
	assert_false(agree(&w, &view, &w.cpu, 0).px);
	world_wipe(&w);
}

/* PIE disables hierarchical permissions, whatever TCR.HPD says. */
static void test_indirection_ignores_table_bits(void **state)
{
	struct trans_table view;
	struct world w;

	(void)state;
	world_open(&w, &shapes[0], 0, 0, 8, 0);
	one_page(&w, 0);
	*(uint64_t *)memory_at(&w.m, w.cpu.ttbr) |= 0xfULL << 59;
	w.cpu.pie = true;
	w.cpu.pir = 0xe;
	world_attach(&w, &w.geo, &w.cpu, NULL, &view);
	w.cpu.hpd = true; /* what the hardware makes of it */
	agree(&w, &view, &w.cpu, 0);
	world_wipe(&w);
}

/* A PIR pair that lets EL0 write what EL1 executes gives neither anything. */
static void test_indirection_write_and_execute(void **state)
{
	struct trans_table view;
	struct world w;

	(void)state;
	world_open(&w, &shapes[0], 0, 1, 8, 0);
	one_page(&w, 0);
	w.cpu.pie = w.cpu.hpd = true;
	w.cpu.pir = 0xe;
	w.cpu.pire0 = 0xc;
	world_attach(&w, &w.geo, &w.cpu, NULL, &view);
	agree(&w, &view, &w.cpu, 0);
	world_wipe(&w);
}

/* CnP and the bits between the base address and its alignment are no part of
 * the address. */
static void test_ttbr_low_bits(void **state)
{
	struct trans_table view;
	struct world w;

	(void)state;
	for (unsigned int i = 0; i < shape_count; i++) {
		world_open(&w, &shapes[i], 0, 0, 8, i);
		one_page(&w, 0);
		w.cpu.ttbr |= shapes[i].pa == 52 || shapes[i].ds ? 3 : 0xf;
		world_attach(&w, &w.geo, &w.cpu, NULL, &view);
		agree(&w, &view, &w.cpu, 0);
		world_wipe(&w);
	}
}

/* A root beyond the output address size is an address size fault. */
static void test_root_beyond_output_size(void **state)
{
	struct trans_geometry small;
	struct trans_table view;
	struct trans_leaf leaf;
	struct trans_regs regs;
	struct world w;

	(void)state;
	world_open(&w, &shapes[0], 0, 0, 8, 0);
	one_page(&w, 0);
	assert_int_equal(trans_geometry_init(&small, TRANS_EL1_0, TRANS_4K, 48,
					     40, 0, NULL), 0);
	w.cpu.oasize = 40;
	*(uint64_t *)memory_at(&w.m, w.cpu.ttbr) = 0; /* never to be read */
	assert_int_equal(walker(&w.cpu, 0).fault, WALK_ADDRESS_SIZE);
	regs = (struct trans_regs){ .ttbr = w.cpu.ttbr,
				    .tcr = world_tcr(&w.cpu) };
	if (!trans_table_attach(&view, &small, &regs, NULL, &w.m.ops, &w.m,
				NULL))
		assert_int_equal(trans_table_query(&view, 0, &leaf, NULL),
				 TRANS_ECORRUPT);
	world_wipe(&w);
}

/* Neighbouring pages on both sides of 2^48 (LPA) and 2^50 (LPA2), where the
 * address continues in another field of the descriptor. */
static void test_outputs_across_the_address_fields(void **state)
{
	static const struct trans_attr rw = { TRANS_MEM_NORMAL, TRANS_WRITE };
	struct trans_table t;
	struct world w;

	(void)state;
	for (unsigned int i = 0; i < shape_count; i++) {
		trans_pa_t edge = 1ULL << (shapes[i].granule == 16 ? 48 : 50);
		uint64_t page = 1ULL << shapes[i].granule;

		if (shapes[i].pa != 52)
			continue;
		world_open(&w, &shapes[i], 0, 0, 8, i);
		assert_int_equal(trans_table_create(&t, &w.geo, 0, &w.m.ops,
						    &w.m, NULL), 0);
		assert_int_equal(trans_table_map(&t, 0, edge - page, 3 * page,
						 &rw, 0, NULL), 0);
		w.cpu = world_finished(&w, &t);
		assert_int_equal(agree(&w, &t, &w.cpu, page).pa, edge);
		trans_table_destroy(&t);
		world_close(&w);
	}
}

/* ---- tables made by operations ---- */

#define SAMPLES 24

struct play {
	struct world w;
	struct trans_table t[2];
	struct walk_params cpu[2];
};

enum what { MAP, COPY, UNMAP, PROTECT, FOLD };

struct op {
	enum what what;
	unsigned int on; /* index of the table; a copy's source is the other */
	trans_va_t va, src_va;
	trans_pa_t pa;
	uint64_t len;
	struct trans_attr attr;
	unsigned int flags;
};

static void play_open(struct play *p, const struct shape *a, unsigned int va,
		      const struct shape *b, unsigned int vb, uint64_t seed)
{
	struct trans_geometry geo = world_geometry(b, vb);

	world_open(&p->w, a, va, 0, 96, seed);
	assert_int_equal(trans_table_create(&p->t[0], &p->w.geo, 0, &p->w.m.ops,
					    &p->w.m, NULL), 0);
	assert_int_equal(trans_table_create(&p->t[1], &geo, 0, &p->w.m.ops,
					    &p->w.m, NULL), 0);
	p->cpu[0] = world_finished(&p->w, &p->t[0]);
	p->cpu[1] = world_finished(&p->w, &p->t[1]);
}

/* An end of the half or its middle, some way off by entries of some level. */
static uint64_t cluster(struct play *p, unsigned int on, unsigned int *span)
{
	const struct walk_params *cpu = &p->cpu[on];
	uint64_t *seed = &p->w.seed, size = 1ULL << cpu->iasize;
	uint64_t at[] = { 0, size / 2, size - (1ULL << cpu->granulebits) };
	int level = p->t[on].geo.start_level;
	uint64_t off;

	level += (int)(rnd(seed) % (unsigned int)(4 - level));
	*span = walker_span(cpu, level);
	off = (rnd(seed) % 4) << *span;
	if (rnd(seed) & 1)
		off += (rnd(seed) % 40) << cpu->granulebits;
	return in_half(cpu, at[rnd(seed) % 3] + (rnd(seed) & 1 ? off : -off));
}

/* A range that starts at a cluster and ends in the half. */
static void any_range(struct play *p, struct op *op)
{
	const struct walk_params *cpu = &p->cpu[op->on];
	unsigned int span;
	uint64_t most, *seed = &p->w.seed;

	op->va = cluster(p, op->on, &span);
	op->len = (1 + rnd(seed) % 3) << span;
	if (rnd(seed) & 1)
		op->len += (rnd(seed) % 20) << cpu->granulebits;
	if (rnd(seed) & 1 && op->len > 20ULL << cpu->granulebits)
		op->len -= (rnd(seed) % 20) << cpu->granulebits;
	most = in_half(cpu, ~0ULL) - op->va + 1;
	if (most && op->len > most)
		op->len = most;
}

/* Output addresses: as the input, near the top, across a boundary of the split
 * address fields, anywhere. */
static trans_pa_t any_output(struct play *p, const struct op *op)
{
	const struct walk_params *cpu = &p->cpu[op->on];
	uint64_t page = 1ULL << cpu->granulebits, *seed = &p->w.seed;
	uint64_t size = 1ULL << cpu->oasize;
	uint64_t back = (rnd(seed) % 8) * page;

	switch (rnd(seed) % 4) {
	case 0:
		return op->va & half_mask(cpu) & (size - 1);
	case 1:
		return size - op->len;
	case 2:
		return ((1ULL << (rnd(seed) & 1 ? 48 : 50)) - back) &
		       (size - 1);
	default:
		return rnd(seed) & (size - 1) & ~(page - 1);
	}
}

/* Keep an operation to some ten thousand entries, as even an estimate visits
 * each: cut the range, or the wish for pages. */
static void limit_work(struct play *p, struct op *op)
{
	const struct walk_params *cpu = &p->cpu[op->on];
	uint64_t uneven = op->what == MAP ? op->va ^ op->pa : 0;
	int level = 3;

	if (op->len >> cpu->granulebits > 20000)
		op->flags &= ~TRANS_NOBLOCK;
	while (level > p->t[op->on].geo.start_level &&
	       trans_geometry_leaf(&p->t[op->on].geo, level - 1) &&
	       !(uneven & ((1ULL << walker_span(cpu, level - 1)) - 1)))
		level--;
	if (op->len > 20000ULL << walker_span(cpu, level))
		op->len = 20000ULL << walker_span(cpu, level);
}

static struct op any_op(struct play *p)
{
	static const unsigned int collisions[] = { 0, TRANS_KEEP, TRANS_REPLACE,
						   TRANS_UPGRADE };
	static const enum what whats[] = { MAP, MAP, MAP, COPY, COPY, UNMAP,
					   PROTECT, FOLD };
	uint64_t *seed = &p->w.seed;
	struct op op = { .on = rnd(seed) & 1 };

	op.what = whats[rnd(seed) % 8];
	any_range(p, &op);
	op.pa = any_output(p, &op);
	op.src_va = in_half(&p->cpu[!op.on], op.va);
	op.attr.memory = TRANS_MEM_NORMAL + rnd(seed) % 4;
	op.attr.access = rnd(seed) & (op.attr.memory <= TRANS_MEM_NC ? 3 : 1);
	op.flags = collisions[rnd(seed) % 4];
	if (rnd(seed) & 1)
		op.flags |= TRANS_FOLD;
	if (rnd(seed) % 4 == 0)
		op.flags |= TRANS_NOBLOCK;
	limit_work(p, &op);
	return op;
}

static int perform(struct play *p, const struct op *op, unsigned int more,
		   struct trans_report *r)
{
	struct trans_table *t = &p->t[op->on];
	unsigned int flags = op->flags | more;

	if (op->what == UNMAP)
		return trans_table_unmap(t, op->va, op->len, more, r);
	if (op->what == PROTECT)
		return trans_table_protect(t, op->va, op->len, op->attr.access,
					   more, r);
	if (op->what == FOLD)
		return trans_table_fold(t, op->va, op->len, more, r);
	if (op->what == COPY)
		return trans_table_copy(t, op->va, &p->t[!op->on], op->src_va,
					op->len, flags, r);
	return trans_table_map(t, op->va, op->pa, op->len, &op->attr, flags, r);
}

/* What a map asks for, as a walk. */
static struct walk wanted(const struct op *op, uint64_t va)
{
	static const uint8_t bytes[] = { 0, 0xff, 0x44, 0x04, 0 };

	return (struct walk){
		.pa = op->pa + (va - op->va),
		.attr = bytes[op->attr.memory],
		.pr = true,
		.pw = op->attr.access & TRANS_WRITE,
		.px = op->attr.access & TRANS_EXEC,
	};
}

static bool same_meaning(const struct walk *a, const struct walk *b)
{
	if (a->fault != WALK_NONE || b->fault != WALK_NONE)
		return a->fault == b->fault;
	return a->pa == b->pa && a->attr == b->attr && a->pr == b->pr &&
	       a->pw == b->pw && a->px == b->px && a->ur == b->ur &&
	       a->uw == b->uw && a->ux == b->ux;
}

/* What @va should be after @op mapped it to @wanted, when it was @before. */
static struct walk collided(struct play *p, const struct op *op, uint64_t va,
			    struct walk before, struct walk wants)
{
	if (wants.fault != WALK_NONE)
		return before;
	if (before.fault != WALK_NONE || op->flags & TRANS_REPLACE)
		return wants;
	if (op->flags & TRANS_KEEP)
		return before;
	if (!(op->flags & TRANS_UPGRADE) || !same_meaning(&before, &wants))
		fail_msg("%s: va %llx was mapped: no EEXIST", p->w.name,
			 (unsigned long long)va);
	return before;
}

static struct walk protected(const struct op *op, struct walk walk)
{
	if (walk.fault != WALK_NONE)
		return walk;
	walk.pw = op->attr.access & TRANS_WRITE;
	walk.px = op->attr.access & TRANS_EXEC;
	walk.ur = walk.uw = walk.ux = false;
	return walk;
}

/* What @va should be after @op succeeded, when it was @before. */
static struct walk expected(struct play *p, const struct op *op, uint64_t va,
			    struct walk before)
{
	if (va - op->va >= op->len)
		return before;
	switch (op->what) {
	case UNMAP:
		return (struct walk){ .fault = WALK_TRANSLATION };
	case PROTECT:
		return protected(op, before);
	case MAP:
		return collided(p, op, va, before, wanted(op, va));
	case COPY:
		return collided(p, op, va, before,
				walker(&p->cpu[!op->on],
				       op->src_va + (va - op->va)));
	default:
		return before;
	}
}

/* Addresses at and around both ends of the range, inside, and elsewhere. */
static void choose_samples(struct play *p, const struct op *op, uint64_t *va)
{
	const struct walk_params *cpu = &p->cpu[op->on];
	uint64_t edge[] = { op->va, op->va - 1, op->va + op->len,
			    op->va + op->len - 1 };
	unsigned int span;

	for (int i = 0; i < SAMPLES; i++) {
		if (i < 4)
			va[i] = in_half(cpu, edge[i]);
		else if (i < SAMPLES / 2)
			va[i] = op->va + rnd(&p->w.seed) % op->len;
		else
			va[i] = cluster(p, op->on, &span);
	}
}

static void check_samples(struct play *p, const struct op *op, int ret,
			  const uint64_t *va, const struct walk *before)
{
	for (int i = 0; i < SAMPLES; i++) {
		struct walk now = agree(&p->w, &p->t[op->on], &p->cpu[op->on],
					va[i]);
		struct walk want = ret ? before[i] :
					 expected(p, op, va[i], before[i]);

		if (!same_meaning(&now, &want))
			fail_msg("%s: %d of %llx+%llx to %llx (flags %x): %d; "
				 "va %llx has pa %llx, wants %llx", p->w.name,
				 op->what, (unsigned long long)op->va,
				 (unsigned long long)op->len,
				 (unsigned long long)op->pa, op->flags, ret,
				 (unsigned long long)va[i],
				 (unsigned long long)now.pa,
				 (unsigned long long)want.pa);
	}
}

/* May @op fail like that? (Memory may always run out.) */
static bool may_fail(struct play *p, const struct op *op, int ret,
		     const struct trans_error *e)
{
	const struct walk_params *cpu = &p->cpu[op->on];
	const struct walk_params *from = &p->cpu[!op->on];

	switch (ret) {
	case TRANS_ENOMEM:
		return true;
	case TRANS_EEXIST: /* and there is something */
		return !(op->flags & (TRANS_KEEP | TRANS_REPLACE)) &&
		       e->va - op->va < op->len &&
		       walker(cpu, e->va).fault == WALK_NONE;
	case TRANS_ERANGE:
		if (op->what == MAP)
			return (op->pa + (op->len - 1)) >> cpu->oasize;
		return op->what == COPY &&
		       op->len - 1 > in_half(from, ~0ULL) - op->src_va;
	case TRANS_EUNREPR:
		return op->what == COPY && cpu->oasize < from->oasize;
	default:
		return false;
	}
}

static void play_one(struct play *p)
{
	struct op op = any_op(p);
	struct walk before[SAMPLES];
	struct trans_report r, est;
	uint64_t va[SAMPLES];
	int ret, guess;

	choose_samples(p, &op, va);
	for (int i = 0; i < SAMPLES; i++)
		before[i] = walker(&p->cpu[op.on], va[i]);
	guess = perform(p, &op, TRANS_ESTIMATE, &est);
	p->w.m.allocs = 0;
	p->w.m.fail_at = rnd(&p->w.seed) % 8 ? 0 : 1 + rnd(&p->w.seed) % 3;
	ret = perform(p, &op, 0, &r);
	p->w.m.fail_at = 0;
	if (ret != TRANS_ENOMEM)
		assert_int_equal(ret, guess);
	if (!ret)
		assert_int_equal(r.stats.tables, est.stats.tables);
	else if (!may_fail(p, &op, ret, &r.error))
		fail_msg("%s: %d with flags %x: %s at %llx", p->w.name, op.what,
			 op.flags, r.error.why, (unsigned long long)r.error.va);
	assert_int_equal(p->w.m.balance, p->t[0].pages + p->t[1].pages);
	check_samples(p, &op, ret, va, before);
}

/* The partner has the same granule, reaches the arena, and is otherwise any. */
static const struct shape *partner(const struct shape *a, uint64_t *seed)
{
	const struct shape *b;

	do
		b = &shapes[rnd(seed) % shape_count];
	while (b->granule != a->granule || b->pa < a->pa);
	return b;
}

static void play_world(const struct shape *a, unsigned int variant,
		       uint64_t seed)
{
	uint64_t choice = seed + 77;
	struct play p;

	play_open(&p, a, variant, partner(a, &choice),
		  (unsigned int)(rnd(&choice) % VARIANTS), seed);
	for (int i = 0; i < 40; i++)
		play_one(&p);
	trans_table_destroy(&p.t[0]);
	trans_table_destroy(&p.t[1]);
	world_close(&p.w);
}

static void test_operations_mean_what_they_say(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < world_scale(); n++)
		for (unsigned int i = 0; i < shape_count * VARIANTS; i++)
			play_world(&shapes[i / VARIANTS], i % VARIANTS,
				   100000ULL * n + i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_query_of_hostile_tables),
		cmocka_unit_test(test_query_with_indirection),
		cmocka_unit_test(test_dirty_needs_ha),
		cmocka_unit_test(test_dirty_user_page_is_not_executable),
		cmocka_unit_test(test_indirection_ignores_table_bits),
		cmocka_unit_test(test_indirection_write_and_execute),
		cmocka_unit_test(test_root_beyond_output_size),
		cmocka_unit_test(test_outputs_across_the_address_fields),
		cmocka_unit_test(test_operations_mean_what_they_say),
		cmocka_unit_test(test_ttbr_low_bits),
	};

	int failed = cmocka_run_group_tests_name("walker", tests, NULL, NULL);

	memory_watches_stores = false;
	return failed | cmocka_run_group_tests_name("walker, stores unwatched",
						    tests, NULL, NULL);
}
