/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Writing a snapshot in the format of Linux's swsusp: info page, metadata, data
 * as one stream of pages, raw or in chunks, into the slots that are given, with
 * swap maps in between that say which.
 *
 * Facts: Linux, kernel/power/{power.h,swap.c,snapshot.c},
 * arch/arm64/kernel/hibernate.c; docs/hibernate.md.
 */
#include "hibernate/snapshot/private.h"
#include "hibernate/swsusp.h"

#define ZERO_PAGE (1ULL << 63)
#define END_OF_METADATA UINT64_MAX

static int disk_failed(const struct snapshot *job, const char *why,
		       uint64_t slot)
{
	return trans_fail_pa(job->err, TRANS_EHOST, why, slot << job->shift,
			     snapshot_page(job));
}

static int write_pages(const struct snapshot *job, uint64_t slot,
		       const void *data, uint64_t count)
{
	const struct trans_block *disk = job->args->disk;

	if (disk->write(disk->ctx, slot << job->shift, data,
			count << job->shift))
		return disk_failed(job, "snapshot: write", slot);
	return 0;
}

/* Slots and maps */

static int next_slot(struct snapshot *job, uint64_t *slot)
{
	const struct trans_slots *slots = &job->args->slots;

	if (job->slots == slots->count)
		return trans_fail(job->err, TRANS_ENOSPC,
				  "snapshot: out of slots");
	*slot = slots->first + job->slots;
	if (slots->at && slots->at(slots->ctx, job->slots, slot))
		return trans_fail(job->err, TRANS_EHOST, "snapshot: slots.at");
	job->slots++;
	if (*slot && *slot < job->limit && *slot != job->args->offset)
		return 0;
	trans_fail(job->err, TRANS_ERANGE,
		   "snapshot: a slot outside the swap area");
	if (job->err)
		job->err->desc = *slot;
	return TRANS_ERANGE;
}

/* The last entry of a map is the place of the next one. */
static int begin_map(struct snapshot *job)
{
	uint64_t entries = MAP_ENTRIES(snapshot_page(job)), slot = 0;
	int ret = next_slot(job, &slot);

	if (ret)
		return ret;
	if (job->map_slot) {
		job->map[entries] = slot;
		ret = write_pages(job, job->map_slot, job->map, 1);
	} else {
		job->first_map = slot;
	}
	memset(job->map, 0, snapshot_page(job));
	job->map_slot = slot;
	job->map_used = 0;
	return ret;
}

static int next_entry(struct snapshot *job, uint64_t *slot)
{
	int ret = 0;

	if (!job->map_slot ||
	    job->map_used == MAP_ENTRIES(snapshot_page(job)))
		ret = begin_map(job);
	if (!ret)
		ret = next_slot(job, slot);
	if (!ret)
		job->map[job->map_used++] = *slot;
	return ret;
}

/* Slots side by side are written at once. */
static int put_pages(struct snapshot *job, const uint8_t *data, uint64_t count)
{
	uint64_t start = 0, run = 0, slot = 0;
	int ret;

	for (; count; count--) {
		ret = next_entry(job, &slot);
		if (!ret && run && slot != start + run) {
			ret = write_pages(job, start, data, run);
			data += run << job->shift;
			run = 0;
		}
		if (ret)
			return ret;
		start = run ? start : slot;
		run++;
	}
	return write_pages(job, start, data, run);
}

/* The stream behind the info page */

static int put_packed(struct snapshot *job)
{
	uint64_t page_len = snapshot_page(job);
	size_t len = (size_t)(job->held * page_len), packed = 0;
	size_t room = (size_t)(PACKED_PAGES * page_len) - SWSUSP_CHUNK_HEADER;
	uint64_t whole;

	job->crc = trans_crc32(job->crc, job->unpacked, len);
	if (job->args->lz4(job->args->lz4_ctx, job->unpacked, len,
			   job->packed + SWSUSP_CHUNK_HEADER, room, &packed) ||
	    !packed || packed > room)
		return trans_fail(job->err, TRANS_EHOST, "snapshot: lz4");
	trans_put_le(job->packed, packed, SWSUSP_CHUNK_HEADER);
	packed += SWSUSP_CHUNK_HEADER;
	whole = (packed + page_len - 1) >> job->shift;
	memset(job->packed + packed, 0, (whole << job->shift) - packed);
	return put_pages(job, job->packed, whole);
}

static int put_chunk(struct snapshot *job)
{
	const struct trans_snapshot_args *args = job->args;
	int ret = args->packing == TRANS_SWSUSP_LZ4 ?
			  put_packed(job) :
			  put_pages(job, job->unpacked, job->held);

	if (ret)
		return ret;
	job->done += job->held;
	job->held = 0;
	if (args->progress &&
	    args->progress(args->progress_ctx, job->done,
			   job->meta + job->stored))
		return trans_fail(job->err, TRANS_ESTOPPED, "progress");
	return 0;
}

/* Room for the next page of the stream, and that it is filled. */
static void *room(const struct snapshot *job)
{
	return job->unpacked + job->held * snapshot_page(job);
}

static int filled(struct snapshot *job)
{
	return ++job->held == SWSUSP_CHUNK_PAGES ? put_chunk(job) : 0;
}

static int put_info(struct snapshot *job)
{
	uint64_t pages = 1 + job->meta + job->stored;
	uint8_t *info = job->unpacked;

	memset(info, 0, snapshot_page(job));
	memcpy(info + SWSUSP_VERSION, OWN_VERSION, sizeof(OWN_VERSION));
	trans_put_le(info + SWSUSP_MPIDR,
		     job->args->mpidr & TRANS_MPIDR_AFFINITY, 8);
	trans_put_le(info + OWN_MAGIC_AT, OWN_MAGIC, 8);
	trans_put_le(info + OWN_ENTRY_AT, job->own.entry, 8);
	trans_put_le(info + OWN_CONTEXT_AT, job->own.context, 8);
	trans_put_le(info + OWN_LEVEL_AT, job->own.level, 8);
	trans_put_le(info + SWSUSP_RAM_PAGES, job->pages, 8);
	trans_put_le(info + SWSUSP_DATA_PAGES, job->stored, 8);
	trans_put_le(info + SWSUSP_PAGES, pages, 8);
	trans_put_le(info + SWSUSP_SIZE, pages << job->shift, 8);
	return put_pages(job, info, 1);
}

static bool is_zero_page(const struct snapshot *job, uint64_t index)
{
	return job->zero[index / 8] >> index % 8 & 1;
}

static int put_metadata(struct snapshot *job)
{
	struct snapshot_walk walk = { &job->image, 0, 0 };
	uint64_t entries = META_ENTRIES(snapshot_page(job)), at = 0, i = 0;
	trans_pa_t pa;
	uint64_t *meta = NULL;
	int ret = 0;

	for (;
	     !ret && trans_snapshot_walk_next_(&walk, snapshot_page(job), &pa);
	     i++) {
		if (!at) {
			meta = room(job);
			memset(meta, 0, snapshot_page(job));
		}
		meta[at++] = pa >> job->shift |
			     (is_zero_page(job, i) ? ZERO_PAGE : 0);
		if (at == entries) {
			ret = filled(job);
			at = 0;
		}
	}
	if (ret || !at)
		return ret;
	meta[at] = END_OF_METADATA;
	return filled(job);
}

static int put_data(struct snapshot *job)
{
	struct snapshot_walk walk = { &job->copies, 0, 0 };
	trans_pa_t pa;
	int ret = 0;

	for (uint64_t i = 0; !ret && i < job->stored; i++) {
		const void *copy;

		trans_snapshot_walk_next_(&walk, snapshot_page(job), &pa);
		copy = trans_snapshot_at_(job, pa, snapshot_page(job));
		if (!copy)
			return TRANS_EFAULT;
		memcpy(room(job), copy, snapshot_page(job));
		ret = filled(job);
	}
	return !ret && job->held ? put_chunk(job) : ret;
}

int trans_snapshot_write_(struct snapshot *job)
{
	const struct trans_block *disk = job->args->disk;
	int ret = put_info(job);

	if (!ret)
		ret = put_metadata(job);
	if (!ret)
		ret = put_data(job);
	if (!ret)
		ret = write_pages(job, job->map_slot, job->map, 1);
	if (!ret && disk->flush(disk->ctx))
		ret = trans_fail(job->err, TRANS_EHOST, "snapshot: flush");
	return ret;
}
