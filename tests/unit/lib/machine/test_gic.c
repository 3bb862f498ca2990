/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The interrupt controller over fake registers that behave as the architecture
 * allows: write-one-to-clear banks, waits that take a while or for ever, bits
 * that stay set.
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
#define CPU 0x08010000ULL
#define ITS 0x08080000ULL
#define RD0 0x080a0000ULL
#define RD1 0x080c0000ULL
#define SGI 0x10000ULL

#define ENABLE 0x180
#define PEND 0x280
#define ACTIVE 0x380
#define RWP_R (1u << 3)
#define RWP_D (1u << 31)
#define QUIESCENT (1u << 31)
#define LPIS 1u
#define CES 2u

#define REGS 256

struct reg {
	uint64_t pa, value;
	unsigned int writes;
};

/*
 * @busy: readings for which a started wait goes on
 * @sticky: bits of any CTLR that cannot be cleared
 */
static struct {
	struct reg reg[REGS];
	size_t count;
	unsigned int busy, busy_left;
	uint64_t busy_pa;
	uint32_t sticky;
	uint64_t order[64];
	size_t orders;
} hw;

static struct reg *reg(uint64_t pa)
{
	for (size_t i = 0; i < hw.count; i++)
		if (hw.reg[i].pa == pa)
			return &hw.reg[i];
	assert_true(hw.count < REGS);
	hw.reg[hw.count] = (struct reg){ .pa = pa };
	return &hw.reg[hw.count++];
}

static void set(uint64_t pa, uint64_t value)
{
	reg(pa)->value = value;
}

static uint64_t get(uint64_t pa)
{
	return reg(pa)->value;
}

static bool is_redist(uint64_t pa)
{
	return pa >= RD0;
}

static bool is_its(uint64_t pa)
{
	return pa >= ITS && pa < RD0;
}

static bool is_ctlr(uint64_t pa)
{
	return pa == DIST || pa == CPU || pa == ITS || pa == RD0 || pa == RD1;
}

static uint64_t busy_bits(uint64_t pa)
{
	if (is_its(pa))
		return get(pa) & 1 || hw.busy_left ? 0 : QUIESCENT;
	if (!hw.busy_left || hw.busy_pa != pa)
		return 0;
	return is_redist(pa) ? RWP_R : pa == DIST ? RWP_D : 0;
}

static uint64_t read64(void *ctx, trans_pa_t pa)
{
	uint64_t value = get(pa);

	assert_ptr_equal(ctx, &hw);
	if (!is_ctlr(pa))
		return value;
	value |= busy_bits(pa);
	if (hw.busy_left && hw.busy_left != UINT32_MAX)
		hw.busy_left--;
	return value;
}

static uint32_t read32(void *ctx, trans_pa_t pa)
{
	assert_int_equal(pa % 4, 0);
	return (uint32_t)read64(ctx, pa);
}

static void write32(void *ctx, trans_pa_t pa, uint32_t value)
{
	struct reg *at = reg(pa);

	assert_ptr_equal(ctx, &hw);
	assert_int_equal(pa % 4, 0);
	at->writes++;
	if (hw.orders < sizeof(hw.order) / sizeof(hw.order[0]))
		hw.order[hw.orders++] = pa;
	if (is_ctlr(pa)) {
		at->value = value | (at->value & hw.sticky);
		hw.busy_left = hw.busy;
		hw.busy_pa = pa;
	} else if (pa >= CPU && pa < ITS) {
		at->value = value; /* GICC_APR */
	} else {
		at->value &= ~(uint64_t)value; /* write one to clear */
	}
}

static const struct trans_range region = { RD0, 0x40000 };
static const trans_pa_t its[] = { ITS };

static const struct trans_gic v2 = {
	.mmio = { read32, read64, write32, NULL, &hw },
	.version = 2, .dist = DIST, .cpu = CPU,
};
static const struct trans_gic v3 = {
	.mmio = { read32, read64, write32, NULL, &hw },
	.version = 3, .dist = DIST, .redist = &region, .redist_count = 1,
	.its = its, .its_count = 1,
};
static const struct trans_cpu el1 = {
	.el = 1, .pfr0 = 1 << 24, .granted = TRANS_GRANT_GIC,
};
static const struct trans_cpu el2 = {
	.el = 2, .pfr0 = 1 << 24, .granted = TRANS_GRANT_GIC,
};

#define PROP 0x45670000ULL
#define PENDING 0x45680000ULL

static void set_redist(uint64_t rd, uint32_t affinity, uint64_t flags)
{
	set(rd + 0xffe8, 0x30);
	set(rd + 8, (uint64_t)affinity << 32 | flags);
	set(rd + 0x70, 0x0700000000000000ULL | PROP | 0x780 | 15);
	set(rd + 0x78, (0x0700000000000000ULL | PENDING | 0x780) +
		       (rd - RD0));
}

/* Everything enabled, pending and active; 1 MHz, 1 ms a reading. */
static int set_up(void **state)
{
	(void)state;
	memset(&hw, 0, sizeof(hw));
	fake_arch_reset();
	fake_arch.granted = TRANS_GRANT_GIC;
	fake_arch.reg[TRANS_CNTFRQ_EL0] = 1000000;
	fake_arch.tick = 1000;
	set(DIST, 0x57);
	set(DIST + 4, 2 | 15 << 19); /* 96 interrupts, 16 bits of INTID */
	for (unsigned int i = 0; i < 4; i++) {
		set(DIST + ENABLE + 4 * i, UINT32_MAX);
		set(DIST + PEND + 4 * i, UINT32_MAX);
		set(DIST + ACTIVE + 4 * i, UINT32_MAX);
		set(DIST + 0xf10 + 4 * i, UINT32_MAX);
		set(CPU + 0xd0 + 4 * i, UINT32_MAX);
		set(RD0 + SGI + ENABLE + 4 * i, UINT32_MAX);
		set(RD0 + SGI + ACTIVE + 4 * i, UINT32_MAX);
		set(RD0 + SGI + PEND + 4 * i, UINT32_MAX);
		set(RD1 + SGI + ENABLE + 4 * i, UINT32_MAX);
	}
	set(CPU, 0x1e3);
	set(ITS, 1);
	set_redist(RD0, 0x01020304, 1);
	set_redist(RD1, 0x01020305, 1 | 1 << 4);
	set(RD0, LPIS);
	set(RD1, LPIS);
	return 0;
}

#define MPIDR0 0x0180020304ULL /* Aff3 1, RES1, 2.3.4 */

/* ---- masking ---- */

static void v2_is_silent(void **state)
{
	(void)state;
	assert_int_equal(trans_gic_off(&v2, &el1, 0, NULL), 0);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(get(DIST + ENABLE + 4 * i), 0);
		assert_int_equal(get(DIST + PEND + 4 * i), 0);
		assert_int_equal(get(DIST + ACTIVE + 4 * i), 0);
	}
	/* What the distributor does not have is not touched. */
	assert_int_equal(reg(DIST + ENABLE + 12)->writes, 0);
	for (unsigned int i = 0; i < 4; i++) {
		assert_int_equal(get(DIST + 0xf10 + 4 * i), 0);
		assert_int_equal(get(CPU + 0xd0 + 4 * i), 0);
	}
	assert_int_equal(get(DIST) & 7, 0);
	assert_int_equal(get(CPU), 0x1e0); /* bypass bits stay */
	assert_int_equal(hw.order[0], CPU); /* no new one meanwhile */
	for (size_t i = 0; i < fake_arch.count; i++)
		assert_int_equal(fake_arch.log[i].what, FAKE_SYNC);
}

static void v2_has_no_lpis(void **state)
{
	(void)state;
	assert_int_equal(trans_gic_lpis_off(&v2, NULL, NULL), 0);
	assert_int_equal(trans_gic_lpi_tables(&v2, NULL, NULL), 0);
	assert_int_equal(hw.orders, 0);
}

static void v3_is_silent(void **state)
{
	(void)state;
	fake_arch.reg[TRANS_ICC_SRE_EL1] = 7;
	fake_arch.reg[TRANS_ICC_IGRPEN1_EL1] = 1;
	fake_arch.reg[TRANS_ICC_CTLR_EL1] = 4 << 8; /* 5 bits */
	fake_arch.reg[TRANS_ICC_AP1R0_EL1] = 1;
	fake_arch.reg[TRANS_ICC_AP1R1_EL1] = 1;
	hw.busy = 5;
	assert_int_equal(trans_gic_off(&v3, &el1, MPIDR0, NULL), 0);
	/* SPIs in the distributor, the first bank in our redistributor. */
	assert_int_equal(reg(DIST + ENABLE)->writes, 0);
	assert_int_equal(get(DIST + ENABLE + 4), 0);
	assert_int_equal(get(DIST + ENABLE + 8), 0);
	assert_int_equal(get(DIST + ACTIVE + 8), 0);
	assert_int_equal(get(DIST + PEND + 8), 0);
	assert_int_equal(get(RD0 + SGI + ENABLE), 0);
	assert_int_equal(get(RD0 + SGI + ACTIVE), 0);
	assert_int_equal(get(RD0 + SGI + PEND), 0);
	assert_int_equal(reg(RD0 + SGI + ENABLE + 4)->writes, 0);
	assert_int_equal(reg(RD1 + SGI + ENABLE)->writes, 0);
	assert_int_equal(get(DIST), 0x50); /* ARE and DS stay */
	assert_int_equal(fake_arch.reg[TRANS_ICC_IGRPEN1_EL1], 0);
	assert_int_equal(fake_arch.reg[TRANS_ICC_AP1R0_EL1], 0);
	assert_int_equal(fake_arch.reg[TRANS_ICC_AP1R1_EL1], 1); /* not there */
}

static void extended_ranges(void **state)
{
	(void)state;
	set(DIST + 4, 1 | 1 << 8 | 1u << 27); /* ESPI, two banks */
	set(RD0 + 8, get(RD0 + 8) | 2u << 27); /* EPPI, two banks */
	for (unsigned int i = 0; i < 3; i++)
		set(DIST + 0x1400 + 4 * i, UINT32_MAX);
	assert_int_equal(trans_gic_off(&v3, &el1, MPIDR0, NULL), 0);
	assert_int_equal(get(DIST + 0x1400), 0);
	assert_int_equal(get(DIST + 0x1404), 0);
	assert_int_equal(reg(DIST + 0x1408)->writes, 0);
	assert_int_equal(reg(DIST + 0x1800)->writes, 1);
	assert_int_equal(reg(DIST + 0x1c04)->writes, 1);
	assert_int_equal(get(RD0 + SGI + ENABLE + 4), 0);
	assert_int_equal(get(RD0 + SGI + ENABLE + 8), 0);
	assert_int_equal(reg(RD0 + SGI + ENABLE + 12)->writes, 0);
	/* GICv2 has other things in those bits. */
	assert_int_equal(trans_gic_off(&v2, &el1, 0, NULL), 0);
	assert_int_equal(reg(DIST + 0x1400)->writes, 1);
}

static void priority_registers(void **state)
{
	static const enum trans_sysreg aps[] = {
		TRANS_ICC_AP1R0_EL1, TRANS_ICC_AP1R1_EL1, TRANS_ICC_AP1R2_EL1,
		TRANS_ICC_AP1R3_EL1,
	};
	static const unsigned int there[8] = { 1, 1, 1, 1, 1, 2, 4, 4 };

	for (unsigned int bits = 0; bits < 8; bits++) {
		set_up(state);
		fake_arch.reg[TRANS_ICC_SRE_EL2] = 1;
		fake_arch.reg[TRANS_ICC_CTLR_EL1] = bits << 8;
		for (unsigned int i = 0; i < 4; i++)
			fake_arch.reg[aps[i]] = 1;
		assert_int_equal(trans_gic_off(&v3, &el2, MPIDR0, NULL), 0);
		for (unsigned int i = 0; i < 4; i++)
			assert_int_equal(fake_arch.reg[aps[i]],
					 i >= there[bits]);
	}
}

/* Registers that would be undefined are not touched. */
static void without_system_registers(void **state)
{
	static const struct trans_cpu none = { .el = 1 };

	(void)state;
	fake_arch.reg[TRANS_ICC_SRE_EL1] = 6; /* SRE clear */
	fake_arch.reg[TRANS_ICC_IGRPEN1_EL1] = 1;
	assert_int_equal(trans_gic_off(&v3, &el1, MPIDR0, NULL), 0);
	fake_arch.reg[TRANS_ICC_SRE_EL1] = 7;
	assert_int_equal(trans_gic_off(&v3, &none, MPIDR0, NULL), 0);
	/* And at EL2 it is EL2's register that counts. */
	assert_int_equal(trans_gic_off(&v3, &el2, MPIDR0, NULL), 0);
	assert_int_equal(fake_arch.reg[TRANS_ICC_IGRPEN1_EL1], 1);
}

/* Firmware that runs a GICv3 as a GICv2 traps them. */
static void registers_that_are_not_granted(void **state)
{
	(void)state;
	fake_arch.granted = 0;
	for (unsigned int el = 1; el <= 2; el++) {
		const struct trans_cpu cpu = { .el = el, .pfr0 = 1 << 24 };

		fake_arch.reg[TRANS_CURRENTEL] = el << 2;
		assert_int_equal(trans_gic_off(&v3, &cpu, MPIDR0, NULL), 0);
	}
}

static void masking_that_fails(void **state)
{
	struct trans_error err;

	hw.sticky = 2;
	assert_int_equal(trans_gic_off(&v3, &el1, MPIDR0, &err), TRANS_EHOST);
	assert_string_equal(err.why, "GICD_CTLR stays enabled");
	assert_int_equal(err.pa, DIST);

	set_up(state);
	assert_int_equal(trans_gic_off(&v3, &el1, 0x7777, &err), TRANS_ENOENT);

	/* RWP is looked at after each write; each one that stays is an end. */
	set_up(state);
	set(DIST, 0x57 | RWP_D);
	assert_int_equal(trans_gic_off(&v3, &el1, MPIDR0, &err), TRANS_ETIME);
	assert_string_equal(err.why, "GICD_CTLR.RWP stays set");
	set_up(state);
	set(RD0, RWP_R);
	assert_int_equal(trans_gic_off(&v3, &el1, MPIDR0, &err), TRANS_ETIME);
	assert_string_equal(err.why, "GICR_CTLR.RWP stays set");
	assert_int_equal(err.pa, RD0);
}

static void wrong_places(void **state)
{
	struct trans_gic odd = v3;
	struct trans_error err;

	set(RD1 + 0xffe8, 0);
	assert_int_equal(trans_gic_lpis_off(&v3, NULL, &err), TRANS_ECORRUPT);
	assert_int_equal(err.pa, RD1);
	set(RD1 + 0xffe8, 0x40); /* GICv4 is one */
	assert_int_equal(trans_gic_lpis_off(&v3, NULL, &err), 0);

	set_up(state);
	odd.version = 4;
	assert_int_equal(trans_gic_lpis_off(&odd, NULL, &err), TRANS_EINVAL);
	assert_int_equal(trans_gic_lpi_tables(&odd, NULL, &err), TRANS_EINVAL);
	assert_int_equal(trans_gic_off(&odd, &el1, 0, &err), TRANS_EINVAL);
	assert_int_equal(hw.orders, 0);
}

/* Neither the Last bit nor another frame behind the end: stop there. */
static void region_that_ends(void **state)
{
	struct trans_range small = { RD0, 0x30000 };
	struct trans_gic cut = v3;

	(void)state;
	cut.redist = &small;
	assert_int_equal(trans_gic_lpis_off(&cut, NULL, NULL), 0);
	assert_int_equal(get(RD0), 0);
	assert_int_equal(get(RD1), LPIS);
	/* Four frames announced, three there. */
	set(RD0 + 8, get(RD0 + 8) | 2);
	assert_int_equal(trans_gic_lpis_off(&cut, NULL, NULL), 0);
}

/* ---- LPIs ---- */

static void its_first_then_all_redistributors(void **state)
{
	(void)state;
	hw.busy = 20;
	assert_int_equal(trans_gic_lpis_off(&v3, NULL, NULL), 0);
	assert_int_equal(hw.orders, 3);
	assert_int_equal(hw.order[0], ITS);
	assert_int_equal(hw.order[1], RD0);
	assert_int_equal(hw.order[2], RD1);
	assert_int_equal(get(ITS), 0);
	assert_int_equal(get(RD0), 0);
	assert_int_equal(get(RD1), 0);
	assert_int_equal(fake_arch.log[fake_arch.count - 1].what, FAKE_SYNC);
}

/* Four frames a CPU (GICv4), no LPIs at one of them. */
static void steps_over_virtual_frames(void **state)
{
	static const struct trans_range wide = { RD0, 0x80000 };
	struct trans_gic gic = v3;
	struct trans_error err;

	(void)state;
	gic.redist = &wide;
	set(RD0 + 8, get(RD0 + 8) | 2);
	set(RD0 + 0x40000 + 8, 1 << 4); /* no PLPIS, Last */
	set(RD0 + 0x40000 + 0xffe8, 0x40);
	set(RD0 + 0x40000, LPIS);
	assert_int_equal(trans_gic_lpis_off(&gic, NULL, NULL), 0);
	assert_int_equal(get(RD0), 0);
	assert_int_equal(get(RD1), LPIS);
	assert_int_equal(reg(RD0 + 0x40000)->writes, 0);

	set(RD0 + 0x20078, 1ULL << 63);
	assert_int_equal(trans_gic_lpis_off(&gic, NULL, &err), TRANS_EHOST);
	assert_int_equal(err.pa, RD0);
}

static void its_that_never_rests(void **state)
{
	struct trans_error err;

	(void)state;
	hw.busy = UINT32_MAX;
	assert_int_equal(trans_gic_lpis_off(&v3, NULL, &err), TRANS_ETIME);
	assert_string_equal(err.why, "an ITS is not quiescent");
	assert_int_equal(err.pa, ITS);
	assert_int_equal(get(RD0), LPIS); /* not before */
}

/* Asked without a write: one that is off and busy, for a while or for ever; one
 * that is on is busy by right. */
static void its_asked_whether_it_rests(void **state)
{
	struct trans_range storage[4];
	struct trans_ranges kept;
	struct trans_error err;

	(void)state;
	trans_ranges_init(&kept, storage, 4);
	assert_int_equal(trans_gic_lpi_tables(&v3, &kept, NULL), 0);
	hw.busy_left = UINT32_MAX;
	assert_int_equal(trans_gic_check(&v3, MPIDR0, &kept, &err), 0);
	set(ITS, 0);
	assert_int_equal(trans_gic_check(&v3, MPIDR0, &kept, &err),
			 TRANS_ETIME);
	assert_string_equal(err.why, "an ITS is not quiescent");
	assert_int_equal(err.pa, ITS);
	hw.busy_left = 3;
	assert_int_equal(trans_gic_check(&v3, MPIDR0, &kept, &err), 0);
	for (size_t i = 0; i < REGS; i++)
		assert_int_equal(hw.reg[i].writes, 0);
}

static void its_that_stays_enabled(void **state)
{
	struct trans_error err;

	(void)state;
	hw.sticky = 1;
	assert_int_equal(trans_gic_lpis_off(&v3, NULL, &err), TRANS_ETIME);
}

static void redistributor_that_never_ends(void **state)
{
	struct trans_gic no_its = v3;
	struct trans_error err;

	(void)state;
	no_its.its_count = 0;
	hw.busy = UINT32_MAX;
	assert_int_equal(trans_gic_lpis_off(&no_its, NULL, &err), TRANS_ETIME);
	assert_string_equal(err.why, "GICR_CTLR.RWP stays set");
}

/* EnableLPIs is RES1 once set: only with the tables out of the way. */
static void lpis_that_stay(void **state)
{
	struct trans_range storage[4];
	struct trans_gic gic = v3;
	struct trans_ranges kept;
	struct trans_error err;

	(void)state;
	gic.its_count = 0;
	hw.sticky = LPIS;
	assert_int_equal(trans_gic_lpis_off(&gic, NULL, &err), TRANS_EOVERLAP);
	assert_int_equal(err.pa, PROP);
	assert_int_equal(err.len, 65536 - 8192);

	trans_ranges_init(&kept, storage, 4);
	assert_int_equal(trans_ranges_add(&kept, PROP, 65536 - 8192), 0);
	assert_int_equal(trans_gic_lpis_off(&gic, &kept, &err), TRANS_EOVERLAP);
	assert_int_equal(err.pa, PENDING);
	assert_int_equal(err.len, 8192);

	/* What the query says is enough for both CPUs. */
	assert_int_equal(trans_gic_lpi_tables(&gic, &kept, NULL), 0);
	assert_int_equal(trans_gic_lpis_off(&gic, &kept, NULL), 0);
}

static void tables_that_may_stay(void **state)
{
	struct trans_range storage[4];
	struct trans_ranges set_;

	(void)state;
	trans_ranges_init(&set_, storage, 4);
	set(RD1, 0);
	assert_int_equal(trans_gic_lpi_tables(&v3, &set_, NULL), 0);
	assert_int_equal(set_.count, 2);
	assert_int_equal(set_.range[0].start, PROP);
	assert_int_equal(set_.range[0].len, 65536 - 8192);
	assert_int_equal(set_.range[1].start, PENDING);
	assert_int_equal(set_.range[1].len, 8192);
	assert_int_equal(hw.orders, 0); /* it only looks */

	/* Promised to be clearable, or never switched on: nothing. */
	trans_ranges_init(&set_, storage, 4);
	set(RD0, LPIS | CES);
	assert_int_equal(trans_gic_lpi_tables(&v3, &set_, NULL), 0);
	set(RD0, 0);
	assert_int_equal(trans_gic_lpi_tables(&v3, &set_, NULL), 0);
	assert_int_equal(set_.count, 0);
}

static void sizes_of_tables(void **state)
{
	struct trans_range storage[4];
	struct trans_ranges found;

	(void)state;
	set(RD1, 0);
	/* The distributor has fewer bits than the table has room for. */
	set(DIST + 4, 13 << 19);
	trans_ranges_init(&found, storage, 4);
	assert_int_equal(trans_gic_lpi_tables(&v3, &found, NULL), 0);
	assert_int_equal(found.range[0].len, 16384 - 8192);
	assert_int_equal(found.range[1].len, 2048);
	/* No LPIs at all: no property table. */
	set(RD0 + 0x70, PROP | 9);
	trans_ranges_init(&found, storage, 4);
	assert_int_equal(trans_gic_lpi_tables(&v3, &found, NULL), 0);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.range[0].start, PENDING);
	assert_int_equal(found.range[0].len, 128);
}

static void no_room_for_ranges(void **state)
{
	struct trans_range storage[1];
	struct trans_ranges set_;
	struct trans_error err;

	(void)state;
	trans_ranges_init(&set_, storage, 1);
	assert_int_equal(trans_gic_lpi_tables(&v3, &set_, &err), TRANS_ENOSPC);
	assert_int_equal(err.pa, RD0);
}

/* ---- ask ---- */

/* What can be known beforehand, and nothing is written to know it. */
static void check_says_it_before(void **state)
{
	static const struct trans_range wide = { RD0, 0x80000 };
	struct trans_range storage[4];
	struct trans_gic gic = v3;
	struct trans_ranges kept;
	struct trans_error err;

	(void)state;
	trans_ranges_init(&kept, storage, 4);
	assert_int_equal(trans_gic_check(&v3, MPIDR0, NULL, &err),
			 TRANS_EOVERLAP);
	assert_int_equal(err.pa, PROP);
	assert_int_equal(trans_gic_lpi_tables(&v3, &kept, NULL), 0);
	assert_int_equal(trans_gic_check(&v3, MPIDR0, &kept, NULL), 0);
	/* Promised to be clearable. */
	set(RD0, LPIS | CES);
	set(RD1, LPIS | CES);
	assert_int_equal(trans_gic_check(&v3, MPIDR0, NULL, NULL), 0);
	assert_int_equal(trans_gic_check(&v3, 0x7777, NULL, &err),
			 TRANS_ENOENT);
	gic.redist = &wide;
	set(RD0 + 8, get(RD0 + 8) | 2);
	set(RD0 + 0x40000 + 8, 1 << 4);
	set(RD0 + 0x40000 + 0xffe8, 0x40);
	set(RD0 + 0x20078, 1ULL << 63);
	assert_int_equal(trans_gic_check(&gic, MPIDR0, NULL, &err),
			 TRANS_EHOST);
	set(RD0 + 0xffe8, 0);
	assert_int_equal(trans_gic_check(&v3, MPIDR0, NULL, &err),
			 TRANS_ECORRUPT);
	gic.version = 4;
	assert_int_equal(trans_gic_check(&gic, MPIDR0, NULL, &err),
			 TRANS_EINVAL);
	assert_int_equal(trans_gic_check(&v2, 0, NULL, &err), 0);
	assert_int_equal(hw.orders, 0);
	for (size_t i = 0; i < REGS; i++)
		assert_int_equal(hw.reg[i].writes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(v2_is_silent, set_up),
		cmocka_unit_test_setup(v2_has_no_lpis, set_up),
		cmocka_unit_test_setup(v3_is_silent, set_up),
		cmocka_unit_test_setup(extended_ranges, set_up),
		cmocka_unit_test_setup(priority_registers, set_up),
		cmocka_unit_test_setup(without_system_registers, set_up),
		cmocka_unit_test_setup(registers_that_are_not_granted, set_up),
		cmocka_unit_test_setup(masking_that_fails, set_up),
		cmocka_unit_test_setup(wrong_places, set_up),
		cmocka_unit_test_setup(region_that_ends, set_up),
		cmocka_unit_test_setup(its_first_then_all_redistributors,
				       set_up),
		cmocka_unit_test_setup(steps_over_virtual_frames, set_up),
		cmocka_unit_test_setup(its_that_never_rests, set_up),
		cmocka_unit_test_setup(its_asked_whether_it_rests, set_up),
		cmocka_unit_test_setup(its_that_stays_enabled, set_up),
		cmocka_unit_test_setup(redistributor_that_never_ends, set_up),
		cmocka_unit_test_setup(lpis_that_stay, set_up),
		cmocka_unit_test_setup(tables_that_may_stay, set_up),
		cmocka_unit_test_setup(sizes_of_tables, set_up),
		cmocka_unit_test_setup(no_room_for_ranges, set_up),
		cmocka_unit_test_setup(check_says_it_before, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
