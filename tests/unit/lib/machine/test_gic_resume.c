/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * trans_gic_resume over a GICv3 that minds the architecture's rules: registers
 * that set and clear the same bits, routing that exists only with affinity
 * routing, affinity routing that may change only while no group is enabled,
 * lines that stay asserted, a redistributor that takes its time to wake.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <trans_table/gic.h>

#include "lib/machine/arch/fake/fake.h"

#define DIST 0x08000000ULL
#define RD0 0x080a0000ULL
#define RD1 0x080c0000ULL
#define SGI 0x10000ULL

#define RWP_D (1u << 31)
#define RWP_R (1u << 3)
#define ENABLE_LPIS 1u
#define PTZ (1ULL << 62)
#define GROUPS 7u
#define ARE 0x10u
#define WAKER 0x14
#define SLEEP 2u
#define ASLEEP 4u
#define FOREVER UINT32_MAX

#define MPIDR1 0x0181020305ULL
#define MPIDR0 0x0181020304ULL /* Aff3 1, RES1 and MT, 2.3.4 */
#define ROUTE0 0x0100020304ULL

#define REGS 4096

/*
 * @asserted: SPIs whose line stays up, first bank of them; @stuck: likewise, of
 *            those that stay active; @asserted_ppis: of the boot CPU
 * @wake_left: readings until a woken redistributor is awake
 * @busy: readings of a CTLR for which RWP stays after a write
 * @no_are: affinity routing cannot be had
 * @alone: redistributors are outside of coherency: Shareability stays 0
 * @few_bits: of an address, that a GICR_*BASER does not have
 * @no_lpis: EnableLPIs stays 0
 * @dead: a redistributor that takes no table and no EnableLPIs; 0: none
 * @latched: SPIs of the first bank, and extended ones of theirs, that pend once
 *           a trigger was written, until that is cleared
 * @wild: writes that the architecture leaves UNPREDICTABLE, or reserved
 */
static struct {
	struct {
		uint64_t pa, value;
		unsigned int writes;
	} reg[REGS];
	size_t count;
	struct {
		uint64_t pa, value;
	} log[REGS];
	size_t writes;
	uint32_t asserted, stuck, asserted_ppis, latched;
	unsigned int wake_left, busy, busy_left;
	uint64_t busy_pa;
	bool no_are, alone, no_lpis;
	uint64_t few_bits, dead;
	unsigned int wild;
} hw;

static size_t reg(uint64_t pa)
{
	for (size_t i = 0; i < hw.count; i++)
		if (hw.reg[i].pa == pa)
			return i;
	assert_true(hw.count < REGS);
	hw.reg[hw.count].pa = pa;
	return hw.count++;
}

static void set(uint64_t pa, uint64_t value)
{
	hw.reg[reg(pa)].value = value;
}

static uint64_t get(uint64_t pa)
{
	return hw.reg[reg(pa)].value;
}

static unsigned int writes(uint64_t pa)
{
	return hw.reg[reg(pa)].writes;
}

static bool is_ctlr(uint64_t pa)
{
	return pa == DIST || pa == RD0 || pa == RD1;
}

static uint64_t read64(void *ctx, trans_pa_t pa)
{
	uint64_t value = get(pa);

	assert_ptr_equal(ctx, &hw);
	if (pa == RD0 + WAKER && !(value & SLEEP) && value & ASLEEP) {
		if (!hw.wake_left)
			set(pa, value &= ~(uint64_t)ASLEEP);
		else if (hw.wake_left != FOREVER)
			hw.wake_left--;
	}
	if (is_ctlr(pa) && hw.busy_left && pa == hw.busy_pa) {
		value |= pa == DIST ? RWP_D : RWP_R;
		if (hw.busy_left != FOREVER)
			hw.busy_left--;
	}
	return value;
}

static uint32_t read32(void *ctx, trans_pa_t pa)
{
	assert_int_equal(pa % 4, 0);
	return (uint32_t)read64(ctx, pa);
}

static void wrote(uint64_t pa, uint64_t value)
{
	hw.reg[reg(pa)].writes++;
	assert_true(hw.writes < REGS);
	hw.log[hw.writes].pa = pa;
	hw.log[hw.writes++].value = value;
}

/* The offset of the register that a clearing one belongs to; what is no bank
 * of bits is its own. */
static uint64_t set_by(uint64_t base, uint64_t off)
{
	if ((off >= 0x180 && off < 0x200) || (off >= 0x280 && off < 0x300) ||
	    (off >= 0x380 && off < 0x400))
		return base + off - 0x80;
	if (base == DIST && off >= 0x1400 && off < 0x2000 && !(off & 0x200))
		return base + off - 0x200;
	return base + off;
}

static void write_ctlr(uint64_t pa, uint32_t value)
{
	uint64_t old = get(pa);

	if (pa == DIST && (old ^ value) & ARE && old & GROUPS)
		hw.wild++;
	if (pa == DIST && hw.no_are)
		value &= ~ARE;
	if (pa != DIST && (hw.no_lpis || pa == hw.dead))
		value &= ~ENABLE_LPIS;
	set(pa, value);
	hw.busy_left = hw.busy;
	hw.busy_pa = pa;
}

/* A table may change only while LPIs are off. PTZ is write-only. */
static void write_table(uint64_t pa, uint64_t value)
{
	uint64_t rd = pa & ~(uint64_t)0xffff;

	if (get(rd) & ENABLE_LPIS)
		hw.wild++;
	if (hw.dead == rd)
		return;
	if (hw.alone)
		value &= ~(uint64_t)0xc00;
	set(pa, value & ~(PTZ | hw.few_bits));
}

static bool is_table(uint64_t pa)
{
	return pa == RD0 + 0x70 || pa == RD0 + 0x78 || pa == RD1 + 0x70 ||
	       pa == RD1 + 0x78;
}

static bool is_set_bank(uint64_t off)
{
	return (off >= 0x100 && off < 0x180) || (off >= 0x1200 && off < 0x1280);
}

static void write32(void *ctx, trans_pa_t pa, uint32_t value)
{
	uint64_t base = pa < RD0 ? DIST : pa < RD1 ? RD0 + SGI : RD1 + SGI;
	uint64_t target = set_by(base, pa - base);

	assert_ptr_equal(ctx, &hw);
	assert_int_equal(pa % 4, 0);
	wrote(pa, value);
	if (base == DIST && pa - base >= 0x6000 && pa - base < 0xc000)
		hw.wild++; /* half of a routing register */
	if (is_ctlr(pa))
		write_ctlr(pa, value);
	else if (target != pa)
		set(target, get(target) & ~(uint64_t)value);
	else if (is_set_bank(pa - base))
		set(pa, get(pa) | value);
	else
		set(pa, value);
	if (pa == DIST + 0xc08)
		set(DIST + 0x204, get(DIST + 0x204) | hw.latched);
	if (pa == DIST + 0x3000)
		set(DIST + 0x1600, get(DIST + 0x1600) | hw.latched);
	/* What clears does not lower a line. */
	if (pa == DIST + 0x284)
		set(target, get(target) | hw.asserted);
	if (pa == RD0 + SGI + 0x280)
		set(target, get(target) | hw.asserted_ppis);
	if (pa == DIST + 0x384)
		set(target, get(target) | hw.stuck);
}

/* Only routing and tables are that wide; and the first is not there without
 * ARE. */
static void write64(void *ctx, trans_pa_t pa, uint64_t value)
{
	uint64_t off = pa - DIST;

	assert_ptr_equal(ctx, &hw);
	assert_int_equal(pa % 8, 0);
	wrote(pa, value);
	if (is_table(pa))
		write_table(pa, value);
	else if (!((off >= 0x6100 && off < 0x7fe0) ||
	      (off >= 0x8000 && off < 0xa000)) || !(get(DIST) & ARE))
		hw.wild++;
	else
		set(pa, value);
}

static const struct trans_range region = { RD0, 0x40000 };

static struct trans_gic v3;
static const struct trans_cpu el1 = { .el = 1 };

/* As after reset, with two banks of SPIs; 1 MHz, 1 ms a reading. */
static int set_up(void **state)
{
	(void)state;
	memset(&hw, 0, sizeof(hw));
	v3 = (struct trans_gic){
		.mmio = { read32, read64, write32, write64, &hw },
		.version = 3, .dist = DIST, .redist = &region,
		.redist_count = 1,
	};
	fake_arch_reset();
	fake_arch.reg[TRANS_CNTFRQ_EL0] = 1000000;
	fake_arch.tick = 1000;
	set(DIST, 0x40);
	set(DIST + 4, 2);
	set(RD0 + 0xffe8, 0x30);
	set(RD1 + 0xffe8, 0x30);
	set(RD0 + 8, 0x01020304ULL << 32);
	set(RD1 + 8, 0x01020305ULL << 32 | 1 << 4);
	set(RD0 + WAKER, SLEEP | ASLEEP);
	set(RD1 + WAKER, SLEEP | ASLEEP);
	return 0;
}

/* Where the @nth write to @pa is in the log, counted from 0. */
static size_t when(uint64_t pa, unsigned int nth)
{
	for (size_t i = 0; i < hw.writes; i++)
		if (hw.log[i].pa == pa && !nth--)
			return i;
	fail_msg("0x%llx was not written so often", (unsigned long long)pa);
	return 0;
}

static size_t last(uint64_t pa)
{
	return when(pa, writes(pa) - 1);
}

static void resume(void)
{
	assert_int_equal(trans_gic_resume(&v3, &el1, MPIDR0, NULL), 0);
	assert_int_equal(hw.wild, 0);
}

static void distributor(void **state)
{
	(void)state;
	resume();
	assert_int_equal(get(DIST), 0x52); /* DS, ARE, Group 1 */
	for (unsigned int bank = 1; bank <= 2; bank++) {
		assert_int_equal(get(DIST + 0x80 + 4 * bank), UINT32_MAX);
		assert_int_equal(get(DIST + 0x100 + 4 * bank), UINT32_MAX);
	}
	for (unsigned int i = 32; i < 96; i += 4)
		assert_int_equal(get(DIST + 0x400 + i), 0xa0a0a0a0);
	for (unsigned int i = 32; i < 96; i++)
		assert_int_equal(get(DIST + 0x6000 + 8 * i), ROUTE0);
	/* What belongs to redistributors, and what is not there. */
	assert_int_equal(writes(DIST + 0x80), 0);
	assert_int_equal(writes(DIST + 0x100), 0);
	assert_int_equal(writes(DIST + 0x41c), 0);
	assert_int_equal(writes(DIST + 0x8c), 0);
	assert_int_equal(writes(DIST + 0x10c), 0);
	assert_int_equal(writes(DIST + 0x460), 0);
	assert_int_equal(writes(DIST + 0x1000), 0);
	assert_int_equal(writes(DIST + 0x1200), 0);
}

static void redistributor(void **state)
{
	(void)state;
	set(RD0 + SGI + 0x100, 0xff0000); /* somebody's PPIs */
	set(RD0 + SGI + 0x200, 1 << 27);  /* the tick was due: cleared */
	resume();
	assert_int_equal(get(RD0 + WAKER), 0);
	assert_int_equal(get(RD0 + SGI + 0x80), UINT32_MAX);
	assert_int_equal(get(RD0 + SGI + 0x100), UINT32_MAX);
	for (unsigned int i = 0; i < 32; i += 4)
		assert_int_equal(get(RD0 + SGI + 0x400 + i), 0xa0a0a0a0);
	assert_int_equal(writes(RD0 + SGI + 0x420), 0);
	assert_int_equal(writes(RD0 + SGI + 0x84), 0);
	/* The other CPU's is its own affair. */
	assert_int_equal(get(RD1 + WAKER), SLEEP | ASLEEP);
	for (size_t i = 0; i < hw.writes; i++)
		assert_true(hw.log[i].pa < RD1);
}

/* Everything off, then routing, then SPIs, the group at the very last. */
static void in_order(void **state)
{
	(void)state;
	set(DIST, 0x43); /* groups on, no affinity routing */
	hw.busy = 5;
	hw.wake_left = 7;
	resume();
	assert_int_equal(when(RD0 + WAKER, 0), 0);
	assert_int_equal(writes(DIST), 3);
	assert_int_equal(hw.log[when(DIST, 0)].value & 0x57, 0x40);
	assert_int_equal(hw.log[when(DIST, 1)].value & 0x57, 0x50);
	assert_int_equal(last(DIST), hw.writes - 1);
	assert_true(last(RD0 + SGI + 0x180) < when(RD0 + SGI + 0x80, 0));
	assert_true(last(RD0 + SGI + 0x41c) < when(RD0 + SGI + 0x100, 0));
	assert_true(when(DIST, 1) < when(DIST + 0x6100, 0));
	assert_true(last(DIST + 0x184) < when(DIST, 0));
	assert_true(last(DIST + 0x62f8) < when(DIST + 0x104, 0));
	assert_true(last(DIST + 0x45c) < when(DIST + 0x104, 0));
	assert_true(last(DIST + 0x88) < when(DIST + 0x104, 0));
	assert_int_equal(hw.busy_left, 0); /* RWP was waited for */
	assert_int_equal(fake_arch.log[fake_arch.count - 1].what, FAKE_SYNC);
}

/* Those in use, by their trigger; what is asserted, or not there, stays off. */
static void what_the_tree_says(void **state)
{
	static const struct trans_spi spis[] = {
		{ 33, false }, { 47, true }, { 48, true }, { 49, false },
		{ 36, false }, { 95, true }, { 96, true }, { 1019, true },
		{ 4097, true }, { 5119, true },
	};

	(void)state;
	set(DIST + 4, 2 | 1 << 8); /* one bank of extended ones */
	v3.spis = spis;
	v3.spi_count = sizeof(spis) / sizeof(spis[0]);
	hw.asserted = 1 << 4;
	set(DIST + 0x204, 1 << 4);
	set(DIST + 0xc08, 0xaaaaaaaa); /* all edges; the lower bits are RES0 */
	set(DIST + 0xc0c, 0xaaaaaaaa);
	resume();
	assert_int_equal(get(DIST + 0x104), 1u << 1 | 1u << 15 | 1u << 16 |
					    1u << 17);
	assert_int_equal(get(DIST + 0x108), 1u << 31);
	assert_int_equal(get(DIST + 0xc08), 0xaaaaaaaa & ~(2u << 2 | 2u << 8));
	assert_int_equal(get(DIST + 0xc0c), 0xaaaaaaaa & ~(2u << 2));
	assert_int_equal(get(DIST + 0xc14), 2u << 30);
	assert_int_equal(writes(DIST + 0xc18), 0);
	assert_int_equal(writes(DIST + 0xcfc), 0);
	assert_int_equal(get(DIST + 0x1200), 1u << 1);
	assert_int_equal(get(DIST + 0x3000), 2u << 2);
	/* The rest is as without. */
	assert_int_equal(get(DIST + 0x84), UINT32_MAX);
	assert_int_equal(get(DIST + 0x6000 + 8 * 40), ROUTE0);
	assert_true(last(DIST + 0x184) < when(DIST + 0xc08, 0));
	assert_true(when(DIST + 0xc0c, 0) < when(DIST + 0x104, 0) ||
		    writes(DIST + 0x104) > 1);
}

/* A changed trigger leaves it UNKNOWN what pends (IHI 0069, GICD_ICFGR<n>): no
 * sign of a line that is asserted. */
static void a_latch_is_no_line(void **state)
{
	static const struct trans_spi spis[] = {
		{ 33, true }, { 34, true }, { 35, false }, { 4097, true },
	};

	(void)state;
	set(DIST + 4, 2 | 1 << 8);
	v3.spis = spis;
	v3.spi_count = sizeof(spis) / sizeof(spis[0]);
	hw.latched = 1 << 1 | 1 << 3;
	hw.asserted = 1 << 2;
	set(DIST + 0xc08, 2u << 6);
	resume();
	assert_int_equal(get(DIST + 0x104), 1u << 1 | 1u << 3);
	assert_int_equal(get(DIST + 0x1200), 1u << 1);
}

static void none_in_use(void **state)
{
	static const struct trans_spi spis[] = { { 31, false } };

	(void)state;
	v3.spis = spis;
	resume();
	assert_int_equal(get(DIST + 0x104), 0);
	for (uint32_t i = 0; i < 4; i++) {
		const uint32_t bad[] = { 31, 1020, 4095, 5120 };
		const struct trans_spi one = { bad[i], false };

		v3.spis = &one;
		v3.spi_count = 1;
		assert_int_equal(trans_gic_resume(&v3, &el1, MPIDR0, NULL),
				 TRANS_EINVAL);
	}
}

/* What firmware left asserted would storm as soon as it is enabled. */
static void asserted_lines_stay_off(void **state)
{
	(void)state;
	hw.asserted = 1 << 4;
	hw.stuck = 1 << 9;
	set(DIST + 0x204, UINT32_MAX);
	set(DIST + 0x304, UINT32_MAX);
	set(DIST + 0x208, UINT32_MAX); /* these can be cleared */
	set(DIST + 0x104, UINT32_MAX);
	resume();
	assert_int_equal(get(DIST + 0x104), (uint32_t)~(1u << 4 | 1u << 9));
	assert_int_equal(get(DIST + 0x108), UINT32_MAX);
	assert_int_equal(get(DIST + 0x84), UINT32_MAX);
}

/* A PMU's, say: not enabled; every other one is. */
static void asserted_ppi_stays_off(void **state)
{
	(void)state;
	hw.asserted_ppis = 1 << 23;
	resume();
	assert_int_equal(get(RD0 + SGI + 0x100), (uint32_t)~(1u << 23));
}

/* Enabled, it hangs a Linux that has no handler for it; not enabled, it may be
 * the tick: so the host must have switched timers off. */
static void timer_that_is_due_is_refused(void **state)
{
	static const unsigned int timers[] = { 26, 27, 28, 29, 30 };

	(void)state;
	for (size_t i = 0; i < sizeof(timers) / sizeof(*timers); i++) {
		struct trans_error err = { 0 };

		set_up(NULL);
		hw.asserted_ppis = 1u << timers[i];
		assert_int_equal(trans_gic_resume(&v3, &el1, MPIDR0, &err),
				 TRANS_EHOST);
		assert_string_equal(err.why,
				    "a timer of this CPU is due, and not off");
		assert_int_equal(err.pa, RD0);
		assert_int_equal(get(DIST) & GROUPS, 0);
	}
}

static void extended_ranges(void **state)
{
	(void)state;
	set(DIST + 4, 1 | 1 << 8 | 1u << 27);   /* ESPI, two banks */
	set(RD0 + 8, get(RD0 + 8) | 2u << 27); /* EPPI, two banks */
	resume();
	for (unsigned int bank = 0; bank < 2; bank++) {
		assert_int_equal(get(DIST + 0x1000 + 4 * bank), UINT32_MAX);
		assert_int_equal(get(DIST + 0x1200 + 4 * bank), UINT32_MAX);
	}
	for (unsigned int i = 0; i < 64; i += 4)
		assert_int_equal(get(DIST + 0x2000 + i), 0xa0a0a0a0);
	for (unsigned int i = 0; i < 64; i++)
		assert_int_equal(get(DIST + 0x8000 + 8 * i), ROUTE0);
	assert_int_equal(writes(DIST + 0x1008), 0);
	assert_int_equal(writes(DIST + 0x1208), 0);
	assert_int_equal(writes(DIST + 0x2040), 0);
	assert_int_equal(writes(DIST + 0x8200), 0);
	for (unsigned int bank = 0; bank < 3; bank++)
		assert_int_equal(get(RD0 + SGI + 0x80 + 4 * bank), UINT32_MAX);
	for (unsigned int i = 0; i < 96; i += 4)
		assert_int_equal(get(RD0 + SGI + 0x400 + i), 0xa0a0a0a0);
	assert_int_equal(get(RD0 + SGI + 0x104), UINT32_MAX);
	assert_int_equal(get(RD0 + SGI + 0x108), UINT32_MAX);
	assert_int_equal(writes(RD0 + SGI + 0x10c), 0);
	assert_int_equal(writes(RD0 + SGI + 0x8c), 0);
	assert_int_equal(writes(RD0 + SGI + 0x460), 0);
}

/* 1020 to 1023 have no priority and no route. */
static void the_last_bank(void **state)
{
	(void)state;
	set(DIST + 4, 31);
	resume();
	assert_int_equal(get(DIST + 0x6000 + 8 * 1019), ROUTE0);
	assert_int_equal(get(DIST + 0x400 + 1016), 0xa0a0a0a0);
	assert_int_equal(writes(DIST + 0x400 + 1020), 0);
	assert_int_equal(get(DIST + 0x17c), UINT32_MAX);
}

/* ---- LPIs ---- */

static void fails(int status, const char *why, uint64_t pa)
{
	struct trans_error err;

	assert_int_equal(trans_gic_resume(&v3, &el1, MPIDR0, &err), status);
	assert_string_equal(err.why, why);
	assert_int_equal(err.pa, pa);
}

#define PROPERTY 0x70000004021078fULL
#define PROPERTY_PA 0x40210000ULL
#define PENDING0 0x40220780ULL
#define PENDING1 0x40230780ULL

static struct trans_gic_pending pending[2];
static struct trans_gic_lpis lpis;
static struct trans_moves no_moves;

static int set_up_lpis(void **state)
{
	set_up(state);
	pending[0] = (struct trans_gic_pending){ MPIDR0, PENDING0 };
	pending[1] = (struct trans_gic_pending){ MPIDR1, PENDING1 };
	lpis = (struct trans_gic_lpis){ PROPERTY, pending, 2 };
	v3.lpis = &lpis;
	set(RD0 + 8, get(RD0 + 8) | 1);
	set(RD1 + 8, get(RD1 + 8) | 1);
	set(DIST + 4, 2 | 15 << 19); /* 16 bits */
	return 0;
}

/* The other CPU's redistributor, too: Linux will not. And all of it behind
 * everything else, the switch last. */
static void lpis_come_back(void **state)
{
	(void)state;
	set(RD1, 2); /* CES */
	hw.busy = 5;
	resume();
	assert_int_equal(get(RD0 + 0x70), PROPERTY);
	assert_int_equal(get(RD0 + 0x78), PENDING0);
	assert_int_equal(get(RD1 + 0x70), PROPERTY);
	assert_int_equal(get(RD1 + 0x78), PENDING1);
	assert_int_equal(get(RD0), ENABLE_LPIS);
	assert_int_equal(get(RD1), ENABLE_LPIS | 2);
	assert_true(when(RD0 + 0x70, 0) > last(DIST));
	assert_true(when(RD0 + 0x78, 0) < last(RD0));
	assert_true(when(RD1 + 0x70, 0) > last(RD0));
	assert_int_equal(last(RD1), hw.writes - 1);
	assert_int_equal(hw.busy_left, 0);
	assert_int_equal(writes(RD1 + WAKER), 0);
}

static void one_cpu_has_them(void **state)
{
	(void)state;
	lpis.count = 1;
	pending[0].pendbaser |= PTZ;
	resume();
	assert_int_equal(get(RD0), ENABLE_LPIS);
	assert_int_equal(hw.log[last(RD0 + 0x78)].value, PENDING0 | PTZ);
	assert_int_equal(get(RD1), 0);
	assert_int_equal(writes(RD1 + 0x70), 0);
}

/* What is not coherent must not cache. */
static void outside_of_coherency(void **state)
{
	(void)state;
	hw.alone = true;
	resume();
	assert_int_equal(get(RD0 + 0x70), PROPERTY_PA | 0x8f);
	assert_int_equal(get(RD1 + 0x78), (PENDING1 & ~0xfffULL) | 0x80);
	assert_int_equal(get(RD1), ENABLE_LPIS);
}

static void lpis_that_do_not_come(void **state)
{
	set(RD1, ENABLE_LPIS | 2); /* CES, but nobody did */
	fails(TRANS_EHOST, "GIC: LPIs are still on", RD1);
	assert_int_equal(writes(RD1 + 0x70), 0);
	assert_int_equal(hw.wild, 0);

	set_up_lpis(state);
	hw.few_bits = 1 << 30;
	fails(TRANS_EHOST, "GIC: a table is not accepted", RD0 + 0x70);
	assert_int_equal(get(RD0), 0);

	set_up_lpis(state);
	hw.few_bits = 1 << 17; /* the pending table has that bit */
	fails(TRANS_EHOST, "GIC: a table is not accepted", RD0 + 0x78);
	assert_int_equal(get(RD0), 0);

	set_up_lpis(state);
	hw.no_lpis = true;
	fails(TRANS_ETIME, "GIC: LPIs cannot be enabled", RD0);
}

static int check_lpis(struct trans_error *err)
{
	static const uint64_t tables[] = { RD0 + 0x70, RD0 + 0x78, RD1 + 0x70,
					   RD1 + 0x78 };
	uint64_t tried = 0;
	int ret;

	for (unsigned int i = 0; i < 4; i++)
		set(tables[i], 0x10000 * (i + 1));
	ret = trans_gic_lpis_check(&v3, MPIDR0, &no_moves, err);
	for (unsigned int i = 0; i < 4; i++) {
		assert_int_equal(get(tables[i]), 0x10000 * (i + 1));
		tried += writes(tables[i]);
	}
	assert_int_equal(hw.writes, tried);
	assert_int_equal(hw.wild, 0);
	return ret;
}

static void check_fails(int status, const char *why, uint64_t desc)
{
	struct trans_error err;

	assert_int_equal(check_lpis(&err), status);
	assert_string_equal(err.why, why);
	assert_int_equal(err.desc, desc);
	/* Too late is not too little. */
	assert_int_equal(trans_gic_resume(&v3, &el1, MPIDR0, &err), status);
	assert_string_equal(err.why, why);
	assert_int_equal(hw.writes, 0);
}

/* Another CPU's redistributor has no power: told before, in time. If that comes
 * later than the question, it is the image that counts. */
static void another_takes_nothing(void **state)
{
	struct trans_error err;

	assert_int_equal(check_lpis(NULL), 0);
	hw.dead = RD1;
	assert_int_equal(check_lpis(&err), TRANS_EHOST);
	assert_string_equal(err.why, "GIC: a table is not accepted");
	assert_int_equal(err.pa, RD1 + 0x70);

	set_up_lpis(state);
	hw.dead = RD1;
	pending[0] = (struct trans_gic_pending){ MPIDR1, PENDING1 };
	pending[1] = (struct trans_gic_pending){ MPIDR0, PENDING0 };
	memset(&err, 0, sizeof(err));
	assert_int_equal(trans_gic_resume(&v3, &el1, MPIDR0, &err), 0);
	assert_int_equal(get(RD0), ENABLE_LPIS);
	assert_int_equal(get(RD0 + 0x78), PENDING0);
	assert_int_equal(get(RD1), 0);
	assert_true(when(RD1 + 0x70, 0) > last(RD0));
	assert_string_equal(err.why, "GIC: a table is not accepted");
	assert_int_equal(err.pa, RD1 + 0x70);

	set_up_lpis(state);
	hw.dead = RD0;
	fails(TRANS_EHOST, "GIC: a table is not accepted", RD0 + 0x70);
	set_up_lpis(state);
	v3.mmio.write64 = NULL;
	assert_int_equal(check_lpis(NULL), TRANS_EINVAL);
}

/* Before anything is written, by the look of it. */
static void lpis_that_cannot_be(void **state)
{
	static const uint64_t no_property[] = {
		0x40210780, /* one bit of IDs */
		0x4021078c, /* 13: no LPI among them */
		0x78f,      /* no table */
		PROPERTY | 1 << 5, PROPERTY | 1ULL << 52, PROPERTY | 1ULL << 63,
	};
	static const uint64_t no_pending[] = {
		0x780, PENDING1 | 0x1000, PENDING1 | 1, PENDING1 | 1ULL << 63,
		PENDING1 | 1ULL << 52,
	};

	assert_int_equal(check_lpis(NULL), 0);
	set_up_lpis(state);
	for (size_t i = 0; i < sizeof(no_property) / 8; i++) {
		lpis.propbaser = no_property[i];
		check_fails(TRANS_EINVAL, "GIC: no GICR_PROPBASER",
			    no_property[i]);
	}
	set_up_lpis(state);
	for (size_t i = 0; i < sizeof(no_pending) / 8; i++) {
		pending[1].pendbaser = no_pending[i];
		check_fails(TRANS_EINVAL, "GIC: no GICR_PENDBASER",
			    no_pending[i]);
	}
	set_up_lpis(state);
	lpis.pending = &pending[1];
	lpis.count = 1;
	check_fails(TRANS_EINVAL, "GIC: no pending table for this CPU", MPIDR0);

	set_up_lpis(state);
	pending[1].mpidr = 7;
	check_fails(TRANS_ENOENT, "GIC: a CPU has no redistributor", 7);

	set_up_lpis(state);
	set(RD1 + 8, get(RD1 + 8) & ~1ULL);
	check_fails(TRANS_EHOST, "GIC: it has no LPIs", 0);

	/* Of a host that has them on: it must be able to let go. */
	set_up_lpis(state);
	set(RD1, ENABLE_LPIS);
	check_fails(TRANS_EHOST, "GIC: LPIs are on, for ever", 0);
	set(RD1, ENABLE_LPIS | 2);
	assert_int_equal(check_lpis(NULL), 0);
}

/* 0xe000 bytes of properties, 0x2000 of pending bits, for 16 bits. */
static void tables_that_are_moved(void **state)
{
	static const struct {
		uint64_t dst, len, table;
	} move[] = {
		{ 0x40210000, 0x1000, PROPERTY_PA },
		{ 0x4021d000, 0x1000, PROPERTY_PA },
		{ 0x40200000, 0x11000, PROPERTY_PA },
		{ 0x40200000, 0x10000, 0 },
		{ 0x4021e000, 0x2000, 0 },
		{ 0x40221000, 0x1000, 0x40220000 },
		{ 0x40222000, 0xe000, 0 },
		{ 0x40231000, 0x10000, 0x40230000 },
		{ 0x40232000, 0x10000, 0 },
	};
	struct trans_move list[2] = { { 0x50000000, 0x60000000, 0x1000 } };
	struct trans_moves moves = { list, 2, 2 };
	struct trans_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(move) / sizeof(*move); i++) {
		list[1] = (struct trans_move){ 0x48000000, move[i].dst,
					       move[i].len };
		err.pa = 0;
		hw.writes = 0;
		assert_int_equal(trans_gic_lpis_check(&v3, MPIDR0, &moves,
						      &err),
				 move[i].table ? TRANS_EOVERLAP : 0);
		assert_int_equal(err.pa, move[i].table);
		assert_int_equal(!hw.writes, move[i].table != 0);
	}
	v3.version = 2; /* which has no such tables, */
	assert_int_equal(trans_gic_lpis_check(&v3, MPIDR0, &moves, NULL), 0);
	v3.version = 3;
	v3.lpis = NULL; /* or they do not matter */
	assert_int_equal(trans_gic_lpis_check(&v3, MPIDR0, NULL, NULL), 0);
	v3.version = 4;
	assert_int_equal(trans_gic_lpis_check(&v3, MPIDR0, NULL, NULL),
			 TRANS_EINVAL);
}

static void v2_writes_nothing(void **state)
{
	struct trans_gic v2 = v3;

	(void)state;
	v2.version = 2;
	v2.mmio.write64 = NULL; /* nor does it want to */
	assert_int_equal(trans_gic_resume(&v2, &el1, MPIDR0, NULL), 0);
	assert_int_equal(hw.writes, 0);
	assert_int_equal(fake_arch.count, 0);
}

static void what_does_not_work(void **state)
{
	hw.wake_left = FOREVER;
	fails(TRANS_ETIME, "GICR_WAKER.ChildrenAsleep stays set", RD0 + WAKER);
	assert_int_equal(hw.writes, 1);

	set_up(state);
	hw.no_are = true;
	fails(TRANS_EHOST, "GICD_CTLR.ARE stays clear", DIST);
	assert_int_equal(writes(DIST + 0x6100), 0);

	set_up(state);
	hw.busy = FOREVER;
	fails(TRANS_ETIME, "GICD_CTLR.RWP stays set", DIST);

	set_up(state);
	set(RD0, RWP_R); /* what trans_gic_off finds goes no further */
	fails(TRANS_ETIME, "GICR_CTLR.RWP stays set", RD0);
	assert_int_equal(get(DIST), 0x40);
}

static void who_is_refused(void **state)
{
	struct trans_error err;

	(void)state;
	assert_int_equal(trans_gic_resume(&v3, &el1, 0x7777, &err),
			 TRANS_ENOENT);
	v3.mmio.write64 = NULL;
	fails(TRANS_EINVAL, "GIC: no write64", 0);
	v3.version = 4;
	fails(TRANS_EINVAL, "GIC: version", 0);
	assert_int_equal(hw.writes, 0);
	set_up(state);
	set(RD1 + 0xffe8, 0);
	fails(TRANS_ECORRUPT, "GIC: no redistributor", RD1);
	assert_int_equal(hw.writes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(distributor, set_up),
		cmocka_unit_test_setup(redistributor, set_up),
		cmocka_unit_test_setup(in_order, set_up),
		cmocka_unit_test_setup(asserted_lines_stay_off, set_up),
		cmocka_unit_test_setup(what_the_tree_says, set_up),
		cmocka_unit_test_setup(a_latch_is_no_line, set_up),
		cmocka_unit_test_setup(none_in_use, set_up),
		cmocka_unit_test_setup(asserted_ppi_stays_off, set_up),
		cmocka_unit_test_setup(timer_that_is_due_is_refused, set_up),
		cmocka_unit_test_setup(extended_ranges, set_up),
		cmocka_unit_test_setup(the_last_bank, set_up),
		cmocka_unit_test_setup(lpis_come_back, set_up_lpis),
		cmocka_unit_test_setup(one_cpu_has_them, set_up_lpis),
		cmocka_unit_test_setup(outside_of_coherency, set_up_lpis),
		cmocka_unit_test_setup(lpis_that_do_not_come, set_up_lpis),
		cmocka_unit_test_setup(another_takes_nothing, set_up_lpis),
		cmocka_unit_test_setup(lpis_that_cannot_be, set_up_lpis),
		cmocka_unit_test_setup(tables_that_are_moved, set_up_lpis),
		cmocka_unit_test_setup(v2_writes_nothing, set_up),
		cmocka_unit_test_setup(what_does_not_work, set_up),
		cmocka_unit_test_setup(who_is_refused, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
