// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later
/*
 * Is a hibernated Linux there? For who has not been told where to look.
 */
#include "port.h"

#include <malloc.h>
#include <trans_hibernate.h>

#include <trans_table/hibernate.h>

/* What is too small for any swap header has none. */
static int answer(int status)
{
	switch (status) {
	case TRANS_ENOIMAGE:
	case TRANS_ERANGE:
		return -ENOENT;
	case TRANS_EHOST:
	case TRANS_ENOENT:
		return -EIO;
	default:
		return 0;
	}
}

int trans_hibernate_find(const char *interface, const char *dev_part,
			 char *version, size_t size)
{
	const u64 len = TRANS_SWSUSP_BUFFER(12);
	struct trans_swsusp_info info = { 0 };
	void *buffer = memalign(SZ_4K, len);
	struct trans_error err = { 0 };
	struct trans_image_id id;
	struct trans_block block;
	struct port_disk disk;
	int ret;

	*version = '\0';
	if (!buffer)
		return -EIO;
	ret = port_block(interface, dev_part, true, &disk, &block, &err);
	if (!ret)
		ret = trans_resume_probe(&block, 0, buffer, len, &info, &id,
					 &err);
	free(buffer);
	strlcpy(version, info.version, size);
	return answer(ret);
}
