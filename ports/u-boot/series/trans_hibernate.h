/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#ifndef TRANS_HIBERNATE_H
#define TRANS_HIBERNATE_H

#include <linux/types.h>

/**
 * trans_hibernate_find() - Is a hibernated Linux on this partition?
 *
 * Only reads, and says nothing.
 *
 * @interface:	kind of disk, as trans resume takes it
 * @dev_part:	which of them, and which partition ("0:2")
 * @version:	what the saved kernel says of itself; "" if that cannot be told
 * @size:	bytes of @version, at least 1
 * Return: 0 if there is an image, whether or not it can be resumed; -ENOENT if
 *	there is none; -EIO if the partition cannot be read; -ENOMEM
 */
int trans_hibernate_find(const char *interface, const char *dev_part,
			 char *version, size_t size);

#endif
