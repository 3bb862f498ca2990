/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Geometry: the whole parameter space against rules written down a second time,
 * the well-known shapes against figures from the Arm ARM's tables, real TCR
 * values, and every refusal with a reason of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <trans_table/cpu.h>
#include <trans_table/transition.h>

#define UP TRANS_GEO_UPPER
#define DS TRANS_GEO_DS

/* ---- legality ---- */

struct point {
	unsigned int granule, va, pa, regime, flags;
};

/* What geometry.h allows, as one list of conditions. */
static bool legal(const struct point *p)
{
	bool small = p->granule == 12 || p->granule == 14;
	bool big = p->granule == 16;
	bool wide = big || (p->flags & DS);

	return (small || big) && !(big && p->flags & DS) &&
	       p->va >= 25 && p->va <= (wide ? 52 : 48) &&
	       (p->pa == 32 || p->pa == 36 || p->pa == 40 || p->pa == 42 ||
		p->pa == 44 || p->pa == 48 || (p->pa == 52 && wide)) &&
	       p->regime >= 1 && p->regime <= 3 &&
	       !(p->regime == 2 && p->flags & UP) && p->flags <= (UP | DS);
}

/* Levels by counting: take bits off until what is left fits into the root. */
static void check_shape(const struct trans_geometry *g, const struct point *p)
{
	unsigned int left = p->va - p->granule;
	int level = 3;

	while (left > p->granule - 3) {
		left -= p->granule - 3;
		level--;
	}
	assert_int_equal(g->start_level, level);
	assert_int_equal(g->root_bits, left);
	assert_int_equal(g->granule_shift, p->granule);
	assert_int_equal(g->va_bits, p->va);
	assert_int_equal(g->pa_bits, p->pa);
	assert_int_equal(g->regime, p->regime);
	assert_int_equal(g->upper, (p->flags & UP) != 0);
	assert_int_equal(g->ds, (p->flags & DS) != 0);
	assert_true(trans_geometry_shift(g, level) + left == p->va);
	assert_int_equal(trans_geometry_shift(g, 3), p->granule);
}

static void check_half(const struct trans_geometry *g)
{
	uint64_t size = 1ULL << g->va_bits;

	assert_true(trans_geometry_first(g) == (g->upper ? 0 - size : 0));
	assert_true(trans_geometry_last(g) == (g->upper ? ~0ULL : size - 1));
}

static void check_point(const struct point *p)
{
	struct trans_geometry g, untouched;
	struct trans_error err = { .status = 77 };
	int ret;

	memset(&untouched, 0x5a, sizeof(untouched));
	g = untouched;
	ret = trans_geometry_init(&g, (enum trans_regime)p->regime,
				  (enum trans_granule)p->granule, p->va, p->pa,
				  p->flags, &err);
	if (legal(p) != (ret == 0))
		fail_msg("granule %u va %u pa %u regime %u flags %x: %d",
			 p->granule, p->va, p->pa, p->regime, p->flags, ret);
	if (!ret) {
		assert_int_equal(err.status, 77);
		check_shape(&g, p);
		check_half(&g);
		return;
	}
	assert_int_equal(ret, TRANS_EGEOM);
	assert_int_equal(err.status, TRANS_EGEOM);
	assert_non_null(err.why);
}

static void test_every_parameter(void **state)
{
	static const unsigned int granules[] = { 0,  11, 12, 13,
						 14, 15, 16, 17 };
	static const unsigned int pas[] = { 0, 31, 32, 36, 39, 40, 42, 44, 48,
					    50, 52, 56 };
	struct point p;

	(void)state;
	for (unsigned int g = 0; g < 8; g++)
		for (unsigned int a = 0; a < 12; a++)
			for (p.va = 0; p.va <= 65; p.va++)
				for (unsigned int n = 0; n < 5 * 5; n++) {
					p.granule = granules[g];
					p.pa = pas[a];
					p.regime = n / 5;
					p.flags = n % 5; /* 4: unknown bit */
					check_point(&p);
				}
}

/* ---- well-known shapes ---- */

/* @leaves: bit n for level n - 1, so bit 0 is level -1. */
static const struct {
	uint8_t granule, va, pa, flags;
	int8_t start;
	uint8_t root_bits;
	unsigned int leaves;
} known[] = {
	{ 12, 48, 48, 0, 0, 9, 0x1c },    /* Linux 4K/48 */
	{ 12, 39, 40, 0, 1, 9, 0x1c },    /* Linux 4K/39, Android */
	{ 12, 36, 36, 0, 1, 6, 0x1c },
	{ 12, 32, 32, 0, 1, 2, 0x1c },
	{ 12, 31, 32, 0, 1, 1, 0x1c },
	{ 12, 30, 32, 0, 2, 9, 0x18 },    /* no level 1 in the tree */
	{ 12, 25, 32, 0, 2, 4, 0x18 },
	{ 12, 40, 40, 0, 0, 1, 0x1c },
	{ 12, 52, 52, DS, -1, 4, 0x1e },  /* LPA2: 512 GiB blocks */
	{ 12, 49, 52, DS, -1, 1, 0x1e },
	{ 12, 48, 52, DS, 0, 9, 0x1e },
	{ 12, 48, 48, DS, 0, 9, 0x1e },   /* DS is enough */
	{ 12, 39, 48, DS, 1, 9, 0x1c },
	{ 14, 48, 48, 0, 0, 1, 0x18 },    /* two root entries */
	{ 14, 47, 48, 0, 1, 11, 0x18 },   /* Linux 16K/47 */
	{ 14, 37, 40, 0, 1, 1, 0x18 },
	{ 14, 36, 40, 0, 2, 11, 0x18 },
	{ 14, 25, 32, 0, 3, 11, 0x10 },
	{ 14, 26, 32, 0, 2, 1, 0x18 },
	{ 14, 52, 52, DS, 0, 5, 0x1c },   /* 64 GiB blocks with DS */
	{ 14, 47, 48, DS, 1, 11, 0x1c },
	{ 16, 48, 48, 0, 1, 6, 0x18 },    /* 64 root entries */
	{ 16, 42, 48, 0, 2, 13, 0x18 },
	{ 16, 29, 32, 0, 3, 13, 0x10 },
	{ 16, 25, 32, 0, 3, 9, 0x10 },
	{ 16, 52, 52, 0, 1, 10, 0x1c },   /* LPA: 4 TiB blocks */
	{ 16, 48, 52, 0, 1, 6, 0x1c },
	{ 16, 52, 48, 0, 1, 10, 0x18 },   /* LVA without LPA */
};

static unsigned int leaf_levels(const struct trans_geometry *g)
{
	unsigned int leaves = 0;

	for (int level = -1; level <= 3; level++)
		if (trans_geometry_leaf(g, level))
			leaves |= 1u << (level + 1);
	return leaves;
}

static void test_known_shapes(void **state)
{
	struct trans_geometry g;

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		enum trans_granule granule = known[i].granule;

		assert_int_equal(trans_geometry_init(&g, TRANS_EL1_0, granule,
						     known[i].va, known[i].pa,
						     known[i].flags, NULL), 0);
		if (g.start_level != known[i].start ||
		    g.root_bits != known[i].root_bits ||
		    leaf_levels(&g) != known[i].leaves)
			fail_msg("shape %zu: start %d, root %u, leaves %x", i,
				 g.start_level, g.root_bits, leaf_levels(&g));
		assert_false(trans_geometry_leaf(&g, -2));
		assert_false(trans_geometry_leaf(&g, 4));
	}
}

/* The spans of the Arm ARM's granule tables, levels -1 (or the top) to 3. */
static void test_spans(void **state)
{
	static const struct {
		uint8_t granule;
		int8_t level;
		uint8_t shift;
	} spans[] = {
		{ 12, 3, 12 }, { 12, 2, 21 }, { 12, 1, 30 }, { 12, 0, 39 },
		{ 12, -1, 48 }, { 14, 3, 14 }, { 14, 2, 25 }, { 14, 1, 36 },
		{ 14, 0, 47 }, { 16, 3, 16 }, { 16, 2, 29 }, { 16, 1, 42 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		enum trans_granule granule = spans[i].granule;
		struct trans_geometry g;

		assert_int_equal(trans_geometry_init(&g, TRANS_EL2, granule, 48,
						     48, 0, NULL), 0);
		assert_int_equal(trans_geometry_shift(&g, spans[i].level),
				 spans[i].shift);
	}
}

/* ---- ID registers ---- */

#define MMFR0(gran4, gran64, gran16, parange)                              \
	((uint64_t)(gran4) << 28 | (uint64_t)(gran64) << 24 |              \
	 (uint64_t)(gran16) << 20 | (uint64_t)(parange))
#define A57 MMFR0(0, 0, 0, 4)
#define MAX MMFR0(1, 0, 2, 6)

static void test_granule_fields(void **state)
{
	(void)state;
	for (unsigned int v = 0; v < 16; v++) {
		struct trans_cpu gran4 = { .mmfr0 = MMFR0(v, 15, 0, 5) };
		struct trans_cpu gran64 = { .mmfr0 = MMFR0(15, v, 0, 5) };
		struct trans_cpu gran16 = { .mmfr0 = MMFR0(15, 15, v, 5) };

		/* signed: 8 to 15 are negative */
		assert_int_equal(trans_cpu_granules(&gran4),
				 v < 8 ? 1u << 12 : 0);
		assert_int_equal(trans_cpu_granules(&gran64),
				 v < 8 ? 1u << 16 : 0);
		assert_int_equal(trans_cpu_granules(&gran16),
				 v ? 1u << 14 : 0);
	}
}

static void test_pa_range_field(void **state)
{
	static const unsigned int bits[] = { 32, 36, 40, 42, 44, 48, 52 };

	(void)state;
	for (unsigned int v = 0; v < 7; v++) {
		struct trans_cpu cpu = { .mmfr0 = MMFR0(0, 0, 1, v) };

		assert_int_equal(trans_cpu_pa_bits(&cpu), bits[v]);
	}
}

/* ---- TCR ---- */

struct tcr_case {
	unsigned int regime;
	bool upper;
	uint64_t tcr, mmfr0;
	/* expected */
	unsigned int granule, va, pa;
	bool ds;
};

static void check_tcr(const struct tcr_case *c)
{
	struct trans_geometry g;
	struct trans_error err = { 0 };

	if (trans_geometry_from_tcr(&g, (enum trans_regime)c->regime, c->upper,
				    c->tcr, c->mmfr0, &err))
		fail_msg("TCR %llx: %s", (unsigned long long)c->tcr, err.why);
	assert_int_equal(g.granule_shift, c->granule);
	assert_int_equal(g.va_bits, c->va);
	assert_int_equal(g.pa_bits, c->pa);
	assert_int_equal(g.ds, c->ds);
	assert_int_equal(g.upper, c->upper);
	assert_int_equal(g.regime, c->regime);
}

static void test_real_tcr_values(void **state)
{
	/* as Linux sets them on QEMU's cortex-a57 and max */
	const uint64_t a57_4k = 0x34b5503510, a57_64k = 0x34f5507510;
	const uint64_t max_4k = 0x8000036b54c3510, max_16k = 0x8000036754cb510;
	const struct tcr_case cases[] = {
		{ 1, true, a57_4k, A57, 12, 48, 44, false },
		{ 1, false, a57_4k, A57, 12, 48, 44, false },
		{ 3, true, a57_4k, A57, 12, 48, 44, false },
		{ 1, true, a57_64k, A57, 16, 48, 44, false },
		{ 1, false, a57_64k, A57, 16, 48, 44, false },
		{ 1, true, max_4k, MAX, 12, 52, 52, true },
		{ 1, false, max_4k, MAX, 12, 48, 52, true },
		{ 3, true, max_4k, MAX, 12, 52, 52, true },
		{ 1, true, max_16k, MAX, 14, 52, 52, true },
		{ 1, false, max_16k, MAX, 14, 48, 52, true },
		/* the CPU's range limits IPS */
		{ 1, true, max_4k, MMFR0(1, 0, 2, 2), 12, 52, 40, true },
		/* IPS 52 means 48 in a 48-bit format, and 52 with 64K */
		{ 1, true, 0x36b5503510, MAX, 12, 48, 48, false },
		{ 1, true, 0x36f5507510, MAX, 16, 48, 52, false },
		/* DS says nothing about 64K */
		{ 1, true, 0x36f5507510 | 1ULL << 59, MAX, 16, 48, 52, false },
		/* EL2: PS at 16, DS at 32, and no second half */
		{ 2, false, 0x80853510, A57, 12, 48, 44, false },
		{ 2, false, 0x80827519, A57, 16, 39, 40, false },
		{ 2, false, 0x1808eb50c, MAX, 14, 52, 52, true },
		/* TG1 is not TG0: 16K = 1, 4K = 2, 64K = 3 */
		{ 1, true, 0x3571113510, MAX, 14, 47, 48, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_tcr(&cases[i]);
}

/* Bit 59 is DS in TCR_EL1 and reserved in TCR_EL2; 32 the other way round. */
static void test_ds_by_regime(void **state)
{
	const struct tcr_case cases[] = {
		{ 2, false, 0x80853510 | 1ULL << 59, MAX, 12, 48, 48, false },
		{ 2, false, 0x80853510 | 1ULL << 32, MAX, 12, 48, 48, true },
		{ 1, false, 0x0580803510 | 1ULL << 59, MAX, 12, 48, 48, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_tcr(&cases[i]);
}

/* A CPU without LPA2 for the granule ignores DS (RES0): taking the table as
 * one with 52-bit descriptors would misread it. */
static void test_ds_needs_lpa2(void **state)
{
	static const uint64_t mmfr0[] = { MMFR0(0, 0, 1, 6), MMFR0(0, 0, 2, 6),
					  MMFR0(1, 0, 1, 6) };
	static const uint64_t tcr[] = { 0x8000036b5503510, 0x8000036b5503510,
					0x800003675503510 };
	struct trans_geometry g;

	(void)state;
	for (int i = 0; i < 3; i++)
		if (!trans_geometry_from_tcr(&g, TRANS_EL1_0, true, tcr[i],
					     mmfr0[i], NULL))
			assert_false(g.ds);
}

/* PARange 7 (56 bits) and later values contain 52 bits (ID scheme: unsigned
 * fields only grow), so that IPS 52 keeps its meaning. */
static void test_later_pa_ranges(void **state)
{
	const struct tcr_case cases[] = {
		{ 1, true, 0x36f5507510, MMFR0(1, 0, 2, 7), 16, 48, 52, false },
		{ 1, true, 0x8000036b54c3510, MMFR0(1, 0, 2, 7), 12, 52, 52,
		  true },
	};

	(void)state;
	check_tcr(&cases[0]);
	check_tcr(&cases[1]);
}

/* ---- refusals ---- */

#define REASONS 32
struct reasons {
	const char *why[REASONS];
	unsigned int count;
};

/* A refusal whose reason no earlier one gave. */
static void collect(struct reasons *r, int ret, const struct trans_error *err)
{
	assert_int_equal(ret, TRANS_EGEOM);
	assert_int_equal(err->status, TRANS_EGEOM);
	for (unsigned int i = 0; i < r->count; i++)
		if (!strcmp(r->why[i], err->why))
			fail_msg("'%s' twice, number %u and %u", err->why, i,
				 r->count);
	r->why[r->count++] = err->why;
}

static void test_each_refusal_has_its_reason(void **state)
{
	static const struct point points[] = {
		{ 13, 48, 48, 1, 0 },  { 16, 48, 48, 1, DS },
		{ 12, 24, 48, 1, 0 },  { 16, 53, 48, 1, 0 },
		{ 12, 49, 48, 1, 0 },  { 12, 48, 47, 1, 0 },
		{ 12, 48, 52, 1, 0 },  { 12, 48, 48, 1, 4 },
		{ 12, 48, 48, 4, 0 },  { 12, 48, 48, 2, UP },
	};
	struct trans_error err;
	struct reasons r = { .count = 0 };
	struct trans_geometry g;

	(void)state;
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		const struct point *p = &points[i];
		int ret = trans_geometry_init(
			&g, (enum trans_regime)p->regime,
			(enum trans_granule)p->granule, p->va, p->pa, p->flags,
			&err);

		collect(&r, ret, &err);
	}
}

static void test_each_tcr_refusal_has_its_reason(void **state)
{
	static const struct {
		uint64_t tcr;
		bool upper;
	} cases[] = {
		{ 0x34b5503510 | 1ULL << 23, true },    /* EPD1 */
		{ 0x3475503510, true },                 /* TG1: 16K on a57 */
		{ 0x3435503510, true },                 /* TG1: 0 */
		{ 0x37b5503510, true },                 /* IPS 7 */
		{ 0x34b5503510 & ~0x3f0000ULL, true },  /* T1SZ 0 */
		{ 0x34b54c3510, true },                 /* T1SZ 12, no DS */
		{ 0x34b5683510, true },                 /* T1SZ 40 */
	};
	struct reasons r = { .count = 0 };
	struct trans_error err;
	struct trans_geometry g;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		collect(&r, trans_geometry_from_tcr(&g, TRANS_EL1_0,
						    cases[i].upper,
						    cases[i].tcr, A57, &err),
			&err);
}

static void refused(unsigned int regime, bool upper, uint64_t tcr,
		    uint64_t mmfr0)
{
	struct trans_geometry g;
	struct trans_error err = { 0 };

	assert_int_equal(trans_geometry_from_tcr(&g, (enum trans_regime)regime,
						 upper, tcr, mmfr0, &err),
			 TRANS_EGEOM);
	assert_non_null(err.why);
}

static void test_other_tcr_refusals(void **state)
{
	(void)state;
	refused(1, false, 0x34b5503510 | 1ULL << 7, A57); /* EPD0 */
	refused(1, false, 0x34b550f510, A57);             /* TG0: 3 */
	refused(2, false, 0x8080f510, A57);
	refused(2, false, 0x80873510, A57);               /* PS 7 */
	refused(2, true, 0x80843510, A57);                /* no such half */
	refused(0, false, 0x34b5503510, A57);
	refused(4, false, 0x34b5503510, A57);
	refused(1, false, 0x34b5503510, MMFR0(15, 0, 0, 4)); /* no 4K */
	refused(1, false, 0x34b5507510, MMFR0(0, 15, 0, 4)); /* no 64K */
}

/* Beside EPD1: a granule that is not reserved, and a size in range. */
static void unused_half(void **state)
{
	static const struct {
		enum trans_granule granule;
		unsigned int bits;
		uint64_t want; /* EPD1, T1SZ, TG1 */
	} rows[] = {
		{ TRANS_4K, 48, 0x80900000 }, { TRANS_16K, 47, 0x40910000 },
		{ TRANS_64K, 42, 0xc0960000 }, { TRANS_4K, 25, 0x80a70000 },
	};
	struct trans_geometry geo;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(trans_geometry_init(&geo, TRANS_EL1_0,
						     rows[i].granule,
						     rows[i].bits, 40, 0,
						     NULL), 0);
		assert_int_equal(trans_tcr(&geo, NULL) & 0xc0bf0000,
				 rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_parameter),
		cmocka_unit_test(unused_half),
		cmocka_unit_test(test_known_shapes),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_granule_fields),
		cmocka_unit_test(test_pa_range_field),
		cmocka_unit_test(test_real_tcr_values),
		cmocka_unit_test(test_ds_by_regime),
		cmocka_unit_test(test_ds_needs_lpa2),
		cmocka_unit_test(test_later_pa_ranges),
		cmocka_unit_test(test_each_refusal_has_its_reason),
		cmocka_unit_test(test_each_tcr_refusal_has_its_reason),
		cmocka_unit_test(test_other_tcr_refusals),
	};

	return cmocka_run_group_tests_name("geometry", tests, NULL, NULL);
}
