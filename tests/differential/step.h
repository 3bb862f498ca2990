/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * One operation of an episode, as a value: picked before anything runs, so that
 * an episode can be run again with fewer of them.
 */
#ifndef DIFFERENTIAL_STEP_H
#define DIFFERENTIAL_STEP_H

#include "scene.h"

enum operation {
	COPY, SHARE, MAP, MAP_BY, IDMAP, UNMAP, PROTECT, FOLD, WINDOW,
	OPERATIONS, /* what follows is not compared, but done to both */
	SCRIBBLE = OPERATIONS, RESET, FINISH,
};

struct step {
	enum operation op;
	unsigned int on, from; /* tables; @from: own or foreign */
	trans_va_t va, src_va;
	trans_va_t origin;   /* map_by: what @period counts from */
	trans_pa_t pa;
	uint64_t len;
	struct trans_attr attr; /* @access also of protect */
	unsigned int flags;
	/* map_by: so many bytes with @attr, so many without access; 0: answers
	 * of no length */
	uint64_t period;
	trans_va_t refuse;   /* map_by: the callback refuses here */
	trans_pa_t bad_pfn;
	enum mishap mishap;
	unsigned long nth;
	uint64_t seed;
};

struct step step_pick(const struct scene *s, uint64_t *seed);

/* Do it to @side's tables; @extra flags. */
int step_run(const struct step *step, struct scene *s, struct side *side,
	     unsigned int extra, struct trans_report *r);

/* The table that it reads. */
const struct trans_table *step_source(const struct step *step,
				      const struct scene *s,
				      const struct side *side);

/* Would it fail with @status at @va by itself, whatever else may be wrong? */
bool step_fails_at(const struct step *step, struct scene *s, struct side *side,
		   trans_va_t va, int status);

void step_print(const struct step *step);

#endif
