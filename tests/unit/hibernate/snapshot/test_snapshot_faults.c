/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Snapshots that fail: each refusal by its name and with the disk untouched,
 * everything that can fail failing once, and the power going at every single
 * operation of the disk. There is then no image, or the whole one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/support/snapshots.h"

#define PAGES 45u
#define PAGE 4096u

static void open_any(struct snap *s, bool packed)
{
	snap_open(s, 12, PAGES,
		  packed ? TRANS_SWSUSP_LZ4 : TRANS_SWSUSP_RAW, 2);
}

/* Refused before the disk was written to. */
static void refused(struct snap *s, int status, const char *why)
{
	assert_int_equal(snap_take(s), status);
	assert_non_null(strstr(s->err.why, why));
	assert_int_equal(s->disk.writes, 0);
	assert_int_equal(s->memory.allocs, 0);
	snap_close(s);
	snap_open(s, 12, PAGES, TRANS_SWSUSP_LZ4, 2);
}

#define REFUSED(status, why, change) \
	do { \
		change; \
		refused(&s, status, why); \
	} while (0)

static void test_arguments(void **state)
{
	struct snap s;

	(void)state;
	open_any(&s, true);
	REFUSED(TRANS_EINVAL, "cpu", s.args.cpu = NULL);
	REFUSED(TRANS_EINVAL, "cpu", s.cpu.el = 0);
	REFUSED(TRANS_EINVAL, "cpu", s.cpu.el = 3);
	REFUSED(TRANS_EINVAL, "granule", s.cpu.mmfr0 = 0xf0000005);
	REFUSED(TRANS_EINVAL, "granule", s.args.granule = 13);
	REFUSED(TRANS_EINVAL, "ops", s.args.ops = NULL);
	REFUSED(TRANS_EINVAL, "ops", s.memory.ops.alloc = NULL);
	REFUSED(TRANS_EINVAL, "ops", s.memory.ops.free = NULL);
	REFUSED(TRANS_EINVAL, "ops", s.memory.ops.phys_to_virt = NULL);
	REFUSED(TRANS_EINVAL, "save", s.args.save = NULL);
	REFUSED(TRANS_EINVAL, "free", s.args.free = NULL);
	REFUSED(TRANS_EINVAL, "alias_prepare", s.args.alias_prepare = NULL);
	REFUSED(TRANS_EINVAL, "alias_leave", s.args.alias_leave = NULL);
	REFUSED(TRANS_EINVAL, "alias_enter", s.args.alias_enter = NULL);
	REFUSED(TRANS_EINVAL, "disk", s.args.disk = NULL);
	REFUSED(TRANS_EINVAL, "disk", s.disk.block.read = NULL);
	REFUSED(TRANS_EINVAL, "disk", s.disk.block.write = NULL);
	REFUSED(TRANS_EINVAL, "disk", s.disk.block.flush = NULL);
	REFUSED(TRANS_EINVAL, "sectors", s.disk.block.sector_shift = 13);
	REFUSED(TRANS_EINVAL, "sectors", s.disk.block.sector_shift = 8);
	REFUSED(TRANS_EINVAL, "packing", s.args.packing = TRANS_SWSUSP_LZO);
	REFUSED(TRANS_EINVAL, "lz4", s.args.lz4 = NULL);
	REFUSED(TRANS_EINVAL, "slots", s.args.slots.first = 0);
	REFUSED(TRANS_EINVAL, "slots", s.args.slots.first = 2);
	REFUSED(TRANS_EINVAL, "slots", s.args.slots.first = 1);
	REFUSED(TRANS_EINVAL, "nothing to save", s.save.count = 0);
	REFUSED(TRANS_EALIGN, "save", s.save_range[0].len -= 512);
	REFUSED(TRANS_EALIGN, "nosave", s.nosave_range[0].start += 512);
	snap_close(&s);
}

static void test_arguments_are_needed(void **state)
{
	struct trans_snapshot_needs needs;
	struct trans_error err;

	(void)state;
	assert_int_equal(trans_snapshot_take(NULL, &err), TRANS_EINVAL);
	assert_int_equal(trans_snapshot_take(NULL, NULL), TRANS_EINVAL);
	assert_int_equal(trans_snapshot_estimate(NULL, &needs, &err),
			 TRANS_EINVAL);
}

/* One page or one slot less than foretold is refused at once. */
static void test_too_little(void **state)
{
	struct trans_snapshot_needs needs;
	struct snap s;

	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		open_any(&s, packed);
		assert_int_equal(trans_snapshot_estimate(&s.args, &needs,
							 NULL), 0);
		s.free_range[0].len = needs.memory - PAGE;
		s.save_range[0].len = (PAGES + 2) * PAGE;
		assert_int_equal(snap_take(&s), TRANS_ENOMEM);
		assert_int_equal(s.err.len, needs.memory);
		assert_int_equal(s.disk.ops, 0);
		snap_close(&s);
		open_any(&s, packed);
		s.args.slots.count = needs.slots - 1;
		assert_int_equal(snap_take(&s), TRANS_ENOSPC);
		assert_int_equal(s.err.desc, needs.slots);
		assert_int_equal(s.disk.ops, 0);
		s.args.slots.count = needs.slots;
		assert_int_equal(snap_take(&s), TRANS_SNAPSHOT_TAKEN);
		snap_close(&s);
	}
}

static void test_too_little_of_anything(void **state)
{
	struct trans_range many[600];
	struct trans_ranges set = { many, 600, 600 };
	struct snap s;

	(void)state;
	open_any(&s, true);
	REFUSED(TRANS_ENOMEM, "no lent memory", s.free.count = 0);
	REFUSED(TRANS_ENOMEM, "no lent memory", s.free_range[0].len = PAGE);
	/* Enough in all, but no room for the buffers in one piece. */
	for (unsigned int i = 0; i < 600; i++)
		many[i] = (struct trans_range){
			SNAP_BASE + (uint64_t)i * 2 * PAGE, PAGE };
	many[0].len *= 30;
	set.count = 200;
	REFUSED(TRANS_ENOMEM, "lent memory", s.args.free = &set);
	set.count = 600;
	REFUSED(TRANS_ENOSPC, "too many ranges", s.args.save = &set);
	REFUSED(TRANS_ENOSPC, "swap area", s.args.slots.first = 60);
	REFUSED(TRANS_ENOSPC, "swap area", s.args.slots.first = 1u << 30);
	REFUSED(TRANS_ENOSPC, "swap area", s.disk.block.len = 40 * PAGE);
	snap_close(&s);
}

/* What is there instead of a swap area stays there. */
static void header_refused(unsigned int at, const char *text, size_t len,
			   const char *why)
{
	struct snap s;
	uint8_t *before;

	open_any(&s, true);
	memcpy(s.disk.seen + 2 * PAGE + at, text, len);
	before = malloc(s.disk.block.len);
	memcpy(before, s.disk.seen, s.disk.block.len);
	assert_int_equal(snap_take(&s), TRANS_EIMAGE);
	assert_non_null(strstr(s.err.why, why));
	assert_memory_equal(before, s.disk.seen, s.disk.block.len);
	assert_int_equal(s.disk.ops, 1);
	free(before);
	snap_close(&s);
}

static void test_no_swap_area(void **state)
{
	struct snap s;

	(void)state;
	header_refused(4086, "S1SUSPEND", 10, "already");
	header_refused(4086, "SWAP-SPACE", 10, "no swap area");
	header_refused(4086, "SWAPSPACE3", 10, "no swap area");
	header_refused(1024, "\2", 1, "version");
	header_refused(1032, "\1", 1, "bad pages");
	/* A swap area for 4K pages is none for 64K. */
	snap_open(&s, 16, 30, TRANS_SWSUSP_RAW, 0);
	memset(s.disk.seen + 65526, 0, 10);
	memcpy(s.disk.seen + 4086, "SWAPSPACE2", 10);
	assert_int_equal(snap_take(&s), TRANS_EIMAGE);
	snap_close(&s);
	open_any(&s, false);
	s.args.offset = 1u << 20;
	assert_int_equal(snap_take(&s), TRANS_EIMAGE);
	snap_close(&s);
}

/* A partition that is larger than the swap area on it. */
static void test_last_page(void **state)
{
	struct trans_snapshot_needs needs;
	struct snap s;
	uint32_t last;

	(void)state;
	snap_open(&s, 12, PAGES, TRANS_SWSUSP_RAW, 0);
	assert_int_equal(trans_snapshot_estimate(&s.args, &needs, NULL), 0);
	last = (uint32_t)needs.slots - 1;
	memcpy(s.disk.seen + 1028, &last, 4);
	assert_int_equal(snap_take(&s), TRANS_ENOSPC);
	assert_int_equal(s.disk.writes, 0);
	last++;
	memcpy(s.disk.seen + 1028, &last, 4);
	assert_int_equal(snap_take(&s), TRANS_SNAPSHOT_TAKEN);
	snap_close(&s);
}

/* ---- everything fails once ---- */

/* Afterwards there is no image, and the next try succeeds. */
static void failed(struct snap *s, int status, const char *why)
{
	struct snap_image image;

	assert_int_equal(snap_take(s), status);
	assert_non_null(strstr(s->err.why, why));
	assert_false(snap_has_image(s, s->disk.seen));
	assert_false(snap_has_image(s, s->disk.durable));
	assert_int_equal(snap_take(s), TRANS_SNAPSHOT_TAKEN);
	snap_read(s, s->disk.durable, &image);
	snap_compare(s, &image);
	snap_read_done(&image);
	snap_close(s);
}

static void test_allocations(void **state)
{
	struct snap s;

	(void)state;
	for (unsigned long i = 1; i <= 2; i++) {
		open_any(&s, true);
		s.memory.fail_at = i;
		failed(&s, TRANS_ENOMEM, "way back");
	}
}

static void test_phys_to_virt(void **state)
{
	unsigned long total;
	struct snap s;

	(void)state;
	open_any(&s, true);
	assert_int_equal(snap_take(&s), TRANS_SNAPSHOT_TAKEN);
	total = s.memory.maps;
	snap_close(&s);
	assert_true(total > 2 * PAGES);
	for (unsigned long i = 1; i <= total; i++) {
		open_any(&s, true);
		s.memory.refuse_map_at = i;
		failed(&s, TRANS_EFAULT, "phys_to_virt");
	}
}

static void test_disk_operations(void **state)
{
	unsigned long total;
	struct snap s;

	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		open_any(&s, packed);
		snap_shuffle(&s, 7);
		assert_int_equal(snap_take(&s), TRANS_SNAPSHOT_TAKEN);
		total = s.disk.ops;
		snap_close(&s);
		assert_true(total > 6);
		for (unsigned long i = 1; i <= total; i++) {
			open_any(&s, packed);
			snap_shuffle(&s, 7);
			s.disk.fail_at = i;
			failed(&s, TRANS_EHOST, "snapshot: ");
		}
	}
}

static void test_callbacks(void **state)
{
	struct snap s;

	(void)state;
	for (unsigned long i = 1; i <= 2; i++) {
		open_any(&s, true);
		s.lz4_at = i;
		failed(&s, TRANS_EHOST, "lz4");
		open_any(&s, true);
		s.progress_at = i;
		failed(&s, TRANS_ESTOPPED, "progress");
	}
	open_any(&s, true);
	s.refuse_alias = 5;
	assert_int_equal(snap_take(&s), TRANS_EHOST);
	s.refuse_alias = TRANS_EUNREPR;
	assert_int_equal(snap_take(&s), TRANS_EUNREPR);
	assert_int_equal(s.disk.writes, 0);
	snap_close(&s);
}

static void test_slots(void **state)
{
	static const uint64_t bad[] = { 0, 2, 1u << 20, UINT64_MAX - 1 };
	struct snap s;

	(void)state;
	for (unsigned long at = 1; at < 20; at++) {
		open_any(&s, false);
		snap_shuffle(&s, at);
		s.bad_slot = UINT64_MAX;
		s.slot_at = at;
		failed(&s, TRANS_EHOST, "slots.at");
	}
	for (unsigned int i = 0; i < 4; i++) {
		open_any(&s, false);
		snap_shuffle(&s, 5);
		s.bad_slot = bad[i];
		s.slot_at = 1 + i * 7;
		assert_int_equal(snap_take(&s), TRANS_ERANGE);
		assert_int_equal(s.err.desc, bad[i]);
		assert_true(snap_untouched(&s, s.disk.seen) || i);
		assert_false(snap_has_image(&s, s.disk.seen));
		snap_close(&s);
	}
}

/* The first slot behind the area, and the last one of it: of a file, whose area
 * is the device, and of a partition that is larger than what mkswap took. */
static void test_last_slot(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		uint64_t offset = i < 2 ? 2 : 0, limit;
		struct snap s;

		snap_open(&s, 12, PAGES, TRANS_SWSUSP_RAW, offset);
		limit = s.disk.block.len / PAGE;
		if (!offset) {
			limit -= 5;
			for (unsigned int n = 0; n < 4; n++) /* last_page */
				s.disk.seen[1028 + n] = s.disk.durable[1028 + n] =
					(uint8_t)((limit - 1) >> 8 * n);
		}
		s.args.slots.count = limit - 2 - s.args.slots.first;
		snap_shuffle(&s, 5);
		s.bad_slot = limit - i % 2;
		s.slot_at = 7;
		assert_int_equal(snap_take(&s), i % 2 ? 0 : TRANS_ERANGE);
		if (i % 2 == 0)
			assert_int_equal(s.err.desc, limit);
		snap_close(&s);
	}
}

/* The host's allocator must not give what will not come back. */
static void test_way_back_is_saved(void **state)
{
	struct snap s;

	(void)state;
	for (uint64_t page = 0; page < 2; page++) {
		open_any(&s, true);
		s.nosave_range[1] = s.nosave_range[0];
		s.nosave_range[0] = (struct trans_range){
			SNAP_BASE + page * PAGE, PAGE };
		s.nosave.count = 2;
		assert_int_equal(snap_take(&s), TRANS_EINVAL);
		assert_non_null(strstr(s.err.why, "not saved"));
		assert_int_equal(s.err.pa, SNAP_BASE + page * PAGE);
		assert_int_equal(s.disk.writes, 0);
		snap_close(&s);
	}
}

/* ---- the signature ---- */

static unsigned long count_ops(bool packed, unsigned long *writes)
{
	struct snap s;
	unsigned long ops;

	open_any(&s, packed);
	assert_int_equal(snap_take(&s), TRANS_SNAPSHOT_TAKEN);
	ops = s.disk.ops;
	*writes = s.disk.writes;
	snap_close(&s);
	return ops;
}

/* The last operations are: read, write, flush, read. */
static void test_disk_that_lies(void **state)
{
	unsigned long writes;
	struct snap s;

	(void)state;
	count_ops(true, &writes);
	open_any(&s, true);
	s.disk.lie_at = writes;
	failed(&s, TRANS_EHOST, "not as written");
}

static void test_neither(void **state)
{
	unsigned long writes, ops = count_ops(true, &writes);
	struct snap_image image;
	struct snap s;

	(void)state;
	/* From the read-back on, nothing works any more. */
	open_any(&s, true);
	s.disk.cut_at = ops;
	assert_int_equal(snap_take(&s), TRANS_EHOST);
	assert_string_equal(s.err.why,
			    "signature neither committed nor taken back");
	assert_true(snap_has_image(&s, s.disk.durable));
	snap_read(&s, s.disk.durable, &image);
	snap_compare(&s, &image);
	snap_read_done(&image);
	snap_close(&s);
}

/* Somebody else formatted the disk while the image was being written. */
static int overwrite(void *ctx, uint64_t done, uint64_t total)
{
	struct snap *s = ctx;

	if (done == total)
		memcpy(s->disk.seen + 3 * PAGE - 10, "0123456789", 10);
	return 0;
}

static void test_area_goes_away(void **state)
{
	struct snap s;

	(void)state;
	open_any(&s, true);
	s.args.progress = overwrite;
	assert_int_equal(snap_take(&s), TRANS_EIMAGE);
	assert_memory_equal(s.disk.seen + 3 * PAGE - 10, "0123456789", 10);
	snap_close(&s);
}

/* ---- power cuts ---- */

static unsigned long open_for_cut(struct snap *s, unsigned int kind)
{
	unsigned long ops = 0;

	for (unsigned int i = 0; i < 2; i++) {
		open_any(s, kind & 1);
		if (kind & 2)
			snap_shuffle(s, 11);
		if (ops)
			break;
		assert_int_equal(snap_take(s), TRANS_SNAPSHOT_TAKEN);
		ops = s->disk.ops;
		snap_close(s);
	}
	return ops;
}

/* Is there an image after the power went at operation @at, and is it whole? */
static bool cut(struct snap *s, unsigned long at, uint64_t seed)
{
	struct snap_image image;
	bool there;

	s->disk.cut_at = at;
	assert_int_equal(snap_take(s), TRANS_EHOST);
	snap_power_cut(s, seed);
	there = snap_has_image(s, s->disk.durable);
	if (there) {
		snap_read(s, s->disk.durable, &image);
		snap_compare(s, &image);
		snap_read_done(&image);
	} else {
		assert_memory_equal(s->disk.durable + 3 * PAGE - 10,
				    "SWAPSPACE2", 10);
	}
	snap_close(s);
	return there;
}

/* The last operations: read, write, flush and read back the signature. A cut
 * before the flush or in it leaves it to luck, one behind it comes too late. */
static void test_power_cuts(void **state)
{
	struct snap s;

	(void)state;
	for (unsigned int kind = 0; kind < 4; kind++) {
		unsigned long ops = open_for_cut(&s, kind), lucky = 0;

		snap_close(&s);
		assert_true(ops > (kind == 2 ? 40 : 7));
		for (unsigned long at = 1; at <= ops; at++) {
			for (uint64_t seed = 0; seed < 8; seed++) {
				bool there;

				open_for_cut(&s, kind);
				there = cut(&s, at, seed);
				lucky += there;
				assert_true(at < ops || there);
				assert_true(at >= ops - 1 || !there);
			}
		}
		assert_true(lucky > 8 && lucky < 16);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_arguments_are_needed),
		cmocka_unit_test(test_too_little),
		cmocka_unit_test(test_too_little_of_anything),
		cmocka_unit_test(test_no_swap_area),
		cmocka_unit_test(test_last_page),
		cmocka_unit_test(test_allocations),
		cmocka_unit_test(test_phys_to_virt),
		cmocka_unit_test(test_disk_operations),
		cmocka_unit_test(test_callbacks),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_last_slot),
		cmocka_unit_test(test_way_back_is_saved),
		cmocka_unit_test(test_disk_that_lies),
		cmocka_unit_test(test_neither),
		cmocka_unit_test(test_area_goes_away),
		cmocka_unit_test(test_power_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
