/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What a snapshot saves, what it needs, and whether that is there: decided
 * before anything is written or allocated.
 */
#include "hibernate/snapshot/private.h"
#include "hibernate/swsusp.h"

static const char *bad_memory(const struct trans_snapshot_args *args)
{
	if (!args->ops || !args->ops->alloc || !args->ops->free ||
	    !args->ops->phys_to_virt)
		return "snapshot: ops";
	if (!args->save || !args->free)
		return "snapshot: save or free";
	if (!args->alias_prepare)
		return "snapshot: alias_prepare";
	if (!args->alias_enter != !args->alias_leave)
		return "snapshot: alias_enter without alias_leave, or reverse";
	return NULL;
}

static const char *bad_disk(const struct trans_snapshot_args *args)
{
	const struct trans_block *disk = args->disk;

	if (!disk || !disk->read || !disk->write || !disk->flush)
		return "snapshot: a disk that can be written and flushed";
	if (disk->sector_shift < 9 || disk->sector_shift > args->granule)
		return "snapshot: sectors larger than pages, or below 512";
	if (args->packing != TRANS_SWSUSP_RAW &&
	    args->packing != TRANS_SWSUSP_LZ4)
		return "snapshot: packing";
	if (args->packing == TRANS_SWSUSP_LZ4 && !args->lz4)
		return "snapshot: no lz4";
	return NULL;
}

static bool has_page(const struct trans_ranges *set, uint64_t page)
{
	for (size_t i = 0; i < set->count; i++)
		if (page >= set->range[i].start &&
		    page - set->range[i].start < set->range[i].len)
			return true;
	return false;
}

static const char *bad_slots(const struct trans_snapshot_args *args)
{
	const struct trans_slots *slots = &args->slots;
	struct trans_range range = { slots->first, slots->count };
	struct trans_ranges set = { &range, 1, 1 };

	if (slots->at)
		return NULL;
	if (!slots->first || has_page(&set, args->offset))
		return "snapshot: the swap header is among the slots";
	return NULL;
}

static int check_args(const struct trans_snapshot_args *args,
		      struct trans_error *err)
{
	const char *why;

	if (!args || !args->cpu || args->cpu->el < 1 || args->cpu->el > 2)
		return trans_fail(err, TRANS_EINVAL, "snapshot: cpu");
	if (!(trans_cpu_granules(args->cpu) >> args->granule & 1))
		return trans_fail(err, TRANS_EINVAL, "snapshot: granule");
	why = bad_memory(args);
	if (!why)
		why = bad_disk(args);
	if (!why)
		why = bad_slots(args);
	return why ? trans_fail(err, TRANS_EINVAL, why) : 0;
}

static int check_aligned(const struct trans_ranges *set, uint64_t page_len,
			 const char *why, struct trans_error *err)
{
	for (size_t i = 0; set && i < set->count; i++) {
		const struct trans_range *r = &set->range[i];

		if ((r->start | r->len) & (page_len - 1))
			return trans_fail_pa(err, TRANS_EALIGN, why, r->start,
					     r->len);
	}
	return 0;
}

/* The whole pages in a range; len 0: none. */
static struct trans_range inner(struct trans_range range, uint64_t page_len)
{
	uint64_t lost = -range.start & (page_len - 1);

	if (range.len <= lost)
		return (struct trans_range){ range.start, 0 };
	return (struct trans_range){ range.start + lost,
				     (range.len - lost) & ~(page_len - 1) };
}

static uint64_t whole_pages(uint64_t len, unsigned int shift)
{
	return (len + (1ULL << shift) - 1) >> shift << shift;
}

static int make_job(const struct trans_snapshot_args *args,
		    struct snapshot **job, struct trans_range *place,
		    struct trans_error *err)
{
	uint64_t page_len = 1ULL << args->granule;
	uint64_t len = whole_pages(sizeof(**job), args->granule);
	void *at;

	for (size_t i = 0; i < args->free->count; i++) {
		struct trans_range r = inner(args->free->range[i], page_len);

		if (r.len < len)
			continue;
		at = args->ops->phys_to_virt(args->ctx, r.start, len);
		if (!at)
			return trans_fail_pa(err, TRANS_EFAULT,
					     "snapshot: phys_to_virt", r.start,
					     len);
		memset(at, 0, len);
		*place = (struct trans_range){ r.start, len };
		*job = at;
		return 0;
	}
	return trans_fail_pa(err, TRANS_ENOMEM, "snapshot: no lent memory", 0,
			     len);
}

/* What is lent is not saved, and what is left of it takes the copies. */
static int take_lent(struct snapshot *job, struct trans_range place)
{
	const struct trans_ranges *lent = job->args->free;
	int ret = 0;

	for (size_t i = 0; !ret && i < lent->count; i++) {
		struct trans_range r = inner(lent->range[i],
					     snapshot_page(job));

		ret = trans_ranges_add(&job->copies, r.start, r.len);
		if (!ret)
			ret = trans_ranges_remove(&job->image, r.start, r.len);
	}
	job->lent = trans_ranges_total(&job->copies);
	return ret ? ret :
		     trans_ranges_remove(&job->copies, place.start, place.len);
}

static int make_sets(struct snapshot *job, struct trans_range place)
{
	const struct trans_snapshot_args *args = job->args;
	int ret;

	trans_ranges_init(&job->image, job->image_storage,
			  TRANS_SNAPSHOT_RANGES);
	trans_ranges_init(&job->copies, job->copies_storage,
			  TRANS_SNAPSHOT_RANGES);
	ret = trans_ranges_add_all(&job->image, args->save);
	if (!ret && args->nosave)
		ret = trans_ranges_remove_all(&job->image, args->nosave);
	if (!ret)
		ret = take_lent(job, place);
	if (ret)
		return trans_fail(job->err, ret, "snapshot: too many ranges");
	job->pages = trans_ranges_total(&job->image) >> job->shift;
	if (!job->pages)
		return trans_fail(job->err, TRANS_EINVAL,
				  "snapshot: nothing to save");
	return 0;
}

/* The map, the bits for zero pages, a chunk unpacked and packed. */
static void size_buffers(struct snapshot *job)
{
	uint64_t page_len = snapshot_page(job);

	job->meta = (job->pages + META_ENTRIES(page_len) - 1) /
		    META_ENTRIES(page_len);
	job->buffers = page_len * (1 + SWSUSP_CHUNK_PAGES) +
		       whole_pages((job->pages + 7) / 8, job->shift);
	if (job->args->packing == TRANS_SWSUSP_LZ4)
		job->buffers += page_len * PACKED_PAGES;
}

int trans_snapshot_plan_(const struct trans_snapshot_args *args,
			 struct snapshot **job, struct trans_error *err)
{
	struct trans_range place = { 0, 0 };
	int ret = check_args(args, err);

	if (!ret)
		ret = check_aligned(args->save, 1ULL << args->granule,
				    "snapshot: save", err);
	if (!ret)
		ret = check_aligned(args->nosave, 1ULL << args->granule,
				    "snapshot: nosave", err);
	if (!ret)
		ret = make_job(args, job, &place, err);
	if (ret)
		return ret;
	(*job)->args = args;
	(*job)->err = err;
	(*job)->shift = args->granule;
	ret = make_sets(*job, place);
	if (!ret)
		size_buffers(*job);
	return ret;
}

/* A chunk that does not pack takes a page more than it holds. */
static uint64_t slots_needed(const struct snapshot *job)
{
	uint64_t stream = job->meta + job->pages;
	uint64_t entries = MAP_ENTRIES(snapshot_page(job));
	uint64_t slots = stream + 1;

	if (job->args->packing == TRANS_SWSUSP_LZ4)
		slots += (stream + SWSUSP_CHUNK_PAGES - 1) / SWSUSP_CHUNK_PAGES;
	return slots + (slots + entries - 1) / entries;
}

static uint64_t slots_there(const struct snapshot *job)
{
	const struct trans_slots *slots = &job->args->slots;
	uint64_t device = job->args->disk->len >> job->shift;

	if (slots->at)
		return slots->count;
	if (device <= slots->first)
		return 0;
	return slots->count < device - slots->first ? slots->count :
						      device - slots->first;
}

void trans_snapshot_needs_(const struct snapshot *job,
			   struct trans_snapshot_needs *needs)
{
	*needs = (struct trans_snapshot_needs){
		.pages = job->pages,
		.memory = whole_pages(sizeof(*job), job->shift) +
			  job->buffers + (job->pages << job->shift),
		.has_memory = job->lent,
		.slots = slots_needed(job),
		.has_slots = slots_there(job),
	};
}

int trans_snapshot_estimate(const struct trans_snapshot_args *args,
			    struct trans_snapshot_needs *needs,
			    struct trans_error *err)
{
	struct snapshot *job;
	int ret = trans_snapshot_plan_(args, &job, err);

	if (!ret)
		trans_snapshot_needs_(job, needs);
	return ret;
}

static int no_memory(const struct snapshot *job, uint64_t len)
{
	return trans_fail_pa(job->err, TRANS_ENOMEM,
			     "snapshot: too little lent memory", 0, len);
}

static int no_slots(const struct snapshot *job, uint64_t slots)
{
	trans_fail(job->err, TRANS_ENOSPC, "snapshot: swap area too small");
	if (job->err)
		job->err->desc = slots;
	return TRANS_ENOSPC;
}

static void place_buffers(struct snapshot *job, uint8_t *at)
{
	uint64_t page_len = snapshot_page(job);

	job->map = (uint64_t *)(void *)at;
	job->unpacked = at + page_len;
	job->packed = job->unpacked + page_len * SWSUSP_CHUNK_PAGES;
	job->zero = job->packed;
	if (job->args->packing == TRANS_SWSUSP_LZ4)
		job->zero += page_len * PACKED_PAGES;
	memset(job->zero, 0, (job->pages + 7) / 8);
}

int trans_snapshot_carve_(struct snapshot *job)
{
	static const struct trans_range anywhere = { 0, UINT64_MAX };
	struct trans_snapshot_needs needs;
	trans_pa_t pa;
	void *at;

	trans_snapshot_needs_(job, &needs);
	if (needs.memory > needs.has_memory ||
	    trans_ranges_fit(&job->copies, &anywhere, job->buffers,
			     snapshot_page(job), 0, TRANS_FIT_LOWEST, &pa))
		return no_memory(job, needs.memory);
	if (needs.slots > needs.has_slots)
		return no_slots(job, needs.slots);
	if (trans_ranges_remove(&job->copies, pa, job->buffers))
		return trans_fail(job->err, TRANS_ENOSPC,
				  "snapshot: too many ranges");
	at = trans_snapshot_at_(job, pa, job->buffers);
	if (!at)
		return TRANS_EFAULT;
	place_buffers(job, at);
	return 0;
}

void *trans_snapshot_at_(const struct snapshot *job, trans_pa_t pa,
			 uint64_t len)
{
	void *at = job->args->ops->phys_to_virt(job->args->ctx, pa, len);

	if (!at)
		trans_fail_pa(job->err, TRANS_EFAULT, "snapshot: phys_to_virt",
			      pa, len);
	return at;
}

bool trans_snapshot_walk_next_(struct snapshot_walk *walk, uint64_t page_len,
			       trans_pa_t *pa)
{
	const struct trans_range *range;

	if (walk->range < walk->set->count &&
	    walk->at == walk->set->range[walk->range].len) {
		walk->range++;
		walk->at = 0;
	}
	if (walk->range == walk->set->count)
		return false;
	range = &walk->set->range[walk->range];
	*pa = range->start + walk->at;
	walk->at += page_len;
	return true;
}
