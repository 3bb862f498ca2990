/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The offset map: what lies beyond the reach of the identity map (a DIMM at
 * 2^51 and 48 bits of virtual address) is mapped at VA = PA - offset, in one
 * piece, where the identity map has nothing. Only what is moved or verified can
 * be there; the blob's own pages run and are read where VA is PA.
 */
#include "lib/fail.h"
#include "trans/transition/private.h"
#include "lib/numbers.h"

#define LOW_PA_BITS 48 /* without FEAT_LPA or FEAT_LPA2 */

/* [first, last] of what is seen; empty while first > last. */
struct extent {
	uint64_t first, last;
};

/* @reach: the last address of the identity map */
struct survey {
	uint64_t reach;
	struct extent near, far;
};

static void grow(struct extent *to, uint64_t first, uint64_t last)
{
	if (first < to->first)
		to->first = first;
	if (last > to->last)
		to->last = last;
}

/* A piece that ends beyond the reach is far as a whole. */
static void see(struct survey *survey, const struct trans_transition *t,
		trans_pa_t pa, uint64_t len)
{
	struct trans_span span = span_of(t, pa, len);
	uint64_t last = span.start + (span.len - 1);

	grow(last > survey->reach ? &survey->far : &survey->near, span.start,
	     last);
}

/* For trans_list_moves_ and trans_transition_pages. */
struct looking {
	struct survey *survey;
	const struct trans_transition *t;
};

static int see_move(void *arg, const struct trans_move *move)
{
	const struct looking *at = arg;

	see(at->survey, at->t, move->dst, move->len);
	if (move->src != TRANS_ZERO)
		see(at->survey, at->t, move->src, move->len);
	return 0;
}

static int see_page(void *arg, enum trans_pages kind, trans_pa_t pa,
		    uint64_t len)
{
	const struct looking *at = arg;
	struct trans_span span = span_of(at->t, pa, len);

	(void)kind;
	grow(&at->survey->near, span.start, span.start + (span.len - 1));
	return 0;
}

static int look(const struct trans_transition *t, struct survey *survey,
		struct trans_error *err)
{
	const struct trans_transition_args *args = &t->args;
	struct looking at = { survey, t };
	int ret = trans_list_moves_(t, see_move, &at, err);

	for (size_t i = 0; i < digests_of(args); i++)
		see(survey, t, args->digests[i].pa, args->digests[i].len);
	return ret ? ret :
		     trans_transition_pages(
			     t, TRANS_PAGES_ALL - TRANS_PAGES_TABLES, see_page,
			     &at, err);
}

/* Where @len bytes whose physical address is @pa can go: above all that is
 * near, else below it; congruent with it modulo @align. */
static bool place_at(const struct survey *survey, trans_pa_t pa, uint64_t len,
		     uint64_t align, trans_va_t *va)
{
	uint64_t odd = pa & (align - 1);
	uint64_t above = (survey->near.last | (align - 1)) + 1 + odd;

	*va = above;
	if (above <= survey->reach && survey->reach - above >= len - 1)
		return true;
	if (survey->near.first < len || survey->near.first - len < odd)
		return false;
	*va = trans_round_down(survey->near.first - len - odd, align) + odd;
	return true;
}

/* So that blocks can be used, if there is room; of pages there are no larger
 * ones than 64K. */
static bool place(const struct survey *survey, trans_pa_t pa, uint64_t len,
		  trans_va_t *va)
{
	return place_at(survey, pa, len, 1ULL << 30, va) ||
	       place_at(survey, pa, len, 1ULL << 21, va) ||
	       place_at(survey, pa, len, 1ULL << 16, va);
}

static int beyond(const struct extent *far, const char *why,
		  struct trans_error *err)
{
	return trans_fail_pa(err, TRANS_ERANGE, why, far->first,
			     far->last - far->first + 1);
}

int trans_offset_map_find_(struct trans_transition *t, struct trans_error *err)
{
	struct survey survey = {
		.reach = (1ULL << t->args.va_bits) - 1,
		.near = { UINT64_MAX, 0 }, .far = { UINT64_MAX, 0 },
	};
	const struct extent *far = &survey.far;
	trans_va_t va;
	uint64_t len;
	int ret;

	/* The geometry refuses other sizes, by name. */
	if (t->args.map != TRANS_MAP_SPARSE || t->args.va_bits > 52)
		return 0;
	ret = look(t, &survey, err);
	if (ret || far->first > far->last)
		return ret;
	if (far->last >> trans_cpu_pa_bits(t->args.cpu))
		return beyond(far, "beyond the CPU's physical addresses", err);
	if (far->last >> LOW_PA_BITS && t->args.granule != TRANS_64K &&
	    !trans_cpu_has_lpa2(t->args.cpu, t->args.granule))
		return beyond(far, "this granule reaches 48 bits here", err);
	len = far->last - far->first + 1;
	if (!place(&survey, far->first, len, &va))
		return beyond(far, "no window for what is beyond the map", err);
	t->far = (struct trans_range){ far->first, len };
	t->far_offset = far->first - va;
	return 0;
}
