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
 * therefore frees the new pages and nothing was ever changed; and an estimate is
 * the same walk with the allocations counted instead of made, so it is exact by
 * construction.
 *
 * A table under construction has no page as long as it can be had without: it
 * is still empty, or still equal to the old one, or still one uniform run that
 * may become a block.
 */
#ifndef TRANS_BUILD_H
#define TRANS_BUILD_H

#include <trans_table/table.h>

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
	OP_SHARE,   /* the same, by linking the source's tables where possible */
	OP_ERASE,   /* unmap */
	OP_PROTECT, /* apply b->edit to the old leaves */
	OP_FOLD,    /* merge old leaves */
	OP_WINDOW,  /* give every slot a last-level table of b->window */
};

enum side_kind {
	SIDE_NONE,  /* nothing here */
	SIDE_TABLE, /* entries of @table */
	SIDE_LEAF,  /* one leaf spans all of it */
	SIDE_ABOVE, /* (source) above its start level: find the way by address */
	SIDE_ASKED, /* (source) linear, attributes from the caller's callback */
};

/* What stands on one side (old contents, source) of a table being built. */
struct side {
	enum side_kind kind;
	union {
		struct {
			const uint64_t *table;
			struct edit inherited; /* (source) of its parents */
		};
		struct {
			uint64_t attributes;
			uint64_t offset; /* output - input address */
		};
	};
};

struct frame {
	struct side src;
	enum side_kind old_kind; /* NONE, TABLE or LEAF */
	bool borrowed;           /* the old table belongs to another tree */
	bool exists;  /* has a page (or, in an estimate, would have) */
	bool same;    /* !exists: equal to the old table up to here */
	bool uniform; /* !exists: one run up to here, starting with @run */
	union {
		const uint64_t *old;   /* old_kind TABLE */
		struct {               /* old_kind LEAF */
			uint64_t old_attributes;
			uint64_t old_offset;
		};
	};
	union {
		uint64_t *page; /* exists */
		uint64_t run;   /* uniform: first descriptor; 0: all empty */
	};
	trans_pa_t page_pa;
	trans_va_t va; /* of slot 0 */
	uint32_t next, end;
	uint32_t fresh; /* leaves of the run that this operation made */
};

struct build {
	struct trans_table *dst;
	const struct trans_table *src; /* copy and share */
	const struct trans_linear *linear; /* SIDE_ASKED */
	trans_va_t first, last; /* of the destination */
	uint64_t delta;         /* destination - source address */
	unsigned int flags;
	enum op op;
	struct edit edit;
	uint8_t index_map[8]; /* AttrIndx in dst by that in src */
	bool plain;  /* attributes need no conversion before the edit */
	bool count;  /* estimate: allocate and store nothing */
	bool shadowed; /* frame 0 writes to a shadow page, not to the host */
	int8_t top;    /* the current frame; frame 0 is the host table */
	int8_t level;  /* of the current frame */
	uint8_t shift; /* log2 of the bytes of one of its slots */
	struct trans_report *report; /* or NULL */
	struct trans_stats stats;
	uint64_t *host;    /* the host table's entries */
	const uint64_t *ahead; /* a source entry read before its turn ... */
	desc_t ahead_d;        /* ... and what it was */
	struct side here;      /* what SIDE_ABOVE was for the last item */
	trans_pa_t window; /* OP_WINDOW: first of its pages */
	trans_va_t window_va;
	struct frame frame[MAX_LEVELS];
};

/* Do it. The caller has filled everything down to @report. @source is frame 0's
 * source for a map; NULL: b->src, or none. */
int tt_build(struct build *b, const struct side *source);

/* Fill the report and return @status. */
int tt_build_fail(struct build *b, int status, const char *why, int level,
		  trans_va_t va, desc_t d, trans_pa_t pa);

/* What the source (source.c) has for one slot. */
struct item {
	enum desc_kind kind;
	desc_t raw;          /* as read */
	desc_t d;            /* the same, or made valid by MKVALID */
	uint64_t attributes; /* leaf: final, all flags applied */
	trans_pa_t pa;       /* leaf: output; table: next table */
};
int tt_source_item(struct build *b, const struct side *side, int level,
		   trans_va_t va, struct item *item);
/* The side of the table below that slot. */
int tt_source_below(struct build *b, const struct side *side, int level,
		    trans_va_t va, const struct item *item,
		    struct side *below);
/* The side of b->src for the host table. */
int tt_source_begin(struct build *b, struct side *side);
/* How many of @most slots from @va on are one run that starts with @item, which
 * itself counts; *@whole: it is a whole contiguous group that may keep its
 * bit. @out, or NULL: store the copies there, @d and so on; for items of a
 * table that were valid. */
unsigned int tt_source_run(struct build *b, const struct side *side,
			   trans_va_t va, unsigned int most,
			   const struct item *item, bool *whole,
			   uint64_t *out, desc_t d);

/* Page life (pages.c). */
uint64_t *tt_table_at(const struct trans_table *table, trans_pa_t pa,
		      int level);
void tt_store(const struct trans_table *table, uint64_t *slot, desc_t d);
/* Zero and acquire a granule that was just allocated, as a page of @table. */
int tt_page_open(struct trans_table *table, trans_pa_t pa, uint64_t **page,
		 const char **why);
/* Allocate and open; on failure everything is given back, and *@why. */
int tt_page_take(struct trans_table *table, uint64_t **page, trans_pa_t *pa,
		 const char **why);
void tt_page_give(struct trans_table *table, trans_pa_t pa);
/* Free @page and all below it, except what @keep (a table of the same place, or
 * NULL) links to at the same slot. */
void tt_release(struct trans_table *table, int level, const uint64_t *page,
		trans_pa_t pa, const uint64_t *keep,
		struct trans_stats *stats);
/* The same for what slots [first, end) of @page link to, not @page itself. */
void tt_release_slots(struct trans_table *table, int level,
		      const uint64_t *page, unsigned int first,
		      unsigned int end, const uint64_t *keep,
		      struct trans_stats *stats);

/* Read an entry that others may change: once. */
static inline desc_t desc_read(const uint64_t *slot)
{
	return (desc_t){ *(const volatile uint64_t *)slot };
}

#endif
