/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The transition's digests, and the tables that are scrubbed of what the host
 * hid: what is asked for, and what of it the blob finds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/support/transitions.h"

static void digests(void **state)
{
	struct trans_digest d[2] = {
		{ .pa = DST + 0x10, .len = 0xf0, .sha256 = { 1, 2, 3 } },
		{ .pa = SRC + 16 * MIB, .len = 5000, .sha256 = { 4 } },
	};

	(void)state;
	tr.args.digests = d;
	tr.args.digest_count = 2;
	tr.args.on_failure = TRANS_FAILURE_PARKS;
	tr.cpu.isar0 = 1 << 12;
	transition_move(SRC, DST, 0x1000);
	transition_prepare();
	assert_int_equal(transition_params()->digest_count, 2);
	assert_memory_equal(transition_params()->digest, d, sizeof(d));
	assert_int_equal(transition_params()->flags, 1 << BLOB_HAS_SHA2_BIT |
					  1 << BLOB_PARK_BIT);
	assert_null(tr.t.args.digests);
	leaf_is(&tr.t.low, DST, DST, true, false);
	/* in place, so mapped for its own sake */
	leaf_is(&tr.t.low, SRC + 16 * MIB, SRC + 16 * MIB, false, false);
	leaf_is(&tr.t.low, SRC + 16 * MIB + 4999, SRC + 16 * MIB + 4999, false,
		false);
}

static void digests_linear(void **state)
{
	struct trans_digest d = { .pa = SRC + 512 * MIB, .len = 1 };

	(void)state;
	transition_linear(TRANS_WRITE);
	tr.args.digests = &d;
	tr.args.digest_count = 1;
	transition_move(SRC, DST, 0x1000);
	transition_refused(TRANS_ENOENT); /* nothing there in the linear map */
	d.pa = SRC + 16 * MIB;
	transition_prepare();
	leaf_is(&tr.t.high, LINEAR + d.pa, d.pa, false, false);
}

/* A digest over the blob's own pages can only fail. */
static void digest_of_the_blob(void **state)
{
	struct trans_digest d = { .pa = tr.m.base, .len = 16 };

	(void)state;
	tr.args.digests = &d;
	tr.args.digest_count = 1;
	transition_move(SRC, DST, 0x1000);
	transition_refused(TRANS_EOVERLAP);
	assert_int_equal(tr.err.va, tr.m.base);
}

static void bad_digests(void **state)
{
	struct trans_digest d[TRANS_DIGESTS_MAX + 1] = {
		{ .pa = DST, .len = 16 },
	};

	(void)state;
	tr.args.digest_count = 1;
	transition_refused(TRANS_EINVAL);
	tr.args.digests = d;
	tr.args.digest_count = TRANS_DIGESTS_MAX + 1;
	transition_refused(TRANS_EINVAL);
	tr.args.digest_count = 2; /* an empty one */
	transition_refused(TRANS_EINVAL);
	tr.args.digest_count = 1;
	d[0].pa += 8;
	transition_refused(TRANS_EALIGN);
	d[0].pa = -16ULL;
	d[0].len = 17;
	transition_refused(TRANS_ERANGE);
}

/* ---- scrub ---- */

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
		trans_pa_t table = tr.host.root;
		trans_va_t va = LINEAR + SRC + at;

		assert_int_equal(trans_table_query(&tr.view, va, &leaf, NULL),
				 0);
		assert_int_equal(leaf.level, 3);
		for (unsigned int shift = 39; shift > 12; shift -= 9) {
			desc = memory_at(&tr.m, table);
			table = desc[va >> shift & 511] & 0xfffffffff000;
		}
		desc = memory_at(&tr.m, table);
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
	assert_int_equal(trans_table_create(&tr.host, &geo, 0x04ff, &tr.m.ops,
					    &tr.m, NULL), 0);
	assert_int_equal(trans_table_map(&tr.host, LINEAR + SRC, SRC, 4 * MIB,
					 &rw, TRANS_NOBLOCK, NULL), 0);
	assert_int_equal(trans_table_finish(&tr.host, &regs, NULL), 0);
	assert_int_equal(trans_table_attach(&tr.view, &geo, &regs,
					    trans_present_linux, &tr.m.ops,
					    &tr.m, NULL), 0);
	tr.args.linear = &tr.view;
	tr.args.linear_offset = LINEAR;
	tr.args.scrub = true;
}

static void scrubs(enum trans_map_choice map)
{
	struct scrubbed s = { .from = 3 };

	tr.args.map = map;
	paged_linear();
	hide(0x1000, 2);  /* a source, and the next move's destination */
	hide(0x4000, 3);  /* a source; the move ends in the middle */
	hide(0x9000, 1);  /* nobody's source */
	hide(0x20000, 1); /* of a move into itself */
	transition_move(SRC, SRC + 0x10000, 0x2800);
	transition_move(SRC + 0x3000, SRC + 0x2000, 0x3010);
	transition_move(SRC + 0x20000, SRC + 0x20800, 0x1000);
	transition_prepare();
	assert_int_equal(tr.t.move_count, 6);
	assert_int_equal(trans_list_moves_(&tr.t, see_scrubbed, &s, NULL), 0);
	assert_int_equal(s.seen, 3);
	assert_int_equal(s.dst[0], SRC + 0x1000);
	assert_int_equal(s.len[0], 0x1000); /* page 2 is written to */
	/* 0x4000 is the destination's, to 0x5010; the source ends at 0x6010 */
	assert_int_equal(s.dst[1], SRC + 0x5010);
	assert_int_equal(s.len[1], 0x1000);
	assert_int_equal(s.dst[2], SRC + 0x20000);
	assert_int_equal(s.len[2], 0x800);
	assert_int_equal(tr.t.scrub_bytes, 0x2800);
	assert_int_equal(tr.t.move_bytes, 0x2800 + 0x3010 + 0x1000);
}

static void scrub_sparse(void **state)
{
	(void)state;
	scrubs(TRANS_MAP_SPARSE);
	leaf_is(&tr.t.low, SRC + 0x1000, SRC + 0x1000, true, false);
}

static void scrub_linear(void **state)
{
	(void)state;
	scrubs(TRANS_MAP_LINEAR);
	leaf_is(&tr.t.high, LINEAR + SRC + 0x1000, SRC + 0x1000, true, false);
}

/* A cycle in the order of its destinations: its spare, which nobody hid, holds
 * a page all the same. */
static void scrub_spare(void **state)
{
	(void)state;
	tr.args.map = TRANS_MAP_SPARSE;
	paged_linear();
	transition_move(SRC + 0x1000, SRC, 0x1000);
	transition_move(SRC + 0x2000, SRC + 0x1000, 0x1000);
	transition_move(SRC, SRC + 0x2000, 0x1000);
	transition_prepare();
	assert_int_equal(tr.t.scrub_bytes, 0x1000);
}

/* Looks at memory between two calls of progress, the most of them; each look-up
 * in the linear map is four. */
static unsigned long before, gap, left;

static int measure(void *ctx, uint64_t moves)
{
	(void)ctx;
	assert_in_range(moves, 1, 2 * 170);
	if (tr.m.maps - before > gap)
		gap = tr.m.maps - before;
	before = tr.m.maps;
	return --left == 0;
}

/* One long source, hidden or not, in an order that helps or does not. */
static void scrub_tells(void **state)
{
	unsigned long calls;

	(void)state;
	tr.args.map = TRANS_MAP_SPARSE;
	tr.args.progress = measure;
	paged_linear();
	hide(2 * MIB, 512);
	transition_move(SRC, DST, 4 * MIB);
	transition_move(SRC, DST - MIB, 4096);
	for (int sorted = 0; sorted < 2; sorted++) {
		tr.plan.count = sorted ? 1 : 2;
		gap = 0;
		left = ~0ul;
		before = tr.m.maps;
		transition_prepare();
		assert_in_range(gap, 100, 4 * 170 + 50);
		calls = ~0ul - left;
		trans_transition_cancel(&tr.t);
		for (unsigned long at = 1; at <= calls; at++) {
			left = at;
			transition_refused(TRANS_ESTOPPED);
			assert_string_equal(tr.err.why, "progress");
		}
	}
}

static void scrub_wants_linear(void **state)
{
	(void)state;
	tr.args.scrub = true;
	transition_refused(TRANS_EINVAL);
	paged_linear();
	tr.args.linear_offset = LINEAR + 8;
	transition_refused(TRANS_EALIGN);
	/* and a broken one is no reason to leave anything lying about */
	tr.args.linear_offset = LINEAR;
	tr.view.root = 0x1000;
	transition_move(SRC, SRC + 0x10000, 0x1000);
	transition_refused(TRANS_EFAULT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRANSITION_TEST(digests),
		TRANSITION_TEST(digests_linear),
		TRANSITION_TEST(digest_of_the_blob),
		TRANSITION_TEST(bad_digests),
		TRANSITION_TEST(scrub_sparse),
		TRANSITION_TEST(scrub_linear),
		TRANSITION_TEST(scrub_spare),
		TRANSITION_TEST(scrub_tells),
		TRANSITION_TEST(scrub_wants_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
