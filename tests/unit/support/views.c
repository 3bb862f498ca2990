/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the tests of edges begin with: see views.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "views.h"

const struct trans_attr edge_rw = { TRANS_MEM_NORMAL, TRANS_WRITE };

const struct trans_attr edge_ro = { TRANS_MEM_NORMAL, 0 };

const struct trans_attr edge_rx = { TRANS_MEM_NORMAL, TRANS_EXEC };

/* Of the running test. */
struct edge ed;

struct trans_geometry edge_geometry(enum trans_regime regime,
				    enum trans_granule granule,
				    unsigned int va, unsigned int pa,
				    unsigned int flags)
{
	struct trans_geometry geo;

	assert_int_equal(trans_geometry_init(&geo, regime, granule, va, pa,
					     flags, NULL), 0);
	return geo;
}

void edge_create(struct trans_table *t, const struct trans_geometry *geo)
{
	assert_int_equal(trans_table_create(t, geo, 0, &ed.m.ops, &ed.m, NULL),
			 0);
}

int edge_setup(void **state)
{
	(void)state;
	memset(&ed, 0, sizeof(ed));
	memory_init(&ed.m, 0x40000000, 4 * MIB, 12);
	ed.geo = edge_geometry(TRANS_EL1_0, TRANS_4K, 48, 48, 0);
	edge_create(&ed.t, &ed.geo);
	return 0;
}

int edge_teardown(void **state)
{
	long left;

	(void)state;
	trans_table_destroy(&ed.copy);
	trans_table_destroy(&ed.t);
	left = ed.m.balance | ed.m.acquired;
	memory_free(&ed.m);
	return left != 0;
}

void edge_attach(const struct trans_table *t, uint64_t pire0, uint64_t pir)
{
	struct trans_table finished = *t;
	struct trans_regs regs;

	assert_int_equal(trans_table_finish(&finished, &regs, NULL), 0);
	regs.tcr2 = pir ? 2 : 0;
	regs.pir = pir;
	regs.pire0 = pire0;
	assert_int_equal(trans_table_attach(&ed.view, &t->geo, &regs,
					    trans_present_linux, &ed.m.ops,
					    &ed.m, NULL), 0);
}

uint64_t *edge_slot(struct trans_table *t, trans_va_t va, int level)
{
	struct trans_step steps[TRANS_STEPS];
	unsigned int count;

	trans_table_walk(t, va, steps, &count, NULL);
	assert_true(count > (unsigned int)(level - t->geo.start_level));
	return memory_at(&ed.m, steps[level - t->geo.start_level].entry);
}

struct trans_leaf edge_query(const struct trans_table *t, trans_va_t va)
{
	struct trans_leaf leaf = { 0 };

	assert_int_equal(trans_table_query(t, va, &leaf, NULL), 0);
	return leaf;
}

void edge_refused(int ret, int status, const char *why)
{
	assert_int_equal(ret, status);
	assert_int_equal(ed.r.error.status, status);
	assert_non_null(strstr(ed.r.error.why, why));
}

/* ---- refusals ---- */

int edge_map(trans_va_t va, trans_pa_t pa, uint64_t len,
	     const struct trans_attr *attr, unsigned int flags)
{
	return trans_table_map(&ed.t, va, pa, len, attr, flags, &ed.r);
}
