/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The way into a saved kernel: the code around cpu_resume as kernels have it,
 * and each thing about it that may be otherwise; tables of each shape; and the
 * registers of a virtual entry, against those that worked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "hibernate/resume/saved_kernel.h"
#include "tests/unit/support/resume_world.h"
#include "tests/unit/support/workers.h"

#define MIB (1ULL << 20)
#define BASE 0x40000000ULL
#define REENTER 0xffff800008010800ULL
#define TTBR1 (BASE + 0x3000)

/* Memory of a kernel: one piece, of which single pages may be missing. */
struct fixture {
	struct memory m;
	struct trans_saved_memory memory;
	trans_pa_t hole;
	uint64_t hole_len;
	trans_pa_t hidden; /* the host gives no access to it; 0: to all */
	unsigned long looks; /* calls of piece_at */
	uint64_t worked, stop_at; /* bytes told; 0: nobody stops */
	struct trans_error err;
};

static bool in_hole(const struct fixture *f, trans_pa_t pa, uint64_t len)
{
	return f->hole_len && pa < f->hole + f->hole_len && f->hole < pa + len;
}

/* Stretches of 64 KiB, so that some things lie across two of them, or to where
 * the hole begins. */
static uint64_t next_piece(void *ctx, trans_pa_t *pa)
{
	struct fixture *f = ctx;

	if (*pa < BASE)
		*pa = BASE;
	if (in_hole(f, *pa, 1))
		*pa = f->hole + f->hole_len;
	if (*pa >= BASE + f->m.len)
		return 0;
	return in_hole(f, *pa, 65536) ? f->hole - *pa : 65536;
}

static const void *piece_at(void *ctx, trans_pa_t pa, uint64_t len)
{
	struct fixture *f = ctx;

	f->looks++;
	if (pa < BASE || pa - BASE > f->m.len || len > f->m.len - (pa - BASE) ||
	    in_hole(f, pa, len) || (f->hidden && f->hidden - pa < len))
		return NULL;
	return memory_at(&f->m, pa);
}

static bool piece_holds(void *ctx, trans_pa_t pa, uint64_t len)
{
	const struct fixture *f = ctx;

	return pa >= BASE && pa - BASE < f->m.len && !in_hole(f, pa, len);
}

static int piece_work(void *ctx, uint64_t bytes)
{
	struct fixture *f = ctx;

	f->worked += bytes;
	return f->stop_at && f->worked >= f->stop_at;
}

static void word(struct fixture *f, trans_pa_t pa, uint64_t value)
{
	memcpy(memory_at(&f->m, pa), &value, sizeof(value));
}

static void code(struct fixture *f, trans_pa_t pa, uint32_t insn)
{
	memcpy(memory_at(&f->m, pa), &insn, sizeof(insn));
}

static int set_up(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	memory_init(&f.m, BASE, MIB, 12);
	memset(f.m.bytes, 0, MIB);
	f.memory = (struct trans_saved_memory){
		.next = next_piece, .at = piece_at, .ctx = &f,
		.holds = piece_holds, .work = piece_work };
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	memory_free(&f->m);
	return 0;
}

/* ---- cpu_resume ---- */

#define INIT (BASE + 0x20000)

/* As in 6.1; returns where it starts. The literal is at @literal, the use just
 * before it. */
static trans_pa_t put_entry(struct fixture *f, trans_pa_t literal)
{
	trans_pa_t use = literal - 8, at = use - 24;

	code(f, at, code_bl(at, INIT));
	code(f, at + 4, code_bl(at + 4, INIT + 0x100));
	code(f, at + 8, code_bl(at + 8, INIT + 0x100));
	code(f, at + 12, code_adrp(at + 12, TTBR1, 1));
	code(f, at + 16, code_adrp(at + 16, BASE + 0x5000, 2));
	code(f, at + 20, code_bl(at + 20, INIT + 0x100));
	code(f, use, code_ldr(use, literal, 8));
	code(f, use + 4, CODE_BR(8));
	word(f, literal, REENTER);
	code(f, INIT, CODE_BTI_C);
	code(f, INIT + 4, CODE_MRS_CURRENTEL);
	code(f, INIT + 8, CODE_RET);
	code(f, INIT + 0x100, CODE_RET);
	return at;
}

static const struct trans_range whole = { BASE, MIB };

/* What is found, and said, is the same with others' help, as many as have a
 * stretch, and more. The @lost-th does not answer; 0: each does. */
static int search_with(struct fixture *f, const struct trans_range *text,
		       unsigned int count, unsigned int lost,
		       trans_pa_t *found)
{
	static char buffer[TRANS_SWSUSP_BUFFER_FOR(12, TRANS_WORKERS_MAX)];
	static struct late_workers late;
	struct trans_swsusp image = {
		.info = { .page_shift = 12, .reenter = REENTER,
			  .ttbr1 = TTBR1 },
		.args = { .buffer = buffer, .buffer_len = sizeof(buffer),
			  .workers = &late.workers },
	};
	int ret;

	workers_late(&late, count, lost);
	ret = trans_find_physical_(&f->memory, text, &image, found, &f->err);
	assert_int_equal(workers_finish(&late), lost != 0);
	assert_true(late.ran || !count || text->len <= 65536);
	return ret;
}

static int search(struct fixture *f, const struct trans_range *text,
		  trans_pa_t *found)
{
	unsigned long looks = f->looks, after;
	trans_pa_t again = 0;
	int ret = search_with(f, text, 0, 0, found);

	after = f->looks;
	for (unsigned int n = 1; n <= TRANS_WORKERS_MAX; n += 2) {
		const char *why = f->err.why;

		f->looks = looks;
		assert_int_equal(search_with(f, text, n, 0, &again), ret);
		assert_true(ret ? f->err.why == why : again == *found);
		assert_int_equal(f->looks, after);
	}
	return ret;
}

static void finds(struct fixture *f, trans_pa_t entry)
{
	trans_pa_t found = 0;

	assert_int_equal(search(f, &whole, &found), 0);
	assert_int_equal(found, entry);
}

static void finds_none(struct fixture *f, const char *why)
{
	trans_pa_t found;

	assert_int_equal(search(f, &whole, &found), TRANS_EIMAGE);
	assert_string_equal(f->err.why, why);
}

#define NONE "no cpu_resume in the image"
#define MORE "more than one cpu_resume in the image"
#define MANY "too many words that could be cpu_resume's"

static void entry_of_6_1(void **state)
{
	struct fixture *f = *state;

	finds(f, put_entry(f, BASE + 0x10058));
}

/* mov x0, xzr comes first; the literal need not follow at once, and any
 * register will do. */
static void entry_of_6_12(void **state)
{
	struct fixture *f = *state;
	trans_pa_t at = put_entry(f, BASE + 0x10060), use = at + 24;

	word(f, BASE + 0x10060, 0);
	word(f, BASE + 0x100a0, REENTER);
	code(f, use, code_ldr(use, BASE + 0x100a0, 17));
	code(f, use + 4, CODE_BR(17));
	code(f, at - 4, CODE_MOV_X0_XZR);
	finds(f, at - 4);
}

/* The literal in one page (and one stretch), its use in another. */
static void entry_across_pages(void **state)
{
	struct fixture *f = *state;

	finds(f, put_entry(f, BASE + 0x30000));
}

static void entry_at_the_start_of_memory(void **state)
{
	struct fixture *f = *state;

	finds(f, put_entry(f, BASE + 32));
}

/* Another function that begins alike right before: it returns, so that nothing
 * leads from there to the use. */
static void entry_behind_another_function(void **state)
{
	static const uint32_t ends[] = { CODE_RET, CODE_BR(16), 0x14000400,
					 0xd69f03e0 /* eret */, 0 };
	struct fixture *f = *state;
	trans_pa_t at = put_entry(f, BASE + 0x10058);

	for (size_t i = 0; i < 5; i++) {
		code(f, at - 8, code_bl(at - 8, INIT));
		code(f, at - 4, ends[i]);
		finds(f, at);
	}
	/* BLR and a conditional branch do lead on. */
	code(f, at - 4, 0xd63f0100);
	finds(f, at - 8);
	code(f, at - 4, 0xb4000060);
	finds(f, at - 8);
}

static void copies_of_the_literal_alone(void **state)
{
	struct fixture *f = *state;
	trans_pa_t at = put_entry(f, BASE + 0x10058);

	for (trans_pa_t pa = BASE + 0x80000; pa < BASE + 0xa0000; pa += 0x808)
		word(f, pa, REENTER);
	word(f, BASE + 0x10060, REENTER); /* right behind the real one */
	finds(f, at);
}

/* A copy of the page elsewhere (a page cache, say) is no entry: its ADRP names
 * another page. */
static void copy_of_the_code(void **state)
{
	struct fixture *f = *state;
	trans_pa_t at = put_entry(f, BASE + 0x10058);

	memcpy(memory_at(&f->m, BASE + 0x90000),
	       memory_at(&f->m, BASE + 0x10000), 4096);
	memcpy(memory_at(&f->m, BASE + 0xa0000),
	       memory_at(&f->m, INIT), 4096);
	finds(f, at);
}

static void two_entries(void **state)
{
	struct fixture *f = *state;

	put_entry(f, BASE + 0x10058);
	put_entry(f, BASE + 0x50058);
	finds_none(f, MORE);
}

/* Another may be where nobody can look. */
static void a_stretch_out_of_reach(void **state)
{
	struct fixture *f = *state;
	trans_pa_t found = 0;

	put_entry(f, BASE + 0x10058);
	f->hidden = BASE + 0x50000;
	assert_int_equal(search(f, &whole, &found), TRANS_EFAULT);
	assert_string_equal(f->err.why, "no access to lent memory");
	assert_int_equal(f->err.pa, BASE + 0x50000);
}

/* Only the kernel's own text counts: neither a second one elsewhere nor the one
 * that is elsewhere. */
static void entry_in_the_text(void **state)
{
	struct fixture *f = *state;
	struct trans_range text = { BASE + 0x10000, 0x10000 };
	trans_pa_t found = 0, at = put_entry(f, BASE + 0x1fff8);
	trans_pa_t other = put_entry(f, BASE + 0x30108);

	assert_int_equal(search(f, &text, &found), 0);
	assert_int_equal(found, at);
	text.start = BASE + 0x30000;
	text.len = 0x1000;
	assert_int_equal(search(f, &text, &found), 0);
	assert_int_equal(found, other);
	text.start = BASE + 0x31000;
	assert_int_equal(search(f, &text, &found), TRANS_EIMAGE);
	assert_string_equal(f->err.why, NONE);
	/* Before one that is in the same stretch, behind the text. */
	text.start = BASE + 0x10000;
	assert_int_equal(search(f, &text, &found), TRANS_EIMAGE);
	assert_string_equal(f->err.why, NONE);
	finds_none(f, MORE);
}

static void a_worker_is_lost(void **state)
{
	struct fixture *f = *state;
	trans_pa_t found = 0;

	put_entry(f, BASE + 0x50058);
	for (unsigned int who = 1; who <= 3; who++) {
		assert_int_equal(search_with(f, &whole, 3, who, &found),
				 TRANS_ELOST);
		assert_string_equal(f->err.why, "a worker does not answer");
	}
}

/* Wherever among eight words the literal is. */
static void entry_at_each_word(void **state)
{
	struct fixture *f = *state;

	for (trans_pa_t at = 0; at < 128; at += 8) {
		memset(f->m.bytes, 0, MIB);
		finds(f, put_entry(f, BASE + 0x10040 + at));
	}
}

/* Memory made of nothing but the literal, or of what looks like its use, costs
 * no more than a fixed number of looks. */
static void words_made_to_take_time(void **state)
{
	struct fixture *f = *state;

	for (trans_pa_t pa = BASE; pa < BASE + MIB; pa += 8)
		word(f, pa, REENTER);
	finds_none(f, MANY);
	assert_in_range(f->looks, 128, 128 * 300);
	memset(f->m.bytes, 0, MIB);
	for (trans_pa_t pa = BASE + 0x40000; pa < BASE + 0x48000; pa += 0x100) {
		code(f, pa - 8, code_ldr(pa - 8, pa, 8));
		code(f, pa - 4, CODE_BR(8));
		word(f, pa, REENTER);
	}
	f->looks = 0;
	finds_none(f, MANY);
	assert_in_range(f->looks, 128, 128 * 300);
	/* One fewer than that, and there is an answer. */
	word(f, BASE + 0x40000, 0);
	finds_none(f, NONE);
}

/* Each part of the pattern, spoilt. */
static void no_entry(void **state)
{
	struct fixture *f = *state;
	trans_pa_t literal = BASE + 0x10058, at = put_entry(f, literal);
	trans_pa_t use = at + 24;

	word(f, literal, REENTER + 4);
	finds_none(f, NONE);
	word(f, literal, REENTER);
	code(f, use, code_ldr(use, literal + 8, 8));
	finds_none(f, NONE);
	code(f, use, code_ldr(use, literal, 8) | 1U << 31); /* prefetch */
	finds_none(f, NONE);
	code(f, use, code_ldr(use, literal, 8));
	code(f, use + 4, CODE_BR(9));
	finds_none(f, NONE);
	code(f, use + 4, CODE_BR(8));
	code(f, at + 12, code_adrp(at + 12, TTBR1 + 0x1000, 1));
	finds_none(f, NONE);
	code(f, at + 12, code_adrp(at + 12, TTBR1, 2));
	finds_none(f, NONE);
	code(f, at + 12, code_adrp(at + 12, TTBR1, 1));
	code(f, INIT + 4, CODE_MRS_MPIDR);
	finds_none(f, NONE);
	code(f, INIT + 4, CODE_RET); /* reads it, but after the return */
	code(f, INIT + 8, CODE_MRS_CURRENTEL);
	finds_none(f, NONE);
	code(f, INIT + 4, CODE_NOP);
	finds(f, at); /* the third is early enough */
	code(f, INIT + 8, CODE_NOP);
	code(f, INIT + 12, CODE_MRS_CURRENTEL);
	finds_none(f, NONE);
}

static void entry_too_far_away(void **state)
{
	struct fixture *f = *state;
	trans_pa_t literal = BASE + 0x10400, at = put_entry(f, BASE + 0x10060);
	trans_pa_t use = at + 24;

	word(f, BASE + 0x10060, 0);
	word(f, literal, REENTER);
	code(f, use, code_ldr(use, literal, 8));
	finds_none(f, NONE); /* 0x3a8 bytes */
}

static void code_that_is_not_in_the_image(void **state)
{
	struct fixture *f = *state;
	trans_pa_t at = put_entry(f, BASE + 0x10058);

	f->hole = INIT & ~0xfffULL;
	f->hole_len = 4096;
	finds_none(f, NONE);
	f->hole = 0;
	f->hole_len = 0;
	finds(f, at);
	finds(f, at);
}

/* ---- the exception level ---- */

#define RESUME (BASE + 0x40800)
#define RESTORE (BASE + 0x41000)

static void put_resume(struct fixture *f, uint32_t msr)
{
	code(f, RESUME, CODE_MRS_MPIDR | 1);
	code(f, RESUME + 4, code_bl(RESUME + 4, INIT + 0x100));
	code(f, RESUME + 8, code_bl(RESUME + 8, RESTORE));
	code(f, RESUME + 12, CODE_RET);
	code(f, INIT + 0x100, CODE_RET);
	for (unsigned int i = 0; i < 30; i++)
		code(f, RESTORE + 4 * i, CODE_NOP);
	code(f, RESTORE + 120, msr);
	code(f, RESTORE + 124, CODE_RET);
}

static void levels(void **state)
{
	struct fixture *f = *state;

	put_resume(f, CODE_MSR_TPIDR_EL1 | 13);
	assert_true(trans_find_is_cpu_resume_(&f->memory, RESUME));
	assert_int_equal(trans_find_level_(&f->memory, RESUME), TR_LEVEL_EL1);
	put_resume(f, CODE_MSR_TPIDR_EL2 | 7);
	assert_int_equal(trans_find_level_(&f->memory, RESUME), TR_LEVEL_VHE);
	put_resume(f, 0xd51bd042); /* TPIDR_EL0 says nothing */
	assert_int_equal(trans_find_level_(&f->memory, RESUME),
			 TR_LEVEL_UNKNOWN);
	put_resume(f, CODE_MSR_TPIDR_EL2 | 7);
	code(f, RESTORE, CODE_MSR_TPIDR_EL1 | 7); /* both */
	assert_int_equal(trans_find_level_(&f->memory, RESUME),
			 TR_LEVEL_UNKNOWN);
	put_resume(f, CODE_MSR_TPIDR_EL2 | 7);
	code(f, RESUME + 8, CODE_RET); /* never called */
	assert_int_equal(trans_find_level_(&f->memory, RESUME),
			 TR_LEVEL_UNKNOWN);
	code(f, RESUME, CODE_RET);
	assert_false(trans_find_is_cpu_resume_(&f->memory, RESUME));
}

/* ---- tables ---- */

/* PARange 44, ASIDs of 16 bits, 4K and 64K: Cortex-A57. */
static const struct trans_cpu a57 = { .el = 1, .mmfr0 = 0x1124 };
/* 52 bits with every granule, VHE, MTE: -cpu max. */
static const struct trans_cpu cpu_max = {
	.el = 1, .mmfr0 = 0x10200126, .mmfr1 = 0x100, .mmfr2 = 1 << 16,
};

struct shape_case {
	const struct trans_cpu *cpu;
	unsigned int shift, va_bits;
	bool ds, late;
	unsigned int expect_va;
	uint64_t tcr; /* 0: not known */
};

/* Values of TCR: those with which real kernels were woken (docs/hibernate.md,
 * "The way in"). */
static const struct shape_case cases[] = {
	{ &a57, 12, 48, false, false, 48, 0x34b5503510 },
	{ &cpu_max, 12, 52, true, false, 52, 0x8000036b54c3510 },
	{ &cpu_max, 12, 48, false, false, 48, 0 },
	{ &a57, 12, 39, false, false, 39, 0 },
	{ &a57, 16, 48, false, true, 48, 0x34f5507510 },
	{ &a57, 16, 48, false, false, 48, 0x34f5507510 },
	{ &a57, 16, 42, false, false, 42, 0 },
	{ &cpu_max, 16, 52, false, false, 52, 0 },
	{ &cpu_max, 14, 52, true, false, 52, 0x8000036754cb510 },
	{ &cpu_max, 14, 47, false, false, 47, 0 },
	{ &cpu_max, 14, 48, false, false, 48, 0 },
	{ &cpu_max, 14, 36, false, false, 36, 0 },
};

static const struct trans_attr exec = { TRANS_MEM_NORMAL, TRANS_EXEC };

/* Tables that lead from @va to RESUME; by the library, which the unit tests of
 * the core hold against an independent walker. */
static trans_pa_t put_tables(struct memory *m, const struct shape_case *c,
			     trans_va_t va, const struct trans_attr *attr)
{
	trans_pa_t page = RESUME & ~((1ULL << c->shift) - 1);
	struct trans_geometry geo;
	struct trans_table table;
	trans_pa_t root;

	assert_int_equal(trans_geometry_init(
		&geo, TRANS_EL1_0, (enum trans_granule)c->shift, c->va_bits,
		c->ds ? 52 : 44, TRANS_GEO_UPPER |
		(c->ds ? TRANS_GEO_DS : 0), NULL), 0);
	assert_int_equal(trans_table_create(&table, &geo, 0, &m->ops, m, NULL),
			 0);
	assert_int_equal(trans_table_map(&table, va & ~((1ULL << c->shift) - 1),
					 page, 1ULL << c->shift, attr,
					 TRANS_NOBLOCK, NULL), 0);
	if (!c->late)
		return table.root;
	/* 1024 entries, of which the last 64 are used. */
	assert_int_equal(m->ops.alloc(m, c->shift, 1, &root), 0);
	memset(memory_at(m, root), 0, 65536);
	memcpy(memory_at(m, root + 960 * 8), memory_at(m, table.root), 512);
	return root;
}

static trans_va_t va_for(const struct shape_case *c)
{
	trans_va_t first = ~((1ULL << c->va_bits) - 1);

	return first + (1ULL << (c->va_bits - 1)) +
	       (RESUME & ((1ULL << c->shift) - 1)) + (1ULL << 24);
}

static void shape_found(const struct shape_case *c)
{
	struct fixture f = { .hole_len = 0 };
	struct trans_swsusp_info info = { .page_shift = c->shift };
	struct tr_tables tables = { .root = 0 };
	struct trans_world world;
	int rc;

	memory_init(&f.m, BASE, MIB, c->shift);
	f.memory = (struct trans_saved_memory){
		.next = next_piece, .at = piece_at, .ctx = &f,
		.holds = piece_holds, .work = piece_work };
	for (trans_pa_t pa = BASE; pa < BASE + MIB; pa += 1U << c->shift)
		f.m.used[(pa - BASE) >> c->shift] = pa < BASE + 0x60000;
	put_resume(&f, CODE_MSR_TPIDR_EL1);
	info.reenter = va_for(c);
	info.ttbr1 = put_tables(&f.m, c, info.reenter, &exec);
	rc = trans_find_tables_(&f.memory, &info, c->cpu, TRANS_EL1_0, &tables,
				&f.err);
	assert_int_equal(rc, 0);
	assert_int_equal(tables.geo.va_bits, c->expect_va);
	assert_int_equal(tables.geo.ds, c->ds);
	assert_int_equal(tables.resume, RESUME);
	assert_int_equal(tables.root, info.ttbr1 + (c->late ? 0x1e00 : 0));
	assert_int_equal(trans_find_world_(&tables, c->cpu, 48, &world, &f.err),
			 0);
	if (c->tcr)
		assert_int_equal(world.tcr, c->tcr);
	assert_int_equal(world.ttbr1, tables.root);
	assert_int_equal(world.mair, 0x40044ffff);
	assert_int_equal(world.sctlr, 0x30d01805);
	memory_free(&f.m);
}

/* ---- the text ---- */

#define TEXT_VA 0xffff80000803c000ULL

/* Eight pages around _cpu_resume: mapped as a kernel is, and then each of them
 * otherwise. */
struct text {
	struct fixture *f;
	struct trans_swsusp_info info;
	struct trans_table table;
	struct tr_tables tables;
};

static void put_text(struct text *text, struct fixture *f)
{
	struct trans_geometry geo;
	trans_pa_t first = (RESUME & ~0xfffULL) - 0x4000;

	memset(text, 0, sizeof(*text));
	text->f = f;
	for (trans_pa_t pa = BASE; pa < BASE + 0x60000; pa += 4096)
		f->m.used[(pa - BASE) >> 12] = 1;
	put_resume(f, CODE_MSR_TPIDR_EL1);
	assert_int_equal(trans_geometry_init(&geo, TRANS_EL1_0, TRANS_4K, 48,
					     44, TRANS_GEO_UPPER, NULL), 0);
	assert_int_equal(trans_table_create(&text->table, &geo, 0, &f->m.ops,
					    &f->m, NULL), 0);
	assert_int_equal(trans_table_map(&text->table, TEXT_VA, first, 0x8000,
					 &exec, 0, NULL), 0);
	text->info.page_shift = 12;
	text->info.reenter = TEXT_VA + 0x4000 + (RESUME & 0xfff);
	text->info.ttbr1 = text->table.root;
}

static void text_is(struct text *text, uint64_t below, uint64_t above)
{
	trans_pa_t page = RESUME & ~0xfffULL;
	struct trans_range range;

	assert_int_equal(trans_find_tables_(&text->f->memory, &text->info, &a57,
					    TRANS_EL1_0, &text->tables,
					    &text->f->err), 0);
	range = trans_find_text_(&text->f->memory, &text->info, &text->tables);
	assert_int_equal(range.start, page - below);
	assert_int_equal(range.len, below + 0x1000 + above);
}

static void text_around_the_entry(void **state)
{
	struct fixture *f = *state;
	struct text text;

	put_text(&text, f);
	text_is(&text, 0x4000, 0x3000);
	/* Not saved: the page before the last, the second one. */
	f->hole = (RESUME & ~0xfffULL) + 0x2000;
	f->hole_len = 0x1000;
	text_is(&text, 0x4000, 0x1000);
	f->hole = (RESUME & ~0xfffULL) - 0x3000;
	text_is(&text, 0x2000, 0x3000);
	f->hole_len = 0;
	/* Not mapped, and mapped from elsewhere. */
	assert_int_equal(trans_table_unmap(&text.table, TEXT_VA, 0x1000, 0,
					   NULL), 0);
	text_is(&text, 0x3000, 0x3000);
	assert_int_equal(trans_table_map(&text.table, TEXT_VA + 0x5000, BASE,
					 0x1000, &exec, TRANS_REPLACE, NULL),
			 0);
	text_is(&text, 0x3000, 0);
}

/* Each page is told before it is looked up, and nothing more is after a
 * stop. */
static void text_is_told(void **state)
{
	struct fixture *f = *state;
	struct text text;

	put_text(&text, f);
	text_is(&text, 0x4000, 0x3000);
	assert_int_equal(f->worked, 0x4000 + 0x3000 + 2 * 0x1000);
	f->worked = 0;
	f->stop_at = 0x3000;
	text_is(&text, 0x2000, 0);
	assert_int_equal(f->worked, 0x3000 + 0x1000);
}

static bool always(void *ctx, trans_pa_t pa, uint64_t len)
{
	(void)ctx;
	(void)pa;
	(void)len;
	return true;
}

/* Tables may map as much as they like. */
static void text_has_a_bound(void **state)
{
	struct fixture *f = *state;
	struct text text;

	put_text(&text, f);
	f->memory.holds = always;
	assert_int_equal(trans_table_map(&text.table, TEXT_VA + 0x8000,
					 (RESUME & ~0xfffULL) + 0x4000,
					 1ULL << 30, &exec, 0, NULL), 0);
	text_is(&text, 0x4000, TR_TEXT_REACH - 0x1000);
}

/* By the numbers of memory types that kernels before 5.10 had, their text would
 * be Device memory in the world that is made for it. */
static void text_of_an_older_kernel(void **state)
{
	static const struct trans_attr device = { TRANS_MEM_DEVICE, 0 };
	const struct shape_case *c = &cases[0];
	struct fixture *f = *state;
	struct trans_swsusp_info info = { .page_shift = c->shift };
	struct tr_tables tables = { .root = 0 };
	struct trans_error err = { 0 };

	put_resume(f, CODE_MSR_TPIDR_EL1);
	info.reenter = va_for(c);
	for (trans_pa_t pa = BASE; pa < BASE + MIB; pa += 1U << c->shift)
		f->m.used[(pa - BASE) >> c->shift] = pa < BASE + 0x60000;
	info.ttbr1 = put_tables(&f->m, c, info.reenter, &device);
	assert_int_equal(trans_find_tables_(&f->memory, &info, c->cpu,
					    TRANS_EL1_0, &tables, &err),
			 TRANS_EIMAGE);
	info.ttbr1 = put_tables(&f->m, c, info.reenter, &exec);
	assert_int_equal(trans_find_tables_(&f->memory, &info, c->cpu,
					    TRANS_EL1_0, &tables, &err),
			 0);
}

static void shapes_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		shape_found(&cases[i]);
}

/* A CPU without what the image's tables need; or tables that lead elsewhere. */
static void shapes_not_found(void **state)
{
	struct fixture *f = *state;
	struct shape_case wide = cases[1], usual = cases[0];
	struct trans_swsusp_info info = { .page_shift = 12 };
	struct tr_tables tables;

	for (trans_pa_t pa = BASE; pa < BASE + 0x60000; pa += 4096)
		f->m.used[(pa - BASE) >> 12] = 1;
	put_resume(f, CODE_MSR_TPIDR_EL1);
	info.reenter = va_for(&wide);
	info.ttbr1 = put_tables(&f->m, &wide, info.reenter, &exec);
	assert_int_equal(trans_find_tables_(&f->memory, &info, &a57,
					    TRANS_EL1_0, &tables, &f->err),
			 TRANS_EIMAGE);
	info.reenter = va_for(&usual);
	info.ttbr1 = put_tables(&f->m, &usual, info.reenter, &exec);
	assert_int_equal(trans_find_tables_(&f->memory, &info, &a57,
					    TRANS_EL1_0, &tables, &f->err),
			 0);
	code(f, RESUME, CODE_NOP); /* not what must be there */
	assert_int_equal(trans_find_tables_(&f->memory, &info, &a57,
					    TRANS_EL1_0, &tables, &f->err),
			 TRANS_EIMAGE);
	code(f, RESUME, CODE_MRS_MPIDR);
	f->hole = info.ttbr1;
	f->hole_len = 8;
	assert_int_equal(trans_find_tables_(&f->memory, &info, &a57,
					    TRANS_EL1_0, &tables, &f->err),
			 TRANS_EIMAGE);
	assert_string_equal(f->err.why, "the image's tables do not lead to its "
			    "_cpu_resume");
}

static void world_of_other_cpus(void **state)
{
	struct tr_tables tables = { .root = 0x5000000041000 };
	struct trans_cpu cpu = cpu_max;
	struct trans_world world;
	struct trans_error err;

	(void)state;
	assert_int_equal(trans_geometry_init(&tables.geo, TRANS_EL1_0, TRANS_4K,
					     52, 52, TRANS_GEO_UPPER |
					     TRANS_GEO_DS, NULL), 0);
	cpu.pfr1 = 2 << 8; /* MTE */
	assert_int_equal(trans_find_world_(&tables, &cpu, 48, &world, &err), 0);
	assert_int_equal(world.mair, 0x40044f0ff);
	/* Address bits 51..48 in bits 5..2 of TTBR. */
	assert_int_equal(world.ttbr1, 0x41000 | 5 << 2);
	cpu.mmfr0 &= ~0xf0ULL; /* ASIDs of 8 bits */
	assert_int_equal(trans_find_world_(&tables, &cpu, 48, &world, &err), 0);
	assert_int_equal(world.tcr >> 36 & 1, 0);
	cpu.mmfr3 = 1 << 8;
	assert_int_equal(trans_find_world_(&tables, &cpu, 48, &world, &err),
			 TRANS_EIMAGE);
	assert_string_equal(err.why, "a CPU with permission indirection: "
			    "physical entry only");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(entry_of_6_1),
		WITH(entry_of_6_12),
		WITH(entry_across_pages),
		WITH(entry_at_the_start_of_memory),
		WITH(entry_behind_another_function),
		WITH(copies_of_the_literal_alone),
		WITH(a_stretch_out_of_reach),
		WITH(copy_of_the_code),
		WITH(two_entries),
		WITH(entry_in_the_text),
		WITH(a_worker_is_lost),
		WITH(entry_at_each_word),
		WITH(words_made_to_take_time),
		WITH(no_entry),
		WITH(entry_too_far_away),
		WITH(code_that_is_not_in_the_image),
		WITH(levels),
		cmocka_unit_test(shapes_found),
		WITH(shapes_not_found),
		WITH(text_around_the_entry),
		WITH(text_is_told),
		WITH(text_has_a_bound),
		WITH(text_of_an_older_kernel),
		cmocka_unit_test(world_of_other_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
