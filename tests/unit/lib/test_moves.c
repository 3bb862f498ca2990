/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Move planning against a simulated memory: executing the plan, move by move,
 * must give what all wanted moves at once give, for seeded random cases of
 * every kind of overlap; and it must cost no more than promised.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <trans_table/moves.h>

#define UNIT ((uint64_t)4096)
#define PAGES 96		/* of simulated memory */
#define SPARE_AT 48		/* in the middle: may be adjacent to moves */
#define ROOM 1024

static uint64_t seed;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(seed >> 33) % below;
}

/* A wanted result: from[d] is the source page of page d, ZERO_PAGE, or d. */
#define ZERO_PAGE (-1)
struct wish {
	int from[PAGES];
	int spare; /* pages */
};

static void wish_init(struct wish *wish, int spare)
{
	for (int d = 0; d < PAGES; d++)
		wish->from[d] = d;
	wish->spare = spare;
}

static uint64_t bytes_of(int pages)
{
	return UNIT * (unsigned int)pages;
}

static int is_spare(const struct wish *wish, int page)
{
	return page >= SPARE_AT && page < SPARE_AT + wish->spare;
}

static int usable(const struct wish *wish, int first, int len)
{
	if (first < 0 || first + len > PAGES)
		return 0;
	for (int i = 0; i < len; i++)
		if (is_spare(wish, first + i))
			return 0;
	return 1;
}

/* Add a run if its destinations are free and it stays clear of the spare. */
static void wish_run(struct wish *wish, char *taken, int src, int dst, int len)
{
	if (!usable(wish, dst, len) ||
	    (src != ZERO_PAGE && !usable(wish, src, len)))
		return;
	for (int i = 0; i < len; i++)
		if (taken[dst + i])
			return;
	for (int i = 0; i < len; i++) {
		taken[dst + i] = 1;
		wish->from[dst + i] = src == ZERO_PAGE ? ZERO_PAGE : src + i;
	}
}

/* Random runs, sources shared and overlapping at will. */
static void wish_runs(struct wish *wish)
{
	char taken[PAGES] = { 0 };
	int runs = 1 + (int)rnd(12), longest = 1 + (int)rnd(40);

	while (runs--) {
		int len = 1 + (int)rnd((uint32_t)longest);
		int dst = (int)rnd(PAGES), src = (int)rnd(PAGES);

		if (!rnd(6))
			src = ZERO_PAGE;
		else if (!rnd(3))
			src = dst + (int)rnd(7) - 3;
		wish_run(wish, taken, src < 0 ? ZERO_PAGE : src, dst, len);
	}
}

/* Any function at all, page by page. */
static void wish_scatter(struct wish *wish)
{
	for (int d = 0; d < PAGES; d++) {
		int src = (int)rnd(PAGES);

		if (!is_spare(wish, d) && !is_spare(wish, src) && rnd(4))
			wish->from[d] = rnd(16) ? src : ZERO_PAGE;
	}
}

/* A permutation: nothing but cycles. */
static void wish_shuffle(struct wish *wish)
{
	int swaps = (int)rnd(60);

	while (swaps--) {
		int a = (int)rnd(PAGES), b = (int)rnd(PAGES), old;

		if (is_spare(wish, a) || is_spare(wish, b))
			continue;
		old = wish->from[a];
		wish->from[a] = wish->from[b];
		wish->from[b] = old;
	}
}

/* Rotate an area, either direction, perhaps with a tree hanging off it. */
static void wish_rotate(struct wish *wish)
{
	int first = rnd(2) ? 0 : SPARE_AT + wish->spare;
	int room = first ? PAGES - first : SPARE_AT;
	int len = 2 + (int)rnd((uint32_t)room - 1);
	int by = (int)rnd((uint32_t)len);

	for (int i = 0; i < len; i++)
		wish->from[first + i] = first + (i + by) % len;
	if (rnd(2)) {
		int d = first ? (int)rnd(SPARE_AT) : PAGES - 1 - (int)rnd(20);

		if (!is_spare(wish, d))
			wish->from[d] = first + (int)rnd((uint32_t)len);
	}
}

/* Move blocks of a permuted order: large cyclic runs of unequal length. */
static void wish_blocks(struct wish *wish)
{
	int first = rnd(2) ? 0 : SPARE_AT + wish->spare;
	int end = first ? PAGES : SPARE_AT;
	int cut1 = first + (int)rnd((uint32_t)(end - first));
	int cut2 = cut1 + (int)rnd((uint32_t)(end - cut1));
	int at = first;

	for (int s = cut2; s < end; s++)
		wish->from[at++] = s;
	for (int s = cut1; s < cut2; s++)
		wish->from[at++] = s;
	for (int s = first; s < cut1; s++)
		wish->from[at++] = s;
}

static void wish_any(struct wish *wish, int spare)
{
	static void (*const kinds[])(struct wish *) = {
		wish_runs,   wish_runs,	  wish_scatter,
		wish_shuffle, wish_rotate, wish_blocks,
	};

	wish_init(wish, spare);
	kinds[rnd(6)](wish);
}

/* Independent of the planner: pages written, and cycles of length > 1. */
static int payload(const struct wish *wish)
{
	int pages = 0;

	for (int d = 0; d < PAGES; d++)
		pages += wish->from[d] != d;
	return pages;
}

static int cycles(const struct wish *wish)
{
	int count = 0;

	for (int d = 0; d < PAGES; d++) {
		int at = wish->from[d], steps = 0, least = d;

		/* Count a cycle at its lowest page. */
		while (at != ZERO_PAGE && at != d && steps++ < PAGES) {
			least = at < least ? at : least;
			at = wish->from[at];
		}
		count += at == d && least == d && wish->from[d] != d;
	}
	return count;
}

/* The wish as moves: cut at random places, in random order, with some moves in
 * place. The first page of memory is at @base. */
static void want_of(struct trans_moves *want, const struct wish *wish,
		    uint64_t base)
{
	want->count = 0;
	for (int d = 0; d < PAGES; d++) {
		int s = wish->from[d];
		struct trans_move *move = &want->move[want->count];

		if (is_spare(wish, d) || (s == d && rnd(4)))
			continue;
		move->src = s == ZERO_PAGE ? TRANS_ZERO : base + bytes_of(s);
		move->dst = base + bytes_of(d);
		move->len = UNIT;
		want->count++;
		if (rnd(8) == 0 && want->count < ROOM) /* an empty one */
			want->move[want->count++] =
				(struct trans_move){ 0, base, 0 };
		else if (rnd(2) && d + 1 < PAGES && !is_spare(wish, d + 1) &&
			 wish->from[d + 1] == s + 1 && s != ZERO_PAGE) {
			move->len += UNIT;
			d++;
		}
	}
	for (size_t i = want->count; i > 1; i--) {
		size_t j = rnd((uint32_t)i);
		struct trans_move old = want->move[i - 1];

		want->move[i - 1] = want->move[j];
		want->move[j] = old;
	}
}

/* A page is one number; page d starts out as d + 1, the spare as garbage. */
static void execute(const struct trans_moves *plan, int *memory, uint64_t base)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct trans_move *move = &plan->move[i];
		size_t len = move->len / UNIT;
		size_t dst = (move->dst - base) / UNIT;
		size_t src = (move->src - base) / UNIT;

		assert_true(len > 0 && dst + len <= PAGES);
		assert_int_equal((move->dst | move->len) % UNIT, 0);
		if (move->src == TRANS_ZERO) {
			memset(&memory[dst], 0, len * sizeof(*memory));
			continue;
		}
		assert_true(src + len <= PAGES);
		memmove(&memory[dst], &memory[src], len * sizeof(*memory));
	}
}

static void check_result(const struct wish *wish,
			 const struct trans_moves *plan, uint64_t base)
{
	int memory[PAGES];

	for (int d = 0; d < PAGES; d++)
		memory[d] = is_spare(wish, d) ? -1 : d + 1;
	execute(plan, memory, base);
	for (int d = 0; d < PAGES; d++)
		if (!is_spare(wish, d))
			assert_int_equal(memory[d], wish->from[d] + 1);
	/* Exactly: each byte once, each cycle one page more. */
	assert_int_equal(trans_moves_bytes(plan) / UNIT,
			 payload(wish) + cycles(wish));
}

static struct trans_range spare_of(const struct wish *wish, uint64_t base)
{
	return (struct trans_range){ base + SPARE_AT * UNIT,
				     bytes_of(wish->spare) };
}

/* Without a spare exactly the cases with a cycle fail. */
static void run_wish(const struct wish *wish, uint64_t base)
{
	static struct trans_move want_room[ROOM], plan_room[ROOM];
	struct trans_range range = spare_of(wish, base);
	struct trans_moves want, plan;
	struct trans_error err;
	int status;

	trans_moves_init(&want, want_room, ROOM);
	trans_moves_init(&plan, plan_room, ROOM);
	want_of(&want, wish, base);
	status = trans_moves_plan(&want, &plan, UNIT, &range, &err);
	if (!wish->spare && cycles(wish)) {
		assert_int_equal(status, TRANS_ENOENT);
		assert_int_equal(err.status, TRANS_ENOENT);
		assert_int_equal(plan.count, 0);
		return;
	}
	assert_int_equal(status, TRANS_OK);
	check_result(wish, &plan, base);
}

static void run_random(int spare, int cases, uint64_t base)
{
	for (int i = 0; i < cases; i++) {
		struct wish wish;

		wish_any(&wish, spare);
		run_wish(&wish, base);
	}
}

static void test_random_one_page_spare(void **state)
{
	(void)state;
	seed = 1;
	run_random(1, 20000, 0);
}

static void test_random_several_pages_spare(void **state)
{
	(void)state;
	seed = 2;
	for (int spare = 2; spare <= 9; spare++)
		run_random(spare, 2500, 0x40000000);
}

static void test_random_no_spare(void **state)
{
	(void)state;
	seed = 3;
	run_random(0, 10000, 0x80000000);
}

static void test_random_top_of_address_space(void **state)
{
	(void)state;
	seed = 4;
	run_random(1, 10000, 0 - PAGES * UNIT);
	run_random(4, 5000, 0 - PAGES * UNIT);
}

/*
 * Not samples: all that can be wanted of FEW pages, each of which gets what one
 * of them held, maybe itself, or zeroes. Every run and every overlap, chain and
 * cycle of runs that has room in so many pages is among these.
 */
#define FEW 6
static void run_all_of_few(int spare)
{
	const int first = SPARE_AT - FEW;
	uint32_t all = 1;

	for (int d = 0; d < FEW; d++)
		all *= FEW + 1;
	for (uint32_t i = 0; i < all; i++) {
		struct wish wish;
		uint32_t rest = i;

		wish_init(&wish, spare);
		for (int d = 0; d < FEW; d++, rest /= FEW + 1) {
			int src = (int)(rest % (FEW + 1));

			wish.from[first + d] = src == FEW ? ZERO_PAGE :
							    first + src;
		}
		run_wish(&wish, 0x40000000);
	}
}

static void test_all_of_few_pages(void **state)
{
	(void)state;
	seed = 6;
	run_all_of_few(1);
	run_all_of_few(0);
}

/* One plan at the capacities given; storage of exactly that size, so that
 * AddressSanitizer sees what is written past it. */
static int plan_within(const struct wish *wish, size_t want_cap,
		       size_t plan_cap, uint64_t order_seed)
{
	struct trans_move all[ROOM];
	struct trans_moves full, want, plan;
	struct trans_range range = spare_of(wish, 0);
	struct trans_error err;
	int status;

	seed = order_seed;
	trans_moves_init(&full, all, ROOM);
	want_of(&full, wish, 0);
	if (want_cap < full.count)
		want_cap = full.count;
	trans_moves_init(&want, malloc(want_cap * sizeof(*want.move) + 1),
			 want_cap);
	trans_moves_init(&plan, malloc(plan_cap * sizeof(*plan.move) + 1),
			 plan_cap);
	memcpy(want.move, all, full.count * sizeof(*all));
	want.count = full.count;
	status = trans_moves_plan(&want, &plan, UNIT, &range, &err);
	assert_true(plan.count <= plan_cap && want.count <= want_cap);
	if (!status)
		check_result(wish, &plan, 0);
	else
		assert_int_equal(err.status, status);
	free(want.move);
	free(plan.move);
	return status;
}

/* At every capacity: a right plan or TRANS_ENOSPC; and more never hurts. */
static void test_capacity(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 60; i++) {
		struct wish wish;
		int fits = 0;
		size_t cap;

		seed = 1000 + i;
		wish_any(&wish, 1);
		for (cap = 0; cap <= 300; cap++) {
			int status = plan_within(&wish, ROOM, cap, i);

			if (status)
				assert_int_equal(status, TRANS_ENOSPC);
			assert_false(fits && status);
			fits = !status;
		}
		assert_true(fits);
		for (cap = 0; cap <= 300; cap++) {
			int status = plan_within(&wish, cap, ROOM, i);

			if (status)
				assert_int_equal(status, TRANS_ENOSPC);
			fits = !status;
		}
		assert_true(fits);
	}
}

/* ---- large cases ---- */

struct big {
	struct trans_moves want, plan;
	uint32_t *memory;
	size_t pages;
};

static void big_init(struct big *big, size_t pages, size_t room)
{
	big->pages = pages;
	big->memory = malloc(pages * sizeof(*big->memory));
	for (size_t i = 0; i < pages; i++)
		big->memory[i] = (uint32_t)i;
	trans_moves_init(&big->want, malloc(room * sizeof(struct trans_move)),
			 room);
	trans_moves_init(&big->plan, malloc(room * sizeof(struct trans_move)),
			 room);
}

static void big_add(struct big *big, uint64_t src, uint64_t dst, uint64_t len)
{
	assert_int_equal(trans_moves_add(&big->want, src * UNIT, dst * UNIT,
					 len * UNIT), TRANS_OK);
}

/* Plan with @spare pages at the end of memory, execute, and check against the
 * wanted moves; returns the bytes written, in pages. */
static uint64_t big_run(struct big *big, uint64_t spare)
{
	struct trans_range range = { (big->pages - spare) * UNIT,
				     spare * UNIT };
	size_t count = big->want.count, i, k;
	struct trans_move *asked = malloc((count + 1) * sizeof(*asked));
	clock_t begin = clock();

	memcpy(asked, big->want.move, count * sizeof(*asked));
	assert_int_equal(trans_moves_plan(&big->want, &big->plan, UNIT, &range,
					  NULL), TRANS_OK);
	print_message("           %zu wanted, %zu planned, %.3f s\n", count,
		      big->plan.count,
		      (double)(clock() - begin) / CLOCKS_PER_SEC);
	for (i = 0; i < big->plan.count; i++) {
		const struct trans_move *m = &big->plan.move[i];

		memmove(&big->memory[m->dst / UNIT],
			&big->memory[m->src / UNIT],
			m->len / UNIT * sizeof(*big->memory));
	}
	for (i = 0; i < count; i++)
		for (k = 0; k < asked[i].len / UNIT; k++)
			assert_int_equal(big->memory[asked[i].dst / UNIT + k],
					 asked[i].src / UNIT + k);
	free(asked);
	return trans_moves_bytes(&big->plan) / UNIT;
}

static void big_free(struct big *big)
{
	free(big->memory);
	free(big->want.move);
	free(big->plan.move);
}

/* The usual kexec list: many single pages, scattered, in no conflict. Room for
 * exactly as many as there are is enough. */
static void test_big_no_conflict(void **state)
{
	const uint64_t n = 100000;
	struct big big;

	(void)state;
	big_init(&big, 4 * n, n);
	for (uint64_t i = 0; i < n; i++)
		big_add(&big, 2 * n + (i * 7919) % n * 2, i * 2, 1);
	assert_int_equal(big_run(&big, 1), n);
	assert_int_equal(big.plan.count, n);
	big_free(&big);
}

/* Each page waits for the next one: the longest possible chain. */
static void test_big_chain(void **state)
{
	const uint64_t n = 100000;
	struct big big;

	(void)state;
	big_init(&big, 2 * n, n);
	for (uint64_t i = 0; i + 1 < n; i++)
		big_add(&big, (i + 1) * 7919 % n * 2, i * 7919 % n * 2, 1);
	assert_int_equal(big_run(&big, 0), n - 1);
	big_free(&big);
}

static void test_big_swap(void **state)
{
	const uint64_t n = 100000;

	(void)state;
	for (uint64_t spare = 1; spare <= 512; spare *= 512) {
		struct big big;

		big_init(&big, 2 * n + spare, 3 * n);
		big_add(&big, 0, n, n);
		big_add(&big, n, 0, n);
		assert_int_equal(big_run(&big, spare), 3 * n);
		assert_int_equal(big.plan.count,
				 (n + spare - 1) / spare * 3);
		big_free(&big);
	}
}

static void rotate(uint64_t n, uint64_t by, uint64_t want_cycles)
{
	struct big big;

	big_init(&big, n + 1, 3 * n);
	big_add(&big, 0, by, n - by);
	big_add(&big, n - by, 0, by);
	assert_int_equal(big_run(&big, 1), n + want_cycles);
	big_free(&big);
}

static void test_big_rotation(void **state)
{
	(void)state;
	rotate(100000, 1, 1);
	rotate(100000, 99999, 1);
	rotate(100001, 2, 1);
	rotate(100000, 3, 1);
	rotate(100000, 1000, 1000);
	rotate(100000, 37500, 12500);
}

/* 50,000 pairs that swap places, and one cycle through 100,000 pages. */
static void test_big_many_cycles(void **state)
{
	const uint64_t n = 100000;
	struct big big;

	(void)state;
	big_init(&big, 2 * n, 2 * n);
	for (uint64_t i = 0; i < n; i++)
		big_add(&big, (n - 1 - i) * 2, i * 2, 1);
	assert_int_equal(big_run(&big, 1), n + n / 2);
	big_free(&big);
	big_init(&big, 2 * n, 2 * n);
	for (uint64_t i = 0; i < n; i++)
		big_add(&big, (i + 1) * 7919 % n * 2, i * 7919 % n * 2, 1);
	assert_int_equal(big_run(&big, 1), n + 1);
	big_free(&big);
}

/* Compaction: each run overlaps itself and its neighbour; nothing is cut. */
static void test_big_compaction(void **state)
{
	const uint64_t n = 2000;
	struct big big;

	(void)state;
	big_init(&big, n * 60, n);
	for (uint64_t i = 0; i < n; i++)
		big_add(&big, 1 + i * 51, i * 50, 50);
	assert_int_equal(big_run(&big, 0), n * 50);
	assert_int_equal(big.plan.count, n);
	big_free(&big);
}

/* A few thousand runs of unequal lengths that all block each other. */
static void test_big_tangle(void **state)
{
	const uint64_t n = 4000;
	uint64_t at = 0, source[4000], len[4000];
	struct big big;

	(void)state;
	seed = 5;
	big_init(&big, n * 8 + 1, n * 24);
	for (uint64_t i = 0; i < n; i++) {
		len[i] = 1 + rnd(8);
		source[i] = at;
		at += len[i];
	}
	at = 0;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t k = i * 1237 % n;

		big_add(&big, source[k], at, len[k]);
		at += len[k];
	}
	big_run(&big, 1);
	big_free(&big);
}

/* ---- small, by hand ---- */

static int plan_of(struct trans_moves *plan, struct trans_move *wanted,
		   size_t count, uint64_t unit, struct trans_range spare,
		   struct trans_error *err)
{
	static struct trans_move room[ROOM];
	struct trans_moves want = { room, count, ROOM };

	memcpy(room, wanted, count * sizeof(*wanted));
	return trans_moves_plan(&want, plan, unit, spare.len ? &spare : NULL,
				err);
}

static void test_errors(void **state)
{
	static const struct {
		struct trans_move move[2];
		uint64_t unit;
		struct trans_range spare;
		int status;
		uint64_t pa, len;
	} cases[] = {
		{ { { 0, 0x1000, 0x1000 } }, 8, { 0, 0 }, TRANS_EINVAL, 0, 0 },
		{ { { 0, 0x1000, 0x1000 } }, 48, { 0, 0 }, TRANS_EINVAL, 0, 0 },
		{ { { 0, 0x1000, 0x1000 } }, 0, { 0, 0 }, TRANS_EINVAL, 0, 0 },
		{ { { 16, 0x1000, 0x1000 } }, 0x1000, { 0, 0 }, TRANS_EALIGN,
		  0x1000, 0x1000 },
		{ { { 0, 0x1010, 0x1000 } }, 0x1000, { 0, 0 }, TRANS_EALIGN,
		  0x1010, 0x1000 },
		{ { { 0, 0x1000, 0x1010 } }, 0x1000, { 0, 0 }, TRANS_EALIGN,
		  0x1000, 0x1010 },
		{ { { 0, 0x1000, 0x1000 } }, 0x1000, { 0x800, 0x1000 },
		  TRANS_EALIGN, 0x800, 0x1000 },
		{ { { 0, -0x1000ULL, 0x2000 } }, 0x1000, { 0, 0 },
		  TRANS_ERANGE, -0x1000ULL, 0x2000 },
		{ { { -0x1000ULL, 0, 0x2000 } }, 0x1000, { 0, 0 },
		  TRANS_ERANGE, 0, 0x2000 },
		{ { { 0, 0x10000, 0x1000 } }, 0x1000, { -0x1000ULL, 0x2000 },
		  TRANS_ERANGE, -0x1000ULL, 0x2000 },
		{ { { 0, 0x10000, 0x3000 }, { 0x8000, 0x12000, 0x4000 } },
		  0x1000, { 0, 0 }, TRANS_EOVERLAP, 0x12000, 0x1000 },
		/* In place is still a destination. */
		{ { { 0x4000, 0x4000, 0x3000 }, { 0x8000, 0x5000, 0x1000 } },
		  0x1000, { 0, 0 }, TRANS_EOVERLAP, 0x5000, 0x1000 },
		{ { { 0, 0x10000, 0x3000 } }, 0x1000, { 0x12000, 0x2000 },
		  TRANS_EOVERLAP, 0x10000, 0x3000 },
		{ { { 0, 0x10000, 0x3000 } }, 0x1000, { 0x2000, 0x2000 },
		  TRANS_EOVERLAP, 0, 0x3000 },
		{ { { 0x5000, 0x5000, 0x1000 } }, 0x1000, { 0x5000, 0x1000 },
		  TRANS_EOVERLAP, 0x5000, 0x1000 },
		{ { { 0, 0x1000, 0x1000 }, { 0x1000, 0, 0x1000 } }, 0x1000,
		  { 0, 0 }, TRANS_ENOENT, 0, 0x1000 },
	};
	struct trans_move room[ROOM];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct trans_moves plan = { room, 1, ROOM };
		struct trans_move move[2];
		struct trans_error err;

		memcpy(move, cases[i].move, sizeof(move));
		memset(&err, 0xff, sizeof(err));
		assert_int_equal(plan_of(&plan, move, 2, cases[i].unit,
					 cases[i].spare, &err),
				 cases[i].status);
		assert_int_equal(err.status, cases[i].status);
		assert_int_equal(err.level, TRANS_NO_LEVEL);
		assert_non_null(err.why);
		assert_int_equal(err.pa, cases[i].pa);
		assert_int_equal(err.len, cases[i].len);
		assert_int_equal(plan.count, 0);
	}
}

static void test_shapes(void **state)
{
	struct trans_range none = { 0, 0 };
	struct trans_move room[8];
	struct trans_moves plan = { room, 0, 8 };
	/* Neighbours, one in place, zeroes that only join zeroes. */
	struct trans_move list[] = {
		{ TRANS_ZERO, 0x9000, 0x1000 }, { 0x21000, 0x2000, 0x1000 },
		{ 0x20000, 0x1000, 0x1000 },	{ 0x5000, 0x5000, 0x1000 },
		{ TRANS_ZERO, 0xa000, 0x1000 }, { 0x30000, 0xb000, 0x1000 },
	};
	struct trans_move up[] = { { 0, 0x1000, 0x100000 } };
	struct trans_move down[] = { { 0x1000, 0, 0x100000 } };

	(void)state;
	assert_int_equal(plan_of(&plan, list, 6, 0x1000, none, NULL), 0);
	assert_int_equal(plan.count, 3);
	assert_int_equal(trans_moves_bytes(&plan), 0x5000);
	/* What is free to choose comes by rising address. */
	assert_int_equal(room[0].dst, 0x1000);
	assert_int_equal(room[1].dst, 0x9000);
	assert_int_equal(room[2].dst, 0xb000);
	/* An overlap with itself is one move, either way. */
	assert_int_equal(plan_of(&plan, up, 1, 0x1000, none, NULL), 0);
	assert_int_equal(plan.count, 1);
	assert_int_equal(plan_of(&plan, down, 1, 0x1000, none, NULL), 0);
	assert_int_equal(plan.count, 1);
	assert_int_equal(plan_of(&plan, list, 0, 0x1000, none, NULL), 0);
	assert_int_equal(plan.count, 0);
}

static void test_add(void **state)
{
	struct trans_move room[3];
	struct trans_moves list;
	const uint64_t top = -0x1000ULL;

	(void)state;
	trans_moves_init(&list, room, 2);
	room[2].src = 42;
	assert_int_equal(trans_moves_add(&list, 5, 9, 0), 0);
	assert_int_equal(list.count, 0);
	assert_int_equal(trans_moves_add(&list, 0, top, 0x1000), 0);
	/* 2^64 does not continue at 0. */
	assert_int_equal(trans_moves_add(&list, 0x1000, 0, 0x1000), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(trans_moves_add(&list, 0x2000, 0x1000, 0x1000), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(room[1].len, 0x2000);
	assert_int_equal(trans_moves_add(&list, 0, 0x9000, 16), TRANS_ENOSPC);
	assert_int_equal(trans_moves_add(&list, 0, top, 0x1001), TRANS_ERANGE);
	assert_int_equal(trans_moves_add(&list, top, 0, 0x1001), TRANS_ERANGE);
	assert_int_equal(list.count, 2);
	assert_int_equal(room[2].src, 42);
	assert_int_equal(trans_moves_bytes(&list), 0x3000);
	list.count = 1;
	assert_int_equal(trans_moves_add(&list, TRANS_ZERO, 0, UINT64_MAX), 0);
	assert_int_equal(trans_moves_bytes(&list), UINT64_MAX);
	/* Zeroes are not what follows the byte below UINT64_MAX. */
	list.count = 0;
	assert_int_equal(trans_moves_add(&list, 0, 16, UINT64_MAX - 16), 0);
	list.move[0].src = 16;
	list.move[0].dst = 0;
	list.move[0].len = UINT64_MAX - 16;
	assert_int_equal(trans_moves_add(&list, TRANS_ZERO, UINT64_MAX - 16,
					 16), 0);
	assert_int_equal(list.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_random_one_page_spare),
		cmocka_unit_test(test_random_several_pages_spare),
		cmocka_unit_test(test_random_no_spare),
		cmocka_unit_test(test_random_top_of_address_space),
		cmocka_unit_test(test_all_of_few_pages),
		cmocka_unit_test(test_capacity),
		cmocka_unit_test(test_big_no_conflict),
		cmocka_unit_test(test_big_chain),
		cmocka_unit_test(test_big_swap),
		cmocka_unit_test(test_big_rotation),
		cmocka_unit_test(test_big_many_cycles),
		cmocka_unit_test(test_big_compaction),
		cmocka_unit_test(test_big_tangle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
