/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * PSCI over a fake firmware: what is asked, and what becomes of each answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <trans_table/psci.h>

#include "lib/machine/arch/fake/fake.h"

#define HVC TRANS_CONDUIT_HVC
#define SMC TRANS_CONDUIT_SMC
#define NONE TRANS_CONDUIT_NONE

/* As a CPU reads it: Aff3 1, U, MT, Aff2..0 2.3.4. */
#define MPIDR 0x01c1020304ULL
#define TARGET 0x0100020304ULL

static int64_t answer;

static uint64_t firmware(uint64_t function, uint64_t a)
{
	(void)function;
	(void)a;
	return (uint64_t)answer;
}

static void with_answer(int64_t value)
{
	fake_arch_reset();
	fake_arch.firmware = firmware;
	answer = value;
}

static void assert_called(enum fake_what how, uint64_t function)
{
	assert_int_equal(fake_arch.count, 1);
	assert_int_equal(fake_arch.log[0].what, how);
	assert_int_equal(fake_arch.log[0].value, function);
}

static void asks_as_specified(void **state)
{
	enum trans_cpu_state cpu;
	uint32_t version = 0;

	(void)state;
	with_answer(0x10001);
	assert_int_equal(trans_psci_version(HVC, &version, NULL), 0);
	assert_called(FAKE_HVC, 0x84000000);
	assert_int_equal(version, 0x10001);

	with_answer(0);
	assert_int_equal(trans_psci_features(SMC, 0xc4000003, NULL), 0);
	assert_called(FAKE_SMC, 0x8400000a);
	assert_int_equal(fake_arch.arg[0], 0xc4000003);

	with_answer(0);
	assert_int_equal(trans_psci_cpu_on(HVC, MPIDR, 0x4000, 0x77, NULL), 0);
	assert_called(FAKE_HVC, 0xc4000003);
	assert_int_equal(fake_arch.arg[0], TARGET);
	assert_int_equal(fake_arch.arg[1], 0x4000);
	assert_int_equal(fake_arch.arg[2], 0x77);

	with_answer(1);
	assert_int_equal(trans_psci_affinity_info(SMC, MPIDR, &cpu, NULL), 0);
	assert_called(FAKE_SMC, 0xc4000004);
	assert_int_equal(fake_arch.arg[0], TARGET);
	assert_int_equal(fake_arch.arg[1], 0); /* affinity level */
	assert_int_equal(cpu, TRANS_CPU_OFF);
}

static void names_every_answer(void **state)
{
	static const struct {
		int64_t answer;
		int status;
		const char *why;
	} rows[] = {
		{ -1, TRANS_ENOENT, "PSCI: NOT_SUPPORTED" },
		{ -2, TRANS_EINVAL, "PSCI: INVALID_PARAMETERS" },
		{ -3, TRANS_EHOST, "PSCI: DENIED" },
		{ -4, TRANS_EEXIST, "PSCI: ALREADY_ON" },
		{ -5, TRANS_EHOST, "PSCI: ON_PENDING" },
		{ -6, TRANS_EHOST, "PSCI: INTERNAL_FAILURE" },
		{ -7, TRANS_ENOENT, "PSCI: NOT_PRESENT" },
		{ -8, TRANS_EHOST, "PSCI: DISABLED" },
		{ -9, TRANS_EFAULT, "PSCI: INVALID_ADDRESS" },
		{ -10, TRANS_EHOST, "PSCI: an answer that it does not have" },
		{ INT32_MIN, TRANS_EHOST,
		  "PSCI: an answer that it does not have" },
		{ 3, TRANS_EHOST, "PSCI: an answer that it does not have" },
		/* The upper half says nothing, either way. */
		{ 0xfffffffdLL, TRANS_EHOST, "PSCI: DENIED" },
	};
	enum trans_cpu_state cpu = TRANS_CPU_ON;
	struct trans_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		with_answer(rows[i].answer);
		assert_int_equal(trans_psci_affinity_info(HVC, MPIDR, &cpu,
							  &err),
				 rows[i].status);
		assert_int_equal(err.status, rows[i].status);
		assert_string_equal(err.why, rows[i].why);
		assert_int_equal(err.desc, TARGET);
		assert_int_equal(cpu, TRANS_CPU_ON);
		assert_int_equal(trans_psci_cpu_on(HVC, MPIDR, 0, 0, NULL),
				 rows[i].status);
	}
}

static void upper_half_is_not_looked_at(void **state)
{
	enum trans_cpu_state cpu;

	(void)state;
	with_answer(0x1234567800000002LL);
	assert_int_equal(trans_psci_affinity_info(HVC, 0, &cpu, NULL), 0);
	assert_int_equal(cpu, TRANS_CPU_ON_PENDING);
}

static void flags_of_a_function_are_no_error(void **state)
{
	(void)state;
	with_answer(1);
	assert_int_equal(trans_psci_features(HVC, 1, NULL), 0);
	with_answer(-1);
	assert_int_equal(trans_psci_features(HVC, 1, NULL), TRANS_ENOENT);
}

static void version_of_nothing(void **state)
{
	uint32_t version = 7;

	(void)state;
	with_answer(-1);
	assert_int_equal(trans_psci_version(SMC, &version, NULL),
			 TRANS_ENOENT);
	assert_int_equal(version, 7);
}

/* Success is not to come back: whatever does is a failure. */
static void coming_back_is_a_failure(void **state)
{
	struct trans_error err;

	(void)state;
	with_answer(-3);
	assert_int_equal(trans_psci_cpu_off(HVC, &err), TRANS_EHOST);
	assert_string_equal(err.why, "PSCI: DENIED");
	assert_called(FAKE_HVC, 0x84000002);
	with_answer(0);
	assert_int_equal(trans_psci_cpu_off(SMC, NULL), TRANS_EHOST);
	with_answer(0);
	assert_int_equal(trans_psci_system_off(HVC, NULL), TRANS_EHOST);
	assert_called(FAKE_HVC, 0x84000008);
	with_answer(-1);
	assert_int_equal(trans_psci_system_reset(SMC, NULL), TRANS_ENOENT);
	assert_called(FAKE_SMC, 0x84000009);
}

static void without_a_conduit(void **state)
{
	enum trans_conduit odd = (enum trans_conduit)3;
	enum trans_cpu_state cpu;
	struct trans_error err;
	uint32_t version;

	(void)state;
	with_answer(0);
	assert_int_equal(trans_psci_version(NONE, &version, &err),
			 TRANS_ENOENT);
	assert_string_equal(err.why, "PSCI: no conduit");
	assert_int_equal(trans_psci_features(NONE, 1, &err), TRANS_ENOENT);
	assert_int_equal(trans_psci_cpu_on(NONE, 0, 0, 0, &err), TRANS_ENOENT);
	assert_int_equal(trans_psci_cpu_off(NONE, &err), TRANS_ENOENT);
	assert_int_equal(trans_psci_affinity_info(NONE, 0, &cpu, &err),
			 TRANS_ENOENT);
	assert_int_equal(trans_psci_system_off(NONE, &err), TRANS_ENOENT);
	assert_int_equal(trans_psci_system_reset(odd, &err), TRANS_ENOENT);
	assert_int_equal(fake_arch.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_as_specified),
		cmocka_unit_test(names_every_answer),
		cmocka_unit_test(upper_half_is_not_looked_at),
		cmocka_unit_test(flags_of_a_function_are_no_error),
		cmocka_unit_test(version_of_nothing),
		cmocka_unit_test(coming_back_is_a_failure),
		cmocka_unit_test(without_a_conduit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
