/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * The swap header: whether there is a swap area to write to, and the signature
 * that turns what was written there into an image.
 *
 * Everything that the header says of an image lies in the last 40 bytes of its
 * page, so one sector takes it, and one sector is written as a whole or not at
 * all: that is the commit.
 */
#include "hibernate/snapshot/private.h"
#include "hibernate/swsusp.h"

/* union swap_header, from the start of the page. */
#define SWAP_VERSION 1024
#define SWAP_LAST_PAGE 1028
#define SWAP_BAD_PAGES 1032

static const uint8_t swap_signature[SWSUSP_SIG_LEN] = "SWAPSPACE2";
static const uint8_t image_signature[SWSUSP_SIG_LEN] = SWSUSP_MAGIC;

static bool is(const uint8_t *page_end, const uint8_t *signature)
{
	return !memcmp(page_end - SWSUSP_SIG, signature, SWSUSP_SIG_LEN);
}

static int refuse_disk(const struct snapshot *job, int status, const char *why)
{
	return trans_fail_pa(job->err, status, why,
			     job->args->offset << job->shift,
			     snapshot_page(job));
}

/* A swap file's last page says nothing of where the file lies on the device. */
static void bound_slots(struct snapshot *job, const uint8_t *header)
{
	uint64_t last = trans_le(header + SWAP_LAST_PAGE, 4);

	job->limit = job->args->disk->len >> job->shift;
	if (!job->args->offset && last + 1 < job->limit)
		job->limit = last + 1;
}

static int check_size(const struct snapshot *job)
{
	const struct trans_slots *slots = &job->args->slots;
	struct trans_snapshot_needs needs;

	trans_snapshot_needs_(job, &needs);
	if (slots->at || slots->first + needs.slots <= job->limit)
		return 0;
	refuse_disk(job, TRANS_ENOSPC, "snapshot: swap area too small");
	if (job->err)
		job->err->desc = needs.slots;
	return TRANS_ENOSPC;
}

static const char *no_swap_area(const uint8_t *header, uint64_t page_len)
{
	if (is(header + page_len, image_signature))
		return "snapshot: an image is there already";
	if (!is(header + page_len, swap_signature))
		return "snapshot: no swap area for pages of this size";
	if (trans_le(header + SWAP_VERSION, 4) != 1)
		return "snapshot: version of the swap area";
	if (trans_le(header + SWAP_BAD_PAGES, 4))
		return "snapshot: the swap area has bad pages";
	return NULL;
}

int trans_snapshot_check_disk_(struct snapshot *job)
{
	const struct trans_block *disk = job->args->disk;
	uint64_t page_len = snapshot_page(job);
	uint8_t *header = job->unpacked;
	const char *why;

	if (job->args->offset >= disk->len >> job->shift)
		return refuse_disk(job, TRANS_EIMAGE,
				   "snapshot: no such page on the disk");
	if (disk->read(disk->ctx, job->args->offset << job->shift, header,
		       page_len))
		return refuse_disk(job, TRANS_EHOST, "snapshot: read");
	why = no_swap_area(header, page_len);
	if (why)
		return refuse_disk(job, TRANS_EIMAGE, why);
	bound_slots(job, header);
	return check_size(job);
}

/* @end: of the sector, which is that of the page. */
static void sign(const struct snapshot *job, uint8_t *end)
{
	bool packed = job->args->packing == TRANS_SWSUSP_LZ4;

	trans_put_le(end - SWSUSP_HARDWARE, 0, 4);
	trans_put_le(end - SWSUSP_CRC, packed ? job->crc : 0, 4);
	trans_put_le(end - SWSUSP_IMAGE, job->first_map, 8);
	trans_put_le(end - SWSUSP_FLAGS,
	       packed ? SWSUSP_CRC32 | SWSUSP_LZ4 : SWSUSP_NOCOMPRESS, 4);
	memcpy(end - SWSUSP_ORIG_SIG, end - SWSUSP_SIG, SWSUSP_SIG_LEN);
	memcpy(end - SWSUSP_SIG, image_signature, SWSUSP_SIG_LEN);
}

/* Write, make it durable, and see it there. */
static const char *put_sector(const struct snapshot *job, uint64_t offset,
			      const uint8_t *sector, uint8_t *back)
{
	const struct trans_block *disk = job->args->disk;
	size_t len = (size_t)1 << disk->sector_shift;

	if (disk->write(disk->ctx, offset, sector, len))
		return "snapshot: write of the signature";
	if (disk->flush(disk->ctx))
		return "snapshot: flush of the signature";
	if (disk->read(disk->ctx, offset, back, len))
		return "snapshot: read back of the signature";
	if (memcmp(sector, back, len))
		return "snapshot: signature not as written";
	return NULL;
}

/* The three sectors in the buffers begin pages, as the disk wants them. */
int trans_snapshot_commit_(struct snapshot *job)
{
	const struct trans_block *disk = job->args->disk;
	size_t len = (size_t)1 << disk->sector_shift;
	uint64_t offset = ((job->args->offset + 1) << job->shift) - len;
	uint8_t *old = job->unpacked, *now = old + snapshot_page(job);
	uint8_t *back = now + snapshot_page(job);
	const char *why;

	if (disk->read(disk->ctx, offset, old, len))
		return refuse_disk(job, TRANS_EHOST, "snapshot: read");
	if (!is(old + len, swap_signature))
		return refuse_disk(job, TRANS_EIMAGE,
				   "snapshot: the swap area went away");
	memcpy(now, old, len);
	sign(job, now + len);
	why = put_sector(job, offset, now, back);
	if (why && put_sector(job, offset, old, back))
		why = "signature neither committed nor taken back";
	return why ? refuse_disk(job, TRANS_EHOST, why) : 0;
}
