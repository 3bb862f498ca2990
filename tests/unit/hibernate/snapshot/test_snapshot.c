/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Snapshots that succeed: what is on the disk is what was in memory, as an
 * independent reader finds it, with every page size, packing and order of
 * slots; needs are foretold; and the call that returns a second time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hibernate/snapshot/fake/fake.h"
#include "hibernate/snapshot/context.h"
#include "lib/machine/arch/fake/fake.h"
#include "tests/unit/support/snapshots.h"

static const unsigned int shifts[] = { 12, 14, 16 };

static bool on_disk(const struct snap *s, uint64_t word)
{
	for (size_t at = 0; at < s->disk.block.len; at += 8)
		if (!memcmp(s->disk.durable + at, &word, 8))
			return true;
	return false;
}

static void take_and_compare(struct snap *s, struct snap_image *image)
{
	assert_int_equal(snap_take(s), TRANS_SNAPSHOT_TAKEN);
	snap_read(s, s->disk.durable, image);
	snap_compare(s, image);
	assert_false(on_disk(s, SNAP_SECRET));
	assert_int_equal(image->mpidr, 3);
	assert_int_equal(image->level, s->cpu.el);
	assert_int_equal(s->progress_done, image->pages - 1);
	assert_int_equal(s->progress_total, image->pages - 1);
}

/* The context and the code are where the image says. */
static void check_way_back(struct snap *s, const struct snap_image *image)
{
	const uint8_t *code = image->memory + (image->entry - SNAP_BASE);
	const uint64_t *context =
		(const void *)(image->memory + (image->context - SNAP_BASE));

	for (unsigned int i = 0; i < FAKE_WAY_BACK_LEN; i++)
		assert_int_equal(code[i], FAKE_WAY_BACK_BYTE);
	assert_int_equal(context[CONTEXT_FLAGS / 8], fake_snapshot.flags);
	assert_int_equal(context[CONTEXT_SELF / 8], FAKE_CONTEXT);
	assert_true(s->memory.cleaned >= FAKE_WAY_BACK_LEN);
}

static void round_trip(unsigned int shift, unsigned int pages,
		       enum trans_swsusp_packing packing, uint64_t offset,
		       bool shuffle)
{
	struct snap_image image;
	struct snap s;

	snap_open(&s, shift, pages, packing, offset);
	if (shuffle)
		snap_shuffle(&s, pages);
	take_and_compare(&s, &image);
	check_way_back(&s, &image);
	assert_true(image.zero >= pages / 20);
	snap_read_done(&image);
	snap_close(&s);
}

static void test_left_to_the_library(void **state)
{
	struct snap_image image;
	struct snap s;

	(void)state;
	snap_open(&s, 12, 60, TRANS_SWSUSP_RAW, 0);
	s.args.granule = (enum trans_granule)0;
	s.args.mpidr = 0;
	s.cpu.mpidr = SNAP_MPIDR;
	take_and_compare(&s, &image);
	snap_read_done(&image);
	snap_close(&s);
}

static void test_raw(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		round_trip(shifts[i], 60, TRANS_SWSUSP_RAW, 0, false);
		round_trip(shifts[i], 61, TRANS_SWSUSP_RAW, 0, true);
	}
}

static void test_lz4(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		round_trip(shifts[i], 80, TRANS_SWSUSP_LZ4, 0, false);
		round_trip(shifts[i], 81, TRANS_SWSUSP_LZ4, 0, true);
	}
}

/* Two or three maps, and two or three pages of metadata. */
static void test_several_maps(void **state)
{
	(void)state;
	round_trip(12, 1300, TRANS_SWSUSP_RAW, 0, false);
	round_trip(12, 1300, TRANS_SWSUSP_RAW, 0, true);
	round_trip(12, 1301, TRANS_SWSUSP_LZ4, 0, false);
	round_trip(12, 2600, TRANS_SWSUSP_LZ4, 0, true);
}

static void test_swap_file(void **state)
{
	(void)state;
	round_trip(12, 50, TRANS_SWSUSP_RAW, 17, false);
	round_trip(16, 40, TRANS_SWSUSP_LZ4, 3, true);
}

/* Metadata that fill their page to the last entry have no end mark. */
static void test_full_metadata(void **state)
{
	(void)state;
	for (unsigned int pages = 510; pages <= 514; pages++)
		round_trip(12, pages, TRANS_SWSUSP_RAW, 0, false);
}

/* Chunks of 32 pages that come out even, or with one page left. */
static void test_chunk_edges(void **state)
{
	(void)state;
	for (unsigned int pages = 32; pages <= 40; pages++)
		round_trip(12, pages, TRANS_SWSUSP_LZ4, 0, false);
}

/* Nothing on the disk but the area and the header's last sector has changed. */
static void test_stays_in_its_slots(void **state)
{
	struct snap_image image;
	uint64_t slots, len;
	struct snap s;

	(void)state;
	snap_open(&s, 12, 100, TRANS_SWSUSP_LZ4, 5);
	take_and_compare(&s, &image);
	slots = image.slots;
	len = s.disk.block.len;
	for (size_t at = 0; at < len; at++) {
		bool header = at >= 6 * 4096 - 40 && at < 6 * 4096;
		bool ours = at >= 6 * 4096 && at < (6 + slots) * 4096;

		if (at < 5 * 4096 || (!header && !ours && at >= 6 * 4096))
			assert_int_equal(s.disk.durable[at], 0x77);
	}
	assert_int_equal(s.disk.durable[5 * 4096 + 1036], 0xab);
	snap_read_done(&image);
	snap_close(&s);
}

/* ---- needs ---- */

/* Without zeroes and unpacked, nothing is left over. */
static void test_needs_are_exact(void **state)
{
	struct trans_snapshot_needs needs;
	struct snap_image image;
	struct snap s;

	(void)state;
	for (unsigned int pages = 500; pages < 520; pages += 3) {
		snap_open(&s, 12, pages, TRANS_SWSUSP_RAW, 0);
		for (unsigned int i = 0; i < pages; i++)
			*(uint64_t *)(s.memory.bytes + i * 4096) |= 1;
		assert_int_equal(trans_snapshot_estimate(&s.args, &needs,
							 &s.err), 0);
		assert_int_equal(needs.pages, pages);
		assert_int_equal(needs.has_memory, (pages + 80) * 4096);
		assert_int_equal(needs.has_slots, s.args.slots.count);
		s.args.slots.count = needs.slots;
		s.free_range[0].len = needs.memory;
		s.save_range[0].len -= (pages + 80) * 4096 - needs.memory;
		take_and_compare(&s, &image);
		assert_int_equal(image.slots, needs.slots);
		assert_int_equal(image.zero, 0);
		snap_read_done(&image);
		snap_close(&s);
	}
}

/* Noise does not pack, and yet fits into what was foretold. */
static void test_noise_fits(void **state)
{
	struct trans_snapshot_needs needs;
	struct snap_image image;
	uint64_t seed = 1;
	struct snap s;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		snap_open(&s, shifts[i], 97, TRANS_SWSUSP_LZ4, 0);
		for (size_t at = 0; at < 97u << shifts[i]; at += 8)
			*(uint64_t *)(s.memory.bytes + at) = rnd(&seed);
		assert_int_equal(trans_snapshot_estimate(&s.args, &needs,
							 &s.err), 0);
		s.args.slots.count = needs.slots;
		take_and_compare(&s, &image);
		assert_true(image.slots + 4 >= needs.slots);
		snap_read_done(&image);
		snap_close(&s);
	}
}

/* Lent in pieces, some of them parts of pages, which stay and are saved. */
static void test_lent_in_pieces(void **state)
{
	struct snap_image image;
	struct snap s;
	uint64_t at;

	(void)state;
	snap_open(&s, 14, 70, TRANS_SWSUSP_LZ4, 0);
	at = s.free_range[0].start;
	s.free_range[0] = (struct trans_range){ at + 4096, 16384 * 5 };
	s.free_range[1] = (struct trans_range){ at + 16384 * 6, 100 };
	s.free_range[2] = (struct trans_range){ at + 16384 * 8, 16384 * 70 };
	s.free_range[3] = (struct trans_range){ at + 16384 * 79,
						16384 * 71 - 1 };
	s.free.count = 4;
	for (uint64_t i = 0; i < 150; i++)
		*(uint64_t *)memory_at(&s.memory, at + i * 16384) = i;
	assert_int_equal(snap_take(&s), TRANS_SNAPSHOT_TAKEN);
	snap_read(&s, s.disk.durable, &image);
	/* Pages 0, 5, 6, 7, 78 and 149 of it are not lent as a whole. */
	assert_int_equal(image.data + image.zero, 70 + 6);
	snap_read_done(&image);
	snap_close(&s);
}

/* ---- coming back ---- */

static void test_resumed(void **state)
{
	struct snap s;

	(void)state;
	snap_open(&s, 12, 40, TRANS_SWSUSP_RAW, 0);
	fake_snapshot.resumes = true;
	assert_int_equal(snap_take(&s), TRANS_SNAPSHOT_RESUMED);
	assert_int_equal(fake_snapshot.calls, 1);
	assert_int_equal(s.disk.writes, 0);
	assert_true(snap_untouched(&s, s.disk.seen));
	snap_close(&s);
}

/* As often as one likes, on the same area once the signature is gone. */
static void test_again(void **state)
{
	struct snap_image image;
	struct snap s;

	(void)state;
	snap_open(&s, 12, 40, TRANS_SWSUSP_LZ4, 0);
	for (unsigned int i = 0; i < 3; i++) {
		s.memory.bytes[4096 * 20 + i] = 0x99;
		take_and_compare(&s, &image);
		snap_read_done(&image);
		assert_int_equal(snap_take(&s), TRANS_EIMAGE);
		memcpy(s.disk.seen + 4086, "SWAPSPACE2", 10);
	}
	snap_close(&s);
}

/* No alias to enter or leave: it is always there. */
static void test_standing_alias(void **state)
{
	struct snap s;

	(void)state;
	snap_open(&s, 12, 40, TRANS_SWSUSP_RAW, 0);
	s.args.alias_enter = NULL;
	s.args.alias_leave = NULL;
	s.args.alias_drop = NULL;
	s.args.progress = NULL;
	s.memory.ops.clean = NULL;
	s.args.nosave = NULL;
	s.save_range[0].len = 40 * 4096;
	assert_int_equal(trans_snapshot_take(&s.args, NULL), 0);
	assert_int_equal(s.aliases, 1);
	assert_true(snap_has_image(&s, s.disk.durable));
	snap_close(&s);
}

static void expect_flags(struct trans_cpu cpu, uint64_t flags)
{
	assert_int_equal(trans_snapshot_flags_(&cpu), flags);
}

static void test_flags(void **state)
{
	(void)state;
	expect_flags((struct trans_cpu){ .el = 1 }, 0);
	expect_flags((struct trans_cpu){ .el = 2 }, 3);
	expect_flags((struct trans_cpu){ .el = 2, .e2h = true }, 1);
	/* of these, no more than firmware grants */
	expect_flags((struct trans_cpu){ .el = 1, .mmfr3 = 0x1111f }, 0);
	expect_flags((struct trans_cpu){ .el = 1, .granted = ~0u }, 0);
	expect_flags((struct trans_cpu){ .el = 1, .mmfr3 = 0x1111f,
					 .granted = TRANS_GRANT_TCR2 }, 1 << 2);
	expect_flags((struct trans_cpu){ .el = 1, .mmfr3 = 0x0011f,
					 .granted = TRANS_GRANT_PIE }, 1 << 3);
	expect_flags((struct trans_cpu){ .el = 1, .mmfr3 = 0x1001f,
					 .granted = TRANS_GRANT_PIE }, 1 << 4);
	expect_flags((struct trans_cpu){ .el = 1, .mmfr3 = 0x1111f,
					 .granted = TRANS_GRANT_SCTLR2 },
		     1 << 5);
	expect_flags((struct trans_cpu){ .el = 1, .mmfr1 = 0x100000 }, 1 << 6);
	expect_flags((struct trans_cpu){ .el = 1, .mmfr2 = 0x10 }, 1 << 7);
	expect_flags((struct trans_cpu){ .el = 1, .pfr0 = 1ULL << 48 }, 1 << 8);
	/* FEAT_SSBS alone has no register for it; MTE without tags no TCO. */
	expect_flags((struct trans_cpu){ .el = 1, .pfr1 = 0x110 }, 0);
	expect_flags((struct trans_cpu){ .el = 1, .pfr1 = 0x220 },
		     1 << 9 | 1 << 10);
	expect_flags((struct trans_cpu){ .el = 1, .pfr1 = 1ULL << 36 }, 1 << 11);
}

/* The assembler's accesses, of a CPU with all that may be trapped. */
static void test_what_is_granted(void **state)
{
	static const unsigned int grants[] = {
		0, TRANS_GRANT_TCR2, TRANS_GRANT_PIE, TRANS_GRANT_SCTLR2,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(grants) / sizeof(grants[0]); i++) {
		struct snap s;

		snap_open(&s, 12, 40, TRANS_SWSUSP_RAW, 0);
		s.cpu.mmfr3 = 0x10111;
		s.cpu.granted = fake_arch.granted = grants[i];
		assert_int_equal(trans_snapshot_take(&s.args, NULL), 0);
		snap_close(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_left_to_the_library),
		cmocka_unit_test(test_lz4),
		cmocka_unit_test(test_several_maps),
		cmocka_unit_test(test_swap_file),
		cmocka_unit_test(test_full_metadata),
		cmocka_unit_test(test_chunk_edges),
		cmocka_unit_test(test_stays_in_its_slots),
		cmocka_unit_test(test_needs_are_exact),
		cmocka_unit_test(test_noise_fits),
		cmocka_unit_test(test_lent_in_pieces),
		cmocka_unit_test(test_resumed),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_standing_alias),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_what_is_granted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
