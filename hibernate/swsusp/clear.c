/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * At most once: the signature goes before memory does. Only the sector that
 * holds it is ever written, because a sector is what a disk writes as a whole
 * or not at all.
 */
#include "hibernate/swsusp.h"

/* The sector with the header, at the front of the buffer as it was, and behind
 * that as it is to be; a third place to read it back to. */
struct sector {
	const struct trans_block *disk;
	uint64_t offset;
	size_t len;
	uint8_t *was, *wanted, *back;
};

static struct sector sector_of(const struct trans_swsusp *image)
{
	const struct trans_block *disk = image->args.disk;
	size_t len = (size_t)1 << disk->sector_shift;
	uint64_t end = (image->args.offset + 1) << image->info.page_shift;

	/* A sector is a page at most, so these are places in the buffer. */
	return (struct sector){
		.disk = disk, .offset = end - len, .len = len,
		.was = swsusp_buffer(image, 0),
		.wanted = swsusp_buffer(image, 1),
		.back = swsusp_buffer(image, 2),
	};
}

static int fail(const struct sector *s, const char *why,
		struct trans_error *err)
{
	return trans_fail_pa(err, TRANS_EHOST, why, s->offset, s->len);
}

static bool reads_as(const struct sector *s, const uint8_t *content)
{
	const struct trans_block *disk = s->disk;

	/* Not what a read that does nothing would leave. */
	memset(s->back, ~content[0], s->len);
	return !disk->read(disk->ctx, s->offset, s->back, s->len) &&
	       !memcmp(s->back, content, s->len);
}

/* How far it came. */
enum step { WRITE, FLUSH, READ_BACK, DONE };

static enum step commit(const struct sector *s, const uint8_t *content)
{
	const struct trans_block *disk = s->disk;

	if (disk->write(disk->ctx, s->offset, content, s->len))
		return WRITE;
	if (disk->flush(disk->ctx))
		return FLUSH;
	return reads_as(s, content) ? DONE : READ_BACK;
}

static int failed_at(const struct sector *s, enum step step,
		     struct trans_error *err)
{
	if (step == WRITE)
		return fail(s, "write of the signature", err);
	if (step == FLUSH)
		return fail(s, "flush of the signature", err);
	return fail(s, "signature read back", err);
}

static int read_sector(struct trans_swsusp *image, struct sector *s,
		       struct trans_error *err)
{
	const struct trans_block *disk = image->args.disk;

	*s = sector_of(image);
	if (!disk->write)
		return fail(s, "the disk is read-only", err);
	/* The buffer held a swap map: nothing can be read any more. */
	image->failed = true;
	if (disk->read(disk->ctx, s->offset, s->was, s->len))
		return fail(s, "disk read", err);
	memcpy(s->wanted, s->was, s->len);
	return 0;
}

/* Is it the sector that was opened? */
static int check_header(const struct trans_swsusp *image,
			const struct sector *s, struct trans_error *err)
{
	if (swsusp_sector_crc(image, s->was + s->len) == image->header_crc)
		return 0;
	return trans_fail_pa(err, TRANS_ESTALE,
			     "the swap header is not the image's any more",
			     s->offset, s->len);
}

/* What was goes back. Whether the write says so or not: what counts is that a
 * flush behind it is done and that the sector reads as it was, which holds of a
 * disk that never took anything too. */
static int take_back(const struct sector *s, enum step step,
		     struct trans_error *err)
{
	const struct trans_block *disk = s->disk;

	(void)disk->write(disk->ctx, s->offset, s->was, s->len);
	if (!disk->flush(disk->ctx) && reads_as(s, s->was))
		return failed_at(s, step, err);
	return fail(s, "signature neither cleared nor restored", err);
}

int trans_swsusp_take_off_(struct trans_swsusp *image, struct trans_error *err)
{
	const uint8_t *orig;
	enum step step;
	struct sector s;
	int ret = read_sector(image, &s, err);

	if (!ret)
		ret = check_header(image, &s, err);
	if (ret)
		return ret;
	orig = s.was + s.len - SWSUSP_ORIG_SIG;
	if (!trans_swsusp_is_swap_(orig))
		return trans_fail_pa(err, TRANS_EIMAGE,
				     "the signature to put back is none of "
				     "swap", s.offset, s.len);
	memcpy(s.wanted + s.len - SWSUSP_SIG, orig, SWSUSP_SIG_LEN);
	step = commit(&s, s.wanted);
	return step == DONE ? 0 : take_back(&s, step, err);
}

int trans_swsusp_clear(struct trans_swsusp *image, struct trans_error *err)
{
	if (!image->info.pages)
		return trans_fail(err, TRANS_EINVAL, "not an open image");
	return trans_swsusp_take_off_(image, err);
}
