/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Hostile source tables: whatever stands in memory, a copy of it succeeds and
 * is right, or fails and has changed nothing; and nothing that reads it runs
 * wild or for ever. An input is a header (read_header), then records that fill
 * the arena; some of them are written only while the library reads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trans_table/inspect.h>
#include <trans_table/table_extra.h>

#include "arena.h"

#define LEGAL_FLAGS 0x17ffu

static struct {
	struct arena a;
	struct world w; /* the destination's; w.cpu is the source's */
	struct trans_geometry src_geo;
	struct trans_table src, dst;
	unsigned int flags;
	trans_va_t src_va, dst_va;
	uint64_t len, seed;
	bool share, changes, premapped;
	bool lost; /* a table could not be read when it was to be freed */
	unsigned long fail_at, refuse_map_at, refuse_acquire_at;
	unsigned int then;
} f;

static uint64_t low(unsigned int bits)
{
	return (1ULL << bits) - 1;
}

/* ---- reading the input --------------------------------------------------- */

static const struct shape *same_granule(struct input *in,
					const struct shape *like)
{
	unsigned int at = (unsigned int)pick(in, shape_count);

	if (pick(in, 2))
		return like;
	while (shapes[at].granule != like->granule)
		at = (at + 1) % shape_count;
	return &shapes[at];
}

static trans_pa_t arena_base(unsigned int pa_bits)
{
	if (pa_bits == 32)
		return 0x10000000;
	return 1ULL << (pa_bits - 1) | (pa_bits == 52 ? 6ULL << 48 : 0) |
	       0x10000000;
}

static void read_source(struct input *in, const struct shape *shape)
{
	unsigned int variant = (unsigned int)pick(in, VARIANTS);
	unsigned int controls = (unsigned int)take(in, 1);
	static trans_present_fn const rules[] = {
		trans_present_linux, trans_present_linux_7_1,
		trans_present_linux_7_1_ng, NULL,
	};
	uint64_t mair = controls & 8 ? take(in, 8) : TRANS_MAIR_DEFAULT;
	trans_present_fn rule = rules[(controls >> 5) %
				      (sizeof(rules) / sizeof(rules[0]))];
	struct world *w = &f.w;
	struct memory m = w->m;

	f.src_geo = world_geometry(shape, variant);
	arena_open(&f.a, &f.src_geo, arena_base(shape->pa));
	w->cpu = world_cpu(w, &f.src_geo, controls & 7, f.a.base, mair);
	w->cpu.read = arena_read;
	w->cpu.ctx = &f.a;
	f.a.cpu = &w->cpu;
	if (controls & 16) {
		w->cpu.pie = true;
		w->cpu.pir = take(in, 8);
		w->cpu.pire0 = take(in, 8);
	}
	world_attach(w, &f.src_geo, &w->cpu, rule, &f.src);
	w->m = m;
	f.src.ops = &f.a.ops;
	f.src.ctx = &f.a;
	w->cpu.hpd |= w->cpu.pie; /* implied */
}

/* An address by its index on each level. */
static uint64_t any_offset(struct input *in, const struct trans_geometry *geo)
{
	uint64_t offset = 0;

	for (int level = geo->start_level; level <= 3; level++) {
		uint64_t index = take(in, 1);

		/* from both ends */
		index = index & 0x80 ? ~(index & 0x7f) : index;
		offset += index << trans_geometry_shift(geo, level);
	}
	return offset & low(geo->va_bits);
}

static void read_range(struct input *in)
{
	const struct trans_geometry *from = &f.src_geo, *to = &f.w.geo;
	unsigned int granule = from->granule_shift;
	uint64_t offset = any_offset(in, from), room, delta;
	int level = 3 - (int)pick(in, 5);

	if (level < from->start_level)
		level = from->start_level;
	/* pages by pages, an estimate may take as long as it is exact */
	if (f.flags & TRANS_NOBLOCK && level < 2)
		level = 2;
	f.len = (take(in, 1) << trans_geometry_shift(from, level)) +
		((1 + take(in, 1)) << granule);
	f.src_va = trans_geometry_first(from) + offset;
	delta = pick(in, 4) ? 0 : take(in, 2) << trans_geometry_shift(from, 1);
	f.dst_va = trans_geometry_first(to) +
		   ((offset + delta) & low(to->va_bits));
	room = (low(from->va_bits) - offset) >> granule << granule;
	if (f.len - 1 > room && pick(in, 8))
		f.len = room + (1ULL << granule);
	f.a.near = f.src_va;
}

/* Mostly a legal combination. */
static unsigned int read_flags(struct input *in)
{
	static const unsigned int collision[] = { 0, TRANS_KEEP, TRANS_REPLACE,
						  TRANS_UPGRADE };
	unsigned int bits = (unsigned int)take(in, 2);
	unsigned int flags = bits & (TRANS_MKWRITE | TRANS_FOLD |
				     TRANS_NOEXEC | TRANS_NOBLOCK);

	if (bits >> 12 == 0xf)
		return bits & LEGAL_FLAGS;
	flags |= collision[bits >> 8 & 3];
	if (bits & TRANS_MKVALID)
		flags |= TRANS_MKVALID | (bits & TRANS_CHECKPFN ?
						  TRANS_CHECKPFN :
						  TRANS_TRUSTPFN);
	if (bits & TRANS_KEEPCONT &&
	    !(flags & (TRANS_FOLD | TRANS_UPGRADE)))
		flags |= TRANS_KEEPCONT;
	return flags;
}

static void read_failures(struct input *in)
{
	unsigned int how = (unsigned int)take(in, 1);

	f.fail_at = how & 1 ? take(in, 1) : 0;
	f.refuse_map_at = how & 2 ? take(in, 1) : 0;
	f.refuse_acquire_at = how & 4 ? take(in, 1) : 0;
	f.w.m.bad_pfn = how & 8 ? take(in, 4) : 0;
	f.changes = how & 16;
	f.premapped = how & 32;
	f.a.also = (how & 0xc0) == 0x40 ? &f.w.m : NULL;
	f.share = (how & 0xc0) == 0xc0;
}

static void read_header(struct input *in)
{
	const struct shape *shape = &shapes[pick(in, shape_count)];
	const struct shape *to = same_granule(in, shape);

	memset(&f, 0, sizeof(f));
	world_open(&f.w, to, (unsigned int)pick(in, VARIANTS), 0,
		   to->granule == 16 ? 20 : 48, 0);
	f.flags = read_flags(in);
	read_source(in, shape);
	read_failures(in);
	f.then = (unsigned int)take(in, 1);
	read_range(in);
	f.a.gap = (unsigned int)take(in, 1);
}

static void read_arena(struct input *in)
{
	unsigned int first = f.changes ? (unsigned int)pick(in, 64) : ~0u;

	for (; first && in->left; first--)
		arena_record(&f.a, in);
	f.a.wait = f.a.gap;
	f.a.later = f.changes ? in : NULL;
}

/* ---- what must not change ------------------------------------------------ */

static uint64_t hash(const void *bytes, size_t len, uint64_t seed)
{
	const uint64_t *word = bytes;

	for (; len >= 8; len -= 8, word++)
		seed = (seed ^ *word) * 0x9e3779b97f4a7c15ULL + (seed >> 29);
	return seed;
}

/* All that the destination is: which pages it has, and what is in them. */
static uint64_t state(void)
{
	const struct memory *m = &f.w.m;
	uint64_t h = (uint64_t)m->balance * 31 + (uint64_t)m->acquired;

	for (size_t i = 0; i < m->len >> m->shift; i++)
		if (m->used[i])
			h = hash(m->bytes + (i << m->shift),
				 (size_t)1 << m->shift, h + i);
	return h + f.dst.pages;
}

/* ---- bounds -------------------------------------------------------------- */

/* How many tables a look at the whole range may open, however cyclic: one for
 * each entry above the last level, and where the source is shallower than the
 * destination, the way down from its root for each. */
static unsigned long table_bound(void)
{
	unsigned long sum = 16;

	for (int level = -1; level < 3; level++) {
		unsigned int shift = trans_geometry_shift(&f.src_geo, level);
		uint64_t entries = shift > 62 ? 2 : (f.len >> shift) + 2;

		sum += entries > 1u << 20 ? 1u << 20 : (unsigned long)entries;
	}
	return 6 * sum;
}

/* Start a count. More than the bound is an error, more than is good for the
 * speed of fuzzing is refused. */
static void set_limit(unsigned long most)
{
	f.a.calls = 0;
	f.a.limit = most;
}

static unsigned long copy_limit(void)
{
	return 4u << (19 - f.src_geo.granule_shift);
}

/* ---- copy ---------------------------------------------------------------- */

static void premap(void)
{
	struct trans_attr attr = { TRANS_MEM_NORMAL, TRANS_WRITE };
	uint64_t granule = 1ULL << f.w.geo.granule_shift;
	uint64_t len = f.len / 2 & ~(granule - 1);

	/* it may well not be possible */
	trans_table_map(&f.dst, f.dst_va, 0, len + granule, &attr,
			TRANS_KEEP, NULL);
	trans_table_map(&f.dst, f.dst_va + 3 * granule, 0, 2 * granule, &attr,
			TRANS_REPLACE, NULL);
}

static int copy(unsigned int extra, struct trans_report *r)
{
	unsigned int flags = f.flags & ~TRANS_ESTIMATE;

	*r = (struct trans_report){ 0 };
	set_limit(copy_limit());
	if (f.share)
		return trans_table_share(&f.dst, f.dst_va, &f.src, f.src_va,
					 f.len, extra | (flags & 0x300), r);
	return trans_table_copy(&f.dst, f.dst_va, &f.src, f.src_va, f.len,
				flags | extra, r);
}

static bool documented(int ret)
{
	switch (ret) {
	case TRANS_EINVAL: case TRANS_EALIGN: case TRANS_ERANGE:
	case TRANS_EEXIST: case TRANS_ENOMEM: case TRANS_EFAULT:
	case TRANS_EPFN: case TRANS_ECORRUPT: case TRANS_EUNREPR:
	case TRANS_EHOST: case 0:
		return true;
	default:
		return false;
	}
}

static bool caused_by_host(int ret)
{
	return ret == TRANS_ENOMEM || ret == TRANS_EHOST ||
	       ret == TRANS_EFAULT;
}

static int estimate(struct trans_report *r)
{
	uint64_t before = state();
	int ret = copy(TRANS_ESTIMATE, r);

	CHECK(f.a.also || f.changes || before == state());
	CHECK(documented(ret) && (!ret || (r->error.why && r->error.status == ret)));
	CHECK(f.a.calls <= table_bound());
	return ret;
}

static int copy_and_check(void)
{
	struct trans_report est, r;
	int expected = estimate(&est), ret;
	struct memory *m = &f.w.m;
	uint64_t before = state();
	long balance = m->balance;
	bool stable = !f.changes && !f.a.also;

	m->allocs = m->maps = m->acquires = 0;
	m->fail_at = f.fail_at;
	m->refuse_map_at = f.refuse_map_at;
	m->refuse_acquire_at = f.refuse_acquire_at;
	ret = copy(0, &r);
	f.lost = f.refuse_map_at && m->maps >= f.refuse_map_at &&
		 ret != TRANS_EFAULT;
	m->fail_at = m->refuse_map_at = m->refuse_acquire_at = 0;
	CHECK(documented(ret) && (!ret || (r.error.why && r.error.status == ret)));
	CHECK(f.a.calls <= table_bound());
	CHECK(!stable || ret == expected || caused_by_host(ret));
	CHECK(!ret || f.lost || before == state());
	if (!ret) {
		CHECK(!stable || est.stats.tables == r.stats.tables);
		CHECK(m->allocs == r.stats.tables);
		balance += (long)r.stats.tables - (long)r.stats.tables_freed;
	}
	if (ret && f.lost)
		return ret;
	CHECK(m->balance == balance && f.dst.pages == (uint32_t)balance);
	CHECK(m->acquired == balance);
	return ret;
}

/* ---- does the copy map what the source maps? ----------------------------- */

struct sample {
	uint64_t offset;
	int before;
	struct trans_leaf old;
};

static bool two_halves(const struct trans_table *t)
{
	return t->geo.regime != TRANS_EL2;
}

static void same_user(const struct trans_leaf *from, const struct trans_leaf *to)
{
	bool both = two_halves(&f.src) && two_halves(&f.dst);
	bool noexec = f.flags & TRANS_NOEXEC;

	CHECK(to->user_readable == (both && from->user_readable));
	CHECK(to->user_executable ==
	      (both && !noexec && from->user_executable));
}

static void same_leaf(const struct trans_leaf *from, const struct trans_leaf *to)
{
	bool noexec = f.flags & TRANS_NOEXEC, mkwrite = f.flags & TRANS_MKWRITE;

	CHECK(from->pa == to->pa && from->memory == to->memory);
	CHECK(to->readable);
	if (mkwrite)
		CHECK(to->writable);
	else
		CHECK(to->writable == from->writable);
	if (noexec)
		CHECK(!to->executable);
	else if (!(mkwrite && from->user_readable))
		CHECK(to->executable == from->executable);
	same_user(from, to);
}

static void check_hole(const struct sample *s, const struct trans_report *r,
		       int ret, const struct trans_leaf *to)
{
	bool unused = r->error.desc & 1; /* a leaf without access flag */
	bool revived = r->error.desc && !unused && f.flags & TRANS_MKVALID;

	if (!s->before) {
		if (!unused && !revived)
			CHECK(!ret && to->pa == s->old.pa);
		return;
	}
	if (revived && r->error.level == 3)
		CHECK(!ret);
	if (!revived)
		CHECK(ret == TRANS_ENOENT);
}

static void check_sample(const struct sample *s)
{
	struct trans_leaf from, to;
	struct trans_report r = { 0 };
	int in_src = trans_table_query(&f.src, f.src_va + s->offset, &from, &r);
	int in_dst = trans_table_query(&f.dst, f.dst_va + s->offset, &to, NULL);
	bool old = !s->before && !(f.flags & TRANS_REPLACE);

	CHECK(in_src == 0 || in_src == TRANS_ENOENT);
	if (in_src) {
		check_hole(s, &r, in_dst, &to);
		return;
	}
	CHECK(!in_dst);
	if (!old)
		same_leaf(&from, &to);
	else
		CHECK(f.flags & (TRANS_KEEP | TRANS_UPGRADE) &&
		      to.pa == s->old.pa && to.writable == s->old.writable);
}

#define SAMPLES 40

static void take_samples(struct sample *s)
{
	uint64_t granule = 1ULL << f.w.geo.granule_shift;

	for (int i = 0; i < SAMPLES; i++, s++) {
		uint64_t bits = rnd(&f.seed);

		/* about the start, about the end, anywhere */
		s->offset = bits >> 8;
		if (i % 4 < 2)
			s->offset &= 0x1f * granule | 0xfff;
		s->offset %= f.len;
		if (i % 4 == 1)
			s->offset = f.len - 1 - s->offset;
		s->before = trans_table_query(&f.dst, f.dst_va + s->offset,
					      &s->old, NULL);
	}
}

/* ---- what only reads ----------------------------------------------------- */

#define MANY 3000

static bool same_as_walk(int ret, const struct trans_leaf *leaf,
			 const struct walk *ref)
{
	if (ref->fault != WALK_NONE)
		return ret != 0;
	if (ref->odd_pir)
		return ret == TRANS_ECORRUPT;
	return !ret && leaf->pa == ref->pa && leaf->memory == ref->attr &&
	       leaf->readable == ref->pr && leaf->writable == ref->pw &&
	       leaf->executable == ref->px && leaf->user_readable == ref->ur &&
	       leaf->user_writable == ref->uw &&
	       leaf->user_executable == ref->ux;
}

static void agree_with_walker(trans_va_t va)
{
	struct walk ref = walker(&f.w.cpu, va);
	struct trans_leaf leaf = { 0 };
	struct trans_report r = { 0 };
	int ret = trans_table_query(&f.src, va, &leaf, &r);

	if (same_as_walk(ret, &leaf, &ref))
		return;
	fprintf(stderr, "va %llx: %d %s, walker: %s, level %d desc %llx "
		"tables %llx pie %d hpd %d\n", (unsigned long long)va, ret,
		ret ? r.error.why : "mapped", ref.fault ? ref.reason : "mapped",
		ref.level, (unsigned long long)ref.desc,
		(unsigned long long)ref.tables, f.w.cpu.pie, f.w.cpu.hpd);
	CHECK(!"query agrees with the walker");
}

static void look_up(void)
{
	struct trans_step steps[TRANS_STEPS];

	for (int i = 0; i < 8; i++) {
		trans_va_t va = f.src_va + rnd(&f.seed) % f.len;
		unsigned int count = 0;

		set_limit(MANY);
		if (!f.changes && !f.a.also)
			agree_with_walker(va);
		trans_table_walk(&f.src, va, steps, &count, NULL);
		CHECK(count <= TRANS_STEPS);
		for (unsigned int n = 1; n < count; n++)
			CHECK(steps[n].level == steps[n - 1].level + 1);
		trans_table_verify(&f.src, va, rnd(&f.seed), f.len,
				   TRANS_WRITE, NULL);
	}
}

struct seen {
	trans_va_t from, last;
	bool any;
	unsigned int left;
};

static int on_run(void *arg, const struct trans_run *run)
{
	struct seen *s = arg;
	trans_va_t last = run->va + (run->len - 1);

	CHECK(run->len && last >= run->va);
	CHECK(run->va >= s->from && last <= s->last);
	CHECK(run->status == 0 || run->status == TRANS_EFAULT ||
	      run->status == TRANS_ECORRUPT);
	s->from = last + 1;
	return s->left-- ? 0 : 77;
}

static int on_diff(void *arg, const struct trans_diff *diff)
{
	struct seen *s = arg;
	trans_va_t last = diff->va + (diff->len - 1);

	CHECK(diff->len && diff->va >= s->from && last <= s->last);
	CHECK(diff->kind >= TRANS_ONLY_A && diff->kind <= TRANS_OTHER_ATTR);
	s->from = last + 1;
	return s->left-- ? 0 : 77;
}

static int on_text(void *arg, const char *text, size_t len)
{
	struct seen *s = arg;

	CHECK(len && len < 512 && text[len - 1] == '\n');
	CHECK(!memchr(text, 0, len));
	return s->left-- ? 0 : 77;
}

static int on_page(void *arg, trans_pa_t pa, uint64_t len)
{
	struct seen *s = arg;

	(void)pa;
	CHECK(len == 1ULL << f.src_geo.granule_shift);
	return s->left-- ? 0 : 77;
}

static void inspect(void)
{
	struct seen s = { f.src_va, f.src_va + (f.len - 1), false, 100 };
	struct seen again = s;

	set_limit(MANY);
	trans_table_runs(&f.src, f.src_va, f.len, on_run, &s, NULL);
	s = again;
	set_limit(MANY);
	if (f.src_va == f.dst_va)
		trans_table_diff(&f.src, &f.dst, f.src_va, f.len, on_diff, &s,
				 NULL);
	s = again;
	set_limit(MANY / 4);
	if (f.then & 1)
		trans_table_dump(&f.src, on_text, &s);
	trans_table_trace(&f.src, f.src_va, on_text, &s);
	s = again;
	set_limit(MANY);
	trans_table_pages(&f.src, on_page, &s, NULL);
	s = again;
	if (!f.share)
		CHECK(trans_table_dump(&f.dst, on_text, &s) != TRANS_EINVAL);
}

/* ---- one input ----------------------------------------------------------- */

/* A table that came from a hostile source is a table like any other. */
static void change_copy(void)
{
	uint64_t half = f.len / 2 & ~low(f.w.geo.granule_shift);
	struct trans_regs regs;

	set_limit(copy_limit());
	if (f.then & 2 && half)
		trans_table_unmap(&f.dst, f.dst_va + half, half, 0, NULL);
	if (f.then & 4)
		trans_table_protect(&f.dst, f.dst_va, f.len, TRANS_EXEC, 0,
				    NULL);
	if (f.then & 8)
		trans_table_fold(&f.dst, f.dst_va, f.len, 0, NULL);
	if (f.then & 16)
		trans_table_finish(&f.dst, &regs, NULL);
}

static void run(void)
{
	struct sample samples[SAMPLES];
	bool stable = !f.changes && !f.a.also;
	int ret;

	if (trans_table_create(&f.dst, &f.w.geo, f.src.mair, &f.w.m.ops,
			       &f.w.m, NULL))
		return;
	if (f.premapped)
		premap();
	take_samples(samples);
	ret = copy_and_check();
	if (!ret && stable && !f.share)
		for (int i = 0; i < SAMPLES; i++) {
			set_limit(MANY);
			check_sample(&samples[i]);
		}
	look_up();
	inspect();
	if (!f.share)
		change_copy();
	trans_table_destroy(&f.dst);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, len };

	read_header(&in);
	f.seed = len ? data[len / 2] * len : 0;
	read_arena(&in);
	run();
	if (f.lost)
		f.w.m.balance = f.w.m.acquired = 0;
	CHECK(!f.w.m.balance && !f.w.m.acquired);
	world_close(&f.w);
	arena_close(&f.a);
	return 0;
}
