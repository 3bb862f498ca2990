/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-or-later */
#ifndef TRANS_HIBERNATE_H
#define TRANS_HIBERNATE_H

#include <errno.h>
#include <linux/string.h>
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
 *	there is none; -EIO if nobody knows: the partition cannot be read, or
 *	there is no memory to do it
 */
int trans_hibernate_find(const char *interface, const char *dev_part,
			 char *version, size_t size);

/**
 * trans_hibernate_end() - What boot() returns when trans resume has come back
 *
 * The scan ends, unless there is no image, or the usual system is known to look
 * for one itself, before it mounts anything. Who presses Ctrl-C wants the
 * prompt, and not that system.
 *
 * @answer:	the variable trans_resume; NULL if it is not set
 * @policy:	the variable trans_on_refusal; NULL if it is not set
 * @stopped:	Ctrl-C was pressed
 * Return: -ENOENT if there is no image; -EEXIST if there is, and the scan may
 *	go on; -ECANCELED if it ends
 */
static inline int trans_hibernate_end(const char *answer, const char *policy,
				      bool stopped)
{
	if (answer && !strcmp(answer, "none"))
		return -ENOENT;
	if (policy && !strcmp(policy, "linux") && !stopped)
		return -EEXIST;

	return -ECANCELED;
}

#endif
