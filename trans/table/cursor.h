/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The cursor: a look-up in a tree that remembers its way. It is the one way in
 * which tables are walked, own ones and views of foreign ones, and it trusts
 * nothing that it reads: geometry bounds each walk, the owner of the memory may
 * refuse a page, and each entry on the way is read once, however many addresses
 * are looked up below it.
 */
#ifndef TRANS_CURSOR_H
#define TRANS_CURSOR_H

#include <trans_table/table.h>

#include "trans/table/desc.h"

/* Levels -1..3, as indices from 0. */
#define MAX_LEVELS 5
/* Of them those that one tree can have: no level -1 without the 52-bit
 * layouts. */
#define MAX_DEPTH (TRANS_ASSUME_WIDE ? MAX_LEVELS : MAX_LEVELS - 1)

struct cursor {
	const struct trans_table *table;
	const uint64_t *page[MAX_LEVELS]; /* the way: by level + 1 */
	trans_va_t va;  /* what was looked up, in the table's own half */
	trans_pa_t pa;  /* what the entry leads to */
	desc_t d;       /* the entry, as it was read */
	const char *why;
	uint8_t inherited[MAX_LEVELS + 1]; /* from above: by level + 2, >> 59 */
	uint8_t kind;   /* enum desc_kind of the entry */
	int8_t top;     /* level of the first table of the way; what is above
			 * counts as an entry that leads to it */
	union {
		struct rung rung;
		struct {
			int8_t level; /* of the entry; < @top: none yet */
			uint8_t shift;
			uint16_t entries;
		};
	};
	int8_t status;  /* what reading the entry said */
	bool trusted;   /* its owner's own: visit is not asked */
};

/* Read an entry that others may change: once. */
static inline desc_t desc_read(const uint64_t *slot)
{
	return (desc_t){ *(const volatile uint64_t *)slot };
}

/* Set @c to the root of @table, whose page is opened at the first look-up. */
void trans_cursor_init_(struct cursor *c, const struct trans_table *table);

/*
 * Set @c to the entry where looking @va up ends: a leaf, nothing, or what
 * cannot be right; or, not to go deeper, the table at level @deepest. @va must
 * be in the table's half. 0, TRANS_ECORRUPT (reserved type, address size),
 * TRANS_EFAULT, TRANS_ESTOPPED; c->why says it in words.
 */
int trans_cursor_find_(struct cursor *c, trans_va_t va, int deepest);

/* One step down, into the table that the entry is. Errors as
 * trans_cursor_find_. */
int trans_cursor_down_(struct cursor *c);

/* One step up, to the entry that is the table. */
void trans_cursor_up_(struct cursor *c);

/* For whole trees: read the entry that @c is at, unless it was read before, and
 * say what kind it is; on to the next of its table, or of the tables above.
 * False: there is none. */
enum desc_kind trans_cursor_read_(struct cursor *c);
bool trans_cursor_next_(struct cursor *c);

/* @c is at an entry of a table; go @count entries further in it, to one that
 * was read as @d. */
void trans_cursor_go_(struct cursor *c, unsigned int count, desc_t d);

/* The entry that @c is at, and how many more its table has. */
static inline const uint64_t *cursor_entry(const struct cursor *c)
{
	return &c->page[c->level + 1][rung_index(c->rung, c->va)];
}

static inline unsigned int cursor_left(const struct cursor *c)
{
	return rung_index(c->rung, ~c->va);
}

/* The last address that the entry spans. */
static inline trans_va_t cursor_last(const struct cursor *c)
{
	return c->va | low_mask(c->shift);
}

/* Hierarchical attributes (TABLE_...) that hold at the entry. */
static inline uint64_t cursor_inherited(const struct cursor *c)
{
	return (uint64_t)c->inherited[c->level + 2] << 59;
}

/* The output address for c->va, which is mapped. */
static inline trans_pa_t cursor_output(const struct cursor *c)
{
	return c->pa | (c->va & low_mask(c->shift));
}

/* Status of a range for @geo: TRANS_EINVAL (empty), TRANS_EALIGN, TRANS_ERANGE,
 * or 0; *@why says it in words. */
int trans_range_status_(const struct trans_geometry *geo, trans_va_t va,
			uint64_t len, const char **why);
bool trans_in_half_(const struct trans_geometry *geo, trans_va_t va);

#endif
