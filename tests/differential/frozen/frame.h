/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What the walk (build.c) and the host table (host.c) of the builder share: the
 * current frame, and where its slots are.
 */
#ifndef TRANS_FRAME_H
#define TRANS_FRAME_H

#include "build.h"

/* How a slot lies to the operation's range. */
enum extent { OUTSIDE, PARTLY, WHOLLY };

static inline struct frame *current(struct build *b)
{
	return &b->frame[b->top];
}

/* To the frame @by levels further down. */
static inline void go_down(struct build *b, int by)
{
	b->top = (int8_t)(b->top + by);
	set_level(b, b->level + by);
}

static inline enum extent extent_of(const struct build *b, trans_va_t va,
				    unsigned int shift)
{
	trans_va_t end = va + low_mask(shift);

	if (end < b->first || va > b->last)
		return OUTSIDE;
	return va >= b->first && end <= b->last ? WHOLLY : PARTLY;
}

/* Walk all slots of frame 0 and below; on failure the frames are left as they
 * stood. */
int tt_build_walk(struct build *b);
/* A page for @f; when estimating it is only counted (f->page NULL). */
int tt_frame_page(struct build *b, struct frame *f);

#endif
