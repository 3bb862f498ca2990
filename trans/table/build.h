/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The builder: the one way in which tables are changed.
 *
 * An operation is a range of the destination and a source, which is asked one
 * question: what is to be mapped from here on, the same way up to where? The
 * builder walks the slots of the range, asks, and decides from the answer and
 * from what is there already: leave it, take leaves, make a hole, link a table,
 * or look closer, one level down. Tables are never changed but copied when the
 * first entry of theirs differs; what nobody differs from is not copied. The
 * copies are detached until all is done and then grafted into the host table,
 * the deepest that contains all that changes; what they replace is given back.
 * On failure the copies are given back instead. An estimate is the same walk,
 * with pages counted instead of made.
 */
#ifndef TRANS_BUILD_H
#define TRANS_BUILD_H

#include <trans_table/table.h>

#include "trans/table/attr.h"
#include "trans/table/cursor.h"
#include "trans/table/pages.h"

/* What a source says of [@va, @last], which lies in the operation's range. */
struct answer {
	trans_va_t va, last;
	uint64_t offset;     /* leaf: output - address */
	uint64_t attributes; /* leaf: final; table: the entry */
	uint8_t kind;        /* DESC_EMPTY, _LEAF; _TABLE: only over nothing */
	uint8_t order;       /* leaf: log2 of the largest block it may be */
	uint8_t level;       /* leaf: of the source's smallest, for b->stats */
	bool cont;           /* leaf: groups of it were contiguous */
	bool one;            /* it is one leaf, maybe of more */
	uint16_t holes;      /* of the slots that a fill_fn has stored */
};

struct build;
/* Fill b->answer for what holds from @va on; the current slot is known. Whoever
 * asks something has it behind @b. */
typedef int (*ask_fn)(struct build *b, trans_va_t va);
/* Store the answer at the current slot, and what continues it behind, if the
 * source knows a shorter way than slot by slot: then 1. Else 0, or a status.
 * Holes among them are counted in the answer. */
typedef int (*fill_fn)(struct build *b);

/* A table that slots are built for. As long as it has no page, it equals what
 * is there: a table, parts of one block, or nothing. */
struct frame {
	union {
		uint64_t *old;  /* the table that is there; NULL: none */
		uint64_t block; /* @split: slot 0 of the block that is */
	};
	uint64_t *page;      /* what it has become (estimates: NULL) */
	trans_pa_t pa;
	uint16_t next, end;  /* slots to look at */
	bool split;
	bool exists;         /* has become something else */
	uint8_t borrowed;    /* @old belongs to another tree: bits from
			      * TABLE_BORROWED on of what leads to it */
};

struct build {
	struct trans_table *dst;
	struct trans_report *report; /* or NULL */
	ask_fn ask;          /* NULL: b->answer holds for the whole range */
	fill_fn fill;        /* or NULL */
	trans_va_t first, last;
	struct frame *f;     /* the current table; first the host table */
	unsigned int flags;
	bool erase;          /* holes of the source become holes */
	bool share;          /* @ask may link tables */
	bool window;         /* last-level tables are exchanged */
	bool direct;         /* frame 0 is written in place ... */
	uint16_t begin;      /* ... from this slot on */
	/* The current slot. */
	uint8_t old_kind;    /* what is there */
	bool whole;          /* all of it lies in the range */
	union {
		struct rung rung;
		struct {
			int8_t level;
			uint8_t shift;    /* log2 of its bytes */
			uint16_t entries; /* of its table */
		};
	};
	desc_t old;
	trans_va_t va;
	trans_va_t to;       /* what of it lies in the range ends there */
	struct answer answer;
	struct frame frame[MAX_DEPTH];
};

/* Do it. The caller has set everything down to @window, and b->answer. */
int trans_build_(struct build *b);

/* Make the current table one that may be written: get it a page. */
int trans_build_own_(struct build *b);

/* The current table gets the page b->f->pa, with what it stood for so far;
 * unless @ret is a failure to get it: then fill the report, and return that. */
int trans_build_page_(struct build *b, int ret);

/* How many leaves of the current level, from the current slot on, the answer
 * fills with output addresses that go on in the same bits of a descriptor. */
unsigned int trans_build_leaves_(const struct build *b);

/* Fill the report and return @status. */
int trans_build_fail_(struct build *b, int status, const char *why, desc_t d,
		      trans_pa_t pa);

#define COLLISION_FLAGS (TRANS_KEEP | TRANS_REPLACE | TRANS_UPGRADE)
#define MAP_FLAGS \
	(TRANS_FOLD | TRANS_NOBLOCK | TRANS_ESTIMATE | COLLISION_FLAGS)

/* Does the call have one of @flags? */
static inline bool build_has(const struct build *b, unsigned int flags)
{
	return b->flags & TRANS_ASSUME_FLAGS & flags;
}

/* An estimate: allocate and store nothing? */
static inline bool build_counts(const struct build *b)
{
	return build_has(b, TRANS_ESTIMATE);
}

/* To a slot further on. */
static inline void build_advance(struct build *b, unsigned int count)
{
	b->f->next = (uint16_t)(b->f->next + count);
	b->va += (uint64_t)count << b->shift;
}

/* Where what of the current slot lies in the range begins. */
static inline trans_va_t build_from(const struct build *b)
{
	return b->va > b->first ? b->va : b->first;
}

/* What the answer has for @va. */
static inline trans_pa_t build_pa(const struct build *b, trans_va_t va)
{
	return b->answer.offset + va;
}

/* The answer as a leaf of the current slot. */
static inline desc_t build_leaf(const struct build *b)
{
	return trans_desc_leaf_(&b->dst->geo, b->level, build_pa(b, b->va),
				b->answer.attributes);
}

#endif
