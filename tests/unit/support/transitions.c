/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The simulated transition: see transitions.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "transitions.h"

/* Of the running test. */
struct fixture tr;

static int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host;
	tr.alias = pa;
	tr.alias_len = len;
	tr.aliased += !tr.refuse;
	return tr.refuse;
}

static void alias_enter(void *host)
{
	(void)host;
	tr.entered = (unsigned int)fake_arch.count;
}

static void alias_drop(void *host)
{
	(void)host;
	tr.dropped++;
}

static int ask(void *host, struct trans_error *err)
{
	assert_ptr_equal(host, &tr);
	assert_null(err->why);
	tr.asked++;
	return tr.refuse;
}

static void unask(void *host)
{
	assert_ptr_equal(host, &tr);
	tr.unasked++;
}

static int leave(void *host, struct trans_error *err)
{
	assert_ptr_equal(host, &tr);
	tr.left++;
	tr.left_at = (unsigned int)fake_arch.count;
	err->why = tr.leave_why;
	err->pa = 0x1234;
	err->desc = 0x5678;
	return tr.leave_says;
}

static void reset(void *host)
{
	assert_ptr_equal(host, &tr);
	tr.resets++;
}

int transition_setup(void **state)
{
	(void)state;
	memset(&tr, 0, sizeof(tr));
	fake_arch_reset();
	memory_init(&tr.m, 0x40000000, 4 * MIB, 12);
	tr.cpu = (struct trans_cpu){ .el = 1, .mmfr0 = 0x1125 };
	trans_moves_init(&tr.plan, tr.storage, MOVES);
	tr.args = (struct trans_transition_args){
		.cpu = &tr.cpu,
		.granule = TRANS_4K,
		.va_bits = 48,
		.ops = &tr.m.ops,
		.ctx = &tr.m,
		.plan = &tr.plan,
		.map = TRANS_MAP_SPARSE,
		.entry = DST,
		.x = { 1, 2, 3, 4 },
		.conduit = TRANS_CONDUIT_SMC,
		.alias_prepare = alias_prepare,
		.alias_enter = alias_enter,
		.alias_drop = alias_drop,
		.ask = ask,
		.unask = unask,
		.leave = leave,
		.reset = reset,
		.host = &tr,
	};
	return 0;
}

int transition_teardown(void **state)
{
	long balance, acquired;

	(void)state;
	trans_transition_cancel(&tr.t);
	trans_table_destroy(&tr.host);
	balance = tr.m.balance;
	acquired = tr.m.acquired;
	memory_free(&tr.m);
	return balance || acquired || tr.aliased != tr.dropped;
}

void transition_move(trans_pa_t src, trans_pa_t dst, uint64_t len)
{
	assert_int_equal(trans_moves_add(&tr.plan, src, dst, len), 0);
}

void transition_prepare(void)
{
	assert_int_equal(trans_transition_prepare(&tr.t, &tr.args, &tr.err), 0);
}

void transition_refused(int status)
{
	static const struct trans_transition zero;

	memset(&tr.err, 0, sizeof(tr.err));
	memset(&tr.t, 0xcc, sizeof(tr.t));
	assert_int_equal(trans_transition_prepare(&tr.t, &tr.args, &tr.err),
			 status);
	assert_int_equal(tr.err.status, status);
	assert_non_null(tr.err.why);
	assert_memory_equal(&tr.t, &zero, sizeof(zero));
}

void the_rest_is_prepared(void **state)
{
	(void)state;
	transition_move(SRC, DST, 0x1000);
	transition_prepare();
}

void a_digest_is_refused(void **state)
{
	static const struct trans_digest digest = { .pa = DST, .len = 16 };

	(void)state;
	transition_move(SRC, DST, 0x1000);
	tr.args.digests = &digest;
	tr.args.digest_count = 1;
	transition_refused(TRANS_EINVAL);
	assert_non_null(strstr(tr.err.why, "TRANS_ASSUME_NO_DIGESTS"));
}

void transition_linear(unsigned int dst_access)
{
	struct trans_attr ro = { TRANS_MEM_NORMAL, 0 };
	struct trans_attr dst = { TRANS_MEM_NORMAL, dst_access };
	struct trans_geometry geo;
	struct trans_regs regs;

	assert_int_equal(trans_geometry_init(&geo, TRANS_EL1_0, TRANS_4K, 48,
					     48, TRANS_GEO_UPPER, NULL), 0);
	assert_int_equal(trans_table_create(&tr.host, &geo, 0x04ff, &tr.m.ops,
					    &tr.m, NULL), 0);
	assert_int_equal(trans_table_map(&tr.host, LINEAR + SRC, SRC, 256 * MIB,
					 &ro, 0, NULL), 0);
	assert_int_equal(trans_table_map(&tr.host, LINEAR + DST, DST, 64 * MIB,
					 &dst, 0, NULL), 0);
	assert_int_equal(trans_table_finish(&tr.host, &regs, NULL), 0);
	assert_int_equal(trans_table_attach(&tr.view, &geo, &regs,
					    trans_present_linux, &tr.m.ops,
					    &tr.m, NULL), 0);
	tr.args.map = TRANS_MAP_LINEAR;
	tr.args.linear = &tr.view;
	tr.args.linear_offset = LINEAR;
}

const struct blob_params *transition_params(void)
{
	return memory_at(&tr.m, tr.t.data);
}

void leaf_is(const struct trans_table *table, trans_va_t va,
	     trans_pa_t pa, bool write, bool exec)
{
	struct trans_leaf leaf;

	assert_int_equal(trans_table_query(table, va, &leaf, NULL), 0);
	assert_int_equal(leaf.pa, pa);
	assert_int_equal(leaf.writable, write);
	assert_int_equal(leaf.executable, exec);
	assert_false(leaf.user_readable || leaf.user_executable);
}
