/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A table, a view of it and a copy: see views.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "views.h"

const struct trans_attr views_rw = { TRANS_MEM_NORMAL, TRANS_WRITE };

const struct trans_attr views_ro = { TRANS_MEM_NORMAL, 0 };

const struct trans_attr views_rx = { TRANS_MEM_NORMAL, TRANS_EXEC };

/* Of the running test. */
struct views vw;

struct trans_geometry views_geometry(enum trans_regime regime,
				     enum trans_granule granule,
				     unsigned int va, unsigned int pa,
				     unsigned int flags)
{
	struct trans_geometry geo;

	assert_int_equal(trans_geometry_init(&geo, regime, granule, va, pa,
					     flags, NULL), 0);
	return geo;
}

void views_create(struct trans_table *t, const struct trans_geometry *geo)
{
	assert_int_equal(trans_table_create(t, geo, 0, &vw.m.ops, &vw.m, NULL),
			 0);
}

int views_setup(void **state)
{
	(void)state;
	memset(&vw, 0, sizeof(vw));
	memory_init(&vw.m, 0x40000000, 4 * MIB, 12);
	vw.geo = views_geometry(TRANS_EL1_0, TRANS_4K, 48, 48, 0);
	views_create(&vw.t, &vw.geo);
	return 0;
}

int views_teardown(void **state)
{
	long left;

	(void)state;
	trans_table_destroy(&vw.copy);
	trans_table_destroy(&vw.t);
	left = vw.m.balance | vw.m.acquired;
	memory_free(&vw.m);
	return left != 0;
}

void views_attach(const struct trans_table *t, uint64_t pire0, uint64_t pir)
{
	struct trans_table finished = *t;
	struct trans_regs regs;

	assert_int_equal(trans_table_finish(&finished, &regs, NULL), 0);
	regs.tcr2 = pir ? 2 : 0;
	regs.pir = pir;
	regs.pire0 = pire0;
	assert_int_equal(trans_table_attach(&vw.view, &t->geo, &regs,
					    trans_present_linux, &vw.m.ops,
					    &vw.m, NULL), 0);
}

uint64_t *views_slot(struct trans_table *t, trans_va_t va, int level)
{
	struct trans_step steps[TRANS_STEPS];
	unsigned int count;

	trans_table_walk(t, va, steps, &count, NULL);
	assert_true(count > (unsigned int)(level - t->geo.start_level));
	return memory_at(&vw.m, steps[level - t->geo.start_level].entry);
}

struct trans_leaf views_query(const struct trans_table *t, trans_va_t va)
{
	struct trans_leaf leaf = { 0 };

	assert_int_equal(trans_table_query(t, va, &leaf, NULL), 0);
	return leaf;
}

void views_refused(int ret, int status, const char *why)
{
	assert_int_equal(ret, status);
	assert_int_equal(vw.r.error.status, status);
	assert_non_null(strstr(vw.r.error.why, why));
}

/* ---- refusals ---- */

int views_map(trans_va_t va, trans_pa_t pa, uint64_t len,
	      const struct trans_attr *attr, unsigned int flags)
{
	return trans_table_map(&vw.t, va, pa, len, attr, flags, &vw.r);
}
