/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * trans_transition_here: prepared on one CPU, run by another one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/support/transitions.h"

#define SHA2 0x1000ULL /* ID_AA64ISAR0_EL1.SHA2 */
#define TCRX 1ULL      /* ID_AA64MMFR3_EL1.TCRX */

/* How often the blob's data was cleaned since it was prepared. */
static unsigned int cleaned;

static void clean(void *ctx, const void *va, size_t len)
{
	(void)ctx;
	if (tr.t.prepared && va == transition_params() &&
	    len >= sizeof(struct blob_params))
		cleaned++;
}

static void prepare(void)
{
	cleaned = 0;
	tr.m.ops.clean = clean;
	transition_move(SRC, DST, MIB);
	transition_prepare();
}

static void here_is(int status)
{
	struct blob_params before = *transition_params();

	memset(&tr.err, 0, sizeof(tr.err));
	assert_int_equal(trans_transition_here(&tr.t, &tr.err), status);
	assert_int_equal(tr.err.status, status);
	if (!status)
		return;
	assert_non_null(tr.err.why);
	assert_memory_equal(transition_params(), &before, sizeof(before));
	assert_int_equal(cleaned, 0);
}

/* All else stays, the digests, the list and the tables among it. */
static void other_features(void **state)
{
	struct blob_params want;

	(void)state;
	prepare();
	want = *transition_params();
	tr.cpu.isar0 = SHA2;
	tr.cpu.mmfr3 = TCRX;
	tr.cpu.granted = TRANS_GRANT_TCR2;
	here_is(0);
	assert_int_equal(cleaned, 1);
	want.flags |= 1u << BLOB_HAS_SHA2_BIT | 1u << BLOB_HAS_TCR2_BIT;
	assert_memory_equal(transition_params(), &want, sizeof(want));
	/* And back. */
	tr.cpu.isar0 = tr.cpu.mmfr3 = 0;
	here_is(0);
	want.flags &= ~(uint64_t)(1u << BLOB_HAS_SHA2_BIT |
				  1u << BLOB_HAS_TCR2_BIT);
	assert_memory_equal(transition_params(), &want, sizeof(want));
}

/* Without tables any size of addresses will do, and the TCR is that CPU's. */
static void without_tables(void **state)
{
	(void)state;
	tr.args.map = TRANS_MAP_NONE;
	prepare();
	tr.cpu.mmfr0 = 0xf0100122; /* 16K alone, 40 bits */
	here_is(TRANS_ESTATE);
	tr.cpu.mmfr0 = 0x1122;
	here_is(0);
	assert_int_equal(transition_params()->tcr,
			 trans_state_tcr_off_(&tr.cpu));
}

static void fewer_bits(void **state)
{
	(void)state;
	prepare();
	tr.cpu.mmfr0 = 0x1124;
	here_is(TRANS_ESTATE);
	tr.cpu.mmfr0 = 0x1126;
	here_is(0);
}

static void no_wide_addresses(void **state)
{
	(void)state;
	tr.cpu.mmfr0 = 0x10000006; /* TGran4: FEAT_LPA2 */
	tr.args.va_bits = 52;
	prepare();
	here_is(0);
	cleaned = 0;
	tr.cpu.mmfr0 = 6;
	here_is(TRANS_ESTATE);
}

static void another_level(void **state)
{
	(void)state;
	prepare();
	tr.cpu.el = 2;
	here_is(TRANS_ESTATE);
	tr.cpu.e2h = true;
	here_is(TRANS_ESTATE);
	tr.cpu.el = 3;
	here_is(TRANS_ESTATE);
}

static void no_granule(void **state)
{
	(void)state;
	prepare();
	tr.cpu.mmfr0 |= 0xf0000000; /* TGran4: none */
	here_is(TRANS_ESTATE);
}

static void nothing_prepared(void **state)
{
	(void)state;
	assert_int_equal(trans_transition_here(&tr.t, &tr.err), TRANS_EINVAL);
}

static void a_world(void **state)
{
	static const struct trans_world world = {
		.ttbr1 = 0x41580001, .tcr = 0x2b5103519,
		.mair = 0x000000040044ffff, .sctlr = 0x30d01805,
	};

	(void)state;
	tr.args.world = &world;
	tr.args.entry = 0xffff800010000000;
	prepare();
	here_is(TRANS_EINVAL);
}

static void a_page_that_cannot_be_read(void **state)
{
	(void)state;
	prepare();
	tr.m.hidden = (struct trans_range){ tr.t.data, 4096 };
	assert_int_equal(trans_transition_here(&tr.t, &tr.err), TRANS_EFAULT);
	tr.m.hidden.len = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRANSITION_TEST(other_features),
		TRANSITION_TEST(without_tables),
		TRANSITION_TEST(fewer_bits),
		TRANSITION_TEST(no_wide_addresses),
		TRANSITION_TEST(another_level),
		TRANSITION_TEST(no_granule),
		TRANSITION_TEST(nothing_prepared),
		TRANSITION_TEST(a_world),
		TRANSITION_TEST(a_page_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
