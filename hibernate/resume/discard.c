/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/*
 * Giving an image up, by whoever will not resume it and wants its file systems.
 * Nothing of the load that refused it is needed any more; it must only be the
 * same image.
 */
#include <trans_table/hibernate.h>

#include "hibernate/swsusp.h"

static bool is_id(const struct trans_image_id *id)
{
	return (id->page_len == 4096 || id->page_len == 16384 ||
		id->page_len == 65536) &&
	       id->offset % id->page_len == 0;
}

/* The disk may hold something else by now, or nothing: that is one answer. */
static bool is_another(int status)
{
	return status == TRANS_ENOIMAGE || status == TRANS_EIMAGE ||
	       status == TRANS_ERANGE;
}

int trans_resume_discard(const struct trans_block *disk,
			 const struct trans_image_id *id, void *buffer,
			 uint64_t buffer_len, struct trans_error *err)
{
	struct trans_swsusp_args args = { .disk = disk, .buffer = buffer,
					  .buffer_len = buffer_len };
	uint8_t header[SWSUSP_HEADER_LEN];
	struct trans_swsusp image;
	int ret;

	if (!is_id(id))
		return trans_fail(err, TRANS_EINVAL, "the id of no image");
	args.offset = id->offset / id->page_len;
	ret = trans_swsusp_identify_(&image, &args, header, err);
	if (is_another(ret) || (!ret && !swsusp_same_id(id, &image.id)))
		return trans_fail_pa(err, TRANS_ESTALE,
				     "this image is not on the disk any more",
				     id->offset, id->page_len);
	return ret ? ret : trans_swsusp_take_off_(&image, err);
}
