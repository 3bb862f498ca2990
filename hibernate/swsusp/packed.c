/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Packed chunks: each is a block of its own, so that one is unpacked on each
 * CPU that there is. What comes of it is looked at in the order of the stream,
 * so that whoever reads sees what one CPU alone would have shown: an error only
 * when what lies before it was given, and the same one.
 */
#include "hibernate/swsusp/reading.h"

/*
 * A chunk, for whoever unpacks it.
 * @held_at: pages that are held before it
 * @crc:     of what came out, begun with what it is here
 * @after:   what moves a CRC past it (trans_crc32_join_)
 * @status, @why: what became of it
 */
struct chunk {
	trans_unpack_fn fn;
	void *ctx;
	unsigned int held_at, held_pages;
	const uint8_t *from;
	size_t len, page_len;
	uint8_t *to;
	size_t room, out;
	bool has_crc;
	uint32_t crc, after;
	int status;
	const char *why;
};

/* Those that are unpacked at a time. The caller's own is the first; the others
 * are in the buffer, for a worker that is lost may look at its own for ever.
 * @straight: so many of them go straight to their room */
struct batch {
	struct chunk own;
	unsigned int count, straight, held_pages;
};

static unsigned int count_of(const struct batch *batch)
{
	return TRANS_ASSUME_NO_WORKERS ? 1 : batch->count;
}

static struct chunk *chunk_of(const struct trans_swsusp *image,
			      struct batch *batch, unsigned int i)
{
	return TRANS_ASSUME_NO_WORKERS || !i ? &batch->own :
					       swsusp_job(image, i);
}

/* Is there one behind the first of which it is known that it is wrong? */
static bool is_late(const struct trans_swsusp *image)
{
	return !TRANS_ASSUME_NO_WORKERS && image->late.status;
}

/* Pages that the @i-th of them has at most, if those before it have as many as
 * can be; 0: there is none. */
static unsigned int largest(const struct trans_swsusp *image, unsigned int i)
{
	uint64_t left = swsusp_stream_pages(image) - image->done;
	uint64_t before = (uint64_t)i * SWSUSP_CHUNK_PAGES;

	if (left <= before)
		return 0;
	return swsusp_least(left - before, SWSUSP_CHUNK_PAGES);
}

/* Reading them */

/* The next chunk, whole, behind @held_at held pages. */
static int hold_chunk(struct trans_swsusp *image, struct chunk *chunk,
		      unsigned int held_at, struct trans_error *err)
{
	unsigned int shift = image->info.page_shift;
	int ret = trans_swsusp_hold_(image, held_at + 1, err);
	uint64_t len;

	if (ret)
		return ret;
	len = trans_le(swsusp_held(image) + swsusp_bytes(image, held_at),
		       SWSUSP_CHUNK_HEADER);
	if (!len || len > SWSUSP_PACKED_MAX(shift))
		return trans_fail(err, TRANS_ECORRUPT,
				  "length of a packed chunk");
	chunk->held_at = held_at;
	chunk->len = (size_t)len;
	chunk->held_pages = (unsigned int)(
		(len + SWSUSP_CHUNK_HEADER - 1) >> shift) + 1;
	return trans_swsusp_hold_(image, held_at + chunk->held_pages, err);
}

/* One for each CPU, as far as the stream goes. What is wrong with another one
 * than the first has time. */
static int hold_batch(struct reading *r, struct batch *batch)
{
	struct trans_swsusp *image = r->image;
	unsigned int most = 1 + swsusp_workers(image), i = 0;

	do {
		struct chunk *chunk = chunk_of(image, batch, i);
		int ret = hold_chunk(image, chunk, batch->held_pages,
				     i ? &image->late : r->err);

		if (ret)
			return i ? 0 : ret;
		batch->held_pages += chunk->held_pages;
		batch->count = ++i;
	} while (i < most && largest(image, i));
	return 0;
}

/* Unpacking them */

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

/* On any CPU. */
static void unpack(void *job)
{
	struct chunk *chunk = job;
	size_t out = 0;

	chunk->why = "unpacking a chunk";
	chunk->status = unpack_status(chunk->fn(chunk->ctx, chunk->from,
						chunk->len, chunk->to,
						chunk->room, &out));
	chunk->out = out;
	if (chunk->status)
		return;
	if (!out || out > chunk->room || out & (chunk->page_len - 1)) {
		chunk->why = "a chunk that is not whole pages";
		chunk->status = TRANS_ECORRUPT;
		return;
	}
	if (!chunk->has_crc)
		return;
	chunk->crc = trans_crc32(chunk->crc, chunk->to, out);
	if (!TRANS_ASSUME_NO_WORKERS)
		chunk->after = trans_crc32_after_(out);
}

static void aim(const struct trans_swsusp *image, unsigned int i,
		struct chunk *chunk)
{
	const struct trans_unpackers *u = &image->args.unpack;

	chunk->fn = image->info.packing == TRANS_SWSUSP_LZO ? u->lzo : u->lz4;
	chunk->ctx = u->ctx;
	chunk->from = swsusp_held(image) + SWSUSP_CHUNK_HEADER +
		      swsusp_bytes(image, chunk->held_at);
	chunk->page_len = swsusp_bytes(image, 1);
	chunk->room = swsusp_bytes(image, largest(image, i));
	chunk->has_crc = image->info.has_crc;
	chunk->crc = i ? 0 : image->crc;
}

/* To their room as far as that takes the largest that they can be, the others
 * into the buffer. */
static void aim_batch(struct reading *r, struct batch *batch)
{
	struct trans_swsusp *image = r->image;
	uint8_t *to = r->to, *end = to + swsusp_bytes(image, r->room_pages);

	batch->straight = count_of(batch);
	for (unsigned int i = 0; i < count_of(batch); i++) {
		struct chunk *chunk = chunk_of(image, batch, i);

		aim(image, i, chunk);
		if (i < batch->straight && chunk->room > (size_t)(end - to)) {
			batch->straight = i;
			to = swsusp_unpacked(image);
		}
		chunk->to = to;
		to += chunk->room;
	}
}

/* Taking what came out */

/* The @i-th of them, of which nothing is wrong. */
static int take_chunk(struct reading *r, const struct batch *batch,
		      const struct chunk *chunk, unsigned int i)
{
	struct trans_swsusp *image = r->image;
	unsigned int pages =
		(unsigned int)(chunk->out >> image->info.page_shift);

	swsusp_drop_held(image, chunk->held_pages);
	if (chunk->has_crc)
		image->crc = i ? trans_crc32_join_(image->crc, chunk->after,
						   chunk->crc) :
				 chunk->crc;
	if (i >= batch->straight) {
		image->unpacked += pages;
		return 0;
	}
	trans_swsusp_filled_(r, pages);
	return count_of(batch) > 1 ? trans_swsusp_tell_(r) : 0;
}

/* Up to the first that is less than it may have been: those behind it are
 * larger, or were to go elsewhere, and are unpacked anew. */
static int take_batch(struct reading *r, struct batch *batch)
{
	struct trans_swsusp *image = r->image;
	int ret = 0;

	image->unpacked = 0;
	image->taken = 0;
	for (unsigned int i = 0; !ret && i < count_of(batch); i++) {
		const struct chunk *chunk = chunk_of(image, batch, i);

		if (chunk->status) {
			ret = trans_fail(i ? &image->late : r->err,
					 chunk->status, chunk->why);
			return i ? 0 : ret;
		}
		ret = take_chunk(r, batch, chunk, i);
		if (TRANS_ASSUME_NO_WORKERS || chunk->out == chunk->room)
			continue;
		image->late.status = 0;
		break;
	}
	return ret;
}

/* What was wrong with one that came behind others: they have been given. */
static int fail_late(struct reading *r)
{
	if (r->err)
		*r->err = r->image->late;
	return r->image->late.status;
}

static int read_batch(struct reading *r)
{
	struct trans_swsusp *image = r->image;
	struct batch batch = { .count = 0 };
	int ret;

	if (is_late(image))
		return fail_late(r);
	ret = hold_batch(r, &batch);
	if (!ret)
		ret = trans_swsusp_room_(r, (uint64_t)count_of(&batch) *
						    SWSUSP_CHUNK_PAGES);
	if (ret)
		return ret;
	trans_swsusp_start_ahead_(image);
	aim_batch(r, &batch);
	ret = swsusp_divide(image, unpack, &batch.own, count_of(&batch),
				   r->err);
	return ret ? ret : take_batch(r, &batch);
}

int trans_swsusp_read_packed_(struct reading *r)
{
	struct trans_swsusp *image = r->image;
	unsigned int count, left = image->unpacked - image->taken;
	int ret;

	if (!left)
		return read_batch(r);
	ret = trans_swsusp_copy_out_(r, swsusp_unpacked(image) +
				     swsusp_bytes(image, image->taken),
				     swsusp_least(left, SWSUSP_CHUNK_PAGES),
				     &count);
	if (!ret)
		image->taken += count;
	return ret;
}
