/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* What the checker says of live tables, of changes to them, and of what may
 * still be held of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/hazard/tables.h"

/* Normal, SH, AF, PXN, UXN */
#define PAGE_DESC (3ULL | 3 << 8 | 1 << 10 | 3ULL << 53)
#define RAM 0x40000000ULL

static uint64_t memory[4][512]; /* at 0x1000, ... */
static unsigned int tables_seen;
static enum rule last;

static bool read_at(void *arg, uint64_t pa, uint64_t *desc)
{
	(void)arg;
	if (pa < 0x1000 || pa >= 0x5000)
		return false;
	*desc = memory[pa / 0x1000 - 1][pa % 0x1000 / 8];
	return true;
}

static bool is_ram(void *arg, uint64_t pa, uint64_t len)
{
	(void)arg;
	return pa >= RAM && pa + len <= 2 * RAM;
}

static void table(void *arg, const struct tree *tree, uint64_t pa, uint64_t va,
		  int level)
{
	(void)arg, (void)tree, (void)pa, (void)va, (void)level;
	tables_seen++;
}

static void found(void *arg, enum rule rule, uint64_t va, uint64_t desc)
{
	(void)arg, (void)va, (void)desc;
	last = rule;
}

static const struct tables_ops ops = { read_at, is_ram, is_ram, table, found,
				       NULL };
/* 4K, 30 bits: level 2 is the root; attribute 0 is Normal, 1 Device. */
static const struct tree tree = { .root = 0x1000, .shift = 12, .bits = 30,
				  .start = 2, .cached = true, .el = 1,
				  .two = true, .mair = 0x04ff };

static enum rule scanned(uint64_t desc)
{
	memset(memory, 0, sizeof(memory));
	memory[0][1] = 0x2003;
	memory[1][3] = desc;
	last = RULE_NONE;
	tables_seen = 0;
	tables_scan(&tree, true, &ops);
	return last;
}

static void leaves(void **state)
{
	(void)state;
	assert_int_equal(scanned(RAM | PAGE_DESC), RULE_NONE);
	assert_int_equal(tables_seen, 2);
	assert_int_equal(scanned(0x9000000 | PAGE_DESC), RULE_NORMAL_NOT_RAM);
	assert_int_equal(scanned(RAM | (PAGE_DESC & ~(1ULL << 53))),
			 RULE_WRITE_EXEC);
	assert_int_equal(scanned(RAM | 1 << 7 | (PAGE_DESC & ~(1ULL << 53))),
			 RULE_NONE);
	assert_int_equal(scanned(RAM | (PAGE_DESC & ~(3ULL << 8))),
			 RULE_NOT_INNER_SHAREABLE);
	assert_int_equal(scanned(0x9000000 | 1 << 2 | PAGE_DESC), RULE_NONE);
	assert_int_equal(scanned(RAM | 1 << 2 | PAGE_DESC), RULE_DEVICE_RAM);
	for (unsigned int never = 53; never < 55; never++)
		assert_int_equal(scanned(0x9000000 | 1 << 2 |
					 (PAGE_DESC & ~(1ULL << never))),
				 RULE_DEVICE_EXEC);
}

/* Where an address is in the place of SH, TCR says it for all. */
static void shareability_with_ds(void **state)
{
	struct tree wide = tree;

	(void)state;
	scanned(RAM | (PAGE_DESC & ~(3ULL << 8)));
	wide.ds = true;
	wide.share = 3;
	last = RULE_NONE;
	tables_scan(&wide, true, &ops);
	assert_int_equal(last, RULE_NONE);
	wide.share = 2;
	tables_scan(&wide, true, &ops);
	assert_int_equal(last, RULE_NOT_INNER_SHAREABLE);
}

static void tables_outside(void **state)
{
	(void)state;
	scanned(RAM | PAGE_DESC);
	memory[0][2] = 0x100003;
	last = RULE_NONE;
	tables_scan(&tree, true, &ops);
	assert_int_equal(last, RULE_WALK_OUTSIDE_RAM);
}

static enum rule group(unsigned int odd, uint64_t change, uint64_t start)
{
	memset(memory, 0, sizeof(memory));
	memory[0][0] = 0x2003;
	for (unsigned int i = 0; i < 16; i++)
		memory[1][16 + i] = (start + i * 0x1000) | PAGE_DESC |
				    DESC_CONT;
	memory[1][16 + odd] ^= change;
	last = RULE_NONE;
	tables_scan(&tree, true, &ops);
	return last;
}

static void contiguous_groups(void **state)
{
	(void)state;
	assert_int_equal(group(0, 0, RAM), RULE_NONE);
	assert_int_equal(group(7, 1 << 10, RAM), RULE_NONE); /* AF may differ */
	assert_int_equal(group(7, 1 << 7, RAM), RULE_CONT_UNEVEN);
	assert_int_equal(group(7, 1ULL << 50, RAM), RULE_CONT_UNEVEN);
	assert_int_equal(group(7, 1ULL << 51, RAM), RULE_CONT_UNEVEN);
	assert_int_equal(group(7, 0x20000, RAM), RULE_CONT_UNEVEN);
	assert_int_equal(group(7, DESC_CONT, RAM), RULE_CONT_UNEVEN);
	assert_int_equal(group(0, 0, RAM + 0x1000), RULE_CONT_UNALIGNED);
}

static void changes(void **state)
{
	uint64_t desc = RAM | PAGE_DESC;

	(void)state;
	assert_int_equal(table_change(&tree, 3, 0, desc), RULE_NONE);
	assert_int_equal(table_change(&tree, 3, desc, desc), RULE_NONE);
	assert_int_equal(table_change(&tree, 3, desc, desc & ~1ULL),
			 RULE_TLB_PENDING);
	assert_int_equal(table_change(&tree, 3, desc, desc | 1 << 7),
			 RULE_TLB_PENDING);
	assert_int_equal(table_change(&tree, 3, desc, desc + 0x1000), RULE_BBM);
	assert_int_equal(table_change(&tree, 3, desc, desc ^ 1 << 2), RULE_BBM);
	assert_int_equal(table_change(&tree, 3, desc, desc | DESC_CONT),
			 RULE_BBM);
}

static void changes_that_are_not_held(void **state)
{
	uint64_t no_af = RAM | (PAGE_DESC & ~DESC_AF);
	struct tree af_by_hardware = tree;

	(void)state;
	af_by_hardware.ha = true;
	assert_int_equal(table_change(&tree, 3, no_af, 0), RULE_NONE);
	assert_int_equal(table_change(&af_by_hardware, 3, no_af, 0),
			 RULE_TLB_PENDING);
}

static void changes_of_tables(void **state)
{
	struct tree wide = tree;

	(void)state;
	wide.ds = true;
	assert_int_equal(table_change(&tree, 2, 0x2003, 0x2003 | 1ULL << 62),
			 RULE_TLB_PENDING);
	assert_int_equal(table_change(&tree, 2, 0x2003, 0x3003), RULE_BBM);
	assert_int_equal(table_change(&tree, 2, 0x2003, 0x2103),
			 RULE_TLB_PENDING);
	assert_int_equal(table_change(&wide, 2, 0x2003, 0x2103), RULE_BBM);
	assert_int_equal(table_change(&tree, 2, 0x2003, RAM | 0x701),
			 RULE_BBM);
}

static const struct pending one = {
	.desc_pa = 0x2018, .va = 0x3000, .len = 0x1000, .asid = 5, .el = 1,
	.held = 1, .leaf = true, .shift = 12, .level = 3
};
static struct pendings *p;
static unsigned int told;

static int begin(void **state)
{
	(void)state;
	p = calloc(1, sizeof(*p));
	told = 0;
	return !p || !pending_add(p, &one);
}

static int end(void **state)
{
	(void)state;
	free(p);
	return 0;
}

static void hold(const struct pending *held)
{
	p->count = 0;
	assert_true(pending_add(p, held));
	pending_dsb(p, 0, true, true, true);
}

static struct sys tlbi(enum tlbi_scope scope, uint8_t el)
{
	return (struct sys){ .kind = SYS_TLBI, .scope = (uint8_t)scope,
			     .el = el };
}

static const struct tlbi_range none;

/* Store, DSB, TLBI, DSB; in any other order something is missing. */
static void pending_way(void **state)
{
	struct sys all = tlbi(TLBI_ALL, 1);

	(void)state;
	assert_ptr_equal(pending_of(p, 0x2018), &p->list[0]);
	pending_dsb(p, 0, true, true, true);
	assert_int_equal(p->count, 1);
	assert_false(pending_tlbi(p, 0, &all, &none));
	pending_dsb(p, 0, true, false, true);
	assert_int_equal(p->count, 1);
	pending_dsb(p, 0, true, true, false);
	assert_int_equal(p->count, 0);
}

static void pending_too_early(void **state)
{
	struct sys all = tlbi(TLBI_ALL, 1);

	(void)state;
	assert_true(pending_tlbi(p, 0, &all, &none));
	/* By another CPU's barrier it was not seen. */
	pending_dsb(p, 1, true, true, true);
	assert_true(pending_tlbi(p, 0, &all, &none));
}

static bool forgets(const struct pending *held, struct sys sys, uint64_t va,
		    uint16_t asid)
{
	struct tlbi_range range = { va, 0x1000, asid, 0, 0 };

	hold(held);
	pending_tlbi(p, 0, &sys, &range);
	pending_dsb(p, 0, true, true, true);
	return !p->count;
}

static void pending_scopes(void **state)
{
	struct pending global = one;

	(void)state;
	global.global = true;
	assert_true(forgets(&one, tlbi(TLBI_ALL, 1), 0, 0));
	assert_false(forgets(&one, tlbi(TLBI_ALL, 2), 0, 0));
	assert_true(forgets(&one, tlbi(TLBI_VA, 1), 0x3000, 5));
	assert_false(forgets(&one, tlbi(TLBI_VA, 1), 0x3000, 6));
	assert_true(forgets(&global, tlbi(TLBI_VA, 1), 0x3000, 6));
	assert_false(forgets(&one, tlbi(TLBI_VA, 1), 0x4000, 5));
	assert_true(forgets(&one, tlbi(TLBI_VA_ANY_ASID, 1), 0x3000, 6));
	assert_true(forgets(&one, tlbi(TLBI_ASID, 1), 0, 5));
	assert_false(forgets(&one, tlbi(TLBI_ASID, 1), 0, 6));
	assert_false(forgets(&global, tlbi(TLBI_ASID, 1), 0, 5));
}

/* VALE1 leaves what was walked through on the way. */
static void pending_tables(void **state)
{
	struct sys last_level = tlbi(TLBI_VA, 1);
	struct pending way = one;

	(void)state;
	last_level.last = true;
	way.leaf = false;
	assert_true(forgets(&one, last_level, 0x3000, 5));
	assert_false(forgets(&way, last_level, 0x3000, 5));
	assert_true(forgets(&way, tlbi(TLBI_VA, 1), 0x3000, 5));
}

static bool forgets_level(uint8_t shift, uint8_t level)
{
	struct sys sys = tlbi(TLBI_VA, 1);
	struct tlbi_range range = { 0x3000, 0x1000, 5, shift, level };

	hold(&one);
	pending_tlbi(p, 0, &sys, &range);
	pending_dsb(p, 0, true, true, true);
	return !p->count;
}

static void pending_levels(void **state)
{
	(void)state;
	assert_true(forgets_level(12, 3));
	assert_true(forgets_level(12, 0));
	assert_false(forgets_level(12, 2));
	assert_false(forgets_level(16, 3));
}

/* Two CPUs walk it: each must be told, by one for all or by its own. */
static void pending_cpus(void **state)
{
	struct sys mine = tlbi(TLBI_ALL, 1), all = mine;
	struct pending both = one;

	(void)state;
	both.held = 3;
	all.shared = true;
	assert_false(forgets(&both, mine, 0, 0));
	assert_int_equal(p->list[0].held, 2);
	pending_tlbi(p, 1, &mine, &none);
	pending_dsb(p, 1, true, true, false);
	assert_int_equal(p->count, 0);
	assert_true(forgets(&both, all, 0, 0));
	hold(&both);
	pending_tlbi(p, 0, &all, &none);
	pending_dsb(p, 1, true, true, true); /* who did not give it */
	assert_int_equal(p->list[0].held, 3);
	pending_dsb(p, 0, true, true, false); /* NSH: its own only */
	assert_int_equal(p->list[0].held, 2);
}

static void tell(void *arg, const struct pending *held)
{
	(void)arg, (void)held;
	told++;
}

static void pending_at_the_switch(void **state)
{
	struct sys mine = tlbi(TLBI_ALL, 1);
	struct pending both = one;

	(void)state;
	both.held = 3;
	hold(&both);
	pending_drop(p, 0, 2, tell, NULL);
	assert_int_equal(told, 0);
	pending_drop(p, 0, 1, tell, NULL);
	assert_int_equal(told, 1);
	pending_tlbi(p, 1, &mine, &none);
	pending_drop(p, 1, 1, tell, NULL);
	assert_int_equal(told, 1);
	assert_int_equal(p->count, 0);
}

static void pending_overflow(void **state)
{
	struct pending nobody = one;

	(void)state;
	for (unsigned int i = 1; i < PENDING_MAX; i++)
		assert_true(pending_add(p, &one));
	assert_false(pending_add(p, &one));
	p->count = nobody.held = 0;
	assert_true(pending_add(p, &nobody));
	assert_int_equal(p->count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves),
		cmocka_unit_test(tables_outside),
		cmocka_unit_test(contiguous_groups),
		cmocka_unit_test(changes),
		cmocka_unit_test(changes_that_are_not_held),
		cmocka_unit_test(changes_of_tables),
		cmocka_unit_test(shareability_with_ds),
		cmocka_unit_test_setup_teardown(pending_way, begin, end),
		cmocka_unit_test_setup_teardown(pending_too_early, begin, end),
		cmocka_unit_test_setup_teardown(pending_scopes, begin, end),
		cmocka_unit_test_setup_teardown(pending_tables, begin, end),
		cmocka_unit_test_setup_teardown(pending_levels, begin, end),
		cmocka_unit_test_setup_teardown(pending_cpus, begin, end),
		cmocka_unit_test_setup_teardown(pending_at_the_switch, begin,
						end),
		cmocka_unit_test_setup_teardown(pending_overflow, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
