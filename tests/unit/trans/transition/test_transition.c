/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The transition on simulated memory: what prepare builds, with tables of its
 * own, with the host's linear map, and without tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/support/transitions.h"

static void leaf_absent(const struct trans_table *table, trans_va_t va)
{
	struct trans_leaf leaf;

	assert_int_equal(trans_table_query(table, va, &leaf, NULL),
			 TRANS_ENOENT);
}

static void sparse(void **state)
{
	(void)state;
	tr.args.uart = trans_uart_pl011(0x09000000);
	tr.args.report = 0x4fff0000;
	transition_move(SRC, DST, 4 * MIB);
	transition_move(TRANS_ZERO, DST + 8 * MIB, 0x1000);
	transition_move(DST + 16 * MIB, DST + 16 * MIB + 0x800,
			0x1000); /* unaligned */
	transition_prepare();
	assert_true(tr.t.prepared);
	assert_int_equal(tr.t.move_count, 3);
	assert_int_equal(tr.t.move_bytes, 4 * MIB + 0x2000);
	leaf_is(&tr.t.low, SRC, SRC, false, false);
	leaf_is(&tr.t.low, SRC + 4 * MIB - 8, SRC + 4 * MIB - 8, false, false);
	leaf_absent(&tr.t.low, SRC + 4 * MIB);
	leaf_is(&tr.t.low, DST, DST, true, false);
	leaf_is(&tr.t.low, DST + 8 * MIB, DST + 8 * MIB, true, false);
	leaf_absent(&tr.t.low, DST + 8 * MIB + 0x1000);
	/* source and destination in one page: writable */
	leaf_is(&tr.t.low, DST + 16 * MIB, DST + 16 * MIB, true, false);
	leaf_is(&tr.t.low, tr.t.code, tr.t.code, false, true);
	leaf_is(&tr.t.low, tr.t.data, tr.t.data, true, false);
	leaf_is(&tr.t.low, tr.t.list, tr.t.list, false, false);
	leaf_is(&tr.t.low, 0x4fff0000, 0x4fff0000, true, false);
	leaf_is(&tr.t.low, 0x09000018, 0x09000018, true, false);
	leaf_absent(&tr.t.low, tr.t.low.root);
	assert_null(tr.t.high.ops);
}

static void left_to_the_library(void **state)
{
	(void)state;
	tr.args.granule = (enum trans_granule)0;
	tr.args.va_bits = 0;
	transition_move(SRC, DST, 0x1000);
	transition_prepare();
	assert_int_equal(tr.t.args.granule, TRANS_4K);
	assert_int_equal(tr.t.low.geo.granule_shift, 12);
	assert_int_equal(tr.t.low.geo.va_bits, 48);
}

static void parameters(void **state)
{
	const struct blob_params *p;

	(void)state;
	tr.args.uart = trans_uart_8250(0x09000000, 0, 1);
	tr.cpu.mmfr3 = 1;
	tr.cpu.granted = TRANS_GRANT_TCR2;
	transition_move(SRC, DST, 0x1000);
	transition_prepare();
	p = transition_params();
	assert_int_equal(p->tcr, trans_tcr(&tr.t.low.geo, NULL));
	assert_int_equal(p->mair, TRANS_MAIR_DEFAULT);
	assert_int_equal(p->ttbr0, tr.t.low.root);
	assert_int_equal(p->ttbr1, 0);
	assert_int_equal(p->sctlr, 0x30d01805);
	assert_int_equal(p->flags, 1);
	assert_int_equal(p->list, tr.t.list);
	assert_int_equal(p->offset, 0);
	assert_int_equal(p->report,
			 tr.t.data + offsetof(struct blob_params, own));
	assert_int_equal(p->uart.pa, 0x09000000);
	assert_int_equal(p->uart.width, 1);
	assert_int_equal(p->uart.status, 5);
	assert_int_equal(p->conduit, 2);
	assert_int_equal(p->target, DST);
	assert_int_equal(p->x[0], 1);
	assert_int_equal(p->x[3], 4);
	assert_int_equal(p->move_count, 1);
	assert_int_equal(tr.alias, tr.t.code);
	assert_int_equal(tr.alias_len, tr.t.code_granules * 4096);
	assert_int_equal(tr.t.code_granules, (trans_blob_size() + 4095) / 4096);
	assert_int_equal(*(uint8_t *)memory_at(&tr.m, tr.t.code + BLOB_ENTRY),
			 0xb1);
	/* blob, list and tables are in memory; nothing of it is left out */
	assert_true(tr.m.cleaned >= (unsigned long)tr.m.balance * 4096);
}

static uint32_t word_at(trans_pa_t pa)
{
	return *(uint32_t *)memory_at(&tr.m, pa);
}

/* Branches (Arm ARM C6.2, B): each of the blob's to 0x1004; of the stub's one
 * to 0x1008, and all others to themselves. */
static void vectors(void **state)
{
	(void)state;
	transition_move(SRC, DST, 0x1000);
	transition_prepare();
	assert_int_equal(word_at(tr.t.code), 0x14000401);
	assert_int_equal(word_at(tr.t.code + 4), 0);
	assert_int_equal(word_at(tr.t.code + 0x400), 0x14000301);
	assert_int_equal(word_at(tr.t.code + 0x780), 0x14000221);
	assert_int_equal(word_at(tr.t.code + 0x800), 0x14000000);
	assert_int_equal(word_at(tr.t.code + 0xc00), 0x14000102);
	assert_int_equal(word_at(tr.t.code + 0xf80), 0x14000000);
}

static void stub(void **state)
{
	(void)state;
	tr.args.stub = true;
	transition_move(SRC, DST, 0x1000);
	transition_prepare();
	assert_int_equal(transition_params()->flags, 1 << BLOB_STUB_BIT);
	trans_transition_cancel(&tr.t);
	tr.args.conduit = TRANS_CONDUIT_HVC;
	transition_refused(TRANS_EINVAL);
	tr.args.conduit = TRANS_CONDUIT_SMC;
	tr.cpu.el = 2;
	transition_refused(TRANS_EINVAL);
}

/* ---- without tables, for want of memory ---- */

static void fallback(void **state)
{
	unsigned long n, without = 0;

	(void)state;
	tr.args.fallback = true;
	transition_move(SRC, DST, 0x1000);
	transition_prepare(); /* with all the memory there is,
	nothing changes */
	assert_int_equal(tr.t.args.map, TRANS_MAP_SPARSE);
	trans_transition_cancel(&tr.t);
	for (n = 1;; n++) {
		struct trans_error untouched = tr.err;
		int ret;

		tr.m.allocs = 0;
		tr.m.fail_at = n;
		ret = trans_transition_prepare(&tr.t, &tr.args, &tr.err);
		if (n <= 3) { /* list, code, data */
			assert_int_equal(ret, TRANS_ENOMEM);
			continue;
		}
		assert_int_equal(ret, 0);
		if (tr.t.args.map == TRANS_MAP_SPARSE)
			break;
		without++;
		assert_memory_equal(&tr.err, &untouched, sizeof(tr.err));
		assert_int_equal(transition_params()->sctlr, 0x30d01800);
		assert_int_equal(tr.t.stats.tables, 0);
		assert_int_equal(tr.m.balance, tr.t.list_granules +
				 tr.t.code_granules + tr.t.data_granules);
		trans_transition_cancel(&tr.t);
	}
	assert_true(without > 4);
	tr.m.fail_at = 0;
}

/* ---- scrub ---- */

static void el2(void **state)
{
	(void)state;
	tr.cpu.el = 2;
	transition_move(SRC, DST, 0x1000);
	transition_prepare();
	assert_int_equal(transition_params()->sctlr, 0x30c51835);
	assert_int_equal(transition_params()->hcr, 0x80000000);
	assert_int_equal(tr.t.low.geo.regime, TRANS_EL2);
	leaf_is(&tr.t.low, tr.t.code, tr.t.code, false, true);
}

static void linear_high(void **state)
{
	(void)state;
	transition_linear(0); /* destinations read-only: MKWRITE must cure it */
	transition_move(SRC, DST, 4 * MIB);
	transition_prepare();
	leaf_is(&tr.t.high, LINEAR + SRC, SRC, false, false);
	leaf_is(&tr.t.high, LINEAR + DST, DST, true, false);
	leaf_absent(&tr.t.high, LINEAR + SRC + 4 * MIB);
	leaf_absent(&tr.t.low, SRC);
	leaf_is(&tr.t.low, tr.t.code, tr.t.code, false, true);
	leaf_is(&tr.t.low, tr.t.list, tr.t.list, false, false);
	assert_int_equal(transition_params()->offset, LINEAR);
	assert_int_equal(transition_params()->mair, 0x04ff);
	assert_int_equal(transition_params()->ttbr1, tr.t.high.root);
	assert_int_equal(transition_params()->tcr,
			 trans_tcr(&tr.t.low.geo, &tr.t.high.geo));
	assert_true(tr.t.stats.mkwrite > 0);
}

/* One range (EL2 without E2H): copy and identity map share the table. */
static void linear_low(void **state)
{
	struct trans_attr ro = { TRANS_MEM_NORMAL, 0 };
	struct trans_geometry geo;
	struct trans_regs regs;

	(void)state;
	tr.cpu.el = 2;
	assert_int_equal(trans_geometry_init(&geo, TRANS_EL2, TRANS_4K, 48, 40,
					     0, NULL), 0);
	assert_int_equal(trans_table_create(&tr.host, &geo, 0, &tr.m.ops, &tr.m,
					    NULL), 0);
	assert_int_equal(trans_table_map(&tr.host, SRC + (1ULL << 40), SRC,
					 1024 * MIB, &ro, 0, NULL), 0);
	assert_int_equal(trans_table_finish(&tr.host, &regs, NULL), 0);
	assert_int_equal(trans_table_attach(&tr.view, &geo, &regs, NULL,
					    &tr.m.ops, &tr.m, NULL), 0);
	tr.args.map = TRANS_MAP_LINEAR;
	tr.args.linear = &tr.view;
	tr.args.linear_offset = 1ULL << 40;
	tr.args.granule = TRANS_64K; /* ignored */
	transition_move(SRC, DST, 4 * MIB);
	transition_prepare();
	assert_null(tr.t.high.ops);
	assert_int_equal(tr.t.low.geo.pa_bits, 40);
	leaf_is(&tr.t.low, DST + (1ULL << 40), DST, true, false);
	leaf_is(&tr.t.low, SRC + (1ULL << 40), SRC, false, false);
	leaf_is(&tr.t.low, tr.t.code, tr.t.code, false, true);
}

static void no_tables(void **state)
{
	(void)state;
	tr.args.map = TRANS_MAP_NONE;
	transition_prepare(); /* and no moves: the crash entry */
	assert_int_equal(tr.t.list_granules, 0);
	assert_int_equal(transition_params()->list, BLOB_LIST_END);
	assert_int_equal(transition_params()->sctlr, 0x30d01800);
	assert_int_equal(transition_params()->tcr, 0x80900090);
	assert_int_equal(transition_params()->ttbr0, 0);
	trans_transition_cancel(&tr.t);
	transition_move(SRC, tr.m.base,
			0x1000); /* the first page that is allocated */
	transition_refused(TRANS_EOVERLAP);
}

static int count_move(void *arg, const struct trans_move *m)
{
	size_t *n = arg;

	assert_memory_equal(m, &tr.storage[*n], sizeof(*m));
	++*n;
	return 0;
}

static void list_pages(void **state)
{
	static const size_t counts[] = { 0, 1, 169, 170, 171, 340, 341, 999 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t seen = 0;

		tr.plan.count = 0;
		while (tr.plan.count < counts[i])
			transition_move(SRC + tr.plan.count * 0x40,
					DST + tr.plan.count * 0x30, 0x10);
		transition_prepare();
		assert_int_equal(tr.t.list_granules, (counts[i] + 169) / 170);
		assert_int_equal(trans_list_moves_(&tr.t, count_move, &seen,
						   NULL), 0);
		assert_int_equal(seen, counts[i]);
		trans_transition_cancel(&tr.t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRANSITION_TEST(sparse),
		TRANSITION_TEST(left_to_the_library),
		TRANSITION_TEST(parameters),
		TRANSITION_TEST(vectors),
		TRANSITION_TEST(stub),
		TRANSITION_TEST(fallback),
		TRANSITION_TEST(el2),
		TRANSITION_TEST(linear_high),
		TRANSITION_TEST(linear_low),
		TRANSITION_TEST(no_tables),
		TRANSITION_TEST(list_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
