/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A program of the tables alone: what is linked with it are
 * TRANS_TABLE_TABLES of sources.mk, or build/single/trans_table.c, and nothing
 * else. It also runs where it was built, with each geometry that the build
 * takes: GEOMETRIES says which these are, a bit each, fewer where
 * lib/assume.h was told to fix something.
 */
#include <trans_table/inspect.h>
#include <trans_table/registers.h>
#include <trans_table/table.h>

#ifndef GEOMETRIES
#define GEOMETRIES 0x3fffffffu
#endif

#define PA 0x40000000ULL /* where the arena pretends to be */
#define OUTPUT 0x80000000ULL
#define PAGES 24
#define PAGE_MAX 0x10000

static _Alignas(PAGE_MAX) uint8_t arena[PAGES * PAGE_MAX];
static unsigned int given;

/* A line that does not hold is what main returns. */
#define CHECK(what)                      \
	do {                             \
		if (!(what))             \
			return __LINE__; \
	} while (0)

static int take(void *ctx, unsigned int shift, unsigned int count,
		trans_pa_t *pa)
{
	(void)ctx;
	(void)shift;
	if (given + count > PAGES)
		return -1;
	*pa = PA + (trans_pa_t)given * PAGE_MAX;
	given += count;
	return 0;
}

static void give(void *ctx, unsigned int shift, unsigned int count,
		 trans_pa_t pa)
{
	(void)ctx;
	(void)shift;
	(void)count;
	(void)pa;
}

static void *see(void *ctx, trans_pa_t pa, size_t len)
{
	(void)ctx;
	if (pa < PA || pa - PA + len > sizeof(arena))
		return NULL;
	return arena + (pa - PA);
}

/* Nobody walks these tables but this program. */
static void wait(void *ctx)
{
	(void)ctx;
}

static const struct trans_ops ops = {
	.alloc = take, .free = give, .phys_to_virt = see, .barrier = wait,
};

static int count_text(void *arg, const char *text, size_t len)
{
	(void)text;
	*(size_t *)arg += len;
	return 0;
}

/* Copied as a boot loader would: from a view, by the registers of finish. */
static int copy(const struct trans_geometry *geo, struct trans_table *from,
		trans_va_t va, uint64_t len)
{
	struct trans_table view, to;
	struct trans_leaf leaf;
	struct trans_regs regs;
	size_t text = 0;

	CHECK(!trans_table_finish(from, &regs, NULL));
	CHECK(!trans_table_attach(&view, geo, &regs, NULL, &ops, NULL, NULL));
	CHECK(!trans_table_create(&to, geo, 0, &ops, NULL, NULL));
	CHECK(!trans_table_copy(&to, va, &view, va, len, TRANS_MKWRITE, NULL));
	CHECK(!trans_table_query(&to, va + len - 1, &leaf, NULL));
	CHECK(leaf.pa == OUTPUT + len - 1 && leaf.writable);
	CHECK(!trans_table_dump(&to, count_text, &text) && text);
	trans_table_destroy(&to);
	return 0;
}

static int use(const struct trans_geometry *geo)
{
	struct trans_attr attr = { .memory = TRANS_MEM_NORMAL };
	trans_va_t va = trans_geometry_first(geo) + OUTPUT;
	uint64_t len = 40ULL << geo->granule_shift;
	struct trans_table table;
	struct trans_leaf leaf;
	int ret;

	given = 0;
	CHECK(!trans_table_create(&table, geo, 0, &ops, NULL, NULL));
	CHECK(!trans_table_map(&table, va, OUTPUT, len, &attr, 0, NULL));
	CHECK(!trans_table_query(&table, va, &leaf, NULL));
	CHECK(leaf.pa == OUTPUT && !leaf.writable && !leaf.executable);
	CHECK(trans_table_query(&table, va + len, &leaf, NULL) ==
	      TRANS_ENOENT);
	ret = copy(geo, &table, va, len);
	trans_table_destroy(&table);
	return ret;
}

/* Only what this build was told not to take is refused, and it says so. */
static int is_named(const struct trans_error *err)
{
	static const char name[] = "see TRANS_ASSUME_";

	CHECK(err->status == TRANS_EGEOM);
	for (size_t i = 0; i < sizeof(name) - 1; i++)
		CHECK(err->why[i] == name[i]);
	return 0;
}

/* Six geometries of a half: each granule, with 48 bits and with 52. @first: the
 * bit of the first one. */
static int use_half(enum trans_regime regime, unsigned int upper,
		    unsigned int first, unsigned int *taken)
{
	static const enum trans_granule granules[] = {
		TRANS_4K, TRANS_16K, TRANS_64K,
	};
	struct trans_geometry geo;
	struct trans_error err;
	int ret = 0;

	for (unsigned int i = 0; i < 6 && !ret; i++) {
		enum trans_granule granule = granules[i / 2];
		unsigned int bits = i % 2 ? 52 : 48;
		unsigned int flags = upper;

		if (bits == 52 && granule != TRANS_64K)
			flags |= TRANS_GEO_DS;
		if (trans_geometry_init(&geo, regime, granule, bits, bits,
					flags, &err)) {
			ret = is_named(&err);
			continue;
		}
		*taken |= 1u << (first + i);
		ret = use(&geo);
	}
	return ret;
}

int main(void)
{
	unsigned int taken = 0;
	int ret = use_half(TRANS_EL1_0, 0, 0, &taken);

	if (!ret)
		ret = use_half(TRANS_EL1_0, TRANS_GEO_UPPER, 6, &taken);
	if (!ret)
		ret = use_half(TRANS_EL2, 0, 12, &taken);
	if (!ret)
		ret = use_half(TRANS_EL2_0, 0, 18, &taken);
	if (!ret)
		ret = use_half(TRANS_EL2_0, TRANS_GEO_UPPER, 24, &taken);
	if (!ret && taken != GEOMETRIES)
		ret = 1;
	return ret;
}
