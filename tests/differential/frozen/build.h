/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The builder: the one engine behind every operation that changes a table.
 *
 * An operation is a range of the destination and what is to happen there:
 * mappings come from a source (another table, or a linear mapping), or the old
 * ones are edited, folded or erased. The builder finds the deepest existing
 * table that contains the whole range, the host table, and makes replacements
 * for the slots of it that the range touches: it walks source and old contents
 * side by side, and whatever must differ from the old is built in new, detached
 * pages. Only when all of that has succeeded are the slots stored. A failure
 * therefore frees the new pages and nothing was ever changed; and an estimate
 * is the same walk with the allocations counted instead of made, so it is exact
 * by construction.
 *
 * A table under construction has no page as long as it can be had without: it
 * is still empty, or still equal to the old one, or still one uniform run that
 * may become a block.
 */
#ifndef TRANS_BUILD_H
#define TRANS_BUILD_H

#include <trans_table/table_extra.h>

#include "attr.h"
#include "desc.h"

#define MAX_LEVELS 5

/* A linear source whose attributes the caller tells. */
struct trans_linear {
	trans_attr_fn attr_of;
	void *arg;
	uint64_t offset; /* output - input address */
};

enum op {
	OP_MAP,     /* add what the source maps */
	OP_SHARE,   /* the same, by linking the source's tables if possible */
	OP_ERASE,   /* unmap */
	OP_PROTECT, /* apply b->edit to the old leaves */
	OP_FOLD,    /* merge old leaves */
	OP_WINDOW,  /* give every slot a last-level table of b->window */
};

enum side_kind {
	SIDE_NONE,  /* nothing here */
	SIDE_TABLE, /* entries of @table */
	SIDE_LEAF,  /* one leaf spans all of it */
	SIDE_ABOVE, /* above its start level: find the way by address */
	SIDE_ASKED, /* linear, attributes from the caller's callback */
};

/* What the source has for a table being built. */
struct side {
	union {
		const uint64_t *table;
		uint64_t offset; /* LEAF: output - input address */
	};
	uint64_t attributes; /* LEAF: its own; TABLE: of its parents */
	enum side_kind kind;
};

struct frame {
	struct side src;
	union {
		const uint64_t *old; /* old_kind TABLE */
		uint64_t old_leaf;   /* LEAF: what slot 0 would be */
	};
	union {
		uint64_t *page; /* exists */
		uint64_t run;   /* uniform: first descriptor; 0: all empty */
	};
	union {
		trans_pa_t page_pa; /* exists */
		uint64_t fresh;     /* leaves of the run that were made now */
	};
	uint32_t next, end;
	uint8_t old_kind; /* NONE, TABLE or LEAF */
	bool borrowed; /* the old table belongs to another tree */
	bool exists;  /* has a page (or, in an estimate, would have) */
	bool same;    /* !exists: equal to the old table up to here */
	bool uniform; /* !exists: one run up to here, starting with @run */
};

/* What the source (source.c) has for one slot. */
struct item {
	desc_t raw;          /* as read */
	uint64_t attributes; /* leaf: final, all flags applied */
	trans_pa_t pa;       /* leaf: output; table: next table */
	enum desc_kind kind; /* after MKVALID */
	uint8_t changes;     /* leaf: what the flags have changed (source.c) */
};

/* The last leaf that MKVALID revived. What differs from it only in the address
 * is copied without a second thought. */
struct revived {
	desc_t raw;         /* 0: none yet */
	uint64_t into;      /* what turns it into its copy, added */
	uint64_t inherited; /* of the tables above */
	uint8_t presence;
	uint8_t changes;
	int8_t level;       /* TRANS_NO_LEVEL: it was not copied */
};

struct build {
	struct trans_table *dst;
	const struct trans_table *src; /* copy and share */
	const struct trans_linear *linear; /* SIDE_ASKED */
	struct trans_report *report; /* or NULL */
	trans_va_t first, last; /* of the destination */
	uint64_t delta;         /* destination - source address */
	struct edit edit;
	unsigned int flags;
	enum op op;
	uint8_t index_map[8]; /* AttrIndx in dst by that in src */
	bool plain;  /* attributes need no conversion before the edit */
	bool count;  /* estimate: allocate and store nothing */
	bool shadowed; /* frame 0 writes to a shadow page, not to the host */
	/* The slot that is being built. */
	int8_t top;    /* its frame; frame 0 is the host table */
	int8_t level;
	uint8_t shift; /* log2 of its bytes */
	enum desc_kind old_kind; /* what the destination has there ... */
	desc_t old;
	struct item item; /* ... and the source */
	trans_va_t va;
	const uint64_t *ahead; /* a source entry read before its turn ... */
	desc_t ahead_d;        /* ... and what it was */
	struct side here;      /* what SIDE_ABOVE was for @item */
	struct revived revived;
	struct trans_stats stats;
	uint64_t *host; /* the host table's entries */
	struct frame frame[MAX_LEVELS];
};

/* Do it. The caller has filled everything down to @count, and for a mapping
 * without b->src the source of frame 0. */
int trans_build_(struct build *b);

/* Fill the report for the current slot and return @status. */
int trans_build_fail_(struct build *b, int status, const char *why, desc_t d,
		      trans_pa_t pa);

static inline void set_level(struct build *b, int level)
{
	b->level = (int8_t)level;
	b->shift = (uint8_t)geo_shift(&b->dst->geo, level);
}

/* Fill b->item with what @side has for the current slot. */
int tt_source_item(struct build *b, const struct side *side);
/* From the side of the current slot's table to that of the table below the
 * slot, from which b->item was read. */
int tt_source_below(struct build *b, struct side *side);
/* The side of b->src for the host table. */
int trans_source_begin_(struct build *b, struct side *side);
/* How many of @most slots from the current one on are one run that starts with
 * b->item, which itself counts. @d is what the first becomes; it gets the
 * contiguous bit where the run is a whole group that may keep it. */
unsigned int tt_source_run(struct build *b, const struct side *side,
			   unsigned int most, desc_t *d);
/* Store copies at @out, @d first, as long as they are easily had; holes too.
 * Returns how many, and how many of them are leaves. For SIDE_TABLE without
 * KEEPCONT. */
unsigned int tt_source_copy(struct build *b, const struct side *side,
			    unsigned int most, desc_t d, uint64_t *out,
			    unsigned int *leaves);

/* Page life (pages.c). */
uint64_t *trans_table_at_(const struct trans_table *table, trans_pa_t pa,
			  int level);
/* The same of a table that nobody vouches for: asks visit first.
 * TRANS_ESTOPPED, and *@why says it; TRANS_EFAULT, and *@why is left alone. */
int trans_look_at_(const struct trans_table *table, trans_pa_t pa, int level,
		   const uint64_t **page, const char **why);
void trans_store_(const struct trans_table *table, uint64_t *slot, desc_t d);
/* Are pages or stores of interest to the host? Its pages are then zeroed before
 * it is told; others are written once, by whoever fills them. */
static inline bool is_watched(const struct trans_table *table)
{
	return table->ops->acquire || table->ops->write_entry;
}

/* Acquire a granule that was just allocated as a page of @table. It is zeroed
 * if it is watched. */
int trans_page_open_(struct trans_table *table, trans_pa_t pa, uint64_t **page,
		     const char **why);
/* Allocate and open; on failure everything is given back, and *@why. */
int trans_page_take_(struct trans_table *table, uint64_t **page, trans_pa_t *pa,
		     const char **why);
void trans_page_give_(struct trans_table *table, trans_pa_t pa);
/* Free @page and all below it, except what @keep (a table of the same place, or
 * NULL) links to at the same slot. */
void trans_release_(struct trans_table *table, int level, const uint64_t *page,
		    trans_pa_t pa, const uint64_t *keep,
		    struct trans_stats *stats);
/* The same for what slots [first, end) of @page link to, not @page itself. */
void trans_release_slots_(struct trans_table *table, int level,
			  const uint64_t *page, unsigned int first,
			  unsigned int end, const uint64_t *keep,
			  struct trans_stats *stats);

/* Read an entry that others may change: once. */
static inline desc_t desc_read(const uint64_t *slot)
{
	return (desc_t){ *(const volatile uint64_t *)slot };
}

#endif
