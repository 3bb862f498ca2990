/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Placement of an image: whatever its pages are, whatever memory is lent, all
 * of it comes back, nothing else is written, and too little memory is found out
 * before it is too late.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "hibernate/resume/private.h"
#include "tests/unit/support/resume_world.h"
#include "tests/unit/support/world.h"

#define BASE 0x40000000ULL
#define MIB (1ULL << 20)
#define STUB (BASE + 0x800)

static struct saved usual(unsigned int page_shift)
{
	return (struct saved){
		.page_shift = page_shift, .base = BASE,
		.len = page_shift == 16 ? 48 * MIB :
		       page_shift == 14 ? 16 * MIB : 4 * MIB,
		.va_bits = 48, .mpidr = 0x102,
	};
}

static void must_load(struct resume_world *w)
{
	int rc = world_load(w);

	if (rc)
		fail_msg("%s: %s (pa %#llx, len %#llx)", trans_strerror(rc),
			 w->err.why, (unsigned long long)w->err.pa,
			 (unsigned long long)w->err.len);
}

static void must_come_back(struct resume_world *w)
{
	must_load(w);
	world_untouched(w);
	assert_int_equal(trans_resume_check(&w->resume, &w->err), 0);
	assert_int_equal(w->resume.how, TRANS_RESUME_PHYSICAL);
	assert_int_equal(w->resume.entry, w->entry);
	assert_int_equal(w->resume.transition.args.entry, w->entry);
	assert_int_equal(w->progress_done, 1000);
	world_move(w);
	world_compare(w);
}

static size_t pages_of(const struct resume_world *w, unsigned int kind)
{
	size_t count = 0;

	for (size_t i = 0; i < w->pages; i++)
		count += w->kind[i] == kind;
	return count;
}

/* ---- it comes back ---- */

/* A host in the middle; everything else lent. */
static void lend_around(struct resume_world *w, uint64_t at, uint64_t len)
{
	world_lend(w, BASE, at);
	world_lend(w, BASE + at + len, w->saved.len - at - len);
}

static void come_back(unsigned int page_shift, unsigned int el, bool vhe,
		      bool stub, bool mov)
{
	struct saved s = usual(page_shift);
	struct resume_world w;
	uint64_t seed = page_shift;

	s.vhe = vhe;
	s.stub = stub ? STUB : 0;
	s.mov = mov;
	world_save(&w, &s);
	world_random_image(&w, &seed, 40, false);
	world_write_disk(&w);
	world_boot(&w, el);
	lend_around(&w, s.len / 2, s.len / 8);
	w.args.workers = NULL; /* their buffers lie in the way */
	must_come_back(&w);
	assert_int_equal(w.resume.direct_pages + w.resume.moved_pages,
			 pages_of(&w, PAGE_STORED));
	assert_true(w.resume.direct_pages > w.resume.moved_pages);
	assert_true(w.resume.moved_pages >= w.resume.plan.count);
	assert_int_equal(w.resume.zero_pages, 0);
	assert_null(w.resume.map.zero);
	assert_int_equal(w.writes, 0);
	world_end(&w);
}

static void each_page_size_comes_back(void **state)
{
	(void)state;
	come_back(12, 1, false, false, false);
	come_back(14, 1, false, false, true);
	come_back(16, 1, false, false, false);
}

static void each_exception_level_comes_back(void **state)
{
	(void)state;
	come_back(12, 2, true, false, true);
	come_back(12, 2, false, true, false);
	come_back(14, 2, true, false, false);
}

static void random_lent(struct resume_world *w, uint64_t *seed)
{
	uint64_t unit = rnd(seed) % 3 ? w->page : 4096;
	uint64_t at = rnd(seed) % 24 * unit;

	/* The reader's buffer is of one piece. */
	world_lend(w, BASE + at, 160 * w->page);
	at += 160 * w->page;
	while (at < w->saved.len && w->lent.count < TRANS_RESUME_RANGES - 1) {
		uint64_t skip = rnd(seed) % 24 * unit;
		uint64_t len = (1 + rnd(seed) % 300) * unit;

		at += skip;
		if (at >= w->saved.len)
			break;
		if (len > w->saved.len - at)
			len = w->saved.len - at;
		world_lend(w, BASE + at, len);
		at += len;
	}
	if (at < w->saved.len)
		world_lend(w, BASE + at, w->saved.len - at);
}

static void random_world(unsigned int page_shift, uint64_t seed)
{
	struct saved s = usual(page_shift);
	struct resume_world w;

	s.mov = seed & 1;
	world_save(&w, &s);
	world_random_image(&w, &seed, 5 + (unsigned int)(rnd(&seed) % 65),
			   rnd(&seed) & 1);
	world_write_disk(&w);
	world_boot(&w, 1);
	random_lent(&w, &seed);
	must_come_back(&w);
	assert_int_equal(w.resume.zero_pages, pages_of(&w, PAGE_ZERO));
	world_end(&w);
}

static void random_worlds_come_back(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 24 * world_scale(); i++)
		random_world(12, i + 1);
	for (unsigned int i = 0; i < 6 * world_scale(); i++)
		random_world(14, i + 100);
	for (unsigned int i = 0; i < 3 * world_scale(); i++)
		random_world(16, i + 200);
}

/* Every second page of RAM is the image's, and behind the reader's buffer there
 * is one place left where two gaps lie side by side: the blob's. */
static void fragmented_memory(void **state)
{
	struct saved s = usual(12);
	struct resume_world w;

	(void)state;
	world_save(&w, &s);
	for (size_t i = 0; i < w.pages - 108; i += 2)
		w.kind[i] = PAGE_STORED;
	w.kind[w.pages - 112] = PAGE_NONE;
	world_write_disk(&w);
	world_boot(&w, 1);
	lend_around(&w, 64 * 4096, 128 * 4096);
	must_come_back(&w);
	assert_true(w.resume.plan.count > 60);
	world_end(&w);
}

/* Thousands of moves, each its own run, and gaps of one page for most of what
 * the library wants: neither too slow nor too much. */
static void thousands_of_moves(void **state)
{
	struct saved s = usual(12);
	struct resume_world w;

	(void)state;
	s.len = 32 * MIB;
	world_save(&w, &s);
	for (size_t i = 0; i < w.pages - 512; i += 2)
		w.kind[i] = PAGE_STORED;
	world_write_disk(&w);
	world_boot(&w, 1);
	world_lend(&w, BASE + 16 * MIB, 16 * MIB);
	must_come_back(&w);
	assert_in_range(w.resume.plan.count, 1000, 2100);
	world_end(&w);
}

/* Nothing of the image's place is free: all of it is moved. */
static void all_is_moved(void **state)
{
	struct saved s = usual(12);
	struct resume_world w;

	(void)state;
	world_save(&w, &s);
	world_mark(&w, BASE, MIB, PAGE_STORED);
	world_write_disk(&w);
	world_boot(&w, 1);
	world_lend(&w, BASE + MIB, 3 * MIB);
	must_come_back(&w);
	assert_int_equal(w.resume.moved_pages, 256);
	assert_int_equal(w.resume.direct_pages, 0);
	assert_int_equal(w.resume.plan.count, 1); /* one run */
	world_end(&w);
}

/* ... or all of it, and nothing is. */
static void nothing_is_moved(void **state)
{
	struct saved s = usual(12);
	struct resume_world w;

	(void)state;
	world_save(&w, &s);
	world_mark(&w, BASE, MIB, PAGE_STORED);
	world_write_disk(&w);
	world_boot(&w, 1);
	world_lend(&w, BASE, 4 * MIB);
	must_come_back(&w);
	assert_int_equal(w.resume.moved_pages, 0);
	assert_int_equal(w.resume.plan.count, 0);
	world_end(&w);
}

static void zero_pages_are_moves_of_zeroes(void **state)
{
	struct saved s = usual(12);
	struct resume_world w;
	bool found = false;

	(void)state;
	world_save(&w, &s);
	memset(memory_at(&w.old, BASE + 2 * MIB), 0, 2 * MIB);
	world_mark(&w, BASE + 2 * MIB, MIB, PAGE_ZERO);
	world_write_disk(&w);
	world_boot(&w, 1);
	lend_around(&w, 2 * MIB + MIB / 2, MIB / 4);
	w.args.workers = NULL; /* their buffers lie in the way */
	must_come_back(&w);
	for (size_t i = 0; i < w.resume.plan.count; i++) {
		const struct trans_move *move = &w.resume.plan.move[i];

		found |= move->src == TRANS_ZERO && move->len == MIB / 4 &&
			 move->dst == BASE + 2 * MIB + MIB / 2;
	}
	assert_true(found);
	assert_int_equal(w.resume.zero_pages, 256);
	world_end(&w);
}

/* RAM in banks far apart, the numbers of which go on from one to the next. */
static void banks_of_ram(void **state)
{
	struct saved s = usual(12);
	struct resume_world w;
	uint64_t seed = 5;

	(void)state;
	world_save(&w, &s);
	world_random_image(&w, &seed, 30, true);
	for (uint64_t at = MIB; at < 4 * MIB; at += MIB)
		world_mark(&w, BASE + at, 12 * 4096, PAGE_NONE);
	world_write_disk(&w);
	world_boot(&w, 1);
	for (uint64_t at = MIB; at < 4 * MIB; at += MIB)
		assert_int_equal(trans_ranges_remove(&w.ram, BASE + at,
						     12 * 4096 - 17), 0);
	assert_int_equal(trans_ranges_add(&w.ram, 1ULL << 47, 32 * MIB), 0);
	world_lend(&w, BASE, MIB - 70 * 4096);
	world_lend(&w, BASE + MIB + 12 * 4096, MIB - 13 * 4096);
	world_lend(&w, BASE + 2 * MIB + 12 * 4096, MIB - 13 * 4096);
	must_come_back(&w);
	assert_int_equal(w.resume.map.banks, 5);
	world_end(&w);
}

/* A host with a linear map of 4K pages and an image of 16K ones: tables are
 * carved by granules, pages placed by pages. */
static void linear_map_of_another_granule(void **state)
{
	static const struct trans_attr attr = { TRANS_MEM_NORMAL, TRANS_WRITE };
	const uint64_t offset = 0xffff000000000000ULL;
	struct saved s = usual(14);
	struct trans_geometry geo;
	struct trans_table linear;
	struct resume_world w;
	struct memory tables;
	uint64_t seed = 9;

	(void)state;
	world_save(&w, &s);
	world_random_image(&w, &seed, 40, true);
	world_write_disk(&w);
	world_boot(&w, 1);
	lend_around(&w, 2 * MIB + 4096, MIB);
	memory_init(&tables, 0x200000000, MIB, 12);
	assert_int_equal(trans_geometry_init(&geo, TRANS_EL1_0, TRANS_4K, 48,
					     48, TRANS_GEO_UPPER, NULL), 0);
	assert_int_equal(trans_table_create(&linear, &geo, 0, &tables.ops,
					    &tables, NULL), 0);
	assert_int_equal(trans_table_map(&linear, BASE + offset, BASE, s.len,
					 &attr, 0, NULL), 0);
	w.args.transition.map = TRANS_MAP_LINEAR;
	w.args.transition.linear = &linear;
	w.args.transition.linear_offset = offset;
	w.args.transition.linear_flags = TRANS_MKWRITE | TRANS_NOEXEC |
					 TRANS_FOLD;
	must_come_back(&w);
	assert_int_equal(w.resume.map.shift, 12);
	world_end(&w);
	trans_table_destroy(&linear);
	memory_free(&tables);
}

/* One piece of the image that is in two, because a part of it waits elsewhere,
 * has no pointer; nor has what is zero or no part of it. */
static void pieces_of_the_image(void **state)
{
	const trans_pa_t edge = BASE + 2 * MIB;
	struct saved s = usual(12);
	struct resume_world w;
	const uint8_t *at;

	(void)state;
	world_save(&w, &s);
	world_mark(&w, edge - 8192, 16384, PAGE_STORED);
	memset(memory_at(&w.old, edge + 8192), 0, 4096);
	world_mark(&w, edge + 8192, 4096, PAGE_ZERO);
	world_write_disk(&w);
	world_boot(&w, 1);
	lend_around(&w, 2 * MIB, MIB);
	w.args.workers = NULL; /* their buffers lie in the way */
	must_load(&w);
	assert_ptr_equal(trans_resume_at_(&w.resume, edge - 8192, 8192),
			 memory_at(&w.now, edge - 8192));
	at = trans_resume_at_(&w.resume, edge + 8, 8184);
	assert_non_null(at);
	assert_memory_equal(at, memory_at(&w.old, edge + 8), 8184);
	assert_null(trans_resume_at_(&w.resume, edge - 8, 16));
	assert_null(trans_resume_at_(&w.resume, edge + 8184, 16));
	assert_null(trans_resume_at_(&w.resume, edge + 8192, 8));
	assert_null(trans_resume_at_(&w.resume, edge + 12288, 8));
	assert_null(trans_resume_at_(&w.resume, BASE - 8, 8));
	world_move(&w);
	world_compare(&w);
	world_end(&w);
}

/* ---- memory ---- */

/* From nothing up to enough, page by page: named, and nothing else written;
 * once it is enough, more is enough too. */
/* What a host that watches its tables is told. */
static struct {
	unsigned long visited, stored, acquired, released, waited, stop_at;
} watch;

static int on_visit(void *ctx, trans_pa_t pa)
{
	(void)ctx, (void)pa;
	return ++watch.visited == watch.stop_at;
}

static void on_store(void *ctx, uint64_t *slot, uint64_t desc)
{
	(void)ctx;
	watch.stored++;
	*slot = desc;
}

static int on_acquire(void *ctx, trans_pa_t pa)
{
	(void)ctx, (void)pa;
	watch.acquired++;
	return 0;
}

static void on_release(void *ctx, trans_pa_t pa)
{
	(void)ctx, (void)pa;
	watch.released++;
}

static void on_barrier(void *ctx)
{
	(void)ctx;
	watch.waited++;
}

/* The tables of a resume lie in memory that it allocates by itself; the host
 * hears of them as of any others. */
static void tables_are_told_of(void **state)
{
	struct saved s = usual(12);
	struct resume_world w;

	(void)state;
	world_save(&w, &s);
	world_mark(&w, BASE, MIB, PAGE_STORED);
	world_write_disk(&w);
	world_boot(&w, 1);
	world_lend(&w, BASE, 4 * MIB);
	w.host.visit = on_visit;
	w.host.write_entry = on_store;
	w.host.acquire = on_acquire;
	w.host.release = on_release;
	memset(&watch, 0, sizeof(watch));
	watch.stop_at = 1;
	assert_int_equal(world_load(&w), TRANS_ESTOPPED);
	world_untouched(&w);
	assert_int_equal(watch.acquired, watch.released);
	memset(&watch, 0, sizeof(watch));
	must_load(&w);
	assert_true(watch.visited && watch.stored && watch.acquired);
	assert_int_equal(watch.waited, 0); /* clean has done that */
	trans_resume_unload(&w.resume);
	assert_int_equal(watch.acquired, watch.released);
	w.host.clean = NULL;
	w.host.barrier = on_barrier;
	must_load(&w);
	assert_true(watch.waited);
	trans_resume_unload(&w.resume);
	world_end(&w);
}

static void too_little(bool low, uint64_t image_len, uint64_t *needed)
{
	struct saved s = usual(12);
	struct resume_world w;
	bool enough = false;

	world_save(&w, &s);
	world_mark(&w, BASE, image_len, PAGE_STORED);
	world_write_disk(&w);
	world_boot(&w, 1);
	for (uint64_t len = 4096; len <= 3 * MIB; len += 4096) {
		int rc;

		w.lent.count = 0;
		world_lend(&w, low ? BASE : BASE + 4 * MIB - len, len);
		w.progress_done = 0;
		rc = world_load(&w);
		world_untouched(&w);
		if (rc) {
			assert_false(enough);
			assert_int_equal(rc, TRANS_ENOMEM);
			assert_non_null(w.err.why);
			/* No data read: that is the larger half of it. */
			assert_true(w.progress_done < 500);
			continue;
		}
		if (!enough)
			*needed = len;
		enough = true;
		assert_int_equal(trans_resume_check(&w.resume, &w.err), 0);
		world_move(&w);
		world_compare(&w);
		trans_resume_unload(&w.resume);
		memcpy(w.now.bytes, w.before, s.len);
		if (len > *needed + 8 * 4096)
			break;
	}
	assert_true(enough);
	world_end(&w);
}

static void too_little_memory_is_said_at_once(void **state)
{
	uint64_t small = 0, large = 0;

	(void)state;
	too_little(false, MIB / 4, &small);
	too_little(false, MIB / 2, &large);
	/* What must move costs its own size, and not much more. */
	assert_in_range(large - small, MIB / 4, MIB / 4 + 8192);
	too_little(true, MIB / 4, &small);
}

/* Memory that nobody can reach: named. */
static void lent_memory_without_access(void **state)
{
	struct saved s = usual(12);
	struct resume_world w;

	(void)state;
	world_save(&w, &s);
	world_mark(&w, BASE, MIB, PAGE_STORED);
	world_write_disk(&w);
	world_boot(&w, 1);
	world_lend(&w, BASE, 4 * MIB);
	w.refuse_pa = BASE + MIB / 2;
	assert_int_equal(world_load(&w), TRANS_EFAULT);
	world_untouched(&w);
	world_end(&w);
}

/* ---- the proof ---- */

static void good_world(struct resume_world *w)
{
	struct saved s = usual(12);
	uint64_t seed = 3;

	world_save(w, &s);
	world_random_image(w, &seed, 40, true);
	world_write_disk(w);
	world_boot(w, 1);
	lend_around(w, MIB, MIB / 2);
	must_load(w);
	assert_int_equal(trans_resume_check(&w->resume, &w->err), 0);
}

static void check_says(struct resume_world *w, const char *why)
{
	assert_int_equal(trans_resume_check(&w->resume, &w->err),
			 TRANS_EOVERLAP);
	assert_string_equal(w->err.why, why);
}

/* A bitmap's bit of @pa, for a machine of one bank. */
static void flip(uint64_t *bits, trans_pa_t pa)
{
	uint64_t n = (pa - BASE) / 4096;

	bits[n / 64] ^= 1ULL << n % 64;
}

static void proof_of_tables_and_blob(void **state)
{
	struct resume_world w;

	(void)state;
	good_world(&w);
	/* So that there are tables for the entry, too. */
	trans_resume_unload(&w.resume);
	w.args.entry = TRANS_RESUME_VIRTUAL;
	must_load(&w);
	const struct trans_transition *t = &w.resume.transition;
	const trans_pa_t own[] = { t->code, t->data, t->list, t->low.root,
				   t->passage.root };

	assert_int_equal(w.resume.how, TRANS_RESUME_VIRTUAL);
	for (size_t i = 0; i < 5; i++) {
		flip(w.resume.map.image, own[i]);
		check_says(&w, "a page of the image was allocated");
		flip(w.resume.map.taken, own[i]);
		check_says(&w, "memory of the transition that was not "
			   "allocated");
		flip(w.resume.map.image, own[i]);
		check_says(&w, "memory of the transition that was not "
			   "allocated");
		flip(w.resume.map.taken, own[i]);
	}
	assert_int_equal(trans_resume_check(&w.resume, &w.err), 0);
	world_end(&w);
}

static void proof_of_moves(void **state)
{
	struct resume_world w;
	struct trans_move *move;

	(void)state;
	good_world(&w);
	move = w.resume.plan.move;
	while (move->src == TRANS_ZERO)
		move++;
	flip(w.resume.map.image, move->src);
	flip(w.resume.map.taken, move->src);
	check_says(&w, "a source is a page of the image");
	flip(w.resume.map.image, move->src);
	flip(w.resume.map.taken, move->src);
	flip(w.resume.map.image, move->dst + move->len - 4096);
	check_says(&w, "a destination is no page of the image");
	flip(w.resume.map.image, move->dst + move->len - 4096);
	world_end(&w);
}

/* Pages that went straight to their places are no destinations of moves; what
 * the blob writes must not lie in one all the same. */
static void report_in_the_image(void **state)
{
	struct resume_world w;

	(void)state;
	good_world(&w);
	trans_resume_unload(&w.resume);
	w.args.transition.report = w.text;
	assert_int_equal(world_load(&w), TRANS_EOVERLAP);
	assert_string_equal(w.err.why,
			    "the report lies in a page of the image");
	w.args.transition.report = 0;
	w.args.transition.uart = trans_uart_pl011(w.text + 0x800);
	assert_int_equal(world_load(&w), TRANS_EOVERLAP);
	assert_string_equal(w.err.why,
			    "the UART lies in a page of the image");
	world_end(&w);
}

static int keep_text(void *arg, const char *text, size_t len)
{
	char *to = arg;
	size_t at = strlen(to);

	assert_true(at + len < 65536);
	memcpy(to + at, text, len);
	to[at + len] = '\0';
	return 0;
}

static int stop_text(void *arg, const char *text, size_t len)
{
	(void)arg;
	(void)text;
	(void)len;
	return 77;
}

static void printed(void **state)
{
	static char text[65536];
	struct resume_world w;
	struct trans_resume none = { 0 };

	(void)state;
	good_world(&w);
	text[0] = '\0';
	assert_int_equal(trans_resume_print(&w.resume, keep_text, text), 0);
	assert_non_null(strstr(text, "image #1 SMP test\n"));
	assert_non_null(strstr(text, "pages of 4K, stored "));
	assert_non_null(strstr(text, ", raw without CRC\n"));
	assert_non_null(strstr(text, "entry physical, MMU off, 0x"));
	assert_non_null(strstr(text, "move zeroes"));
	assert_non_null(strstr(text, "proof holds: "));
	flip(w.resume.map.image, w.resume.transition.code);
	text[0] = '\0';
	assert_int_equal(trans_resume_print(&w.resume, keep_text, text), 0);
	assert_non_null(strstr(text, "proof FAILED: TRANS_EOVERLAP"));
	assert_int_equal(trans_resume_print(&w.resume, stop_text, NULL), 77);
	text[0] = '\0';
	trans_resume_print(&none, keep_text, text);
	assert_string_equal(text, "no image is loaded\n");
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_page_size_comes_back),
		cmocka_unit_test(each_exception_level_comes_back),
		cmocka_unit_test(random_worlds_come_back),
		cmocka_unit_test(fragmented_memory),
		cmocka_unit_test(thousands_of_moves),
		cmocka_unit_test(all_is_moved),
		cmocka_unit_test(nothing_is_moved),
		cmocka_unit_test(zero_pages_are_moves_of_zeroes),
		cmocka_unit_test(banks_of_ram),
		cmocka_unit_test(linear_map_of_another_granule),
		cmocka_unit_test(pieces_of_the_image),
		cmocka_unit_test(too_little_memory_is_said_at_once),
		cmocka_unit_test(lent_memory_without_access),
		cmocka_unit_test(proof_of_tables_and_blob),
		cmocka_unit_test(proof_of_moves),
		cmocka_unit_test(report_in_the_image),
		cmocka_unit_test(tables_are_told_of),
		cmocka_unit_test(printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
