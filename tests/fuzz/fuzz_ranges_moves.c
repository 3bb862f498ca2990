/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * lib/ranges against a byte map, and lib/moves against a simulated memory: an
 * input is a list of changes to a range set, then a list of wanted moves.
 */
#include <string.h>

#include <trans_table/moves.h>

#include "fuzz.h"

/* ---- range sets ---- */

#define BYTES 96

struct model {
	uint64_t base;
	bool in[BYTES];
};

static size_t model_count(const struct model *m, uint64_t at, uint64_t len)
{
	size_t count = 0;

	for (uint64_t i = at; i < at + len; i++)
		count += m->in[i];
	return count;
}

static size_t model_runs(const struct model *m)
{
	size_t runs = 0;

	for (int i = 0; i < BYTES; i++)
		runs += m->in[i] && !(i && m->in[i - 1]);
	return runs;
}

static void same_set(const struct trans_ranges *set, const struct model *m)
{
	struct model seen = { m->base, { false } };

	CHECK(set->count == model_runs(m) && set->count <= set->capacity);
	for (size_t i = 0; i < set->count; i++) {
		uint64_t at = set->range[i].start - m->base;

		CHECK(set->range[i].len && at < BYTES);
		CHECK(set->range[i].len <= BYTES - at);
		memset(&seen.in[at], 1, set->range[i].len);
	}
	CHECK(!memcmp(seen.in, m->in, BYTES));
	CHECK(trans_ranges_total(set) == model_count(m, 0, BYTES));
}

static bool model_fits(const struct model *m, uint64_t at, uint64_t len,
		       uint64_t align, uint64_t offset)
{
	return at + len <= BYTES && model_count(m, at, len) == len &&
	       (m->base + at - offset) % align == 0;
}

static void check_fit(struct input *in, const struct trans_ranges *set,
		      const struct model *m)
{
	uint64_t from = pick(in, BYTES), room = pick(in, BYTES + 1 - from);
	uint64_t len = 1 + pick(in, 12), align = 1ULL << pick(in, 5);
	uint64_t offset = pick(in, align), got = 7, want = 7;
	struct trans_range window = { m->base + from, room };
	bool high = pick(in, 2), found = false;
	int ret = trans_ranges_fit(set, &window, len, align, offset,
				   high ? TRANS_FIT_HIGHEST : TRANS_FIT_LOWEST,
				   &got);

	for (uint64_t at = from; at + len <= from + room; at++)
		if (model_fits(m, at, len, align, offset) && (high || !found)) {
			want = m->base + at;
			found = true;
		}
	CHECK(ret == (found ? 0 : TRANS_ENOHOLE));
	CHECK(got == want);
}

static void check_questions(struct input *in, const struct trans_ranges *set,
			    const struct model *m)
{
	uint64_t at = pick(in, BYTES), len = pick(in, BYTES + 1 - at);
	size_t count = model_count(m, at, len);
	const struct trans_range *first;

	CHECK(trans_ranges_contain(set, m->base + at, len) == (count == len));
	CHECK(trans_ranges_touch(set, m->base + at, len) == (count != 0));
	first = trans_ranges_first_touched(set, m->base + at, len);
	CHECK((first != NULL) == (count != 0));
	check_fit(in, set, m);
}

static void change(struct input *in, struct trans_ranges *set, struct model *m)
{
	uint64_t at = pick(in, BYTES), len = pick(in, BYTES + 1 - at);
	struct model after = *m;
	bool add = pick(in, 2);
	int ret;

	memset(&after.in[at], add, len);
	ret = add ? trans_ranges_add(set, m->base + at, len) :
		    trans_ranges_remove(set, m->base + at, len);
	CHECK(ret == (model_runs(&after) > set->capacity ? TRANS_ENOSPC : 0));
	if (!ret)
		*m = after;
	same_set(set, m);
}

static void fuzz_ranges(struct input *in)
{
	static const uint64_t bases[] = { 0, 0x40000000, 0ULL - BYTES };
	struct trans_range storage[16];
	struct model m = { bases[pick(in, 3)], { false } };
	struct trans_ranges set;

	trans_ranges_init(&set, storage, 1 + pick(in, 16));
	for (uint64_t n = pick(in, 32); n && in->left; n--) {
		change(in, &set, &m);
		if (pick(in, 4) == 0)
			check_questions(in, &set, &m);
	}
}

/* Any numbers: no crash, and an answer of the documented ones. */
static void fuzz_ranges_wild(struct input *in)
{
	struct trans_range storage[3];
	struct trans_ranges set;

	trans_ranges_init(&set, storage, 3);
	while (in->left) {
		uint64_t start = take(in, 8), len = take(in, 8);
		struct trans_range window = { take(in, 8), take(in, 8) };
		bool passes = len && start + (len - 1) < start;
		int ret = pick(in, 2) ? trans_ranges_add(&set, start, len) :
					trans_ranges_remove(&set, start, len);

		CHECK(ret != 0 || !passes);
		CHECK(!ret || ret == TRANS_ERANGE || ret == TRANS_ENOSPC);
		CHECK(set.count <= 3);
		ret = trans_ranges_fit(&set, &window, len, take(in, 4),
				       take(in, 2), TRANS_FIT_HIGHEST, &start);
		if (!ret)
			CHECK(trans_ranges_contain(&set, start, len));
	}
}

/* ---- move lists ---- */

#define PAGES 64
#define ROOM 256
#define UNIT 4096ULL
#define ZERO (-1)

struct wish {
	int from[PAGES]; /* d: nothing wanted; ZERO; else a source page */
	bool wanted[PAGES];
	uint64_t base;
	int spare;       /* page, or PAGES for none */
};

/* Records of (dst, src, len); a later one loses where two meet. */
static void read_wish(struct input *in, struct wish *w,
		      struct trans_moves *want)
{
	bool zero;

	while (in->left && want->count < ROOM / 4) {
		int dst = (int)pick(in, PAGES), src = (int)pick(in, PAGES + 1);
		int len = 1 + (int)pick(in, 16), n = 0;

		zero = src == PAGES;
		for (; n < len && dst + n < PAGES && (zero || src + n < PAGES);
		     n++) {
			if (w->wanted[dst + n] || dst + n == w->spare ||
			    (!zero && src + n == w->spare))
				break;
			w->wanted[dst + n] = true;
			w->from[dst + n] = zero ? ZERO : src + n;
		}
		if (n)
			want->move[want->count++] = (struct trans_move){
				zero ? TRANS_ZERO : w->base + (uint64_t)src * UNIT,
				w->base + (uint64_t)dst * UNIT,
				(uint64_t)n * UNIT,
			};
	}
}

static void execute(const struct wish *w, const struct trans_moves *plan,
		    int *memory)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct trans_move *move = &plan->move[i];
		uint64_t len = move->len / UNIT;
		uint64_t dst = (move->dst - w->base) / UNIT;
		uint64_t src = (move->src - w->base) / UNIT;

		CHECK(len && (move->dst | move->len) % UNIT == 0);
		CHECK(dst < PAGES && len <= PAGES - dst);
		CHECK(move->src == TRANS_ZERO ||
		      (src < PAGES && len <= PAGES - src));
		for (uint64_t n = 0; move->src == TRANS_ZERO && n < len; n++)
			memory[dst + n] = ZERO;
		if (move->src != TRANS_ZERO)
			memmove(&memory[dst], &memory[src],
				len * sizeof(*memory));
	}
}

/* How many cycles of more than one page the wish has. */
static int cycles(const struct wish *w)
{
	int count = 0;

	for (int d = 0; d < PAGES; d++) {
		int at = w->from[d], least = d, steps = 0;

		while (at != ZERO && at != d && steps++ < PAGES) {
			least = at < least ? at : least;
			at = w->from[at];
		}
		count += at == d && least == d && w->from[d] != d;
	}
	return count;
}

static void check_plan(const struct wish *w, const struct trans_moves *plan)
{
	uint64_t payload = 0;
	int memory[PAGES];

	for (int d = 0; d < PAGES; d++) {
		memory[d] = d;
		payload += w->from[d] != d;
	}
	execute(w, plan, memory);
	for (int d = 0; d < PAGES; d++)
		CHECK(d == w->spare || memory[d] == w->from[d]);
	CHECK(trans_moves_bytes(plan) ==
	      (payload + (uint64_t)cycles(w)) * UNIT);
}

static void fuzz_moves(struct input *in)
{
	static struct trans_move want_room[ROOM], plan_room[ROOM];
	struct wish w = { .spare = pick(in, 3) ? (int)pick(in, PAGES) : PAGES };
	struct trans_range spare = { 0, w.spare == PAGES ? 0 : UNIT };
	struct trans_moves want, plan;
	int ret;

	w.base = pick(in, 2) ? 0ULL - PAGES * UNIT : 0x40000000;
	spare.start = w.base + (uint64_t)w.spare * UNIT;
	for (int d = 0; d < PAGES; d++)
		w.from[d] = d;
	trans_moves_init(&want, want_room, ROOM);
	trans_moves_init(&plan, plan_room, ROOM);
	read_wish(in, &w, &want);
	ret = trans_moves_plan(&want, &plan, UNIT, &spare, NULL);
	if (w.spare == PAGES && cycles(&w))
		CHECK(ret == TRANS_ENOENT && !plan.count);
	else
		CHECK(ret == 0);
	if (!ret)
		check_plan(&w, &plan);
}

/* Any numbers, and little room. */
static void fuzz_moves_wild(struct input *in)
{
	struct trans_move want_room[6], plan_room[6];
	struct trans_moves want, plan;
	uint64_t unit = 1ULL << pick(in, 40), mask = pick(in, 2) ? unit - 1 : 0;
	struct trans_range spare = { take(in, 8) & ~mask, unit };
	int ret = 0;

	trans_moves_init(&want, want_room, 1 + pick(in, 6));
	trans_moves_init(&plan, plan_room, 1 + pick(in, 6));
	while (in->left && !ret)
		ret = trans_moves_add(&want, take(in, 8) & ~mask,
				      take(in, 8) & ~mask, take(in, 8) & ~mask);
	CHECK(!ret || ret == TRANS_ENOSPC || ret == TRANS_ERANGE);
	ret = trans_moves_plan(&want, &plan, unit, &spare, NULL);
	CHECK(!ret || !plan.count);
	CHECK(plan.count <= plan.capacity);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static void (*const part[])(struct input *) = {
		fuzz_ranges, fuzz_ranges_wild, fuzz_moves, fuzz_moves_wild,
	};
	struct input in = { data, len };

	part[pick(&in, 4)](&in);
	return 0;
}
