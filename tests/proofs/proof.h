/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the proofs share. For CBMC a function that has no body, and is called
 * nondet_x, returns any value of its type; and a parameter of the function that
 * a proof starts at is any value, too. Bounds come from what.py, by -D.
 */
#ifndef TRANS_TESTS_PROOF_H
#define TRANS_TESTS_PROOF_H

#include <trans_table/geometry.h>

#include <stdlib.h>

/* Of any source. */
#include "lib/bytes.c"
#include "lib/fail.c"

/* From here on only what is so; and: this is so. */
#define ASSUME(what) __CPROVER_assume(what)
#define PROVE(what, why) __CPROVER_assert(what, why)

uint64_t nondet_u64(void);
uint8_t nondet_u8(void);
int nondet_int(void);
unsigned int nondet_unsigned(void);
size_t nondet_size(void);
bool nondet_bool(void);

/* Every geometry that trans_geometry_init takes. */
static inline struct trans_geometry any_geometry(void)
{
	struct trans_geometry geo;

	ASSUME(!trans_geometry_init(&geo, (enum trans_regime)nondet_u8(),
				    (enum trans_granule)nondet_u8(),
				    nondet_unsigned(), nondet_unsigned(),
				    nondet_unsigned(), NULL));
	return geo;
}

/* Every level that a tree of @geo has. */
static inline int any_level(const struct trans_geometry *geo)
{
	int level = nondet_int();

	ASSUME(level >= geo->start_level && level <= 3);
	return level;
}

/* A file of @len bytes, any ones; one byte further, on either side, is no
 * memory. What @len is bounds must say; one that is known is the cheapest. */
static inline const uint8_t *any_file(size_t len)
{
	const uint8_t *bytes = malloc(len);

	ASSUME(bytes);
	return bytes;
}

#endif
