/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Giving lent memory back without what was read into it: an image holds
 * whatever its kernel's memory held. What was written is known without writing
 * it down: what was cut off, what was freed, and, once data is read, what is
 * marked.
 */
#include "hibernate/resume/private.h"
#include "lib/numbers.h"
#include "lib/relay.h"

/* What the host is asked for at a time, as when it was written; and again where
 * it refuses that: one page that it cannot reach must not keep others. */
#define PIECE (1ULL << 20)
#define LEAST (1ULL << 12)

/* To the PoC too, where the mover and settle have put what is to be entered
 * with the MMU off. */
static bool wipe_piece(const struct trans_resume *resume, trans_pa_t pa,
		       uint64_t len)
{
	void *at = trans_host_at_(&resume->host, pa, (size_t)len);

	if (!at)
		return false;
	memset(at, 0, len);
	if (resume->host.ops->clean)
		resume->host.ops->clean(resume->host.ctx, at, len);
	return true;
}

static void wipe_each(const struct trans_resume *resume, trans_pa_t pa,
		      uint64_t len)
{
	for (uint64_t part; len; pa += part, len -= part) {
		part = trans_least(len, LEAST);
		wipe_piece(resume, pa, part);
	}
}

void trans_resume_wipe_(const struct trans_resume *resume, trans_pa_t pa,
			uint64_t len)
{
	for (uint64_t part; resume->wipe && len; pa += part, len -= part) {
		part = trans_least(len, PIECE);
		if (!wipe_piece(resume, pa, part))
			wipe_each(resume, pa, part);
	}
}

static bool is_written(const struct trans_resume *resume, trans_pa_t pa)
{
	const struct trans_resume_map *map = &resume->map;

	return trans_resume_marked_(map, map->image, pa, 1) ||
	       trans_resume_marked_(map, map->taken, pa, 1);
}

static void wipe_pages(const struct trans_resume *resume,
		       const struct trans_range *range)
{
	uint64_t unit = 1ULL << resume->map.shift, run = 0;
	trans_pa_t end = range->start + range->len, pa = range->start;

	for (; pa < end; pa += unit) {
		if (is_written(resume, pa)) {
			run += unit;
			continue;
		}
		if (run)
			trans_resume_wipe_(resume, pa - run, run);
		run = 0;
	}
	if (run)
		trans_resume_wipe_(resume, pa - run, run);
}

/* What was cut off comes last: the marks are in it. */
void trans_resume_wipe_all_(const struct trans_resume *resume)
{
	if (resume->filled)
		for (size_t i = 0; i < resume->direct.count; i++)
			wipe_pages(resume, &resume->direct.range[i]);
	for (size_t i = 0; i < resume->cut.count; i++)
		trans_resume_wipe_(resume, resume->cut.range[i].start,
				   resume->cut.range[i].len);
}
