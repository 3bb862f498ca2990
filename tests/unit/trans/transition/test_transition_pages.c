/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * trans_transition_pages: nothing that the blob needs is missing in the list,
 * and each kind in it is mapped, hidden and proven as it must be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/unit/support/transitions.h"

#define REPORT 0x4fff1000ULL
#define UART 0x09000000ULL
#define KINDS 7
#define PIECES 200

static const struct trans_world world = {
	.ttbr1 = 0x41580001, .tcr = 0x2b5103519, .mair = 0x000000040044ffff,
	.sctlr = 0x30d01805,
};

/* As it was given. */
struct piece {
	enum trans_pages kind;
	trans_pa_t pa;
	uint64_t len;
};

static struct {
	struct piece piece[PIECES];
	size_t count, stop_at;
} seen;

#define STOPPED 77

static int see(void *arg, enum trans_pages kind, trans_pa_t pa, uint64_t len)
{
	assert_ptr_equal(arg, &seen);
	assert_true(seen.count < PIECES && len);
	seen.piece[seen.count++] = (struct piece){ kind, pa, len };
	return seen.count == seen.stop_at ? STOPPED : 0;
}

static int list_of(unsigned int kinds, size_t stop_at)
{
	seen.count = 0;
	seen.stop_at = stop_at;
	return trans_transition_pages(&tr.t, kinds, see, &seen, &tr.err);
}

/* All kinds at once: a list of three pages, tables for both halves and for the
 * entry. */
static void prepare_all(void)
{
	transition_linear(TRANS_WRITE);
	tr.args.report = REPORT;
	tr.args.uart = trans_uart_pl011(UART);
	tr.args.world = &world;
	tr.args.entry = LINEAR + DST;
	for (size_t i = 0; i < 400; i++)
		transition_move(SRC + i * 0x2000, DST + i * 0x1000, 0x10);
	transition_prepare();
}

static bool is_seen(enum trans_pages kind, trans_pa_t pa)
{
	for (size_t i = 0; i < seen.count; i++)
		if (seen.piece[i].kind == kind && seen.piece[i].pa == pa)
			return true;
	return false;
}

static size_t count_of(unsigned int kinds)
{
	assert_int_equal(list_of(kinds, 0), 0);
	for (size_t i = 0; i < seen.count; i++)
		assert_true(seen.piece[i].kind & kinds);
	return seen.count;
}

static void each_kind_is_there(void **state)
{
	(void)state;
	prepare_all();
	assert_int_equal(count_of(TRANS_PAGES_ALL),
			 1 + 1 + 3 + 1 + 1 + tr.t.low.pages + tr.t.high.pages +
				 tr.t.passage.pages);
	assert_true(is_seen(TRANS_PAGES_CODE, tr.t.code));
	assert_true(is_seen(TRANS_PAGES_DATA, tr.t.data));
	assert_true(is_seen(TRANS_PAGES_LIST, tr.t.list));
	assert_true(is_seen(TRANS_PAGES_REPORT, REPORT));
	assert_true(is_seen(TRANS_PAGES_UART, UART));
	assert_true(is_seen(TRANS_PAGES_TABLE, tr.t.low.root));
	assert_true(is_seen(TRANS_PAGES_TABLE, tr.t.high.root));
	assert_true(is_seen(TRANS_PAGES_ENTRY_TABLE, tr.t.passage.root));
}

/* What prepare allocates is for the blob: whatever it may be, it is in the
 * list, and once. */
static void what_is_allocated_is_there(void **state)
{
	uint8_t *used, *before;
	size_t granules;

	(void)state;
	prepare_all();
	granules = tr.m.len >> tr.m.shift;
	used = tr.m.used;
	assert_true(count_of(TRANS_PAGES_ALL - TRANS_PAGES_LENT) > 0);
	for (size_t i = 0; i < seen.count; i++) {
		size_t at = (seen.piece[i].pa - tr.m.base) >> tr.m.shift;

		for (uint64_t done = 0; done < seen.piece[i].len; done += 4096)
			assert_int_equal(used[at++]++, 1);
	}
	/* The rest is the host's: its linear map. */
	before = test_calloc(granules, 1);
	for (size_t i = 0; i < granules; i++) {
		before[i] = used[i] == 1;
		used[i] = !!used[i];
	}
	trans_transition_cancel(&tr.t);
	assert_memory_equal(used, before, granules);
	test_free(before);
}

static void only_what_was_asked_for(void **state)
{
	size_t sum = 0;

	(void)state;
	prepare_all();
	for (unsigned int i = 0; i < KINDS; i++) {
		assert_true(count_of(1u << i) > 0);
		sum += seen.count;
	}
	assert_int_equal(count_of(TRANS_PAGES_ALL), sum);
	assert_int_equal(TRANS_PAGES_ALL, (1u << KINDS) - 1);
	assert_int_equal(count_of(0), 0);
}

static void it_can_be_ended(void **state)
{
	size_t all;

	(void)state;
	prepare_all();
	all = count_of(TRANS_PAGES_ALL);
	for (size_t at = 1; at <= all; at++) {
		memset(&tr.err, 0xcc, sizeof(tr.err));
		assert_int_equal(list_of(TRANS_PAGES_ALL, at), STOPPED);
		assert_int_equal(seen.count, at);
		assert_int_equal(tr.err.status, (int)0xcccccccc);
	}
}

static void pages_that_cannot_be_read(void **state)
{
	const trans_pa_t *const at[] = {
		&tr.t.list, &tr.t.low.root, &tr.t.high.root,
		&tr.t.passage.root,
	};

	(void)state;
	prepare_all();
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		tr.m.hidden = (struct trans_range){ *at[i], 4096 };
		memset(&tr.err, 0, sizeof(tr.err));
		assert_int_equal(list_of(TRANS_PAGES_ALL, 0), TRANS_EFAULT);
		assert_int_equal(tr.err.status, TRANS_EFAULT);
		assert_non_null(tr.err.why);
	}
	tr.m.hidden.len = 0;
	assert_int_equal(list_of(TRANS_PAGES_ALL, 0), 0);
}

/* ---- mapped ---- */

/* How each kind is mapped at its own address: by the tables of the moves, by
 * those of the entry. */
struct use {
	enum trans_pages kind;
	bool mapped, at_entry, write, exec;
	uint8_t memory;
};

static const struct use uses[KINDS] = {
	{ TRANS_PAGES_CODE, true, true, false, true, 0xff },
	{ TRANS_PAGES_DATA, true, true, true, false, 0xff },
	{ TRANS_PAGES_LIST, true, false, false, false, 0xff },
	{ TRANS_PAGES_REPORT, true, true, true, false, 0xff },
	{ TRANS_PAGES_UART, true, true, true, false, 0x04 },
	{ TRANS_PAGES_TABLE, false, false, false, false, 0 },
	{ TRANS_PAGES_ENTRY_TABLE, false, false, false, false, 0 },
};

static const struct use *use_of(enum trans_pages kind)
{
	for (size_t i = 0; i < KINDS; i++)
		if (uses[i].kind == kind)
			return &uses[i];
	fail();
	return NULL;
}

static void is_mapped(const struct trans_table *table, trans_pa_t pa,
		      const struct use *use)
{
	struct trans_leaf leaf;

	assert_int_equal(trans_table_query(table, pa, &leaf, NULL), 0);
	assert_int_equal(leaf.pa, pa);
	assert_int_equal(leaf.writable, use->write);
	assert_int_equal(leaf.executable, use->exec);
	if (use->kind != TRANS_PAGES_UART)
		assert_int_equal(leaf.memory, use->memory);
	else /* the host's MAIR has nGnRnE only */
		assert_int_equal(leaf.memory & ~0x04, 0);
}

static void is_absent(const struct trans_table *table, trans_va_t va)
{
	struct trans_leaf leaf;

	assert_int_equal(trans_table_query(table, va, &leaf, NULL),
			 TRANS_ENOENT);
}

/* First and last byte of each piece. */
static void each_is_mapped_as_it_must(void **state)
{
	(void)state;
	prepare_all();
	assert_int_equal(list_of(TRANS_PAGES_ALL, 0), 0);
	for (size_t i = 0; i < 2 * seen.count; i++) {
		const struct piece *piece = &seen.piece[i / 2];
		const struct use *use = use_of(piece->kind);
		trans_pa_t pa = piece->pa + (i % 2 ? piece->len - 1 : 0);

		if (use->mapped)
			is_mapped(&tr.t.low, pa, use);
		else
			is_absent(&tr.t.low, pa);
		if (use->at_entry)
			is_mapped(&tr.t.passage, pa, use);
		else
			is_absent(&tr.t.passage, pa);
		is_absent(&tr.t.high, LINEAR + pa);
	}
}

/* Where all of RAM is mapped, no table is, that of the entry neither. */
static void coarse_hides_all_tables(void **state)
{
	static struct trans_range storage[2];
	static struct trans_ranges ram;

	(void)state;
	trans_ranges_init(&ram, storage, 2);
	assert_int_equal(trans_ranges_add(&ram, tr.m.base, 16 * MIB), 0);
	assert_int_equal(trans_ranges_add(&ram, SRC, 512 * MIB), 0);
	tr.args.ram = &ram;
	tr.args.coarse_above = 1;
	tr.args.world = &world;
	tr.args.entry = LINEAR + DST;
	transition_move(SRC, DST, 4096);
	transition_prepare();
	assert_true(tr.t.coarse);
	leaf_is(&tr.t.low, tr.m.base + 16 * MIB - 4096,
		tr.m.base + 16 * MIB - 4096, true, false);
	assert_true(count_of(TRANS_PAGES_TABLES) > 4);
	for (size_t i = 0; i < seen.count; i++)
		is_absent(&tr.t.low, seen.piece[i].pa);
}

/* ---- proven ---- */

/* The identity map anew: with all that the list has, but that of @but, and
 * @extra mapped by @attr, over whatever is there. */
static void map_again(unsigned int but, trans_pa_t extra,
		      const struct trans_attr *attr, struct trans_table *table)
{
	struct trans_report report;

	assert_int_equal(trans_table_create(table, &tr.t.low.geo, tr.t.low.mair,
					    &tr.m.ops, &tr.m, &report), 0);
	assert_int_equal(list_of(TRANS_PAGES_ALL, 0), 0);
	for (size_t i = 0; i < seen.count; i++) {
		const struct piece *piece = &seen.piece[i];

		if (!(piece->kind & but))
			assert_int_equal(trans_pages_map_(&tr.t, table,
							  piece->kind,
							  piece->pa, piece->len,
							  TRANS_REPLACE,
							  &report), 0);
	}
	if (attr)
		assert_int_equal(trans_table_idmap(table, extra & ~0xfffULL,
						   4096, attr, TRANS_REPLACE,
						   &report), 0);
}

static int check_with(struct trans_table *table)
{
	struct trans_table good = tr.t.low;
	int ret;

	tr.t.low = *table;
	ret = trans_transition_check(&tr.t, &tr.err);
	*table = tr.t.low;
	tr.t.low = good;
	trans_table_destroy(table);
	return ret;
}

static void one_that_is_not_mapped(void **state)
{
	struct trans_table table;

	(void)state;
	prepare_all();
	map_again(0, 0, NULL, &table);
	assert_int_equal(check_with(&table), 0);
	for (size_t i = 0; i < KINDS; i++) {
		if (!uses[i].mapped)
			continue;
		map_again(uses[i].kind, 0, NULL, &table);
		assert_int_equal(check_with(&table), TRANS_ENOENT);
		assert_int_equal(list_of(uses[i].kind, 0), 0);
		assert_int_equal(tr.err.pa,
				 seen.piece[0].pa & ~(trans_pa_t)0xfff);
	}
}

/* One page of a kind, mapped by @attr: what does the proof say? */
static void misused(enum trans_pages kind, unsigned int access, int status,
		    const char *why)
{
	const struct trans_attr attr = { TRANS_MEM_NORMAL, access };
	struct trans_table table;
	trans_pa_t pa;

	assert_int_equal(list_of(kind, 0), 0);
	pa = seen.piece[seen.count - 1].pa;
	map_again(0, pa, &attr, &table);
	assert_int_equal(check_with(&table), status);
	assert_string_equal(tr.err.why, why);
}

static void one_that_is_mapped_otherwise(void **state)
{
	static const char write[] = "a page of the blob can be written";
	static const char table[] = "a table is mapped";

	(void)state;
	prepare_all();
	misused(TRANS_PAGES_CODE, 0, TRANS_ENOENT, "mapped execute-never");
	misused(TRANS_PAGES_DATA, 0, TRANS_ENOENT, "mapped read-only");
	misused(TRANS_PAGES_REPORT, 0, TRANS_ENOENT, "mapped read-only");
	misused(TRANS_PAGES_UART, 0, TRANS_ENOENT, "mapped read-only");
	misused(TRANS_PAGES_CODE, TRANS_WRITE | TRANS_EXEC, TRANS_EOVERLAP,
		write);
	misused(TRANS_PAGES_LIST, TRANS_WRITE, TRANS_EOVERLAP, write);
	misused(TRANS_PAGES_ENTRY_TABLE, 0, TRANS_EOVERLAP, table);
	/* One of the upper half: those of the lower are exchanged here. */
	misused(TRANS_PAGES_TABLE, 0, TRANS_EOVERLAP, table);
}

/* The first move of the list, led over @pa. */
static void is_proven(trans_pa_t pa)
{
	struct blob_list *list = memory_at(&tr.m, tr.t.list);
	struct trans_move good = list->move[0];

	for (int source = 0; source < 2; source++) {
		*(source ? &list->move[0].src : &list->move[0].dst) =
			pa & ~15ULL;
		assert_int_equal(trans_transition_check(&tr.t, &tr.err),
				 TRANS_EOVERLAP);
		assert_true(pa - tr.err.pa < tr.err.len);
		list->move[0] = good;
	}
}

static void nothing_may_be_moved_over_one(void **state)
{
	(void)state;
	prepare_all();
	assert_int_equal(list_of(TRANS_PAGES_ALL, 0), 0);
	for (size_t i = 0; i < seen.count; i++) {
		is_proven(seen.piece[i].pa);
		is_proven(seen.piece[i].pa + seen.piece[i].len - 1);
	}
	assert_int_equal(trans_transition_check(&tr.t, &tr.err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRANSITION_TEST(each_kind_is_there),
		TRANSITION_TEST(what_is_allocated_is_there),
		TRANSITION_TEST(only_what_was_asked_for),
		TRANSITION_TEST(it_can_be_ended),
		TRANSITION_TEST(pages_that_cannot_be_read),
		TRANSITION_TEST(each_is_mapped_as_it_must),
		TRANSITION_TEST(coarse_hides_all_tables),
		TRANSITION_TEST(one_that_is_not_mapped),
		TRANSITION_TEST(one_that_is_mapped_otherwise),
		TRANSITION_TEST(nothing_may_be_moved_over_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
