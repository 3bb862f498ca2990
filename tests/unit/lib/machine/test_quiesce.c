/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Switching other CPUs off: what each of them does, and the confirmation, with
 * firmware that is slow, that refuses, and a counter that stands still.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <trans_table/quiesce.h>
#include <trans_table/transition.h>

#include "lib/machine/arch/fake/fake.h"
#include "lib/machine/wait.h"
#include "trans/transition/blob/blob.h"

#define HVC TRANS_CONDUIT_HVC
#define MS 10

/* How often each CPU still answers ON; the MPIDR is the index. */
static unsigned int on_for[4];
static unsigned int asked;
static int64_t refusal;

static uint64_t firmware(uint64_t function, uint64_t mpidr)
{
	assert_int_equal(function, TRANS_PSCI_AFFINITY_INFO);
	asked++;
	if (refusal)
		return (uint64_t)refusal;
	if (!on_for[mpidr])
		return TRANS_CPU_OFF;
	on_for[mpidr]--;
	return TRANS_CPU_ON;
}

/* 1 MHz, 1 ms a reading. */
static int set_up(void **state)
{
	(void)state;
	fake_arch_reset();
	fake_arch.firmware = firmware;
	fake_arch.reg[TRANS_CNTFRQ_EL0] = 1000000;
	fake_arch.tick = 1000;
	memset(on_for, 0, sizeof(on_for));
	asked = 0;
	refusal = 0;
	return 0;
}

static const uint64_t cpus[] = { 1, 2, 3 };

static void all_off(void **state)
{
	(void)state;
	assert_int_equal(trans_cpus_off(HVC, cpus, 3, MS, NULL), 0);
	assert_int_equal(asked, 3);
	assert_int_equal(trans_cpus_off(HVC, NULL, 0, MS, NULL), 0);
}

static void slow_but_in_time(void **state)
{
	(void)state;
	on_for[1] = 3;
	on_for[3] = 2;
	assert_int_equal(trans_cpus_off(HVC, cpus, 3, MS, NULL), 0);
	assert_int_equal(asked, 8);
}

static void too_late_has_a_name(void **state)
{
	static const uint64_t one[] = { 0x80000002 }; /* RES1 as read */
	struct trans_error err;

	(void)state;
	on_for[2] = 1000;
	assert_int_equal(trans_cpus_off(HVC, one, 1, MS, &err), TRANS_ETIME);
	assert_int_equal(err.status, TRANS_ETIME);
	assert_string_equal(err.why, "a CPU did not switch off");
	assert_int_equal(err.desc, 2);
	/* And the last question comes after the time was up. */
	assert_int_equal(asked, MS + 1);
}

/* The time is for all together: the third is asked once more and no longer. */
static void one_deadline(void **state)
{
	struct trans_error err;

	(void)state;
	on_for[1] = MS - 1;
	on_for[3] = 1000;
	assert_int_equal(trans_cpus_off(HVC, cpus, 3, MS, &err), TRANS_ETIME);
	assert_int_equal(err.desc, 3);
	assert_int_equal(asked, MS + 2);
}

static void refused_has_a_name(void **state)
{
	struct trans_error err;

	(void)state;
	refusal = -7;
	assert_int_equal(trans_cpus_off(HVC, cpus, 3, MS, &err), TRANS_ENOENT);
	assert_string_equal(err.why, "PSCI: NOT_PRESENT");
	assert_int_equal(err.desc, 1);
	assert_int_equal(trans_cpus_off(TRANS_CONDUIT_NONE, cpus, 3, MS, &err),
			 TRANS_ENOENT);
	assert_int_equal(asked, 1);
}

/* ---- deadlines ---- */

static void counter_that_stands_still(void **state)
{
	struct trans_wait wait;
	unsigned long turns = 0;

	(void)state;
	fake_arch.tick = 0;
	trans_wait_begin_(&wait, MS);
	while (!trans_wait_over_(&wait))
		assert_true(++turns < 1ul << 24);
	assert_true(turns > 10000); /* slow counters stand still for a while */
}

static void counter_that_wraps(void **state)
{
	struct trans_wait wait;
	unsigned int turns = 0;

	(void)state;
	fake_arch.reg[TRANS_CNTVCT_EL0] = UINT64_MAX - 2500;
	trans_wait_begin_(&wait, MS);
	while (!trans_wait_over_(&wait))
		turns++;
	assert_int_equal(turns, MS);
}

/* How many readings a wait of MS takes, where reading number @at finds the
 * counter @by further (or back); the leap stays, or is gone at the next. */
static unsigned int turns_with_leap(unsigned int at, int64_t by, bool stays)
{
	uint64_t *counter = &fake_arch.reg[TRANS_CNTVCT_EL0];
	struct trans_wait wait;
	unsigned int turns = 0;
	bool over;

	*counter = 1ULL << 40;
	trans_wait_begin_(&wait, MS);
	do {
		if (turns == at)
			*counter += (uint64_t)by;
		over = trans_wait_over_(&wait);
		if (turns++ == at && !stays)
			*counter -= (uint64_t)by;
		assert_true(turns < 1u << 21);
	} while (!over);
	return turns;
}

/* Neither too early nor never, whichever way and however far. */
static void counter_that_leaps(void **state)
{
	static const int64_t leaps[] = {
		-1500, -20000, -(1LL << 32), -(1LL << 40) - 5, INT64_MIN,
		20000, 1LL << 32, INT64_MAX - 5000,
	};

	(void)state;
	assert_int_equal(turns_with_leap(99, 0, true), MS + 1);
	for (size_t i = 0; i < sizeof(leaps) / sizeof(leaps[0]); i++)
		for (unsigned int at = 0; at < MS; at++)
			for (int stays = 0; stays < 2; stays++)
				assert_in_range(turns_with_leap(at, leaps[i],
								stays),
						MS - 2, MS + 3);
}

/* A counter that only ever runs backwards, as one that stands still. */
static void counter_that_runs_back(void **state)
{
	struct trans_wait wait;
	unsigned long turns = 0;

	(void)state;
	fake_arch.tick = (uint64_t)-1000;
	trans_wait_begin_(&wait, MS);
	while (!trans_wait_over_(&wait))
		assert_true(++turns < 1ul << 24);
	assert_true(turns > 10000);
}

static void frequency_that_nobody_set(void **state)
{
	struct trans_wait wait;

	(void)state;
	fake_arch.reg[TRANS_CNTFRQ_EL0] = 0;
	trans_wait_begin_(&wait, 2);
	assert_int_equal(wait.ticks, 2000000); /* as of 1 GHz */
	fake_arch.reg[TRANS_CNTFRQ_EL0] = 0xffffffff;
	trans_wait_begin_(&wait, UINT32_MAX);
	assert_true(wait.ticks > 1ull << 53);
}

/* ---- the CPU that goes ---- */

static struct trans_transition t;
static unsigned int entered;

static void enter(void *host)
{
	assert_ptr_equal(host, &entered);
	entered = (unsigned int)fake_arch.count;
}

static void parks_in_the_blob(void **state)
{
	static const struct trans_cpu boot_cpu = { .el = 1,
						   .dfr0 = 1ULL << 32 };

	(void)state;
	t = (struct trans_transition){
		.args = { .cpu = &boot_cpu, .alias_enter = enter,
			  .host = &entered },
		.code = 0x40000000, .data = 0x40004000,
	};
	fake_arch.reg[TRANS_CURRENTEL] = 1 << 2;
	/* This CPU has no profiling, whatever the boot CPU has. */
	fake_arch.reg[TRANS_PMBLIMITR_EL1] = 1;
	if (!setjmp(fake_arch.jump))
		trans_transition_park(&t);
	assert_int_equal(fake_arch.reg[TRANS_PMBLIMITR_EL1], 1);
	assert_int_equal(fake_arch.log[0].what, FAKE_MASK);
	assert_true(entered > 1); /* silenced before */
	assert_int_equal(fake_arch.log[fake_arch.count - 2].what, FAKE_ICACHE);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].what, FAKE_JUMP);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].value,
			 0x40000000 + BLOB_ENTRY);
	assert_int_equal(fake_arch.jump_x0, 0x40004001);
}

/* What this CPU has and the boot CPU has not is silenced too. */
static void parks_with_its_own_features(void **state)
{
	static const struct trans_cpu boot_cpu = { .el = 1 };

	(void)state;
	t = (struct trans_transition){ .args = { .cpu = &boot_cpu } };
	fake_arch.reg[TRANS_CURRENTEL] = 1 << 2;
	fake_arch.reg[TRANS_ID_AA64DFR0] = 1ULL << 32;
	fake_arch.reg[TRANS_PMBLIMITR_EL1] = 1;
	if (!setjmp(fake_arch.jump))
		trans_transition_park(&t);
	assert_int_equal(fake_arch.reg[TRANS_PMBLIMITR_EL1], 0);
}

/* Nor does it touch what firmware keeps, though its own ID registers have it:
 * the host said so of the machine. */
static void parks_under_firmware(void **state)
{
	static const struct trans_cpu boot_cpu = { .el = 1 };

	(void)state;
	t = (struct trans_transition){ .args = { .cpu = &boot_cpu } };
	fake_arch.reg[TRANS_CURRENTEL] = 1 << 2;
	fake_arch.reg[TRANS_ID_AA64DFR0] = 1ULL << 40 | 1ULL << 44;
	fake_arch.reg[TRANS_ID_AA64PFR1] = 1 << 24;
	fake_arch.reg[TRANS_CPACR_EL1] = 1 << 24;
	if (!setjmp(fake_arch.jump))
		trans_transition_park(&t);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].what, FAKE_JUMP);
}

/* ---- devices ---- */

#define DEVICE 0x0a000000ULL
#define BUSY_FOR_EVER UINT32_MAX

static struct {
	uint32_t magic, id, status;
	unsigned int busy, writes;
} device;

static uint32_t read32(void *ctx, trans_pa_t pa)
{
	assert_ptr_equal(ctx, &device);
	switch (pa - DEVICE) {
	case 0:
		return device.magic;
	case 8:
		return device.id;
	case 0x70:
		if (!device.busy)
			return device.status;
		device.busy -= device.busy != BUSY_FOR_EVER;
		return 0x0f;
	}
	fail();
	return 0;
}

static void write32(void *ctx, trans_pa_t pa, uint32_t value)
{
	assert_ptr_equal(ctx, &device);
	assert_int_equal(pa, DEVICE + 0x70);
	device.status = value;
	device.writes++;
}

static const struct trans_mmio mmio = { read32, NULL, write32, NULL,
					&device };

static void virtio_resets(void **state)
{
	(void)state;
	device.magic = 0x74726976;
	device.id = 4;
	device.status = 0x0f;
	device.busy = 100;
	device.writes = 0;
	assert_int_equal(trans_virtio_mmio_reset(&mmio, DEVICE, NULL), 0);
	assert_int_equal(device.status, 0);
	assert_int_equal(device.writes, 1);
	assert_int_equal(device.busy, 0);
}

static void virtio_that_does_not(void **state)
{
	struct trans_error err;

	(void)state;
	device.magic = 0x74726976;
	device.id = 4;
	device.busy = BUSY_FOR_EVER;
	assert_int_equal(trans_virtio_mmio_reset(&mmio, DEVICE, &err),
			 TRANS_ETIME);
	assert_int_equal(err.pa, DEVICE);
}

static void virtio_that_is_not_there(void **state)
{
	struct trans_error err;

	(void)state;
	device.magic = 0x74726976;
	device.id = 0;
	device.writes = 0;
	assert_int_equal(trans_virtio_mmio_reset(&mmio, DEVICE, NULL), 0);
	device.magic = 0xffffffff;
	assert_int_equal(trans_virtio_mmio_reset(&mmio, DEVICE, &err),
			 TRANS_ENOENT);
	assert_int_equal(err.pa, DEVICE);
	assert_int_equal(device.writes, 0);
}

/* ---- timers ---- */

#define V 1
#define P 2
#define HP 4
#define HV 8
#define V02 16
#define P02 32

static unsigned int timers_off(struct trans_cpu cpu, bool physical)
{
	static const enum trans_sysreg timer[] = {
		TRANS_CNTV_CTL_EL0, TRANS_CNTP_CTL_EL0, TRANS_CNTHP_CTL_EL2,
		TRANS_CNTHV_CTL_EL2, TRANS_CNTV_CTL_EL02, TRANS_CNTP_CTL_EL02,
	};
	unsigned int off = 0;

	for (unsigned int i = 0; i < 6; i++)
		fake_arch.reg[timer[i]] = 5;
	trans_timers_off(&cpu, physical);
	for (unsigned int i = 0; i < 6; i++)
		off |= !fake_arch.reg[timer[i]] << i;
	return off;
}

/* And none that would be undefined, or somebody else's. */
static void timers_of_each_level(void **state)
{
	struct trans_cpu el1 = { .el = 1, .mmfr1 = 1 << 8 };
	struct trans_cpu el2 = { .el = 2 };
	struct trans_cpu capable = { .el = 2, .mmfr1 = 1 << 8 };
	struct trans_cpu vhe = { .el = 2, .e2h = true, .mmfr1 = 1 << 8 };

	(void)state;
	assert_int_equal(timers_off(el1, false), V);
	assert_int_equal(timers_off(el1, true), V | P);
	assert_int_equal(timers_off(el2, false), V | P | HP);
	assert_int_equal(timers_off(capable, false), V | P | HP | HV);
	assert_int_equal(timers_off(vhe, false), V02 | P02 | HP | HV);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].what, FAKE_SYNC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_off, set_up),
		cmocka_unit_test_setup(slow_but_in_time, set_up),
		cmocka_unit_test_setup(too_late_has_a_name, set_up),
		cmocka_unit_test_setup(one_deadline, set_up),
		cmocka_unit_test_setup(refused_has_a_name, set_up),
		cmocka_unit_test_setup(counter_that_stands_still, set_up),
		cmocka_unit_test_setup(counter_that_wraps, set_up),
		cmocka_unit_test_setup(counter_that_leaps, set_up),
		cmocka_unit_test_setup(counter_that_runs_back, set_up),
		cmocka_unit_test_setup(frequency_that_nobody_set, set_up),
		cmocka_unit_test_setup(parks_in_the_blob, set_up),
		cmocka_unit_test_setup(parks_with_its_own_features, set_up),
		cmocka_unit_test_setup(parks_under_firmware, set_up),
		cmocka_unit_test_setup(virtio_resets, set_up),
		cmocka_unit_test_setup(virtio_that_does_not, set_up),
		cmocka_unit_test_setup(virtio_that_is_not_there, set_up),
		cmocka_unit_test_setup(timers_of_each_level, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
