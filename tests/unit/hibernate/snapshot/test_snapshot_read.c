/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Snapshots, read back by the library's own reader and made into a transition
 * on another machine; and what such an image may not say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hibernate/snapshot/fake/fake.h"
#include "hibernate/snapshot_header.h"
#include "ports/lz4/unlz4.h"
#include "tests/unit/support/snapshots.h"
#include "trans/transition/private.h"
#include "tests/unit/support/world.h"

#include <trans_table/hibernate.h>

static const unsigned int shifts[] = { 12, 14, 16 };

/* ---- by the reader ---- */

struct reading {
	struct snap s;
	struct trans_swsusp image;
	void *buffer;
	uint8_t *stream;
	size_t at;
};

/* Room for a few pages at a time. */
static void *room(void *ctx, unsigned int *count)
{
	struct reading *r = ctx;
	void *to = r->stream + r->at;

	*count = *count > 5 ? 5 : *count;
	r->at += (size_t)*count << r->s.shift;
	return to;
}

static int open_image(struct reading *r, struct trans_error *err)
{
	uint64_t len = TRANS_SWSUSP_BUFFER(r->s.shift);
	struct trans_swsusp_args args = {
		.disk = &r->s.disk.block,
		.offset = r->s.args.offset,
		.unpack = { .lz4 = trans_unlz4 },
		.buffer_len = len,
	};

	r->buffer = args.buffer = aligned_alloc(4096, len);
	return trans_swsusp_open(&r->image, &args, err);
}

static void check_info(const struct reading *r, const struct snap_image *image)
{
	const struct trans_swsusp_info *info = &r->image.info;

	assert_true(info->own);
	assert_int_equal(info->page_shift, r->s.shift);
	assert_int_equal(info->packing, r->s.args.packing);
	assert_int_equal(info->has_crc, info->packing == TRANS_SWSUSP_LZ4);
	assert_int_equal(info->entry, image->entry);
	assert_int_equal(info->context, image->context);
	assert_int_equal(info->level, r->s.cpu.el);
	assert_int_equal(info->mpidr, 3);
	assert_int_equal(info->pages, image->pages);
	assert_int_equal(info->meta_pages, image->meta);
	assert_int_equal(info->data_pages, image->data);
	assert_int_equal(info->ttbr1 | info->reenter | info->stub, 0);
}

/* Byte for byte what memory was, by the reader's word alone. */
static void compare(struct reading *r)
{
	const struct trans_swsusp_info *info = &r->image.info;
	size_t page = (size_t)1 << r->s.shift, data = info->meta_pages * page;
	static const uint8_t zeroes[65536];
	uint64_t *context = (void *)(r->s.expected + info->context - SNAP_BASE);

	context[1] = FAKE_CONTEXT;
	for (uint64_t i = 0; i < info->meta_pages * (page / 8); i++) {
		uint64_t pfn = ((uint64_t *)(void *)r->stream)[i];
		const uint8_t *was;

		if (pfn == UINT64_MAX)
			break;
		was = r->s.expected + (pfn & ~(1ULL << 63)) * page - SNAP_BASE;
		assert_memory_equal(was, pfn >> 63 ? zeroes :
					       r->stream + data, page);
		data += pfn >> 63 ? 0 : page;
	}
	assert_int_equal(data, (info->pages - 1) * page);
}

static void read_back(unsigned int shift, enum trans_swsusp_packing packing,
		      uint64_t offset, unsigned int pages)
{
	struct snap_image image;
	struct reading r = { 0 };
	struct trans_error err;

	snap_open(&r.s, shift, pages, packing, offset);
	snap_shuffle(&r.s, pages);
	assert_int_equal(snap_take(&r.s), TRANS_SNAPSHOT_TAKEN);
	assert_int_equal(open_image(&r, &err), 0);
	snap_read(&r.s, r.s.disk.durable, &image);
	check_info(&r, &image);
	r.stream = aligned_alloc(4096, r.image.info.pages << shift);
	assert_int_equal(trans_swsusp_read(&r.image, r.image.info.pages - 1,
					   room, &r, &err), 0);
	compare(&r);
	snap_read_done(&image);
	snap_close(&r.s);
	free(r.stream);
	free(r.buffer);
}

static void test_read_back(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		read_back(shifts[i], TRANS_SWSUSP_RAW, 0, 63);
		read_back(shifts[i], TRANS_SWSUSP_LZ4, 0, 64);
		read_back(shifts[i], TRANS_SWSUSP_LZ4, 9, 65);
	}
	read_back(12, TRANS_SWSUSP_RAW, 0, 1200);
	read_back(12, TRANS_SWSUSP_LZ4, 0, 1200);
}

/* Taken off the disk as any image. */
static void test_clear(void **state)
{
	struct reading r = { 0 };
	struct trans_error err;

	(void)state;
	snap_open(&r.s, 12, 50, TRANS_SWSUSP_LZ4, 2);
	assert_int_equal(snap_take(&r.s), TRANS_SNAPSHOT_TAKEN);
	assert_int_equal(open_image(&r, &err), 0);
	assert_int_equal(trans_swsusp_clear(&r.image, &err), 0);
	assert_false(snap_has_image(&r.s, r.s.disk.durable));
	assert_memory_equal(r.s.disk.durable + 3 * 4096 - 10, "SWAPSPACE2", 10);
	snap_close(&r.s);
	free(r.buffer);
}

/* ---- by a resume, on a machine with more memory ---- */

#define HOST_AT 21ULL /* pages, over what was saved */
#define HOST_PAGES 16ULL

struct resumer {
	struct snap s;
	struct memory now;
	struct trans_ops host;
	struct trans_range ram_range, lent_range[2];
	struct trans_ranges ram, reserved, lent;
	struct trans_cpu cpu;
	struct trans_resume_args args;
	struct trans_resume resume;
	struct trans_error err;
};

static int alias_prepare(void *host, trans_pa_t pa, uint64_t len)
{
	(void)host;
	(void)pa;
	(void)len;
	return 0;
}

/* Everything is lent but some pages in the middle, where this program is. */
static void describe(struct resumer *r)
{
	uint64_t host = HOST_AT << r->s.shift;
	uint64_t after = (HOST_AT + HOST_PAGES) << r->s.shift;

	r->ram_range = (struct trans_range){ SNAP_BASE, r->now.len };
	r->ram = (struct trans_ranges){ &r->ram_range, 1, 1 };
	r->lent_range[0] = (struct trans_range){ SNAP_BASE, host };
	r->lent_range[1] = (struct trans_range){ SNAP_BASE + after,
						 r->now.len - after };
	r->lent = (struct trans_ranges){ r->lent_range, 2, 2 };
	r->host = (struct trans_ops){ .phys_to_virt = r->now.ops.phys_to_virt,
				      .clean = r->now.ops.clean };
	r->cpu = r->s.cpu;
	r->args = (struct trans_resume_args){
		.disk = &r->s.disk.block, .offset = r->s.args.offset,
		.unpack = { .lz4 = trans_unlz4 },
		.ram = &r->ram, .reserved = &r->reserved, .free = &r->lent,
		.host = &r->host, .host_ctx = &r->now, .mpidr = SNAP_MPIDR,
		.transition = {
			.cpu = &r->cpu, .va_bits = 48,
			.map = TRANS_MAP_SPARSE,
			.alias_prepare = alias_prepare,
		},
	};
}

static void resumer_open(struct resumer *r, unsigned int shift, unsigned int el,
			 bool e2h)
{
	memset(r, 0, sizeof(*r));
	snap_open(&r->s, shift, 120, TRANS_SWSUSP_LZ4, 0);
	r->s.cpu.el = el;
	r->s.cpu.e2h = e2h;
	assert_int_equal(snap_take(&r->s), TRANS_SNAPSHOT_TAKEN);
	memory_init(&r->now, SNAP_BASE,
		    ((500ULL << shift) + 0xffff) & ~0xffffULL, shift);
	describe(r);
}

static void resumer_close(struct resumer *r)
{
	trans_resume_unload(&r->resume);
	memory_free(&r->now);
	snap_close(&r->s);
}

static int move_one(void *arg, const struct trans_move *move)
{
	struct resumer *r = arg;
	uint8_t *to = memory_at(&r->now, move->dst);

	if (move->src == TRANS_ZERO)
		memset(to, 0, move->len);
	else
		memmove(to, memory_at(&r->now, move->src), move->len);
	return 0;
}

static void comes_back(unsigned int shift, unsigned int el, bool e2h,
		       enum trans_resume_entry entry)
{
	struct snap_image image;
	struct resumer r;

	resumer_open(&r, shift, el, e2h);
	r.args.entry = entry;
	assert_int_equal(trans_resume_load(&r.resume, &r.args, &r.err), 0);
	snap_read(&r.s, r.s.disk.durable, &image);
	assert_int_equal(r.resume.how, TRANS_RESUME_PHYSICAL);
	assert_int_equal(r.resume.transition.args.entry, image.entry);
	assert_int_equal(r.resume.transition.args.x[0], image.context);
	assert_null(r.resume.transition.args.world);
	assert_true(r.resume.moved_pages >= HOST_PAGES);
	assert_int_equal(trans_list_moves_(&r.resume.transition, move_one, &r,
					   NULL), 0);
	snap_compare(&r.s, &image);
	for (size_t i = 0; i < r.s.memory.len >> shift; i++)
		if (image.has[i])
			assert_memory_equal(r.now.bytes + (i << shift),
					    image.memory + (i << shift),
					    1u << shift);
	snap_read_done(&image);
	resumer_close(&r);
}

/* Whatever entry is asked for: these have one way back. */
static void test_comes_back(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3; i++)
		for (unsigned int entry = TRANS_RESUME_AUTO;
		     entry <= TRANS_RESUME_VIRTUAL; entry++) {
			comes_back(shifts[i], 1, false, entry);
			comes_back(shifts[i], 2, false, entry);
			comes_back(shifts[i], 2, true, entry);
		}
}

/* ---- what may not be ---- */

/* Change a field of the info page; it is the first of the first map. */
static void put(struct resumer *r, unsigned int at, uint64_t value)
{
	memcpy(r->s.disk.seen + 2 * 4096 + at, &value, 8);
}

static void refused(struct resumer *r, int status, const char *why)
{
	unsigned long writes = r->s.disk.writes;

	assert_int_equal(trans_resume_load(&r->resume, &r->args, &r->err),
			 status);
	if (!strstr(r->err.why, why))
		fail_msg("said \"%s\"", r->err.why);
	assert_int_equal(r->s.disk.writes, writes);
	resumer_close(r);
	resumer_open(r, 12, 1, false);
}

static void test_refused(void **state)
{
	struct snap_image image;
	struct resumer r;

	(void)state;
	resumer_open(&r, 12, 1, false);
	snap_read(&r.s, r.s.disk.seen, &image);
	snap_read_done(&image);
	r.cpu.el = 2;
	refused(&r, TRANS_EIMAGE, "another exception level");
	r.args.transition.stub = true;
	refused(&r, TRANS_EIMAGE, "another exception level");
	r.args.mpidr = 2;
	refused(&r, TRANS_EIMAGE, "another CPU");
	r.cpu.mmfr0 = 0xf0000005;
	refused(&r, TRANS_EIMAGE, "page size");
	put(&r, OWN_LEVEL_AT, 3);
	refused(&r, TRANS_ECORRUPT, "exception level");
	put(&r, OWN_LEVEL_AT, 1ULL << 32 | 1);
	refused(&r, TRANS_ECORRUPT, "exception level");
	put(&r, OWN_ENTRY_AT, image.entry + 8);
	refused(&r, TRANS_ECORRUPT, "way back");
	put(&r, OWN_CONTEXT_AT, 1ULL << 52);
	refused(&r, TRANS_ECORRUPT, "way back");
	/* Lent, secret, zero: nothing of it comes with the image. */
	put(&r, OWN_ENTRY_AT, SNAP_BASE + 130 * 4096);
	refused(&r, TRANS_ECORRUPT, "way back");
	put(&r, OWN_CONTEXT_AT, SNAP_BASE + 120 * 4096);
	refused(&r, TRANS_ECORRUPT, "way back");
	put(&r, OWN_ENTRY_AT, SNAP_BASE + 10 * 4096);
	refused(&r, TRANS_ECORRUPT, "way back");
	put(&r, OWN_CONTEXT_AT, 0);
	refused(&r, TRANS_ECORRUPT, "way back");
	/* Half of the marks make it a kernel's, with a strange header. */
	put(&r, OWN_MAGIC_AT, OWN_MAGIC + 1);
	refused(&r, TRANS_ECORRUPT, "root table");
	put(&r, 0, 0);
	refused(&r, TRANS_ECORRUPT, "root table");
	resumer_close(&r);
}

static int count_line(void *arg, const char *text, size_t len)
{
	(void)len;
	*(int *)arg += !!strstr(text, "a snapshot, way back 0x");
	return 0;
}

static void test_print(void **state)
{
	struct resumer r;
	int found = 0;

	(void)state;
	resumer_open(&r, 12, 2, true);
	assert_int_equal(trans_resume_load(&r.resume, &r.args, &r.err), 0);
	assert_int_equal(trans_resume_print(&r.resume, count_line, &found), 0);
	assert_int_equal(found, 1);
	resumer_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_back),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_comes_back),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
