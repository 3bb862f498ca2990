/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The checker's decoder, on what the assembler makes of each instruction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/hazard/lines.h"
#include "tests/hazard/sys.h"

static const struct {
	uint32_t insn;
	enum sys_kind kind;
	int dc;
} ops[] = {
	{ 0xd5087623, SYS_DC, LINE_IVAC },  { 0xd50b7a23, SYS_DC, LINE_CVAC },
	{ 0xd50b7b23, SYS_DC, LINE_CVAU },  { 0xd50b7e23, SYS_DC, LINE_CIVAC },
	{ 0xd50b7423, SYS_ZVA, 0 },         { 0xd5087e43, SYS_SET_WAY, 0 },
	{ 0xd508751f, SYS_IC_ALL, 0 },      { 0xd508711f, SYS_IC_ALL, 0 },
	{ 0xd50b7523, SYS_IC_VA, 0 },       { 0xd5033f9f, SYS_DSB, 0 },
	{ 0xd5033fbf, SYS_DMB, 0 },         { 0xd5033fdf, SYS_ISB, 0 },
	{ 0xd69f03e0, SYS_ERET, 0 },        { 0xd4000002, SYS_CALL, 0 },
	{ 0xd4000003, SYS_CALL, 0 },
	/* MRS DCZID_EL0, CTR_EL0; DSB SYnXS, which is none that counts */
	{ 0xd53b00e3, SYS_DCZID, 0 },       { 0xd53b0023, SYS_NONE, 0 },
	{ 0xd5033e3f, SYS_NONE, 0 },
	/* MSR SCTLR_EL1, TCR_EL2, TTBR0_EL1, MAIR_EL1, HCR_EL2 */
	{ 0xd5181003, SYS_MSR, 0 },         { 0xd51c2043, SYS_MSR, 0 },
	{ 0xd5182003, SYS_MSR, 0 },         { 0xd518a203, SYS_MSR, 0 },
	{ 0xd51c1103, SYS_MSR, 0 },
	/* MSR VBAR_EL1, MRS, MSR DAIFSet, NOP, LDR, TLBI IPAS2E1IS */
	{ 0xd518c003, SYS_NONE, 0 },        { 0xd5381003, SYS_NONE, 0 },
	{ 0xd5034fdf, SYS_NONE, 0 },        { 0xd503201f, SYS_NONE, 0 },
	{ 0xf9400020, SYS_NONE, 0 },        { 0xd50c8023, SYS_NONE, 0 },
};

static void kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		struct sys sys = sys_decode(ops[i].insn);

		assert_int_equal(sys.kind, ops[i].kind);
		assert_int_equal(sys.dc, ops[i].dc);
		assert_int_equal(sys.rt, ops[i].insn & 31);
	}
}

static const struct {
	uint32_t insn;
	enum tlbi_scope scope;
	unsigned int el;
	bool shared, el1_name, last;
} tlbis[] = {
	{ 0xd508871f, TLBI_ALL, 1, false, true, false }, /* VMALLE1 */
	{ 0xd508831f, TLBI_ALL, 1, true, true, false }, /* VMALLE1IS */
	{ 0xd50c879f, TLBI_ALL, 1, false, false, false }, /* ALLE1 */
	{ 0xd50c83df, TLBI_ALL, 1, true, false, false }, /* VMALLS12E1IS */
	{ 0xd50c871f, TLBI_ALL, 2, false, false, false }, /* ALLE2 */
	{ 0xd50c831f, TLBI_ALL, 2, true, false, false }, /* ALLE2IS */
	{ 0xd5088723, TLBI_VA, 1, false, true, false }, /* VAE1 */
	{ 0xd50883a3, TLBI_VA, 1, true, true, true }, /* VALE1IS */
	{ 0xd50883e3, TLBI_VA_ANY_ASID, 1, true, true, true },
	{ 0xd50c87a3, TLBI_VA, 2, false, false, true }, /* VALE2 */
	{ 0xd50882a3, TLBI_RANGE, 1, true, true, true }, /* RVALE1IS */
	{ 0xd5088363, TLBI_VA_ANY_ASID, 1, true, true, false },
	{ 0xd5088343, TLBI_ASID, 1, true, true, false },
	{ 0xd50c8723, TLBI_VA, 2, false, false, false }, /* VAE2 */
	{ 0xd5088223, TLBI_RANGE, 1, true, true, false }, /* RVAE1IS */
	{ 0xd5088663, TLBI_RANGE_ANY_ASID, 1, false, true, false },
};

static void tlbi_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tlbis) / sizeof(*tlbis); i++) {
		struct sys sys = sys_decode(tlbis[i].insn);

		assert_int_equal(sys.kind, SYS_TLBI);
		assert_int_equal(sys.scope, tlbis[i].scope);
		assert_int_equal(sys.el, tlbis[i].el);
		assert_int_equal(sys.shared, tlbis[i].shared);
		assert_int_equal(sys.el1_name, tlbis[i].el1_name);
		assert_int_equal(sys.last, tlbis[i].last);
	}
}

static void ic_is_of_one_cpu_or_of_all(void **state)
{
	(void)state;
	assert_false(sys_decode(0xd508751f).shared);
	assert_true(sys_decode(0xd508711f).shared);
}

static void barriers(void **state)
{
	struct sys sys = sys_decode(0xd5033f9f); /* DSB SY */

	(void)state;
	assert_int_equal(sys.domain, DOMAIN_SYSTEM);
	assert_int_equal(sys.types, BARRIER_BOTH);
	sys = sys_decode(0xd503379f); /* DSB NSH */
	assert_int_equal(sys.domain, DOMAIN_NONE);
	sys = sys_decode(0xd5033a9f); /* DSB ISHST */
	assert_int_equal(sys.domain, DOMAIN_INNER);
	assert_int_equal(sys.types, BARRIER_STORES);
	assert_int_equal(sys_decode(0xd503399f).types, BARRIER_LOADS);
}

static void ranges(void **state)
{
	/* ASID 7, VA 0xffff800012345000 */
	struct tlbi_range r = sys_tlbi_range(
		TLBI_VA, 7ULL << 48 | (0xffff800012345ULL &
				       ((1ULL << 44) - 1)), false);

	(void)state;
	assert_int_equal(r.va, 0xffff800012345000ULL);
	assert_int_equal(r.len, 0x1000);
	assert_int_equal(r.asid, 7);
	/* TG 4K, SCALE 1, NUM 2: 3 * 2^6 granules */
	r = sys_tlbi_range(TLBI_RANGE, 1ULL << 46 | 1ULL << 44 | 2ULL << 39 |
			   0x40000, false);
	assert_int_equal(r.va, 0x40000000);
	assert_int_equal(r.len, 3 * 64 * 4096);
	/* TG 64K, SCALE 0, NUM 0 */
	r = sys_tlbi_range(TLBI_RANGE, 3ULL << 46 | 0x4000, false);
	assert_int_equal(r.va, 0x40000000);
	assert_int_equal(r.len, 2 * 65536);
	/* TG 4K with DS: the address in 64 KiB, the length in pages */
	r = sys_tlbi_range(TLBI_RANGE, 1ULL << 46 | 0x4000, true);
	assert_int_equal(r.va, 0x40000000);
	assert_int_equal(r.len, 2 * 4096);
}

static void levels(void **state)
{
	struct tlbi_range r = sys_tlbi_range(TLBI_VA, 0x40000, false);

	(void)state;
	assert_int_equal(r.shift, 0);
	assert_int_equal(r.level, 0);
	r = sys_tlbi_range(TLBI_VA, 0xeULL << 44 | 0x40000, false);
	assert_int_equal(r.va, 0x40000000);
	assert_int_equal(r.shift, 16); /* TTL 0b1110: 64K, level 2 */
	assert_int_equal(r.level, 2);
	/* Without a granule the rest is nothing. */
	assert_int_equal(sys_tlbi_range(TLBI_VA, 2ULL << 44, false).level, 0);
	r = sys_tlbi_range(TLBI_RANGE, 2ULL << 46 | 3ULL << 37, false);
	assert_int_equal(r.shift, 14);
	assert_int_equal(r.level, 3);
}

static void zva_blocks(void **state)
{
	(void)state;
	assert_int_equal(sys_zva_block(4), 64);
	assert_int_equal(sys_zva_block(0x16), 256); /* DZP is none of it */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(tlbi_kinds),
		cmocka_unit_test(ic_is_of_one_cpu_or_of_all),
		cmocka_unit_test(barriers),
		cmocka_unit_test(ranges),
		cmocka_unit_test(levels),
		cmocka_unit_test(zva_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
