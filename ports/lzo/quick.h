/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What quick.patch calls before each turn of miniLZO's loop, and in place of
 * its copies of matches: see quick.c.
 */
#ifndef PORTS_LZO_QUICK_H
#define PORTS_LZO_QUICK_H

#include <stddef.h>
#include <stdint.h>

/* @out: where the output begins. @literals: how many came last, of those behind
 * a match; QUICK_RUN: a run of them. An instruction below 16 means something
 * else behind each. */
#define QUICK_RUN 4

struct quick {
	const uint8_t *out, *in_end, *out_end;
	const uint8_t *in;
	uint8_t *to;
	size_t literals;
};

/* Moves @in, @to and @literals on, over as many instructions as it can: none
 * is an answer too. */
void trans_lzo_quick(struct quick *quick);
/* A match that miniLZO has judged: @len bytes from @distance before @to on,
 * which may be fewer than those. */
void trans_lzo_copy(uint8_t *to, size_t distance, size_t len);

#endif
