/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The end of a transition on a fake CPU: in which order quiesce and go do
 * things.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transitions.h"

/* A CPU with everything that go knows about. */
#define DFR0 (1ULL << 32 | 1ULL << 40 | 1ULL << 44)
#define PFR1 (2ULL << 8 | 1ULL << 24 | 1ULL << 36 | 1ULL << 44)
#define MMFR1 (1ULL << 20)

/* ---- quiesce and go ---- */

static void quiescing(void **state)
{
	(void)state;
	transition_prepare();
	tr.refuse = true;
	assert_int_equal(trans_transition_quiesce(&tr.t, &tr.err), TRANS_EHOST);
	assert_false(tr.t.quiet);
	tr.refuse = false;
	assert_int_equal(trans_transition_quiesce(&tr.t, &tr.err), 0);
	assert_true(tr.t.quiet);
	assert_int_equal(tr.quiesced, 2);
	trans_transition_cancel(&tr.t);
	tr.args.quiesce = NULL;
	transition_prepare();
	assert_int_equal(trans_transition_quiesce(&tr.t, &tr.err), 0);
}

static void go(void)
{
	transition_prepare();
	assert_int_equal(trans_transition_quiesce(&tr.t, NULL), 0);
	if (!setjmp(fake_arch.jump))
		trans_transition_go(&tr.t);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].what, FAKE_JUMP);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].value,
			 tr.t.code + BLOB_ENTRY);
	assert_int_equal(fake_arch.jump_x0, tr.t.data);
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
	assert_int_equal(tr.entered, 3);
}

/* The blob hears of E2H from us: HCR_EL2 cannot always be asked. */
static void go_with_e2h(void **state)
{
	(void)state;
	tr.cpu.el = 2;
	tr.cpu.e2h = true;
	transition_prepare();
	assert_int_equal(trans_transition_quiesce(&tr.t, NULL), 0);
	if (!setjmp(fake_arch.jump))
		trans_transition_go(&tr.t);
	assert_int_equal(fake_arch.jump_x0,
			 tr.t.data | 1 << BLOB_E2H_BIT);
	assert_true(transition_params()->flags & 1 << BLOB_HAS_E2H_BIT);
}

static void go_full_cpu(void **state)
{
	(void)state;
	tr.cpu.dfr0 = DFR0;
	tr.cpu.pfr1 = PFR1;
	tr.cpu.mmfr1 = MMFR1;
	tr.args.sdei = true;
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
	tr.cpu.dfr0 = DFR0;
	tr.cpu.pfr1 = 1 << 24;
	tr.args.sdei = true;
	tr.args.conduit = TRANS_CONDUIT_HVC;
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

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, transition_setup, \
					transition_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(quiescing),
		TEST(go_base_cpu),
		TEST(go_with_e2h),
		TEST(go_full_cpu),
		TEST(go_hands_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
