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

#define PAGE_DESC (3ULL | 3 << 8 | 1 << 10 | 1ULL << 53) /* Normal, XN, SH */
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
	assert_int_equal(scanned(0x9000000 | 1 << 2 |
				 (PAGE_DESC & ~(1ULL << 53))),
			 RULE_DEVICE_EXEC);
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

static const struct pending one = { .desc_pa = 0x2018, .va = 0x3000,
				    .len = 0x1000, .asid = 5, .el = 1,
				    .state = PENDING_STORED };
static struct pendings *p;

static int begin(void **state)
{
	(void)state;
	p = calloc(1, sizeof(*p));
	pending_add(p, &one);
	return !p;
}

static int end(void **state)
{
	(void)state;
	free(p);
	return 0;
}

static struct sys tlbi(enum tlbi_scope scope, uint8_t el)
{
	return (struct sys){ .kind = SYS_TLBI, .scope = (uint8_t)scope,
			     .el = el };
}

/* Store, DSB, TLBI, DSB; in any other order something is missing. */
static void pending_way(void **state)
{
	struct sys all = tlbi(TLBI_ALL, 1);
	struct tlbi_range none = { 0, 0, 0 };

	(void)state;
	assert_ptr_equal(pending_of(p, 0x2018), &p->list[0]);
	pending_dsb(p, 0, true, true);
	assert_int_equal(p->count, 1);
	assert_false(pending_tlbi(p, 0, &all, &none));
	pending_dsb(p, 0, true, false);
	assert_int_equal(p->count, 1);
	pending_dsb(p, 0, true, true);
	assert_int_equal(p->count, 0);
}

static void pending_too_early(void **state)
{
	struct sys all = tlbi(TLBI_ALL, 1);
	struct tlbi_range none = { 0, 0, 0 };

	(void)state;
	assert_true(pending_tlbi(p, 0, &all, &none));
}

static bool forgets(enum tlbi_scope scope, uint8_t el, uint64_t va,
		    uint16_t asid)
{
	struct sys sys = tlbi(scope, el);
	struct tlbi_range range = { va, 0x1000, asid };

	p->count = 0;
	pending_add(p, &one);
	pending_dsb(p, 0, true, true);
	pending_tlbi(p, 0, &sys, &range);
	pending_dsb(p, 0, true, true);
	return !p->count;
}

static void pending_scopes(void **state)
{
	(void)state;
	assert_true(forgets(TLBI_ALL, 1, 0, 0));
	assert_false(forgets(TLBI_ALL, 2, 0, 0));
	assert_true(forgets(TLBI_VA, 1, 0x3000, 5));
	assert_false(forgets(TLBI_VA, 1, 0x3000, 6));
	assert_false(forgets(TLBI_VA, 1, 0x4000, 5));
	assert_true(forgets(TLBI_VA_ANY_ASID, 1, 0x3000, 6));
	assert_true(forgets(TLBI_ASID, 1, 0, 5));
	assert_false(forgets(TLBI_ASID, 1, 0, 6));
}

static void pending_overflow(void **state)
{
	(void)state;
	for (unsigned int i = 1; i < PENDING_MAX; i++)
		pending_add(p, &one);
	assert_false(p->overflow);
	pending_add(p, &one);
	assert_true(p->overflow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves),
		cmocka_unit_test(tables_outside),
		cmocka_unit_test(contiguous_groups),
		cmocka_unit_test(changes),
		cmocka_unit_test_setup_teardown(pending_way, begin, end),
		cmocka_unit_test_setup_teardown(pending_too_early, begin, end),
		cmocka_unit_test_setup_teardown(pending_scopes, begin, end),
		cmocka_unit_test_setup_teardown(pending_overflow, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
