/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The builder: the one engine behind every operation that changes a table.
 *
 * An operation is a range of the destination and a source of mappings for it
 * (another table, one linear mapping, or nothing at all for unmap). The builder
 * finds the deepest existing table that contains the whole range, the host
 * table, and makes replacements for the slots of it that the range touches: it
 * walks source and old contents side by side, and whatever must differ from the
 * old is built in new, detached pages. Only when all of that has succeeded are
 * the slots stored. A failure therefore frees the new pages and nothing was
 * ever changed; and an estimate is the same walk with the allocations counted
 * instead of made, so it is exact by construction.
 */
#ifndef TRANS_BUILD_H
#define TRANS_BUILD_H

#include <trans_table/table.h>

#include "attr.h"
#include "desc.h"

#define MAX_LEVELS 5

enum side_kind {
	SIDE_NONE,  /* nothing here */
	SIDE_TABLE, /* entries of @table */
	SIDE_LEAF,  /* one leaf spans all of it: @leaf */
	SIDE_ABOVE, /* (source) above its start level, find the way by address */
};

/* What stands on one side (old contents, source) of a table being built. */
struct side {
	enum side_kind kind;
	union {
		struct {
			const uint64_t *table;
			/* (source) hierarchical attributes so far */
			struct edit inherited;
		};
		struct {
			uint64_t attributes;
			uint64_t offset; /* output - input address */
		};
	};
};

/* A table being built. It has no page as long as it is empty or, with FOLD, as
 * long as it is one uniform run that may yet become a block. */
struct frame {
	struct side old, src;
	uint64_t *page;
	trans_pa_t page_pa;
	bool exists;      /* has a page, or would when counting */
	uint64_t run;     /* !exists: first descriptor of the run; 0: empty */
	trans_va_t va;    /* of slot 0 */
	unsigned int next, end;
};

struct build {
	struct trans_table *dst;
	const struct trans_table *src; /* copy only */
	trans_va_t first, last;        /* of the destination */
	uint64_t delta;                /* destination - source address */
	unsigned int flags;
	bool erase;  /* unmap */
	bool count;  /* estimate: allocate and store nothing */
	struct edit edit;
	uint8_t index_map[8]; /* (copy) AttrIndx in dst by that in src */
	bool plain;  /* attributes need no conversion before the edit */
	struct trans_report *report;

	int top;   /* index of the current frame; frame 0 is the host table */
	int level; /* of the current frame */
	uint64_t *host; /* the host table's entries */
	bool shadowed;  /* frame 0 writes to a shadow page, not to the host */
	struct frame frame[MAX_LEVELS];
};

/* Do it. The caller has filled everything down to @report. @linear is the source
 * of a map; NULL: the source is b->src, or there is none (erase). */
int build_run(struct build *b, const struct side *linear);

/* Fill the report and return @status. */
int build_fail(struct build *b, int status, const char *why, int level,
	       trans_va_t va, desc_t d, trans_pa_t pa);

/* Source side (source.c): what it has for the slot at @va of a table of
 * @level. */
struct item {
	enum desc_kind kind;
	desc_t d;            /* as read */
	uint64_t attributes; /* leaf: final, all flags applied */
	trans_pa_t pa;       /* leaf: output; table: next table */
};
int source_item(struct build *b, const struct side *side, int level,
		trans_va_t va, struct item *item);
/* The side of the table below that slot. */
int source_below(struct build *b, const struct side *side, int level,
		 trans_va_t va, const struct item *item, struct side *below);
/* The side of b->src for the host table. */
int source_begin(struct build *b, struct side *side);
/* How many of @most last-level slots from @va on are one run that starts with
 * @item; @item itself counts. */
unsigned int source_run(struct build *b, const struct side *side,
			trans_va_t va, unsigned int most,
			const struct item *item);

/* Page life (pages.c). */
uint64_t *table_at(const struct trans_table *table, trans_pa_t pa, int level);
void page_store(const struct trans_table *table, uint64_t *slot, desc_t d);
/* A zeroed, acquired page that counts as the table's; on failure *@why. */
int page_take(struct trans_table *table, uint64_t **page, trans_pa_t *pa,
	      const char **why);
void page_give(struct trans_table *table, trans_pa_t pa);
/* page_take for an operation; when estimating it only counts (*@page NULL). */
int page_new(struct build *b, uint64_t **page, trans_pa_t *pa);
/* Free @page and all below it, except what @keep (a table of the same place, or
 * NULL) links to at the same slot. */
void page_release(struct trans_table *table, int level, const uint64_t *page,
		  trans_pa_t pa, const uint64_t *keep,
		  struct trans_stats *stats);
/* The same for what slots [first, end) of @page link to, not @page itself. */
void page_release_slots(struct trans_table *table, int level,
			const uint64_t *page, unsigned int first,
			unsigned int end, const uint64_t *keep,
			struct trans_stats *stats);

/* Read an entry that others may change: once. */
static inline desc_t desc_read(const uint64_t *slot)
{
	return (desc_t){ *(const volatile uint64_t *)slot };
}

#endif
