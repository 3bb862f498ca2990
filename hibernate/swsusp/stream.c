/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * What raw pages and chunks have in common on their way: rooms, pages that were
 * read ahead of their use, progress.
 */
#include "hibernate/swsusp/reading.h"

int trans_swsusp_room_(struct reading *r, uint64_t wish)
{
	unsigned int most = swsusp_least(wish, r->left), count = most;

	if (r->room_pages)
		return 0;
	r->to = r->room(r->ctx, &count);
	if (!r->to || !count || count > most)
		return trans_fail(r->err, TRANS_EFAULT,
				  "no room for a page of the image");
	r->room_pages = count;
	return 0;
}

void trans_swsusp_filled_(struct reading *r, unsigned int count)
{
	r->to += swsusp_bytes(r->image, count);
	r->room_pages -= count;
	r->left -= count;
	r->image->done += count;
}

int trans_swsusp_copy_out_(struct reading *r, const uint8_t *from,
			   unsigned int most, unsigned int *count)
{
	int ret = trans_swsusp_room_(r, most);

	if (ret)
		return ret;
	*count = swsusp_least(most, r->room_pages);
	memcpy(r->to, from, swsusp_bytes(r->image, *count));
	trans_swsusp_filled_(r, *count);
	return 0;
}

/* Pages read ahead */

static void move_to_front(struct trans_swsusp *image)
{
	if (!image->held_at)
		return;
	memmove(swsusp_buffer(image, SWSUSP_AT_HELD), swsusp_held(image),
		swsusp_bytes(image, image->held));
	image->held_at = 0;
}

static uint8_t *behind_held(const struct trans_swsusp *image)
{
	return swsusp_held(image) + swsusp_bytes(image, image->held);
}

/* Pages that it takes at once. */
static unsigned int room_behind(const struct trans_swsusp *image)
{
	return swsusp_least(swsusp_held_pages(image) - image->held,
			    swsusp_read_limit(image));
}

int trans_swsusp_read_ahead_(struct trans_swsusp *image, unsigned int most,
			     struct trans_error *err)
{
	struct swsusp_run run;
	int ret;

	move_to_front(image);
	ret = trans_swsusp_next_run_(image, most, &run, err);
	if (ret)
		return ret;
	ret = trans_swsusp_read_pages_(image, run.page, run.count,
				       behind_held(image), err);
	if (ret)
		return ret;
	image->held += run.count;
	swsusp_used(image, run.count);
	return 0;
}

/* Pages that are worth a read of their own beside the unpacking, and a move of
 * what is held to the front: with fewer, that would be moved for each chunk.
 * What is unpacked is held meanwhile. So of 67 pages, as one CPU holds, chunks
 * of 23 and more leave that room behind the first, and shorter ones of at least
 * 12 behind the second, which is there without a read: 23 is the most at which
 * chunks of each length have early reads. */
#define AHEAD_LEAST 23u

/* The next map is left to whoever needs it: what is wrong with that is found
 * behind all that comes before it. */
static bool may_start(const struct trans_swsusp *image)
{
	return !TRANS_ASSUME_NO_EARLY && image->args.disk->read_start &&
	       !image->ahead.count &&
	       image->slot < swsusp_slots(image) &&
	       room_behind(image) >= AHEAD_LEAST;
}

void trans_swsusp_start_ahead_(struct trans_swsusp *image)
{
	const struct trans_block *disk = image->args.disk;
	struct swsusp_run run;

	if (!may_start(image) ||
	    trans_swsusp_next_run_(image, room_behind(image), &run, NULL))
		return;
	move_to_front(image);
	if (disk->read_start(disk->ctx, run.page << image->info.page_shift,
			     behind_held(image),
			     swsusp_bytes(image, run.count)))
		return;
	image->ahead.page = run.page;
	image->ahead.count = run.count;
	image->ahead.runs = true;
	swsusp_used(image, run.count);
}

int trans_swsusp_end_ahead_(struct trans_swsusp *image, struct trans_error *err)
{
	const struct trans_block *disk = image->args.disk;

	if (image->ahead.runs)
		image->ahead.status = disk->read_wait(disk->ctx);
	image->ahead.runs = false;
	if (image->ahead.status)
		return trans_swsusp_disk_failed_(image, image->ahead.status,
						 image->ahead.page,
						 image->ahead.count, err);
	image->held += image->ahead.count;
	image->ahead.count = 0;
	return 0;
}

int trans_swsusp_hold_(struct trans_swsusp *image, unsigned int pages,
		       struct trans_error *err)
{
	int ret = 0;

	while (!ret && image->held < pages)
		ret = swsusp_reads_early(image) ?
			      trans_swsusp_end_ahead_(image, err) :
			      trans_swsusp_read_ahead_(image,
						       room_behind(image), err);
	return ret;
}

/* Progress */

/* How many pages may be read without a word: a MiB, or less of a small
 * image. */
static uint64_t told_each(const struct trans_swsusp *image)
{
	uint64_t most = (1ULL << 20) >> image->info.page_shift;
	uint64_t part = swsusp_stream_pages(image) / 32 + 1;

	return part < most ? part : most;
}

int trans_swsusp_tell_(struct reading *r)
{
	const struct trans_swsusp *image = r->image;
	const struct trans_swsusp_args *args = &image->args;
	uint64_t before = r->told;
	uint64_t done = image->done, all = swsusp_stream_pages(image);
	uint64_t each = told_each(image);

	r->told = done;
	if (!args->progress || (before / each == done / each &&
				(done < all || before == done)))
		return 0;
	if (args->progress(args->progress_ctx, done, all))
		return trans_fail(r->err, TRANS_ESTOPPED, "progress");
	return 0;
}
