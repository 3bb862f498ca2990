/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The stream behind the info page, into rooms that the caller names: raw pages,
 * or chunks to unpack. Pages go straight where they belong if enough of them
 * fit side by side; otherwise through the buffer, so that reads stay large
 * although the places are small.
 */
#include "hibernate/swsusp.h"
#include "lib/numbers.h"

/* Raw pages, in bytes, that are worth a read of their own: a copy costs less
 * than a disk's answer to a short read. */
#define STRAIGHT (128u << 10)

/* One call of trans_swsusp_read. */
struct reading {
	struct trans_swsusp *image;
	uint64_t left; /* pages of this call */
	trans_swsusp_room_fn room;
	void *ctx;
	uint8_t *to; /* the rest of the room in use */
	unsigned int room_pages;
	struct trans_error *err;
};

static uint64_t stream_pages(const struct trans_swsusp *image)
{
	return image->info.pages - 1;
}

static unsigned int least(uint64_t a, uint64_t b)
{
	return (unsigned int)trans_least(a, b);
}

/* Room for at least one page, @wish if it is to be had. */
static int get_room(struct reading *r, uint64_t wish)
{
	unsigned int most = least(wish, r->left), count = most;

	if (r->room_pages)
		return 0;
	r->to = r->room(r->ctx, &count);
	if (!r->to || !count || count > most)
		return trans_fail(r->err, TRANS_EFAULT,
				  "no room for a page of the image");
	r->room_pages = count;
	return 0;
}

/* Pages have reached their room. */
static void filled(struct reading *r, unsigned int count)
{
	r->to += swsusp_bytes(r->image, count);
	r->room_pages -= count;
	r->left -= count;
	r->image->done += count;
}

static int copy_out(struct reading *r, const uint8_t *from, unsigned int most,
		    unsigned int *count)
{
	int ret = get_room(r, most);

	if (ret)
		return ret;
	*count = least(most, r->room_pages);
	memcpy(r->to, from, swsusp_bytes(r->image, *count));
	filled(r, *count);
	return 0;
}

/* Pages read ahead */

static uint8_t *held(const struct trans_swsusp *image)
{
	return swsusp_buffer(image, SWSUSP_AT_HELD + image->held_at);
}

static void drop_held(struct trans_swsusp *image, unsigned int count)
{
	image->held_at += count;
	image->held -= count;
}

/* What is held moves to the front, and what lies side by side on the disk with
 * the page that comes next is read behind it, @most pages of it. */
static int read_ahead(struct trans_swsusp *image, unsigned int most,
		      struct trans_error *err)
{
	struct swsusp_run run;
	int ret;

	memmove(swsusp_buffer(image, SWSUSP_AT_HELD), held(image),
		swsusp_bytes(image, image->held));
	image->held_at = 0;
	ret = trans_swsusp_next_run_(image, most, &run, err);
	if (ret)
		return ret;
	ret = trans_swsusp_read_pages_(
		image, run.page, run.count,
		held(image) + swsusp_bytes(image, image->held), err);
	if (ret)
		return ret;
	image->held += run.count;
	swsusp_used(image, run.count);
	return 0;
}

/* In pages, of what may be read at once. */
static unsigned int read_limit(const struct trans_swsusp *image)
{
	return TRANS_BLOCK_MAX >> image->info.page_shift;
}

static int hold(struct trans_swsusp *image, unsigned int pages,
		struct trans_error *err)
{
	int ret = 0;

	while (!ret && image->held < pages)
		ret = read_ahead(image,
				 least(SWSUSP_HELD_PAGES - image->held,
				       read_limit(image)),
				 err);
	return ret;
}

/* Raw */

/* The run that comes next: straight to its room if that takes it all or is
 * large, else into the buffer. */
static int read_raw_run(struct reading *r)
{
	struct trans_swsusp *image = r->image;
	unsigned int most = least(stream_pages(image) - image->done,
				  read_limit(image));
	struct swsusp_run run;
	int ret = trans_swsusp_next_run_(image, most, &run, r->err);

	if (!ret)
		ret = get_room(r, run.count);
	if (ret)
		return ret;
	if (r->room_pages < run.count &&
	    swsusp_bytes(image, r->room_pages) < STRAIGHT)
		return read_ahead(image, least(run.count, SWSUSP_HELD_PAGES),
				  r->err);
	run.count = least(run.count, r->room_pages);
	ret = trans_swsusp_read_pages_(image, run.page, run.count, r->to,
				       r->err);
	if (ret)
		return ret;
	swsusp_used(image, run.count);
	filled(r, run.count);
	return 0;
}

static int read_raw(struct reading *r)
{
	struct trans_swsusp *image = r->image;
	unsigned int count;
	int ret;

	if (!image->held)
		return read_raw_run(r);
	ret = copy_out(r, held(image), image->held, &count);
	if (!ret)
		drop_held(image, count);
	return ret;
}

/* Packed */

/* A packed chunk, and what becomes of it. */
struct chunk {
	const uint8_t *from;
	size_t len;
	unsigned int held_pages;
	uint8_t *to;
	unsigned int most, pages;
};

/* The next chunk, whole, at the front of what is held. */
static int hold_chunk(struct reading *r, struct chunk *chunk)
{
	struct trans_swsusp *image = r->image;
	unsigned int shift = image->info.page_shift;
	int ret = hold(image, 1, r->err);
	uint64_t len;

	if (ret)
		return ret;
	len = trans_le(held(image), SWSUSP_CHUNK_HEADER);
	if (!len || len > SWSUSP_PACKED_MAX(shift))
		return trans_fail(r->err, TRANS_ECORRUPT,
				  "length of a packed chunk");
	chunk->len = (size_t)len;
	chunk->held_pages = (unsigned int)(
		(len + SWSUSP_CHUNK_HEADER - 1) >> shift) + 1;
	ret = hold(image, chunk->held_pages, r->err);
	chunk->from = held(image) + SWSUSP_CHUNK_HEADER;
	return ret;
}

static int unpack_status(int ret)
{
	switch (ret) {
	case 0:
	case TRANS_ENOMEM:
	case TRANS_ESTOPPED:
		return ret;
	case TRANS_ETRUNC:
	case TRANS_ECORRUPT:
	case TRANS_ENOSPC:
		return TRANS_ECORRUPT;
	default:
		return TRANS_EHOST;
	}
}

static int unpack(struct reading *r, struct chunk *chunk)
{
	struct trans_swsusp *image = r->image;
	const struct trans_unpackers *u = &image->args.unpack;
	trans_unpack_fn fn = image->info.packing == TRANS_SWSUSP_LZO ? u->lzo :
								       u->lz4;
	size_t room = swsusp_bytes(image, chunk->most), out = 0;
	int ret = unpack_status(
		fn(u->ctx, chunk->from, chunk->len, chunk->to, room, &out));

	if (ret)
		return trans_fail(r->err, ret, "unpacking a chunk");
	if (!out || out > room || out & (swsusp_bytes(image, 1) - 1))
		return trans_fail(r->err, TRANS_ECORRUPT,
				  "a chunk that is not whole pages");
	chunk->pages = (unsigned int)(out >> image->info.page_shift);
	if (image->info.has_crc)
		image->crc = trans_crc32(image->crc, chunk->to, out);
	return 0;
}

/* To its room if that takes the largest that it can be, else into the
 * buffer. */
static int place_chunk(struct reading *r, struct chunk *chunk)
{
	struct trans_swsusp *image = r->image;
	bool straight;
	int ret;

	chunk->most = least(stream_pages(image) - image->done,
			    SWSUSP_CHUNK_PAGES);
	ret = get_room(r, chunk->most);
	if (ret)
		return ret;
	straight = r->room_pages >= chunk->most;
	chunk->to = straight ? r->to :
			       swsusp_buffer(image, SWSUSP_AT_UNPACKED);
	ret = unpack(r, chunk);
	if (ret)
		return ret;
	image->unpacked = straight ? 0 : chunk->pages;
	image->taken = 0;
	if (straight)
		filled(r, chunk->pages);
	return 0;
}

static int read_chunk(struct reading *r)
{
	struct chunk chunk = { 0 };
	int ret = hold_chunk(r, &chunk);

	if (!ret)
		ret = place_chunk(r, &chunk);
	if (!ret)
		drop_held(r->image, chunk.held_pages);
	return ret;
}

static int read_packed(struct reading *r)
{
	struct trans_swsusp *image = r->image;
	unsigned int count;
	int ret;

	if (image->taken == image->unpacked)
		return read_chunk(r);
	ret = copy_out(r,
		       swsusp_buffer(image, SWSUSP_AT_UNPACKED + image->taken),
		       image->unpacked - image->taken, &count);
	if (!ret)
		image->taken += count;
	return ret;
}

/* Both */

/* How many pages may be read without a word: a MiB, or less of a small
 * image. */
static uint64_t told_each(const struct trans_swsusp *image)
{
	uint64_t most = (1ULL << 20) >> image->info.page_shift;
	uint64_t part = stream_pages(image) / 32 + 1;

	return part < most ? part : most;
}

static int tell(const struct reading *r, uint64_t before)
{
	const struct trans_swsusp *image = r->image;
	const struct trans_swsusp_args *args = &image->args;
	uint64_t done = image->done, all = stream_pages(image);
	uint64_t each = told_each(image);

	if (!args->progress || (before / each == done / each &&
				(done < all || before == done)))
		return 0;
	if (args->progress(args->progress_ctx, done, all))
		return trans_fail(r->err, TRANS_ESTOPPED, "progress");
	return 0;
}

static int check_crc(const struct trans_swsusp *image, struct trans_error *err)
{
	if (image->done < stream_pages(image) || !image->info.has_crc ||
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
	if (r->left > stream_pages(image) - image->done)
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

int trans_swsusp_read(struct trans_swsusp *image, uint64_t pages,
		      trans_swsusp_room_fn room, void *ctx,
		      struct trans_error *err)
{
	struct reading r = { image, pages, room, ctx, NULL, 0, err };
	int ret = check_read(&r);

	if (ret)
		return ret;
	while (!ret && r.left) {
		uint64_t before = image->done;

		ret = image->info.packing == TRANS_SWSUSP_RAW ? read_raw(&r) :
								read_packed(&r);
		if (!ret)
			ret = tell(&r, before);
	}
	if (!ret && pages)
		ret = check_crc(image, err);
	image->failed = ret != 0;
	return ret;
}
