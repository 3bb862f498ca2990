/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The proof and its relatives on long lists: what they cost follows the list's
 * length, and progress can stop them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/support/transitions.h"

#define MANY 40000u

static struct trans_move many[MANY];

/* Every second page of RAM, moved. */
static void plan(size_t count)
{
	trans_moves_init(&tr.plan, many, MANY);
	for (size_t i = 0; i < count; i++)
		transition_move(SRC + i * 0x2000, DST + i * 0x2000, 0x1000);
}

/* How often the proof asks where a page is. */
static unsigned long looks(size_t count)
{
	unsigned long before;

	tr.args.map = TRANS_MAP_NONE;
	plan(count);
	transition_prepare();
	before = tr.m.maps;
	assert_int_equal(trans_transition_check(&tr.t, &tr.err), 0);
	before = tr.m.maps - before;
	trans_transition_cancel(&tr.t);
	return before;
}

static void proof_follows_the_list(void **state)
{
	unsigned long few, more;

	(void)state;
	few = looks(MANY / 4);
	more = looks(MANY);
	assert_in_range(more, 2 * few, 5 * few);
	/* 170 moves a page. */
	assert_in_range(more, 1, 8 * (MANY / 170));
}

static int take_page(void *arg, trans_pa_t pa, uint64_t len)
{
	trans_pa_t *page = arg;

	(void)len;
	*page = pa;
	return 0;
}

/* Wherever in the list the bad move is, before or behind good ones of the same
 * gap between the blob's pages. */
static void finds_it_anywhere(void **state)
{
	static const size_t at[] = { 0, 1, 169, 170, 5000, 9999 };
	struct blob_list *list;
	struct trans_move good;
	trans_pa_t page;

	(void)state;
	tr.args.map = TRANS_MAP_NONE;
	plan(10000);
	transition_prepare();
	assert_int_equal(trans_list_pages_(&tr.t, take_page, &page, NULL), 0);
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		size_t n = at[i];

		list = memory_at(&tr.m, tr.t.list);
		for (; n >= list->count; list = memory_at(&tr.m, list->next))
			n -= list->count;
		good = list->move[n];
		list->move[n].dst = page;
		assert_int_equal(trans_transition_check(&tr.t, &tr.err),
				 TRANS_EOVERLAP);
		assert_int_equal(tr.err.pa, page);
		list->move[n] = good;
		/* From before the page to behind it. */
		list->move[n].src = page - 0x1000;
		list->move[n].len = 0x3000;
		assert_int_equal(trans_transition_check(&tr.t, &tr.err),
				 TRANS_EOVERLAP);
		list->move[n] = good;
		if (n + 1 < list->count) {
			/* The one before in the gap below all pages, which the
			 * next one leaves: by where it starts, or ends. */
			struct trans_move *next = &list->move[n + 1];
			struct trans_move kept = *next;

			list->move[n].dst = tr.m.base - 0x100000;
			next->dst = tr.t.list;
			assert_int_equal(trans_transition_check(&tr.t, &tr.err),
					 TRANS_EOVERLAP);
			next->dst = tr.m.base - 0x1000;
			next->len = tr.t.list + 0x10 - next->dst;
			assert_int_equal(trans_transition_check(&tr.t, &tr.err),
					 TRANS_EOVERLAP);
			*next = kept;
			list->move[n] = good;
		}
		/* Behind all of them. */
		list->move[n].dst = tr.m.base + tr.m.len - 0x1000;
		assert_int_equal(trans_transition_check(&tr.t, &tr.err), 0);
		list->move[n] = good;
	}
}

static int stop_at(void *ctx, uint64_t moves)
{
	unsigned long *left = ctx;

	assert_in_range(moves, 1, 170);
	return --*left == 0;
}

/* Six times through the list, and what it counts is all of it. */
static void progress_stops(void **state)
{
	unsigned long left = ~0ul, calls;

	(void)state;
	tr.args.progress = stop_at;
	tr.args.progress_ctx = &left;
	plan(1000);
	transition_prepare();
	calls = ~0ul - left;
	assert_int_equal(calls, 6 * 6);
	assert_null(tr.t.args.progress);
	trans_transition_cancel(&tr.t);
	for (unsigned long at = 1; at <= calls; at++) {
		left = at;
		transition_refused(TRANS_ESTOPPED);
		assert_string_equal(tr.err.why, "progress");
		assert_int_equal(tr.m.balance, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRANSITION_TEST(proof_follows_the_list),
		TRANSITION_TEST(finds_it_anywhere),
		TRANSITION_TEST(progress_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
