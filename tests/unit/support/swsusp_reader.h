/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * A caller of the reader: an image on a disk, a buffer of exactly the size that
 * is documented, and rooms of a size that the test chooses.
 */
#ifndef TESTS_SWSUSP_READER_H
#define TESTS_SWSUSP_READER_H

#include "disk.h"
#include "early.h"
#include "swsusp_image.h"

/*
 * @room_most: pages side by side that a room has at most (0: any number);
 *             @uneven: and sometimes fewer
 * @step:      pages a call of trans_swsusp_read asks for (0: all)
 * @refuse_at: the call of the room function that gives NULL (from 1; 0: none)
 * @stop_at:   the call of progress that says stop (likewise)
 * @out:       the stream as it was read; @given pages of it were rooms
 */
struct reader {
	struct disk disk;
	struct early early; /* begun if early_of_run says so */
	struct trans_swsusp sw;
	struct trans_swsusp_args args;
	struct trans_error err;
	unsigned int room_most;
	bool uneven;
	uint64_t step;
	unsigned long rooms, refuse_at, stops, stop_at;
	uint64_t last_done, last_all;
	uint32_t seed;
	unsigned int page_shift;
	uint8_t *out;
	uint64_t out_pages, given;
};

/* For @bytes of disk, pages of @page_shift, at most @pages of a stream. */
void reader_init(struct reader *reader, uint8_t *bytes, uint64_t len,
		 uint64_t offset, unsigned int page_shift, uint64_t pages);
void reader_free(struct reader *reader);
/* With these, and a buffer for as many, instead of those of workers_of_run. */
void reader_workers(struct reader *reader, const struct trans_workers *workers);

void *reader_room(void *ctx, unsigned int *count);
int reader_open(struct reader *reader);
/* From where it stands to the end of the stream. */
int reader_read(struct reader *reader);

#endif
