/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Range sets against a bitmap: after each of many random changes every question
 * must get the answer that looking at each byte gives; at the bottom and at the
 * very top of the address space, and with too little storage.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <trans_table/errors.h>
#include <trans_table/ranges.h>

/* The bytes the model knows: [base, base + BYTES), which may end at 2^64. */
#define BYTES 64
#define TOP (0 - (uint64_t)BYTES)

static uint64_t seed;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(seed >> 33) % below;
}

struct model {
	uint64_t base;
	char in[BYTES];
};

static size_t model_runs(const struct model *model)
{
	size_t runs = 0;

	for (int i = 0; i < BYTES; i++)
		runs += model->in[i] && (i == 0 || !model->in[i - 1]);
	return runs;
}

static uint64_t model_count(const struct model *model, uint32_t at,
			    uint32_t len)
{
	uint64_t count = 0;

	for (uint32_t i = at; i < at + len && i < BYTES; i++)
		count += model->in[i] != 0;
	return count;
}

/* Sorted, disjoint, not adjacent, none empty, and the same bytes. */
static void check_same(const struct trans_ranges *set,
		       const struct model *model)
{
	struct model seen = { model->base, { 0 } };

	assert_int_equal(set->count, model_runs(model));
	assert_true(set->count <= set->capacity);
	for (size_t i = 0; i < set->count; i++) {
		uint64_t at = set->range[i].start - model->base;

		assert_true(set->range[i].len > 0);
		assert_true(at < BYTES && set->range[i].len <= BYTES - at);
		if (i)
			assert_true(set->range[i].start >
				    set->range[i - 1].start +
					    set->range[i - 1].len);
		memset(&seen.in[at], 1, set->range[i].len);
	}
	assert_memory_equal(seen.in, model->in, BYTES);
	assert_int_equal(trans_ranges_total(set),
			 model_count(model, 0, BYTES));
}

static void check_questions(const struct trans_ranges *set,
			    const struct model *model)
{
	uint32_t at = rnd(BYTES), len = rnd(BYTES + 1 - at);
	uint64_t count = model_count(model, at, len);
	const struct trans_range *first;
	uint32_t expect = at;

	assert_int_equal(trans_ranges_contain(set, model->base + at, len),
			 count == len);
	assert_int_equal(trans_ranges_touch(set, model->base + at, len),
			 count != 0);
	first = trans_ranges_first_touched(set, model->base + at, len);
	assert_int_equal(first != NULL, count != 0);
	if (!first)
		return;
	while (!model->in[expect])
		expect++;
	assert_true(first->start <= model->base + expect);
	assert_true(model->base + expect - first->start < first->len);
	while (expect && model->in[expect - 1])
		expect--;
	assert_int_equal(first->start, model->base + expect);
}

/* Where @len bytes fit, by looking at every start. */
static int model_fit(const struct model *model, uint32_t from, uint32_t room,
		     uint32_t len, uint64_t align, uint64_t offset,
		     enum trans_fit which, uint64_t *start)
{
	int found = 0;

	for (uint32_t i = from; i + len <= from + room && i + len <= BYTES;
	     i++) {
		uint64_t at = model->base + i;

		if ((at - offset) % align || model_count(model, i, len) != len)
			continue;
		if (!found || which == TRANS_FIT_HIGHEST)
			*start = at;
		found = 1;
	}
	return found;
}

static void check_fit(const struct trans_ranges *set,
		      const struct model *model)
{
	uint32_t from = rnd(BYTES), room = rnd(BYTES + 1 - from);
	uint32_t len = 1 + rnd(9);
	uint64_t align = 1ULL << rnd(5), offset = rnd((uint32_t)align);
	struct trans_range window = { model->base + from, room };
	enum trans_fit which = rnd(2) ? TRANS_FIT_LOWEST : TRANS_FIT_HIGHEST;
	uint64_t got = 1, want = 1;
	int status;

	/* At the top also a window that passes it. */
	if (model->base == TOP && !rnd(4)) {
		room = BYTES - from;
		window.len = room + 100;
	}
	status = trans_ranges_fit(set, &window, len, align, offset, which,
				  &got);
	if (model_fit(model, from, room, len, align, offset, which, &want))
		assert_int_equal(status, TRANS_OK);
	else
		assert_int_equal(status, TRANS_ENOHOLE);
	assert_int_equal(got, want);
}

/* One change to both; with too little storage neither changes. */
static void change(struct trans_ranges *set, struct model *model)
{
	uint32_t at = rnd(BYTES), len = rnd(12), add = rnd(2);
	struct model after = *model;
	int status;

	if (len > BYTES - at)
		len = BYTES - at;
	memset(&after.in[at], (int)add, len);
	status = add ? trans_ranges_add(set, model->base + at, len) :
		       trans_ranges_remove(set, model->base + at, len);
	if (model_runs(&after) > set->capacity) {
		assert_int_equal(status, TRANS_ENOSPC);
		return;
	}
	assert_int_equal(status, TRANS_OK);
	*model = after;
}

static void run_model(uint64_t base, size_t capacity, int changes)
{
	struct trans_range *storage =
		malloc(capacity * sizeof(*storage) + 1);
	struct model model = { base, { 0 } };
	struct trans_ranges set;

	trans_ranges_init(&set, storage, capacity);
	while (changes--) {
		change(&set, &model);
		check_same(&set, &model);
		check_questions(&set, &model);
		check_fit(&set, &model);
	}
	free(storage);
}

static void test_model(void **state)
{
	static const uint64_t bases[] = { 0, 0x40000000, TOP };

	(void)state;
	for (size_t b = 0; b < 3; b++) {
		seed = b;
		run_model(bases[b], BYTES, 30000);
		for (size_t capacity = 0; capacity < 8; capacity++)
			run_model(bases[b], capacity, 3000);
	}
}

static void test_all(void **state)
{
	struct trans_range room_a[BYTES], room_b[BYTES];
	struct trans_ranges a, b;

	(void)state;
	seed = 7;
	for (int round = 0; round < 500; round++) {
		struct model in_a = { TOP, { 0 } }, in_b = { TOP, { 0 } };
		int remove = (int)rnd(2);

		trans_ranges_init(&a, room_a, BYTES);
		trans_ranges_init(&b, room_b, BYTES);
		for (int i = 0; i < 20; i++) {
			change(&a, &in_a);
			change(&b, &in_b);
		}
		for (int i = 0; i < BYTES; i++)
			if (in_b.in[i])
				in_a.in[i] = !remove;
		assert_int_equal(remove ? trans_ranges_remove_all(&a, &b) :
					  trans_ranges_add_all(&a, &b),
				 TRANS_OK);
		check_same(&a, &in_a);
		check_same(&b, &in_b);
		assert_int_equal(trans_ranges_add_all(&b, &b), TRANS_OK);
		check_same(&b, &in_b);
		assert_int_equal(trans_ranges_remove_all(&b, &b), TRANS_OK);
		assert_int_equal(b.count, 0);
	}
}

static void test_all_without_room(void **state)
{
	struct trans_range room_a[1], room_b[2];
	struct trans_ranges a, b;

	(void)state;
	trans_ranges_init(&a, room_a, 1);
	trans_ranges_init(&b, room_b, 2);
	assert_int_equal(trans_ranges_add(&b, 10, 1), TRANS_OK);
	assert_int_equal(trans_ranges_add(&b, 20, 1), TRANS_OK);
	assert_int_equal(trans_ranges_add_all(&a, &b), TRANS_ENOSPC);
	a.count = 0;
	assert_int_equal(trans_ranges_add(&a, 0, 100), TRANS_OK);
	assert_int_equal(trans_ranges_remove_all(&a, &b), TRANS_ENOSPC);
}

static void test_edges(void **state)
{
	struct trans_range room[4];
	struct trans_ranges set;

	(void)state;
	trans_ranges_init(&set, room, 4);
	assert_int_equal(trans_ranges_add(&set, 2, UINT64_MAX), TRANS_ERANGE);
	assert_int_equal(trans_ranges_remove(&set, 2, UINT64_MAX),
			 TRANS_ERANGE);
	assert_int_equal(trans_ranges_add(&set, UINT64_MAX, 0), TRANS_OK);
	assert_int_equal(set.count, 0);
	assert_int_equal(trans_ranges_add(&set, 1, UINT64_MAX), TRANS_OK);
	assert_int_equal(trans_ranges_total(&set), UINT64_MAX);
	/* 2^64 bytes: refused, and nothing happened. */
	assert_int_equal(trans_ranges_add(&set, 0, 1), TRANS_ERANGE);
	assert_int_equal(trans_ranges_total(&set), UINT64_MAX);
	assert_true(trans_ranges_contain(&set, UINT64_MAX, 1));
	assert_false(trans_ranges_contain(&set, UINT64_MAX, 2));
	assert_true(trans_ranges_touch(&set, UINT64_MAX, 2));
	assert_true(trans_ranges_contain(&set, 0, 0));
	assert_false(trans_ranges_touch(&set, 5, 0));
	assert_int_equal(trans_ranges_remove(&set, 1, UINT64_MAX - 1),
			 TRANS_OK);
	assert_int_equal(room[0].start, UINT64_MAX);
	/* Cut at 2^64, not continued at 0. */
	set.count = 0;
	assert_int_equal(trans_ranges_add(&set, 0, 16), TRANS_OK);
	assert_false(trans_ranges_touch(&set, UINT64_MAX, 8));
}

static void test_fit_arguments(void **state)
{
	const struct trans_range all = { 0, UINT64_MAX }, none = { 0, 0 };
	struct trans_range room[1];
	struct trans_ranges set;
	uint64_t start = 42;

	(void)state;
	trans_ranges_init(&set, room, 1);
	assert_int_equal(trans_ranges_add(&set, 0x1000, 0x1000000), TRANS_OK);
	assert_int_equal(trans_ranges_fit(&set, &all, 0, 1, 0, 0, &start),
			 TRANS_EINVAL);
	assert_int_equal(trans_ranges_fit(&set, &all, 1, 0, 0, 0, &start),
			 TRANS_EINVAL);
	assert_int_equal(trans_ranges_fit(&set, &all, 1, 3, 0, 0, &start),
			 TRANS_EINVAL);
	assert_int_equal(trans_ranges_fit(&set, &all, 1, 8, 8, 0, &start),
			 TRANS_EINVAL);
	assert_int_equal(trans_ranges_fit(&set, &none, 1, 8, 0, 0, &start),
			 TRANS_ENOHOLE);
	assert_int_equal(trans_ranges_fit(&set, &all, UINT64_MAX, 1, 0,
					  TRANS_FIT_HIGHEST, &start),
			 TRANS_ENOHOLE);
	assert_int_equal(trans_ranges_fit(&set, &all, 1, 1ULL << 63, 0,
					  TRANS_FIT_HIGHEST, &start),
			 TRANS_ENOHOLE);
	assert_int_equal(start, 42);
	/* A kernel with text_offset 0x80000. */
	assert_int_equal(trans_ranges_fit(&set, &all, 0x100000, 0x200000,
					  0x80000, TRANS_FIT_LOWEST, &start),
			 TRANS_OK);
	assert_int_equal(start, 0x80000);
	assert_int_equal(trans_ranges_fit(&set, &all, 0x100000, 0x200000,
					  0x80000, TRANS_FIT_HIGHEST, &start),
			 TRANS_OK);
	assert_int_equal(start, 0xe80000);
}

/* By the definition: what is in is not shorter than what is out, and of equal
 * ones the lower is in; all of them where there is room. */
static void check_largest(const struct trans_ranges *set,
			  const struct trans_ranges *from)
{
	uint64_t shortest = UINT64_MAX, last = 0;
	size_t in = 0;

	assert_int_equal(set->count, from->count < set->capacity ?
					     from->count : set->capacity);
	for (size_t i = 0; i < set->count; i++) {
		if (set->range[i].len <= shortest) {
			shortest = set->range[i].len;
			last = set->range[i].start;
		}
	}
	for (size_t i = 0; i < from->count; i++) {
		const struct trans_range *range = &from->range[i];

		if (in < set->count &&
		    set->range[in].start == range->start) {
			assert_int_equal(set->range[in++].len, range->len);
			continue;
		}
		assert_true(range->len < shortest ||
			    (range->len == shortest && range->start > last));
	}
	assert_int_equal(in, set->count);
}

static void test_largest(void **state)
{
	struct trans_range room[40], some[40];
	struct trans_ranges from, set;

	(void)state;
	seed = 7;
	for (int run = 0; run < 2000; run++) {
		uint64_t at = 0;
		uint32_t count = rnd(41);

		trans_ranges_init(&from, room, 40);
		for (uint32_t i = 0; i < count; i++) {
			uint64_t len = 1 + rnd(6);

			assert_int_equal(trans_ranges_add(&from, at, len), 0);
			at += len + 1 + rnd(3);
		}
		trans_ranges_init(&set, some, count ? rnd(40) : 3);
		trans_ranges_largest(&set, &from);
		if (set.capacity)
			check_largest(&set, &from);
		else
			assert_int_equal(set.count, 0);
	}
}

static void test_strerror(void **state)
{
	(void)state;
	assert_string_equal(trans_strerror(TRANS_OK), "TRANS_OK");
	assert_string_equal(trans_strerror(TRANS_ENOMEM), "TRANS_ENOMEM");
	assert_string_equal(trans_strerror(TRANS_EFDT), "TRANS_EFDT");
	assert_string_equal(trans_strerror(TRANS_ENOIMAGE), "TRANS_ENOIMAGE");
	assert_string_equal(trans_strerror(TRANS_ESTALE), "TRANS_ESTALE");
	assert_string_equal(trans_strerror(TRANS_ESTATE), "TRANS_ESTATE");
	assert_string_equal(trans_strerror(TRANS_ESTOPPED), "TRANS_ESTOPPED");
	assert_string_equal(trans_strerror(TRANS_ELOST), "TRANS_ELOST");
	assert_string_equal(trans_strerror(TRANS_ELOST - 1), "TRANS_E?");
	assert_string_equal(trans_strerror(1), "TRANS_E?");
	assert_string_equal(trans_strerror(-2147483647 - 1), "TRANS_E?");
	for (int status = TRANS_ELOST; status <= 0; status++)
		assert_memory_equal(trans_strerror(status), "TRANS_", 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_all_without_room),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_fit_arguments),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_strerror),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
