/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The rest of the next world's memory, which no move writes: what is zeroed is
 * a destination for maps and proof, what stays a source.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/support/transitions.h"

#define BSS (DST + 0x1234) /* in the last granule that is moved */
#define BSS_LEN 0x5001ULL
#define STAYS (SRC + 16 * MIB)

static struct trans_range zero_slot[2], stays_slot[2];
static struct trans_ranges zero, stay;

/* A move, its .bss, and something in place; tables by @map. */
static int set_up(void **state)
{
	int ret = transition_setup(state);

	zero_slot[0] = (struct trans_range){ BSS, BSS_LEN };
	stays_slot[0] = (struct trans_range){ STAYS, 0x1800 };
	zero = (struct trans_ranges){ zero_slot, 1, 2 };
	stay = (struct trans_ranges){ stays_slot, 1, 2 };
	tr.args.zero = &zero;
	tr.args.stays = &stay;
	transition_move(SRC, DST, 0x2000);
	return ret;
}

static int see_entry(void *arg, const struct trans_move *entry)
{
	struct trans_move **at = arg;

	*(*at)++ = *entry;
	return 0;
}

static void is_entry(const struct trans_move *entry, trans_pa_t src,
		     trans_pa_t dst, uint64_t len)
{
	assert_true(entry->src == src);
	assert_true(entry->dst == dst);
	assert_true(entry->len == len);
}

static void listed(void **state)
{
	struct trans_move entry[4], *at = entry;

	(void)state;
	transition_prepare();
	assert_int_equal(tr.t.move_count, 1);
	assert_int_equal(tr.t.move_bytes, 0x2000);
	assert_int_equal(tr.t.rest_count, 2);
	assert_int_equal(transition_params()->move_count, 1);
	assert_null(tr.t.args.zero);
	assert_null(tr.t.args.stays);
	assert_int_equal(trans_list_moves_(&tr.t, see_entry, &at, NULL), 0);
	assert_int_equal(at - entry, 3);
	is_entry(&entry[0], SRC, DST, 0x2000);
	is_entry(&entry[1], TRANS_ZERO, BSS, BSS_LEN);
	is_entry(&entry[2], STAYS, STAYS, 0x1800);
}

static void absent(trans_va_t va)
{
	struct trans_leaf leaf;

	assert_int_equal(trans_table_query(&tr.t.low, va, &leaf, NULL),
			 TRANS_ENOENT);
}

static void sparse(void **state)
{
	(void)state;
	transition_prepare();
	leaf_is(&tr.t.low, DST, DST, true, false);
	leaf_is(&tr.t.low, DST + 0x6234, DST + 0x6234, true, false);
	absent(DST + 0x7000);
	leaf_is(&tr.t.low, STAYS, STAYS, false, false);
	leaf_is(&tr.t.low, STAYS + 0x17ff, STAYS + 0x17ff, false, false);
	absent(STAYS + 0x2000);
}

static void linear(void **state)
{
	(void)state;
	transition_linear(0);
	transition_prepare();
	leaf_is(&tr.t.high, LINEAR + DST + 0x6234, DST + 0x6234, true, false);
	leaf_is(&tr.t.high, LINEAR + STAYS, STAYS, false, false);
}

static void without_tables(void **state)
{
	(void)state;
	tr.plan.count = 0;
	tr.args.map = TRANS_MAP_NONE;
	transition_prepare();
	assert_int_equal(tr.t.move_count, 0);
	assert_int_equal(tr.t.rest_count, 2);
	assert_int_equal(transition_params()->list, tr.t.list);
}

/* In one granule with what is moved, and with what stays. */
static void large_granule(void **state)
{
	(void)state;
	tr.args.granule = TRANS_64K;
	stays_slot[0].start = DST + 0x8000;
	trans_transition_cancel(&tr.t);
	memory_free(&tr.m);
	memory_init(&tr.m, 0x40000000, 4 * MIB, 16);
	transition_prepare();
	leaf_is(&tr.t.low, DST, DST, true, false);
	leaf_is(&tr.t.low, DST + 0x8000, DST + 0x8000, true, false);
	absent(DST + 0x10000);
}

/* Beyond the identity map. */
static void far_away(void **state)
{
	trans_pa_t far = 1ULL << 45;

	(void)state;
	tr.args.va_bits = 40;
	zero_slot[0].start = far + 0x234;
	zero_slot[0].len = 0x1000;
	stays_slot[0].start = far + 0x3000;
	stays_slot[0].len = 8;
	transition_prepare();
	assert_int_equal(tr.t.far.start, far);
	assert_int_equal(tr.t.far.len, 0x4000);
	leaf_is(&tr.t.low, far - tr.t.far_offset + 0x1000, far + 0x1000, true,
		false);
	leaf_is(&tr.t.low, far - tr.t.far_offset + 0x3000, far + 0x3000, false,
		false);
}

static void overlaps(struct trans_range *range, trans_pa_t pa)
{
	range->start = pa;
	range->len = 1;
	transition_refused(TRANS_EOVERLAP);
}

/* Every page of the blob is held against both. */
static void proof(void **state)
{
	trans_pa_t own[4];

	(void)state;
	tr.args.report = SRC + 32 * MIB;
	transition_prepare();
	own[0] = tr.t.code;
	own[1] = tr.t.data + 0xfff;
	own[2] = tr.t.list;
	own[3] = tr.t.low.root;
	trans_transition_cancel(&tr.t);
	for (size_t i = 0; i < 4; i++) {
		overlaps(&zero_slot[0], own[i]);
		assert_int_equal(tr.err.va, own[i]);
		zero_slot[0] = (struct trans_range){ BSS, BSS_LEN };
		overlaps(&stays_slot[0], own[i]);
		stays_slot[0] = (struct trans_range){ STAYS, 0x1800 };
	}
	overlaps(&zero_slot[0], tr.args.report + 0x10);
}

static void refused(void **state)
{
	(void)state;
	zero_slot[0].len = 0;
	transition_refused(TRANS_EINVAL);
	zero_slot[0] = (struct trans_range){ -16ULL, 17 };
	transition_refused(TRANS_ERANGE);
	assert_string_equal(tr.err.why, "a range passes 2^64");
	zero.count = 0;
	stays_slot[0].len = 0;
	transition_refused(TRANS_EINVAL);
	stays_slot[0] = (struct trans_range){ -16ULL, 17 };
	transition_refused(TRANS_ERANGE);
	assert_string_equal(tr.err.why, "a range passes 2^64");
	stay.count = 0;
	transition_prepare();
	assert_int_equal(tr.t.rest_count, 0);
}

/* The last check of all looks where the mover will write. */
static void mapped(void **state)
{
	struct trans_error err;

	(void)state;
	transition_prepare();
	assert_int_equal(trans_table_unmap(&tr.t.low, DST + 0x3000, 0x1000, 0,
					   NULL), TRANS_ELIVE);
	tr.t.low.live = false;
	assert_int_equal(trans_table_unmap(&tr.t.low, DST + 0x3000, 0x1000, 0,
					   NULL), 0);
	assert_int_equal(trans_transition_check(&tr.t, &err), TRANS_ENOENT);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, transition_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(listed),
		TEST(sparse),
		TEST(linear),
		TEST(without_tables),
		TEST(large_granule),
		TEST(far_away),
		TEST(proof),
		TEST(refused),
		TEST(mapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
