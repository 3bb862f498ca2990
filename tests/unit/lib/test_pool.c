/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The safe-page pool over a small fake host that knows every block it gave, so
 * that nothing can be lost, given back twice, or given back in another shape.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <trans_table/errors.h>
#include <trans_table/pool.h>

#define SHIFT 12
#define GRANULE ((uint64_t)1 << SHIFT)
#define GRANULES 64

/* Physical memory from 0 on: 0 is an address like any other. */
struct host {
	unsigned char memory[GRANULES][GRANULE];
	unsigned int owner[GRANULES]; /* granules of the block; 0: free */
	unsigned int calls;
	unsigned int fail_at; /* call number that fails; 0: none */
	unsigned int refuse_at; /* phys_to_virt call that fails; 0: none */
	unsigned int virt_calls;
	unsigned int in_use;
	unsigned int others; /* calls of the optional callbacks */
};

static int host_alloc(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t *pa)
{
	struct host *host = ctx;
	unsigned int at, run = 0;

	assert_int_equal(shift, SHIFT);
	if (++host->calls == host->fail_at)
		return -1;
	for (at = 0; at < GRANULES; at++) {
		run = host->owner[at] ? 0 : run + 1;
		if (run == count)
			break;
	}
	if (at == GRANULES)
		return -1;
	at -= count - 1;
	for (unsigned int i = 0; i < count; i++)
		host->owner[at + i] = 1000 + at;
	host->owner[at] = count;
	host->in_use += count;
	*pa = at * GRANULE;
	return 0;
}

static void host_free(void *ctx, unsigned int shift, unsigned int count,
		      trans_pa_t pa)
{
	struct host *host = ctx;
	size_t at = pa >> SHIFT;

	assert_int_equal(shift, SHIFT);
	assert_true(at < GRANULES);
	assert_int_equal(host->owner[at], count);
	for (unsigned int i = 0; i < count; i++)
		host->owner[at + i] = 0;
	host->in_use -= count;
}

static void *host_phys_to_virt(void *ctx, trans_pa_t pa, size_t len)
{
	struct host *host = ctx;

	if (++host->virt_calls == host->refuse_at)
		return NULL;
	assert_true(pa + len <= GRANULES * GRANULE);
	return &host->memory[pa >> SHIFT][pa & (GRANULE - 1)];
}

static bool host_pfn_valid(void *ctx, trans_pa_t pa, uint64_t len)
{
	((struct host *)ctx)->others |= 1;
	return pa == 1 && len == 2;
}

static void host_clean(void *ctx, const void *va, size_t len)
{
	assert_ptr_equal(va, ctx);
	assert_int_equal(len, 3);
	((struct host *)ctx)->others |= 2;
}

static void host_write_entry(void *ctx, uint64_t *slot, uint64_t desc)
{
	((struct host *)ctx)->others |= 4;
	*slot = desc;
}

static int host_acquire(void *ctx, trans_pa_t pa)
{
	((struct host *)ctx)->others |= 8;
	return pa == 4 ? 44 : 0;
}

static void host_release(void *ctx, trans_pa_t pa)
{
	assert_int_equal(pa, 5);
	((struct host *)ctx)->others |= 16;
}

static int host_visit(void *ctx, trans_pa_t pa)
{
	((struct host *)ctx)->others |= 32;
	return pa == 6 ? 66 : 0;
}

static void host_barrier(void *ctx)
{
	((struct host *)ctx)->others |= 64;
}

static uint64_t host_valid_len(void *ctx, trans_pa_t pa)
{
	((struct host *)ctx)->others |= 128;
	return pa + 70;
}

static const struct trans_ops host_ops = {
	.alloc = host_alloc,
	.free = host_free,
	.phys_to_virt = host_phys_to_virt,
};

/* Granules 0-9 but 4, and 20-29, are destinations. */
struct fixture {
	struct host host;
	struct trans_range room[4];
	struct trans_ranges forbidden;
	struct trans_pool pool;
};

static struct fixture *start(void)
{
	struct fixture *f = calloc(1, sizeof(*f));

	trans_ranges_init(&f->forbidden, f->room, 4);
	trans_ranges_add(&f->forbidden, 0, 10 * GRANULE);
	trans_ranges_remove(&f->forbidden, 4 * GRANULE, GRANULE);
	trans_ranges_add(&f->forbidden, 20 * GRANULE, 10 * GRANULE);
	assert_int_equal(trans_pool_init(&f->pool, SHIFT, &host_ops, &f->host,
					 &f->forbidden), TRANS_OK);
	return f;
}

static void finish(struct fixture *f)
{
	trans_pool_trim(&f->pool);
	trans_pool_trim(&f->pool);
	assert_int_equal(f->pool.parked_count, 0);
	assert_int_equal(f->pool.reserved, 0);
	assert_int_equal(f->host.in_use, f->pool.handed_out);
	assert_int_equal(f->host.in_use, 0);
	free(f);
}

static int take(struct fixture *f, unsigned int count, trans_pa_t *pa)
{
	return f->pool.ops.alloc(&f->pool, SHIFT, count, pa);
}

static void give(struct fixture *f, unsigned int count, trans_pa_t pa)
{
	f->pool.ops.free(&f->pool, SHIFT, count, pa);
}

static void test_init(void **state)
{
	struct trans_ops ops = host_ops;
	struct trans_pool pool;
	const unsigned int bad[] = { 0, 11, 13, 15, 17, 64 };

	(void)state;
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(trans_pool_init(&pool, bad[i], &ops, NULL,
						 NULL), TRANS_EINVAL);
	assert_int_equal(trans_pool_init(&pool, 12, &ops, NULL, NULL), 0);
	assert_int_equal(trans_pool_init(&pool, 14, &ops, NULL, NULL), 0);
	assert_int_equal(trans_pool_init(&pool, 16, &ops, NULL, NULL), 0);
	ops.alloc = NULL;
	assert_int_equal(trans_pool_init(&pool, 12, &ops, NULL, NULL),
			 TRANS_EINVAL);
	ops = host_ops;
	ops.free = NULL;
	assert_int_equal(trans_pool_init(&pool, 12, &ops, NULL, NULL),
			 TRANS_EINVAL);
	ops = host_ops;
	ops.phys_to_virt = NULL;
	assert_int_equal(trans_pool_init(&pool, 12, &ops, NULL, NULL),
			 TRANS_EINVAL);
}

static void test_forbidden_is_never_handed_out(void **state)
{
	struct fixture *f = start();
	trans_pa_t pa[GRANULES];
	size_t count = 0;

	(void)state;
	while (!take(f, 1, &pa[count])) {
		assert_false(trans_ranges_touch(&f->forbidden, pa[count],
						GRANULE));
		count++;
	}
	/* Everything safe came out, everything else is parked. */
	assert_int_equal(count, GRANULES - 19);
	assert_int_equal(f->pool.handed_out, count);
	assert_int_equal(f->pool.parked_count, 19);
	assert_int_equal(f->host.in_use, GRANULES);
	trans_pool_trim(&f->pool);
	assert_int_equal(f->host.in_use, count);
	while (count)
		give(f, 1, pa[--count]);
	finish(f);
}

/* The same host without the rule hands out a destination at once: it is the
 * rule that keeps the pages above apart, not luck. */
static void test_no_rule_hands_out_a_destination(void **state)
{
	struct fixture *f = start();
	trans_pa_t pa;

	(void)state;
	assert_int_equal(trans_pool_init(&f->pool, SHIFT, &host_ops, &f->host,
					 NULL), TRANS_OK);
	assert_int_equal(take(f, 1, &pa), 0);
	assert_true(trans_ranges_touch(&f->forbidden, pa, GRANULE));
	assert_int_equal(f->pool.parked_count, 0);
	give(f, 1, pa);
	finish(f);
}

static void test_blocks(void **state)
{
	struct fixture *f = start();
	trans_pa_t a, b, c;

	(void)state;
	/* Touched at any granule, a block is unsafe. */
	assert_int_equal(take(f, 4, &a), 0);
	assert_int_equal(a, 12 * GRANULE);
	assert_int_equal(f->pool.parked_count, 12);
	assert_int_equal(take(f, 6, &b), 0);
	assert_int_equal(b, 34 * GRANULE);
	assert_int_equal(f->pool.parked_count, 12 + 3 * 6);
	assert_int_equal(f->pool.handed_out, 10);
	assert_int_not_equal(take(f, 60, &c), 0);
	assert_int_not_equal(take(f, 0, &c), 0);
	/* The reserve is of single granules; blocks leave it alone. */
	assert_int_equal(trans_pool_reserve(&f->pool, 2), 0);
	assert_int_equal(take(f, 2, &c), 0);
	assert_int_equal(f->pool.reserved, 2);
	give(f, 4, a);
	give(f, 6, b);
	give(f, 2, c);
	finish(f);
}

static void test_reserve(void **state)
{
	struct fixture *f = start();
	trans_pa_t pa[8];

	(void)state;
	assert_int_equal(trans_pool_reserve(&f->pool, 3), 0);
	assert_int_equal(trans_pool_reserve(&f->pool, 5), 0);
	assert_int_equal(trans_pool_reserve(&f->pool, 2), 0);
	assert_int_equal(f->pool.reserved, 5);
	assert_int_equal(f->pool.handed_out, 0);
	/* From here on the host has nothing, and it is not asked. */
	f->host.fail_at = f->host.calls + 1;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(take(f, 1, &pa[i]), 0);
		assert_false(trans_ranges_touch(&f->forbidden, pa[i],
						GRANULE));
	}
	assert_int_equal(f->pool.reserved, 0);
	assert_int_not_equal(take(f, 1, &pa[5]), 0);
	for (int i = 0; i < 5; i++)
		give(f, 1, pa[i]);
	finish(f);
}

static void test_reserve_is_all_or_nothing(void **state)
{
	struct fixture *f = start();

	(void)state;
	assert_int_equal(trans_pool_reserve(&f->pool, 3), 0);
	assert_int_equal(trans_pool_reserve(&f->pool, GRANULES - 18),
			 TRANS_ENOMEM);
	assert_int_equal(f->pool.reserved, 3);
	assert_int_equal(f->host.in_use, 3 + f->pool.parked_count);
	assert_int_equal(trans_pool_reserve(&f->pool, GRANULES - 19), 0);
	finish(f);
}

/* A use of everything; gives all back and returns whether all went well. */
static int use(struct fixture *f)
{
	trans_pa_t one[3], block = 0;
	unsigned int ones = 0, blocks = 0;
	int ok = !trans_pool_reserve(&f->pool, 4);

	assert_int_equal(f->pool.reserved, ok ? 4 : 0);
	while (ok && ones < 3) {
		ok = !take(f, 1, &one[ones]);
		ones += ok ? 1 : 0;
	}
	if (ok) {
		ok = !take(f, 5, &block);
		blocks = ok ? 1 : 0;
	}
	if (ok) {
		ok = !trans_pool_reserve(&f->pool, 9);
		assert_int_equal(f->pool.reserved, ok ? 9 : 1);
	}
	assert_int_equal(f->pool.handed_out, ones + 5 * blocks);
	assert_int_equal(f->host.in_use,
			 f->pool.handed_out + f->pool.reserved +
				 f->pool.parked_count);
	while (ones)
		give(f, 1, one[--ones]);
	if (blocks)
		give(f, 5, block);
	return ok;
}

static void test_failure_at_every_host_call(void **state)
{
	unsigned int fail_at = 0;
	int ok;

	(void)state;
	do {
		struct fixture *f = start();

		f->host.fail_at = ++fail_at;
		ok = use(f);
		finish(f);
	} while (!ok);
	assert_true(fail_at > 20);
}

/* A host that will not let a page be written gets it back, too. (The refusals
 * end with the failing operation; what lies behind an unreadable link could
 * not be found any more.) */
static void test_refusal_at_every_access(void **state)
{
	unsigned int refuse_at = 0;
	int ok;

	(void)state;
	do {
		struct fixture *f = start();

		f->host.refuse_at = ++refuse_at;
		ok = use(f);
		finish(f);
	} while (!ok);
	assert_true(refuse_at > 20);
}

static void test_forwarding(void **state)
{
	struct trans_ops ops = host_ops;
	struct fixture *f = start();
	struct trans_pool *pool = &f->pool;
	uint64_t slot = 0;

	(void)state;
	assert_null(pool->ops.pfn_valid);
	assert_null(pool->ops.clean);
	assert_null(pool->ops.write_entry);
	assert_null(pool->ops.acquire);
	assert_null(pool->ops.release);
	assert_null(pool->ops.visit);
	assert_null(pool->ops.barrier);
	assert_null(pool->ops.valid_len);
	ops.pfn_valid = host_pfn_valid;
	ops.clean = host_clean;
	ops.write_entry = host_write_entry;
	ops.acquire = host_acquire;
	ops.release = host_release;
	ops.visit = host_visit;
	ops.barrier = host_barrier;
	ops.valid_len = host_valid_len;
	assert_int_equal(trans_pool_init(pool, SHIFT, &ops, &f->host, NULL),
			 0);
	assert_true(pool->ops.pfn_valid(pool, 1, 2));
	assert_false(pool->ops.pfn_valid(pool, 2, 1));
	pool->ops.clean(pool, &f->host, 3);
	pool->ops.write_entry(pool, &slot, 6);
	assert_int_equal(slot, 6);
	assert_int_equal(pool->ops.acquire(pool, 4), 44);
	pool->ops.release(pool, 5);
	assert_int_equal(pool->ops.visit(pool, 6), 66);
	pool->ops.barrier(pool);
	assert_int_equal(pool->ops.valid_len(pool, 7), 77);
	assert_int_equal(f->host.others, 255);
	assert_ptr_equal(pool->ops.phys_to_virt(pool, GRANULE + 8, 8),
			 &f->host.memory[1][8]);
	finish(f);
}

static void test_carve(void **state)
{
	const struct trans_ops ops = {
		.alloc = trans_carve,
		.free = trans_carve_back,
		.phys_to_virt = host_phys_to_virt,
	};
	struct trans_range room[2];
	struct trans_ranges set;
	trans_pa_t a, b;

	(void)state;
	trans_ranges_init(&set, room, 2);
	trans_ranges_add(&set, 0x1800, 0x10000);
	assert_int_equal(ops.alloc(&set, 12, 2, &a), 0);
	assert_int_equal(a, 0x2000);
	assert_int_equal(set.count, 2);
	/* Aligned to the granule, whatever the one before was. */
	assert_int_equal(ops.alloc(&set, 14, 1, &b), 0);
	assert_int_equal(b, 0x4000);
	ops.free(&set, 14, 1, b);
	ops.free(&set, 12, 2, a);
	assert_int_equal(ops.alloc(&set, 16, 1, &b), TRANS_ENOMEM);
	assert_int_equal(ops.alloc(&set, 12, 0, &b), TRANS_EINVAL);
	assert_int_equal(ops.alloc(&set, 12, 17, &b), TRANS_ENOMEM);
}

static void test_carve_gives_all_back(void **state)
{
	struct trans_range room[4];
	struct trans_ranges set;
	trans_pa_t pa[16];
	int count = 0;

	(void)state;
	trans_ranges_init(&set, room, 4);
	trans_ranges_add(&set, 0x1800, 0x8000);
	while (!trans_carve(&set, 12, 1, &pa[count])) {
		assert_int_equal(pa[count], 0x2000 + 0x1000 * count);
		count++;
	}
	assert_int_equal(count, 7);
	while (count)
		trans_carve_back(&set, 12, 1, pa[--count]);
	assert_int_equal(set.count, 1);
	assert_int_equal(trans_ranges_total(&set), 0x8000);
	/* No room for the cut: refused, nothing lost. */
	set.capacity = 1;
	assert_int_equal(trans_carve(&set, 12, 1, &pa[0]), TRANS_ENOSPC);
	assert_int_equal(trans_ranges_total(&set), 0x8000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_forbidden_is_never_handed_out),
		cmocka_unit_test(test_no_rule_hands_out_a_destination),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_reserve_is_all_or_nothing),
		cmocka_unit_test(test_failure_at_every_host_call),
		cmocka_unit_test(test_refusal_at_every_access),
		cmocka_unit_test(test_forwarding),
		cmocka_unit_test(test_carve),
		cmocka_unit_test(test_carve_gives_all_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
