/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A transition on simulated memory and a fake CPU: a plan, the host's linear
 * map, callbacks that count and can refuse.
 */
#ifndef TESTS_TRANSITIONS_H
#define TESTS_TRANSITIONS_H

#include "lib/machine/arch/fake/fake.h"
#include "memory.h"
#include "trans/transition/private.h"

#define MIB (1ULL << 20)
#define LINEAR 0xffff000000000000ULL
#define SRC 0x80000000ULL /* never read here: moves only name it */
#define DST 0x90200000ULL
#define MOVES 1000

struct fixture {
	struct memory m;
	struct trans_cpu cpu;
	struct trans_moves plan;
	struct trans_move storage[MOVES];
	struct trans_table host, view; /* the host's linear map */
	struct trans_transition_args args;
	struct trans_transition t;
	struct trans_error err;
	trans_pa_t alias;
	uint64_t alias_len;
	unsigned int aliased, entered, dropped;
	unsigned int asked, unasked, left, left_at, resets;
	bool refuse; /* alias_prepare and ask */
	int leave_says;
	const char *leave_why;
};

/* Of the running test. */
extern struct fixture tr;

/* For cmocka: tr as every test finds it. */
int transition_setup(void **state);

/* Likewise: cancel, and fail unless everything was given back. */
int transition_teardown(void **state);

#define TRANSITION_TEST(name) \
	cmocka_unit_test_setup_teardown(name, transition_setup, \
					transition_teardown)

/* Into the plan. */
void transition_move(trans_pa_t src, trans_pa_t dst, uint64_t len);

/* Must succeed. */
void transition_prepare(void);

/* Prepare fails with @status and leaves nothing in tr.t. */
void transition_refused(int status);

/* Tests of builds that leave something out: who wants nothing of it leaves as
 * always, and a digest is refused by the name of what leaves it out. */
void the_rest_is_prepared(void **state);
void a_digest_is_refused(void **state);

/* The host's linear map: [SRC, +256 MiB) and [DST, +64 MiB) at LINEAR. */
void transition_linear(unsigned int dst_access);

/* What the blob will read. */
const struct blob_params *transition_params(void);

/* What @table says of @va. */
void leaf_is(const struct trans_table *table, trans_va_t va,
	     trans_pa_t pa, bool write, bool exec);

#endif
