/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * How the port's CPUs wait for each other, over an interrupt controller made of
 * a few lines: what was set up comes through, and is as it was found
 * afterwards; where it does not come through nobody sleeps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Instead of sysreg.h. */
#define PORT_SYSREG_H
#define sysreg_read(name) sysreg_get(#name)
#define sysreg_write(name, value) sysreg_put(#name, value)
#define isb() __asm__ volatile("" : : : "memory")
#define dsb(scope) __asm__ volatile("" : : : "memory")
#define hint(what) hinted(#what)
static unsigned long sysreg_get(const char *name);
static void sysreg_put(const char *name, unsigned long value);
static void hinted(const char *what);

#include "ports/qemu-virt/doze.c"

#define DIST 0x08000000ULL
#define CPU 0x08010000ULL
#define RD0 0x080a0000ULL
#define RD1 0x080c0000ULL

#define PMR "S3_0_C4_C6_0"
#define IGRPEN1 "S3_0_C12_C12_7"
#define SGI1R "S3_0_C12_C11_5"
#define SRE_EL1 "S3_0_C12_C12_5"
#define SRE_EL2 "S3_4_C12_C9_5"

struct machine machine;

#define REGS 64
static struct hw {
	struct {
		trans_pa_t pa;
		uint64_t value;
	} reg[REGS];
	struct {
		const char *name;
		unsigned long value;
	} sysreg[REGS];
} hw;

/* What of it does not work. */
static bool deaf, asleep, timeless, storm;
static unsigned long now;
static const char *last_hint;

static uint64_t *reg(trans_pa_t pa)
{
	for (size_t i = 0; i < REGS; i++) {
		if (!hw.reg[i].pa)
			hw.reg[i].pa = pa;
		if (hw.reg[i].pa == pa)
			return &hw.reg[i].value;
	}
	fail();
	return NULL;
}

static unsigned long *sysreg(const char *name)
{
	for (size_t i = 0; i < REGS; i++) {
		if (!hw.sysreg[i].name)
			hw.sysreg[i].name = name;
		if (!strcmp(hw.sysreg[i].name, name))
			return &hw.sysreg[i].value;
	}
	fail();
	return NULL;
}

static trans_pa_t lines_at(void)
{
	return gic->version == 2 ? DIST : RD1 + GICR_SGI_BASE;
}

static uint32_t priority(uint32_t intid)
{
	return (uint32_t)*reg(lines_at() + IPRIORITYR + (intid & ~3u)) >>
		       intid % 4 * 8 & 0xff;
}

static bool passes(uint32_t intid)
{
	bool v2 = gic->version == 2;
	uint32_t group = *reg(lines_at() + IGROUPR) >> intid & 1;
	uint64_t here = v2 ? *reg(CPU + GICC_CTLR) >> group :
			     *sysreg(IGRPEN1) & group;
	uint64_t mask = v2 ? *reg(CPU + GICC_PMR) : *sysreg(PMR);

	return here & *reg(DIST) >> group & 1 && priority(intid) < mask &&
	       *reg(lines_at() + ISENABLER) >> intid & 1;
}

static bool timer_due(void)
{
	const char *control = machine.cpu.el == 2 ? "cnthp_ctl_el2" :
						    "cntv_ctl_el0";
	const char *value = machine.cpu.el == 2 ? "cnthp_cval_el2" :
						  "cntv_cval_el0";

	return !timeless && *sysreg(control) == 1 && *sysreg(value) <= now;
}

static bool pending(void)
{
	return storm || (*reg(lines_at() + ISPENDR) & 1 && passes(SGI)) ||
	       (timer_due() && passes(machine.cpu.el == 2 ? 26 : 27));
}

static unsigned long sysreg_get(const char *name)
{
	if (!strcmp(name, "cntvct_el0") || !strcmp(name, "cntpct_el0"))
		return now++;
	if (!strcmp(name, "cntfrq_el0"))
		return 1000;
	if (!strcmp(name, "isr_el1"))
		return pending() ? 0x80 : 0;
	return *sysreg(name);
}

static void pend(void)
{
	if (!deaf)
		*reg(lines_at() + ISPENDR) |= 1;
}

static void sysreg_put(const char *name, unsigned long value)
{
	*sysreg(name) = value;
	if (strcmp(name, SGI1R))
		return;
	assert_int_equal(value, 0x0001002000030008); /* of MPIDR 1.32.3.3 */
	pend();
}

static void hinted(const char *what)
{
	last_hint = what;
}

static uint32_t read32(void *ctx, trans_pa_t pa)
{
	(void)ctx;
	if (pa == RD1 + GICR_WAKER)
		return (uint32_t)*reg(pa) | (*reg(pa) & 2 || asleep ? 4 : 0);
	return (uint32_t)*reg(pa);
}

static uint64_t read64(void *ctx, trans_pa_t pa)
{
	(void)ctx;
	return *reg(pa);
}

static void write32(void *ctx, trans_pa_t pa, uint32_t value)
{
	(void)ctx;
	if (pa == lines_at() + ISENABLER)
		*reg(pa) |= value;
	else if (pa == lines_at() + ICENABLER)
		*reg(lines_at() + ISENABLER) &= ~(uint64_t)value;
	else if (pa == lines_at() + ICPENDR || pa == DIST + GICD_CPENDSGIR)
		*reg(lines_at() + ISPENDR) &= ~(uint64_t)(value & 1);
	else if (pa == RD1 + GICR_WAKER)
		*reg(pa) = value & 2;
	else
		*reg(pa) = value;
	if (pa == DIST + GICD_SGIR) {
		assert_int_equal(value, 4 << 16);
		*reg(pa) = 0;
		pend();
	}
}

static const struct trans_range region = { RD0, 0x40000 };
static const struct trans_gic v2 = {
	.mmio = { read32, read64, write32, NULL, NULL },
	.version = 2, .dist = DIST, .cpu = CPU,
};
static const struct trans_gic v3 = {
	.mmio = { read32, read64, write32, NULL, NULL },
	.version = 3, .dist = DIST, .redist = &region, .redist_count = 1,
};

/* As others may have left it; and all that will be looked at is there. */
static void set_up(const struct trans_gic *of, unsigned int el)
{
	memset(&hw, 0, sizeof(hw));
	deaf = asleep = timeless = storm = false;
	now = 1000;
	gic = of;
	machine.cpu = (struct trans_cpu){ .el = el, .pfr0 = 1 << 24,
					  .granted = TRANS_GRANT_GIC };
	*sysreg("mpidr_el1") = 0x0180200303;
	*sysreg(SRE_EL1) = *sysreg(SRE_EL2) = 9;
	*sysreg(PMR) = 0x50;
	*reg(DIST) = of->version == 3 ? GICD_CTLR_ARE : 0;
	*reg(DIST + GICD_ITARGETSR) = 0x04040404;
	*reg(CPU + GICC_PMR) = 0x30;
	*reg(RD0 + GICR_TYPER) = 0;
	*reg(RD1 + GICR_TYPER) = 0x0120030300000010;
	*reg(RD1 + GICR_WAKER) = 2;
	*reg(lines_at() + IPRIORITYR) = 0xa0a0a0a0;
	*reg(lines_at() + IPRIORITYR + 24) = 0x80a0a0a0;
	*reg(lines_at() + ISENABLER) = 0x100;
	(void)pending();
	(void)timer_due();
}

static const struct trans_gic *const kinds[] = { &v2, &v3 };

static void each(void (*test)(const struct trans_gic *of, unsigned int el))
{
	for (size_t i = 0; i < 2; i++)
		for (unsigned int el = 1; el <= 2; el++) {
			set_up(kinds[i], el);
			test(kinds[i], el);
		}
}

static uint32_t all_of(unsigned int el)
{
	return 1 | 1u << (el == 2 ? 26 : 27);
}

static void sleeps_and_wakes(const struct trans_gic *of, unsigned int el)
{
	struct doze doze;

	doze_begin(&doze, of);
	assert_true(doze.sound);
	assert_int_equal(*reg(lines_at() + ISENABLER), 0x100 | all_of(el));
	assert_false(pending());
	doze_wake(&doze);
	assert_true(pending());
	doze_forget(&doze);
	assert_false(pending());
	doze_wait(&doze);
	assert_string_equal(last_hint, "wfi");
	doze_end(&doze);
}

static void sleeps(void **state)
{
	(void)state;
	each(sleeps_and_wakes);
}

static void wakes_by_alarm(const struct trans_gic *of, unsigned int el)
{
	struct doze_timer before;
	struct doze doze;

	(void)el;
	doze_begin(&doze, of);
	before = doze_alarm(100);
	assert_false(pending());
	now += 101;
	assert_true(pending());
	doze_alarm_off(before);
	assert_false(pending());
}

static void has_alarm(void **state)
{
	(void)state;
	each(wakes_by_alarm);
}

/* What was pending when it ended, too. */
static void as_found(const struct trans_gic *of, unsigned int el)
{
	struct hw before;
	struct doze doze;

	(void)el;
	doze_begin(&doze, of);
	doze_end(&doze);
	*sysreg("cntv_cval_el0") = *sysreg("cnthp_cval_el2") = 5;
	*sysreg("cntv_ctl_el0") = *sysreg("cnthp_ctl_el2") = 3;
	*sysreg(SGI1R) = 0;
	before = hw;
	doze_begin(&doze, of);
	*sysreg(SGI1R) = 0;
	assert_memory_not_equal(&hw, &before, sizeof(hw));
	doze_wake(&doze);
	doze_end(&doze);
	*sysreg(SGI1R) = 0;
	assert_memory_equal(&hw, &before, sizeof(hw));
}

static void leaves_as_found(void **state)
{
	(void)state;
	each(as_found);
}

/* GICv2 has nothing of some of it: @v3_only. */
static void expect_unsound(const struct trans_gic *of, bool v3_only)
{
	bool sound = v3_only && of->version == 2;
	struct doze doze, other;

	doze_begin(&doze, of);
	assert_int_equal(doze.sound, sound);
	if (sound)
		return;
	doze_forget(&doze);
	doze_wake(&doze);
	assert_string_equal(last_hint, "sev");
	doze_wait(&doze);
	assert_string_equal(last_hint, "yield");
	doze_begin(&other, NULL);
	doze_wait(&other);
	assert_string_equal(last_hint, timeless ? "wfi" : "wfe");
	doze_end(&other);
	doze_end(&doze);
}

static void deaf_one(const struct trans_gic *of, unsigned int el)
{
	(void)el;
	deaf = true;
	expect_unsound(of, false);
}

static void timeless_one(const struct trans_gic *of, unsigned int el)
{
	(void)el;
	timeless = true;
	expect_unsound(of, false);
}

/* WFI would not wait, so there is no use in it. */
static void stormy_one(const struct trans_gic *of, unsigned int el)
{
	(void)el;
	storm = true;
	expect_unsound(of, false);
}

static void sleepless_redist(const struct trans_gic *of, unsigned int el)
{
	(void)el;
	asleep = true;
	expect_unsound(of, true);
}

static void stranger(const struct trans_gic *of, unsigned int el)
{
	(void)el;
	*sysreg("mpidr_el1") = 0x80000007;
	expect_unsound(of, true);
}

static void no_interface(const struct trans_gic *of, unsigned int el)
{
	(void)el;
	machine.cpu.granted = 0;
	expect_unsound(of, true);
}

static void no_routing(const struct trans_gic *of, unsigned int el)
{
	(void)el;
	*reg(DIST) = 0;
	expect_unsound(of, true);
}

static void stays_awake(void **state)
{
	(void)state;
	each(deaf_one);
	each(timeless_one);
	each(stormy_one);
	each(sleepless_redist);
	each(stranger);
	each(no_interface);
	each(no_routing);
}

static void names_targets(void **state)
{
	(void)state;
	assert_int_equal(sgi1r(0x80000000, 0), 1);
	assert_int_equal(sgi1r(0x8000010f, 5), 0x0000000005018000);
	assert_int_equal(sgi1r(0xff80aabbcc, 15), 0x00ffc0aa0fbb1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sleeps),
		cmocka_unit_test(has_alarm),
		cmocka_unit_test(leaves_as_found),
		cmocka_unit_test(stays_awake),
		cmocka_unit_test(names_targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
