/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The stream behind the info page, into rooms that the caller names: raw pages,
 * or chunks to unpack. Pages go straight where they belong if enough of them
 * fit side by side; otherwise through the buffer, so that reads stay large
 * although the places are small.
 */
#include "hibernate/swsusp/reading.h"

/* Raw pages, in bytes, that are worth a read of their own: a copy costs less
 * than a disk's answer to a short read. */
#define STRAIGHT (128u << 10)

/* Raw */

/* The run that comes next: straight to its room if that takes it all or is
 * large, else into the buffer. */
static int read_raw_run(struct reading *r)
{
	struct trans_swsusp *image = r->image;
	uint64_t left = swsusp_stream_pages(image) - image->done;
	unsigned int most = swsusp_least(left, swsusp_read_limit(image));
	struct swsusp_run run;
	int ret = trans_swsusp_next_run_(image, most, &run, r->err);

	if (!ret)
		ret = trans_swsusp_room_(r, run.count);
	if (ret)
		return ret;
	if (r->room_pages < run.count &&
	    swsusp_bytes(image, r->room_pages) < STRAIGHT)
		return trans_swsusp_read_ahead_(
			image, swsusp_least(run.count, SWSUSP_HELD_PAGES),
			r->err);
	run.count = swsusp_least(run.count, r->room_pages);
	ret = trans_swsusp_read_pages_(image, run.page, run.count, r->to,
				       r->err);
	if (ret)
		return ret;
	swsusp_used(image, run.count);
	trans_swsusp_filled_(r, run.count);
	return 0;
}

static int read_raw(struct reading *r)
{
	struct trans_swsusp *image = r->image;
	unsigned int count;
	int ret;

	if (!image->held)
		return read_raw_run(r);
	ret = trans_swsusp_copy_out_(r, swsusp_held(image), image->held,
				     &count);
	if (!ret)
		swsusp_drop_held(image, count);
	return ret;
}

/* Both */

static int check_crc(const struct trans_swsusp *image, struct trans_error *err)
{
	if (image->done < swsusp_stream_pages(image) || !image->info.has_crc ||
	    image->crc == image->info.crc)
		return 0;
	trans_fail(err, TRANS_ECORRUPT, "CRC of the image");
	if (err)
		err->desc = image->crc;
	return TRANS_ECORRUPT;
}

static int check_read(const struct reading *r)
{
	const struct trans_swsusp *image = r->image;
	const struct trans_unpackers *u = &image->args.unpack;

	if (!image->info.pages || image->failed)
		return trans_fail(r->err, TRANS_EINVAL,
				  "not an open image, or a read of it failed");
	if (r->left > swsusp_stream_pages(image) - image->done)
		return trans_fail(r->err, TRANS_EINVAL,
				  "more pages than the image has left");
	if (image->info.packing == TRANS_SWSUSP_LZO && !u->lzo)
		return trans_fail(r->err, TRANS_EIMAGE,
				  "packed with LZO, and there is no unpacker");
	if (image->info.packing == TRANS_SWSUSP_LZ4 && !u->lz4)
		return trans_fail(r->err, TRANS_EIMAGE,
				  "packed with LZ4, and there is no unpacker");
	return 0;
}

/* A read that is under way ends before the caller can take back what it reads
 * into. Those of which nobody needed the pages may fail; but not if that may
 * happen later. */
static int end_reads(struct trans_swsusp *image, int ret,
		     struct trans_error *err)
{
	if (!swsusp_reads_early(image) ||
	    trans_swsusp_end_ahead_(image, NULL) != TRANS_ELOST)
		return ret;
	return trans_swsusp_end_ahead_(image, err);
}

int trans_swsusp_read(struct trans_swsusp *image, uint64_t pages,
		      trans_swsusp_room_fn room, void *ctx,
		      struct trans_error *err)
{
	struct reading r = { .image = image, .left = pages, .told = image->done,
			     .room = room, .ctx = ctx, .err = err };
	int ret = check_read(&r);

	if (ret)
		return ret;
	while (!ret && r.left) {
		ret = image->info.packing == TRANS_SWSUSP_RAW ?
			      read_raw(&r) :
			      trans_swsusp_read_packed_(&r);
		if (!ret)
			ret = trans_swsusp_tell_(&r);
	}
	if (!ret && pages)
		ret = check_crc(image, err);
	ret = end_reads(image, ret, err);
	image->failed = ret != 0;
	return ret;
}
