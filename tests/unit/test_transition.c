/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The transition on simulated memory: what prepare builds, what the proof
 * finds, what every failure gives back, and in which order go does things.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/arch/fake/fake.h"
#include "memory.h"
#include "trans/parts.h"

#define MIB (1ULL << 20)
#define LINEAR 0xffff000000000000ULL
#define SRC 0x80000000ULL /* never read here: moves only name it */
#define DST 0x90200000ULL
#define MOVES 1000

/* A CPU with everything that go knows about. */
#define DFR0 (1ULL << 32 | 1ULL << 40 | 1ULL << 44)
#define PFR1 (2ULL << 8 | 1ULL << 24 | 1ULL << 36 | 1ULL << 44)
#define MMFR1 (1ULL << 20)

struct fixture {
	struct memory m;
	struct trans_cpu cpu;
	struct trans_moves plan;
	struct trans_move storage[MOVES];
	struct trans_table host, view; /* the host's linear map */
	struct trans_transition_args args;
	struct trans_transition t;
	struct trans_error err;
	trans_pa_t alias;
	uint64_t alias_len;
	unsigned int aliased, entered, dropped, quiesced;
	bool refuse;
};

static struct fixture f;

static int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host;
	f.alias = pa;
	f.alias_len = len;
	f.aliased += !f.refuse;
	return f.refuse;
}

static void alias_enter(void *host)
{
	(void)host;
	f.entered = (unsigned int)fake_arch.count;
}

static void alias_drop(void *host)
{
	(void)host;
	f.dropped++;
}

static int quiesce(void *host)
{
	(void)host;
	f.quiesced++;
	return f.refuse;
}

static int setup(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	fake_arch_reset();
	memory_init(&f.m, 0x40000000, 4 * MIB, 12);
	f.cpu = (struct trans_cpu){ .el = 1, .mmfr0 = 0x1125 };
	trans_moves_init(&f.plan, f.storage, MOVES);
	f.args = (struct trans_transition_args){
		.cpu = &f.cpu,
		.granule = TRANS_4K,
		.va_bits = 48,
		.ops = &f.m.ops,
		.ctx = &f.m,
		.plan = &f.plan,
		.map = TRANS_MAP_SPARSE,
		.entry = DST,
		.x = { 1, 2, 3, 4 },
		.conduit = TRANS_CONDUIT_SMC,
		.alias_prepare = alias_prepare,
		.alias_enter = alias_enter,
		.alias_drop = alias_drop,
		.quiesce = quiesce,
	};
	return 0;
}

static int teardown(void **state)
{
	long balance, acquired;

	(void)state;
	trans_transition_cancel(&f.t);
	trans_table_destroy(&f.host);
	balance = f.m.balance;
	acquired = f.m.acquired;
	memory_free(&f.m);
	return balance || acquired || f.aliased != f.dropped;
}

static void move(trans_pa_t src, trans_pa_t dst, uint64_t len)
{
	assert_int_equal(trans_moves_add(&f.plan, src, dst, len), 0);
}

static void prepare(void)
{
	assert_int_equal(trans_transition_prepare(&f.t, &f.args, &f.err), 0);
}

static void refused(int status)
{
	static const struct trans_transition zero;

	memset(&f.err, 0, sizeof(f.err));
	memset(&f.t, 0xcc, sizeof(f.t));
	assert_int_equal(trans_transition_prepare(&f.t, &f.args, &f.err),
			 status);
	assert_int_equal(f.err.status, status);
	assert_non_null(f.err.why);
	assert_memory_equal(&f.t, &zero, sizeof(zero));
}

/* The host's linear map: [SRC, +256 MiB) and [DST, +64 MiB) at LINEAR. */
static void linear(unsigned int dst_access)
{
	struct trans_attr ro = { TRANS_MEM_NORMAL, 0 };
	struct trans_attr dst = { TRANS_MEM_NORMAL, dst_access };
	struct trans_geometry geo;
	struct trans_regs regs;

	assert_int_equal(trans_geometry_init(&geo, TRANS_EL1_0, TRANS_4K, 48,
					     48, TRANS_GEO_UPPER, NULL), 0);
	assert_int_equal(trans_table_create(&f.host, &geo, 0x04ff, &f.m.ops,
					    &f.m, NULL), 0);
	assert_int_equal(trans_table_map(&f.host, LINEAR + SRC, SRC, 256 * MIB,
					 &ro, 0, NULL), 0);
	assert_int_equal(trans_table_map(&f.host, LINEAR + DST, DST, 64 * MIB,
					 &dst, 0, NULL), 0);
	assert_int_equal(trans_table_finish(&f.host, &regs, NULL), 0);
	assert_int_equal(trans_table_attach(&f.view, &geo, &regs,
					    trans_present_linux, &f.m.ops,
					    &f.m, NULL), 0);
	f.args.map = TRANS_MAP_LINEAR;
	f.args.linear = &f.view;
	f.args.linear_offset = LINEAR;
}

static const struct blob_params *params(void)
{
	return memory_at(&f.m, f.t.data);
}

static void leaf_is(const struct trans_table *table, trans_va_t va,
		    trans_pa_t pa, bool write, bool exec)
{
	struct trans_leaf leaf;

	assert_int_equal(trans_table_query(table, va, &leaf, NULL), 0);
	assert_int_equal(leaf.pa, pa);
	assert_int_equal(leaf.writable, write);
	assert_int_equal(leaf.executable, exec);
	assert_false(leaf.user_readable || leaf.user_executable);
}

static void absent(const struct trans_table *table, trans_va_t va)
{
	struct trans_leaf leaf;

	assert_int_equal(trans_table_query(table, va, &leaf, NULL),
			 TRANS_ENOENT);
}

static void sparse(void **state)
{
	(void)state;
	f.args.uart = 0x09000000;
	f.args.uart_kind = TRANS_UART_PL011;
	f.args.report = 0x4fff0000;
	move(SRC, DST, 4 * MIB);
	move(TRANS_ZERO, DST + 8 * MIB, 0x1000);
	move(DST + 16 * MIB, DST + 16 * MIB + 0x800, 0x1000); /* unaligned */
	prepare();
	assert_true(f.t.prepared);
	assert_int_equal(f.t.move_count, 3);
	assert_int_equal(f.t.move_bytes, 4 * MIB + 0x2000);
	leaf_is(&f.t.low, SRC, SRC, false, false);
	leaf_is(&f.t.low, SRC + 4 * MIB - 8, SRC + 4 * MIB - 8, false, false);
	absent(&f.t.low, SRC + 4 * MIB);
	leaf_is(&f.t.low, DST, DST, true, false);
	leaf_is(&f.t.low, DST + 8 * MIB, DST + 8 * MIB, true, false);
	absent(&f.t.low, DST + 8 * MIB + 0x1000);
	/* source and destination in one page: writable */
	leaf_is(&f.t.low, DST + 16 * MIB, DST + 16 * MIB, true, false);
	leaf_is(&f.t.low, f.t.code, f.t.code, false, true);
	leaf_is(&f.t.low, f.t.data, f.t.data, true, false);
	leaf_is(&f.t.low, f.t.list, f.t.list, false, false);
	leaf_is(&f.t.low, 0x4fff0000, 0x4fff0000, true, false);
	leaf_is(&f.t.low, 0x09000018, 0x09000018, true, false);
	absent(&f.t.low, f.t.low.root);
	assert_null(f.t.high.ops);
}

static void parameters(void **state)
{
	const struct blob_params *p;

	(void)state;
	f.args.uart = 0x09000000;
	f.args.uart_kind = TRANS_UART_8250;
	f.cpu.mmfr3 = 1;
	move(SRC, DST, 0x1000);
	prepare();
	p = params();
	assert_int_equal(p->tcr, trans_tcr(&f.t.low.geo, NULL));
	assert_int_equal(p->mair, TRANS_MAIR_DEFAULT);
	assert_int_equal(p->ttbr0, f.t.low.root);
	assert_int_equal(p->ttbr1, 0);
	assert_int_equal(p->sctlr, 0x30d01805);
	assert_int_equal(p->flags, 1);
	assert_int_equal(p->list, f.t.list);
	assert_int_equal(p->offset, 0);
	assert_int_equal(p->report,
			 f.t.data + offsetof(struct blob_params, own));
	assert_int_equal(p->uart, 0x09000000);
	assert_int_equal(p->uart_kind, 2);
	assert_int_equal(p->conduit, 2);
	assert_int_equal(p->target, DST);
	assert_int_equal(p->x[0], 1);
	assert_int_equal(p->x[3], 4);
	assert_int_equal(p->move_count, 1);
	assert_int_equal(f.alias, f.t.code);
	assert_int_equal(f.alias_len, f.t.code_granules * 4096);
	assert_int_equal(f.t.code_granules, (trans_blob_size() + 4095) / 4096);
	assert_int_equal(*(uint8_t *)memory_at(&f.m, f.t.code), 0xb1);
	/* blob, list and tables are in memory; nothing of it is left out */
	assert_true(f.m.cleaned >= (unsigned long)f.m.balance * 4096);
}

static void digests(void **state)
{
	struct trans_digest d[2] = {
		{ .pa = DST + 0x10, .len = 0xf0, .sha256 = { 1, 2, 3 } },
		{ .pa = SRC + 16 * MIB, .len = 5000, .sha256 = { 4 } },
	};

	(void)state;
	f.args.digests = d;
	f.args.digest_count = 2;
	f.args.on_failure = TRANS_FAILURE_PARKS;
	f.cpu.isar0 = 1 << 12;
	move(SRC, DST, 0x1000);
	prepare();
	assert_int_equal(params()->digest_count, 2);
	assert_memory_equal(params()->digest, d, sizeof(d));
	assert_int_equal(params()->flags, 1 << BLOB_HAS_SHA2_BIT |
					  1 << BLOB_PARK_BIT);
	assert_null(f.t.args.digests);
	leaf_is(&f.t.low, DST, DST, true, false);
	/* in place, so mapped for its own sake */
	leaf_is(&f.t.low, SRC + 16 * MIB, SRC + 16 * MIB, false, false);
	leaf_is(&f.t.low, SRC + 16 * MIB + 4999, SRC + 16 * MIB + 4999, false,
		false);
}

static void digests_linear(void **state)
{
	struct trans_digest d = { .pa = SRC + 512 * MIB, .len = 1 };

	(void)state;
	linear(TRANS_WRITE);
	f.args.digests = &d;
	f.args.digest_count = 1;
	move(SRC, DST, 0x1000);
	refused(TRANS_ENOENT); /* nothing there in the linear map */
	d.pa = SRC + 16 * MIB;
	prepare();
	leaf_is(&f.t.high, LINEAR + d.pa, d.pa, false, false);
}

/* A digest over the blob's own pages can only fail. */
static void digest_of_the_blob(void **state)
{
	struct trans_digest d = { .pa = f.m.base, .len = 16 };

	(void)state;
	f.args.digests = &d;
	f.args.digest_count = 1;
	move(SRC, DST, 0x1000);
	refused(TRANS_EOVERLAP);
	assert_int_equal(f.err.va, f.m.base);
}

static void bad_digests(void **state)
{
	struct trans_digest d[TRANS_DIGESTS_MAX + 1] = {
		{ .pa = DST, .len = 16 },
	};

	(void)state;
	f.args.digest_count = 1;
	refused(TRANS_EINVAL);
	f.args.digests = d;
	f.args.digest_count = TRANS_DIGESTS_MAX + 1;
	refused(TRANS_EINVAL);
	f.args.digest_count = 2; /* an empty one */
	refused(TRANS_EINVAL);
	f.args.digest_count = 1;
	d[0].pa += 8;
	refused(TRANS_EALIGN);
	d[0].pa = -16ULL;
	d[0].len = 17;
	refused(TRANS_ERANGE);
}

static void stub(void **state)
{
	(void)state;
	f.args.stub = true;
	move(SRC, DST, 0x1000);
	prepare();
	assert_int_equal(params()->flags, 1 << BLOB_STUB_BIT);
	trans_transition_cancel(&f.t);
	f.args.conduit = TRANS_CONDUIT_HVC;
	refused(TRANS_EINVAL);
	f.args.conduit = TRANS_CONDUIT_SMC;
	f.cpu.el = 2;
	refused(TRANS_EINVAL);
}

/* ---- without tables, for want of memory -------------------------------- */

static void fallback(void **state)
{
	unsigned long n, without = 0;

	(void)state;
	f.args.fallback = true;
	move(SRC, DST, 0x1000);
	prepare(); /* with all the memory there is, nothing changes */
	assert_int_equal(f.t.args.map, TRANS_MAP_SPARSE);
	trans_transition_cancel(&f.t);
	for (n = 1;; n++) {
		struct trans_error untouched = f.err;
		int ret;

		f.m.allocs = 0;
		f.m.fail_at = n;
		ret = trans_transition_prepare(&f.t, &f.args, &f.err);
		if (n <= 3) { /* list, code, data */
			assert_int_equal(ret, TRANS_ENOMEM);
			continue;
		}
		assert_int_equal(ret, 0);
		if (f.t.args.map == TRANS_MAP_SPARSE)
			break;
		without++;
		assert_memory_equal(&f.err, &untouched, sizeof(f.err));
		assert_int_equal(params()->sctlr, 0x30d01800);
		assert_int_equal(f.t.stats.tables, 0);
		assert_int_equal(f.m.balance, f.t.list_granules +
				 f.t.code_granules + f.t.data_granules);
		trans_transition_cancel(&f.t);
	}
	assert_true(without > 4);
	f.m.fail_at = 0;
}

/* ---- scrub ------------------------------------------------------------- */

/* The moves after the first @from, as (dst, len), all of zeroes. */
struct scrubbed {
	size_t from, seen;
	trans_pa_t dst[8];
	uint64_t len[8];
};

static int see_scrubbed(void *arg, const struct trans_move *m)
{
	struct scrubbed *s = arg;

	if (s->from) {
		s->from--;
		return 0;
	}
	assert_int_equal(m->src, TRANS_ZERO);
	assert_true(s->seen < 8);
	s->dst[s->seen] = m->dst;
	s->len[s->seen++] = m->len;
	return 0;
}

/* A linear map with [SRC, +256 MiB) by pages, and @hidden pages of it from
 * SRC + @at on without VALID, as Linux <= 7.0 hides them. */
static void hide(uint64_t at, uint64_t hidden)
{
	struct trans_leaf leaf;
	uint64_t *desc;

	for (; hidden; hidden--, at += 4096) {
		trans_pa_t table = f.host.root;
		trans_va_t va = LINEAR + SRC + at;

		assert_int_equal(trans_table_query(&f.view, va, &leaf, NULL),
				 0);
		assert_int_equal(leaf.level, 3);
		for (unsigned int shift = 39; shift > 12; shift -= 9) {
			desc = memory_at(&f.m, table);
			table = desc[va >> shift & 511] & 0xfffffffff000;
		}
		desc = memory_at(&f.m, table);
		desc[va >> 12 & 511] &= ~1ULL;
	}
}

static void paged_linear(void)
{
	struct trans_attr rw = { TRANS_MEM_NORMAL, TRANS_WRITE };
	struct trans_geometry geo;
	struct trans_regs regs;

	assert_int_equal(trans_geometry_init(&geo, TRANS_EL1_0, TRANS_4K, 48,
					     48, TRANS_GEO_UPPER, NULL), 0);
	assert_int_equal(trans_table_create(&f.host, &geo, 0x04ff, &f.m.ops,
					    &f.m, NULL), 0);
	assert_int_equal(trans_table_map(&f.host, LINEAR + SRC, SRC, 4 * MIB,
					 &rw, TRANS_NOBLOCK, NULL), 0);
	assert_int_equal(trans_table_finish(&f.host, &regs, NULL), 0);
	assert_int_equal(trans_table_attach(&f.view, &geo, &regs,
					    trans_present_linux, &f.m.ops,
					    &f.m, NULL), 0);
	f.args.linear = &f.view;
	f.args.linear_offset = LINEAR;
	f.args.scrub = true;
}

static void scrubs(enum trans_map_choice map)
{
	struct scrubbed s = { .from = 3 };

	f.args.map = map;
	paged_linear();
	hide(0x1000, 2);  /* a source, and the next move's destination */
	hide(0x4000, 3);  /* a source; the move ends in the middle */
	hide(0x9000, 1);  /* nobody's source */
	hide(0x20000, 1); /* of a move into itself */
	move(SRC, SRC + 0x10000, 0x2800);
	move(SRC + 0x3000, SRC + 0x2000, 0x3010);
	move(SRC + 0x20000, SRC + 0x20800, 0x1000);
	prepare();
	assert_int_equal(f.t.move_count, 6);
	assert_int_equal(trans_list_moves(&f.t, see_scrubbed, &s, NULL), 0);
	assert_int_equal(s.seen, 3);
	assert_int_equal(s.dst[0], SRC + 0x1000);
	assert_int_equal(s.len[0], 0x1000); /* page 2 is written to */
	/* 0x4000 is the destination's, to 0x5010; the source ends at 0x6010 */
	assert_int_equal(s.dst[1], SRC + 0x5010);
	assert_int_equal(s.len[1], 0x1000);
	assert_int_equal(s.dst[2], SRC + 0x20000);
	assert_int_equal(s.len[2], 0x800);
	assert_int_equal(f.t.scrub_bytes, 0x2800);
	assert_int_equal(f.t.move_bytes, 0x2800 + 0x3010 + 0x1000);
}

static void scrub_sparse(void **state)
{
	(void)state;
	scrubs(TRANS_MAP_SPARSE);
	leaf_is(&f.t.low, SRC + 0x1000, SRC + 0x1000, true, false);
}

static void scrub_linear(void **state)
{
	(void)state;
	scrubs(TRANS_MAP_LINEAR);
	leaf_is(&f.t.high, LINEAR + SRC + 0x1000, SRC + 0x1000, true, false);
}

static void scrub_wants_linear(void **state)
{
	(void)state;
	f.args.scrub = true;
	refused(TRANS_EINVAL);
	paged_linear();
	f.args.linear_offset = LINEAR + 8;
	refused(TRANS_EALIGN);
	/* and a broken one is no reason to leave anything lying about */
	f.args.linear_offset = LINEAR;
	f.view.root = 0x1000;
	move(SRC, SRC + 0x10000, 0x1000);
	refused(TRANS_EFAULT);
}

static void el2(void **state)
{
	(void)state;
	f.cpu.el = 2;
	move(SRC, DST, 0x1000);
	prepare();
	assert_int_equal(params()->sctlr, 0x30c51835);
	assert_int_equal(params()->hcr, 0x80000000);
	assert_int_equal(f.t.low.geo.regime, TRANS_EL2);
	leaf_is(&f.t.low, f.t.code, f.t.code, false, true);
}

static void linear_high(void **state)
{
	(void)state;
	linear(0); /* destinations read-only: MKWRITE must cure it */
	move(SRC, DST, 4 * MIB);
	prepare();
	leaf_is(&f.t.high, LINEAR + SRC, SRC, false, false);
	leaf_is(&f.t.high, LINEAR + DST, DST, true, false);
	absent(&f.t.high, LINEAR + SRC + 4 * MIB);
	absent(&f.t.low, SRC);
	leaf_is(&f.t.low, f.t.code, f.t.code, false, true);
	leaf_is(&f.t.low, f.t.list, f.t.list, false, false);
	assert_int_equal(params()->offset, LINEAR);
	assert_int_equal(params()->mair, 0x04ff);
	assert_int_equal(params()->ttbr1, f.t.high.root);
	assert_int_equal(params()->tcr,
			 trans_tcr(&f.t.low.geo, &f.t.high.geo));
	assert_true(f.t.stats.mkwrite > 0);
}

/* Without MKWRITE the copy of a read-only destination is of no use, and the
 * check says so before anything is touched. */
static void linear_needs_mkwrite(void **state)
{
	(void)state;
	linear(0);
	f.args.linear_flags = TRANS_NOEXEC;
	move(SRC, DST, 0x1000);
	refused(TRANS_ENOENT);
	assert_int_equal(f.err.va, LINEAR + DST);
	f.args.unproven = true;
	prepare();
	assert_int_equal(trans_transition_check(&f.t, &f.err), TRANS_ENOENT);
}

static void linear_missing_source(void **state)
{
	(void)state;
	linear(TRANS_WRITE);
	move(SRC + 2048 * MIB, DST, 0x1000);
	refused(TRANS_ENOENT);
	assert_int_equal(f.err.va, LINEAR + SRC + 2048 * MIB);
}

/* One range (EL2 without E2H): copy and identity map share the table. */
static void linear_low(void **state)
{
	struct trans_attr ro = { TRANS_MEM_NORMAL, 0 };
	struct trans_geometry geo;
	struct trans_regs regs;

	(void)state;
	f.cpu.el = 2;
	assert_int_equal(trans_geometry_init(&geo, TRANS_EL2, TRANS_4K, 48, 40,
					     0, NULL), 0);
	assert_int_equal(trans_table_create(&f.host, &geo, 0, &f.m.ops, &f.m,
					    NULL), 0);
	assert_int_equal(trans_table_map(&f.host, SRC + (1ULL << 40), SRC,
					 1024 * MIB, &ro, 0, NULL), 0);
	assert_int_equal(trans_table_finish(&f.host, &regs, NULL), 0);
	assert_int_equal(trans_table_attach(&f.view, &geo, &regs, NULL,
					    &f.m.ops, &f.m, NULL), 0);
	f.args.map = TRANS_MAP_LINEAR;
	f.args.linear = &f.view;
	f.args.linear_offset = 1ULL << 40;
	f.args.granule = TRANS_64K; /* ignored */
	move(SRC, DST, 4 * MIB);
	prepare();
	assert_null(f.t.high.ops);
	assert_int_equal(f.t.low.geo.pa_bits, 40);
	leaf_is(&f.t.low, DST + (1ULL << 40), DST, true, false);
	leaf_is(&f.t.low, SRC + (1ULL << 40), SRC, false, false);
	leaf_is(&f.t.low, f.t.code, f.t.code, false, true);
}

static void no_tables(void **state)
{
	(void)state;
	f.args.map = TRANS_MAP_NONE;
	prepare(); /* and no moves: the crash entry */
	assert_int_equal(f.t.list_granules, 0);
	assert_int_equal(params()->list, BLOB_LIST_END);
	assert_int_equal(params()->sctlr, 0x30d01800);
	assert_int_equal(params()->tcr, 0x800080);
	assert_int_equal(params()->ttbr0, 0);
	trans_transition_cancel(&f.t);
	move(SRC, f.m.base, 0x1000); /* the first page that is allocated */
	refused(TRANS_EOVERLAP);
}

static void output_sizes(void **state)
{
	static const struct {
		uint64_t mmfr0, mmfr2;
		enum trans_granule granule;
		unsigned int va_bits, pa_bits;
		bool ds;
	} rows[] = {
		{ 0x0000000000000002, 0, TRANS_4K, 48, 40, false },
		{ 0x0000000000000006, 0, TRANS_4K, 48, 48, false },
		{ 0x0000000010000006, 0, TRANS_4K, 48, 48, false },
		{ 0x0000000010000006, 0, TRANS_4K, 52, 52, true },
		{ 0x0000000000200006, 0, TRANS_16K, 52, 52, true },
		{ 0x0000000000000006, 0x10000, TRANS_64K, 52, 52, false },
		{ 0x0000000000000006, 0, TRANS_64K, 48, 52, false },
		{ 0x0000000000000006, 0, TRANS_4K, 52, 0, false },
		{ 0x0000000000100006, 0, TRANS_16K, 52, 0, false },
		{ 0x0000000000000006, 0, TRANS_64K, 52, 0, false },
		{ 0x0000000000000006, 0, TRANS_16K, 48, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		trans_transition_cancel(&f.t);
		memory_free(&f.m);
		memory_init(&f.m, 0x40000000, 4 * MIB, rows[i].granule);
		f.args.ops = &f.m.ops;
		f.cpu.mmfr0 = rows[i].mmfr0;
		f.cpu.mmfr2 = rows[i].mmfr2;
		f.args.granule = rows[i].granule;
		f.args.va_bits = rows[i].va_bits;
		if (!rows[i].pa_bits) {
			refused(TRANS_EINVAL);
			continue;
		}
		prepare();
		assert_int_equal(f.t.low.geo.pa_bits, rows[i].pa_bits);
		assert_int_equal(f.t.low.geo.ds, rows[i].ds);
	}
}

static void bad_arguments(void **state)
{
	const struct trans_transition_args good = f.args;

	(void)state;
#define BAD(field, value, status) \
	do { \
		f.args = good; \
		f.args.field = value; \
		refused(status); \
	} while (0)
	BAD(cpu, NULL, TRANS_EINVAL);
	BAD(ops, NULL, TRANS_EINVAL);
	BAD(plan, NULL, TRANS_EINVAL);
	BAD(alias_prepare, NULL, TRANS_EINVAL);
	BAD(map, (enum trans_map_choice)0, TRANS_EINVAL);
	BAD(map, (enum trans_map_choice)4, TRANS_EINVAL);
	BAD(map, TRANS_MAP_LINEAR, TRANS_EINVAL);
	BAD(granule, TRANS_16K, TRANS_EINVAL);
	BAD(granule, (enum trans_granule)77, TRANS_EINVAL);
	BAD(va_bits, 10, TRANS_EGEOM);
	BAD(uart_kind, (enum trans_uart_kind)3, TRANS_EINVAL);
	BAD(conduit, (enum trans_conduit)3, TRANS_EINVAL);
	BAD(entry, DST + 2, TRANS_EALIGN);
	BAD(report, 0x40000008, TRANS_EALIGN);
	BAD(on_failure, (enum trans_on_failure)2, TRANS_EINVAL);
	f.args = good;
	f.args.sdei = true;
	f.args.conduit = TRANS_CONDUIT_NONE;
	refused(TRANS_EINVAL);
	f.args = good;
	f.args.conduit = TRANS_CONDUIT_HVC;
	f.cpu.el = 2;
	refused(TRANS_EINVAL);
	f.cpu.el = 3;
	f.args = good;
	refused(TRANS_EINVAL);
	f.cpu.el = 1;
	linear(0);
	f.args.linear_offset += 0x10;
	refused(TRANS_EALIGN);
	f.args.linear_offset = LINEAR;
	f.args.linear_flags = TRANS_REPLACE;
	refused(TRANS_EINVAL);
	f.args = good;
	f.refuse = true;
	refused(TRANS_EHOST);
}

static void bad_moves(void **state)
{
	static const struct {
		struct trans_move move;
		int status;
	} rows[] = {
		{ { SRC, DST, 0 }, TRANS_EINVAL },
		{ { SRC + 8, DST, 16 }, TRANS_EALIGN },
		{ { SRC, DST + 8, 16 }, TRANS_EALIGN },
		{ { SRC, DST, 24 }, TRANS_EALIGN },
		{ { 0xfffffffffffffff0, DST, 32 }, TRANS_ERANGE },
		{ { SRC, 0xfffffffffffffff0, 32 }, TRANS_ERANGE },
		{ { SRC, 1ULL << 48, 4096 }, TRANS_ERANGE },
		{ { 1ULL << 50, DST, 4096 }, TRANS_ERANGE },
	};

	(void)state;
	f.plan.count = 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f.storage[0] = rows[i].move;
		refused(rows[i].status);
	}
}

static int count_move(void *arg, const struct trans_move *m)
{
	size_t *n = arg;

	assert_memory_equal(m, &f.storage[*n], sizeof(*m));
	++*n;
	return 0;
}

static void list_pages(void **state)
{
	static const size_t counts[] = { 0, 1, 169, 170, 171, 340, 341, 999 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t seen = 0;

		f.plan.count = 0;
		while (f.plan.count < counts[i])
			move(SRC + f.plan.count * 0x40,
			     DST + f.plan.count * 0x30, 0x10);
		prepare();
		assert_int_equal(f.t.list_granules, (counts[i] + 169) / 170);
		assert_int_equal(trans_list_moves(&f.t, count_move, &seen,
						  NULL), 0);
		assert_int_equal(seen, counts[i]);
		trans_transition_cancel(&f.t);
	}
}

/* ---- the proof --------------------------------------------------------- */

/* Lead the first move of the list over [pa, pa + 16), as destination or as
 * source, and see that the proof finds it. */
static void found(trans_pa_t pa)
{
	struct blob_list *list = memory_at(&f.m, f.t.list);
	struct trans_move good = list->move[0];

	list->move[0].dst = pa;
	assert_int_equal(trans_transition_check(&f.t, &f.err), TRANS_EOVERLAP);
	assert_int_equal(f.err.va, pa);
	assert_true(f.err.pa <= pa && pa - f.err.pa < f.err.len);
	list->move[0] = good;
	list->move[0].src = pa;
	assert_int_equal(trans_transition_check(&f.t, &f.err), TRANS_EOVERLAP);
	assert_int_equal(f.err.va, pa);
	list->move[0] = good;
	assert_int_equal(trans_transition_check(&f.t, &f.err), 0);
}

static int found_page(void *arg, trans_pa_t pa, uint64_t len)
{
	unsigned int *count = arg;

	found(pa);
	found(pa + len - 16);
	++*count;
	return 0;
}

static void proof(void **state)
{
	unsigned int count = 0;

	(void)state;
	linear(TRANS_WRITE);
	f.args.report = 0x4fff0000;
	move(SRC, DST, 16);
	for (size_t i = 1; i < 400; i++)
		move(SRC + i * 0x2000, DST + i * 0x1000, 0x10);
	prepare();
	assert_int_equal(trans_transition_check(&f.t, NULL), 0);
	found(f.t.code);
	found(f.t.code + f.t.code_granules * 4096 - 16);
	found(f.t.data);
	found(f.t.data + 4096 - 16);
	found(0x4fff0000);
	assert_int_equal(trans_list_pages(&f.t, found_page, &count, NULL), 0);
	assert_int_equal(count, 3);
	assert_int_equal(trans_table_pages(&f.t.low, found_page, &count, NULL),
			 0);
	assert_int_equal(trans_table_pages(&f.t.high, found_page, &count,
					   NULL), 0);
	assert_int_equal(count, 3 + f.t.low.pages + f.t.high.pages);
}

/* The same through the front door: a plan that covers what is allocated. */
static void proof_in_prepare(void **state)
{
	(void)state;
	move(SRC, f.m.base, 4 * MIB);
	refused(TRANS_EOVERLAP);
	f.args.unproven = true;
	prepare();
	assert_int_equal(trans_transition_check(&f.t, &f.err), TRANS_EOVERLAP);
	/* nevertheless the blob's pages are mapped as the blob needs them */
	leaf_is(&f.t.low, f.t.code, f.t.code, false, true);
	leaf_is(&f.t.low, f.t.list, f.t.list, false, false);
}

static void check_wants_prepared(void **state)
{
	(void)state;
	assert_int_equal(trans_transition_check(&f.t, &f.err), TRANS_EINVAL);
	assert_int_equal(trans_transition_quiesce(&f.t, &f.err), TRANS_EINVAL);
	assert_int_equal(f.quiesced, 0);
	trans_transition_cancel(&f.t);
}

/* ---- failure at every point -------------------------------------------- */

static void every_failure(unsigned long *now, unsigned long *at, int status)
{
	unsigned long n;
	long before = f.m.balance;

	for (n = 1;; n++) {
		*now = 0;
		*at = n;
		if (!trans_transition_prepare(&f.t, &f.args, &f.err))
			break;
		assert_int_equal(f.err.status, status);
		assert_int_equal(f.m.balance, before);
		assert_int_equal(f.aliased, f.dropped);
	}
	*at = 0;
	assert_true(n > 8);
	trans_transition_cancel(&f.t);
	assert_int_equal(f.m.balance, before);
}

static void failures(void)
{
	for (size_t i = 0; i < 400; i++)
		move(SRC + i * 0x2000, DST + i * 0x1000, 0x1000);
	every_failure(&f.m.allocs, &f.m.fail_at, TRANS_ENOMEM);
	every_failure(&f.m.maps, &f.m.refuse_map_at, TRANS_EFAULT);
}

static void failures_sparse(void **state)
{
	(void)state;
	failures();
	every_failure(&f.m.acquires, &f.m.refuse_acquire_at, TRANS_EHOST);
}

static void failures_linear(void **state)
{
	(void)state;
	linear(0);
	failures();
}

/* ---- quiesce and go ---------------------------------------------------- */

static void quiescing(void **state)
{
	(void)state;
	prepare();
	f.refuse = true;
	assert_int_equal(trans_transition_quiesce(&f.t, &f.err), TRANS_EHOST);
	assert_false(f.t.quiet);
	f.refuse = false;
	assert_int_equal(trans_transition_quiesce(&f.t, &f.err), 0);
	assert_true(f.t.quiet);
	assert_int_equal(f.quiesced, 2);
	trans_transition_cancel(&f.t);
	f.args.quiesce = NULL;
	prepare();
	assert_int_equal(trans_transition_quiesce(&f.t, &f.err), 0);
}

static void go(void)
{
	prepare();
	assert_int_equal(trans_transition_quiesce(&f.t, NULL), 0);
	if (!setjmp(fake_arch.jump))
		trans_transition_go(&f.t);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].what, FAKE_JUMP);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].value,
			 f.t.code + BLOB_ENTRY);
	assert_int_equal(fake_arch.jump_x0, f.t.data);
	assert_int_equal(fake_arch.log[fake_arch.count - 2].what, FAKE_ICACHE);
	assert_int_equal(fake_arch.log[0].what, FAKE_MASK);
}

static bool wrote(enum trans_sysreg reg, uint64_t value)
{
	for (size_t i = 0; i < fake_arch.count; i++)
		if (fake_arch.log[i].what == FAKE_WRITE &&
		    fake_arch.log[i].reg == reg &&
		    fake_arch.log[i].value == value)
			return true;
	return false;
}

static void go_base_cpu(void **state)
{
	(void)state;
	go();
	assert_true(wrote(TRANS_MDSCR_EL1, 0));
	/* a register that the CPU has not got is not touched */
	assert_int_equal(fake_arch.count, 5); /* mask mdscr sync icache jump */
	assert_int_equal(f.entered, 3);
}

static void go_full_cpu(void **state)
{
	(void)state;
	f.cpu.dfr0 = DFR0;
	f.cpu.pfr1 = PFR1;
	f.cpu.mmfr1 = MMFR1;
	f.args.sdei = true;
	fake_arch.reg[TRANS_CPACR_EL1] = 1 << 24;
	fake_arch.reg[TRANS_PMBLIMITR_EL1] = 1;
	fake_arch.reg[TRANS_TRBLIMITR_EL1] = 1;
	fake_arch.reg[TRANS_SVCR] = 3;
	go();
	assert_true(wrote(TRANS_PMSCR_EL1, 0));
	assert_true(wrote(TRANS_TRFCR_EL1, 0));
	assert_true(wrote(TRANS_GCSCR_EL1, 0));
	assert_true(wrote(TRANS_GCSCRE0_EL1, 0));
	assert_false(wrote(TRANS_PMSCR_EL2, 0)); /* at EL1 */
	assert_false(wrote(TRANS_TRFCR_EL2, 0));
	assert_false(wrote(TRANS_GCSCR_EL2, 0));
	assert_true(wrote(TRANS_PMBLIMITR_EL1, 0));
	assert_true(wrote(TRANS_TRBLIMITR_EL1, 0));
	assert_true(wrote(TRANS_SVCR, 0));
	assert_true(wrote(TRANS_TCO, 1 << 25));
	assert_true(wrote(TRANS_PAN, 0));
	assert_int_equal(fake_arch.log[1].reg, TRANS_ALLINT);
	assert_int_equal(fake_arch.log[1].value, 1 << 13);
	assert_int_equal(fake_arch.log[2].what, FAKE_SMC);
	assert_int_equal(fake_arch.log[2].value, 0xc400002b);
}

static void go_hands_off(void **state)
{
	(void)state;
	f.cpu.dfr0 = DFR0;
	f.cpu.pfr1 = 1 << 24;
	f.args.sdei = true;
	f.args.conduit = TRANS_CONDUIT_HVC;
	fake_arch.reg[TRANS_PMBIDR_EL1] = 1 << 4;
	fake_arch.reg[TRANS_TRBIDR_EL1] = 1 << 4;
	fake_arch.reg[TRANS_SVCR] = 3;
	go();
	assert_int_equal(fake_arch.log[1].what, FAKE_HVC);
	assert_false(wrote(TRANS_PMSCR_EL1, 0));
	assert_false(wrote(TRANS_PMBLIMITR_EL1, 0));
	assert_false(wrote(TRANS_TRBLIMITR_EL1, 0));
	assert_false(wrote(TRANS_SVCR, 0)); /* CPACR traps it */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sparse),
		TEST(parameters),
		TEST(digests),
		TEST(digests_linear),
		TEST(digest_of_the_blob),
		TEST(bad_digests),
		TEST(stub),
		TEST(fallback),
		TEST(scrub_sparse),
		TEST(scrub_linear),
		TEST(scrub_wants_linear),
		TEST(el2),
		TEST(linear_high),
		TEST(linear_needs_mkwrite),
		TEST(linear_missing_source),
		TEST(linear_low),
		TEST(no_tables),
		TEST(output_sizes),
		TEST(bad_arguments),
		TEST(bad_moves),
		TEST(list_pages),
		TEST(proof),
		TEST(proof_in_prepare),
		TEST(check_wants_prepared),
		TEST(failures_sparse),
		TEST(failures_linear),
		TEST(quiescing),
		TEST(go_base_cpu),
		TEST(go_full_cpu),
		TEST(go_hands_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
