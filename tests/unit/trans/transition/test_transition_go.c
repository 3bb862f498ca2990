/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The end of a transition on a fake CPU: what asks and what leaves, in which
 * order, and what becomes of a host that cannot leave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>

#include <cmocka.h>

#include "trans/transition/private.h"
#include "tests/unit/support/transitions.h"

/* A CPU with everything that go knows about. */
#define DFR0 (1ULL << 32 | 1ULL << 40 | 1ULL << 44)
#define PFR1 (2ULL << 8 | 1ULL << 24 | 1ULL << 36 | 1ULL << 44)
#define MMFR1 (1ULL << 20)

/* ---- ask ---- */

static void asking(void **state)
{
	(void)state;
	transition_prepare();
	tr.refuse = true;
	assert_int_equal(trans_transition_ask(&tr.t, &tr.err), TRANS_EHOST);
	assert_int_equal(tr.err.status, TRANS_EHOST);
	assert_string_equal(tr.err.why, "ask refused");
	assert_false(tr.t.asked);
	/* Who refused has nothing to undo. */
	trans_transition_unask(&tr.t);
	assert_int_equal(tr.unasked, 0);
	tr.refuse = false;
	assert_int_equal(trans_transition_ask(&tr.t, &tr.err), 0);
	assert_true(tr.t.asked);
	assert_int_equal(tr.asked, 2);
	/* Once is enough. */
	assert_int_equal(trans_transition_ask(&tr.t, &tr.err), TRANS_EINVAL);
	assert_int_equal(tr.asked, 2);
	trans_transition_unask(&tr.t);
	trans_transition_unask(&tr.t);
	assert_int_equal(tr.unasked, 1);
	assert_false(tr.t.asked);
	assert_int_equal(trans_transition_ask(&tr.t, NULL), 0);
	trans_transition_cancel(&tr.t);
	assert_int_equal(tr.unasked, 2);
	assert_int_equal(tr.left, 0);
}

static int said_status;

static int ask_says_why(void *host, struct trans_error *err)
{
	(void)host;
	*err = (struct trans_error){ .status = 1, .why = "not today",
				     .pa = 42 };
	return said_status;
}

static void asking_why(void **state)
{
	(void)state;
	tr.args.ask = ask_says_why;
	transition_prepare();
	said_status = TRANS_ENOIMAGE;
	assert_int_equal(trans_transition_ask(&tr.t, NULL), TRANS_EHOST);
	said_status = TRANS_ETIME;
	assert_int_equal(trans_transition_ask(&tr.t, NULL), TRANS_ETIME);
	assert_int_equal(trans_transition_ask(&tr.t, &tr.err), TRANS_ETIME);
	assert_int_equal(tr.err.status, TRANS_ETIME);
	assert_string_equal(tr.err.why, "not today");
	assert_int_equal(tr.err.pa, 42);
}

static void asking_nobody(void **state)
{
	(void)state;
	tr.args.ask = NULL;
	tr.args.unask = NULL;
	transition_prepare();
	assert_int_equal(trans_transition_ask(&tr.t, &tr.err), 0);
	trans_transition_unask(&tr.t);
	assert_false(tr.t.asked);
}

/* ---- leave ---- */

static sigjmp_buf out;

static void woken(int number)
{
	(void)number;
	siglongjmp(out, 1);
}

/* Whoever goes without having asked stays, and touches nothing. */
static void going_unasked(void **state)
{
	static const struct itimerval soon = { .it_value = { 0, 50000 } };

	(void)state;
	transition_prepare();
	signal(SIGALRM, woken);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	if (!sigsetjmp(out, 1))
		trans_transition_go(&tr.t);
	assert_int_equal(tr.left, 0);
	assert_int_equal(fake_arch.count, 0);
}

static uint64_t called_pc, called_x0;

static void call(uint64_t pc, uint64_t x0)
{
	called_pc = pc;
	called_x0 = x0;
}

/* Into the blob, by a call that the blob may come back from. */
static void cannot_leave(void)
{
	transition_prepare();
	assert_int_equal(trans_transition_ask(&tr.t, NULL), 0);
	if (!setjmp(fake_arch.jump))
		trans_transition_go(&tr.t);
	assert_int_equal(tr.left, 1);
	/* Nothing is masked before; there is no way back for the host. */
	assert_int_equal(tr.left_at, 0);
	assert_int_equal(tr.unasked, 0);
	assert_int_equal(fake_arch.log[0].what, FAKE_MASK);
	assert_int_not_equal(tr.entered, 0);
}

static void last_was(enum fake_what what, unsigned int bit)
{
	const struct fake_event *last = &fake_arch.log[fake_arch.count - 1];

	assert_int_equal(last->what, what);
	assert_int_equal(last->value, tr.t.code + BLOB_ENTRY);
	assert_int_equal(fake_arch.jump_x0, tr.t.data | 1ULL << bit);
}

/* The parameters as memory has them behind the caches. */
static struct blob_params behind;

static void clean(void *ctx, const void *va, size_t len)
{
	(void)ctx;
	if (tr.t.prepared && va == transition_params())
		memcpy(&behind, va, len < sizeof(behind) ? len :
							   sizeof(behind));
}

static void leave_fails(void **state)
{
	const struct trans_blob_report *own;

	(void)state;
	tr.m.ops.clean = clean;
	tr.leave_says = TRANS_ETIME;
	tr.leave_why = "an ITS is not quiescent";
	cannot_leave();
	last_was(FAKE_CALL, BLOB_NOT_QUIET_BIT);
	own = &transition_params()->own;
	assert_int_equal(own->status, TRANS_ETIME);
	assert_int_equal(own->pa, 0x1234);
	assert_int_equal(own->desc, 0x5678);
	assert_string_equal(own->why, "an ITS is not quiescent");
	/* The blob reads it past the caches. */
	assert_string_equal(behind.own.why, own->why);
	assert_int_equal(behind.own.status, TRANS_ETIME);
	/* The conduit resets, in the blob. */
	assert_false(transition_params()->flags & 1u << BLOB_COMES_BACK_BIT);
	assert_int_equal(tr.resets, 0);
}

static void leave_fails_for_no_reason(void **state)
{
	(void)state;
	tr.leave_says = 7;
	cannot_leave();
	assert_int_equal(transition_params()->own.status, TRANS_EHOST);
	assert_string_equal(transition_params()->own.why, "leave failed");
}

/* What is too long is cut, and what a terminal would obey is not repeated. */
static void leave_fails_at_length(void **state)
{
	static const char long_why[] =
		"0123456789\n\x1b[2J\xff 0123456789 0123456789 0123456789";
	const char *why;

	(void)state;
	tr.leave_says = TRANS_EHOST;
	tr.leave_why = long_why;
	cannot_leave();
	why = transition_params()->own.why;
	assert_int_equal(strlen(why), TRANS_REPORT_WHY - 1);
	assert_memory_equal(why, "0123456789??[2J? 012", 20);
}

/* The page of the parameters is not to be had any more: without the reason. */
static void leave_fails_in_the_dark(void **state)
{
	(void)state;
	tr.leave_says = TRANS_EHOST;
	transition_prepare();
	assert_int_equal(trans_transition_ask(&tr.t, NULL), 0);
	tr.m.maps = 0;
	tr.m.refuse_map_at = 1;
	if (!setjmp(fake_arch.jump))
		trans_transition_go(&tr.t);
	last_was(FAKE_CALL, BLOB_NOT_QUIET_BIT);
	tr.m.refuse_map_at = 0;
}

/* No conduit: the host resets, and parks in the blob if that comes back. */
static void host_resets(void **state)
{
	(void)state;
	tr.leave_says = TRANS_EHOST;
	tr.args.conduit = TRANS_CONDUIT_NONE;
	fake_arch.call = call;
	cannot_leave();
	assert_true(transition_params()->flags & 1u << BLOB_COMES_BACK_BIT);
	assert_int_equal(called_pc, tr.t.code + BLOB_ENTRY);
	assert_int_equal(called_x0, tr.t.data | 1ULL << BLOB_NOT_QUIET_BIT);
	assert_int_equal(tr.resets, 1);
	last_was(FAKE_JUMP, BLOB_OFF_BIT);
}

static void reset_nothing(void *host)
{
	(void)host;
}

/* When does the blob come back? Where the host has to reset, and is to. */
static void who_resets(void **state)
{
	static const struct {
		enum trans_conduit conduit;
		enum trans_on_failure on_failure;
		bool reset, back;
	} rows[] = {
		{ TRANS_CONDUIT_NONE, TRANS_FAILURE_RESETS, true, true },
		{ TRANS_CONDUIT_NONE, TRANS_FAILURE_RESETS, false, false },
		{ TRANS_CONDUIT_NONE, TRANS_FAILURE_PARKS, true, false },
		{ TRANS_CONDUIT_SMC, TRANS_FAILURE_RESETS, true, false },
		{ TRANS_CONDUIT_HVC, TRANS_FAILURE_RESETS, true, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tr.args.conduit = rows[i].conduit;
		tr.args.on_failure = rows[i].on_failure;
		tr.args.reset = rows[i].reset ? reset_nothing : NULL;
		transition_prepare();
		assert_int_equal(transition_params()->flags >>
				 BLOB_COMES_BACK_BIT & 1, rows[i].back);
		trans_transition_cancel(&tr.t);
	}
}

/* ---- go ---- */

static void go(void)
{
	tr.left = 0;
	transition_prepare();
	assert_int_equal(trans_transition_ask(&tr.t, NULL), 0);
	if (!setjmp(fake_arch.jump))
		trans_transition_go(&tr.t);
	assert_int_equal(tr.left, 1);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].what, FAKE_JUMP);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].value,
			 tr.t.code + BLOB_ENTRY);
	assert_int_equal(fake_arch.jump_x0,
			 tr.t.data | trans_state_entry_(&tr.cpu));
	assert_int_equal(fake_arch.log[fake_arch.count - 2].what, FAKE_ICACHE);
	assert_int_equal(fake_arch.log[0].what, FAKE_MASK);
	/* what the blob will do */
	if (transition_params()->flags & 1 << BLOB_HAS_TCR2_BIT)
		fake_firmware_access("TCR2_EL1", 0);
}

static void nobody_to_leave(void **state)
{
	(void)state;
	tr.args.leave = NULL;
	transition_prepare();
	assert_int_equal(trans_transition_ask(&tr.t, NULL), 0);
	if (!setjmp(fake_arch.jump))
		trans_transition_go(&tr.t);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].what, FAKE_JUMP);
	assert_int_equal(fake_arch.jump_x0, tr.t.data);
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
	trans_arch_read_(TRANS_TRFCR_EL1);
	assert_string_equal(trapped_name, "TRFCR_EL1");
	trans_arch_write_(TRANS_SVCR, 0);
	assert_string_equal(trapped_name, "SVCR");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRANSITION_TEST(asking),
		TRANSITION_TEST(asking_why),
		TRANSITION_TEST(asking_nobody),
		TRANSITION_TEST(going_unasked),
		TRANSITION_TEST(leave_fails),
		TRANSITION_TEST(leave_fails_for_no_reason),
		TRANSITION_TEST(leave_fails_at_length),
		TRANSITION_TEST(leave_fails_in_the_dark),
		TRANSITION_TEST(host_resets),
		TRANSITION_TEST(who_resets),
		TRANSITION_TEST(nobody_to_leave),
		TRANSITION_TEST(go_base_cpu),
		TRANSITION_TEST(go_with_e2h),
		TRANSITION_TEST(go_full_cpu),
		TRANSITION_TEST(go_full_cpu_at_el2),
		TRANSITION_TEST(go_hands_off),
		TRANSITION_TEST(go_grants_nothing),
		TRANSITION_TEST(go_tracing),
		TRANSITION_TEST(firmware_traps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
