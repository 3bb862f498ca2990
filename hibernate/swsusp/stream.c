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

int trans_swsusp_read_ahead_(struct trans_swsusp *image, unsigned int most,
			     struct trans_error *err)
{
	struct swsusp_run run;
	int ret;

	memmove(swsusp_buffer(image, SWSUSP_AT_HELD), swsusp_held(image),
		swsusp_bytes(image, image->held));
	image->held_at = 0;
	ret = trans_swsusp_next_run_(image, most, &run, err);
	if (ret)
		return ret;
	ret = trans_swsusp_read_pages_(
		image, run.page, run.count,
		swsusp_held(image) + swsusp_bytes(image, image->held), err);
	if (ret)
		return ret;
	image->held += run.count;
	swsusp_used(image, run.count);
	return 0;
}

int trans_swsusp_hold_(struct trans_swsusp *image, unsigned int pages,
		       struct trans_error *err)
{
	int ret = 0;

	while (!ret && image->held < pages)
		ret = trans_swsusp_read_ahead_(
			image,
			swsusp_least(swsusp_held_pages(image) - image->held,
			      swsusp_read_limit(image)),
			err);
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
