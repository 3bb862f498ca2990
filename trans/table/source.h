/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A table as a source of the builder. Only operations that copy link it.
 */
#ifndef TRANS_SOURCE_H
#define TRANS_SOURCE_H

#include "trans/table/build.h"

/* One entry of the source, as it is to be mapped. */
struct piece {
	trans_pa_t pa; /* of the address that was asked for */
	uint64_t attributes;
	uint8_t kind;
	uint8_t changes;
};

/*
 * What entries look like that come out alike: for an entry at @va that is read
 * as one of @looks + @va, what it becomes is known. Two that are valid, because
 * protections come and go, and one that MKVALID revives; 0: none was seen.
 */
enum look {
	LOOK_VALID, LOOK_OTHER, LOOK_HIDDEN,
	LOOKS,
	LOOK_GAP = LOOKS, /* a hole that copies go on behind */
	LOOK_NONE,
};

struct alike {
	uint64_t looks[LOOKS];
	uint64_t offset;     /* output - input address */
	uint64_t attributes;
};

struct table_source {
	struct cursor at;
	uint64_t delta;       /* destination - source address */
	struct edit edit;     /* what the call makes of each leaf */
	trans_pa_t ram;       /* valid_len: from here on this ... */
	uint64_t ram_len;     /* ... many bytes are RAM; or whatever they are */
	trans_va_t limit;     /* of the answer */
	struct alike alike;
	uint8_t became[LOOKS]; /* changes of what looks so ... */
	uint8_t inherited;    /* ... below tables that say so ... */
	int8_t level;         /* ... at this level */
	uint8_t changes;      /* of the entry at the cursor */
	uint8_t bits;         /* of output addresses alike in both tables */
	bool plain;           /* no conversion of attributes before the edit */
};

/* A builder, and what it asks. */
struct sourced {
	struct build b; /* first: source_of() */
	struct table_source source;
};

/* Of a @b whose ask is trans_source_ask_. */
static inline struct table_source *source_of(struct build *b)
{
	return &((struct sourced *)b)->source;
}

/* See ask_fn. */
int trans_source_ask_(struct build *b, trans_va_t va);
/* As trans_build_fail_, of an entry of a source, which is at @va in the
 * destination. */
int trans_entry_fail_(struct build *b, int status, const char *why,
		      const struct cursor *c, trans_va_t va);
/* The source, which knows its table, is what the builder asks. */
void trans_source_first_(struct sourced *call);

#endif
