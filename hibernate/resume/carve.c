/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Memory for the library itself, out of what the host lent and the image
 * leaves. From the top down: an image's pages lie anywhere, but the search for
 * single pages never looks at the same place twice.
 */
#include "hibernate/resume/private.h"
#include "lib/fail.h"
#include "lib/numbers.h"
#include "lib/relay.h"

static trans_pa_t end_of(const struct trans_range *range)
{
	return range->start + range->len;
}

/* In [@low, @top), the highest aligned @len bytes without a mark. Sliding down
 * below the lowest mark of a block looks at each unit once. */
static bool find_down(const struct trans_resume_map *map, trans_pa_t low,
		      trans_pa_t top, uint64_t len, uint64_t align,
		      trans_pa_t *pa)
{
	while (top > low && top - low >= len) {
		trans_pa_t start = trans_round_down(top - len, align);

		if (start < low)
			return false;
		if (!trans_resume_first_marked_(map, map->image, map->taken,
						start, len, &top)) {
			*pa = start;
			return true;
		}
	}
	return false;
}

int trans_resume_carve_(struct trans_resume *resume, uint64_t len,
			uint64_t align, trans_pa_t *pa)
{
	const struct trans_resume_map *map = &resume->map;
	bool single = len == align;
	size_t i = resume->direct.count;

	len = trans_round_up(len, 1ULL << map->shift);
	while (i-- > 0) {
		const struct trans_range *range = &resume->direct.range[i];
		trans_pa_t top = end_of(range);

		if (single && top > resume->hint)
			top = resume->hint;
		if (!find_down(map, range->start, top, len, align, pa))
			continue;
		trans_resume_mark_(map, map->taken, *pa, len);
		if (single)
			resume->hint = *pa;
		return 0;
	}
	return TRANS_ENOMEM;
}

void *trans_resume_carve_early_(struct trans_resume *resume, uint64_t len,
				uint64_t align, trans_pa_t *pa)
{
	static const struct trans_range anywhere = { 0, UINT64_MAX };

	len = trans_round_up(len, align);
	if (trans_ranges_fit(&resume->direct, &anywhere, len, align, 0,
			     TRANS_FIT_HIGHEST, pa) ||
	    trans_ranges_add(&resume->cut, *pa, len) ||
	    trans_ranges_remove(&resume->direct, *pa, len))
		return NULL;
	return trans_host_at_(&resume->host, *pa, (size_t)len);
}

/* The block that was set aside is handed out as a whole, to who wants it. */
static int carve_alloc(void *ctx, unsigned int shift, unsigned int count,
		       trans_pa_t *pa)
{
	struct trans_resume *resume = ctx;
	uint64_t len = (uint64_t)count << shift;

	if (!count || shift > 16)
		return TRANS_EINVAL;
	if (count > 1 && len == resume->block.len && !resume->block_used) {
		resume->block_used = true;
		*pa = resume->block.start;
		return 0;
	}
	return trans_resume_carve_(resume, len, 1ULL << shift, pa);
}

static void carve_free(void *ctx, unsigned int shift, unsigned int count,
		       trans_pa_t pa)
{
	struct trans_resume *resume = ctx;
	uint64_t len = (uint64_t)count << shift;

	trans_resume_wipe_(resume, pa, len);
	if (resume->block_used && pa == resume->block.start) {
		resume->block_used = false;
		return;
	}
	trans_resume_unmark_(&resume->map, resume->map.taken, pa, len);
	if (pa + len > resume->hint)
		resume->hint = pa + len;
}

_Static_assert(!offsetof(struct trans_resume, host), "@ops go on to it");

void trans_resume_carve_ops_(struct trans_resume *resume)
{
	resume->hint = TR_PA_END;
	trans_relay_ops_(&resume->ops, resume->host.ops);
	resume->ops.alloc = carve_alloc;
	resume->ops.free = carve_free;
}
