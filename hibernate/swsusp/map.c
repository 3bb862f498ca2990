/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Where on the disk the stream's pages are: a chain of swap maps, each a page
 * of slots in any order. A slot is bounded before it is read, and no map is
 * followed twice.
 */
#include "hibernate/swsusp.h"

static uint64_t entry(const struct trans_swsusp *image, unsigned int slot)
{
	return trans_le_word(swsusp_buffer(image, 0) + 8 * (size_t)slot);
}

int trans_swsusp_disk_failed_(const struct trans_swsusp *image, int status,
			      uint64_t page, unsigned int count,
			      struct trans_error *err)
{
	bool lost = status == TRANS_ELOST;

	return trans_fail_pa(err, lost ? TRANS_ELOST : TRANS_EHOST,
			     lost ? "a read of the disk does not end" :
				    "disk read",
			     page << image->info.page_shift,
			     swsusp_bytes(image, count));
}

int trans_swsusp_read_pages_(const struct trans_swsusp *image, uint64_t page,
			     unsigned int count, void *to,
			     struct trans_error *err)
{
	const struct trans_block *disk = image->args.disk;

	if (disk->read(disk->ctx, page << image->info.page_shift, to,
		       swsusp_bytes(image, count)))
		return trans_swsusp_disk_failed_(image, TRANS_EHOST, page,
						 count, err);
	return 0;
}

/* Where a page of the image, or another map, can be. */
static int check_slot(const struct trans_swsusp *image, uint64_t page,
		      struct trans_error *err)
{
	int ret = TRANS_ECORRUPT;
	const char *why = NULL;

	if (page >= swsusp_disk_pages(image)) {
		ret = TRANS_ETRUNC;
		why = "a slot of the image is beyond the disk";
	} else if (page == image->args.offset) {
		why = "a slot of the image is the swap header";
	} else if (page == image->map) {
		why = "a slot of the image is its swap map";
	} else if (page == image->next_map) {
		why = "a slot of the image is the next swap map";
	}
	return why ? swsusp_fail(image, ret, why, page, err) : 0;
}

/*
 * Maps seen so far, in the buffer: all, while there are few; of more, every
 * second, fourth and so on, so that a circle is found when it has been walked a
 * few maps further, whatever its length.
 */
static bool seen_before(struct trans_swsusp *image, uint64_t map)
{
	const uint64_t most = (uint64_t)SWSUSP_SEEN_PAGES <<
			      image->info.page_shift >> 3;
	uint64_t *seen = (void *)swsusp_buffer(image, SWSUSP_AT_SEEN);
	uint64_t stride = 1, count;

	while (image->map_pages / stride >= most)
		stride *= 2;
	if (stride > 1 && image->map_pages == stride / 2 * most)
		for (uint64_t i = 0; i < most / 2; i++)
			seen[i] = seen[2 * i];
	count = (image->map_pages + stride - 1) / stride;
	for (uint64_t i = 0; i < count; i++)
		if (seen[i] == map)
			return true;
	if (image->map_pages % stride == 0)
		seen[count] = map;
	return false;
}

static int check_map(struct trans_swsusp *image, uint64_t map,
		     struct trans_error *err)
{
	int ret;

	image->next_map = 0;
	ret = check_slot(image, map, err);
	if (!ret && seen_before(image, map))
		return swsusp_fail(image, TRANS_ECORRUPT,
				   "the swap maps are a circle", map, err);
	return ret;
}

/* It is in the buffer. */
static void begin_map(struct trans_swsusp *image, uint64_t map)
{
	image->map = map;
	image->map_pages++;
	image->next_map = entry(image, swsusp_slots(image));
	image->slot = 0;
}

static int read_map(struct trans_swsusp *image, uint64_t map,
		    struct trans_error *err)
{
	int ret = check_map(image, map, err);

	if (!ret)
		ret = trans_swsusp_read_pages_(image, map, 1,
					       swsusp_buffer(image, 0), err);
	if (!ret)
		begin_map(image, map);
	return ret;
}

int trans_swsusp_first_map_(struct trans_swsusp *image, struct trans_error *err)
{
	int ret;

	if (!image->first_map)
		return trans_fail(err, TRANS_ECORRUPT, "no swap map");
	ret = check_map(image, image->first_map, err);
	if (!ret)
		begin_map(image, image->first_map);
	return ret;
}

static int ends_early(const struct trans_swsusp *image, struct trans_error *err)
{
	return swsusp_fail(image, TRANS_ETRUNC,
			   "the swap maps end before the image does",
			   image->map, err);
}

/* The entry that comes next is there, maybe in the next map. */
static int reach_slot(struct trans_swsusp *image, struct trans_error *err)
{
	if (image->slot < swsusp_slots(image))
		return 0;
	if (!image->next_map)
		return ends_early(image, err);
	return read_map(image, image->next_map, err);
}

int trans_swsusp_next_run_(struct trans_swsusp *image, unsigned int most,
			   struct swsusp_run *run, struct trans_error *err)
{
	unsigned int i = 1, left;
	int ret = reach_slot(image, err);

	if (ret)
		return ret;
	run->page = entry(image, image->slot);
	if (!run->page)
		return ends_early(image, err);
	ret = check_slot(image, run->page, err);
	left = swsusp_slots(image) - image->slot;
	if (most > left)
		most = left;
	while (!ret && i < most &&
	       entry(image, image->slot + i) == run->page + i &&
	       !check_slot(image, run->page + i, NULL))
		i++;
	run->count = i;
	return ret;
}
