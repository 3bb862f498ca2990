/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * One simulated memory with a table, a view of it and a copy: what tests of
 * single cases begin with.
 */
#ifndef TESTS_VIEWS_H
#define TESTS_VIEWS_H

#include <trans_table/inspect.h>

#include "memory.h"

#define MIB (1ULL << 20)

extern const struct trans_attr views_rw;
extern const struct trans_attr views_ro;
extern const struct trans_attr views_rx;

struct views {
	struct memory m;
	struct trans_geometry geo; /* EL1&0, 4K, 48 bits */
	struct trans_table t, copy, view;
	struct trans_report r;
};

/* Of the running test. */
extern struct views vw;

struct trans_geometry views_geometry(enum trans_regime regime,
				     enum trans_granule granule,
				     unsigned int va, unsigned int pa,
				     unsigned int flags);
void views_create(struct trans_table *t, const struct trans_geometry *geo);
int views_setup(void **state);
int views_teardown(void **state);

/* A view of @t; @pie0, @pie1: PIRE0 and PIR, both 0 for no indirection. */
void views_attach(const struct trans_table *t, uint64_t pire0, uint64_t pir);

/* The entry of @level on the way to @va. */
uint64_t *views_slot(struct trans_table *t, trans_va_t va, int level);

/* What @t maps there; it must map something. */
struct trans_leaf views_query(const struct trans_table *t, trans_va_t va);

/* @ret, and what vw.r says; @why is part of its reason. */
void views_refused(int ret, int status, const char *why);

/* ---- refusals ---- */

/* Into vw.t. */
int views_map(trans_va_t va, trans_pa_t pa, uint64_t len,
	      const struct trans_attr *attr, unsigned int flags);

#endif
