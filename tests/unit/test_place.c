/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Placement: every answer against the rules of the boot protocol, small maps
 * against an oracle that tries every place, and the maps that boards have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <trans_table/place.h>

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)
#define TIB ((uint64_t)1 << 40)
#define PA_END ((uint64_t)1 << 48)
#define BASE_ALIGN (2 * MIB)
#define SLOTS 4096

struct map {
	struct trans_range storage[SLOTS];
	struct trans_ranges usable;
	struct trans_image image;
	struct trans_place_request request;
};

static struct map map;

static void map_init(uint64_t text_offset, uint64_t kernel, uint64_t initrd,
		     uint64_t fdt, uint64_t granule)
{
	trans_ranges_init(&map.usable, map.storage, SLOTS);
	map.image = (struct trans_image){ .text_offset = text_offset,
					  .memory_len = kernel };
	map.request = (struct trans_place_request){
		.usable = &map.usable, .image = &map.image,
		.initrd_len = initrd, .fdt_len = fdt, .granule = granule };
}

static void usable(uint64_t start, uint64_t len)
{
	assert_int_equal(trans_ranges_add(&map.usable, start, len), 0);
}

static void reserve(uint64_t start, uint64_t len)
{
	assert_int_equal(trans_ranges_remove(&map.usable, start, len), 0);
}

/* ---- the rules ---- */

static uint64_t down(uint64_t value, uint64_t align)
{
	return value / align * align;
}

static uint64_t up(uint64_t value, uint64_t align)
{
	return down(value + align - 1, align);
}

static bool share_granule(uint64_t a, uint64_t a_len, uint64_t b,
			  uint64_t b_len)
{
	uint64_t granule = map.request.granule;

	return down(a, granule) < up(b + b_len, granule) &&
	       down(b, granule) < up(a + a_len, granule);
}

static bool in_window(uint64_t kernel, uint64_t initrd)
{
	uint64_t k_end = kernel + map.image.memory_len;
	uint64_t i_end = initrd + map.request.initrd_len;
	uint64_t start = down(kernel < initrd ? kernel : initrd, GIB);

	return (k_end > i_end ? k_end : i_end) - start <= 32 * GIB;
}

static bool crosses(uint64_t start)
{
	return start / BASE_ALIGN !=
	       (start + map.request.fdt_len - 1) / BASE_ALIGN;
}

static bool free_at(uint64_t start, uint64_t len)
{
	return start + len <= PA_END &&
	       trans_ranges_contain(&map.usable, start, len);
}

static bool legal_kernel(uint64_t at)
{
	return (at - map.image.text_offset) % BASE_ALIGN == 0 &&
	       free_at(at, map.image.memory_len);
}

static bool legal_initrd(uint64_t kernel, uint64_t at)
{
	const struct trans_place_request *request = &map.request;

	return at % request->granule == 0 &&
	       free_at(at, request->initrd_len) && in_window(kernel, at) &&
	       !share_granule(kernel, map.image.memory_len, at,
			      request->initrd_len);
}

/* Against the kernel; against the initrd see share_granule. */
static bool legal_fdt(uint64_t kernel, uint64_t at)
{
	const struct trans_place_request *request = &map.request;

	return at % request->granule == 0 && free_at(at, request->fdt_len) &&
	       !share_granule(kernel, map.image.memory_len, at,
			      request->fdt_len);
}

static void expect_legal(const struct trans_placement *at)
{
	const struct trans_place_request *request = &map.request;

	assert_true(legal_kernel(at->kernel));
	assert_true(legal_fdt(at->kernel, at->fdt));
	if (!request->initrd_len) {
		assert_int_equal(at->initrd, 0);
		return;
	}
	assert_true(legal_initrd(at->kernel, at->initrd));
	assert_false(share_granule(at->initrd, request->initrd_len, at->fdt,
				   request->fdt_len));
}

static struct trans_placement place(void)
{
	struct trans_error err, before;
	struct trans_placement at;

	memset(&err, 0x5a, sizeof(err));
	before = err;
	assert_int_equal(trans_place(&map.request, &at, &err), 0);
	assert_memory_equal(&err, &before, sizeof(err));
	expect_legal(&at);
	return at;
}

static void refused(int status, const char *why, uint64_t len)
{
	struct trans_placement at = { 1, 2, 3 };
	struct trans_error err = { 0 };

	assert_int_equal(trans_place(&map.request, &at, &err), status);
	assert_int_equal(err.status, status);
	assert_string_equal(err.why, why);
	assert_int_equal(err.len, len);
	assert_int_equal(at.kernel, 1);
	assert_int_equal(at.initrd, 2);
	assert_int_equal(at.fdt, 3);
	assert_int_equal(trans_place(&map.request, &at, NULL), status);
}

static void no_kernel(void)
{
	refused(TRANS_ENOHOLE, "kernel", map.image.memory_len);
}

static void no_initrd(void)
{
	refused(TRANS_ENOHOLE, "initrd", map.request.initrd_len);
}

static void no_fdt(void)
{
	refused(TRANS_ENOHOLE, "device tree", map.request.fdt_len);
}

/* ---- requests ---- */

static void test_invalid(void **state)
{
	static const uint64_t granules[] = { 0, 1, 2048, 4095, 4097, 12288,
					     131072, UINT64_MAX };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(granules) / sizeof(granules[0]); i++) {
		map_init(0, 8 * MIB, MIB, 4096, granules[i]);
		usable(GIB, GIB);
		refused(TRANS_EINVAL, "granule", 0);
	}
	map_init(0, 8 * MIB, MIB, 0, 4096);
	refused(TRANS_EINVAL, "device tree length", 0);
	map.request.fdt_len = 2 * MIB + 1;
	refused(TRANS_EINVAL, "device tree length", 0);
	map_init(0, 0, MIB, 4096, 4096);
	refused(TRANS_EINVAL, "kernel memory length", 0);
	map_init(2 * MIB, 8 * MIB, MIB, 4096, 4096);
	refused(TRANS_EINVAL, "text_offset", 0);
}

static void test_empty_map(void **state)
{
	(void)state;
	map_init(0, 1, 0, 1, 4096);
	no_kernel();
}

static void test_smallest(void **state)
{
	(void)state;
	map_init(0, 1, 1, 1, 65536);
	usable(0, 2 * 65536);
	no_fdt();
	usable(2 * 65536, 1);
	assert_int_equal(place().kernel, 0);
}

/* ---- maps that boards have ---- */

static void virt(uint64_t ram)
{
	map_init(0, 40 * MIB, 24 * MIB, 64 * KIB, 4096);
	usable(0x40000000, ram);
}

static void test_virt(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(512 * MIB);
	at = place();
	assert_int_equal(at.kernel, 0x40000000);
	assert_int_equal(at.initrd, 0x40000000 + 40 * MIB);
	assert_int_equal(at.fdt, 0x40000000 + 64 * MIB);
}

static void test_virt_reserved(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(512 * MIB);
	reserve(0x40000000, 1);
	at = place();
	assert_int_equal(at.kernel, 0x40200000);
	/* A hole of 38 MiB before the reservation is passed over... */
	reserve(0x40200000 + 38 * MIB, MIB);
	at = place();
	assert_int_equal(at.kernel, 0x40200000 + 40 * MIB);
	/* ... and takes nothing, as there is room above the kernel. */
	assert_int_equal(at.initrd, at.kernel + 40 * MIB);
}

static void test_virt_exact(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(64 * MIB + 64 * KIB);
	at = place();
	assert_int_equal(at.fdt, 0x40000000 + 64 * MIB);
	virt(64 * MIB + 64 * KIB - 1);
	no_fdt();
	virt(64 * MIB - 1);
	map.request.fdt_len = 1;
	no_initrd();
	virt(40 * MIB - 1);
	no_kernel();
}

static void test_text_offset(void **state)
{
	struct trans_placement at;

	(void)state;
	map_init(0x80000, 20 * MIB, 0, 4096, 4096);
	usable(0, GIB);
	assert_int_equal(place().kernel, 0x80000);
	/* The base itself need not be memory, the kernel's bytes must. */
	reserve(0, 0x80000);
	assert_int_equal(place().kernel, 0x80000);
	reserve(0x80000, 1);
	at = place();
	assert_int_equal(at.kernel, 0x280000);
	/* An offset that is no granule: the granule's rest stays unused. */
	map_init(0x81800, 20 * MIB, 4096, 4096, 65536);
	usable(0x80000, 21 * MIB);
	at = place();
	assert_int_equal(at.kernel, 0x81800);
	assert_int_equal(at.initrd, 0x80000 + 20 * MIB + 65536);
}

static void test_above_4g(void **state)
{
	struct trans_placement at;

	(void)state;
	map_init(0, 64 * MIB, 512 * MIB, 2 * MIB, 65536);
	usable(0x880000000, 4 * GIB);
	at = place();
	assert_int_equal(at.kernel, 0x880000000);
	assert_int_equal(at.fdt, 0x880000000 + 576 * MIB);
}

static void test_initrd_below(void **state)
{
	struct trans_placement at;

	(void)state;
	map_init(0, 64 * MIB, 32 * MIB, 64 * KIB, 4096);
	usable(GIB, 40 * MIB);
	usable(2 * GIB, 65 * MIB);
	at = place();
	assert_int_equal(at.kernel, 2 * GIB);
	assert_int_equal(at.initrd, GIB + 8 * MIB);
	assert_int_equal(at.fdt, 2 * GIB + 64 * MIB);
	/* Preferred above, though the lower hole is tried for the kernel. */
	usable(3 * GIB, 64 * MIB);
	assert_int_equal(place().initrd, 3 * GIB);
}

/* Initrd and device tree fill the first hole, the kernel exactly the next. */
static void test_next_hole(void **state)
{
	struct trans_placement at;

	(void)state;
	map_init(0, MIB, 6 * MIB, 2 * MIB, 4096);
	usable(0, 8 * MIB);
	usable(GIB, MIB);
	at = place();
	assert_int_equal(at.kernel, GIB);
	assert_true(at.initrd < GIB && at.fdt < GIB);
}

/* ---- the window ---- */

static void test_window(void **state)
{
	struct trans_placement at;

	(void)state;
	map_init(0, 64 * MIB, 64 * MIB, 4096, 4096);
	usable(GIB + 512 * MIB, 64 * MIB);
	usable(33 * GIB - 64 * MIB, 64 * MIB);
	usable(100 * GIB, 4096);
	at = place();
	assert_int_equal(at.initrd, 33 * GIB - 64 * MIB);
	/* One byte more ends in the 33rd GiB, and does not fit below. */
	map.request.initrd_len++;
	usable(33 * GIB, MIB);
	no_initrd();
}

static void test_window_below(void **state)
{
	struct trans_placement at;

	(void)state;
	map_init(0, 64 * MIB, 32 * MIB, 4096, 4096);
	usable(GIB, 48 * MIB);
	usable(33 * GIB - 64 * MIB, 64 * MIB);
	at = place();
	assert_int_equal(at.kernel, 33 * GIB - 64 * MIB);
	assert_int_equal(at.initrd, GIB + 16 * MIB);
	/* A kernel that reaches into the next GiB loses the hole. */
	reserve(33 * GIB - 64 * MIB, 2 * MIB);
	usable(33 * GIB, 2 * MIB);
	no_initrd();
}

/* The kernel must go up far enough in a large hole, and not further. */
static void test_window_moves_kernel(void **state)
{
	struct trans_placement at;

	(void)state;
	map_init(0x80000, 64 * MIB, 10 * GIB, 4096, 4096);
	usable(2 * GIB, 9 * GIB);
	usable(30 * GIB, 10 * GIB);
	at = place();
	assert_int_equal(at.kernel, 8 * GIB + 0x80000);
	assert_int_equal(at.initrd, 30 * GIB);
	/* An initrd that must end a little higher takes a GiB more. */
	map.request.initrd_len -= 2 * MIB;
	reserve(30 * GIB, 4 * MIB);
	usable(40 * GIB, 2 * MIB);
	assert_int_equal(place().kernel, 9 * GIB + 0x80000);
	/* No room for the kernel there, and lower it does not reach. */
	reserve(9 * GIB + 64 * MIB, 2 * GIB);
	no_initrd();
}

static void test_huge_kernel(void **state)
{
	(void)state;
	map_init(0, 33 * GIB, MIB, 4096, 4096);
	usable(0, 128 * GIB);
	no_initrd();
	map.request.initrd_len = 0;
	assert_int_equal(place().kernel, 0);
	map.image.memory_len = 32 * GIB;
	map.request.initrd_len = 1;
	no_initrd();
	map.image.memory_len = UINT64_MAX;
	no_kernel();
	map.image.memory_len = MIB;
	map.request.initrd_len = UINT64_MAX;
	no_initrd();
	map.request.initrd_len = PA_END;
	no_initrd();
}

/* ---- the device tree's 2 MiB ---- */

static void test_fdt_whole(void **state)
{
	struct trans_placement at;

	(void)state;
	map_init(0, 10 * MIB + 4096, 0, 2 * MIB, 4096);
	usable(GIB, 14 * MIB);
	at = place();
	assert_int_equal(at.fdt, GIB + 12 * MIB);
	/* Below, and whole, is better than above in two. */
	usable(GIB - 2 * MIB, 2 * MIB);
	reserve(GIB + 14 * MIB - 1, 1);
	reserve(GIB - 2 * MIB, 4096);
	reserve(GIB, 4096);
	usable(GIB - 4 * MIB, 2 * MIB);
	at = place();
	assert_int_equal(at.kernel, GIB + 2 * MIB);
	assert_int_equal(at.fdt, GIB - 4 * MIB);
}

static void test_fdt_crossing(void **state)
{
	struct trans_placement at;

	(void)state;
	map_init(0, 10 * MIB + 4096, 0, 2 * MIB, 4096);
	usable(GIB, 14 * MIB - 4096);
	at = place();
	assert_int_equal(at.fdt, GIB + 10 * MIB + 4096);
	assert_true(crosses(at.fdt));
}

/* The initrd must leave the upper of two holes to a device tree in two. */
static void test_fdt_crossing_below(void **state)
{
	struct trans_placement at;

	(void)state;
	map_init(0, 10 * MIB, MIB, 2 * MIB, 4096);
	usable(GIB, MIB);
	usable(GIB + 8 * MIB + 4096, 2 * MIB);
	usable(2 * GIB, 10 * MIB);
	at = place();
	assert_int_equal(at.initrd, GIB);
	assert_int_equal(at.fdt, GIB + 8 * MIB + 4096);
}

/* The error names what the best base lacked, not the last one. */
static void test_best_base_is_named(void **state)
{
	(void)state;
	map_init(0, MIB, 4 * MIB, 2 * MIB, 4096);
	usable(0, 5 * MIB);
	usable(100 * GIB, MIB);
	no_fdt();
}

/* ---- the end of 48 bits, and of 64 ---- */

static void test_48_bits(void **state)
{
	struct trans_placement at;

	(void)state;
	map_init(0, 8 * MIB, 4 * MIB, 2 * MIB, 4096);
	usable(PA_END - 14 * MIB, 14 * MIB);
	at = place();
	assert_int_equal(at.kernel, PA_END - 14 * MIB);
	assert_int_equal(at.fdt, PA_END - 2 * MIB);
	reserve(PA_END - 14 * MIB, 1);
	usable(PA_END, UINT64_MAX - PA_END);
	no_fdt();
	reserve(PA_END - 14 * MIB, 3 * MIB);
	no_initrd();
	reserve(PA_END - 14 * MIB, 7 * MIB);
	no_kernel();
}

static void test_whole_space(void **state)
{
	struct trans_placement at;

	(void)state;
	map_init(0, 8 * MIB, 4 * MIB, 2 * MIB, 4096);
	usable(0, UINT64_MAX);
	at = place();
	assert_int_equal(at.kernel, 0);
	assert_int_equal(at.initrd, 8 * MIB);
	assert_int_equal(at.fdt, 12 * MIB);
	map.request.initrd_len = 40 * GIB;
	no_initrd();
	map.image.memory_len = PA_END;
	map.request.initrd_len = 0;
	no_fdt();
}

/* ---- large maps ---- */

/* 2 TiB, a hole every 512 MiB, none for the initrd but the last. */
static void test_sparse(void **state)
{
	struct trans_placement at;
	uint64_t i;

	(void)state;
	map_init(0, 64 * MIB, 300 * MIB, 64 * KIB, 65536);
	for (i = 0; i < SLOTS; i++)
		usable(i * 512 * MIB, 256 * MIB);
	no_initrd();
	usable(2 * TIB - 512 * MIB, 400 * MIB);
	at = place();
	assert_int_equal(at.initrd, 2 * TIB - 512 * MIB);
	assert_int_equal(at.kernel, 2 * TIB - 32 * GIB);
}

/* Nothing for the device tree in 4096 holes: the most work there is. */
static void test_most_work(void **state)
{
	uint64_t i;

	(void)state;
	map_init(0, 2 * MIB, 2 * MIB, 2 * MIB, 65536);
	for (i = 0; i < 300; i++)
		usable(i * 4 * MIB, 2 * MIB - 65536);
	no_kernel();
	map.image.memory_len = 2 * MIB - 65536;
	no_initrd();
	map.request.initrd_len = 65536;
	no_fdt();
}

/* ---- the oracle ---- */

/*
 * Every multiple of a granule in the map is a place to try. All lengths and
 * holes are of the order of a hundred granules, so that trying is cheap.
 */
struct answer {
	bool any;
	uint64_t kernel; /* the lowest with any legal rest */
	bool above;	 /* that kernel has a legal initrd above */
	bool whole;	 /* a device tree in one block, on that side */
};

static uint32_t rnd(uint32_t below)
{
	static uint64_t seed = 2026;

	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

/* Granule multiples of the map, ascending. */
static size_t candidates(uint64_t *at, size_t room)
{
	uint64_t granule = map.request.granule;
	size_t i, count = 0;

	for (i = 0; i < map.usable.count; i++) {
		const struct trans_range *range = &map.usable.range[i];
		uint64_t pa = up(range->start, granule);

		for (; pa < range->start + range->len; pa += granule) {
			assert_true(count < room);
			at[count++] = pa;
		}
	}
	return count;
}

/* 0 none, 1 crossing only, 2 whole. */
static int fdt_with(uint64_t kernel, uint64_t initrd, const uint64_t *at,
		    size_t count)
{
	int best = 0;
	size_t i;

	for (i = 0; i < count && best < 2; i++) {
		if (!legal_fdt(kernel, at[i]) ||
		    (map.request.initrd_len &&
		     share_granule(initrd, map.request.initrd_len, at[i],
				   map.request.fdt_len)))
			continue;
		best = crosses(at[i]) ? 1 : 2;
	}
	return best;
}

static void oracle_kernel(uint64_t kernel, const uint64_t *at, size_t count,
			  struct answer *answer)
{
	int side[2] = { 0, 0 };
	size_t i;

	for (i = 0; i < count && side[1] < 2; i++) {
		int above = at[i] > kernel, got;

		if (side[above] == 2 || !legal_initrd(kernel, at[i]))
			continue;
		got = fdt_with(kernel, at[i], at, count);
		if (got > side[above])
			side[above] = got;
	}
	if (!map.request.initrd_len)
		side[0] = fdt_with(kernel, 0, at, count);
	if (!side[0] && !side[1])
		return;
	*answer = (struct answer){ true, kernel, side[1] > 0,
				   side[side[1] > 0] == 2 };
}

static struct answer oracle(void)
{
	static uint64_t at[4096];
	size_t i, count = candidates(at, 4096);
	struct answer answer = { 0 };

	for (i = 0; i < map.usable.count && !answer.any; i++) {
		const struct trans_range *range = &map.usable.range[i];
		uint64_t pa = down(range->start, BASE_ALIGN) +
			      map.image.text_offset;

		for (; pa < range->start + range->len && !answer.any;
		     pa += BASE_ALIGN)
			if (legal_kernel(pa))
				oracle_kernel(pa, at, count, &answer);
	}
	return answer;
}

static void compare(void)
{
	struct answer answer = oracle();
	struct trans_placement at;

	if (!answer.any) {
		assert_int_equal(trans_place(&map.request, &at, NULL),
				 TRANS_ENOHOLE);
		return;
	}
	at = place();
	assert_int_equal(at.kernel, answer.kernel);
	assert_int_equal(!crosses(at.fdt), answer.whole);
	if (map.request.initrd_len)
		assert_int_equal(at.initrd > at.kernel, answer.above);
}

/* Lengths, and holes whose ends are granules as a rule and odd at times. */
static void random_request(uint32_t granules)
{
	map_init(rnd(2) ? 0 : rnd(32) * 0x10000 + rnd(2) * 0x800,
		 1 + rnd(granules) * 65536 + rnd(2) * 12345,
		 rnd(5) ? 1 + rnd(granules) * 65536 + rnd(2) * 777 : 0,
		 (1 + rnd(32)) * 65536 - rnd(2) * 4097, 65536);
}

static void random_hole(uint64_t from, uint32_t granules)
{
	usable(from + rnd(granules) * 65536 + rnd(4) / 3 * rnd(65536),
	       1 + rnd(granules) * 65536 + rnd(4) / 3 * rnd(65536));
}

static void test_oracle_near(void **state)
{
	int round, hole;

	(void)state;
	for (round = 0; round < 1000; round++) {
		random_request(64);
		for (hole = rnd(4); hole >= 0; hole--)
			random_hole(GIB + rnd(4) * 4 * MIB, 96);
		compare();
	}
}

/* One hole with room for all three or a little more: their order counts. */
static void test_oracle_tight(void **state)
{
	int round;

	(void)state;
	for (round = 0; round < 1000; round++) {
		random_request(48);
		usable(GIB + rnd(64) * 65536,
		       up(map.image.memory_len, 65536) +
		       up(map.request.initrd_len, 65536) +
		       up(map.request.fdt_len, 65536) + rnd(48) * 65536);
		compare();
	}
}

/* Holes in GiB of a 40 GiB map, at their starts and ends: the window rule. */
static void test_oracle_far(void **state)
{
	int round, hole;

	(void)state;
	for (round = 0; round < 1000; round++) {
		random_request(48);
		for (hole = rnd(5); hole >= 0; hole--)
			random_hole(GIB + rnd(40) * GIB - rnd(2) * 5 * MIB, 64);
		compare();
	}
}

/* ---- wishes ---- */

static void wish(enum trans_wish_kind kind, uint64_t kernel, uint64_t initrd)
{
	map.request.kernel_wish = (struct trans_wish){ kind, kernel };
	map.request.initrd_wish = (struct trans_wish){ kind, initrd };
}

static void test_both_stay(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(512 * MIB);
	map.image.anywhere = true;
	wish(TRANS_WISH_STAY, 0x48000000, 0x42000000);
	at = place();
	assert_int_equal(at.kernel, 0x48000000);
	assert_int_equal(at.initrd, 0x42000000); /* below it, in its window */
	wish(TRANS_WISH_STAY, 0x48000000, 0x50001000);
	at = place();
	assert_int_equal(at.kernel, 0x48000000);
	assert_int_equal(at.initrd, 0x50001000);
	/* Up to the last byte of RAM, and beside each other. */
	wish(TRANS_WISH_STAY, 0x40000000 + 472 * MIB,
	     0x40000000 + 448 * MIB);
	at = place();
	assert_int_equal(at.kernel, 0x40000000 + 472 * MIB);
	assert_int_equal(at.initrd, 0x40000000 + 448 * MIB);
}

/* Each rule that a kernel may break where it is. */
static void test_kernel_goes(void **state)
{
	(void)state;
	virt(512 * MIB);
	wish(TRANS_WISH_STAY, 0x48000000, 0x50000000);
	assert_int_equal(place().kernel, 0x40000000); /* not anywhere */
	map.image.anywhere = true;
	assert_int_equal(place().kernel, 0x48000000);
	wish(TRANS_WISH_STAY, 0x48100000, 0x50000000); /* 1 MiB */
	assert_int_equal(place().kernel, 0x40000000);
	map.image.text_offset = 0x80000;
	wish(TRANS_WISH_STAY, 0x48000000, 0x50000000);
	assert_int_equal(place().kernel, 0x40080000);
	wish(TRANS_WISH_STAY, 0x48080000, 0x50000000);
	assert_int_equal(place().kernel, 0x48080000);
	reserve(0x48080000 + 40 * MIB - 1, 1); /* in its .bss */
	assert_int_equal(place().kernel, 0x40080000);
	wish(TRANS_WISH_STAY, UINT64_MAX - 5, UINT64_MAX - 5);
	assert_int_equal(place().kernel, 0x40080000);
	wish(TRANS_WISH_STAY, PA_END - MIB, PA_END - MIB);
	assert_int_equal(place().kernel, 0x40080000);
}

static void test_initrd_goes(void **state)
{
	static const uint64_t bad[] = {
		0x48000000 + 4 * MIB,   /* in the kernel's memory */
		0x48000000 - 4 * MIB,   /* likewise, its end */
		0x40000000 + 500 * MIB, /* ends behind RAM */
		0x50000800,             /* no granule's start */
		0x40000000 - 4096, 0, UINT64_MAX & ~0xfffull, PA_END - 4096,
	};
	struct trans_placement at;

	(void)state;
	virt(512 * MIB);
	map.image.anywhere = true;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		wish(TRANS_WISH_STAY, 0x48000000, bad[i]);
		at = place();
		assert_int_equal(at.kernel, 0x48000000);
		assert_int_equal(at.initrd, 0x48000000 + 40 * MIB);
	}
	reserve(0x50000000, 1);
	wish(TRANS_WISH_STAY, 0x48000000, 0x50000000);
	assert_int_equal(place().initrd, 0x48000000 + 40 * MIB);
}

/* The initrd stays out of the kernel's window only if the kernel goes there. */
static void test_initrd_out_of_window(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(40 * GIB);
	wish(TRANS_WISH_STAY, 0, 34 * GIB);
	at = place();
	assert_int_equal(at.kernel, 0x40000000);
	assert_int_equal(at.initrd, 0x40000000 + 40 * MIB);
	wish(TRANS_WISH_STAY, 0, 33 * GIB - 24 * MIB);
	assert_int_equal(place().initrd, 33 * GIB - 24 * MIB);
	wish(TRANS_WISH_STAY, 0, 33 * GIB - 24 * MIB + 4096);
	assert_int_equal(place().initrd, 0x40000000 + 40 * MIB);
}

/* What stays leaves no room for the tree: the initrd goes; or the kernel. */
static void test_stays_unless_the_tree(void **state)
{
	struct trans_placement at;

	(void)state;
	map_init(0, 2 * MIB, MIB, 64 * KIB, 4096);
	map.image.anywhere = true;
	usable(4 * MIB, 3 * MIB + 64 * KIB);
	wish(TRANS_WISH_STAY, 4 * MIB, 6 * MIB + 64 * KIB);
	assert_int_equal(place().initrd, 6 * MIB + 64 * KIB);
	wish(TRANS_WISH_STAY, 4 * MIB, 6 * MIB + 32 * KIB);
	at = place();
	assert_int_equal(at.kernel, 4 * MIB);
	assert_int_equal(at.initrd, 6 * MIB);
	map_init(0, 2 * MIB, 5 * MIB, 64 * KIB, 4096);
	map.image.anywhere = true;
	usable(0, 8 * MIB);
	wish(TRANS_WISH_STAY, 2 * MIB, 0);
	assert_int_equal(place().kernel, 0);
}

static void test_only(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(512 * MIB);
	map.request.kernel_wish = (struct trans_wish){ TRANS_WISH_ONLY,
						       0x40123000 };
	assert_int_equal(trans_place(&map.request, &at, NULL), 0);
	assert_int_equal(at.kernel, 0x40123000);
	reserve(0x40123000 + 40 * MIB - 1, 1);
	refused(TRANS_ENOHOLE, "kernel", 40 * MIB);
	virt(64 * MIB);
	map.request.kernel_wish = (struct trans_wish){ TRANS_WISH_ONLY,
						       0x40000000 + 12 * MIB };
	refused(TRANS_ENOHOLE, "initrd", 24 * MIB);
}

/* Far above, with nothing below but what firmware left; a module at 2^51, which
 * no kernel can be told of by booting.rst. */
static void test_far_above(void **state)
{
	struct trans_placement at;

	(void)state;
	virt(2 * TIB);
	map.image.anywhere = true;
	usable(1ull << 51, 256 * MIB);
	assert_int_equal(place().kernel, 0x40000000);
	wish(TRANS_WISH_STAY, TIB, TIB + 40 * MIB);
	at = place();
	assert_int_equal(at.kernel, TIB);
	assert_int_equal(at.initrd, TIB + 40 * MIB);
	wish(TRANS_WISH_STAY, 1ull << 51, (1ull << 51) + 40 * MIB);
	at = place();
	assert_int_equal(at.kernel, 0x40000000);
	assert_int_equal(at.initrd, 0x40000000 + 40 * MIB);
	reserve(0, 2 * TIB + 0x40000000);
	no_kernel();
}

/* A wish never makes a place illegal or impossible, and is granted exactly
 * where the kernel alone may be and leaves room for the rest. */
static void test_random_wishes(void **state)
{
	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct trans_placement at, only;
		uint64_t kernel;
		int possible, alone;

		random_request(96);
		for (uint32_t hole = rnd(4); hole; hole--)
			random_hole(rnd(4) * BASE_ALIGN, 700);
		map.image.anywhere = rnd(4) != 0;
		possible = trans_place(&map.request, &at, NULL);
		kernel = rnd(8) * BASE_ALIGN + map.image.text_offset +
			 (rnd(8) ? 0 : 4096);
		wish(TRANS_WISH_STAY, kernel,
		     rnd(1600) * map.request.granule);
		assert_int_equal(trans_place(&map.request, &at, NULL),
				 possible);
		if (possible)
			continue;
		expect_legal(&at);
		map.request.kernel_wish.kind = TRANS_WISH_ONLY;
		alone = trans_place(&map.request, &only, NULL);
		if (map.image.anywhere && legal_kernel(kernel) && !alone)
			assert_int_equal(at.kernel, kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_empty_map),
		cmocka_unit_test(test_smallest),
		cmocka_unit_test(test_virt),
		cmocka_unit_test(test_virt_reserved),
		cmocka_unit_test(test_virt_exact),
		cmocka_unit_test(test_text_offset),
		cmocka_unit_test(test_above_4g),
		cmocka_unit_test(test_initrd_below),
		cmocka_unit_test(test_next_hole),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_window_below),
		cmocka_unit_test(test_window_moves_kernel),
		cmocka_unit_test(test_huge_kernel),
		cmocka_unit_test(test_fdt_whole),
		cmocka_unit_test(test_fdt_crossing),
		cmocka_unit_test(test_fdt_crossing_below),
		cmocka_unit_test(test_best_base_is_named),
		cmocka_unit_test(test_48_bits),
		cmocka_unit_test(test_whole_space),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_most_work),
		cmocka_unit_test(test_oracle_near),
		cmocka_unit_test(test_oracle_tight),
		cmocka_unit_test(test_oracle_far),
		cmocka_unit_test(test_both_stay),
		cmocka_unit_test(test_kernel_goes),
		cmocka_unit_test(test_initrd_goes),
		cmocka_unit_test(test_initrd_out_of_window),
		cmocka_unit_test(test_stays_unless_the_tree),
		cmocka_unit_test(test_only),
		cmocka_unit_test(test_far_above),
		cmocka_unit_test(test_random_wishes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
