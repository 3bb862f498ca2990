/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Two tables side by side, entry by entry, as raw memory: where they map
 * something else, and where they say the same in other ways.
 */
#ifndef DIFFERENTIAL_TWIN_H
#define DIFFERENTIAL_TWIN_H

#include "scene.h"

enum finding_kind {
	OTHER_STATUS,   /* of the operation or its estimate */
	OTHER_MAPPING,
	OTHER_LEVEL,    /* a block here, a table of the same there */
	OTHER_GROUP,    /* the contiguous bit */
	EMPTY_TABLE,    /* a table that maps nothing; the other has none */
	MORE_PAGES,     /* than the frozen builder has */
	WRONG_ALONE,    /* one builder's result is wrong by itself */
	FINDINGS,
};

struct step;

/* Something that differs; [0] is the library's, [1] the frozen builder's. */
struct finding {
	enum finding_kind kind;
	const struct scene *s;
	const struct step *step;
	unsigned int table;
	trans_va_t va;
	int level;
	uint64_t d[2];         /* entries; leaves with what they inherit */
	int status[2];
	trans_va_t failed[2];  /* where they say so */
	const char *why;       /* of WRONG_ALONE */
};

/* Called for each. Nonzero: that is enough. */
typedef int (*finding_fn)(void *arg, const struct finding *found);

/* Compare table @i of both sides. */
int twin_compare(const struct scene *s, unsigned int i, finding_fn found,
		 void *arg);

/* A number that changes when any entry of the tables that @side owns does, and
 * when any page comes or goes; the pages of table @i. */
uint64_t twin_state(const struct side *side);
unsigned int twin_pages(const struct side *side, unsigned int i);

/* Are all contiguous groups in table @i what they promise? *@va where not. */
bool twin_groups(const struct side *side, unsigned int i, trans_va_t *va);
/* Is the group of the leaf of @level at @va? */
bool twin_group(const struct side *side, unsigned int i, trans_va_t va,
		int level);

/* Give back the empty table of @level that the entry at @va of table @i leads
 * to, as an operation of @side would have done. False: it is not @side's. */
bool twin_prune(struct side *side, unsigned int i, trans_va_t va, int level);

/* What the two tables say of @va, by the reference walker; false: not alike. */
bool twin_walks(const struct scene *s, unsigned int i, trans_va_t va);

#endif
