/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* The checker's model of a cache line: each rule by the shortest way into it,
 * and beside it the way that is right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/hazard/lines.h"

static const struct access cached = { .cached = true, .mmu_on = true,
				      .phase = PHASE_BLOB, .by = 1,
				      .dsb = 1, .dmb = 1 };
static const struct access past = { .phase = PHASE_BLOB, .by = 1,
				    .dsb = 1, .dmb = 1 };
static const struct access later = { .phase = PHASE_BLOB, .by = 1,
				     .dsb = 2, .dmb = 2 };

static const struct lines lines = { .clock = 1 };

static struct line clean(void)
{
	struct line line;

	line_clean_slate(&line);
	return line;
}

static void an_old_world_is_dirty(void **state)
{
	struct line line = { 0 };

	(void)state;
	assert_int_equal(line_load(&line, &past), RULE_STALE_READ_OFF);
	line = (struct line){ 0 };
	assert_int_equal(line_load(&line, &cached), RULE_NONE);
}

static void reads_past_the_cache(void **state)
{
	struct line line = clean();
	struct access nc = past;

	(void)state;
	nc.mmu_on = true;
	assert_int_equal(line_load(&line, &past), RULE_NONE);
	assert_int_equal(line_store(&lines, &line, &cached, false), RULE_NONE);
	assert_int_equal(line_load(&line, &past), RULE_STALE_READ_OFF);
	assert_int_equal(line_load(&line, &nc), RULE_STALE_READ_NC);
	line_maintain(&lines, &line, LINE_CVAU, &cached);
	assert_int_equal(line_load(&line, &past), RULE_STALE_READ_OFF);
	line_maintain(&lines, &line, LINE_CVAC, &cached);
	assert_int_equal(line_load(&line, &past), RULE_NONE);
}

static void stores_past_the_cache(void **state)
{
	struct line line = clean();

	(void)state;
	line_store(&lines, &line, &cached, false);
	assert_int_equal(line_store(&lines, &line, &past, false),
			 RULE_LOST_STORE);
	line = clean();
	assert_int_equal(line_store(&lines, &line, &past, false), RULE_NONE);
	assert_int_equal(line_load(&line, &cached), RULE_STALE_LOAD);
	assert_int_equal(line_store(&lines, &line, &cached, false),
			 RULE_STALE_MERGE);
	line = clean();
	line_store(&lines, &line, &past, false);
	assert_int_equal(line_store(&lines, &line, &cached, true), RULE_NONE);
}

/* What is invalidated may be back at once: somebody else may have it cached. */
static void nothing_is_ever_absent(void **state)
{
	struct line line = { 0 };

	(void)state;
	line_maintain(&lines, &line, LINE_CIVAC, &past);
	assert_int_equal(line_store(&lines, &line, &past, false), RULE_NONE);
	assert_int_equal(line_load(&line, &cached), RULE_STALE_LOAD);
	line_maintain(&lines, &line, LINE_CIVAC, &later);
	assert_int_equal(line_load(&line, &cached), RULE_NONE);
}

static void invalidates(void **state)
{
	struct line line = clean();

	(void)state;
	assert_int_equal(line_maintain(&lines, &line, LINE_IVAC, &cached),
			 RULE_NONE);
	line_store(&lines, &line, &cached, false);
	assert_int_equal(line_maintain(&lines, &line, LINE_IVAC, &cached),
			 RULE_IVAC_DIRTY);
	line_store(&lines, &line, &past, false);
	line_maintain(&lines, &line, LINE_IVAC, &later);
	assert_int_equal(line_load(&line, &cached), RULE_NONE);
}

static void dc_is_not_ordered_behind_device_stores(void **state)
{
	struct line line = clean();

	(void)state;
	line_store(&lines, &line, &past, false);
	assert_int_equal(line_maintain(&lines, &line, LINE_CIVAC, &past),
			 RULE_DC_BEFORE_DMB);
	line_store(&lines, &line, &past, false);
	assert_int_equal(line_maintain(&lines, &line, LINE_CIVAC, &later),
			 RULE_NONE);
}

/* Also not if one of the two is cacheable, and the other is not. */
static void dc_is_ordered_behind_its_like(void **state)
{
	struct line line = clean();

	(void)state;
	line_store(&lines, &line, &cached, false);
	assert_int_equal(line_maintain(&lines, &line, LINE_CVAC, &cached),
			 RULE_NONE);
	line_store(&lines, &line, &cached, false);
	assert_int_equal(line_maintain(&lines, &line, LINE_CVAC, &past),
			 RULE_DC_BEFORE_DMB);
	line_store(&lines, &line, &past, false);
	assert_int_equal(line_maintain(&lines, &line, LINE_CIVAC, &cached),
			 RULE_DC_BEFORE_DMB);
	line_store(&lines, &line, &cached, false);
	assert_int_equal(line_maintain(&lines, &line, LINE_CVAC, &later),
			 RULE_NONE);
}

static enum rule fetch(struct line *line, enum line_fetch how, uint32_t clock)
{
	const struct ic done = { clock, 9 };

	return line_fetch(line, how, &done);
}

static void fetches(void **state)
{
	struct line line = clean();

	(void)state;
	assert_int_equal(fetch(&line, FETCH_ON, 0), RULE_NONE);
	line_store(&lines, &line, &cached, false);
	assert_int_equal(fetch(&line, FETCH_OFF, 0), RULE_STALE_FETCH_OFF);
	assert_int_equal(fetch(&line, FETCH_PAST, 9), RULE_STALE_FETCH_OFF);
	assert_int_equal(fetch(&line, FETCH_ON, 5), RULE_STALE_FETCH_POU);
	line_maintain(&lines, &line, LINE_CVAU, &cached);
	/* Cleaned at 1; the last IC was before, or at the same time. */
	assert_int_equal(fetch(&line, FETCH_ON, 1), RULE_STALE_ICACHE);
	assert_int_equal(fetch(&line, FETCH_ON, 2), RULE_NONE);
	line_ivau(&line, 9);
	assert_int_equal(fetch(&line, FETCH_ON, 0), RULE_NONE);
}

static void ivau_before_the_clean_is_lost(void **state)
{
	struct line line = clean();

	(void)state;
	line_store(&lines, &line, &cached, false);
	line_ivau(&line, 9);
	line_maintain(&lines, &line, LINE_CVAU, &cached);
	assert_int_equal(fetch(&line, FETCH_ON, 0), RULE_STALE_ICACHE);
}

/* Cacheable with the MMU off, too, by SCTLR.I; and an instruction cache may
 * hold what is not cacheable. */
static void fetch_of_what_was_written_past_the_cache(void **state)
{
	struct line line = clean();

	(void)state;
	line_store(&lines, &line, &past, false);
	assert_int_equal(fetch(&line, FETCH_ON, 9), RULE_STALE_FETCH_CACHE);
	assert_int_equal(fetch(&line, FETCH_OFF, 9), RULE_STALE_FETCH_CACHE);
	assert_int_equal(fetch(&line, FETCH_PAST, 0), RULE_STALE_ICACHE);
	assert_int_equal(fetch(&line, FETCH_PAST, 9), RULE_NONE);
}

static void ic_wants_a_dsb_behind_the_store(void **state)
{
	const struct ic early = { 9, 1 };
	struct access other = past;
	struct line line = clean();

	(void)state;
	line_store(&lines, &line, &past, false);
	assert_int_equal(line_fetch(&line, FETCH_PAST, &early),
			 RULE_STALE_ICACHE);
	/* Of another CPU's stores it is not known here. */
	other.dsb = 1U << 28 | 1;
	line_store(&lines, &line, &other, false);
	assert_int_equal(line_fetch(&line, FETCH_PAST, &early), RULE_NONE);
	line_store(&lines, &line, &past, false);
	line_ivau(&line, 1);
	assert_int_equal(fetch(&line, FETCH_PAST, 0), RULE_STALE_ICACHE);
	line_ivau(&line, 2);
	assert_int_equal(fetch(&line, FETCH_PAST, 0), RULE_NONE);
}

static void devices(void **state)
{
	const struct lines later_on = { .clock = 5 };
	struct line line = clean();

	(void)state;
	assert_int_equal(line_device(&lines, &line, false), RULE_NONE);
	line_store(&lines, &line, &cached, false);
	assert_int_equal(line_device(&lines, &line, false),
			 RULE_DMA_READ_DIRTY);
	assert_int_equal(line_device(&later_on, &line, true),
			 RULE_DMA_WRITE_DIRTY);
	assert_int_equal(line_load(&line, &cached), RULE_STALE_LOAD);
	assert_int_equal(line_load(&line, &past), RULE_NONE);
	/* Code that a device brought: the IC must be later than that. */
	assert_int_equal(fetch(&line, FETCH_PAST, 5), RULE_STALE_ICACHE);
	assert_int_equal(fetch(&line, FETCH_PAST, 6), RULE_NONE);
}

static void walks(void **state)
{
	struct line line = clean();

	(void)state;
	assert_int_equal(line_walked(&line, true, 1), RULE_NONE);
	line_store(&lines, &line, &cached, false);
	assert_int_equal(line_walked(&line, false, 2), RULE_WALK_NC_DIRTY);
	assert_int_equal(line_walked(&line, true, 1), RULE_WALK_NO_DSB);
	assert_int_equal(line_walked(&line, true, 2), RULE_NONE);
	line = clean();
	line_store(&lines, &line, &past, false);
	assert_int_equal(line_walked(&line, true, 2), RULE_WALK_STALE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_world_is_dirty),
		cmocka_unit_test(reads_past_the_cache),
		cmocka_unit_test(stores_past_the_cache),
		cmocka_unit_test(nothing_is_ever_absent),
		cmocka_unit_test(invalidates),
		cmocka_unit_test(dc_is_not_ordered_behind_device_stores),
		cmocka_unit_test(dc_is_ordered_behind_its_like),
		cmocka_unit_test(fetches),
		cmocka_unit_test(ivau_before_the_clean_is_lost),
		cmocka_unit_test(fetch_of_what_was_written_past_the_cache),
		cmocka_unit_test(ic_wants_a_dsb_behind_the_store),
		cmocka_unit_test(devices),
		cmocka_unit_test(walks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
