/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Memory with a saved kernel in it: see saved_world.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "saved_world.h"

static size_t page_of(trans_pa_t pa)
{
	return (size_t)((pa - SAVED_BASE) / 4096);
}

static uint64_t next(void *ctx, trans_pa_t *pa)
{
	const struct saved_world *w = ctx;
	size_t i = *pa < SAVED_BASE ? 0 : page_of(*pa + 4095), from;

	while (i < SAVED_PAGES && w->state[i] != SAVED_STORED)
		i++;
	*pa = SAVED_BASE + i * 4096;
	for (from = i; i < SAVED_PAGES && w->state[i] == SAVED_STORED &&
	     i < from + 3; i++)
		;
	return (i - from) * 4096;
}

/* Is the state of every page one of [@least, @most]? */
static bool all_are(const struct saved_world *w, trans_pa_t pa, uint64_t len,
		    unsigned int least, unsigned int most)
{
	if (pa < SAVED_BASE || pa - SAVED_BASE >= SAVED_LEN ||
	    len > SAVED_LEN - (pa - SAVED_BASE))
		return false;
	for (size_t i = page_of(pa); i <= page_of(pa + len - 1); i++)
		if (w->state[i] < least || w->state[i] > most)
			return false;
	return true;
}

static const void *at(void *ctx, trans_pa_t pa, uint64_t len)
{
	struct saved_world *w = ctx;

	assert_true(len);
	return all_are(w, pa, len, SAVED_STORED, SAVED_STORED) ?
	       memory_at(&w->m, pa) : NULL;
}

static bool holds(void *ctx, trans_pa_t pa, uint64_t len)
{
	return all_are(ctx, pa, len, SAVED_STORED, SAVED_ZERO);
}

static bool zero(void *ctx, trans_pa_t pa, uint64_t len)
{
	return all_are(ctx, pa, len, SAVED_ZERO, SAVED_ZERO);
}

static int work(void *ctx, uint64_t bytes)
{
	struct saved_world *w = ctx;

	w->worked += bytes;
	return w->stop_at && w->worked >= w->stop_at;
}

void saved_world_mark(struct saved_world *w, size_t from, size_t len,
		      unsigned int state)
{
	memset(w->state + from / 4096, (int)state, len / 4096);
}

static void make_tables(struct saved_world *w)
{
	static const struct trans_attr attr = { TRANS_MEM_NORMAL, TRANS_WRITE };

	assert_int_equal(trans_geometry_init(&w->args.geo, TRANS_EL1_0,
					     TRANS_4K, 48, 48, TRANS_GEO_UPPER,
					     NULL), 0);
	assert_int_equal(trans_table_create(&w->table, &w->args.geo, 0,
					    &w->m.ops, &w->m, NULL), 0);
	assert_int_equal(trans_table_map(&w->table, SAVED_VA, SAVED_BASE,
					 SAVED_LEN, &attr, 0, NULL), 0);
	w->args.root = w->table.root;
}

void saved_world_unmap(struct saved_world *w, size_t at, size_t len)
{
	assert_int_equal(trans_table_unmap(&w->table, SAVED_VA + at, len, 0,
					   NULL), 0);
}

void saved_world_remap(struct saved_world *w, size_t at, size_t len, size_t to,
		       unsigned int access)
{
	const struct trans_attr attr = { TRANS_MEM_NORMAL, access };

	saved_world_unmap(w, at, len);
	assert_int_equal(trans_table_map(&w->table, SAVED_VA + at,
					 SAVED_BASE + to, len, &attr, 0, NULL),
			 0);
}

void saved_world_init(struct saved_world *w)
{
	memset(w, 0, sizeof(*w));
	memory_init(&w->m, SAVED_BASE, SAVED_LEN, 12);
	memset(w->m.bytes, 0x11, SAVED_LEN);
	w->memory = (struct trans_saved_memory){ next, at, w, holds, zero,
						 work };
	make_tables(w);
	w->args.memory = &w->memory;
	w->args.known_va = SAVED_VA + SAVED_KERNEL + 0x1000;
	w->args.known_pa = SAVED_BASE + SAVED_KERNEL + 0x1000;
	w->args.effort = 32u << 20;
	w->kernel = (struct kernel){
		.bytes = w->m.bytes + SAVED_KERNEL,
		.pa = SAVED_BASE + SAVED_KERNEL,
		.va = SAVED_VA + SAVED_KERNEL,
		.root_va = SAVED_VA + (w->args.root - SAVED_BASE),
		.va_bits = 48, .page_shift = 12,
		.mpidr = 0x102, .midr = 0x411fd070,
		.property = SAVED_BASE + SAVED_PROPERTY,
		.pending = SAVED_BASE + SAVED_PENDING,
		.types = 10,
		.boot_at = 0x2c04,
	};
}

void saved_world_make(struct saved_world *w)
{
	kernel_make(&w->kernel);
	kernel_property_table(w->m.bytes + SAVED_PROPERTY);
	memset(w->m.bytes + SAVED_PENDING, 0, KERNEL_PENDING);
}

void saved_world_end(struct saved_world *w)
{
	memory_free(&w->m);
}
