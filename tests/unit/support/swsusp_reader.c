/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* A caller of the hibernation image reader: see swsusp_reader.h. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "swsusp_reader.h"
#include "workers.h"

static int progress(void *ctx, uint64_t done, uint64_t all)
{
	struct reader *reader = ctx;

	assert(done >= reader->last_done && done <= all);
	reader->last_done = done;
	reader->last_all = all;
	return ++reader->stops == reader->stop_at;
}

void reader_workers(struct reader *reader, const struct trans_workers *workers)
{
	size_t len = TRANS_SWSUSP_BUFFER_FOR(reader->page_shift,
					     workers->count);

	free(reader->args.buffer);
	reader->args.workers = workers;
	reader->args.buffer = aligned_alloc(4096, len);
	reader->args.buffer_len = len;
	assert(reader->args.buffer);
	memset(reader->args.buffer, 0x5a, len);
}

void reader_init(struct reader *reader, uint8_t *bytes, uint64_t len,
		 uint64_t offset, unsigned int page_shift, uint64_t pages)
{
	memset(reader, 0, sizeof(*reader));
	disk_init(&reader->disk, bytes, len, 9);
	early_of_run(&reader->early, &reader->disk.block);
	reader->page_shift = page_shift;
	reader->out_pages = pages;
	reader->out = aligned_alloc(4096, (size_t)(pages << page_shift));
	reader->args = (struct trans_swsusp_args){
		.disk = &reader->disk.block, .offset = offset,
		.unpack = image_unpackers,
		.progress = progress, .progress_ctx = reader,
	};
	reader_workers(reader, workers_of_run());
	assert(reader->out);
	memset(reader->out, 0x5a, (size_t)(pages << page_shift));
}

void reader_free(struct reader *reader)
{
	disk_free(&reader->disk);
	free(reader->out);
	free(reader->args.buffer);
}

static uint32_t any(struct reader *reader)
{
	reader->seed = reader->seed * 1103515245 + 12345;
	return reader->seed >> 16;
}

void *reader_room(void *ctx, unsigned int *count)
{
	struct reader *reader = ctx;
	uint8_t *at = reader->out + (reader->given << reader->page_shift);
	uint64_t left = reader->out_pages - reader->given;

	assert(*count);
	if (++reader->rooms == reader->refuse_at || !left)
		return NULL;
	if (reader->room_most && *count > reader->room_most)
		*count = reader->room_most;
	if (reader->uneven && any(reader) % 2)
		*count = 1 + any(reader) % *count;
	if (*count > left)
		*count = (unsigned int)left;
	reader->given += *count;
	return at;
}

int reader_open(struct reader *reader)
{
	return trans_swsusp_open(&reader->sw, &reader->args, &reader->err);
}

int reader_read(struct reader *reader)
{
	struct trans_swsusp *sw = &reader->sw;
	uint64_t all = sw->info.pages - 1;
	int rc = 0;

	while (!rc && sw->done < all) {
		uint64_t n = all - sw->done;

		if (reader->step && n > reader->step)
			n = reader->step;
		rc = trans_swsusp_read(sw, n, reader_room, reader,
				       &reader->err);
	}
	return rc;
}
