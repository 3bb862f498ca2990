/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a host need not write itself: cleaning by VA, device registers by
 * pointer, the live identity map looked at, errors as text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <trans_table/mmio.h>
#include <trans_table/transition.h>

#include "lib/machine/arch/fake/fake.h"
#include "tests/unit/support/memory.h"

#define MIB (1ULL << 20)
#define CODE 0x40200000ULL
#define CODE_LEN 0x4000ULL

#define SCTLR_M 1ULL
#define SCTLR_WXN (1ULL << 19)
#define MMFR0_4K_48 0x5ULL /* PARange 48 bits, TGran4 there */

static void clean_takes_whole_lines(void **state)
{
	static const struct {
		uint64_t ctr;
		uintptr_t va;
		size_t len;
		uint64_t first, count, line;
	} rows[] = {
		{ 4ULL << 16, 0x1000, 0x40, 0x1000, 1, 64 },
		{ 4ULL << 16, 0x103f, 2, 0x1000, 2, 64 },
		{ 5ULL << 16, 0x10c0, 0x100, 0x1080, 3, 128 },
		/* up to the end of all addresses */
		{ 4ULL << 16, UINTPTR_MAX - 0x7f, 0x80, UINTPTR_MAX - 0x7f, 2,
		  64 },
		/* IminLine, ERG and CWG do not count */
		{ 0x84444004 & ~0xf0000ULL, 0x1003, 1, 0x1000, 1, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_arch_reset();
		fake_arch.reg[TRANS_CTR_EL0] = rows[i].ctr;
		trans_cpu_clean(NULL, (const void *)rows[i].va, rows[i].len);
		assert_int_equal(fake_arch.count, 1);
		assert_int_equal(fake_arch.cleaned.first, rows[i].first);
		assert_int_equal(fake_arch.cleaned.count, rows[i].count);
		assert_int_equal(fake_arch.cleaned.line, rows[i].line);
	}
	trans_cpu_clean(NULL, (const void *)0x1000, 0);
	assert_int_equal(fake_arch.count, 1);
}

static void mmio_by_pointer(void **state)
{
	uint64_t device[2] = { 0, 0 };
	uint64_t va = (uintptr_t)device, offset = va - 0x09000000;
	struct trans_mmio mmio = trans_mmio_direct(offset);

	(void)state;
	mmio.write32(mmio.ctx, 0x09000004, 0x11223344);
	mmio.write64(mmio.ctx, 0x09000008, 0x5566778899aabbccULL);
	assert_true(device[0] == 0x1122334400000000ULL);
	assert_true(device[1] == 0x5566778899aabbccULL);
	assert_true(mmio.read32(mmio.ctx, 0x0900000c) == 0x55667788);
	assert_true(mmio.read64(mmio.ctx, 0x09000000) == device[0]);
	mmio = trans_mmio_direct(0);
	assert_true(mmio.read32(mmio.ctx, va + 4) == 0x11223344);
}

/* ---- the live identity map ----------------------------------------------- */

/* Tables whose physical addresses are pointers, as with an identity map. */
struct live {
	struct memory m;
	struct trans_table table;
	unsigned int el;
};

static int open_live(void **state)
{
	static struct live l;

	memset(&l, 0, sizeof(l));
	fake_arch_reset();
	memory_init(&l.m, 0, 1 * MIB, 12);
	l.m.base = (uintptr_t)l.m.bytes;
	l.el = 1;
	*state = &l;
	return 0;
}

static int close_live(void **state)
{
	struct live *l = *state;
	long left;

	trans_table_destroy(&l->table);
	left = l->m.balance;
	memory_free(&l->m);
	return left != 0;
}

static void create(struct live *l, enum trans_regime regime)
{
	struct trans_geometry geo;

	assert_int_equal(trans_geometry_init(&geo, regime, TRANS_4K, 48, 48, 0,
					     NULL), 0);
	assert_int_equal(trans_table_create(&l->table, &geo, 0, &l->m.ops,
					    &l->m, NULL), 0);
}

static void map(struct live *l, trans_va_t va, trans_pa_t pa, uint64_t len,
		enum trans_memory memory, unsigned int access)
{
	struct trans_attr attr = { memory, access };

	assert_int_equal(trans_table_map(&l->table, va, pa, len, &attr, 0,
					 NULL), 0);
}

/* This CPU runs on it. */
static void switch_to(struct live *l)
{
	struct trans_regs regs;
	bool el2 = l->el == 2;

	assert_int_equal(trans_table_finish(&l->table, &regs, NULL), 0);
	fake_arch.reg[TRANS_CURRENTEL] = l->el << 2;
	fake_arch.reg[TRANS_ID_AA64MMFR0] = MMFR0_4K_48;
	fake_arch.reg[el2 ? TRANS_SCTLR_EL2 : TRANS_SCTLR_EL1] = SCTLR_M;
	fake_arch.reg[el2 ? TRANS_TTBR0_EL2 : TRANS_TTBR0_EL1] = regs.ttbr;
	fake_arch.reg[el2 ? TRANS_TCR_EL2 : TRANS_TCR_EL1] = regs.tcr;
	fake_arch.reg[el2 ? TRANS_MAIR_EL2 : TRANS_MAIR_EL1] = regs.mair;
}

static void refused(trans_pa_t at, const char *why)
{
	struct trans_error err = { 0 };

	assert_int_equal(trans_alias_identity(NULL, CODE, CODE_LEN),
			 TRANS_EHOST);
	assert_int_equal(trans_alias_identity_check(CODE, CODE_LEN, &err),
			 TRANS_EHOST);
	assert_string_equal(err.why, why);
	assert_true(err.pa == at);
	assert_true(err.len == CODE + CODE_LEN - at);
}

static void identity_without_mmu(void **state)
{
	(void)state;
	fake_arch.reg[TRANS_CURRENTEL] = 2 << 2;
	assert_int_equal(trans_alias_identity(NULL, CODE, CODE_LEN), 0);
	fake_arch.reg[TRANS_CURRENTEL] = 1 << 2;
	fake_arch.reg[TRANS_SCTLR_EL2] = SCTLR_M; /* not ours */
	assert_int_equal(trans_alias_identity(NULL, CODE, CODE_LEN), 0);
}

static void identity_as_loaders_have_it(void **state)
{
	struct live *l = *state;

	for (l->el = 1; l->el <= 2; l->el++) {
		create(l, l->el == 2 ? TRANS_EL2 : TRANS_EL1_0);
		map(l, CODE - 2 * MIB, CODE - 2 * MIB, 6 * MIB,
		    TRANS_MEM_NORMAL, TRANS_WRITE | TRANS_EXEC);
		switch_to(l);
		assert_int_equal(trans_alias_identity(NULL, CODE, CODE_LEN), 0);
		trans_table_destroy(&l->table);
		fake_arch_reset();
	}
}

static void identity_with_vhe(void **state)
{
	struct live *l = *state;

	l->el = 2;
	create(l, TRANS_EL2_0);
	map(l, CODE, CODE, CODE_LEN, TRANS_MEM_NORMAL, TRANS_EXEC);
	switch_to(l);
	fake_arch.reg[TRANS_HCR_EL2] = 1ULL << 34;
	assert_int_equal(trans_alias_identity(NULL, CODE, CODE_LEN), 0);
}

static void identity_of_most_of_it(void **state)
{
	struct live *l = *state;

	create(l, TRANS_EL1_0);
	map(l, CODE, CODE, CODE_LEN - 0x1000, TRANS_MEM_NORMAL, TRANS_EXEC);
	switch_to(l);
	refused(CODE + CODE_LEN - 0x1000, "the live tables do not map it");
}

static void identity_that_is_none(void **state)
{
	struct live *l = *state;

	create(l, TRANS_EL1_0);
	map(l, CODE, CODE, 0x1000, TRANS_MEM_NORMAL, TRANS_EXEC);
	map(l, CODE + 0x1000, CODE + 0x2000, 0x3000, TRANS_MEM_NORMAL,
	    TRANS_EXEC);
	switch_to(l);
	refused(CODE + 0x1000, "the live tables map it to another address");
}

static void identity_execute_never(void **state)
{
	struct live *l = *state;

	create(l, TRANS_EL1_0);
	map(l, CODE, CODE, CODE_LEN, TRANS_MEM_NORMAL, TRANS_WRITE);
	switch_to(l);
	refused(CODE, "the live tables map it execute-never");
}

/* SCTLR.WXN is in no descriptor. */
static void identity_write_or_execute(void **state)
{
	struct live *l = *state;

	create(l, TRANS_EL1_0);
	map(l, CODE, CODE, CODE_LEN, TRANS_MEM_NORMAL, TRANS_WRITE | TRANS_EXEC);
	switch_to(l);
	assert_int_equal(trans_alias_identity(NULL, CODE, CODE_LEN), 0);
	fake_arch.reg[TRANS_SCTLR_EL1] |= SCTLR_WXN;
	refused(CODE, "the live tables map it execute-never");
}

static void identity_not_cacheable(void **state)
{
	struct live *l = *state;

	create(l, TRANS_EL1_0);
	map(l, CODE, CODE, CODE_LEN, TRANS_MEM_NC, TRANS_EXEC);
	switch_to(l);
	assert_int_equal(trans_alias_identity(NULL, CODE, CODE_LEN),
			 TRANS_EHOST);
}

/* What the architecture reserves is no memory to rely on. */
static void identity_reserved(void **state)
{
	static const uint8_t reserved[] = { 0x10, 0x80, 0xb0, 0x40, 0x04 };
	static const uint8_t memory[] = { 0xff, 0xf0, 0xa0, 0xbb };
	struct live *l = *state;
	struct trans_range ram = { CODE, CODE_LEN }, storage[2];
	struct trans_ranges of = { &ram, 1, 1 }, set;

	trans_ranges_init(&set, storage, 2);
	create(l, TRANS_EL1_0);
	map(l, CODE, CODE, CODE_LEN, TRANS_MEM_NORMAL, TRANS_WRITE | TRANS_EXEC);
	switch_to(l);
	for (size_t i = 0; i < sizeof(reserved); i++) {
		fake_arch.reg[TRANS_MAIR_EL1] =
			0x0101010101010101ULL * reserved[i];
		refused(CODE, "the live tables do not map it as cacheable memory");
		assert_int_equal(trans_identity_memory(&of, &set, NULL), 0);
		assert_int_equal(set.count, 0);
	}
	for (size_t i = 0; i < sizeof(memory); i++) {
		fake_arch.reg[TRANS_MAIR_EL1] =
			0x0101010101010101ULL * memory[i];
		assert_int_equal(trans_alias_identity(NULL, CODE, CODE_LEN), 0);
	}
	assert_int_equal(trans_identity_memory(&of, &set, NULL), 0);
	assert_int_equal(set.count, 1);
}

static uint64_t nothing_seen(uint64_t va)
{
	return (va & ~0xfffULL) | 1; /* PAR_EL1.F */
}

static uint64_t seen_elsewhere(uint64_t va)
{
	return (va & ~0xfffULL) ^ 0x1000;
}

/* The tables are in memory that the CPU has no identity map of: reading them
 * there would be wild. */
static void identity_out_of_sight(void **state)
{
	struct live *l = *state;

	create(l, TRANS_EL1_0);
	map(l, CODE, CODE, CODE_LEN, TRANS_MEM_NORMAL, TRANS_EXEC);
	switch_to(l);
	fake_arch.translate = nothing_seen;
	assert_int_equal(trans_alias_identity(NULL, CODE, CODE_LEN),
			 TRANS_EFAULT);
	fake_arch.translate = seen_elsewhere;
	assert_int_equal(trans_alias_identity(NULL, CODE, CODE_LEN),
			 TRANS_EFAULT);
}

/* Of RAM what may be touched: mapped to itself, as memory, writable. */
static void memory_that_is_mapped(void **state)
{
	struct live *l = *state;
	struct trans_range ram[] = { { 1ULL << 30, 1ULL << 30 },
				     { 1ULL << 32, 1ULL << 32 },
				     { 1ULL << 48, 1ULL << 30 } };
	struct trans_range storage[8];
	struct trans_ranges of = { ram, 3, 3 }, set;

	trans_ranges_init(&set, storage, 8);
	assert_int_equal(trans_identity_memory(&of, &set, NULL), 0);
	assert_int_equal(set.count, 3); /* MMU off: all */
	create(l, TRANS_EL1_0);
	map(l, 0, 0, 0x7c000000, TRANS_MEM_NORMAL, TRANS_WRITE | TRANS_EXEC);
	map(l, 0x7c000000, 0x7c000000, 0x1000000, TRANS_MEM_DEVICE,
	    TRANS_WRITE);
	map(l, 0x7d000000, 0x7d000000, 0x1000000, TRANS_MEM_NORMAL, 0);
	map(l, 0x7e000000, 0x7e000000, 0x1000000, TRANS_MEM_NORMAL,
	    TRANS_WRITE);
	map(l, 0x7f000000, 0, 0x1000000, TRANS_MEM_NORMAL, TRANS_WRITE);
	switch_to(l);
	set.count = 0;
	assert_int_equal(trans_identity_memory(&of, &set, NULL), 0);
	assert_int_equal(set.count, 2);
	assert_true(storage[0].start == 1ULL << 30 &&
		    storage[0].len == 0x3c000000);
	assert_true(storage[1].start == 0x7e000000 &&
		    storage[1].len == 0x1000000);
	trans_ranges_init(&set, storage, 1);
	assert_int_equal(trans_identity_memory(&of, &set, NULL),
			 TRANS_ENOSPC);
}

/* Ranges that end at 2^64, begin in its last granule, or pass it. */
static void memory_at_the_top(void **state)
{
	struct live *l = *state;
	struct trans_range ram = { 1ULL << 30, -(1ULL << 30) }, storage[4];
	struct trans_ranges of = { &ram, 1, 1 }, set;
	struct trans_error err;

	trans_ranges_init(&set, storage, 4);
	create(l, TRANS_EL1_0);
	map(l, 0, 0, 0x7c000000, TRANS_MEM_NORMAL, TRANS_WRITE);
	switch_to(l);
	assert_int_equal(trans_identity_memory(&of, &set, NULL), 0);
	assert_int_equal(set.count, 1);
	assert_true(storage[0].start == 1ULL << 30 &&
		    storage[0].len == 0x3c000000);
	set.count = 0;
	ram = (struct trans_range){ -16ULL, 16 };
	assert_int_equal(trans_identity_memory(&of, &set, NULL), 0);
	assert_int_equal(set.count, 0);
	ram.len = 17;
	assert_int_equal(trans_identity_memory(&of, &set, &err), TRANS_ERANGE);
	assert_string_equal(err.why, "a range passes 2^64");
	fake_arch.reg[TRANS_SCTLR_EL1] = 0; /* MMU off: likewise */
	assert_int_equal(trans_identity_memory(&of, &set, NULL), TRANS_ERANGE);
	assert_int_equal(set.count, 0);
}

/* Registers that not every firmware grants are left alone. */
static void live_registers(void **state)
{
	struct trans_cpu cpu = { .el = 1 };
	struct trans_regs regs;

	(void)state;
	fake_arch.reg[TRANS_CURRENTEL] = 1 << 2;
	fake_arch.reg[TRANS_SCTLR_EL1] = SCTLR_M;
	fake_arch.reg[TRANS_TTBR0_EL1] = 0x40001000;
	fake_arch.reg[TRANS_TCR2_EL1] = 2;
	fake_arch.reg[TRANS_PIR_EL1] = 0xff;
	assert_true(trans_regs_live(&cpu, &regs));
	assert_true(regs.ttbr == 0x40001000 && !regs.tcr2 && !regs.pir);
	cpu.granted = TRANS_GRANT_TCR2 | TRANS_GRANT_PIE;
	fake_arch.granted = cpu.granted;
	assert_true(trans_regs_live(&cpu, &regs));
	assert_true(regs.tcr2 == 2 && regs.pir == 0xff);
	cpu.el = 2;
	fake_arch.reg[TRANS_CURRENTEL] = 2 << 2;
	assert_false(trans_regs_live(&cpu, &regs));
}

/* ---- errors -------------------------------------------------------------- */

struct said {
	char text[256];
	size_t len;
};

static int put(void *arg, const char *text, size_t len)
{
	struct said *s = arg;

	assert_true(s->len + len < sizeof(s->text));
	memcpy(s->text + s->len, text, len);
	s->len += len;
	return 7;
}

static void says(const struct trans_error *err, const char *want)
{
	struct said s = { .len = 0 };

	assert_int_equal(trans_error_print(err, put, &s), 7);
	s.text[s.len] = 0;
	assert_string_equal(s.text, want);
}

static void errors_as_text(void **state)
{
	struct trans_error err = { .status = TRANS_EFDT, .why = "no room",
				   .level = TRANS_NO_LEVEL };

	(void)state;
	says(&err, "TRANS_EFDT: no room\n");
	err.len = 0x1000;
	says(&err, "TRANS_EFDT: no room (len=0x1000)\n");
	err.pa = 0x40000000;
	err.va = UINT64_MAX;
	err.desc = 3;
	says(&err, "TRANS_EFDT: no room (va=0xffffffffffffffff pa=0x40000000 "
		   "len=0x1000 desc=0x3)\n");
	err = (struct trans_error){ .status = -99, .level = -1 };
	says(&err, "TRANS_E?: nothing is known of it (level=-1)\n");
	err.level = 3;
	says(&err, "TRANS_E?: nothing is known of it (level=3)\n");
}

#define LIVE(f) cmocka_unit_test_setup_teardown(f, open_live, close_live)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clean_takes_whole_lines),
		cmocka_unit_test(mmio_by_pointer),
		LIVE(identity_without_mmu),
		LIVE(identity_as_loaders_have_it),
		LIVE(identity_with_vhe),
		LIVE(identity_of_most_of_it),
		LIVE(identity_that_is_none),
		LIVE(identity_execute_never),
		LIVE(identity_write_or_execute),
		LIVE(identity_not_cacheable),
		LIVE(identity_out_of_sight),
		LIVE(identity_reserved), LIVE(memory_that_is_mapped),
		LIVE(memory_at_the_top),
		LIVE(live_registers),
		cmocka_unit_test(errors_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
