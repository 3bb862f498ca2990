/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A next world with its MMU on: what each kind of CPU writes on the way there,
 * which worlds are refused, and the identity map that they are entered through.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/machine/arch/fake/fake.h"
#include "tests/unit/support/memory.h"
#include "trans/transition/private.h"
#include "trans/table/tcr.h"

#define MIB (1ULL << 20)
#define SRC 0x80000000ULL
#define DST 0x90200000ULL
#define UART 0x09000000ULL
#define REPORT 0x4fff0000ULL
#define ENTRY 0xffff800012345678ULL

#define MAIR_OF_LINUX 0x000000040044ffffULL
/* T0SZ 25, T1SZ 16, 4K both, walks write-back, IPS 40. */
#define TCR_39_48 0x2b5103519ULL
#define SCTLR_ON 0x30d01805ULL
#define TTBR0 0x45670000ULL
#define CODE 0x56780000ULL

/* ---- the script -------------------------------------------------------- */

struct pair {
	enum blob_step op;
	uint64_t value;
};

static const struct trans_world plain = {
	.ttbr1 = 0x41580001, .tcr = TCR_39_48, .mair = MAIR_OF_LINUX,
	.sctlr = SCTLR_ON,
};

#define LAST_STEPS \
	{ BLOB_SET_MAIR_EL1, MAIR_OF_LINUX }, \
	{ BLOB_SET_TCR_EL1, TCR_39_48 }, \
	{ BLOB_SET_TTBR0_EL1, TTBR0 }, \
	{ BLOB_SET_TTBR1_EL1, 0x41580001 }

#define COMMON_STEPS \
	{ BLOB_STEP_ISB, 0 }, \
	{ BLOB_SET_SCTLR_EL1, 0x30d00800 }, \
	{ BLOB_STEP_ISB, 0 }, \
	{ BLOB_SET_VBAR_EL1, CODE }, \
	{ BLOB_SET_CPACR_EL1, 0x300000 }

/* Each step under a firmware that grants what the CPU says: the fake ends the
 * test at the first that it does not. */
static void run_script(const struct trans_cpu *cpu,
		       const struct blob_world *script)
{
#define NAME(name, text) #name,
	static const char *const names[] = { "", "", "", BLOB_REGS(NAME) };
	unsigned int el = cpu->el;

	fake_arch_reset();
	fake_arch.granted = cpu->granted;
	fake_arch.reg[TRANS_PMBIDR_EL1] = cpu->pmbidr;
	for (const uint8_t *op = script->op; *op != BLOB_STEP_END; op++) {
		if (*op == BLOB_STEP_ERET)
			el = 1;
		fake_firmware_access(names[*op], el);
	}
}

static void script_is(const struct trans_cpu *cpu,
		      const struct trans_world *world, const struct pair *want,
		      size_t count)
{
	struct blob_world script;

	memset(&script, 0xcc, sizeof(script));
	trans_world_script_(cpu, world, TTBR0, CODE, &script);
	assert_true(count <= BLOB_WORLD_MAX);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(script.op[i], want[i].op);
		assert_int_equal(script.value[i], want[i].value);
	}
	assert_int_equal(script.op[count - 1], BLOB_STEP_END);
	run_script(cpu, &script);
}

#define SCRIPT_IS(cpu, world, want) \
	script_is(cpu, world, want, sizeof(want) / sizeof(want[0]))

static void at_el1(void **state)
{
	static const struct trans_cpu cpu = { .el = 1, .pfr0 = 1ULL << 32 };
	static const struct pair want[] = {
		COMMON_STEPS, LAST_STEPS, { BLOB_STEP_END, SCTLR_ON },
	};

	(void)state;
	SCRIPT_IS(&cpu, &plain, want);
}

/* All three ways to be at EL2 with E2H. */
static void at_el2(void **state)
{
	static const struct trans_cpu with = { .el = 2, .e2h = true };
	static const struct trans_cpu without = { .el = 2 };
	static const struct pair want[] = {
		{ BLOB_SET_HCR_EL2, 0x488000000 },
		COMMON_STEPS, LAST_STEPS, { BLOB_STEP_END, SCTLR_ON },
	};
	struct trans_world vhe = plain;

	(void)state;
	SCRIPT_IS(&with, &plain, want);
	vhe.vhe = true;
	SCRIPT_IS(&with, &vhe, want);
	SCRIPT_IS(&without, &vhe, want);
}

/* An Armv8.0 CPU with a PMU of six counters, from either kind of EL2. */
static void dropping(void **state)
{
	struct trans_cpu cpu = {
		.el = 2, .midr = 0x411fd070, .mpidr = 0x80000003,
		.pmcr = 0x41003000,
	};
	static const struct pair want[] = {
		{ BLOB_SET_HCR_EL2, 0x80000000 },
		{ BLOB_STEP_ISB, 0 },
		{ BLOB_SET_CPTR_EL2, 0x33ff },
		{ BLOB_STEP_ISB, 0 },
		{ BLOB_SET_CNTHCTL_EL2, 3 },
		{ BLOB_SET_CNTVOFF_EL2, 0 },
		{ BLOB_SET_VPIDR_EL2, 0x411fd070 },
		{ BLOB_SET_VMPIDR_EL2, 0x80000003 },
		{ BLOB_SET_VTTBR_EL2, 0 },
		{ BLOB_SET_HSTR_EL2, 0 },
		{ BLOB_SET_MDCR_EL2, 6 },
		{ BLOB_SET_SCTLR_EL2, 0x30c50830 },
		COMMON_STEPS, LAST_STEPS,
		{ BLOB_SET_VBAR_EL2, 0x40201000 },
		{ BLOB_STEP_ERET, 0x3c5 },
		{ BLOB_STEP_END, SCTLR_ON },
	};
	struct trans_world drop = plain;

	(void)state;
	drop.drop = true;
	drop.vbar_el2 = 0x40201000;
	SCRIPT_IS(&cpu, &drop, want);
	cpu.e2h = true;
	SCRIPT_IS(&cpu, &drop, want);
}

/* A CPU with everything; nothing of it may trap. It must fit, too. */
static void dropping_with_all(void **state)
{
	static const struct trans_cpu cpu = {
		.el = 2,
		.mmfr0 = 2ULL << 56,
		.mmfr1 = 1ULL << 40 | 1 << 16,
		.mmfr3 = 1 << 16 | 1 << 8 | 1 << 4 | 1,
		.pfr0 = 1ULL << 32 | 1ULL << 44 | 1 << 24,
		.pfr1 = 1ULL << 44 | 1ULL << 24 | 2 << 8,
		.pfr2 = 1ULL << 32,
		.dfr0 = 3ULL << 32 | 1ULL << 44 | 9 << 8,
		.isar1 = 1 << 4,
		.isar2 = 1 << 16,
		.smfr0 = 1ULL << 63 | 1ULL << 56,
		.pmcr = 31 << 11,
		.granted = ~0u,
	};
	static const struct pair want[] = {
		{ BLOB_SET_HCR_EL2, 0x0100030080000000 },
		{ BLOB_STEP_ISB, 0 },
		{ BLOB_SET_CPTR_EL2, 0x22ff },
		{ BLOB_STEP_ISB, 0 },
		{ BLOB_SET_ZCR_EL2, 0x1ff },
		{ BLOB_SET_SMCR_EL2, 0xc000000f },
		{ BLOB_SET_GCSCR_EL1, 0 },
		{ BLOB_SET_GCSCRE0_EL1, 0 },
		{ BLOB_SET_SCTLR2_EL1, 0 },
		{ BLOB_SET_HCRX_EL2, 1 << 5 | 1 << 11 | 3 << 14 | 3 << 22 },
		{ BLOB_SET_HFGRTR_EL2, 0xfULL << 52 | 0xfULL << 57 },
		{ BLOB_SET_HFGWTR_EL2, 0xfULL << 52 | 0xfULL << 57 },
		{ BLOB_SET_HFGITR_EL2, 7ULL << 57 },
		{ BLOB_SET_HDFGRTR_EL2, 1ULL << 62 },
		{ BLOB_SET_HDFGWTR_EL2, 1ULL << 62 },
		{ BLOB_SET_HAFGRTR_EL2, 0 },
		{ BLOB_SET_HFGRTR2_EL2, 0 },
		{ BLOB_SET_HFGWTR2_EL2, 0 },
		{ BLOB_SET_HFGITR2_EL2, 0 },
		{ BLOB_SET_HDFGRTR2_EL2, 0x1c },
		{ BLOB_SET_HDFGWTR2_EL2, 0x1c },
		{ BLOB_SET_CNTHCTL_EL2, 3 },
		{ BLOB_SET_CNTVOFF_EL2, 0 },
		{ BLOB_SET_VPIDR_EL2, 0 },
		{ BLOB_SET_VMPIDR_EL2, 0 },
		{ BLOB_SET_VTTBR_EL2, 0 },
		{ BLOB_SET_HSTR_EL2, 0 },
		{ BLOB_SET_MDCR_EL2, 31 | 3 << 12 | 3 << 24 },
		{ BLOB_SET_PMSCR_EL2, 0x50 },
		{ BLOB_SET_LORC_EL1, 0 },
		{ BLOB_SET_ICC_SRE_EL2, 0xf },
		{ BLOB_STEP_ISB, 0 },
		{ BLOB_SET_ICH_HCR_EL2, 0 },
		{ BLOB_SET_SCTLR_EL2, 0x1000000030c50830 },
		COMMON_STEPS,
		{ BLOB_SET_TCR2_EL1, 2 },
		{ BLOB_SET_PIR_EL1, 0x1234 },
		{ BLOB_SET_PIRE0_EL1, 0x5678 },
		LAST_STEPS,
		{ BLOB_SET_VBAR_EL2, 0 },
		{ BLOB_STEP_ERET, 0x3c5 },
		{ BLOB_STEP_END, SCTLR_ON },
	};
	struct trans_world drop = plain;

	(void)state;
	drop.drop = true;
	drop.tcr2 = 2;
	drop.pir = 0x1234;
	drop.pire0 = 0x5678;
	SCRIPT_IS(&cpu, &drop, want);
}

/* Less one grant each, and all of them: what it guards is left alone. */
static void dropping_with_less(void **state)
{
	struct trans_cpu cpu = {
		.el = 2, .mmfr0 = 2ULL << 56, .mmfr1 = 1ULL << 40 | 1 << 16,
		.mmfr3 = 0x10111, .pfr0 = 1ULL << 44 | 1ULL << 32 | 1 << 24,
		.pfr1 = 1ULL << 44 | 1 << 24, .dfr0 = 3ULL << 32,
		.pmbidr = 0x10,
	};
	struct trans_world drop = plain;
	struct blob_world script;

	(void)state;
	drop.drop = true;
	for (unsigned int bit = 0; bit < 32; bit++) {
		cpu.granted = bit < 31 ? ~(1u << bit) : 0;
		trans_world_script_(&cpu, &drop, TTBR0, CODE, &script);
		run_script(&cpu, &script);
		trans_world_script_(&cpu, &plain, TTBR0, CODE, &script);
		run_script(&cpu, &script);
	}
}

/* What one step of a script writes; fails when there is no such step. */
static uint64_t written(const struct trans_cpu *cpu, enum blob_step op)
{
	struct trans_world drop = plain;
	struct blob_world script;

	drop.drop = true;
	trans_world_script_(cpu, &drop, TTBR0, CODE, &script);
	run_script(cpu, &script);
	for (size_t i = 0; i < BLOB_WORLD_MAX; i++) {
		if (script.op[i] == op)
			return script.value[i];
		if (script.op[i] == BLOB_STEP_END)
			break;
	}
	return ~0ULL;
}

/* One feature at a time, so that no field stands for another. */
static void one_feature_each(void **state)
{
	struct row {
		struct trans_cpu cpu;
		enum blob_step op;
		uint64_t want;
	};
	static const struct row rows[] = {
		{ { .pfr0 = 1ULL << 32 }, BLOB_SET_CPTR_EL2, 0x32ff },
		{ { .pfr0 = 1ULL << 32 }, BLOB_SET_ZCR_EL2, 0x1ff },
		{ { .pfr0 = 1ULL << 32 }, BLOB_SET_SMCR_EL2, ~0ULL },
		{ { .pfr1 = 1ULL << 24 }, BLOB_SET_CPTR_EL2, 0x23ff },
		{ { .pfr1 = 1ULL << 24 }, BLOB_SET_SMCR_EL2, 0xf },
		{ { .pfr1 = 1ULL << 24 }, BLOB_SET_ZCR_EL2, ~0ULL },
		{ { .pfr1 = 1ULL << 24 }, BLOB_SET_HCRX_EL2, ~0ULL },
		{ { .pfr1 = 1 << 8 }, BLOB_SET_HCR_EL2, 0x80000000 },
		{ { .pfr1 = 2 << 8 }, BLOB_SET_HCR_EL2, 0x100000080000000 },
		{ { .isar1 = 1 << 4 }, BLOB_SET_HCR_EL2, 0x30080000000 },
		{ { .isar1 = 1 << 8 }, BLOB_SET_HCR_EL2, 0x30080000000 },
		{ { .isar1 = 1 << 28 }, BLOB_SET_HCR_EL2, 0x30080000000 },
		{ { .isar1 = 0xf00ff00f }, BLOB_SET_HCR_EL2, 0x30080000000 },
		{ { .isar1 = 0x00fff00f }, BLOB_SET_HCR_EL2, 0x80000000 },
		{ { .isar2 = 1 << 12 }, BLOB_SET_HCR_EL2, 0x30080000000 },
		{ { .isar2 = 0xf00ff }, BLOB_SET_HCR_EL2, 0x80000000 },
		{ { .mmfr1 = 1ULL << 40 }, BLOB_SET_HCRX_EL2, 0 },
		{ { .mmfr0 = 1ULL << 56 }, BLOB_SET_HFGRTR_EL2, 0 },
		{ { .mmfr0 = 1ULL << 56 }, BLOB_SET_HAFGRTR_EL2, ~0ULL },
		{ { .pfr0 = 1ULL << 44 }, BLOB_SET_HAFGRTR_EL2, ~0ULL },
		{ { .dfr0 = 2ULL << 32 }, BLOB_SET_MDCR_EL2, 3 << 12 },
		{ { .dfr0 = 1ULL << 44 }, BLOB_SET_MDCR_EL2, 3 << 24 },
		{ { .mmfr0 = 1ULL << 56, .dfr0 = 2ULL << 32 },
		  BLOB_SET_HDFGRTR_EL2, 0 },
		{ { .mmfr0 = 1ULL << 56 }, BLOB_SET_HFGRTR2_EL2, ~0ULL },
		{ { .mmfr0 = 2ULL << 56 }, BLOB_SET_HDFGRTR2_EL2, 0 },
		{ { .mmfr0 = 2ULL << 56, .dfr0 = 8 << 8 },
		  BLOB_SET_HDFGRTR2_EL2, 0 },
		{ { .mmfr0 = 2ULL << 56, .dfr0 = 0xf << 8 },
		  BLOB_SET_HDFGWTR2_EL2, 0 },
		{ { .mmfr0 = 1ULL << 56, .mmfr3 = 1 << 16 },
		  BLOB_SET_HFGWTR_EL2, 3ULL << 59 },
		{ { .mmfr0 = 1ULL << 56, .pfr1 = 1ULL << 44 },
		  BLOB_SET_HFGRTR_EL2, 3ULL << 52 },
		{ { .mmfr0 = 1ULL << 56, .pfr1 = 1ULL << 44 },
		  BLOB_SET_HFGITR_EL2, 7ULL << 57 },
		{ { .pfr1 = 1ULL << 44 }, BLOB_SET_GCSCRE0_EL1, 0 },
		{ { .mmfr3 = 1 << 4 }, BLOB_SET_SCTLR2_EL1, 0 },
		{ { .mmfr1 = 1ULL << 40, .mmfr3 = 1 << 4 },
		  BLOB_SET_HCRX_EL2, 1 << 15 },
		{ { .mmfr1 = 1ULL << 40, .pfr1 = 1ULL << 44 },
		  BLOB_SET_HCRX_EL2, 1 << 22 },
		{ { .mmfr1 = 1ULL << 40, .pfr2 = 1ULL << 32 },
		  BLOB_SET_HCRX_EL2, 1 << 23 },
		{ { .dfr0 = 1ULL << 32 }, BLOB_SET_PMSCR_EL2, 0x50 },
		{ { .dfr0 = 1ULL << 32, .pmbidr = 0x10 },
		  BLOB_SET_PMSCR_EL2, ~0ULL },
		{ { .mmfr1 = 1 << 16 }, BLOB_SET_LORC_EL1, 0 },
		{ { .mmfr1 = 0xf0ffff }, BLOB_SET_LORC_EL1, ~0ULL },
		{ { .pfr0 = 1 << 24 }, BLOB_SET_ICH_HCR_EL2, 0 },
		{ { .pfr0 = 1 << 24 }, BLOB_SET_ICC_SRE_EL2, 0xf },
		{ { .pfr0 = 0xf0ffffff }, BLOB_SET_ICC_SRE_EL2, ~0ULL },
		{ { .mmfr3 = 1 }, BLOB_SET_TCR2_EL1, 0 },
		{ { .mmfr3 = 1 }, BLOB_SET_PIR_EL1, ~0ULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trans_cpu cpu = rows[i].cpu;

		cpu.el = 2;
		cpu.granted = ~0u;
		if (written(&cpu, rows[i].op) != rows[i].want)
			fail_msg("row %zu: 0x%llx", i, (unsigned long long)
				 written(&cpu, rows[i].op));
	}
}

/* ---- transitions ------------------------------------------------------- */

static struct {
	struct memory m;
	struct trans_cpu cpu;
	struct trans_moves plan;
	struct trans_move storage[4];
	struct trans_world world;
	struct trans_transition_args args;
	struct trans_transition t;
	struct trans_error err;
} f;

static int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host;
	(void)pa;
	(void)len;
	return 0;
}

static int setup(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	memory_init(&f.m, 0x40000000, 4 * MIB, 12);
	f.cpu = (struct trans_cpu){ .el = 1, .mmfr0 = 0x1125 };
	trans_moves_init(&f.plan, f.storage, 4);
	assert_int_equal(trans_moves_add(&f.plan, SRC, DST, 0x1000), 0);
	f.world = plain;
	f.args = (struct trans_transition_args){
		.cpu = &f.cpu,
		.granule = TRANS_4K,
		.va_bits = 48,
		.ops = &f.m.ops,
		.ctx = &f.m,
		.plan = &f.plan,
		.map = TRANS_MAP_SPARSE,
		.entry = ENTRY,
		.x = { 1, 2, 3, 4 },
		.world = &f.world,
		.conduit = TRANS_CONDUIT_SMC,
		.alias_prepare = alias_prepare,
	};
	return 0;
}

static int teardown(void **state)
{
	long balance;

	(void)state;
	trans_transition_cancel(&f.t);
	balance = f.m.balance;
	memory_free(&f.m);
	return balance != 0;
}

static void prepare(void)
{
	int ret = trans_transition_prepare(&f.t, &f.args, &f.err);

	if (ret)
		fail_msg("%s", f.err.why);
}

static void refused(int status, const char *why)
{
	assert_int_equal(trans_transition_prepare(&f.t, &f.args, &f.err),
			 status);
	if (why)
		assert_string_equal(f.err.why, why);
	else
		assert_non_null(f.err.why);
	assert_int_equal(f.m.balance, 0);
	assert_null(f.t.passage.ops);
}

static const struct blob_params *params(void)
{
	return memory_at(&f.m, f.t.data);
}

static void leaf_is(trans_va_t va, bool write, bool exec, uint8_t memory)
{
	struct trans_leaf leaf;

	assert_int_equal(trans_table_query(&f.t.passage, va, &leaf, NULL), 0);
	assert_int_equal(leaf.pa, va);
	assert_int_equal(leaf.writable, write);
	assert_int_equal(leaf.executable, exec);
	assert_int_equal(leaf.memory, memory);
}

static void absent(trans_va_t va)
{
	struct trans_leaf leaf;

	assert_int_equal(trans_table_query(&f.t.passage, va, &leaf, NULL),
			 TRANS_ENOENT);
}

/* Its own format, and no more of memory than it must have. */
static void passage(void **state)
{
	struct trans_world asked = f.world;
	const struct blob_params *p;

	(void)state;
	f.args.uart = trans_uart_pl011(UART);
	f.args.report = REPORT;
	prepare();
	memset(&f.world, 0xcc, sizeof(f.world)); /* was copied */
	assert_null(f.t.args.world);
	assert_memory_equal(&f.t.world, &asked, sizeof(asked));
	assert_int_equal(f.t.low.geo.va_bits, 48);
	assert_int_equal(f.t.passage.geo.va_bits, 39);
	assert_int_equal(f.t.passage.geo.pa_bits, 40);
	assert_int_equal(f.t.passage.geo.regime, TRANS_EL1_0);
	leaf_is(f.t.code, false, true, 0xff);
	leaf_is(f.t.code + (f.t.code_granules << 12) - 4, false, true, 0xff);
	leaf_is(f.t.data, true, false, 0xff);
	leaf_is(REPORT, true, false, 0xff);
	leaf_is(UART, true, false, 0x04);
	absent(SRC);
	absent(DST);
	absent(f.t.list);
	absent(f.t.passage.root);
	p = params();
	assert_int_equal(p->world, f.t.data +
			 offsetof(struct blob_params, steps));
	assert_int_equal(p->target, ENTRY);
	assert_int_equal(p->x[3], 4);
	assert_int_equal(p->steps.op[8], BLOB_SET_TTBR1_EL1);
	assert_int_equal(p->steps.value[3], f.t.code);
	assert_int_equal(p->steps.op[7], BLOB_SET_TTBR0_EL1);
	assert_int_equal(p->steps.value[7], f.t.passage.root);
	assert_int_equal(p->steps.value[6], TCR_39_48);
	/* the moves' tables are another affair */
	assert_int_equal(p->tcr, trans_tcr(&f.t.low.geo, NULL));
	assert_int_equal(trans_transition_check(&f.t, NULL), 0);
}

static void no_world(void **state)
{
	(void)state;
	f.args.world = NULL;
	prepare();
	assert_null(f.t.passage.ops);
	assert_int_equal(params()->world, 0);
}

/* MAIR without device memory: no last words, no refusal. */
static void uart_that_has_no_type(void **state)
{
	(void)state;
	f.world.mair = 0xffffffffffffffffULL;
	f.args.uart = trans_uart_pl011(UART);
	prepare();
	absent(UART);
	trans_transition_cancel(&f.t);
	f.world.mair = 0xffffffffffff00ffULL; /* nGnRnE will do */
	prepare();
	leaf_is(UART, true, false, 0);
	trans_transition_cancel(&f.t);
	f.world.mair = 0x4444444444444444ULL; /* but code must be Normal */
	refused(TRANS_EINVAL, NULL);
}

static void regimes(void **state)
{
	(void)state;
	f.cpu.el = 2;
	f.cpu.e2h = true;
	prepare();
	assert_int_equal(f.t.passage.geo.regime, TRANS_EL2_0);
	trans_transition_cancel(&f.t);
	f.world.drop = true;
	prepare();
	assert_int_equal(f.t.low.geo.regime, TRANS_EL2_0);
	assert_int_equal(f.t.passage.geo.regime, TRANS_EL1_0);
	trans_transition_cancel(&f.t);
	f.cpu.e2h = false;
	prepare();
	assert_int_equal(f.t.low.geo.regime, TRANS_EL2);
	assert_int_equal(f.t.passage.geo.regime, TRANS_EL1_0);
	trans_transition_cancel(&f.t);
	f.world.drop = false;
	f.world.vhe = true;
	f.cpu.mmfr1 = 1 << 8;
	prepare();
	assert_int_equal(f.t.low.geo.regime, TRANS_EL2);
	assert_int_equal(f.t.passage.geo.regime, TRANS_EL2_0);
}

/* With the tables of the moves left out, this one stays. */
static void without_other_tables(void **state)
{
	(void)state;
	f.args.map = TRANS_MAP_NONE;
	prepare();
	assert_null(f.t.low.ops);
	leaf_is(f.t.code, false, true, 0xff);
	assert_int_equal(params()->sctlr, 0x30d01800);
	trans_transition_cancel(&f.t);
	/* The fallback takes what there is. */
	f.args.map = TRANS_MAP_SPARSE;
	f.args.fallback = true;
	f.m.allocs = 0;
	f.m.fail_at = 4 + 6;
	prepare();
	assert_int_equal(f.t.args.map, TRANS_MAP_NONE);
	leaf_is(f.t.code, false, true, 0xff);
}

/* DS puts address bits where shareability was. */
static void lpa2(void **state)
{
	struct trans_geometry low, high;
	struct trans_leaf leaf;

	(void)state;
	f.cpu.mmfr0 = 0x10001126; /* 4K with LPA2, 52 bits */
	assert_int_equal(trans_geometry_init(&low, TRANS_EL1_0, TRANS_4K, 48,
					     52, TRANS_GEO_DS, NULL), 0);
	assert_int_equal(trans_geometry_init(&high, TRANS_EL1_0, TRANS_4K, 52,
					     52, TRANS_GEO_DS | TRANS_GEO_UPPER,
					     NULL), 0);
	f.world.tcr = trans_tcr(&low, &high);
	prepare();
	assert_true(f.t.passage.geo.ds);
	assert_false(f.t.low.geo.ds);
	assert_int_equal(trans_table_query(&f.t.passage, f.t.code, &leaf, NULL),
			 0);
	assert_int_equal(leaf.desc >> 8 & 3, 0);
	trans_transition_cancel(&f.t);
	f.cpu.mmfr0 = 0x1126;
	refused(TRANS_EINVAL, "the CPU lacks LPA2 (TCR.DS)");
}

/* What Linux has in its PIR lets the blob run; what does not is refused. */
static void permission_indirection(void **state)
{
	(void)state;
	f.cpu.mmfr3 = 1 << 8 | 1;
	f.cpu.granted = TRANS_GRANT_TCR2 | TRANS_GRANT_PIE;
	f.world.tcr2 = 2; /* PIE */
	/* by index: 8 RX, 10 RWX, 12 R, 14 RW */
	f.world.pir = 0x5ULL << 56 | 0x1ULL << 48 | 0xeULL << 40 | 0xaULL << 32;
	prepare();
	trans_transition_cancel(&f.t);
	f.world.pir = 0x5ULL << 56 | 0x1ULL << 48 | 0x1ULL << 32; /* code R */
	refused(TRANS_ENOENT, "mapped execute-never");
	f.world.pir = 0x5ULL << 56 | 0xaULL << 32; /* no data */
	refused(TRANS_ENOENT, "mapped unreadable");
	f.world.pir = 0xbULL << 32; /* reserved */
	refused(TRANS_ECORRUPT, NULL);
	f.world.tcr2 = 1 << 3; /* overlays: cannot be told */
	refused(TRANS_EINVAL, NULL);
}

/* A passage that is moved over would be the end. */
static void proof(void **state)
{
	trans_pa_t root;

	(void)state;
	prepare();
	root = f.t.passage.root;
	trans_transition_cancel(&f.t);
	f.plan.count = 0;
	assert_int_equal(trans_moves_add(&f.plan, SRC, root, 0x1000), 0);
	refused(TRANS_EOVERLAP, NULL);
	assert_int_equal(f.err.pa, root);
}

static void every_failure(void **state)
{
	unsigned long n;

	(void)state;
	f.args.report = REPORT;
	for (n = 1;; n++) {
		f.m.allocs = 0;
		f.m.fail_at = n;
		if (!trans_transition_prepare(&f.t, &f.args, &f.err))
			break;
		assert_int_equal(f.err.status, TRANS_ENOMEM);
		assert_int_equal(f.m.balance, 0);
	}
	assert_true(n > 10);
	trans_transition_cancel(&f.t);
	f.m.fail_at = 0;
	for (n = 1;; n++) {
		f.m.maps = 0;
		f.m.refuse_map_at = n;
		if (!trans_transition_prepare(&f.t, &f.args, &f.err))
			break;
		assert_int_equal(f.err.status, TRANS_EFAULT);
		assert_int_equal(f.m.balance, 0);
	}
	assert_true(n > 10);
	f.m.refuse_map_at = 0;
}

/* ---- refusals ---------------------------------------------------------- */

static void levels(void **state)
{
	(void)state;
	f.world.drop = true;
	refused(TRANS_EINVAL,
		"only from EL2 can a world be entered elsewhere");
	f.world.vhe = true;
	refused(TRANS_EINVAL, "a world both at EL1 and at EL2");
	f.world.drop = false;
	refused(TRANS_EINVAL,
		"only from EL2 can a world be entered elsewhere");
	f.cpu.el = 2;
	refused(TRANS_EINVAL, "the CPU lacks VHE");
	f.world.vhe = false;
	refused(TRANS_EINVAL, "EL2 without E2H has no TTBR1");
	f.cpu.e2h = true;
	f.world.vbar_el2 = 0x40201000;
	refused(TRANS_EINVAL, "vbar_el2 without drop");
	f.world.drop = true;
	f.world.vbar_el2 += 0x400;
	refused(TRANS_EINVAL, "vbar_el2 is no multiple of 2048");
	f.world.vbar_el2 = 0;
	f.cpu.mmfr4 = 0xf << 24;
	refused(TRANS_EINVAL, "the CPU cannot leave E2H");
	f.cpu.mmfr4 = 0xeULL << 24;
	refused(TRANS_EINVAL, "the CPU cannot leave E2H");
	f.cpu.mmfr4 = 0xf0ffffff;
	prepare();
}

static void over_a_stub(void **state)
{
	(void)state;
	f.args.stub = true;
	refused(TRANS_EINVAL, "a world with its MMU on over a stub");
}

static void registers(void **state)
{
	(void)state;
	f.world.sctlr &= ~1ULL;
	refused(TRANS_EINVAL, "a world without its MMU on");
	f.world.sctlr = SCTLR_ON | 1 << 25;
	refused(TRANS_EINVAL, "a big-endian world");
}

/* A bit of TCR, and the least that an ID register must say for it. */
static void bits_of_tcr(void **state)
{
	static const struct {
		unsigned int bit;
		uint64_t *id, least, shift;
		const char *why;
	} rows[] = {
		{ 36, &f.cpu.mmfr0, 2, 4,
		  "the CPU lacks 16-bit ASIDs (TCR.AS)" },
		{ 39, &f.cpu.mmfr1, 1, 0,
		  "the CPU does not set the AF (TCR.HA)" },
		{ 40, &f.cpu.mmfr1, 2, 0,
		  "the CPU keeps no dirty state (TCR.HD)" },
		{ 41, &f.cpu.mmfr1, 1, 12, "the CPU lacks TCR.HPD" },
		{ 42, &f.cpu.mmfr1, 1, 12, "the CPU lacks TCR.HPD" },
		{ 55, &f.cpu.mmfr2, 1, 60, "the CPU lacks TCR.E0PD" },
		{ 56, &f.cpu.mmfr2, 1, 60, "the CPU lacks TCR.E0PD" },
		{ 57, &f.cpu.pfr1, 2, 8, "the CPU lacks TCR.TCMA" },
		{ 58, &f.cpu.pfr1, 2, 8, "the CPU lacks TCR.TCMA" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t cleared = *rows[i].id & ~(0xfULL << rows[i].shift);

		f.world.tcr = TCR_39_48 | 1ULL << rows[i].bit;
		*rows[i].id = cleared | (rows[i].least - 1) << rows[i].shift;
		refused(TRANS_EINVAL, rows[i].why);
		*rows[i].id = cleared | rows[i].least << rows[i].shift;
		prepare();
		trans_transition_cancel(&f.t);
		*rows[i].id = cleared;
	}
	f.world.tcr = TCR_39_48;
	f.world.tcr2 = 1;
	refused(TRANS_EINVAL, "the CPU lacks TCR2");
	f.cpu.mmfr3 = 1;
	refused(TRANS_EINVAL, "firmware does not grant TCR2");
	f.world.tcr2 = 0;
	f.world.pire0 = 1;
	refused(TRANS_EINVAL, "the CPU lacks permission indirection");
	f.world.pire0 = 0;
	f.world.pir = 1;
	refused(TRANS_EINVAL, "the CPU lacks permission indirection");
	f.cpu.mmfr3 = 1 << 8;
	refused(TRANS_EINVAL,
		"firmware does not grant permission indirection");
}

static void sizes(void **state)
{
	(void)state;
	f.world.tcr = TCR_39_48 | 1 << 7; /* EPD0 */
	refused(TRANS_EGEOM, "walks of this half are disabled (EPD)");
	f.world.tcr = TCR_39_48 | 1 << 23;
	refused(TRANS_EGEOM, "walks of this half are disabled (EPD)");
	f.world.tcr = (TCR_39_48 & ~(3ULL << 14)) | 1 << 14; /* TG0: 64K */
	refused(TRANS_EINVAL, "TCR.TG0 is not the transition's granule");
	f.world.tcr = (TCR_39_48 & ~(3ULL << 30)) | 1 << 30; /* TG1: 16K */
	refused(TRANS_EGEOM, "TCR's granule is not the CPU's");
	/* 64K in the upper half only, 52 bits: an entry of 48 is in it */
	f.world.tcr = (TCR_39_48 & ~(3ULL << 30 | 0x3f << 16)) | 3ULL << 30 |
		      12 << 16;
	refused(TRANS_EINVAL, "the CPU lacks addresses above 48 bits");
	f.cpu.mmfr2 = 1 << 16;
	prepare();
	trans_transition_cancel(&f.t);
	f.world.tcr = (TCR_39_48 & ~0x3fULL) | 35; /* 29 bits of identity */
	refused(TRANS_ERANGE, NULL);
}

static void entries(void **state)
{
	(void)state;
	f.args.entry = DST; /* a PA */
	refused(TRANS_ERANGE, "entry is not in the upper half");
	f.args.entry = 0xfffeffffffffffffULL & ~3ULL; /* T1SZ 16 */
	refused(TRANS_ERANGE, "entry is not in the upper half");
	f.args.entry = 0xffff000000000000ULL;
	prepare();
	trans_transition_cancel(&f.t);
	f.args.entry += 2;
	refused(TRANS_EALIGN, NULL);
}

/* A host with a linear map has that map's granule. */
static void granule_of_the_linear_map(void **state)
{
	struct trans_table linear = { .geo = { .granule_shift = TRANS_64K } };

	(void)state;
	f.args.map = TRANS_MAP_LINEAR;
	f.args.linear = &linear;
	refused(TRANS_EINVAL, "TCR.TG0 is not the transition's granule");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_el1),
		cmocka_unit_test(at_el2),
		cmocka_unit_test(dropping),
		cmocka_unit_test(dropping_with_all),
		cmocka_unit_test(dropping_with_less),
		cmocka_unit_test(one_feature_each),
		T(passage), T(no_world), T(uart_that_has_no_type), T(regimes),
		T(without_other_tables), T(lpa2), T(permission_indirection),
		T(proof), T(every_failure), T(levels), T(over_a_stub),
		T(registers), T(bits_of_tcr), T(sizes), T(entries),
		T(granule_of_the_linear_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
