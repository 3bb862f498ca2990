/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where the pages of an image go: read the list of their places, bound each,
 * and give those whose place is not free a safe page and a move.
 *
 * Moves never get in each other's way: their sources are free pages that the
 * image does not use, their destinations are pages of the image. So the plan is
 * what is wanted, in order of the destinations, with nothing to be resolved.
 */
#include "hibernate/resume/private.h"
#include "lib/bytes.h"
#include "lib/fail.h"
#include "lib/numbers.h"

/* Bit 63 of a PFN: the page is zero and not stored (Linux from 6.7). All bits:
 * the end of the list, if the last page is not full. */
#define PFN_ZERO (1ULL << 63)
#define PFN_END UINT64_MAX

/* Pages of metadata read at a time. */
#define META_PAGES 8u

/* Pages of the image looked at in one go: some hundred instructions each. */
#define PART_PAGES 4096ULL

/* The list of PFNs */

/* @buffer: META_PAGES pages. @next: the lowest PFN that may follow. */
struct pfns {
	struct tr_load *load;
	uint8_t *buffer;
	uint64_t next;
	uint64_t stored, zero;
	bool ended;
};

static int bad_pfn(const struct pfns *pfns, int status, const char *why,
		   uint64_t pfn)
{
	unsigned int shift = pfns->load->resume->image.info.page_shift;
	struct trans_error *err = pfns->load->err;

	trans_fail_pa(err, status, why, pfn << shift, 1ULL << shift);
	if (err)
		err->desc = pfn;
	return status;
}

static int check_pfn(const struct pfns *pfns, uint64_t pfn)
{
	const struct trans_resume *resume = pfns->load->resume;
	const struct trans_resume_args *args = pfns->load->args;
	uint64_t page = tr_page(resume);
	trans_pa_t pa = pfn << resume->image.info.page_shift;

	if (pfn < pfns->next)
		return bad_pfn(pfns, TRANS_ECORRUPT,
			       "page numbers do not ascend", pfn);
	if (pfn >= TR_PA_END >> resume->image.info.page_shift ||
	    !trans_ranges_contain(args->ram, pa, page))
		return bad_pfn(pfns, TRANS_ERANGE,
			       "a page of the image is outside RAM", pfn);
	if (trans_ranges_touch(args->reserved, pa, page))
		return bad_pfn(pfns, TRANS_ERANGE,
			       "a page of the image is reserved", pfn);
	return 0;
}

/* Most images have no such page, and need no room for them. */
static int mark_zero(struct pfns *pfns, trans_pa_t pa)
{
	struct trans_resume *resume = pfns->load->resume;
	struct trans_resume_map *map = &resume->map;
	uint64_t len = trans_resume_map_len_(map);
	trans_pa_t where;

	if (!map->zero) {
		map->zero = trans_resume_carve_early_(resume, len,
						      tr_page(resume), &where);
		if (!map->zero)
			return trans_fail_pa(pfns->load->err, TRANS_ENOMEM,
					     "bitmap of zero pages", 0, len);
		memset(map->zero, 0, len);
	}
	trans_resume_mark_(map, map->zero, pa, tr_page(resume));
	pfns->zero++;
	return 0;
}

static int take_pfn(struct pfns *pfns, uint64_t entry)
{
	struct trans_resume *resume = pfns->load->resume;
	uint64_t pfn = entry & ~PFN_ZERO;
	trans_pa_t pa = pfn << resume->image.info.page_shift;
	int ret = check_pfn(pfns, pfn);

	if (ret)
		return ret;
	pfns->next = pfn + 1;
	trans_resume_mark_(&resume->map, resume->map.image, pa,
			   tr_page(resume));
	if (entry & PFN_ZERO)
		return mark_zero(pfns, pa);
	if (++pfns->stored > resume->image.info.data_pages)
		return bad_pfn(pfns, TRANS_ECORRUPT,
			       "more page numbers than pages", pfn);
	return 0;
}

static int take_meta_page(struct pfns *pfns, const uint8_t *page)
{
	size_t count = tr_page(pfns->load->resume) / sizeof(uint64_t);
	int ret = 0;

	if (pfns->ended)
		return trans_fail(pfns->load->err, TRANS_ECORRUPT,
				  "page numbers go on behind their end");
	for (size_t i = 0; !ret && i < count; i++) {
		uint64_t entry = trans_le_word(page + i * sizeof(uint64_t));

		pfns->ended = entry == PFN_END;
		if (pfns->ended)
			break;
		ret = take_pfn(pfns, entry);
	}
	return ret;
}

/* Where the reader puts metadata; it asks page by page or for all at once. */
struct meta_room {
	uint8_t *at;
	unsigned int left;
	unsigned int shift;
};

static void *meta_room(void *ctx, unsigned int *count)
{
	struct meta_room *room = ctx;
	uint8_t *at = room->at;

	if (!room->left)
		return NULL;
	if (*count > room->left)
		*count = room->left;
	room->left -= *count;
	room->at += (size_t)*count << room->shift;
	return at;
}

static int take_meta(struct pfns *pfns, unsigned int pages)
{
	struct trans_resume *resume = pfns->load->resume;
	unsigned int shift = resume->image.info.page_shift;
	struct meta_room room = { pfns->buffer, pages, shift };
	int ret = trans_swsusp_read(&resume->image, pages, meta_room, &room,
				    pfns->load->err);

	for (unsigned int i = 0; !ret && i < pages; i++) {
		ret = take_meta_page(pfns, pfns->buffer + ((size_t)i << shift));
		if (!ret && trans_resume_work_(pfns->load, 1))
			ret = TRANS_ESTOPPED;
	}
	return ret;
}

static int take_all_meta(struct pfns *pfns)
{
	uint64_t left = pfns->load->resume->image.info.meta_pages;
	int ret = 0;

	while (!ret && left) {
		unsigned int pages = left < META_PAGES ? (unsigned int)left :
							 META_PAGES;

		ret = take_meta(pfns, pages);
		left -= pages;
	}
	return ret;
}

int trans_resume_read_pfns_(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	struct pfns pfns = { .load = load };
	uint64_t len = META_PAGES * tr_page(resume);
	trans_pa_t pa;
	int ret;

	pfns.buffer =
		trans_resume_carve_early_(resume, len, tr_page(resume), &pa);
	if (!pfns.buffer)
		return trans_fail_pa(load->err, TRANS_ENOMEM,
				     "buffer for page numbers", 0, len);
	/* Each page of them is read, and then taken in. */
	trans_resume_expect_(load, 2 * resume->image.info.meta_pages,
			     META_PAGES);
	ret = take_all_meta(&pfns);
	if (ret)
		return ret;
	if (pfns.stored != resume->image.info.data_pages)
		return trans_fail(load->err, TRANS_ECORRUPT,
				  "fewer page numbers than pages");
	resume->zero_pages = pfns.zero;
	/* Nobody needs it any more, and a page of the image may. */
	return trans_ranges_add(&resume->direct, pa, len);
}

/* Safe pages */

/* What a plan can grow to. @stretches: of pages that must move; @stored: of
 * them pages with contents; @runs: of gaps that these go to. */
struct needs {
	uint64_t stretches, stored, runs;
};

/* A long stretch comes in parts, for the sake of progress. */
static bool goes_on(const struct tr_stretch *stretch,
		    const struct tr_stretch *last)
{
	return last->len && stretch->pa == last->pa + last->len &&
	       stretch->zero == last->zero && stretch->direct == last->direct;
}

static int count_pages(struct tr_load *load, struct needs *needs)
{
	struct trans_resume *resume = load->resume;
	unsigned int shift = resume->image.info.page_shift;
	struct tr_stretch stretch, last = { .len = 0 };
	int ret = 0;

	resume->direct_pages = resume->moved_pages = 0;
	for (; !ret && trans_resume_stretch_(resume, last.pa + last.len,
					     PART_PAGES << shift, &stretch);
	     last = stretch) {
		uint64_t pages = stretch.len >> shift;

		ret = trans_resume_work_(load, pages);
		if (stretch.direct) {
			resume->direct_pages += pages;
			continue;
		}
		resume->moved_pages += pages;
		needs->stretches += !goes_on(&stretch, &last);
		needs->stored += stretch.zero ? 0 : pages;
	}
	return ret;
}

/* A page that is lent, and neither the image's nor set aside. */
static bool is_gap(const struct trans_resume *resume, trans_pa_t pa)
{
	const struct trans_range *block = &resume->block;
	uint64_t page = tr_page(resume);

	return !trans_resume_marked_(&resume->map, resume->map.image, pa,
				     page) &&
	       (pa + page <= block->start || block->start + block->len <= pa);
}

/* Take the highest gaps, until all that moves has one; the lowest of them
 * bounds what is left. Returns how many are missing. */
static uint64_t take_gaps(struct tr_load *load, struct needs *needs)
{
	struct trans_resume *resume = load->resume;
	uint64_t page = tr_page(resume), left = needs->stored;
	size_t i = resume->direct.count;
	trans_pa_t last = 0;

	while (left && i-- > 0) {
		const struct trans_range *range = &resume->direct.range[i];
		trans_pa_t low = trans_round_up(range->start, page);
		trans_pa_t pa =
			trans_round_down(range->start + range->len, page);

		while (left && pa > low && !trans_resume_work_(load, 1)) {
			pa -= page;
			if (!is_gap(resume, pa))
				continue;
			trans_resume_mark_(&resume->map, resume->map.taken, pa,
					   page);
			needs->runs += pa + page != last;
			resume->safe_below = last = pa;
			left--;
		}
	}
	return left;
}

/* The lowest gap from @from on; take_gaps has seen to it that there is one. */
static trans_pa_t next_gap(const struct trans_resume *resume, trans_pa_t from)
{
	uint64_t page = tr_page(resume);

	for (size_t i = 0; i < resume->direct.count; i++) {
		const struct trans_range *range = &resume->direct.range[i];
		trans_pa_t end = range->start + range->len;
		trans_pa_t pa = trans_round_up(range->start, page);

		if (pa < from)
			pa = from;
		for (; pa < end && end - pa >= page; pa += page)
			if (is_gap(resume, pa))
				return pa;
	}
	return TRANS_ZERO;
}

/* The blob's code wants granules side by side, of which single pages for what
 * moves must not take the last. */
static int set_aside(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	uint64_t granule = 1ULL << tr_granule_shift(load);
	uint64_t len = trans_round_up(trans_blob_size(), granule);

	resume->block.len = 0;
	if (len == granule)
		return 0;
	if (trans_resume_carve_(resume, len, granule, &resume->block.start))
		return trans_fail_pa(load->err, TRANS_ENOMEM,
				     "no pages side by side for the blob", 0,
				     len);
	resume->block.len = len;
	return 0;
}

static int share_out(struct tr_load *load, struct needs *needs)
{
	struct trans_resume *resume = load->resume;
	uint64_t missing;
	int ret;

	*needs = (struct needs){ 0 };
	memset(resume->map.taken, 0, trans_resume_map_len_(&resume->map));
	resume->hint = resume->safe_below = TR_PA_END;
	ret = set_aside(load);
	if (ret)
		return ret;
	ret = count_pages(load, needs);
	if (ret)
		return ret;
	missing = take_gaps(load, needs);
	return missing ? trans_fail_pa(load->err, TRANS_ENOMEM,
				       "too few pages for what must move", 0,
				       missing * tr_page(resume)) :
			 0;
}

/* The plan */

/* Gaps ascend as the destinations do, so that runs of both become one move. */
static int want_stretch(struct tr_load *load, const struct tr_stretch *stretch,
			trans_pa_t *gap)
{
	struct trans_resume *resume = load->resume;
	uint64_t page = tr_page(resume);
	int ret = 0;

	if (stretch->zero)
		return trans_moves_add(&resume->plan, TRANS_ZERO, stretch->pa,
				       stretch->len);
	for (uint64_t at = 0; !ret && at < stretch->len; at += page) {
		*gap = next_gap(resume, *gap);
		ret = trans_moves_add(&resume->plan, *gap, stretch->pa + at,
				      page);
		*gap += page;
		if (!ret && trans_resume_work_(load, 1))
			ret = TRANS_ESTOPPED;
	}
	return ret;
}

static int make_plan(struct tr_load *load)
{
	struct trans_resume *resume = load->resume;
	unsigned int shift = resume->image.info.page_shift;
	trans_pa_t gap = resume->safe_below;
	struct tr_stretch stretch;
	trans_pa_t from = 0;
	int ret = 0;

	while (!ret && trans_resume_stretch_(resume, from, PART_PAGES << shift,
					     &stretch)) {
		from = stretch.pa + stretch.len;
		ret = trans_resume_work_(load, stretch.len >> shift);
		if (!ret && !stretch.direct)
			ret = want_stretch(load, &stretch, &gap);
	}
	return ret ? trans_fail(load->err, ret, "moves") : ret;
}

/*
 * Room for the plan, cut off the lent memory like the bitmaps, because what the
 * image leaves may have no two pages side by side. A move ends where a stretch
 * or a run of gaps does. A page that is cut off may become a stretch, and may
 * have been a gap, so that at most two more are needed: three moves more for
 * each such page.
 */
static int make_room(struct tr_load *load, const struct needs *needs)
{
	struct trans_resume *resume = load->resume;
	uint64_t page = tr_page(resume), each = sizeof(struct trans_move);
	uint64_t pages = (needs->stretches + needs->runs + 1) * each /
				 (page - 3 * each) + 1;
	struct trans_move *storage;
	trans_pa_t pa;

	storage = trans_resume_carve_early_(resume, pages * page, page, &pa);
	if (!storage)
		return trans_fail_pa(load->err, TRANS_ENOMEM,
				     "no room for the moves", 0, pages * page);
	trans_moves_init(&resume->plan, storage, pages * page / each);
	return 0;
}

int trans_resume_place_(struct tr_load *load)
{
	const struct trans_resume *resume = load->resume;
	struct needs needs;
	int ret;

	/* Three passes over the image, and two over the gaps. */
	trans_resume_expect_(load, 4 * (resume->image.info.data_pages +
					resume->zero_pages), PART_PAGES);
	ret = share_out(load, &needs);
	if (ret || !needs.stretches)
		return ret;
	ret = make_room(load, &needs);
	if (!ret)
		ret = share_out(load, &needs);
	return ret ? ret : make_plan(load);
}
