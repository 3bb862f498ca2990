/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Machines for the resume tests: see resume_world.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "resume_world.h"
#include "workers.h"
#include "trans/transition/private.h"

/* ID_AA64MMFR0_EL1: 48-bit addresses; 4K, 16K and 64K. */
#define MMFR0_ALL 0x100125u
/* ... 52-bit addresses everywhere. */
#define MMFR0_52 0x10200126u
#define MMFR2_LVA (1ULL << 16)
#define MMFR1_VHE (1ULL << 8)

/* ---- code ---- */

uint32_t code_bl(uint64_t at, uint64_t to)
{
	return 0x94000000u | (uint32_t)((to - at) >> 2 & 0x3ffffff);
}

uint32_t code_ldr(uint64_t at, uint64_t literal, unsigned int reg)
{
	return 0x58000000u | (uint32_t)((literal - at) >> 2 & 0x7ffff) << 5 |
	       reg;
}

uint32_t code_adrp(uint64_t at, uint64_t to, unsigned int reg)
{
	uint64_t pages = (to >> 12) - (at >> 12);

	return 0x90000000u | (uint32_t)(pages & 3) << 29 |
	       (uint32_t)(pages >> 2 & 0x7ffff) << 5 | reg;
}

/* ---- the machine that was saved ---- */

uint64_t *world_word(struct resume_world *w, trans_pa_t pa)
{
	return memory_at(&w->old, pa);
}

void world_code(struct resume_world *w, trans_pa_t pa, uint32_t insn)
{
	memcpy(memory_at(&w->old, pa), &insn, sizeof(insn));
}

void world_mark(struct resume_world *w, trans_pa_t pa, uint64_t len,
		unsigned int kind)
{
	for (uint64_t at = 0; at < len; at += w->page)
		w->kind[(pa + at - w->saved.base) / w->page] = (uint8_t)kind;
}

static void put_cpu_resume(struct resume_world *w)
{
	trans_pa_t at = w->text + 0x38, init = w->text + 0x100;
	trans_pa_t literal = w->text + 0x68;

	w->entry = at;
	if (w->saved.mov) {
		world_code(w, at, CODE_MOV_X0_XZR);
		at += 4;
	}
	world_code(w, w->text + 0x34, CODE_RET);
	world_code(w, at, code_bl(at, init));
	world_code(w, at + 4, code_bl(at + 4, w->text + 0x200));
	world_code(w, at + 8, code_adrp(at + 8, w->ttbr1, 1));
	world_code(w, at + 12, code_adrp(at + 12, w->text + 0x400000, 2));
	world_code(w, at + 16, code_bl(at + 16, w->text + 0x300));
	world_code(w, at + 20, code_ldr(at + 20, literal, 8));
	world_code(w, at + 24, CODE_BR(8));
	*world_word(w, literal) = w->reenter;
	world_code(w, init, CODE_BTI_C);
	world_code(w, init + 4, CODE_MRS_CURRENTEL | 1);
	world_code(w, init + 8, CODE_RET);
	world_code(w, w->text + 0x200, CODE_RET);
	world_code(w, w->text + 0x300, CODE_RET);
}

/* _cpu_resume, at 0x800, and what it calls. */
static void put_resume(struct resume_world *w)
{
	trans_pa_t at = w->resume_pa, restore = w->text + 0x900;

	world_code(w, at, CODE_MRS_MPIDR | 1);
	world_code(w, at + 4, code_bl(at + 4, w->text + 0x200));
	world_code(w, at + 8, code_bl(at + 8, restore));
	world_code(w, at + 12, CODE_RET);
	for (unsigned int i = 0; i < 20; i++)
		world_code(w, restore + 4 * i, CODE_NOP);
	world_code(w, restore + 80, (w->saved.vhe ? CODE_MSR_TPIDR_EL2 :
						    CODE_MSR_TPIDR_EL1) | 13);
	world_code(w, restore + 84, CODE_RET);
}

/* Tables by the library itself; tests of shapes build theirs by hand. */
static void put_tables(struct resume_world *w, trans_va_t page_va)
{
	static const struct trans_attr text = { TRANS_MEM_NORMAL, TRANS_EXEC },
				       data = { TRANS_MEM_NORMAL, TRANS_WRITE };
	const struct saved *s = &w->saved;
	uint64_t text_len = s->text_len ? s->text_len : w->page;
	struct trans_geometry geo;
	struct trans_table table;

	assert_int_equal(trans_geometry_init(
		&geo, TRANS_EL1_0, (enum trans_granule)s->page_shift,
		s->va_bits, s->ds ? 52 : 48,
		TRANS_GEO_UPPER | (s->ds ? TRANS_GEO_DS : 0), NULL), 0);
	assert_int_equal(trans_table_create(&table, &geo, 0, &w->old.ops,
					    &w->old, NULL), 0);
	assert_int_equal(trans_table_map(&table, page_va, w->text, text_len,
					 &text, TRANS_NOBLOCK, NULL), 0);
	if (s->data_len)
		assert_int_equal(trans_table_map(
			&table, page_va + text_len, w->text + text_len,
			s->data_len, &data, TRANS_NOBLOCK, NULL), 0);
	w->ttbr1 = table.root;
}

void world_save(struct resume_world *w, const struct saved *saved)
{
	uint64_t seed = saved->len ^ saved->page_shift;
	trans_va_t top, page_va;

	memset(w, 0, sizeof(*w));
	w->saved = *saved;
	w->page = 1ULL << saved->page_shift;
	w->pages = saved->len >> saved->page_shift;
	memory_init(&w->old, saved->base, saved->len, saved->page_shift);
	w->kind = calloc(w->pages, 1);
	assert_non_null(w->kind);
	for (size_t i = 0; i < saved->len; i += 8)
		*world_word(w, saved->base + i) = rnd(&seed);
	w->old.used[0] = 1; /* so that its text is at no round address */
	assert_int_equal(w->old.ops.alloc(&w->old, saved->page_shift, 1,
					  &w->text), 0);
	top = ~((1ULL << (saved->va_bits - 1)) - 1);
	page_va = (saved->reenter ? saved->reenter : top + 0x8010800) &
		  ~(w->page - 1);
	w->reenter = page_va + 0x800;
	w->resume_pa = w->text + 0x800;
	put_tables(w, page_va);
	put_cpu_resume(w);
	put_resume(w);
	for (size_t i = 1; i < w->pages; i++)
		if (w->old.used[i])
			w->kind[i] = PAGE_STORED;
}

void world_random_image(struct resume_world *w, uint64_t *seed,
			unsigned int percent, bool zeroes)
{
	size_t i = 0;

	while (i < w->pages) {
		size_t run = 1 + rnd(seed) % 9;
		unsigned int kind = rnd(seed) % 100 < percent ?
			(zeroes && rnd(seed) % 4 == 0 ? PAGE_ZERO :
							PAGE_STORED) :
			PAGE_NONE;

		for (; run-- && i < w->pages; i++) {
			trans_pa_t pa = w->saved.base + i * w->page;

			if (w->old.used[i])
				continue;
			w->kind[i] = (uint8_t)kind;
			if (kind == PAGE_ZERO)
				memset(memory_at(&w->old, pa), 0, w->page);
		}
	}
}

/* ---- the disk ---- */

static size_t count_kind(const struct resume_world *w, unsigned int kind)
{
	size_t count = 0;

	for (size_t i = 0; i < w->pages; i++)
		count += w->kind[i] == kind;
	return count;
}

/* Pages of the stream go to the disk one behind the other, a swap map before
 * each 511 (2047, 8191) of them. */
struct stream {
	struct resume_world *w;
	size_t at;   /* the next page of the disk */
	size_t map;  /* the page of the current map, 0: none */
	size_t slot;
};

static uint8_t *disk_page(struct resume_world *w, size_t page)
{
	assert_true(page < w->disk_pages);
	return w->disk + page * w->page;
}

static uint8_t *stream_page(struct stream *s)
{
	size_t slots = s->w->page / 8 - 1;

	if (!s->map || s->slot == slots) {
		size_t map = s->at++;

		if (s->map)
			file_le(disk_page(s->w, s->map) + slots * 8, map, 8);
		s->map = map;
		s->slot = 0;
	}
	file_le(disk_page(s->w, s->map) + 8 * s->slot++, s->at, 8);
	return disk_page(s->w, s->at++);
}

static void put_info(struct resume_world *w, uint8_t *page, size_t stored,
		     size_t meta)
{
	strcpy((char *)page, "#1 SMP test");
	file_le(page + 72, w->ttbr1, 8);
	file_le(page + 80, w->reenter, 8);
	file_le(page + 88, w->saved.stub, 8);
	file_le(page + 96, w->saved.mpidr, 8);
	file_le(page + 400, w->pages, 8);
	file_le(page + 416, stored, 8);
	file_le(page + 424, stored + meta + 1, 8);
	file_le(page + 432, (stored + meta + 1) * w->page, 8);
}

static void put_meta(struct resume_world *w, struct stream *s)
{
	size_t slot = 0, per_page = w->page / 8;
	uint8_t *page = NULL;

	for (size_t i = 0; i < w->pages; i++) {
		uint64_t pfn = (w->saved.base + i * w->page) / w->page;

		if (w->kind[i] == PAGE_NONE)
			continue;
		if (slot % per_page == 0)
			page = stream_page(s);
		if (slot == 0)
			w->meta_at = s->at - 1;
		if (w->kind[i] == PAGE_ZERO)
			pfn |= 1ULL << 63;
		file_le(page + slot++ % per_page * 8, pfn, 8);
	}
	if (slot % per_page)
		file_le(page + slot % per_page * 8, ~0ULL, 8);
}

static void put_header(struct resume_world *w)
{
	uint8_t *end = disk_page(w, 0) + w->page;

	file_le(end - 32, 1, 8);
	file_le(end - 24, 2, 4);
	memcpy(end - 20, "SWAPSPACE2", 10);
	memcpy(end - 10, "S1SUSPEND", 10);
}

static int disk_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	struct resume_world *w = ctx;

	assert_true(offset <= w->disk_len && len <= w->disk_len - offset);
	if (++w->reads == w->fail_read_at)
		return 1;
	memcpy(buf, w->disk + offset, len);
	return 0;
}

static int disk_write(void *ctx, uint64_t offset, const void *buf, size_t len)
{
	struct resume_world *w = ctx;

	assert_true(offset <= w->disk_len && len <= w->disk_len - offset);
	if (++w->writes == w->fail_write_at)
		return 1;
	memcpy(w->disk + offset, buf, len);
	return 0;
}

static int disk_flush(void *ctx)
{
	struct resume_world *w = ctx;

	w->flushes++;
	return 0;
}

void world_write_disk(struct resume_world *w)
{
	size_t stored = count_kind(w, PAGE_STORED);
	size_t listed = stored + count_kind(w, PAGE_ZERO);
	size_t meta = (listed + w->page / 8 - 1) / (w->page / 8);
	struct stream s = { .w = w, .at = 1 };

	w->disk_pages = stored + meta + 8 + (stored + meta) / 500;
	w->disk_len = w->disk_pages * w->page;
	free(w->disk);
	w->disk = calloc(w->disk_pages, w->page);
	assert_non_null(w->disk);
	put_header(w);
	put_info(w, stream_page(&s), stored, meta);
	put_meta(w, &s);
	for (size_t i = 0; i < w->pages; i++)
		if (w->kind[i] == PAGE_STORED)
			memcpy(stream_page(&s),
			       memory_at(&w->old, w->saved.base + i * w->page),
			       w->page);
	w->block = (struct trans_block){
		.len = w->disk_len,
		.sector_shift = 9,
		.read = disk_read,
		.write = disk_write,
		.flush = disk_flush,
		.ctx = w,
	};
}

/* ---- the machine that resumes ---- */

static void *host_map(void *ctx, trans_pa_t pa, size_t len)
{
	struct resume_world *w = ctx;

	if (len > w->longest_mapped)
		w->longest_mapped = len;
	if ((w->refuse_pa && w->refuse_pa - pa < len) ||
	    (w->most_mapped && len > w->most_mapped))
		return NULL;
	return w->now.ops.phys_to_virt(&w->now, pa, len);
}

static void host_clean(void *ctx, const void *va, size_t len)
{
	struct resume_world *w = ctx;
	size_t at = (size_t)((const uint8_t *)va - w->now.bytes);

	assert_true(at <= w->now.len && len <= w->now.len - at);
	memcpy(w->poc + at, va, len);
}

static int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	struct resume_world *w = host;

	(void)pa;
	(void)len;
	w->aliases++;
	return 0;
}

static void alias_drop(void *host)
{
	struct resume_world *w = host;

	w->aliases--;
}

static int ask(void *host, struct trans_error *err)
{
	struct resume_world *w = host;

	(void)err;
	w->asked++;
	return w->refuse_ask;
}

static void unask(void *host)
{
	struct resume_world *w = host;

	w->unasked++;
}

static int leave(void *host, struct trans_error *err)
{
	struct resume_world *w = host;

	(void)err;
	w->left++;
	return w->fail_leave;
}

static int progress(void *ctx, uint64_t done, uint64_t total)
{
	struct resume_world *w = ctx;

	assert_int_equal(total, 1000);
	assert_in_range(done, w->progress_done, total);
	if (done - w->progress_done > w->progress_gap)
		w->progress_gap = done - w->progress_done;
	w->progress_done = done;
	return ++w->progressed == w->stop_at;
}

static void boot_cpu(struct resume_world *w, unsigned int el)
{
	bool wide = w->saved.va_bits > 48;

	w->cpu = (struct trans_cpu){
		.el = el,
		.e2h = el == 2 && !w->saved.stub,
		.mmfr0 = wide ? MMFR0_52 : MMFR0_ALL,
		.mmfr1 = MMFR1_VHE,
		.mmfr2 = wide ? MMFR2_LVA : 0,
	};
}

void world_boot(struct resume_world *w, unsigned int el)
{
	uint64_t seed = 4711;

	memory_init(&w->now, w->saved.base, w->saved.len, w->saved.page_shift);
	w->before = malloc(w->saved.len);
	w->poc = malloc(w->saved.len);
	assert_true(w->before && w->poc);
	for (size_t i = 0; i < w->saved.len; i += 8)
		*(uint64_t *)(w->now.bytes + i) = rnd(&seed);
	boot_cpu(w, el);
	trans_ranges_init(&w->ram, w->ram_slot, 80);
	trans_ranges_init(&w->reserved, w->reserved_slot, 80);
	trans_ranges_init(&w->lent, w->lent_slot, 80);
	assert_int_equal(trans_ranges_add(&w->ram, w->saved.base,
					  w->saved.len), 0);
	w->host = (struct trans_ops){ .phys_to_virt = host_map,
				      .clean = host_clean };
	w->args = (struct trans_resume_args){
		.disk = &w->block, .progress = progress, .progress_ctx = w,
		.ram = &w->ram, .reserved = &w->reserved, .free = &w->lent,
		.host = &w->host, .host_ctx = w, .mpidr = w->saved.mpidr,
		.workers = workers_of_run(),
		.transition = {
			.cpu = &w->cpu, .va_bits = 48,
			.map = TRANS_MAP_SPARSE,
			.alias_prepare = alias_prepare,
			.alias_drop = alias_drop,
			.ask = ask, .unask = unask, .leave = leave,
			.host = w,
		},
	};
}

void world_lend(struct resume_world *w, trans_pa_t start, uint64_t len)
{
	assert_int_equal(trans_ranges_add(&w->lent, start, len), 0);
}

void world_usual(struct resume_world *w, trans_pa_t base)
{
	const uint64_t mib = 1ULL << 20;
	const struct saved saved = { .page_shift = 12, .base = base,
				     .len = 4 * mib, .va_bits = 48,
				     .mpidr = 0x102 };
	uint64_t seed = 11;

	world_save(w, &saved);
	world_random_image(w, &seed, 20, true);
	world_write_disk(w);
	world_boot(w, 1);
	world_lend(w, base, mib);
	world_lend(w, base + 3 * mib / 2, 5 * mib / 2);
}

int world_load(struct resume_world *w)
{
	memcpy(w->before, w->now.bytes, w->saved.len);
	memset(w->poc, 0x77, w->saved.len);
	w->progressed = 0;
	w->progress_done = w->progress_gap = 0;
	return trans_resume_load(&w->resume, &w->args, &w->err);
}

static int move_one(void *arg, const struct trans_move *move)
{
	struct resume_world *w = arg;
	uint8_t *to = memory_at(&w->now, move->dst);
	const uint8_t *from;

	assert_true(move->dst - w->saved.base + move->len <= w->saved.len);
	if (move->src == TRANS_ZERO) {
		memset(to, 0, move->len);
	} else {
		from = memory_at(&w->now, move->src);
		memmove(to, from, move->len);
	}
	memcpy(w->poc + (move->dst - w->saved.base), to, move->len);
	return 0;
}

void world_move(struct resume_world *w)
{
	assert_int_equal(trans_list_moves_(&w->resume.transition, move_one, w,
					   NULL), 0);
}

void world_compare(struct resume_world *w)
{
	for (size_t i = 0; i < w->pages; i++) {
		trans_pa_t pa = w->saved.base + i * w->page;
		size_t at = i * w->page;

		if (w->kind[i] == PAGE_NONE)
			continue;
		if (memcmp(memory_at(&w->old, pa), w->now.bytes + at, w->page))
			fail_msg("page %#llx is not what was saved",
				 (unsigned long long)pa);
		if (memcmp(memory_at(&w->old, pa), w->poc + at, w->page))
			fail_msg("page %#llx is not clean",
				 (unsigned long long)pa);
	}
}

void world_untouched(struct resume_world *w)
{
	for (size_t i = 0; i < w->saved.len; i += 64) {
		if (!memcmp(w->before + i, w->now.bytes + i, 64))
			continue;
		if (!trans_ranges_touch(&w->lent, w->saved.base + i, 64))
			fail_msg("%#llx was written, and not lent",
				 (unsigned long long)w->saved.base + i);
	}
}

bool world_holds_data(const struct resume_world *w)
{
	for (size_t i = 0; i < w->now.len; i++)
		if (w->now.bytes[i] && w->now.bytes[i] != w->before[i])
			return true;
	return false;
}

void world_end(struct resume_world *w)
{
	static const struct trans_resume zero;

	trans_resume_unload(&w->resume);
	assert_memory_equal(&w->resume, &zero, sizeof(zero));
	assert_int_equal(w->aliases, 0);
	memory_free(&w->old);
	if (w->now.bytes)
		memory_free(&w->now);
	free(w->kind);
	free(w->disk);
	free(w->before);
	free(w->poc);
}

int world_setup(void **state)
{
	static struct resume_world w;

	world_usual(&w, 0x40000000);
	*state = &w;
	return 0;
}

int world_teardown(void **state)
{
	world_end(*state);
	return 0;
}

void world_is_loaded(void **state)
{
	struct resume_world *w = *state;

	assert_int_equal(world_load(w), 0);
	trans_resume_unload(&w->resume);
}
