/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
/* Giving an image up, by trans_resume_discard; the only thing that this program
 * writes to a disk. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <trans_table/hibernate.h>

#include "disk.h"
#include "image_parts.h"
#include "trans.h"

static bool agreed(const struct image_options *options,
		   const struct trans_swsusp_info *info)
{
	char answer[8];

	if (options->yes)
		return true;
	printf("%s: hibernated Linux %s, %llu pages.\nDiscarded it cannot wake "
	       "any more; its file systems are then as after a crash.\nDiscard "
	       "it? [y/N] ", options->path,
	       info->version[0] ? info->version : "(version unknown)",
	       (unsigned long long)info->data_pages);
	fflush(stdout);
	if (!fgets(answer, sizeof(answer), stdin)) {
		putchar('\n');
		return false;
	}
	return answer[0] == 'y' || answer[0] == 'Y';
}

static int discard(struct out *out, const struct image_options *options,
		   const struct trans_block *disk, void *buffer,
		   uint64_t buffer_len)
{
	struct trans_swsusp_info info;
	struct trans_image_id id;
	struct trans_error err;
	int ret = trans_resume_probe(disk, options->offset, buffer, buffer_len,
				     &info, &id, &err);

	if (ret == TRANS_ENOIMAGE)
		return no("no image is there");
	/* One that is refused can be given up, too, if it is known again. */
	if (ret && !id.page_len)
		return refused(&err);
	if (!agreed(options, &info))
		return no("the image stays");
	if (trans_resume_discard(disk, &id, buffer, buffer_len, &err))
		return refused(&err);
	out_flag(out, "discarded", true);
	return EXIT_FINE;
}

int discard_image(struct out *out, const struct image_options *options)
{
	uint64_t len = TRANS_SWSUSP_BUFFER(16);
	void *buffer = aligned_alloc(4096, len);
	struct disk_file disk;
	int ret;

	if (!disk_open(&disk, options->path, true)) {
		ret = file_error(options->path);
	} else {
		ret = buffer ? discard(out, options, &disk.block, buffer, len) :
			       file_error("memory");
		disk_close(&disk);
	}
	free(buffer);
	return ret;
}
