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

#include "trans/parts.h"
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
	assert_int_equal(fake_arch.jump_x0,
			 tr.t.data | trans_state_entry(&tr.cpu));
	assert_int_equal(fake_arch.log[fake_arch.count - 2].what, FAKE_ICACHE);
	assert_int_equal(fake_arch.log[0].what, FAKE_MASK);
	/* what the blob will do */
	if (transition_params()->flags & 1 << BLOB_HAS_TCR2_BIT)
		fake_firmware_access("TCR2_EL1", 0);
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
	go();
	assert_int_equal(fake_arch.jump_x0,
			 tr.t.data | 1 << BLOB_E2H_BIT);
	assert_true(transition_params()->flags & 1 << BLOB_HAS_E2H_BIT);
}

/* Everything, of a firmware that gives everything. */
static void full_cpu(unsigned int el)
{
	tr.cpu.el = el;
	tr.cpu.dfr0 = DFR0;
	tr.cpu.pfr1 = PFR1;
	tr.cpu.mmfr1 = MMFR1;
	tr.cpu.mmfr3 = 1;
	tr.cpu.granted = fake_arch.granted = FAKE_GRANT_ALL;
	tr.args.sdei = true;
	fake_arch.reg[TRANS_CURRENTEL] = el << 2;
	fake_arch.reg[TRANS_CPACR_EL1] = 1 << 24;
	fake_arch.reg[TRANS_PMBLIMITR_EL1] = 1;
	fake_arch.reg[TRANS_TRBLIMITR_EL1] = 1;
	fake_arch.reg[TRANS_SVCR] = 3;
}

static void go_full_cpu(void **state)
{
	(void)state;
	full_cpu(1);
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
	assert_true(transition_params()->flags & 1 << BLOB_HAS_TCR2_BIT);
}

/* With and without E2H: its own registers by their own names. */
static void go_full_cpu_at_el2(void **state)
{
	(void)state;
	full_cpu(2);
	go();
	assert_true(wrote(TRANS_PMSCR_EL2, 0));
	assert_true(wrote(TRANS_TRFCR_EL2, 0));
	assert_true(wrote(TRANS_GCSCR_EL2, 0));
	assert_true(wrote(TRANS_SVCR, 0)); /* CPTR_EL2.TSM does not trap */
	trans_transition_cancel(&tr.t);
	fake_arch.count = 0;
	fake_arch.reg[TRANS_TRBLIMITR_EL1] = 1;
	tr.cpu.e2h = true;
	go();
	assert_true(wrote(TRANS_PMSCR_EL2, 0));
	assert_true(wrote(TRANS_TRFCR_EL2, 0));
	assert_true(wrote(TRANS_GCSCR_EL2, 0));
	assert_false(wrote(TRANS_SVCR, 0)); /* CPTR_EL2.SMEN traps */
}

static void go_hands_off(void **state)
{
	(void)state;
	tr.cpu.dfr0 = DFR0;
	tr.cpu.pfr1 = 1 << 24;
	tr.cpu.granted = fake_arch.granted = TRANS_GRANT_SME;
	tr.args.sdei = true;
	tr.args.conduit = TRANS_CONDUIT_HVC;
	fake_arch.reg[TRANS_PMBIDR_EL1] = 1 << 4;
	fake_arch.reg[TRANS_TRBIDR_EL1] = 1 << 4;
	fake_arch.reg[TRANS_TRBLIMITR_EL1] = 1;
	fake_arch.reg[TRANS_SVCR] = 3;
	go();
	assert_int_equal(fake_arch.log[1].what, FAKE_HVC);
	assert_false(wrote(TRANS_PMSCR_EL1, 0));
	assert_false(wrote(TRANS_PMBLIMITR_EL1, 0));
	assert_false(wrote(TRANS_TRBLIMITR_EL1, 0));
	assert_false(wrote(TRANS_TRFCR_EL1, 0));
	assert_false(wrote(TRANS_SVCR, 0)); /* CPACR traps it */
}

/* The same CPU under a firmware that gives nothing: no access is forbidden (the
 * fake would end the test), and what has an owner's bit is still closed. */
static void go_grants_nothing(void **state)
{
	(void)state;
	full_cpu(1);
	tr.cpu.granted = fake_arch.granted = 0;
	fake_arch.reg[TRANS_TRBLIMITR_EL1] = 0; /* it was never ours to use */
	go();
	assert_true(wrote(TRANS_PMSCR_EL1, 0));
	assert_true(wrote(TRANS_PMBLIMITR_EL1, 0));
	assert_false(transition_params()->flags & 1 << BLOB_HAS_TCR2_BIT);
	trans_transition_cancel(&tr.t);
	full_cpu(2);
	tr.cpu.granted = fake_arch.granted = 0;
	fake_arch.reg[TRANS_TRBLIMITR_EL1] = 0;
	go();
}

/* A trace buffer without filters, and filters without a buffer. */
static void go_tracing(void **state)
{
	(void)state;
	tr.cpu.dfr0 = 1ULL << 44;
	fake_arch.reg[TRANS_TRBLIMITR_EL1] = 1;
	go();
	assert_true(wrote(TRANS_TRBLIMITR_EL1, 0));
	trans_transition_cancel(&tr.t);
	fake_arch.count = 0;
	tr.cpu.dfr0 = 1ULL << 40;
	fake_arch.reg[TRANS_TRBLIMITR_EL1] = 1;
	go();
	assert_false(wrote(TRANS_TRBLIMITR_EL1, 0));
}

/* ---- the fake itself ---- */

static const char *trapped_name;

static void trapped(const char *name)
{
	trapped_name = name;
}

static const char *access_at(const char *name, unsigned int el)
{
	trapped_name = NULL;
	fake_firmware_access(name, el);
	return trapped_name;
}

static void firmware_traps(void **state)
{
	static const char *const kept[] = {
		"TRFCR_EL1", "TRFCR_EL2", "TCR2_EL1", "SCTLR2_EL1", "PIR_EL1",
		"PIRE0_EL1", "POR_EL1", "GCSCR_EL1", "GCSCRE0_EL1", "SMCR_EL2",
		"SVCR", "ZCR_EL2", "MPAM2_EL2", "HFGRTR2_EL2", "HDFGWTR2_EL2",
		"HFGITR_EL2", "HCRX_EL2", "ICH_HCR_EL2",
	};

	(void)state;
	fake_arch.trapped = trapped;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		fake_arch.granted = 0;
		assert_ptr_equal(access_at(kept[i], 2), kept[i]);
		fake_arch.granted = FAKE_GRANT_ALL;
		assert_null(access_at(kept[i], 2));
	}
	assert_null(access_at("PMSCR_EL1", 1));
	assert_non_null(access_at("PMSCR_EL2", 1));
	assert_non_null(access_at("CNTV_CTL_EL02", 1));
	assert_null(access_at("CNTV_CTL_EL02", 2));
	fake_arch.reg[TRANS_PMBIDR_EL1] = 1 << 4;
	assert_non_null(access_at("PMSCR_EL1", 1));
	assert_non_null(access_at("PMBLIMITR_EL1", 1));
	assert_null(access_at("TRBLIMITR_EL1", 1));
	fake_arch.reg[TRANS_TRBIDR_EL1] = 1 << 4;
	assert_non_null(access_at("TRBLIMITR_EL1", 1));
	/* reads and writes go that way */
	fake_arch.granted = 0;
	trans_arch_read(TRANS_TRFCR_EL1);
	assert_string_equal(trapped_name, "TRFCR_EL1");
	trans_arch_write(TRANS_SVCR, 0);
	assert_string_equal(trapped_name, "SVCR");
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
		TEST(go_full_cpu_at_el2),
		TEST(go_hands_off),
		TEST(go_grants_nothing),
		TEST(go_tracing),
		TEST(firmware_traps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
