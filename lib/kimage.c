/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Linux's kimage list, read as if its author were an enemy: bounded, each entry
 * once, and nothing believed that the flags do not say.
 */
#include <trans_table/kimage.h>

#include "lib/fail.h"

#define DESTINATION 1u
#define INDIRECTION 2u
#define DONE 4u
#define SOURCE 8u

/*
 * @at, @slot, @entry: the place of the entry being read, and the entry
 * @mark, @steps, @lap: Brent's search for a cycle of pages. A page leads to the
 *         same next page every time, so meeting @mark again means going round;
 *         @mark moves on after 1, 2, 4, ... steps
 */
struct walk {
	struct trans_moves *want;
	unsigned int shift;
	const struct trans_ops *ops;
	void *ctx;
	struct trans_error *err;
	const volatile uint64_t *page;
	uint64_t at, slot, entry;
	uint64_t left;
	uint64_t dst;
	bool has_dst;
	uint64_t mark, steps, lap;
};

static uint64_t page_len(const struct walk *walk)
{
	return 1ULL << walk->shift;
}

static int fail(const struct walk *walk, int status, const char *why)
{
	trans_fail_pa(walk->err, status, why,
		      walk->page ? walk->at + 8 * walk->slot : 0, 8);
	if (walk->err)
		walk->err->desc = walk->entry;
	return status;
}

static int go_to(struct walk *walk, uint64_t pa)
{
	const uint64_t *page = walk->ops->phys_to_virt(walk->ctx, pa,
						       page_len(walk));

	if (!page)
		return fail(walk, TRANS_EFAULT,
			    "phys_to_virt refused a page of the list");
	if (walk->lap && pa == walk->mark)
		return fail(walk, TRANS_ECORRUPT, "the list goes round");
	if (walk->steps++ == walk->lap) {
		walk->mark = pa;
		walk->lap = 2 * walk->lap + 1;
		walk->steps = 0;
	}
	walk->page = page;
	walk->at = pa;
	walk->slot = 0;
	return 0;
}

static int add_source(struct walk *walk, uint64_t pa)
{
	int ret;

	if (!walk->has_dst)
		return fail(walk, TRANS_ECORRUPT,
			    "a source before any destination");
	ret = trans_moves_add(walk->want, pa, walk->dst, page_len(walk));
	if (ret)
		return fail(walk, ret, "a move");
	walk->dst += page_len(walk);
	/* A further source would go to 0. */
	walk->has_dst = walk->dst != 0;
	return 0;
}

/* What the entry says, DONE excepted. */
static int follow(struct walk *walk)
{
	uint64_t pa = walk->entry & ~(page_len(walk) - 1);

	switch (walk->entry & (page_len(walk) - 1)) {
	case DESTINATION:
		walk->dst = pa;
		walk->has_dst = true;
		return 0;
	case INDIRECTION:
		return go_to(walk, pa);
	case SOURCE:
		return add_source(walk, pa);
	default:
		return fail(walk, TRANS_ECORRUPT, "the flags of an entry");
	}
}

/* An indirection has set page and slot; any other entry leads to the next. */
static int step(struct walk *walk)
{
	bool jump = (walk->entry & (page_len(walk) - 1)) == INDIRECTION;
	int ret;

	if (!walk->left--)
		return fail(walk, TRANS_ENOSPC, "more entries than allowed");
	ret = follow(walk);
	if (ret)
		return ret;
	if (!walk->page || (!jump && ++walk->slot == page_len(walk) / 8))
		return fail(walk, TRANS_ECORRUPT, "the list has no end");
	walk->entry = walk->page[walk->slot];
	return 0;
}

int trans_kimage_moves(struct trans_moves *want, uint64_t head,
		       unsigned int shift, const struct trans_ops *ops,
		       void *ctx, uint64_t most, struct trans_error *err)
{
	struct walk walk = {
		.want = want, .shift = shift, .ops = ops, .ctx = ctx,
		.err = err, .entry = head, .left = most,
	};
	int ret = 0;

	if (shift != 12 && shift != 14 && shift != 16)
		return trans_fail(err, TRANS_EINVAL, "unknown page size");
	if (!ops || !ops->phys_to_virt)
		return trans_fail(err, TRANS_EINVAL,
				  "phys_to_virt is missing");
	while (!ret && (walk.entry & (page_len(&walk) - 1)) != DONE)
		ret = step(&walk);
	return ret;
}
